//! The names of devices in the file.

use crate::model::{
    schema::{FieldValue, ValueType},
    type_mismatch::type_mismatch,
    value::{ValidationError, Value},
};

/// The names of devices by their part of the topic.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct DeviceNames(Vec<(String, String)>);

impl DeviceNames {
    /// Returns the name of a device, if the file has one.
    pub fn name_of(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(device, _)| device == key).map(|(_, name)| name.as_str())
    }
}

impl FieldValue for DeviceNames {
    const VALUE_TYPE: ValueType = ValueType::Table("a table such as { plug-7 = \"Washer\" }");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        let Value::Table(entries) = value else {
            return Err(type_mismatch(value, Self::VALUE_TYPE));
        };
        let mut names = Vec::new();
        let mut errors = Vec::new();
        for (device, name) in entries {
            match name {
                Value::String(name) if names.iter().all(|(other, _)| other != device) => {
                    names.push((device.clone(), name.clone()));
                }
                Value::String(_) => {
                    errors.push(ValidationError::new(format!("two names are for the device `{device}`")));
                }
                other => errors.push(
                    ValidationError::new(format!("expected text, found {}", other.type_description()))
                        .prepend_key(device),
                ),
            }
        }
        if errors.is_empty() { Ok(Self(names)) } else { Err(errors) }
    }

    fn to_value(&self) -> Option<Value> {
        let entries = self.0.iter().map(|(device, name)| (device.clone(), name.as_str().into()));
        (!self.0.is_empty()).then(|| Value::Table(entries.collect()))
    }
}
