//! What a tile's scripts are asked and what comes of them, in words without an engine.
//!
//! What scripts see of `None`: no colour is `""`, a switch that is neither on nor off is `null`, no
//! payload yet is `null`, and no message yet makes the seconds `Infinity`. What scripts give becomes
//! text as JavaScript does it (`5` is `"5"`, `1.50` is `"1.5"`, `true` is `"true"`), except that
//! `null` and `undefined` are the empty text.

use std::sync::Arc;

use super::{
    color::{Color, Rgb},
    connection::Qos,
    schema::FieldValue,
    topic::Topic,
    value::Value,
};

/// Which tile a script belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId(pub u32);

/// The scripts of a tile.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TileScripts {
    /// For every message.
    pub on_receive: Option<Arc<str>>,
    /// For what is shown.
    pub on_display: Option<Arc<str>>,
    /// For pressing.
    pub on_tap: Option<Arc<str>>,
    /// Whether the tile blinks: an expression over `val` and `secs`.
    pub blink: Option<Arc<str>>,
}

/// One of a tile's scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScriptKind {
    /// For every message.
    OnReceive,
    /// For what is shown.
    OnDisplay,
    /// For pressing.
    OnTap,
    /// Whether the tile blinks.
    Blink,
}

impl ScriptKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::OnReceive, Self::OnDisplay, Self::OnTap, Self::Blink];

    /// The key that it has in a file.
    #[must_use]
    pub const fn key(self) -> &'static str {
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
    /// The text of one of them.
    #[must_use]
    pub fn get(&self, script: ScriptKind) -> Option<&Arc<str>> {
        match script {
            ScriptKind::OnReceive => self.on_receive.as_ref(),
            ScriptKind::OnDisplay => self.on_display.as_ref(),
            ScriptKind::OnTap => self.on_tap.as_ref(),
            ScriptKind::Blink => self.blink.as_ref(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        ScriptKind::ALL.iter().all(|script| self.get(*script).is_none())
    }
}

/// A question to a tile's scripts.
#[derive(Debug, Clone, PartialEq)]
pub struct ScriptRequest {
    /// Whose scripts.
    pub tile_id: TileId,
    /// Comes back with the outcome.
    pub request_id: u64,
    /// What has happened.
    pub event: ScriptEvent,
}

/// What has happened to a tile.
#[derive(Debug, Clone, PartialEq)]
pub enum ScriptEvent {
    /// A message came.
    Receive {
        /// The topic that it came on.
        topic: Arc<str>,
        /// Its payload as text.
        payload: Arc<str>,
    },
    /// It is to be shown.
    Display(Box<ViewInput>),
    /// It was pressed.
    Tap,
}

/// What a tile would show without its scripts.
#[derive(Debug, Clone, PartialEq)]
pub struct ViewInput {
    /// The value as it is shown: `val` of `blink`.
    pub value: Arc<str>,
    /// The last payload as text, if there was one.
    pub last_payload: Option<Arc<str>>,
    /// Seconds since the last message, if there was one.
    pub seconds_since_message: Option<f64>,
    /// What it shows.
    pub defaults: ViewOverride,
}

/// What scripts may change of what a tile shows.
#[derive(Debug, Clone, PartialEq)]
pub struct ViewOverride {
    /// What stands in the middle.
    pub view: ScriptView,
    /// The words for how long ago the last message came.
    pub last_activity: String,
    /// The name on top.
    pub name: String,
    /// Whether it blinks. Beforehand `blink` decides it, where the tile has that.
    pub blink: bool,
}

/// What stands in the middle of a tile, as far as scripts may change it.
#[derive(Debug, Clone, PartialEq)]
pub enum ScriptView {
    /// Of a text or a choice.
    Text {
        /// The text.
        text: String,
        /// Its colour.
        color: Option<Color>,
    },
    /// Of a switch.
    Switch {
        /// On, off, or neither that it knows.
        on: Option<bool>,
        /// The colour of the icon.
        color: Option<Color>,
    },
    /// Of a range.
    Range {
        /// How far from the lower to the upper limit, 0 to 100.
        progress: f64,
        /// The colour of the bar.
        color: Option<Color>,
        /// The number in words.
        text: String,
    },
    /// Of an image.
    Image {
        /// Where it is fetched from.
        url: String,
    },
    /// Of a colour.
    Color {
        /// The colour.
        color: Option<Color>,
    },
}

/// What has come of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct ScriptResponse {
    /// Whose scripts.
    pub tile_id: TileId,
    /// The ticket of the call.
    pub request_id: u64,
    /// What is to be published, in this order; also when the script failed later on.
    pub publish_requests: Vec<ScriptPublish>,
    /// Links to open, once the person agrees; also when the script failed later on.
    pub urls_to_open: Vec<String>,
    /// What the script decided.
    pub answer: Result<ScriptResult, ScriptError>,
}

