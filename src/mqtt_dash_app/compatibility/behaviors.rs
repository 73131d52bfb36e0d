//! The behaviors of the app.

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
        "the same before the first message, and the footer says so; an unknown payload is shown, and pressing asks",
        "switch_in_unknown_state_shows_payload_and_asks",
    ),
    behavior("A switch with equal payloads is a button", "the same", "switch_with_equal_payloads_is_a_button"),
    behavior(
        "A switch compares with the value at the JSON path",
        "the same; numbers in any spelling",
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
        "the same, with all digits of numbers; an object is shown as JSON",
        "json_path_shapes_give_what_jayway_gives",
    ),
    behavior(
        "JSON paths have functions, and filters such as `=~ /re/i`, `contains` and `in`",
        "the same; texts that are numbers count as numbers",
        "json_path_functions_and_filters_give_what_jayway_gives",
    ),
    behavior(
        "JSON that is not quite JSON is read",
        "the same; an unclean value is shown as it was sent",
        "unclean_field_costs_only_itself",
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
    behavior(
        "`secs` counts from when a retained message arrived",
        "it is `Infinity` until the next message: for how long the broker has kept the retained one is unknown",
        "retained_value_has_no_age_until_a_message_arrives",
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
        "after they were reviewed and allowed, once for each broker; other topics than those they name are asked for",
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
