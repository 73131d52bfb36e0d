//! One tile of the app as a tile of this program.

use serde_json::Value as Json;

use super::{
    AppTile,
    app_keys::{AppKey, AppKind, kind_by_type},
    error::quoted,
    export::export_tile,
    preserved,
    tile_import::TileImport,
    value_format::integer,
};
use crate::model::{kind, tile::Tile};

/// Reads a tile, with all that is to be kept for its export, and says what could not be carried over.
///
/// # Errors
/// Why it cannot be read, as a sentence without its full stop.
pub(super) fn read_tile(app_tile: &AppTile) -> Result<(Tile, Vec<String>), String> {
    let app_kind = find_app_kind(app_tile)?;
    let default_tile = Tile::new(kind::from_name(app_kind.name).map_err(|error| error.message)?);
    // What is missing, or null, is what the app has for a plain tile.
    let mut complete = export_tile(&default_tile);
    let present = app_tile.iter().filter(|(_, json)| !json.is_null());
    complete.extend(present.map(|(key, json)| (key.clone(), json.clone())));
    let (mut tile, mut notes) = read_without_preserved(&complete)?;
    let (preserved, lost) = preserved::preserve(complete, &export_tile(&tile), app_kind);
    notes.extend(lost);
    tile.mqtt_dash = preserved;
    Ok((tile, notes))
}

/// Reads a tile that lacks no key, without what is to be kept.
///
/// # Errors
/// Why it cannot be read, as a sentence without its full stop.
pub(super) fn read_without_preserved(app_tile: &AppTile) -> Result<(Tile, Vec<String>), String> {
    let app_kind = find_app_kind(app_tile)?;
    let kind = kind::from_name(app_kind.name).map_err(|error| error.message)?;
    let mut tile_import = TileImport::new(app_kind, kind);
    for key in app_kind.all_keys() {
        if let Some(json) = app_tile.get(key.name) {
            import_key(&mut tile_import, key, json)?;
        }
    }
    tile_import.normalize();
    Ok(tile_import.into_tile())
}

fn find_app_kind(app_tile: &AppTile) -> Result<&'static AppKind, String> {
    let json = app_tile.get("type").ok_or("it has no `type`")?;
    integer(json)
        .and_then(kind_by_type)
        .ok_or_else(|| format!("its `type` is {}; 1 to 6 are known", describe_json(json)))
}

fn import_key(tile_import: &mut TileImport, key: &AppKey, json: &Json) -> Result<(), String> {
    let converted = key
        .format
        .read_json(json)
        .map_err(|expected| format!("its `{}` is {}, but {expected} is wanted", key.name, describe_json(json)))?;
    if let Some(note) = converted.note {
        tile_import.add_note(format!("`{}` {note}", key.name));
    }
    if let (Some(key_name), Some(value)) = (key.key, converted.value) {
        tile_import.set_or_clamp(key_name, value);
    }
    Ok(())
}

fn describe_json(json: &Json) -> String {
    match json {
        Json::Null => "nothing".to_owned(),
        Json::Bool(_) | Json::Number(_) => json.to_string(),
        Json::String(text) => quoted(text),
        Json::Array(_) => "a list".to_owned(),
        Json::Object(_) => "a table".to_owned(),
    }
}
