//! Tests of the messages that tiles keep because their kind shows more than the newest one.

use crate::{
    app::tests::{AppFixture, tile},
    model::{
        connection::{ConnectionEvent, ConnectionState, Message},
        content::{PrefixSuffix, TextSize, TileContent},
        dashboard::Dashboard,
        error::TileError,
        extracted::{Extracted, Record},
        kept_messages::{KeepRule, KeptMessages},
        kind::TileKind,
        schema::{FieldSpec, Schema, field},
        tile::Tile,
        tile_value::{TileValue, payload_text},
        topic::TopicFilter,
    },
};

/// A kind that shows what it has read out of the messages that it keeps.
#[derive(Debug, Clone, Default)]
struct Lister {
    rule: Option<KeepRule>,
    before: String,
}

impl Schema for Lister {
    const FIELDS: &'static [FieldSpec<Self>] = &[field!(String, before, "what is put before each payload")];
}

impl TileKind for Lister {
    fn name(&self) -> &'static str {
        "lister"
    }

    fn description(&self) -> &'static str {
        "shows payloads"
    }

    fn content(&self, _value: Option<&TileValue>) -> Result<TileContent, TileError> {
        Ok(TileContent::Placeholder("nothing yet".to_owned()))
    }

    fn keep_rule(&self) -> Option<KeepRule> {
        self.rule
    }

    fn extract(&self, payload: &[u8]) -> Result<Extracted, TileError> {
        let text = format!("{}{}", self.before, payload_text(payload));
        Ok(Extracted { records: vec![Record { key: None, fields: Box::new([Some(text.into())]) }], left_out: 0 })
    }

    fn content_of_kept(&self, _value: Option<&TileValue>, kept: &KeptMessages) -> Result<TileContent, TileError> {
        let texts = kept.iter().flat_map(|kept| kept.records().iter().filter_map(|record| record.fields[0].as_deref()));
        let (text, size) = (texts.collect::<Vec<_>>().join(" "), TextSize::Small);
        Ok(TileContent::Text { prefix_suffix: PrefixSuffix::default(), text, size, color: None, known: true })
    }

    fn sample(&self) -> (Box<dyn TileKind>, &'static str) {
        (Box::new(self.clone()), "")
    }
}

const LAST: KeepRule = KeepRule::Last { messages: 4 };
const NEWEST: KeepRule = KeepRule::NewestOfTopics { topics: 10 };

fn lister(rule: KeepRule, topic: &str, before: &str) -> Tile {
    let kind = Lister { rule: Some(rule), before: before.to_owned() };
    let mut tile = Tile::new(Box::new(kind));
    tile.topic = TopicFilter::new(topic).ok();
    tile
}

impl AppFixture {
    fn content_text(&self, index: usize) -> String {
        let (tile, state) = self.app.dashboards[0].tile(index).unwrap();
        state.content(tile).unwrap().line().text
    }

    fn receive_batch(&mut self, messages: &[(&str, &str)]) {
        let messages = messages.iter().map(|(topic, payload)| Message::new(*topic, payload.as_bytes()));
        self.connection_event(ConnectionEvent::messages(messages));
    }

    fn replace_tiles(&mut self, tiles: Vec<Tile>) {
        self.app.replace_definition(0, Dashboard { tiles, ..Dashboard::default() }, self.now);
        self.app.resolve_values(self.now);
    }
}

#[test]
fn all_messages_between_two_frames_are_kept() {
    let mut fixture = AppFixture::new(vec![lister(LAST, "l/+", ""), lister(NEWEST, "l/+", "")]);
    fixture.receive_batch(&[("l/a", "1"), ("l/b", "2"), ("l/a", "3")]);
    fixture.receive_batch(&[("l/a", "4"), ("l/a", "5")]);
    fixture.app.resolve_values(fixture.now);
    assert_eq!((fixture.content_text(0).as_str(), fixture.content_text(1).as_str()), ("2 3 4 5", "5 2"));
}

