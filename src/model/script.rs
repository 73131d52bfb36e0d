//! Requests to the scripts of tiles and their results, independent of the JavaScript engine.
//!
//! In scripts, `None` is: `""` for a color, `null` for a switch that is neither on nor off, `null` for the
//! payload before the first message, and `Infinity` for the seconds since the last message, also while the broker has
//! kept that for an unknown time. Results of
//! scripts are converted to strings as in JavaScript (`5` is `"5"`, `1.50` is `"1.5"`, `true` is `"true"`),
//! except that `null` and `undefined` become the empty string.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    connection::Qos,
    id::{DashboardId, TileId},
    script_view::ScriptView,
    topic::Topic,
};

/// The scripts of a tile.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TileScripts {
    /// The dashboard of the tile. Scripts share no object with those of another dashboard.
    pub dashboard: DashboardId,
    /// Runs for every message.
    pub on_receive: Option<Arc<str>>,
    /// Changes what the tile shows.
    pub on_display: Option<Arc<str>>,
    /// Runs when the tile is pressed.
    pub on_tap: Option<Arc<str>>,
    /// An expression over `val` and `secs` that is true while the tile blinks.
    pub blink: Option<Arc<str>>,
}

/// The scripts that a tile can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ScriptKind {
    /// Runs for every message.
    OnReceive,
    /// Changes what the tile shows.
    OnDisplay,
    /// Runs when the tile is pressed.
    OnTap,
    /// Decides whether the tile blinks.
    Blink,
}

impl ScriptKind {
    /// All script kinds.
    pub(crate) const ALL: [Self; 4] = [Self::OnReceive, Self::OnDisplay, Self::OnTap, Self::Blink];

    /// Returns the key of the script in a file.
    #[must_use]
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::OnReceive => "on_receive",
            Self::OnDisplay => "on_display",
            Self::OnTap => "on_tap",
            Self::Blink => "blink",
        }
    }
}

impl std::fmt::Display for ScriptKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.key())
    }
}

impl TileScripts {
    /// Returns the source text of a script.
    #[must_use]
    pub(crate) fn get(&self, script: ScriptKind) -> Option<&Arc<str>> {
        match script {
            ScriptKind::OnReceive => self.on_receive.as_ref(),
            ScriptKind::OnDisplay => self.on_display.as_ref(),
            ScriptKind::OnTap => self.on_tap.as_ref(),
            ScriptKind::Blink => self.blink.as_ref(),
        }
    }

    /// Returns whether the tile has no script.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        ScriptKind::ALL.iter().all(|script| self.get(*script).is_none())
    }
}

/// A request to run a script of a tile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScriptRequest {
    /// The tile.
    pub tile_id: TileId,
    /// The ID of the request; the response has the same.
    pub request_id: u64,
    /// The event to handle.
    pub event: ScriptEvent,
}

/// An event that scripts handle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ScriptEvent {
    /// A message was received.
    Receive {
        /// The topic of the message.
        topic: Arc<str>,
        /// The payload as text.
        payload: Arc<str>,
    },
    /// The tile is about to be displayed.
    Display(Box<ViewInput>),
    /// The tile was pressed.
    Tap,
}

/// What a tile shows without its scripts: the input of `on_display` and `blink`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ViewInput {
    /// The value without prefix and postfix, not rounded: `val` in `blink`.
    pub value: Arc<str>,
    /// The last payload as text, if any.
    pub last_payload: Option<Arc<str>>,
    /// The seconds since the last message, if there is one and its age is known.
    pub seconds_since_message: Option<f64>,
    /// The content without scripts.
    pub defaults: ViewOverride,
}

/// Everything about a tile's appearance that scripts may change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ViewOverride {
    /// The content in the middle of the tile.
    pub view: ScriptView,
    /// The text that tells the time since the last message.
    pub last_activity: String,
    /// The name at the top.
    pub name: String,
    /// Whether the tile blinks. Before `on_display` runs, it is the result of `blink`, if the tile has that.
    pub blink: bool,
}

/// The response to a [`ScriptRequest`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScriptResponse {
    /// The tile.
    pub tile_id: TileId,
    /// The ID of the request.
    pub request_id: u64,
    /// The messages to publish, in this order, even if the script failed later.
    pub publish_requests: Vec<ScriptPublish>,
    /// The URLs to open once the user agrees, even if the script failed later.
    pub urls_to_open: Vec<String>,
    /// The result of the script.
    pub result: Result<ScriptResult, ScriptError>,
}

/// A message that a script wants to publish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScriptPublish {
    /// The topic.
    pub topic: Topic,
    /// The payload.
    pub payload: String,
    /// Whether the broker retains it.
    pub retain: bool,
    /// The quality of service.
    pub qos: Qos,
}

/// The result of a script.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ScriptResult {
    /// The payload to continue with; `None`: the received one.
    Receive(Option<String>),
    /// What the tile shows, and what is wrong with it: an output that is not valid, or the error of `blink`. Each of them
    /// costs only itself.
    Display(Box<ViewOverride>, Vec<ScriptError>),
    /// The press was handled.
    Tap {
        /// Whether the default action of the tile is skipped.
        prevent_default: bool,
    },
}

/// Why a script failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ScriptError {
    /// The script cannot be compiled, or it threw an exception.
    #[error("{script}{}: {message}", line_suffix(*.line))]
    Exception {
        /// The script.
        script: ScriptKind,
        /// The line in the script, from 1, if known.
        line: Option<u32>,
        /// The error message.
        message: String,
    },
    /// The script ran for too long; the limit in milliseconds.
    #[error("{0} was stopped: it ran for more than {1} ms")]
    Timeout(ScriptKind, u64),
    /// The script used too much memory; the limit in MiB.
    #[error("{0} was stopped: it used more than {1} MiB of memory")]
    MemoryLimitExceeded(ScriptKind, usize),
    /// The script stored too much in `event.data`; the limit in MiB.
    #[error("{0} stored more than {1} MiB in event.data, so event.data was cleared")]
    StoredDataTooLarge(ScriptKind, usize),
    /// A script could be ended only with its process, so the scripts of the tile no longer run.
    #[error(
        "a script of this tile had to be ended with its process; the scripts of the tile are disabled until they are changed"
    )]
    Disabled,
    /// Scripts cannot run; why.
    #[error("scripts cannot run: {0}")]
    EngineUnavailable(String),
}

impl ScriptError {
    /// Returns the script that failed; `None` if no script of the tile runs.
    #[must_use]
    pub(crate) const fn script(&self) -> Option<ScriptKind> {
        match self {
            Self::Exception { script, .. }
            | Self::Timeout(script, _)
            | Self::MemoryLimitExceeded(script, _)
            | Self::StoredDataTooLarge(script, _) => Some(*script),
            Self::Disabled | Self::EngineUnavailable(_) => None,
        }
    }
}

fn line_suffix(line: Option<u32>) -> String {
    line.map_or_else(String::new, |line| format!(", line {line}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn script_error_names_script_and_line() {
        let error =
            ScriptError::Exception { script: ScriptKind::OnTap, line: Some(3), message: "x is not defined".into() };
        assert_eq!(error.to_string(), "on_tap, line 3: x is not defined");
        let error = ScriptError::Timeout(ScriptKind::Blink, 50);
        assert_eq!(error.to_string(), "blink was stopped: it ran for more than 50 ms");
    }
}
