//! Tests of what tiles say about time: how old a value is, and for how long a tile has been silent.

use std::time::Duration;

use super::{
    Event, FilesEvent,
    tests::{AppFixture, tile},
};
use crate::model::{
    connection::{ConnectionEvent, ConnectionId, ConnectionState, Message, PublishId, PublishStatus},
    dashboard::Dashboard,
    message_interval::Silence,
    script::{ScriptResponse, ScriptResult},
    state_cache::StateCache,
    tile::Tile,
    tile_state::TileState,
    time::Time,
    value::Value,
};

const CONNECTION: ConnectionId = ConnectionId(0);

fn text(name: &str, topic: &str) -> Tile {
    tile("text", &[("name", name.into()), ("topic", topic.into()), ("publish", Value::Bool(false))])
}

fn with(mut tile: Tile, key: &str, value: Value) -> Tile {
    crate::model::schema::set_fields(&mut tile, &[(key.to_owned(), value)]).unwrap();
    tile
}

fn retained(topic: &str, payload: &str) -> Message {
    Message { retain: true, ..Message::new(topic, payload.as_bytes()) }
}

fn live(topic: &str, payload: &str) -> Message {
    Message::new(topic, payload.as_bytes())
}

impl AppFixture {
    fn with_cache(tiles: Vec<Tile>, cache: StateCache) -> Self {
        let mut fixture = Self::new(tiles);
        fixture.app.update(Event::Files(FilesEvent::StateCacheLoaded(CONNECTION, cache)), fixture.now);
        fixture
    }

    /// Begins the next run of the program, `seconds` later.
    fn next_run(&self, tiles: Vec<Tile>, seconds: u64) -> Self {
        let cache = self.app.state_cache(CONNECTION).unwrap();
        let mut next = Self::new(tiles);
        next.now = self.now;
        next.advance(seconds * 1_000);
        next.app.update(Event::Files(FilesEvent::StateCacheLoaded(CONNECTION, cache)), next.now);
        next
    }

    fn pass(&mut self, seconds: u64) {
        self.advance(seconds * 1_000);
    }

    fn receive(&mut self, messages: impl IntoIterator<Item = Message>) {
        self.connection_event(ConnectionEvent::messages(messages));
        self.app.resolve_values(self.now);
    }

    fn disconnect(&mut self) {
        self.connection_event(ConnectionEvent::State(ConnectionState::Connecting { attempt: 2 }));
    }

    fn reconnect(&mut self) {
        self.disconnect();
        self.pass(1);
        self.connection_event(ConnectionEvent::State(ConnectionState::Connected));
    }

    fn edit(&mut self, tiles: Vec<Tile>) {
        let definition = Dashboard { tiles, ..Dashboard::default() };
        self.app.replace_definition(0, definition, self.now);
        // It requests what the tiles subscribe to.
        self.app.update(Event::Timer, self.now);
        self.app.resolve_values(self.now);
    }

    fn tile_state(&self, index: usize) -> &TileState {
        self.app.dashboards[0].tile(index).unwrap().1
    }

    /// Returns what a tile says about the age of its value.
    fn age(&self, index: usize) -> String {
        self.tile_state(index).value.as_ref().map(|value| value.age_text(self.now)).unwrap_or_default()
    }

    fn silence_of_first(&self) -> Option<Silence> {
        let (tile, state) = self.app.dashboards[0].tile(0).unwrap();
        state.silence(tile, self.now)
    }

    fn is_silent(&self, index: usize) -> bool {
        let (tile, state) = self.app.dashboards[0].tile(index).unwrap();
        state.silence(tile, self.now).is_some()
    }

    /// Receives messages of a topic at an interval in seconds.
    fn speak(&mut self, topic: &str, seconds: u64, messages: usize) {
        for _ in 0..messages {
            self.pass(seconds);
            self.receive([live(topic, "1")]);
        }
    }
}

#[test]
fn retained_value_says_so_until_the_first_live_message() {
    let mut fixture = AppFixture::new(vec![text("A", "a")]);
    fixture.receive([retained("a", "1")]);
    fixture.pass(60);
    assert_eq!(fixture.age(0), "retained");
    fixture.receive([live("a", "1")]);
    fixture.pass(5);
    assert_eq!(fixture.age(0), "5 s ago");
}

