//! Tests of tiles that decode their payloads.

use crate::{
    app::{
        Action, EditAction,
        tests::{AppFixture, publish_requests, tile},
    },
    decode::{Decoder, encode},
    model::{
        connection::{ConnectionEvent, Message},
        state_cache::{SavedTileState, StateCache, TileKey},
        tile::Tile,
        tile_state::TileState,
        time::Time,
        value::Value,
    },
};

fn encoded(names: &[&str], text: &str) -> Vec<u8> {
    let decoders: Vec<Decoder> = names.iter().map(|name| Decoder::by_name(name).unwrap()).collect();
    encode(&decoders, text.as_bytes(), 0).unwrap().into_owned()
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

#[test]
fn new_tile_has_the_value_of_one_that_decodes_the_same() {
    // The topic cache has only the beginning of this payload.
    let text = format!(r#"{{"level":5,"more":"{}"}}"#, "x".repeat(20_000));
    let base64 = [("decode", "base64".into()), ("json_path", "$.level".into())];
    let mut fixture = AppFixture::new(vec![level(&base64)]);
    fixture.receive_message("tank", &encoded(&["base64"], &text));
    let mut definition = fixture.app.dashboards[0].definition.clone();
    definition.tiles.push(level(&[&base64[..], &[("name", "other".into())]].concat()));
    fixture.app.replace_definition(0, definition, fixture.now);
    fixture.app.resolve_values(fixture.now);
    assert_eq!(fixture.shown_text(1), Some("5"));
}

#[test]
fn payload_that_cannot_be_decoded_is_never_read_as_if_it_were_decoded() {
    let columns = Value::Array(vec!["payload".into()]);
    let mut fixture = AppFixture::new(vec![
        level(&[("decode", "cbor".into())]),
        tile("log", &[("topic", "tank".into()), ("decode", "cbor".into()), ("columns", columns)]),
        tile("table", &[("topic", "tank".into()), ("decode", "cbor".into()), ("rows", "$".into())]),
    ]);
    fixture.receive_message("tank", &encoded(&["cbor"], r#"[{"a":1}]"#));
    fixture.receive_message("tank", br#"[{"a":1},{"a":2}]"#);
    for index in 0..3 {
        assert!(error(&fixture, index).unwrap().starts_with("not CBOR: "), "{index}");
    }
    let rows = |fixture: &AppFixture, index: usize| {
        let (tile, state) = fixture.app.dashboards[0].tile(index).unwrap();
        state.content(tile).unwrap().text_table().map(|table| table.rows.len())
    };
    assert_eq!((rows(&fixture, 1), rows(&fixture, 2)), (Some(1), Some(1)));
    let mut definition = fixture.app.dashboards[0].definition.clone();
    definition.tiles[0].name = "renamed".into();
    fixture.app.replace_definition(0, definition, fixture.now);
    fixture.app.resolve_values(fixture.now);
    assert!(error(&fixture, 0).unwrap().starts_with("not CBOR: "));
}

#[test]
fn newest_message_is_decoded_although_too_much_arrives_at_once() {
    let mut fixture = AppFixture::new(vec![level(&[("decode", "gzip".into())])]);
    let zeros = vec![b'0'; 1 << 20];
    let bomb = encoded(&["gzip"], std::str::from_utf8(&zeros).unwrap());
    let messages: Vec<Message> = (0..500)
        .map(|_| Message::new("tank", bomb.as_slice()))
        .chain([Message::new("tank", encoded(&["gzip"], "last").as_slice())])
        .collect();
    fixture.connection_event(ConnectionEvent::messages(messages));
    fixture.app.resolve_values(fixture.now);
    assert_eq!(fixture.shown_text(0), Some("last"));
    assert_eq!(fixture.app.dashboards[0].tile(0).unwrap().1.message_count, 2, "the others are not decoded");
}

#[test]
fn value_of_an_earlier_run_is_that_of_the_same_decoders() {
    let saved = level(&[("decode", "base64".into())]);
    let mut state = TileState::default();
    state.receive((&Message::new("tank", b"7".as_slice())).into(), Time::from_millis(1));
    state.resolve_value(&saved, None);
    let saved_state = SavedTileState::from_tile_state(&saved, &state).unwrap();
    let cache = StateCache { tiles: [(TileKey::for_tile(&saved), saved_state)].into(), ..StateCache::default() };
    let value = |tile: &Tile| cache.value_for(tile).map(|value| value.text.to_string());
    assert_eq!(value(&saved).as_deref(), Some("7"));
    assert_eq!(value(&level(&[("name", "other".into()), ("decode", "base64".into())])).as_deref(), Some("7"));
    assert_eq!((value(&level(&[])), value(&level(&[("decode", "hex".into())]))), (None, None));
}
