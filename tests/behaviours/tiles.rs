//! Tiles of each kind: what they show, what pressing them does.

use mqtt_dash::{
    app::{Action, Command, Mode},
    model::line::Qos,
};

use crate::bench::Bench;

fn sent(topic: &str, payload: &str) -> Vec<(String, String)> {
    vec![(topic.to_owned(), payload.to_owned())]
}

#[test]
fn equal_payloads_make_a_button() {
    let mut bench =
        Bench::exported(r#"{"type":2,"name":"Bell","topic":"","topicPub":"bell","payloadOn":"go","payloadOff":"go"}"#);
    for _ in 0..2 {
        bench.press();
        assert_eq!(bench.published(), sent("bell", "go"));
    }
    bench.hides(&[" ON", " OFF", "GO"]);
}

#[test]
fn a_switch_is_on_only_if_the_value_equals_the_payload() {
    let mut bench = Bench::exported(r#"{"type":2,"name":"Lamp","topic":"lamp","payloadOn":"on","payloadOff":"off"}"#);
    bench.comes("lamp", "on");
    bench.shows(&["ON"]);
    bench.press();
    assert_eq!(bench.published(), sent("lamp", "off"));
    bench.comes("lamp", "off");
    bench.shows(&["OFF"]);
    bench.comes("lamp", "On");
    bench.hides(&["ON", "OFF"]);
}

#[test]
fn an_unknown_state_is_shown_with_its_payload_and_sends_on() {
    let mut bench = Bench::exported(r#"{"type":2,"name":"Lamp","topic":"lamp","payloadOn":"1","payloadOff":"0"}"#);
    bench.press();
    assert_eq!(bench.published(), sent("lamp", "1"));
    bench.comes("lamp", "flickers");
    bench.shows(&["flickers"]);
    bench.hides(&["ON", "OFF"]);
    bench.press();
    assert_eq!(bench.published(), sent("lamp", "1"));
}

#[test]
fn a_switch_compares_with_what_the_json_path_gives() {
    let mut bench = Bench::exported(
        r#"{"type":2,"name":"Lamp","topic":"s","topicPub":"c","jsonPath":"$.t[0]","payloadOn":"-127.0","payloadOff":"true"}"#,
    );
    bench.comes("s", r#"{"t":[-127.00]}"#);
    bench.shows(&["ON"]);
    bench.comes("s", r#"{"t":[true]}"#);
    bench.press();
    assert_eq!(bench.published(), sent("c", "-127.0"));
}

#[test]
fn a_range_shows_its_value_or_the_percentage() {
    let tile = |value: bool| {
        let mut bench = Bench::exported(&format!(
            r#"{{"type":3,"name":"Level","topic":"l","minValue":100,"maxValue":300,"displayPayloadValue":{value},
                "prefix":"<","postfix":" l>"}}"#
        ));
        bench.comes("l", "150");
        bench
    };
    tile(true).shows(&["<150 l>"]);
    let percent = tile(false);
    percent.shows(&["25 %"]);
    percent.hides(&["150"]);
}

#[test]
fn decimals_are_shown_and_sent() {
    let mut bench =
        Bench::exported(r#"{"type":3,"name":"Level","topic":"l","minValue":0.0,"maxValue":10.0,"decimalPrecision":2}"#);
    bench.comes("l", "1.23456");
    bench.shows(&["1.23"]);
    bench.hides(&["1.234"]);
    bench.act(Action::Step(1));
    assert_eq!(bench.published(), sent("l", "1.33"));
    let mut whole = Bench::exported(r#"{"type":3,"name":"Level","topic":"l","maxValue":10.0}"#);
    whole.comes("l", "7.6");
    whole.shows(&[" 8 "]);
}

#[test]
fn a_range_outside_its_limits_fills_the_bar_and_keeps_its_value() {
    let mut bench = Bench::exported(r#"{"type":3,"name":"Level","topic":"l","minValue":0,"maxValue":10}"#);
    bench.comes("l", "250");
    bench.shows(&["250"]);
    bench.act(Action::Step(1));
    assert_eq!(bench.published(), sent("l", "10"));
}

#[test]
fn a_choice_without_a_topic_is_a_menu_of_commands() {
    let mut bench = Bench::exported(
        r#"{"type":4,"name":"Do","topic":"","topicPub":"cmd","items":[{"label":"Open","payload":"o"},{"label":"Shut","payload":"s"}]}"#,
    );
    bench.press();
    bench.shows(&["Open", "Shut"]);
    bench.act(Action::Take(1));
    assert_eq!(bench.published(), sent("cmd", "s"));
}

#[test]
fn a_choice_shows_its_label_or_an_unknown_value_as_it_is() {
    let mut bench =
        Bench::exported(r#"{"type":4,"name":"Mode","topic":"m","items":[{"label":"Slowly","payload":"1"}]}"#);
    bench.comes("m", "1");
    bench.shows(&["Slowly"]);
    bench.comes("m", "9");
    bench.shows(&["9"]);
}

#[test]
fn a_tile_with_no_topic_at_all_does_no_harm() {
    for kind in 1..=6 {
        let mut bench = Bench::exported(&format!(r#"{{"type":{kind},"name":"Idle","topic":"","topicPub":""}}"#));
        bench.press();
        bench.act(Action::Cancel);
        bench.act(Action::Step(1));
        assert_eq!(bench.published(), []);
        bench.shows(&["Idle"]);
    }
}

#[test]
fn what_may_not_publish_does_not() {
    for kind in [1, 2, 3, 4, 6] {
        let mut bench = Bench::exported(&format!(r#"{{"type":{kind},"name":"T","topic":"t","enablePub":false}}"#));
        bench.press();
        assert!(matches!(bench.app.mode, Mode::Board));
        assert_eq!(bench.published(), []);
        bench.shows(&["publishes nothing"]);
    }
}

#[test]
fn with_a_json_path_it_publishes_only_where_no_json_comes() {
    let tile = |target: &str| {
        Bench::exported(&format!(r#"{{"type":2,"name":"L","topic":"a","topicPub":"{target}","jsonPath":"$.x"}}"#))
    };
    let mut bench = tile("b");
    bench.press();
    assert_eq!(bench.published(), sent("b", "1"));
    for same in ["", "a"] {
        let mut bench = tile(same);
        bench.press();
        assert_eq!(bench.published(), []);
    }
}

#[test]
fn quality_and_retaining_go_with_what_is_published() {
    let mut bench = Bench::exported(r#"{"type":2,"name":"L","topic":"a","qos":2,"retained":true}"#);
    let wanted = bench.owed().into_iter().find_map(|command| match command {
        Command::Want(_, wanted) => wanted.first().map(|wanted| wanted.qos),
        _ => None,
    });
    assert_eq!(wanted, Some(Qos::ExactlyOnce));
    bench.press();
    let order = bench.orders().remove(0);
    assert!(order.retain && order.qos == Qos::ExactlyOnce);
}

#[test]
fn three_lines_of_value_are_shown_in_every_size() {
    for size in ["small", "medium", "large"] {
        let mut bench =
            Bench::file(&format!("tile_size = \"{size}\"\n[[tile]]\nkind = \"text\"\nname = \"Log\"\ntopic = \"t\"\n"));
        bench.comes("t", "first\nsecond\nthird");
        bench.shows(&["Log", "first", "second", "third"]);
    }
}

#[test]
fn a_long_name_is_shown_on_two_lines() {
    let board = |size: &str, kind: &str, name: &str| {
        let tile = format!("[[tile]]\nkind = \"{kind}\"\nname = \"{name}\"\ntopic = \"t\"\n");
        Bench::file(&format!("tile_size = \"{size}\"\n{tile}"))
    };
    for (kind, payload) in [("text", "dry"), ("switch", "1"), ("range", "55"), ("choice", "a"), ("color", "#ff0000")] {
        for (size, name) in [("small", "Cellar to the north"), ("medium", "Water in the cellar, to the north")] {
            let mut bench = board(size, kind, name);
            bench.comes("t", payload);
            let screen = bench.screen();
            let row =
                |text: &str| screen.lines().position(|line| line.contains(text)).unwrap_or_else(|| panic!("{screen}"));
            assert_eq!(row("ellar") + 1, row("north"), "{screen}");
        }
    }
    let mut bench = board("medium", "text", "One\\nTwo");
    bench.comes("t", "a\nb\nc");
    bench.shows(&["One", "Two", " a ", " b ", " c "]);
}

#[test]
fn text_has_prefix_and_postfix_and_asks_for_a_line() {
    let mut bench =
        Bench::exported(r#"{"type":1,"name":"T","topic":"t","mainTextSize":"SMALL","prefix":"~","postfix":" °C"}"#);
    bench.comes("t", "21.5");
    bench.shows(&["~21.5 °C"]);
    bench.press();
    assert!(matches!(bench.app.mode, Mode::Prompt(_)));
    bench.act(Action::Accept);
    assert_eq!(bench.published(), sent("t", "21.5"));
}

#[test]
fn a_colour_is_published_as_hex_or_as_a_number() {
    for (format, wanted) in [(0, "#FF0000"), (1, "16711680")] {
        let mut bench = Bench::exported(&format!(r#"{{"type":6,"name":"C","topic":"c","format":{format}}}"#));
        bench.comes("c", wanted);
        bench.shows(&["#FF0000"]);
        bench.press();
        bench.act(Action::Accept);
        assert_eq!(bench.published(), sent("c", wanted));
    }
}

#[test]
fn a_picture_comes_from_a_url_a_payload_or_its_bytes() {
    let image = |kind: u8| {
        let mut bench = Bench::exported(&format!(
            r#"{{"type":5,"name":"Cam","topic":"cam","kind":{kind},"imageUrl":"http://h/a.png","reloadInterval":7}}"#
        ));
        bench.wait(std::time::Duration::ZERO);
        bench.comes("cam", "http://h/b.png");
        bench.wait(std::time::Duration::ZERO);
        let looked = |command| match command {
            Command::Fetch(_, url, _) => Some(url.to_string()),
            Command::Decode(_, bytes) => Some(format!("{} bytes", bytes.len())),
            _ => None,
        };
        bench.owed().into_iter().filter_map(looked).collect::<Vec<String>>()
    };
    assert_eq!(image(1), ["http://h/a.png"]);
    assert_eq!(image(2), ["http://h/b.png"]);
    assert_eq!(image(3), ["14 bytes"]);
}

#[test]
fn pressing_a_picture_asks_before_it_opens_the_page() {
    let mut bench =
        Bench::exported(r#"{"type":5,"name":"Cam","topic":"cam","kind":3,"openUrl":"https://example.org/"}"#);
    bench.press();
    bench.shows(&["https://example.org/"]);
    assert!(!bench.owed().iter().any(|command| matches!(command, Command::Browse(_))));
    bench.act(Action::Accept);
    assert_eq!(bench.owed(), [Command::Browse("https://example.org/".into())]);
}

#[test]
fn a_wildcard_topic_takes_all_that_it_matches() {
    let mut bench = Bench::exported(r#"{"type":1,"name":"Any","topic":"home/+/t","topicPub":"home/set"}"#);
    bench.comes("home/cellar/t", "cold");
    bench.shows(&["cold"]);
    bench.comes("home/attic/t", "warm");
    bench.shows(&["warm"]);
    bench.comes("home/attic/x", "wrong");
    bench.shows(&["warm"]);
    bench.press();
    bench.act(Action::Accept);
    assert_eq!(bench.published(), sent("home/set", "warm"));
}

#[test]
fn a_locked_dashboard_is_not_edited_but_pressed() {
    let text = |locked: bool| format!("locked = {locked}\n[[tile]]\nkind = \"switch\"\nname = \"L\"\ntopic = \"l\"\n");
    let mut open = Bench::file(&text(false));
    open.owed();
    open.act(Action::OpenFile);
    assert!(matches!(open.owed()[..], [Command::OpenFile(..)]));
    let mut locked = Bench::file(&text(true));
    locked.owed();
    locked.act(Action::OpenFile);
    assert_eq!(locked.owed(), []);
    locked.shows(&["locked"]);
    locked.press();
    assert_eq!(locked.published(), sent("l", "1"));
}
