//! MQTT Dash's files: in all the shapes in which they are found, and back again.

mod imports;
mod random;
mod schema;
mod unsupported_tiles;

use mqtt_dash::{
    exchange::{Imported, export, import, imported_text},
    store::read_dashboard,
};
use serde_json::Value as Json;

const GARDEN: &str = include_str!("files/garden.json");
const AWKWARD: &str = include_str!("files/awkward.json");

fn json(text: &str) -> Vec<Json> {
    serde_json::from_str(text).unwrap()
}

/// Imports a file and checks all that holds for every file: the dashboard file loads and says the
/// same, the app takes the export, every key that was given comes back, and a second round changes nothing.
fn round(bytes: &[u8], given: &[Json]) -> Imported {
    let imported = import(bytes, false).unwrap();
    let text = imported_text(&imported);
    let loaded = read_dashboard("x", &text).map_err(|problems| problems.report(false, 100)).unwrap();
    assert_eq!(loaded, imported.dashboard, "{text}");

    let exported = export(&loaded);
    let tiles = json(&exported);
    assert_eq!(schema::broken(&tiles), Vec::<String>::new());
    assert_eq!(tiles.len(), given.len());
    for (tile, given) in tiles.iter().zip(given) {
        for (key, value) in given.as_object().unwrap().iter().filter(|(_, value)| !value.is_null()) {
            assert_eq!(schema::normal(tile)[key], schema::normal(given)[key], "{key} {value} of {given}");
        }
    }

    let again = import(exported.as_bytes(), false).unwrap();
    assert_eq!(again.dashboard, imported.dashboard);
    assert_eq!(export(&again.dashboard), exported);
    imported
}
