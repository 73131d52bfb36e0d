//! What the monkey does: the actions, and how they are printed.

use std::fmt;

/// One action. It depends on the seed alone, never on what the program shows, so that a run can be repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Types these keys, as the terminal sends them.
    Keys(String),
    /// Closes dialogs: Escape, with time for the program to see that nothing follows it.
    Escape,
    /// Answers yes to a yes-or-no question, if there is one.
    Yes,
    /// Presses a key alone, because it may change a file at once: undo, redo, granting permissions.
    Edit(&'static str),
    /// Pastes.
    Paste(Vec<u8>),
    /// Bytes that no keyboard sends.
    RawInput(Vec<u8>),
    /// A mouse event: its button code, its cell, and whether the button is released.
    Mouse(u8, u16, u16, bool),
    /// Sets the size of the terminal.
    Resize(u16, u16),
    /// The terminal gets the focus or loses it.
    Focus(bool),
    /// Stops the program (SIGSTOP).
    Stop,
    /// Continues it (SIGCONT).
    Continue,
    /// Changes a file from outside.
    EditFile(ConfigFile, FileEdit),
    /// Does something to the broker.
    Broker(BrokerAction),
    /// Publishes from another client.
    Publish(Publication),
    /// The end of the phase in which only navigation keys are sent.
    EndOfNavigation,
}

/// A file of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigFile {
    /// The dashboard with this index in [`super::contents::DASHBOARDS`].
    Dashboard(usize),
    /// `profiles.toml`.
    Profiles,
    /// `settings.toml`.
    Settings,
}

/// How a file is changed from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileEdit {
    /// Its original content, written in place.
    Original,
    /// Its original content with another name of each tile, written in place.
    Renamed,
    /// Its original content, written beside it and then renamed.
    Replaced,
    /// A comment at its end.
    Comment,
    /// A line that is not TOML.
    Syntax,
    /// A value of the wrong type, and an unknown key.
    WrongValue,
    /// This many hundredths of its original content.
    Half(u8),
    /// Nothing in it.
    Empty,
    /// Bytes that are not UTF-8.
    Binary,
    /// A comment of 3 MiB.
    Huge,
    /// Deleted.
    Deleted,
    /// A symbolic link to a file with its original content.
    Link,
    /// A symbolic link to nothing.
    DanglingLink,
    /// A folder in its place.
    Folder,
}

/// What happens to the broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrokerAction {
    /// It is killed (SIGKILL).
    Kill,
    /// It ends (SIGTERM).
    Terminate,
    /// It stops to answer (SIGSTOP).
    Freeze,
    /// It runs again, whatever happened before.
    Recover,
}

/// Messages from another client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// The topic.
    pub topic: String,
    /// The payload.
    pub payload: Vec<u8>,
    /// How often it is published, each time with a number appended if it is more than once.
    pub count: u32,
    /// The `QoS`.
    pub qos: u8,
    /// Whether the broker retains it.
    pub retain: bool,
}

/// Prints bytes with escapes, abbreviated.
fn write_bytes(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    let shown = &bytes[..bytes.len().min(60)];
    write!(f, "\"{}\"", shown.escape_ascii())?;
    if bytes.len() > shown.len() { write!(f, "… ({} bytes)", bytes.len()) } else { Ok(()) }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keys(keys) => {
                f.write_str("keys ")?;
                write_bytes(f, keys.as_bytes())
            }
            Self::Paste(bytes) => {
                f.write_str("paste ")?;
                write_bytes(f, bytes)
            }
            Self::RawInput(bytes) => {
                f.write_str("raw input ")?;
                write_bytes(f, bytes)
            }
            Self::Publish(Publication { topic, payload, count, qos, retain }) => {
                write!(f, "publish {count} × {topic:?}, QoS {qos}, retain {retain}: ")?;
                write_bytes(f, payload)
            }
            other => write!(f, "{other:?}"),
        }
    }
}
