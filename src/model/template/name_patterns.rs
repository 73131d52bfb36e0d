//! Patterns of names, in which `*` stands for any text and `?` for any character.

use wildmatch::WildMatch;

use crate::model::{
    schema::{FieldValue, ValueType},
    type_mismatch::type_mismatch,
    value::{ValidationError, Value, ValuePathSegment},
};

/// Patterns of names.
#[derive(Debug, Clone, Default)]
pub(crate) struct NamePatterns(Vec<(String, WildMatch)>);

impl NamePatterns {
    /// Returns whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns whether one of them matches a name.
    pub fn matches(&self, name: &str) -> bool {
        self.0.iter().any(|(_, pattern)| pattern.matches(name))
    }
}

impl PartialEq for NamePatterns {
    fn eq(&self, other: &Self) -> bool {
        self.0.iter().map(|(text, _)| text).eq(other.0.iter().map(|(text, _)| text))
    }
}

impl FieldValue for NamePatterns {
    const VALUE_TYPE: ValueType = ValueType::Custom("a list of names such as [\"plug-*\"]");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        let items = match value {
            Value::String(_) => std::slice::from_ref(value),
            Value::Array(items) => items,
            other => return Err(type_mismatch(other, Self::VALUE_TYPE)),
        };
        let mut patterns = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match item {
                Value::String(text) => patterns.push((text.clone(), WildMatch::new(text))),
                other => {
                    let error = ValidationError::new(format!("expected text, found {}", other.type_description()));
                    return Err(error.prepend_path(ValuePathSegment::Index(index)).into());
                }
            }
        }
        Ok(Self(patterns))
    }

    fn to_value(&self) -> Option<Value> {
        let texts = self.0.iter().map(|(text, _)| text.as_str().into());
        (!self.0.is_empty()).then(|| Value::Array(texts.collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn star_stands_for_any_text_and_question_mark_for_a_character() {
        let patterns = Value::Array(vec!["plug-*".into(), "lamp?".into()]);
        let patterns = NamePatterns::from_value(&patterns).unwrap();
        for (name, expected) in
            [("plug-", true), ("plug-7/a", true), ("my plug-7", false), ("lampä", true), ("lamp", false), ("", false)]
        {
            assert_eq!(patterns.matches(name), expected, "{name}");
        }
        assert_eq!(NamePatterns::from_value(&patterns.to_value().unwrap()), Ok(patterns));
        assert!(NamePatterns::from_value(&Value::Array(vec![Value::Integer(1)])).is_err());
        assert_eq!(NamePatterns::default().to_value(), None);
    }
}