/// A message that a script wishes to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptPublish {
    /// Where to.
    pub topic: Topic,
    /// What.
    pub payload: String,
    /// Whether the broker shall keep it for new subscribers.
    pub retain: bool,
    /// With which quality of service.
    pub qos: Qos,
}

/// What a script decided.
#[derive(Debug, Clone, PartialEq)]
pub enum ScriptResult {
    /// The payload to go on with; nothing: the one that came.
    Receive(Option<String>),
    /// What to show.
    Display(Box<ViewOverride>),
    /// Whether the tile's own action is skipped.
    Tap {
        /// Whether it is.
        prevent_default: bool,
    },
}

/// What is wrong with a script.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScriptError {
    /// It cannot be read, or it threw something.
    #[error("{script}{}: {message}", line_suffix(*.line))]
    Exception {
        /// Which.
        script: ScriptKind,
        /// The line in it, from 1, where that is known.
        line: Option<u32>,
        /// What is wrong there.
        message: String,
    },
    /// It ran for too long; the limit in milliseconds.
    #[error("{0} was stopped: it ran for more than {1} ms")]
    Timeout(ScriptKind, u64),
    /// It took too much memory; the limit in MiB.
    #[error("{0} was stopped: it took more than {1} MiB of memory")]
    MemoryLimitExceeded(ScriptKind, usize),
    /// It keeps too much from one call to the next; the limit in MiB.
    #[error("{0} kept more than {1} MiB in event.data, which was therefore emptied")]
    StoredDataTooLarge(ScriptKind, usize),
    /// It could not be stopped, so it is not asked again.
    #[error("a script of this tile could not be stopped; its scripts are off until they are changed")]
    Disabled,
    /// No script can run; why.
    #[error("scripts do not run: {0}")]
    EngineUnavailable(String),
}

fn line_suffix(line: Option<u32>) -> String {
    line.map_or_else(String::new, |line| format!(", line {line}"))
}

/// A colour as scripts see it: `#rrggbb`, a name, or nothing.
#[must_use]
pub fn color_to_script(color: Option<Color>) -> String {
    match color.and_then(|color| color.to_value()) {
        Some(Value::String(text)) => text,
        _ => String::new(),
    }
}

/// A colour as scripts write it: `#rrggbb`, `#aarrggbb` (which has no effect beyond its last six
/// digits), a name of any case, or the empty text for none.
///
/// # Errors
/// Gives back a text that is no colour.
pub fn color_from_script(text: &str) -> Result<Option<Color>, String> {
    let normalized = text.trim().to_lowercase();
    if normalized.is_empty() {
        return Ok(None);
    }
    let rgb = match normalized.strip_prefix('#') {
        Some(digits) if digits.len() == 8 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
            Rgb::from_hex(&digits[2..])
        }
        Some(digits) => Rgb::from_hex(digits),
        None => None,
    };
    match rgb {
        Some(rgb) => Ok(Some(Color::Rgb(rgb))),
        None => Color::from_value(&normalized.as_str().into()).map(Some).map_err(|_| text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn script_color_text_is_parsed() {
        assert_eq!(color_from_script("#FF8000"), Ok(Some(Color::Rgb(Rgb(255, 128, 0)))));
        assert_eq!(color_from_script("#80FF8000"), Ok(Some(Color::Rgb(Rgb(255, 128, 0)))));
        assert_eq!(color_from_script("Red"), Ok(Some(Color::Ansi(1))));
        assert_eq!(color_from_script(""), Ok(None));
        for bad in ["bleu", "#ff80", "#gg8000ff", "#é12345"] {
            assert_eq!(color_from_script(bad), Err(bad.to_owned()));
        }
        let orange = Some(Color::Rgb(Rgb(255, 128, 0)));
        assert_eq!(color_from_script(&color_to_script(orange)), Ok(orange));
        assert_eq!(color_to_script(None), "");
    }

    #[test]
    fn script_error_names_script_and_line() {
        let error =
            ScriptError::Exception { script: ScriptKind::OnTap, line: Some(3), message: "x is not defined".into() };
        assert_eq!(error.to_string(), "on_tap, line 3: x is not defined");
        let error = ScriptError::Timeout(ScriptKind::Blink, 50);
        assert_eq!(error.to_string(), "blink was stopped: it ran for more than 50 ms");
    }
}
