//! Pictures of the screen, as tests: what is drawn at three sizes, and that nothing can break it.

use insta::assert_snapshot;
use proptest::prelude::*;
use ratatui::{Terminal, backend::TestBackend};

use super::{Look, theme::Depth};
use crate::{
    app::{Action, App, DashboardFile, Event, OpenedDashboards},
    config::read_dashboard,
    model::{
        connection::{ConnectionEvent, ConnectionId, ConnectionState, Message, Qos},
        dashboard::Dashboard,
        grid::Direction,
        media::DecodedImage,
        profile::Profile,
        time::Time,
    },
};

pub const NOW: Time = Time::from_millis(1_700_000_000_000);
const SIZES: [(u16, u16); 3] = [(40, 12), (80, 24), (200, 60)];

const BOARD: &str = r#"
title = "Bench"
[[tile]]
kind = "switch"
name = "Lamp"
topic = "lamp"
[[tile]]
kind = "range"
name = "Brightness"
topic = "dim"
postfix = " %"
[[tile]]
kind = "text"
name = "Temperature"
topic = "t"
postfix = " °C"
publish = false
[[tile]]
kind = "choice"
name = "Mode"
topic = "mode"
text_size = "medium"
options = [{ label = "Slow", payload = "s" }, { label = "Fast", payload = "f" }]
[[tile]]
kind = "color"
name = "Colour"
topic = "color"
[[tile]]
kind = "image"
name = "Camera"
topic = "camera"
source = "payload"
[[tile]]
kind = "text"
name = "Broken"
topic = "json"
json_path = "$.a.b"
publish = false
[[tile]]
kind = "switch"
name = "Bell"
topic = "bell"
on = "ring"
off = "ring"
[[tile]]
kind = "text"
name = "Clock"
on_display = "event.text = 'x'"
"#;

fn look(depth: Depth) -> Look {
    Look::plain(depth)
}

fn message(topic: &str, payload: &[u8]) -> Message {
    Message { topic: topic.into(), payload: payload.into(), qos: Qos::AtMostOnce, retain: false }
}

fn app(size: (u16, u16), text: &str) -> App {
    let mut app = App::new(size);
    let dashboard: Dashboard = read_dashboard("bench.toml", text).unwrap();
    let opened = OpenedDashboards {
        connection: ConnectionId(0),
        profile: Profile { name: "hub".into(), ..Profile::default() },
        files: vec![DashboardFile { name: "bench".into(), path: None, definition: dashboard }],
    };
    app.update(Event::DashboardsOpened(Box::new(opened)), NOW);
    app.update(Event::Connection(ConnectionId(0), ConnectionEvent::State(ConnectionState::Connected)), NOW);
    app
}

pub fn alive(size: (u16, u16)) -> App {
    let mut app = app(size, BOARD);
    let messages = [
        message("lamp", b"1"),
        message("dim", b"62"),
        message("t", b"23.4"),
        message("mode", b"f"),
        message("color", b"#FF8000"),
        message("camera", &[0x89, 0x50]),
        message("json", b"{\"a\":{}}"),
    ];
    app.update(Event::Connection(ConnectionId(0), ConnectionEvent::Messages(messages.into())), NOW);
    app.resolve_values(NOW);
    let pixels: Vec<u8> = (0..32 * 16 * 3_u32).map(|at| u8::try_from(at % 256).unwrap()).collect();
    let at = crate::app::TilePosition { dashboard: 0, tile: 5 };
    app.update(Event::PictureDecoded(at, Ok(DecodedImage::still(32, 16, pixels.into()))), NOW);
    app
}

fn act(app: &mut App, actions: &[Action]) {
    for action in actions {
        app.update(Event::Action(action.clone()), NOW);
    }
}

fn picture(app: &App, depth: Depth) -> String {
    let mut terminal = Terminal::new(TestBackend::new(app.size.0, app.size.1)).unwrap();
    terminal.draw(|frame| super::draw(frame.buffer_mut(), app, &look(depth), NOW)).unwrap();
    super::screen::plain(terminal.backend().buffer())
}

fn at_all_sizes(name: &str, prepare: impl Fn(&mut App)) {
    for size in SIZES {
        let mut app = alive(size);
        prepare(&mut app);
        assert_snapshot!(format!("{name}-{}x{}", size.0, size.1), picture(&app, Depth::True));
    }
}

