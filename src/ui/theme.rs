//! Every colour, by what it is for; and how colours are shown where a terminal has fewer.

use ratatui::style::{Color as Shade, Modifier, Style};

use super::contrast::{contrast, readable};
use crate::model::{
    color::{Color, Rgb},
    settings::{ThemeName, ThemeOverrides},
};

/// How many colours the terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// None: everything is told by shape, weight and reverse.
    None,
    /// The sixteen that the person's own scheme defines.
    Sixteen,
    /// 256.
    Many,
    /// Any.
    True,
}

impl Depth {
    /// What the environment says: `NO_COLOR`, `COLORTERM`, `TERM`.
    #[must_use]
    pub fn detect(var: impl Fn(&str) -> Option<String>) -> Self {
        let says = |name: &str, word: &str| var(name).is_some_and(|value| value.contains(word));
        if var("NO_COLOR").is_some_and(|value| !value.is_empty()) {
            Self::None
        } else if says("COLORTERM", "truecolor") || says("COLORTERM", "24bit") || says("TERM", "direct") {
            Self::True
        } else if says("TERM", "256") || says("TERM", "kitty") || says("TERM", "alacritty") {
            Self::Many
        } else {
            Self::Sixteen
        }
    }
}

/// What each colour is for, and which it is; `None`: the terminal's own.
#[derive(Debug, Clone, Copy)]
struct Roles {
    text: Option<Color>,
    background: Option<Color>,
    dim: Option<Color>,
    accent: Option<Color>,
    border: Option<Color>,
    good: Option<Color>,
    warn: Option<Color>,
    fault: Option<Color>,
}

const fn rgb(number: u32) -> Color {
    Color::Rgb(Rgb::from_u32(number))
}

/// The terminal's own sixteen.
const TERMINAL: Roles = Roles {
    text: None,
    background: None,
    dim: Some(Color::Ansi(8)),
    accent: Some(Color::Ansi(6)),
    border: Some(Color::Ansi(8)),
    good: Some(Color::Ansi(2)),
    warn: Some(Color::Ansi(3)),
    fault: Some(Color::Ansi(1)),
};

/// Light on a dark blue-grey.
const DARK: Roles = Roles {
    text: Some(rgb(0xe3_e8f0)),
    background: Some(rgb(0x14_181f)),
    dim: Some(rgb(0x8f_99ab)),
    accent: Some(rgb(0x5c_cfe6)),
    border: Some(rgb(0x47_5266)),
    good: Some(rgb(0x87_d96c)),
    warn: Some(rgb(0xff_cc66)),
    fault: Some(rgb(0xff_7a85)),
};

/// Dark on a warm white.
const LIGHT: Roles = Roles {
    text: Some(rgb(0x24_292f)),
    background: Some(rgb(0xfb_faf7)),
    dim: Some(rgb(0x5a_636e)),
    accent: Some(rgb(0x00_5fb8)),
    border: Some(rgb(0xb4_bac2)),
    good: Some(rgb(0x1a_7031)),
    warn: Some(rgb(0x85_5200)),
    fault: Some(rgb(0xb8_1f2b)),
};

/// Bright on black.
const HIGH_CONTRAST: Roles = Roles {
    text: Some(rgb(0xff_ffff)),
    background: Some(rgb(0x00_0000)),
    dim: Some(rgb(0xd0_d0d0)),
    accent: Some(rgb(0x00_ffff)),
    border: Some(rgb(0xa8_a8a8)),
    good: Some(rgb(0x5f_ff5f)),
    warn: Some(rgb(0xff_ff00)),
    fault: Some(rgb(0xff_8787)),
};

/// The same where there are sixteen colours.
const HIGH_CONTRAST_SIXTEEN: Roles = Roles {
    text: Some(Color::Ansi(15)),
    background: Some(Color::Ansi(0)),
    dim: Some(Color::Ansi(7)),
    accent: Some(Color::Ansi(14)),
    border: Some(Color::Ansi(7)),
    good: Some(Color::Ansi(10)),
    warn: Some(Color::Ansi(11)),
    fault: Some(Color::Ansi(9)),
};

/// The contrast of what is written (WCAG 2).
const LEAST: f64 = 4.5;
/// The same where it is high.
const LEAST_HIGH: f64 = 7.0;
/// The same where there are sixteen colours, none of which could be made lighter.
const LEAST_OF_SIXTEEN: f64 = 4.0;

