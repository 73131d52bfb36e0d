//! Tests of the app without a terminal and without a broker, and the fixture that they share.

use std::time::Duration;

use super::{
    Action, App, DashboardFile, Effect, Event, FilesEffect, MqttEffect, MqttEvent, OpenedDashboards, Screen,
    ScriptsEffect, ScrollExtent, ShellEffect, ShellEvent,
};
use crate::model::{
    connection::{
        ConnectionEvent, ConnectionId, ConnectionState, Message, PublishId, PublishRequest, PublishStatus, Qos,
    },
    content::TileContent,
    dashboard::Dashboard,
    error::TileError,
    grid::Direction,
    kind,
    profile::Profile,
    schema::set_fields,
    script::{ScriptResponse, ScriptResult, ViewOverride},
    script_view::ScriptView,
    tile::Tile,
    time::Time,
    topic::TopicFilter,
    value::Value,
};

pub(super) fn tile(kind: &str, entries: &[(&str, Value)]) -> Tile {
    let mut tile = Tile::new(kind::from_name(kind).unwrap());
    let entries: Vec<_> = entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    set_fields(&mut tile, &entries).unwrap();
    tile
}

/// An app with one open dashboard and a clock that the test advances.
pub(super) struct AppFixture {
    pub app: App,
    pub now: Time,
}

impl AppFixture {
    pub fn new(tiles: Vec<Tile>) -> Self {
        let mut fixture = Self { app: App::new((80, 24)), now: Time::from_millis(1_000_000) };
        fixture.open_dashboard("hub", tiles);
        fixture.connection_event(ConnectionEvent::State(ConnectionState::Connected));
        fixture
    }

    pub fn open_dashboard(&mut self, profile: &str, tiles: Vec<Tile>) -> Vec<Effect> {
        let existing = self.app.connections.iter().find(|connection| connection.name == profile);
        let next =
            || ConnectionId(self.app.connections.iter().map(|connection| connection.id.0 + 1).max().unwrap_or(0));
        let opened = OpenedDashboards {
            connection: existing.map_or_else(next, |connection| connection.id),
            profile: Profile { name: profile.into(), ..Profile::default() },
            files: vec![DashboardFile {
                name: "dashboard".into(),
                path: None,
                definition: Dashboard { tiles, ..Dashboard::default() },
            }],
            explore: None,
        };
        self.app.update(Event::Mqtt(MqttEvent::DashboardsOpened(Box::new(opened))), self.now)
    }

    /// Shows the permissions of the dashboard up to their end, and grants them.
    pub fn grant_permissions(&mut self) -> Vec<Effect> {
        self.dispatch(Action::ReviewPermissions);
        self.app.limit_scroll(Some(ScrollExtent { max: 0, rows: 1 }));
        let effects = self.dispatch(Action::Accept);
        // A key that follows at once would be ignored.
        self.now = self.now.saturating_add(Duration::from_secs(1));
        effects
    }

    pub fn connection_event(&mut self, event: ConnectionEvent) -> Vec<Effect> {
        self.app.update(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), event)), self.now)
    }

    pub fn receive_message(&mut self, topic: &str, payload: &[u8]) {
        self.receive_message_effects(topic, payload);
    }

    /// Receives a message without resolving it, as between two frames.
    pub fn receive_unresolved(&mut self, message: Message) -> Vec<Effect> {
        self.connection_event(ConnectionEvent::messages([message]))
    }

    /// Receives a message and returns the effects of resolving it.
    pub fn receive_message_effects(&mut self, topic: &str, payload: &[u8]) -> Vec<Effect> {
        self.receive_unresolved(Message::new(topic, payload));
        self.app.resolve_values(self.now)
    }

    pub fn dispatch(&mut self, action: Action) -> Vec<Effect> {
        self.app.update(Event::Action(action), self.now)
    }

    /// Selects a tile and presses it.
    pub fn press_tile(&mut self, index: usize) -> Vec<Effect> {
        self.dispatch(Action::SelectTile(index));
        self.dispatch(Action::Press)
    }

    pub(super) fn dispatch_for_publishes(&mut self, action: Action) -> Vec<PublishRequest> {
        publish_requests(self.dispatch(action))
    }

    pub fn advance(&mut self, millis: u64) -> Vec<Effect> {
        self.now = self.now.saturating_add(Duration::from_millis(millis));
        self.app.update(Event::Timer, self.now)
    }

    pub(super) fn shown_text(&self, index: usize) -> Option<&str> {
        self.app.current_dashboard().unwrap().tile(index).unwrap().1.value.as_ref().map(|value| &*value.text)
    }
}

