//! Tests of tiles that decode their payloads.

use crate::{
    app::{
        Action, EditAction,
        tests::{AppFixture, publish_requests, tile},
    },
    decode::{Decoder, encode},
    model::{tile::Tile, value::Value},
};

fn encoded(names: &[&str], text: &str) -> Vec<u8> {
    let decoders: Vec<Decoder> = names.iter().map(|name| Decoder::by_name(name).unwrap()).collect();
    encode(&decoders, text.as_bytes()).into_owned()
}

fn level(entries: &[(&str, Value)]) -> Tile {
    let own = [("name", "level".into()), ("topic", "tank".into()), ("publish", Value::Bool(false))];
    tile("text", &[&own[..], entries].concat())
}

fn error(fixture: &AppFixture, index: usize) -> Option<String> {
    fixture.app.dashboards[0].tile(index)?.1.error.as_ref().map(ToString::to_string)
}

#[test]
fn tiles_read_what_their_decoders_make_of_a_message() {
    let path = |path: &str| ("json_path", path.into());
    let list = Value::Array(vec!["gzip".into(), "cbor".into()]);
    let mut fixture = AppFixture::new(vec![
        level(&[("decode", "cbor".into()), path("$.level")]),
        level(&[("decode", "cbor".into())]),
        level(&[("decode", list), path("$.level")]),
        level(&[]),
    ]);
    fixture.receive_message("tank", &encoded(&["cbor"], r#"{"level":21.5}"#));
    assert_eq!((fixture.shown_text(0), fixture.shown_text(1)), (Some("21.5"), Some(r#"{"level":21.5}"#)));
    assert!(error(&fixture, 2).unwrap().starts_with("not gzip: "));
    assert!(fixture.shown_text(3).unwrap().contains("elevel"), "{:?}", fixture.shown_text(3));
    fixture.receive_message("tank", &encoded(&["gzip", "cbor"], r#"{"level":22}"#));
    assert_eq!((fixture.shown_text(2), error(&fixture, 2)), (Some("22"), None));
    assert!(error(&fixture, 0).unwrap().starts_with("not CBOR: "));
    fixture.receive_message("tank", b"");
    assert_eq!((error(&fixture, 0), fixture.shown_text(0)), (None, Some("")), "the topic was cleared");
}

#[test]
fn device_gets_what_it_sends() {
    let entries = [
        ("topic", "pump".into()),
        ("publish_topic", "pump/set".into()),
        ("decode", "msgpack".into()),
        ("json_path", "$.on".into()),
        ("payload", r#"{"on":{{value}}}"#.into()),
        ("on", "true".into()),
        ("off", "false".into()),
    ];
    let mut fixture = AppFixture::new(vec![tile("switch", &entries)]);
    fixture.receive_message("pump", &encoded(&["msgpack"], r#"{"on":false}"#));
    let requests = publish_requests(fixture.press_tile(0));
    assert_eq!(&*requests[0].payload, b"\x81\xa2on\xc3");
    fixture.receive_message("pump", b"\x81\xa2on\xc3");
    assert_eq!(fixture.shown_text(0), Some("true"));
    assert!(fixture.app.dashboards[0].tile(0).unwrap().1.unconfirmed.is_none(), "the device has answered");
}

#[test]
fn payload_that_is_known_is_read_again_with_another_decoder() {
    let mut fixture = AppFixture::new(vec![level(&[]), level(&[("name", "other".into()), ("decode", "gzip".into())])]);
    fixture.receive_message("tank", &encoded(&["cbor"], r#"{"level":1}"#));
    let mut definition = fixture.app.dashboards[0].definition.clone();
    definition.tiles[0] = level(&[("decode", "cbor".into()), ("json_path", "$.level".into())]);
    definition.tiles[1] = level(&[("name", "new name".into()), ("decode", "gzip".into())]);
    fixture.app.replace_definition(0, definition.clone(), fixture.now);
    fixture.app.resolve_values(fixture.now);
    assert_eq!((fixture.shown_text(0), error(&fixture, 0)), (Some("1"), None));
    assert!(error(&fixture, 1).unwrap().starts_with("not gzip: "), "although the tile has changed");
    definition.tiles[0] = level(&[]);
    fixture.app.replace_definition(0, definition, fixture.now);
    fixture.app.resolve_values(fixture.now);
    assert!(fixture.shown_text(0).unwrap().starts_with("A1 65"), "{:?}", fixture.shown_text(0));
}

#[test]
fn form_shows_the_decoded_payload() {
    let mut fixture = AppFixture::new(vec![level(&[])]);
    fixture.app.dashboards[0].path = Some("tank.toml".into());
    fixture.receive_message("tank", &encoded(&["cbor"], r#"{"level":3}"#));
    fixture.dispatch(Action::Edit(EditAction::Edit));
    let changed = level(&[("decode", "cbor".into()), ("json_path", "$.level".into())]);
    let form = fixture.app.form().unwrap().clone().with_tile(&changed);
    let preview = fixture.app.preview(&form).unwrap();
    assert_eq!(preview.state.value.map(|value| value.text.to_string()).as_deref(), Some("3"));
    assert_eq!(preview.payload.as_deref(), Some(r#"{"level":3}"#));
}
