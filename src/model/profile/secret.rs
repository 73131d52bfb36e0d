//! Where a password comes from. It is never shown.

use std::path::PathBuf;

use crate::model::{
    field::wrong_type,
    key::{Field, Wants},
    value::{Complaint, Step, Value, did_you_mean},
};

/// Where a password comes from. It is never shown: neither by `Debug` nor in any message.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// Written in the file itself.
    Plain(String),
    /// The environment variable of this name.
    Env(String),
    /// The first line that this program prints.
    Command(Vec<String>),
    /// The first line of this file.
    File(PathBuf),
    /// Asked for on the terminal.
    Prompt,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Plain(_) => f.write_str("Plain(…)"),
            Self::Env(name) => write!(f, "Env({name})"),
            Self::Command(words) => write!(f, "Command({:?})", words.first()),
            Self::File(path) => write!(f, "File({})", path.display()),
            Self::Prompt => f.write_str("Prompt"),
        }
    }
}

impl Field for Secret {
    const WANTS: Wants = Wants::Form(
        "{ env = \"NAME\" }, { command = [\"program\", \"argument\"] }, { file = \"PATH\" }, { prompt = true } or the password itself",
    );

    fn read(value: &Value) -> Result<Self, Vec<Complaint>> {
        let entries = match value {
            Value::Text(text) => return Ok(Self::Plain(text.clone())),
            Value::Table(entries) => entries,
            other => return Err(wrong_type(other, Self::WANTS)),
        };
        let [(name, value)] = entries.as_slice() else {
            return Err(Complaint::new("one source of the password is wanted, and just one")
                .help(Self::WANTS.to_string())
                .into());
        };
        let read = match (name.as_str(), value) {
            ("env", Value::Text(variable)) => Self::Env(variable.clone()),
            ("file", Value::Text(path)) => Self::File(path.into()),
            ("prompt", Value::Bool(true)) => Self::Prompt,
            ("command", Value::List(words)) if !words.is_empty() => {
                let words: Result<_, _> = words.iter().map(String::read).collect::<Result<Vec<_>, Vec<Complaint>>>();
                Self::Command(words.map_err(|wrong| wrong.into_iter().map(|c| c.key(name)).collect::<Vec<_>>())?)
            }
            ("env" | "file" | "prompt" | "command", _) => {
                return Err(Complaint::new("this is no source of a password")
                    .help(Self::WANTS.to_string())
                    .key(name)
                    .into());
            }
            _ => {
                return Err(Complaint::new(format!("there is no source of passwords named `{name}`"))
                    .help(
                        did_you_mean(name, ["env", "command", "file", "prompt"])
                            .unwrap_or_else(|| Self::WANTS.to_string()),
                    )
                    .at(Step::Name(name.clone()))
                    .into());
            }
        };
        Ok(read)
    }

    fn write(&self) -> Option<Value> {
        let table = |name: &str, value| Value::Table(vec![(name.to_owned(), value)]);
        Some(match self {
            Self::Plain(text) => text.as_str().into(),
            Self::Env(name) => table("env", name.as_str().into()),
            Self::Command(words) => {
                table("command", Value::List(words.iter().map(|word| word.as_str().into()).collect()))
            }
            Self::File(path) => table("file", path.to_string_lossy().as_ref().into()),
            Self::Prompt => table("prompt", Value::Bool(true)),
        })
    }
}
