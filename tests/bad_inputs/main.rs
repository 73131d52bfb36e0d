//! Bad input, by number: what comes in, and what is promised to come of it. Each row is a test; its
//! check stands in the file for the side that it comes from.
#![cfg(all(unix, feature = "demo"))]

mod brokers;
#[path = "../support/desk.rs"]
#[allow(dead_code, reason = "each program of tests uses a part of it")]
mod desk;
#[path = "../support/escapes.rs"]
#[allow(dead_code, reason = "each program of tests uses a part of it")]
mod escapes;
mod files;
mod flood;
#[path = "../support/line.rs"]
#[allow(dead_code, reason = "each program of tests uses a part of it")]
mod line;
mod messages;
#[path = "../support/pty.rs"]
#[allow(dead_code, reason = "each program of tests uses a part of it")]
mod pty;
mod screen;
#[path = "../support/scripted.rs"]
#[allow(dead_code, reason = "each program of tests uses a part of it")]
mod scripted;
#[path = "../support/stage.rs"]
#[allow(dead_code, reason = "each program of tests uses a part of it")]
mod stage;

use std::future::Future;

use mqtt_dash::model::profile::Protocol;
use tokio::{runtime::Runtime, time::timeout};

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
    1 n01 "CONNACK never comes" => "an error within the profile's limit, back-off", both(brokers::no_answer);
    2 n02 "the login is refused" => "a sentence, no more attempts until the person says so", both(brokers::a_refused_login);
    3 n03 "TLS against a plain port" => "the hint that it is one", both(brokers::an_answer_in_clear_to_tls);
    4 n04 "a second CONNACK, a packet that only clients send" => "said, back-off", {
        both(brokers::a_second_welcome);
        both(brokers::a_packet_of_a_client);
    };
    5 n05 "256 MiB announced" => "refused before they are allocated", both(brokers::a_packet_of_256_mebibytes);
    6 n06 "20 KB and 20 MB retained" => "shown; dropped with the limit named", both(brokers::large_and_too_large);
    7 n07 "a packet cut short" => "the keep-alive ends it", both(brokers::a_packet_cut_short);
    8 n08 "an acknowledgement of nothing" => "one new connection at most, nothing lost", both(brokers::an_acknowledgement_of_nothing);
    9 n09 "exactly once, three times" => "it comes once", both(brokers::exactly_once_is_once);
    10 n10 "receive maximum 0, server keep-alive 0" => "a sentence; no storm of pings", {
        alone(brokers::a_receive_maximum_of_zero_is_said());
        alone(brokers::a_server_keep_alive_of_zero_makes_no_storm());
    };
    11 n11 "a subscription refused" => "said on its tile", {
        both(brokers::a_refused_subscription);
        messages::a_refused_subscription_on_its_tile();
    };
    12 n12 "a duel for the client id" => "stops after three", {
        alone(brokers::a_session_taken_over_again_and_again_stops());
        alone(brokers::a_line_closed_again_and_again_stops());
    };
    13 n13 "the broker sends elsewhere" => "shown, never followed", alone(brokers::a_redirect_is_shown_and_not_followed());
    14 n14 "the broker is stopped" => "the line is cut", both(brokers::a_broker_that_says_nothing_more);
    15 n15 "a flood" => "the last of each topic is kept, the rest counted", both(flood::a_flood_is_coalesced_and_counted);
    16 n16 "100,000 retained messages to be deleted" => "a bounded number waits, each is answered for, and it can be ended", both(flood::a_flood_of_orders_is_bounded_and_can_be_ended);
    17 n17 "topics with escapes, bidi, NUL, no UTF-8, 1,000 levels" => "routed or passed over, never a panic", {
        messages::strange_topics();
        both(brokers::strange_topics);
    };
    18 n18 "an empty payload" => "cleared, not 0", messages::an_empty_payload();
    19 n19 "1 MB of bytes" => "the first of them in hexadecimal", messages::a_megabyte_of_bytes();
    20 n20 "10,000 lines; a line of 1 MB" => "clipped", messages::long_texts();
    21 n21 "JSON 128 deep" => "too deep", messages::deep_json();
    22 n22 "NaN, 1e999" => "a fault, no panic", messages::no_numbers();
    23 n23 "an integer of 30 digits" => "its exact text", messages::a_long_integer();
    24 n24 "a key twice" => "the last one", messages::a_key_twice();
    25 n25 "a byte order mark, rubbish behind JSON" => "a fault, and the raw text", messages::rubbish_around_json();
    26 n26 "5,000 combining marks" => "eight a cell at most", messages::combining_marks();
    27 n27 "9 MB of JSON" => "not read", messages::large_json();
    28 n28 "a PNG of 30,000 by 30,000" => "refused before it is decoded", messages::a_huge_picture();
    29 n29 "the clock jumps" => "intervals stay as they are", messages::a_clock_that_jumps();
    30 n30 "min above max, keep-alive 0 or 70,000, a bad filter, a name twice" => "errors with their place", files::mistakes_have_places();
    31 n31 "a file half written" => "said; the others load", files::half_a_file();
    32 n32 "a full disk, a read-only file" => "the old one intact", files::no_room_to_write();
    33 n33 "a symlink" => "it stays one", files::a_symlink();
    34 n34 "a file changed by another hand while it is edited" => "the other's change stays", files::another_hand();
    35 n35 "an invalid save" => "the last good dashboard stays, a banner says why", files::an_invalid_save();
    36 n36 "a secret that others can read" => "refused with the command that mends it", files::a_readable_secret();
    37 n37 "nested paths, patterns that explode" => "refused", files::paths_that_explode();
    38 n38 "100,000 brackets in TOML" => "refused", files::brackets();
    39 n39 "0×0, 1×1, 500×200, a storm of sizes" => "no panic", screen::sizes();
    40 n40 "the terminal is closed" => "ends within two seconds", alone(screen::closed_under_load());
    41 n41 "no terminal, TERM=dumb" => "exit status 2 with a hint", screen::no_terminal();
    42 n42 "a lone ESC [, a paste of 1 MB" => "nothing is published", alone(screen::rubbish_from_the_keyboard());
    43 n43 "a key held" => "ten publishes a second at most, the last value always", screen::a_key_held();
    44 n44 "back from a long sleep" => "stale commands expire", both(brokers::stale_commands);
}

#[test]
#[ignore = "it is the child of number 32"]
fn child_that_saves() {
    files::save_as_child();
}

#[test]
fn all_44_are_there() {
    let numbers: Vec<u32> = TABLE.iter().map(|(number, ..)| *number).collect();
    assert_eq!(numbers, (1..=44).collect::<Vec<_>>());
    for (number, what, wanted) in TABLE {
        println!("{number} {what}: {wanted}");
    }
}

/// Runs a check to its end.
fn alone(check: impl Future<Output = ()>) {
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(async { timeout(4 * line::LIMIT, check).await.expect("it ends in time") });
    runtime.shutdown_background();
}

/// Runs a check for both versions of MQTT, side by side.
fn both<F: Future<Output = ()>>(check: impl Fn(Protocol) -> F) {
    alone(async {
        tokio::join!(check(Protocol::V3), check(Protocol::V5));
    });
}