#[test]
fn messages_survive_a_reload_and_are_read_again_if_the_kind_has_changed() {
    let mut fixture = AppFixture::new(vec![lister(LAST, "l", "")]);
    fixture.receive_batch(&[("l", "1"), ("l", "2")]);
    fixture.app.resolve_values(fixture.now);
    fixture.replace_tiles(vec![tile("text", &[("topic", "t".into())]), lister(LAST, "l", "")]);
    assert_eq!(fixture.content_text(1), "1 2");
    fixture.replace_tiles(vec![lister(LAST, "l", "new")]);
    assert_eq!(fixture.content_text(0), "new1 new2");
    fixture.replace_tiles(vec![lister(KeepRule::Last { messages: 1 }, "l", "")]);
    assert_eq!(fixture.content_text(0), "2");
    fixture.replace_tiles(vec![lister(LAST, "other", "")]);
    assert_eq!(fixture.content_text(0), "", "another topic");
}

#[test]
fn tile_that_becomes_a_list_has_the_messages_that_are_known() {
    let mut fixture =
        AppFixture::new(vec![tile("text", &[("topic", "l".into())]), tile("text", &[("topic", "d/+".into())])]);
    fixture.receive_batch(&[("l", "1"), ("d/a", "2"), ("l", "3"), ("d/b", "4"), ("d/a", "5")]);
    fixture.app.resolve_values(fixture.now);
    fixture.replace_tiles(vec![
        lister(LAST, "l", ""),
        lister(NEWEST, "d/+", ""),
        lister(NEWEST, "#", ""),
        lister(KeepRule::Value, "l", ""),
    ]);
    let texts: Vec<String> = (0..4).map(|index| fixture.content_text(index)).collect();
    assert_eq!(texts, ["1 3", "5 4", "5 4 3", "3"]);
}

#[test]
fn value_is_read_in_full() {
    let mut fixture = AppFixture::new(vec![lister(KeepRule::Value, "l", "")]);
    assert_eq!(fixture.content_text(0), "");
    let large = "x".repeat(1 << 20);
    fixture.receive_batch(&[("l", "1"), ("l", &large)]);
    fixture.app.resolve_values(fixture.now);
    assert_eq!(fixture.content_text(0), large);
}

#[test]
fn retained_messages_are_not_repeated_after_a_reconnect() {
    let mut fixture = AppFixture::new(vec![lister(LAST, "l/+", "")]);
    let retained = |topic: &str| Message { retain: true, ..Message::new(topic, b"1".as_slice()) };
    fixture.connection_event(ConnectionEvent::messages([retained("l/a"), retained("l/b")]));
    fixture.connection_event(ConnectionEvent::State(ConnectionState::Connecting { attempt: 1 }));
    fixture.connection_event(ConnectionEvent::State(ConnectionState::Connected));
    fixture.connection_event(ConnectionEvent::messages([retained("l/a"), retained("l/b"), retained("l/c")]));
    fixture.app.resolve_values(fixture.now);
    assert_eq!(fixture.content_text(0), "1 1 1");
}

#[test]
fn messages_that_all_tiles_keep_are_limited() {
    const TILES: usize = 100;
    let tiles = (0..TILES).map(|number| lister(KeepRule::Last { messages: 1_000 }, &format!("l/{number}"), ""));
    let mut fixture = AppFixture::new(tiles.collect());
    let kept_bytes = |fixture: &AppFixture| -> usize {
        fixture.app.dashboards[0].tiles_with_states().map(|(_, state)| state.kept_bytes()).sum()
    };
    let payload = "x".repeat(16 << 10);
    let mut most = 0;
    for _ in 0..200 {
        for number in 0..TILES {
            fixture.receive_batch(&[(&format!("l/{number}"), &payload)]);
        }
        most = most.max(kept_bytes(&fixture));
    }
    assert!((60 << 20..120 << 20).contains(&most), "{most} bytes, which would be {}", TILES * (2 << 20));
    let (_, state) = fixture.app.dashboards[0].tile(TILES - 1).unwrap();
    assert!(state.kept.as_ref().unwrap().iter().count() > 1, "the newest ones remain");
}
