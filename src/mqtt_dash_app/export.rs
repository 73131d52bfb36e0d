//! From a dashboard to the file of the app.

use serde_json::Value as Json;

use super::{
    Object,
    fresh::Fresh,
    kept::{ordered, restore},
    keys::kind_named,
};
use crate::model::{dashboard::Dashboard, schema::DynFields as _, tile::Tile, value::Value};

/// The tiles of a dashboard as MQTT Dash imports them: a JSON list with a line for each.
#[must_use]
pub fn export(dashboard: &Dashboard) -> String {
    let mut tiles: Vec<Object> = dashboard.tiles.iter().map(|tile| restore(bare(tile), &tile.mqtt_dash)).collect();
    let mut fresh = Fresh::beside(&tiles);
    for (tile, position) in tiles.iter_mut().zip(1..) {
        fresh.name(tile, position);
    }
    let lines: Vec<String> = tiles
        .into_iter()
        .zip(&dashboard.tiles)
        .map(|(object, tile)| Json::Object(ordered(object, kind_named(tile.kind.name()))).to_string())
        .collect();
    format!("[{}]", lines.join(",\n"))
}

/// What a tile says by itself, without what it keeps for the app.
pub(super) fn bare(tile: &Tile) -> Object {
    let kind = kind_named(tile.kind.name());
    let mut object: Object =
        kind.all().filter_map(|row| Some((row.app.to_owned(), row.form.write(tile.get(row.ours?))))).collect();
    for (key, value) in [
        ("enablePub", tile.publishes().into()),
        ("enableIntermediateState", waits(tile).into()),
        ("enteredIntermediateStateAt", 0.into()),
        ("type", kind.number.into()),
    ] {
        object.insert(key.to_owned(), value);
    }
    object
}

/// Whether a spinner may turn on it in the app, which says so of every tile that does not forbid it.
fn waits(tile: &Tile) -> bool {
    match tile.get("wait_for_echo") {
        Some(value) => value == Value::Bool(true),
        None => tile.topic.is_none() || !tile.publishes() || !tile.update_on_publish,
    }
}
