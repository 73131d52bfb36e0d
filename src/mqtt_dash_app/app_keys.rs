//! The tables of MQTT Dash's tile keys and the keys of a dashboard file that they correspond to.

use super::value_format::{AppLiteral, AppValueFormat};

/// A key of a tile in the app's format.
pub(super) struct AppKey {
    /// The name in the app's format.
    pub name: &'static str,
    /// The corresponding key of a tile in a dashboard file, if there is one.
    pub key: Option<&'static str>,
    /// The format of its values.
    pub format: AppValueFormat,
}

/// A tile kind of the app.
pub(super) struct AppKind {
    /// The value of `type` in the app's format.
    pub type_number: i64,
    /// The name of the tile kind in a dashboard file.
    pub name: &'static str,
    /// The keys in addition to those of every kind.
    pub keys: &'static [AppKey],
}

/// Returns the kind with this `type`.
pub(super) fn kind_by_type(type_number: i64) -> Option<&'static AppKind> {
    KINDS.iter().find(|kind| kind.type_number == type_number)
}

/// Returns the kind with this name in a dashboard file. A kind that the app does not have becomes a text.
pub(super) fn kind_by_name(name: &str) -> &'static AppKind {
    KINDS.iter().find(|kind| kind.name == name).unwrap_or(&KINDS[0])
}

impl AppKind {
    /// Returns all keys of a tile of this kind, in the app's order.
    pub fn all_keys(&self) -> impl Iterator<Item = &'static AppKey> + use<> {
        self.keys.iter().chain(&COMMON_KEYS)
    }

    /// Returns the app's name of a key of a dashboard file.
    pub fn app_name(&self, key: &str) -> Option<&'static str> {
        self.all_keys().find(|app_key| app_key.key == Some(key)).map(|app_key| app_key.name)
    }
}

const fn mapped_key(name: &'static str, key: &'static str, format: AppValueFormat) -> AppKey {
    AppKey { name, key: Some(key), format }
}

/// A key that corresponds to no key of a dashboard file.
const fn app_only_key(name: &'static str, format: AppValueFormat) -> AppKey {
    AppKey { name, key: None, format }
}

const TEXT_SIZES: AppValueFormat = AppValueFormat::Enum(&[
    (AppLiteral::Text("LARGE"), "large"),
    (AppLiteral::Text("MEDIUM"), "medium"),
    (AppLiteral::Text("SMALL"), "small"),
]);

static COMMON_KEYS: [AppKey; 21] = [
    mapped_key("enableIntermediateState", "wait_for_echo", AppValueFormat::Bool),
    mapped_key("enablePub", "publish", AppValueFormat::Bool),
    app_only_key("enteredIntermediateStateAt", AppValueFormat::Integer),
    mapped_key("intermediateStateTimeout", "wait_timeout", AppValueFormat::Integer),
    mapped_key("jsOnReceive", "on_receive", AppValueFormat::NonEmptyText),
    mapped_key("jsonPath", "json_path", AppValueFormat::NonEmptyText),
    app_only_key("lastJsonPathValue", AppValueFormat::Text),
    app_only_key("lastPayload", AppValueFormat::Text),
    mapped_key("qos", "qos", AppValueFormat::Integer),
    mapped_key("retained", "retain", AppValueFormat::Bool),
    mapped_key("topic", "topic", AppValueFormat::NonEmptyText),
    mapped_key("topicPub", "publish_topic", AppValueFormat::NonEmptyText),
    mapped_key("updateLastPayloadOnPub", "update_on_publish", AppValueFormat::Bool),
    app_only_key("id", AppValueFormat::Text),
    mapped_key("jsBlinkExpression", "blink", AppValueFormat::NonEmptyText),
    mapped_key("jsOnDisplay", "on_display", AppValueFormat::NonEmptyText),
    mapped_key("jsOnTap", "on_tap", AppValueFormat::NonEmptyText),
    app_only_key("lastActivity", AppValueFormat::Integer),
    app_only_key("longId", AppValueFormat::Integer),
    mapped_key("name", "name", AppValueFormat::Text),
    app_only_key("type", AppValueFormat::Integer),
];

