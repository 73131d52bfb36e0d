//! Bad input, by number: what comes in, and what is promised to come of it. Each row is a test; its
//! check stands in the file for the side that it comes from.

mod brokers;
mod files;
mod flood;
mod messages;
mod protocol_errors;
mod screen;

use std::future::Future;

use mqtt_dash::model::profile::Protocol;
use tokio::{runtime::Runtime, time::timeout};

use crate::fixtures::connection::TIMEOUT;

/// The table: a number, the name of its test, what comes in, what is to come of it, and the check.
macro_rules! table {
    ($($number:literal $name:ident $what:literal => $wanted:literal, $check:expr;)*) => {
        const TABLE: &[(u32, &str, &str)] = &[$(($number, $what, $wanted)),*];
        $(
            #[test]
            fn $name() {
                $check
            }
        )*
    };
}

table! {
    1 connack_missing_times_out_with_backoff "CONNACK never comes" => "an error within the profile's limit, back-off", both(brokers::no_answer);
    2 refused_login_stops_reconnecting "the login is refused" => "a sentence, no more attempts until the person says so", both(brokers::a_refused_login);
    3 tls_to_plain_port_is_explained "TLS against a plain port" => "the hint that it is one", both(brokers::an_answer_in_clear_to_tls);
    4 unexpected_packet_breaks_connection_with_backoff "a second CONNACK, a packet that only clients send" => "said, back-off", {
        both(brokers::a_second_welcome);
        both(brokers::a_packet_of_a_client);
    };
    5 announced_packet_of_256_mib_is_refused "256 MiB announced" => "refused before they are allocated", both(brokers::a_packet_of_256_mebibytes);
    6 retained_20_kb_is_delivered_and_20_mb_is_refused "20 KB and 20 MB retained" => "shown; dropped with the limit named", both(brokers::large_and_too_large);
    7 truncated_packet_is_ended_by_keep_alive "a packet cut short" => "the keep-alive ends it", both(brokers::a_packet_cut_short);
    8 puback_for_unknown_packet_reconnects_without_loss "an acknowledgement of nothing" => "one new connection at most, nothing lost", both(brokers::an_acknowledgement_of_nothing);
    9 qos_2_message_sent_three_times_is_delivered_once "exactly once, three times" => "it comes once", both(brokers::exactly_once_is_once);
    10 receive_maximum_0_and_server_keep_alive_0_are_reported "receive maximum 0, server keep-alive 0" => "a sentence; no storm of pings", {
        alone(brokers::a_receive_maximum_of_zero_is_said());
        alone(brokers::a_server_keep_alive_of_zero_makes_no_storm());
    };
    11 refused_subscription_is_shown_on_its_tile "a subscription refused" => "said on its tile", {
        both(brokers::a_refused_subscription);
        messages::a_refused_subscription_on_its_tile();
    };
    12 client_id_takeover_stops_after_three "a duel for the client id" => "stops after three", {
        alone(brokers::a_session_taken_over_again_and_again_stops());
        alone(brokers::a_line_closed_again_and_again_stops());
    };
    13 server_redirect_is_shown_but_not_followed "the broker sends elsewhere" => "shown, never followed", alone(brokers::a_redirect_is_shown_and_not_followed());
    14 frozen_broker_is_disconnected "the broker is stopped" => "the line is cut", both(brokers::a_broker_that_says_nothing_more);
    15 message_flood_keeps_last_value_and_counts_dropped "a flood" => "the last of each topic is kept, the rest counted", both(flood::a_flood_is_coalesced_and_counted);
    16 publish_flood_is_bounded_and_can_be_closed "100,000 retained messages to be deleted" => "a bounded number waits, each is answered for, and it can be ended", both(flood::a_flood_of_orders_is_bounded_and_can_be_ended);
    17 invalid_topic_is_routed_or_ignored "topics with escapes, bidi, NUL, no UTF-8, 1,000 levels" => "routed or passed over, never a panic", {
        messages::strange_topics();
        both(brokers::strange_topics);
    };
    18 empty_payload_clears_value "an empty payload" => "cleared, not 0", messages::an_empty_payload();
    19 binary_payload_is_shown_as_hexadecimal "1 MB of bytes" => "the first of them in hexadecimal", messages::a_megabyte_of_bytes();
    20 long_text_is_clipped "10,000 lines; a line of 1 MB" => "clipped", messages::long_texts();
    21 json_nested_128_deep_is_rejected "JSON 128 deep" => "too deep", messages::deep_json();
    22 range_tile_rejects_payload_that_is_no_number "NaN, 1e999" => "a fault, no panic", messages::no_numbers();
    23 integer_of_30_digits_keeps_its_text "an integer of 30 digits" => "its exact text", messages::a_long_integer();
    24 duplicate_json_key_uses_last_value "a key twice" => "the last one", messages::a_key_twice();
    25 bytes_around_json_are_an_error_with_raw_text "a byte order mark, rubbish behind JSON" => "a fault, and the raw text", messages::rubbish_around_json();
    26 combining_marks_are_limited_to_eight_per_cell "5,000 combining marks" => "eight a cell at most", messages::combining_marks();
    27 json_of_9_mb_is_not_parsed "9 MB of JSON" => "not read", messages::large_json();
    28 png_of_30000_by_30000_is_refused_before_decoding "a PNG of 30,000 by 30,000" => "refused before it is decoded", messages::a_huge_picture();
    29 clock_jump_does_not_change_intervals "the clock jumps" => "intervals stay as they are", messages::a_clock_that_jumps();
    30 invalid_value_is_reported_with_its_position "min above max, keep-alive 0 or 70,000, a bad filter, a name twice" => "errors with their place", files::mistakes_have_places();
    31 half_written_file_is_reported_and_others_load "a file half written" => "said; the others load", files::half_a_file();
    32 full_disk_and_read_only_file_keep_old_content "a full disk, a read-only file" => "the old one intact", files::no_room_to_write();
    33 symlink_stays_symlink_after_save "a symlink" => "it stays one", files::a_symlink();
    34 edit_keeps_concurrent_changes_of_file "a file changed by another hand while it is edited" => "the other's change stays", files::another_hand();
    35 invalid_save_keeps_last_valid_dashboard "an invalid save" => "the last good dashboard stays, a banner says why", files::an_invalid_save();
    36 secret_readable_by_others_is_refused "a secret that others can read" => "refused with the command that mends it", files::a_readable_secret();
    37 expensive_json_path_is_refused_or_bounded "nested paths, patterns that explode" => "refused", files::paths_that_explode();
    38 toml_of_100000_brackets_is_rejected "100,000 brackets in TOML" => "refused", files::brackets();
    39 screen_of_any_size_does_not_panic "0×0, 1×1, 500×200, a storm of sizes" => "no panic", screen::sizes();
    40 closed_terminal_ends_program_under_load "the terminal is closed" => "ends within two seconds", alone(screen::closed_under_load());
    41 missing_or_dumb_terminal_exits_with_status_2 "no terminal, TERM=dumb" => "exit status 2 with a hint", screen::no_terminal();
    42 garbage_from_keyboard_publishes_nothing "a lone ESC [, a paste of 1 MB" => "nothing is published", alone(screen::rubbish_from_the_keyboard());
    43 held_key_publishes_ten_times_a_second_and_the_last_value "a key held" => "ten publishes a second at most, the last value always", screen::a_key_held();
    44 stale_command_expires_after_long_sleep "back from a long sleep" => "stale commands expire", both(brokers::stale_commands);
}

#[test]
#[ignore = "it is the child of number 32"]
fn saving_child() {
    files::save_as_child();
}

#[test]
fn table_has_all_44_rows() {
    let numbers: Vec<u32> = TABLE.iter().map(|(number, ..)| *number).collect();
    assert_eq!(numbers, (1..=44).collect::<Vec<_>>());
    for (number, what, wanted) in TABLE {
        println!("{number} {what}: {wanted}");
    }
}

/// Runs a check to its end.
fn alone(check: impl Future<Output = ()>) {
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(async { timeout(4 * TIMEOUT, check).await.expect("it ends in time") });
    runtime.shutdown_background();
}

/// Runs a check for both versions of MQTT, side by side.
fn both<F: Future<Output = ()>>(check: impl Fn(Protocol) -> F) {
    alone(async {
        tokio::join!(check(Protocol::V3), check(Protocol::V5));
    });
}
