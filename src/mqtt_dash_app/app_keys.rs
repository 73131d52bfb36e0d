//! MQTT Dash's tile keys: those of every kind, and access to those that each tile kind maps.

use crate::model::{
    kind::{self, TileKind},
    mqtt_dash::{AppKey, AppKind, AppValueFormat},
};

/// Returns a new tile kind whose counterpart in the app has this `type`, and the counterpart.
pub(super) fn kind_by_type(type_number: i64) -> Option<(Box<dyn TileKind>, &'static AppKind)> {
    let with_app_kind = |kind: Box<dyn TileKind>| kind.mqtt_dash_kind().map(|app_kind| (kind, app_kind));
    kind::all().filter_map(with_app_kind).find(|(_, app_kind)| app_kind.type_number == type_number)
}

/// Returns all keys of a tile of this kind, in the app's order.
pub(super) fn all_keys(app_kind: &AppKind) -> impl Iterator<Item = &'static AppKey> + use<> {
    app_kind.keys.iter().chain(&COMMON_KEYS)
}

/// Returns the app's name of a key of a dashboard file.
pub(super) fn app_name(app_kind: &AppKind, key: &str) -> Option<&'static str> {
    all_keys(app_kind).find(|app_key| app_key.key == Some(key)).map(|app_key| app_key.name)
}

/// A key that corresponds to no key of a dashboard file.
const fn app_only_key(name: &'static str, format: AppValueFormat) -> AppKey {
    AppKey { name, key: None, format }
}

static COMMON_KEYS: [AppKey; 21] = [
    AppKey::new("enableIntermediateState", "wait_for_echo", AppValueFormat::Bool),
    AppKey::new("enablePub", "publish", AppValueFormat::Bool),
    app_only_key("enteredIntermediateStateAt", AppValueFormat::Integer),
    AppKey::new("intermediateStateTimeout", "wait_timeout", AppValueFormat::Integer),
    AppKey::new("jsOnReceive", "on_receive", AppValueFormat::NonEmptyText),
    AppKey::new("jsonPath", "json_path", AppValueFormat::NonEmptyText),
    app_only_key("lastJsonPathValue", AppValueFormat::Text),
    app_only_key("lastPayload", AppValueFormat::Text),
    AppKey::new("qos", "qos", AppValueFormat::Integer),
    AppKey::new("retained", "retain", AppValueFormat::Bool),
    AppKey::new("topic", "topic", AppValueFormat::NonEmptyText),
    AppKey::new("topicPub", "publish_topic", AppValueFormat::NonEmptyText),
    AppKey::new("updateLastPayloadOnPub", "update_on_publish", AppValueFormat::Bool),
    app_only_key("id", AppValueFormat::Text),
    AppKey::new("jsBlinkExpression", "blink", AppValueFormat::NonEmptyText),
    AppKey::new("jsOnDisplay", "on_display", AppValueFormat::NonEmptyText),
    AppKey::new("jsOnTap", "on_tap", AppValueFormat::NonEmptyText),
    app_only_key("lastActivity", AppValueFormat::Integer),
    app_only_key("longId", AppValueFormat::Integer),
    AppKey::new("name", "name", AppValueFormat::Text),
    app_only_key("type", AppValueFormat::Integer),
];

#[cfg(test)]
mod tests {
    use super::{super::compatibility::TILE_SETTINGS, *};
    use crate::model::{schema::DynFields as _, tile::Tile};

    #[test]
    fn compatibility_table_lists_exactly_the_known_app_keys() {
        let documented: Vec<_> =
            TILE_SETTINGS.iter().map(|setting| (setting.kind, setting.app_key, setting.key)).collect();
        let app_kinds = kind::all().filter_map(|kind| Some((kind.name(), kind.mqtt_dash_kind()?)));
        let kind_keys =
            app_kinds.flat_map(|(name, app_kind)| app_kind.keys.iter().map(move |key| (Some(name), key.name, key.key)));
        let implemented: Vec<_> =
            kind_keys.chain(COMMON_KEYS.iter().map(|app_key| (None, app_key.name, app_key.key))).collect();
        for entry in &implemented {
            assert_eq!(documented.iter().filter(|documented| *documented == entry).count(), 1, "{entry:?}");
        }
        assert_eq!(documented.len(), implemented.len());
    }

    #[test]
    fn every_app_key_maps_to_a_key_of_its_tile_kind() {
        for kind in kind::all() {
            let Some(app_kind) = kind.mqtt_dash_kind() else { continue };
            let name = kind.name();
            let keys: Vec<&str> = Tile::new(kind).fields().into_iter().map(|field| field.name).collect();
            for key in all_keys(app_kind).filter_map(|app_key| app_key.key) {
                assert!(keys.contains(&key), "{key} of {name}");
            }
        }
    }

    #[test]
    fn app_types_are_1_to_6_once_each() {
        let mut types: Vec<i64> = kind::all().filter_map(|kind| Some(kind.mqtt_dash_kind()?.type_number)).collect();
        types.sort_unstable();
        assert_eq!(types, [1, 2, 3, 4, 5, 6]);
    }
}
