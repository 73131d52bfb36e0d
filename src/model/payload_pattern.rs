//! Regular expressions: one that a whole payload has to match, and one that is found in a text. They are compiled once,
//! when the field is set.

use regex::{Regex, RegexBuilder};

use super::{
    field_value::parse_text,
    schema::{FieldValue, ValueType},
    value::{ValidationError, Value},
};

/// The largest compiled expression, in bytes.
const MAX_COMPILED_BYTES: usize = 256 << 10;

/// A regular expression that a whole payload has to match.
#[derive(Debug, Clone)]
pub(crate) struct PayloadPattern {
    source: String,
    regex: Regex,
}

impl PayloadPattern {
    /// Returns whether the whole text matches.
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// Returns the expression as it was written.
    pub(crate) fn as_str(&self) -> &str {
        &self.source
    }
}

impl PartialEq for PayloadPattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl FieldValue for PayloadPattern {
    const VALUE_TYPE: ValueType = ValueType::Custom("a regular expression such as \"err.*\"");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        parse_text(value, Self::VALUE_TYPE, |text| {
            // On its own first: a parenthesis too many must not end the group around it.
            compile(text)
                .and_then(|_| compile(&format!("^(?:{text})$")))
                .map(|regex| Self { source: text.to_owned(), regex })
                .map_err(|error| pattern_error(&error))
        })
    }

    fn to_value(&self) -> Option<Value> {
        Some(self.source.as_str().into())
    }
}

/// A regular expression that is found anywhere in a text.
#[derive(Debug, Clone)]
pub(crate) struct SearchPattern(Regex);

impl SearchPattern {
    /// Compiles an expression.
    ///
    /// # Errors
    /// If it is invalid or too large.
    pub(crate) fn new(expression: &str) -> Result<Self, ValidationError> {
        compile(expression).map(Self).map_err(|error| pattern_error(&error))
    }

    /// Returns whether it is found in the text.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

impl PartialEq for SearchPattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl FieldValue for SearchPattern {
    const VALUE_TYPE: ValueType = ValueType::Custom("a regular expression such as \"ERR|WARN\"");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        parse_text(value, Self::VALUE_TYPE, Self::new)
    }

    fn to_value(&self) -> Option<Value> {
        Some(self.0.as_str().into())
    }
}

fn compile(expression: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(expression).size_limit(MAX_COMPILED_BYTES).build()
}

fn pattern_error(error: &regex::Error) -> ValidationError {
    let reason = match error {
        regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
        // The last line says what is wrong; those before it show where, in several lines.
        other => other.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned(),
    };
    ValidationError::new(format!("invalid regular expression: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Result<PayloadPattern, Vec<ValidationError>> {
        PayloadPattern::from_value(&text.into())
    }

    #[test]
    fn whole_payload_has_to_match() {
        let pattern = pattern("err.*|fault").unwrap();
        let matching: Vec<_> = ["err", "error 5", "an err", "fault", "faults", ""]
            .into_iter()
            .filter(|text| pattern.matches(text))
            .collect();
        assert_eq!(matching, ["err", "error 5", "fault"]);
    }

    #[test]
    fn searched_pattern_may_be_anywhere() {
        let pattern = SearchPattern::from_value(&"(?i)err".into()).unwrap();
        assert_eq!(["an Error", "er r", ""].map(|text| pattern.is_in(text)), [true, false, false]);
        assert_eq!(pattern.to_value(), Some("(?i)err".into()));
        assert!(SearchPattern::from_value(&"(".into()).is_err());
    }

    #[test]
    fn bad_pattern_is_an_error_in_one_line() {
        for (text, message) in [
            ("(", "invalid regular expression: unclosed group"),
            ("a)(b", "invalid regular expression: unopened group"),
            (r"\w{9999}", "invalid regular expression: it is too large"),
        ] {
            assert_eq!(pattern(text).unwrap_err()[0].message, message);
        }
    }
}
