//! What several tile kinds have in common.

use crate::model::{
    content::{PrefixSuffix, TextSize, TileContent},
    duration::BoundedDuration,
    error::TileError,
    number::read_number,
    rare::Rare,
    script_view::ScriptView,
    tile_value::TileValue,
    value::ValidationError,
};

/// The tiles between a heading and the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section {
    /// Whether they are hidden until the heading is pressed.
    pub(crate) starts_folded: bool,
}

/// After which time without a message a value is stale.
pub(super) type StaleAfter = BoundedDuration<1_000, 31_536_000_000>;

/// The unit of a number; empty if it has none.
pub(super) type Unit = Rare<String>;

/// A URL that a tile fetches or opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalUrl {
    /// Its key in the file.
    pub key: &'static str,
    /// The URL.
    pub url: String,
    /// Whether the tile fetches it. Otherwise the user opens it.
    pub is_fetched: bool,
}

/// Returns the error of a tile that neither subscribes nor publishes.
pub(super) fn missing_topic() -> ValidationError {
    ValidationError::new("the tile needs a `topic`: it shows nothing and publishes nothing")
        .with_help("set `topic`; a button needs only `publish_topic`")
        .prepend_key("topic")
}

/// Returns the number that a text is, with or without a unit.
///
/// # Errors
/// If it is none.
pub(super) fn number_of(text: &str) -> Result<f64, TileError> {
    read_number(text).ok_or_else(|| TileError::NotANumber(text.to_owned()))
}

/// Returns the content of a tile without a value or with an empty one.
pub(super) fn placeholder(value: Option<&TileValue>) -> TileContent {
    TileContent::Placeholder(if value.is_none() { "nothing yet" } else { "cleared" }.to_owned())
}

/// Returns the part of the content that scripts may change, if it is text.
pub(super) fn script_view_of_text(content: TileContent) -> ScriptView {
    match content {
        TileContent::Text { prefix_suffix, text, color, .. } => ScriptView::of_text(prefix_suffix.around(&text), color),
        _ => ScriptView::of_text(String::new(), None),
    }
}

/// Returns the text that scripts have set, in the size of the content, or else in this size. Without one, returns the
/// content.
pub(super) fn text_of_script_view(content: Option<TileContent>, view: &ScriptView, size: TextSize) -> TileContent {
    let size = match content {
        Some(TileContent::Text { size, .. }) => size,
        _ => size,
    };
    match view.text("text") {
        Some(text) => TileContent::Text {
            prefix_suffix: PrefixSuffix::default(),
            text: text.to_owned(),
            size,
            color: view.color("textColor"),
            known: true,
        },
        None => content.unwrap_or(TileContent::Placeholder(String::new())),
    }
}

/// The maximum size of a text that a tile shows, in bytes: more than fits on any screen. Larger texts are cut off.
const MAX_SHOWN_BYTES: usize = 64 << 10;

/// Returns the text of a value as far as it is shown; `None` if there is nothing to show.
pub(super) fn non_empty_text(value: Option<&TileValue>) -> Option<&str> {
    let shown = |value: &'_ TileValue| value.text.floor_char_boundary(MAX_SHOWN_BYTES);
    value.map(|value| &value.text[..shown(value)]).filter(|text| !text.is_empty())
}
