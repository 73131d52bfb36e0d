//! The references in `docs/` are generated from the program. To update them:
//! `UPDATE_DOCS=1 cargo test --test it documentation`.

use std::{fmt::Write, path::Path};

#[cfg(feature = "demo")]
use clap::CommandFactory;
#[cfg(feature = "demo")]
use mqtt_dash::cli::Cli;
use mqtt_dash::{
    app::all_bindings,
    model::{
        availability::Availability,
        dashboard::Dashboard,
        decoder_rule_entry::DecoderRuleEntry,
        kind,
        profile::{Profile, TlsSettings, Will},
        saved_message::SavedMessage,
        schema::{DynFields, FieldInfo, ValueType},
        settings::{ExplorerLimits, Settings, ThemeOverrides},
        template::Template,
        tile::Tile,
        value::Value,
    },
    mqtt_dash_app::compatibility::{BEHAVIORS, OTHER_SETTINGS, TILE_SETTINGS},
    ui::{key_bindings, keymap::Keymap, keystroke},
};

use crate::fixtures::repository;

fn assert_up_to_date(path: &str, expected: &str) {
    repository::assert_up_to_date(path, expected, "--test it documentation");
}

fn toml_text(value: &Value) -> String {
    match value {
        Value::Bool(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::String(text) => format!("\"{text}\""),
        Value::Array(items) => format!("[{}]", items.iter().map(toml_text).collect::<Vec<_>>().join(", ")),
        Value::Table(_) => "{}".to_owned(),
    }
}

fn table(rows: &[FieldInfo]) -> String {
    let mut text = String::from("| key | default | takes | meaning |\n|---|---|---|---|\n");
    for row in rows {
        let default = row.default.as_ref().map_or_else(|| "–".to_owned(), |value| format!("`{}`", toml_text(value)));
        let takes = row.value_type.to_string().replace('|', "\\|");
        let about = row.description.replace('|', "\\|");
        writeln!(text, "| `{}` | {default} | {takes} | {about} |", row.name).expect("a string accepts any text");
    }
    text
}

#[test]
fn file_reference_is_up_to_date() {
    let mut text = String::from(
        "# Every key of the files\n\nGenerated from the program's tables. A missing key has its default; `–` means that there is no \
         default.\nUnknown keys are errors: `mqtt-dash check` reports each with its line and column.\n\n\
         ## profiles.toml\n\n`default = \"NAME\"` names the profile that is opened at start. Each `[profile.NAME]` has:\n\n",
    );
    text.push_str(&table(&Profile::default().fields()));
    text.push_str("\n### [profile.NAME.tls]\n\n");
    text.push_str(&table(&TlsSettings::default().fields()));
    text.push_str("\n### [profile.NAME.will]\n\n");
    text.push_str(&table(&Will::default().fields()));
    text.push_str(
        "\n## decoders.toml\n\nEach `[[rule]]` says how the payloads of some topics are decoded, on tiles and in the explorer. Of \
         those that match a topic, the first one counts.\n\n",
    );
    text.push_str(&table(&DecoderRuleEntry::default().fields()));
    text.push_str("\n## dashboards/NAME.toml\n\n");
    text.push_str(&table(&Dashboard::default().fields()));
    text.push_str("\n### Every [[tile]]\n\n`kind` is required. It is one of the kinds below.\n\n");
    text.push_str(&table(&Tile::common_fields()));
    text.push_str("\n### availability\n\nOf a tile, or of the dashboard for all tiles that have none.\n\n");
    text.push_str(&table(&Availability::default().fields()));
    text.push_str(
        "\n### Every [[for_each]]\n\nA template: its tiles, each below `[[for_each.tile]]`, are shown once for each device. \
         Their texts have names in braces: those of `topic`, `{name}`\nfor the name of the device, and the variables of the \
         dashboard. Nothing is replaced in scripts and URLs.\n\n",
    );
    text.push_str(&table(&Template::default().fields()));
    for kind in kind::all() {
        write!(
            text,
            "\n### kind = \"{}\"\n\n{}.\n\n{}",
            kind.name(),
            capitalized(kind.description()),
            table(&kind.fields())
        )
        .unwrap();
        for row in kind.fields() {
            if let ValueType::List(list) = row.value_type {
                write!(text, "\nEach of `{}` has:\n\n{}", row.name, table(&list.columns())).unwrap();
            }
        }
        let mut described = Vec::new();
        for row in kind.fields() {
            let keys = kind.nested_fields(row.name).map(|(_, defaults)| table(&defaults.fields()));
            if let Some(keys) = keys.filter(|keys| !described.contains(keys)) {
                write!(text, "\nThe table `{}` has:\n\n{keys}", row.name).unwrap();
                described.push(keys);
            }
        }
    }
    text.push_str(
        "\n## messages.toml\n\nMessages to publish from the explorer, saved under a name; the program edits the file, too. \
         Each `[[message]]` has:\n\n",
    );
    text.push_str(&table(&SavedMessage::default().fields()));
    text.push_str(
        "\n`{{device}}` in the topic, the payload or a text of MQTT 5 is a hole: what stands for it is asked for each time \
         the message is\ntaken. In a JSON string and in `user_properties`, it is escaped. `\\{{` stands for two braces.\n",
    );
    text.push_str("\n## settings.toml\n\nChanges apply as soon as the file is saved.\n\n");
    let settings = Settings::default()
        .fields()
        .into_iter()
        .filter(|row| ["images", "glyphs"].contains(&row.name))
        .collect::<Vec<_>>();
    text.push_str(&table(&settings));
    text.push_str("\n### [theme]\n\n");
    text.push_str(&table(&ThemeOverrides::default().fields()));
    text.push_str("\n### [explorer]\n\n");
    text.push_str(&table(&ExplorerLimits::default().fields()));
    text.push_str(
        "\n### [keys]\n\nEach entry gives an action other keys, one or a list: `find = [\"f\", \"/\"]`; `[]` removes all \
         its keys.\nA key is a character, `Ctrl-` and a character, or one of ",
    );
    write!(text, "{}.\n\n| action | keys | does |\n|---|---|---|\n", keystroke::KEY_NAMES.join(", ")).unwrap();
    let mut listed = std::collections::HashSet::new();
    for row in all_bindings().filter(|row| listed.insert(row.name)) {
        let keys: Vec<String> = row.keys.iter().map(|key| format!("`{key}`")).collect();
        writeln!(text, "| `{}` | {} | {} |", row.name, keys.join(" "), row.help).unwrap();
    }
    assert_up_to_date("docs/files.md", &text);
}

#[test]
fn compatibility_page_is_up_to_date() {
    let mut text = String::from(
        "# MQTT Dash, the app, and this program\n\nGenerated from the program's table; every row is tested. `mqtt-dash import` and \
         `export` exchange tiles with the app, in both directions and without loss;\non the screen `import` in the palette (`:`) waits for \
         the app to publish. An edited tile is exported with its current settings.\n\n## Settings of tiles\n\n\
         | of | setting | in the app's file | here |\n|---|---|---|---|\n",
    );
    for row in TILE_SETTINGS {
        let here = row.key.map_or_else(|| row.toml.to_owned(), |ours| format!("`{ours} = {}`", row.toml));
        let kind = row.kind.unwrap_or("every tile");
        writeln!(text, "| {kind} | {} | `\"{}\": {}` | {here} |", row.description, row.app_key, row.json).unwrap();
    }
    text.push_str("\n## Settings of connections and dashboards\n\n| setting | in | here |\n|---|---|---|\n");
    for row in OTHER_SETTINGS {
        writeln!(text, "| {} | {} | `{}` |", row.description, row.file, row.toml).unwrap();
    }
    text.push_str("\n## Behavior\n\n| in the app | here | test |\n|---|---|---|\n");
    for row in BEHAVIORS {
        writeln!(text, "| {} | {} | `{}` |", row.description, row.support, row.test).unwrap();
    }
    assert_up_to_date("docs/compatibility.md", &text);
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(feature = "demo")]
#[test]
fn command_line_reference_is_up_to_date() {
    let mut text = String::from("# The command line\n\nWhat `--help` prints.\n");
    let mut command = Cli::command().term_width(90);
    command.build();
    write!(text, "\n```text\n{}```\n", command.render_long_help()).unwrap();
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    for name in names.iter().filter(|name| *name != "help") {
        let sub = command.find_subcommand_mut(name).unwrap();
        let help = sub.clone().term_width(90).render_long_help();
        write!(text, "\n## {name}\n\n```text\n{help}```\n").unwrap();
    }
    let text: Vec<&str> = text.lines().map(str::trim_end).collect();
    assert_up_to_date("docs/command-line.md", &(text.join("\n") + "\n"));
}

#[test]
fn key_reference_is_up_to_date() {
    let page = repository::read("docs/keys.md");
    let (begin, end) = ("<!-- keys -->\n", "<!-- end of keys -->\n");
    let head = page.split(begin).next().unwrap();
    let tail = page.split(end).nth(1).unwrap();
    assert_up_to_date("docs/keys.md", &format!("{head}{begin}\n{}\n{end}{tail}", key_bindings::markdown_tables()));
}

/// Every row of the threat model names tests that exist: a function, a module, or the script that tests the firmware.
#[test]
fn every_threat_has_its_named_test() {
    let text = std::fs::read_to_string(repository::path("SECURITY.md")).unwrap();
    let sources: Vec<_> = ["src", "tests"].into_iter().flat_map(repository::rust_sources).collect();
    let exists = |name: &str| {
        let last = name.rsplit("::").next().unwrap_or(name);
        let (function, module) = (format!("fn {last}("), format!("mod {last};"));
        let is_defined = sources.iter().any(|(_, source)| source.contains(&function) || source.contains(&module));
        is_defined || (name.contains('/') && repository::path(name).exists())
    };
    let model = text.split("## Threat model").nth(1).and_then(|text| text.split("\n## ").next()).unwrap();
    let rows: Vec<&str> =
        model.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| threat ")).collect();
    assert!(rows.len() > 20, "{rows:?}");
    for row in rows {
        let tests = row.trim_end_matches([' ', '|']).rsplit('|').next().unwrap();
        let names: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "no test: {row}");
        for name in names {
            assert!(exists(name), "no test is called {name}: {row}");
        }
    }
}

