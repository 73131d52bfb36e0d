//! The variables of a dashboard: names in braces for which the user can choose another text, such as a site.

use std::{collections::BTreeMap, fmt};

use super::placeholder::is_name;
use crate::model::{
    schema::{FieldValue, ValueType},
    topic::is_mqtt_string,
    type_mismatch::type_mismatch,
    value::{ValidationError, Value, ValuePathSegment, did_you_mean},
};

/// The most bytes of what a variable stands for.
const MAX_BYTES: usize = 256;

/// A variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variable {
    /// Its name.
    pub name: String,
    /// What it stands for until the user chooses something else.
    pub default: String,
    /// What the user can choose from; empty: anything.
    pub choices: Vec<String>,
}

/// The variables of a dashboard, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Variables(pub(crate) Vec<Variable>);

impl Variables {
    /// Returns whether there is none.
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Each variable on a line, with all that it can stand for.
impl fmt::Display for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Variable { name, default, choices }) in self.0.iter().enumerate() {
            let line_break = if index == 0 { "" } else { "\n" };
            let others = choices.iter().filter(|choice| *choice != default);
            let texts: Vec<&str> = std::iter::once(default).chain(others).map(String::as_str).collect();
            write!(f, "{line_break}{{{name}}}: {}", texts.join(", "))?;
        }
        Ok(())
    }
}

impl Variable {
    /// Returns what the variable stands for: what the user has chosen, or its default if that cannot be.
    pub(crate) fn text<'a>(&'a self, chosen: &'a BTreeMap<String, String>) -> &'a str {
        chosen.get(&self.name).filter(|text| self.refusal(text).is_none()).unwrap_or(&self.default)
    }

    /// Returns what is wrong with a text that the variable is to stand for; `None` if nothing is.
    pub(crate) fn refusal(&self, text: &str) -> Option<ValidationError> {
        if !self.choices.is_empty() && !self.choices.iter().any(|choice| choice == text) {
            let choices = self.choices.join(", ");
            return Some(
                ValidationError::new(format!("`{text}` is none of the choices of `{}`", self.name))
                    .with_help(format!("the choices are {choices}")),
            );
        }
        check_text(text).err()
    }
}

/// Checks a text that stands in topics: it can be several levels, but no wildcard.
fn check_text(text: &str) -> Result<(), ValidationError> {
    if let Some(wildcard) = text.chars().find(|c| matches!(c, '+' | '#')) {
        return Err(ValidationError::new(format!("a variable cannot stand for the wildcard `{wildcard}`")));
    }
    if text.contains(['{', '}']) || !is_mqtt_string(text) || text.len() > MAX_BYTES {
        return Err(ValidationError::new(format!(
            "a variable stands for at most {MAX_BYTES} bytes of text without braces"
        )));
    }
    Ok(())
}