pub(super) fn publish_requests(effects: Vec<Effect>) -> Vec<PublishRequest> {
    effects
        .into_iter()
        .filter_map(|effect| match effect {
            Effect::Mqtt(MqttEffect::Publish(_, request) | MqttEffect::PublishIfConnected(_, request)) => Some(request),
            _ => None,
        })
        .collect()
}

pub(super) fn payloads(requests: &[PublishRequest]) -> Vec<&str> {
    requests.iter().map(|request| std::str::from_utf8(&request.payload).unwrap()).collect()
}

fn switch_tile() -> Tile {
    tile("switch", &[("name", "Lamp".into()), ("topic", "lamp".into())])
}

fn range_tile() -> Tile {
    tile("range", &[("name", "Dim".into()), ("topic", "dim".into())])
}

#[test]
fn message_reaches_every_tile_with_matching_topic() {
    let mut fixture = AppFixture::new(vec![switch_tile(), tile("text", &[("topic", "+".into())]), range_tile()]);
    fixture.receive_message("lamp", b"1");
    assert_eq!((fixture.shown_text(0), fixture.shown_text(1), fixture.shown_text(2)), (Some("1"), Some("1"), None));
}

#[test]
fn opening_subscribes_each_filter_once_with_highest_qos() {
    let mut fixture = AppFixture::new(vec![switch_tile()]);
    let text_tile = tile("text", &[("topic", "lamp".into()), ("qos", Value::Integer(2))]);
    let effects = fixture.open_dashboard("hub", vec![text_tile]);
    let [Effect::Mqtt(MqttEffect::SetSubscriptions(ConnectionId(0), subscriptions))] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!(subscriptions.len(), 1);
    assert_eq!((subscriptions[0].filter.as_str(), subscriptions[0].options.qos), ("lamp", Qos::ExactlyOnce));
}

#[test]
fn pressing_switch_publishes_other_state_and_shows_it_at_once() {
    let mut fixture = AppFixture::new(vec![switch_tile()]);
    fixture.receive_message("lamp", b"1");
    let requests = fixture.dispatch_for_publishes(Action::Press);
    assert_eq!((payloads(&requests), requests[0].topic.as_str()), (vec!["0"], "lamp"));
    assert_eq!(fixture.shown_text(0), Some("0"));
}

#[test]
fn dropped_publish_restores_value_and_shows_notice() {
    let mut fixture = AppFixture::new(vec![switch_tile()]);
    fixture.receive_message("lamp", b"1");
    let requests = fixture.dispatch_for_publishes(Action::Press);
    fixture.connection_event(ConnectionEvent::PublishStatus(
        requests[0].id,
        PublishStatus::Failed("not sent: not connected".into()),
    ));
    assert_eq!(fixture.shown_text(0), Some("1"));
    assert_eq!(fixture.app.notice().unwrap().text, "Lamp: not sent: not connected");
    assert!(matches!(fixture.app.selected_tile().unwrap().1.error, Some(TileError::NotSent(_))));
}

