//! Tiles with settings that this program does not support, and tiles that were edited after the import.

use mqtt_dash::{
    config::read_dashboard,
    model::{schema::DynFields as _, tile::Tile, value::Value},
    mqtt_dash_app::{ImportedDashboard, export, import, import_to_toml},
};
use serde_json::Value as Json;

use super::{UNSUPPORTED, assert_round_trip, json};

#[test]
fn unsupported_settings_become_comments_and_are_exported_unchanged() {
    let text = UNSUPPORTED.replace("ic_no_such_icon", "ic_sun");
    assert_round_trip(text.as_bytes(), &json(&text));
    insta::assert_snapshot!(import_to_toml(&assert_round_trip(UNSUPPORTED.as_bytes(), &json(UNSUPPORTED))));
}

fn imported() -> ImportedDashboard {
    import(UNSUPPORTED.as_bytes(), false).unwrap()
}

fn edited(name: &str, edits: &[(&str, Value)]) -> Json {
    let mut dashboard = imported().dashboard;
    let at = dashboard.tiles.iter().position(|tile| tile.name == name).unwrap();
    let tile: &mut Tile = &mut dashboard.tiles[at];
    for (key, value) in edits {
        tile.set(key, value).unwrap().unwrap();
    }
    json(&export(&dashboard)).swap_remove(at)
}

#[test]
fn edited_settings_override_preserved_fields() {
    let tile = edited("Swapped", &[("max", Value::Integer(70))]);
    assert_eq!((&tile["minValue"], &tile["maxValue"]), (&10.0.into(), &70.0.into()));

    let tile = edited("Own echo", &[("publish", Value::Bool(true)), ("publish_topic", "b".into())]);
    assert_eq!((&tile["topicPub"], &tile["enablePub"]), (&"b".into(), &true.into()));

    let tile = edited("Bad filter", &[("topic", "a/b".into()), ("on_color", "#00ff01".into())]);
    assert_eq!((&tile["topic"], &tile["onColor"]), (&"a/b".into(), &(-16_711_935).into()));
    assert_eq!(tile["offColor"], 0, "a setting that was not edited stays");
}

#[test]
fn other_edits_leave_preserved_fields() {
    let given = &json(UNSUPPORTED)[0];
    let tile = edited("Swapped", &[("name", "New".into()), ("step", Value::Integer(5)), ("qos", Value::Integer(1))]);
    assert_eq!(tile["name"], "New");
    assert_eq!((&tile["minValue"], &tile["maxValue"]), (&given["minValue"], &given["maxValue"]));
    assert_eq!(tile["id"], given["id"]);
}

#[test]
fn preserved_fields_never_break_export() {
    let text = r#"
[[tile]]
kind = "text"
name = "A"
mqtt_dash = { id = 7, longId = "x", qos = "high", type = 3, enteredIntermediateStateAt = 99, lastPayload = "1" }
"#;
    let tiles = json(&export(&read_dashboard("x", text).unwrap()));
    assert_eq!(super::schema::violations(&tiles), Vec::<String>::new());
    assert_eq!(tiles[0]["lastPayload"], "1");
}

#[test]
fn new_tiles_get_stable_ids_on_export() {
    let text = "[[tile]]\nkind = \"switch\"\n[[tile]]\nkind = \"switch\"\nmqtt_dash = { longId = 5 }\n";
    let dashboard = read_dashboard("x", text).unwrap();
    let tiles = json(&export(&dashboard));
    assert_eq!(super::schema::violations(&tiles), Vec::<String>::new());
    assert_ne!(tiles[0]["id"], tiles[1]["id"]);
    assert_eq!((&tiles[0]["longId"], &tiles[1]["longId"]), (&6.into(), &5.into()));
    assert_eq!(export(&dashboard), export(&dashboard));
}
