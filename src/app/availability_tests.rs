//! Tests of tiles whose device says whether it is online.

use super::*;
use crate::{
    app::{
        Action, Screen,
        tests::{AppFixture, publish_requests, tile},
    },
    model::{field_value::Nested, schema::set_fields, value::Value},
};

const LWT: &str = "tele/plug/LWT";

fn lwt() -> Value {
    let entries = [("topic", LWT), ("online", "Online"), ("offline", "Offline")];
    Value::Table(entries.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect())
}

fn plug(name: &str, topic: &str) -> Tile {
    let target = format!("{topic}/set");
    let entries = [("name", name.into()), ("topic", topic.into()), ("publish_topic", target.as_str().into())];
    tile("switch", &[&entries[..], &[("availability", lwt())]].concat())
}

fn is_offline(fixture: &AppFixture, index: usize) -> bool {
    fixture.app.current_dashboard().unwrap().tile(index).unwrap().1.is_offline()
}

/// Returns what the log says about devices, the oldest first.
fn log(fixture: &AppFixture) -> Vec<String> {
    let entries = fixture.app.activity.newest_first().map(|(_, entry)| format!("{}: {}", entry.name, entry.words().0));
    let mut lines: Vec<String> = entries.filter(|line| line.contains("the device")).collect();
    lines.reverse();
    lines
}

#[test]
fn tiles_of_a_device_are_offline_until_it_says_that_it_is_online() {
    let mut fixture =
        AppFixture::new(vec![plug("Washer", "a"), plug("Watts", "b"), tile("text", &[("topic", "c".into())])]);
    fixture.receive_message(LWT, b"Online");
    fixture.receive_message("a", b"1");
    assert!(!is_offline(&fixture, 0));
    fixture.receive_message(LWT, b"Offline");
    fixture.receive_message(LWT, b"Offline");
    assert_eq!([0, 1, 2].map(|index| is_offline(&fixture, index)), [true, true, false]);
    assert_eq!(fixture.shown_text(0), Some("1"), "its last value stays");
    fixture.advance(13 * 60_000);
    fixture.receive_message(LWT, b"rebooting");
    assert!(is_offline(&fixture, 0), "another payload says nothing");
    fixture.receive_message(LWT, b"Online");
    assert!(!is_offline(&fixture, 0) && !is_offline(&fixture, 1));
    let expected = ["Washer: the device is offline", "Washer: the device is online again after 13 min"];
    assert_eq!(log(&fixture), expected, "once for all its tiles");
}

#[test]
fn pressing_a_tile_of_an_offline_device_asks_first() {
    let mut fixture = AppFixture::new(vec![plug("Washer", "a")]);
    fixture.receive_message("a", b"0");
    fixture.receive_message(LWT, b"Offline");
    assert!(publish_requests(fixture.press_tile(0)).is_empty());
    let Screen::Confirm(question) = &fixture.app.focus else { panic!("no question") };
    assert!(question.text.iter().any(|text| text.contains("Washer is offline. Publish anyway?")), "{question:?}");
    fixture.advance(1_000);
    let requests = publish_requests(fixture.dispatch(Action::Accept));
    assert_eq!(requests.len(), 1);
}

#[test]
fn topic_of_the_device_is_subscribed_to_and_is_no_value() {
    let mut fixture = AppFixture::new(Vec::new());
    let effects = fixture.open_dashboard("hub", vec![plug("Washer", "a"), plug("Watts", "b")]);
    let topics = |effect: &crate::app::Effect| format!("{effect:?}").contains(LWT);
    assert!(effects.iter().any(topics), "{effects:?}");
    fixture.receive_message(LWT, b"Offline");
    assert_eq!(fixture.shown_text(0), None);
}

#[test]
fn device_of_the_dashboard_is_that_of_tiles_that_name_none() {
    let own = plug("Washer", "a");
    let mut dashboard = crate::model::dashboard::Dashboard {
        tiles: vec![own, tile("text", &[("topic", "c".into())])],
        ..Default::default()
    };
    let mut fixture = AppFixture::new(Vec::new());
    let mut of_all = Availability::default();
    set_fields(&mut of_all, &[("topic".to_owned(), "board/status".into())]).unwrap();
    dashboard.availability = Nested(of_all);
    let (index, now) = (fixture.app.current_tab(), fixture.now);
    fixture.app.replace_definition(index, dashboard, now);
    fixture.receive_message("board/status", b"offline");
    assert_eq!([0, 1].map(|index| is_offline(&fixture, index)), [false, true]);
}

#[test]
fn status_that_is_known_already_applies_to_a_new_tile() {
    let mut fixture = AppFixture::new(vec![tile("text", &[("topic", LWT.into())])]);
    fixture.receive_message(LWT, b"Offline");
    fixture.open_dashboard("hub", vec![plug("Washer", "a")]);
    let offline = |fixture: &AppFixture| fixture.app.dashboards[1].tile(0).unwrap().1.is_offline();
    assert!(offline(&fixture));
    let tiles = vec![tile("switch", &[("name", "Washer".into()), ("topic", "a".into())])];
    let definition = crate::model::dashboard::Dashboard { tiles, ..Default::default() };
    let now = fixture.now;
    fixture.app.replace_definition(1, definition, now);
    assert!(!offline(&fixture), "it has no availability any more");
}