#[test]
fn tile_waiting_for_echo_times_out() {
    let waiting_switch = tile(
        "switch",
        &[("topic", "lamp".into()), ("update_on_publish", Value::Bool(false)), ("wait_timeout", Value::Integer(2))],
    );
    let mut fixture = AppFixture::new(vec![waiting_switch]);
    fixture.dispatch(Action::Press);
    fixture.connection_event(ConnectionEvent::PublishStatus(PublishId(1), PublishStatus::Sent));
    assert_eq!(fixture.shown_text(0), None);
    fixture.advance(1_999);
    assert!(fixture.app.selected_tile().unwrap().1.unconfirmed.is_some());
    fixture.advance(1);
    assert_eq!(fixture.app.selected_tile().unwrap().1.error, Some(TileError::EchoTimeout(2)));
}

#[test]
fn throttle_publishes_at_most_ten_per_second_and_always_the_last() {
    let mut fixture = AppFixture::new(vec![range_tile()]);
    fixture.receive_message("dim", b"0");
    let mut requests = Vec::new();
    for _ in 0..30 {
        requests.extend(fixture.dispatch_for_publishes(Action::Step(1)));
        requests.extend(publish_requests(fixture.advance(33)));
    }
    requests.extend(publish_requests(fixture.advance(100)));
    assert!((9..=12).contains(&requests.len()), "{:?}", payloads(&requests));
    assert_eq!(payloads(&requests).last(), Some(&"30"));
    assert_eq!(fixture.shown_text(0), Some("30"));
}

#[test]
fn range_prompt_rejects_number_outside_limits_and_stays_open() {
    let mut fixture = AppFixture::new(vec![range_tile()]);
    fixture.dispatch(Action::Press);
    fixture.dispatch(Action::Paste("990".into()));
    assert_eq!(fixture.dispatch_for_publishes(Action::Accept), []);
    let Screen::Prompt(prompt) = &fixture.app.focus else { panic!() };
    assert_eq!(prompt.error.as_ref().unwrap().to_string(), "990 is out of range (0 to 100)");
    fixture.dispatch(Action::SetSlider(0.25));
    assert_eq!(payloads(&fixture.dispatch_for_publishes(Action::Accept)), ["25"]);
    assert!(matches!(fixture.app.focus, Screen::Dashboard(_)));
}

#[test]
fn pressing_read_only_tile_shows_notice() {
    let read_only_switch = tile("switch", &[("topic", "lamp".into()), ("publish", Value::Bool(false))]);
    let mut fixture = AppFixture::new(vec![read_only_switch]);
    assert_eq!(fixture.dispatch(Action::Press), []);
    assert!(fixture.app.notice().unwrap().text.contains("publishes nothing"));
    fixture.advance(5_000);
    assert!(fixture.app.notice().is_none());
}

#[test]
fn refused_subscription_marks_tiles_until_reconnect() {
    let mut fixture = AppFixture::new(vec![switch_tile(), range_tile()]);
    fixture.connection_event(ConnectionEvent::SubscriptionRefused(
        TopicFilter::new("lamp").unwrap(),
        "not allowed".into(),
    ));
    let error = |fixture: &AppFixture, index| {
        let dashboard = fixture.app.current_dashboard().unwrap();
        let (tile, state) = dashboard.tile(index).unwrap();
        fixture.app.tile_error(dashboard, tile, state).map(std::borrow::Cow::into_owned)
    };
    assert_eq!(error(&fixture, 0), Some(TileError::SubscriptionRefused("not allowed".into())));
    assert_eq!(error(&fixture, 1), None);
    fixture.connection_event(ConnectionEvent::State(ConnectionState::Connected));
    assert_eq!(error(&fixture, 0), None);
}

#[test]
fn two_profiles_open_two_connections_and_two_tabs() {
    let mut fixture = AppFixture::new(vec![switch_tile()]);
    fixture.open_dashboard("other", vec![switch_tile()]);
    assert_eq!((fixture.app.connections.len(), fixture.app.dashboards.len(), fixture.app.current_tab()), (2, 2, 1));
    let effects = fixture.dispatch(Action::Press);
    assert!(matches!(effects.as_slice(), [Effect::Mqtt(MqttEffect::Publish(ConnectionId(1), _))]), "{effects:?}");
    fixture.receive_message("lamp", b"1");
    assert_eq!(fixture.shown_text(0), Some("1"), "the value is the published one, not the message of the other broker");
    fixture.dispatch(Action::ShowTab(0));
    assert_eq!(fixture.shown_text(0), Some("1"));
}

