//! A template with up to 10,000 devices: the time from the first message of another device to its value on the screen,
//! with 10,000 messages a second from the others, and the memory that their tiles take.
//!
//! This program is the broker, so that no broker adds to the times.

#[cfg(unix)]
#[path = "../tests/fixtures/mod.rs"]
mod fixtures;

#[cfg(unix)]
fn main() {
    if fixtures::measurement::is_bench_run() {
        unix::run();
    }
}

#[cfg(not(unix))]
fn main() {
    println!("this benchmark needs a pseudo-terminal");
}

#[cfg(unix)]
mod unix {
    use std::{
        ops::Range,
        thread,
        time::{Duration, Instant},
    };

    use crate::fixtures::{
        measurement::{HEAD, row},
        process::resident_memory,
        terminal::TerminalFixture,
        terminal_program::TerminalProgram,
        timestamping_broker::{TimestampingBroker, message},
    };

    /// How many devices there are when the times are measured.
    const DEVICES: [usize; 3] = [100, 1_000, 9_900];
    const TILES_OF_DEVICE: usize = 2;
    const SAMPLES: usize = 30;
    const BETWEEN_MESSAGES: Duration = Duration::from_millis(100);
    const RATE: u32 = 10_000;
    const TIMEOUT: Duration = Duration::from_mins(1);

    /// New devices are on the screen, because their names come first.
    const DASHBOARD: &str = "\
        tile_size = \"small\"\n\
        [[tile]]\nkind = \"text\"\nname = \"Own\"\ntopic = \"own\"\npublish = false\n\
        [[for_each]]\ntopic = \"dev/{id}/value\"\nsort = \"name\"\nlimit = 10000\n\
        [[for_each.tile]]\nkind = \"text\"\nname = \"{id}\"\ntopic = \"dev/{id}/value\"\ntext_size = \"small\"\npublish = false\n\
        [[for_each.tile]]\nkind = \"switch\"\nname = \"{id}\"\ntopic = \"dev/{id}/power\"\npublish_topic = \"set/{id}\"\n";

    fn packet(device: usize, value: usize) -> Vec<u8> {
        message(&format!("dev/device-{device:05}/value"), &value.to_string())
    }

    /// Lets devices appear, and waits until the program has processed their messages.
    fn add_devices(broker: &TimestampingBroker, devices: Range<usize>) {
        let packets: Vec<u8> = devices.flat_map(|device| packet(device, device)).collect();
        broker.send(&packets);
        broker.publish_acknowledged("own", "processed", TIMEOUT).expect("the program acknowledges");
    }

    /// From the first message of a device to its value on the screen.
    fn message_to_tile(program: &TerminalFixture, broker: &TimestampingBroker, round: usize) -> Vec<Duration> {
        let sample = |number: usize| {
            thread::sleep(BETWEEN_MESSAGES + Duration::from_millis(u64::from(fastrand::u8(..)) / 16));
            let value = format!("new-{round}-{number}");
            // Each comes before the one before.
            let packet = message(&format!("dev/a-{:05}/value", 10_000 - round * SAMPLES - number), &value);
            let sent = Instant::now();
            broker.send(&packet);
            program.wait_text(&value);
            sent.elapsed()
        };
        (0..SAMPLES).map(sample).collect()
    }

    pub fn run() {
        let (listener, url) = TimestampingBroker::listen();
        let mut program = TerminalProgram::new(&["open", "bench", "--url", &url])
            .size(200, 60)
            .file("dashboards/bench.toml", DASHBOARD)
            .start();
        let broker = TimestampingBroker::accept(&listener);
        program.wait_text("● connected");
        println!("\nA new device among others, {RATE} messages/s, terminal 200×60, {SAMPLES} samples each\n\n{HEAD}");
        let before = resident_memory(program.raw_pid());
        let mut added = 0;
        for (round, devices) in DEVICES.into_iter().enumerate() {
            add_devices(&broker, added..devices);
            added = devices;
            let packets = (0..devices).map(|device| packet(device, device + 1));
            let sender = broker.send_in_background(packets.collect(), RATE);
            println!("{}", row(&format!("{devices} devices"), message_to_tile(&program, &broker, round)));
            sender.end();
        }
        let tiles = (added + DEVICES.len() * SAMPLES) * TILES_OF_DEVICE;
        let taken = resident_memory(program.raw_pid()).saturating_sub(before);
        println!("\n{tiles} tiles take {} bytes of resident memory each", taken * 1024 / tiles);
        program.quit();
    }
}
