//! Tests of fetching and decoding images.

use std::{sync::Arc, time::Duration};

use super::*;
use crate::{
    app::{
        Action, Event, MediaEffect, MediaEvent, Screen, ScrollExtent, ShellEffect,
        tests::{AppFixture, tile},
    },
    model::{error::FetchError, media::ImageFrame, value::Value},
};

const URL: &str = "http://h/p.png";

fn image_tile(extra_fields: &[(&str, Value)]) -> Tile {
    let mut fields = vec![("url", Value::from(URL))];
    fields.extend_from_slice(extra_fields);
    tile("image", &fields)
}

fn fixture_with_permissions(tiles: Vec<Tile>) -> AppFixture {
    let mut fixture = AppFixture::new(tiles);
    fixture.grant_permissions();
    fixture
}

fn pixel_image() -> DecodedImage {
    DecodedImage::still(1, 1, vec![1, 2, 3].into())
}

/// Advances the clock and returns the URLs that are fetched then, each with whether a validator is sent.
fn advance_and_list_fetches(fixture: &mut AppFixture, millis: u64) -> Vec<(String, bool)> {
    let fetch_of = |effect| match effect {
        Effect::Media(MediaEffect::Fetch(_, url, options)) => Some((url.to_string(), options.validator.is_some())),
        _ => None,
    };
    fixture.advance(millis).into_iter().filter_map(fetch_of).collect()
}

fn finish_fetch(
    fixture: &mut AppFixture,
    url: &str,
    result: Result<Option<(DecodedImage, CacheValidator)>, FetchError>,
) {
    let result = result.map_err(ImageError::Fetch);
    let id = fixture.app.dashboards[0].tile_id(0).unwrap();
    fixture.app.update(Event::Media(MediaEvent::Fetched(id, url.into(), result)), fixture.now);
}

fn first_tile_state(fixture: &AppFixture) -> &TileState {
    fixture.app.current_dashboard().unwrap().tile(0).unwrap().1
}

#[test]
fn images_are_not_fetched_before_permissions_are_granted() {
    let mut fixture = AppFixture::new(vec![image_tile(&[])]);
    assert_eq!(advance_and_list_fetches(&mut fixture, 60_000), []);
    fixture.grant_permissions();
    assert_eq!(advance_and_list_fetches(&mut fixture, 0), [(URL.to_owned(), false)]);
}

#[test]
fn fixed_url_is_refetched_every_reload_interval_one_at_a_time() {
    let mut fixture = fixture_with_permissions(vec![image_tile(&[("reload", Value::Integer(10))])]);
    assert_eq!(advance_and_list_fetches(&mut fixture, 0).len(), 1);
    assert_eq!(advance_and_list_fetches(&mut fixture, 60_000), [], "a fetch is in flight");
    finish_fetch(&mut fixture, URL, Ok(Some((pixel_image(), CacheValidator::default()))));
    assert_eq!(
        advance_and_list_fetches(&mut fixture, 0),
        [(URL.to_owned(), true)],
        "the next fetch was due while this one was in flight"
    );
    finish_fetch(&mut fixture, URL, Ok(None));
    let due = fixture.app.next_wakeup(fixture.now).unwrap();
    assert_eq!(due.since(fixture.now), Duration::from_secs(10));
    assert_eq!(advance_and_list_fetches(&mut fixture, 9_999), []);
    assert_eq!(advance_and_list_fetches(&mut fixture, 1).len(), 1);
    assert_eq!(first_tile_state(&fixture).image, Some(pixel_image()));
}

#[test]
fn reload_interval_of_zero_fetches_image_once() {
    let mut fixture = fixture_with_permissions(vec![image_tile(&[("reload", Value::Integer(0))])]);
    assert_eq!(advance_and_list_fetches(&mut fixture, 0).len(), 1);
    finish_fetch(&mut fixture, URL, Err(FetchError::Status(404, "Not Found")));
    assert_eq!(advance_and_list_fetches(&mut fixture, 1_000_000), []);
}

#[test]
fn failed_fetch_keeps_last_image_and_next_success_clears_error() {
    let mut fixture = fixture_with_permissions(vec![image_tile(&[])]);
    advance_and_list_fetches(&mut fixture, 0);
    finish_fetch(&mut fixture, URL, Ok(Some((pixel_image(), CacheValidator::default()))));
    advance_and_list_fetches(&mut fixture, 5_000);
    finish_fetch(&mut fixture, URL, Err(FetchError::HostNotFound("h".into())));
    assert_eq!(first_tile_state(&fixture).image, Some(pixel_image()));
    assert_eq!(
        first_tile_state(&fixture).error,
        Some(TileError::ImageUnavailable(FetchError::HostNotFound("h".into()).into()))
    );
    assert_eq!(advance_and_list_fetches(&mut fixture, 5_000).len(), 1);
    finish_fetch(&mut fixture, URL, Ok(None));
    assert_eq!(first_tile_state(&fixture).error, None);
}

