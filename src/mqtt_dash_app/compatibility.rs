//! The settings and behaviors of MQTT Dash and their counterparts in mqtt-dash, from which
//! `docs/compatibility.md` is generated. Tests check every row.

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

/// A setting of the app or of a connection, which the app's exports do not contain.
#[derive(Debug, Clone, Copy)]
pub struct OtherSettingRow {
    /// The description of the setting.
    pub description: &'static str,
    /// The file that has the corresponding setting.
    pub file: &'static str,
    /// An example of the setting in that file.
    pub toml: &'static str,
}

/// A behavior of the app.
#[derive(Debug, Clone, Copy)]
pub struct BehaviorRow {
    /// The behavior of the app.
    pub description: &'static str,
    /// The behavior of mqtt-dash.
    pub support: &'static str,
    /// The name of the test that checks it.
    pub test: &'static str,
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

const PROFILES_FILE: &str = "profiles.toml";
const DASHBOARD_FILE: &str = "dashboard";

const fn other_setting(description: &'static str, file: &'static str, toml: &'static str) -> OtherSettingRow {
    OtherSettingRow { description, file, toml }
}

/// The settings of the app that are not part of a tile.
pub const OTHER_SETTINGS: &[OtherSettingRow] = &[
    other_setting(
        "address, port and encryption of a connection",
        PROFILES_FILE,
        "url = \"mqtts://broker.example:8883\"",
    ),
    other_setting("user name", PROFILES_FILE, "username = \"anna\""),
    other_setting("password", PROFILES_FILE, "password = { env = \"HUB_PASSWORD\" }"),
    other_setting("client ID", PROFILES_FILE, "client_id = \"phone\""),
    other_setting("keep alive", PROFILES_FILE, "keep_alive = 60"),
    other_setting("clean session", PROFILES_FILE, "clean_session = false"),
    other_setting("connection timeout", PROFILES_FILE, "connect_timeout = 10"),
    other_setting("self-signed certificate", PROFILES_FILE, "tls = { insecure = true }"),
    other_setting("CA certificate", PROFILES_FILE, "tls = { ca = \"ca.pem\" }"),
    other_setting("will", PROFILES_FILE, "will = { topic = \"phone/status\", payload = \"offline\" }"),
    other_setting("keep the screen on", PROFILES_FILE, "keep_awake = true"),
    other_setting("connection that opens at start", PROFILES_FILE, "default = \"hub\""),
    other_setting("name of a dashboard", DASHBOARD_FILE, "title = \"Bench\""),
    other_setting("size of the tiles", DASHBOARD_FILE, "tile_size = \"small\""),
    other_setting("number of columns, landscape", DASHBOARD_FILE, "columns = 4"),
    other_setting("number of columns, portrait", DASHBOARD_FILE, "columns_narrow = 2"),
    other_setting("lock against editing", DASHBOARD_FILE, "locked = true"),
];

const fn behavior(description: &'static str, support: &'static str, test: &'static str) -> BehaviorRow {
    BehaviorRow { description, support, test }
}

/// The behaviors of the app.
pub const BEHAVIORS: &[BehaviorRow] = &[
    behavior(
        "A switch is on only if the value equals its payload for on",
        "the same",
        "switch_is_on_only_if_value_equals_on_payload",
    ),
    behavior(
        "A switch in an unknown state publishes its payload for on",
        "the same; the unknown payload is shown",
        "switch_in_unknown_state_shows_payload_and_sends_on",
    ),
    behavior("A switch with equal payloads is a button", "the same", "switch_with_equal_payloads_is_a_button"),
    behavior(
        "A switch compares with the value at the JSON path",
        "the same",
        "switch_compares_with_value_at_json_path",
    ),
    behavior("A range shows its value or the percentage", "the same", "range_shows_value_or_percentage"),
    behavior("A range shows and publishes decimals", "the same", "range_shows_and_publishes_decimals"),
    behavior("A choice without a topic is a menu of commands", "the same", "choice_without_topic_is_a_command_menu"),
    behavior(
        "A text without a topic and with `on_display` is a clock",
        "the same",
        "text_without_topic_updates_every_second",
    ),
    behavior("Topics may be empty", "the same", "tile_without_topics_ignores_presses"),
    behavior("A topic may have wildcards", "the same", "wildcard_topic_receives_all_matching_messages"),
    behavior(
        "`event.topic` is the topic of the received message",
        "the same",
        "script_sees_actual_topic_of_wildcard_subscription",
    ),
    behavior(
        "With a JSON path, a tile publishes to another topic",
        "the same; an import reports a tile without one",
        "tile_with_json_path_publishes_only_to_other_topic",
    ),
    behavior("Publishing can be turned off", "the same", "tile_with_publishing_disabled_publishes_nothing"),
    behavior(
        "Messages are published with the QoS and retain of the tile",
        "the same",
        "publish_uses_qos_and_retain_of_tile",
    ),
    behavior(
        "JSON paths follow Jayway JsonPath",
        "the same; filters follow RFC 9535",
        "json_path_shapes_give_what_jayway_gives",
    ),
    behavior(
        "A text has a prefix and a postfix, and a press asks for a text",
        "the same",
        "text_has_prefix_and_postfix_and_opens_prompt",
    ),
    behavior("A name has two lines", "the same, if the tile is tall enough", "long_name_wraps_to_two_lines"),
    behavior("A value has three lines", "as many as fit, at least three", "three_value_lines_fit_every_tile_size"),
    behavior("The age of the last message is updated", "the same", "age_of_value_refreshes_by_itself"),
    behavior(
        "A blinking tile toggles every 500 ms",
        "the same; its name and border do not blink",
        "blinking_tile_toggles_every_500_ms",
    ),
    behavior(
        "`secs` lets a tile blink that receives no messages",
        "the same",
        "tile_blinks_after_seconds_without_message",
    ),
    behavior("A spinner turns until a message arrives", "the same", "spinner_turns_until_message_arrives"),
    behavior(
        "A spinner stops after a timeout",
        "the same; the tile shows an error",
        "spinner_stops_at_timeout_with_error",
    ),
    behavior(
        "A new value is shown at once, or with its echo",
        "the same",
        "published_value_is_shown_at_once_if_configured",
    ),
    behavior("The scripts of a tile share `event.data`", "the same", "event_data_is_shared_by_scripts_of_tile"),
    behavior("Undeclared variables last for one call", "the same", "undeclared_variables_end_with_the_call"),
    behavior(
        "`on_receive` changes the payload before anything else",
        "the same",
        "json_path_is_applied_to_payload_left_by_script",
    ),
    behavior("`on_display` changes what is shown", "the same", "on_display_changes_what_tile_shows"),
    behavior("`on_tap` runs even if publishing is off", "the same", "on_tap_runs_with_publishing_disabled"),
    behavior(
        "`event.preventDefault` replaces the action of the tile",
        "the same",
        "prevent_default_replaces_action_of_tile",
    ),
    behavior("`app.openUri` opens a link", "after confirmation", "open_uri_asks_before_opening_link"),
    behavior(
        "Scripts run without confirmation",
        "after they were reviewed and allowed, once",
        "scripts_are_blocked_until_permissions_are_granted_once",
    ),
    behavior(
        "An image comes from a URL, a URL in the payload, or the payload",
        "the same; URLs after confirmation, once",
        "image_comes_from_url_payload_url_or_payload_bytes",
    ),
    behavior("A press on an image opens its page", "after confirmation", "pressed_image_asks_before_opening_page"),
    behavior("A color is published as hex or as a number", "the same", "color_is_published_as_hex_or_number"),
    behavior(
        "The last values survive the end of the program",
        "the same",
        "last_values_are_shown_before_connection_is_up",
    ),
    behavior(
        "A long press edits a tile, copies it (the copy follows it), or deletes it",
        "the same, with `e`, `c`, `d`",
        "tile_can_be_added_copied_and_deleted",
    ),
    behavior(
        "A long press deletes the retained messages of both topics",
        "the same, with `x`, after confirmation",
        "clear_retained_empties_both_topics_after_confirmation",
    ),
    behavior("A dashboard can be locked against editing", "the same", "locked_dashboard_is_pressed_but_not_edited"),
    behavior(
        "The screen stays on while connected",
        "the same, if the system has systemd-inhibit or caffeinate",
        "sleep_is_inhibited_while_keep_awake_connection_is_up",
    ),
    behavior("A connection opens at start", "the same", "default_profile_opens_with_its_dashboards"),
    behavior(
        "Tiles are exchanged over `metrics/exchange`",
        "the same, over any topic and with files",
        "export_received_while_waiting_is_imported_and_opened",
    ),
];
