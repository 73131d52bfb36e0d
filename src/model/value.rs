//! Values as files hold them, and complaints that point into them.

use std::ops::Range;

/// A value of a file, whatever the file's language.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Whole(i64),
    /// Any other number.
    Number(f64),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// Names and values, in the file's order.
    Table(Vec<(String, Value)>),
}

impl Value {
    /// What it is, in words: `a number`.
    #[must_use]
    pub const fn noun(&self) -> &'static str {
        match self {
            Self::Bool(_) => "true or false",
            Self::Whole(_) => "a whole number",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// One step from a value to a value inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// To the value of this key.
    Key(String),
    /// To this item of a list.
    Index(usize),
    /// To the name of this key, not its value.
    Name(String),
}

/// Something wrong with a value: what, where in it, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// What is wrong, as a sentence without its full stop.
    pub what: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The way from the value complained of to the very part.
    pub place: Vec<Step>,
    /// The bytes of the text that are wrong, where the part is a text.
    pub bytes: Option<Range<usize>>,
}

impl Complaint {
    /// A complaint about the whole value.
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), help: None, place: Vec::new(), bytes: None }
    }

    /// The same, with what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same, seen from one step further out.
    #[must_use]
    pub fn at(mut self, step: Step) -> Self {
        self.place.insert(0, step);
        self
    }

    /// The same, about the value of this key.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.at(Step::Key(key.to_owned()))
    }

    /// The same, pointing at these bytes of the text.
    #[must_use]
    pub fn bytes(mut self, bytes: Option<Range<usize>>) -> Self {
        self.bytes = bytes;
        self
    }
}

impl From<Complaint> for Vec<Complaint> {
    fn from(complaint: Complaint) -> Self {
        vec![complaint]
    }
}

/// The known word that a mistyped one most likely means, as help: `did you mean "switch"?`.
#[must_use]
pub fn did_you_mean<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    known
        .into_iter()
        .map(|word| (strsim::normalized_damerau_levenshtein(&typed.to_lowercase(), word), word))
        .filter(|(likeness, _)| *likeness >= 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, word)| format!("did you mean `{word}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_offered_and_a_far_one_is_not() {
        assert_eq!(did_you_mean("swich", ["switch", "text"]), Some("did you mean `switch`?".into()));
        assert_eq!(did_you_mean("banana", ["switch", "text"]), None);
    }

    #[test]
    fn a_place_is_read_from_outside_in() {
        let complaint = Complaint::new("no").key("payload").at(Step::Index(2)).key("options");
        assert_eq!(complaint.place, [Step::Key("options".into()), Step::Index(2), Step::Key("payload".into())]);
    }
}