/// The colours of the screen.
#[derive(Debug, Clone, Copy)]
pub struct Theme {
    /// How many colours there are.
    pub depth: Depth,
    roles: Roles,
    /// How well what is written can be read at least.
    least: f64,
}

impl Theme {
    /// The terminal's own colours.
    #[must_use]
    pub const fn new(depth: Depth) -> Self {
        Self { depth, roles: TERMINAL, least: LEAST }
    }

    /// The colours that a person wants. With sixteen colours only the terminal knows which of them can
    /// be read on which; there dark and light are what the terminal has.
    #[must_use]
    pub fn of(depth: Depth, wished: &ThemeOverrides) -> Self {
        let base = match (wished.name, depth) {
            (ThemeName::HighContrast, Depth::Sixteen) => HIGH_CONTRAST_SIXTEEN,
            (ThemeName::HighContrast, _) => HIGH_CONTRAST,
            (ThemeName::Dark, Depth::Many | Depth::True) => DARK,
            (ThemeName::Light, Depth::Many | Depth::True) => LIGHT,
            _ => TERMINAL,
        };
        let roles = Roles {
            text: wished.text.or(base.text),
            background: wished.background.or(base.background),
            dim: wished.dim.or(base.dim),
            accent: wished.accent.or(base.accent),
            border: wished.border.or(base.border),
            good: wished.good.or(base.good),
            warn: wished.warn.or(base.warn),
            fault: wished.fault.or(base.fault),
        };
        let least = match (wished.name, depth) {
            (_, Depth::Sixteen) => LEAST_OF_SIXTEEN,
            (ThemeName::HighContrast, _) => LEAST_HIGH,
            _ => LEAST,
        };
        Self { depth, roles, least }
    }

    fn color(self, color: Option<Color>) -> Shade {
        match color {
            _ if self.depth == Depth::None => Shade::Reset,
            Some(Color::Ansi(number)) => Shade::Indexed(number),
            Some(Color::Rgb(rgb)) => self.shade(rgb),
            None => Shade::Reset,
        }
    }

    fn fg(self, color: Option<Color>) -> Style {
        if self.depth == Depth::None { Style::new() } else { Style::new().fg(self.color(color)) }
    }

    /// What everything stands on.
    #[must_use]
    pub fn base(self) -> Style {
        Style::new().fg(self.color(self.roles.text)).bg(self.color(self.roles.background))
    }

    /// Plain text.
    #[must_use]
    pub fn text(self) -> Style {
        Style::new().fg(self.color(self.roles.text))
    }

    /// What stands back: ages, hints, empty states.
    #[must_use]
    pub fn dim(self) -> Style {
        if self.depth == Depth::None { Style::new().add_modifier(Modifier::DIM) } else { self.fg(self.roles.dim) }
    }

    /// THE accent: what is selected, what can be pressed.
    #[must_use]
    pub fn accent(self) -> Style {
        self.fg(self.roles.accent)
    }

    /// The border of a tile.
    #[must_use]
    pub fn border(self) -> Style {
        if self.depth == Depth::None { self.dim() } else { self.fg(self.roles.border) }
    }

    /// The border of the selected tile.
    #[must_use]
    pub fn selected(self) -> Style {
        self.accent().add_modifier(Modifier::BOLD)
    }

    /// Something is wrong.
    #[must_use]
    pub fn fault(self) -> Style {
        self.fg(self.roles.fault)
    }

    /// Something wants attention.
    #[must_use]
    pub fn warn(self) -> Style {
        self.fg(self.roles.warn)
    }

    /// All is well.
    #[must_use]
    pub fn good(self) -> Style {
        self.fg(self.roles.good)
    }

    /// What the keys go to: the marked row of a list.
    #[must_use]
    pub fn marked(self) -> Style {
        self.accent().add_modifier(Modifier::REVERSED | Modifier::BOLD)
    }

    /// A danger that must not be missed.
    #[must_use]
    pub fn banner(self) -> Style {
        self.fault().add_modifier(Modifier::REVERSED | Modifier::BOLD)
    }

    /// A colour that a person chose, else `otherwise`. Where it could not be read on the background it is
    /// made lighter or darker.
    #[must_use]
    pub fn chosen(self, color: Option<Color>, otherwise: Style) -> Style {
        match color {
            Some(_) if self.depth == Depth::None => Style::new(),
            Some(color) => Style::new().fg(self.ink(color)),
            None => otherwise,
        }
    }

