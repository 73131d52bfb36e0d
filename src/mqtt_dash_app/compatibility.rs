//! Everything that MQTT Dash has, and where it is here: the table behind `docs/compatibility.md`.
//! Tests walk it, so that nothing stands in it that is not so.

/// A setting of one of the app's tiles.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The kind of tile here; `None`: every kind.
    pub kind: Option<&'static str>,
    /// What it is.
    pub about: &'static str,
    /// Its key in the app's file.
    pub app: &'static str,
    /// Its key in a dashboard's file; `None`: it is only kept for the way back.
    pub ours: Option<&'static str>,
    /// A value of it in the app's file.
    pub json: &'static str,
    /// What stands in a dashboard's file for it; what becomes of it, where it has no key.
    pub toml: &'static str,
    /// Other keys of the app, without which it would say nothing.
    pub beside: &'static str,
}

/// A setting of the app or of one of its connections, which its exports do not hold.
#[derive(Debug, Clone, Copy)]
pub struct Elsewhere {
    /// What it is.
    pub about: &'static str,
    /// In which file it is here.
    pub file: &'static str,
    /// How it is written there.
    pub toml: &'static str,
}

/// Something that the app does.
#[derive(Debug, Clone, Copy)]
pub struct Behaviour {
    /// What.
    pub what: &'static str,
    /// How it is here.
    pub here: &'static str,
    /// The test that shows it.
    pub test: &'static str,
}

const fn every(
    about: &'static str,
    app: &'static str,
    json: &'static str,
    ours: &'static str,
    toml: &'static str,
) -> Setting {
    Setting { kind: None, about, app, ours: Some(ours), json, toml, beside: "" }
}

const fn of(
    kind: &'static str,
    about: &'static str,
    app: &'static str,
    json: &'static str,
    ours: &'static str,
    toml: &'static str,
) -> Setting {
    Setting { kind: Some(kind), about, app, ours: Some(ours), json, toml, beside: "" }
}

const fn kept(about: &'static str, app: &'static str, json: &'static str, becomes: &'static str) -> Setting {
    Setting { kind: None, about, app, ours: None, json, toml: becomes, beside: "" }
}

impl Setting {
    const fn beside(self, beside: &'static str) -> Self {
        Self { beside, ..self }
    }
}

const KEPT: &str = "kept in `mqtt_dash` for the way back";

