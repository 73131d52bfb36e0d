//! One tile of the app as a tile of this program.

use serde_json::Value as Json;

use super::{
    Object,
    draft::Draft,
    export::bare,
    fault::quoted,
    form::whole,
    kept,
    keys::{KindRow, Row, kind_of},
};
use crate::model::{kind, tile::Tile};

/// Reads a tile, with all that is to be kept for its export, and says what could not be carried over.
///
/// # Errors
/// Why it cannot be read, as a sentence without its full stop.
pub(super) fn tile(object: &Object) -> Result<(Tile, Vec<String>), String> {
    let row = kind_row(object)?;
    let plain_tile = Tile::new(kind::from_name(row.word).map_err(|complaint| complaint.message)?);
    // What is missing, or null, is what the app has for a plain tile.
    let mut whole = bare(&plain_tile);
    let given = object.iter().filter(|(_, json)| !json.is_null());
    whole.extend(given.map(|(key, json)| (key.clone(), json.clone())));
    let (mut tile, mut notes) = plain(&whole)?;
    let (kept, lost) = kept::keep(whole, &bare(&tile), row);
    notes.extend(lost);
    tile.mqtt_dash = kept;
    Ok((tile, notes))
}

/// Reads a tile that lacks no key, without what is to be kept.
///
/// # Errors
/// Why it cannot be read, as a sentence without its full stop.
pub(super) fn plain(object: &Object) -> Result<(Tile, Vec<String>), String> {
    let row = kind_row(object)?;
    let kind = kind::from_name(row.word).map_err(|complaint| complaint.message)?;
    let mut draft = Draft::new(row, kind);
    for key in row.all() {
        if let Some(json) = object.get(key.app) {
            take(&mut draft, key, json)?;
        }
    }
    draft.settle();
    Ok(draft.tile())
}

fn kind_row(object: &Object) -> Result<&'static KindRow, String> {
    let json = object.get("type").ok_or("it has no `type`")?;
    whole(json).and_then(kind_of).ok_or_else(|| format!("its `type` is {}; 1 to 6 are known", noun(json)))
}

fn take(draft: &mut Draft, key: &Row, json: &Json) -> Result<(), String> {
    let taken =
        key.form.read(json).map_err(|wanted| format!("its `{}` is {}, but {wanted} is wanted", key.app, noun(json)))?;
    if let Some(note) = taken.note {
        draft.note(format!("`{}` {note}", key.app));
    }
    if let (Some(ours), Some(value)) = (key.ours, taken.value) {
        draft.put(ours, value);
    }
    Ok(())
}

fn noun(json: &Json) -> String {
    match json {
        Json::Null => "nothing".to_owned(),
        Json::Bool(_) | Json::Number(_) => json.to_string(),
        Json::String(text) => quoted(text),
        Json::Array(_) => "a list".to_owned(),
        Json::Object(_) => "a table".to_owned(),
    }
}
