//! A long run is flat.

use std::time::{Duration, Instant};

use mqtt_dash::model::{line::Qos, profile::Protocol};

use crate::fixtures::{
    chaos_proxy::{ChaosProxy, Disruption},
    connection::{ConnectionFixture, profile, publish_request},
    embedded_broker::start_broker,
    process::resident_memory,
    terminal_program::TerminalProgram,
};

/// How many seconds it runs.
const SECONDS: &str = "SOAK_SECONDS";
/// How often the line breaks.
const BREAKS: u32 = 180;
/// How many messages come between two breaks: a day's worth of a message each second in all.
const MESSAGES: u64 = 86_400 / BREAKS as u64;

#[ignore = "the long version: 15 minutes, or SOAK_SECONDS"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_stays_flat_over_a_day_of_messages() {
    let seconds = std::env::var(SECONDS).ok().and_then(|text| text.parse().ok()).unwrap_or(900);
    let pace = Duration::from_secs(seconds) / BREAKS;
    let broker = start_broker().await;
    let chaos = ChaosProxy::start(broker.address().port()).await;
    let tile = |kind: &str| format!("[[tile]]\nkind = \"{kind}\"\nname = \"{kind}\"\ntopic = \"day/{kind}\"\n");
    let board: String = ["text", "range", "switch", "color"].map(tile).concat();
    let mut program =
        TerminalProgram::new(&["open", "b", "--url", &chaos.url()]).file("dashboards/b.toml", &board).start();
    program.wait_text("● connected");
    let mut me =
        ConnectionFixture::connected(profile(&format!("mqtt://{}", broker.address()), Protocol::V5), "me").await;
    let (mut order_id, mut measured) = (0, Vec::new());
    let begin = Instant::now();
    for number in 0..BREAKS {
        for _ in 0..MESSAGES {
            order_id += 1;
            let kind = ["text", "range", "switch", "color"][usize::try_from(order_id % 4).unwrap_or_default()];
            let payload = (order_id % 100).to_string();
            me.client.publish(publish_request(order_id, &format!("day/{kind}"), payload.as_bytes(), Qos::AtLeastOnce));
            me.final_publish_status(order_id).await;
        }
        let last = format!("round {number}");
        order_id += 1;
        me.client.publish(publish_request(order_id, "day/text", last.as_bytes(), Qos::AtLeastOnce));
        program.wait_text(&last);
        program.type_text("li?\x1b");
        // A line that is closed three times a minute would be taken for a rival's doing.
        chaos.disrupt_now(Disruption::Reset);
        program.wait_text("○");
        program.type_text("gggr");
        program.wait_text("● connected");
        program.type_text("ggg");
        tokio::time::sleep_until((begin + pace * (number + 1)).into()).await;
        measured.push(resident_memory(program.pid.as_raw_nonzero()));
    }
    // The first third fills what is kept: histories, the topics seen, the allocator's own store.
    let early = measured[..60].iter().max().expect("a measure");
    let late = measured[120..].iter().max().expect("a measure");
    println!(
        "{:?}: {BREAKS} breaks, {order_id} messages; memory at most {early} KiB in the first third, {late} KiB in the last",
        begin.elapsed()
    );
    assert!(*late < early + 1_024, "{measured:?}");
    broker.stop().await;
}
