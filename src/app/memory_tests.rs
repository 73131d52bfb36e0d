//! What is remembered from one run to the next, and what is shown of it.

use super::*;
use crate::{
    app::{
        Action, Event,
        tests::{Bench, tile},
    },
    model::{
        connection::{ConnectionEvent, PublishId, PublishStatus},
        error::TileError,
        tile::Tile,
        tile_state::TileState,
        value::Value,
    },
};

const LINE: ConnectionId = ConnectionId(0);

fn first(tiles: Vec<Tile>) -> Bench {
    recalling(tiles, StateCache::default())
}

fn recalling(tiles: Vec<Tile>, memory: StateCache) -> Bench {
    let mut bench = Bench::new(tiles);
    bench.app.update(Event::Remembered(LINE, memory), bench.now);
    bench
}

/// The same tiles in the next run, so much later.
fn next_run(bench: &Bench, tiles: Vec<Tile>, millis: u64) -> Bench {
    let mut next = Bench::new(tiles);
    next.now = bench.now;
    next.wait(millis);
    let memory = bench.app.memory(LINE).unwrap();
    next.app.update(Event::Remembered(LINE, memory), next.now);
    next
}

fn state(bench: &Bench) -> &TileState {
    bench.app.board().unwrap().tile(0).unwrap().1
}

fn shown(bench: &Bench) -> Option<&str> {
    state(bench).value.as_ref().map(|reading| &*reading.text)
}

fn kept(commands: &[Command]) -> usize {
    commands.iter().filter(|command| matches!(command, Command::Keep(..))).count()
}

fn thermometer() -> Vec<Tile> {
    vec![tile(
        "text",
        &[("topic", "t".into()), ("name", "T".into()), ("json_path", "$.c".into()), ("publish", Value::Bool(false))],
    )]
}

fn lamp(limit: i64) -> Vec<Tile> {
    vec![tile(
        "switch",
        &[("topic", "lamp".into()), ("wait_for_echo", Value::Bool(true)), ("wait_timeout", Value::Integer(limit))],
    )]
}

#[test]
fn a_tile_that_is_added_shows_what_is_remembered_of_its_topic() {
    let mut bench = first(thermometer());
    bench.message("t", b"{\"c\":21,\"rh\":40}");
    let mut next = next_run(&bench, Vec::new(), 60_000);
    let humidity = tile(
        "range",
        &[("topic", "t".into()), ("name", "H".into()), ("json_path", "$.rh".into()), ("publish", Value::Bool(false))],
    );
    for (tiles, wanted) in [(thermometer(), "21"), (vec![humidity], "40")] {
        next.app.replace(0, crate::model::dashboard::Dashboard { tiles, ..Default::default() }, next.now);
        assert_eq!((shown(&next), state(&next).restored), (Some(wanted), true));
        next.app.settle(next.now);
        assert_eq!(shown(&next), Some(wanted));
    }
    next.message("t", b"{\"c\":22,\"rh\":41}");
    assert_eq!((shown(&next), state(&next).restored), (Some("41"), false));
}

#[test]
fn a_reading_is_shown_in_the_next_run_with_its_age_until_a_message_comes() {
    let mut bench = first(thermometer());
    bench.message("t", b"{\"c\":21}");
    let read = bench.now;
    let mut next = next_run(&bench, thermometer(), 3_600_000);
    assert_eq!((shown(&next), state(&next).restored), (Some("21"), true));
    assert_eq!(next.now.since(state(&next).value.as_ref().unwrap().updated_at), next.now.since(read));
    next.message("t", b"{\"c\":22}");
    assert_eq!((shown(&next), state(&next).restored), (Some("22"), false));
}

#[test]
fn what_has_come_meanwhile_is_newer_than_what_is_remembered() {
    let mut bench = first(thermometer());
    bench.message("t", b"{\"c\":21}");
    let memory = bench.app.memory(LINE).unwrap();
    let mut next = Bench::new(thermometer());
    next.message("t", b"{\"c\":22}");
    next.app.update(Event::Remembered(LINE, memory), next.now);
    assert_eq!(shown(&next), Some("22"));
}

