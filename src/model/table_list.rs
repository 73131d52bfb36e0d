//! A list of tables as the value of a key, such as the options of a choice: each table has the same keys, whose names,
//! types and meanings are known to messages, forms and the generated reference.

use super::{
    schema::{FieldValue, ListType, Schema, ValueType, non_default_fields, set_fields},
    type_mismatch::type_mismatch,
    value::{ValidationError, Value, ValuePathSegment},
};

impl ListType {
    const fn of<T: ListItem>() -> Self {
        Self {
            description: T::DESCRIPTION,
            is_mirrored: T::IS_MIRRORED,
            columns: || {
                let default = T::default();
                T::FIELDS.iter().map(|spec| spec.info(Some(&default))).collect()
            },
        }
    }
}

/// A table in a list.
pub(crate) trait ListItem: Schema {
    /// What the list is: `a list such as …`.
    const DESCRIPTION: &'static str;
    /// Whether the first two columns are texts that stand for each other where one of them is empty.
    const IS_MIRRORED: bool = false;

    /// Returns the errors of an item because of those before it.
    fn validate_after(&self, _earlier: &[Self]) -> Vec<ValidationError> {
        Vec::new()
    }
}

/// A list of tables, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableList<T>(pub Vec<T>);

impl<T> Default for TableList<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: ListItem> FieldValue for TableList<T> {
    const VALUE_TYPE: ValueType = ValueType::List(ListType::of::<T>());

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        let Value::Array(values) = value else {
            return Err(type_mismatch(value, Self::VALUE_TYPE));
        };
        let mut items: Vec<T> = Vec::new();
        let mut errors = Vec::new();
        for (index, value) in values.iter().enumerate() {
            let mut item = T::default();
            let mut item_errors = match value {
                Value::Table(entries) => set_fields(&mut item, entries).err().unwrap_or_default(),
                other => type_mismatch(other, Self::VALUE_TYPE),
            };
            if item_errors.is_empty() {
                item_errors = item.validate_after(&items);
            }
            errors.extend(item_errors.into_iter().map(|error| error.prepend_path(ValuePathSegment::Index(index))));
            items.push(item);
        }
        if errors.is_empty() { Ok(Self(items)) } else { Err(errors) }
    }

    fn to_value(&self) -> Option<Value> {
        Some(Value::Array(self.0.iter().map(|item| Value::Table(non_default_fields(item))).collect()))
    }
}
