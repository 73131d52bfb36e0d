//! Importing files as users have them.

use mqtt_dash::mqtt_dash_app::{ImportedDashboard, MAX_BYTES, MAX_TILES, export, import, import_to_toml};
use serde_json::Value as Json;

use super::{GARDEN, assert_round_trip, json};

fn import_text(text: &str) -> ImportedDashboard {
    import(text.as_bytes(), false).unwrap()
}

fn import_error(bytes: &[u8], partial: bool) -> String {
    import(bytes, partial).unwrap_err().to_string()
}

#[test]
fn every_tile_kind_is_imported_as_handwritten_toml() {
    let imported = assert_round_trip(GARDEN.as_bytes(), &json(GARDEN));
    assert!(imported.damaged.is_empty());
    insta::assert_snapshot!(import_to_toml(&imported));
}

#[test]
fn export_contains_nothing_beyond_the_import() {
    let tiles = json(&export(&import_text(GARDEN).dashboard));
    for (tile, given) in tiles.iter().zip(json(GARDEN)) {
        assert_eq!(super::schema::normalized(tile), super::schema::normalized(&given));
    }
}

#[test]
fn import_accepts_any_formatting_of_the_json() {
    let expected = import_text(GARDEN).dashboard;
    let tiles = json(GARDEN);
    let pretty = serde_json::to_string_pretty(&tiles).unwrap();
    let reversed: Vec<Json> = tiles
        .iter()
        .map(|tile| tile.as_object().unwrap().iter().rev().map(|(key, value)| (key.clone(), value.clone())).collect())
        .collect();
    let reversed = serde_json::to_string(&reversed).unwrap();
    let other_numbers = GARDEN.replace("40,", "40.0,").replace("0.0,", "0,");
    for text in [
        &pretty,
        &reversed,
        &other_numbers,
        &format!("\u{feff}{pretty}\r\n"),
        &format!("mosquitto_pub -h localhost -t 'metrics/exchange' -m '{GARDEN}'\n"),
        &format!("# Garden\n\nOptions look like `[{{\"label\": \"A\"}}]`.\n\n```json\n{pretty}\n```\n\n[1]: x\n"),
    ] {
        assert_eq!(import_text(text).dashboard, expected, "{text:.60}");
    }
}

#[test]
fn windows_1252_is_read_and_noted() {
    let text = r#"[{"type":1,"name":"Köln","postfix":" °C €"}]"#;
    let (bytes, ..) = encoding_rs::WINDOWS_1252.encode(text);
    let imported = assert_round_trip(&bytes, &json(text));
    assert_eq!(imported.notes[0].text, "the file is not UTF-8 and was read as Windows-1252");
    assert_eq!(imported.dashboard, import_text(text).dashboard);
    assert!(import_to_toml(&imported).starts_with(
        "# Imported from MQTT Dash.\n# The file is not UTF-8 and was read as Windows-1252.\n\n[[tile]]\n"
    ));
}

#[test]
fn missing_keys_get_defaults_of_the_app() {
    let text = r#"[{"type":1},{"type":2},{"type":3},{"type":4},{"type":5},{"type":6}]"#;
    let imported = assert_round_trip(text.as_bytes(), &json(text));
    let tiles = json(&export(&imported.dashboard));
    assert_eq!(tiles[1]["iconOn"], "ic_check_box_checked");
    assert_eq!(tiles[1]["payloadOn"], "1");
    assert_eq!(tiles[2]["maxValue"], 100.0);
    assert_eq!(tiles[4]["reloadInterval"], 5);
    let publish: Vec<bool> = tiles.iter().map(|tile| tile["enablePub"].as_bool().unwrap()).collect();
    assert_eq!(publish, [true, true, true, true, false, true]);
}

#[test]
fn damaged_tiles_are_reported_and_rest_is_imported() {
    let text = r#"[
  {"type": 1, "name": "Good"},
  {"name": "No type", "topic": "a"},
  {"type": 2, "name": "Odd", "qos": "high"},
  {"type": 2, "name": "Torn", "topic": "a
b"},
  {"type": 9, "name": "New"}, 7,
  {"type": 3, "name": "Also good"},
  {"type": 1, "name": "Half", "top"#;
    assert_eq!(
        import_error(text.as_bytes(), false),
        "6 tiles cannot be read
  tile 2 \"No type\": `type` is missing
  tile 3 \"Odd\": `qos`: expected a whole number, found \"high\"
  tile 4 \"Torn\": invalid JSON at line 5, column 42: control character (\\u0000-\\u001F) found while parsing a string
  tile 5 \"New\": `type`: expected 1 to 6, found 9
  tile 6: it is not a JSON object
  tile 8 \"Half\": the text ends within this tile
use --partial to import the other 2 tiles"
    );
    let imported = import(text.as_bytes(), true).unwrap();
    let names: Vec<&str> = imported.dashboard.tiles.iter().map(|tile| tile.name.as_str()).collect();
    assert_eq!(names, ["Good", "Also good"]);
    assert_eq!(imported.damaged.len(), 6);
    assert!(import_to_toml(&imported).contains("\n# Left out: tile 2 \"No type\": `type` is missing.\n"));
}

#[test]
fn input_without_tiles_is_rejected_with_reason() {
    assert_eq!(import_error(b"", true), "the export is empty");
    assert_eq!(import_error(b"hello", true), "no MQTT Dash export found: expected a list that begins with [{");
    assert_eq!(import_error(br#"[{"label":"x"}]"#, true), "one tile cannot be read\n  tile 1: `type` is missing");
    assert_eq!(import_error(&vec![b' '; MAX_BYTES + 1], false), "the export has 8388609 bytes; the maximum is 8388608");
    let many = format!("[{}]", vec![r#"{"type":1}"#; MAX_TILES + 1].join(","));
    assert_eq!(import_error(many.as_bytes(), true), "the export has more than 10000 tiles: split it");
    assert!(import_text(" []\n").dashboard.tiles.is_empty());
}
