//! The cost of messages and frames as far as it can be counted: allocations and memory that is not
//! freed. The counting allocator is the allocator of the whole process, so these tests have a binary of
//! their own.

#[path = "fixtures/mod.rs"]
mod fixtures;

use std::ops::Range;

use allocation_counter::measure;
use mqtt_dash::{
    app::{Action, Event, MqttEvent},
    model::{
        connection::ConnectionEvent,
        json_path::{JsonPath, find_all},
    },
};

use fixtures::{
    app::{self, CONNECTION},
    load::{self, NOW},
};

/// A batch with one message for each tile.
fn batch(tiles: usize, number: usize) -> Event {
    let message = |tile: usize| load::message(tile, &load::payload(number * 7 + tile));
    Event::Mqtt(MqttEvent::Connection(CONNECTION, ConnectionEvent::messages((0..tiles).map(message))))
}

#[test]
fn tile_with_its_history_takes_less_than_4096_bytes() {
    const TILES: usize = 500;
    let mut opened = None;
    let info = measure(|| {
        let mut app = load::app(TILES, "others");
        for number in 0..25 {
            app.update(batch(TILES, number), NOW);
            app.resolve_values(NOW);
        }
        opened = Some(app);
    });
    let per_tile = info.bytes_current / i64::try_from(TILES).unwrap();
    assert!((1..4_096).contains(&per_tile), "{per_tile} bytes per tile");
}

#[test]
fn messages_and_frames_leave_no_memory_allocated() {
    const TILES: usize = 200;
    let (mut app, mut screen, theme) = (load::app(TILES, "others"), load::FrameBuffers::default(), load::theme());
    let mut receive = |numbers: Range<usize>| {
        for number in numbers {
            app.update(batch(TILES, number), NOW);
            if number % 10 == 0 {
                load::render_frame(&mut app, &mut screen, &theme);
            }
        }
        load::render_frame(&mut app, &mut screen, &theme);
    };
    receive(0..50);
    let info = measure(|| receive(50..300));
    assert!(info.bytes_current.abs() < 4_000, "{} bytes left by {} messages", info.bytes_current, 250 * TILES);
}

