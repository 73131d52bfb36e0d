//! What was, what a file says then, what is shown afterwards.

use std::path::{Path, PathBuf};

use super::{
    Action, Command, Event, Mode, Opened, Sheet,
    reload::successors,
    tests::{Bench, orders, payloads, tile},
};
use crate::model::{
    connection::{ConnectionId, PublishStatus},
    dashboard::Dashboard,
    grid::Direction,
    profile::Profile,
    tile::Tile,
    value::Value,
};

const FILE: &str = "/boards/bench.toml";

fn text(name: &str, topic: &str) -> Tile {
    tile("text", &[("name", name.into()), ("topic", topic.into())])
}

fn json(name: &str, path: &str) -> Tile {
    let publish = ("publish", Value::Bool(false));
    tile("text", &[("name", name.into()), ("topic", "json".into()), ("json_path", path.into()), publish])
}

fn opened(tiles: Vec<Tile>) -> Bench {
    let mut bench = Bench::new(Vec::new());
    let sheet = Sheet {
        name: "bench".into(),
        path: Some(PathBuf::from(FILE)),
        dashboard: Dashboard { tiles, ..Dashboard::default() },
    };
    let profile = Profile { name: "hub".into(), ..Profile::default() };
    let opened = Opened { line: ConnectionId(0), profile, sheets: vec![sheet] };
    bench.app.update(Event::Opened(Box::new(opened)), bench.now);
    bench
}

fn saved(bench: &mut Bench, said: Result<Vec<Tile>, &str>) -> Vec<Command> {
    let said = said.map(|tiles| Dashboard { tiles, ..Dashboard::default() }).map_err(str::to_owned);
    let commands = bench.app.update(Event::Reloaded(Path::new(FILE).to_owned(), Box::new(said)), bench.now);
    bench.app.settle(bench.now);
    commands
}

fn shown(bench: &Bench) -> Vec<Option<&str>> {
    (0..bench.app.board().unwrap().dashboard.tiles.len()).map(|index| bench.shown(index)).collect()
}

#[test]
fn tiles_are_told_by_what_they_are_then_by_topic_and_name() {
    let (a, b, c) = (text("A", "a"), text("B", "b"), text("C", "c"));
    let same_topic = |name: &str| text(name, "a");
    let other_kind = tile("switch", &[("name", "A".into()), ("topic", "a".into())]);
    for (old, new, wanted) in [
        (vec![a.clone(), b.clone()], vec![a.clone(), b.clone()], vec![Some(0), Some(1)]),
        (vec![a.clone(), b.clone()], vec![b.clone(), c.clone(), a.clone()], vec![Some(1), None, Some(0)]),
        (vec![a.clone(), a.clone()], vec![a.clone(), a.clone()], vec![Some(0), Some(1)]),
        (vec![a.clone(), same_topic("X")], vec![same_topic("Y"), a.clone()], vec![Some(1), Some(0)]),
        (vec![a.clone()], vec![other_kind], vec![Some(0)]),
        (vec![a.clone()], vec![text("A", "elsewhere")], vec![None]),
        (vec![json("J", "$.a")], vec![json("J", "$.b")], vec![Some(0)]),
        (vec![a], vec![], vec![]),
    ] {
        assert_eq!(successors(&old, &new), wanted, "{old:?} {new:?}");
    }
}

#[test]
fn readings_history_and_selection_go_with_their_tiles() {
    let mut bench = opened(vec![text("A", "a"), text("B", "b"), text("C", "c")]);
    bench.message("a", b"1");
    bench.message("b", b"2");
    bench.message("b", b"3");
    bench.act(Action::Go(Direction::Right));
    saved(&mut bench, Ok(vec![text("New", "n"), text("B", "b"), text("A", "a")]));
    assert_eq!(shown(&bench), [None, Some("3"), Some("1")]);
    assert_eq!(bench.app.selected().unwrap().0.name, "B");
    assert_eq!(bench.app.selected().unwrap().1.history.len(), 2);
    bench.message("n", b"4");
    assert_eq!(shown(&bench), [Some("4"), Some("3"), Some("1")]);
}

#[test]
fn subscriptions_follow() {
    let mut bench = opened(vec![text("A", "a"), text("B", "b")]);
    let commands = saved(&mut bench, Ok(vec![text("B", "b"), text("C", "c")]));
    let [Command::Want(ConnectionId(0), wanted)] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!(wanted.iter().map(|it| it.filter.as_str()).collect::<Vec<_>>(), ["b", "c"]);
    bench.message("a", b"gone");
    assert_eq!(shown(&bench), [None, None]);
}

#[test]
fn a_file_that_says_the_same_changes_nothing() {
    let mut bench = opened(vec![text("A", "a")]);
    bench.message("a", b"1");
    bench.app.take_dirty();
    assert_eq!(saved(&mut bench, Ok(vec![text("A", "a")])), []);
    assert!(!bench.app.take_dirty());
}

