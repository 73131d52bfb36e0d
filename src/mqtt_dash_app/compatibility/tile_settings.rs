//! The settings of a tile: the keys of the app's format.

/// A setting of a tile of the app.
#[derive(Debug, Clone, Copy)]
pub struct TileSettingRow {
    /// The tile kind; `None`: every kind.
    pub kind: Option<&'static str>,
    /// The description of the setting.
    pub description: &'static str,
    /// The key in the app's format.
    pub app_key: &'static str,
    /// The key in a dashboard file; `None`: the value is only preserved for an export.
    pub key: Option<&'static str>,
    /// An example value in the app's format.
    pub json: &'static str,
    /// The same value in a dashboard file; without a key, what happens to the value.
    pub toml: &'static str,
    /// Other keys of the app that the example needs to have an effect.
    pub companion_json: &'static str,
}

const fn common_setting(
    description: &'static str,
    app_key: &'static str,
    json: &'static str,
    key: &'static str,
    toml: &'static str,
) -> TileSettingRow {
    TileSettingRow { kind: None, description, app_key, key: Some(key), json, toml, companion_json: "" }
}

const fn kind_setting(
    kind: &'static str,
    description: &'static str,
    app_key: &'static str,
    json: &'static str,
    key: &'static str,
    toml: &'static str,
) -> TileSettingRow {
    TileSettingRow { kind: Some(kind), description, app_key, key: Some(key), json, toml, companion_json: "" }
}

const fn preserved_setting(
    description: &'static str,
    app_key: &'static str,
    json: &'static str,
    outcome: &'static str,
) -> TileSettingRow {
    TileSettingRow { kind: None, description, app_key, key: None, json, toml: outcome, companion_json: "" }
}

impl TileSettingRow {
    const fn with_companion_json(self, companion_json: &'static str) -> Self {
        Self { companion_json, ..self }
    }
}

const PRESERVED: &str = "kept in `mqtt_dash` for an export";