#[test]
fn receiving_messages_allocates_nothing() {
    const TILES: usize = 200;
    let mut app = load::app(TILES, "others");
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
fn log_and_table_keep_no_more_than_their_limits() {
    let tiles = "[[tile]]\nkind = \"log\"\ntopic = \"l/+\"\n[[tile]]\nkind = \"table\"\ntopic = \"l/+\"\n";
    let mut app = load::app_of(tiles);
    let batch = |number: usize| {
        let message = |topic: usize| app::message(&format!("l/{topic}"), load::payload(number * 500 + topic));
        Event::Mqtt(MqttEvent::Connection(CONNECTION, ConnectionEvent::messages((0..500).map(message))))
    };
    let mut receive = |events: Vec<Event>| {
        for event in events {
            app.update(event, NOW);
            app.resolve_values(NOW);
        }
    };
    receive((0..4).map(batch).collect());
    // What is measured frees the messages, too.
    let mut events: Vec<Event> = Vec::new();
    let made = measure(|| events = (4..24).map(batch).collect());
    let info = measure(|| receive(events));
    let left = made.bytes_current + info.bytes_current;
    assert!(left.abs() < 20_000, "{left} bytes left by 10,000 messages");
    let per_message = info.count_total / 10_000;
    assert!(per_message <= 14, "{per_message} allocations for each message");
}

/// A template with two tiles for each device.
const DEVICES: &str = "[[for_each]]\ntopic = \"dev/{id}/value\"\nsort = \"name\"\nlimit = 10000\n\
    [[for_each.tile]]\nkind = \"text\"\nname = \"{id}\"\ntopic = \"dev/{id}/value\"\npublish = false\n\
    [[for_each.tile]]\nkind = \"switch\"\nname = \"{id}\"\ntopic = \"dev/{id}/power\"\npublish_topic = \"set/{id}\"\n";

/// A batch with one message of each of these devices.
fn device_messages(devices: Range<usize>) -> Event {
    let message = |device: usize| app::message(&format!("dev/device-{device:05}/value"), "21.5");
    Event::Mqtt(MqttEvent::Connection(CONNECTION, ConnectionEvent::messages(devices.map(message))))
}

#[test]
fn tile_of_a_device_takes_less_than_5120_bytes() {
    const COUNT: usize = 9_900;
    let mut opened = None;
    let info = measure(|| {
        let mut app = load::app_of(DEVICES);
        for first in (0..COUNT).step_by(1_000) {
            app.update(device_messages(first..(first + 1_000).min(COUNT)), NOW);
            app.resolve_values(NOW);
        }
        opened = Some(app);
    });
    let per_tile = info.bytes_current / i64::try_from(2 * COUNT).unwrap();
    assert!((1..5_120).contains(&per_tile), "{per_tile} bytes per tile");
    // Tiles that are there already are not made again.
    let mut app = opened.expect("the app");
    let info = measure(|| drop(app.update(device_messages(COUNT..COUNT + 1), NOW)));
    let per_device = info.count_total / COUNT as u64;
    assert!(per_device < 2, "{per_device} allocations for each device if there is one more");
}

#[test]
fn topics_without_tile_leave_no_memory_allocated() {
    for (filter, limit) in [("others", 0), ("#", 2_000)] {
        let mut app = load::app(20, filter);
        let event = |first: usize| {
            let topics = (first..first + 500).map(|number| format!("elsewhere/{number}/state"));
            let messages = topics.map(|topic| app::message(&topic, load::payload(7)));
            Event::Mqtt(MqttEvent::Connection(CONNECTION, ConnectionEvent::messages(messages)))
        };
        // The first thousand topics are stored: fields complete them.
        for round in 0..2 {
            app.update(event(round * 500), NOW);
            app.resolve_values(NOW);
        }
        let mut allocated = 0;
        for round in 2..42 {
            allocated += measure(|| {
                app.update(event(round * 500), NOW);
                app.resolve_values(NOW);
            })
            .bytes_current;
        }
        assert!(allocated <= limit, "{filter}: {allocated} bytes left by 20,000 topics");
    }
}

#[test]
fn several_json_paths_read_a_payload_once_without_storing_it() {
    let entry = |number: usize| format!("\"sensor{number:02}\":{{\"list\":[1,2,3],\"value\":{number}}}");
    let payload = format!("{{{}}}", (0..100).map(entry).collect::<Vec<_>>().join(","));
    let paths: Vec<JsonPath> =
        (0..4).map(|number| JsonPath::parse(&format!("$.sensor{:02}.value", number * 30)).unwrap()).collect();
    let paths: Vec<&JsonPath> = paths.iter().collect();
    let mut found = Vec::new();
    let info = measure(|| found = find_all(payload.as_bytes(), &paths));
    assert_eq!(found, ["0", "30", "60", "90"].map(|text| Ok(text.to_owned())));
    assert!(info.count_total <= 40, "{} allocations", info.count_total);
    assert!(info.bytes_max <= 2_000, "{} bytes allocated for {} bytes of payload", info.bytes_max, payload.len());
}

#[test]
fn frame_of_the_detail_view_costs_what_is_visible_of_a_large_payload() {
    let (mut app, mut screen, theme) = (load::app(1, "others"), load::FrameBuffers::default(), load::theme());
    let message = app::message("load/0", "a line\n".repeat(100_000));
    app.update(Event::Mqtt(MqttEvent::Connection(CONNECTION, ConnectionEvent::messages([message]))), NOW);
    for action in [Action::SelectTile(2), Action::Press, Action::Cancel, Action::ShowDetail] {
        app.update(Event::Action(action), NOW);
    }
    let first = load::render_frame(&mut app, &mut screen, &theme);
    assert!(String::from_utf8_lossy(&first).contains("line"), "{}", String::from_utf8_lossy(&first));
    let info = measure(|| {
        for _ in 0..10 {
            load::render_frame(&mut app, &mut screen, &theme);
        }
    });
    assert!(info.count_total < 5_000, "{} allocations in 10 frames", info.count_total);
}
