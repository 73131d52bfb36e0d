//! A list of texts as the value of a key, such as the columns of a log.

use super::{
    schema::{FieldValue, ValueType},
    type_mismatch::type_mismatch,
    value::{ValidationError, Value, ValuePathSegment},
};

/// The value in a list of texts.
pub trait TextListItem: FieldValue {
    /// What the list is: `a list such as …`.
    const LIST_DESCRIPTION: &'static str;
}

/// A list of values, each of which is written as text.
#[derive(Debug, Clone, PartialEq)]
pub struct TextList<T>(pub Vec<T>);

impl<T: TextListItem> FieldValue for TextList<T> {
    const VALUE_TYPE: ValueType = ValueType::TextList(T::LIST_DESCRIPTION);

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        let Value::Array(values) = value else {
            return Err(type_mismatch(value, Self::VALUE_TYPE));
        };
        let (mut items, mut errors) = (Vec::new(), Vec::new());
        for (index, value) in values.iter().enumerate() {
            match T::from_value(value) {
                Ok(item) => items.push(item),
                Err(of_item) => {
                    errors.extend(of_item.into_iter().map(|error| error.prepend_path(ValuePathSegment::Index(index))));
                }
            }
        }
        if errors.is_empty() { Ok(Self(items)) } else { Err(errors) }
    }

    fn to_value(&self) -> Option<Value> {
        Some(Value::Array(self.0.iter().filter_map(FieldValue::to_value).collect()))
    }
}
