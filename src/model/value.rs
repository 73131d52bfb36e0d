//! Values as files hold them, and complaints that point into them.

use std::ops::Range;

/// A value of a file, whatever the file's language.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// Text.
    String(String),
    /// A list.
    Array(Vec<Value>),
    /// Names and values, in the file's order.
    Table(Vec<(String, Value)>),
}

impl Value {
    /// What it is, in words: `a number`.
    #[must_use]
    pub const fn type_description(&self) -> &'static str {
        match self {
            Self::Bool(_) => "true or false",
            Self::Integer(_) => "a whole number",
            Self::Float(_) => "a number",
            Self::String(_) => "text",
            Self::Array(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

/// One step from a value to a value inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValuePathSegment {
    /// To the value of this key.
    Key(String),
    /// To this item of a list.
    Index(usize),
    /// To the name of this key, not its value.
    KeyName(String),
}

/// Something wrong with a value: what, where in it, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidationError {
    /// What is wrong, as a sentence without its full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The way from the value complained of to the very part.
    pub path: Vec<ValuePathSegment>,
    /// The bytes of the text that are wrong, where the part is a text.
    pub span: Option<Range<usize>>,
}

impl ValidationError {
    /// A complaint about the whole value.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, path: Vec::new(), span: None }
    }

    /// The same, with what to do about it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same, seen from one step further out.
    #[must_use]
    pub fn prepend_path(mut self, segment: ValuePathSegment) -> Self {
        self.path.insert(0, segment);
        self
    }

    /// The same, about the value of this key.
    #[must_use]
    pub fn prepend_key(self, key: &str) -> Self {
        self.prepend_path(ValuePathSegment::Key(key.to_owned()))
    }

    /// The same, pointing at these bytes of the text.
    #[must_use]
    pub fn with_span(mut self, span: Option<Range<usize>>) -> Self {
        self.span = span;
        self
    }
}

impl From<ValidationError> for Vec<ValidationError> {
    fn from(error: ValidationError) -> Self {
        vec![error]
    }
}

/// The known word that a mistyped one most likely means, as help: `did you mean "switch"?`.
#[must_use]
pub fn did_you_mean<'a>(input: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    known
        .into_iter()
        .map(|candidate| (strsim::normalized_damerau_levenshtein(&input.to_lowercase(), candidate), candidate))
        .filter(|(similarity, _)| *similarity >= 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| format!("did you mean `{candidate}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn did_you_mean_suggests_near_word_but_not_far_one() {
        assert_eq!(did_you_mean("swich", ["switch", "text"]), Some("did you mean `switch`?".into()));
        assert_eq!(did_you_mean("banana", ["switch", "text"]), None);
    }

    #[test]
    fn validation_error_path_runs_from_outside_in() {
        let error = ValidationError::new("no")
            .prepend_key("payload")
            .prepend_path(ValuePathSegment::Index(2))
            .prepend_key("options");
        assert_eq!(
            error.path,
            [
                ValuePathSegment::Key("options".into()),
                ValuePathSegment::Index(2),
                ValuePathSegment::Key("payload".into())
            ]
        );
    }
}
