//! Tests of what tiles publish by themselves.

use super::super::{
    Effect,
    tests::{AppFixture, payloads, publish_requests, tile},
};
use crate::model::{
    connection::{ConnectionEvent, ConnectionState, PublishStatus},
    press::{Lock, LockLevel},
    tile::Tile,
    value::Value,
};

fn keep_alive() -> Tile {
    tile(
        "text",
        &[
            ("name", "Battery".into()),
            ("topic", "N/1/soc".into()),
            ("publish_topic", "R/1/keepalive".into()),
            ("publish", Value::Bool(false)),
            ("on_connect", "{}".into()),
            ("every", "30s".into()),
        ],
    )
}

fn granted(tiles: Vec<Tile>) -> AppFixture {
    let mut fixture = AppFixture::new(tiles);
    fixture.grant_permissions();
    fixture
}

fn state(fixture: &mut AppFixture, state: ConnectionState) -> Vec<Effect> {
    fixture.connection_event(ConnectionEvent::State(state))
}

#[test]
fn nothing_is_published_before_the_user_has_allowed_it() {
    let mut fixture = AppFixture::new(vec![keep_alive()]);
    let notice = fixture.app.notice().map(|notice| notice.text.clone());
    assert!(notice.is_some_and(|notice| notice.contains("automatic messages")));
    assert_eq!(publish_requests(fixture.advance(60_000)), []);
    let requests = publish_requests(fixture.grant_permissions());
    assert_eq!((payloads(&requests), requests[0].topic.as_str()), (vec!["{}"], "R/1/keepalive"));
    let id = fixture.app.current_dashboard().unwrap().id;
    fixture.app.revoke_permissions(id, fixture.now);
    assert_eq!(publish_requests(fixture.advance(60_000)), [], "it is withdrawn");
}

#[test]
fn message_is_repeated_while_there_is_a_session() {
    let mut fixture = granted(vec![keep_alive()]);
    let start = fixture.now;
    let due = fixture.app.next_wakeup(fixture.now).unwrap();
    assert!(due <= start.saturating_add(std::time::Duration::from_secs(30)));
    for (millis, count) in [(28_900, 0), (100, 1), (29_999, 0), (1, 1), (3_600_000, 1), (29_999, 0)] {
        assert_eq!(publish_requests(fixture.advance(millis)).len(), count, "after {millis} ms more");
    }
    state(&mut fixture, ConnectionState::Connecting { attempt: 1 });
    assert_eq!(publish_requests(fixture.advance(60_000)), [], "nothing is queued");
    assert_eq!(publish_requests(state(&mut fixture, ConnectionState::Connected)).len(), 1);
    fixture.receive_message("N/1/soc", b"80");
    assert_eq!(publish_requests(fixture.advance(30_000)).len(), 1);
}

#[test]
fn message_without_interval_is_published_once_for_each_session_after_subscribing() {
    let ask = tile(
        "text",
        &[("topic", "feeds/x".into()), ("publish_topic", "feeds/x/get".into()), ("on_connect", "".into())],
    );
    let mut fixture = granted(vec![ask.clone()]);
    assert_eq!(publish_requests(fixture.advance(3_600_000)), []);
    state(&mut fixture, ConnectionState::Connecting { attempt: 1 });
    assert_eq!(payloads(&publish_requests(state(&mut fixture, ConnectionState::Connected))), [""]);
    let effects = fixture.open_dashboard("hub", vec![ask]);
    let kinds: Vec<bool> =
        effects.iter().map(|effect| matches!(effect, Effect::Mqtt(super::MqttEffect::Publish(..)))).collect();
    assert!(!kinds.is_empty() && kinds.is_sorted(), "{effects:?}");
}

#[test]
fn locked_dashboard_publishes_its_automatic_messages() {
    let mut fixture = granted(vec![keep_alive()]);
    fixture.app.dashboards[0].definition.locked = Lock(LockLevel::Presses);
    assert_eq!(publish_requests(fixture.advance(30_000)).len(), 1);
}

#[test]
fn message_of_a_tile_that_is_gone_is_not_repeated() {
    let mut fixture = granted(vec![keep_alive()]);
    let text = tile("text", &[("topic", "N/1/soc".into())]);
    fixture.app.replace_definition(
        0,
        crate::model::dashboard::Dashboard { tiles: vec![text], ..Default::default() },
        fixture.now,
    );
    assert_eq!(publish_requests(fixture.advance(60_000)), []);
    assert_eq!(fixture.app.publishing.automatic.due_at(), None);
}

#[test]
fn message_that_was_not_sent_is_reported() {
    let mut fixture = AppFixture::new(vec![keep_alive()]);
    let id = publish_requests(fixture.grant_permissions())[0].id;
    fixture.connection_event(ConnectionEvent::PublishStatus(id, PublishStatus::Failed("not allowed".to_owned())));
    assert!(fixture.app.notice().is_some_and(|notice| notice.text == "Battery: not allowed"));
}
