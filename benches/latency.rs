//! The latency of the whole program on a pseudo-terminal: from a key to the PUBLISH packet, and from a PUBLISH
//! packet to the changed cell; idle and with 10,000 other messages a second.
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
        fmt::Write as _,
        thread,
        time::{Duration, Instant},
    };

    use crate::fixtures::{
        measurement::{HEAD, row},
        terminal::TerminalFixture,
        terminal_program::TerminalProgram,
        timestamping_broker::{TimestampingBroker, message},
    };

    const SAMPLES: u32 = 300;
    /// A tile publishes at most once in 100 ms.
    const BETWEEN_KEYS: Duration = Duration::from_millis(105);
    const BETWEEN_MESSAGES: Duration = Duration::from_millis(20);
    const RATE: u32 = 10_000;
    const OTHER_TILES: usize = 200;
    const TIMEOUT: Duration = Duration::from_secs(20);

    fn dashboard() -> String {
        let mut dashboard = String::from(
            "tile_size = \"small\"\n\
             [[tile]]\nkind = \"switch\"\nname = \"Press\"\npublish_topic = \"set\"\n\
             [[tile]]\nkind = \"text\"\nname = \"Watch\"\ntopic = \"watch\"\ntext_size = \"small\"\npublish = false\n",
        );
        for number in 0..OTHER_TILES {
            let _ = write!(
                dashboard,
                "[[tile]]\nkind = \"text\"\nname = \"{number}\"\ntopic = \"other/{number}\"\njson_path = \"$.value\"\n\
                 text_size = \"small\"\npublish = false\n",
            );
        }
        dashboard
    }

    /// From a key to the PUBLISH packet.
    fn key_to_publish(program: &mut TerminalFixture, broker: &TimestampingBroker) -> Vec<Duration> {
        let sample = |_| {
            thread::sleep(BETWEEN_KEYS + Duration::from_millis(u64::from(fastrand::u8(..)) / 16));
            let pressed = Instant::now();
            program.type_text("\r");
            broker.next_publish(TIMEOUT).expect("the program publishes").duration_since(pressed)
        };
        (0..SAMPLES).map(sample).collect()
    }

    /// From a PUBLISH packet to the changed cells.
    fn publish_to_cell(program: &TerminalFixture, broker: &TimestampingBroker, first: u32) -> Vec<Duration> {
        let (row, column) = position(program, broker);
        let sample = |number: u32| {
            thread::sleep(BETWEEN_MESSAGES + Duration::from_millis(u64::from(fastrand::u8(..)) / 16));
            let payload = format!("#{:04}", (first + number) % 10_000);
            let packet = message("watch", &payload);
            let sent = Instant::now();
            broker.send(&packet);
            program.wait_for_screen(&payload, |screen| {
                let shown = (column..).zip(payload.chars());
                shown
                    .into_iter()
                    .all(|(column, c)| screen.cell(row, column).is_some_and(|cell| cell.contents().chars().eq([c])))
            });
            sent.elapsed()
        };
        (0..SAMPLES).map(sample).collect()
    }

    /// The position of the watched value.
    fn position(program: &TerminalFixture, broker: &TimestampingBroker) -> (u16, u16) {
        broker.send(&message("watch", "#XXXX"));
        program.wait_text("#XXXX");
        program.with_screen(|screen| {
            let (rows, columns) = screen.size();
            let rows = (0..rows.get()).zip(screen.rows(0, columns.get()));
            rows.into_iter()
                .find_map(|(row, text)| {
                    let before = text.split_once("#XXXX")?.0.chars().count();
                    Some((row, u16::try_from(before).expect("a column")))
                })
                .expect("the value is on the screen")
        })
    }

    pub fn run() {
        let (listener, url) = TimestampingBroker::listen();
        let mut program = TerminalProgram::new(&["open", "bench", "--url", &url])
            .size(200, 60)
            .file("dashboards/bench.toml", &dashboard())
            .start();
        let broker = TimestampingBroker::accept(&listener);
        program.wait_text("● connected");
        println!("\n{SAMPLES} samples each, terminal 200×60, {} tiles\n\n{}", OTHER_TILES + 2, HEAD);
        println!("{}", row("key → PUBLISH, idle", key_to_publish(&mut program, &broker)));
        println!("{}", row("PUBLISH → cell, idle", publish_to_cell(&program, &broker, 0)));

        let packets = (0..OTHER_TILES * 10).map(|number| {
            let payload = format!("{{\"value\":{number},\"unit\":\"mV\",\"of\":\"a device that publishes often\"}}");
            message(&format!("other/{}", number % OTHER_TILES), &payload)
        });
        let sender = broker.send_in_background(packets.collect(), RATE);
        thread::sleep(Duration::from_secs(1));
        let under_load = |what: &str| format!("{what}, {RATE} messages/s");
        println!("{}", row(&under_load("key → PUBLISH"), key_to_publish(&mut program, &broker)));
        println!("{}", row(&under_load("PUBLISH → cell"), publish_to_cell(&program, &broker, SAMPLES)));
        let (sent, time) = sender.end();
        println!(
            "\n{:.0} other messages a second were actually sent",
            f64::from(u32::try_from(sent).unwrap_or(u32::MAX)) / time.as_secs_f64()
        );
        program.quit();
    }
}
