//! The template of a payload: text around the value that a tile publishes, such as `{"brightness": {{value}}}`.
//!
//! A template that is JSON stays JSON whatever the value is: in a string the value is escaped, and elsewhere it must be
//! JSON itself. Any other template is text, in which the value stands as it is.

use std::ops::Range;

use serde::de::IgnoredAny;

use super::{
    error::TileError,
    field_value::parse_text,
    json_path::is_plain_name,
    json_string::{StringScanner, push_escaped},
    schema::{FieldValue, ValueType},
    value::{ValidationError, Value, did_you_mean},
};

/// The beginning and the end of a name in a template.
const OPEN: &str = "{{";
const CLOSE: &str = "}}";

/// What a name in a template stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Variable {
    /// The value that the tile publishes.
    Value,
}

/// The names of the variables.
const VARIABLES: &[(&str, Variable)] = &[("value", Variable::Value)];

/// Where a value is inserted.
#[derive(Debug, Clone, PartialEq)]
struct Insertion {
    variable: Variable,
    /// Whether it is in a JSON string.
    in_string: bool,
    /// Where its name is in the template, with the braces.
    span: Range<usize>,
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq)]
enum TemplatePart {
    /// Text that is published as it is.
    Text(Box<str>),
    Insertion(Insertion),
}

/// The template of a payload, and its text as the user wrote it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PayloadTemplate {
    text: Box<str>,
    parts: Box<[TemplatePart]>,
    is_json: bool,
}

impl PayloadTemplate {
    /// Parses a template.
    ///
    /// # Errors
    /// If a name is unknown or not closed; the error has the byte range that is wrong.
    pub fn parse(text: &str) -> Result<Self, ValidationError> {
        let mut parts = Vec::new();
        let (mut literal, mut position) = (String::new(), 0);
        while let Some(start) = text[position..].find(OPEN).map(|found| position + found) {
            let before = &text[position..start];
            // A pair of backslashes is one that is escaped itself.
            let backslashes = before.len() - before.trim_end_matches('\\').len();
            if backslashes % 2 == 1 {
                literal.push_str(&before[..before.len() - 1]);
                literal.push_str(OPEN);
                position = start + OPEN.len();
                continue;
            }
            literal.push_str(before);
            let (variable, end) = parse_variable(text, start)?;
            parts.push(TemplatePart::Text(std::mem::take(&mut literal).into()));
            parts.push(TemplatePart::Insertion(Insertion { variable, in_string: false, span: start..end }));
            position = end;
        }
        literal.push_str(&text[position..]);
        parts.push(TemplatePart::Text(literal.into()));
        let is_json = is_json_document(&parts);
        if is_json {
            find_strings(&mut parts);
        }
        Ok(Self { text: text.into(), parts: parts.into(), is_json })
    }

    /// Returns the template of a JSON object whose only member is the value, under this plain name.
    pub fn of_member(name: &str, in_quotes: bool) -> Option<Self> {
        let quotes = if in_quotes { "\"" } else { "" };
        is_plain_name(name)
            .then(|| Self::parse(&format!("{{\"{name}\": {quotes}{{{{value}}}}{quotes}}}")).ok())
            .flatten()
    }

    /// Returns the template as the user wrote it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns whether what is published is a JSON object, list or text.
    pub const fn is_json(&self) -> bool {
        self.is_json
    }

    /// Returns whether the value is inserted anywhere.
    pub fn has_value(&self) -> bool {
        self.insertions().next().is_some()
    }

    fn insertions(&self) -> impl Iterator<Item = &Insertion> {
        self.parts.iter().filter_map(|part| match part {
            TemplatePart::Insertion(insertion) => Some(insertion),
            TemplatePart::Text(_) => None,
        })
    }

    /// Returns where this value would make the payload invalid JSON.
    pub fn misplaced(&self, value: &str) -> Option<Range<usize>> {
        let mut outside = self.insertions().filter(|insertion| self.is_json && !insertion.in_string);
        outside.next().filter(|_| !is_json(value)).map(|insertion| insertion.span.clone())
    }

