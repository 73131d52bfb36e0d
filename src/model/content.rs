//! What a tile shows, in words that a test can read. Kinds say what; the screen says how.

use std::time::Duration;

use super::{
    color::{Color, Rgb},
    field_value::string_enum,
    icon::Icon,
};

string_enum! {
    /// How large a value is drawn.
    TextSize {
        Large = "large" "Big letters where they fit.",
        Medium = "medium" "Bold.",
        Small = "small" "Plain.",
    }
}

/// What stands before and behind a value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PrefixSuffix {
    /// Before.
    pub prefix: String,
    /// Behind.
    pub suffix: String,
}

/// What a tile shows of its reading.
#[derive(Debug, Clone, PartialEq)]
pub enum TileContent {
    /// No value; a word says why: `nothing yet`, `cleared`.
    Placeholder(String),
    /// Text, newlines honoured.
    Text {
        /// What stands before and behind it.
        prefix_suffix: PrefixSuffix,
        /// The text.
        text: String,
        /// How large.
        size: TextSize,
        /// Its colour.
        color: Option<Color>,
        /// Whether the tile knows this value; an unknown one is dimmed.
        known: bool,
    },
    /// Something that is on or off.
    Toggle {
        /// On, off, or neither that it knows.
        on: Option<bool>,
        /// The icon of its state.
        icon: Option<Icon>,
        /// The colour of its state.
        color: Option<Color>,
        /// The state in a word.
        text: String,
    },
    /// Something to press that has no state.
    Button {
        /// Its icon.
        icon: Option<Icon>,
        /// Its colour.
        color: Option<Color>,
    },
    /// A number between two limits.
    Meter {
        /// What stands before and behind the number.
        prefix_suffix: PrefixSuffix,
        /// How far from the lower to the upper limit, 0 to 1.
        ratio: f64,
        /// The number in words.
        text: String,
        /// The colour of the bar.
        color: Option<Color>,
    },
    /// A colour.
    Swatch {
        /// The colour.
        rgb: Rgb,
        /// An icon beside it.
        icon: Option<Icon>,
    },
    /// The picture in the payload.
    PayloadImage,
    /// The picture at a URL.
    RemoteImage {
        /// The URL.
        url: String,
        /// How long after a look the next one is due; `None`: only after a message.
        reload_interval: Option<Duration>,
    },
}

/// What a tile asks before it publishes.
#[derive(Debug, Clone, PartialEq)]
pub enum PromptSpec {
    /// A line of text; what stands there at first.
    Text(String),
    /// A number.
    Number {
        /// What stands there at first.
        current: f64,
        /// The least.
        min: f64,
        /// The most.
        max: f64,
        /// How far one step goes.
        step: f64,
        /// How many decimals are shown and sent.
        decimals: usize,
    },
    /// One of several.
    Choice {
        /// Label and payload of each.
        options: Vec<(String, String)>,
        /// Which one it is now.
        current: Option<usize>,
    },
    /// A colour; which one it is now.
    Color(Rgb),
}

/// What a tile does when it is pressed.
#[derive(Debug, Clone, PartialEq)]
pub enum TileAction {
    /// Nothing.
    Nothing,
    /// Publishes this payload.
    Publish(String),
    /// Asks first.
    Prompt(PromptSpec),
    /// Shows what it has, enlarged.
    Enlarge,
    /// Opens this address, once the person has said yes.
    OpenUrl(String),
}
