//! Any value, as text.

use super::{Kind, quiet, shown};
use crate::model::{
    color::Color,
    face::{Affixes, Face, Question, Reply, TextSize},
    fault::Fault,
    key::{Key, Keyed, key},
    reading::Reading,
};

/// A tile that shows its value as it is.
#[derive(Debug, Clone, Default)]
pub struct Text {
    text_size: TextSize,
    text_color: Option<Color>,
}

impl Keyed for Text {
    const KEYS: &'static [Key<Self>] = &[
        key!(TextSize, text_size, "how large the value is drawn; large uses big letters where they fit"),
        key!(Option<Color>, text_color, "the colour of the value"),
    ];
}

impl Kind for Text {
    fn word(&self) -> &'static str {
        "text"
    }

    fn about(&self) -> &'static str {
        "shows its value as text; pressing asks for a line and publishes it"
    }

    fn face(&self, reading: Option<&Reading>) -> Result<Face, Fault> {
        Ok(shown(reading).map_or_else(
            || quiet(reading),
            |text| Face::Text {
                affixes: Affixes::default(),
                text: text.to_owned(),
                size: self.text_size,
                color: self.text_color,
                known: true,
            },
        ))
    }

    fn press(&self, reading: Option<&Reading>) -> Reply {
        Reply::Ask(Question::Line(shown(reading).unwrap_or_default().to_owned()))
    }

    fn text_size(&self) -> TextSize {
        self.text_size
    }

    fn verb(&self) -> &'static str {
        "write"
    }

    fn has_affixes(&self) -> bool {
        true
    }
}
