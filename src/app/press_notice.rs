//! What the user is told about a press, besides its result on the tile.

use crate::model::tile::{ImpliedReadOnly, Tile};

/// Returns what was published though the state of the tile is not known.
pub(super) fn guess_notice(tile: &Tile, payload: &str) -> String {
    format!("{}: no state known yet, {} was sent", tile.display_name(), payload)
}

/// Returns why pressing or stepping a tile does nothing, and how to change that if the tile can be edited.
pub(super) fn read_only_reason(tile: &Tile, is_editable: bool) -> String {
    let (reason, purpose) = match tile.implied_read_only() {
        Some(ImpliedReadOnly::Report(topic)) => (format!("Read-only: a device reports on {topic}"), "To control it"),
        Some(ImpliedReadOnly::PartOfJson(topic)) => {
            (format!("Read-only: it shows a part of the JSON on {topic}"), "To control the device")
        }
        None => ("This tile is read-only: it publishes nothing".to_owned(), "To control a device"),
    };
    if is_editable { format!("{reason}. {purpose}, press e and set publish_topic") } else { reason }
}

/// Returns why stepping a tile does nothing; `None` if it has no next step.
pub(super) fn no_step_reason(tile: &Tile, is_editable: bool) -> Option<String> {
    if tile.kind.is_steppable() {
        return tile.target_topic().is_none().then(|| read_only_reason(tile, is_editable));
    }
    Some(match tile.action_label() {
        Some(label) => format!("Only ranges have steps: press Enter to {label}"),
        None => read_only_reason(tile, is_editable),
    })
}
