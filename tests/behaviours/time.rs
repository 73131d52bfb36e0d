//! What goes by with time: ages, blinking, waiting.

use std::time::Duration;

use crate::bench::Bench;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn the_age_of_a_reading_refreshes_by_itself() {
    let mut bench = Bench::exported(r#"{"type":1,"name":"T","topic":"t"}"#);
    bench.comes("t", "21");
    for (after, wanted) in [(0, "just now"), (3, "3 s ago"), (57, "1 min ago"), (3_540, "1 h ago")] {
        bench.app.take_dirty();
        bench.wait(after * SECOND);
        bench.shows(&[wanted]);
        assert!(after == 0 || bench.app.take_dirty(), "the screen is drawn anew for {wanted}");
    }
    bench.comes("t", "21");
    bench.shows(&["just now"]);
}

#[test]
fn a_blinking_tile_toggles_every_500_ms() {
    let mut bench = Bench::exported(
        r#"{"type":1,"name":"Volt","topic":"v","mainTextSize":"SMALL","jsBlinkExpression":"val > 13.5"}"#,
    );
    bench.comes("v", "14.1");
    let half = Duration::from_millis(500);
    for _ in 0..4 {
        bench.shows(&["Volt", "14.1"]);
        bench.wait(Duration::from_millis(499));
        bench.shows(&["14.1"]);
        bench.app.take_dirty();
        bench.wait(Duration::from_millis(1));
        assert!(bench.app.take_dirty());
        bench.shows(&["Volt"]);
        bench.hides(&["14.1"]);
        bench.wait(half);
    }
    bench.comes("v", "12.9");
    for _ in 0..4 {
        bench.shows(&["12.9"]);
        bench.wait(half);
    }
}

#[test]
fn a_tile_blinks_when_nothing_has_come_for_so_long() {
    let mut bench =
        Bench::exported(r#"{"type":1,"name":"T","topic":"t","mainTextSize":"SMALL","jsBlinkExpression":"secs > 60"}"#);
    bench.comes("t", "ok");
    for _ in 0..120 {
        bench.shows(&["ok"]);
        bench.wait(Duration::from_millis(500));
    }
    bench.wait(2 * SECOND);
    bench.shows(&["ok"]);
    bench.wait(Duration::from_millis(500));
    bench.hides(&["ok"]);
}

#[test]
fn a_spinner_turns_until_a_message_comes() {
    let mut bench = Bench::exported(
        r#"{"type":2,"name":"L","topic":"l","updateLastPayloadOnPub":false,"enableIntermediateState":true,"intermediateStateTimeout":0}"#,
    );
    bench.comes("l", "0");
    bench.press();
    bench.shows(&["⠋ waiting", "OFF"]);
    bench.wait(Duration::from_millis(100));
    bench.shows(&["⠙ waiting"]);
    bench.wait(600 * SECOND);
    bench.shows(&["waiting"]);
    bench.comes("l", "1");
    bench.hides(&["waiting"]);
    bench.shows(&["ON"]);
}

#[test]
fn a_spinner_gives_up_after_its_time_out_and_says_so() {
    let mut bench = Bench::exported(
        r#"{"type":2,"name":"L","topic":"l","updateLastPayloadOnPub":false,"enableIntermediateState":true,"intermediateStateTimeout":5}"#,
    );
    bench.comes("l", "0");
    bench.press();
    bench.wait(Duration::from_millis(4_999));
    bench.shows(&["waiting"]);
    bench.wait(Duration::from_millis(1));
    bench.hides(&["waiting"]);
    bench.shows(&["no answer within 5 s", "OFF"]);
}

#[test]
fn the_new_value_is_shown_at_once_where_that_is_wished() {
    let tile = |at_once: bool| {
        let mut bench = Bench::exported(&format!(
            r#"{{"type":2,"name":"L","topic":"l","updateLastPayloadOnPub":{at_once},"enableIntermediateState":false}}"#
        ));
        bench.comes("l", "0");
        bench.press();
        bench.hides(&["waiting"]);
        bench
    };
    tile(true).shows(&["ON"]);
    tile(false).shows(&["OFF"]);
}

#[test]
fn a_stale_wait_of_an_export_is_cleared() {
    let bench = Bench::exported(
        r#"{"type":2,"name":"L","topic":"l","updateLastPayloadOnPub":false,"enteredIntermediateStateAt":1548827709}"#,
    );
    bench.hides(&["waiting"]);
}
