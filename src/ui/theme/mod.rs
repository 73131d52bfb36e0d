//! The colors of the user interface by their purpose, and their approximation on terminals with fewer colors.

mod colors;
pub(crate) mod xterm_palette;

use ratatui::style::{Color as TerminalColor, Modifier, Style};

use self::{
    colors::{DARK, HIGH_CONTRAST, HIGH_CONTRAST_ANSI16, LIGHT, TERMINAL, ThemeColors},
    xterm_palette::{approximate_rgb, nearest_index, xterm_rgb},
};
use super::{
    contrast::{contrast_ratio, ensure_contrast},
    glyph_set::is_text_terminal,
};
use crate::model::{
    color::{Color, Rgb},
    settings::{ThemeName, ThemeOverrides},
};

/// How many colors the terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorDepth {
    /// None. Shape, weight and reverse video make all differences visible.
    None,
    /// The sixteen ANSI colors, as defined by the user's terminal.
    Ansi16,
    /// The 256 colors of xterm.
    Ansi256,
    /// 24-bit colors.
    TrueColor,
}

impl ColorDepth {
    /// Detects the color depth from the environment variables `NO_COLOR`, `COLORTERM` and `TERM`.
    #[must_use]
    pub(crate) fn detect(var: impl Fn(&str) -> Option<String>) -> Self {
        let var_contains = |name: &str, needle: &str| var(name).is_some_and(|value| value.contains(needle));
        if var("NO_COLOR").is_some_and(|value| !value.is_empty()) || is_text_terminal(&var("TERM").unwrap_or_default())
        {
            Self::None
        } else if var_contains("COLORTERM", "truecolor")
            || var_contains("COLORTERM", "24bit")
            || var_contains("TERM", "direct")
        {
            Self::TrueColor
        } else if var_contains("TERM", "256") || var_contains("TERM", "kitty") || var_contains("TERM", "alacritty") {
            Self::Ansi256
        } else {
            Self::Ansi16
        }
    }
}

/// The minimum contrast of text (WCAG 2).
const MIN_CONTRAST: f64 = 4.5;
/// The minimum contrast of text in the high contrast theme.
const MIN_CONTRAST_HIGH: f64 = 7.0;
/// The minimum contrast of text with sixteen colors, which cannot be made lighter or darker.
const MIN_CONTRAST_ANSI16: f64 = 4.0;

/// A theme at the color depth of the terminal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Theme {
    /// The color depth of the terminal.
    pub depth: ColorDepth,
    colors: ThemeColors,
    /// The minimum contrast of text.
    min_contrast: f64,
}

impl Theme {
    /// Returns the theme that uses the terminal's own colors.
    #[must_use]
    pub const fn new(depth: ColorDepth) -> Self {
        Self { depth, colors: TERMINAL, min_contrast: MIN_CONTRAST }
    }

    /// Returns a theme with the user's overrides. With sixteen colors only the terminal knows which of them
    /// are readable on which background, so the dark and light themes use the terminal's own colors there.
    #[must_use]
    pub fn from_overrides(depth: ColorDepth, overrides: &ThemeOverrides) -> Self {
        let base = match (overrides.name, depth) {
            (ThemeName::HighContrast, ColorDepth::Ansi16) => HIGH_CONTRAST_ANSI16,
            (ThemeName::HighContrast, _) => HIGH_CONTRAST,
            (ThemeName::Dark, ColorDepth::Ansi256 | ColorDepth::TrueColor) => DARK,
            (ThemeName::Light, ColorDepth::Ansi256 | ColorDepth::TrueColor) => LIGHT,
            _ => TERMINAL,
        };
        let colors = ThemeColors {
            text: overrides.text.or(base.text),
            background: overrides.background.or(base.background),
            dim: overrides.dim.or(base.dim),
            accent: overrides.accent.or(base.accent),
            border: overrides.border.or(base.border),
            success: overrides.good.or(base.success),
            warning: overrides.warn.or(base.warning),
            error: overrides.fault.or(base.error),
        };
        let min_contrast = match (overrides.name, depth) {
            (_, ColorDepth::Ansi16) => MIN_CONTRAST_ANSI16,
            (ThemeName::HighContrast, _) => MIN_CONTRAST_HIGH,
            _ => MIN_CONTRAST,
        };
        Self { depth, colors, min_contrast }
    }

    fn terminal_color(self, color: Option<Color>) -> TerminalColor {
        match color {
            _ if self.depth == ColorDepth::None => TerminalColor::Reset,
            Some(Color::Ansi(number)) => TerminalColor::Indexed(number),
            Some(Color::Rgb(rgb)) => self.nearest_color(rgb),
            None => TerminalColor::Reset,
        }
    }

