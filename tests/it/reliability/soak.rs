//! The memory of a long run.

use std::time::{Duration, Instant};

use mqtt_dash::model::{connection::Qos, profile::MqttVersion};

use crate::fixtures::{
    chaos_proxy::{ChaosProxy, Disruption},
    connection::{ConnectionFixture, profile, publish_request},
    embedded_broker::start_broker,
    process::resident_memory,
    terminal_program::TerminalProgram,
};

/// The variable with the duration of the test in seconds.
const SECONDS: &str = "SOAK_SECONDS";
/// How often the connection is reset.
const RESETS: u32 = 180;
/// How many messages are published between two resets: in all as many as there are seconds in a day.
const MESSAGES: u64 = 86_400 / RESETS as u64;

#[ignore = "long: 15 minutes, or SOAK_SECONDS"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_stays_flat_over_a_day_of_messages() {
    let seconds = std::env::var(SECONDS).ok().and_then(|text| text.parse().ok()).unwrap_or(900);
    let interval = Duration::from_secs(seconds) / RESETS;
    let broker = start_broker().await;
    let proxy = ChaosProxy::start(broker.address().port()).await;
    let tile = |kind: &str| format!("[[tile]]\nkind = \"{kind}\"\nname = \"{kind}\"\ntopic = \"day/{kind}\"\n");
    let dashboard: String = ["text", "range", "switch", "color"].map(tile).concat();
    let mut program =
        TerminalProgram::new(&["open", "b", "--url", &proxy.url()]).file("dashboards/b.toml", &dashboard).start();
    program.wait_connected("");
    let mut connection =
        ConnectionFixture::connected(profile(&format!("mqtt://{}", broker.address()), MqttVersion::V5), "me").await;
    let (mut request, mut memory) = (0, Vec::new());
    let begin = Instant::now();
    for number in 0..RESETS {
        for _ in 0..MESSAGES {
            request += 1;
            let kind = ["text", "range", "switch", "color"][usize::try_from(request % 4).unwrap_or_default()];
            let payload = (request % 100).to_string();
            connection.client.publish(publish_request(
                request,
                &format!("day/{kind}"),
                payload.as_bytes(),
                Qos::AtLeastOnce,
            ));
            connection.final_publish_status(request).await;
        }
        let last = format!("round {number}");
        request += 1;
        connection.client.publish(publish_request(request, "day/text", last.as_bytes(), Qos::AtLeastOnce));
        program.wait_text(&last);
        program.type_text("li?\x1b");
        proxy.disrupt_now(Disruption::Reset);
        program.wait_text("○");
        program.type_text("gggr");
        program.wait_connected("");
        program.type_text("ggg");
        tokio::time::sleep_until((begin + interval * (number + 1)).into()).await;
        memory.push(resident_memory(program.pid.as_raw_nonzero()));
    }
    // The first third fills the histories, the topic cache and the free lists of the allocator.
    let early = memory[..60].iter().max().expect("there are measurements");
    let late = memory[120..].iter().max().expect("there are measurements");
    println!(
        "{:?}: {RESETS} resets, {request} messages; memory at most {early} KiB in the first third, {late} KiB in the last",
        begin.elapsed()
    );
    assert!(*late < early + 1_024, "{memory:?}");
    broker.stop().await;
}
