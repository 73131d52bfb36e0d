//! What things cost, as far as it can be counted and is no matter of time: allocations, memory that
//! stays, bytes to the terminal, writes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

use std::fmt::Write as _;

use allocation_counter::measure;
use mqtt_dash::{
    app::{App, Event, Opened, Sheet},
    model::{
        extract::{JsonPath, find_all},
        line::{LineEvent, LineId, LineState, Message, Qos},
        profile::Profile,
        time::Time,
    },
    store::read_dashboard,
    ui::{Look, draw, screen::Screen, theme::Depth},
};

#[cfg(target_os = "linux")]
#[path = "support/pty.rs"]
#[allow(dead_code, reason = "each program uses a part of it")]
mod pty;
#[cfg(target_os = "linux")]
#[path = "../benches/support/wire.rs"]
#[allow(dead_code, reason = "each program uses a part of it")]
mod wire;

const NOW: Time = Time::from_millis(1_700_000_000_000);
const SIZE: (u16, u16) = (200, 60);

/// Tiles with a topic and a JSON path each, and one without a path for this filter.
fn board(tiles: usize, filter: &str) -> String {
    let mut board = format!(
        "tile_size = \"small\"\n[[tile]]\nkind = \"text\"\nname = \"Others\"\ntopic = \"{filter}\"\npublish = false\n"
    );
    for number in 0..tiles {
        let kind = ["text", "range", "switch", "text"][number % 4];
        let _ = write!(
            board,
            "[[tile]]\nkind = \"{kind}\"\nname = \"Tile {number}\"\ntopic = \"house/room/{number}\"\n\
             json_path = \"$.value\"\npublish = false\n"
        );
    }
    board
}

fn app(tiles: usize, filter: &str) -> App {
    let dashboard = read_dashboard("costs.toml", &board(tiles, filter)).unwrap();
    let sheets = vec![Sheet { name: "costs".to_owned(), path: None, dashboard }];
    let mut app = App::new(SIZE);
    app.update(Event::Opened(Box::new(Opened { line: LineId(0), profile: Profile::default(), sheets })), NOW);
    app.update(Event::Line(LineId(0), LineEvent::State(LineState::Connected)), NOW);
    app
}

fn message(topic: &str, number: usize) -> Message {
    let payload = format!(
        "{{\"value\":{},\"unit\":\"°C\",\"room\":\"the one with the window to the south\",\"seq\":{}}}",
        number % 101,
        10_000_000 + number
    );
    Message { topic: topic.into(), payload: payload.as_bytes().into(), qos: Qos::AtMostOnce, retain: false }
}

/// A batch with one message for each tile.
fn batch(tiles: usize, number: usize) -> Event {
    let messages = (0..tiles).map(|tile| message(&format!("house/room/{tile}"), number * 7 + tile)).collect();
    Event::Line(LineId(0), LineEvent::Messages(messages))
}

fn frame(app: &mut App, screen: &mut Screen) -> Vec<u8> {
    app.settle(NOW);
    screen.frame(app.size, |buf| draw(buf, app, &Look::plain(Depth::True), NOW))
}

#[test]
fn a_tile_with_its_last_messages_takes_less_than_four_kilobytes() {
    const TILES: usize = 500;
    let mut kept = None;
    let info = measure(|| {
        let mut app = app(TILES, "others");
        for number in 0..25 {
            app.update(batch(TILES, number), NOW);
            app.settle(NOW);
        }
        kept = Some(app);
    });
    let each = info.bytes_current / i64::try_from(TILES).unwrap();
    assert!((1..4_096).contains(&each), "{each} bytes for each tile");
}

#[test]
fn messages_leave_nothing_behind() {
    const TILES: usize = 200;
    let (mut app, mut screen) = (app(TILES, "others"), Screen::default());
    let mut take = |numbers: std::ops::Range<usize>| {
        for number in numbers {
            app.update(batch(TILES, number), NOW);
            if number % 10 == 0 {
                frame(&mut app, &mut screen);
            }
        }
        frame(&mut app, &mut screen);
    };
    take(0..50);
    let info = measure(|| take(50..300));
    assert!(info.bytes_current.abs() < 4_000, "{} bytes stay of {} messages", info.bytes_current, 250 * TILES);
}

#[test]
fn taking_a_message_in_allocates_nothing() {
    const TILES: usize = 200;
    let mut app = app(TILES, "others");
    for number in 0..30 {
        app.update(batch(TILES, number), NOW);
    }
    let batches: Vec<Event> = (30..80).map(|number| batch(TILES, number)).collect();
    let info = measure(|| {
        for event in batches {
            app.update(event, NOW);
        }
    });
    assert!(info.count_total <= 50, "{} allocations for {} messages", info.count_total, 50 * TILES);
}

