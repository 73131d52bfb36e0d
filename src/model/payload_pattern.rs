//! A regular expression that a whole payload has to match. It is compiled once, when the field is set.

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
