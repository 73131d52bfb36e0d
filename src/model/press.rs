//! What has to happen before a press of a tile publishes.

use super::{
    field_value::string_enum,
    schema::{FieldValue, ValueType},
    type_mismatch::type_mismatch,
    value::{ValidationError, Value},
};

/// The value of `confirm` that makes the user hold the key.
const HOLD: &str = "hold";

/// What a tile asks for before a press publishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PressConfirmation {
    /// The key or the mouse button must be held for a second.
    Hold,
    /// The user must answer this question with yes.
    Ask(String),
}

impl FieldValue for PressConfirmation {
    const VALUE_TYPE: ValueType = ValueType::String;

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        match value {
            Value::String(text) if text == HOLD => Ok(Self::Hold),
            Value::String(text) if text.trim().is_empty() => Err(ValidationError::new("the question is empty")
                .with_help("write a question, such as \"Open the garage?\", or \"hold\"")
                .into()),
            Value::String(text) => Ok(Self::Ask(text.clone())),
            other => Err(type_mismatch(other, Self::VALUE_TYPE)),
        }
    }

    fn to_value(&self) -> Option<Value> {
        Some(match self {
            Self::Hold => HOLD.into(),
            Self::Ask(question) => question.as_str().into(),
        })
    }
}

string_enum! {
    /// What a press of any tile of a dashboard asks for.
    PressMode {
        Direct = "direct" "Nothing, unless the tile itself does.",
        Guarded = "guarded" "A yes, before anything is published.",
    }
}

string_enum! {
    /// What a locked dashboard refuses.
    LockLevel {
        None = "no" "Nothing.",
        Layout = "layout" "Edits of the dashboard and its tiles.",
        Presses = "presses" "Edits, and everything that would publish.",
    }
}

/// The lock of a dashboard. In a file, `true` is the same as `"layout"`, and `false` as `"no"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lock(pub LockLevel);

impl Lock {
    /// Returns whether the dashboard cannot be edited on the screen.
    #[must_use]
    pub(crate) fn locks_layout(self) -> bool {
        self.0 != LockLevel::None
    }

    /// Returns whether its tiles cannot publish.
    #[must_use]
    pub(crate) fn locks_presses(self) -> bool {
        self.0 == LockLevel::Presses
    }
}

impl FieldValue for Lock {
    const VALUE_TYPE: ValueType = LockLevel::VALUE_TYPE;

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        match value {
            Value::Bool(true) => Ok(Self(LockLevel::Layout)),
            Value::Bool(false) => Ok(Self(LockLevel::None)),
            other => LockLevel::from_value(other).map(Self),
        }
    }

    fn to_value(&self) -> Option<Value> {
        self.0.to_value()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confirmation_is_a_question_or_hold() {
        let parse = |text: &str| PressConfirmation::from_value(&text.into());
        assert_eq!(parse("hold"), Ok(PressConfirmation::Hold));
        assert_eq!(parse("Open the garage?"), Ok(PressConfirmation::Ask("Open the garage?".to_owned())));
        assert!(parse(" ").is_err());
        assert!(PressConfirmation::from_value(&Value::Bool(true)).is_err());
        for text in ["hold", "Open the garage?"] {
            assert_eq!(parse(text).unwrap().to_value(), Some(text.into()));
        }
    }

    #[test]
    fn lock_reads_the_boolean_of_older_files() {
        for (value, level) in [
            (Value::Bool(true), LockLevel::Layout),
            (Value::Bool(false), LockLevel::None),
            ("layout".into(), LockLevel::Layout),
            ("presses".into(), LockLevel::Presses),
            ("no".into(), LockLevel::None),
        ] {
            assert_eq!(Lock::from_value(&value), Ok(Lock(level)));
        }
        assert!(Lock::from_value(&"all".into()).is_err());
    }
}
