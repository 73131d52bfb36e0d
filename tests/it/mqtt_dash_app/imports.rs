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
fn copied_text_is_imported_and_noted() {
    let expected = import_text(GARDEN).dashboard;
    let tiles = json(GARDEN);
    let lines = tiles.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    let compact = serde_json::to_string(&tiles).unwrap();
    let pretty = serde_json::to_string_pretty(&tiles).unwrap();
    let wrapped: String =
        compact.chars().collect::<Vec<_>>().chunks(80).map(|row| row.iter().collect::<String>() + "\n").collect();
    let quoted = format!("> {}", pretty.replace('\n', "\n> "));
    let html = compact.replace('&', "&amp;").replace('"', "&quot;");
    let in_string = serde_json::to_string(&compact).unwrap();
    for (text, is_noted) in [
        (&lines, false),
        (&format!("On Monday, Anna wrote:\n{quoted}"), true),
        (&wrapped, true),
        (&html, true),
        (&in_string, true),
        (&format!("{{\"payload\":{in_string}}}"), true),
        (&format!("mosquitto_pub -t metrics/exchange -m {in_string}"), true),
        (&pretty.replace("\": ", "\":\u{a0}"), true),
        (&format!("// my tiles\n{}", pretty.replace(",\n", ", // next\n")), true),
        (&compact.replace("true", "True").replace("false", "False"), true),
        (&compact.replace("\"type\":", "type:").replace("\"qos\":", "'qos':"), true),
        (&compact.replace("\"type\"", "\u{201c}type\u{201d}"), true),
        (&compact.replace("}]", "},]"), true),
    ] {
        let imported = import(text.as_bytes(), false).unwrap_or_else(|error| panic!("{error}\n{text:.300}"));
        assert_eq!(imported.dashboard.tiles.len(), expected.tiles.len(), "{text:.300}");
        for (tile, expected) in imported.dashboard.tiles.iter().zip(&expected.tiles) {
            assert_eq!(
                (&tile.name, &tile.topic, &tile.kind.name()),
                (&expected.name, &expected.topic, &expected.kind.name()),
                "{text:.300}"
            );
        }
        let note = "the text is not the JSON that the app writes; check what was read";
        assert_eq!(imported.notes.iter().any(|other| other.text == note), is_noted, "{text:.300}");
    }
    assert_eq!(import_text(&tiles[0].to_string()).dashboard.tiles, expected.tiles[..1]);
}

#[test]
fn values_of_other_types_are_coerced_and_exported_as_the_app_writes_them() {
    let text = r#"[{"type":"1","id":5,"name":7,"topic":"a","qos":"1","retained":"true","textColor":"-65536","lastActivity":"5"},
        {"type":2,"name":"S","topic":"a","payloadOn":true,"payloadOff":0},
        {"type":3,"name":"R","topic":"a","minValue":"-5","maxValue":NaN,"decimalPrecision":"1"},
        {"type":4,"name":"C","topic":"a","items":[{"label":1,"payload":2.50}]}]"#;
    let imported = import_text(text);
    let toml = import_to_toml(&imported);
    for line in ["name = \"7\"", "qos = 1", "retain = true", "on = \"true\"", "min = -5", "decimals = 1"] {
        assert!(toml.lines().any(|found| found == line), "{line} is not in\n{toml}");
    }
    assert!(toml.contains("label = \"1\", payload = \"2.50\""), "{toml}");
    let exported = json(&export(&imported.dashboard));
    assert_eq!(exported[0]["id"], "5");
    assert_eq!(exported[0]["qos"], 1);
    assert_eq!(super::schema::violations(&exported), Vec::<String>::new());
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
    assert_eq!(
        import_error(br#"[{"type":"tab"},{"type":"mqtt in","wires":[]}]"#, true),
        "no MQTT Dash export found: this seems to be a Node-RED flow, which cannot be imported"
    );
    assert_eq!(
        import_error(b"\x1f\x8b\x08\0", true),
        "no MQTT Dash export found: this seems to be compressed with gzip: decompress it with `gunzip` first"
    );
    assert_eq!(import_error(br#"[{"label":"x"}]"#, true), "one tile cannot be read\n  tile 1: `type` is missing");
    assert_eq!(import_error(&vec![b' '; MAX_BYTES + 1], false), "the export has 8388609 bytes; the maximum is 8388608");
    let many = format!("[{}]", vec![r#"{"type":1}"#; MAX_TILES + 1].join(","));
    assert_eq!(import_error(many.as_bytes(), true), "the export has more than 10000 tiles: split it");
    assert!(import_text(" []\n").dashboard.tiles.is_empty());
}
