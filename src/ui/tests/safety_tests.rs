//! Random keys and clicks over a house of sensors, with a gate that must not open by accident.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;
use ratatui::{buffer::Buffer, layout::Rect};

use super::*;
use crate::{
    app::{Effect, MqttEffect, Screen, press_mark::PressMark},
    model::connection::PublishRequest,
    ui::{key_bindings, keymap::Keymap, mouse},
};

/// Two tiles of the seven name a topic to publish to without a question.
const HOUSE: &str = r#"
tile_size = "small"
[[tile]]
kind = "range"
topic = "house/boiler/state"
[[tile]]
kind = "switch"
topic = "stat/pump/POWER"
[[tile]]
kind = "choice"
topic = "house/mode/status"
options = [{ payload = "a" }, { payload = "b" }]
[[tile]]
kind = "switch"
topic = "lamp/state"
publish_topic = "lamp/set"
[[tile]]
kind = "range"
topic = "dim"
[[tile]]
kind = "switch"
topic = "gate/state"
publish_topic = "gate/set"
confirm = "Open the gate?"
[[tile]]
kind = "range"
topic = "roof/state"
publish_topic = "roof/set"
confirm = "hold"
"#;

/// What a user does. Times are in milliseconds.
#[derive(Debug, Clone)]
enum Input {
    /// Presses a key, this long after the last input.
    Key(KeyCode, u64),
    Mouse(MouseEventKind, u16, u16),
    /// Comes back to the terminal.
    Focus,
    Wait(u64),
}

/// The most times that the keys which press a tile follow each other: more could be a key that is held for a second.
const MAX_ENTERS: usize = 3;

fn any_input() -> impl Strategy<Value = Input> {
    let special = vec![
        KeyCode::Enter,
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Tab,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::Backspace,
    ];
    let kinds = vec![
        MouseEventKind::Down(MouseButton::Left),
        MouseEventKind::Up(MouseButton::Left),
        MouseEventKind::Drag(MouseButton::Left),
        MouseEventKind::ScrollUp,
        MouseEventKind::ScrollDown,
        MouseEventKind::Down(MouseButton::Right),
    ];
    prop_oneof![
        2 => (prop::sample::select(special), 5_u64..800).prop_map(|(code, after)| Input::Key(code, after)),
        // Not y, which answers questions.
        2 => (proptest::char::range(' ', '~').prop_filter("not yes", |c| *c != 'y'), 5_u64..800)
            .prop_map(|(c, after)| Input::Key(KeyCode::Char(c), after)),
        1 => Just(Input::Focus),
        3 => (prop::sample::select(kinds), 0_u16..60, 0_u16..18).prop_map(|(kind, x, y)| Input::Mouse(kind, x, y)),
        1 => (0_u64..3_000).prop_map(Input::Wait),
    ]
}

/// A user at the program.
struct User {
    app: App,
    now: Time,
    /// Whether the mouse button may be pressed. It is not held for a second.
    button_is_down: bool,
    enters: usize,
}

