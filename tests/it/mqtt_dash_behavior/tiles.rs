//! Tiles of each kind: what they show, and what pressing them does.

use std::time::Duration;

use mqtt_dash::{
    app::{Action, Effect, MediaEffect, MqttEffect, Screen, ShellEffect},
    model::connection::Qos,
};

use crate::fixtures::app::AppFixture;

fn published(topic: &str, payload: &str) -> Vec<(String, String)> {
    vec![(topic.to_owned(), payload.to_owned())]
}

#[test]
fn switch_with_equal_payloads_is_a_button() {
    let mut fixture = AppFixture::imported(
        r#"{"type":2,"name":"Bell","topic":"","topicPub":"bell","payloadOn":"go","payloadOff":"go"}"#,
    );
    for _ in 0..2 {
        fixture.press_first_tile();
        assert_eq!(fixture.take_published(), published("bell", "go"));
    }
    fixture.assert_hides(&[" ON", " OFF", "GO"]);
}

#[test]
fn switch_is_on_only_if_value_equals_on_payload() {
    let mut fixture =
        AppFixture::imported(r#"{"type":2,"name":"Lamp","topic":"lamp","payloadOn":"on","payloadOff":"off"}"#);
    fixture.receive("lamp", "on");
    fixture.assert_shows(&["ON"]);
    fixture.press_first_tile();
    assert_eq!(fixture.take_published(), published("lamp", "off"));
    fixture.receive("lamp", "off");
    fixture.assert_shows(&["OFF"]);
    fixture.receive("lamp", "On");
    fixture.assert_hides(&["ON", "OFF"]);
}

#[test]
fn switch_in_unknown_state_shows_payload_and_asks() {
    let mut fixture =
        AppFixture::imported(r#"{"type":2,"name":"Lamp","topic":"lamp","payloadOn":"1","payloadOff":"0"}"#);
    fixture.press_first_tile();
    assert_eq!(fixture.take_published(), published("lamp", "1"));
    fixture.receive("lamp", "flickers");
    fixture.assert_shows(&["flickers"]);
    fixture.assert_hides(&["ON", "OFF"]);
    fixture.press_first_tile();
    assert_eq!(fixture.take_published(), []);
    fixture.assert_shows(&["▸ ON", "OFF"]);
}

#[test]
fn switch_compares_with_value_at_json_path() {
    let mut fixture = AppFixture::imported(
        r#"{"type":2,"name":"Lamp","topic":"s","topicPub":"c","jsonPath":"$.t[0]","payloadOn":"-127.0","payloadOff":"true"}"#,
    );
    fixture.receive("s", r#"{"t":[-127.00]}"#);
    fixture.assert_shows(&["ON"]);
    fixture.receive("s", r#"{"t":[true]}"#);
    fixture.press_first_tile();
    assert_eq!(fixture.take_published(), published("c", "-127.0"));
}

#[test]
fn range_shows_value_or_percentage() {
    let tile = |value: bool| {
        let mut fixture = AppFixture::imported(&format!(
            r#"{{"type":3,"name":"Level","topic":"l","minValue":100,"maxValue":300,"displayPayloadValue":{value},
                "prefix":"<","postfix":" l>"}}"#
        ));
        fixture.receive("l", "150");
        fixture
    };
    tile(true).assert_shows(&["<150 l>"]);
    let percent = tile(false);
    percent.assert_shows(&["25 %"]);
    percent.assert_hides(&["150"]);
}

#[test]
fn range_shows_and_publishes_decimals() {
    let mut fixture = AppFixture::imported(
        r#"{"type":3,"name":"Level","topic":"l","minValue":0.0,"maxValue":10.0,"decimalPrecision":2}"#,
    );
    fixture.receive("l", "1.23456");
    fixture.assert_shows(&["1.23"]);
    fixture.assert_hides(&["1.234"]);
    fixture.act(Action::Step(1));
    assert_eq!(fixture.take_published(), published("l", "1.33"));
    let mut rounded = AppFixture::imported(r#"{"type":3,"name":"Level","topic":"l","maxValue":10.0}"#);
    rounded.receive("l", "7.6");
    rounded.assert_shows(&[" 8 "]);
}

#[test]
fn range_outside_limits_keeps_value_and_steps_to_limit() {
    let mut fixture = AppFixture::imported(r#"{"type":3,"name":"Level","topic":"l","minValue":0,"maxValue":10}"#);
    fixture.receive("l", "250");
    fixture.assert_shows(&["250"]);
    fixture.act(Action::Step(1));
    assert_eq!(fixture.take_published(), published("l", "10"));
}

#[test]
fn choice_without_topic_is_a_command_menu() {
    let mut fixture = AppFixture::imported(
        r#"{"type":4,"name":"Do","topic":"","topicPub":"cmd","items":[{"label":"Open","payload":"o"},{"label":"Shut","payload":"s"}]}"#,
    );
    fixture.press_first_tile();
    fixture.assert_shows(&["Open", "Shut"]);
    fixture.act(Action::AcceptOption(1));
    assert_eq!(fixture.take_published(), published("cmd", "s"));
}

#[test]
fn choice_shows_label_or_unknown_value() {
    let mut fixture =
        AppFixture::imported(r#"{"type":4,"name":"Mode","topic":"m","items":[{"label":"Slowly","payload":"1"}]}"#);
    fixture.receive("m", "1");
    fixture.assert_shows(&["Slowly"]);
    fixture.receive("m", "9");
    fixture.assert_shows(&["9"]);
}

#[test]
fn tile_without_topics_ignores_presses() {
    for kind in 1..=6 {
        let mut fixture = AppFixture::imported(&format!(r#"{{"type":{kind},"name":"Idle","topic":"","topicPub":""}}"#));
        fixture.press_first_tile();
        fixture.act(Action::Cancel);
        fixture.act(Action::Step(1));
        assert_eq!(fixture.take_published(), []);
        fixture.assert_shows(&["Idle"]);
    }
}

#[test]
fn tile_with_publishing_disabled_publishes_nothing() {
    for kind in [1, 2, 3, 4, 6] {
        let mut fixture =
            AppFixture::imported(&format!(r#"{{"type":{kind},"name":"T","topic":"t","enablePub":false}}"#));
        fixture.press_first_tile();
        assert!(matches!(fixture.app.focus, Screen::Dashboard(_)));
        assert_eq!(fixture.take_published(), []);
        fixture.assert_shows(&["publishes nothing"]);
    }
}

#[test]
fn tile_with_json_path_publishes_only_to_other_topic() {
    let tile = |target: &str| {
        AppFixture::imported(&format!(r#"{{"type":2,"name":"L","topic":"a","topicPub":"{target}","jsonPath":"$.x"}}"#))
    };
    let mut fixture = tile("b");
    fixture.press_first_tile();
    assert_eq!(fixture.take_published(), published("b", "1"));
    for same in ["", "a"] {
        let mut fixture = tile(same);
        fixture.press_first_tile();
        assert_eq!(fixture.take_published(), []);
    }
}

#[test]
fn publish_uses_qos_and_retain_of_tile() {
    let mut fixture = AppFixture::imported(r#"{"type":2,"name":"L","topic":"a","qos":2,"retained":true}"#);
    let qos = fixture.take_effects().into_iter().find_map(|effect| match effect {
        Effect::Mqtt(MqttEffect::SetSubscriptions(_, subscriptions)) => {
            subscriptions.first().map(|subscription| subscription.options.qos)
        }
        _ => None,
    });
    assert_eq!(qos, Some(Qos::ExactlyOnce));
    fixture.press_first_tile();
    let request = fixture.take_publish_requests().remove(0);
    assert!(request.retain && request.qos == Qos::ExactlyOnce);
}

#[test]
fn three_value_lines_fit_every_tile_size() {
    for size in ["small", "medium", "large"] {
        let mut fixture = AppFixture::with_scripts(&format!(
            "tile_size = \"{size}\"\n[[tile]]\nkind = \"text\"\nname = \"Log\"\ntopic = \"t\"\n"
        ));
        fixture.receive("t", "first\nsecond\nthird");
        fixture.assert_shows(&["Log", "first", "second", "third"]);
    }
}

#[test]
fn long_name_wraps_to_two_lines() {
    let dashboard = |size: &str, kind: &str, name: &str| {
        let tile = format!("[[tile]]\nkind = \"{kind}\"\nname = \"{name}\"\ntopic = \"t\"\n");
        let mut fixture = AppFixture::with_scripts(&format!("tile_size = \"{size}\"\n{tile}"));
        // The tile fills the screen and has its own size then.
        let (width, height) = if size == "small" { (16, 7) } else { (26, 9) };
        fixture.resize(width, height);
        fixture
    };
    for (kind, payload) in [("text", "dry"), ("switch", "1"), ("range", "55"), ("choice", "a"), ("color", "#ff0000")] {
        for (size, name) in [("small", "Cellar to the north"), ("medium", "Water in the cellar, to the north")] {
            let mut fixture = dashboard(size, kind, name);
            fixture.receive("t", payload);
            let screen = fixture.screen_text();
            let row =
                |text: &str| screen.lines().position(|line| line.contains(text)).unwrap_or_else(|| panic!("{screen}"));
            assert_eq!(row("ellar") + 1, row("north"), "{screen}");
        }
    }
    let mut fixture = dashboard("medium", "text", "One\\nTwo");
    fixture.receive("t", "a\nb\nc");
    fixture.assert_shows(&["One", "Two", " a ", " b ", " c "]);
}

#[test]
fn text_has_prefix_and_postfix_and_opens_prompt() {
    let mut fixture = AppFixture::imported(
        r#"{"type":1,"name":"T","topic":"t","mainTextSize":"SMALL","prefix":"~","postfix":" °C"}"#,
    );
    fixture.receive("t", "21.5");
    fixture.assert_shows(&["~21.5 °C"]);
    fixture.press_first_tile();
    assert!(matches!(fixture.app.focus, Screen::Prompt(_)));
    fixture.act(Action::Accept);
    assert_eq!(fixture.take_published(), published("t", "21.5"));
}

#[test]
fn color_is_published_as_hex_or_number() {
    for (format, expected) in [(0, "#FF0000"), (1, "16711680")] {
        let mut fixture = AppFixture::imported(&format!(r#"{{"type":6,"name":"C","topic":"c","format":{format}}}"#));
        fixture.receive("c", expected);
        fixture.assert_shows(&["#FF0000"]);
        fixture.press_first_tile();
        fixture.act(Action::Accept);
        assert_eq!(fixture.take_published(), published("c", expected));
    }
}

#[test]
fn image_comes_from_url_payload_url_or_payload_bytes() {
    let image = |kind: u8| {
        let mut fixture = AppFixture::imported(&format!(
            r#"{{"type":5,"name":"Cam","topic":"cam","kind":{kind},"imageUrl":"http://h/a.png","reloadInterval":7}}"#
        ));
        fixture.advance(std::time::Duration::ZERO);
        fixture.receive("cam", "http://h/b.png");
        fixture.advance(std::time::Duration::ZERO);
        if kind == 2 {
            // The host is in the payload: it is allowed when it is first seen.
            fixture.grant_permissions();
            fixture.advance(std::time::Duration::ZERO);
        }
        let source = |effect| match effect {
            Effect::Media(MediaEffect::Fetch(_, url, _)) => Some(url.to_string()),
            Effect::Media(MediaEffect::Decode(_, bytes)) => Some(format!("{} bytes", bytes.len())),
            _ => None,
        };
        fixture.take_effects().into_iter().filter_map(source).collect::<Vec<String>>()
    };
    assert_eq!(image(1), ["http://h/a.png"]);
    assert_eq!(image(2), ["http://h/b.png"]);
    assert_eq!(image(3), ["14 bytes"]);
}

#[test]
fn pressed_image_asks_before_opening_page() {
    let mut fixture =
        AppFixture::imported(r#"{"type":5,"name":"Cam","topic":"cam","kind":3,"openUrl":"https://example.org/"}"#);
    fixture.press_first_tile();
    fixture.assert_shows(&["https://example.org/"]);
    fixture.app.limit_scroll(Some(mqtt_dash::app::ScrollExtent { max: 0, rows: 1 }));
    assert!(!fixture.take_effects().iter().any(|effect| matches!(effect, Effect::Shell(ShellEffect::OpenUrl(_)))));
    fixture.act(Action::Accept);
    assert_eq!(fixture.take_effects(), [Effect::Shell(ShellEffect::OpenUrl("https://example.org/".into()))]);
}

#[test]
fn wildcard_topic_receives_all_matching_messages() {
    let mut fixture = AppFixture::imported(r#"{"type":1,"name":"Any","topic":"home/+/t","topicPub":"home/set"}"#);
    fixture.receive("home/cellar/t", "cold");
    fixture.assert_shows(&["cold"]);
    fixture.receive("home/attic/t", "warm");
    fixture.assert_shows(&["warm"]);
    fixture.receive("home/attic/x", "wrong");
    fixture.assert_shows(&["warm"]);
    fixture.press_first_tile();
    fixture.act(Action::Accept);
    assert_eq!(fixture.take_published(), published("home/set", "warm"));
}

/// A device that answers each command after 300 ms, as over a slow network.
#[test]
fn steps_are_not_undone_by_echoes_of_older_values() {
    let tile = "[[tile]]\nkind = \"range\"\ntopic = \"dim\"\npublish_topic = \"dim/set\"\nmax = 100\n";
    let mut fixture = AppFixture::new(tile);
    fixture.receive("dim", "0");
    let mut sent = Vec::new();
    for press in 0..20 {
        fixture.act(Action::Step(1));
        fixture.advance(Duration::from_millis(120));
        sent.extend(fixture.take_published().into_iter().map(|(_, payload)| payload));
        if press >= 2 {
            fixture.receive("dim", sent[press - 2].clone());
        }
    }
    let expected: Vec<String> = (1..=20).map(|number: u32| number.to_string()).collect();
    assert_eq!(sent, expected);
    assert_eq!(fixture.first_tile_text(), Some("20"));
    for echo in ["19", "20"] {
        fixture.receive("dim", echo);
        assert_eq!(fixture.first_tile_text(), Some("20"));
    }
    fixture.receive("dim", "7");
    assert_eq!(fixture.first_tile_text(), Some("7"), "somebody else has set it");
}

#[test]
fn toggles_alternate_while_echoes_of_older_values_arrive() {
    let mut fixture = AppFixture::new(
        "[[tile]]\nkind = \"switch\"\ntopic = \"lamp\"\npublish_topic = \"lamp/set\"\non = \"ON\"\noff = \"OFF\"\n",
    );
    fixture.receive("lamp", "OFF");
    let mut sent = Vec::new();
    for press in 0..6 {
        fixture.press_tile(0);
        fixture.advance(Duration::from_millis(120));
        sent.extend(fixture.take_published().into_iter().map(|(_, payload)| payload));
        if press >= 1 {
            fixture.receive("lamp", sent[press - 1].clone());
        }
    }
    assert_eq!(sent, ["ON", "OFF", "ON", "OFF", "ON", "OFF"]);
}

#[test]
fn locked_dashboard_is_pressed_but_not_edited() {
    let text = |locked: bool| format!("locked = {locked}\n[[tile]]\nkind = \"switch\"\nname = \"L\"\ntopic = \"l\"\n");
    let mut open = AppFixture::with_scripts(&text(false));
    open.take_effects();
    open.act(Action::OpenInEditor);
    assert!(matches!(open.take_effects()[..], [Effect::Shell(ShellEffect::OpenInEditor(..))]));
    let mut locked = AppFixture::with_scripts(&text(true));
    locked.take_effects();
    locked.act(Action::OpenInEditor);
    assert_eq!(locked.take_effects(), []);
    locked.assert_shows(&["locked"]);
    locked.press_first_tile();
    assert_eq!(locked.take_published(), published("l", "1"));
}

#[test]
fn prompt_for_a_binary_or_long_value_begins_empty() {
    let open = |payload: &[u8]| {
        let mut fixture = AppFixture::new("[[tile]]\nkind = \"text\"\nname = \"Raw\"\ntopic = \"t\"\n");
        fixture.receive("t", payload);
        fixture.press_first_tile();
        fixture.assert_shows(&["→ t"]);
        fixture
    };
    for payload in [vec![0xff, 0, 1], vec![0xfe; 40], vec![0x9d; 100_000]] {
        let mut fixture = open(&payload);
        fixture.assert_shows(&["The current value is binary"]);
        fixture.act(Action::Paste("new".to_owned()));
        fixture.act(Action::Accept);
        assert_eq!(fixture.take_published(), published("t", "new"));
        fixture.press_first_tile();
        fixture.assert_hides(&["is binary"]);
        fixture.act(Action::Accept);
        assert_eq!(fixture.take_published(), published("t", "new"), "what was typed is text");
    }
    let mut long = open("x".repeat(200_000).as_bytes());
    long.assert_shows(&["The current value is too long"]);
    long.act(Action::Accept);
    assert_eq!(long.take_published(), published("t", ""));
    for text in ["on", "FF FF (2 B)", "21 \u{b0}C"] {
        let mut fixture = open(text.as_bytes());
        fixture.assert_hides(&["The current value"]);
        fixture.act(Action::Accept);
        assert_eq!(fixture.take_published(), published("t", text));
    }
}

#[test]
fn search_without_a_match_says_so() {
    let mut fixture = AppFixture::new("[[tile]]\nkind = \"text\"\nname = \"Raw\"\ntopic = \"t\"\n");
    for (open, sentence) in
        [(Action::OpenCommandPalette, "no action named \"zzzz\""), (Action::FindTile, "nothing matches")]
    {
        fixture.act(open);
        fixture.assert_hides(&[sentence]);
        fixture.act(Action::Paste("zzzz".to_owned()));
        fixture.assert_shows(&[sentence]);
        fixture.act(Action::Cancel);
    }
}

#[test]
fn error_of_a_json_path_fits_into_a_small_tile() {
    let words_after = |path: &str, payloads: &[&str]| {
        let mut fixture = AppFixture::new(&format!(
            "tile_size = \"small\"\n[[tile]]\nkind = \"text\"\nname = \"A\"\ntopic = \"t\"\njson_path = \"{path}\"\n\
             publish = false\n"
        ));
        // The tile fills the screen and has its own size then.
        fixture.resize(16, 7);
        for payload in payloads {
            fixture.receive("t", payload);
        }
        let words = fixture.screen_words();
        let (_, error) = words.split_once("! ").unwrap_or_else(|| panic!("{words}"));
        error.split(['┗', '╰']).next().unwrap_or_default().replace(' ', "")
    };
    assert_eq!(words_after("$.a[*]", &["{}"]), "nothingat$.a[*]");
    assert_eq!(words_after("$.a[*]", &["{\"a\":[1]}", "{}"]), "no$.a[*]", "one line below the last value");
    let long = "$.sensors.kitchen.temperature";
    assert_eq!(words_after(long, &["{}"]), "no…sors.kitchen.temperature");
    let value = "{\"sensors\":{\"kitchen\":{\"temperature\":1}}}";
    assert_eq!(words_after(long, &[value, "{}"]), "no…rature");
    assert_eq!(words_after("$.a", &["{\"a\":1}", "rubbish that is no JSON at all"]), "notJSON");
}
