//! Tests of saving and restoring tile states.

use super::*;
use crate::{
    app::{
        Action, Event, FilesEffect, FilesEvent,
        tests::{AppFixture, tile},
    },
    model::{
        connection::{ConnectionEvent, Message, PublishId, PublishStatus},
        error::TileError,
        tile::Tile,
        tile_state::TileState,
        value::Value,
    },
};

const CONNECTION: ConnectionId = ConnectionId(0);

fn fixture_with_empty_cache(tiles: Vec<Tile>) -> AppFixture {
    fixture_with_cache(tiles, StateCache::default())
}

fn fixture_with_cache(tiles: Vec<Tile>, cache: StateCache) -> AppFixture {
    let mut fixture = AppFixture::new(tiles);
    fixture.app.update(Event::Files(FilesEvent::StateCacheLoaded(CONNECTION, cache)), fixture.now);
    fixture
}

/// Returns the fixture of the next run with these tiles, `millis` later.
fn next_run(fixture: &AppFixture, tiles: Vec<Tile>, millis: u64) -> AppFixture {
    let mut next = AppFixture::new(tiles);
    next.now = fixture.now;
    next.advance(millis);
    let cache = fixture.app.state_cache(CONNECTION).unwrap();
    next.app.update(Event::Files(FilesEvent::StateCacheLoaded(CONNECTION, cache)), next.now);
    next
}

fn first_tile_state(fixture: &AppFixture) -> &TileState {
    fixture.app.current_dashboard().unwrap().tile(0).unwrap().1
}

fn shown_text(fixture: &AppFixture) -> Option<&str> {
    first_tile_state(fixture).value.as_ref().map(|value| &*value.text)
}

fn count_saves(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::Files(FilesEffect::SaveStateCache(..)))).count()
}

#[test]
fn subscriptions_of_the_kept_session_are_saved_at_once() {
    let mut fixture = fixture_with_empty_cache(thermometer_tiles());
    fixture.receive_message("t", b"{\"c\":21}");
    let filters = vec![TopicFilter::new("t").unwrap(), TopicFilter::new("old").unwrap()];
    let effects = fixture.connection_event(ConnectionEvent::SessionSubscriptions(filters.clone()));
    let [Effect::Files(FilesEffect::SaveStateCache(CONNECTION, saved))] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((&saved.session_filters, saved.tiles.len()), (&filters, 1));
    assert_eq!(fixture.app.save_on_exit(fixture.now), [], "nothing else is to be saved");
}

/// The file is loaded again with each dashboard that is opened, and may be older than what the connection has.
#[test]
fn state_cache_that_loads_while_the_connection_is_open_replaces_nothing() {
    let mut fixture = fixture_with_empty_cache(thermometer_tiles());
    let filters = vec![TopicFilter::new("t").unwrap()];
    fixture.connection_event(ConnectionEvent::SessionSubscriptions(filters.clone()));
    fixture.receive_message("t", b"{\"c\":21}");
    fixture.app.keep_state(CONNECTION);
    fixture.open_dashboard("second", lamp_tiles(0));
    fixture.app.update(Event::Files(FilesEvent::StateCacheLoaded(CONNECTION, StateCache::default())), fixture.now);
    let connection = fixture.app.connection(CONNECTION).unwrap();
    let cache = connection.state_cache.as_ref().unwrap();
    assert_eq!((&cache.session_filters, cache.tiles.len()), (&filters, 1));
}

fn thermometer_tiles() -> Vec<Tile> {
    vec![tile(
        "text",
        &[("topic", "t".into()), ("name", "T".into()), ("json_path", "$.c".into()), ("publish", Value::Bool(false))],
    )]
}

fn lamp_tiles(wait_timeout: i64) -> Vec<Tile> {
    vec![tile(
        "switch",
        &[
            ("topic", "lamp".into()),
            ("wait_for_echo", Value::Bool(true)),
            ("wait_timeout", Value::Integer(wait_timeout)),
        ],
    )]
}

#[test]
fn added_tile_shows_cached_value_of_its_topic() {
    let mut fixture = fixture_with_empty_cache(thermometer_tiles());
    fixture.receive_message("t", b"{\"c\":21,\"rh\":40}");
    let mut next = next_run(&fixture, Vec::new(), 60_000);
    let humidity = tile(
        "range",
        &[("topic", "t".into()), ("name", "H".into()), ("json_path", "$.rh".into()), ("publish", Value::Bool(false))],
    );
    for (tiles, expected) in [(thermometer_tiles(), "21"), (vec![humidity], "40")] {
        next.app.replace_definition(0, crate::model::dashboard::Dashboard { tiles, ..Default::default() }, next.now);
        assert_eq!((shown_text(&next), first_tile_state(&next).restored), (Some(expected), true));
        next.app.resolve_values(next.now);
        assert_eq!(shown_text(&next), Some(expected));
    }
    next.receive_message("t", b"{\"c\":22,\"rh\":41}");
    assert_eq!((shown_text(&next), first_tile_state(&next).restored), (Some("41"), false));
}