#[test]
fn broker_that_sets_the_retain_flag_in_later_messages_has_sent_them_just_now() {
    for topic in ["s/a", "s/+"] {
        let mut fixture = AppFixture::new(vec![text("A", topic)]);
        fixture.receive([retained("s/b", "5"), retained("s/a", "1")]);
        assert_eq!(fixture.age(0), "retained", "{topic}");
        fixture.pass(10);
        fixture.receive([retained("s/b", "6"), retained("s/a", "2")]);
        assert_eq!(fixture.age(0), "just now", "{topic}");
        fixture.pass(10);
        fixture.receive([retained("s/a", "2")]);
        assert_eq!(fixture.age(0), "just now", "{topic}");
    }
}

#[test]
fn same_retained_message_after_a_reconnect_keeps_the_age() {
    for tiles in [vec![text("A", "s/a")], vec![text("A", "s/+")]] {
        let mut fixture = AppFixture::new(tiles);
        fixture.receive([live("s/a", "1")]);
        fixture.pass(60);
        for _ in 0..3 {
            fixture.reconnect();
            fixture.receive([retained("s/a", "1")]);
        }
        assert_eq!(fixture.age(0), "1 min ago");
        fixture.reconnect();
        fixture.receive([retained("s/a", "2")]);
        assert_eq!(fixture.age(0), "retained", "it has changed in between");
        fixture.pass(60);
        fixture.reconnect();
        fixture.receive([retained("s/a", "2")]);
        assert_eq!(fixture.age(0), "retained");
    }
}

#[test]
fn tile_with_a_wildcard_knows_the_ages_of_its_topics_after_a_reconnect() {
    let mut fixture = AppFixture::new(vec![text("All", "s/+")]);
    fixture.receive([live("s/a", "21")]);
    fixture.pass(100);
    fixture.receive([live("s/b", "21")]);
    fixture.pass(20);
    fixture.reconnect();
    fixture.receive([retained("s/b", "21"), retained("s/a", "21")]);
    assert_eq!(fixture.age(0), "2 min ago", "that of the topic, not of the same payload on another one");
    fixture.receive([retained("s/c", "21")]);
    assert_eq!(fixture.age(0), "retained", "this topic is new");
}

#[test]
fn tile_that_is_added_later_keeps_the_ages_of_others_and_its_own() {
    let mut fixture = AppFixture::new(vec![text("All", "s/+")]);
    fixture.receive([retained("s/a", "0"), live("s/a", "1")]);
    fixture.pass(60);
    fixture.edit(vec![text("All", "s/+"), text("A", "s/a")]);
    assert_eq!((fixture.age(0), fixture.age(1)), ("1 min ago".into(), "1 min ago".into()));
    // The new subscription brings the retained message to both.
    fixture.receive([retained("s/a", "1")]);
    assert_eq!((fixture.age(0), fixture.age(1)), ("1 min ago".into(), "1 min ago".into()));
    fixture.pass(60);
    fixture.edit(vec![text("All", "s/+"), text("A", "s/a"), text("Again", "s/a")]);
    assert_eq!(fixture.age(2), "2 min ago");
}

#[test]
fn tile_that_is_added_for_a_retained_message_of_unknown_age_does_not_know_it_either() {
    let mut fixture = AppFixture::new(vec![text("A", "a")]);
    fixture.receive([retained("a", "1")]);
    fixture.pass(60);
    for other in [text("B", "a"), text("B", "+")] {
        fixture.edit(vec![text("A", "a"), other]);
        assert_eq!(fixture.age(1), "retained");
        fixture.edit(vec![text("A", "a")]);
    }
    // A broker that sets the flag in later messages, too.
    fixture.receive([retained("a", "2"), retained("a", "3")]);
    fixture.pass(60);
    for other in [text("B", "a"), text("B", "+")] {
        fixture.edit(vec![text("A", "a"), other]);
        assert_eq!(fixture.age(1), "1 min ago");
        fixture.edit(vec![text("A", "a")]);
    }
}

