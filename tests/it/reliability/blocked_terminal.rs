//! A terminal whose output is stopped does not delay the connection.

use std::time::Duration;

use mqtt_dash::model::profile::MqttVersion;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::fixtures::{
    key::Key,
    packet::{PINGRESP, PUBLISH, SUBSCRIBE},
    process::resident_memory,
    scripted_broker::ScriptedBroker,
    terminal_program::TerminalProgram,
};

const DASHBOARD: &str = "[[tile]]\nkind = \"text\"\nname = \"T\"\ntopic = \"a\"\ntext_size = \"small\"\n";

/// Publishes this many batches of this many messages, a batch every 10 ms, while the output of the terminal
/// is stopped.
async fn publish_while_blocked(batches: u32, messages: u32) {
    let broker = ScriptedBroker::start(MqttVersion::V311).await;
    let program =
        TerminalProgram::new(&["open", "b", "--url", &broker.url()]).file("dashboards/b.toml", DASHBOARD).size(120, 40);
    let mut program = program.start();
    let mut connection = broker.accept_session().await;
    let request = connection.expect(SUBSCRIBE).await;
    connection.send_suback([request[0], request[1]], 0).await;
    connection.send_publish(PUBLISH, None, "a", b"first").await;
    program.wait_text("first");
    program.pause_output();
    // Frames larger than the buffer of the terminal.
    for size in [(400, 300), (401, 300), (400, 301), (401, 301)] {
        program.resize(size.0, size.1);
    }
    let packet = [PUBLISH, 9, 0, 1, b'a', b'0', b'1', b'2', b'3', b'4', b'5'];
    let batch = packet.repeat(usize::try_from(messages).expect("a small number"));
    let mut tick = interval(Duration::from_millis(10));
    tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let begin = Instant::now();
    let mut early = 0;
    for number in 0..batches {
        tick.tick().await;
        connection.send(&batch).await;
        if number % 100 == 0 {
            // In case a PINGREQ packet has arrived.
            connection.send(&PINGRESP).await;
        }
        if number == batches / 10 {
            early = resident_memory(program.pid.as_raw_nonzero());
        }
    }
    let time = begin.elapsed();
    let late = resident_memory(program.pid.as_raw_nonzero());
    connection.send_publish(PUBLISH, None, "a", b"the last").await;
    program.resume_output();
    program.resize(100, 40);
    program.wait_text("the last");
    program.type_text("i");
    program.press(Key::Tab);
    program.press(Key::Tab);
    let total = u64::from(batches) * u64::from(messages) + 2;
    program.wait_text(&format!("messages    {total}"));
    assert!(broker.has_no_pending_connection().await, "the connection was lost");
    println!("{total} messages in {time:?} behind a blocked terminal: memory {early} KiB, then {late} KiB");
    assert!(late < early + (8 << 10), "{late} KiB after {early} KiB");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn blocked_terminal_loses_no_message() {
    publish_while_blocked(100, 200).await;
}

#[ignore = "the long version: 60 s, 50,000 messages a second"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn terminal_blocked_for_a_minute_loses_no_message() {
    publish_while_blocked(6_000, 500).await;
}