    /// Returns the style of text in a color. It is not dimmed, also where it replaces something that is.
    fn fg(self, color: Option<Color>) -> Style {
        let style = if self.depth == ColorDepth::None { Style::new() } else { self.foreground(color) };
        style.remove_modifier(Modifier::DIM)
    }

    /// Returns the style of what is less important: in a color, or dimmed if the theme has none for it.
    fn dimmed(self, color: Option<Color>) -> Style {
        match color {
            Some(color) if self.depth != ColorDepth::None => self.fg(Some(color)),
            _ => self.foreground(None).add_modifier(Modifier::DIM),
        }
    }

    fn foreground(self, color: Option<Color>) -> Style {
        Style::new().fg(self.terminal_color(color))
    }

    /// The default foreground and background.
    #[must_use]
    pub fn base(self) -> Style {
        Style::new().fg(self.terminal_color(self.colors.text)).bg(self.terminal_color(self.colors.background))
    }

    /// Plain text.
    #[must_use]
    pub fn text(self) -> Style {
        self.foreground(self.colors.text).remove_modifier(Modifier::DIM)
    }

    /// Less important text: ages, hints, empty states.
    #[must_use]
    pub fn dim(self) -> Style {
        self.dimmed(self.colors.dim)
    }

    /// The accent color for what is selected and what can be pressed.
    #[must_use]
    pub fn accent(self) -> Style {
        self.fg(self.colors.accent)
    }

    /// The border of a tile.
    #[must_use]
    pub fn border(self) -> Style {
        self.dimmed(self.colors.border)
    }

    /// The border of the selected tile.
    #[must_use]
    pub fn selected(self) -> Style {
        self.accent().add_modifier(Modifier::BOLD)
    }

    /// Errors.
    #[must_use]
    pub fn error(self) -> Style {
        self.fg(self.colors.error)
    }

    /// Warnings.
    #[must_use]
    pub fn warning(self) -> Style {
        self.fg(self.colors.warning)
    }

    /// Success.
    #[must_use]
    pub fn success(self) -> Style {
        self.fg(self.colors.success)
    }

    /// The selected row of a list.
    #[must_use]
    pub fn highlight(self) -> Style {
        self.accent().add_modifier(Modifier::REVERSED | Modifier::BOLD)
    }

    /// A banner with a lasting problem.
    #[must_use]
    pub fn banner(self) -> Style {
        self.error().add_modifier(Modifier::REVERSED | Modifier::BOLD)
    }

    /// Returns the style for a color that the user chose, or `fallback` if there is none. A color that is not
    /// readable on the background is made lighter or darker.
    #[must_use]
    pub fn custom_color(self, color: Option<Color>, fallback: Style) -> Style {
        match color {
            Some(_) if self.depth == ColorDepth::None => self.fg(None),
            Some(color) => Style::new().fg(self.readable_color(color)).remove_modifier(Modifier::DIM),
            None => fallback,
        }
    }

    fn readable_color(self, color: Color) -> TerminalColor {
        let Some(background) = approximate_rgb(self.terminal_color(self.colors.background)) else {
            // The background of the terminal is unknown: white or black text is likely to be invisible on it, and so
            // is one of its own four grays that stands for another color.
            let black_or_white = matches!(color, Color::Rgb(Rgb(0xf0.., 0xf0.., 0xf0..) | Rgb(..0x10, ..0x10, ..0x10)));
            let shown = self.terminal_color(Some(color));
            let is_gray = matches!(color, Color::Rgb(_)) && matches!(shown, TerminalColor::Indexed(0 | 7 | 8 | 15));
            return if black_or_white || is_gray { self.terminal_color(self.colors.text) } else { shown };
        };
        let is_readable = |rgb: Rgb| contrast_ratio(rgb, background) >= self.min_contrast;
        // With sixteen colors, the number of an ANSI color is used as it is; otherwise it is replaced by a
        // fixed shade.
        let (rgb, terminal_color) = match color {
            Color::Ansi(number) if self.depth == ColorDepth::Ansi16 => {
                (xterm_rgb(number), TerminalColor::Indexed(number))
            }
            Color::Ansi(number) => (xterm_rgb(number), self.nearest_color(xterm_rgb(number))),
            Color::Rgb(rgb) => (rgb, self.nearest_color(rgb)),
        };
        if approximate_rgb(terminal_color).is_none_or(is_readable) {
            return terminal_color;
        }
        let rgb = ensure_contrast(rgb, background, self.min_contrast);
        let nearest_readable = |numbers: std::ops::RangeInclusive<u8>| {
            TerminalColor::Indexed(nearest_index(rgb, numbers.filter(|number| is_readable(xterm_rgb(*number)))))
        };
        match self.depth {
            ColorDepth::Ansi16 => nearest_readable(0..=15),
            ColorDepth::Ansi256 => nearest_readable(16..=255),
            _ => TerminalColor::Rgb(rgb.0, rgb.1, rgb.2),
        }
    }

