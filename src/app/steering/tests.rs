//! Steering with keys and with the mouse, as the broker sees it.

use std::time::Duration;

use proptest::prelude::*;

use crate::{
    app::{
        Action, Effect, Event, MqttEffect, Screen, ShellEffect, ShellEvent,
        tests::{AppFixture, tile},
    },
    model::{
        connection::{ConnectionEvent, ConnectionState, FailureCause, PublishId, PublishRequest, PublishStatus},
        grid::Direction,
        tile::Tile,
        time::Time,
        value::Value,
    },
};

fn axis(name: &str) -> Value {
    Value::Table(vec![("topic".into(), Value::String(format!("robot/{name}/set")))])
}

fn pad_tile(entries: &[(&str, Value)]) -> Tile {
    let mut all = vec![("name", "Robot".into()), ("x", axis("x")), ("y", axis("y"))];
    all.extend(entries.iter().cloned());
    tile("pad", &all)
}

/// A pad, and what the broker has got from it: the time in milliseconds since the start, the axis and the payload.
struct Fixture {
    app: AppFixture,
    start: Time,
    sent: Vec<(u64, char, String)>,
    /// The requests that the broker has not answered.
    unanswered: Vec<PublishId>,
    answers: bool,
}

impl Fixture {
    fn new(entries: &[(&str, Value)]) -> Self {
        let app = AppFixture::new(vec![pad_tile(entries)]);
        let start = app.now;
        let mut fixture = Self { app, start, sent: Vec::new(), unanswered: Vec::new(), answers: true };
        fixture.wait(1_000);
        fixture
    }

    fn execute(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if let Effect::Mqtt(MqttEffect::PublishIfConnected(_, request)) = effect {
                self.receive(&request);
            }
        }
    }

    fn receive(&mut self, request: &PublishRequest) {
        let millis = u64::try_from(self.app.now.since(self.start).as_millis()).unwrap();
        let axis = request.topic.as_str().chars().nth("robot/".len()).unwrap();
        self.sent.push((millis, axis, String::from_utf8(request.payload.to_vec()).unwrap()));
        self.unanswered.push(request.id);
        if self.answers {
            self.answer();
        }
    }

    fn answer(&mut self) {
        for id in std::mem::take(&mut self.unanswered) {
            let effects = self.app.connection_event(ConnectionEvent::PublishStatus(id, PublishStatus::Sent));
            self.execute(effects);
        }
    }

    fn act(&mut self, action: Action) {
        let effects = self.app.dispatch(action);
        self.execute(effects);
    }

    fn event(&mut self, event: Event) {
        let effects = self.app.app.update(event, self.app.now);
        self.execute(effects);
    }

    /// Lets time pass and handles every timer when it is due.
    fn wait(&mut self, millis: u64) {
        let end = self.app.now.saturating_add(Duration::from_millis(millis));
        while let Some(due) = self.app.app.next_wakeup(self.app.now).filter(|due| *due <= end) {
            self.app.now = due.max(self.app.now);
            self.event(Event::Timer);
        }
        self.app.now = end;
        self.event(Event::Timer);
    }

    fn steer(&mut self, direction: Direction) {
        self.act(Action::MoveInDialog(direction));
    }

    /// What was sent since the last call, without the times.
    fn take_sent(&mut self) -> Vec<(char, String)> {
        self.sent.drain(..).map(|(_, axis, payload)| (axis, payload)).collect()
    }

    fn disconnect(&mut self) {
        let state = ConnectionState::WaitingToRetry {
            reason: "the connection was lost".to_owned(),
            cause: FailureCause::Lost,
            retry_in: Duration::from_secs(5),
            failed_attempts: 1,
            untrusted_certificate: None,
            session_taken_over: false,
            refused_secret: None,
        };
        let effects = self.app.connection_event(ConnectionEvent::State(state));
        self.execute(effects);
    }

    fn is_steering(&self) -> bool {
        matches!(self.app.app.focus, Screen::Steer(_))
    }

    fn notice(&self) -> &str {
        self.app.app.notice().map_or("", |notice| &notice.text)
    }
}

