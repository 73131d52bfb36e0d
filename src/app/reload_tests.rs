//! Tests of replacing the definition of an open dashboard.

use std::path::{Path, PathBuf};

use super::{
    Action, DashboardFile, EditAction, Effect, Event, FileError, FilesEvent, MqttEffect, MqttEvent, OpenedDashboards,
    Screen, ScriptsEffect,
    tests::{AppFixture, payloads, publish_requests, tile},
    tile_matching::match_tiles,
};
use crate::model::{
    connection::{ConnectionId, Message, PublishStatus},
    dashboard::Dashboard,
    grid::Direction,
    id::TileId,
    profile::Profile,
    tile::Tile,
    value::Value,
};

const DASHBOARD_PATH: &str = "/dashboards/bench.toml";

fn text_tile(name: &str, topic: &str) -> Tile {
    tile("text", &[("name", name.into()), ("topic", topic.into())])
}

fn json_tile(name: &str, path: &str) -> Tile {
    let publish = ("publish", Value::Bool(false));
    tile("text", &[("name", name.into()), ("topic", "json".into()), ("json_path", path.into()), publish])
}

fn fixture_with_file(tiles: Vec<Tile>) -> AppFixture {
    let mut fixture = AppFixture::new(Vec::new());
    let file = DashboardFile {
        name: "bench".into(),
        path: Some(PathBuf::from(DASHBOARD_PATH)),
        definition: Dashboard { tiles, ..Dashboard::default() },
    };
    let profile = Profile { name: "hub".into(), ..Profile::default() };
    let opened = OpenedDashboards { connection: ConnectionId(0), profile, files: vec![file], explore: None };
    fixture.app.update(Event::Mqtt(MqttEvent::DashboardsOpened(Box::new(opened))), fixture.now);
    fixture
}

fn reload(fixture: &mut AppFixture, result: Result<Vec<Tile>, FileError>) -> Vec<Effect> {
    let result = result.map(|tiles| Dashboard { tiles, ..Dashboard::default() });
    let effects = fixture.app.update(
        Event::Files(FilesEvent::DashboardChanged(Path::new(DASHBOARD_PATH).to_owned(), Box::new(result))),
        fixture.now,
    );
    fixture.app.resolve_values(fixture.now);
    effects
}

fn shown_texts(fixture: &AppFixture) -> Vec<Option<&str>> {
    (0..fixture.app.current_dashboard().unwrap().definition.tiles.len())
        .map(|index| fixture.shown_text(index))
        .collect()
}

#[test]
fn tiles_are_matched_by_equality_then_by_topic_and_name() {
    let (a, b, c) = (text_tile("A", "a"), text_tile("B", "b"), text_tile("C", "c"));
    let same_topic = |name: &str| text_tile(name, "a");
    let other_kind = tile("switch", &[("name", "A".into()), ("topic", "a".into())]);
    for (old, new, expected) in [
        (vec![a.clone(), b.clone()], vec![a.clone(), b.clone()], vec![Some(0), Some(1)]),
        (vec![a.clone(), b.clone()], vec![b.clone(), c.clone(), a.clone()], vec![Some(1), None, Some(0)]),
        (vec![a.clone(), a.clone()], vec![a.clone(), a.clone()], vec![Some(0), Some(1)]),
        (vec![a.clone(), same_topic("X")], vec![same_topic("Y"), a.clone()], vec![Some(1), Some(0)]),
        (vec![a.clone()], vec![other_kind], vec![Some(0)]),
        (vec![a.clone()], vec![text_tile("A", "elsewhere")], vec![None]),
        (vec![json_tile("J", "$.a")], vec![json_tile("J", "$.b")], vec![Some(0)]),
        (vec![a], vec![], vec![]),
    ] {
        let [old_tiles, new_tiles] = [&old, &new].map(|tiles| tiles.iter().collect::<Vec<_>>());
        assert_eq!(match_tiles(&old_tiles, &new_tiles), expected, "{old:?} {new:?}");
    }
}

