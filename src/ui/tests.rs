//! Snapshots of the screen at three sizes, and tests that drawing handles any input.

use insta::assert_snapshot;
use proptest::prelude::*;
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer, layout::Rect};

use super::{UiConfig, glyph_set::GlyphSet, layout::ScreenLayout, theme::ColorDepth};
use crate::{
    app::{
        Action, App, DashboardFile, Event, FileError, MediaEvent, MqttEvent, OpenedDashboards, Screen, ShellEvent,
        screens::command_palette::CommandPalette,
    },
    config::read_dashboard,
    model::{
        connection::{ConnectionEvent, ConnectionId, ConnectionState, Message},
        dashboard::{Dashboard, DashboardView},
        error::format_bytes,
        grid::Direction,
        media::DecodedImage,
        message_properties::{MessageProperties, ReceivedProperties},
        profile::Profile,
        time::Time,
    },
};

pub(crate) const NOW: Time = Time::from_millis(1_700_000_000_000);
const SCREEN_SIZES: [(u16, u16); 3] = [(40, 12), (80, 24), (200, 60)];

const DASHBOARD_TOML: &str = r#"
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
name = "Color"
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

fn ui_config(depth: ColorDepth) -> UiConfig {
    UiConfig::new(depth)
}

fn message(topic: &str, payload: &[u8]) -> Message {
    Message::new(topic, payload)
}

fn app_with_dashboard(size: (u16, u16), text: &str) -> App {
    let mut app = App::new(size);
    let dashboard: Dashboard = read_dashboard("bench.toml", text).unwrap();
    let opened = OpenedDashboards {
        connection: ConnectionId(0),
        profile: Profile { name: "hub".into(), ..Profile::default() },
        files: vec![DashboardFile { name: "bench".into(), path: None, definition: dashboard }],
        explore: None,
    };
    app.update(Event::Mqtt(MqttEvent::DashboardsOpened(Box::new(opened))), NOW);
    app.update(
        Event::Mqtt(MqttEvent::Connection(ConnectionId(0), ConnectionEvent::State(ConnectionState::Connected))),
        NOW,
    );
    app
}

pub(crate) fn app_with_values(size: (u16, u16)) -> App {
    let mut app = app_without_image(size);
    let pixels: Vec<u8> = (0..32 * 16 * 3_u32).map(|index| u8::try_from(index % 256).unwrap()).collect();
    let id = app.dashboards[0].tile_id(5).unwrap();
    app.update(Event::Media(MediaEvent::Decoded(id, Ok(DecodedImage::still(32, 16, pixels.into())))), NOW);
    app
}

fn app_without_image(size: (u16, u16)) -> App {
    let mut app = app_with_dashboard(size, DASHBOARD_TOML);
    let messages = [
        message("lamp", b"1"),
        message("dim", b"62"),
        message("t", b"23.4"),
        message("mode", b"f"),
        message("color", b"#FF8000"),
        message("camera", &[0x89, 0x50]),
        message("json", b"{\"a\":{}}"),
    ];
    app.update(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), ConnectionEvent::messages(messages))), NOW);
    app.resolve_values(NOW);
    app
}

fn apply_actions(app: &mut App, actions: &[Action]) {
    for action in actions {
        app.update(Event::Action(action.clone()), NOW);
    }
}

fn render(app: &App, depth: ColorDepth) -> String {
    render_with(app, &ui_config(depth), NOW)
}

fn render_with(app: &App, config: &UiConfig, now: Time) -> String {
    let mut terminal = Terminal::new(TestBackend::new(app.size.0, app.size.1)).unwrap();
    terminal.draw(|frame| super::draw(frame.buffer_mut(), app, config, now, &mut ScreenLayout::default())).unwrap();
    super::frame::to_plain_text(terminal.backend().buffer())
}

/// The glyphs in the files and messages of the tests, which stay as they are.
const GLYPHS_OF_USER: &str = "°";