fn sent(all: &[(char, &str)]) -> Vec<(char, String)> {
    all.iter().map(|(axis, payload)| (*axis, (*payload).to_owned())).collect()
}

fn stays() -> (&'static str, Value) {
    ("center", Value::Bool(false))
}

#[test]
fn pad_that_centers_does_so_when_no_key_is_held() {
    let mut fixture = Fixture::new(&[]);
    fixture.act(Action::Press);
    assert!(fixture.is_steering());
    fixture.wait(1_000);
    assert_eq!(fixture.take_sent(), [], "it was not moved");
    fixture.steer(Direction::Right);
    fixture.wait(700);
    assert_eq!(fixture.take_sent(), sent(&[('x', "10"), ('y', "0")]), "a key that is held may repeat as late as this");
    for _ in 0..12 {
        fixture.steer(Direction::Right);
        fixture.wait(33);
    }
    fixture.wait(210);
    let held: Vec<String> = fixture.take_sent().into_iter().map(|(_, payload)| payload).collect();
    assert_eq!((held.last().map(String::as_str), held.len() < 7), (Some("100"), true), "{held:?}");
    fixture.wait(20);
    assert_eq!(fixture.take_sent(), sent(&[('x', "0"), ('y', "0")]));
    fixture.wait(60_000);
    assert_eq!((fixture.take_sent(), fixture.is_steering()), (Vec::new(), true));
}

#[test]
fn change_of_the_key_does_not_center() {
    let mut fixture = Fixture::new(&[]);
    fixture.act(Action::Press);
    fixture.wait(1_000);
    for _ in 0..5 {
        fixture.steer(Direction::Right);
        fixture.wait(40);
    }
    fixture.take_sent();
    fixture.steer(Direction::Up);
    fixture.wait(500);
    fixture.steer(Direction::Up);
    assert_eq!(fixture.take_sent(), sent(&[('y', "10"), ('y', "20")]), "the x axis stays where it was");
}

#[test]
fn pad_centers_however_steering_ends() {
    let endings: [fn(&mut Fixture); 6] = [
        |fixture| fixture.act(Action::Accept),
        |fixture| fixture.act(Action::Cancel),
        |fixture| fixture.event(Event::Shell(ShellEvent::FocusLost)),
        |fixture| fixture.act(Action::SteerToCenter),
        |fixture| fixture.act(Action::Suspend),
        |fixture| {
            let effects = fixture.app.app.save_on_exit(fixture.app.now);
            fixture.execute(effects);
        },
    ];
    for (index, end) in endings.into_iter().enumerate() {
        let mut fixture = Fixture::new(&[]);
        fixture.act(Action::Press);
        fixture.wait(1_000);
        fixture.steer(Direction::Up);
        fixture.take_sent();
        end(&mut fixture);
        if index < 5 {
            fixture.wait(100);
        }
        assert_eq!(fixture.take_sent(), sent(&[('x', "0"), ('y', "0")]), "ending {index}");
        assert_eq!(fixture.is_steering(), index == 3, "ending {index}");
    }
}

#[test]
fn suspending_waits_for_the_center() {
    let mut fixture = Fixture::new(&[]);
    fixture.act(Action::Press);
    fixture.wait(1_000);
    fixture.steer(Direction::Up);
    let is_suspended = |effects: &[Effect]| effects.contains(&Effect::Shell(ShellEffect::Suspend));
    let effects = fixture.app.dispatch(Action::Suspend);
    assert!(!is_suspended(&effects));
    fixture.execute(effects);
    assert_eq!(fixture.notice(), "Steering has ended: press the key again to suspend the program");
    fixture.wait(1_000);
    assert!(is_suspended(&fixture.app.dispatch(Action::Suspend)));
}

