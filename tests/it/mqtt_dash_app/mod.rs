//! Import and export of the tiles of the app MQTT Dash.

mod imports;
mod random;
mod schema;
mod unsupported_tiles;

use mqtt_dash::{
    config::read_dashboard,
    mqtt_dash_app::{ImportedDashboard, export, import, import_to_toml},
};
use serde_json::Value as Json;

const GARDEN: &str = include_str!("files/garden.json");
const UNSUPPORTED: &str = include_str!("files/unsupported.json");

fn json(text: &str) -> Vec<Json> {
    serde_json::from_str(text).unwrap()
}

/// Imports a file and checks what holds for every file: the dashboard file has the same content, the export
/// is valid for the app and contains every key of the file, and a second round trip changes nothing.
fn assert_round_trip(bytes: &[u8], given: &[Json]) -> ImportedDashboard {
    let imported = import(bytes, false).unwrap();
    let text = import_to_toml(&imported);
    let loaded = read_dashboard("x", &text).map_err(|problems| problems.render_report(false, 100)).unwrap();
    assert_eq!(loaded, imported.dashboard, "{text}");

    let exported = export(&loaded);
    let tiles = json(&exported);
    assert_eq!(schema::violations(&tiles), Vec::<String>::new());
    assert_eq!(tiles.len(), given.len());
    for (tile, given) in tiles.iter().zip(given) {
        for (key, value) in given.as_object().unwrap().iter().filter(|(_, value)| !value.is_null()) {
            assert_eq!(schema::normalized(tile)[key], schema::normalized(given)[key], "{key} {value} of {given}");
        }
    }

    let second = import(exported.as_bytes(), false).unwrap();
    assert_eq!(second.dashboard, imported.dashboard);
    assert_eq!(export(&second.dashboard), exported);
    imported
}
