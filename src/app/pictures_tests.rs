//! When pictures are asked for, and what tiles show of the answers.

use std::{sync::Arc, time::Duration};

use super::*;
use crate::{
    app::{
        Action, Event, Mode,
        tests::{Bench, tile},
    },
    model::{media::ImageFrame, value::Value},
};

const URL: &str = "http://h/p.png";

fn camera(entries: &[(&str, Value)]) -> Tile {
    let mut all = vec![("url", Value::from(URL))];
    all.extend_from_slice(entries);
    tile("image", &all)
}

fn agreed(tiles: Vec<Tile>) -> Bench {
    let mut bench = Bench::new(tiles);
    bench.act(Action::Trust);
    bench.act(Action::Accept);
    bench
}

fn dot() -> DecodedImage {
    DecodedImage::still(1, 1, vec![1, 2, 3].into())
}

/// The URLs that are asked for when this much time has gone by, and whether with a mark.
fn asked(bench: &mut Bench, millis: u64) -> Vec<(String, bool)> {
    let wanted = |command| match command {
        Command::Fetch(_, url, mark) => Some((url.to_string(), mark.is_some())),
        _ => None,
    };
    bench.wait(millis).into_iter().filter_map(wanted).collect()
}

fn answer(bench: &mut Bench, url: &str, answer: Result<Option<(DecodedImage, CacheValidator)>, String>) {
    let at = TileAt { board: 0, tile: 0 };
    bench.app.update(Event::Fetched(at, url.into(), answer), bench.now);
}

fn state(bench: &Bench) -> &TileState {
    bench.app.board().unwrap().tile(0).unwrap().1
}

#[test]
fn nothing_is_fetched_before_the_person_agrees() {
    let mut bench = Bench::new(vec![camera(&[])]);
    assert_eq!(asked(&mut bench, 60_000), []);
    bench.act(Action::Trust);
    bench.act(Action::Accept);
    assert_eq!(asked(&mut bench, 0), [(URL.to_owned(), false)]);
}

#[test]
fn a_fixed_url_is_looked_at_every_reload_and_never_twice_at_once() {
    let mut bench = agreed(vec![camera(&[("reload", Value::Integer(10))])]);
    assert_eq!(asked(&mut bench, 0).len(), 1);
    assert_eq!(asked(&mut bench, 60_000), [], "the answer is still to come");
    answer(&mut bench, URL, Ok(Some((dot(), CacheValidator::default()))));
    assert_eq!(asked(&mut bench, 0), [(URL.to_owned(), true)], "the next one was due meanwhile");
    answer(&mut bench, URL, Ok(None));
    let due = bench.app.wake(bench.now).unwrap();
    assert_eq!(due.since(bench.now), Duration::from_secs(10));
    assert_eq!(asked(&mut bench, 9_999), []);
    assert_eq!(asked(&mut bench, 1).len(), 1);
    assert_eq!(state(&bench).image, Some(dot()));
}

#[test]
fn a_reload_of_zero_is_once() {
    let mut bench = agreed(vec![camera(&[("reload", Value::Integer(0))])]);
    assert_eq!(asked(&mut bench, 0).len(), 1);
    answer(&mut bench, URL, Err("the server says 404 Not Found".into()));
    assert_eq!(asked(&mut bench, 1_000_000), []);
}

#[test]
fn the_last_picture_stays_while_a_fetch_fails_and_the_fault_goes_with_the_next() {
    let mut bench = agreed(vec![camera(&[])]);
    asked(&mut bench, 0);
    answer(&mut bench, URL, Ok(Some((dot(), CacheValidator::default()))));
    asked(&mut bench, 5_000);
    answer(&mut bench, URL, Err("there is no host h".into()));
    assert_eq!(state(&bench).image, Some(dot()));
    assert_eq!(state(&bench).error, Some(TileError::ImageUnavailable("there is no host h".into())));
    assert_eq!(asked(&mut bench, 5_000).len(), 1);
    answer(&mut bench, URL, Ok(None));
    assert_eq!(state(&bench).error, None);
}

#[test]
fn the_url_in_the_payload_is_fetched_for_each_message() {
    let mut bench = agreed(vec![tile("image", &[("topic", "cam".into()), ("source", "payload-url".into())])]);
    assert_eq!(asked(&mut bench, 60_000), []);
    bench.message("cam", b"http://h/1.png");
    assert_eq!(asked(&mut bench, 10), [("http://h/1.png".to_owned(), false)]);
    bench.message("cam", b"http://h/2.png");
    assert_eq!(asked(&mut bench, 10), [("http://h/2.png".to_owned(), false)]);
    answer(&mut bench, "http://h/1.png", Ok(Some((dot(), CacheValidator::default()))));
    assert_eq!(state(&bench).image, None, "an answer that came too late");
    answer(&mut bench, "http://h/2.png", Ok(Some((dot(), CacheValidator::default()))));
    assert_eq!(state(&bench).image, Some(dot()));
    assert_eq!(asked(&mut bench, 60_000), []);
    bench.message("cam", b"http://h/2.png");
    assert_eq!(asked(&mut bench, 10), [("http://h/2.png".to_owned(), true)]);
}

#[test]
fn a_picture_in_the_json_or_in_the_url_itself_is_unpacked() {
    let inside: &[(&str, Value)] =
        &[("topic", "cam".into()), ("source", "payload".into()), ("json_path", "$.p".into())];
    let itself: &[(&str, Value)] = &[("topic", "cam".into()), ("source", "payload-url".into())];
    for (entries, payload, wanted) in
        [(inside, r#"{"p":"AAAA"}"#, "AAAA"), (itself, "data:image/png;base64,AA", "data:image/png;base64,AA")]
    {
        let mut bench = Bench::new(vec![tile("image", entries)]);
        let commands = bench.heard("cam", payload.as_bytes());
        let [Command::Decode(_, bytes)] = commands.as_slice() else { panic!("{commands:?}") };
        assert_eq!(&**bytes, wanted.as_bytes());
    }
}

#[test]
fn only_what_is_seen_is_fetched_and_moves() {
    let mut bench = agreed((0..40).map(|_| camera(&[])).collect());
    let first = asked(&mut bench, 0).len();
    assert!((1..40).contains(&first), "{first}");
    bench.act(Action::Go(crate::model::grid::Direction::Last));
    assert!(!asked(&mut bench, 0).is_empty());
    let frame = |shade| ImageFrame { pixels: vec![shade; 3].into(), duration: Duration::from_millis(60) };
    let moving = DecodedImage { frames: Arc::new([frame(0), frame(1)]), ..dot() };
    answer(&mut bench, URL, Ok(Some((moving, CacheValidator::default()))));
    assert_eq!(bench.app.wake(bench.now), None, "the one that moves is not seen");
    bench.act(Action::Go(crate::model::grid::Direction::First));
    assert!(bench.app.wake(bench.now).unwrap().since(bench.now) <= Duration::from_millis(60));
}

#[test]
fn pressing_a_picture_with_a_page_asks_before_it_opens() {
    let mut bench = agreed(vec![camera(&[("open_url", "http://h/page".into())])]);
    assert_eq!(bench.act(Action::Press), []);
    assert!(matches!(&bench.app.mode, Mode::Browse(address) if address == "http://h/page"));
    assert_eq!(bench.act(Action::Cancel), []);
    bench.act(Action::Press);
    assert_eq!(bench.act(Action::Accept), [Command::Browse("http://h/page".into())]);
    bench.act(Action::Press);
    bench.act(Action::Enlarge);
    assert!(matches!(bench.app.mode, Mode::Enlarged));
}
