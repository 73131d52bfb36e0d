//! Why a call into JavaScript failed.

use rquickjs::{Ctx, Error, Persistent, Value};

use super::{
    js_runtime::{MAX_CALL_MEMORY_MIB, MAX_SCRIPT_TIME},
    source,
};
use crate::model::script::{ScriptError, ScriptKind};

/// The reason why a call failed.
#[derive(Debug, PartialEq)]
pub(super) enum JsError {
    /// The script exceeded its time limit.
    Timeout,
    /// The call exceeded its memory limit.
    OutOfMemory,
    /// The script threw null, or there was no memory for an error object.
    ThrewNull,
    /// The script threw an exception.
    Threw { message: String, stack: String },
    /// The changes of a script cannot be undone: the runtime must be replaced.
    Corrupted,
}

impl JsError {
    /// Returns the error for what `describeException` returned: a message and a stack, or null if the changes of the
    /// script cannot be undone.
    pub(super) fn from_description(description: rquickjs::Result<Option<Vec<String>>>) -> Self {
        match description {
            Ok(None) => Self::Corrupted,
            Ok(Some(parts)) => match <[String; 2]>::try_from(parts) {
                Ok([message, _]) if is_out_of_memory(&message) => Self::OutOfMemory,
                Ok([message, stack]) => Self::Threw { message, stack },
                Err(_) => Self::Corrupted,
            },
            Err(_) => Self::Threw { message: "threw a value that has no text".to_owned(), stack: String::new() },
        }
    }
}

fn is_out_of_memory(message: &str) -> bool {
    message.starts_with("InternalError: out of memory")
}

/// Returns what the user sees of the error of a script.
pub(super) fn script_error(script: ScriptKind, js_error: JsError) -> ScriptError {
    match js_error {
        JsError::Timeout => {
            ScriptError::Timeout(script, u64::try_from(MAX_SCRIPT_TIME.as_millis()).unwrap_or(u64::MAX))
        }
        JsError::OutOfMemory => ScriptError::MemoryLimitExceeded(script, MAX_CALL_MEMORY_MIB),
        JsError::ThrewNull => ScriptError::Exception { script, line: None, message: "threw null".to_owned() },
        JsError::Threw { message, stack } => {
            ScriptError::Exception { script, line: source::first_line_in_stack(script, &stack), message }
        }
        JsError::Corrupted => ScriptError::EngineUnavailable("the changes of the script cannot be undone".to_owned()),
    }
}

/// An exception, before `js_runtime.js` has described it.
pub(super) enum JsException {
    Null,
    Value(Persistent<Value<'static>>),
    Engine(String),
}

impl JsException {
    /// Takes the exception of a failed call out of the context.
    pub(super) fn from_error(ctx: &Ctx<'_>, error: &Error) -> Self {
        match error {
            Error::Exception => match ctx.catch() {
                value if value.is_null() => Self::Null,
                value => Self::Value(Persistent::save(ctx, value)),
            },
            other => Self::Engine(other.to_string()),
        }
    }
}
