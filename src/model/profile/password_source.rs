//! The source of a password. A password is never shown.

use std::path::PathBuf;

use crate::model::{
    password::Password,
    schema::{FieldValue, ValueType},
    type_mismatch::type_mismatch,
    value::{ValidationError, Value, ValuePathSegment, did_you_mean},
};

/// The source of a password. A password is never shown, neither by `Debug` nor in a message.
#[derive(Clone, PartialEq, Eq)]
pub enum PasswordSource {
    /// The password itself, in the file.
    Plain(Password),
    /// An environment variable.
    Env(String),
    /// A program and its arguments; the password is the first line of its output.
    Command(Vec<String>),
    /// A file; the password is its first line.
    File(PathBuf),
    /// A prompt on the terminal.
    Prompt,
}

impl std::fmt::Debug for PasswordSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Plain(password) => f.debug_tuple("Plain").field(password).finish(),
            Self::Env(name) => write!(f, "Env({name})"),
            // The arguments may contain a password, too.
            Self::Command(command_line) => write!(f, "Command({}…)", command_line.first().map_or("", String::as_str)),
            Self::File(path) => write!(f, "File({})", path.display()),
            Self::Prompt => f.write_str("Prompt"),
        }
    }
}

impl PasswordSource {
    /// The keys of the table that says where the password comes from.
    pub(crate) const SOURCES: [&str; 4] = ["env", "command", "file", "prompt"];
}

/// Returns what to write for a source.
fn example(source: &str) -> &'static str {
    match source {
        "env" => "write { env = \"NAME\" }, with the name of an environment variable",
        "file" => "write { file = \"PATH\" }",
        "prompt" => "write { prompt = true }",
        _ => "write { command = [\"program\", \"argument\"] }",
    }
}

/// Returns the error of a source without what it needs.
fn missing_argument(source: &str) -> Vec<ValidationError> {
    let message = match source {
        "env" => "enter the name of the environment variable that holds the password",
        "file" => "enter the path of the file with the password",
        _ => "enter the command that prints the password",
    };
    ValidationError::new(message).with_help(example(source)).prepend_key(source).into()
}

impl FieldValue for PasswordSource {
    const VALUE_TYPE: ValueType = ValueType::Custom(
        "{ env = \"NAME\" }, { command = [\"program\", \"argument\"] }, { file = \"PATH\" }, { prompt = true } or the password itself",
    );

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        let entries = match value {
            Value::String(text) => return Ok(Self::Plain(text.as_str().into())),
            Value::Table(entries) => entries,
            other => return Err(type_mismatch(other, Self::VALUE_TYPE)),
        };
        let [(name, value)] = entries.as_slice() else {
            return Err(ValidationError::new("the password needs exactly one source")
                .with_help(Self::VALUE_TYPE.to_string())
                .into());
        };
        let source =
            match (name.as_str(), value) {
                ("env" | "file", Value::String(text)) if text.is_empty() => return Err(missing_argument(name)),
                ("command", Value::Array(arguments)) if arguments.is_empty() => return Err(missing_argument(name)),
                ("env", Value::String(variable)) => Self::Env(variable.clone()),
                ("file", Value::String(path)) => Self::File(path.into()),
                ("prompt", Value::Bool(true)) => Self::Prompt,
                ("command", Value::Array(arguments)) => {
                    let arguments: Result<_, _> =
                        arguments.iter().map(String::from_value).collect::<Result<Vec<_>, Vec<ValidationError>>>();
                    Self::Command(arguments.map_err(|errors| {
                        errors.into_iter().map(|error| error.prepend_key(name)).collect::<Vec<_>>()
                    })?)
                }
                ("env" | "file" | "prompt" | "command", _) => {
                    return Err(ValidationError::new("invalid password source")
                        .with_help(example(name))
                        .prepend_key(name)
                        .into());
                }
                _ => {
                    return Err(ValidationError::new(format!("unknown password source `{name}`"))
                        .with_help(did_you_mean(name, Self::SOURCES).unwrap_or_else(|| Self::VALUE_TYPE.to_string()))
                        .prepend_path(ValuePathSegment::KeyName(name.clone()))
                        .into());
                }
            };
        Ok(source)
    }

    fn to_value(&self) -> Option<Value> {
        let table = |name: &str, value| Value::Table(vec![(name.to_owned(), value)]);
        Some(match self {
            Self::Plain(password) => password.as_str().into(),
            Self::Env(name) => table("env", name.as_str().into()),
            Self::Command(arguments) => {
                table("command", Value::Array(arguments.iter().map(|argument| argument.as_str().into()).collect()))
            }
            Self::File(path) => table("file", path.to_string_lossy().as_ref().into()),
            Self::Prompt => table("prompt", Value::Bool(true)),
        })
    }
}
