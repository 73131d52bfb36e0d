//! Tests of subscriptions: what is requested for which owner, who learns of a refusal, and when a connection closes.

use std::{borrow::Cow, path::PathBuf};

use super::SubscriptionOwner;
use crate::{
    app::{
        Action, DashboardFile, EditAction, Effect, Event, FilesEffect, FilesEvent, ImportResult, ImportStage,
        MqttEffect, MqttEvent, OpenedDashboards, Screen,
        tests::{AppFixture, publish_requests, tile},
    },
    model::{
        connection::{ConnectionEvent, ConnectionId, ConnectionState, Qos},
        dashboard::Dashboard,
        error::TileError,
        profile::Profile,
        state_cache::StateCache,
        tile::Tile,
        topic::TopicFilter,
        value::Value,
    },
};

const CONNECTION: ConnectionId = ConnectionId(0);

fn text_tile(topic: &str, qos: i64) -> Tile {
    tile("text", &[("name", topic.into()), ("topic", topic.into()), ("qos", Value::Integer(qos))])
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(format!("/{name}.toml"))
}

fn opened(connection: ConnectionId, name: &str, tiles: Vec<Tile>) -> OpenedDashboards {
    OpenedDashboards {
        connection,
        profile: Profile { name: "hub".into(), ..Profile::default() },
        files: vec![DashboardFile {
            name: name.into(),
            path: Some(path(name)),
            definition: Dashboard { tiles, ..Dashboard::default() },
        }],
        explore: None,
    }
}

fn open(fixture: &mut AppFixture, name: &str, tiles: Vec<Tile>) -> Vec<Effect> {
    let event = MqttEvent::DashboardsOpened(Box::new(opened(CONNECTION, name, tiles)));
    fixture.app.update(event.into(), fixture.now)
}

fn delete(fixture: &mut AppFixture, name: &str) -> Vec<Effect> {
    fixture.app.update(Event::Files(FilesEvent::Deleted(path(name))), fixture.now)
}

/// Returns an app with the dashboard `a` as the only one.
fn fixture(tiles: Vec<Tile>) -> AppFixture {
    let mut fixture = AppFixture { app: crate::app::App::new((80, 24)), ..AppFixture::new(Vec::new()) };
    open(&mut fixture, "a", tiles);
    fixture.connection_event(ConnectionEvent::State(ConnectionState::Connected));
    fixture
}

/// Returns what the connection is to be subscribed to, with the `QoS` of each topic filter.
fn requested(effects: &[Effect]) -> Vec<(&str, Qos)> {
    let [Effect::Mqtt(MqttEffect::SetSubscriptions(CONNECTION, subscriptions))] = effects else {
        panic!("{effects:?}");
    };
    subscriptions.iter().map(|subscription| (subscription.filter.as_str(), subscription.options.qos)).collect()
}

fn refuse(fixture: &mut AppFixture, filter: &str) {
    let filter = TopicFilter::new(filter).unwrap();
    fixture.connection_event(ConnectionEvent::SubscriptionRefused(filter, "not allowed".to_owned()));
}

/// Returns the refusal that the first tile of a dashboard shows.
fn refusal_at(fixture: &AppFixture, dashboard: usize) -> Option<TileError> {
    let dashboard = &fixture.app.dashboards[dashboard];
    let (tile, state) = dashboard.tile(0).unwrap();
    assert_eq!(state.error, None, "another error would hide it");
    fixture.app.tile_error(dashboard, tile, state).map(Cow::into_owned)
}

/// Returns the refusal that the import dialog shows.
fn import_refusal(fixture: &AppFixture) -> Option<TileError> {
    let Screen::Import(import) = &fixture.app.focus else { panic!("no import") };
    let ImportStage::Waiting(topic, None) = &import.stage else { panic!("{import:?}") };
    fixture.app.subscription_refusal(import.connection, &topic.clone().into())
}

fn start_import(fixture: &mut AppFixture, topic: &str) -> Vec<Effect> {
    fixture.dispatch(Action::ImportFromMqttDash);
    let Screen::Import(import) = &mut fixture.app.focus else { panic!("no import") };
    import.input = topic.into();
    fixture.dispatch(Action::Accept)
}