#[test]
fn dashboard_opened_later_starts_with_cached_messages() {
    let mut fixture = AppFixture::new(vec![switch_tile()]);
    fixture.receive_message("lamp", b"1");
    fixture.receive_message("dim", b"40");
    fixture.open_dashboard("hub", vec![switch_tile(), range_tile(), tile("text", &[("topic", "nothing".into())])]);
    fixture.app.resolve_values(fixture.now);
    assert_eq!((fixture.shown_text(0), fixture.shown_text(1), fixture.shown_text(2)), (Some("1"), Some("40"), None));
}

#[test]
fn accepting_tile_search_selects_found_tile() {
    let mut fixture = AppFixture::new(vec![switch_tile(), range_tile()]);
    fixture.dispatch(Action::FindTile);
    fixture.dispatch(Action::Paste("DI".into()));
    fixture.dispatch(Action::Accept);
    assert_eq!(fixture.app.current_dashboard().unwrap().selected, 1);
}

#[test]
fn paste_strips_control_characters_and_publishes_nothing_itself() {
    let mut fixture = AppFixture::new(vec![switch_tile(), tile("text", &[("topic", "t".into())])]);
    assert_eq!(fixture.dispatch(Action::Paste("\u{1b}[x\r\n1".repeat(100_000))), []);
    fixture.dispatch(Action::MoveSelection(Direction::Right));
    fixture.dispatch(Action::Press);
    assert_eq!(fixture.dispatch(Action::Paste("a\r\nb\u{1b}".into())), []);
    assert_eq!(payloads(&fixture.dispatch_for_publishes(Action::Accept)), ["a\nb"]);
    fixture.advance(1_000);
    fixture.dispatch(Action::Press);
    fixture.dispatch(Action::Paste("x".repeat(3_000_000)));
    assert_eq!(fixture.app.notice().unwrap().text, "Only the first 64 KiB of the pasted text were inserted");
    let requests = fixture.dispatch_for_publishes(Action::Accept);
    assert_eq!(payloads(&requests)[0].len(), 64 << 10, "it replaces the old text");
}

#[test]
fn idle_app_wakes_up_only_for_age_changes() {
    let mut fixture = AppFixture::new(vec![switch_tile()]);
    assert_eq!(fixture.app.next_wakeup(fixture.now), None);
    fixture.receive_message("lamp", b"1");
    let due = fixture.app.next_wakeup(fixture.now).unwrap();
    assert_eq!(due.since(fixture.now), Duration::from_secs(2));
    fixture.app.take_dirty();
    fixture.advance(1_999);
    assert!(!fixture.app.take_dirty());
    fixture.advance(1);
    assert!(fixture.app.take_dirty());
}

#[test]
fn scripts_are_blocked_until_permissions_are_granted_once() {
    let scripted_tile = || tile("text", &[("topic", "t".into()), ("on_display", "event.text = 'x'".into())]);
    let mut fixture = AppFixture::new(vec![scripted_tile()]);
    assert!(!fixture.app.current_dashboard().unwrap().permissions.granted);
    assert!(fixture.app.notice().unwrap().text.contains("press T to review"));
    fixture.dispatch(Action::ReviewPermissions);
    assert_eq!(fixture.dispatch(Action::Cancel), []);
    assert!(!fixture.app.current_dashboard().unwrap().permissions.granted);
    let effects = fixture.grant_permissions();
    let [
        Effect::Files(FilesEffect::SaveGrant(_)),
        Effect::Scripts(ScriptsEffect::SetScripts(..)),
        Effect::Scripts(ScriptsEffect::Run(_)),
    ] = effects.as_slice()
    else {
        panic!("{effects:?}")
    };
    assert!(fixture.app.current_dashboard().unwrap().permissions.granted);
    fixture.open_dashboard("hub", vec![scripted_tile()]);
    assert!(fixture.app.current_dashboard().unwrap().permissions.granted, "the same scripts are trusted already");
    fixture.open_dashboard("hub", vec![switch_tile()]);
    assert!(
        fixture.app.current_dashboard().unwrap().permissions.granted,
        "a dashboard without scripts and URLs needs no permissions"
    );
}