#[test]
fn a_dashboard() {
    at_all_sizes("dashboard", |_| {});
}

#[test]
fn a_dashboard_without_colours() {
    assert_snapshot!(picture(&alive((80, 24)), Depth::None));
}

#[test]
fn a_dashboard_of_which_nothing_is_known() {
    assert_snapshot!(picture(&app((80, 24), BOARD), Depth::True));
}

#[test]
fn a_line_that_is_down() {
    at_all_sizes("down", |app| {
        let state = ConnectionState::WaitingToRetry {
            reason: "nothing listens on localhost:1883".into(),
            retry_in: std::time::Duration::from_secs(8),
            failed_attempts: 3,
            untrusted_certificate: None,
        };
        app.update(Event::Connection(ConnectionId(0), ConnectionEvent::State(state)), NOW);
    });
}

#[test]
fn a_prompt_for_a_number() {
    at_all_sizes("number", |app| act(app, &[Action::PressTile(1)]));
}

#[test]
fn a_prompt_for_a_number_outside_the_limits() {
    let mut app = alive((80, 24));
    act(&mut app, &[Action::PressTile(1), Action::Paste("620".into()), Action::Accept]);
    assert_snapshot!(picture(&app, Depth::True));
}

#[test]
fn a_choice() {
    at_all_sizes("choice", |app| act(app, &[Action::PressTile(3)]));
}

#[test]
fn a_colour_picker() {
    at_all_sizes("colour", |app| act(app, &[Action::PressTile(4), Action::CycleFocus(1)]));
}

#[test]
fn a_tile_in_full() {
    at_all_sizes("detail", |app| act(app, &[Action::MoveSelection(Direction::Right), Action::ShowDetail]));
}

#[test]
fn every_key() {
    at_all_sizes("help", |app| act(app, &[Action::ShowHelp]));
}

#[test]
fn a_dashboard_whose_file_is_broken() {
    at_all_sizes("broken", |app| {
        app.dashboards[0].file_error =
            Some("bench.toml line 12: there is no key `nmae` here; did you mean `name`?".into());
    });
}

#[test]
fn a_kiosk() {
    at_all_sizes("kiosk", |app| {
        app.kiosk = true;
        app.dashboards[0].header_hidden = true;
    });
}

#[test]
fn every_action_by_name() {
    at_all_sizes("palette", |app| act(app, &[Action::OpenCommandPalette, Action::Paste("scr".into())]));
}

#[test]
fn a_search() {
    at_all_sizes("find", |app| act(app, &[Action::FindTile, Action::Paste("m".into())]));
}

#[test]
fn an_empty_dashboard() {
    assert_snapshot!(picture(&app((80, 24), "title = \"Empty\""), Depth::True));
}

#[test]
fn a_welcome() {
    for size in SIZES {
        let mut app = App::new(size);
        app.config_dir = "~/.config/mqtt-dash".into();
        app.demo_available = true;
        assert_snapshot!(format!("welcome-{}x{}", size.0, size.1), picture(&app, Depth::True));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_size_and_any_text_can_be_drawn(
        width in 0_u16..120, height in 0_u16..40, payload in any::<String>(), selected in 0_usize..9, mode in 0_usize..7,
    ) {
        let mut app = alive((width, height));
        let messages = ["lamp", "dim", "t", "mode", "color", "json"].map(|topic| message(topic, payload.as_bytes()));
        app.update(Event::Connection(ConnectionId(0), ConnectionEvent::Messages(messages.into())), NOW);
        app.resolve_values(NOW);
        let open = [Action::Press, Action::ShowDetail, Action::ShowHelp, Action::FindTile, Action::ListConnections, Action::Cancel, Action::Press];
        act(&mut app, &vec![Action::MoveSelection(Direction::Right); selected]);
        act(&mut app, &[open[mode].clone(), Action::Paste(payload.clone()), Action::MoveInDialog(Direction::Down)]);
        for depth in [Depth::None, Depth::Sixteen, Depth::True] {
            let drawn = picture(&app, depth);
            prop_assert!(!drawn.chars().any(|c| c.is_control() && c != '\n'));
            prop_assert_eq!(drawn.lines().count(), usize::from(height));
        }
    }
}

mod click_tests;
mod form_tests;