#[test]
fn each_filter_is_requested_once_with_the_highest_qos_of_its_owners() {
    let mut fixture = fixture(vec![text_tile("x", 0), text_tile("y", 1)]);
    let effects = open(&mut fixture, "b", vec![text_tile("x", 2), text_tile("z", 0)]);
    assert_eq!(requested(&effects), [("x", Qos::ExactlyOnce), ("y", Qos::AtLeastOnce), ("z", Qos::AtMostOnce)]);
    assert_eq!(requested(&delete(&mut fixture, "b")), [("x", Qos::AtMostOnce), ("y", Qos::AtLeastOnce)]);
}

#[test]
fn import_needs_its_topic_while_it_is_open() {
    let mut fixture = fixture(vec![text_tile("x", 0)]);
    let effects = start_import(&mut fixture, "exchange");
    assert_eq!(requested(&effects), [("exchange", Qos::AtMostOnce), ("x", Qos::AtMostOnce)]);
    assert_eq!(requested(&fixture.dispatch(Action::Cancel)), [("x", Qos::AtMostOnce)]);
}

#[test]
fn unchanged_subscriptions_are_not_requested_again() {
    let mut fixture = fixture(vec![text_tile("x", 0)]);
    assert_eq!(fixture.dispatch(Action::ShowHelp), []);
    assert_eq!(fixture.advance(1), []);
}

#[test]
fn new_client_of_a_connection_gets_all_subscriptions() {
    let mut fixture = fixture(vec![text_tile("x", 0)]);
    let event = MqttEvent::Reconfigured(CONNECTION, Box::default());
    assert_eq!(requested(&fixture.app.update(event.into(), fixture.now)), [("x", Qos::AtMostOnce)]);
}

#[test]
fn owner_that_comes_later_learns_of_a_refusal() {
    let mut fixture = fixture(vec![text_tile("x", 0)]);
    refuse(&mut fixture, "x");
    open(&mut fixture, "b", vec![text_tile("x", 0)]);
    assert_eq!(refusal_at(&fixture, 1), Some(TileError::SubscriptionRefused("not allowed".into())));
    start_import(&mut fixture, "x");
    assert_eq!(import_refusal(&fixture), Some(TileError::SubscriptionRefused("not allowed".into())));
}

#[test]
fn refusal_is_forgotten_with_the_session_and_with_its_last_owner() {
    let mut fixture = fixture(vec![text_tile("x", 0)]);
    refuse(&mut fixture, "x");
    fixture.connection_event(ConnectionEvent::State(ConnectionState::Connected));
    open(&mut fixture, "b", vec![text_tile("x", 0), text_tile("y", 0)]);
    assert_eq!(refusal_at(&fixture, 1), None, "in the new session, the broker is asked again");
    refuse(&mut fixture, "y");
    delete(&mut fixture, "b");
    open(&mut fixture, "b", vec![text_tile("y", 0)]);
    assert_eq!(refusal_at(&fixture, 1), None, "the broker is asked again");
}

#[test]
fn connection_closes_with_its_last_dashboard_after_its_state_is_saved() {
    let mut fixture = fixture(vec![text_tile("x", 0)]);
    let loaded = FilesEvent::StateCacheLoaded(CONNECTION, StateCache::default());
    fixture.app.update(Event::Files(loaded), fixture.now);
    fixture.receive_message("x", b"1");
    let effects = delete(&mut fixture, "a");
    let [
        Effect::Files(FilesEffect::SaveStateCache(CONNECTION, _)),
        Effect::Mqtt(MqttEffect::CloseConnection(CONNECTION)),
    ] = effects.as_slice()
    else {
        panic!("{effects:?}");
    };
    assert!(fixture.app.connections.is_empty());
    fixture.receive_message("x", b"late");
}

#[test]
fn open_import_keeps_its_connection() {
    let mut fixture = fixture(vec![text_tile("x", 0)]);
    start_import(&mut fixture, "exchange");
    assert_eq!(requested(&delete(&mut fixture, "a")), [("exchange", Qos::AtMostOnce)]);
    let effects = fixture.dispatch(Action::Cancel);
    assert_eq!(effects, [Effect::Mqtt(MqttEffect::CloseConnection(CONNECTION))]);
}

#[test]
fn open_question_about_retained_messages_keeps_its_connection() {
    let mut fixture = fixture(vec![text_tile("x", 0)]);
    fixture.dispatch(Action::Edit(EditAction::ClearRetained));
    assert!(matches!(fixture.app.focus, Screen::Confirm(_)));
    assert_eq!(requested(&delete(&mut fixture, "a")), [], "the connection stays open");
    let effects = fixture.dispatch(Action::Accept);
    assert_eq!(effects.last(), Some(&Effect::Mqtt(MqttEffect::CloseConnection(CONNECTION))));
    let topics = publish_requests(effects).into_iter().map(|request| request.topic.as_str().to_owned());
    assert_eq!(topics.collect::<Vec<_>>(), ["x"]);
}

