//! Colours: as a name out of the terminal's sixteen, or as `#rrggbb`.

use super::{
    field::parsed,
    key::{Field, Wants},
    value::{Complaint, Value, did_you_mean},
};

/// Red, green and blue, 0 to 255 each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// Reads `#rrggbb` or `rrggbb`.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').unwrap_or(text);
        (digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .then(|| u32::from_str_radix(digits, 16).ok().map(Self::from_number))
            .flatten()
    }

    /// The colour of a number: 0xRRGGBB, whatever stands above.
    #[must_use]
    pub const fn from_number(number: u32) -> Self {
        let [_, red, green, blue] = number.to_be_bytes();
        Self(red, green, blue)
    }

    /// The number of the colour: 0xRRGGBB.
    #[must_use]
    pub const fn number(self) -> u32 {
        u32::from_be_bytes([0, self.0, self.1, self.2])
    }

    /// The colour with this hue (degrees), saturation and value (0 to 1).
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 to 255")]
    pub fn from_hsv(hue: f64, saturation: f64, value: f64) -> Self {
        let part = |shift: f64| {
            let k = (shift + hue / 60.0).rem_euclid(6.0);
            let level = value - value * saturation * k.min(4.0 - k).clamp(0.0, 1.0);
            (level * 255.0).round().clamp(0.0, 255.0) as u8
        };
        Self(part(5.0), part(3.0), part(1.0))
    }

    /// Hue (degrees), saturation and value (0 to 1) of the colour.
    #[must_use]
    pub fn hsv(self) -> (f64, f64, f64) {
        let [red, green, blue] = [self.0, self.1, self.2].map(|part| f64::from(part) / 255.0);
        let most = red.max(green).max(blue);
        let span = most - red.min(green).min(blue);
        let hue = if span == 0.0 {
            0.0
        } else if most <= red {
            60.0 * ((green - blue) / span).rem_euclid(6.0)
        } else if most <= green {
            60.0 * ((blue - red) / span + 2.0)
        } else {
            60.0 * ((red - green) / span + 4.0)
        };
        (hue, if most == 0.0 { 0.0 } else { span / most }, most)
    }
}

impl std::fmt::Display for Rgb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{:02X}{:02X}{:02X}", self.0, self.1, self.2)
    }
}

/// The names of the terminal's sixteen colours, by their number.
pub const NAMES: [&str; 16] = [
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

/// A colour that a person chose for a part of a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Color {
    /// One of the terminal's sixteen, by its number.
    Named(u8),
    /// This very colour.
    Rgb(Rgb),
}

impl Field for Color {
    const WANTS: Wants = Wants::Form("a colour such as \"#ff8000\" or \"bright-blue\"");

    fn read(value: &Value) -> Result<Self, Vec<Complaint>> {
        parsed(value, Self::WANTS, |text| {
            if text.starts_with('#') {
                return Rgb::from_hex(text).map(Self::Rgb).ok_or_else(|| {
                    Complaint::new(format!("`{text}` is no colour")).help("write six digits, like #ff8000")
                });
            }
            (0..).zip(NAMES).find(|(_, name)| *name == text).map(|(number, _)| Self::Named(number)).ok_or_else(|| {
                Complaint::new(format!("there is no colour named `{text}`"))
                    .help(did_you_mean(text, NAMES).unwrap_or_else(|| format!("the names are {}", NAMES.join(", "))))
            })
        })
    }

    fn write(&self) -> Option<Value> {
        Some(Value::Text(match self {
            Self::Named(number) => NAMES[usize::from(*number) % NAMES.len()].to_owned(),
            Self::Rgb(rgb) => rgb.to_string().to_lowercase(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hsv_and_back_is_the_same_colour() {
        for number in (0..0x0100_0000).step_by(7_919) {
            let rgb = Rgb::from_number(number);
            let (hue, saturation, value) = rgb.hsv();
            assert_eq!(Rgb::from_hsv(hue, saturation, value), rgb);
        }
    }

    #[test]
    fn colours_are_read_and_written() {
        for (text, wanted) in [("#ff8000", Color::Rgb(Rgb(255, 128, 0))), ("bright-blue", Color::Named(12))] {
            let read = Color::read(&text.into()).unwrap();
            assert_eq!(read, wanted);
            assert_eq!(read.write(), Some(text.into()));
        }
        assert_eq!(Color::read(&"bleu".into()).unwrap_err()[0].help.as_deref(), Some("did you mean `blue`?"));
        assert!(Color::read(&"#ff80".into()).is_err());
        assert_eq!(Rgb::from_hex("#+12345"), None);
    }
}
