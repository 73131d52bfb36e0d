//! What the user is told about a press, besides its result on the tile.

use crate::model::tile::Tile;

/// Returns what was published though the state of the tile is not known.
pub(super) fn guess_notice(tile: &Tile, payload: &str) -> String {
    format!("{}: no state known yet, {} was sent", tile.display_name(), payload)
}

/// Returns why pressing a tile does nothing, and how to change that.
pub(super) fn read_only_reason(tile: &Tile) -> String {
    match tile.reported_topic() {
        Some(topic) => format!("Read-only: a device reports on {topic}. To control it, set publish_topic"),
        None => "This tile is read-only: it publishes nothing. To control a device, edit it and set publish_topic"
            .to_owned(),
    }
}
