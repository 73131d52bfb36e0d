//! What a file keeps for another program and this one has no use for.

use super::{
    field::wrong_type,
    key::{Field, Wants},
    value::{Complaint, Value},
};

/// Names and values in the words of the other program, taken as they are.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Kept(pub Vec<(String, Value)>);

impl Field for Kept {
    const WANTS: Wants = Wants::Form("a table of what another program needs");

    fn read(value: &Value) -> Result<Self, Vec<Complaint>> {
        match value {
            Value::Table(entries) => Ok(Self(entries.clone())),
            other => Err(wrong_type(other, Self::WANTS)),
        }
    }

    fn write(&self) -> Option<Value> {
        (!self.0.is_empty()).then(|| Value::Table(self.0.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_kept_as_it_is() {
        let table = Value::Table(vec![("longId".into(), Value::Whole(7)), ("x".into(), Value::List(Vec::new()))]);
        assert_eq!(Kept::read(&table).unwrap().write(), Some(table));
        assert_eq!(Kept::default().write(), None);
        assert!(Kept::read(&Value::Whole(1)).is_err());
    }
}
