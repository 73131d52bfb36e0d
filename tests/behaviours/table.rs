//! The table of compatibility, row by row: what it says is so.

use std::path::{Path, PathBuf};

use mqtt_dash::{
    exchange::{
        compatibility::{BEHAVIOURS, ELSEWHERE, SETTINGS, Setting},
        export, import, imported_text,
    },
    model::{key::Table as _, kind, tile::Tile},
    store::{read_dashboard, read_profiles},
};
use serde_json::Value as Json;

/// A tile of the app that has this setting, in the file and as JSON.
fn tiles(row: &Setting) -> Vec<String> {
    let all = ["text", "switch", "range", "choice", "image", "color"];
    let of_kind = |number: usize| {
        let beside = if row.beside.is_empty() { String::new() } else { format!(",{}", row.beside) };
        let pub_topic = if row.app == "topicPub" || row.app == "enablePub" { "" } else { r#","topicPub":"p""# };
        let topic = if row.app == "topic" { "" } else { r#","topic":"t""# };
        let own = if row.app == "type" { String::new() } else { format!(r#","{}":{}"#, row.app, row.json) };
        format!(r#"[{{"type":{number}{topic}{pub_topic}{beside}{own}}}]"#)
    };
    match row.kind {
        Some(kind) => vec![of_kind(1 + all.iter().position(|word| *word == kind).expect("a kind"))],
        // A picture publishes nothing unless it is told to.
        None => (1..=6).filter(|number| *number != 5).map(of_kind).collect(),
    }
}

#[test]
fn every_setting_of_the_app_is_where_the_table_says_and_comes_back() {
    for row in SETTINGS {
        for json in tiles(row) {
            let imported = import(json.as_bytes(), false).expect("an export");
            let text = imported_text(&imported);
            match row.ours {
                Some(ours) => {
                    let line = format!("{ours} = {}", row.toml);
                    assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
                }
                None if row.toml.contains("kept") => assert!(text.contains(&format!("{} = ", row.app)), "{text}"),
                None => assert!(!text.contains(row.app), "{text}"),
            }
            let again: Vec<Json> = serde_json::from_str(&export(&imported.dashboard)).expect("JSON");
            let wanted: Json = match row.app {
                "type" => continue,
                "enteredIntermediateStateAt" => 0.into(),
                _ => serde_json::from_str(row.json).expect("JSON"),
            };
            assert_eq!(again[0][row.app], wanted, "{json}");
        }
    }
}

#[test]
fn every_key_of_a_tile_is_in_the_table_but_those_that_the_app_has_not() {
    for kind in kind::all() {
        let word = kind.word();
        for row in Tile::new(kind).rows().iter().filter(|row| !["step", "mqtt_dash"].contains(&row.name)) {
            let told = SETTINGS
                .iter()
                .any(|setting| setting.ours == Some(row.name) && setting.kind.is_none_or(|kind| kind == word));
            let affix = ["prefix", "postfix"].contains(&row.name);
            assert!(told || affix, "{} of {word}", row.name);
        }
    }
}

#[test]
fn every_other_setting_is_read_where_the_table_says() {
    for row in ELSEWHERE {
        let read = match (row.file, row.toml.starts_with("default")) {
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
        assert!(read.is_ok(), "{}\n{}", row.toml, read.unwrap_err().report(false, 100));
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.extension() {
            _ if path.is_dir() => sources(&path, found),
            Some(end) if end == "rs" => found.push(path),
            _ => {}
        }
    }
}

#[test]
fn every_behaviour_has_the_test_that_the_table_names() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    sources(&root.join("tests"), &mut files);
    let text: String = files.iter().map(|path| std::fs::read_to_string(path).expect("a file")).collect();
    let is_test = |name: &str| {
        let at = text.find(&format!("fn {name}("))?;
        let before = text[..at].trim_end_matches("async ");
        Some(before.trim_end().lines().next_back()?.contains("test"))
    };
    for row in BEHAVIOURS {
        assert_eq!(is_test(row.test), Some(true), "{}", row.test);
    }
}
