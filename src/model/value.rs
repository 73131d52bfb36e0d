//! Values of configuration files, and validation errors that point into them.

use std::ops::Range;

/// A value of a file, independent of the file format.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// An integer.
    Integer(i64),
    /// A number that is not an integer.
    Float(f64),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Value>),
    /// Keys and values, in the order of the file.
    Table(Vec<(String, Value)>),
}

impl Value {
    /// Returns what the value is, for messages: `a number`.
    #[must_use]
    pub(crate) const fn type_description(&self) -> &'static str {
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
pub(crate) enum ValuePathSegment {
    /// The value of this key.
    Key(String),
    /// The item of an array at this index.
    Index(usize),
    /// The name of this key instead of its value.
    KeyName(String),
}

/// An error in a value: what is wrong, where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidationError {
    /// What is wrong: a sentence without a final period.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) help: Option<String>,
    /// The path from the validated value to the part that is wrong.
    pub(crate) path: Vec<ValuePathSegment>,
    /// The byte range that is wrong, if the part is a string.
    pub(crate) span: Option<Range<usize>>,
}

impl ValidationError {
    /// Creates an error about the whole value.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, path: Vec::new(), span: None }
    }

    /// Sets the help text.
    #[must_use]
    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Prepends a segment to the path: the error as seen from the enclosing value.
    #[must_use]
    pub(crate) fn prepend_path(mut self, segment: ValuePathSegment) -> Self {
        self.path.insert(0, segment);
        self
    }

    /// Prepends a key to the path: the error as seen from the enclosing table.
    #[must_use]
    pub(crate) fn prepend_key(self, key: &str) -> Self {
        self.prepend_path(ValuePathSegment::Key(key.to_owned()))
    }

    /// Sets the byte range of the string that is wrong.
    #[must_use]
    pub(crate) fn with_span(mut self, span: Option<Range<usize>>) -> Self {
        self.span = span;
        self
    }
}

impl From<ValidationError> for Vec<ValidationError> {
    fn from(error: ValidationError) -> Self {
        vec![error]
    }
}

/// The minimum similarity of a name that is suggested: 1 for equal names, 0 for names that have nothing in common.
const MIN_SIMILARITY: f64 = 0.6;

/// Suggests the known name that is most similar to `input`, as help: ``did you mean `switch`?``.
#[must_use]
pub(crate) fn did_you_mean<'a>(input: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let length = input.chars().count();
    // The time of a comparison grows with the product of the lengths, and the input may be a text of megabytes. Names
    // whose lengths differ too much cannot be similar: each additional character is a difference.
    let may_be_similar = |candidate: &&str| {
        let other = candidate.chars().count();
        length.min(other) * 10 >= length.max(other) * 6
    };
    known
        .into_iter()
        .filter(may_be_similar)
        .map(|candidate| (strsim::normalized_damerau_levenshtein(&input.to_lowercase(), candidate), candidate))
        .filter(|(similarity, _)| *similarity >= MIN_SIMILARITY)
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

    /// Comparing this input with the names would take minutes.
    #[test]
    fn did_you_mean_does_not_compare_names_of_very_different_length() {
        let names: Vec<String> = (0..500).map(|number| format!("light_{number}")).collect();
        assert_eq!(did_you_mean(&"light_".repeat(1 << 20), names.iter().map(String::as_str)), None);
        assert_eq!(did_you_mean("light_12", ["light_1"]), Some("did you mean `light_1`?".into()));
        assert_eq!(did_you_mean("ab", ["a"]), None, "half as long");
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