#[test]
fn reload_keeps_values_history_and_selection_of_matched_tiles() {
    let mut fixture = fixture_with_file(vec![text_tile("A", "a"), text_tile("B", "b"), text_tile("C", "c")]);
    fixture.receive_message("a", b"1");
    fixture.receive_message("b", b"2");
    fixture.receive_message("b", b"3");
    fixture.dispatch(Action::MoveSelection(Direction::Right));
    reload(&mut fixture, Ok(vec![text_tile("New", "n"), text_tile("B", "b"), text_tile("A", "a")]));
    assert_eq!(shown_texts(&fixture), [None, Some("3"), Some("1")]);
    assert_eq!(fixture.app.selected_tile().unwrap().0.name, "B");
    assert_eq!(fixture.app.selected_tile().unwrap().1.history.len(), 2);
    fixture.receive_message("n", b"4");
    assert_eq!(shown_texts(&fixture), [Some("4"), Some("3"), Some("1")]);
}

#[test]
fn reload_updates_subscriptions() {
    let mut fixture = fixture_with_file(vec![text_tile("A", "a"), text_tile("B", "b")]);
    let effects = reload(&mut fixture, Ok(vec![text_tile("B", "b"), text_tile("C", "c")]));
    let [Effect::Mqtt(MqttEffect::SetSubscriptions(ConnectionId(0), subscriptions))] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!(subscriptions.iter().map(|subscription| subscription.filter.as_str()).collect::<Vec<_>>(), ["b", "c"]);
    fixture.receive_message("a", b"removed");
    assert_eq!(shown_texts(&fixture), [None, None]);
}

#[test]
fn reload_of_unchanged_file_changes_nothing() {
    let mut fixture = fixture_with_file(vec![text_tile("A", "a")]);
    fixture.receive_message("a", b"1");
    fixture.app.take_dirty();
    assert_eq!(reload(&mut fixture, Ok(vec![text_tile("A", "a")])), []);
    assert!(!fixture.app.take_dirty());
}

