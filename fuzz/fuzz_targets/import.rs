//! Exports of the app MQTT Dash, damaged or not: what is imported can be saved, loaded and exported without a change.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mqtt_dash::{
    config::read_dashboard,
    mqtt_dash_app::{MAX_TILES, export, import, import_to_toml},
};
use serde_json::Value as Json;

fuzz_target!(|data: &[u8]| {
    let complete = import(data, false);
    let Ok(imported) = import(data, true) else {
        assert!(complete.is_err(), "the whole is importable, but its readable part is not");
        return;
    };
    match complete {
        Ok(complete) => assert!(complete == imported, "nothing is damaged, but a part is missing"),
        Err(_) => assert!(!imported.damaged.is_empty(), "nothing is damaged, but the whole is refused"),
    }
    assert!(imported.dashboard.tiles.len() + imported.damaged.len() <= MAX_TILES);
    let text = import_to_toml(&imported);
    let loaded = read_dashboard("x", &text).unwrap_or_else(|problems| panic!("{problems}\n{text}"));
    assert_eq!(loaded, imported.dashboard, "{text}");
    let exported = export(&loaded);
    let tiles: Vec<Json> = serde_json::from_str(&exported).expect("an export is a JSON list");
    assert_eq!(tiles.len(), loaded.tiles.len());
    if tiles.is_empty() {
        return;
    }
    let again = import(exported.as_bytes(), false).unwrap_or_else(|error| panic!("{error}\n{exported}"));
    // Not the dashboards: an export gives each tile an ID, which an import cannot always tell from one of the app.
    assert_eq!(export(&again.dashboard), exported);
});
