//! The colors of each theme.

use crate::model::color::{Color, Rgb};

/// The colors of a theme by their purpose. `None` is the terminal's own color, dimmed for
/// `dim` and `border`.
#[derive(Debug, Clone, Copy)]
pub(super) struct ThemeColors {
    pub(super) text: Option<Color>,
    pub(super) background: Option<Color>,
    pub(super) dim: Option<Color>,
    pub(super) accent: Option<Color>,
    pub(super) border: Option<Color>,
    pub(super) success: Option<Color>,
    pub(super) warning: Option<Color>,
    pub(super) error: Option<Color>,
}

const fn rgb(number: u32) -> Color {
    Color::Rgb(Rgb::from_u32(number))
}

/// The terminal's own sixteen colors. Less important text and borders are its text color, dimmed: bright black is
/// the background in Solarized.
pub(super) const TERMINAL: ThemeColors = ThemeColors {
    text: None,
    background: None,
    dim: None,
    accent: Some(Color::Ansi(6)),
    border: None,
    success: Some(Color::Ansi(2)),
    warning: Some(Color::Ansi(3)),
    error: Some(Color::Ansi(1)),
};

/// Light colors on a dark blue-gray background.
pub(super) const DARK: ThemeColors = ThemeColors {
    text: Some(rgb(0xe3_e8f0)),
    background: Some(rgb(0x14_181f)),
    dim: Some(rgb(0x8f_99ab)),
    accent: Some(rgb(0x5c_cfe6)),
    border: Some(rgb(0x47_5266)),
    success: Some(rgb(0x87_d96c)),
    warning: Some(rgb(0xff_cc66)),
    error: Some(rgb(0xff_7a85)),
};

/// Dark colors on a warm white background.
pub(super) const LIGHT: ThemeColors = ThemeColors {
    text: Some(rgb(0x24_292f)),
    background: Some(rgb(0xfb_faf7)),
    dim: Some(rgb(0x5a_636e)),
    accent: Some(rgb(0x00_5fb8)),
    border: Some(rgb(0xb4_bac2)),
    success: Some(rgb(0x1a_7031)),
    warning: Some(rgb(0x85_5200)),
    error: Some(rgb(0xb8_1f2b)),
};

/// Bright colors on a black background.
pub(super) const HIGH_CONTRAST: ThemeColors = ThemeColors {
    text: Some(rgb(0xff_ffff)),
    background: Some(rgb(0x00_0000)),
    dim: Some(rgb(0xd0_d0d0)),
    accent: Some(rgb(0x00_ffff)),
    border: Some(rgb(0xa8_a8a8)),
    success: Some(rgb(0x5f_ff5f)),
    warning: Some(rgb(0xff_ff00)),
    error: Some(rgb(0xff_8787)),
};

/// The high contrast theme for terminals with sixteen colors.
pub(super) const HIGH_CONTRAST_ANSI16: ThemeColors = ThemeColors {
    text: Some(Color::Ansi(15)),
    background: Some(Color::Ansi(0)),
    dim: Some(Color::Ansi(7)),
    accent: Some(Color::Ansi(14)),
    border: Some(Color::Ansi(7)),
    success: Some(Color::Ansi(10)),
    warning: Some(Color::Ansi(11)),
    error: Some(Color::Ansi(9)),
};
