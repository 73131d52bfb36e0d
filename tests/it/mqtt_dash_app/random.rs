//! Random tiles: imports and exports preserve them.

use mqtt_dash::{
    config::read_dashboard,
    mqtt_dash_app::{export, import, import_to_toml},
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Map, Value as Json, json};

use super::{assert_round_trip, json as parsed, schema};

fn text() -> BoxedStrategy<Json> {
    prop_oneof![
        Just(String::new()),
        "[a-z ]{0,9}",
        ".{0,9}",
        "(?s).{0,20}",
        "([a-z '\"\\\\=]{0,9}\r?\n){0,4}[a-z']{0,5}"
    ]
    .prop_map(Json::from)
    .boxed()
}

fn topic() -> BoxedStrategy<Json> {
    let some = select(vec!["", "a", "a/b", "b/set", "a/+", "#", "a/b+", "a/#/b", "é/ё"]).prop_map(Json::from);
    prop_oneof![4 => some, 1 => text()].boxed()
}

fn path() -> BoxedStrategy<Json> {
    select(vec!["", "", "", "$.a", "weather[0].icon", "$['ds0']", "$..x", "$.a[?(", " "]).prop_map(Json::from).boxed()
}

fn flag() -> BoxedStrategy<Json> {
    any::<bool>().prop_map(Json::from).boxed()
}

fn whole() -> BoxedStrategy<Json> {
    prop_oneof![
        5 => (0_i64..20).prop_map(Json::from),
        1 => any::<i32>().prop_map(Json::from),
        1 => (0_u8..20).prop_map(|number| f64::from(number).into())
    ]
    .boxed()
}

fn number() -> BoxedStrategy<Json> {
    prop_oneof![(-5_i64..5).prop_map(Json::from), (-1e6..1e6).prop_map(|number: f64| number.into())].boxed()
}

fn argb() -> BoxedStrategy<Json> {
    prop_oneof![select(vec![-1, -65_536, -16_384, 0, -8_355_712, 16_711_680]), any::<i32>()]
        .prop_map(Json::from)
        .boxed()
}

fn one_of(values: &[Json]) -> BoxedStrategy<Json> {
    select(values.to_vec()).boxed()
}

fn icon() -> BoxedStrategy<Json> {
    one_of(&["ic_light1_on", "ic_check_box_checked", "ic_unknown", "ic_sun"].map(Json::from))
}

fn items() -> BoxedStrategy<Json> {
    vec((text(), text()).prop_map(|(label, payload)| json!({ "label": label, "payload": payload })), 0..4)
        .prop_map(Json::from)
        .boxed()
}

type Keys = Vec<(&'static str, BoxedStrategy<Json>)>;

fn common() -> Keys {
    vec![
        ("name", text()),
        ("lastActivity", whole()),
        ("topic", topic()),
        ("topicPub", topic()),
        ("enablePub", flag()),
        ("updateLastPayloadOnPub", flag()),
        ("enableIntermediateState", flag()),
        ("intermediateStateTimeout", whole()),
        ("enteredIntermediateStateAt", whole()),
        ("qos", (0..3).prop_map(Json::from).boxed()),
        ("retained", flag()),
        ("lastPayload", text()),
        ("jsonPath", path()),
        ("lastJsonPathValue", text()),
        ("jsOnReceive", text()),
        ("jsOnDisplay", text()),
        ("jsOnTap", text()),
        ("jsBlinkExpression", text()),
        ("unknown key", prop_oneof![text(), number(), items()].boxed()),
    ]
}

fn of_kind(kind: i64) -> Keys {
    let size = || one_of(&["SMALL", "MEDIUM", "LARGE"].map(Json::from));
    match kind {
        1 => vec![("mainTextSize", size()), ("prefix", text()), ("postfix", text()), ("textColor", argb())],
        2 => vec![
            ("payloadOn", text()),
            ("payloadOff", text()),
            ("iconOn", icon()),
            ("iconOff", icon()),
            ("onColor", argb()),
            ("offColor", argb()),
        ],
        3 => vec![
            ("minValue", number()),
            ("maxValue", number()),
            ("decimalPrecision", whole()),
            ("displayPayloadValue", flag()),
            ("prefix", text()),
            ("postfix", text()),
            ("progressColor", argb()),
        ],
        4 => vec![("items", items()), ("mainTextSize", size()), ("textColor", argb())],
        5 => vec![
            ("kind", one_of(&[1, 2, 3].map(Json::from))),
            ("imageUrl", text()),
            ("openUrl", text()),
            ("reloadInterval", whole()),
        ],
        _ => vec![("icon", prop_oneof![icon(), text()].boxed()), ("format", one_of(&[0, 1].map(Json::from)))],
    }
}

/// A tile of the app with its keys in any order and some of them missing.
fn tile() -> impl Strategy<Value = Json> {
    (1_i64..=6).prop_flat_map(|kind| {
        let keys: Vec<_> = of_kind(kind)
            .into_iter()
            .chain(common())
            .map(|(key, value)| option::weighted(0.8, value.prop_map(move |value| (key, value))))
            .collect();
        let ids = option::weighted(0.8, (text(), whole()));
        (keys.prop_shuffle(), ids).prop_map(move |(keys, ids)| {
            let mut tile: Map<String, Json> =
                keys.into_iter().flatten().map(|(key, value)| (key.to_owned(), value)).collect();
            tile.insert("type".to_owned(), kind.into());
            if let Some((id, long_id)) = ids {
                tile.insert("id".to_owned(), id);
                tile.insert("longId".to_owned(), long_id);
            }
            Json::Object(tile)
        })
    })
}

proptest! {
    #[test]
    fn random_app_tiles_round_trip_key_by_key(tiles in vec(tile(), 1..4)) {
        assert_round_trip(Json::from(tiles.clone()).to_string().as_bytes(), &tiles);
    }

    #[test]
    fn random_dashboards_export_to_valid_stable_app_tiles(dashboard in crate::config::strategies::dashboard()) {
        let exported = export(&dashboard);
        let tiles = parsed(&exported);
        prop_assert_eq!(schema::violations(&tiles), Vec::<String>::new());
        assert_round_trip(exported.as_bytes(), &tiles);
    }

    #[test]
    fn random_bytes_are_imported_or_rejected(bytes in vec(any::<u8>(), 0..200), partial in any::<bool>()) {
        let _ = import(&bytes, partial).map_err(|error| error.to_string());
    }

    #[test]
    fn export_missing_one_byte_is_rejected_or_loads(
        tiles in vec(tile(), 1..4), lost in any::<prop::sample::Index>()
    ) {
        let mut bytes = Json::from(tiles).to_string().into_bytes();
        bytes.remove(lost.index(bytes.len()));
        if let Ok(imported) = import(&bytes, true) {
            let text = import_to_toml(&imported);
            let loaded = read_dashboard("x", &text).map_err(|problems| TestCaseError::fail(problems.render_report(false, 99)))?;
            prop_assert_eq!(loaded, imported.dashboard);
        }
    }
}
