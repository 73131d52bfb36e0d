//! Everything that MQTT Dash has, and where it is here: the table behind `docs/compatibility.md`.
//! Tests walk it, so that nothing stands in it that is not so.

/// A setting of one of the app's tiles.
#[derive(Debug, Clone, Copy)]
pub struct TileSettingRow {
    /// The kind of tile here; `None`: every kind.
    pub kind: Option<&'static str>,
    /// What it is.
    pub description: &'static str,
    /// Its key in the app's file.
    pub app_key: &'static str,
    /// Its key in a dashboard's file; `None`: it is only kept for the way back.
    pub key: Option<&'static str>,
    /// A value of it in the app's file.
    pub json: &'static str,
    /// What stands in a dashboard's file for it; what becomes of it, where it has no key.
    pub toml: &'static str,
    /// Other keys of the app, without which it would say nothing.
    pub companion_json: &'static str,
}

/// A setting of the app or of one of its connections, which its exports do not hold.
#[derive(Debug, Clone, Copy)]
pub struct OtherSettingRow {
    /// What it is.
    pub description: &'static str,
    /// In which file it is here.
    pub file: &'static str,
    /// How it is written there.
    pub toml: &'static str,
}

/// Something that the app does.
#[derive(Debug, Clone, Copy)]
pub struct BehaviorRow {
    /// What.
    pub description: &'static str,
    /// How it is here.
    pub support: &'static str,
    /// The test that shows it.
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

const PRESERVED: &str = "kept in `mqtt_dash` for the way back";

/// Every key of the app's file.
pub const TILE_SETTINGS: &[TileSettingRow] = &[
    preserved_setting(
        "the kind of the tile",
        "type",
        "1",
        "`kind`: text, switch, range, choice, image, color for 1 to 6",
    ),
    common_setting("name", "name", "\"Hall\"", "name", "\"Hall\""),
    common_setting("topic to subscribe to", "topic", "\"home/+/t\"", "topic", "\"home/+/t\""),
    common_setting(
        "topic to publish to; empty is the same",
        "topicPub",
        "\"home/set\"",
        "publish_topic",
        "\"home/set\"",
    ),
    common_setting("whether it publishes; true, for an image false", "enablePub", "false", "publish", "false"),
    common_setting("quality of service", "qos", "2", "qos", "2"),
    common_setting("retained", "retained", "true", "retain", "true"),
    common_setting("show what is published at once", "updateLastPayloadOnPub", "false", "update_on_publish", "false"),
    common_setting("wait for the answer", "enableIntermediateState", "false", "wait_for_echo", "false")
        .with_companion_json(r#""updateLastPayloadOnPub":false"#),
    common_setting("seconds until waiting ends", "intermediateStateTimeout", "9", "wait_timeout", "9")
        .with_companion_json(r#""updateLastPayloadOnPub":false"#),
    common_setting("JSON path", "jsonPath", "\"weather[0].icon\"", "json_path", "\"weather[0].icon\"")
        .with_companion_json(r#""enablePub":false"#),
    common_setting("script for every message", "jsOnReceive", "\"event.data = 1\"", "on_receive", "\"event.data = 1\""),
    common_setting(
        "script for what is shown",
        "jsOnDisplay",
        "\"event.text = 'x'\"",
        "on_display",
        "\"event.text = 'x'\"",
    ),
    common_setting("script for pressing", "jsOnTap", "\"app.openUri('x')\"", "on_tap", "\"app.openUri('x')\""),
    common_setting("when it blinks", "jsBlinkExpression", "\"val > 13.5\"", "blink", "\"val > 13.5\""),
    kind_setting("text", "text before the value", "prefix", "\"~\"", "prefix", "\"~\""),
    kind_setting("text", "text behind the value", "postfix", "\" °C\"", "postfix", "\" °C\""),
    kind_setting("text", "size of the value", "mainTextSize", "\"SMALL\"", "text_size", "\"small\""),
    kind_setting("text", "colour of the value", "textColor", "-65472", "text_color", "\"#ff0040\""),
    kind_setting("switch", "payload for on", "payloadOn", "\"ON\"", "on", "\"ON\""),
    kind_setting("switch", "payload for off", "payloadOff", "\"OFF\"", "off", "\"OFF\""),
    kind_setting("switch", "icon for on", "iconOn", "\"ic_light1_on\"", "on_icon", "\"light1_on\""),
    kind_setting("switch", "icon for off", "iconOff", "\"ic_light1_off\"", "off_icon", "\"light1_off\""),
    kind_setting("switch", "colour for on", "onColor", "-16384", "on_color", "\"#ffc000\""),
    kind_setting("switch", "colour for off", "offColor", "-10461088", "off_color", "\"#606060\""),
    kind_setting("range", "lower limit", "minValue", "-10.0", "min", "-10"),
    kind_setting("range", "upper limit", "maxValue", "40.0", "max", "40"),
    kind_setting("range", "decimals", "decimalPrecision", "1", "decimals", "1"),
    kind_setting("range", "the value or the percentage", "displayPayloadValue", "false", "show", "\"percent\""),
    kind_setting("range", "text before the value", "prefix", "\"~\"", "prefix", "\"~\""),
    kind_setting("range", "text behind the value", "postfix", "\" %\"", "postfix", "\" %\""),
    kind_setting("range", "colour of the bar", "progressColor", "-16727809", "color", "\"#00c0ff\""),
    kind_setting(
        "choice",
        "what can be chosen",
        "items",
        r#"[{"label":"Slow","payload":"1"}]"#,
        "options",
        r#"[{ label = "Slow", payload = "1" }]"#,
    ),
    kind_setting("choice", "size of the label", "mainTextSize", "\"MEDIUM\"", "text_size", "\"medium\""),
    kind_setting("choice", "colour of the label", "textColor", "-65472", "text_color", "\"#ff0040\""),
    kind_setting(
        "image",
        "where the picture comes from: 1 a URL, 2 the URL in the payload, 3 the payload",
        "kind",
        "3",
        "source",
        "\"payload\"",
    ),
    kind_setting("image", "URL of the picture", "imageUrl", "\"http://h/p.png\"", "url", "\"http://h/p.png\""),
    kind_setting("image", "seconds between two looks at the URL", "reloadInterval", "60", "reload", "60"),
    kind_setting("image", "page that pressing opens", "openUrl", "\"https://h/\"", "open_url", "\"https://h/\""),
    kind_setting("color", "how it is published: 0 hex, 1 a number", "format", "1", "format", "\"number\""),
    kind_setting("color", "icon", "icon", "\"ic_light1_on\"", "icon", "\"light1_on\""),
    preserved_setting("the app's id of the tile", "id", "\"5e7a\"", PRESERVED),
    preserved_setting("the order in which tiles were made", "longId", "7", PRESERVED),
    preserved_setting("time of the last message", "lastActivity", "1548827709", PRESERVED),
    preserved_setting("the last message", "lastPayload", "\"21\"", PRESERVED),
    preserved_setting("what the JSON path gave last", "lastJsonPathValue", "\"21\"", PRESERVED),
    preserved_setting(
        "since when it waits",
        "enteredIntermediateStateAt",
        "1548827709",
        "cleared: it would wait for ever",
    ),
];

const PROFILES_FILE: &str = "profiles.toml";
const DASHBOARD_FILE: &str = "dashboard";

const fn other_setting(description: &'static str, file: &'static str, toml: &'static str) -> OtherSettingRow {
    OtherSettingRow { description, file, toml }
}

/// What the app has beside its tiles.
pub const OTHER_SETTINGS: &[OtherSettingRow] = &[
    other_setting(
        "address, port and encryption of a connection",
        PROFILES_FILE,
        "url = \"mqtts://broker.example:8883\"",
    ),
    other_setting("user name", PROFILES_FILE, "username = \"anna\""),
    other_setting("password", PROFILES_FILE, "password = { env = \"HUB_PASSWORD\" }"),
    other_setting("client id", PROFILES_FILE, "client_id = \"phone\""),
    other_setting("keep alive", PROFILES_FILE, "keep_alive = 60"),
    other_setting("clean session", PROFILES_FILE, "clean_session = false"),
    other_setting("connection timeout", PROFILES_FILE, "connect_timeout = 10"),
    other_setting("self-signed certificate", PROFILES_FILE, "tls = { insecure = true }"),
    other_setting("certificate of an authority", PROFILES_FILE, "tls = { ca = \"ca.pem\" }"),
    other_setting("last will", PROFILES_FILE, "will = { topic = \"phone/status\", payload = \"offline\" }"),
    other_setting("keep the screen on", PROFILES_FILE, "keep_awake = true"),
    other_setting("connect at start", PROFILES_FILE, "default = \"hub\""),
    other_setting("name of a dashboard", DASHBOARD_FILE, "title = \"Bench\""),
    other_setting("size of the tiles", DASHBOARD_FILE, "tile_size = \"small\""),
    other_setting("number of columns, landscape", DASHBOARD_FILE, "columns = 4"),
    other_setting("number of columns, portrait", DASHBOARD_FILE, "columns_narrow = 2"),
    other_setting("managing is locked", DASHBOARD_FILE, "locked = true"),
];

const fn behavior(description: &'static str, support: &'static str, test: &'static str) -> BehaviorRow {
    BehaviorRow { description, support, test }
}

/// What the app does.
pub const BEHAVIORS: &[BehaviorRow] = &[
    behavior(
        "A switch is on only if the value equals its payload for on",
        "the same",
        "a_switch_is_on_only_if_the_value_equals_the_payload",
    ),
    behavior(
        "An unknown state sends the payload for on",
        "the same; the unknown payload is shown",
        "an_unknown_state_is_shown_with_its_payload_and_sends_on",
    ),
    behavior("A switch with equal payloads is a button", "the same", "equal_payloads_make_a_button"),
    behavior(
        "A switch compares with the text that the JSON path gives",
        "the same",
        "a_switch_compares_with_what_the_json_path_gives",
    ),
    behavior("A range shows its value or the percentage", "the same", "a_range_shows_its_value_or_the_percentage"),
    behavior("A range shows and sends decimals", "the same", "decimals_are_shown_and_sent"),
    behavior(
        "A choice without a topic is a menu of commands",
        "the same",
        "a_choice_without_a_topic_is_a_menu_of_commands",
    ),
    behavior(
        "A text without a topic and with `on_display` is a clock",
        "the same",
        "a_text_without_a_topic_is_a_clock",
    ),
    behavior("Topics may be empty", "the same", "a_tile_with_no_topic_at_all_does_no_harm"),
    behavior("A topic may hold wildcards", "the same", "a_wildcard_topic_takes_all_that_it_matches"),
    behavior(
        "`event.topic` is the topic that really came",
        "the same",
        "a_wildcard_topic_tells_the_script_which_topic_came",
    ),
    behavior(
        "With a JSON path, publishing goes to another topic",
        "the same; an import says where that was not so",
        "with_a_json_path_it_publishes_only_where_no_json_comes",
    ),
    behavior("Publishing can be switched off", "the same", "what_may_not_publish_does_not"),
    behavior("Quality of service and retaining", "the same", "quality_and_retaining_go_with_what_is_published"),
    behavior(
        "JSON paths as Jayway reads them",
        "the same; filters as in RFC 9535",
        "every_shape_of_a_path_gives_what_jayway_gives",
    ),
    behavior(
        "A text has prefix and postfix, and pressing asks for a line",
        "the same",
        "text_has_prefix_and_postfix_and_asks_for_a_line",
    ),
    behavior("A name has two lines", "the same, where the tile is tall enough", "a_long_name_is_shown_on_two_lines"),
    behavior(
        "A value has three lines",
        "as many as fit, at least three",
        "three_lines_of_value_are_shown_in_every_size",
    ),
    behavior("The age of the last message refreshes", "the same", "the_age_of_a_reading_refreshes_by_itself"),
    behavior(
        "A blinking tile toggles every 500 ms",
        "the same; its name and border stay",
        "a_blinking_tile_toggles_every_500_ms",
    ),
    behavior("`secs` lets a silent tile blink", "the same", "a_tile_blinks_when_nothing_has_come_for_so_long"),
    behavior("A spinner turns until a message comes", "the same", "a_spinner_turns_until_a_message_comes"),
    behavior(
        "A spinner ends with its time",
        "the same; the tile says so",
        "a_spinner_gives_up_after_its_time_out_and_says_so",
    ),
    behavior(
        "A new value is shown at once, or with its echo",
        "the same",
        "the_new_value_is_shown_at_once_where_that_is_wished",
    ),
    behavior("Scripts share `event.data` on their tile", "the same", "the_data_of_a_tile_is_shared_by_its_scripts"),
    behavior("Undeclared names last for a call", "the same", "undeclared_names_are_gone_in_the_next_call"),
    behavior(
        "`on_receive` changes the payload before anything else",
        "the same",
        "what_a_script_leaves_of_a_payload_goes_through_the_json_path",
    ),
    behavior("`on_display` changes what is shown", "the same", "what_is_shown_is_what_on_display_leaves"),
    behavior(
        "`on_tap` runs although publishing is off",
        "the same",
        "pressing_runs_its_script_also_where_publishing_is_off",
    ),
    behavior(
        "`event.preventDefault` takes the place of the tile's action",
        "the same",
        "a_script_may_take_the_place_of_the_tiles_own_action",
    ),
    behavior("`app.openUri` opens a link", "after asking", "a_script_asks_before_it_opens_a_link"),
    behavior(
        "Scripts run as they come",
        "after they were seen and allowed, once",
        "scripts_wait_until_the_person_agrees_once",
    ),
    behavior(
        "A picture comes from a URL, a URL in the payload, or the payload",
        "the same, from URLs after asking once",
        "a_picture_comes_from_a_url_a_payload_or_its_bytes",
    ),
    behavior("Pressing a picture opens its page", "after asking", "pressing_a_picture_asks_before_it_opens_the_page"),
    behavior("A colour is published as hex or as a number", "the same", "a_colour_is_published_as_hex_or_as_a_number"),
    behavior(
        "The last readings survive the end of the program",
        "the same",
        "the_last_readings_are_shown_before_the_line_is_up",
    ),
    behavior(
        "A long press edits a tile, copies it to right after it, deletes it",
        "the same, with `e`, `c`, `d`",
        "a_tile_is_added_copied_and_deleted",
    ),
    behavior(
        "A long press deletes the retained messages of both topics",
        "the same, with `x`, after asking",
        "retained_messages_are_deleted_after_asking_on_both_topics",
    ),
    behavior("A dashboard can be locked against editing", "the same", "a_locked_dashboard_is_not_edited_but_pressed"),
    behavior(
        "The screen stays on while connected",
        "the same, where the system has systemd-inhibit or caffeinate",
        "the_screen_stays_on_while_a_line_that_wishes_so_is_up",
    ),
    behavior("A connection is made at start", "the same", "a_profile_opens_with_its_dashboards"),
    behavior(
        "Tiles are exchanged over `metrics/exchange`",
        "the same, any topic; and over files",
        "an_export_that_comes_while_waiting_is_opened",
    ),
];
