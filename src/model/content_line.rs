//! How the content of a tile looks in one line: as the row of a list, in the output of `watch`, in a sentence. What
//! draws one line needs to know nothing else about the types of content.

use super::{
    color::Color,
    content::{Overflow, TileContent},
    one_line::one_line,
    plural::pluralize,
    text_table::TextTableRow,
};

/// The mark before the text of a line, which says without color what the text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineMark {
    /// A state that is on.
    On,
    /// A lamp that is lit.
    Lit,
    /// A state that is off, or a lamp that is not lit.
    Off,
    /// A value that the tile does not know.
    Unknown,
    /// A number outside its limits.
    Outside(Overflow),
    /// A color.
    Color,
    /// Something to press.
    Button,
}

/// What the text of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineRole {
    /// Why there is no value.
    Missing,
    /// A value that the tile does not know.
    Unknown,
    /// A value.
    Value,
    /// A state that is on.
    Active,
    /// What a press does: there is no state.
    Action,
    /// The name of something that no text can show.
    Picture,
}

/// Content in one line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ContentLine {
    /// The mark before the text.
    pub mark: Option<LineMark>,
    /// The text: the value with what is around it, the label of a state, the digits of a color.
    pub text: String,
    /// The color that the user has set.
    pub color: Option<Color>,
    /// What the text is.
    pub role: LineRole,
}

impl ContentLine {
    const fn new(role: LineRole, text: String) -> Self {
        Self { mark: None, text, color: None, role }
    }

    fn marked(self, mark: impl Into<Option<LineMark>>) -> Self {
        Self { mark: mark.into(), ..self }
    }

    fn colored(self, color: Option<Color>) -> Self {
        Self { color, ..self }
    }

    /// Returns whether the text is that of a value. Otherwise the payload says more.
    pub(crate) const fn has_value(&self) -> bool {
        !matches!(self.role, LineRole::Action | LineRole::Picture)
    }
}

impl TileContent {
    /// Returns the content in one line.
    #[must_use]
    pub(crate) fn line(&self) -> ContentLine {
        match self {
            Self::Placeholder(text) => ContentLine::new(LineRole::Missing, text.clone()),
            Self::Text { prefix_suffix, text, color, .. } => {
                ContentLine::new(LineRole::Value, prefix_suffix.line(text)).colored(*color)
            }
            Self::Meter { prefix_suffix, overflow, text, .. }
            | Self::Progress { prefix_suffix, overflow, text, .. } => {
                ContentLine::new(LineRole::Value, prefix_suffix.line(text)).marked(overflow.map(LineMark::Outside))
            }
            Self::Gauge(gauge) => ContentLine::new(LineRole::Value, gauge.prefix_suffix.line(&gauge.text))
                .marked(gauge.overflow.map(LineMark::Outside))
                .colored(gauge.color),
            Self::Lamp { lit, color, text, .. } => match lit {
                None => ContentLine::new(LineRole::Unknown, text.clone()).marked(LineMark::Unknown),
                Some(lit) => ContentLine::new(LineRole::Value, text.clone())
                    .marked(if *lit { LineMark::Lit } else { LineMark::Off })
                    .colored(*color),
            },
            Self::Log(log) => {
                let newest = log.rows.last();
                let text = newest.map(TextTableRow::line).unwrap_or_default();
                ContentLine::new(LineRole::Value, text).colored(newest.and_then(|row| row.color))
            }
            Self::Table(table) => {
                ContentLine::new(LineRole::Value, pluralize(table.rows.len() + table.left_out, "row"))
            }
            Self::Map(map) => ContentLine::new(LineRole::Value, map.line()),
            Self::Pad(pad) if pad.position().is_none() => ContentLine::new(LineRole::Missing, "no position".to_owned()),
            Self::Pad(pad) => ContentLine::new(LineRole::Value, pad.text()),
            // Only who knows the time can say more.
            Self::Clock(_) => ContentLine::new(LineRole::Value, String::new()),
            Self::Qr(text) | Self::Note(text) => ContentLine::new(LineRole::Value, one_line(text)),
            Self::RowNames(names) => ContentLine::new(LineRole::Picture, names.join(", ")),
            Self::Toggle { on: None, text, .. } => {
                ContentLine::new(LineRole::Unknown, text.clone()).marked(LineMark::Unknown)
            }
            Self::Toggle { on: Some(true), color, text, .. } => {
                ContentLine::new(LineRole::Active, text.clone()).marked(LineMark::On).colored(*color)
            }
            Self::Toggle { on: Some(false), color, text, .. } => {
                ContentLine::new(LineRole::Value, text.clone()).marked(LineMark::Off).colored(*color)
            }
            Self::Button { label, color, .. } => {
                ContentLine::new(LineRole::Action, label.clone()).marked(LineMark::Button).colored(*color)
            }
            Self::Swatch { rgb, .. } => ContentLine::new(LineRole::Value, rgb.to_string())
                .marked(LineMark::Color)
                .colored(Some(Color::Rgb(*rgb))),
            Self::PayloadImage | Self::RemoteImage { .. } => ContentLine::new(LineRole::Picture, "image".to_owned()),
        }
    }
}
