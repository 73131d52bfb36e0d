//! What a tile's scripts are asked and what comes of them, in words without an engine.
//!
//! What scripts see of `None`: no colour is `""`, a switch that is neither on nor off is `null`, no
//! payload yet is `null`, and no message yet makes the seconds `Infinity`. What scripts give becomes
//! text as JavaScript does it (`5` is `"5"`, `1.50` is `"1.5"`, `true` is `"true"`), except that
//! `null` and `undefined` are the empty text.

use std::sync::Arc;

use super::{
    color::{Color, Rgb},
    key::Field,
    line::Qos,
    topic::Topic,
    value::Value,
};

/// Which tile a script belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId(pub u32);

/// The scripts of a tile.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scripts {
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
pub enum Script {
    /// For every message.
    OnReceive,
    /// For what is shown.
    OnDisplay,
    /// For pressing.
    OnTap,
    /// Whether the tile blinks.
    Blink,
}

impl Script {
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

impl std::fmt::Display for Script {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.key())
    }
}

impl Scripts {
    /// The text of one of them.
    #[must_use]
    pub fn get(&self, script: Script) -> Option<&Arc<str>> {
        match script {
            Script::OnReceive => self.on_receive.as_ref(),
            Script::OnDisplay => self.on_display.as_ref(),
            Script::OnTap => self.on_tap.as_ref(),
            Script::Blink => self.blink.as_ref(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        Script::ALL.iter().all(|script| self.get(*script).is_none())
    }
}

/// A question to a tile's scripts.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Whose scripts.
    pub tile: TileId,
    /// Comes back with the outcome.
    pub ticket: u64,
    /// What has happened.
    pub moment: Moment,
}

/// What has happened to a tile.
#[derive(Debug, Clone, PartialEq)]
pub enum Moment {
    /// A message came.
    Receive {
        /// The topic that it came on.
        topic: Arc<str>,
        /// Its payload as text.
        payload: Arc<str>,
    },
    /// It is to be shown.
    Display(Box<Showing>),
    /// It was pressed.
    Tap,
}

/// What a tile would show without its scripts.
#[derive(Debug, Clone, PartialEq)]
pub struct Showing {
    /// The value as it is shown: `val` of `blink`.
    pub value: Arc<str>,
    /// The last payload as text, if there was one.
    pub last_payload: Option<Arc<str>>,
    /// Seconds since the last message, if there was one.
    pub seconds_since: Option<f64>,
    /// What it shows.
    pub shown: Shown,
}

/// What scripts may change of what a tile shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// What stands in the middle.
    pub look: Look,
    /// The words for how long ago the last message came.
    pub last_activity: String,
    /// The name on top.
    pub name: String,
    /// Whether it blinks. Beforehand `blink` decides it, where the tile has that.
    pub blink: bool,
}

/// What stands in the middle of a tile, as far as scripts may change it.
#[derive(Debug, Clone, PartialEq)]
pub enum Look {
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
pub struct Outcome {
    /// Whose scripts.
    pub tile: TileId,
    /// The ticket of the call.
    pub ticket: u64,
    /// What is to be published, in this order; also when the script failed later on.
    pub publishes: Vec<Publish>,
    /// Links to open, once the person agrees; also when the script failed later on.
    pub links: Vec<String>,
    /// What the script decided.
    pub answer: Result<Answer, Fault>,
}

/// A message that a script wishes to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publish {
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
pub enum Answer {
    /// The payload to go on with; nothing: the one that came.
    Receive(Option<String>),
    /// What to show.
    Display(Box<Shown>),
    /// Whether the tile's own action is skipped.
    Tap {
        /// Whether it is.
        prevent_default: bool,
    },
}

/// What is wrong with a script.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It cannot be read, or it threw something.
    #[error("{script}{}: {message}", at(*.line))]
    Threw {
        /// Which.
        script: Script,
        /// The line in it, from 1, where that is known.
        line: Option<u32>,
        /// What is wrong there.
        message: String,
    },
    /// It ran for too long; the limit in milliseconds.
    #[error("{0} was stopped: it ran for more than {1} ms")]
    TooLong(Script, u64),
    /// It took too much memory; the limit in MiB.
    #[error("{0} was stopped: it took more than {1} MiB of memory")]
    TooLarge(Script, usize),
    /// It keeps too much from one call to the next; the limit in MiB.
    #[error("{0} kept more than {1} MiB in event.data, which was therefore emptied")]
    KeepsTooMuch(Script, usize),
    /// It could not be stopped, so it is not asked again.
    #[error("a script of this tile could not be stopped; its scripts are off until they are changed")]
    Off,
    /// No script can run; why.
    #[error("scripts do not run: {0}")]
    Broken(String),
}

fn at(line: Option<u32>) -> String {
    line.map_or_else(String::new, |line| format!(", line {line}"))
}

/// A colour as scripts see it: `#rrggbb`, a name, or nothing.
#[must_use]
pub fn color_text(color: Option<Color>) -> String {
    match color.and_then(|color| color.write()) {
        Some(Value::Text(text)) => text,
        _ => String::new(),
    }
}

/// A colour as scripts write it: `#rrggbb`, `#aarrggbb` (which has no effect beyond its last six
/// digits), a name of any case, or the empty text for none.
///
/// # Errors
/// Gives back a text that is no colour.
pub fn color_from(text: &str) -> Result<Option<Color>, String> {
    let wanted = text.trim().to_lowercase();
    if wanted.is_empty() {
        return Ok(None);
    }
    let rgb = match wanted.strip_prefix('#') {
        Some(digits) if digits.len() == 8 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
            Rgb::from_hex(&digits[2..])
        }
        Some(digits) => Rgb::from_hex(digits),
        None => None,
    };
    match rgb {
        Some(rgb) => Ok(Some(Color::Rgb(rgb))),
        None => Color::read(&wanted.as_str().into()).map(Some).map_err(|_| text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_as_scripts_write_them() {
        assert_eq!(color_from("#FF8000"), Ok(Some(Color::Rgb(Rgb(255, 128, 0)))));
        assert_eq!(color_from("#80FF8000"), Ok(Some(Color::Rgb(Rgb(255, 128, 0)))));
        assert_eq!(color_from("Red"), Ok(Some(Color::Named(1))));
        assert_eq!(color_from(""), Ok(None));
        for bad in ["bleu", "#ff80", "#gg8000ff", "#é12345"] {
            assert_eq!(color_from(bad), Err(bad.to_owned()));
        }
        let orange = Some(Color::Rgb(Rgb(255, 128, 0)));
        assert_eq!(color_from(&color_text(orange)), Ok(orange));
        assert_eq!(color_text(None), "");
    }

    #[test]
    fn faults_name_script_and_line() {
        let fault = Fault::Threw { script: Script::OnTap, line: Some(3), message: "x is not defined".into() };
        assert_eq!(fault.to_string(), "on_tap, line 3: x is not defined");
        let fault = Fault::TooLong(Script::Blink, 50);
        assert_eq!(fault.to_string(), "blink was stopped: it ran for more than 50 ms");
    }
}
