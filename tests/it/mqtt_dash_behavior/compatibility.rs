//! The table of compatibility with the app, row by row.

use std::path::Path;

use mqtt_dash::{
    config::{read_dashboard, read_profiles},
    model::{kind, schema::DynFields as _, tile::Tile},
    mqtt_dash_app::{
        compatibility::{BEHAVIORS, OTHER_SETTINGS, TILE_SETTINGS, TileSettingRow},
        export, import, import_to_toml,
    },
};
use serde_json::Value as Json;

use crate::fixtures::repository;

/// Tiles of the app with this setting, as JSON.
fn tiles(row: &TileSettingRow) -> Vec<String> {
    let kinds = ["text", "switch", "range", "choice", "image", "color"];
    let of_kind = |number: usize| {
        let others = if row.companion_json.is_empty() { String::new() } else { format!(",{}", row.companion_json) };
        let pub_topic = if row.app_key == "topicPub" || row.app_key == "enablePub" { "" } else { r#","topicPub":"p""# };
        let topic = if row.app_key == "topic" { "" } else { r#","topic":"t""# };
        let own = if row.app_key == "type" { String::new() } else { format!(r#","{}":{}"#, row.app_key, row.json) };
        format!(r#"[{{"type":{number}{topic}{pub_topic}{others}{own}}}]"#)
    };
    match row.kind {
        Some(kind) => vec![of_kind(1 + kinds.iter().position(|name| *name == kind).expect("a kind"))],
        // An image publishes only if it is configured to.
        None => (1..=6).filter(|number| *number != 5).map(of_kind).collect(),
    }
}

#[test]
fn every_app_setting_is_imported_as_documented_and_exported() {
    for row in TILE_SETTINGS {
        for json in tiles(row) {
            let imported = import(json.as_bytes(), false).expect("an export");
            let text = import_to_toml(&imported);
            match row.key {
                Some(ours) => {
                    let line = format!("{ours} = {}", row.toml);
                    assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
                }
                None if row.toml.contains("kept") => assert!(text.contains(&format!("{} = ", row.app_key)), "{text}"),
                None => assert!(!text.contains(row.app_key), "{text}"),
            }
            let exported: Vec<Json> = serde_json::from_str(&export(&imported.dashboard)).expect("JSON");
            let expected: Json = match row.app_key {
                "type" => continue,
                "enteredIntermediateStateAt" => 0.into(),
                _ => serde_json::from_str(row.json).expect("JSON"),
            };
            assert_eq!(exported[0][row.app_key], expected, "{json}");
        }
    }
}

/// The keys of tiles that the app does not have.
const NOT_IN_THE_APP: [&str; 18] = [
    "decode",
    "step",
    "mqtt_dash",
    "retain_handling",
    "confirm",
    "on_label",
    "off_label",
    "payload",
    "on_connect",
    "every",
    "width",
    "height",
    "only",
    "availability",
    "unit",
    "zones",
    "stale",
    "spark",
];

#[test]
fn every_tile_key_the_app_has_is_in_the_table() {
    for kind in kind::all().filter(|kind| kind.mqtt_dash_kind().is_some()) {
        let name = kind.name();
        for row in Tile::new(kind).fields().iter().filter(|row| !NOT_IN_THE_APP.contains(&row.name)) {
            let is_listed = TILE_SETTINGS
                .iter()
                .any(|setting| setting.key == Some(row.name) && setting.kind.is_none_or(|kind| kind == name));
            let is_affix = ["prefix", "postfix"].contains(&row.name);
            assert!(is_listed || is_affix, "{} of {name}", row.name);
        }
    }
}

#[test]
fn every_other_setting_is_valid_in_its_documented_file() {
    for row in OTHER_SETTINGS {
        let result = match (row.file, row.toml.starts_with("default")) {
            ("profiles.toml", true) => {
                read_profiles("p", &format!("{}\n[profile.hub]\nurl = \"mqtt://h\"\n", row.toml), Path::new("."))
                    .map(drop)
            }
            ("profiles.toml", false) => {
                let key = row.toml.split(' ').next().expect("a key");
                let plain = ["url = \"mqtts://h\"\n", "client_id = \"x\"\n", "username = \"x\"\n"];
                let url: String = plain.into_iter().filter(|line| !line.starts_with(key)).collect();
                read_profiles("p", &format!("[profile.hub]\n{url}{}\n", row.toml), Path::new(".")).map(drop)
            }
            _ => read_dashboard("d", row.toml).map(drop),
        };
        assert!(result.is_ok(), "{}\n{}", row.toml, result.unwrap_err().render_report(false, 100));
    }
}

#[test]
fn every_behavior_has_its_named_test() {
    let files = ["src", "tests"].into_iter().flat_map(repository::rust_sources);
    let text: String = files.map(|(_, text)| text).collect();
    let is_test = |name: &str| {
        let start = text.find(&format!("fn {name}("))?;
        let before = text[..start].trim_end_matches("async ");
        Some(before.trim_end().lines().next_back()?.contains("test"))
    };
    for row in BEHAVIORS {
        assert_eq!(is_test(row.test), Some(true), "{}", row.test);
    }
}