/// Draws a screen as on the Linux console and in ASCII, where no glyph may be missing. Returns those of the console.
fn render_on_console(app: &App, now: Time) -> String {
    let screens = [ColorDepth::Ansi16, ColorDepth::None].map(|depth| {
        let screen = render_with(app, &UiConfig { glyphs: GlyphSet::Basic, ..ui_config(depth) }, now);
        let missing_glyphs = super::glyph_set::tests::missing_glyphs(&screen);
        assert_eq!(missing_glyphs, "", "glyphs that the fonts of the Linux console lack, in\n{screen}");
        let ascii = render_with(app, &UiConfig { glyphs: GlyphSet::Ascii, ..ui_config(depth) }, now);
        let others: String = ascii.chars().filter(|c| !c.is_ascii() && !GLYPHS_OF_USER.contains(*c)).collect();
        assert_eq!(others, "", "glyphs beyond ASCII, in\n{ascii}");
        screen
    });
    screens.concat()
}

fn assert_snapshots_at_all_sizes(name: &str, prepare: impl Fn(&mut App)) {
    assert_snapshots_at(&SCREEN_SIZES, name, prepare);
}

fn assert_snapshots_at(sizes: &[(u16, u16)], name: &str, prepare: impl Fn(&mut App)) {
    let app_of = |size| {
        let mut app = app_with_values(size);
        prepare(&mut app);
        app
    };
    assert_snapshots_of(sizes, name, NOW, app_of);
}

/// Compares the screens of apps at this time with their snapshots.
fn assert_snapshots_of(sizes: &[(u16, u16)], name: &str, now: Time, app_of: impl Fn((u16, u16)) -> App) {
    for &size in sizes {
        let app = app_of(size);
        render_on_console(&app, now);
        let screen = render_with(&app, &ui_config(ColorDepth::TrueColor), now);
        assert_snapshot!(format!("{name}-{}x{}", size.0, size.1), screen);
    }
}

#[test]
fn dashboard_renders_tiles_with_values() {
    assert_snapshots_at_all_sizes("dashboard", |_| {});
}

#[test]
fn dashboard_renders_without_colors() {
    assert_snapshot!(render(&app_with_values((80, 24)), ColorDepth::None));
}

#[test]
fn dashboard_renders_tiles_without_values() {
    assert_snapshot!(render(&app_with_dashboard((80, 24), DASHBOARD_TOML), ColorDepth::TrueColor));
}

fn set_connection_state(app: &mut App, state: ConnectionState) {
    app.update(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), ConnectionEvent::State(state))), NOW);
}

fn lose_connection(app: &mut App, reason: &str) {
    let state = ConnectionState::WaitingToRetry {
        reason: reason.into(),
        cause: crate::model::connection::FailureCause::PortClosed,
        retry_in: std::time::Duration::from_secs(8),
        failed_attempts: 3,
        untrusted_certificate: None,
        session_taken_over: false,
        refused_secret: None,
    };
    set_connection_state(app, state);
}

#[test]
fn dashboard_renders_lost_connection() {
    assert_snapshots_at_all_sizes("connection-lost", |app| lose_connection(app, "nothing listens on localhost:1883"));
}

#[test]
fn detail_shows_the_whole_reason_why_the_connection_is_down() {
    let mut app = app_with_values((60, 30));
    let reason = "the broker's certificate is self-signed; if ".to_owned() + &"ab:".repeat(32) + " is right, trust it";
    lose_connection(&mut app, &reason);
    let header = render(&app, ColorDepth::None).lines().next().unwrap_or_default().to_owned();
    assert!(header.ends_with("○ port closed · retry in 8 s · i: why"), "{header}");
    apply_actions(&mut app, &[Action::ShowDetail]);
    let screen = render(&app, ColorDepth::None);
    for part in ["! Not connected since 22:13", "Retry in 8 s: the broker's", "right, trust it"] {
        assert!(screen.contains(part), "{part}: {screen}");
    }
}