    /// Returns the payload for this value.
    ///
    /// # Errors
    /// If the payload would be invalid JSON.
    pub fn render(&self, value: &str) -> Result<String, TileError> {
        if self.misplaced(value).is_some() {
            return Err(TileError::NotJsonForTemplate(value.to_owned()));
        }
        let mut payload = String::with_capacity(self.text.len() + value.len());
        for part in &self.parts {
            match part {
                TemplatePart::Text(text) => payload.push_str(text),
                TemplatePart::Insertion(Insertion { variable: Variable::Value, in_string, .. }) => {
                    if *in_string {
                        push_escaped(&mut payload, value);
                    } else {
                        payload.push_str(value);
                    }
                }
            }
        }
        Ok(payload)
    }
}

/// Returns the variable whose name begins at `start`, with the braces, and where it ends.
fn parse_variable(text: &str, start: usize) -> Result<(Variable, usize), ValidationError> {
    let help = "write {{value}} where the value belongs, or \\{{ for two braces";
    let Some(length) = text[start..].find(CLOSE) else {
        return Err(ValidationError::new("`{{` has no `}}`").with_help(help).with_span(Some(start..text.len())));
    };
    let end = start + length + CLOSE.len();
    let name = text[start + OPEN.len()..start + length].trim();
    let known = VARIABLES.iter().find(|(known, _)| *known == name);
    known.map(|(_, variable)| (*variable, end)).ok_or_else(|| {
        let names = VARIABLES.iter().map(|(name, _)| *name);
        let help = did_you_mean(name, names).unwrap_or_else(|| help.to_owned());
        ValidationError::new(format!("unknown name `{name}`")).with_help(help).with_span(Some(start..end))
    })
}

