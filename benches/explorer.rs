//! The explorer with up to a million topics: the memory that they take, the time from a key to the changed screen, from
//! what is searched for to the first topic that is found, and how much memory comes back when it closes.
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

    /// How many topics there are when something is measured.
    const TOPICS: [usize; 3] = [10_000, 100_000, 999_990];
    /// Each device has this many topics.
    const TOPICS_OF_DEVICE: usize = 10;
    const PAYLOAD_BYTES: usize = 100;
    /// How many topics are sent before they are waited for: fewer than may wait to be processed.
    const TOPICS_AT_ONCE: usize = 10_000;
    const SAMPLES: usize = 50;

    /// The row of the screen with the search.
    const SEARCH_ROW: usize = 2;
    /// The topic of the first row.
    const FIRST: &str = "a-first-topic";
    /// A dashboard, which stays when the explorer closes.
    const DASHBOARD: &str = "[[tile]]\nkind = \"text\"\nname = \"Own\"\ntopic = \"own\"\npublish = false\n";

    fn topic(number: usize) -> String {
        format!("bench/device-{:06}/sensor-{}", number / TOPICS_OF_DEVICE, number % TOPICS_OF_DEVICE)
    }

    /// Returns how the explorer writes how many topics there are.
    fn counted(topics: usize) -> String {
        let digits = topics.to_string();
        let from_right = digits.bytes().rev().collect::<Vec<u8>>();
        let groups: Vec<String> = from_right
            .chunks(3)
            .rev()
            .map(|group| group.iter().rev().map(|digit| char::from(*digit)).collect())
            .collect();
        format!("{} topics", groups.join(","))
    }

    /// Sends a message on each of these topics, and waits until the program shows them.
    fn add_topics(program: &TerminalFixture, broker: &TimestampingBroker, topics: Range<usize>) {
        let payload = "x".repeat(PAYLOAD_BYTES);
        let numbers: Vec<usize> = topics.collect();
        for chunk in numbers.chunks(TOPICS_AT_ONCE) {
            let packets: Vec<u8> = chunk.iter().flat_map(|number| message(&topic(*number), &payload)).collect();
            broker.send(&packets);
            program.wait_text(&counted(chunk.last().map_or(0, |last| last + 2)));
        }
    }

    /// From the key that selects the last of all rows to its name beside the tree.
    fn key_to_screen(program: &mut TerminalFixture, topics: usize) -> Vec<Duration> {
        let expected = format!("bench/device-{:06}", topics / TOPICS_OF_DEVICE - 1);
        (0..SAMPLES)
            .map(|_| {
                program.type_text("g");
                program.wait_text(FIRST);
                thread::sleep(Duration::from_millis(20 + u64::from(fastrand::u8(..)) / 16));
                let pressed = Instant::now();
                program.type_text("G");
                program.wait_text(&expected);
                pressed.elapsed()
            })
            .collect()
    }

    /// From a search to the topic that it is for, and to the end of the search.
    fn search(program: &mut TerminalFixture) -> (Duration, Duration) {
        program.type_text("/");
        program.wait_text("found");
        let typed = Instant::now();
        program.type_text("=xx 00007/sensor-3");
        program.wait_text("bench/device-000007/sensor-3");
        let first = typed.elapsed();
        program.wait_for_screen("the end of the search", |screen| {
            screen.contents().lines().nth(SEARCH_ROW).is_some_and(|line| line.contains(" found"))
        });
        let last = typed.elapsed();
        program.type_text("\u{1b}");
        program.wait_text("by name");
        (first, last)
    }

    pub fn run() {
        let (listener, url) = TimestampingBroker::listen();
        let mut program = TerminalProgram::new(&["open", "bench", "--url", &url])
            .size(160, 50)
            .file("dashboards/bench.toml", DASHBOARD)
            .start();
        let broker = TimestampingBroker::accept(&listener);
        program.wait_text("● connected");
        let before = resident_memory(program.raw_pid());
        program.type_text("E");
        program.wait_text("Which topics");
        program.type_text("j\r");
        program.wait_text("by name");
        broker.send(&message(FIRST, "1"));
        program.wait_text(FIRST);
        add_topics(&program, &broker, 0..TOPICS_OF_DEVICE);
        program.type_text("Gl");
        program.wait_text("device-000000");
        println!(
            "\nOne message of {PAYLOAD_BYTES} bytes on each topic, terminal 160×50, {SAMPLES} samples each\n\n{HEAD}"
        );
        let mut added = TOPICS_OF_DEVICE;
        let mut memory = Vec::new();
        for topics in TOPICS {
            let started = Instant::now();
            add_topics(&program, &broker, added..topics);
            let rate = (topics - added) as u128 * 1_000 / started.elapsed().as_millis().max(1);
            let taken = resident_memory(program.raw_pid()).saturating_sub(before);
            added = topics;
            println!("{}", row(&format!("key → screen, {topics} topics"), key_to_screen(&mut program, topics)));
            let (first, last) = search(&mut program);
            memory.push(format!(
                "{topics} topics: {} MB more resident memory, {rate} messages/s; search: first topic after {} ms, all after {} ms",
                taken / 1024,
                first.as_millis(),
                last.as_millis(),
            ));
        }
        println!("\n{}", memory.join("\n"));
        program.type_text("q");
        program.wait_text("Own");
        program.wait_no_text("by name");
        thread::sleep(Duration::from_millis(500));
        let kept = resident_memory(program.raw_pid()).saturating_sub(before);
        println!("after the explorer was closed: {} MB more than before", kept / 1024);
        program.quit();
    }
}