#[test]
fn number_prompt_renders() {
    assert_snapshots_at_all_sizes("number-prompt", |app| apply_actions(app, &[Action::SelectTile(1), Action::Press]));
}

#[test]
fn number_prompt_shows_error_for_value_outside_limits() {
    let mut app = app_with_values((80, 24));
    apply_actions(&mut app, &[Action::SelectTile(1), Action::Press, Action::Paste("620".into()), Action::Accept]);
    assert_snapshot!(render(&app, ColorDepth::TrueColor));
}

#[test]
fn choice_prompt_renders() {
    assert_snapshots_at_all_sizes("choice-prompt", |app| apply_actions(app, &[Action::SelectTile(3), Action::Press]));
}

#[test]
fn color_picker_renders() {
    assert_snapshots_at_all_sizes("color-picker", |app| {
        apply_actions(app, &[Action::SelectTile(4), Action::Press, Action::CycleFocus(1)]);
    });
}

#[test]
fn tile_detail_renders() {
    assert_snapshots_at_all_sizes("detail", |app| {
        apply_actions(app, &[Action::MoveSelection(Direction::Right), Action::ShowDetail]);
    });
}

#[test]
fn tile_detail_shows_how_often_messages_usually_arrive() {
    let mut app = app_with_dashboard((80, 24), DASHBOARD_TOML);
    for number in (0..12).rev() {
        let messages = ConnectionEvent::messages([message("lamp", b"1")]);
        let at = Time::from_millis(1_700_000_000_000 - 1_000 * (4 + 10 * number));
        app.update(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), messages)), at);
    }
    app.resolve_values(NOW);
    apply_actions(&mut app, &[Action::ShowDetail]);
    let shown = render(&app, ColorDepth::None);
    assert!(shown.contains("4 s ago · every 10 s"), "{shown}");
}

#[test]
fn tile_detail_shows_the_properties_of_the_message() {
    assert_snapshots_at_all_sizes("detail-properties", |app| {
        let user_properties = [("unit", "°C"), ("source", "the sensor below the roof"), ("unit", "K")];
        let user_properties = user_properties.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let received = ReceivedProperties {
            payload_format: Some(1),
            expiry_seconds: Some(120),
            content_type: Some("text/plain"),
            response_topic: Some("house/reply"),
            correlation_data: Some(&[0x7f, 0, 0x1b]),
            user_properties: &user_properties,
        };
        let properties = MessageProperties::new(&received).map(std::sync::Arc::new);
        let messages = ConnectionEvent::messages([Message { properties, ..message("dim", b"63") }]);
        app.update(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), messages)), NOW);
        app.resolve_values(NOW);
        apply_actions(app, &[Action::MoveSelection(Direction::Right), Action::ShowDetail, Action::CycleFocus(1)]);
        if app.size.1 < 24 {
            apply_actions(app, &vec![Action::MoveInDialog(Direction::Down); 4]);
        }
    });
}

/// Draws a frame and takes over how far its text can be scrolled, as the runtime does.
fn draw_frame(app: &mut App) {
    let mut buffer = Buffer::empty(Rect::new(0, 0, app.size.0, app.size.1));
    let mut layout = ScreenLayout::default();
    super::draw(&mut buffer, app, &ui_config(ColorDepth::None), NOW, &mut layout);
    app.limit_scroll(layout.scroll_extent);
}

#[test]
fn scroll_position_is_limited_to_text_before_and_after_a_frame() {
    let mut app = app_with_values((80, 24));
    apply_actions(&mut app, &[Action::ShowHelp, Action::MoveInDialog(Direction::Last)]);
    apply_actions(&mut app, &[Action::MoveInDialog(Direction::PageDown)]);
    draw_frame(&mut app);
    let scrolled_lines = |app: &App| match &app.focus {
        Screen::Help(help) => help.scroll.lines,
        other => panic!("{other:?}"),
    };
    let end = scrolled_lines(&app);
    assert!((20..360).contains(&end), "{end}");
    apply_actions(&mut app, &[Action::MoveInDialog(Direction::Last), Action::MoveInDialog(Direction::Up)]);
    assert_eq!(scrolled_lines(&app), end - 1);
    app.update(Event::Shell(ShellEvent::Resize(80, 400)), NOW);
    draw_frame(&mut app);
    assert_eq!(scrolled_lines(&app), 0, "the whole text fits");
}