#[test]
fn center_is_published_after_the_tile_its_tab_and_the_screen_are_gone() {
    let mut fixture = Fixture::new(&[("rate", "1/s".into())]);
    fixture.app.open_dashboard("hub", vec![tile("text", &[("topic", "t".into())])]);
    fixture.act(Action::ShowTab(0));
    fixture.app.app.dashboards[0].path = Some("robot.toml".into());
    fixture.act(Action::Press);
    fixture.wait(1_000);
    fixture.steer(Direction::Up);
    assert!(fixture.is_steering());
    fixture.take_sent();
    fixture.app.app.close_screen();
    fixture.act(Action::CloseTab);
    assert_eq!((fixture.app.app.dashboards.len(), fixture.is_steering()), (1, false));
    assert_eq!(fixture.take_sent(), [], "the rate is kept");
    fixture.wait(1_000);
    assert_eq!(fixture.take_sent(), sent(&[('x', "0"), ('y', "0")]));
}

#[test]
fn connection_stays_open_until_the_broker_has_the_center() {
    let mut fixture = Fixture::new(&[("qos", Value::Integer(1))]);
    fixture.app.app.dashboards[0].path = Some("robot.toml".into());
    fixture.act(Action::Press);
    fixture.wait(1_000);
    fixture.answers = false;
    fixture.steer(Direction::Up);
    fixture.app.app.close_screen();
    let closes = |effects: &[Effect]| {
        effects.iter().any(|effect| matches!(effect, Effect::Mqtt(MqttEffect::CloseConnection(_))))
    };
    let effects = fixture.app.dispatch(Action::CloseTab);
    assert!(!closes(&effects) && fixture.app.app.dashboards.is_empty());
    fixture.execute(effects);
    for _ in 0..2 {
        assert!(!closes(&fixture.app.advance(5_000)));
        for id in std::mem::take(&mut fixture.unanswered) {
            for status in [PublishStatus::Sent, PublishStatus::Acknowledged] {
                let effects = fixture.app.connection_event(ConnectionEvent::PublishStatus(id, status));
                assert!(!closes(&effects) || fixture.sent.iter().filter(|(.., payload)| payload == "0").count() >= 2);
                fixture.execute(effects);
            }
        }
    }
    assert!(closes(&fixture.app.advance(1_000)) || fixture.app.app.connections.is_empty());
    assert_eq!(fixture.sent.last().unwrap().2, "0");
}

#[test]
fn nothing_is_queued_while_the_connection_is_down() {
    let mut fixture = Fixture::new(&[]);
    fixture.act(Action::Press);
    fixture.wait(1_000);
    fixture.steer(Direction::Up);
    fixture.steer(Direction::Up);
    fixture.take_sent();
    fixture.disconnect();
    assert!(!fixture.is_steering());
    for _ in 0..30 {
        fixture.wait(33);
        fixture.act(Action::MoveSelection(Direction::Up));
    }
    let failure = "Robot: its center was not published: hub is not connected";
    assert_eq!(fixture.notice(), failure, "the key that is still held does not dismiss it");
    fixture.wait(300);
    fixture.act(Action::MoveSelection(Direction::Up));
    assert_ne!(fixture.notice(), failure);
    fixture.act(Action::Press);
    assert!(!fixture.is_steering());
    fixture.act(Action::Press);
    fixture.wait(2_000);
    let connected = ConnectionEvent::State(ConnectionState::Connected);
    let effects = fixture.app.connection_event(connected);
    fixture.execute(effects);
    fixture.wait(60_000);
    assert_eq!(fixture.take_sent(), [], "nothing of it comes later");
}

#[test]
fn failed_center_is_reported_and_failed_positions_before_it_are_not() {
    let mut fixture = Fixture::new(&[]);
    fixture.answers = false;
    fixture.act(Action::Press);
    fixture.wait(1_000);
    fixture.steer(Direction::Up);
    let fail = |fixture: &mut Fixture| {
        for id in std::mem::take(&mut fixture.unanswered) {
            let failed = PublishStatus::Failed("rejected by the broker: not authorized".to_owned());
            let effects = fixture.app.connection_event(ConnectionEvent::PublishStatus(id, failed));
            fixture.execute(effects);
        }
    };
    fail(&mut fixture);
    assert!(!fixture.notice().contains("not published"), "{}", fixture.notice());
    fixture.act(Action::Accept);
    fixture.wait(1_000);
    fail(&mut fixture);
    assert_eq!(fixture.notice(), "Robot: its center was not published: rejected by the broker: not authorized");
}