/// Every key of the app's file.
pub const SETTINGS: &[Setting] = &[
    kept("the kind of the tile", "type", "1", "`kind`: text, switch, range, choice, image, color for 1 to 6"),
    every("name", "name", "\"Hall\"", "name", "\"Hall\""),
    every("topic to subscribe to", "topic", "\"home/+/t\"", "topic", "\"home/+/t\""),
    every("topic to publish to; empty is the same", "topicPub", "\"home/set\"", "publish_topic", "\"home/set\""),
    every("whether it publishes; true, for an image false", "enablePub", "false", "publish", "false"),
    every("quality of service", "qos", "2", "qos", "2"),
    every("retained", "retained", "true", "retain", "true"),
    every("show what is published at once", "updateLastPayloadOnPub", "false", "update_on_publish", "false"),
    every("wait for the answer", "enableIntermediateState", "false", "wait_for_echo", "false")
        .beside(r#""updateLastPayloadOnPub":false"#),
    every("seconds until waiting ends", "intermediateStateTimeout", "9", "wait_timeout", "9")
        .beside(r#""updateLastPayloadOnPub":false"#),
    every("JSON path", "jsonPath", "\"weather[0].icon\"", "json_path", "\"weather[0].icon\"")
        .beside(r#""enablePub":false"#),
    every("script for every message", "jsOnReceive", "\"event.data = 1\"", "on_receive", "\"event.data = 1\""),
    every("script for what is shown", "jsOnDisplay", "\"event.text = 'x'\"", "on_display", "\"event.text = 'x'\""),
    every("script for pressing", "jsOnTap", "\"app.openUri('x')\"", "on_tap", "\"app.openUri('x')\""),
    every("when it blinks", "jsBlinkExpression", "\"val > 13.5\"", "blink", "\"val > 13.5\""),
    of("text", "text before the value", "prefix", "\"~\"", "prefix", "\"~\""),
    of("text", "text behind the value", "postfix", "\" °C\"", "postfix", "\" °C\""),
    of("text", "size of the value", "mainTextSize", "\"SMALL\"", "text_size", "\"small\""),
    of("text", "colour of the value", "textColor", "-65472", "text_color", "\"#ff0040\""),
    of("switch", "payload for on", "payloadOn", "\"ON\"", "on", "\"ON\""),
    of("switch", "payload for off", "payloadOff", "\"OFF\"", "off", "\"OFF\""),
    of("switch", "icon for on", "iconOn", "\"ic_light1_on\"", "on_icon", "\"light1_on\""),
    of("switch", "icon for off", "iconOff", "\"ic_light1_off\"", "off_icon", "\"light1_off\""),
    of("switch", "colour for on", "onColor", "-16384", "on_color", "\"#ffc000\""),
    of("switch", "colour for off", "offColor", "-10461088", "off_color", "\"#606060\""),
    of("range", "lower limit", "minValue", "-10.0", "min", "-10"),
    of("range", "upper limit", "maxValue", "40.0", "max", "40"),
    of("range", "decimals", "decimalPrecision", "1", "decimals", "1"),
    of("range", "the value or the percentage", "displayPayloadValue", "false", "show", "\"percent\""),
    of("range", "text before the value", "prefix", "\"~\"", "prefix", "\"~\""),
    of("range", "text behind the value", "postfix", "\" %\"", "postfix", "\" %\""),
    of("range", "colour of the bar", "progressColor", "-16727809", "color", "\"#00c0ff\""),
    of(
        "choice",
        "what can be chosen",
        "items",
        r#"[{"label":"Slow","payload":"1"}]"#,
        "options",
        r#"[{ label = "Slow", payload = "1" }]"#,
    ),
    of("choice", "size of the label", "mainTextSize", "\"MEDIUM\"", "text_size", "\"medium\""),
    of("choice", "colour of the label", "textColor", "-65472", "text_color", "\"#ff0040\""),
    of(
        "image",
        "where the picture comes from: 1 a URL, 2 the URL in the payload, 3 the payload",
        "kind",
        "3",
        "source",
        "\"payload\"",
    ),
    of("image", "URL of the picture", "imageUrl", "\"http://h/p.png\"", "url", "\"http://h/p.png\""),
    of("image", "seconds between two looks at the URL", "reloadInterval", "60", "reload", "60"),
    of("image", "page that pressing opens", "openUrl", "\"https://h/\"", "open_url", "\"https://h/\""),
    of("color", "how it is published: 0 hex, 1 a number", "format", "1", "format", "\"number\""),
    of("color", "icon", "icon", "\"ic_light1_on\"", "icon", "\"light1_on\""),
    kept("the app's id of the tile", "id", "\"5e7a\"", KEPT),
    kept("the order in which tiles were made", "longId", "7", KEPT),
    kept("time of the last message", "lastActivity", "1548827709", KEPT),
    kept("the last message", "lastPayload", "\"21\"", KEPT),
    kept("what the JSON path gave last", "lastJsonPathValue", "\"21\"", KEPT),
    kept("since when it waits", "enteredIntermediateStateAt", "1548827709", "cleared: it would wait for ever"),
];

const PROFILES: &str = "profiles.toml";
const DASHBOARD: &str = "dashboard";

const fn elsewhere(about: &'static str, file: &'static str, toml: &'static str) -> Elsewhere {
    Elsewhere { about, file, toml }
}

/// What the app has beside its tiles.
pub const ELSEWHERE: &[Elsewhere] = &[
    elsewhere("address, port and encryption of a connection", PROFILES, "url = \"mqtts://broker.example:8883\""),
    elsewhere("user name", PROFILES, "username = \"anna\""),
    elsewhere("password", PROFILES, "password = { env = \"HUB_PASSWORD\" }"),
    elsewhere("client id", PROFILES, "client_id = \"phone\""),
    elsewhere("keep alive", PROFILES, "keep_alive = 60"),
    elsewhere("clean session", PROFILES, "clean_session = false"),
    elsewhere("connection timeout", PROFILES, "connect_timeout = 10"),
    elsewhere("self-signed certificate", PROFILES, "tls = { insecure = true }"),
    elsewhere("certificate of an authority", PROFILES, "tls = { ca = \"ca.pem\" }"),
    elsewhere("last will", PROFILES, "will = { topic = \"phone/status\", payload = \"offline\" }"),
    elsewhere("keep the screen on", PROFILES, "keep_awake = true"),
    elsewhere("connect at start", PROFILES, "default = \"hub\""),
    elsewhere("name of a dashboard", DASHBOARD, "title = \"Bench\""),
    elsewhere("size of the tiles", DASHBOARD, "tile_size = \"small\""),
    elsewhere("number of columns, landscape", DASHBOARD, "columns = 4"),
    elsewhere("number of columns, portrait", DASHBOARD, "columns_narrow = 2"),
    elsewhere("managing is locked", DASHBOARD, "locked = true"),
];

const fn does(what: &'static str, here: &'static str, test: &'static str) -> Behaviour {
    Behaviour { what, here, test }
}

/// What the app does.
pub const BEHAVIOURS: &[Behaviour] = &[
    does(
        "A switch is on only if the value equals its payload for on",
        "the same",
        "a_switch_is_on_only_if_the_value_equals_the_payload",
    ),
    does(
        "An unknown state sends the payload for on",
        "the same; the unknown payload is shown",
        "an_unknown_state_is_shown_with_its_payload_and_sends_on",
    ),
    does("A switch with equal payloads is a button", "the same", "equal_payloads_make_a_button"),
    does(
        "A switch compares with the text that the JSON path gives",
        "the same",
        "a_switch_compares_with_what_the_json_path_gives",
    ),
    does("A range shows its value or the percentage", "the same", "a_range_shows_its_value_or_the_percentage"),
    does("A range shows and sends decimals", "the same", "decimals_are_shown_and_sent"),
    does(
        "A choice without a topic is a menu of commands",
        "the same",
        "a_choice_without_a_topic_is_a_menu_of_commands",
    ),
    does("A text without a topic and with `on_display` is a clock", "the same", "a_text_without_a_topic_is_a_clock"),
    does("Topics may be empty", "the same", "a_tile_with_no_topic_at_all_does_no_harm"),
    does("A topic may hold wildcards", "the same", "a_wildcard_topic_takes_all_that_it_matches"),
    does(
        "`event.topic` is the topic that really came",
        "the same",
        "a_wildcard_topic_tells_the_script_which_topic_came",
    ),
    does(
        "With a JSON path, publishing goes to another topic",
        "the same; an import says where that was not so",
        "with_a_json_path_it_publishes_only_where_no_json_comes",
    ),
    does("Publishing can be switched off", "the same", "what_may_not_publish_does_not"),
    does("Quality of service and retaining", "the same", "quality_and_retaining_go_with_what_is_published"),
    does(
        "JSON paths as Jayway reads them",
        "the same; filters as in RFC 9535",
        "every_shape_of_a_path_gives_what_jayway_gives",
    ),
    does(
        "A text has prefix and postfix, and pressing asks for a line",
        "the same",
        "text_has_prefix_and_postfix_and_asks_for_a_line",
    ),
    does("A name has two lines", "the same, where the tile is tall enough", "a_long_name_is_shown_on_two_lines"),
    does("A value has three lines", "as many as fit, at least three", "three_lines_of_value_are_shown_in_every_size"),
    does("The age of the last message refreshes", "the same", "the_age_of_a_reading_refreshes_by_itself"),
    does(
        "A blinking tile toggles every 500 ms",
        "the same; its name and border stay",
        "a_blinking_tile_toggles_every_500_ms",
    ),
    does("`secs` lets a silent tile blink", "the same", "a_tile_blinks_when_nothing_has_come_for_so_long"),
    does("A spinner turns until a message comes", "the same", "a_spinner_turns_until_a_message_comes"),
    does(
        "A spinner ends with its time",
        "the same; the tile says so",
        "a_spinner_gives_up_after_its_time_out_and_says_so",
    ),
    does(
        "A new value is shown at once, or with its echo",
        "the same",
        "the_new_value_is_shown_at_once_where_that_is_wished",
    ),
    does("Scripts share `event.data` on their tile", "the same", "the_data_of_a_tile_is_shared_by_its_scripts"),
    does("Undeclared names last for a call", "the same", "undeclared_names_are_gone_in_the_next_call"),
    does(
        "`on_receive` changes the payload before anything else",
        "the same",
        "what_a_script_leaves_of_a_payload_goes_through_the_json_path",
    ),
    does("`on_display` changes what is shown", "the same", "what_is_shown_is_what_on_display_leaves"),
    does(
        "`on_tap` runs although publishing is off",
        "the same",
        "pressing_runs_its_script_also_where_publishing_is_off",
    ),
    does(
        "`event.preventDefault` takes the place of the tile's action",
        "the same",
        "a_script_may_take_the_place_of_the_tiles_own_action",
    ),
    does("`app.openUri` opens a link", "after asking", "a_script_asks_before_it_opens_a_link"),
    does(
        "Scripts run as they come",
        "after they were seen and allowed, once",
        "scripts_wait_until_the_person_agrees_once",
    ),
    does(
        "A picture comes from a URL, a URL in the payload, or the payload",
        "the same, from URLs after asking once",
        "a_picture_comes_from_a_url_a_payload_or_its_bytes",
    ),
    does("Pressing a picture opens its page", "after asking", "pressing_a_picture_asks_before_it_opens_the_page"),
    does("A colour is published as hex or as a number", "the same", "a_colour_is_published_as_hex_or_as_a_number"),
    does(
        "The last readings survive the end of the program",
        "the same",
        "the_last_readings_are_shown_before_the_line_is_up",
    ),
    does(
        "A long press edits a tile, copies it to right after it, deletes it",
        "the same, with `e`, `c`, `d`",
        "a_tile_is_added_copied_and_deleted",
    ),
    does(
        "A long press deletes the retained messages of both topics",
        "the same, with `x`, after asking",
        "retained_messages_are_deleted_after_asking_on_both_topics",
    ),
    does("A dashboard can be locked against editing", "the same", "a_locked_dashboard_is_not_edited_but_pressed"),
    does(
        "The screen stays on while connected",
        "the same, where the system has systemd-inhibit or caffeinate",
        "the_screen_stays_on_while_a_line_that_wishes_so_is_up",
    ),
    does("A connection is made at start", "the same", "a_profile_opens_with_its_dashboards"),
    does(
        "Tiles are exchanged over `metrics/exchange`",
        "the same, any topic; and over files",
        "an_export_that_comes_while_waiting_is_opened",
    ),
];