    fn ink(self, color: Color) -> Shade {
        let Some(background) = seen(self.color(self.roles.background)) else {
            // What the terminal writes on is not known: only white and black are likely to be just that.
            let edge = matches!(color, Color::Rgb(Rgb(0xf0.., 0xf0.., 0xf0..) | Rgb(..0x10, ..0x10, ..0x10)));
            return self.color(if edge { self.roles.text } else { Some(color) });
        };
        let reads = |rgb: Rgb| contrast(rgb, background) >= self.least;
        // The terminal's own sixteen are made for its own background.
        let (rgb, shade) = match color {
            Color::Ansi(number) if self.depth == Depth::Sixteen => (xterm(number), Shade::Indexed(number)),
            Color::Ansi(number) => (xterm(number), self.shade(xterm(number))),
            Color::Rgb(rgb) => (rgb, self.shade(rgb)),
        };
        if seen(shade).is_none_or(reads) {
            return shade;
        }
        let rgb = readable(rgb, background, self.least);
        let nearest = |numbers: std::ops::RangeInclusive<u8>| {
            Shade::Indexed(nearest(rgb, numbers.filter(|number| reads(xterm(*number)))))
        };
        match self.depth {
            Depth::Sixteen => nearest(0..=15),
            Depth::Many => nearest(16..=255),
            _ => Shade::Rgb(rgb.0, rgb.1, rgb.2),
        }
    }

    /// The nearest shade that the terminal has.
    #[must_use]
    pub fn shade(self, rgb: Rgb) -> Shade {
        match self.depth {
            Depth::None => Shade::Reset,
            Depth::True => Shade::Rgb(rgb.0, rgb.1, rgb.2),
            Depth::Many => Shade::Indexed(nearest(rgb, 16..=255)),
            Depth::Sixteen => Shade::Indexed(nearest(rgb, 0..=15)),
        }
    }
}

/// What a shade looks like, or is likely to; `None`: only the terminal knows.
const fn seen(shade: Shade) -> Option<Rgb> {
    match shade {
        Shade::Rgb(red, green, blue) => Some(Rgb(red, green, blue)),
        Shade::Indexed(number) => Some(xterm(number)),
        _ => None,
    }
}

/// The number of the nearest of xterm's colours.
fn nearest(rgb: Rgb, among: impl Iterator<Item = u8>) -> u8 {
    let distance = |number: &u8| {
        let other = xterm(*number);
        let part = |a: u8, b: u8| (i32::from(a) - i32::from(b)).pow(2);
        2 * part(rgb.0, other.0) + 4 * part(rgb.1, other.1) + 3 * part(rgb.2, other.2)
    };
    among.min_by_key(distance).unwrap_or_default()
}