/// All keys of the app's format.
pub const TILE_SETTINGS: &[TileSettingRow] = &[
    preserved_setting("tile kind", "type", "1", "`kind`: text, switch, range, choice, image, color for 1 to 6"),
    common_setting("name", "name", "\"Hall\"", "name", "\"Hall\""),
    common_setting("topic to subscribe to", "topic", "\"home/+/t\"", "topic", "\"home/+/t\""),
    common_setting(
        "topic to publish to; empty: the same topic",
        "topicPub",
        "\"home/set\"",
        "publish_topic",
        "\"home/set\"",
    ),
    common_setting(
        "whether the tile publishes; default true, for an image false",
        "enablePub",
        "false",
        "publish",
        "false",
    ),
    common_setting("QoS", "qos", "2", "qos", "2"),
    common_setting("retain", "retained", "true", "retain", "true"),
    common_setting("show a published value at once", "updateLastPayloadOnPub", "false", "update_on_publish", "false"),
    common_setting("wait for an echo after publishing", "enableIntermediateState", "false", "wait_for_echo", "false")
        .with_companion_json(r#""updateLastPayloadOnPub":false"#),
    common_setting("seconds to wait for the echo", "intermediateStateTimeout", "9", "wait_timeout", "9")
        .with_companion_json(r#""updateLastPayloadOnPub":false"#),
    common_setting("JSON path", "jsonPath", "\"weather[0].icon\"", "json_path", "\"weather[0].icon\"")
        .with_companion_json(r#""enablePub":false"#),
    common_setting(
        "script that runs for every message",
        "jsOnReceive",
        "\"event.data = 1\"",
        "on_receive",
        "\"event.data = 1\"",
    ),
    common_setting(
        "script that changes what is shown",
        "jsOnDisplay",
        "\"event.text = 'x'\"",
        "on_display",
        "\"event.text = 'x'\"",
    ),
    common_setting("script that runs on a press", "jsOnTap", "\"app.openUri('x')\"", "on_tap", "\"app.openUri('x')\""),
    common_setting("condition for blinking", "jsBlinkExpression", "\"val > 13.5\"", "blink", "\"val > 13.5\""),
    kind_setting("text", "text before the value", "prefix", "\"~\"", "prefix", "\"~\""),
    kind_setting("text", "text after the value", "postfix", "\" °C\"", "postfix", "\" °C\""),
    kind_setting("text", "size of the value", "mainTextSize", "\"SMALL\"", "text_size", "\"small\""),
    kind_setting("text", "color of the value", "textColor", "-65472", "text_color", "\"#ff0040\""),
    kind_setting("switch", "payload for on", "payloadOn", "\"ON\"", "on", "\"ON\""),
    kind_setting("switch", "payload for off", "payloadOff", "\"OFF\"", "off", "\"OFF\""),
    kind_setting("switch", "icon for on", "iconOn", "\"ic_light1_on\"", "on_icon", "\"light1_on\""),
    kind_setting("switch", "icon for off", "iconOff", "\"ic_light1_off\"", "off_icon", "\"light1_off\""),
    kind_setting("switch", "color for on", "onColor", "-16384", "on_color", "\"#ffc000\""),
    kind_setting("switch", "color for off", "offColor", "-10461088", "off_color", "\"#606060\""),
    kind_setting("range", "lower limit", "minValue", "-10.0", "min", "-10"),
    kind_setting("range", "upper limit", "maxValue", "40.0", "max", "40"),
    kind_setting("range", "decimals", "decimalPrecision", "1", "decimals", "1"),
    kind_setting("range", "show the value or the percentage", "displayPayloadValue", "false", "show", "\"percent\""),
    kind_setting("range", "text before the value", "prefix", "\"~\"", "prefix", "\"~\""),
    kind_setting("range", "text after the value", "postfix", "\" %\"", "postfix", "\" %\""),
    kind_setting("range", "color of the bar", "progressColor", "-16727809", "color", "\"#00c0ff\""),
    kind_setting(
        "choice",
        "options",
        "items",
        r#"[{"label":"Slow","payload":"1"}]"#,
        "options",
        r#"[{ label = "Slow", payload = "1" }]"#,
    ),
    kind_setting("choice", "size of the label", "mainTextSize", "\"MEDIUM\"", "text_size", "\"medium\""),
    kind_setting("choice", "color of the label", "textColor", "-65472", "text_color", "\"#ff0040\""),
    kind_setting(
        "image",
        "source of the image: 1 a URL, 2 the URL in the payload, 3 the payload",
        "kind",
        "3",
        "source",
        "\"payload\"",
    ),
    kind_setting("image", "URL of the image", "imageUrl", "\"http://h/p.png\"", "url", "\"http://h/p.png\""),
    kind_setting("image", "seconds between two requests of the URL", "reloadInterval", "60", "reload", "60"),
    kind_setting("image", "page that a press opens", "openUrl", "\"https://h/\"", "open_url", "\"https://h/\""),
    kind_setting("color", "payload format: 0 hex, 1 a number", "format", "1", "format", "\"number\""),
    kind_setting("color", "icon", "icon", "\"ic_light1_on\"", "icon", "\"light1_on\""),
    preserved_setting("ID of the tile in the app", "id", "\"5e7a\"", PRESERVED),
    preserved_setting("creation order of the tiles", "longId", "7", PRESERVED),
    preserved_setting("time of the last message", "lastActivity", "1548827709", PRESERVED),
    preserved_setting("last message", "lastPayload", "\"21\"", PRESERVED),
    preserved_setting("last value at the JSON path", "lastJsonPathValue", "\"21\"", PRESERVED),
    preserved_setting(
        "time since when the tile waits for an echo",
        "enteredIntermediateStateAt",
        "1548827709",
        "cleared: the tile would wait forever",
    ),
];