#[test]
fn cached_value_is_shown_with_its_age_until_a_message_arrives() {
    let mut fixture = fixture_with_empty_cache(thermometer_tiles());
    fixture.receive_message("t", b"{\"c\":21}");
    let received_at = fixture.now;
    let mut next = next_run(&fixture, thermometer_tiles(), 3_600_000);
    assert_eq!((shown_text(&next), first_tile_state(&next).restored), (Some("21"), true));
    assert_eq!(next.now.since(first_tile_state(&next).value.as_ref().unwrap().updated_at), next.now.since(received_at));
    next.receive_message("t", b"{\"c\":22}");
    assert_eq!((shown_text(&next), first_tile_state(&next).restored), (Some("22"), false));
}

#[test]
fn message_received_before_state_cache_loads_wins() {
    let mut fixture = fixture_with_empty_cache(thermometer_tiles());
    fixture.receive_message("t", b"{\"c\":21}");
    let cache = fixture.app.state_cache(CONNECTION).unwrap();
    let mut next = AppFixture::new(thermometer_tiles());
    next.receive_message("t", b"{\"c\":22}");
    next.app.update(Event::Files(FilesEvent::StateCacheLoaded(CONNECTION, cache)), next.now);
    assert_eq!(shown_text(&next), Some("22"));
}

#[test]
fn state_cache_is_per_tile_and_survives_runs_without_that_tile() {
    let mut fixture = fixture_with_empty_cache(thermometer_tiles());
    fixture.receive_message("t", b"{\"c\":21}");
    let mut next = next_run(&fixture, lamp_tiles(0), 0);
    assert_eq!(shown_text(&next), None);
    next.open_dashboard("hub", thermometer_tiles());
    assert_eq!(shown_text(&next), Some("21"), "a dashboard that is opened later on the same connection");
}

#[test]
fn state_cache_is_saved_ten_seconds_after_first_change_and_on_exit() {
    let mut fixture = fixture_with_empty_cache(thermometer_tiles());
    assert_eq!(count_saves(&fixture.advance(60_000)), 0);
    assert_eq!(fixture.app.save_on_exit(fixture.now), []);
    for _ in 0..99 {
        fixture.receive_message("t", b"{\"c\":21}");
        assert_eq!(count_saves(&fixture.advance(101)), 0);
    }
    assert_eq!(count_saves(&fixture.advance(1)), 1);
    assert_eq!(count_saves(&fixture.advance(60_000)), 0);
    fixture.receive_message("t", b"{\"c\":22}");
    let exit_effects = fixture.app.save_on_exit(fixture.now);
    assert_eq!(count_saves(&exit_effects), 1);
    assert_eq!(fixture.app.save_on_exit(fixture.now), []);
}

#[test]
fn state_cache_is_not_saved_for_connection_without_one() {
    let mut fixture = AppFixture::new(thermometer_tiles());
    fixture.receive_message("t", b"{\"c\":21}");
    assert_eq!(count_saves(&fixture.advance(60_000)), 0);
    assert_eq!(fixture.app.state_cache(CONNECTION), None);
}

/// Returns a fixture whose lamp is on and was pressed to switch off. `was_sent` is whether the publish
/// request was sent.
fn fixture_with_pressed_lamp(wait_timeout: i64, was_sent: bool) -> AppFixture {
    let mut fixture = fixture_with_empty_cache(lamp_tiles(wait_timeout));
    fixture.receive_message("lamp", b"1");
    fixture.dispatch(Action::Press);
    if was_sent {
        fixture.connection_event(ConnectionEvent::PublishStatus(PublishId(1), PublishStatus::Sent));
    }
    fixture
}

