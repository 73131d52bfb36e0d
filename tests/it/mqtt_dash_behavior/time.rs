//! Tiles that change with time: ages, blinking, waiting.

use std::time::Duration;

use crate::fixtures::app::AppFixture;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn age_of_value_refreshes_by_itself() {
    let mut fixture = AppFixture::imported(r#"{"type":1,"name":"T","topic":"t"}"#);
    fixture.receive("t", "21");
    for (after, expected) in [(0, "just now"), (3, "3 s ago"), (57, "1 min ago"), (3_540, "1 h ago")] {
        fixture.app.take_dirty();
        fixture.advance(after * SECOND);
        fixture.assert_shows(&[expected]);
        assert!(after == 0 || fixture.app.take_dirty(), "the screen is not redrawn for {expected}");
    }
    fixture.receive("t", "21");
    fixture.assert_shows(&["just now"]);
}

#[test]
fn blinking_tile_toggles_every_500_ms() {
    let mut fixture = AppFixture::imported(
        r#"{"type":1,"name":"Volt","topic":"v","mainTextSize":"SMALL","jsBlinkExpression":"val > 13.5"}"#,
    );
    fixture.receive("v", "14.1");
    let half = Duration::from_millis(500);
    for _ in 0..4 {
        fixture.assert_shows(&["Volt", "14.1"]);
        fixture.advance(Duration::from_millis(499));
        fixture.assert_shows(&["14.1"]);
        fixture.app.take_dirty();
        fixture.advance(Duration::from_millis(1));
        assert!(fixture.app.take_dirty());
        fixture.assert_shows(&["Volt"]);
        fixture.assert_hides(&["14.1"]);
        fixture.advance(half);
    }
    fixture.receive("v", "12.9");
    for _ in 0..4 {
        fixture.assert_shows(&["12.9"]);
        fixture.advance(half);
    }
}

#[test]
fn tile_blinks_after_seconds_without_message() {
    let mut fixture = AppFixture::imported(
        r#"{"type":1,"name":"T","topic":"t","mainTextSize":"SMALL","jsBlinkExpression":"secs > 60"}"#,
    );
    fixture.receive("t", "ok");
    for _ in 0..120 {
        fixture.assert_shows(&["ok"]);
        fixture.advance(Duration::from_millis(500));
    }
    fixture.advance(2 * SECOND);
    fixture.assert_shows(&["ok"]);
    fixture.advance(Duration::from_millis(500));
    fixture.assert_hides(&["ok"]);
}

#[test]
fn spinner_turns_until_message_arrives() {
    let mut fixture = AppFixture::imported(
        r#"{"type":2,"name":"L","topic":"l","updateLastPayloadOnPub":false,"enableIntermediateState":true,"intermediateStateTimeout":0}"#,
    );
    fixture.receive("l", "0");
    fixture.press_first_tile();
    fixture.assert_shows(&["⠋ waiting", "OFF"]);
    fixture.advance(Duration::from_millis(100));
    fixture.assert_shows(&["⠙ waiting"]);
    fixture.advance(600 * SECOND);
    fixture.assert_shows(&["waiting"]);
    fixture.receive("l", "1");
    fixture.assert_hides(&["waiting"]);
    fixture.assert_shows(&["ON"]);
}

#[test]
fn spinner_stops_at_timeout_with_error() {
    let mut fixture = AppFixture::imported(
        r#"{"type":2,"name":"L","topic":"l","updateLastPayloadOnPub":false,"enableIntermediateState":true,"intermediateStateTimeout":5}"#,
    );
    fixture.receive("l", "0");
    fixture.press_first_tile();
    fixture.advance(Duration::from_millis(4_999));
    fixture.assert_shows(&["waiting"]);
    fixture.advance(Duration::from_millis(1));
    fixture.assert_hides(&["waiting"]);
    fixture.assert_shows(&["no answer within 5 s", "OFF"]);
}

#[test]
fn published_value_is_shown_at_once_if_configured() {
    let tile = |at_once: bool| {
        let mut fixture = AppFixture::imported(&format!(
            r#"{{"type":2,"name":"L","topic":"l","updateLastPayloadOnPub":{at_once},"enableIntermediateState":false}}"#
        ));
        fixture.receive("l", "0");
        fixture.press_first_tile();
        fixture.assert_hides(&["waiting"]);
        fixture
    };
    tile(true).assert_shows(&["ON"]);
    tile(false).assert_shows(&["OFF"]);
}

#[test]
fn waiting_state_of_export_is_cleared() {
    let fixture = AppFixture::imported(
        r#"{"type":2,"name":"L","topic":"l","updateLastPayloadOnPub":false,"enteredIntermediateStateAt":1548827709}"#,
    );
    fixture.assert_hides(&["waiting"]);
}