/// What xterm shows for the number of a colour: the sixteen, a cube of six a side, 24 greys.
#[must_use]
pub const fn xterm(number: u8) -> Rgb {
    const SIXTEEN: [u32; 16] = [
        0x00_0000, 0xcd_0000, 0x00_cd00, 0xcd_cd00, 0x00_00ee, 0xcd_00cd, 0x00_cdcd, 0xe5_e5e5, 0x7f_7f7f, 0xff_0000,
        0x00_ff00, 0xff_ff00, 0x5c_5cff, 0xff_00ff, 0x00_ffff, 0xff_ffff,
    ];
    const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];
    match number {
        0..16 => Rgb::from_u32(SIXTEEN[number as usize]),
        16..232 => {
            let at = (number - 16) as usize;
            Rgb(CUBE[at / 36], CUBE[at / 6 % 6], CUBE[at % 6])
        }
        232.. => {
            let grey = 8 + 10 * (number - 232);
            Rgb(grey, grey, grey)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_tells_how_many_colours_there_are() {
        for (vars, wanted) in [
            (&[("NO_COLOR", "1"), ("COLORTERM", "truecolor")][..], Depth::None),
            (&[("NO_COLOR", ""), ("TERM", "linux")], Depth::Sixteen),
            (&[("COLORTERM", "truecolor")], Depth::True),
            (&[("TERM", "xterm-256color")], Depth::Many),
        ] {
            let var = |name: &str| vars.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            assert_eq!(Depth::detect(var), wanted, "{vars:?}");
        }
    }

    #[test]
    fn a_colour_of_the_cube_is_its_own_nearest() {
        for number in 16..=255 {
            assert_eq!(xterm(nearest(xterm(number), 16..=255)), xterm(number));
        }
    }

    fn looks(shade: Shade) -> Rgb {
        seen(shade).unwrap()
    }

    #[test]
    fn every_colour_that_a_tile_may_have_can_be_read_in_every_theme() {
        let palette = crate::app::COLOR_PALETTE.map(|number| Color::Rgb(Rgb::from_u32(number)));
        let colors: Vec<Color> = palette.into_iter().chain((0..16).map(Color::Ansi)).collect();
        let themes = [(ThemeName::Dark, 4.5), (ThemeName::Light, 4.5), (ThemeName::HighContrast, 7.0)];
        let both = [Depth::Many, Depth::True];
        let all = themes.into_iter().flat_map(|(name, least)| both.map(|depth| (name, depth, least)));
        for (name, depth, least) in all.chain([(ThemeName::HighContrast, Depth::Sixteen, 4.0)]) {
            let theme = Theme::of(depth, &ThemeOverrides { name, ..ThemeOverrides::default() });
            let background = looks(theme.base().bg.unwrap());
            for color in &colors {
                let shown = theme.chosen(Some(*color), theme.text()).fg.unwrap();
                let found = contrast(looks(shown), background);
                assert!(found >= least, "{name:?} {depth:?} {color:?}: {found:.2}, not {least}");
            }
        }
    }

    #[test]
    fn a_colour_that_can_be_read_stays_and_one_that_cannot_keeps_its_hue() {
        let theme = |name| Theme::of(Depth::True, &ThemeOverrides { name, ..ThemeOverrides::default() });
        let shown = |name, rgb| looks(theme(name).chosen(Some(Color::Rgb(rgb)), Style::new()).fg.unwrap());
        let (yellow, navy) = (Rgb(255, 255, 64), Rgb(0, 0, 128));
        assert_eq!(shown(ThemeName::Dark, yellow), yellow);
        assert_eq!(shown(ThemeName::Light, navy), navy);
        for (name, rgb) in [(ThemeName::Light, yellow), (ThemeName::Dark, navy), (ThemeName::HighContrast, navy)] {
            let changed = shown(name, rgb);
            assert!((changed.to_hsv().0 - rgb.to_hsv().0).abs() < 6.0, "{name:?} {rgb} {changed}");
        }
        let own = |rgb| Theme::new(Depth::True).chosen(Some(Color::Rgb(rgb)), Style::new()).fg.unwrap();
        assert_eq!(own(yellow), Shade::Rgb(255, 255, 64), "on what the terminal has nobody knows");
        assert_eq!((own(Rgb(255, 255, 255)), own(Rgb(0, 0, 0))), (Shade::Reset, Shade::Reset));
        let sixteen = Theme::new(Depth::Sixteen).chosen(Some(Color::Rgb(Rgb(250, 10, 10))), Style::new());
        assert_eq!(sixteen.fg, Some(Shade::Indexed(9)), "the nearest");
    }

    #[test]
    fn everything_that_is_written_can_be_read() {
        let themes = [(ThemeName::Dark, 4.5), (ThemeName::Light, 4.5), (ThemeName::HighContrast, 7.0)];
        let mut wrong = Vec::new();
        for (name, least) in themes {
            for depth in [Depth::Many, Depth::True] {
                let theme = Theme::of(depth, &ThemeOverrides { name, ..ThemeOverrides::default() });
                let background = looks(theme.base().bg.unwrap());
                for (role, style, least) in [
                    ("text", theme.text(), 7.0),
                    ("dim", theme.dim(), least),
                    ("accent", theme.accent(), least),
                    ("good", theme.good(), least),
                    ("warn", theme.warn(), least),
                    ("fault", theme.fault(), least),
                    ("border", theme.border(), 1.6),
                ] {
                    let found = contrast(looks(style.fg.unwrap()), background);
                    if found < least {
                        wrong.push(format!("{name:?} {depth:?} {role}: {found:.2}, not {least}"));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn a_person_may_have_other_colours() {
        let accent = Some(Color::Rgb(Rgb(255, 136, 0)));
        let wished = ThemeOverrides { name: ThemeName::Dark, accent, ..ThemeOverrides::default() };
        assert_eq!(Theme::of(Depth::True, &wished).accent().fg, Some(Shade::Rgb(255, 136, 0)));
        assert_eq!(Theme::of(Depth::Many, &wished).accent().fg, Some(Shade::Indexed(208)));
        assert_eq!(Theme::of(Depth::None, &wished).accent(), Style::new());
        let sixteen = Theme::of(Depth::Sixteen, &ThemeOverrides { name: ThemeName::Dark, ..ThemeOverrides::default() });
        assert_eq!(sixteen.base(), Theme::new(Depth::Sixteen).base(), "the terminal's own");
    }
}