static KINDS: [AppKind; 6] = [
    AppKind {
        type_number: 1,
        name: "text",
        keys: &[
            mapped_key("mainTextSize", "text_size", TEXT_SIZES),
            mapped_key("postfix", "postfix", AppValueFormat::Text),
            mapped_key("prefix", "prefix", AppValueFormat::Text),
            mapped_key("textColor", "text_color", AppValueFormat::Color),
        ],
    },
    AppKind {
        type_number: 2,
        name: "switch",
        keys: &[
            mapped_key("iconOff", "off_icon", AppValueFormat::Icon("ic_check_box_unchecked")),
            mapped_key("iconOn", "on_icon", AppValueFormat::Icon("ic_check_box_checked")),
            mapped_key("offColor", "off_color", AppValueFormat::Color),
            mapped_key("onColor", "on_color", AppValueFormat::Color),
            mapped_key("payloadOff", "off", AppValueFormat::Text),
            mapped_key("payloadOn", "on", AppValueFormat::Text),
        ],
    },
    AppKind {
        type_number: 3,
        name: "range",
        keys: &[
            mapped_key("decimalPrecision", "decimals", AppValueFormat::Integer),
            mapped_key(
                "displayPayloadValue",
                "show",
                AppValueFormat::Enum(&[(AppLiteral::Bool(true), "value"), (AppLiteral::Bool(false), "percent")]),
            ),
            mapped_key("maxValue", "max", AppValueFormat::Number),
            mapped_key("minValue", "min", AppValueFormat::Number),
            mapped_key("postfix", "postfix", AppValueFormat::Text),
            mapped_key("prefix", "prefix", AppValueFormat::Text),
            mapped_key("progressColor", "color", AppValueFormat::Color),
        ],
    },
    AppKind {
        type_number: 4,
        name: "choice",
        keys: &[
            mapped_key("items", "options", AppValueFormat::Options),
            mapped_key("mainTextSize", "text_size", TEXT_SIZES),
            mapped_key("textColor", "text_color", AppValueFormat::Color),
        ],
    },
    AppKind {
        type_number: 5,
        name: "image",
        keys: &[
            mapped_key("imageUrl", "url", AppValueFormat::NonEmptyText),
            mapped_key(
                "kind",
                "source",
                AppValueFormat::Enum(&[
                    (AppLiteral::Integer(1), "url"),
                    (AppLiteral::Integer(2), "payload-url"),
                    (AppLiteral::Integer(3), "payload"),
                ]),
            ),
            mapped_key("openUrl", "open_url", AppValueFormat::NonEmptyText),
            mapped_key("reloadInterval", "reload", AppValueFormat::Integer),
        ],
    },
    AppKind {
        type_number: 6,
        name: "color",
        keys: &[
            mapped_key(
                "format",
                "format",
                AppValueFormat::Enum(&[(AppLiteral::Integer(0), "hex"), (AppLiteral::Integer(1), "number")]),
            ),
            mapped_key("icon", "icon", AppValueFormat::Icon("")),
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::{super::compatibility::TILE_SETTINGS, *};
    use crate::model::{kind, schema::DynFields as _, tile::Tile};

    #[test]
    fn compatibility_table_lists_exactly_the_known_app_keys() {
        let documented: Vec<_> =
            TILE_SETTINGS.iter().map(|setting| (setting.kind, setting.app_key, setting.key)).collect();
        let kind_keys =
            KINDS.iter().flat_map(|kind| kind.keys.iter().map(|app_key| (Some(kind.name), app_key.name, app_key.key)));
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
            let app_kind = kind_by_name(kind.name());
            assert_eq!(app_kind.name, kind.name());
            let keys: Vec<&str> = Tile::new(kind).fields().into_iter().map(|field| field.name).collect();
            for key in app_kind.all_keys().filter_map(|app_key| app_key.key) {
                assert!(keys.contains(&key), "{key} of {}", app_kind.name);
            }
        }
    }
}