#[test]
fn topics_that_reach_no_tile_cost_nothing_and_those_of_a_wildcard_nothing_that_stays() {
    for (filter, most) in [("others", 0), ("#", 2_000)] {
        let mut app = app(20, filter);
        let event = |first: usize| {
            let messages =
                (first..first + 500).map(|number| message(&format!("elsewhere/{number}/state"), 7)).collect();
            Event::Line(LineId(0), LineEvent::Messages(messages))
        };
        // The first thousand topics are remembered, for fields that complete them.
        for turn in 0..2 {
            app.update(event(turn * 500), NOW);
            app.settle(NOW);
        }
        let mut stays = 0;
        for turn in 2..42 {
            stays += measure(|| {
                app.update(event(turn * 500), NOW);
                app.settle(NOW);
            })
            .bytes_current;
        }
        assert!(stays <= most, "{filter}: {stays} bytes stay of 20,000 topics");
    }
}

#[test]
fn frames_say_what_changes_and_nothing_else() {
    const TILES: usize = 200;
    let (mut app, mut screen) = (app(TILES, "others"), Screen::default());
    app.update(batch(TILES, 0), NOW);
    frame(&mut app, &mut screen);
    assert_eq!(frame(&mut app, &mut screen), b"", "nothing has changed");
    app.update(Event::Line(LineId(0), LineEvent::Messages([message("house/room/6", 99)].into())), NOW);
    let one = frame(&mut app, &mut screen).len();
    assert!((20..150).contains(&one), "one tile is {one} bytes");
    app.update(batch(TILES, 1), NOW);
    let all = frame(&mut app, &mut screen).len();
    assert!(all < TILES * 100, "all tiles are {all} bytes");
}

#[test]
fn a_payload_is_read_once_and_never_held_whole() {
    let entry = |number: usize| format!("\"sensor{number:02}\":{{\"list\":[1,2,3],\"value\":{number}}}");
    let payload = format!("{{{}}}", (0..100).map(entry).collect::<Vec<_>>().join(","));
    let paths: Vec<JsonPath> =
        (0..4).map(|number| JsonPath::parse(&format!("$.sensor{:02}.value", number * 30)).unwrap()).collect();
    let paths: Vec<&JsonPath> = paths.iter().collect();
    let mut found = Vec::new();
    let info = measure(|| found = find_all(payload.as_bytes(), &paths));
    assert_eq!(found, ["0", "30", "60", "90"].map(|text| Ok(text.to_owned())));
    assert!(info.count_total <= 40, "{} allocations", info.count_total);
    assert!(info.bytes_max <= 2_000, "{} bytes of {}", info.bytes_max, payload.len());
}

/// What the kernel says of the thread that writes to the terminal: how many writes, how many bytes.
#[cfg(target_os = "linux")]
fn written(pid: i32) -> (u64, u64) {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap().map(|task| task.unwrap().path());
    let named =
        |task: &std::path::PathBuf| std::fs::read_to_string(task.join("comm")).is_ok_and(|name| name == "screen\n");
    let writer = tasks.into_iter().find(named).expect("a thread for the screen");
    let io = std::fs::read_to_string(writer.join("io")).unwrap();
    let figure = |name: &str| {
        let line = io.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().parse::<u64>().unwrap()
    };
    (figure("syscw:"), figure("wchar:"))
}

#[cfg(target_os = "linux")]
#[test]
fn a_frame_is_one_write() {
    const BEGIN: &[u8] = b"\x1b[?2026h";
    const END: &[u8] = b"\x1b[?2026l";
    const TILES: usize = 100;
    let (listener, url) = wire::Wire::listen();
    let program = pty::Program::new(&["open", "costs", "--url", &url]).size(SIZE.0, SIZE.1);
    let mut program = program.file("dashboards/costs.toml", &board(TILES, "others")).start();
    let wire = wire::Wire::accept(&listener);
    wire.subscribed(TILES + 1, pty::LIMIT).expect("it subscribes");
    program.wait_text("● connected");
    for number in 0..20 {
        for tile in 0..TILES {
            wire.send(&wire::message(&format!("house/room/{tile}"), &format!("{{\"value\":{}}}", number * 3 + tile)));
        }
        wire.send(&wire::message("others", &format!("turn {number}!")));
        program.wait_text(&format!("turn {number}!"));
    }
    // Nothing may be on its way while it is counted: that is so as soon as two looks agree.
    let (writes, bytes, seen) = loop {
        let (writes, bytes) = written(program.pid.as_raw_nonzero().get());
        let seen = program.bytes();
        let begin = seen.windows(BEGIN.len()).position(|piece| piece == BEGIN).unwrap();
        if seen.ends_with(END) && written(program.pid.as_raw_nonzero().get()) == (writes, bytes) {
            break (writes, bytes, seen[begin..].to_vec());
        }
        std::thread::yield_now();
    };
    let frames = seen.windows(BEGIN.len()).filter(|piece| *piece == BEGIN).count() as u64;
    assert!(frames >= 20, "{frames}");
    // Each write beyond a frame wakes the loop, and is eight bytes.
    let wakes = (bytes - seen.len() as u64) / 8;
    assert_eq!(bytes, seen.len() as u64 + wakes * 8, "frames and wakes are all that is written");
    assert_eq!(writes - wakes, frames);
    program.type_text("q");
    assert_eq!(program.ended(), 0);
}
