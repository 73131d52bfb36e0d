//! What scripts may change of the content of a tile: named fields, which the tile kind fills and reads back. The
//! names are the properties of `event` in `on_display`.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::color::Color;

/// The fields of a tile's content that scripts may change, in the order in which they are passed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ScriptView(Vec<(Cow<'static, str>, ScriptValue)>);

/// The value of a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ScriptValue {
    /// A text.
    Text(String),
    /// A number, which is not NaN.
    Number(f64),
    /// On or off; `None`, in scripts `null`, for neither.
    Bool(Option<bool>),
    /// A color; `None`, in scripts `""`, for no color.
    Color(Option<Color>),
}

impl ScriptView {
    /// Creates a view with these fields.
    #[must_use]
    pub fn new(fields: impl IntoIterator<Item = (impl Into<Cow<'static, str>>, ScriptValue)>) -> Self {
        Self(fields.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }

    /// Creates the view of a text in a color.
    #[must_use]
    pub fn of_text(text: String, color: Option<Color>) -> Self {
        Self::new([("text", ScriptValue::Text(text)), ("textColor", ScriptValue::Color(color))])
    }

    /// Returns the fields.
    pub fn fields(&self) -> impl Iterator<Item = &(Cow<'static, str>, ScriptValue)> {
        self.0.iter()
    }

    /// Returns the text of a field; `None` if there is no such field.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(ScriptValue::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Returns the number of a field; `None` if there is no such field.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<f64> {
        match self.get(name) {
            Some(ScriptValue::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// Returns whether a field is on; `None` if it is neither on nor off, or if there is no such field.
    #[must_use]
    pub fn is_on(&self, name: &str) -> Option<bool> {
        match self.get(name) {
            Some(ScriptValue::Bool(on)) => *on,
            _ => None,
        }
    }

    /// Returns the color of a field; `None` if it has no color, or if there is no such field.
    #[must_use]
    pub fn color(&self, name: &str) -> Option<Color> {
        match self.get(name) {
            Some(ScriptValue::Color(color)) => *color,
            _ => None,
        }
    }

    fn get(&self, name: &str) -> Option<&ScriptValue> {
        self.0.iter().find(|(field, _)| *field == name).map(|(_, value)| value)
    }
}