#[test]
fn tile_detail_shows_whole_payload_and_says_what_is_missing() {
    let show_detail = |app: &mut App, topic: &str, payload: &[u8], tile: usize| {
        let messages = ConnectionEvent::messages([message(topic, payload)]);
        app.update(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), messages)), NOW);
        app.resolve_values(NOW);
        apply_actions(app, &vec![Action::MoveSelection(Direction::Right); tile]);
        apply_actions(app, &[Action::ShowDetail, Action::CycleFocus(1)]);
        render(app, ColorDepth::None)
    };
    let devices: Vec<String> = (0..400).map(|number| format!("{{\"name\":\"lamp {number}\"}}")).collect();
    let json = format!("{{\"devices\":[{}]}}", devices.join(","));
    // The JSON path of the tile finds nothing.
    let screen = show_detail(&mut app_with_values((100, 2_000)), "json", json.as_bytes(), 6);
    assert!(screen.contains("\"lamp 0\"") && screen.contains("\"lamp 399\"") && !screen.contains("cut:"), "{screen}");
    assert!(screen.contains(&format_bytes(json.len())), "{screen}");
    let mut app = app_with_values((100, 24));
    show_detail(&mut app, "t", "words ".repeat(350_000).as_bytes(), 2);
    draw_frame(&mut app);
    apply_actions(&mut app, &[Action::MoveInDialog(Direction::Last)]);
    let screen = render(&app, ColorDepth::None);
    assert!(screen.contains("cut: these are the first 1.0 MiB of 2.0 MiB"), "{screen}");
    let screen = show_detail(&mut app_with_values((100, 60)), "t", b"21 \xb0C", 2);
    assert!(screen.contains("21 °C") && screen.contains("5 B"), "{screen}");
    let screen = show_detail(&mut app_with_values((100, 60)), "t", &[0xff; 100], 2);
    assert!(screen.contains("00000060  FF FF FF FF"), "{screen}");
}

#[test]
fn help_lists_every_binding() {
    for width in [80, 40] {
        let mut app = app_with_values((width, 2_000));
        apply_actions(&mut app, &[Action::ShowHelp]);
        let screen = render(&app, ColorDepth::None);
        let is_letter = |c: &char| c.is_alphanumeric();
        // Where the words are wrapped, those of the keys are between them.
        let letters: String = screen.chars().filter(is_letter).collect();
        for binding in crate::app::all_bindings() {
            let words = binding.help.split_whitespace().map(|word| word.chars().filter(is_letter).collect::<String>());
            let mut rest = letters.as_str();
            for word in words {
                let position = rest.find(&word);
                assert!(position.is_some(), "{width}: {}", binding.help);
                rest = &rest[position.unwrap_or_default()..];
            }
            assert!(width < 80 || screen.contains(binding.help), "{}", binding.help);
        }
    }
}

#[test]
fn help_screen_renders() {
    assert_snapshots_at_all_sizes("help", |app| apply_actions(app, &[Action::ShowHelp]));
    assert_snapshots_at_all_sizes("help-filter", |app| {
        apply_actions(app, &[Action::ShowHelp, Action::Filter, Action::Paste("tile".into())]);
    });
    for (text, expected) in [("ctrl-r", "redo the last undone edit"), ("wheel", "Mouse"), ("zzz", "no key matches")] {
        let mut app = app_with_values((80, 24));
        apply_actions(&mut app, &[Action::ShowHelp, Action::Filter, Action::Paste(text.into())]);
        let screen = render(&app, ColorDepth::None);
        assert!(screen.contains(expected) && !screen.contains("press the tile"), "{screen}");
    }
}

