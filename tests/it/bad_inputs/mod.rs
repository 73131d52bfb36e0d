//! The table of bad inputs: a number, the input, and the promised result. Each row is a test; its check is in
//! the module of the side where the input arrives.

mod brokers;
mod files;
mod flood;
mod messages;
mod protocol_errors;
mod screen;
mod subscriptions;
mod takeovers;

use std::future::Future;

use mqtt_dash::model::profile::MqttVersion;
use tokio::{runtime::Runtime, time::timeout};

use crate::fixtures::connection::TIMEOUT;

/// A row: its number, the name of its test, the input, the promised result, and the check.
macro_rules! table {
    ($($number:literal $name:ident $input:literal => $result:literal, $check:expr;)*) => {
        const TABLE: &[(u32, &str, &str)] = &[$(($number, $input, $result)),*];
        $(
            #[test]
            fn $name() {
                $check
            }
        )*
    };
}

table! {
    1 connack_missing_times_out_with_backoff "CONNACK never comes" => "an error within the timeout of the profile, then backoff",
        run_both(brokers::connack_missing_times_out_with_backoff);
    2 refused_login_stops_unless_it_worked_before "the login is refused" => "the reason is shown; retried, slowly, if it worked before or nobody is there, else no attempts until the user asks for one",
        {
        run_both(brokers::refused_login_stops_reconnecting);
        run_both(brokers::login_that_worked_before_is_retried_when_refused);
        run_both(brokers::login_that_another_client_used_before_is_retried_when_refused);
        run_both(brokers::refused_login_is_retried_where_nobody_can_ask_for_it);
    };
    3 tls_to_plain_port_is_explained "TLS against a plain port" => "a hint that the port is plain",
        run_both(brokers::tls_to_plain_port_is_explained);
    4 unexpected_packet_breaks_connection_with_backoff "a second CONNACK, a packet that only clients send" => "an error, then backoff",
        {
        run_both(brokers::second_connack_breaks_connection);
        run_both(brokers::client_packet_breaks_connection);
    };
    5 announced_packet_of_256_mib_is_refused "256 MiB announced" => "refused without allocating them",
        run_both(brokers::announced_packet_of_256_mib_is_refused);
    6 retained_20_kb_is_delivered_and_20_mb_is_refused "20 KB and 20 MB retained" => "delivered; refused with the limit",
        run_both(brokers::retained_20_kb_is_delivered_and_20_mb_is_refused);
    7 truncated_packet_is_ended_by_keep_alive "a truncated packet" => "the keep alive ends the connection",
        run_both(brokers::truncated_packet_is_ended_by_keep_alive);
    8 puback_for_unknown_packet_reconnects_without_loss "PUBACK for an unknown packet" => "at most one reconnect, nothing lost",
        run_both(brokers::puback_for_unknown_packet_reconnects_without_loss);
    9 qos_2_message_sent_three_times_is_delivered_once "a message with QoS 2, sent three times" => "delivered once",
        run_both(brokers::qos_2_message_sent_three_times_is_delivered_once);
    10 receive_maximum_0_and_server_keep_alive_0_are_reported "receive maximum 0, server keep alive 0" => "reported; no flood of PINGREQ packets",
        {
        run(brokers::receive_maximum_0_is_reported());
        run(brokers::server_keep_alive_0_is_reported_and_sends_no_pings());
    };
    11 refused_subscription_is_shown_on_its_tile "a subscription refused" => "shown on its tile",
        {
        run_both(brokers::refused_subscription_is_reported);
        messages::refused_subscription_is_shown_on_its_tile();
    };
    12 client_id_takeover_backs_off "another client takes the client ID over; the broker closes the connection again and again" => "retried less and less often, with the reason if the broker gives one",
        {
        run(takeovers::repeated_session_takeover_backs_off());
        run_both(takeovers::repeated_disconnect_is_retried);
    };
    13 server_redirect_is_shown_but_not_followed "the broker refers to another server" => "shown, never followed",
        run(brokers::server_redirect_is_shown_but_not_followed());
    14 frozen_broker_is_disconnected "the broker process is stopped" => "disconnected by the keep alive",
        run_both(brokers::frozen_broker_is_disconnected);
    15 message_flood_keeps_last_value_and_counts_dropped "a flood of messages" => "the last message of each topic is kept, the others are counted",
        run_both(flood::message_flood_keeps_last_value_and_counts_dropped);
    16 publish_flood_is_bounded_and_can_be_closed "100,000 retained messages to be deleted" => "a bounded number is queued, each has a status, and the connection can be closed",
        run_both(flood::publish_flood_is_bounded_and_can_be_closed);
    17 invalid_topic_is_routed_or_ignored "topics with escapes, bidi, NUL, invalid UTF-8, 1,000 levels" => "routed or ignored, never a panic",
        {
        messages::invalid_topic_is_routed_or_ignored();
        run_both(brokers::invalid_topic_is_delivered_or_breaks_connection);
    };
    18 empty_payload_clears_value "an empty payload" => "cleared, not 0",
        messages::empty_payload_clears_value();
    19 binary_payload_is_shown_as_hexadecimal "1 MB of binary data" => "the first bytes in hexadecimal",
        messages::binary_payload_is_shown_as_hexadecimal();
    20 long_text_is_clipped "10,000 lines; a line of 1 MB" => "clipped",
        messages::long_text_is_clipped();
    21 json_nested_128_deep_is_rejected "JSON nested 128 levels deep" => "an error",
        messages::json_nested_128_deep_is_rejected();
    22 range_tile_rejects_payload_that_is_no_number "NaN, 1e999" => "an error, no panic",
        messages::range_tile_rejects_payload_that_is_no_number();
    23 integer_of_30_digits_keeps_its_text "an integer of 30 digits" => "its exact text",
        messages::integer_of_30_digits_keeps_its_text();
    24 duplicate_json_key_uses_last_value "a duplicate JSON key" => "the last value",
        messages::duplicate_json_key_uses_last_value();
    25 bytes_around_json_are_an_error_with_raw_text "a byte order mark, garbage after JSON" => "an error, and the raw text in the details",
        messages::bytes_around_json_are_an_error_with_raw_text();
    26 combining_marks_are_limited_to_eight_per_cell "5,000 combining marks" => "at most eight per cell",
        messages::combining_marks_are_limited_to_eight_per_cell();
    27 json_of_9_mb_is_not_parsed "9 MB of JSON" => "not parsed",
        messages::json_of_9_mb_is_not_parsed();
    28 png_of_30000_by_30000_is_refused_before_decoding "a PNG of 30,000 by 30,000" => "refused before decoding",
        messages::png_of_30000_by_30000_is_refused_before_decoding();
    29 clock_jump_does_not_change_intervals "the clock jumps" => "intervals do not change",
        messages::clock_jump_does_not_change_intervals();
    30 invalid_value_is_reported_with_its_position "min above max, keep alive 0 or 70,000, an invalid filter, a duplicate name" => "errors with their position",
        files::invalid_value_is_reported_with_its_position();
    31 half_written_file_is_reported_and_others_load "a half written file" => "reported; the others load",
        files::half_written_file_is_reported_and_others_load();
    32 full_disk_and_read_only_file_keep_old_content "a full disk, a read-only file" => "the old content stays",
        files::full_disk_and_read_only_file_keep_old_content();
    33 symlink_stays_symlink_after_save "a symlink" => "stays a symlink",
        files::symlink_stays_symlink_after_save();
    34 edit_keeps_concurrent_changes_of_file "a file changed on disk while it is edited" => "both changes are in the file",
        files::edit_keeps_concurrent_changes_of_file();
    35 invalid_save_keeps_last_valid_dashboard "an invalid save" => "the last valid dashboard stays, a banner shows the error",
        files::invalid_save_keeps_last_valid_dashboard();
    36 secret_readable_by_others_is_refused "a secret that other users can read" => "refused with the chmod command",
        files::secret_readable_by_others_is_refused();
    37 expensive_json_path_is_refused_or_bounded "nested JSON paths, exponential patterns" => "refused",
        files::expensive_json_path_is_refused_or_bounded();
    38 toml_of_100000_brackets_is_rejected "100,000 brackets in TOML" => "refused",
        files::toml_of_100000_brackets_is_rejected();
    39 screen_of_any_size_does_not_panic "terminals of 0×0, 1×1, 500×200, rapid resizes" => "no panic",
        screen::screen_of_any_size_does_not_panic();
    40 closed_terminal_ends_program_under_load "the terminal is closed under load" => "ends within two seconds",
        run(screen::closed_terminal_ends_program_under_load());
    41 missing_or_dumb_terminal_exits_with_status_2 "no terminal, TERM=dumb" => "exit status 2 with a hint",
        screen::missing_or_dumb_terminal_exits_with_status_2();
    42 garbage_from_keyboard_publishes_nothing "an incomplete escape sequence, a paste of 1 MB" => "nothing is published",
        run(screen::garbage_from_keyboard_publishes_nothing());
    43 held_key_publishes_ten_times_a_second_and_the_last_value "a held key" => "at most ten publishes a second, and the last value",
        screen::held_key_publishes_ten_times_a_second_and_the_last_value();
    44 stale_command_expires_after_long_sleep "the connection returns after a long sleep" => "stale commands are dropped",
        run_both(brokers::stale_command_expires_after_long_sleep);
}

#[test]
#[ignore = "the child process of row 32"]
fn saving_child() {
    files::save_in_child();
}

#[test]
fn table_has_all_44_rows() {
    let numbers: Vec<u32> = TABLE.iter().map(|(number, ..)| *number).collect();
    assert_eq!(numbers, (1..=44).collect::<Vec<_>>());
    for (number, input, result) in TABLE {
        println!("{number} {input}: {result}");
    }
}

/// Runs a check to its end, with a timeout.
fn run(check: impl Future<Output = ()>) {
    let runtime = Runtime::new().expect("the runtime starts");
    runtime.block_on(async { timeout(4 * TIMEOUT, check).await.expect("the check takes too long") });
    runtime.shutdown_background();
}

/// Runs a check for both versions of MQTT at the same time.
fn run_both<F: Future<Output = ()>>(check: impl Fn(MqttVersion) -> F) {
    run(async {
        tokio::join!(check(MqttVersion::V311), check(MqttVersion::V5));
    });
}
