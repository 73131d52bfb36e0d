//! Tests of the view of a tile in full.

use std::time::{Duration, Instant};

use insta::assert_snapshot;

use super::*;

const SIZES: [(u16, u16); 4] = [(40, 12), (80, 24), (120, 40), (160, 45)];

const TILES: &str = r#"
title = "Home"
[[tile]]
kind = "text"
name = "Living room"
topic = "zigbee2mqtt/Living room climate"
json_path = "$.temperature"
postfix = " °C"
publish = false
[[tile]]
kind = "text"
name = "Door"
topic = "door"
[[tile]]
kind = "text"
name = "Silent"
topic = "silent"
[[tile]]
kind = "image"
name = "Camera"
topic = "camera"
source = "payload"
[[tile]]
kind = "text"
name = "Log"
topic = "log"
"#;

fn receive(app: &mut App, topic: &str, payload: &[u8], seconds_ago: u64) {
    let at = Time::from_millis(NOW.as_millis() - 1_000 * seconds_ago);
    let messages = ConnectionEvent::messages([message(topic, payload)]);
    app.update(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), messages)), at);
    app.resolve_values(at);
}

/// Opens the tile with this index.
fn app_with(size: (u16, u16), tile: usize) -> App {
    let mut app = app_with_dashboard(size, TILES);
    for (ago, (temperature, humidity)) in (0..8).rev().zip([20, 21, 22, 23, 22, 23, 24, 24].into_iter().zip(41..)) {
        let payload = format!(
            "{{\"temperature\":{temperature}.{ago},\"humidity\":{humidity},\"battery\":97,\"linkquality\":130,\"update\":{{\"state\":\"idle\"}}}}"
        );
        receive(&mut app, "zigbee2mqtt/Living room climate", payload.as_bytes(), 2 * ago);
    }
    receive(&mut app, "door", b"closed", 70);
    receive(&mut app, "door", b"open", 10);
    receive(&mut app, "camera", &[0x89, 0x50], 0);
    receive(&mut app, "log", "words of a log ".repeat(50_000).as_bytes(), 1);
    let pixels: Vec<u8> = (0..32 * 16 * 3_u32).map(|index| u8::try_from(index % 256).unwrap()).collect();
    let id = app.dashboards[0].tile_id(3).unwrap();
    app.update(Event::Media(MediaEvent::Decoded(id, Ok(DecodedImage::still(32, 16, pixels.into())))), NOW);
    apply_actions(&mut app, &[Action::SelectTile(tile), Action::ShowDetail]);
    app
}

fn assert_detail_snapshots(name: &str, tile: usize, actions: &[Action]) {
    for size in SIZES {
        let mut app = app_with(size, tile);
        apply_actions(&mut app, actions);
        render_on_console(&app, NOW);
        assert_snapshot!(format!("tile-{name}-{}x{}", size.0, size.1), render(&app, ColorDepth::None));
    }
}

#[test]
fn number_in_json_renders_in_full() {
    assert_detail_snapshots("number", 0, &[]);
}

#[test]
fn payload_of_a_number_renders_with_its_own_line_and_the_selected_one() {
    let down = Action::MoveInDialog(Direction::Down);
    assert_detail_snapshots("payload", 0, &[Action::CycleFocus(1), down.clone(), down]);
}

#[test]
fn folded_payload_renders() {
    let down = Action::MoveInDialog(Direction::Down);
    let folded = [Action::CycleFocus(1), Action::UnfoldBelow(false), down.clone(), down];
    assert_detail_snapshots("payload-folded", 0, &folded);
}

#[test]
fn settings_of_a_tile_render_in_full() {
    assert_detail_snapshots("settings", 0, &[Action::CycleFocus(-1)]);
}

#[test]
fn payload_template_and_automatic_message_are_among_the_settings() {
    let dashboard = "[[tile]]\nkind = \"range\"\nname = \"Lamp\"\ntopic = \"lamp\"\npublish_topic = \"lamp/set\"\n\
        json_path = \"$.bri\"\npayload = '{\"bri\": {{value}}}'\non_connect = '{\"bri\": \"\"}'\nevery = \"90s\"\n";
    let mut app = app_with_dashboard((100, 30), dashboard);
    apply_actions(&mut app, &[Action::ShowDetail, Action::CycleFocus(-1)]);
    let screen = render(&app, ColorDepth::None);
    for row in [
        "payload     {\"bri\": {{value}}}",
        "automatic   on connect, then every 90s: \"{\\\"bri\\\": \\\"\\\"}\" → lamp/set (blocked: press T to",
    ] {
        assert!(screen.contains(row), "{row}\n{screen}");
    }
    app.dashboards[0].permissions.granted = true;
    let screen = render(&app, ColorDepth::None);
    assert!(screen.contains("automatic ") && !screen.contains("blocked"), "{screen}");
}

#[test]
fn text_renders_in_full() {
    assert_detail_snapshots("text", 1, &[]);
}

#[test]
fn tile_without_a_message_renders_in_full() {
    assert_detail_snapshots("nothing-yet", 2, &[]);
}

#[test]
fn image_renders_in_full() {
    assert_detail_snapshots("image", 3, &[]);
}

#[test]
fn large_payload_renders_in_full() {
    assert_detail_snapshots("large", 4, &[]);
}

#[test]
fn next_tile_is_shown_and_selected() {
    let mut app = app_with((80, 24), 0);
    apply_actions(&mut app, &[Action::CycleTile(1)]);
    assert!(render(&app, ColorDepth::None).starts_with(" Home › Door"));
    apply_actions(&mut app, &[Action::CycleTile(-2)]);
    assert!(render(&app, ColorDepth::None).starts_with(" Home › Log"));
    apply_actions(&mut app, &[Action::Cancel]);
    assert_eq!(app.dashboards[0].selected, 4);
}

#[test]
fn lines_of_a_huge_payload_are_kept_for_the_next_frame() {
    let mut app = app_with((160, 45), 4);
    let text = "words of a log ".repeat(70_000);
    receive(&mut app, "log", text.as_bytes(), 0);
    let mut layout = ScreenLayout::default();
    let mut frame = || {
        let started = Instant::now();
        let mut buffer = Buffer::empty(Rect::new(0, 0, app.size.0, app.size.1));
        crate::ui::draw(&mut buffer, &app, &ui_config(ColorDepth::None), NOW, &mut layout);
        let lines = layout.payload_lines.as_ref().unwrap().lines.as_ptr();
        (lines, started.elapsed())
    };
    let first = frame();
    let second = frame();
    assert_eq!(first.0, second.0, "the lines were made again");
    assert!(second.1 < Duration::from_secs(1), "{second:?}");
}