#[test]
fn banner_shows_error_of_broken_dashboard_file() {
    assert_snapshots_at_all_sizes("file-error", |app| {
        app.dashboards[0].file_error = Some(FileError::Invalid {
            file: "bench.toml".into(),
            line: Some(12),
            message: "unknown key `nmae`".into(),
            help: Some("did you mean `name`?".into()),
            more: 0,
        });
    });
}

#[test]
fn list_shows_values_errors_and_publish_status() {
    let mut app = app_with_values((40, 12));
    apply_actions(&mut app, &[Action::Press]);
    let screen = render(&app, ColorDepth::None);
    let rows: Vec<&str> = screen.lines().skip(1).take(7).map(str::trim_end).collect();
    assert_eq!(
        rows,
        [
            "▸ Lamp          ○ OFF         sending ⏎",
            "  Brightness    62 %              now ⏎",
            "  Temperature   23.4 °C           now",
            "  Mode          Fast              now ⏎",
            "  Color         ■ #FF8000         now ⏎",
            "  Camera        image             now",
            "  Broken        ! nothing …",
        ]
    );
    app.dashboards[0].definition.view = DashboardView::Tiles;
    assert!(render(&app, ColorDepth::None).contains("┏ Lamp"));
}

#[test]
fn kiosk_mode_renders_without_header() {
    assert_snapshots_at_all_sizes("kiosk", |app| {
        app.environment.kiosk = true;
        app.dashboards[0].header_hidden = true;
    });
}

#[test]
fn kiosk_mode_renders_lost_connection() {
    assert_snapshots_at_all_sizes("kiosk-connection-lost", |app| {
        app.environment.kiosk = true;
        app.dashboards[0].header_hidden = true;
        lose_connection(app, "nothing listens on localhost:1883");
    });
}

#[test]
fn kiosk_mode_shows_that_the_connection_is_down_until_it_is_back() {
    let mut app = app_with_values((40, 12));
    app.dashboards[0].header_hidden = true;
    let banner = |app: &App| {
        render(app, ColorDepth::None).lines().take(2).map(|line| line.trim_end().to_owned()).collect::<Vec<_>>()
    };
    let first_tile = |lines: &[String]| lines[0].starts_with("▸ Lamp");
    assert!(first_tile(&banner(&app)));
    set_connection_state(&mut app, ConnectionState::Connecting { attempt: 1 });
    assert!(first_tile(&banner(&app)), "it has not failed");
    lose_connection(&mut app, "no such host: hub");
    assert_eq!(banner(&app), [" ! Not connected since 22:13", "   Retry in 8 s: no such host: hub"]);
    set_connection_state(&mut app, ConnectionState::Connecting { attempt: 2 });
    assert_eq!(banner(&app), [" ! Not connected since 22:13", "   Connecting again: no such host: hub"]);
    set_connection_state(
        &mut app,
        ConnectionState::Stopped {
            reason: "refused: banned".into(),
            cause: crate::model::connection::FailureCause::Refused,
            refused_secret: None,
        },
    );
    assert_eq!(banner(&app), [" ! Not connected since 22:13", "   Stopped: refused: banned"]);
    set_connection_state(&mut app, ConnectionState::Connected);
    assert!(first_tile(&banner(&app)));
}

#[test]
fn command_palette_renders_matches() {
    assert_snapshots_at_all_sizes("command-palette", |app| {
        apply_actions(app, &[Action::OpenCommandPalette, Action::Paste("scr".into())]);
    });
    assert_snapshots_at_all_sizes("command-palette-risky", |app| {
        apply_actions(app, &[Action::OpenCommandPalette, Action::Paste("retained messages".into())]);
    });
    for (text, expected) in [
        ("chart", "no action named \"chart\""),
        ("\u{1b}]0;x", "no action named \"␛]0;x\""),
        (&"long".repeat(50), "no action named \"longlonglonglongl…\""),
    ] {
        let mut app = app_with_values((40, 12));
        app.open(CommandPalette { input: text.into(), selected: None });
        let screen = render(&app, ColorDepth::None);
        assert!(screen.contains(expected), "{screen}");
    }
}