impl User {
    fn open() -> Self {
        let mut app = app_with_dashboard((60, 18), HOUSE);
        let opened = OpenedDashboards {
            connection: ConnectionId(0),
            profile: Profile { name: "hub".into(), ..Profile::default() },
            files: vec![DashboardFile {
                name: "other".into(),
                path: Some("/other.toml".into()),
                definition: read_dashboard("other.toml", HOUSE).unwrap(),
            }],
            explore: None,
        };
        app.update(Event::Mqtt(MqttEvent::DashboardsOpened(Box::new(opened))), NOW);
        let values = [
            ("house/boiler/state", "20"),
            ("stat/pump/POWER", "1"),
            ("house/mode/status", "a"),
            ("lamp/state", "1"),
            ("dim", "5"),
            ("gate/state", "0"),
            ("roof/state", "10"),
        ];
        let messages = values.map(|(topic, payload)| message(topic, payload.as_bytes()));
        app.update(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), ConnectionEvent::messages(messages))), NOW);
        Self { app, now: NOW, button_is_down: false, enters: 0 }
    }

    /// Returns whether a tile that neither asks nor must be held names this topic to publish to: `lamp/set` and `dim`,
    /// unless the user has edited a tile.
    fn names_for_direct_presses(&self, topic: &str) -> bool {
        self.app.dashboards.iter().any(|dashboard| {
            let mut tiles = (0..).map_while(|index| dashboard.tile(index));
            tiles.any(|(tile, state)| {
                PressMark::of(dashboard, tile, state) == Some(PressMark::Direct)
                    && tile.target_topic().is_some_and(|target| target.as_str() == topic)
            })
        })
    }

    /// Returns the event that an input causes.
    fn event(&mut self, input: &Input) -> Option<Event> {
        let keymap = Keymap::default();
        let mut buf = Buffer::empty(Rect::new(0, 0, self.app.size.0, self.app.size.1));
        let mut layout = ScreenLayout::default();
        super::super::draw(&mut buf, &self.app, &ui_config(ColorDepth::TrueColor), self.now, &mut layout);
        let action = match *input {
            Input::Key(code, after) => {
                let is_enter = matches!(code, KeyCode::Enter | KeyCode::Char(' '));
                self.enters = if is_enter { self.enters + 1 } else { 0 };
                if self.enters > MAX_ENTERS {
                    return None;
                }
                let after = if self.button_is_down { 5 } else { after };
                self.now = self.now.saturating_add(Duration::from_millis(after));
                let action = key_bindings::action_for_key(&self.app, &keymap, &KeyEvent::new(code, KeyModifiers::NONE));
                // A key without an action does not end the press of the mouse button.
                self.button_is_down &= action.is_none();
                action
            }
            // A click on yes is an answer.
            Input::Mouse(..) if matches!(self.app.focus, Screen::Confirm(_)) => None,
            Input::Mouse(kind, column, row) => {
                self.button_is_down = !matches!(kind, MouseEventKind::Up(_));
                self.now = self.now.saturating_add(Duration::from_millis(5));
                let event = MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE };
                mouse::action_for_mouse(&self.app, &layout, &keymap, event)
            }
            Input::Focus => return Some(Event::Shell(ShellEvent::FocusGained)),
            Input::Wait(millis) if !self.button_is_down => {
                self.now = self.now.saturating_add(Duration::from_millis(millis));
                None
            }
            Input::Wait(_) => None,
        };
        action.map(Event::Action)
    }

    /// Returns what is published when the user does this.
    fn published_by(&mut self, input: &Input) -> Vec<PublishRequest> {
        let typed_topic = match &self.app.focus {
            Screen::Publish(prompt) => Some(prompt.topic.value().to_owned()),
            _ => None,
        };
        let event = self.event(input);
        let mut effects = event.map(|event| self.app.update(event, self.now)).unwrap_or_default();
        effects.extend(self.app.update(Event::Timer, self.now));
        let requests = effects.into_iter().filter_map(|effect| match effect {
            Effect::Mqtt(MqttEffect::Publish(_, request)) => Some(request),
            _ => None,
        });
        // Neither is a press: deleting retained messages is chosen by its name or its key, and asks; the prompt for a
        // message shows the topic that it publishes to, and is sent from there only.
        let is_deletion = |request: &PublishRequest| request.retain && request.payload.is_empty();
        let is_typed = |request: &PublishRequest| typed_topic.as_deref() == Some(request.topic.as_str());
        requests.filter(|request| !is_deletion(request) && !is_typed(request)).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn random_keys_and_clicks_publish_only_where_the_dashboard_says_so(
        inputs in prop::collection::vec(any_input(), 1..150),
    ) {
        let mut user = User::open();
        for input in &inputs {
            for request in user.published_by(input) {
                let topic = request.topic.as_str();
                prop_assert!(user.names_for_direct_presses(topic), "{topic} after {input:?} of {inputs:?}");
            }
        }
    }
}
