//! Every colour, by what it is for; and how colours are shown where a terminal has fewer.

use ratatui::style::{Color as Shade, Modifier, Style};

use crate::model::color::{Color, Rgb};

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

/// The colours of the screen.
#[derive(Debug, Clone, Copy)]
pub struct Theme {
    /// How many colours there are.
    pub depth: Depth,
}

impl Theme {
    fn fg(self, shade: Shade) -> Style {
        if self.depth == Depth::None { Style::new() } else { Style::new().fg(shade) }
    }

    /// Plain text.
    #[must_use]
    pub fn text(self) -> Style {
        Style::new().fg(Shade::Reset)
    }

    /// What stands back: ages, hints, empty states.
    #[must_use]
    pub fn dim(self) -> Style {
        if self.depth == Depth::None { Style::new().add_modifier(Modifier::DIM) } else { self.fg(Shade::DarkGray) }
    }

    /// THE accent: what is selected, what can be pressed.
    #[must_use]
    pub fn accent(self) -> Style {
        self.fg(Shade::Cyan)
    }

    /// The border of a tile.
    #[must_use]
    pub fn border(self) -> Style {
        self.dim()
    }

    /// The border of the selected tile.
    #[must_use]
    pub fn selected(self) -> Style {
        self.accent().add_modifier(Modifier::BOLD)
    }

    /// Something is wrong.
    #[must_use]
    pub fn fault(self) -> Style {
        self.fg(Shade::Red)
    }

    /// Something wants attention.
    #[must_use]
    pub fn warn(self) -> Style {
        self.fg(Shade::Yellow)
    }

    /// All is well.
    #[must_use]
    pub fn good(self) -> Style {
        self.fg(Shade::Green)
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

    /// A colour that a person chose, else `otherwise`.
    #[must_use]
    pub fn chosen(self, color: Option<Color>, otherwise: Style) -> Style {
        match color {
            Some(_) if self.depth == Depth::None => Style::new(),
            Some(Color::Named(number)) => Style::new().fg(Shade::Indexed(number)),
            Some(Color::Rgb(rgb)) => Style::new().fg(self.shade(rgb)),
            None => otherwise,
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

/// The number of the nearest of xterm's colours.
fn nearest(rgb: Rgb, among: std::ops::RangeInclusive<u8>) -> u8 {
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
        0..16 => Rgb::from_number(SIXTEEN[number as usize]),
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
}