    /// Returns the nearest color that the terminal can show.
    #[must_use]
    pub fn nearest_color(self, rgb: Rgb) -> TerminalColor {
        match self.depth {
            ColorDepth::None => TerminalColor::Reset,
            ColorDepth::TrueColor => TerminalColor::Rgb(rgb.0, rgb.1, rgb.2),
            ColorDepth::Ansi256 => TerminalColor::Indexed(nearest_index(rgb, 16..=255)),
            ColorDepth::Ansi16 => TerminalColor::Indexed(nearest_index(rgb, 0..=15)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn color_depth_is_detected_from_environment() {
        for (vars, expected) in [
            (&[("NO_COLOR", "1"), ("COLORTERM", "truecolor")][..], ColorDepth::None),
            (&[("NO_COLOR", ""), ("TERM", "linux")], ColorDepth::Ansi16),
            (&[("COLORTERM", "truecolor")], ColorDepth::TrueColor),
            (&[("TERM", "xterm-256color")], ColorDepth::Ansi256),
            (&[("TERM", "vt220")], ColorDepth::None),
        ] {
            let var = |name: &str| vars.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            assert_eq!(ColorDepth::detect(var), expected, "{vars:?}");
        }
    }

    fn rgb_of(color: TerminalColor) -> Rgb {
        approximate_rgb(color).unwrap()
    }

    #[test]
    fn custom_color_is_readable_in_every_theme() {
        let palette = crate::app::COLOR_PALETTE.map(|number| Color::Rgb(Rgb::from_u32(number)));
        let colors: Vec<Color> = palette.into_iter().chain((0..16).map(Color::Ansi)).collect();
        let themes = [(ThemeName::Dark, 4.5), (ThemeName::Light, 4.5), (ThemeName::HighContrast, 7.0)];
        let depths = [ColorDepth::Ansi256, ColorDepth::TrueColor];
        let cases = themes.into_iter().flat_map(|(name, min_contrast)| depths.map(|depth| (name, depth, min_contrast)));
        for (name, depth, min_contrast) in cases.chain([(ThemeName::HighContrast, ColorDepth::Ansi16, 4.0)]) {
            let theme = Theme::from_overrides(depth, &ThemeOverrides { name, ..ThemeOverrides::default() });
            let background = rgb_of(theme.base().bg.unwrap());
            for color in &colors {
                let shown = theme.custom_color(Some(*color), theme.text()).fg.unwrap();
                let ratio = contrast_ratio(rgb_of(shown), background);
                assert!(ratio >= min_contrast, "{name:?} {depth:?} {color:?}: {ratio:.2} is less than {min_contrast}");
            }
        }
    }

    #[test]
    fn custom_color_changes_only_if_unreadable_and_keeps_hue() {
        let theme =
            |name| Theme::from_overrides(ColorDepth::TrueColor, &ThemeOverrides { name, ..ThemeOverrides::default() });
        let shown = |name, rgb| rgb_of(theme(name).custom_color(Some(Color::Rgb(rgb)), Style::new()).fg.unwrap());
        let (yellow, navy) = (Rgb(255, 255, 64), Rgb(0, 0, 128));
        assert_eq!(shown(ThemeName::Dark, yellow), yellow);
        assert_eq!(shown(ThemeName::Light, navy), navy);
        for (name, rgb) in [(ThemeName::Light, yellow), (ThemeName::Dark, navy), (ThemeName::HighContrast, navy)] {
            let changed = shown(name, rgb);
            assert!((changed.to_hsv().0 - rgb.to_hsv().0).abs() < 6.0, "{name:?} {rgb} {changed}");
        }
        let terminal_default =
            |rgb| Theme::new(ColorDepth::TrueColor).custom_color(Some(Color::Rgb(rgb)), Style::new()).fg.unwrap();
        assert_eq!(terminal_default(yellow), TerminalColor::Rgb(255, 255, 64), "the terminal's background is unknown");
        assert_eq!(
            (terminal_default(Rgb(255, 255, 255)), terminal_default(Rgb(0, 0, 0))),
            (TerminalColor::Reset, TerminalColor::Reset)
        );
        let ansi16 = Theme::new(ColorDepth::Ansi16).custom_color(Some(Color::Rgb(Rgb(250, 10, 10))), Style::new());
        assert_eq!(ansi16.fg, Some(TerminalColor::Indexed(9)), "the nearest color");
    }

    #[test]
    fn theme_colors_have_sufficient_contrast() {
        let themes = [(ThemeName::Dark, 4.5), (ThemeName::Light, 4.5), (ThemeName::HighContrast, 7.0)];
        let mut failures = Vec::new();
        for (name, min_contrast) in themes {
            for depth in [ColorDepth::Ansi256, ColorDepth::TrueColor] {
                let theme = Theme::from_overrides(depth, &ThemeOverrides { name, ..ThemeOverrides::default() });
                let background = rgb_of(theme.base().bg.unwrap());
                for (role, style, min_contrast) in [
                    ("text", theme.text(), 7.0),
                    ("dim", theme.dim(), min_contrast),
                    ("accent", theme.accent(), min_contrast),
                    ("good", theme.success(), min_contrast),
                    ("warn", theme.warning(), min_contrast),
                    ("fault", theme.error(), min_contrast),
                    ("border", theme.border(), 1.6),
                ] {
                    let ratio = contrast_ratio(rgb_of(style.fg.unwrap()), background);
                    if ratio < min_contrast {
                        failures.push(format!("{name:?} {depth:?} {role}: {ratio:.2} is less than {min_contrast}"));
                    }
                }
            }
        }
        assert!(failures.is_empty(), "{failures:#?}");
    }

    /// Returns the styles of a theme by their purpose.
    fn styles(theme: Theme) -> [(&'static str, Style); 10] {
        [
            ("base", theme.base()),
            ("text", theme.text()),
            ("dim", theme.dim()),
            ("border", theme.border()),
            ("accent", theme.accent()),
            ("selected", theme.selected()),
            ("success", theme.success()),
            ("warning", theme.warning()),
            ("error", theme.error()),
            ("highlight", theme.highlight()),
        ]
    }

    #[test]
    fn terminal_theme_has_no_gray_that_could_be_the_background() {
        let grays = [0, 7, 8, 15].map(TerminalColor::Indexed);
        for depth in [ColorDepth::None, ColorDepth::Ansi16, ColorDepth::Ansi256, ColorDepth::TrueColor] {
            let theme = Theme::new(depth);
            for (name, style) in styles(theme).into_iter().chain([("banner", theme.banner())]) {
                assert!(style.fg.is_none_or(|color| !grays.contains(&color)), "{depth:?} {name}: {style:?}");
                assert!(style.bg.is_none_or(|color| color == TerminalColor::Reset), "{depth:?} {name}: {style:?}");
            }
            for style in [theme.dim(), theme.border()] {
                assert_eq!((style.fg, style.add_modifier), (Some(TerminalColor::Reset), Modifier::DIM), "{depth:?}");
            }
        }
        for gray in [0x30, 0x55, 0x80, 0xaa, 0xd0] {
            let color = Some(Color::Rgb(Rgb(gray, gray, gray)));
            let shown = Theme::new(ColorDepth::Ansi16).custom_color(color, Style::new()).fg;
            assert_eq!(shown, Some(TerminalColor::Reset), "{gray:x}");
        }
    }

    #[test]
    fn what_replaces_something_dim_is_not_dim() {
        for depth in [ColorDepth::None, ColorDepth::Ansi16, ColorDepth::TrueColor] {
            let theme = Theme::new(depth);
            let custom = theme.custom_color(Some(Color::Rgb(Rgb(255, 0, 0))), Style::new());
            let bright = styles(theme).into_iter().filter(|(name, _)| !["base", "dim", "border"].contains(name));
            for (name, style) in bright.chain([("banner", theme.banner()), ("custom", custom)]) {
                let mut cell = ratatui::buffer::Cell::EMPTY;
                cell.set_style(theme.border()).set_style(style);
                assert!(!cell.modifier.contains(Modifier::DIM), "{depth:?} {name}");
            }
        }
    }

    #[test]
    fn theme_overrides_replace_theme_colors() {
        let accent = Some(Color::Rgb(Rgb(255, 136, 0)));
        let overrides = ThemeOverrides { name: ThemeName::Dark, accent, ..ThemeOverrides::default() };
        assert_eq!(
            Theme::from_overrides(ColorDepth::TrueColor, &overrides).accent().fg,
            Some(TerminalColor::Rgb(255, 136, 0))
        );
        assert_eq!(
            Theme::from_overrides(ColorDepth::Ansi256, &overrides).accent().fg,
            Some(TerminalColor::Indexed(208))
        );
        assert_eq!(Theme::from_overrides(ColorDepth::None, &overrides).accent().fg, None);
        let ansi16 = Theme::from_overrides(
            ColorDepth::Ansi16,
            &ThemeOverrides { name: ThemeName::Dark, ..ThemeOverrides::default() },
        );
        assert_eq!(ansi16.base(), Theme::new(ColorDepth::Ansi16).base(), "the terminal's own colors");
    }
}
