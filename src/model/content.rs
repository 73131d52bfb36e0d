//! What a tile displays, independent of the terminal. The tile kinds decide what to show; `ui` draws it.

use std::time::Duration;

use super::{
    clock::ClockFace,
    color::{Color, Rgb},
    field_value::string_enum,
    icon::Icon,
    map::PositionMap,
    steering::Pad,
    text_table::TextTable,
};

pub use super::prefix_suffix::PrefixSuffix;

string_enum! {
    /// The size in which a value is drawn.
    TextSize {
        Large = "large" "Big letters where they fit.",
        Medium = "medium" "Bold.",
        Small = "small" "Plain.",
    }
}

/// On which side a number is outside its limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overflow {
    /// Below the lower limit.
    Below,
    /// Above the upper limit.
    Above,
}

impl Overflow {
    /// Returns on which side of these limits a number is outside; `None` if it is inside.
    pub(crate) fn of(number: f64, min: f64, max: f64) -> Option<Self> {
        match number {
            _ if number < min => Some(Self::Below),
            _ if number > max => Some(Self::Above),
            _ => None,
        }
    }
}

string_enum! {
    /// The shape of a gauge.
    GaugeStyle {
        Arc = "arc" "An arc, where it fits; otherwise a bar.",
        Bar = "bar" "A bar from left to right.",
        Tank = "tank" "A tank that is filled from below.",
        Battery = "battery" "A battery.",
    }
}

/// A number on a scale, with zones.
#[derive(Debug, Clone, PartialEq)]
pub struct Gauge {
    /// Text before and after the number.
    pub(crate) prefix_suffix: PrefixSuffix,
    /// The number as text.
    pub(crate) text: String,
    /// The position between the lower and the upper limit, 0 to 1.
    pub(crate) ratio: f64,
    /// On which side the number is outside the limits.
    pub(crate) overflow: Option<Overflow>,
    /// The lower and the upper limit.
    pub(crate) limits: (f64, f64),
    /// The limits as text.
    pub(crate) limit_texts: (String, String),
    /// Where each zone begins, 0 to 1, and its color.
    pub(crate) zones: Vec<(f64, Option<Color>)>,
    /// The color of the number.
    pub(crate) color: Option<Color>,
    /// The shape.
    pub(crate) style: GaugeStyle,
}

/// What a tile displays for its value.
#[derive(Debug, Clone, PartialEq)]
pub enum TileContent {
    /// No value; the text says why: `nothing yet`, `cleared`.
    Placeholder(String),
    /// Text, which may have several lines.
    Text {
        /// Text before and after it.
        prefix_suffix: PrefixSuffix,
        /// The text.
        text: String,
        /// Its size.
        size: TextSize,
        /// Its color.
        color: Option<Color>,
        /// Whether the value is one that the tile knows; an unknown value is dimmed.
        known: bool,
    },
    /// A state that is on or off.
    Toggle {
        /// Whether it is on; `None` for a payload that means neither.
        on: Option<bool>,
        /// The icon of the state.
        icon: Option<Icon>,
        /// The color of the state.
        color: Option<Color>,
        /// The label of the state.
        text: String,
    },
    /// A button, which has no state.
    Button {
        /// Its icon.
        icon: Option<Icon>,
        /// Its color.
        color: Option<Color>,
        /// What it says.
        label: String,
    },
    /// A lamp with a word.
    Lamp {
        /// Whether it is lit; `None` for a payload that the tile does not know.
        lit: Option<bool>,
        /// The icon of the state.
        icon: Option<Icon>,
        /// The color of the state.
        color: Option<Color>,
        /// The word for the state, or the payload.
        text: String,
    },
    /// A number on a scale.
    Gauge(Box<Gauge>),
    /// Two axes that are steered together.
    Pad(Box<Pad>),
    /// Positions on the earth.
    Map(Box<PositionMap>),
    /// How much of something is done.
    Progress {
        /// The part that is done, 0 to 1.
        ratio: f64,
        /// On which side the number is outside the limits.
        overflow: Option<Overflow>,
        /// Text before and after the percentage.
        prefix_suffix: PrefixSuffix,
        /// The percentage as text.
        text: String,
        /// The color of the bar.
        color: Option<Color>,
        /// The number at which it is done, if the tile says when that will be.
        estimated_max: Option<f64>,
    },
    /// Text to read, in lines from the top.
    Note(String),
    /// The names of the rows of a panel, which are tiles of their own.
    RowNames(Vec<String>),
    /// A clock.
    Clock(ClockFace),
    /// Lines, the newest at the bottom.
    Log(Box<TextTable>),
    /// Rows below a header.
    Table(Box<TextTable>),
    /// The QR code of this text.
    Qr(String),
    /// A number between two limits.
    Meter {
        /// Text before and after the number.
        prefix_suffix: PrefixSuffix,
        /// The position between the lower and the upper limit, 0 to 1.
        ratio: f64,
        /// On which side the number is outside the limits.
        overflow: Option<Overflow>,
        /// The number as text.
        text: String,
        /// The color of the bar.
        color: Option<Color>,
    },
    /// A color.
    Swatch {
        /// The color.
        rgb: Rgb,
        /// An icon next to it.
        icon: Option<Icon>,
    },
    /// The image in the payload.
    PayloadImage,
    /// The image at a URL.
    RemoteImage {
        /// The URL.
        url: String,
        /// The time between two fetches; `None`: fetch only after a message.
        reload_interval: Option<Duration>,
    },
}

