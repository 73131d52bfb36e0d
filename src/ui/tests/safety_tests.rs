//! Random keys and clicks over a house of sensors, with a gate that must not open by accident.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;
use ratatui::{buffer::Buffer, layout::Rect};

use super::*;
use crate::{
    app::{Effect, MqttEffect, Screen},
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

/// What a user does.
#[derive(Debug, Clone)]
enum Input {
    Key(KeyCode),
    Mouse(MouseEventKind, u16, u16),
    Wait(u64),
}

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
        2 => prop::sample::select(special).prop_map(Input::Key),
        // Not y, which answers questions.
        2 => proptest::char::range(' ', '~').prop_filter("not yes", |c| *c != 'y').prop_map(|c| Input::Key(KeyCode::Char(c))),
        3 => (prop::sample::select(kinds), 0_u16..60, 0_u16..18).prop_map(|(kind, x, y)| Input::Mouse(kind, x, y)),
        1 => (0_u64..3_000).prop_map(Input::Wait),
    ]
}

/// Returns what is published when the user does this.
fn published(app: &mut App, input: &Input, now: &mut Time) -> Vec<PublishRequest> {
    let keymap = Keymap::default();
    let mut buf = Buffer::empty(Rect::new(0, 0, app.size.0, app.size.1));
    let mut layout = ScreenLayout::default();
    super::super::draw(&mut buf, app, &ui_config(ColorDepth::TrueColor), *now, &mut layout);
    let action = match *input {
        Input::Key(code) => key_bindings::action_for_key(app, &keymap, &KeyEvent::new(code, KeyModifiers::NONE)),
        // A click on yes is an answer.
        Input::Mouse(..) if matches!(app.focus, Screen::Confirm(_)) => None,
        Input::Mouse(kind, column, row) => {
            let event = MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE };
            mouse::action_for_mouse(app, &layout, &keymap, event)
        }
        Input::Wait(millis) => {
            *now = now.saturating_add(Duration::from_millis(millis));
            None
        }
    };
    let mut effects = Vec::new();
    if matches!(input, Input::Mouse(..)) {
        *now = now.saturating_add(Duration::from_millis(5));
    } else {
        // No button is held meanwhile, and keys follow each other too slowly to count as one that is held.
        effects.extend(app.update(Event::Action(Action::PointerUp(None)), *now));
        *now = now.saturating_add(Duration::from_millis(800));
    }
    effects.extend(action.map(|action| app.update(Event::Action(action), *now)).unwrap_or_default());
    effects.extend(app.update(Event::Timer, *now));
    let requests = effects.into_iter().filter_map(|effect| match effect {
        Effect::Mqtt(MqttEffect::Publish(_, request)) => Some(request),
        _ => None,
    });
    requests.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn random_keys_and_clicks_publish_only_where_the_dashboard_says_so(
        inputs in prop::collection::vec(any_input(), 1..150),
    ) {
        let mut app = app_with_dashboard((60, 18), HOUSE);
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
        let mut now = NOW;
        for input in &inputs {
            for request in published(&mut app, input, &mut now) {
                let topic = request.topic.as_str();
                prop_assert!(["lamp/set", "dim"].contains(&topic), "{topic} after {input:?} of {inputs:?}");
            }
        }
    }
}
