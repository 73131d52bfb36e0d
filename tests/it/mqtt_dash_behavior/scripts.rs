//! Scripts of tiles, from the message to the screen.

use std::time::Duration;

use mqtt_dash::{
    app::{Action, Effect, ShellEffect},
    model::connection::Qos,
};

use crate::fixtures::app::AppFixture;

#[test]
fn script_sees_actual_topic_of_wildcard_subscription() {
    let mut fixture = AppFixture::imported(
        r#"{"type":1,"name":"Any","topic":"home/+/t","mainTextSize":"SMALL","enablePub":false,
            "jsOnReceive":"event.payload = event.topic.split('/')[1] + ': ' + event.payload"}"#,
    );
    fixture.receive("home/cellar/t", "8");
    fixture.assert_shows(&["cellar: 8"]);
    fixture.receive("home/attic/t", "25");
    fixture.assert_shows(&["attic: 25"]);
}

#[test]
fn json_path_is_applied_to_payload_left_by_script() {
    let mut fixture = AppFixture::imported(
        r#"{"type":1,"name":"T","topic":"t","mainTextSize":"SMALL","enablePub":false,"jsonPath":"$.v",
            "jsOnReceive":"event.payload = JSON.stringify({v: event.payload * 2})"}"#,
    );
    fixture.receive("t", "21");
    fixture.assert_shows(&["42"]);
}

#[test]
fn text_without_topic_updates_every_second() {
    let mut fixture = AppFixture::imported(
        r#"{"type":1,"name":"Clock","topic":"","mainTextSize":"SMALL","enablePub":false,
            "jsOnDisplay":"event.data = (event.data || 0) + 1; event.text = 'tick ' + event.data"}"#,
    );
    fixture.assert_shows(&["tick 1"]);
    for second in 2..6 {
        fixture.advance(Duration::from_secs(1));
        fixture.assert_shows(&[&format!("tick {second}")]);
    }
}

#[test]
fn on_tap_runs_with_publishing_disabled() {
    let mut fixture = AppFixture::imported(
        r#"{"type":1,"name":"T","topic":"t","enablePub":false,"jsOnTap":"app.publish('cmd', 'ref', true, 1);"}"#,
    );
    fixture.press_first_tile();
    let request = fixture.take_publish_requests().remove(0);
    assert_eq!((request.topic.as_str(), &*request.payload), ("cmd", &b"ref"[..]));
    assert!(request.retain && request.qos == Qos::AtLeastOnce, "the third argument is retain, the fourth is QoS");
}

#[test]
fn prevent_default_replaces_action_of_tile() {
    let tile = |prevent: bool| {
        let mut fixture = AppFixture::imported(&format!(
            r#"{{"type":2,"name":"L","topic":"l","jsOnTap":"app.publish('x', 'y', false, 0); event.preventDefault = {prevent}"}}"#
        ));
        fixture.press_first_tile();
        fixture.take_published().into_iter().map(|(topic, _)| topic).collect::<Vec<_>>()
    };
    assert_eq!(tile(true), ["x"]);
    assert_eq!(tile(false), ["x", "l"]);
}

#[test]
fn prevent_default_holds_for_steps() {
    let publishes = |script: &str| {
        let mut fixture = AppFixture::imported(&format!(
            r#"{{"type":3,"name":"R","topic":"r","minValue":0,"maxValue":100,"jsOnTap":"{script}"}}"#
        ));
        fixture.receive("r", "50");
        for steps in [1, -1, 10] {
            fixture.act(Action::Step(steps));
            fixture.advance(Duration::from_secs(1));
        }
        fixture.take_published().into_iter().map(|(_, payload)| payload).collect::<Vec<_>>()
    };
    assert_eq!(publishes("event.preventDefault = true"), [""; 0]);
    assert_eq!(publishes("event.preventDefault = false"), ["51", "50", "60"]);
    assert_eq!(publishes("throw 1"), [""; 0], "a script that fails may have wanted to prevent it");
    let publish = "app.publish('x', 'script', false, 0)";
    assert_eq!(publishes(publish), ["script", "51", "script", "50", "script", "60"]);
}

#[test]
fn value_that_is_shown_goes_through_scripts_once_they_are_allowed() {
    let mut fixture = AppFixture::with_blocked_scripts(
        "tile_size = \"small\"\n[[tile]]\nkind = \"text\"\nname = \"T\"\ntopic = \"t\"\npublish = false\n\
         text_size = \"small\"\non_receive = \"event.payload += ' mended'\"\n",
    );
    fixture.receive_retained("t", "hello");
    assert_eq!(fixture.first_tile_text(), Some("hello"));
    fixture.grant_permissions();
    assert_eq!(fixture.first_tile_text(), Some("hello mended"));
}

