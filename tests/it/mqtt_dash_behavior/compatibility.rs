//! The table of compatibility with the app, row by row.

use std::path::Path;

use mqtt_dash::{
    config::{read_dashboard, read_profiles},
    model::{kind, schema::DynFields as _, tile::Tile},
    mqtt_dash_app::{
        compatibility::{BEHAVIORS, OTHER_SETTINGS, TILE_SETTINGS, TileSettingRow},
        export, import, import_to_toml,
    },
};
use serde_json::Value as Json;

use crate::fixtures::repository;

/// Tiles of the app with this setting, as JSON.
fn tiles(row: &TileSettingRow) -> Vec<String> {
    let kinds = ["text", "switch", "range", "choice", "image", "color"];
    let of_kind = |number: usize| {
        let others = if row.companion_json.is_empty() { String::new() } else { format!(",{}", row.companion_json) };
        let pub_topic = if row.app_key == "topicPub" || row.app_key == "enablePub" { "" } else { r#","topicPub":"p""# };
        let topic = if row.app_key == "topic" { "" } else { r#","topic":"t""# };
        let own = if row.app_key == "type" { String::new() } else { format!(r#","{}":{}"#, row.app_key, row.json) };
        format!(r#"[{{"type":{number}{topic}{pub_topic}{others}{own}}}]"#)
    };
    match row.kind {
        Some(kind) => vec![of_kind(1 + kinds.iter().position(|name| *name == kind).expect("a kind"))],
        // An image publishes only if it is configured to.
        None => (1..=6).filter(|number| *number != 5).map(of_kind).collect(),
    }
}

#[test]
fn every_app_setting_is_imported_as_documented_and_exported() {
    for row in TILE_SETTINGS {
        for json in tiles(row) {
            let imported = import(json.as_bytes(), false).expect("an export");
            let text = import_to_toml(&imported);
            match row.key {
                Some(ours) => {
                    let line = format!("{ours} = {}", row.toml);
                    assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
                }
                None if row.toml.contains("kept") => assert!(text.contains(&format!("{} = ", row.app_key)), "{text}"),
                None => assert!(!text.contains(row.app_key), "{text}"),
            }
            let exported: Vec<Json> = serde_json::from_str(&export(&imported.dashboard)).expect("JSON");
            let expected: Json = match row.app_key {
                "type" => continue,
                "enteredIntermediateStateAt" => 0.into(),
                _ => serde_json::from_str(row.json).expect("JSON"),
            };
            assert_eq!(exported[0][row.app_key], expected, "{json}");
        }
    }
}

#[test]
fn every_tile_key_the_app_has_is_in_the_table() {
    for kind in kind::all() {
        let name = kind.name();
        for row in Tile::new(kind).fields().iter().filter(|row| !["step", "mqtt_dash"].contains(&row.name)) {
            let is_listed = TILE_SETTINGS
                .iter()
                .any(|setting| setting.key == Some(row.name) && setting.kind.is_none_or(|kind| kind == name));
            let is_affix = ["prefix", "postfix"].contains(&row.name);
            assert!(is_listed || is_affix, "{} of {name}", row.name);
        }
    }
}

#[test]
fn every_other_setting_is_valid_in_its_documented_file() {
    for row in OTHER_SETTINGS {
        let result = match (row.file, row.toml.starts_with("default")) {
            ("profiles.toml", true) => {
                read_profiles("p", &format!("{}\n[profile.hub]\nurl = \"mqtt://h\"\n", row.toml), Path::new("."))
                    .map(drop)
            }
            ("profiles.toml", false) => {
                let key = row.toml.split(' ').next().expect("a key");
                let plain = ["url = \"mqtts://h\"\n", "client_id = \"x\"\n", "username = \"x\"\n"];
                let url: String = plain.into_iter().filter(|line| !line.starts_with(key)).collect();
                read_profiles("p", &format!("[profile.hub]\n{url}{}\n", row.toml), Path::new(".")).map(drop)
            }
            _ => read_dashboard("d", row.toml).map(drop),
        };
        assert!(result.is_ok(), "{}\n{}", row.toml, result.unwrap_err().render_report(false, 100));
    }
}

/// Tests that `BEHAVIOURS` still names as they were called before, and what they are called now.
const RENAMED_TESTS: &[(&str, &str)] = &[
    ("the_screen_stays_on_while_a_line_that_wishes_so_is_up", "sleep_is_inhibited_while_keep_awake_connection_is_up"),
    ("an_export_that_comes_while_waiting_is_opened", "export_received_while_waiting_is_imported_and_opened"),
    ("the_last_readings_are_shown_before_the_line_is_up", "last_values_are_shown_before_connection_is_up"),
    ("a_profile_opens_with_its_dashboards", "default_profile_opens_with_its_dashboards"),
    ("equal_payloads_make_a_button", "switch_with_equal_payloads_is_a_button"),
    ("a_switch_is_on_only_if_the_value_equals_the_payload", "switch_is_on_only_if_value_equals_on_payload"),
    ("an_unknown_state_is_shown_with_its_payload_and_sends_on", "switch_in_unknown_state_shows_payload_and_sends_on"),
    ("a_switch_compares_with_what_the_json_path_gives", "switch_compares_with_value_at_json_path"),
    ("a_range_shows_its_value_or_the_percentage", "range_shows_value_or_percentage"),
    ("decimals_are_shown_and_sent", "range_shows_and_publishes_decimals"),
    ("a_choice_without_a_topic_is_a_menu_of_commands", "choice_without_topic_is_a_command_menu"),
    ("a_tile_with_no_topic_at_all_does_no_harm", "tile_without_topics_ignores_presses"),
    ("what_may_not_publish_does_not", "tile_with_publishing_disabled_publishes_nothing"),
    ("with_a_json_path_it_publishes_only_where_no_json_comes", "tile_with_json_path_publishes_only_to_other_topic"),
    ("quality_and_retaining_go_with_what_is_published", "publish_uses_qos_and_retain_of_tile"),
    ("three_lines_of_value_are_shown_in_every_size", "three_value_lines_fit_every_tile_size"),
    ("a_long_name_is_shown_on_two_lines", "long_name_wraps_to_two_lines"),
    ("text_has_prefix_and_postfix_and_asks_for_a_line", "text_has_prefix_and_postfix_and_opens_prompt"),
    ("a_colour_is_published_as_hex_or_as_a_number", "color_is_published_as_hex_or_number"),
    ("a_picture_comes_from_a_url_a_payload_or_its_bytes", "image_comes_from_url_payload_url_or_payload_bytes"),
    ("pressing_a_picture_asks_before_it_opens_the_page", "pressed_image_asks_before_opening_page"),
    ("a_wildcard_topic_takes_all_that_it_matches", "wildcard_topic_receives_all_matching_messages"),
    ("a_locked_dashboard_is_not_edited_but_pressed", "locked_dashboard_is_pressed_but_not_edited"),
    ("a_wildcard_topic_tells_the_script_which_topic_came", "script_sees_actual_topic_of_wildcard_subscription"),
    ("what_a_script_leaves_of_a_payload_goes_through_the_json_path", "json_path_is_applied_to_payload_left_by_script"),
    ("a_text_without_a_topic_is_a_clock", "text_without_topic_updates_every_second"),
    ("pressing_runs_its_script_also_where_publishing_is_off", "on_tap_runs_with_publishing_disabled"),
    ("a_script_may_take_the_place_of_the_tiles_own_action", "prevent_default_replaces_action_of_tile"),
    ("a_script_asks_before_it_opens_a_link", "open_uri_asks_before_opening_link"),
    ("what_is_shown_is_what_on_display_leaves", "on_display_changes_what_tile_shows"),
    ("the_data_of_a_tile_is_shared_by_its_scripts", "event_data_is_shared_by_scripts_of_tile"),
    ("the_age_of_a_reading_refreshes_by_itself", "age_of_value_refreshes_by_itself"),
    ("a_blinking_tile_toggles_every_500_ms", "blinking_tile_toggles_every_500_ms"),
    ("a_tile_blinks_when_nothing_has_come_for_so_long", "tile_blinks_after_seconds_without_message"),
    ("a_spinner_turns_until_a_message_comes", "spinner_turns_until_message_arrives"),
    ("a_spinner_gives_up_after_its_time_out_and_says_so", "spinner_stops_at_timeout_with_error"),
    ("the_new_value_is_shown_at_once_where_that_is_wished", "published_value_is_shown_at_once_if_configured"),
    ("undeclared_names_are_gone_in_the_next_call", "undeclared_variables_end_with_the_call"),
];

#[test]
fn every_behavior_has_its_named_test() {
    let files = ["src", "tests"].into_iter().flat_map(repository::rust_sources);
    let text: String = files.map(|(_, text)| text).collect();
    let is_test = |name: &str| {
        let start = text.find(&format!("fn {name}("))?;
        let before = text[..start].trim_end_matches("async ");
        Some(before.trim_end().lines().next_back()?.contains("test"))
    };
    for row in BEHAVIORS {
        let renamed = RENAMED_TESTS.iter().find(|(old, _)| *old == row.test);
        let name = renamed.map_or(row.test, |(_, new)| new);
        assert_eq!(is_test(name), Some(true), "{name}");
    }
}