/// Each edit of a tile that leaves its topic alone.
fn edits(before: &Tile) -> Vec<(&'static str, Tile)> {
    let set = |key: &str, value: Value| with(before.clone(), key, value);
    let both = with(set("name", "Other".into()), "json_path", "$.b".into());
    let other_kind = |kind: &str, name: &str, path: &str| {
        let publish = ("publish_topic", "set".into());
        tile(kind, &[("name", name.into()), ("topic", "a".into()), ("json_path", path.into()), publish])
    };
    vec![
        ("name", set("name", "Other".into())),
        ("json_path", set("json_path", "$.b".into())),
        ("prefix", set("prefix", "~".into())),
        ("name and path", both),
        ("kind", other_kind("range", "A", "$.a")),
        ("kind and name", other_kind("range", "B", "$.a")),
        ("all", other_kind("choice", "B", "$.b")),
    ]
}

#[test]
fn edit_keeps_the_age_of_live_retained_and_restored_values() {
    const PAYLOAD: &str = r#"{"a":1,"b":2}"#;
    let before = with(text("A", "a"), "json_path", "$.a".into());
    for (edit, after) in edits(&before) {
        let after = || vec![after.clone()];
        let check = |mut fixture: AppFixture, age: &str, what: &str| {
            assert_eq!(fixture.age(0), age, "{edit}, {what}: before");
            fixture.edit(after());
            assert_eq!(fixture.age(0), age, "{edit}, {what}");
            let shown = if matches!(edit, "json_path" | "name and path" | "all") { "2" } else { "1" };
            assert_eq!(fixture.shown_text(0), Some(shown), "{edit}, {what}");
            fixture.edit(vec![before.clone()]);
            assert_eq!((fixture.age(0), fixture.shown_text(0)), (age.into(), Some("1")), "{edit}, {what}: undone");
        };
        let mut fixture = AppFixture::with_cache(vec![before.clone()], StateCache::default());
        fixture.receive([live("a", PAYLOAD)]);
        fixture.pass(60);
        let restored = fixture.next_run(vec![before.clone()], 60);
        let mut known = fixture.next_run(vec![before.clone()], 60);
        known.receive([retained("a", PAYLOAD)]);
        let mut unknown = AppFixture::new(vec![before.clone()]);
        unknown.receive([retained("a", PAYLOAD)]);
        unknown.pass(60);
        check(fixture, "1 min ago", "live");
        check(restored, "2 min ago", "restored");
        check(known, "2 min ago", "retained and known");
        check(unknown, "retained", "retained");
    }
}

