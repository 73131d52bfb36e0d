//! Panels: what each row says about itself, at several sizes, and what the mouse hits.

use super::*;
use crate::{
    app::{Effect, MqttEffect},
    model::{connection::PublishStatus, dashboard::TileSize},
    ui::layout::MouseTarget,
};
use ratatui::layout::Position;

const PANEL_TOML: &str = r#"
[[tile]]
kind = "panel"
name = "Washer"
rows = [
  { kind = "switch", name = "Power", topic = "stat", publish_topic = "cmnd", update_on_publish = false },
  { kind = "text", name = "Draw", topic = "tele/draw", unit = "W", stale = "10s" },
  { kind = "range", name = "Limit", topic = "limit", availability = { topic = "lwt", offline = "off" } },
  { kind = "text", name = "Total", topic = "tele/total", json_path = "$.kwh" },
]
[[tile]]
kind = "text"
name = "Hall"
topic = "hall"
"#;

/// A switch that waits, a stale text, a range whose device is offline, and a value that cannot be read.
fn app(size: (u16, u16)) -> App {
    let mut app = app_with_dashboard(size, PANEL_TOML);
    let at = Time::from_millis(NOW.as_millis() - 60_000);
    let messages = [("stat", "0"), ("tele/draw", "1204"), ("limit", "30"), ("tele/total", "?"), ("lwt", "off")];
    let messages = messages.map(|(topic, payload)| message(topic, payload.as_bytes()));
    app.update(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), ConnectionEvent::messages(messages))), at);
    app.resolve_values(NOW);
    let effects = app.update(Event::Action(Action::Press), NOW);
    for effect in effects {
        if let Effect::Mqtt(MqttEffect::Publish(connection, request)) = effect {
            let status = ConnectionEvent::PublishStatus(request.id, PublishStatus::Sent);
            app.update(Event::Mqtt(MqttEvent::Connection(connection, status)), NOW);
        }
    }
    app
}

#[test]
fn rows_say_what_tiles_say() {
    for size in [(120, 40), (80, 24), (40, 12)] {
        let app = app(size);
        render_on_console(&app, NOW);
        assert_snapshot!(format!("panel-{}x{}", size.0, size.1), render(&app, ColorDepth::TrueColor));
    }
}

#[test]
fn mouse_hits_the_rows_and_the_line_that_counts_the_others() {
    let mut app = app((80, 24));
    app.dashboards[0].definition.tile_size = TileSize::Small;
    app.update(Event::Shell(ShellEvent::Resize(40, 6)), NOW);
    app.dashboards[0].definition.view = DashboardView::Tiles;
    let (_, layout) = super::mouse_tests::draw(&app);
    let targets: Vec<_> =
        (0..6).map(|y| layout.target_at(Position::new(4, y)).map(|(_, target)| target.clone())).collect();
    let row = |index: usize| app.dashboards[0].tile_id(index).map(MouseTarget::Tile);
    assert_eq!(targets[1], row(0), "the border is that of the panel");
    assert_eq!(targets[2], row(1));
    let others = MouseTarget::Click(Action::SelectTile(2));
    assert!(targets.contains(&Some(others)), "{targets:?}");
}
