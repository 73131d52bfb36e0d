//! What is measured of whole programs.

use std::{
    fs::OpenOptions,
    io::Write as _,
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use mqtt_dash::model::profile::Protocol;

use crate::{
    fixtures::{
        broker::{BrokerConfig, BrokerFixture},
        load::{SIZE, payload},
        measurement::{core_share, percentile},
        packet::{self, PUBLISH},
        process::ProcessUsage,
        terminal::TerminalFixture,
        terminal_program::MQTT_DASH,
        timestamping_broker::{TimestampingBroker, connect_publisher, message, publish_at_rate},
    },
    subject::{Running, Subject, is_there},
    table::Table,
};

const TILES: usize = 1_000;
const OURS: Subject = Subject::Ours { tiles: TILES, v5: false, all: false };
const LIMIT: Duration = Duration::from_mins(2);
/// Messages that are made in advance and sent again and again.
const BLOCK: usize = 10_000;
const FIRST: usize = 20_000;
const ALL: usize = 2_000_000;
/// A tile publishes at most once in 100 ms.
const BETWEEN_KEYS: Duration = Duration::from_millis(105);
const FLOOD: u32 = 10_000;
const QUIET: Duration = Duration::from_secs(20);

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// A program and this driver, which is its broker.
pub fn connected(subject: &Subject) -> (Running, TimestampingBroker) {
    let (listener, _) = TimestampingBroker::listen();
    let running = subject.start(listener.local_addr().expect("its address").port());
    let broker = TimestampingBroker::accept(&listener);
    broker.wait_subscribed(subject.filters(), LIMIT).expect("it subscribes");
    (running, broker)
}

/// Messages for the tiles, in turn.
fn block(protocol: Protocol, topic: impl Fn(usize) -> String) -> Vec<u8> {
    let publish = |number| packet::publish(protocol, PUBLISH, None, topic(number), payload(number));
    (0..BLOCK).flat_map(publish).collect()
}

fn tile(number: usize) -> String {
    format!("load/{}", number % TILES)
}

/// Lets it settle after everything was sent; it has acknowledged the last message.
fn settled(broker: &TimestampingBroker) -> Instant {
    let at = broker.publish_acknowledged("load/0", &payload(0), LIMIT).expect("it takes everything");
    thread::sleep(Duration::from_millis(500));
    at
}

/// How fast messages are taken, what that costs, and what stays.
pub fn rate(others: &[Subject], table: &mut Table) {
    struct Taken {
        name: &'static str,
        rate: f64,
        cpu: f64,
        memory: [ProcessUsage; 2],
        lost: Option<usize>,
    }
    let ours = [OURS, Subject::Ours { tiles: TILES, v5: true, all: false }];
    let taken: Vec<Taken> = ours
        .iter()
        .chain(others)
        .map(|subject| {
            let (mut running, broker) = connected(subject);
            let block = block(broker.protocol(), tile);
            let send = |count: usize| {
                (0..count / BLOCK).for_each(|_| broker.send(&block));
            };
            send(FIRST);
            settled(&broker);
            let (before, start) = (ProcessUsage::of(running.pid()), Instant::now());
            send(ALL - FIRST);
            let took = settled(&broker).duration_since(start);
            let after = ProcessUsage::of(running.pid());
            let lost = matches!(subject, Subject::Ours { .. })
                .then(|| ALL - counted(running.pty().expect("a terminal")).saturating_sub(2) * TILES);
            println!("  {} has taken everything in {:.2} s", subject.name(), took.as_secs_f64());
            Taken {
                name: subject.name(),
                rate: number(ALL - FIRST) / took.as_secs_f64(),
                cpu: (after.cpu.saturating_sub(before.cpu)).as_secs_f64() / number(ALL - FIRST) * 1e5,
                memory: [before, after],
                lost,
            }
        })
        .collect();
    table.row("messages/s taken, 1,000 tiles with JSON paths", "≥ ½ bare, ≥ 4 × mqttui");
    for seen in &taken {
        table.cell(seen.name, format!("{:.2} M", seen.rate / 1e6), seen.rate);
    }
    let seen = |table: &mut Table, name: &str| table.seen(name);
    let (bare, mqttui, mine) =
        (seen(table, "bare rumqttc loop"), seen(table, "mqttui"), seen(table, "mqtt-dash").unwrap_or_default());
    table.met(bare.is_none_or(|bare| mine >= bare / 2.) && mqttui.is_none_or(|mqttui| mine >= mqttui * 4.));
    table.row("… of which gave way to a later one of their topic", "");
    for Taken { name, lost, .. } in &taken {
        if let Some(lost) = lost {
            table.cell(name, format!("{:.1} %", number(*lost) / number(ALL) * 100.), number(*lost));
        }
    }
    table.row("CPU seconds per 100,000 messages", "≤ 2 × bare, ≤ ⅓ mqttui");
    for seen in &taken {
        table.cell(seen.name, format!("{:.3}", seen.cpu), seen.cpu);
    }
    let (bare, mqttui, mine) =
        (seen(table, "bare rumqttc loop"), seen(table, "mqttui"), seen(table, "mqtt-dash").unwrap_or_default());
    table.met(bare.is_none_or(|bare| mine <= bare * 2.) && mqttui.is_none_or(|mqttui| mine <= mqttui / 3.));
    let sizes = |usage: &ProcessUsage| format!("{:.1} MB ({:.1})", mb(usage.memory), mb(usage.anonymous_memory));
    table.row("memory after 20,000 messages (of it its own)", "≤ 15 MB");
    for seen in &taken {
        table.cell(seen.name, sizes(&seen.memory[0]), mb(seen.memory[0].memory));
    }
    let early = table.seen("mqtt-dash").unwrap_or_default();
    table.met(early <= 15.);
    table.row("memory after 2,000,000 messages (of it its own)", "≤ 15 MB, the same");
    for seen in &taken {
        table.cell(seen.name, sizes(&seen.memory[1]), mb(seen.memory[1].memory));
    }
    let late = table.seen("mqtt-dash").unwrap_or_default();
    table.met(late <= 15. && late <= early * 1.1);
}

/// Millions of bytes, of KiB.
fn mb(kib: u64) -> f64 {
    number(usize::try_from(kib).unwrap_or(usize::MAX)) * 1024. / 1e6
}

/// How many messages the first of the tiles with a JSON path has counted; two of them are the last ones,
/// by which it is known that all others are taken.
fn counted(pty: &mut TerminalFixture) -> usize {
    pty.type_text("gll");
    pty.type_text("i");
    pty.wait_text("messages    ");
    let text = pty.screen_text();
    let count = text.split_once("messages    ").and_then(|(_, rest)| rest.split_whitespace().next());
    count.and_then(|word| word.parse().ok()).expect("a number")
}

/// What messages cost that come through a real broker, evenly.
pub fn through_broker(others: &[Subject], table: &mut Table) {
    const RATE: u32 = 50_000;
    const TIME: Duration = Duration::from_secs(6);
    if !is_there(Path::new("mosquitto")) {
        return println!("mosquitto is missing: this part is left out");
    }
    let mut broker = BrokerFixture::start(BrokerConfig::default());
    let mut file = OpenOptions::new().append(true).open(broker.path("mosquitto.conf")).expect("its file");
    writeln!(file, "max_queued_messages 0\nlog_type error").expect("it can be written");
    broker.kill();
    broker.restart();
    let packets: Vec<Vec<u8>> = (0..BLOCK).map(|number| message(&tile(number), &payload(number))).collect();
    table.row("CPU seconds per 100,000, through mosquitto at 50,000/s", "≤ 2 × bare, ≤ ⅓ mqttui");
    for subject in [OURS].iter().chain(others) {
        let running = subject.start(broker.port);
        thread::sleep(Duration::from_secs(2));
        let mut stream = connect_publisher(SocketAddr::from(([127, 0, 0, 1], broker.port)), "flood");
        let before = ProcessUsage::of(running.pid());
        let send = |piece: &[u8]| stream.write_all(piece).expect("the broker takes it");
        let (sent, _) = publish_at_rate(send, &packets, RATE, TIME, || true);
        thread::sleep(Duration::from_secs(1));
        let cpu = ProcessUsage::of(running.pid()).cpu.saturating_sub(before.cpu).as_secs_f64();
        let cpu = cpu / number(usize::try_from(sent).unwrap_or(usize::MAX)) * 1e5;
        table.cell(subject.name(), format!("{cpu:.3}"), cpu);
    }
    let mine = table.seen("mqtt-dash").unwrap_or_default();
    let (bare, mqttui) = (table.seen("bare rumqttc loop"), table.seen("mqttui"));
    table.met(bare.is_none_or(|bare| mine <= bare * 2.) && mqttui.is_none_or(|mqttui| mine <= mqttui / 3.));
}

/// From a message on the broker to the changed cell, and from a key to the message on the broker.
pub fn latency(others: &[Subject], table: &mut Table) {
    let ours = Subject::Ours { tiles: 200, v5: false, all: false };
    let drawing = |subject: &&Subject| matches!(subject, Subject::Ours { .. } | Subject::Mqttui(_));
    let mut seen = Vec::new();
    for subject in std::iter::once(&ours).chain(others).filter(drawing) {
        let (mut running, broker) = connected(subject);
        let pty = running.pty().expect("a terminal");
        let mine = *subject == ours;
        let samples = if mine { 300 } else { 40 };
        let cells = [cells(pty, &broker, samples), flooded(&broker, || cells(pty, &broker, samples))];
        let keys = mine.then(|| [keys(pty, &broker), flooded(&broker, || keys(pty, &broker))]);
        seen.push((subject.name(), cells, keys));
    }
    let when = ["at rest", "at 10,000 a second"];
    for (at, (what, most)) in [("at rest", 10.), ("at 10,000 a second", 20.)].into_iter().enumerate() {
        let goal = format!("2 / {most} ms");
        table.row(&format!("message → changed cell, {what}: median / 99 of 100"), &goal);
        for (name, cells, _) in &mut seen {
            let (median, late) = (percentile(&mut cells[at], 50), percentile(&mut cells[at], 99));
            table.cell(name, format!("{median:.1} / {late:.1} ms"), median);
            if *name == "mqtt-dash" {
                table.met(median <= 2. && late < most);
            }
        }
    }
    for (at, what) in when.into_iter().enumerate() {
        table.row(&format!("key → PUBLISH on the broker, {what}: median / 99 of 100"), "1 / 5 ms");
        for (name, _, keys) in &mut seen {
            let Some(keys) = keys else { continue };
            let (median, late) = (percentile(&mut keys[at], 50), percentile(&mut keys[at], 99));
            table.cell(name, format!("{median:.2} / {late:.1} ms"), median);
            table.met(median < 1. && late < 5.);
        }
    }
}

fn cells(pty: &TerminalFixture, broker: &TimestampingBroker, samples: u32) -> Vec<Duration> {
    let sample = |number: u32| {
        thread::sleep(Duration::from_millis(20 + u64::from(fastrand::u8(..)) / 16));
        let payload = format!("#{number:04}{}", if number.is_multiple_of(2) { "a" } else { "b" });
        let packet = message("watch", &payload);
        let sent = Instant::now();
        broker.send(&packet);
        let columns = SIZE.0;
        pty.wait_for_screen(&payload, |screen| screen.rows(0, columns).any(|row| row.contains(&payload)));
        sent.elapsed()
    };
    // The first one only makes sure that it is there.
    (0..=samples).map(sample).skip(1).collect()
}

fn keys(pty: &mut TerminalFixture, broker: &TimestampingBroker) -> Vec<Duration> {
    let sample = |_| {
        thread::sleep(BETWEEN_KEYS + Duration::from_millis(u64::from(fastrand::u8(..)) / 16));
        let pressed = Instant::now();
        pty.type_text("\r");
        broker.next_publish(LIMIT).expect("a message").duration_since(pressed)
    };
    (0..200).map(sample).collect()
}

/// While messages for 200 tiles come.
fn flooded<T>(broker: &TimestampingBroker, what: impl FnOnce() -> T) -> T {
    let goes_on = Arc::new(AtomicBool::new(true));
    let flood = thread::spawn({
        let (goes_on, writer) = (Arc::clone(&goes_on), broker.writer());
        let packets: Vec<Vec<u8>> =
            (0..2_000).map(|number| message(&format!("load/{}", number % 200), &payload(number))).collect();
        move || {
            let send = |piece: &[u8]| writer.lock().expect("nobody has panicked").write_all(piece).expect("it is up");
            publish_at_rate(send, &packets, FLOOD, LIMIT * 2, || goes_on.load(Ordering::Relaxed))
        }
    });
    thread::sleep(Duration::from_secs(1));
    let seen = what();
    goes_on.store(false, Ordering::Relaxed);
    flood.join().expect("the flood ends");
    seen
}

/// From the start of the program to the first frame and to the first request to subscribe.
pub fn start(others: &[Subject], table: &mut Table) {
    let few = Subject::Ours { tiles: 20, v5: false, all: false };
    let mqttui = others.iter().find(|subject| matches!(subject, Subject::Mqttui(_)));
    let mut measured = |subjects: &[&Subject], what: &str, goal: &str| {
        table.row(&format!("start → first frame / subscribed, {what}: median"), goal);
        for subject in subjects {
            let (mut frames, mut asked): (Vec<_>, Vec<_>) = (0..20).map(|_| started(subject)).unzip();
            let (frame, asked) = (percentile(&mut frames, 50), percentile(&mut asked, 50));
            table.cell(subject.name(), format!("{frame:.1} / {asked:.1} ms"), frame);
            if !goal.is_empty() && **subject == few {
                table.met(frame < 10. && asked < 20.);
            }
        }
    };
    measured(&std::iter::once(&few).chain(mqttui).collect::<Vec<_>>(), "20 tiles", "10 / 20 ms");
    measured(&[&OURS], "1,000 tiles", "");
    let size = std::fs::metadata(MQTT_DASH).map_or(0, |file| file.len());
    table.row("the program's file", "< 12 MB");
    let size = mb(size / 1024);
    table.cell("mqtt-dash", format!("{size:.1} MB"), size);
    table.met(size < 12.);
}

fn started(subject: &Subject) -> (Duration, Duration) {
    let (listener, _) = TimestampingBroker::listen();
    let port = listener.local_addr().expect("its address").port();
    let asked = thread::spawn(move || {
        let broker = TimestampingBroker::accept(&listener);
        (broker.wait_subscribed(1, LIMIT).expect("it subscribes"), broker)
    });
    let begin = Instant::now();
    let mut running = subject.start(port);
    let pty = running.pty().expect("a terminal");
    pty.wait_for_screen("a frame", |screen| screen.rows(0, 100).any(|row| !row.trim().is_empty()));
    let frame = begin.elapsed();
    let (asked, _broker) = asked.join().expect("it connects");
    (frame, asked.duration_since(begin))
}

/// What it costs when nothing happens.
pub fn idle(others: &[Subject], table: &mut Table) {
    let drawing = |subject: &&Subject| matches!(subject, Subject::Ours { .. } | Subject::Mqttui(_));
    let mut run = |what: &str, pause: Duration, goal: &str, subject: &Subject, bytes_most: u64| {
        let (mut running, broker) = connected(subject);
        let block = block(broker.protocol(), tile);
        broker.send(&block);
        settled(&broker);
        thread::sleep(pause);
        let pid = running.pid();
        let pty = running.pty().expect("a terminal");
        let (before, bytes, start) = (ProcessUsage::of(pid), pty.output_len(), Instant::now());
        thread::sleep(QUIET);
        let after = ProcessUsage::of(pid);
        let wakes = number(usize::try_from(after.wakeups - before.wakeups).unwrap_or(usize::MAX)) / QUIET.as_secs_f64();
        let bytes = (pty.output_len() - bytes) as u64 / QUIET.as_secs();
        let cpu = after.cpu.saturating_sub(before.cpu);
        if *subject == OURS {
            table.row(&format!("idle, 1,000 tiles, {what}: CPU, wake-ups/s, bytes/s to the terminal"), goal);
        }
        table.cell(subject.name(), format!("{}, {wakes:.1}, {bytes}", core_share(cpu, start.elapsed())), wakes);
        if *subject == OURS && !goal.is_empty() {
            table.met(cpu.as_secs_f64() / QUIET.as_secs_f64() < 0.001 && wakes <= 1.05 && bytes <= bytes_most);
        }
    };
    run("ages in minutes", Duration::from_secs(62), "0.0 %, ≤ 1, 0", &OURS, 0);
    for subject in others.iter().filter(drawing) {
        run("", Duration::from_secs(5), "", subject, 0);
    }
    run("ages in seconds", Duration::from_secs(3), "", &OURS, u64::MAX);
}

/// How the cost of a message grows with tiles, and that of the whole with the rate.
pub fn growth(table: &mut Table) {
    const COUNT: usize = 500_000;
    const TIME: Duration = Duration::from_secs(5);
    for tiles in [10, 100, 1_000, 10_000] {
        let (running, broker) = connected(&Subject::Ours { tiles, v5: false, all: false });
        let block = block(Protocol::V3, |number| format!("load/{}", number % tiles));
        (0..2).for_each(|_| broker.send(&block));
        settled(&broker);
        let before = ProcessUsage::of(running.pid());
        (0..COUNT / BLOCK).for_each(|_| broker.send(&block));
        settled(&broker);
        let cpu = ProcessUsage::of(running.pid()).cpu.saturating_sub(before.cpu).as_secs_f64() / number(COUNT) * 1e5;
        table.row(&format!("CPU seconds per 100,000 messages, {tiles} tiles, as fast as they are taken"), "");
        table.cell("mqtt-dash", format!("{cpu:.3}"), cpu);
    }
    for rate in [100, 1_000, 10_000, 50_000, 200_000] {
        let (running, broker) = connected(&OURS);
        let packets: Vec<Vec<u8>> = (0..BLOCK).map(|number| message(&tile(number), &payload(number))).collect();
        let before = ProcessUsage::of(running.pid());
        let (_, took) = publish_at_rate(|piece| broker.send(piece), &packets, rate, TIME, || true);
        let cpu = ProcessUsage::of(running.pid()).cpu.saturating_sub(before.cpu);
        table.row(&format!("part of a core at {rate} messages a second, 1,000 tiles"), "");
        table.cell("mqtt-dash", core_share(cpu, took), cpu.as_secs_f64());
    }
}

/// Many tiles, many topics.
pub fn scale(table: &mut Table) {
    const MANY: usize = 10_000;
    let memory = |running: &Running| {
        thread::sleep(Duration::from_secs(2));
        ProcessUsage::of(running.pid())
    };
    let (small, _broker) = connected(&Subject::Ours { tiles: 1, v5: false, all: true });
    let base = memory(&small);
    let (mut running, broker) = connected(&Subject::Ours { tiles: MANY, v5: false, all: true });
    let send = |topic: &dyn Fn(usize) -> String, count: usize| {
        for first in (0..count).step_by(BLOCK) {
            broker.send(&block(Protocol::V3, |number| topic(first + number)));
            settled(&broker);
        }
    };
    send(&|number| format!("load/{}", number % MANY), MANY * 20);
    let full = memory(&running);
    send(&|number| format!("elsewhere/{number}/state"), 100_000);
    let some = memory(&running);
    send(&|number| format!("elsewhere/{number}/state"), 1_000_000);
    let more = memory(&running);
    let each =
        number(usize::try_from(full.anonymous_memory.saturating_sub(base.anonymous_memory)).unwrap_or(usize::MAX))
            / number(MANY);
    table.row("memory of a tile with its last 20 messages, of 10,000", "< 4 KB");
    table.cell("mqtt-dash", format!("{each:.1} KB"), each);
    table.met(each < 4.);
    let grown = mb(more.anonymous_memory) - mb(some.anonymous_memory);
    table.row("1,000,000 topics under `#`: memory before / after them", "the same (5 %)");
    table.cell("mqtt-dash", format!("{:.1} / {:.1} MB", mb(some.memory), mb(more.memory)), grown);
    table.met(more.memory * 20 <= some.memory * 21);
    let pty = running.pty().expect("a terminal");
    pty.type_text("G");
    pty.wait_text(&format!("Tile {} ", MANY - 1));
}
