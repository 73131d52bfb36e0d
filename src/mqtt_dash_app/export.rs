//! Converts a dashboard to the app's format.

use serde_json::Value as Json;

use super::{
    AppTile,
    app_keys::kind_by_name,
    id_allocator::IdAllocator,
    preserved::{in_app_order, restore_preserved},
};
use crate::model::{dashboard::Dashboard, schema::DynFields as _, tile::Tile, value::Value};

/// Exports the tiles of a dashboard as MQTT Dash imports them: a JSON list with a line for each tile.
#[must_use]
pub fn export(dashboard: &Dashboard) -> String {
    let mut tiles: Vec<AppTile> =
        dashboard.tiles.iter().map(|tile| restore_preserved(export_tile(tile), &tile.mqtt_dash)).collect();
    let mut allocator = IdAllocator::with_existing_ids(&tiles);
    for (tile, position) in tiles.iter_mut().zip(1..) {
        allocator.assign_missing_ids(tile, position);
    }
    let lines: Vec<String> = tiles
        .into_iter()
        .zip(&dashboard.tiles)
        .map(|(object, tile)| Json::Object(in_app_order(object, kind_by_name(tile.kind.name()))).to_string())
        .collect();
    format!("[{}]", lines.join(",\n"))
}

/// Converts a tile to the app's format, without its preserved fields.
pub(super) fn export_tile(tile: &Tile) -> AppTile {
    let app_kind = kind_by_name(tile.kind.name());
    let mut object: AppTile = app_kind
        .all_keys()
        .filter_map(|app_key| Some((app_key.name.to_owned(), app_key.format.write_json(tile.get(app_key.key?)))))
        .collect();
    for (key, value) in [
        ("enablePub", tile.publishes().into()),
        ("enableIntermediateState", waits_for_echo(tile).into()),
        ("enteredIntermediateStateAt", 0.into()),
        ("type", app_kind.type_number.into()),
    ] {
        object.insert(key.to_owned(), value);
    }
    object
}

/// Returns the app's `enableIntermediateState`. If `wait_for_echo` is not set, it is true where the tile
/// waits for an echo by default, and where the tile cannot wait, because true is the app's default.
fn waits_for_echo(tile: &Tile) -> bool {
    match tile.get("wait_for_echo") {
        Some(value) => value == Value::Bool(true),
        None => tile.topic.is_none() || !tile.publishes() || !tile.update_on_publish,
    }
}