#[test]
fn a_new_tile_begins_with_what_is_known_of_its_topic() {
    let mut bench = opened(vec![json("One", "$.a")]);
    bench.message("json", br#"{"a":1,"b":2}"#);
    saved(&mut bench, Ok(vec![json("One", "$.a"), json("Two", "$.b")]));
    assert_eq!(shown(&bench), [Some("1"), Some("2")]);
}

#[test]
fn another_path_is_taken_out_of_the_message_that_is_there() {
    let mut bench = opened(vec![json("One", "$.a")]);
    let long = format!(r#"{{"a":1,"b":2,"filler":"{}"}}"#, "x".repeat(10_000));
    bench.message("json", long.as_bytes());
    saved(&mut bench, Ok(vec![json("One", "$.b")]));
    assert_eq!(shown(&bench), [Some("2")]);
    assert_eq!(bench.app.selected().unwrap().1.message_count, 1);
}

#[test]
fn a_broken_file_keeps_the_last_good_board_and_says_so_until_it_is_right() {
    let mut bench = opened(vec![text("A", "a")]);
    bench.message("a", b"1");
    let rows = |bench: &Bench| bench.app.board().unwrap().above();
    let before = rows(&bench);
    saved(&mut bench, Err("bench.toml line 3: a value is missing here"));
    bench.wait(60_000);
    assert_eq!(bench.app.board().unwrap().problem.as_deref(), Some("bench.toml line 3: a value is missing here"));
    assert_eq!((shown(&bench), rows(&bench)), (vec![Some("1")], before + 1));
    saved(&mut bench, Ok(vec![text("A", "a")]));
    assert_eq!((bench.app.board().unwrap().problem.as_ref(), rows(&bench)), (None, before));
}

#[test]
fn what_was_pressed_goes_with_its_tile() {
    let mut bench = opened(vec![text("A", "a"), tile("switch", &[("topic", "lamp".into())])]);
    let sent = bench.orders(Action::PressTile(1));
    saved(&mut bench, Ok(vec![tile("switch", &[("topic", "lamp".into())])]));
    assert_eq!(shown(&bench), [Some("1")]);
    bench.hear(crate::model::connection::ConnectionEvent::PublishStatus(
        sent[0].id,
        PublishStatus::Failed("not sent".into()),
    ));
    assert_eq!(shown(&bench), [None], "what was not sent is taken back");
}

#[test]
fn a_value_that_waits_to_be_sent_goes_with_its_tile_and_not_to_another() {
    let dim = || tile("range", &[("name", "Dim".into()), ("topic", "dim".into())]);
    for (then, wanted) in [(vec![text("A", "a"), dim()], vec!["2"]), (vec![text("A", "a")], vec![])] {
        let mut bench = opened(vec![dim()]);
        bench.message("dim", b"0");
        bench.act(Action::Step(1));
        bench.act(Action::Step(1));
        saved(&mut bench, Ok(then));
        assert_eq!(payloads(&orders(bench.wait(200))), wanted);
    }
}

#[test]
fn a_prompt_stays_open_while_its_tile_is_there() {
    let mut bench = opened(vec![text("A", "a"), text("B", "b")]);
    bench.act(Action::PressTile(1));
    saved(&mut bench, Ok(vec![text("B", "b")]));
    assert!(matches!(&bench.app.mode, Mode::Prompt(prompt) if prompt.tile.tile == 0));
    bench.act(Action::Paste("x".into()));
    let sent = bench.orders(Action::Accept);
    assert_eq!(sent[0].topic.as_str(), "b");
    bench.act(Action::Press);
    saved(&mut bench, Ok(vec![text("A", "a")]));
    assert!(matches!(bench.app.mode, Mode::Board));
}

#[test]
fn new_scripts_are_not_trusted_and_not_agreed_to_unseen() {
    let scripted = |script: &str| tile("text", &[("topic", "a".into()), ("on_display", script.into())]);
    let mut bench = opened(vec![scripted("one")]);
    bench.act(Action::Trust);
    assert!(matches!(bench.app.mode, Mode::Trust(_)));
    saved(&mut bench, Ok(vec![scripted("two")]));
    assert!(matches!(bench.app.mode, Mode::Board));
    assert!(!bench.app.board().unwrap().trusted);
    bench.act(Action::Trust);
    bench.act(Action::Accept);
    assert!(bench.app.board().unwrap().trusted);
    saved(&mut bench, Ok(vec![scripted("one")]));
    assert!(!bench.app.board().unwrap().trusted);
}

#[test]
fn scripts_go_with_their_tiles_and_end_with_them() {
    let scripted = |name: &str, script: &str| {
        tile("text", &[("name", name.into()), ("topic", "a".into()), ("on_display", script.into())])
    };
    let handed = |commands: &[Command]| -> Vec<(u32, bool)> {
        let script = |command: &Command| match command {
            Command::Scripts(id, scripts) => Some((id.0, scripts.is_empty())),
            _ => None,
        };
        commands.iter().filter_map(script).collect()
    };
    let mut bench = opened(vec![scripted("A", "one"), scripted("B", "two")]);
    bench.act(Action::Trust);
    assert_eq!(handed(&bench.act(Action::Accept)), [(0, false), (1, false)]);
    // They change places, nothing else: nothing is handed over anew, and both may still run.
    assert_eq!(handed(&saved(&mut bench, Ok(vec![scripted("A", "one"), text("New", "n"), scripted("B", "two")]))), []);
    assert!(bench.app.board().unwrap().trusted);
    // What reaches for something else has to be agreed to: until then none of it runs.
    let mut taken = handed(&saved(&mut bench, Ok(vec![scripted("A", "one"), scripted("B", "other")])));
    taken.sort_unstable();
    assert_eq!(taken, [(0, true), (1, true)]);
    bench.act(Action::Trust);
    assert_eq!(handed(&bench.act(Action::Accept)), [(2, false), (3, false)]);
    assert_eq!(handed(&saved(&mut bench, Ok(vec![]))).len(), 2, "both are taken away");
}
