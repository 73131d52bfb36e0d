//! What was, what happens, what is then: the app without a screen and without a socket.

use std::time::Duration;

use super::{Action, App, Command, Event, Mode, Opened, Sheet};
use crate::model::{
    connection::{ConnectionEvent, ConnectionId, ConnectionState, Message, PublishRequest, PublishStatus, Qos},
    content::TileContent,
    dashboard::Dashboard,
    error::TileError,
    grid::Direction,
    kind,
    profile::Profile,
    schema::set_fields,
    script::{ScriptResponse, ScriptResult, ScriptView, TileId, ViewOverride},
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

/// An app with these tiles on one board, and a clock that goes only when it is told to.
pub(super) struct Bench {
    pub app: App,
    pub now: Time,
}

impl Bench {
    pub fn new(tiles: Vec<Tile>) -> Self {
        let mut bench = Self { app: App::new((80, 24)), now: Time::from_millis(1_000_000) };
        bench.open("hub", tiles);
        bench.hear(ConnectionEvent::State(ConnectionState::Connected));
        bench
    }

    pub fn open(&mut self, profile: &str, tiles: Vec<Tile>) -> Vec<Command> {
        let known = self.app.lines.iter().position(|line| line.name == profile);
        let opened = Opened {
            line: ConnectionId(known.unwrap_or(self.app.lines.len())),
            profile: Profile { name: profile.into(), ..Profile::default() },
            sheets: vec![Sheet {
                name: "board".into(),
                path: None,
                dashboard: Dashboard { tiles, ..Dashboard::default() },
            }],
        };
        self.app.update(Event::Opened(Box::new(opened)), self.now)
    }

    pub fn hear(&mut self, said: ConnectionEvent) -> Vec<Command> {
        self.app.update(Event::Line(ConnectionId(0), said), self.now)
    }

    pub fn message(&mut self, topic: &str, payload: &[u8]) {
        self.heard(topic, payload);
    }

    /// What is owed after a message.
    pub fn heard(&mut self, topic: &str, payload: &[u8]) -> Vec<Command> {
        let message = Message { topic: topic.into(), payload: payload.into(), qos: Qos::AtMostOnce, retain: false };
        self.hear(ConnectionEvent::Messages([message].into()));
        self.app.settle(self.now)
    }

    pub fn act(&mut self, action: Action) -> Vec<Command> {
        self.app.update(Event::Action(action), self.now)
    }

    pub(super) fn orders(&mut self, action: Action) -> Vec<PublishRequest> {
        orders(self.act(action))
    }

    pub fn wait(&mut self, millis: u64) -> Vec<Command> {
        self.now = self.now.saturating_add(Duration::from_millis(millis));
        self.app.update(Event::Tick, self.now)
    }

    pub(super) fn shown(&self, index: usize) -> Option<&str> {
        self.app.board().unwrap().tile(index).unwrap().1.value.as_ref().map(|reading| &*reading.text)
    }
}

pub(super) fn orders(commands: Vec<Command>) -> Vec<PublishRequest> {
    commands
        .into_iter()
        .filter_map(|command| match command {
            Command::Publish(_, order) => Some(order),
            _ => None,
        })
        .collect()
}

pub(super) fn payloads(orders: &[PublishRequest]) -> Vec<&str> {
    orders.iter().map(|order| std::str::from_utf8(&order.payload).unwrap()).collect()
}

fn switch() -> Tile {
    tile("switch", &[("name", "Lamp".into()), ("topic", "lamp".into())])
}

fn dimmer() -> Tile {
    tile("range", &[("name", "Dim".into()), ("topic", "dim".into())])
}

#[test]
fn a_message_reaches_the_tiles_of_its_topic() {
    let mut bench = Bench::new(vec![switch(), tile("text", &[("topic", "+".into())]), dimmer()]);
    bench.message("lamp", b"1");
    assert_eq!((bench.shown(0), bench.shown(1), bench.shown(2)), (Some("1"), Some("1"), None));
}

#[test]
fn opening_asks_for_each_filter_once_with_the_best_quality() {
    let mut bench = Bench::new(vec![switch()]);
    let again = tile("text", &[("topic", "lamp".into()), ("qos", Value::Integer(2))]);
    let commands = bench.open("hub", vec![again]);
    let [Command::Want(ConnectionId(0), wanted)] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!(wanted.len(), 1);
    assert_eq!((wanted[0].filter.as_str(), wanted[0].qos), ("lamp", Qos::ExactlyOnce));
}

#[test]
fn pressing_a_switch_sends_the_other_state_and_shows_it_at_once() {
    let mut bench = Bench::new(vec![switch()]);
    bench.message("lamp", b"1");
    let orders = bench.orders(Action::Press);
    assert_eq!((payloads(&orders), orders[0].topic.as_str()), (vec!["0"], "lamp"));
    assert_eq!(bench.shown(0), Some("0"));
}

#[test]
fn what_was_not_sent_is_taken_back_and_said() {
    let mut bench = Bench::new(vec![switch()]);
    bench.message("lamp", b"1");
    let orders = bench.orders(Action::Press);
    bench
        .hear(ConnectionEvent::PublishStatus(orders[0].id, PublishStatus::Failed("not sent: the line is down".into())));
    assert_eq!(bench.shown(0), Some("1"));
    assert_eq!(bench.app.notice().unwrap().text, "Lamp: not sent: the line is down");
    assert!(matches!(bench.app.selected().unwrap().1.error, Some(TileError::NotSent(_))));
}

#[test]
fn a_tile_that_waits_gives_up_after_its_time() {
    let waits = tile(
        "switch",
        &[("topic", "lamp".into()), ("update_on_publish", Value::Bool(false)), ("wait_timeout", Value::Integer(2))],
    );
    let mut bench = Bench::new(vec![waits]);
    bench.act(Action::Press);
    assert_eq!(bench.shown(0), None);
    bench.wait(1_999);
    assert!(bench.app.selected().unwrap().1.unconfirmed.is_some());
    bench.wait(1);
    assert_eq!(bench.app.selected().unwrap().1.error, Some(TileError::EchoTimeout(2)));
}

#[test]
fn a_held_key_sends_at_most_ten_a_second_and_the_last_value_always() {
    let mut bench = Bench::new(vec![dimmer()]);
    bench.message("dim", b"0");
    let mut sent = Vec::new();
    for _ in 0..30 {
        sent.extend(bench.orders(Action::Step(1)));
        sent.extend(orders(bench.wait(33)));
    }
    sent.extend(orders(bench.wait(100)));
    assert!((9..=12).contains(&sent.len()), "{:?}", payloads(&sent));
    assert_eq!(payloads(&sent).last(), Some(&"30"));
    assert_eq!(bench.shown(0), Some("30"));
}

#[test]
fn a_number_outside_the_limits_keeps_the_prompt_open_and_names_them() {
    let mut bench = Bench::new(vec![dimmer()]);
    bench.act(Action::Press);
    bench.act(Action::Paste("990".into()));
    assert_eq!(bench.orders(Action::Accept), []);
    let Mode::Prompt(prompt) = &bench.app.mode else { panic!() };
    assert_eq!(prompt.fault.as_ref().unwrap().to_string(), "990 is outside 0 to 100");
    bench.act(Action::Slide(0.25));
    assert_eq!(payloads(&bench.orders(Action::Accept)), ["25"]);
    assert!(matches!(bench.app.mode, Mode::Board));
}

#[test]
fn a_tile_that_publishes_nothing_says_so() {
    let quiet = tile("switch", &[("topic", "lamp".into()), ("publish", Value::Bool(false))]);
    let mut bench = Bench::new(vec![quiet]);
    assert_eq!(bench.act(Action::Press), []);
    assert!(bench.app.notice().unwrap().text.contains("publishes nothing"));
    bench.wait(5_000);
    assert!(bench.app.notice().is_none());
}

#[test]
fn a_refused_subscription_is_told_on_its_tiles_until_the_line_is_new() {
    let mut bench = Bench::new(vec![switch(), dimmer()]);
    bench.hear(ConnectionEvent::SubscriptionRefused(TopicFilter::new("lamp").unwrap(), "not allowed".into()));
    let fault = |bench: &Bench, index| bench.app.board().unwrap().tile(index).unwrap().1.error.clone();
    assert_eq!(fault(&bench, 0), Some(TileError::SubscriptionRefused("not allowed".into())));
    assert_eq!(fault(&bench, 1), None);
    bench.hear(ConnectionEvent::State(ConnectionState::Connected));
    assert_eq!(fault(&bench, 0), None);
}

#[test]
fn two_brokers_are_two_lines_and_two_tabs() {
    let mut bench = Bench::new(vec![switch()]);
    bench.open("other", vec![switch()]);
    assert_eq!((bench.app.lines.len(), bench.app.boards.len(), bench.app.current), (2, 2, 1));
    let commands = bench.act(Action::Press);
    assert!(matches!(commands.as_slice(), [Command::Publish(ConnectionId(1), _)]), "{commands:?}");
    bench.message("lamp", b"1");
    assert_eq!(bench.shown(0), Some("1"), "shown at once, not from the other broker");
    bench.act(Action::Tab(0));
    assert_eq!(bench.shown(0), Some("1"));
}

#[test]
fn a_dashboard_opened_later_begins_with_what_the_line_has_brought() {
    let mut bench = Bench::new(vec![switch()]);
    bench.message("lamp", b"1");
    bench.message("dim", b"40");
    bench.open("hub", vec![switch(), dimmer(), tile("text", &[("topic", "nothing".into())])]);
    bench.app.settle(bench.now);
    assert_eq!((bench.shown(0), bench.shown(1), bench.shown(2)), (Some("1"), Some("40"), None));
}

#[test]
fn finding_selects_the_tile() {
    let mut bench = Bench::new(vec![switch(), dimmer()]);
    bench.act(Action::Find);
    bench.act(Action::Paste("DI".into()));
    bench.act(Action::Accept);
    assert_eq!(bench.app.board().unwrap().selected, 1);
}

#[test]
fn a_paste_of_rubbish_publishes_nothing() {
    let mut bench = Bench::new(vec![switch(), tile("text", &[("topic", "t".into())])]);
    assert_eq!(bench.act(Action::Paste("\u{1b}[x\r\n1".repeat(100_000))), []);
    bench.act(Action::Go(Direction::Right));
    bench.act(Action::Press);
    assert_eq!(bench.act(Action::Paste("a\r\nb\u{1b}".into())), []);
    assert_eq!(payloads(&bench.orders(Action::Accept)), ["ab"]);
}

#[test]
fn nothing_wakes_an_idle_screen_but_ages() {
    let mut bench = Bench::new(vec![switch()]);
    assert_eq!(bench.app.wake(bench.now), None);
    bench.message("lamp", b"1");
    let due = bench.app.wake(bench.now).unwrap();
    assert_eq!(due.since(bench.now), Duration::from_secs(2));
    bench.app.take_dirty();
    bench.wait(1_999);
    assert!(!bench.app.take_dirty());
    bench.wait(1);
    assert!(bench.app.take_dirty());
}

#[test]
fn scripts_wait_until_the_person_agrees_once() {
    let scripted = || tile("text", &[("topic", "t".into()), ("on_display", "event.text = 'x'".into())]);
    let mut bench = Bench::new(vec![scripted()]);
    assert!(!bench.app.board().unwrap().may_reach_out());
    assert!(bench.app.notice().unwrap().text.contains("T shows them"));
    bench.act(Action::Trust);
    assert_eq!(bench.act(Action::Cancel), []);
    assert!(!bench.app.board().unwrap().may_reach_out());
    bench.act(Action::Trust);
    let commands = bench.act(Action::Accept);
    let [Command::Agree(fingerprint), Command::Scripts(..), Command::Ask(_)] = commands.as_slice() else {
        panic!("{commands:?}")
    };
    assert_eq!(Some(fingerprint), bench.app.board().unwrap().dashboard.capabilities_fingerprint().as_ref());
    assert!(bench.app.board().unwrap().may_reach_out());
    bench.open("hub", vec![scripted()]);
    assert!(bench.app.board().unwrap().may_reach_out(), "the same scripts need no second yes");
    bench.open("hub", vec![switch()]);
    assert!(bench.app.board().unwrap().may_reach_out(), "a board that reaches for nothing needs none");
}

/// What the scripts of the tile asked last would say.
fn answered(commands: &[Command], answer: ScriptResult) -> Event {
    let call = commands.iter().rev().find_map(|command| match command {
        Command::Ask(call) => Some(call),
        _ => None,
    });
    let call = call.unwrap();
    let (publishes, links) = (Vec::new(), Vec::new());
    Event::Scripted(Box::new(ScriptResponse {
        tile_id: call.tile_id,
        request_id: call.request_id,
        publish_requests: publishes,
        urls_to_open: links,
        answer: Ok(answer),
    }))
}

fn agreed(tiles: Vec<Tile>) -> Bench {
    let mut bench = Bench::new(tiles);
    bench.act(Action::Trust);
    bench.act(Action::Accept);
    bench
}

#[test]
fn a_script_changes_the_payload_before_anything_else() {
    let listening = tile(
        "text",
        &[
            ("topic", "t".into()),
            ("json_path", "$.a".into()),
            ("publish", Value::Bool(false)),
            ("on_receive", "event.payload = '{\"a\": 2}'".into()),
        ],
    );
    let mut bench = agreed(vec![listening]);
    let message = Message { topic: "t".into(), payload: b"rubbish"[..].into(), qos: Qos::AtMostOnce, retain: false };
    let commands = bench.hear(ConnectionEvent::Messages([message].into()));
    assert_eq!(bench.shown(0), None);
    bench.app.update(answered(&commands, ScriptResult::Receive(Some("{\"a\": 2}".into()))), bench.now);
    bench.app.settle(bench.now);
    assert_eq!(bench.shown(0), Some("2"));
    assert_eq!(bench.app.selected().unwrap().1.history.len(), 1);
}

#[test]
fn a_script_may_take_the_place_of_pressing() {
    let tapped = || tile("switch", &[("topic", "lamp".into()), ("on_tap", "event.preventDefault = true".into())]);
    for (prevent_default, wanted) in [(true, vec![]), (false, vec!["1"])] {
        let mut bench = agreed(vec![tapped()]);
        let commands = bench.act(Action::Press);
        let commands = bench.app.update(answered(&commands, ScriptResult::Tap { prevent_default }), bench.now);
        assert_eq!(payloads(&orders(commands)), wanted);
    }
}

#[test]
fn a_clock_is_a_text_without_a_topic_that_is_asked_once_a_second() {
    let mut bench = agreed(vec![tile("text", &[("on_display", "event.text = '12:00'".into())])]);
    assert!(bench.app.wake(bench.now).is_some());
    let shown = |name: &str| ViewOverride {
        view: ScriptView::Text { text: "12:00".into(), color: None },
        last_activity: String::new(),
        name: name.into(),
        blink: false,
    };
    let commands = bench.wait(1_000);
    assert_eq!(commands, [], "one question at a time");
    let id = TileId(0);
    let outcome = ScriptResponse {
        tile_id: id,
        request_id: 1,
        publish_requests: vec![],
        urls_to_open: vec![],
        answer: Ok(ScriptResult::Display(Box::new(shown("x")))),
    };
    let again = bench.app.update(Event::Scripted(Box::new(outcome)), bench.now);
    assert!(matches!(again.as_slice(), [Command::Ask(_)]), "what changed meanwhile is asked for: {again:?}");
    let (tile, state) = bench.app.selected().unwrap();
    assert!(
        matches!(tile.scripted_content(None, state.view_override.as_deref()), Ok(TileContent::Text { text, .. }) if text == "12:00")
    );
}

mod any_bytes {
    use proptest::prelude::*;

    use super::*;

    fn every_kind() -> Vec<Tile> {
        kind::all()
            .flat_map(|kind| {
                let plain = tile(kind.name(), &[("topic", "+/#".into())]);
                let mut pathed = plain.clone();
                let entries = [("json_path".to_owned(), "$.a".into()), ("publish_topic".to_owned(), "p".into())];
                set_fields(&mut pathed, &entries).map(|()| [plain.clone(), pathed]).unwrap_or([plain.clone(), plain])
            })
            .collect()
    }

    fn action() -> impl Strategy<Value = Action> {
        prop_oneof![
            (0_usize..14).prop_map(Action::PressTile),
            (0_usize..14, -3_i32..3).prop_map(|(at, by)| Action::StepTile(at, by)),
            Just(Action::Press),
            Just(Action::Accept),
            Just(Action::Cancel),
            Just(Action::Detail),
            Just(Action::Find),
            any::<String>().prop_map(Action::Paste),
            (-2_isize..2).prop_map(Action::NextPart),
            (-2_isize..3).prop_map(Action::NextTab),
            (0_usize..40).prop_map(Action::Choose),
            any::<f64>().prop_map(Action::Slide),
            prop::sample::select(vec![
                Direction::Left,
                Direction::Right,
                Direction::Up,
                Direction::Down,
                Direction::First,
                Direction::Last,
                Direction::PageDown
            ])
            .prop_map(Action::Move),
        ]
    }

    proptest! {
        #[test]
        fn update_never_panics(
            steps in prop::collection::vec(
                prop_oneof![
                    (prop::collection::vec(any::<u8>(), 0..60), 0_u64..3_000).prop_map(|(bytes, wait)| (Some(bytes), None, wait)),
                    (action(), 0_u64..3_000).prop_map(|(action, wait)| (None, Some(action), wait)),
                ],
                0..60,
            ),
            size in (0_u16..200, 0_u16..60),
        ) {
            let mut bench = Bench::new(every_kind());
            bench.app.update(Event::Resize(size.0, size.1), bench.now);
            for (bytes, action, wait) in steps {
                if let Some(bytes) = bytes {
                    bench.message("a/b", &bytes);
                }
                if let Some(action) = action {
                    bench.act(action);
                }
                bench.wait(wait);
                bench.app.wake(bench.now);
            }
        }
    }
}

#[test]
fn the_button_is_pressed_only_while_the_demo_runs() {
    let mut bench = Bench::new(vec![switch()]);
    assert_eq!(bench.act(Action::Button(false)), []);
    assert!(bench.app.notice().is_some());
    bench.app.demo = true;
    assert_eq!(bench.act(Action::Button(true)), [Command::Button(true)]);
}