#[test]
fn waiting_for_echo_continues_in_next_run_until_timeout() {
    let fixture = fixture_with_pressed_lamp(60, true);
    let mut next = next_run(&fixture, lamp_tiles(60), 20_000);
    assert_eq!(shown_text(&next), Some("0"));
    assert!(first_tile_state(&next).unconfirmed.is_some());
    next.advance(40_000);
    assert_eq!((shown_text(&next), &first_tile_state(&next).error), (Some("1"), &Some(TileError::EchoTimeout(60))));
    let late = next_run(&fixture, lamp_tiles(60), 60_000);
    assert_eq!((shown_text(&late), &first_tile_state(&late).error), (Some("1"), &Some(TileError::EchoTimeout(60))));
    assert_eq!(first_tile_state(&late).unconfirmed, None);
    let mut answered = next_run(&fixture, lamp_tiles(0), 3_600_000);
    assert!(first_tile_state(&answered).unconfirmed.is_some(), "a tile that waits without a limit");
    answered.receive_message("lamp", b"0");
    assert_eq!((shown_text(&answered), &first_tile_state(&answered).unconfirmed), (Some("0"), &None));
}

#[test]
fn unsent_publish_is_reported_in_next_run() {
    let next = next_run(&fixture_with_pressed_lamp(60, false), lamp_tiles(60), 1_000);
    assert_eq!(shown_text(&next), Some("1"));
    let Some(TileError::NotSent(reason)) = &first_tile_state(&next).error else { panic!() };
    assert_eq!(reason, "`0` was not sent before the program ended");
}

#[test]
fn images_and_large_payloads_are_not_cached() {
    let image_tiles = || vec![tile("image", &[("topic", "t".into()), ("source", "payload".into())])];
    let mut fixture = fixture_with_empty_cache(image_tiles());
    fixture.receive_message("t", b"BM");
    assert!(fixture.app.state_cache(CONNECTION).unwrap().tiles.is_empty());
    let text_tiles = || vec![tile("text", &[("topic", "t".into())])];
    for (size, expected) in [(65_536, 1), (65_537, 0)] {
        let mut fixture = fixture_with_empty_cache(text_tiles());
        fixture.receive_message("t", &vec![b'x'; size]);
        assert_eq!(fixture.app.state_cache(CONNECTION).unwrap().tiles.len(), expected, "{size}");
    }
}

#[test]
fn retained_value_that_an_earlier_run_has_received_has_its_age() {
    let tiles = || vec![tile("text", &[("topic", "t".into()), ("publish", Value::Bool(false))])];
    let receive_retained = |fixture: &mut AppFixture, payload: &str| {
        let message = Message { retain: true, ..Message::new("t", payload.as_bytes()) };
        fixture.receive_unresolved(message);
        fixture.app.resolve_values(fixture.now);
        first_tile_state(fixture).value.as_ref().unwrap().age(fixture.now)
    };
    let mut first = fixture_with_empty_cache(tiles());
    first.receive_message("t", b"21");
    let mut second = next_run(&first, tiles(), 90_000);
    assert_eq!(receive_retained(&mut second, "21"), Some(Duration::from_secs(90)));
    let mut other = next_run(&first, tiles(), 90_000);
    assert_eq!(receive_retained(&mut other, "22"), None);
    let mut third = next_run(&other, tiles(), 90_000);
    assert_eq!(receive_retained(&mut third, "22"), None, "it was already kept for an unknown time then");
}

#[test]
fn sections_stay_as_the_user_has_folded_them() {
    let heading = |name: &str, folded: bool| tile("heading", &[("name", name.into()), ("folded", Value::Bool(folded))]);
    let tiles = || vec![heading("A", false), heading("B", true), heading("A", false), heading("C", false)];
    let mut fixture = fixture_with_empty_cache(tiles());
    fixture.app.dashboards[0].path = Some("/d/home.toml".into());
    for index in [1, 2, 3, 3] {
        fixture.advance(5_000);
        fixture.press_tile(index);
    }
    let saved = fixture.app.state_cache(CONNECTION).unwrap();
    let folds: Vec<_> = saved.folds.iter().map(|fold| (fold.heading.0[3].as_str(), fold.nth, fold.folded)).collect();
    assert_eq!(folds, [("B", 0, false), ("A", 1, true)]);
    assert_eq!(count_saves(&fixture.app.save_on_exit(fixture.now)), 1);
    let folded_in = |path: &str, cache: &StateCache| {
        let mut next = AppFixture::new(tiles());
        next.app.dashboards[0].path = Some(path.into());
        next.app.update(Event::Files(FilesEvent::StateCacheLoaded(CONNECTION, cache.clone())), next.now);
        next.app.dashboards[0].tiles_with_states().map(|(_, state)| state.folded).collect::<Vec<_>>()
    };
    assert_eq!(folded_in("/d/home.toml", &saved), [None, Some(false), Some(true), None]);
    assert_eq!(folded_in("/d/other.toml", &saved), [None; 4]);
}
