//! What is loaded: a dashboard of many tiles, and what is sent to them.

use std::fmt::Write as _;

use mqtt_dash::{
    app::{App, Event, Opened, Sheet},
    model::{
        line::{LineEvent, LineId, LineState, Message, Qos},
        profile::Profile,
        time::Time,
    },
    store::read_dashboard,
    ui::{Look, draw, screen::Screen, theme::Depth},
};

/// The size of the terminals.
pub const SIZE: (u16, u16) = (200, 60);
/// When everything happens that needs no clock.
pub const NOW: Time = Time::from_millis(1_700_000_000_000);

/// A dashboard of so many tiles, each with a topic and a JSON path of its own, behind one that shows
/// what comes on `watch`, or on any topic.
pub fn board(tiles: usize, all: bool) -> String {
    let topic = if all { "#" } else { "watch" };
    let mut board = format!(
        "title = \"Load\"\ntile_size = \"small\"\n\
         [[tile]]\nkind = \"switch\"\nname = \"Press\"\npublish_topic = \"set\"\n\
         [[tile]]\nkind = \"text\"\nname = \"Watch\"\ntopic = \"{topic}\"\ntext_size = \"small\"\npublish = false\n"
    );
    for number in 0..tiles {
        let kind = match number % 4 {
            0 => "kind = \"range\"\njson_path = \"$.value\"",
            1 => "kind = \"switch\"\njson_path = \"$.on\"",
            _ => "kind = \"text\"\ntext_size = \"small\"\njson_path = \"$.value\"",
        };
        let _ =
            write!(board, "[[tile]]\n{kind}\nname = \"Tile {number}\"\ntopic = \"load/{number}\"\npublish = false\n");
    }
    board
}

/// What is sent to such a tile: about 100 bytes of JSON.
pub fn payload(number: usize) -> String {
    format!(
        "{{\"value\":{},\"on\":{},\"unit\":\"°C\",\"room\":\"the one with the window to the south\",\"seq\":{}}}",
        number % 101,
        number % 2,
        10_000_000 + number % 1_000_000,
    )
}

/// An app that shows such a dashboard, on a line that is up.
pub fn app(tiles: usize) -> App {
    let dashboard = read_dashboard("bench.toml", &board(tiles, false)).expect("a dashboard");
    let sheets = vec![Sheet { name: "bench".to_owned(), path: None, dashboard }];
    let mut app = App::new(SIZE);
    app.update(Event::Opened(Box::new(Opened { line: LineId(0), profile: Profile::default(), sheets })), NOW);
    app.update(Event::Line(LineId(0), LineEvent::State(LineState::Connected)), NOW);
    app
}

/// Gives it a message for each of these tiles.
pub fn tell(app: &mut App, tiles: std::ops::Range<usize>, number: usize) {
    let message = |tile: usize| Message {
        topic: format!("load/{tile}").into(),
        payload: payload(number).as_bytes().into(),
        qos: Qos::AtMostOnce,
        retain: false,
    };
    app.update(Event::Line(LineId(0), LineEvent::Messages(tiles.map(message).collect())), NOW);
}

/// How it looks.
pub fn look() -> Look {
    Look::plain(Depth::True)
}

/// The bytes of its next frame.
pub fn frame(app: &mut App, screen: &mut Screen, look: &Look) -> usize {
    app.settle(NOW);
    screen.frame(app.size, |buf| draw(buf, app, look, NOW)).len()
}
