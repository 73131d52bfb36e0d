//! How long the whole program takes, on a pseudo-terminal: from a key to the message on the broker, and
//! from a message on the broker to the changed cell; at rest and with 10,000 other messages a second.
//!
//! The other end of the broker is this driver itself, so that no broker's time is in the figures.

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
        io::Write as _,
        sync::{
            Arc,
            atomic::{AtomicBool, Ordering},
        },
        thread,
        time::{Duration, Instant},
    };

    use crate::fixtures::{
        measurement::{HEAD, row},
        terminal::TerminalFixture,
        terminal_program::TerminalProgram,
        timestamping_broker::{TimestampingBroker, message, publish_at_rate},
    };

    const SAMPLES: u32 = 300;
    /// A tile publishes at most once in 100 ms.
    const BETWEEN_KEYS: Duration = Duration::from_millis(105);
    const BETWEEN_MESSAGES: Duration = Duration::from_millis(20);
    const FLOOD: u32 = 10_000;
    const OTHERS: usize = 200;
    const LIMIT: Duration = Duration::from_secs(20);

    fn board() -> String {
        let mut board = String::from(
            "tile_size = \"small\"\n\
             [[tile]]\nkind = \"switch\"\nname = \"Press\"\npublish_topic = \"set\"\n\
             [[tile]]\nkind = \"text\"\nname = \"Watch\"\ntopic = \"watch\"\ntext_size = \"small\"\npublish = false\n",
        );
        for number in 0..OTHERS {
            let _ = write!(
                board,
                "[[tile]]\nkind = \"text\"\nname = \"{number}\"\ntopic = \"other/{number}\"\njson_path = \"$.value\"\n\
                 text_size = \"small\"\npublish = false\n",
            );
        }
        board
    }

    /// From a key to the message on the broker.
    fn keys(program: &mut TerminalFixture, broker: &TimestampingBroker) -> Vec<Duration> {
        let sample = |_| {
            thread::sleep(BETWEEN_KEYS + Duration::from_millis(u64::from(fastrand::u8(..)) / 16));
            let pressed = Instant::now();
            program.type_text("\r");
            broker.next_publish(LIMIT).expect("a message").duration_since(pressed)
        };
        (0..SAMPLES).map(sample).collect()
    }

    /// From a message on the broker to the changed cells.
    fn cells(program: &TerminalFixture, broker: &TimestampingBroker, first: u32) -> Vec<Duration> {
        let (row, column) = place(program, broker);
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

    /// Where the watched value stands.
    fn place(program: &TerminalFixture, broker: &TimestampingBroker) -> (u16, u16) {
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
                .expect("it is there")
        })
    }

    pub fn run() {
        let (listener, url) = TimestampingBroker::listen();
        let mut program = TerminalProgram::new(&["open", "bench", "--url", &url])
            .size(200, 60)
            .file("dashboards/bench.toml", &board())
            .start();
        let broker = TimestampingBroker::accept(&listener);
        program.wait_text("● connected");
        println!("\n{SAMPLES} samples each, terminal 200×60, {} tiles\n\n{}", OTHERS + 2, HEAD);
        println!("{}", row("key → message on the broker, at rest", keys(&mut program, &broker)));
        println!("{}", row("message on the broker → cell, at rest", cells(&program, &broker, 0)));

        let goes_on = Arc::new(AtomicBool::new(true));
        let flood = thread::spawn({
            let (goes_on, writer) = (Arc::clone(&goes_on), broker.writer());
            let packets: Vec<Vec<u8>> = (0..OTHERS * 10)
                .map(|number| {
                    let payload = format!("{{\"value\":{number},\"unit\":\"mV\",\"of\":\"a board that says much\"}}");
                    message(&format!("other/{}", number % OTHERS), &payload)
                })
                .collect();
            move || {
                let send =
                    |piece: &[u8]| writer.lock().expect("nobody has panicked").write_all(piece).expect("it is up");
                publish_at_rate(send, &packets, FLOOD, Duration::from_mins(5), || goes_on.load(Ordering::Relaxed))
            }
        });
        thread::sleep(Duration::from_secs(1));
        let under = |what: &str| format!("{what}, {FLOOD} messages/s");
        println!("{}", row(&under("key → broker"), keys(&mut program, &broker)));
        println!("{}", row(&under("broker → cell"), cells(&program, &broker, SAMPLES)));
        goes_on.store(false, Ordering::Relaxed);
        let (sent, took) = flood.join().expect("the flood ends");
        println!(
            "\n{:.0} other messages a second were really sent",
            f64::from(u32::try_from(sent).unwrap_or(u32::MAX)) / took.as_secs_f64()
        );
        program.quit();
    }
}
