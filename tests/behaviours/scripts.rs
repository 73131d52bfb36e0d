//! Scripts of tiles, from the message to the screen.

use std::time::Duration;

use mqtt_dash::{app::Command, model::line::Qos};

use crate::bench::Bench;

#[test]
fn a_wildcard_topic_tells_the_script_which_topic_came() {
    let mut bench = Bench::exported(
        r#"{"type":1,"name":"Any","topic":"home/+/t","mainTextSize":"SMALL","enablePub":false,
            "jsOnReceive":"event.payload = event.topic.split('/')[1] + ': ' + event.payload"}"#,
    );
    bench.comes("home/cellar/t", "8");
    bench.shows(&["cellar: 8"]);
    bench.comes("home/attic/t", "25");
    bench.shows(&["attic: 25"]);
}

#[test]
fn what_a_script_leaves_of_a_payload_goes_through_the_json_path() {
    let mut bench = Bench::exported(
        r#"{"type":1,"name":"T","topic":"t","mainTextSize":"SMALL","enablePub":false,"jsonPath":"$.v",
            "jsOnReceive":"event.payload = JSON.stringify({v: event.payload * 2})"}"#,
    );
    bench.comes("t", "21");
    bench.shows(&["42"]);
}

#[test]
fn a_text_without_a_topic_is_a_clock() {
    let mut bench = Bench::exported(
        r#"{"type":1,"name":"Clock","topic":"","mainTextSize":"SMALL","enablePub":false,
            "jsOnDisplay":"event.data = (event.data || 0) + 1; event.text = 'tick ' + event.data"}"#,
    );
    bench.shows(&["tick 1"]);
    for second in 2..6 {
        bench.wait(Duration::from_secs(1));
        bench.shows(&[&format!("tick {second}")]);
    }
}

#[test]
fn pressing_runs_its_script_also_where_publishing_is_off() {
    let mut bench = Bench::exported(
        r#"{"type":1,"name":"T","topic":"t","enablePub":false,"jsOnTap":"app.publish('cmd', 'ref', true, 1);"}"#,
    );
    bench.press();
    let order = bench.orders().remove(0);
    assert_eq!((order.topic.as_str(), &*order.payload), ("cmd", &b"ref"[..]));
    assert!(order.retain && order.qos == Qos::AtLeastOnce, "retained stands before the quality");
}

#[test]
fn a_script_may_take_the_place_of_the_tiles_own_action() {
    let tile = |prevent: bool| {
        let mut bench = Bench::exported(&format!(
            r#"{{"type":2,"name":"L","topic":"l","jsOnTap":"app.publish('x', 'y', false, 0); event.preventDefault = {prevent}"}}"#
        ));
        bench.press();
        bench.published().into_iter().map(|(topic, _)| topic).collect::<Vec<_>>()
    };
    assert_eq!(tile(true), ["x"]);
    assert_eq!(tile(false), ["x", "l"]);
}

#[test]
fn a_script_asks_before_it_opens_a_link() {
    let mut bench =
        Bench::exported(r#"{"type":1,"name":"T","topic":"t","jsOnTap":"app.openUri('https://example.org/')"}"#);
    bench.owed();
    bench.press();
    bench.shows(&["https://example.org/"]);
    assert!(!bench.owed().iter().any(|command| matches!(command, Command::Browse(_))));
}

#[test]
fn what_is_shown_is_what_on_display_leaves() {
    for (kind, payload, script, wanted) in [
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
        let mut bench = Bench::exported(&format!(
            r#"{{"type":{kind},"name":"Own","topic":"t","mainTextSize":"SMALL","jsOnDisplay":"{script}"}}"#
        ));
        bench.comes("t", payload);
        bench.shows(&wanted);
    }
}

#[test]
fn the_data_of_a_tile_is_shared_by_its_scripts() {
    let mut bench = Bench::exported(
        r#"{"type":1,"name":"T","topic":"t","mainTextSize":"SMALL","jsOnReceive":"event.data = (event.data || 0) + 1",
            "jsOnDisplay":"event.text = 'got ' + event.data","jsOnTap":"app.publish('n', String(event.data), false, 0); event.preventDefault = true"}"#,
    );
    bench.comes("t", "a");
    bench.comes("t", "b");
    bench.shows(&["got 2"]);
    bench.press();
    assert_eq!(bench.published(), [("n".to_owned(), "2".to_owned())]);
}

#[test]
fn a_script_that_fails_says_so_on_its_tile_alone() {
    let mut bench = Bench::exported(
        r#"[{"type":1,"name":"Bad","topic":"t","mainTextSize":"SMALL","jsOnDisplay":"var a = 1;\nnothing.here"},
            {"type":1,"name":"Good","topic":"t","mainTextSize":"SMALL","jsOnDisplay":"event.text = 'fine'"}]"#,
    );
    bench.comes("t", "1");
    bench.shows(&["! on_display, line 2", "fine"]);
}