#[test]
fn reload_gives_new_tile_the_last_message_of_its_topic() {
    let mut fixture = fixture_with_file(vec![json_tile("One", "$.a")]);
    fixture.receive_message("json", br#"{"a":1,"b":2}"#);
    reload(&mut fixture, Ok(vec![json_tile("One", "$.a"), json_tile("Two", "$.b")]));
    assert_eq!(shown_texts(&fixture), [Some("1"), Some("2")]);
}

#[test]
fn reload_with_new_json_path_extracts_from_last_message() {
    let mut fixture = fixture_with_file(vec![json_tile("One", "$.a")]);
    let long_payload = format!(r#"{{"a":1,"b":2,"filler":"{}"}}"#, "x".repeat(10_000));
    fixture.receive_message("json", long_payload.as_bytes());
    reload(&mut fixture, Ok(vec![json_tile("One", "$.b")]));
    assert_eq!(shown_texts(&fixture), [Some("2")]);
    assert_eq!(fixture.app.selected_tile().unwrap().1.message_count, 1);
}

#[test]
fn reload_of_broken_file_keeps_dashboard_and_shows_error_until_fixed() {
    let mut fixture = fixture_with_file(vec![text_tile("A", "a")]);
    fixture.receive_message("a", b"1");
    let rows_above_grid = |fixture: &AppFixture| fixture.app.current_dashboard().unwrap().rows_above_grid();
    let rows_before = rows_above_grid(&fixture);
    let error = FileError::Invalid {
        file: "bench.toml".into(),
        line: Some(3),
        message: "missing value".into(),
        help: None,
        more: 0,
    };
    reload(&mut fixture, Err(error));
    fixture.advance(60_000);
    assert_eq!(fixture.app.current_dashboard().unwrap().banner().as_deref(), Some("bench.toml line 3: missing value"));
    assert_eq!((shown_texts(&fixture), rows_above_grid(&fixture)), (vec![Some("1")], rows_before + 1));
    reload(&mut fixture, Ok(vec![text_tile("A", "a")]));
    assert_eq!(
        (fixture.app.current_dashboard().unwrap().file_error.as_ref(), rows_above_grid(&fixture)),
        (None, rows_before)
    );
}

/// The program ignores what it reads while it writes the file, or while a tile is moved.
#[test]
fn error_of_a_file_goes_when_the_file_is_saved_or_corrected_meanwhile() {
    let tiles = || vec![text_tile("A", "a"), text_tile("B", "b")];
    let broken = || Err(FileError::Unreadable { file: "bench.toml".into() });
    let mut fixture = fixture_with_file(tiles());
    let banner =
        |fixture: &AppFixture| fixture.app.current_dashboard().unwrap().banner().map(std::borrow::Cow::into_owned);
    reload(&mut fixture, broken());
    fixture.dispatch(Action::Edit(EditAction::MoveTile));
    fixture.dispatch(Action::MoveInDialog(Direction::Right));
    assert!(banner(&fixture).is_some());
    reload(&mut fixture, Ok(tiles()));
    assert_eq!(banner(&fixture), None, "while a tile is moved");
    fixture.dispatch(Action::Cancel);
    reload(&mut fixture, broken());
    fixture.dispatch(Action::Edit(EditAction::Copy));
    assert!(banner(&fixture).is_some());
    let saved =
        FilesEvent::Saved { path: DASHBOARD_PATH.into(), dashboard: None, undo_count: 1, redo_count: 0, undone: None };
    fixture.app.update(Event::Files(saved), fixture.now);
    assert_eq!(banner(&fixture), None, "the edit has replaced the file");
}

#[test]
fn reload_keeps_pending_publish_with_its_tile() {
    let mut fixture = fixture_with_file(vec![text_tile("A", "a"), tile("switch", &[("topic", "lamp".into())])]);
    let requests = publish_requests(fixture.press_tile(1));
    reload(&mut fixture, Ok(vec![tile("switch", &[("topic", "lamp".into())])]));
    assert_eq!(shown_texts(&fixture), [Some("1")]);
    fixture.connection_event(crate::model::connection::ConnectionEvent::PublishStatus(
        requests[0].id,
        PublishStatus::Failed("not sent".into()),
    ));
    assert_eq!(shown_texts(&fixture), [None], "a failed publish is reverted");
}

#[test]
fn reload_keeps_throttled_publish_only_with_its_tile() {
    let dim = || tile("range", &[("name", "Dim".into()), ("topic", "dim".into())]);
    for (tiles_after, expected) in [(vec![text_tile("A", "a"), dim()], vec!["2"]), (vec![text_tile("A", "a")], vec![])]
    {
        let mut fixture = fixture_with_file(vec![dim()]);
        fixture.receive_message("dim", b"0");
        fixture.dispatch(Action::Step(1));
        fixture.dispatch(Action::Step(1));
        reload(&mut fixture, Ok(tiles_after));
        assert_eq!(payloads(&publish_requests(fixture.advance(200))), expected);
    }
}

#[test]
fn reload_keeps_prompt_open_while_its_tile_exists() {
    let mut fixture = fixture_with_file(vec![text_tile("A", "a"), text_tile("B", "b")]);
    fixture.press_tile(1);
    reload(&mut fixture, Ok(vec![text_tile("B", "b")]));
    assert!(
        matches!(&fixture.app.focus, Screen::Prompt(prompt) if fixture.app.tile(prompt.tile).unwrap().0.name == "B")
    );
    fixture.dispatch(Action::Paste("x".into()));
    let requests = fixture.dispatch_for_publishes(Action::Accept);
    assert_eq!(requests[0].topic.as_str(), "b");
    fixture.dispatch(Action::Press);
    reload(&mut fixture, Ok(vec![text_tile("A", "a")]));
    assert!(matches!(fixture.app.focus, Screen::Dashboard(_)));
}

#[test]
fn reload_revokes_permissions_when_scripts_change() {
    let scripted_tile = |script: &str| tile("text", &[("topic", "a".into()), ("on_display", script.into())]);
    let mut fixture = fixture_with_file(vec![scripted_tile("one")]);
    fixture.dispatch(Action::ReviewPermissions);
    assert!(matches!(fixture.app.focus, Screen::Permissions(_)));
    reload(&mut fixture, Ok(vec![scripted_tile("two")]));
    assert!(matches!(fixture.app.focus, Screen::Dashboard(_)));
    assert!(!fixture.app.current_dashboard().unwrap().permissions.granted);
    fixture.grant_permissions();
    assert!(fixture.app.current_dashboard().unwrap().permissions.granted);
    reload(&mut fixture, Ok(vec![scripted_tile("one")]));
    assert!(!fixture.app.current_dashboard().unwrap().permissions.granted);
}

#[test]
fn reload_keeps_scripts_with_their_tiles_and_unloads_removed() {
    let scripted_tile = |name: &str, script: &str| {
        tile("text", &[("name", name.into()), ("topic", "a".into()), ("on_display", script.into())])
    };
    let script_effects = |effects: &[Effect]| -> Vec<(TileId, bool)> {
        let script = |effect: &Effect| match effect {
            Effect::Scripts(ScriptsEffect::SetScripts(id, scripts)) => Some((*id, scripts.is_empty())),
            _ => None,
        };
        effects.iter().filter_map(script).collect()
    };
    let mut fixture = fixture_with_file(vec![scripted_tile("A", "one"), scripted_tile("B", "two")]);
    let [a, b] = [0, 1].map(|index| fixture.app.current_dashboard().unwrap().tile_id(index).unwrap());
    assert_eq!(script_effects(&fixture.grant_permissions()), [(a, false), (b, false)]);
    // The tiles only change positions: no script is sent again, and both may still run.
    assert_eq!(
        script_effects(&reload(
            &mut fixture,
            Ok(vec![scripted_tile("A", "one"), text_tile("New", "n"), scripted_tile("B", "two")])
        )),
        []
    );
    assert!(fixture.app.current_dashboard().unwrap().permissions.granted);
    // A changed script needs a new review: until then no script of the dashboard runs.
    let mut unloaded =
        script_effects(&reload(&mut fixture, Ok(vec![scripted_tile("A", "one"), scripted_tile("B", "other")])));
    unloaded.sort_unstable();
    assert_eq!(unloaded, [(a, true), (b, true)]);
    assert_eq!(script_effects(&fixture.grant_permissions()), [(a, false), (b, false)]);
    assert_eq!(script_effects(&reload(&mut fixture, Ok(vec![]))).len(), 2, "both are unloaded");
}

#[test]
fn statistics_begin_again_when_a_tile_shows_another_number() {
    let mut fixture = fixture_with_file(vec![json_tile("Room", "$.t")]);
    let counts = |fixture: &AppFixture| fixture.app.selected_tile().unwrap().1.statistics.as_ref().map(|s| s.count);
    for payload in [r#"{"t":20,"h":40}"#, r#"{"t":"?","h":41}"#, r#"{"t":21,"h":42}"#] {
        fixture.receive_message("json", payload.as_bytes());
    }
    assert_eq!(counts(&fixture), Some(2));
    reload(&mut fixture, Ok(vec![json_tile("Hall", "$.t")]));
    assert_eq!(counts(&fixture), Some(2), "the same number");
    reload(&mut fixture, Ok(vec![json_tile("Hall", "$.h")]));
    assert_eq!(counts(&fixture), None);
    fixture.receive_message("json", br#"{"t":22,"h":43}"#);
    assert_eq!(counts(&fixture), Some(1));
}

#[test]
fn message_that_the_broker_had_kept_is_no_part_of_the_statistics() {
    let mut fixture = fixture_with_file(vec![text_tile("Room", "t")]);
    let statistics = |fixture: &AppFixture| fixture.app.selected_tile().unwrap().1.statistics.clone();
    fixture.receive_unresolved(Message { retain: true, ..Message::new("t", b"20".as_slice()) });
    fixture.app.resolve_values(fixture.now);
    assert_eq!(statistics(&fixture), None);
    fixture.receive_message("t", b"21");
    assert!(statistics(&fixture).unwrap().min.number.total_cmp(&21.0).is_eq());
}
