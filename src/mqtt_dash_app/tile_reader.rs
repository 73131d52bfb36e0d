//! Converts a tile of the app to a [`Tile`].

use serde_json::Value as Json;

use super::{
    AppTile,
    app_keys::{all_keys, kind_by_type},
    error::{TileReadError, quoted},
    export::export_tile,
    preserved,
    tile_import::TileImport,
    value_format::type_number,
};
use crate::model::{
    kind::TileKind,
    mqtt_dash::{AppKey, AppKind},
    tile::Tile,
};

/// Converts a tile with its preserved fields. Returns it with notes about what could not be imported
/// unchanged.
///
/// # Errors
/// Why the tile cannot be read.
pub(super) fn read_tile(app_tile: &AppTile) -> Result<(Tile, Vec<String>), TileReadError> {
    let (kind, app_kind) = find_kind(app_tile)?;
    // A missing or null value is the app's default.
    let mut complete = export_tile(&Tile::new(kind), app_kind);
    let mut not_finite = Vec::new();
    for (key, json) in app_tile.iter().filter(|(_, json)| !json.is_null()) {
        let app_key = all_keys(app_kind).find(|app_key| app_key.name == key);
        match app_key.map_or_else(|| Some(json.clone()), |app_key| app_key.format.coerce(json)) {
            Some(json) => _ = complete.insert(key.clone(), json),
            None => not_finite.push(format!("`{key}` is not a finite number and was left out")),
        }
    }
    let (mut tile, mut notes) = read_without_preserved(&complete)?;
    notes.extend(not_finite);
    let (preserved, lost) = preserved::preserve(complete, &export_tile(&tile, app_kind), app_kind);
    notes.extend(lost);
    tile.mqtt_dash = preserved;
    Ok((tile, notes))
}

/// Converts a tile that has all keys, without its preserved fields.
///
/// # Errors
/// Why the tile cannot be read.
pub(super) fn read_without_preserved(app_tile: &AppTile) -> Result<(Tile, Vec<String>), TileReadError> {
    let (kind, app_kind) = find_kind(app_tile)?;
    let mut tile_import = TileImport::new(app_kind, kind);
    for key in all_keys(app_kind) {
        if let Some(json) = app_tile.get(key.name) {
            import_key(&mut tile_import, key, json)?;
        }
    }
    tile_import.normalize();
    Ok(tile_import.into_tile())
}

fn find_kind(app_tile: &AppTile) -> Result<(Box<dyn TileKind>, &'static AppKind), TileReadError> {
    let json = app_tile.get("type").ok_or(TileReadError::MissingType)?;
    type_number(json).and_then(kind_by_type).ok_or_else(|| unexpected_value("type", "1 to 6", json))
}

fn import_key(tile_import: &mut TileImport, key: &AppKey, json: &Json) -> Result<(), TileReadError> {
    let converted = key.format.read_json(json).map_err(|expected| unexpected_value(key.name, expected, json))?;
    if let Some(note) = converted.note {
        tile_import.add_note(format!("`{}` {note}", key.name));
    }
    if let (Some(key_name), Some(value)) = (key.key, converted.value) {
        tile_import.set_or_clamp(key_name, value);
    }
    Ok(())
}

fn unexpected_value(key: &'static str, expected: &'static str, json: &Json) -> TileReadError {
    TileReadError::UnexpectedValue { key, expected, found: describe_json(json) }
}

fn describe_json(json: &Json) -> String {
    match json {
        Json::Null => "null".to_owned(),
        Json::Bool(_) | Json::Number(_) => json.to_string(),
        Json::String(text) => quoted(text),
        Json::Array(_) => "a list".to_owned(),
        Json::Object(_) => "an object".to_owned(),
    }
}