#[test]
fn dashboard_for_a_home_has_every_kind_of_tile() {
    let path = repository::path("dashboards/home.toml");
    let dashboard = mqtt_dash::config::load_dashboard(&path).unwrap_or_else(|problems| panic!("{problems}"));
    let has_tile = |kind: &str| dashboard.tiles.iter().any(|tile| tile.kind.name() == kind);
    let missing: Vec<_> = kind::all().map(|kind| kind.name()).filter(|name| !has_tile(name)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn bundled_dashboards_load() {
    let folder = repository::path("dashboards");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let dashboard = mqtt_dash::config::load_dashboard(&path).unwrap_or_else(|problems| panic!("{problems}"));
        let has_content = |tile: &Tile| tile.kind.name() != "heading";
        assert!(dashboard.tiles.iter().any(has_content) || !dashboard.templates.is_empty(), "{}", path.display());
        count += 1;
    }
    assert!(count >= 3);
}

#[test]
fn toml_examples_load() {
    for (page, at_least) in [("README.md", 1), ("docs/guide.md", 4), ("docs/settings.md", 1), ("docs/brokers.md", 10)] {
        let text = repository::read(page);
        let mut count = 0;
        for block in text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()) {
            let result = if block.contains("[theme]") || block.contains("[explorer]") {
                mqtt_dash::config::read_settings(page, block, &Keymap::validate_overrides).map(drop)
            } else if block.contains("\"protobuf\"") && cfg!(not(feature = "protobuf")) {
                Ok(())
            } else if block.contains("[[rule]]") {
                let folder = tempfile::tempdir().unwrap();
                let schema = folder.path().join("proto/fleet.proto");
                std::fs::create_dir(folder.path().join("proto")).unwrap();
                mqtt_dash::config::write_atomic(&schema, b"package fleet.v1; message Telemetry {}").unwrap();
                let read = mqtt_dash::config::read_decoder_rules(page, block, folder.path());
                read.map(drop).map_err(|error| error.problems)
            } else if block.contains("[profile") {
                mqtt_dash::config::read_profiles(page, block, Path::new(".")).map(drop)
            } else {
                mqtt_dash::config::read_dashboard(page, block).map(drop)
            };
            assert!(result.is_ok(), "{page}: {block}\n{}", result.unwrap_err());
            count += 1;
        }
        assert!(count >= at_least, "{page} contains only {count} files");
    }
}
