//! What programs take when idle, and the memory of many tiles and topics.

use std::{
    thread,
    time::{Duration, Instant},
};

use mqtt_dash::model::profile::MqttVersion;

use super::{BLOCK, MQTT_DASH_SUBJECT, block, connected, megabytes, tile, to_f64, wait_processed};
use crate::{
    fixtures::{measurement::core_share, process::ProcessUsage},
    subject::{RunningSubject, Subject},
    table::Table,
};

const IDLE: Duration = Duration::from_secs(20);

/// The processor time, wake-ups and output of an idle program.
pub fn idle(others: &[Subject], table: &mut Table) {
    let has_terminal = |subject: &&Subject| matches!(subject, Subject::MqttDash { .. } | Subject::Mqttui(_));
    let mut run = |what: &str, pause: Duration, goal: &str, subject: &Subject, max_bytes: u64| {
        let (mut running, broker) = connected(subject);
        let block = block(broker.protocol(), tile);
        broker.send(&block);
        wait_processed(&broker);
        thread::sleep(pause);
        let pid = running.pid();
        let terminal = running.terminal().expect("a program on a terminal");
        let (before, bytes, start) = (ProcessUsage::of(pid), terminal.output_len(), Instant::now());
        thread::sleep(IDLE);
        let after = ProcessUsage::of(pid);
        let wakeups =
            to_f64(usize::try_from(after.wakeups - before.wakeups).unwrap_or(usize::MAX)) / IDLE.as_secs_f64();
        let bytes = (terminal.output_len() - bytes) as u64 / IDLE.as_secs();
        let cpu = after.cpu.saturating_sub(before.cpu);
        if *subject == MQTT_DASH_SUBJECT {
            table.row(&format!("idle, 1,000 tiles, {what}: CPU, wake-ups/s, bytes/s to the terminal"), goal);
        }
        table.cell(subject.name(), format!("{}, {wakeups:.1}, {bytes}", core_share(cpu, start.elapsed())), wakeups);
        if *subject == MQTT_DASH_SUBJECT && !goal.is_empty() {
            table.set_met(cpu.as_secs_f64() / IDLE.as_secs_f64() < 0.001 && wakeups <= 1.05 && bytes <= max_bytes);
        }
    };
    run("ages in minutes", Duration::from_secs(62), "0.0 %, ≤ 1, 0", &MQTT_DASH_SUBJECT, 0);
    for subject in others.iter().filter(has_terminal) {
        run("", Duration::from_secs(5), "", subject, 0);
    }
    run("ages in seconds", Duration::from_secs(3), "", &MQTT_DASH_SUBJECT, u64::MAX);
}

/// The memory of many tiles and many topics.
pub fn scale(table: &mut Table) {
    const MANY: usize = 10_000;
    let memory = |running: &RunningSubject| {
        thread::sleep(Duration::from_secs(2));
        ProcessUsage::of(running.pid())
    };
    let (small, _broker) = connected(&Subject::MqttDash { tiles: 1, v5: false, all: true });
    let base = memory(&small);
    let (mut running, broker) = connected(&Subject::MqttDash { tiles: MANY, v5: false, all: true });
    let send = |topic: &dyn Fn(usize) -> String, count: usize| {
        for first in (0..count).step_by(BLOCK) {
            broker.send(&block(MqttVersion::V311, |number| topic(first + number)));
            wait_processed(&broker);
        }
    };
    send(&|number| format!("load/{}", number % MANY), MANY * 20);
    let full = memory(&running);
    send(&|number| format!("elsewhere/{number}/state"), 100_000);
    let some = memory(&running);
    send(&|number| format!("elsewhere/{number}/state"), 1_000_000);
    let more = memory(&running);
    let per_tile =
        to_f64(usize::try_from(full.anonymous_memory.saturating_sub(base.anonymous_memory)).unwrap_or(usize::MAX))
            / to_f64(MANY);
    table.row("memory of a tile with its last 20 messages, of 10,000", "< 4 KB");
    table.cell("mqtt-dash", format!("{per_tile:.1} KB"), per_tile);
    table.set_met(per_tile < 4.);
    let grown = megabytes(more.anonymous_memory) - megabytes(some.anonymous_memory);
    table.row("1,000,000 topics under `#`: memory before / after them", "the same (5 %)");
    table.cell("mqtt-dash", format!("{:.1} / {:.1} MB", megabytes(some.memory), megabytes(more.memory)), grown);
    table.set_met(more.memory * 20 <= some.memory * 21);
    let terminal = running.terminal().expect("a program on a terminal");
    terminal.type_text("G");
    terminal.wait_text(&format!("Tile {} ", MANY - 1));
}
