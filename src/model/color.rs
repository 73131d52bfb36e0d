//! Colors: the name of one of the terminal's 16 colors, or `#rrggbb`.

use serde::{Deserialize, Serialize};

use super::{
    field_value::parse_text,
    schema::{FieldValue, ValueType},
    value::{ValidationError, Value, did_you_mean},
};

/// Red, green and blue, 0 to 255 each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// Parses `#rrggbb` or `rrggbb`.
    #[must_use]
    pub(crate) fn from_hex(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').unwrap_or(text);
        (digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .then(|| u32::from_str_radix(digits, 16).ok().map(Self::from_u32))
            .flatten()
    }

    /// Creates a color from 0xRRGGBB; the highest byte is ignored.
    #[must_use]
    pub(crate) const fn from_u32(number: u32) -> Self {
        let [_, red, green, blue] = number.to_be_bytes();
        Self(red, green, blue)
    }

    /// Returns one of the terminal's 16 colors as xterm shows it; each user may have set another.
    #[must_use]
    pub(crate) const fn from_ansi(number: u8) -> Self {
        const ANSI_COLORS: [u32; 16] = [
            0x00_0000, 0xcd_0000, 0x00_cd00, 0xcd_cd00, 0x00_00ee, 0xcd_00cd, 0x00_cdcd, 0xe5_e5e5, 0x7f_7f7f,
            0xff_0000, 0x00_ff00, 0xff_ff00, 0x5c_5cff, 0xff_00ff, 0x00_ffff, 0xff_ffff,
        ];
        Self::from_u32(ANSI_COLORS[number as usize % ANSI_COLORS.len()])
    }

    /// Returns how different two colors are: the square of their distance.
    #[must_use]
    pub(crate) fn distance(self, other: Self) -> u32 {
        let channels = [(self.0, other.0), (self.1, other.1), (self.2, other.2)];
        channels.iter().map(|(one, other)| u32::from(one.abs_diff(*other)).pow(2)).sum()
    }

    /// Returns the color as 0xRRGGBB.
    #[must_use]
    pub(crate) const fn to_u32(self) -> u32 {
        u32::from_be_bytes([0, self.0, self.1, self.2])
    }

    /// Creates a color from hue (degrees), saturation and value (0 to 1 each).
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 to 255")]
    pub(crate) fn from_hsv(hue: f64, saturation: f64, value: f64) -> Self {
        let channel = |shift: f64| {
            let k = (shift + hue / 60.0).rem_euclid(6.0);
            let level = value - value * saturation * k.min(4.0 - k).clamp(0.0, 1.0);
            (level * 255.0).round().clamp(0.0, 255.0) as u8
        };
        Self(channel(5.0), channel(3.0), channel(1.0))
    }

    /// Returns hue (degrees), saturation and value (0 to 1 each).
    #[must_use]
    pub(crate) fn to_hsv(self) -> (f64, f64, f64) {
        let [red, green, blue] = [self.0, self.1, self.2].map(|channel| f64::from(channel) / 255.0);
        let max = red.max(green).max(blue);
        let chroma = max - red.min(green).min(blue);
        let hue = if chroma == 0.0 {
            0.0
        } else if max <= red {
            60.0 * ((green - blue) / chroma).rem_euclid(6.0)
        } else if max <= green {
            60.0 * ((blue - red) / chroma + 2.0)
        } else {
            60.0 * ((red - green) / chroma + 4.0)
        };
        (hue, if max == 0.0 { 0.0 } else { chroma / max }, max)
    }
}

impl std::fmt::Display for Rgb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{:02X}{:02X}{:02X}", self.0, self.1, self.2)
    }
}

/// The names of the terminal's 16 colors, by their number.
pub(crate) const ANSI_COLOR_NAMES: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "white",
    "bright-black",
    "bright-red",
    "bright-green",
    "bright-yellow",
    "bright-blue",
    "bright-magenta",
    "bright-cyan",
    "bright-white",
];

/// A color that the user chose for a part of a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Color {
    /// One of the terminal's 16 colors, by its number.
    Ansi(u8),
    /// An RGB color.
    Rgb(Rgb),
}

impl FieldValue for Color {
    const VALUE_TYPE: ValueType = ValueType::Custom("a color such as \"#ff8000\" or \"bright-blue\"");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        parse_text(value, Self::VALUE_TYPE, |text| {
            if text.starts_with('#') {
                return Rgb::from_hex(text).map(Self::Rgb).ok_or_else(|| {
                    ValidationError::new(format!("`{text}` is not a color")).with_help("write six digits, like #ff8000")
                });
            }
            (0..)
                .zip(ANSI_COLOR_NAMES)
                .find(|(_, name)| *name == text)
                .map(|(number, _)| Self::Ansi(number))
                .ok_or_else(|| {
                    ValidationError::new(format!("unknown color `{text}`")).with_help(
                        did_you_mean(text, ANSI_COLOR_NAMES)
                            .unwrap_or_else(|| format!("the names are {}", ANSI_COLOR_NAMES.join(", "))),
                    )
                })
        })
    }

    fn to_value(&self) -> Option<Value> {
        Some(Value::String(match self {
            Self::Ansi(number) => ANSI_COLOR_NAMES[usize::from(*number) % ANSI_COLOR_NAMES.len()].to_owned(),
            Self::Rgb(rgb) => rgb.to_string().to_lowercase(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rgb_survives_hsv_round_trip() {
        for number in (0..0x0100_0000).step_by(7_919) {
            let rgb = Rgb::from_u32(number);
            let (hue, saturation, value) = rgb.to_hsv();
            assert_eq!(Rgb::from_hsv(hue, saturation, value), rgb);
        }
    }

    #[test]
    fn color_reads_and_writes_hex_and_names() {
        for (text, expected) in [("#ff8000", Color::Rgb(Rgb(255, 128, 0))), ("bright-blue", Color::Ansi(12))] {
            let color = Color::from_value(&text.into()).unwrap();
            assert_eq!(color, expected);
            assert_eq!(color.to_value(), Some(text.into()));
        }
        assert_eq!(Color::from_value(&"bleu".into()).unwrap_err()[0].help.as_deref(), Some("did you mean `blue`?"));
        assert!(Color::from_value(&"#ff80".into()).is_err());
        assert_eq!(Rgb::from_hex("#+12345"), None);
    }
}
