//! Converts a dashboard to the app's format.

use std::{borrow::Cow, fmt::Write as _};

use serde_json::Value as Json;

use super::{
    AppTile,
    app_keys::all_keys,
    error::quoted,
    id_allocator::IdAllocator,
    preserved::{in_app_order, restore_preserved},
};
use crate::model::{
    dashboard::Dashboard,
    mqtt_dash::{AppKind, StandIn},
    plural::pluralize,
    press::PressMode,
    schema::DynFields as _,
    tile::{ROWS_KEY, Tile},
    unsafe_char::escape_unsafe,
    value::Value,
};

/// Exports the tiles of a dashboard as MQTT Dash imports them: a JSON list with a line for each tile. It lacks those
/// that the app cannot have, and settings that it does not have; [`omitted_tiles`] and [`omitted_settings`] name them.
#[must_use]
pub fn export(dashboard: &Dashboard) -> String {
    let with_app_kind = |tile: &Tile| {
        let tile = tile.for_mqtt_dash();
        let app_kind = tile.kind.mqtt_dash_kind()?;
        Some((restore_preserved(export_tile(&tile, app_kind), &tile.mqtt_dash), app_kind))
    };
    let (mut tiles, app_kinds): (Vec<AppTile>, Vec<&AppKind>) =
        numbered_tiles(dashboard).filter_map(|(_, tile)| with_app_kind(&tile)).unzip();
    let mut allocator = IdAllocator::with_existing_ids(&tiles);
    for (tile, position) in tiles.iter_mut().zip(1..) {
        allocator.assign_missing_ids(tile, position);
    }
    let lines: Vec<String> = tiles
        .into_iter()
        .zip(app_kinds)
        .map(|(object, app_kind)| escape_unsafe(&Json::Object(in_app_order(object, app_kind)).to_string(), json_escape))
        .collect();
    format!("[{}]", lines.join(",\n"))
}

/// Returns the tiles that an export is made of, each with its number in the dashboard: the app has no panels, so that each row
/// of one is a tile of its own.
fn numbered_tiles(dashboard: &Dashboard) -> impl Iterator<Item = (usize, Cow<'_, Tile>)> {
    (1..).zip(&dashboard.tiles).flat_map(|(number, tile)| {
        let named = |mut row: Tile| {
            row.name = format!("{} {}", tile.name, row.name);
            (number, Cow::Owned(row))
        };
        let rows: Vec<_> = tile.rows().map(named).collect();
        if rows.is_empty() { vec![(number, Cow::Borrowed(tile))] } else { rows }
    })
}

/// Returns a sentence without a period for each panel that is exported as several tiles.
fn split_panels(dashboard: &Dashboard) -> impl Iterator<Item = String> {
    let panels = (1..).zip(&dashboard.tiles).filter(|(_, tile): &(usize, _)| !tile.row_tables().is_empty());
    panels.map(|(number, tile)| {
        let (name, rows) = (quoted(&tile.name), pluralize(tile.row_tables().len(), "tile"));
        let without = without(&set_keys(tile, |key| ["name", ROWS_KEY].contains(&key)));
        format!("tile {number} {name} is exported as {rows}{without}, one for each row: MQTT Dash has no panels")
    })
}

/// Returns the keys of a tile that are set, but not those that the app knows.
fn set_keys(tile: &Tile, is_known: impl Fn(&str) -> bool) -> String {
    let fields = tile.fields().into_iter().filter(|field| !is_known(field.name));
    let set = fields.filter(|field| tile.get(field.name) != field.default);
    set.map(|field| format!("`{}`", field.name)).collect::<Vec<_>>().join(", ")
}

/// Returns the words about keys that are left out, if there are any.
fn without(keys: &str) -> String {
    if keys.is_empty() { String::new() } else { format!(" without {keys}") }
}

/// Escapes an unsafe character as a string of JSON may have it: above U+FFFF as a surrogate pair (RFC 8259, section 7).
/// In the text of a JSON value, such characters are in strings only.
fn json_escape(c: char, out: &mut String) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        _ = write!(out, "\\u{unit:04x}");
    }
}

