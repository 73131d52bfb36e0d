//! The steps that every message or every frame goes through.

use std::sync::Arc;

use divan::{Bencher, black_box, counter::ItemsCount};
use mqtt_dash::{
    app::{App, Event, MqttEvent},
    model::{
        batch::Batch,
        connection::ConnectionEvent,
        json_path::{JsonPath, parse_json},
        router::Router,
        topic::TopicFilter,
    },
    ui::{draw, layout::ScreenLayout},
};
use ratatui::{buffer::Buffer, layout::Rect};

#[path = "../tests/fixtures/mod.rs"]
mod fixtures;

use fixtures::{
    app::CONNECTION,
    load::{self, NOW, SIZE, message},
};

const TILES: usize = 200;
const PAYLOAD: &str = r#"{"temperature":21.5,"adc":1234,"rssi":-61,"heap":184672,"uptime":86400,"list":[1,2,3]}"#;

fn main() {
    print_frame_sizes();
    divan::main();
}

/// Prints how many bytes frames have.
fn print_frame_sizes() {
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let mut app = app();
    let mut screen = load::FrameBuffers::default();
    let theme = load::theme();
    let mut frame = |app: &mut App| load::render_frame(app, &mut screen, &theme).len();
    let first = frame(&mut app);
    let unchanged = frame(&mut app);
    app.update(
        Event::Mqtt(MqttEvent::Connection(CONNECTION, ConnectionEvent::messages([message(7, "{\"value\":99}")]))),
        NOW,
    );
    let one = frame(&mut app);
    app.update(
        Event::Mqtt(MqttEvent::Connection(
            CONNECTION,
            ConnectionEvent::messages((0..TILES).map(|n| message(n, "{\"value\":42}"))),
        )),
        NOW,
    );
    let all = frame(&mut app);
    println!(
        "bytes of a frame of {TILES} tiles: {first} the first, {unchanged} unchanged, {one} one tile, {all} all tiles\n"
    );
}

/// The program with a value on each tile.
fn app() -> App {
    let mut app = load::app(TILES, "watch");
    app.update(load::batch(0..TILES, 1), NOW);
    app.resolve_values(NOW);
    app
}

/// Routing topics to tiles, one in ten of which has a wildcard.
#[divan::bench(args = [10, 1_000, 10_000])]
fn route(bencher: Bencher, tiles: usize) {
    let mut router = Router::default();
    for number in 0..tiles {
        let filter = match number % 10 {
            0 => format!("house/+/{number}"),
            _ => format!("house/room/{number}"),
        };
        router.insert(&TopicFilter::new(&filter).expect("a valid filter"), number);
    }
    let topics: Vec<String> = (0..1_000).map(|number| format!("house/room/{}", number * 7 % tiles)).collect();
    bencher.counter(ItemsCount::new(topics.len())).bench(|| {
        let mut routed = 0_usize;
        for topic in &topics {
            router.route(black_box(topic), &mut |_| routed += 1);
        }
        routed
    });
}

/// Reading a payload and extracting a value.
#[divan::bench(args = ["$.adc", "$.list[1]", "$.list[?@ > 1]"])]
fn extract(bencher: Bencher, path: &str) {
    let path = JsonPath::parse(path).expect("a valid path");
    bencher.bench(|| {
        let json = parse_json(black_box(PAYLOAD.as_bytes())).expect("valid JSON");
        path.find(&json)
    });
}

/// Receiving a batch of messages.
#[divan::bench]
fn receive(bencher: Bencher) {
    let mut app = app();
    let messages: Arc<Batch> = Arc::new((0..500).map(|number| message(number % TILES, PAYLOAD)).collect());
    bencher.counter(ItemsCount::new(messages.len())).with_inputs(|| Arc::clone(&messages)).bench_local_values(
        |messages| app.update(Event::Mqtt(MqttEvent::Connection(CONNECTION, ConnectionEvent::Messages(messages))), NOW),
    );
}

/// Resolving the values of 200 tiles.
#[divan::bench]
fn settle(bencher: Bencher) {
    let messages: Arc<Batch> = Arc::new((0..TILES).map(|number| message(number, "{\"value\":42}")).collect());
    let app = std::cell::RefCell::new(app());
    bencher
        .counter(ItemsCount::new(TILES))
        .with_inputs(|| {
            app.borrow_mut().update(
                Event::Mqtt(MqttEvent::Connection(CONNECTION, ConnectionEvent::Messages(Arc::clone(&messages)))),
                NOW,
            );
        })
        .bench_local_values(|()| app.borrow_mut().resolve_values(NOW));
}

/// Drawing all visible tiles.
#[divan::bench]
fn draw_tiles(bencher: Bencher) {
    let (app, theme, mut layout) = (app(), load::theme(), ScreenLayout::default());
    let mut buffer = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
    bencher.bench_local(|| {
        buffer.reset();
        draw(&mut buffer, &app, &theme, NOW, &mut layout);
    });
}

/// Rendering a frame in which no tile, one tile or every tile has changed.
#[divan::bench(args = [0, 1, 200])]
fn frame(bencher: Bencher, changed: usize) {
    let theme = load::theme();
    let state = std::cell::RefCell::new((app(), load::FrameBuffers::default(), 0_u32));
    bencher
        .with_inputs(|| {
            let (app, _, round) = &mut *state.borrow_mut();
            *round += 1;
            let payload = format!("{{\"value\":{}}}", *round % 10);
            let messages = ConnectionEvent::messages((0..changed).map(|number| message(number, &payload)));
            app.update(Event::Mqtt(MqttEvent::Connection(CONNECTION, messages)), NOW);
            app.resolve_values(NOW);
        })
        .bench_local_values(|()| {
            let (app, buffers, _) = &mut *state.borrow_mut();
            let load::FrameBuffers { encoder, layout } = buffers;
            encoder.encode(app.size, |buffer| draw(buffer, app, &theme, NOW, layout))
        });
}
