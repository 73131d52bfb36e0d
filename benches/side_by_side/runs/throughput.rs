//! How fast messages are processed, and what that takes.

use std::{
    fs::OpenOptions,
    io::Write as _,
    net::SocketAddr,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use mqtt_dash::model::profile::MqttVersion;

use super::{BLOCK, MQTT_DASH_SUBJECT, TILES, block, connected, megabytes, tile, to_f64, wait_processed};
use crate::{
    fixtures::{
        broker::{BrokerConfig, BrokerFixture},
        load::payload,
        measurement::core_share,
        process::ProcessUsage,
        terminal::TerminalFixture,
        timestamping_broker::{connect_publisher, message, publish_at_rate},
    },
    subject::{Subject, is_installed},
    table::Table,
};

const WARM_UP: usize = 20_000;
const TOTAL: usize = 2_000_000;

/// How fast messages are processed, and the processor time and memory that this takes.
pub fn rate(others: &[Subject], table: &mut Table) {
    struct Processed {
        name: &'static str,
        rate: f64,
        cpu: f64,
        memory: [ProcessUsage; 2],
        dropped: Option<usize>,
    }
    let ours = [MQTT_DASH_SUBJECT, Subject::MqttDash { tiles: TILES, v5: true, all: false }];
    let processed: Vec<Processed> = ours
        .iter()
        .chain(others)
        .map(|subject| {
            let (mut running, broker) = connected(subject);
            let block = block(broker.protocol(), tile);
            let send = |count: usize| {
                (0..count / BLOCK).for_each(|_| broker.send(&block));
            };
            send(WARM_UP);
            wait_processed(&broker);
            let (before, start) = (ProcessUsage::of(running.pid()), Instant::now());
            send(TOTAL - WARM_UP);
            let time = wait_processed(&broker).duration_since(start);
            let after = ProcessUsage::of(running.pid());
            let dropped = matches!(subject, Subject::MqttDash { .. }).then(|| {
                TOTAL - counted_messages(running.terminal().expect("a program on a terminal")).saturating_sub(2) * TILES
            });
            println!("  {} has processed everything in {:.2} s", subject.name(), time.as_secs_f64());
            Processed {
                name: subject.name(),
                rate: to_f64(TOTAL - WARM_UP) / time.as_secs_f64(),
                cpu: (after.cpu.saturating_sub(before.cpu)).as_secs_f64() / to_f64(TOTAL - WARM_UP) * 1e5,
                memory: [before, after],
                dropped,
            }
        })
        .collect();
    table.row("messages/s processed, 1,000 tiles with JSON paths", "≥ ½ bare, ≥ 4 × mqttui");
    for result in &processed {
        table.cell(result.name, format!("{:.2} M", result.rate / 1e6), result.rate);
    }
    let value = |table: &mut Table, name: &str| table.value(name);
    let (bare, mqttui, ours) =
        (value(table, "bare rumqttc loop"), value(table, "mqttui"), value(table, "mqtt-dash").unwrap_or_default());
    table.set_met(bare.is_none_or(|bare| ours >= bare / 2.) && mqttui.is_none_or(|mqttui| ours >= mqttui * 4.));
    table.row("… of which were dropped for a later one of their topic", "");
    for Processed { name, dropped, .. } in &processed {
        if let Some(dropped) = dropped {
            table.cell(name, format!("{:.1} %", to_f64(*dropped) / to_f64(TOTAL) * 100.), to_f64(*dropped));
        }
    }
    table.row("CPU seconds per 100,000 messages", "≤ 2 × bare, ≤ ⅓ mqttui");
    for result in &processed {
        table.cell(result.name, format!("{:.3}", result.cpu), result.cpu);
    }
    let (bare, mqttui, ours) =
        (value(table, "bare rumqttc loop"), value(table, "mqttui"), value(table, "mqtt-dash").unwrap_or_default());
    table.set_met(bare.is_none_or(|bare| ours <= bare * 2.) && mqttui.is_none_or(|mqttui| ours <= mqttui / 3.));
    let sizes =
        |usage: &ProcessUsage| format!("{:.1} MB ({:.1})", megabytes(usage.memory), megabytes(usage.anonymous_memory));
    table.row("memory after 20,000 messages (anonymous part)", "≤ 15 MB");
    for result in &processed {
        table.cell(result.name, sizes(&result.memory[0]), megabytes(result.memory[0].memory));
    }
    let early = table.value("mqtt-dash").unwrap_or_default();
    table.set_met(early <= 15.);
    table.row("memory after 2,000,000 messages (anonymous part)", "≤ 15 MB, the same");
    for result in &processed {
        table.cell(result.name, sizes(&result.memory[1]), megabytes(result.memory[1].memory));
    }
    let late = table.value("mqtt-dash").unwrap_or_default();
    table.set_met(late <= 15. && late <= early * 1.1);
}

/// How many messages the first tile with a JSON path has counted; two of them are those of
/// [`wait_processed`].
fn counted_messages(terminal: &mut TerminalFixture) -> usize {
    terminal.type_text("gll");
    terminal.type_text("i");
    terminal.wait_text("messages    ");
    let text = terminal.screen_text();
    let count = text.split_once("messages    ").and_then(|(_, rest)| rest.split_whitespace().next());
    count.and_then(|word| word.parse().ok()).expect("a number")
}

/// The processor time for messages that come through mosquitto at an even rate.
pub fn through_broker(others: &[Subject], table: &mut Table) {
    const RATE: u32 = 50_000;
    const TIME: Duration = Duration::from_secs(6);
    if !is_installed(Path::new("mosquitto")) {
        return println!("mosquitto is missing: this part is skipped");
    }
    let mut broker = BrokerFixture::start(BrokerConfig::default());
    let mut file =
        OpenOptions::new().append(true).open(broker.path("mosquitto.conf")).expect("the configuration exists");
    writeln!(file, "max_queued_messages 0\nlog_type error").expect("the configuration can be written");
    broker.kill();
    broker.restart();
    let packets: Vec<Vec<u8>> = (0..BLOCK).map(|number| message(&tile(number), &payload(number))).collect();
    table.row("CPU seconds per 100,000, through mosquitto at 50,000/s", "≤ 2 × bare, ≤ ⅓ mqttui");
    for subject in [MQTT_DASH_SUBJECT].iter().chain(others) {
        let running = subject.start(broker.port);
        thread::sleep(Duration::from_secs(2));
        let mut stream = connect_publisher(SocketAddr::from(([127, 0, 0, 1], broker.port)), "publisher");
        let before = ProcessUsage::of(running.pid());
        let send = |batch: &[u8]| stream.write_all(batch).expect("the broker accepts messages");
        let (sent, _) = publish_at_rate(send, &packets, RATE, TIME, || true);
        thread::sleep(Duration::from_secs(1));
        let cpu = ProcessUsage::of(running.pid()).cpu.saturating_sub(before.cpu).as_secs_f64();
        let cpu = cpu / to_f64(usize::try_from(sent).unwrap_or(usize::MAX)) * 1e5;
        table.cell(subject.name(), format!("{cpu:.3}"), cpu);
    }
    let ours = table.value("mqtt-dash").unwrap_or_default();
    let (bare, mqttui) = (table.value("bare rumqttc loop"), table.value("mqttui"));
    table.set_met(bare.is_none_or(|bare| ours <= bare * 2.) && mqttui.is_none_or(|mqttui| ours <= mqttui / 3.));
}

/// How processor time grows with the number of tiles and with the rate of messages.
pub fn growth(table: &mut Table) {
    const COUNT: usize = 500_000;
    const TIME: Duration = Duration::from_secs(5);
    for tiles in [10, 100, 1_000, 10_000] {
        let (running, broker) = connected(&Subject::MqttDash { tiles, v5: false, all: false });
        let block = block(MqttVersion::V311, |number| format!("load/{}", number % tiles));
        (0..2).for_each(|_| broker.send(&block));
        wait_processed(&broker);
        let before = ProcessUsage::of(running.pid());
        (0..COUNT / BLOCK).for_each(|_| broker.send(&block));
        wait_processed(&broker);
        let cpu = ProcessUsage::of(running.pid()).cpu.saturating_sub(before.cpu).as_secs_f64() / to_f64(COUNT) * 1e5;
        table.row(&format!("CPU seconds per 100,000 messages, {tiles} tiles, as fast as they are processed"), "");
        table.cell("mqtt-dash", format!("{cpu:.3}"), cpu);
    }
    for rate in [100, 1_000, 10_000, 50_000, 200_000] {
        let (running, broker) = connected(&MQTT_DASH_SUBJECT);
        let packets: Vec<Vec<u8>> = (0..BLOCK).map(|number| message(&tile(number), &payload(number))).collect();
        let before = ProcessUsage::of(running.pid());
        let (_, time) = publish_at_rate(|batch| broker.send(batch), &packets, rate, TIME, || true);
        let cpu = ProcessUsage::of(running.pid()).cpu.saturating_sub(before.cpu);
        table.row(&format!("share of a core at {rate} messages a second, 1,000 tiles"), "");
        table.cell("mqtt-dash", core_share(cpu, time), cpu.as_secs_f64());
    }
}