/// Builds the response with this answer to the last script request in `effects`.
fn script_finished(effects: &[Effect], result: ScriptResult) -> Event {
    let request = effects.iter().rev().find_map(|effect| match effect {
        Effect::Scripts(ScriptsEffect::Run(request)) => Some(request),
        _ => None,
    });
    let request = request.unwrap();
    Event::Scripts(Box::new(ScriptResponse {
        tile_id: request.tile_id,
        request_id: request.request_id,
        publish_requests: Vec::new(),
        urls_to_open: Vec::new(),
        result: Ok(result),
    }))
}

fn fixture_with_permissions(tiles: Vec<Tile>) -> AppFixture {
    let mut fixture = AppFixture::new(tiles);
    fixture.grant_permissions();
    fixture
}

#[test]
fn receive_script_changes_payload_before_value_is_resolved() {
    let scripted_tile = tile(
        "text",
        &[
            ("topic", "t".into()),
            ("json_path", "$.a".into()),
            ("publish", Value::Bool(false)),
            ("on_receive", "event.payload = '{\"a\": 2}'".into()),
        ],
    );
    let mut fixture = fixture_with_permissions(vec![scripted_tile]);
    let effects = fixture.receive_unresolved(Message::new("t", *b"rubbish"));
    assert_eq!(fixture.shown_text(0), None);
    fixture.app.update(script_finished(&effects, ScriptResult::Receive(Some("{\"a\": 2}".into()))), fixture.now);
    fixture.app.resolve_values(fixture.now);
    assert_eq!(fixture.shown_text(0), Some("2"));
    assert_eq!(fixture.app.selected_tile().unwrap().1.history.len(), 1);
}

#[test]
fn tap_script_can_prevent_default_press() {
    let tap_tile = || tile("switch", &[("topic", "lamp".into()), ("on_tap", "event.preventDefault = true".into())]);
    for (prevent_default, expected) in [(true, vec![]), (false, vec!["1"])] {
        let mut fixture = fixture_with_permissions(vec![tap_tile()]);
        let effects = fixture.dispatch(Action::Press);
        let effects = fixture.app.update(script_finished(&effects, ScriptResult::Tap { prevent_default }), fixture.now);
        assert_eq!(payloads(&publish_requests(effects)), expected);
    }
}

#[test]
fn display_script_without_topic_runs_once_per_second() {
    let mut fixture = fixture_with_permissions(vec![tile("text", &[("on_display", "event.text = '12:00'".into())])]);
    assert!(fixture.app.next_wakeup(fixture.now).is_some());
    let view_override = |name: &str| ViewOverride {
        view: ScriptView::of_text("12:00".into(), None),
        last_activity: String::new(),
        name: name.into(),
        blink: false,
    };
    let effects = fixture.advance(1_000);
    assert_eq!(effects, [], "one request at a time");
    let id = fixture.app.dashboards[0].tile_id(0).unwrap();
    let response = ScriptResponse {
        tile_id: id,
        request_id: 1,
        publish_requests: vec![],
        urls_to_open: vec![],
        result: Ok(ScriptResult::Display(Box::new(view_override("x")), Vec::new())),
    };
    let next_effects = fixture.app.update(Event::Scripts(Box::new(response)), fixture.now);
    assert!(
        matches!(next_effects.as_slice(), [Effect::Scripts(ScriptsEffect::Run(_))]),
        "the deferred request follows: {next_effects:?}"
    );
    let (tile, state) = fixture.app.selected_tile().unwrap();
    assert!(matches!(state.content(tile), Ok(TileContent::Text { text, .. }) if text == "12:00"));
}

