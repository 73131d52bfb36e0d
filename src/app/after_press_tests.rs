//! What follows the press of a button: its pulse and its cooldown.

use crate::{
    app::{
        Effect, MqttEffect,
        tests::{AppFixture, payloads, publish_requests, tile},
        *,
    },
    model::{
        connection::{ConnectionEvent, PublishStatus, Qos},
        value::Value,
    },
};

fn button(entries: &[(&str, Value)]) -> AppFixture {
    let mut all = vec![("name", "Gate".into()), ("publish_topic", "gate/set".into())];
    all.extend(entries.iter().cloned());
    AppFixture::new(vec![tile("button", &all)])
}

fn pulse() -> Value {
    Value::Table(vec![("payload".into(), "0".into()), ("after".into(), "500ms".into())])
}

fn notice(fixture: &AppFixture) -> &str {
    fixture.app.notice().map_or("", |notice| &notice.text)
}

/// Presses the button, and sends what it publishes.
fn press(fixture: &mut AppFixture) -> Vec<String> {
    let requests = publish_requests(fixture.dispatch(Action::Press));
    for request in &requests {
        fixture.connection_event(ConnectionEvent::PublishStatus(request.id, PublishStatus::Sent));
    }
    payloads(&requests).into_iter().map(str::to_owned).collect()
}

#[test]
fn pulse_begins_when_its_press_is_sent_and_nothing_follows_a_press_that_is_not() {
    let mut fixture = button(&[("pulse", pulse()), ("cooldown", "1h".into()), ("qos", Value::Integer(1))]);
    let requests = publish_requests(fixture.dispatch(Action::Press));
    assert!(publish_requests(fixture.advance(5_000)).is_empty(), "the broker has not got the press yet");
    fixture.connection_event(ConnectionEvent::PublishStatus(requests[0].id, PublishStatus::Sent));
    assert!(publish_requests(fixture.advance(499)).is_empty());
    assert_eq!(payloads(&publish_requests(fixture.advance(1))), ["0"]);
    for status in [PublishStatus::Canceled, PublishStatus::Failed("not sent".to_owned())] {
        fixture.advance(3_600_000);
        let requests = publish_requests(fixture.dispatch(Action::Press));
        assert_eq!(payloads(&requests), ["1"]);
        fixture.connection_event(ConnectionEvent::PublishStatus(requests[0].id, status));
        assert!(publish_requests(fixture.advance(5_000)).is_empty());
        assert_eq!(press(&mut fixture), ["1"], "the cooldown has ended");
        assert_eq!(payloads(&publish_requests(fixture.advance(500))), ["0"]);
    }
}

#[test]
fn press_within_the_cooldown_is_refused_and_says_how_long() {
    let mut fixture = button(&[("cooldown", "5s".into())]);
    assert_eq!(press(&mut fixture), ["1"]);
    fixture.advance(1_500);
    assert_eq!(press(&mut fixture), Vec::<String>::new());
    assert_eq!(notice(&fixture), "Gate was just pressed: again in 4 s");
    fixture.advance(3_500);
    assert_eq!(press(&mut fixture), ["1"]);
}

#[test]
fn pulse_publishes_its_second_payload_once_and_in_time() {
    let mut fixture = button(&[("pulse", pulse())]);
    assert_eq!(press(&mut fixture), ["1"]);
    assert!(publish_requests(fixture.advance(499)).is_empty());
    assert_eq!(payloads(&publish_requests(fixture.advance(1))), ["0"]);
    assert!(publish_requests(fixture.advance(5_000)).is_empty());
}

#[test]
fn pulse_ends_also_if_its_dashboard_is_closed_meanwhile() {
    let mut fixture = button(&[("pulse", pulse()), ("qos", Value::Integer(1))]);
    fixture.open_dashboard("other", vec![tile("text", &[("topic", "t".into())])]);
    fixture.app.set_current_tab(0);
    fixture.app.dashboards[0].path = Some("gate.toml".into());
    press(&mut fixture);
    let closes = |effects: &[Effect]| {
        effects.iter().any(|effect| matches!(effect, Effect::Mqtt(MqttEffect::CloseConnection(_))))
    };
    let effects = fixture.dispatch(Action::CloseTab);
    assert!(fixture.app.dashboards.len() == 1 && !closes(&effects), "{effects:?}");
    let requests = publish_requests(fixture.advance(500));
    assert_eq!(payloads(&requests), ["0"]);
    assert!(!closes(&fixture.connection_event(ConnectionEvent::PublishStatus(requests[0].id, PublishStatus::Sent))));
    let acknowledged = ConnectionEvent::PublishStatus(requests[0].id, PublishStatus::Acknowledged);
    assert!(closes(&fixture.connection_event(acknowledged)), "nothing needs it any more");
}

#[test]
fn pulse_ends_with_the_program_and_says_if_it_did_not() {
    let mut fixture = button(&[("pulse", pulse())]);
    press(&mut fixture);
    let requests = publish_requests(fixture.app.save_on_exit(fixture.now));
    assert_eq!((payloads(&requests), requests[0].qos), (vec!["0"], Qos::AtMostOnce));
    let failed = PublishStatus::Failed("no longer connected".to_owned());
    fixture.connection_event(ConnectionEvent::PublishStatus(requests[0].id, failed));
    assert_eq!(notice(&fixture), "Gate: its pulse has not ended: no longer connected");
}
