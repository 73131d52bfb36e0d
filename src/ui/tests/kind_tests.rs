//! Tiles of every kind at three sizes, in every theme and with every set of glyphs, and as rows of a list.

use std::{borrow::Cow, collections::BTreeSet};

use ratatui::style::Modifier;

use super::{
    size_tests::{style_map, themes},
    *,
};
use crate::{
    app::{OpenDashboard, press_mark::PressMark},
    model::{expansion::TileOrigin, kind, tile::Tile, tile_state::TileState},
    ui::{
        panel,
        tile::{self, TileControl, TileRenderState, TileView},
    },
};

/// The sizes of tiles, and of the page on which they stand.
const TILE_SIZES: [(u16, u16); 3] = [(16, 5), (24, 7), (32, 9)];
const PAGE_WIDTH: u16 = 128;

const KINDS_TOML: &str = r#"
[[tile]]
kind = "led"
name = "Door"
topic = "door"
states = [{ payload = "0", label = "Closed", color = "green" }, { payload = "1", label = "Open", color = "red" }]
[[tile]]
kind = "led"
name = "Pump"
topic = "pump"
states = [{ payload = "off", label = "Off", lit = false }]
[[tile]]
kind = "led"
name = "Fault"
topic = "fault"
states = [{ matches = "err.*" }]
[[tile]]
kind = "gauge"
name = "Load"
topic = "load"
unit = "%"
zones = [{ from = 0, color = "green", label = "ok" }, { from = 70, color = "red", label = "high" }]
[[tile]]
kind = "gauge"
name = "Speed"
topic = "speed"
max = 40
style = "bar"
unit = "m/s"
[[tile]]
kind = "gauge"
name = "Rain"
topic = "load"
style = "tank"
unit = "l"
zones = [{ from = 50, color = "blue", label = "full" }]
[[tile]]
kind = "gauge"
name = "Phone"
topic = "load"
style = "battery"
unit = "%"
[[tile]]
kind = "progress"
name = "Print"
topic = "print"
eta = true
[[tile]]
kind = "button"
name = "Gate"
publish_topic = "gate/set"
label = "Open the gate"
[[tile]]
kind = "pad"
name = "Camera"
topic = "camera"
x = { topic = "camera/x/set" }
y = { topic = "camera/y/set" }
[[tile]]
kind = "map"
name = "Ships"
topic = "ship/+"
[[tile]]
kind = "map"
name = "Phones"
topic = "phone/+"
[[tile]]
kind = "note"
name = "Plants"
text = "Water the plants on Mondays and Thursdays: https://plants.example/list"
[[tile]]
kind = "clock"
name = "Greenwich"
zone = "UTC"
[[tile]]
kind = "clock"
name = "Launch"
until = "1700003000"
[[tile]]
kind = "qr"
name = "Guests"
text = "MQTT"
[[tile]]
kind = "text"
name = "Hall"
topic = "hall"
unit = "°C"
zones = [{ from = 18, color = "green", label = "fine" }]
[[tile]]
kind = "range"
name = "Valve"
topic = "valve"
unit = "l/h"
stale = "1m"
zones = [{ from = 60, color = "yellow", label = "much" }]
[[tile]]
kind = "log"
name = "Log"
topic = "log/+"
columns = ["time", "topic:2", "$.msg"]
highlight = [{ matches = "fail", color = "red" }]
[[tile]]
kind = "table"
name = "Sensors"
topic = "sensor/+"
columns = [
    { name = "Sensor", path = "topic:2" },
    { name = "Temp", path = "$.t", unit = "°C" },
    { name = "Battery", path = "$.b", unit = "%", zones = [{ from = 0, color = "red", label = "low" }, { from = 20, color = "green" }] },
    { name = "Heard", path = "age" },
]
sort = "-Battery"
[[tile]]
kind = "table"
name = "Slots"
topic = "slots"
rows = "$.slots"
columns = [{ name = "Slot", path = "key" }, { name = "Job", path = "$.job" }]
[[tile]]
kind = "panel"
name = "Plug"
availability = { topic = "plug/lwt" }
rows = [
  { kind = "switch", name = "Power", topic = "plug/power", publish_topic = "plug/set" },
  { kind = "text", name = "Draw", topic = "tele/plug/draw", unit = "W", stale = "1m" },
  { kind = "led", name = "Door", topic = "door", states = [{ payload = "0", label = "Closed", color = "green" }] },
  { kind = "range", name = "Limit", topic = "plug/limit", unit = "%" },
  { kind = "color", name = "Lamp", topic = "plug/lamp" },
  { kind = "choice", name = "Mode", topic = "plug/mode", options = [{ label = "Eco", payload = "1" }] },
  { kind = "progress", name = "Wash", topic = "print" },
  { kind = "button", name = "Reset", publish_topic = "plug/reset", label = "Reset the meter" },
]
[[tile]]
kind = "panel"
name = "Gate"
rows = [
  { kind = "switch", name = "Motor", topic = "plug/broken", publish_topic = "gate/set" },
  { kind = "gauge", name = "Load of the motor", topic = "load", unit = "%", zones = [{ from = 50, label = "high" }] },
  { kind = "range", name = "Opening", topic = "door/text" },
]
[[tile]]
kind = "switch"
name = "Plug"
topic = "plug/power"
[[tile]]
kind = "choice"
name = "Mode"
topic = "plug/mode"
options = [{ label = "Eco", payload = "1" }]
[[tile]]
kind = "color"
name = "Lamp"
topic = "plug/lamp"
"#;