#[test]
fn another_tile_is_not_given_the_memory_of_this_one_and_none_is_forgotten() {
    let mut bench = first(thermometer());
    bench.message("t", b"{\"c\":21}");
    let mut next = next_run(&bench, lamp(0), 0);
    assert_eq!(shown(&next), None);
    next.open("hub", thermometer());
    assert_eq!(shown(&next), Some("21"), "a board that opens later on the same line");
}

#[test]
fn it_is_kept_ten_seconds_after_the_first_change_and_on_leaving_but_only_when_changed() {
    let mut bench = first(thermometer());
    assert_eq!(kept(&bench.wait(60_000)), 0);
    assert_eq!(bench.app.leave(bench.now), []);
    for _ in 0..99 {
        bench.message("t", b"{\"c\":21}");
        assert_eq!(kept(&bench.wait(101)), 0);
    }
    assert_eq!(kept(&bench.wait(1)), 1);
    assert_eq!(kept(&bench.wait(60_000)), 0);
    bench.message("t", b"{\"c\":22}");
    let leaving = bench.app.leave(bench.now);
    assert_eq!(kept(&leaving), 1);
    assert_eq!(bench.app.leave(bench.now), []);
}

#[test]
fn nothing_is_kept_of_a_line_that_is_not_remembered() {
    let mut bench = Bench::new(thermometer());
    bench.message("t", b"{\"c\":21}");
    assert_eq!(kept(&bench.wait(60_000)), 0);
    assert_eq!(bench.app.memory(LINE), None);
}

/// A lamp that was on and is told to go off; whether the order has left.
fn pressed(limit: i64, left: bool) -> Bench {
    let mut bench = first(lamp(limit));
    bench.message("lamp", b"1");
    bench.act(Action::Press);
    if left {
        bench.hear(ConnectionEvent::PublishStatus(PublishId(1), PublishStatus::Sent));
    }
    bench
}

#[test]
fn waiting_goes_on_in_the_next_run_and_ends_with_its_time() {
    let bench = pressed(60, true);
    let mut next = next_run(&bench, lamp(60), 20_000);
    assert_eq!(shown(&next), Some("0"));
    assert!(state(&next).unconfirmed.is_some());
    next.wait(40_000);
    assert_eq!((shown(&next), &state(&next).error), (Some("1"), &Some(TileError::EchoTimeout(60))));
    let late = next_run(&bench, lamp(60), 60_000);
    assert_eq!((shown(&late), &state(&late).error), (Some("1"), &Some(TileError::EchoTimeout(60))));
    assert_eq!(state(&late).unconfirmed, None);
    let mut answered = next_run(&bench, lamp(0), 3_600_000);
    assert!(state(&answered).unconfirmed.is_some(), "a tile that waits for ever");
    answered.message("lamp", b"0");
    assert_eq!((shown(&answered), &state(&answered).unconfirmed), (Some("0"), &None));
}

#[test]
fn what_never_left_says_so() {
    let next = next_run(&pressed(60, false), lamp(60), 1_000);
    assert_eq!(shown(&next), Some("1"));
    let Some(TileError::NotSent(said)) = &state(&next).error else { panic!() };
    assert_eq!(said, "`0` was not sent before the program ended");
}

#[test]
fn neither_pictures_nor_large_payloads_are_kept() {
    let camera = || vec![tile("image", &[("topic", "t".into()), ("source", "payload".into())])];
    let mut bench = first(camera());
    bench.message("t", b"BM");
    assert!(bench.app.memory(LINE).unwrap().tiles.is_empty());
    let text = || vec![tile("text", &[("topic", "t".into())])];
    for (size, wanted) in [(65_536, 1), (65_537, 0)] {
        let mut bench = first(text());
        bench.message("t", &vec![b'x'; size]);
        assert_eq!(bench.app.memory(LINE).unwrap().tiles.len(), wanted, "{size}");
    }
}