/// Returns a sentence without a period for each tile that an export leaves out.
pub fn omitted_tiles(dashboard: &Dashboard) -> impl Iterator<Item = String> {
    let is_omitted = |tile: &Tile| tile.kind.mqtt_dash_kind().is_none() && tile.kind.mqtt_dash_stand_in().is_none();
    numbered_tiles(dashboard).filter(move |(_, tile)| is_omitted(tile)).map(|(number, tile)| {
        let (kind, name) = (tile.kind.name(), quoted(&tile.name));
        format!("tile {number} {name} is left out: MQTT Dash has no tile of kind `{kind}`")
    })
}

/// Returns a sentence without a period for each tile that is exported without some of its settings or with others, and for a dashboard
/// whose tiles ask before they publish.
pub fn omitted_settings(dashboard: &Dashboard) -> impl Iterator<Item = String> {
    let guard = (dashboard.press != PressMode::default())
        .then(|| "`press` of the dashboard is left out: in MQTT Dash a tap publishes at once".to_owned());
    let of_tile = |(number, tile): (usize, &Tile)| {
        let stand_in = tile.kind.mqtt_dash_stand_in();
        let app_kind = tile.for_mqtt_dash().kind.mqtt_dash_kind()?;
        let has_counterpart = |key: &str| match stand_in {
            Some(stand_in) if tile.kind.get(key).is_some() => stand_in.keys.iter().any(|(own, _)| *own == key),
            _ => all_keys(app_kind).any(|app_key| app_key.key == Some(key)),
        };
        // The unit is exported as the text after the value.
        let is_known = |key: &str| ["mqtt_dash", "unit"].contains(&key) || has_counterpart(key);
        let keys = set_keys(tile, is_known);
        let (name, kind) = (quoted(&tile.name), tile.kind.name());
        match stand_in {
            Some(StandIn { kind: other, .. }) => {
                let without = without(&keys);
                let pulse = tile.kind.pulse().map(|(payload, _)| {
                    format!(
                        ", and a tap does not publish {} a moment later: what it has switched on stays on",
                        quoted(&payload)
                    )
                });
                let pulse = pulse.unwrap_or_default();
                Some(format!(
                    "tile {number} {name} is exported as `{other}`{without}: MQTT Dash has no `{kind}`{pulse}"
                ))
            }
            None if keys.is_empty() => None,
            None => Some(format!("tile {number} {name} is exported without {keys}: MQTT Dash has no such setting")),
        }
    };
    let without_decimals = |(number, tile): &(usize, &Tile)| {
        let has_key = |app_kind| all_keys(app_kind).any(|app_key| app_key.key == Some("decimals"));
        let is_unset = tile.kind.mqtt_dash_kind().is_some_and(has_key) && tile.get("decimals").is_none();
        let name = quoted(&tile.name);
        let sentence = || {
            format!(
                "tile {number} {name} is exported with 0 decimals: set `decimals`, MQTT Dash does not take them from the payload"
            )
        };
        is_unset.then(sentence)
    };
    let of_tiles = numbered_tiles(dashboard).flat_map(move |(number, tile)| {
        let numbered = (number, &*tile);
        of_tile(numbered).into_iter().chain(without_decimals(&numbered))
    });
    guard.into_iter().chain(split_panels(dashboard)).chain(of_tiles)
}

/// Converts a tile to the app's format, without its preserved fields.
pub(super) fn export_tile(tile: &Tile, app_kind: &AppKind) -> AppTile {
    let mut object: AppTile = all_keys(app_kind)
        .filter_map(|app_key| Some((app_key.name.to_owned(), app_key.format.write_json(tile.get(app_key.key?)))))
        .collect();
    for (key, value) in [
        ("enablePub", tile.publishes().into()),
        ("enableIntermediateState", waits_for_echo(tile).into()),
        ("enteredIntermediateStateAt", 0.into()),
        ("type", app_kind.type_number.into()),
    ] {
        object.insert(key.to_owned(), value);
    }
    object
}