#[test]
fn connection_that_opens_for_nothing_closes() {
    let mut fixture = fixture(vec![text_tile("x", 0)]);
    let other = ConnectionId(7);
    // The dashboard is open already, on another connection.
    let event = MqttEvent::DashboardsOpened(Box::new(opened(other, "a", Vec::new())));
    let effects = fixture.app.update(event.into(), fixture.now);
    assert_eq!(effects, [Effect::Mqtt(MqttEffect::CloseConnection(other))]);
    assert_eq!(fixture.app.connections.len(), 1);
}

#[test]
fn import_that_ends_after_its_connection_closed_is_opened_by_its_file() {
    let mut fixture = fixture(vec![text_tile("x", 0)]);
    fixture.dispatch(Action::ImportFromMqttDash);
    let imported = opened(ConnectionId(7), "imported", vec![text_tile("y", 0)]);
    let result = ImportResult::DashboardsOpened(Box::new(imported), "1 tile saved".into());
    let effects = fixture.app.update(Event::Files(FilesEvent::Imported(result)), fixture.now);
    let [Effect::Mqtt(MqttEffect::OpenDashboardFile(file, _))] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(*file, path("imported"));
    assert_eq!(fixture.app.connections.len(), 1);
}

#[test]
fn message_of_a_closed_connection_reaches_no_tile_of_another_one() {
    let mut fixture = fixture(vec![text_tile("x", 0)]);
    let event = MqttEvent::DashboardsOpened(Box::new(opened(ConnectionId(1), "b", vec![text_tile("x", 0)])));
    fixture.app.update(event.into(), fixture.now);
    delete(&mut fixture, "a");
    fixture.receive_message("x", b"late");
    assert!(fixture.app.dashboards[0].tile(0).unwrap().1.value.is_none());
    let connection = fixture.app.connection(ConnectionId(1)).unwrap();
    let owner = SubscriptionOwner::Dashboard(fixture.app.dashboards[0].id);
    assert!(connection.subscriptions.by_owner.keys().eq([&owner]));
}

fn shown(fixture: &AppFixture, dashboard: usize) -> Option<String> {
    fixture.app.dashboards[dashboard].tile(0).unwrap().1.value.as_ref().map(|value| value.text.to_string())
}

#[test]
fn state_saved_at_close_contains_the_tiles() {
    let mut fixture = fixture(vec![text_tile("x", 0)]);
    let loaded = FilesEvent::StateCacheLoaded(CONNECTION, StateCache::default());
    fixture.app.update(Event::Files(loaded), fixture.now);
    fixture.receive_message("x", b"1");
    let now = fixture.now;
    fixture.app.resolve_values(now);
    let effects = delete(&mut fixture, "a");
    let Effect::Files(FilesEffect::SaveStateCache(_, cache)) = &effects[0] else { panic!() };
    assert_eq!(cache.tiles.len(), 1);
}

#[test]
fn restored_value_does_not_hide_a_refusal() {
    let mut fixture = fixture(vec![text_tile("x", 0)]);
    fixture.receive_message("x", b"1");
    let now = fixture.now;
    fixture.app.resolve_values(now);
    fixture.app.update(Event::Files(FilesEvent::StateCacheLoaded(CONNECTION, StateCache::default())), now);
    let cache = fixture.app.state_cache(CONNECTION).unwrap();
    assert_eq!(cache.tiles.len(), 1);
    let mut fixture = self::fixture(vec![text_tile("x", 0)]);
    fixture.app.update(Event::Files(FilesEvent::StateCacheLoaded(CONNECTION, cache)), fixture.now);
    refuse(&mut fixture, "x");
    open(&mut fixture, "b", vec![text_tile("x", 0)]);
    assert_eq!(shown(&fixture, 1).as_deref(), Some("1"));
    assert!(refusal_at(&fixture, 0).is_some());
    assert!(refusal_at(&fixture, 1).is_some(), "the second dashboard shows the saved value without the refusal");
}