impl FieldValue for Variables {
    const VALUE_TYPE: ValueType =
        ValueType::Table("a table such as { site = { default = \"berlin\", choices = [\"berlin\", \"oslo\"] } }");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        let Value::Table(entries) = value else {
            return Err(type_mismatch(value, Self::VALUE_TYPE));
        };
        let mut errors = Vec::new();
        let mut variables = Vec::new();
        for (name, value) in entries {
            match read_variable(name, value) {
                Ok(variable) if variables.iter().all(|other: &Variable| other.name != variable.name) => {
                    variables.push(variable);
                }
                Ok(_) => errors.push(ValidationError::new(format!("two variables have the name `{name}`"))),
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() { Ok(Self(variables)) } else { Err(errors) }
    }

    fn to_value(&self) -> Option<Value> {
        let entry = |Variable { name, default, choices }: &Variable| {
            let default = Value::String(default.clone());
            if choices.is_empty() {
                return (name.clone(), default);
            }
            let choices = Value::Array(choices.iter().map(|choice| choice.as_str().into()).collect());
            (name.clone(), Value::Table(vec![("default".to_owned(), default), ("choices".to_owned(), choices)]))
        };
        (!self.0.is_empty()).then(|| Value::Table(self.0.iter().map(entry).collect()))
    }
}

/// Reads a variable: its default, or a table of its default and its choices.
fn read_variable(name: &str, value: &Value) -> Result<Variable, ValidationError> {
    if !is_name(name) || matches!(name, "name" | "value") {
        return Err(ValidationError::new(format!("a variable cannot have the name `{name}`"))
            .with_help("write letters, digits, `_` and `-`; `name` and `value` mean something else")
            .prepend_path(ValuePathSegment::KeyName(name.to_owned())));
    }
    let mut variable = Variable { name: name.to_owned(), default: String::new(), choices: Vec::new() };
    let in_variable = |error: ValidationError| error.prepend_key(name);
    match value {
        Value::String(default) => variable.default.clone_from(default),
        Value::Table(entries) => {
            for (key, value) in entries {
                read_key(&mut variable, key, value).map_err(in_variable)?;
            }
            if !entries.iter().any(|(key, _)| key == "default") {
                let first = variable.choices.first().cloned();
                variable.default = first.ok_or_else(|| {
                    in_variable(
                        ValidationError::new("the variable has no `default`").with_help("write what it stands for"),
                    )
                })?;
            }
        }
        other => {
            let error = ValidationError::new(format!("expected text or a table, found {}", other.type_description()))
                .with_help(format!("write {name} = \"…\""));
            return Err(in_variable(error));
        }
    }
    for choice in &variable.choices {
        check_text(choice).map_err(|error| in_variable(error.prepend_key("choices")))?;
    }
    match variable.refusal(&variable.default) {
        Some(error) => {
            Err(in_variable(if matches!(value, Value::Table(_)) { error.prepend_key("default") } else { error }))
        }
        None => Ok(variable),
    }
}

fn read_key(variable: &mut Variable, key: &str, value: &Value) -> Result<(), ValidationError> {
    match (key, value) {
        ("default", Value::String(text)) => variable.default.clone_from(text),
        ("choices", Value::Array(items)) => {
            let text = |item: &Value| match item {
                Value::String(text) => Ok(text.clone()),
                other => Err(ValidationError::new(format!("expected text, found {}", other.type_description()))),
            };
            variable.choices =
                items.iter().map(text).collect::<Result<_, _>>().map_err(|error| error.prepend_key(key))?;
        }
        ("default" | "choices", other) => {
            let expected = if key == "default" { "text" } else { "a list of texts" };
            let message = format!("expected {expected}, found {}", other.type_description());
            return Err(ValidationError::new(message).prepend_key(key));
        }
        _ => {
            let help = did_you_mean(key, ["default", "choices"]);
            return Err(ValidationError::new(format!("unknown key `{key}`"))
                .with_help(help.unwrap_or_else(|| "the keys are default, choices".to_owned()))
                .prepend_path(ValuePathSegment::KeyName(key.to_owned())));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(entries: &[(&str, Value)]) -> Value {
        Value::Table(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
    }

    fn choices(texts: &[&str]) -> Value {
        Value::Array(texts.iter().map(|text| (*text).into()).collect())
    }

    fn error(name: &str, value: Value) -> String {
        Variables::from_value(&table(&[(name, value)])).unwrap_err().remove(0).message
    }

    #[test]
    fn variables_are_texts_or_have_choices_and_round_trip() {
        let site = table(&[("default", "oslo".into()), ("choices", choices(&["berlin", "oslo"]))]);
        let variables = Variables::from_value(&table(&[("site", site), ("room", "attic/east".into())])).unwrap();
        assert_eq!((variables.0[0].name.as_str(), variables.0[0].default.as_str()), ("site", "oslo"));
        assert_eq!(variables.0[1].choices, [""; 0]);
        assert_eq!(Variables::from_value(&variables.to_value().unwrap()), Ok(variables));
        let first = Variables::from_value(&table(&[("site", table(&[("choices", choices(&["a", "b"]))]))])).unwrap();
        assert_eq!(first.0[0].default, "a");
    }

    #[test]
    fn error_says_what_is_wrong_with_a_variable() {
        assert_eq!(error("name", "x".into()), "a variable cannot have the name `name`");
        assert_eq!(error("1", "x".into()), "a variable cannot have the name `1`");
        assert_eq!(error("site", "a/+".into()), "a variable cannot stand for the wildcard `+`");
        assert_eq!(error("site", Value::Integer(1)), "expected text or a table, found a whole number");
        assert_eq!(error("site", table(&[])), "the variable has no `default`");
        assert_eq!(error("site", table(&[("defualt", "a".into())])), "unknown key `defualt`");
        let other = table(&[("default", "c".into()), ("choices", choices(&["a", "b"]))]);
        assert_eq!(error("site", other), "`c` is none of the choices of `site`");
        assert!(error("site", "{id}".into()).contains("without braces"));
    }
}