#[test]
fn tile_search_renders_matches() {
    assert_snapshots_at_all_sizes("tile-search", |app| {
        apply_actions(app, &[Action::FindTile, Action::Paste("m".into())]);
    });
}

#[test]
fn empty_dashboard_renders() {
    assert_snapshot!(render(&app_with_dashboard((80, 24), "title = \"Empty\""), ColorDepth::TrueColor));
}

#[test]
fn welcome_screen_renders() {
    for size in SCREEN_SIZES {
        let mut app = App::new(size);
        app.environment.config_dir = "~/.config/mqtt-dash".into();
        app.environment.demo_available = true;
        render_on_console(&app, NOW);
        assert_snapshot!(format!("welcome-{}x{}", size.0, size.1), render(&app, ColorDepth::TrueColor));
    }
}

#[test]
fn large_tile_shows_the_least_and_the_greatest_number() {
    let mut app = app_with_values((200, 60));
    assert!(!render(&app, ColorDepth::None).contains("min "), "one number is no range");
    let messages = ["19.2", "24.85"].map(|number| message("t", number.as_bytes()));
    for message in messages {
        app.update(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), ConnectionEvent::messages([message]))), NOW);
        app.resolve_values(NOW);
    }
    let screen = render(&app, ColorDepth::None);
    assert!(screen.contains("min 19.20   max 24.85"), "{screen}");
    app.size = (80, 24);
    assert!(!render(&app, ColorDepth::None).contains("min "), "a small tile has no room");
}

#[test]
fn help_of_the_welcome_screen_lists_the_keys_that_work_there() {
    let mut app = App::new((80, 200));
    app.environment.demo_available = true;
    apply_actions(&mut app, &[Action::ShowHelp]);
    let screen = render(&app, ColorDepth::None);
    let first = screen.lines().find(|line| line.contains('│')).unwrap();
    assert!(first.contains("On the welcome screen"), "{screen}");
    for (text, is_there) in [("start the demo", true), ("add a connection", true), ("press the tile", false)] {
        assert_eq!(screen.contains(text), is_there, "{text}\n{screen}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn draw_handles_any_size_and_payload(
        width in 0_u16..120, height in 0_u16..40, payload in any::<String>(), selected in 0_usize..9,
        focus in 0_usize..7,
    ) {
        let mut app = app_with_values((width, height));
        let messages = ["lamp", "dim", "t", "mode", "color", "json"].map(|topic| message(topic, payload.as_bytes()));
        app.update(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), ConnectionEvent::messages(messages))), NOW);
        app.resolve_values(NOW);
        let actions = [Action::Press, Action::ShowDetail, Action::ShowHelp, Action::FindTile, Action::ListConnections, Action::Cancel, Action::Press];
        apply_actions(&mut app, &vec![Action::MoveSelection(Direction::Right); selected]);
        apply_actions(&mut app, &[actions[focus].clone(), Action::Paste(payload.clone()), Action::MoveInDialog(Direction::Down)]);
        for depth in [ColorDepth::None, ColorDepth::Ansi16, ColorDepth::TrueColor] {
            let drawn = render(&app, depth);
            prop_assert!(!drawn.chars().any(|c| c.is_control() && c != '\n'));
            prop_assert_eq!(drawn.lines().count(), usize::from(height));
        }
    }
}

mod activity_tests;
mod console_tests;
mod detail_tests;
mod dialog_tests;
mod explorer_tests;
mod kind_tests;
mod layout_tests;
mod mouse_tests;
mod panel_tests;
mod picture_tests;
mod safety_tests;
mod size_tests;
