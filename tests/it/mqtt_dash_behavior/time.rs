//! Tiles that change with time: ages, blinking, waiting.

use std::time::Duration;

use mqtt_dash::app::Action;

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
fn retained_value_has_no_age_until_a_message_arrives() {
    let mut fixture = AppFixture::imported(
        r#"[{"type":1,"name":"T","topic":"t/+","mainTextSize":"SMALL"},
            {"type":1,"name":"S","topic":"t/a","mainTextSize":"SMALL",
             "jsOnDisplay":"event.text = event.getSecondsSinceLastActivity() + '/' + event.lastActivityString"}]"#,
    );
    for topic in ["t/a", "t/b"] {
        fixture.receive_retained(topic, "21");
        fixture.advance(3 * SECOND);
        fixture.assert_shows(&[" retained ", "Infinity/retained"]);
        fixture.assert_hides(&["ago", "just now"]);
        // A further subscription brings it again.
        fixture.receive_retained(topic, "21");
        fixture.assert_shows(&[" retained ", "Infinity/retained"]);
        fixture.assert_hides(&["ago", "just now"]);
    }
    fixture.receive("t/a", "21");
    fixture.assert_shows(&["just now", "0/just now"]);
    fixture.assert_hides(&["retained"]);
}

#[test]
fn alarm_takes_a_retained_value_for_an_old_one() {
    for (expression, is_alarm) in [("secs > 60", true), ("secs < 60", false), ("val > 20 && secs > 60", true)] {
        let mut fixture = AppFixture::imported(&format!(
            r#"{{"type":1,"name":"T","topic":"t","mainTextSize":"SMALL","jsBlinkExpression":"{expression}"}}"#
        ));
        fixture.receive_retained("t", "21");
        let half_seconds: Vec<bool> = (0..4)
            .map(|_| {
                fixture.advance(Duration::from_millis(500));
                fixture.screen_text().contains("21")
            })
            .collect();
        assert_eq!(half_seconds.contains(&false), is_alarm, "{expression}: {half_seconds:?}");
        fixture.receive("t", "21");
        fixture.advance(Duration::from_millis(500));
        assert_eq!(fixture.screen_text().contains("21"), is_alarm || expression != "secs < 60", "{expression}");
    }
}

#[test]
fn value_that_the_broker_sends_again_keeps_its_age() {
    let mut fixture = AppFixture::imported(r#"{"type":1,"name":"T","topic":"t","mainTextSize":"SMALL"}"#);
    fixture.receive("t", "21");
    fixture.advance(120 * SECOND);
    fixture.connect();
    fixture.receive_retained("t", "21");
    fixture.assert_shows(&["2 min ago"]);
    fixture.connect();
    fixture.receive_retained("t", "22");
    fixture.assert_shows(&["22", "retained"]);
    fixture.receive_retained("t", "23");
    fixture.assert_shows(&["23", "just now"]);
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
    fixture.advance(Duration::from_secs(9));
    fixture.assert_shows(&["waiting"]);
    fixture.press_first_tile();
    fixture.report_sent();
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

/// Acts every 100 ms, while a device answers each published value 300 ms later.
fn act_on_slow_device(
    dashboard: &str,
    before: &str,
    actions: &[&[Action]],
    answer: impl Fn(&str) -> String,
) -> AppFixture {
    let mut fixture = AppFixture::new(dashboard);
    fixture.receive("t", before);
    let mut answers = Vec::new();
    for tick in 0..actions.len() + 4 {
        while answers.first().is_some_and(|(due, _)| *due <= tick) {
            let (_, text): (usize, String) = answers.remove(0);
            fixture.receive("t", text);
        }
        for action in actions.get(tick).copied().unwrap_or_default() {
            fixture.act(action.clone());
        }
        answers.extend(fixture.take_published().iter().map(|(_, payload)| (tick + 3, answer(payload))));
        fixture.advance(Duration::from_millis(100));
    }
    assert_eq!(answers, []);
    fixture
}

#[test]
fn steps_go_on_from_what_a_device_with_a_maximum_answers() {
    let range = "[[tile]]\nkind = \"range\"\ntopic = \"t\"\npublish_topic = \"set\"\nmin = 10\nmax = 35\n";
    let clamp = |payload: &str| payload.parse::<i64>().unwrap().min(25).to_string();
    for before in ["20", "24", "25"] {
        for steps in 1..8 {
            let mut fixture = act_on_slow_device(range, before, &vec![&[Action::Step(1)][..]; steps], clamp);
            let expected = (before.parse::<usize>().unwrap() + steps).min(25);
            assert_eq!(fixture.first_tile_text(), Some(&*expected.to_string()), "{steps} steps from {before}");
            fixture.advance(6 * SECOND);
            fixture.assert_hides(&["unconfirmed", "sending", "sent"]);
            fixture.act(Action::Step(1));
            assert_eq!(fixture.take_published(), [("set".to_owned(), (expected + 1).to_string())]);
        }
    }
}

#[test]
fn switch_and_choice_show_what_a_device_answers_that_refuses() {
    let switch = "[[tile]]\nkind = \"switch\"\ntopic = \"t\"\npublish_topic = \"set\"\n";
    for presses in 1..6 {
        let fixture = act_on_slow_device(switch, "0", &vec![&[Action::Press][..]; presses], |_| "0".to_owned());
        fixture.assert_shows(&["OFF"]);
        assert_eq!(fixture.first_tile_text(), Some("0"), "{presses} presses");
    }
    let choice = "[[tile]]\nkind = \"choice\"\ntopic = \"t\"\npublish_topic = \"set\"\n\
                  options = [{ payload = \"a\" }, { payload = \"b\" }, { payload = \"c\" }]\n";
    let choose = |option| [Action::Press, Action::AcceptOption(option)];
    let (b, c) = (choose(1), choose(2));
    let refuse_c = |payload: &str| if payload == "c" { "b".to_owned() } else { payload.to_owned() };
    for choices in [&[&b[..], &c][..], &[&b, &c, &c], &[&c, &c], &[&c, &b, &c]] {
        let fixture = act_on_slow_device(choice, "a", choices, refuse_c);
        assert_eq!(fixture.first_tile_text(), Some("b"), "{choices:?}");
    }
}