mod property_tests {
    use proptest::prelude::*;

    use super::*;

    fn tiles_of_every_kind() -> Vec<Tile> {
        let row = |kind: &str| {
            let entry = |key: &str, text: &str| (key.to_owned(), text.into());
            Value::Table(vec![entry("kind", kind), entry("name", kind), entry("topic", "+/#")])
        };
        kind::all()
            .flat_map(|kind| {
                let plain = match kind.rows() {
                    Some(_) => {
                        let rows = kind::all().filter(|kind| kind.fits_row()).take(kind::MAX_ROWS);
                        let rows = rows.map(|kind| row(kind.name())).collect();
                        tile(kind.name(), &[("rows", Value::Array(rows))])
                    }
                    None => tile(kind.name(), &[("topic", "+/#".into())]),
                };
                let mut with_json_path = plain.clone();
                let entries = [("json_path".to_owned(), "$.a".into()), ("publish_topic".to_owned(), "p".into())];
                set_fields(&mut with_json_path, &entries)
                    .map(|()| [plain.clone(), with_json_path])
                    .unwrap_or([plain.clone(), plain])
            })
            .collect()
    }

    fn any_action() -> impl Strategy<Value = Action> {
        prop_oneof![
            (0_usize..48).prop_map(Action::SelectTile),
            (-3_i32..3).prop_map(Action::Step),
            (0_usize..48).prop_map(Action::PointerDown),
            prop::option::of(0_usize..48).prop_map(Action::PointerUp),
            prop::option::of(0_usize..48).prop_map(Action::DragTile),
            prop::option::of(0_usize..48).prop_map(|index| Action::TurnWheel(index, Direction::Down)),
            Just(Action::Press),
            Just(Action::Accept),
            Just(Action::Cancel),
            Just(Action::ShowDetail),
            Just(Action::FindTile),
            any::<String>().prop_map(Action::Paste),
            (-2_isize..2).prop_map(Action::CycleFocus),
            (-2_isize..3).prop_map(Action::CycleTab),
            (0_usize..40).prop_map(Action::SelectOption),
            any::<f64>().prop_map(Action::SetSlider),
            prop::sample::select(vec![
                Direction::Left,
                Direction::Right,
                Direction::Up,
                Direction::Down,
                Direction::First,
                Direction::Last,
                Direction::PageDown
            ])
            .prop_map(Action::MoveInDialog),
        ]
    }

    proptest! {
        #[test]
        fn update_never_panics(
            steps in prop::collection::vec(
                prop_oneof![
                    (prop::collection::vec(any::<u8>(), 0..60), 0_u64..3_000).prop_map(|(bytes, wait)| (Some(bytes), None, wait)),
                    (any_action(), 0_u64..3_000).prop_map(|(action, wait)| (None, Some(action), wait)),
                ],
                0..60,
            ),
            size in (0_u16..200, 0_u16..60),
        ) {
            let mut fixture = AppFixture::new(tiles_of_every_kind());
            fixture.app.update(Event::Shell(ShellEvent::Resize(size.0, size.1)), fixture.now);
            for (bytes, action, wait) in steps {
                if let Some(bytes) = bytes {
                    fixture.receive_message("a/b", &bytes);
                }
                if let Some(action) = action {
                    fixture.dispatch(action);
                }
                fixture.advance(wait);
                fixture.app.next_wakeup(fixture.now);
            }
        }
    }
}

#[test]
fn demo_button_works_only_while_demo_runs() {
    let mut fixture = AppFixture::new(vec![switch_tile()]);
    assert_eq!(fixture.dispatch(Action::PressDemoButton(false)), []);
    assert!(fixture.app.notice().is_some());
    fixture.app.environment.demo_running = true;
    assert_eq!(fixture.dispatch(Action::PressDemoButton(true)), [Effect::Shell(ShellEffect::PressDemoButton(true))]);
}
