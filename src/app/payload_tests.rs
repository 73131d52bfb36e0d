//! Tests of tiles that publish their value inside JSON: what is sent, asked, recorded and read back.

use super::{
    Action, Effect, Screen, ScriptsEffect,
    tests::{AppFixture, payloads, publish_requests, tile},
};
use crate::model::{
    connection::{ConnectionEvent, PublishStatus},
    script::ScriptEvent,
    tile::Tile,
    tile_state::ConfirmationSource,
    value::Value,
};

/// A tile of a lamp that takes and reports JSON on these topics.
fn lamp(kind: &str, topics: (&str, &str), entries: &[(&str, &str)]) -> Tile {
    let common = [("name", "Lamp"), ("topic", topics.0), ("publish_topic", topics.1)];
    let entries: Vec<(&str, Value)> =
        common.iter().chain(entries).map(|(key, text)| (*key, Value::from(*text))).collect();
    tile(kind, &entries)
}

const BRIGHTNESS: &[(&str, &str)] = &[("json_path", "$.brightness"), ("payload", "{\"brightness\": {{value}}}")];
const STATE: &[(&str, &str)] =
    &[("json_path", "$.state"), ("payload", "{\"state\": \"{{value}}\"}"), ("on", "ON"), ("off", "OFF")];

#[test]
fn step_publishes_json_and_the_answer_is_compared_at_the_json_path() {
    for (topic, source) in [("lamp/set", ConfirmationSource::Device), ("lamp", ConfirmationSource::Broker)] {
        let mut fixture = AppFixture::new(vec![lamp("range", ("lamp", topic), BRIGHTNESS)]);
        fixture.receive_message("lamp", br#"{"state":"ON","brightness":20,"linkquality":21}"#);
        let requests = fixture.dispatch_for_publishes(Action::Step(1));
        assert_eq!(payloads(&requests), ["{\"brightness\": 21}"]);
        assert_eq!(fixture.shown_text(0), Some("21"), "at once");
        fixture.receive_message("lamp", br#"{"linkquality":99,"brightness":21.0}"#);
        let state = |fixture: &AppFixture| fixture.app.current_dashboard().unwrap().tile(0).unwrap().1.clone();
        assert_eq!(state(&fixture).confirmation.map(|confirmation| confirmation.source), Some(source));
        fixture.advance(1_000);
        let requests = fixture.dispatch_for_publishes(Action::Step(1));
        assert_eq!(payloads(&requests), ["{\"brightness\": 22.0}"]);
        fixture.receive_message("lamp", br#"{"brightness":25,"linkquality":22}"#);
        assert_eq!((fixture.shown_text(0), state(&fixture).confirmation), (Some("25"), None), "another value");
    }
}

#[test]
fn payloads_of_a_switch_are_compared_at_the_json_path() {
    let mut fixture = AppFixture::new(vec![lamp("switch", ("lamp", "lamp"), STATE)]);
    for (received, sent) in [("OFF", "ON"), ("ON", "OFF")] {
        fixture.receive_message("lamp", format!("{{\"state\":\"{received}\",\"x\":1}}").as_bytes());
        let requests = publish_requests(fixture.press_tile(0));
        assert_eq!(payloads(&requests), [format!("{{\"state\": \"{sent}\"}}")]);
        assert_eq!(fixture.shown_text(0), Some(sent));
        fixture.receive_message("lamp", &requests[0].payload);
        assert_eq!(fixture.shown_text(0), Some(sent));
        fixture.advance(1_000);
    }
}

#[test]
fn failed_request_restores_the_value() {
    let mut fixture = AppFixture::new(vec![lamp("switch", ("lamp", "lamp/set"), STATE)]);
    fixture.receive_message("lamp", br#"{"state":"OFF"}"#);
    let id = publish_requests(fixture.press_tile(0))[0].id;
    fixture.connection_event(ConnectionEvent::PublishStatus(id, PublishStatus::Failed("no".to_owned())));
    assert_eq!(fixture.shown_text(0), Some("OFF"));
}

#[test]
fn question_names_the_payload_and_the_log_the_value() {
    let tile = lamp("switch", ("lamp", "lamp/set"), &[STATE, &[("confirm", "Really?")]].concat());
    let mut fixture = AppFixture::new(vec![tile]);
    fixture.receive_message("lamp", br#"{"state":"OFF"}"#);
    fixture.press_tile(0);
    let Screen::Confirm(confirm) = &fixture.app.focus else { panic!("{:?}", fixture.app.focus) };
    assert_eq!(confirm.text, ["{\"state\": \"ON\"} → lamp/set", "Really?"]);
    assert_eq!(payloads(&fixture.dispatch_for_publishes(Action::Accept)), ["{\"state\": \"ON\"}"]);
    let (_, entry) = fixture.app.activity.newest_first().next().unwrap();
    assert!(!entry.words().0.contains('{') && entry.words().0.contains("ON"), "{:?}", entry.words());
}

#[test]
fn input_that_would_make_invalid_json_is_refused_in_the_prompt() {
    let template = [("payload", "{\"level\": {{value}}}")];
    let mut fixture = AppFixture::new(vec![lamp("text", ("lamp", "lamp/set"), &template)]);
    let type_and_accept = |fixture: &mut AppFixture, text: &str| {
        fixture.dispatch(Action::EditInput(super::input_edit::InputEdit::Insert(text.to_owned())));
        fixture.dispatch_for_publishes(Action::Accept)
    };
    fixture.press_tile(0);
    assert_eq!(payloads(&type_and_accept(&mut fixture, "4")), ["{\"level\": 4}"]);
    fixture.press_tile(0);
    assert_eq!(type_and_accept(&mut fixture, "4, \"state\": 1"), []);
    let Screen::Prompt(prompt) = &fixture.app.focus else { panic!("{:?}", fixture.app.focus) };
    assert!(prompt.error.as_ref().is_some_and(|error| error.to_string().contains("quotes")));
}

#[test]
fn scripts_see_the_payload_that_was_published() {
    let tile = lamp("switch", ("lamp", "lamp/set"), &[STATE, &[("on_display", "1")]].concat());
    let mut fixture = AppFixture::new(vec![tile]);
    fixture.receive_message("lamp", br#"{"state":"OFF"}"#);
    fixture.press_tile(0);
    let effects = fixture.grant_permissions();
    let input = effects.into_iter().find_map(|effect| match effect {
        Effect::Scripts(ScriptsEffect::Run(request)) => match request.event {
            ScriptEvent::Display(input) => Some(input),
            _ => None,
        },
        _ => None,
    });
    let input = input.unwrap();
    assert_eq!((&*input.value, input.last_payload.as_deref()), ("ON", Some("{\"state\": \"ON\"}")));
}