/// Returns whether a template is JSON other than a single number or word, with any value that is JSON.
fn is_json_document(parts: &[TemplatePart]) -> bool {
    let text: String = parts
        .iter()
        .map(|part| match part {
            TemplatePart::Text(text) => text,
            TemplatePart::Insertion(_) => "null",
        })
        .collect();
    text.trim_start().starts_with(['{', '[', '"']) && is_json(&text)
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// Notes which insertions of a template, which is JSON, are in a string.
fn find_strings(parts: &mut [TemplatePart]) {
    let mut scanner = StringScanner::default();
    for part in parts {
        match part {
            TemplatePart::Insertion(insertion) => insertion.in_string = scanner.is_in_string(),
            TemplatePart::Text(text) => scanner.scan(text),
        }
    }
}

impl FieldValue for PayloadTemplate {
    const VALUE_TYPE: ValueType = ValueType::Custom("a template such as '{\"brightness\": {{value}}}'");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        parse_text(value, Self::VALUE_TYPE, Self::parse)
    }

    fn to_value(&self) -> Option<Value> {
        Some(self.as_str().into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn render(template: &str, value: &str) -> Result<String, TileError> {
        PayloadTemplate::parse(template).unwrap().render(value)
    }

    #[test]
    fn value_is_inserted_as_its_place_needs_it() {
        for (template, value, payload) in [
            (r#"{"brightness": {{value}}}"#, "120", r#"{"brightness": 120}"#),
            (r#"{"a":{"b":{{ value }}}}"#, "-1.5", r#"{"a":{"b":-1.5}}"#),
            (r#"{"state": "{{value}}"}"#, "ON", r#"{"state": "ON"}"#),
            (r#"{"text": "{{value}}"}"#, "a \"b\"\\\n\u{1}é", "{\"text\": \"a \\\"b\\\"\\\\\\n\\u0001é\"}"),
            (r#"{"text": "{{value}}"}"#, "\t\r\u{8}\u{c}\u{7f}", "{\"text\": \"\\t\\r\\b\\f\u{7f}\"}"),
            (r#"{"{{value}}": "a {{value}}", "n": {{value}}}"#, "1", r#"{"1": "a 1", "n": 1}"#),
            (r#"{"a": "\"{{value}}", "b": "\\", "c": "{{value}}"}"#, "\"", r#"{"a": "\"\"", "b": "\\", "c": "\""}"#),
            (r#"{"a": "\\{{value}}"}"#, "x", r#"{"a": "\\x"}"#),
            (r#"["{{value}}"]"#, "x", r#"["x"]"#),
            (r#""{{value}}""#, "a\"", r#""a\"""#),
            ("[{{value}}]", r#"{"x": [1]}"#, r#"[{"x": [1]}]"#),
        ] {
            let rendered = render(template, value);
            assert!(rendered.as_deref().is_ok_and(is_json), "{template} {value}: {rendered:?}");
            assert_eq!(rendered.as_deref(), Ok(payload), "{template} {value}");
        }
    }

    #[test]
    fn template_that_is_no_json_publishes_the_value_as_it_is() {
        for (template, value, payload) in [
            ("SET {{value}}", "a \"b\"", "SET a \"b\""),
            ("{{value}}", "x", "x"),
            ("-{{value}}", "5", "-5"),
            ("{{value}}%", "\"", "\"%"),
            ("<v id=\"{{value}}\"/>", "\"", "<v id=\"\"\"/>"),
            ("{\"open\": \"{{value}}", "\"", "{\"open\": \"\""),
            (r"\{{value}} {{value}}", "x", "{{value}} x"),
            (r"\\{{value}}", "x", r"\\x"),
            ("nothing", "x", "nothing"),
            ("", "x", ""),
        ] {
            assert!(!PayloadTemplate::parse(template).unwrap().is_json(), "{template}");
            assert_eq!(render(template, value), Ok(payload.to_owned()), "{template}");
        }
        assert_eq!(render(r#"{"a": "\{{value}}"}"#, "x").as_deref(), Ok(r#"{"a": "{{value}}"}"#));
        assert!(!PayloadTemplate::parse(r#"{"a": "\{{value}}"}"#).unwrap().has_value());
    }

    #[test]
    fn value_outside_quotes_must_be_json() {
        let template = r#"{"state": {{value}}}"#;
        for value in ["ON", "", "007", "1, \"b\": 2", "\"x", "nan", "1}"] {
            assert_eq!(render(template, value), Err(TileError::NotJsonForTemplate(value.to_owned())));
        }
        let misplaced = PayloadTemplate::parse(template).unwrap().misplaced("ON").unwrap();
        assert_eq!(&template[misplaced], "{{value}}");
        assert_eq!(PayloadTemplate::parse(r#"{"a": "{{value}}"}"#).unwrap().misplaced("ON"), None);
        assert_eq!(PayloadTemplate::parse("{{value}}").unwrap().misplaced("ON"), None);
    }

    #[test]
    fn wrong_name_is_reported_with_its_place() {
        let error = |text: &str| PayloadTemplate::parse(text).unwrap_err();
        let unknown = error("{\"a\": {{vale}}}");
        assert_eq!((unknown.message.as_str(), unknown.span), ("unknown name `vale`", Some(6..14)));
        assert_eq!(unknown.help.as_deref(), Some("did you mean `value`?"));
        assert!(error("{{topic.2}}").help.unwrap().contains("{{value}}"));
        let open = error("é {{value}");
        assert_eq!((open.message.as_str(), open.span), ("`{{` has no `}}`", Some(3..11)));
    }

    proptest! {
        #[test]
        fn any_text_in_quotes_gives_json_with_that_text(text in any::<String>()) {
            let payload = render(r#"{"a": "{{value}}"}"#, &text).unwrap();
            let json: serde_json::Value = serde_json::from_str(&payload).unwrap();
            prop_assert_eq!(json["a"].as_str(), Some(text.as_str()));
        }

        #[test]
        fn any_template_parses_or_says_where_it_is_wrong(
            template in r#"([{}"\\:,a1é]|\{\{|\}\}|\{\{value\}\}){0,12}"#,
            value in r#"([{}"\\:,a1é ]){0,6}"#,
        ) {
            match PayloadTemplate::parse(&template) {
                Ok(parsed) if parsed.is_json() => {
                    prop_assert!(parsed.render(&value).is_ok_and(|payload| is_json(&payload)) || !is_json(&value));
                }
                Ok(parsed) => prop_assert!(parsed.render(&value).is_ok()),
                Err(error) => prop_assert!(template.get(error.span.unwrap()).is_some()),
            }
        }
    }
}