/// Returns the app's `enableIntermediateState`. If `wait_for_echo` is not set, it is true where the tile
/// waits for an echo by default, and where the tile cannot wait, because true is the app's default.
fn waits_for_echo(tile: &Tile) -> bool {
    match tile.get("wait_for_echo") {
        Some(value) => value == Value::Bool(true),
        None => tile.topic.is_none() || !tile.publishes() || !tile.update_on_publish,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        content::TileContent,
        error::TileError,
        kind::{TileKind, from_name},
        schema::{FieldSpec, Schema},
        tile_value::TileValue,
    };

    #[test]
    fn rows_of_a_panel_are_exported_as_tiles() {
        let text = r#"
            [[tile]]
            kind = "panel"
            name = "Washer"
            availability = { topic = "lwt" }
            rows = [
              { kind = "switch", name = "Power", topic = "p" },
              { kind = "clock", name = "Time" },
            ]
            [[tile]]
            kind = "text"
            name = "Hall"
            topic = "h"
        "#;
        let dashboard = crate::config::read_dashboard("x", text).unwrap();
        let exported: Vec<Json> = serde_json::from_str(&export(&dashboard)).unwrap();
        let names: Vec<_> = exported.iter().map(|tile| tile["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Washer Power", "Hall"]);
        let settings: Vec<String> = omitted_settings(&dashboard).collect();
        assert_eq!(
            settings,
            [
                "tile 1 \"Washer\" is exported as 2 tiles without `availability`, one for each row: MQTT Dash has no panels"
            ]
        );
        let tiles: Vec<String> = omitted_tiles(&dashboard).collect();
        assert_eq!(tiles, ["tile 1 \"Washer Time\" is left out: MQTT Dash has no tile of kind `clock`"]);
    }

    /// A kind that the app does not have.
    #[derive(Debug, Clone, Default)]
    struct DialKind;

    impl Schema for DialKind {
        const FIELDS: &'static [FieldSpec<Self>] = &[];
    }

    impl TileKind for DialKind {
        fn name(&self) -> &'static str {
            "dial"
        }

        fn description(&self) -> &'static str {
            "shows a dial"
        }

        fn content(&self, _value: Option<&TileValue>) -> Result<TileContent, TileError> {
            Ok(TileContent::Placeholder(String::new()))
        }

        fn sample(&self) -> (Box<dyn TileKind>, &'static str) {
            (Box::new(Self), "1")
        }
    }

    #[test]
    fn tile_that_the_app_cannot_have_is_left_out_and_named() {
        let mut tiles = vec![Tile::new(Box::new(DialKind)), Tile::new(from_name("text").unwrap())];
        tiles[0].name = "Speed".to_owned();
        tiles[1].name = "Hall".to_owned();
        let dashboard = Dashboard { tiles, ..Dashboard::default() };
        let exported: Vec<AppTile> = serde_json::from_str(&export(&dashboard)).unwrap();
        assert_eq!(exported.len(), 1);
        assert_eq!(exported[0]["name"], "Hall");
        let omitted: Vec<String> = omitted_tiles(&dashboard).collect();
        assert_eq!(omitted, ["tile 1 \"Speed\" is left out: MQTT Dash has no tile of kind `dial`"]);
    }

    #[test]
    fn tile_of_another_kind_is_exported_as_the_nearest_one_and_what_is_lost_is_named() {
        let tile = |kind: &str, entries: &[(&str, Value)]| {
            let mut tile = Tile::new(from_name(kind).unwrap());
            for (key, value) in entries {
                tile.set(key, value).unwrap().unwrap();
            }
            tile
        };
        let gauge = tile("gauge", &[("max", Value::Integer(40)), ("unit", "°C".into()), ("style", "tank".into())]);
        let button = tile("button", &[("payload", "go".into()), ("publish_topic", "gate".into())]);
        let pulse = Value::Table(vec![("payload".into(), "0".into()), ("after".into(), "1s".into())]);
        let relay = tile("button", &[("publish_topic", "relay".into()), ("pulse", pulse)]);
        let tiles = vec![tile("led", &[("otherwise", "?".into())]), gauge, button, relay];
        let dashboard = Dashboard { tiles, ..Dashboard::default() };
        let exported: Vec<AppTile> = serde_json::from_str(&export(&dashboard)).unwrap();
        let types: Vec<i64> = exported.iter().map(|tile| tile["type"].as_i64().unwrap()).collect();
        assert_eq!(types, [1, 3, 2, 2]);
        assert_eq!((&exported[1]["maxValue"], &exported[1]["postfix"]), (&Json::from(40.0), &Json::from(" °C")));
        assert_eq!((&exported[2]["payloadOn"], &exported[2]["payloadOff"]), (&Json::from("go"), &Json::from("go")));
        let enabled: Vec<&Json> = exported.iter().map(|tile| &tile["enablePub"]).collect();
        assert_eq!(enabled, [&Json::from(false), &Json::from(false), &Json::from(true), &Json::from(true)]);
        let sentences: Vec<String> = omitted_settings(&dashboard).collect();
        assert_eq!(
            sentences,
            [
                "tile 1 \"\" is exported as `text` without `otherwise`: MQTT Dash has no `led`",
                "tile 2 \"\" is exported as `range` without `style`: MQTT Dash has no `gauge`",
                "tile 3 \"\" is exported as `switch`: MQTT Dash has no `button`",
                "tile 4 \"\" is exported as `switch` without `pulse`: MQTT Dash has no `button`, and a tap does not publish \
                 \"0\" a moment later: what it has switched on stays on",
            ]
        );
        assert_eq!(omitted_tiles(&dashboard).count(), 0);
    }

    #[test]
    fn settings_that_the_app_does_not_have_are_named() {
        let mut switch = Tile::new(from_name("switch").unwrap());
        for (key, value) in [("name", "Door"), ("topic", "door"), ("on_label", "open"), ("confirm", "hold")] {
            switch.set(key, &value.into()).unwrap().unwrap();
        }
        let tiles = vec![Tile::new(from_name("text").unwrap()), switch];
        let mut dashboard = Dashboard { tiles, ..Dashboard::default() };
        let sentences = |dashboard: &Dashboard| omitted_settings(dashboard).collect::<Vec<_>>();
        let of_door =
            "tile 2 \"Door\" is exported without `confirm`, `on_label`: MQTT Dash has no such setting".to_owned();
        assert_eq!(sentences(&dashboard), std::slice::from_ref(&of_door));
        dashboard.press = PressMode::Guarded;
        let of_dashboard = "`press` of the dashboard is left out: in MQTT Dash a tap publishes at once".to_owned();
        assert_eq!(sentences(&dashboard), [of_dashboard, of_door]);
    }

    #[test]
    fn template_of_the_payload_and_automatic_messages_are_named() {
        let mut tile = Tile::new(from_name("switch").unwrap());
        for (key, text) in [
            ("publish_topic", "lamp/set"),
            ("payload", "{\"state\": {{value}}}"),
            ("on_connect", "x"),
            ("every", "30s"),
        ] {
            tile.set(key, &text.into()).unwrap().unwrap();
        }
        let sentences: Vec<String> =
            omitted_settings(&Dashboard { tiles: vec![tile], ..Dashboard::default() }).collect();
        let expected =
            "tile 1 \"\" is exported without `payload`, `on_connect`, `every`: MQTT Dash has no such setting";
        assert_eq!(sentences, [expected]);
    }

    #[test]
    fn default_tile_of_every_kind_is_exported_as_a_whole() {
        let kinds = crate::model::kind::all();
        let tiles = kinds.filter(|kind| kind.mqtt_dash_stand_in().is_none()).map(Tile::new).collect();
        let mut dashboard = Dashboard { tiles, ..Dashboard::default() };
        let range = dashboard.tiles.iter().position(|tile| tile.kind.name() == "range").unwrap();
        let sentences: Vec<String> = omitted_settings(&dashboard).collect();
        assert_eq!(sentences.len(), 1, "{sentences:?}");
        assert!(sentences[0].contains("with 0 decimals"), "{sentences:?}");
        dashboard.tiles[range].set("decimals", &Value::Integer(1)).unwrap().unwrap();
        assert_eq!(omitted_settings(&dashboard).count(), 0);
    }
}