impl TileContent {
    /// Returns the text around the value, if the content has such text.
    pub(crate) const fn prefix_suffix_mut(&mut self) -> Option<&mut PrefixSuffix> {
        match self {
            Self::Text { prefix_suffix, .. }
            | Self::Meter { prefix_suffix, .. }
            | Self::Progress { prefix_suffix, .. } => Some(prefix_suffix),
            Self::Gauge(gauge) => Some(&mut gauge.prefix_suffix),
            _ => None,
        }
    }

    /// Returns whether it is a value that may have text around it.
    pub(crate) const fn has_prefix_suffix(&self) -> bool {
        matches!(self, Self::Text { .. } | Self::Meter { .. } | Self::Progress { .. } | Self::Gauge(_))
    }

    /// Returns its rows and columns, if it has some.
    #[must_use]
    pub(crate) const fn text_table(&self) -> Option<&TextTable> {
        match self {
            Self::Log(table) | Self::Table(table) => Some(table),
            _ => None,
        }
    }

    /// Returns whether it is an image.
    #[must_use]
    pub(crate) const fn is_image(&self) -> bool {
        matches!(self, Self::PayloadImage | Self::RemoteImage { .. })
    }
}

/// What a tile asks for before it publishes.
#[derive(Debug, Clone, PartialEq)]
pub enum PromptSpec {
    /// A line of text.
    Text {
        /// The initial text.
        current: String,
        /// Why that is not the value of the tile, as a sentence.
        hint: Option<&'static str>,
    },
    /// A number.
    Number {
        /// The initial value.
        current: f64,
        /// The lower limit.
        min: f64,
        /// The upper limit.
        max: f64,
        /// The size of a step.
        step: f64,
        /// The number of decimals that are shown and published.
        decimals: usize,
        /// What follows the number: a percent sign, or nothing.
        suffix: &'static str,
    },
    /// One of several options.
    Choice {
        /// Label and payload of each option.
        options: Vec<(String, String)>,
        /// The index of the current option.
        current: Option<usize>,
    },
    /// A color; the current one, if it is known.
    Color(Option<Rgb>),
}

/// What a tile does when it is pressed.
#[derive(Debug, Clone, PartialEq)]
pub enum TileAction {
    /// Nothing.
    Nothing,
    /// Publish this payload.
    Publish(String),
    /// Open this prompt.
    Prompt(PromptSpec),
    /// Steer the axes of the tile until the user ends that.
    Steer,
    /// Show the content enlarged.
    Enlarge,
    /// Open this URL after the user confirms.
    OpenUrl(String),
    /// Hide the tiles of the section that begins with the tile, or show them again.
    FoldSection,
}

impl TileAction {
    /// Returns whether it concerns only the screen: it publishes nothing.
    pub(crate) const fn is_local(&self) -> bool {
        matches!(self, Self::Nothing | Self::Enlarge | Self::OpenUrl(_) | Self::FoldSection)
    }
}