#[test]
fn open_uri_asks_before_opening_link() {
    let mut fixture =
        AppFixture::imported(r#"{"type":1,"name":"T","topic":"t","jsOnTap":"app.openUri('https://example.org/')"}"#);
    fixture.take_effects();
    fixture.press_first_tile();
    fixture.assert_shows(&["https://example.org/"]);
    assert!(!fixture.take_effects().iter().any(|effect| matches!(effect, Effect::Shell(ShellEffect::OpenUrl(_)))));
}

#[test]
fn on_display_changes_what_tile_shows() {
    for (kind, payload, script, expected) in [
        (1, "5", "event.text = event.text + ' of 9'; event.name = 'Other'", vec!["5 of 9", "Other"]),
        (2, "0", "event.on = true", vec!["ON"]),
        (3, "50", "event.progress = 25; event.text = 'a quarter'", vec!["a quarter"]),
        (4, "b", "event.text = 'Bee'", vec!["Bee"]),
        (6, "#000000", "event.color = '#ff8000'", vec!["#FF8000"]),
        (1, "5", "event.lastActivityString = 'long ago'", vec!["long ago"]),
        (
            1,
            "5",
            "event.text = event.getLastPayload() + '/' + (event.getSecondsSinceLastActivity() < 1)",
            vec!["5/true"],
        ),
    ] {
        let mut fixture = AppFixture::imported(&format!(
            r#"{{"type":{kind},"name":"Own","topic":"t","mainTextSize":"SMALL","jsOnDisplay":"{script}"}}"#
        ));
        fixture.receive("t", payload);
        fixture.assert_shows(&expected);
    }
}

#[test]
fn event_data_is_shared_by_scripts_of_tile() {
    let mut fixture = AppFixture::imported(
        r#"{"type":1,"name":"T","topic":"t","mainTextSize":"SMALL","jsOnReceive":"event.data = (event.data || 0) + 1",
            "jsOnDisplay":"event.text = 'got ' + event.data","jsOnTap":"app.publish('n', String(event.data), false, 0); event.preventDefault = true"}"#,
    );
    fixture.receive("t", "a");
    fixture.receive("t", "b");
    fixture.assert_shows(&["got 2"]);
    fixture.press_first_tile();
    assert_eq!(fixture.take_published(), [("n".to_owned(), "2".to_owned())]);
}

#[test]
fn blink_sees_value_without_prefix_postfix_or_rounding() {
    for (kind, more, payload, shown, expression) in [
        (1, r#""prefix":"U ","postfix":" V","#, "14.1", "14.1", "val > 13.5"),
        (1, r#""postfix":" V","#, "14.10", "14.10", "val === '14.10' && val == 14.1"),
        (1, r#""postfix":" V","jsonPath":"$.v","enablePub":false,"#, r#"{"v":14.10}"#, "14.10", "val > 13.5"),
        (3, r#""postfix":" V","decimalPrecision":0,"#, "13.6", "14", "val > 13.5 && val < 13.7"),
        (3, r#""displayPayloadValue":false,"maxValue":20.0,"#, "10", "50", "val == 10"),
    ] {
        for (expression, blinks) in [(expression.to_owned(), true), (format!("!({expression})"), false)] {
            let mut fixture = AppFixture::imported(&format!(
                r#"{{"type":{kind},"name":"T","topic":"t","mainTextSize":"SMALL",{more}"jsBlinkExpression":"{expression}"}}"#
            ));
            fixture.receive("t", payload);
            fixture.assert_shows(&[shown]);
            fixture.advance(Duration::from_millis(500));
            assert_eq!(fixture.screen_text().contains(shown), !blinks, "{expression} on {payload}");
        }
    }
}

#[test]
fn script_that_works_hides_no_error_of_another_one() {
    let mut fixture = AppFixture::imported(
        r#"{"type":1,"name":"T","topic":"t","mainTextSize":"SMALL","jsOnReceive":"nothing.here",
            "jsOnDisplay":"event.text = 'shown'; event.textColor = '#f00'"}"#,
    );
    fixture.receive("t", "1");
    fixture.assert_shows(&["! on_receive, line 1", "shown"]);
    fixture.advance(Duration::from_secs(2));
    fixture.assert_shows(&["! on_receive, line 1", "shown"]);
}

#[test]
fn script_error_is_shown_on_its_tile_only() {
    let mut fixture = AppFixture::imported(
        r#"[{"type":1,"name":"Bad","topic":"t","mainTextSize":"SMALL","jsOnDisplay":"var a = 1;\nnothing.here"},
            {"type":1,"name":"Good","topic":"t","mainTextSize":"SMALL","jsOnDisplay":"event.text = 'fine'"}]"#,
    );
    fixture.receive("t", "1");
    fixture.assert_shows(&["! on_display, line 2", "fine"]);
}
