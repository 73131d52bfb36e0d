//! A colour.

use super::{Kind, quiet, shown};
use crate::model::{
    color::{Color, Rgb},
    face::{Face, Question, Reply},
    fault::Fault,
    field::words,
    icon::Icon,
    key::{Key, Keyed, key},
    reading::Reading,
    script::Look,
};

words! {
    /// How a colour is published.
    Format {
        Hex = "hex" "As `#RRGGBB`.",
        Number = "number" "As a decimal number, 0xRRGGBB.",
    }
}

/// A tile that shows a colour.
#[derive(Debug, Clone, Default)]
pub struct Swatch {
    format: Format,
    icon: Option<Icon>,
}

impl Keyed for Swatch {
    const KEYS: &'static [Key<Self>] = &[
        key!(Format, format, "how the colour is published: as #RRGGBB or as a decimal number"),
        key!(Option<Icon>, icon, "an icon in the colour"),
    ];
}

/// A colour out of a payload: `#RRGGBB`, `RRGGBB` with a letter in it, or a decimal number, also
/// one with a sign or an alpha above the red.
fn rgb(text: &str) -> Result<Rgb, Fault> {
    let text = text.trim();
    if let Some(rgb) = Rgb::from_hex(text).filter(|_| text.parse::<i64>().is_err()) {
        return Ok(rgb);
    }
    let number = text.parse::<i64>().ok().filter(|number| (-0x8000_0000..=0xFFFF_FFFF).contains(number));
    number
        .and_then(|number| u32::try_from(number & 0x00FF_FFFF).ok())
        .map(Rgb::from_number)
        .ok_or_else(|| Fault::NotAColor(text.to_owned()))
}

impl Kind for Swatch {
    fn word(&self) -> &'static str {
        "color"
    }

    fn about(&self) -> &'static str {
        "shows a colour; pressing opens a colour picker"
    }

    fn face(&self, reading: Option<&Reading>) -> Result<Face, Fault> {
        shown(reading).map_or_else(|| Ok(quiet(reading)), |text| Ok(Face::Swatch { rgb: rgb(text)?, icon: self.icon }))
    }

    fn press(&self, reading: Option<&Reading>) -> Reply {
        let now = shown(reading).and_then(|text| rgb(text).ok());
        Reply::Ask(Question::Color(now.unwrap_or(Rgb(255, 255, 255))))
    }

    fn answer(&self, text: &str) -> Result<String, Fault> {
        let rgb = Rgb::from_hex(text.trim()).ok_or_else(|| Fault::NotAColor(text.to_owned()))?;
        Ok(match self.format {
            Format::Hex => rgb.to_string(),
            Format::Number => rgb.number().to_string(),
        })
    }

    fn look(&self, face: Face) -> Look {
        match face {
            Face::Swatch { rgb, .. } => Look::Color { color: Some(Color::Rgb(rgb)) },
            _ => Look::Color { color: None },
        }
    }

    fn dressed(&self, face: Option<Face>, look: &Look) -> Face {
        match look {
            Look::Color { color: Some(Color::Rgb(rgb)) } => Face::Swatch { rgb: *rgb, icon: self.icon },
            _ => face.unwrap_or(Face::Quiet(String::new())),
        }
    }

    fn verb(&self) -> &'static str {
        "pick"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_come_as_hex_or_as_numbers() {
        for (text, wanted) in [
            ("#FF8000", Rgb(255, 128, 0)),
            ("ff8000", Rgb(255, 128, 0)),
            ("16744448", Rgb(255, 128, 0)),
            ("-65536", Rgb(255, 0, 0)),
            ("4294901760", Rgb(255, 0, 0)),
        ] {
            assert_eq!(rgb(text), Ok(wanted), "{text}");
        }
        for text in ["red", "#12345", "99999999999", "1.5"] {
            assert_eq!(rgb(text), Err(Fault::NotAColor(text.into())));
        }
    }

    #[test]
    fn answers_are_sent_in_the_format_asked_for() {
        assert_eq!(Swatch::default().answer("#ff8000"), Ok("#FF8000".into()));
        assert_eq!(Swatch { format: Format::Number, ..Swatch::default() }.answer("#ff8000"), Ok("16744448".into()));
    }
}