#[test]
fn payload_url_is_fetched_for_each_message() {
    let mut fixture =
        AppFixture::new(vec![tile("image", &[("topic", "cam".into()), ("source", "payload-url".into())])]);
    assert_eq!(advance_and_list_fetches(&mut fixture, 60_000), []);
    fixture.receive_message("cam", b"http://h/1.png");
    fixture.advance(10);
    fixture.grant_permissions();
    assert_eq!(advance_and_list_fetches(&mut fixture, 10), [("http://h/1.png".to_owned(), false)]);
    fixture.receive_message("cam", b"http://h/2.png");
    assert_eq!(advance_and_list_fetches(&mut fixture, 10), [("http://h/2.png".to_owned(), false)]);
    finish_fetch(&mut fixture, "http://h/1.png", Ok(Some((pixel_image(), CacheValidator::default()))));
    assert_eq!(first_tile_state(&fixture).image, None, "the image of an outdated URL is ignored");
    finish_fetch(&mut fixture, "http://h/2.png", Ok(Some((pixel_image(), CacheValidator::default()))));
    assert_eq!(first_tile_state(&fixture).image, Some(pixel_image()));
    assert_eq!(advance_and_list_fetches(&mut fixture, 60_000), []);
    fixture.receive_message("cam", b"http://h/2.png");
    assert_eq!(advance_and_list_fetches(&mut fixture, 10), [("http://h/2.png".to_owned(), true)]);
}

#[test]
fn image_in_json_or_data_url_is_decoded() {
    let json_fields: &[(&str, Value)] =
        &[("topic", "cam".into()), ("source", "payload".into()), ("json_path", "$.p".into())];
    let data_url_fields: &[(&str, Value)] = &[("topic", "cam".into()), ("source", "payload-url".into())];
    for (fields, payload, expected) in [
        (json_fields, r#"{"p":"AAAA"}"#, "AAAA"),
        (data_url_fields, "data:image/png;base64,AA", "data:image/png;base64,AA"),
    ] {
        let mut fixture = AppFixture::new(vec![tile("image", fields)]);
        let effects = fixture.receive_message_effects("cam", payload.as_bytes());
        let [Effect::Media(MediaEffect::Decode(_, bytes))] = effects.as_slice() else { panic!("{effects:?}") };
        assert_eq!(&**bytes, expected.as_bytes());
    }
}

#[test]
fn only_visible_images_are_fetched_and_animated() {
    let mut fixture = fixture_with_permissions((0..40).map(|_| image_tile(&[])).collect());
    let first_fetch_count = advance_and_list_fetches(&mut fixture, 0).len();
    assert!((1..40).contains(&first_fetch_count), "{first_fetch_count}");
    fixture.dispatch(Action::MoveSelection(crate::model::grid::Direction::Last));
    assert!(!advance_and_list_fetches(&mut fixture, 0).is_empty());
    let frame = |shade| ImageFrame { pixels: vec![shade; 3].into(), duration: Duration::from_millis(60) };
    let animation = DecodedImage { frames: Arc::new([frame(0), frame(1)]), ..pixel_image() };
    finish_fetch(&mut fixture, URL, Ok(Some((animation, CacheValidator::default()))));
    assert_eq!(fixture.app.next_wakeup(fixture.now), None, "the animated image is not visible");
    fixture.dispatch(Action::MoveSelection(crate::model::grid::Direction::First));
    assert!(fixture.app.next_wakeup(fixture.now).unwrap().since(fixture.now) <= Duration::from_millis(60));
}

#[test]
fn pressing_image_with_open_url_asks_before_opening() {
    let mut fixture = fixture_with_permissions(vec![image_tile(&[("open_url", "http://h/page".into())])]);
    assert_eq!(fixture.dispatch(Action::Press), []);
    assert!(matches!(&fixture.app.focus, Screen::ConfirmOpenUrl(screen) if screen.url == "http://h/page"));
    assert_eq!(fixture.dispatch(Action::Cancel), []);
    fixture.advance(1_000);
    fixture.dispatch(Action::Press);
    assert_eq!(fixture.dispatch(Action::Accept), [], "the user has not seen the whole URL yet");
    fixture.app.limit_scroll(Some(ScrollExtent { max: 0, rows: 1 }));
    assert_eq!(fixture.dispatch(Action::Accept), [Effect::Shell(ShellEffect::OpenUrl("http://h/page".into()))]);
    fixture.dispatch(Action::Press);
    fixture.dispatch(Action::EnlargeImage);
    assert!(matches!(fixture.app.focus, Screen::EnlargedImage(_)));
}
