//! Data in a file that mqtt-dash does not use but keeps for another program.

use super::{
    schema::{FieldValue, ValueType},
    type_mismatch::type_mismatch,
    value::{ValidationError, Value},
};

/// Keys and values of another program, stored unchanged.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct PreservedFields(pub Vec<(String, Value)>);

impl FieldValue for PreservedFields {
    const VALUE_TYPE: ValueType = ValueType::Custom("a table with data of another program");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        match value {
            Value::Table(entries) => Ok(Self(entries.clone())),
            other => Err(type_mismatch(other, Self::VALUE_TYPE)),
        }
    }

    fn to_value(&self) -> Option<Value> {
        (!self.0.is_empty()).then(|| Value::Table(self.0.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preserved_fields_round_trip_unchanged() {
        let table = Value::Table(vec![("longId".into(), Value::Integer(7)), ("x".into(), Value::Array(Vec::new()))]);
        assert_eq!(PreservedFields::from_value(&table).unwrap().to_value(), Some(table));
        assert_eq!(PreservedFields::default().to_value(), None);
        assert!(PreservedFields::from_value(&Value::Integer(1)).is_err());
    }
}