fn app_with_kinds(size: (u16, u16)) -> App {
    let mut app = app_with_dashboard(size, KINDS_TOML);
    let rounds = [
        [("load", "20"), ("print", "10"), ("door", "0")],
        [("load", "92"), ("print", "20"), ("pump", "off")],
        [("load", "64.5"), ("print", "30"), ("fault", "7")],
        [("speed", "41"), ("hall", "21.4"), ("valve", "62")],
        [("plug/power", "1"), ("tele/plug/draw", "1204"), ("plug/limit", "30")],
        [("plug/lamp", "#ff8800"), ("plug/mode", "1"), ("plug/broken", "?")],
        [("door/text", "wide open"), ("door", "0"), ("fault", "7")],
        [("camera", "{\"x\": 50, \"y\": -50}"), ("hall", "21.4"), ("valve", "62")],
        [
            ("ship/Ada", r#"{"lat": 36.1, "lon": -5.3}"#),
            ("ship/Byte", r#"{"lat": 1.2, "lon": 103.8}"#),
            ("phone/Ann", r#"{"lat": 52.5163, "lon": 13.3777}"#),
        ],
        [
            ("phone/Ann", r#"{"lat": 52.5145, "lon": 13.3701}"#),
            ("phone/Ben", r#"{"lat": 52.5190, "lon": 13.3740}"#),
            ("phone/Cy", r#"{"lat": 95, "lon": 13}"#),
        ],
        [
            ("log/hub", r#"{"msg":"started"}"#),
            ("log/esp-kitchen", "wifi: 12 networks"),
            ("sensor/garage", r#"{"t":3,"b":7}"#),
        ],
        [
            ("sensor/hall", r#"{"t":21.4,"b":88}"#),
            ("sensor/attic", "?"),
            ("log/hub", r#"{"msg":"backup failed:\nno space left"}"#),
        ],
        [
            ("sensor/cellar", r#"{"t":9.5,"b":100}"#),
            ("slots", r#"{"slots":{"a":{"job":"PETG bracket"},"b":{"job":null}}}"#),
            ("log/hub", "ok"),
        ],
    ];
    for (round, seconds) in rounds.iter().zip([300, 290, 280, 280, 280, 280, 280, 280, 280, 279, 279, 278, 277]) {
        let at = Time::from_millis(NOW.as_millis() - 1_000 * seconds);
        let messages = round.map(|(topic, payload)| message(topic, payload.as_bytes()));
        app.update(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), ConnectionEvent::messages(messages))), at);
        app.resolve_values(at);
    }
    app
}

/// Draws a panel of the dashboard, whose second row is selected.
fn draw_panel(buf: &mut Buffer, area: Rect, dashboard: &OpenDashboard, index: usize, config: &UiConfig, now: Time) {
    let states: Vec<_> = dashboard
        .rows_of(index)
        .filter_map(|row| dashboard.tile(row))
        .map(|(tile, state)| TileRenderState {
            selected: false,
            connected: true,
            permissions_granted: true,
            control: tile.is_control().then_some(TileControl {
                mark: Some(PressMark::Direct),
                hold_progress: None,
                steered: None,
            }),
            error: state.error.as_ref().map(Cow::Borrowed),
        })
        .collect();
    let rows: Vec<_> = dashboard
        .rows_of(index)
        .filter_map(|row| dashboard.tile(row))
        .zip(&states)
        .map(|((tile, state), render_state)| TileView { tile, state, render_state, config, now })
        .collect();
    let (tile, state) = dashboard.tile(index).unwrap();
    let render_state =
        TileRenderState { selected: true, connected: true, permissions_granted: true, control: None, error: None };
    panel::draw(buf, area, TileView { tile, state, render_state: &render_state, config, now }, &rows, Some(1));
}

fn draw_tile(buf: &mut Buffer, area: Rect, (tile, state): (&Tile, &TileState), config: &UiConfig, now: Time) {
    let control = tile.is_control().then_some(TileControl { mark: None, hold_progress: None, steered: None });
    let render_state =
        TileRenderState { selected: false, connected: true, permissions_granted: true, control, error: None };
    tile::draw(buf, area, TileView { tile, state, render_state: &render_state, config, now });
}

/// Draws a tile or a panel of the definition.
fn draw_any(buf: &mut Buffer, area: Rect, dashboard: &OpenDashboard, number: usize, config: &UiConfig, now: Time) {
    let index = dashboard.index_of_origin(&TileOrigin::Tile(number)).unwrap();
    match dashboard.tile(index).unwrap() {
        (tile, _) if tile.is_panel() => draw_panel(buf, area, dashboard, index, config, now),
        tile => draw_tile(buf, area, tile, config, now),
    }
}

/// Draws a page with each tile at each size.
fn kinds_page(config: &UiConfig) -> Buffer {
    let now = Time::from_millis(NOW.as_millis() - 275_000);
    let app = app_with_kinds((200, 60));
    let dashboard = &app.dashboards[0];
    let count = u16::try_from(dashboard.definition.tiles.len()).unwrap();
    let rows_of = |(width, _): (u16, u16)| count.div_ceil(PAGE_WIDTH / width);
    let height = TILE_SIZES.iter().map(|size| rows_of(*size) * size.1).sum();
    let mut buf = Buffer::empty(Rect::new(0, 0, PAGE_WIDTH, height));
    buf.set_style(buf.area, config.theme.base());
    let mut top = 0;
    for (width, height) in TILE_SIZES {
        let columns = PAGE_WIDTH / width;
        for index in 0..count {
            let area = Rect::new(index % columns * width, top + index / columns * height, width, height);
            draw_any(&mut buf, area, dashboard, index.into(), config, now);
        }
        top += rows_of((width, height)) * height;
    }
    config.glyphs.replace_missing(&mut buf);
    buf
}

#[test]
fn page_has_every_kind_that_has_a_tile_without_a_picture() {
    let app = app_with_kinds((80, 24));
    let shown: BTreeSet<_> = app.dashboards[0].definition.tiles.iter().map(|tile| tile.kind.name()).collect();
    let missing: Vec<_> = kind::all().map(|kind| kind.name()).filter(|name| !shown.contains(name)).collect();
    assert_eq!(missing, ["image", "heading"]);
}

#[test]
fn every_kind_is_readable_at_three_sizes() {
    let page = super::super::frame::to_plain_text(&kinds_page(&ui_config(ColorDepth::TrueColor)));
    assert_snapshot!("kinds", page);
    let config = |glyphs| UiConfig { glyphs, ..ui_config(ColorDepth::None) };
    let console = super::super::frame::to_plain_text(&kinds_page(&config(GlyphSet::Basic)));
    assert_eq!(super::super::glyph_set::tests::missing_glyphs(&console), "", "{console}");
    assert_snapshot!("kinds-console", console);
    let ascii = super::super::frame::to_plain_text(&kinds_page(&config(GlyphSet::Ascii)));
    let others: String = ascii.chars().filter(|c| !c.is_ascii() && !GLYPHS_OF_USER.contains(*c)).collect();
    assert_eq!(others, "", "{ascii}");
}

#[test]
fn every_kind_has_the_styles_of_every_theme() {
    for (name, theme) in themes() {
        let page = kinds_page(&UiConfig { theme, ..ui_config(ColorDepth::TrueColor) });
        assert_snapshot!(format!("kinds-{name:?}"), style_map(&page));
    }
}

#[test]
fn every_kind_is_readable_as_a_row_of_a_list() {
    for (size, name) in [((40, 12), "kinds-list-40x12"), ((80, 24), "kinds-list-80x24")] {
        let mut app = app_with_kinds(size);
        app.dashboards[0].definition.view = DashboardView::List;
        render_on_console(&app, NOW);
        assert_snapshot!(name, render(&app, ColorDepth::TrueColor));
    }
}

#[test]
fn every_kind_is_drawn_in_full() {
    let kinds = app_with_kinds((80, 24)).dashboards[0].definition.tiles.len();
    for index in 0..kinds {
        for size in SCREEN_SIZES {
            let mut app = app_with_kinds(size);
            apply_actions(&mut app, &[Action::SelectTile(index), Action::ShowDetail]);
            render_on_console(&app, NOW);
        }
    }
}

#[test]
fn qr_code_that_does_not_fit_its_tile_is_enlarged() {
    let mut app = app_with_kinds((80, 24));
    let index = app.dashboards[0].definition.tiles.iter().position(|tile| tile.kind.name() == "qr").unwrap();
    apply_actions(&mut app, &[Action::SelectTile(index), Action::Press]);
    let screen = render(&app, ColorDepth::TrueColor);
    assert!(screen.contains("█ ▄▄▄▄▄ █"), "{screen}");
}

#[test]
fn every_kind_fits_every_size() {
    let app = app_with_kinds((80, 24));
    let samples = kind::all().map(|kind| {
        let (kind, payload) = kind.sample();
        let tile = Tile::new(kind);
        let state = TileState::resolved_from(&tile, (&message("t", payload.as_bytes())).into(), NOW);
        (tile, state)
    });
    let samples: Vec<_> = samples.collect();
    for glyphs in [GlyphSet::Full, GlyphSet::Basic, GlyphSet::Ascii] {
        let config = UiConfig { glyphs, ..ui_config(ColorDepth::TrueColor) };
        for (width, height) in (0..40).flat_map(|width| (0..12).map(move |height| (width, height))) {
            let area = Rect::new(0, 0, width, height);
            for (tile, state) in &samples {
                let mut buf = Buffer::empty(area);
                draw_tile(&mut buf, area, (tile, state), &config, NOW);
            }
            let mut buf = Buffer::empty(area);
            for index in 0..app.dashboards[0].definition.tiles.len() {
                draw_any(&mut buf, area, &app.dashboards[0], index, &config, NOW);
            }
        }
    }
}

/// An app with a log and a table of many devices, some with names that are wide or long.
fn app_with_devices(size: (u16, u16)) -> App {
    let tiles = r#"
[[tile]]
kind = "log"
name = "Log"
topic = "log/+"
columns = ["time", "topic:2", "payload"]
highlight = [{ matches = "(?i)error", color = "red" }]
[[tile]]
kind = "table"
name = "Devices"
topic = "z/+"
columns = [
    { name = "Device", path = "topic:2" },
    { name = "Link", path = "$.lqi" },
    { name = "Battery", path = "$.battery", unit = "%", zones = [{ from = 0, color = "red", label = "low" }, { from = 20, color = "green" }] },
    { name = "Heard", path = "age" },
]
sort = "Battery"
"#;
    let mut app = app_with_dashboard(size, tiles);
    let devices = ["日本語の温度計", "Küche", "a-device-with-a-name-that-is-far-too-long-for-a-table", "hall\u{1b}[2J"];
    let names = (0..30_u32).map(|number| match devices.get(number as usize) {
        Some(name) => (*name).to_owned(),
        None => format!("plug-{number}"),
    });
    let mut messages: Vec<_> = (0..)
        .zip(names)
        .map(|(number, name): (u32, String)| {
            let payload = format!(r#"{{"lqi":{},"battery":{}}}"#, number * 37 % 255, number * 53 % 100);
            message(&format!("z/{name}"), payload.as_bytes())
        })
        .collect();
    messages.extend((0..30_u32).map(|number| match number {
        28 => message("log/日本", "エラー: an ERROR in wide characters, and so long that it does not fit".as_bytes()),
        29 => message("log/hub", &[0xff, 0, 0x1b, 0x80]),
        _ => message("log/hub", format!("line {number}").as_bytes()),
    }));
    app.update(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), ConnectionEvent::messages(messages))), NOW);
    app.resolve_values(NOW);
    app
}

#[test]
fn all_lines_and_rows_are_in_the_detail_view() {
    for (index, name) in [(0, "log"), (1, "table")] {
        for (size, suffix) in [((80, 24), "80x24"), ((40, 12), "40x12")] {
            let mut app = app_with_devices(size);
            apply_actions(&mut app, &[Action::SelectTile(index), Action::ShowDetail]);
            assert_snapshot!(format!("detail-{name}-{suffix}"), render(&app, ColorDepth::TrueColor));
        }
        let mut app = app_with_devices((80, 24));
        apply_actions(&mut app, &[Action::SelectTile(index), Action::ShowDetail]);
        draw_frame(&mut app);
        apply_actions(&mut app, &[Action::MoveInDialog(Direction::Last)]);
        let last = ["line 0", "plug-15"][index];
        let screen = render(&app, ColorDepth::TrueColor);
        assert!(screen.contains(last) && screen.contains('▲') && !screen.contains('▼'), "{screen}");
    }
}

#[test]
fn wide_and_hostile_names_stay_in_their_columns() {
    for (size, name) in [((80, 24), "devices-80x24"), ((40, 12), "devices-40x12")] {
        let app = app_with_devices(size);
        assert_snapshot!(name, render(&app, ColorDepth::TrueColor));
    }
}

#[test]
fn highlighted_line_is_bold_without_colors() {
    let app = app_with_devices((80, 24));
    let mut buf = Buffer::empty(Rect::new(0, 0, 40, 6));
    let area = buf.area;
    draw_tile(&mut buf, area, app.dashboards[0].tile(0).unwrap(), &ui_config(ColorDepth::None), NOW);
    let bold_rows: Vec<u16> = (1..5)
        .filter(|y| (2..38).any(|x| buf[(x, *y)].symbol() != " " && buf[(x, *y)].modifier.contains(Modifier::BOLD)))
        .collect();
    assert_eq!(bold_rows, [3], "{}", super::super::frame::to_plain_text(&buf));
}

#[test]
fn last_row_is_above_the_number_of_those_that_are_left_out() {
    let tiles = r#"
[[tile]]
kind = "table"
topic = "z"
rows = "$[*]"
columns = [{ name = "Id", path = "$.id" }]
"#;
    let mut app = app_with_dashboard((80, 24), tiles);
    let elements: Vec<String> = (0..1_003).map(|id| format!(r#"{{"id":"row {id}"}}"#)).collect();
    let message = message("z", format!("[{}]", elements.join(",")).as_bytes());
    app.update(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), ConnectionEvent::messages(vec![message]))), NOW);
    app.resolve_values(NOW);
    apply_actions(&mut app, &[Action::ShowDetail]);
    draw_frame(&mut app);
    apply_actions(&mut app, &[Action::MoveInDialog(Direction::Last)]);
    let screen = render(&app, ColorDepth::TrueColor);
    assert!(screen.contains("row 999") && screen.contains("+3"), "{screen}");
}