#[test]
fn refusal_is_forgotten_when_a_higher_qos_is_requested() {
    let mut fixture = fixture(vec![text_tile("x", 0)]);
    refuse(&mut fixture, "x");
    let effects = open(&mut fixture, "b", vec![text_tile("x", 1)]);
    assert_eq!(requested(&effects), [("x", Qos::AtLeastOnce)]);
    // The broker accepts, of which there is no event.
    open(&mut fixture, "c", vec![text_tile("x", 1)]);
    assert_eq!(refusal_at(&fixture, 2), None, "the broker was asked again");
}

#[test]
fn refusal_that_arrives_after_its_last_owner_left() {
    let mut fixture = fixture(vec![text_tile("x", 0)]);
    open(&mut fixture, "b", vec![text_tile("y", 0)]);
    delete(&mut fixture, "b");
    refuse(&mut fixture, "y");
    let effects = open(&mut fixture, "b", vec![text_tile("y", 0)]);
    assert_eq!(requested(&effects).len(), 2);
    assert_eq!(refusal_at(&fixture, 1), None, "the broker is asked again");
}

#[test]
fn import_forgets_its_refusal_with_the_session() {
    let mut fixture = fixture(vec![text_tile("x", 0)]);
    start_import(&mut fixture, "exchange");
    refuse(&mut fixture, "exchange");
    assert!(import_refusal(&fixture).is_some());
    fixture.connection_event(ConnectionEvent::State(ConnectionState::Connected));
    assert_eq!(import_refusal(&fixture), None);
}

#[test]
fn edited_tile_keeps_its_refusal() {
    let mut fixture = fixture(vec![text_tile("x", 0)]);
    fixture.receive_message("x", b"1");
    fixture.connection_event(ConnectionEvent::State(ConnectionState::Connected));
    refuse(&mut fixture, "x");
    assert!(refusal_at(&fixture, 0).is_some());
    let renamed = tile("text", &[("name", "other".into()), ("topic", "x".into())]);
    let definition = Dashboard { tiles: vec![renamed], ..Dashboard::default() };
    fixture.app.update(Event::Files(FilesEvent::DashboardChanged(path("a"), Box::new(Ok(definition)))), fixture.now);
    let now = fixture.now;
    fixture.app.resolve_values(now);
    assert!(refusal_at(&fixture, 0).is_some(), "the broker still refuses the topic");
}

#[test]
fn tile_with_the_last_message_of_a_refused_topic_shows_the_refusal() {
    let mut fixture = fixture(vec![text_tile("x", 0)]);
    fixture.receive_message("x", b"1");
    fixture.connection_event(ConnectionEvent::State(ConnectionState::Connected));
    refuse(&mut fixture, "x");
    open(&mut fixture, "b", vec![text_tile("x", 0)]);
    let now = fixture.now;
    fixture.app.resolve_values(now);
    assert!(refusal_at(&fixture, 0).is_some(), "first");
    assert!(refusal_at(&fixture, 1).is_some(), "second");
}

#[test]
fn banner_follows_the_connection_not_the_plan() {
    let mut fixture = fixture(Vec::new());
    let mut plan = opened(ConnectionId(7), "b", Vec::new());
    plan.profile.tls.0.insecure = true;
    let now = fixture.now;
    fixture.app.update(MqttEvent::DashboardsOpened(Box::new(plan)).into(), now);
    assert!(fixture.app.dashboards[1].insecure);
    fixture.app.update(MqttEvent::DashboardsOpened(Box::new(opened(ConnectionId(7), "c", Vec::new()))).into(), now);
    assert!(fixture.app.connection(ConnectionId(7)).unwrap().insecure);
    assert!(fixture.app.dashboards[2].insecure, "the connection still accepts any certificate");
}

#[test]
fn import_that_ends_after_its_dialog_closed_is_told() {
    let mut fixture = fixture(vec![text_tile("x", 0)]);
    let imported = opened(CONNECTION, "imported", vec![text_tile("y", 0)]);
    let result = ImportResult::DashboardsOpened(Box::new(imported), "1 tile saved to imported.toml".into());
    assert_eq!(fixture.app.update(Event::Files(FilesEvent::Imported(result)), fixture.now), []);
    assert_eq!(fixture.app.notice().unwrap().text, "1 tile saved to imported.toml");
}

#[test]
fn refusal_ends_when_the_broker_grants_the_subscription_later() {
    let mut fixture = fixture(vec![text_tile("x", 0)]);
    refuse(&mut fixture, "x");
    assert!(refusal_at(&fixture, 0).is_some());
    fixture.connection_event(ConnectionEvent::SubscriptionGranted(TopicFilter::new("x").unwrap()));
    assert_eq!(refusal_at(&fixture, 0), None);
}
