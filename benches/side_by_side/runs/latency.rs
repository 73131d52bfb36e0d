//! How long programs take to react and to start.

use std::{
    thread,
    time::{Duration, Instant},
};

use super::{MQTT_DASH_SUBJECT, TIMEOUT, connected, megabytes};
use crate::{
    fixtures::{
        load::{SIZE, payload},
        measurement::percentile,
        terminal::TerminalFixture,
        terminal_program::MQTT_DASH,
        timestamping_broker::{TimestampingBroker, message},
    },
    subject::Subject,
    table::Table,
};

/// A tile publishes at most once in 100 ms.
const BETWEEN_KEYS: Duration = Duration::from_millis(105);
/// The messages a second under load.
const RATE: u32 = 10_000;

/// The times from a message to the changed cell, and from a key to the PUBLISH packet.
pub fn latency(others: &[Subject], table: &mut Table) {
    let mqtt_dash = Subject::MqttDash { tiles: 200, v5: false, all: false };
    let has_terminal = |subject: &&Subject| matches!(subject, Subject::MqttDash { .. } | Subject::Mqttui(_));
    let mut results = Vec::new();
    for subject in std::iter::once(&mqtt_dash).chain(others).filter(has_terminal) {
        let (mut running, broker) = connected(subject);
        let terminal = running.terminal().expect("a program on a terminal");
        let is_mqtt_dash = *subject == mqtt_dash;
        let samples = if is_mqtt_dash { 300 } else { 40 };
        let cells = [
            publish_to_cell(terminal, &broker, samples),
            under_load(&broker, || publish_to_cell(terminal, &broker, samples)),
        ];
        let keys = is_mqtt_dash
            .then(|| [key_to_publish(terminal, &broker), under_load(&broker, || key_to_publish(terminal, &broker))]);
        results.push((subject.name(), cells, keys));
    }
    let when = ["idle", "at 10,000 a second"];
    for (index, (what, most)) in [("idle", 10.), ("at 10,000 a second", 20.)].into_iter().enumerate() {
        let goal = format!("2 / {most} ms");
        table.row(&format!("message → changed cell, {what}: median / 99th percentile"), &goal);
        for (name, cells, _) in &mut results {
            let (median, late) = (percentile(&mut cells[index], 50), percentile(&mut cells[index], 99));
            table.cell(name, format!("{median:.1} / {late:.1} ms"), median);
            if *name == "mqtt-dash" {
                table.set_met(median <= 2. && late < most);
            }
        }
    }
    for (index, what) in when.into_iter().enumerate() {
        table.row(&format!("key → PUBLISH, {what}: median / 99th percentile"), "1 / 5 ms");
        for (name, _, keys) in &mut results {
            let Some(keys) = keys else { continue };
            let (median, late) = (percentile(&mut keys[index], 50), percentile(&mut keys[index], 99));
            table.cell(name, format!("{median:.2} / {late:.1} ms"), median);
            table.set_met(median < 1. && late < 5.);
        }
    }
}

/// The times from a PUBLISH packet to the changed cell.
fn publish_to_cell(terminal: &TerminalFixture, broker: &TimestampingBroker, samples: u32) -> Vec<Duration> {
    let sample = |number: u32| {
        thread::sleep(Duration::from_millis(20 + u64::from(fastrand::u8(..)) / 16));
        let payload = format!("#{number:04}{}", if number.is_multiple_of(2) { "a" } else { "b" });
        let packet = message("watch", &payload);
        let sent = Instant::now();
        broker.send(&packet);
        let columns = SIZE.0;
        terminal.wait_for_screen(&payload, |screen| screen.rows(0, columns).any(|row| row.contains(&payload)));
        sent.elapsed()
    };
    // The first one only makes sure that the tile is on the screen.
    (0..=samples).map(sample).skip(1).collect()
}

/// The times from a key to the PUBLISH packet.
fn key_to_publish(terminal: &mut TerminalFixture, broker: &TimestampingBroker) -> Vec<Duration> {
    let sample = |_| {
        thread::sleep(BETWEEN_KEYS + Duration::from_millis(u64::from(fastrand::u8(..)) / 16));
        let pressed = Instant::now();
        terminal.type_text("\r");
        broker.next_publish(TIMEOUT).expect("the program publishes").duration_since(pressed)
    };
    (0..200).map(sample).collect()
}

/// Measures while messages for 200 tiles arrive.
fn under_load<T>(broker: &TimestampingBroker, measure: impl FnOnce() -> T) -> T {
    let packets = (0..2_000).map(|number| message(&format!("load/{}", number % 200), &payload(number)));
    let sender = broker.send_in_background(packets.collect(), RATE);
    thread::sleep(Duration::from_secs(1));
    let result = measure();
    sender.end();
    result
}

/// The times from the start of the program to its first frame and to its first SUBSCRIBE packet.
pub fn start(others: &[Subject], table: &mut Table) {
    let with_few_tiles = Subject::MqttDash { tiles: 20, v5: false, all: false };
    let mqttui = others.iter().find(|subject| matches!(subject, Subject::Mqttui(_)));
    let mut measure = |subjects: &[&Subject], what: &str, goal: &str| {
        table.row(&format!("start → first frame / subscribed, {what}: median"), goal);
        for subject in subjects {
            let (mut frames, mut subscribed): (Vec<_>, Vec<_>) = (0..20).map(|_| start_times(subject)).unzip();
            let (frame, subscribed) = (percentile(&mut frames, 50), percentile(&mut subscribed, 50));
            table.cell(subject.name(), format!("{frame:.1} / {subscribed:.1} ms"), frame);
            if !goal.is_empty() && **subject == with_few_tiles {
                table.set_met(frame < 10. && subscribed < 20.);
            }
        }
    };
    measure(&std::iter::once(&with_few_tiles).chain(mqttui).collect::<Vec<_>>(), "20 tiles", "10 / 20 ms");
    measure(&[&MQTT_DASH_SUBJECT], "1,000 tiles", "");
    let size = std::fs::metadata(MQTT_DASH).map_or(0, |file| file.len());
    table.row("size of the executable", "< 12 MB");
    let size = megabytes(size / 1024);
    table.cell("mqtt-dash", format!("{size:.1} MB"), size);
    table.set_met(size < 12.);
}

/// When the first frame and the first SUBSCRIBE packet of a program appear.
fn start_times(subject: &Subject) -> (Duration, Duration) {
    let (listener, _) = TimestampingBroker::listen();
    let port = listener.local_addr().expect("the listener has an address").port();
    let subscribed = thread::spawn(move || {
        let broker = TimestampingBroker::accept(&listener);
        (broker.wait_subscribed(1, TIMEOUT).expect("the program subscribes"), broker)
    });
    let begin = Instant::now();
    let mut running = subject.start(port);
    let terminal = running.terminal().expect("a program on a terminal");
    terminal.wait_for_screen("a frame", |screen| screen.rows(0, 100).any(|row| !row.trim().is_empty()));
    let frame = begin.elapsed();
    let (subscribed, _broker) = subscribed.join().expect("the program connects");
    (frame, subscribed.duration_since(begin))
}