#[test]
fn edit_of_a_restored_value_leaves_it_a_restored_one() {
    let mut fixture = AppFixture::with_cache(vec![text("A", "a")], StateCache::default());
    fixture.receive([live("a", r#"{"a":1}"#)]);
    let mut next = fixture.next_run(vec![text("A", "a")], 60);
    next.edit(vec![with(text("A", "a"), "json_path", "$.a".into())]);
    assert_eq!((next.shown_text(0), next.tile_state(0).restored, next.age(0)), (Some("1"), true, "1 min ago".into()));
}

#[test]
fn tile_that_was_edited_between_two_runs_has_the_age_of_its_topic() {
    let mut fixture = AppFixture::with_cache(vec![text("A", "a")], StateCache::default());
    fixture.receive([live("a", "1")]);
    let mut next = fixture.next_run(vec![text("New name", "a")], 60);
    assert_eq!((next.age(0), next.shown_text(0)), ("1 min ago".into(), Some("1")));
    next.receive([retained("a", "1")]);
    assert_eq!(next.age(0), "1 min ago");
    next.edit(vec![text("New name", "a"), text("Below", "+")]);
    assert_eq!(next.age(1), "1 min ago", "the saved state knows more than this run");
}

#[test]
fn tile_that_is_deleted_and_comes_back_keeps_its_age() {
    let mut fixture = AppFixture::new(vec![text("A", "a"), text("B", "b")]);
    fixture.receive([retained("a", "1"), live("b", "2")]);
    fixture.pass(60);
    fixture.edit(Vec::new());
    fixture.pass(60);
    fixture.edit(vec![text("A", "a"), text("B", "b")]);
    assert_eq!((fixture.age(0), fixture.age(1)), ("retained".into(), "2 min ago".into()));
    fixture.receive([retained("a", "1"), retained("b", "2")]);
    assert_eq!((fixture.age(0), fixture.age(1)), ("retained".into(), "2 min ago".into()));
}

#[test]
fn edit_is_no_answer_to_what_was_published() {
    let lamp = |name: &str| tile("switch", &[("name", name.into()), ("topic", "lamp".into())]);
    let mut fixture = AppFixture::new(vec![lamp("A")]);
    fixture.receive([live("lamp", "0")]);
    fixture.pass(60);
    fixture.dispatch(super::Action::Press);
    // Two edits before the next frame.
    fixture.app.replace_definition(0, Dashboard { tiles: vec![lamp("C")], ..Dashboard::default() }, fixture.now);
    fixture.edit(vec![lamp("B")]);
    assert_eq!(fixture.shown_text(0), Some("1"));
    assert!(fixture.tile_state(0).unconfirmed.is_some(), "it still waits for an answer");
    fixture.connection_event(ConnectionEvent::PublishStatus(PublishId(1), PublishStatus::Failed("no".into())));
    assert_eq!((fixture.shown_text(0), fixture.age(0)), (Some("0"), "1 min ago".into()));
}

#[test]
fn edit_shows_what_the_script_has_made_of_the_message() {
    let scripted = |name: &str| with(text(name, "a"), "on_receive", "event.payload = '23 C'".into());
    let mut fixture = AppFixture::new(vec![scripted("A")]);
    fixture.grant_permissions();
    fixture.receive([live("a", "296.15")]);
    let id = fixture.app.dashboards[0].tile_id(0).unwrap();
    let response = ScriptResponse {
        tile_id: id,
        request_id: fixture.app.script_registry.last_request_id,
        result: Ok(ScriptResult::Receive(Some("23 C".into()))),
        publish_requests: Vec::new(),
        urls_to_open: Vec::new(),
    };
    fixture.app.update(Event::Scripts(Box::new(response)), fixture.now);
    fixture.app.resolve_values(fixture.now);
    assert_eq!(fixture.shown_text(0), Some("23 C"));
    fixture.pass(60);
    fixture.edit(vec![scripted("B")]);
    assert_eq!((fixture.shown_text(0), fixture.age(0)), (Some("23 C"), "1 min ago".into()));
    fixture.edit(vec![text("B", "a")]);
    assert_eq!((fixture.shown_text(0), fixture.age(0)), (Some("296.15"), "1 min ago".into()));
}

#[test]
fn value_of_a_run_with_another_clock_has_no_age() {
    let mut fixture = AppFixture::with_cache(vec![text("A", "a")], StateCache::default());
    fixture.now = Time::from_millis(1_700_000_000_000);
    fixture.receive([live("a", "1")]);
    let cache = fixture.app.state_cache(CONNECTION).unwrap();
    for now in [1_600_000_000_000, 2_100_000_000_000] {
        let mut next = AppFixture::new(vec![text("A", "a")]);
        next.now = Time::from_millis(now);
        next.app.update(Event::Files(FilesEvent::StateCacheLoaded(CONNECTION, cache.clone())), next.now);
        assert_eq!(next.age(0), "age unknown", "{now}");
        next.receive([retained("a", "1")]);
        assert_eq!(next.age(0), "age unknown", "{now}");
        next.receive([live("a", "1")]);
        assert_eq!(next.age(0), "just now", "{now}");
    }
}

#[test]
fn tile_that_speaks_regularly_is_silent_after_a_while() {
    let mut fixture = AppFixture::new(vec![text("A", "a"), text("Door", "door")]);
    fixture.speak("a", 2, 12);
    fixture.receive([live("door", "open")]);
    fixture.pass(7);
    assert!(!fixture.is_silent(0));
    fixture.pass(1);
    assert!(fixture.is_silent(0) && !fixture.is_silent(1));
    let wakeup = fixture.app.next_wakeup(fixture.now);
    assert_eq!(wakeup, Some(fixture.now.saturating_add(Duration::from_secs(1))), "the seconds run");
    fixture.receive([live("a", "2")]);
    assert!(!fixture.is_silent(0), "the first message ends it");
}

#[test]
fn next_wakeup_is_when_a_tile_becomes_silent() {
    let mut fixture = AppFixture::new(vec![text("A", "a")]);
    fixture.speak("a", 600, 8);
    // Its age changes once a minute.
    fixture.advance(1_801_100);
    let wakeup = |fixture: &mut AppFixture| {
        fixture.app.display.redraw_at = None;
        fixture.app.next_wakeup(fixture.now).unwrap().since(fixture.now).as_millis()
    };
    assert_eq!(wakeup(&mut fixture), 900, "it becomes silent after 1,802 s");
    fixture.advance(900);
    assert!(fixture.is_silent(0));
    fixture.disconnect();
    fixture.advance(1_000);
    assert_eq!(wakeup(&mut fixture), 57_000, "only the age changes while the connection is down");
}

#[test]
fn silence_is_counted_from_the_reconnect() {
    let mut fixture = AppFixture::new(vec![text("A", "a")]);
    fixture.speak("a", 2, 12);
    fixture.pass(3_600);
    fixture.reconnect();
    fixture.receive([retained("a", "1")]);
    assert!(!fixture.is_silent(0));
    fixture.pass(8);
    assert!(fixture.is_silent(0), "a retained message is no sign of life");
    assert_eq!(fixture.silence_of_first().unwrap().elapsed, Duration::from_secs(8));
}

#[test]
fn silence_is_counted_from_the_end_of_a_standstill() {
    let mut fixture = AppFixture::new(vec![text("A", "a")]);
    fixture.speak("a", 2, 12);
    // The event loop plans its timer, and the computer sleeps.
    fixture.app.next_wakeup(fixture.now);
    fixture.pass(28_800);
    assert!(!fixture.is_silent(0));
    fixture.pass(8);
    assert!(fixture.is_silent(0));
    fixture.speak("a", 2, 2);
    fixture.pass(8);
    assert!(fixture.is_silent(0), "the time without anybody who listens is no gap");
}

#[test]
fn edit_keeps_what_was_learned_of_the_topic() {
    let mut fixture = AppFixture::new(vec![text("A", "a")]);
    fixture.speak("a", 2, 12);
    fixture.pass(20);
    for after in [text("B", "a"), tile("range", &[("name", "C".into()), ("topic", "a".into())])] {
        fixture.edit(vec![after]);
        assert!(fixture.is_silent(0));
    }
    fixture.edit(vec![text("D", "other")]);
    assert!(!fixture.is_silent(0));
}

#[test]
fn answers_to_presses_are_no_rhythm() {
    let mut fixture = AppFixture::new(vec![tile("switch", &[("topic", "lamp".into())])]);
    for _ in 0..30 {
        fixture.pass(2);
        fixture.dispatch(super::Action::Press);
        let sent = fixture.shown_text(0).unwrap().to_owned();
        fixture.receive([live("lamp", &sent)]);
    }
    fixture.pass(600);
    assert!(!fixture.is_silent(0));
}

#[test]
fn restored_value_is_not_silent() {
    let mut fixture = AppFixture::with_cache(vec![text("A", "a")], StateCache::default());
    fixture.speak("a", 2, 20);
    let mut next = fixture.next_run(vec![text("A", "a")], 1);
    next.pass(3_600);
    assert!(!next.is_silent(0));
}

#[test]
fn clock_wakes_the_program_when_its_text_changes_and_not_before() {
    let wakeups = |seconds: bool| {
        let clock = tile("clock", &[("seconds", Value::Bool(seconds))]);
        let mut fixture = AppFixture::new(vec![clock]);
        // The clock of the header has minutes, too.
        let now = fixture.now;
        fixture.app.update(Event::Timer, now);
        fixture.app.next_wakeup(now).unwrap().since(now)
    };
    assert_eq!(wakeups(true), Duration::from_secs(1));
    assert_eq!(wakeups(false), Duration::from_secs(20), "1,000 s are 16 min 40 s");
}