#[test]
fn pad_without_center_stays_and_goes_on_from_there() {
    let mut fixture = Fixture::new(&[stays()]);
    fixture.act(Action::Press);
    fixture.wait(1_000);
    fixture.steer(Direction::Left);
    fixture.act(Action::Accept);
    fixture.wait(2_000);
    assert_eq!(fixture.take_sent(), sent(&[('x', "-10"), ('y', "0")]));
    assert_eq!(fixture.app.shown_text(0), Some("-10,0"));
    fixture.act(Action::Press);
    fixture.wait(1_000);
    fixture.steer(Direction::Left);
    fixture.wait(1_000);
    assert_eq!(fixture.take_sent().first(), Some(&('x', "-20".to_owned())));
    let mut reporting = Fixture::new(&[stays(), ("topic", "robot/position".into())]);
    reporting.app.receive_message("robot/position", br#"{"x": 30, "y": -40}"#);
    reporting.act(Action::Press);
    reporting.wait(1_000);
    reporting.steer(Direction::Up);
    assert_eq!(reporting.take_sent(), sent(&[('x', "30"), ('y', "-30")]));
    reporting.act(Action::Accept);
    assert_eq!(reporting.app.shown_text(0), Some(r#"{"x": 30, "y": -40}"#), "only the device says where it is");
}

#[test]
fn mouse_steers_the_selected_pad_and_centers_when_it_is_released() {
    let mut fixture = Fixture::new(&[]);
    fixture.app.open_dashboard("hub", vec![tile("text", &[("topic", "t".into())]), pad_tile(&[])]);
    fixture.act(Action::ShowTab(1));
    fixture.act(Action::PressPad(1, 0.5, 1.0));
    assert!(!fixture.is_steering(), "the first click selects");
    fixture.act(Action::PointerUp(Some(1)));
    fixture.wait(1_000);
    fixture.act(Action::PressPad(1, 0.5, 1.0));
    assert!(fixture.is_steering());
    fixture.act(Action::SteerTo(0.0, 0.25));
    fixture.wait(60_000);
    let expected = [('x', "0"), ('y', "100"), ('x', "-100"), ('y', "-50")];
    assert_eq!(fixture.take_sent(), sent(&expected), "a button that is held says nothing");
    fixture.act(Action::PointerUp(None));
    assert_eq!(fixture.take_sent(), sent(&[('x', "0"), ('y', "0")]));
    assert!(!fixture.is_steering());
}

#[test]
fn pad_asks_first_if_its_dashboard_or_the_tile_says_so() {
    let mut fixture = Fixture::new(&[("confirm", "Steer the crane?".into())]);
    fixture.act(Action::PressPad(0, 1.0, 1.0));
    assert!(!fixture.is_steering());
    fixture.act(Action::PointerUp(Some(0)));
    assert!(matches!(fixture.app.app.focus, Screen::Confirm(_)));
    assert_eq!(fixture.take_sent(), []);
    fixture.wait(1_000);
    fixture.act(Action::Accept);
    assert!(fixture.is_steering());
    let mut locked = Fixture::new(&[]);
    locked.act(Action::Press);
    locked.wait(1_000);
    locked.steer(Direction::Up);
    locked.take_sent();
    locked.app.app.dashboards[0].definition.locked = crate::model::press::Lock(crate::model::press::LockLevel::Presses);
    locked.wait(50);
    locked.steer(Direction::Up);
    assert!(!locked.is_steering() && locked.notice().contains("is locked"), "{}", locked.notice());
    locked.wait(1_000);
    assert_eq!(locked.take_sent(), sent(&[('x', "0"), ('y', "0")]));
    locked.act(Action::PressPad(0, 1.0, 1.0));
    locked.act(Action::PointerUp(Some(0)));
    assert!(!locked.is_steering());
}

/// What a user does.
#[derive(Debug, Clone, Copy)]
enum Input {
    Key(Direction),
    Center,
    Press,
    Leave,
    Grab(f64, f64),
    Drag(f64, f64),
    Release,
    LoseFocus,
    Answer,
    StopAnswering,
    Wait(u64),
}

fn input() -> impl Strategy<Value = Input> {
    let direction =
        prop_oneof![Just(Direction::Left), Just(Direction::Right), Just(Direction::Up), Just(Direction::Down)];
    prop_oneof![
        6 => direction.prop_map(Input::Key),
        1 => Just(Input::Center),
        3 => Just(Input::Press),
        1 => Just(Input::Leave),
        2 => (0.0..=1.0, 0.0..=1.0).prop_map(|(x, y)| Input::Grab(x, y)),
        6 => (0.0..=1.0, 0.0..=1.0).prop_map(|(x, y)| Input::Drag(x, y)),
        1 => Just(Input::Release),
        1 => Just(Input::LoseFocus),
        1 => Just(Input::Answer),
        1 => Just(Input::StopAnswering),
        8 => (0_u64..120).prop_map(Input::Wait),
        1 => (0_u64..2_000).prop_map(Input::Wait),
    ]
}

fn apply(fixture: &mut Fixture, input: Input) {
    match input {
        Input::Key(direction) => fixture.steer(direction),
        Input::Center => fixture.act(Action::SteerToCenter),
        Input::Press => fixture.act(Action::Press),
        Input::Leave => fixture.act(Action::Cancel),
        Input::Grab(x, y) => fixture.act(Action::PressPad(0, x, y)),
        Input::Drag(x, y) if fixture.app.app.is_pad_dragged() => fixture.act(Action::SteerTo(x, y)),
        Input::Drag(..) => {}
        Input::Release => fixture.act(Action::PointerUp(None)),
        Input::LoseFocus => fixture.event(Event::Shell(ShellEvent::FocusLost)),
        Input::Answer => {
            fixture.answers = true;
            fixture.answer();
        }
        Input::StopAnswering => fixture.answers = false,
        Input::Wait(millis) => fixture.wait(millis),
    }
}

proptest! {
    #[test]
    fn rate_is_never_exceeded_and_the_last_position_arrives(
        inputs in prop::collection::vec(input(), 1..120),
        (rate, centers) in (1_u64..=50, any::<bool>()),
    ) {
        let mut fixture = Fixture::new(&[("rate", Value::String(format!("{rate}/s"))), ("center", Value::Bool(centers))]);
        let (mut was_moved, mut last) = (false, None);
        for input in inputs {
            apply(&mut fixture, input);
            let id = fixture.app.app.selected_id().unwrap();
            last = fixture.app.app.steered_position(id).or(last);
            was_moved |= !fixture.sent.is_empty();
        }
        fixture.answers = true;
        fixture.answer();
        fixture.act(Action::PointerUp(None));
        fixture.act(Action::Cancel);
        fixture.wait(5_000);
        for axis in ['x', 'y'] {
            let times: Vec<u64> = fixture.sent.iter().filter(|sent| sent.1 == axis).map(|sent| sent.0).collect();
            for (index, start) in times.iter().enumerate() {
                let in_a_second = times[index..].iter().filter(|time| **time < start + 1_000).count() as u64;
                prop_assert!(in_a_second <= rate, "{in_a_second} of {axis} in a second: {times:?}");
            }
        }
        let end = |axis| fixture.sent.iter().rev().find(|sent| sent.1 == axis).map(|sent| sent.2.clone());
        if let Some(last) = last.filter(|_| was_moved) {
            let expected = if centers { ["0".to_owned(), "0".to_owned()] } else { [format!("{:.0}", last.x), format!("{:.0}", last.y)] };
            let expected = expected.map(|text| if text == "-0" { "0".to_owned() } else { text });
            prop_assert_eq!([end('x').unwrap(), end('y').unwrap()], expected);
        }
        prop_assert!(fixture.app.app.steering.outputs.is_empty());
    }
}
