//! A value that few tiles have: without it, it takes one pointer. A dashboard may have ten thousand tiles.

use super::{
    schema::{FieldValue, ValueType},
    value::{ValidationError, Value},
};

/// A value that is rarely another one than the default.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Rare<T>(Option<Box<T>>);

impl<T: Default + PartialEq> Rare<T> {
    /// Creates the value.
    pub(crate) fn new(value: T) -> Self {
        Self((value != T::default()).then(|| Box::new(value)))
    }

    /// Returns the value; `None` for the default.
    pub(crate) fn get(&self) -> Option<&T> {
        self.0.as_deref()
    }
}

impl Rare<String> {
    /// Returns the text.
    pub(crate) fn as_str(&self) -> &str {
        self.get().map_or("", String::as_str)
    }
}

impl<T: FieldValue + Default + PartialEq> FieldValue for Rare<T> {
    const VALUE_TYPE: ValueType = T::VALUE_TYPE;

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        T::from_value(value).map(Self::new)
    }

    fn to_value(&self) -> Option<Value> {
        self.get().map_or_else(|| T::default().to_value(), FieldValue::to_value)
    }
}
