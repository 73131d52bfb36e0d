//! A thousand tiles and 50,000 messages a second for 20 seconds through a broker: what the broker
//! delivered against what the app counted, then how the whole program answers keys meanwhile, and
//! what it costs when nothing happens.
//!
//! The broker is mosquitto with a queue without end; where it is missing, the embedded one, which
//! drops messages for slow readers, at a lower rate.

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
        fs::OpenOptions,
        io::Write as _,
        net::SocketAddr,
        process::{Command, Stdio},
        thread::{self, JoinHandle},
        time::{Duration, Instant},
    };

    use mqtt_dash::{
        app::{App, Event, Opened, Sheet},
        demo::{Access, Broker, broker::anywhere_here},
        model::{
            line::{LineEvent, LineId},
            profile::{Address, Profile},
        },
        mqtt::{Link, Login},
        run::Clock,
        store::read_dashboard,
        ui::{Look, draw, screen::Screen, theme::Depth},
    };
    use tokio::{runtime::Runtime, sync::mpsc, time::timeout};

    use crate::fixtures::{
        broker::{BrokerConfig, BrokerFixture},
        measurement::{HEAD, core_share, row},
        process::ProcessUsage,
        terminal::TerminalFixture,
        terminal_program::TerminalProgram,
        timestamping_broker::{connect_publisher, message, publish_at_rate},
    };

    const TILES: usize = 1_000;
    const TIME: Duration = Duration::from_secs(20);
    const SIZE: (u16, u16) = (200, 60);
    const FRAME: Duration = Duration::from_millis(15);
    /// When nothing has come for so long, nothing comes any more.
    const SILENCE: Duration = Duration::from_secs(3);
    const QUIET: Duration = Duration::from_secs(10);

    /// A broker that delivers what it can.
    enum Source {
        Mosquitto(BrokerFixture),
        Embedded(Broker, Runtime),
    }

    impl Source {
        fn start() -> Self {
            let mut look = Command::new("mosquitto");
            let there = look.arg("-h").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
            if there {
                let mut broker = BrokerFixture::start(BrokerConfig::default());
                let config = broker.path("mosquitto.conf");
                let mut file = OpenOptions::new().append(true).open(config).expect("its file");
                writeln!(file, "max_queued_messages 0\nlog_type error").expect("it can be written");
                broker.kill();
                broker.restart();
                return Self::Mosquitto(broker);
            }
            let runtime = Runtime::new().expect("a runtime");
            let broker = runtime.block_on(Broker::start(anywhere_here(), Access::ThisMachine)).expect("a broker");
            Self::Embedded(broker, runtime)
        }

        fn address(&self) -> SocketAddr {
            match self {
                Self::Mosquitto(broker) => SocketAddr::from(([127, 0, 0, 1], broker.port)),
                Self::Embedded(broker, _) => broker.address(),
            }
        }

        fn stop(self) {
            if let Self::Embedded(broker, runtime) = self {
                runtime.block_on(broker.stop());
            }
        }

        fn rate(&self) -> u32 {
            match self {
                Self::Mosquitto(_) => 50_000,
                Self::Embedded(..) => 5_000,
            }
        }

        fn name(&self) -> &'static str {
            match self {
                Self::Mosquitto(_) => "mosquitto",
                Self::Embedded(..) => "the embedded broker (mosquitto is missing, so the rate is lower)",
            }
        }
    }

    /// A thousand tiles, each with a topic of its own.
    fn board() -> String {
        let mut board = String::from("title = \"Load\"\ntile_size = \"small\"\n");
        for number in 0..TILES {
            let kind = match number % 4 {
                0 => "kind = \"range\"\njson_path = \"$.value\"",
                1 => "kind = \"switch\"\njson_path = \"$.on\"",
                _ => "kind = \"text\"\ntext_size = \"small\"\njson_path = \"$.value\"",
            };
            let _ = write!(
                board,
                "[[tile]]\n{kind}\nname = \"Tile {number}\"\ntopic = \"load/{number}\"\npublish = false\n"
            );
        }
        board
    }

    /// Messages of about 100 bytes, in turn for each tile.
    fn packets() -> Vec<Vec<u8>> {
        let packet = |number: usize| {
            let payload = format!(
                "{{\"value\":{},\"on\":{},\"unit\":\"°C\",\"room\":\"the one with the window to the south\",\"seq\":{number}}}",
                number % 101,
                number % 2,
            );
            message(&format!("load/{}", number % TILES), &payload)
        };
        (0..TILES * 7).map(packet).collect()
    }

    /// Leaves a message for each tile with the broker: once they have all come, every subscription
    /// is granted.
    fn keep(address: SocketAddr) {
        let mut stream = connect_publisher(address, "keeper");
        for mut packet in packets().into_iter().take(TILES) {
            packet[0] |= 1;
            stream.write_all(&packet).expect("the broker takes it");
        }
        stream.write_all(&[0xe0, 0]).expect("it can say goodbye");
    }

    /// Publishes from a thread of its own; gives how many messages and how long it took.
    fn publish(address: SocketAddr, rate: u32, time: Duration) -> JoinHandle<(u64, Duration)> {
        thread::spawn(move || {
            let mut stream = connect_publisher(address, "flood");
            let packets = packets();
            let sent = publish_at_rate(
                |piece| stream.write_all(piece).expect("the broker takes it"),
                &packets,
                rate,
                time,
                || true,
            );
            stream.write_all(&[0xe0, 0]).expect("it can say goodbye");
            sent
        })
    }

    fn rate(count: u64, time: Duration) -> u64 {
        u64::try_from(u128::from(count) * 1_000 / time.as_millis().max(1)).unwrap_or_default()
    }

    /// What the app has counted, what was said of losses, and how many frames were drawn.
    struct Counted {
        messages: u64,
        notices: Vec<String>,
        frames: u64,
        tiles: usize,
    }

    /// The line and the app as in the program, but that everything can be counted.
    async fn count(source: &Source) -> (Counted, (u64, Duration)) {
        let url = Address::parse(&format!("mqtt://{}", source.address())).expect("an address");
        let profile = Profile::of_address(url);
        let (events, mut heard) = mpsc::channel(32);
        let login = Login { client_id: "counts".to_owned(), ..Login::default() };
        let link = Link::open(LineId(0), profile.clone(), login, events);
        let clock = Clock::start();
        let mut app = App::new(SIZE);
        let dashboard = read_dashboard("load.toml", &board()).expect("a dashboard");
        let sheet = Sheet { name: "load".to_owned(), path: None, dashboard };
        let opened = Opened { line: LineId(0), profile, sheets: vec![sheet] };
        for command in app.update(Event::Opened(Box::new(opened)), clock.now()) {
            if let mqtt_dash::app::Command::Want(_, wanted) = command {
                link.want(wanted);
            }
        }
        let look = Look::plain(Depth::True);
        let (mut screen, mut drawn) = (Screen::default(), Instant::now());
        let mut counted = Counted { messages: 0, notices: Vec::new(), frames: 0, tiles: 0 };
        let (mut flood, mut kept) = (None, 0);
        loop {
            let Ok(event) = timeout(SILENCE, heard.recv()).await else { break };
            let (line, said) = event.expect("the line lives");
            match &said {
                LineEvent::Messages(messages) if flood.is_none() => {
                    kept += messages.len();
                    if kept == TILES {
                        flood = Some(publish(source.address(), source.rate(), TIME));
                    }
                }
                LineEvent::Notice(text) => counted.notices.push(text.clone()),
                _ => {}
            }
            app.update(Event::Line(line, said), clock.now());
            if drawn.elapsed() >= FRAME {
                app.settle(clock.now());
                screen.frame(app.size, |buf| draw(buf, &app, &look, clock.now()));
                (drawn, counted.frames) = (Instant::now(), counted.frames + 1);
            }
        }
        let sent = flood.expect("every tile has its message").join().expect("the flood ends");
        link.close().await;
        let board = app.board().expect("a board");
        // Without the one that was kept.
        let counts = (0..TILES).filter_map(|index| board.tile(index)).map(|(_, state)| state.count - 1);
        counted.tiles = counts.clone().filter(|count| *count > 0).count();
        counted.messages = counts.sum();
        (counted, sent)
    }

    fn counting(source: &Source) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let (counted, (sent, took)) = runtime.expect("a runtime").block_on(count(source));
        let Counted { messages, notices, frames, tiles } = counted;
        println!("published                  {sent} in {:.1} s: {} a second", took.as_secs_f64(), rate(sent, took));
        println!("counted by the app         {messages}, for {tiles} of {TILES} tiles, {frames} frames meanwhile");
        println!("lost                       {}", i128::from(sent) - i128::from(messages));
        for notice in notices {
            println!("the line says              {notice}");
        }
    }

    /// Waits until the mark of the selected tile is at this column of the first row of tiles; gives
    /// how long it took from the key.
    fn answered(program: &mut TerminalFixture, key: &str, column: u16) -> Duration {
        let pressed = Instant::now();
        program.type_text(key);
        program.wait_for_screen("the selected tile", |screen| {
            screen.cell(1, column).is_some_and(|cell| cell.contents() == "┏")
        });
        pressed.elapsed()
    }

    fn second_column(program: &TerminalFixture) -> u16 {
        program.with_screen(|screen| {
            let mut columns = 1..SIZE.0;
            let begins = |column: &u16| screen.cell(1, *column).is_some_and(|cell| cell.contents() == "╭");
            columns.find(begins).expect("a second tile")
        })
    }

    fn flooded(program: &mut TerminalFixture, source: &Source) {
        let column = second_column(program);
        let flood = publish(source.address(), source.rate(), TIME);
        let (start, before) = (Instant::now(), ProcessUsage::of(program.raw_pid()));
        let bytes = program.output_len();
        let mut times = Vec::new();
        let mut memory = Vec::new();
        while start.elapsed() < TIME {
            for (key, column) in [("l", column), ("h", 0)] {
                thread::sleep(Duration::from_millis(50 + u64::from(fastrand::u8(..64))));
                times.push(answered(program, key, column));
            }
            memory.push(ProcessUsage::of(program.raw_pid()).memory);
        }
        let after = ProcessUsage::of(program.raw_pid());
        let (sent, took) = flood.join().expect("the flood ends");
        println!("published                  {} a second", rate(sent, took));
        println!(
            "processor                  {} of a core",
            core_share(after.cpu.saturating_sub(before.cpu), start.elapsed())
        );
        println!(
            "waited for a processor     {:.1} s, in which other programs had it",
            after.waited.saturating_sub(before.waited).as_secs_f64()
        );
        let most = |part: &[u64]| part.iter().max().copied().unwrap_or_default().to_string();
        let quarters: Vec<String> = memory.chunks(memory.len().div_ceil(4).max(1)).map(most).collect();
        println!(
            "memory                     {} KiB before, at most {} KiB in each quarter",
            before.memory,
            quarters.join(", ")
        );
        println!(
            "bytes to the terminal      {} a second\n",
            rate((program.output_len() - bytes) as u64, start.elapsed())
        );
        println!("{}\n{}", HEAD, row("key → answer on the screen", times));
    }

    fn quiet(program: &TerminalFixture, what: &str) {
        let pid = program.raw_pid();
        let (before, bytes, start) = (ProcessUsage::of(pid), program.output_len(), Instant::now());
        thread::sleep(QUIET);
        let after = ProcessUsage::of(pid);
        println!(
            "{what:<26} {} of a core, {} wake-ups a second, {} bytes a second to the terminal",
            core_share(after.cpu.saturating_sub(before.cpu), start.elapsed()),
            (after.wakeups - before.wakeups) / QUIET.as_secs(),
            (program.output_len() - bytes) as u64 / QUIET.as_secs(),
        );
    }

    pub fn run() {
        let source = Source::start();
        println!(
            "\n{TILES} tiles, {} messages a second for {} s, through {}",
            source.rate(),
            TIME.as_secs(),
            source.name()
        );
        keep(source.address());
        println!("\nThe line and the app, counting\n");
        counting(&source);

        println!("\nThe whole program on a pseudo-terminal of {}×{}\n", SIZE.0, SIZE.1);
        let url = format!("mqtt://{}", source.address());
        let mut program = TerminalProgram::new(&["open", "load", "--url", &url])
            .size(SIZE.0, SIZE.1)
            .file("dashboards/load.toml", &board())
            .start();
        program.wait_text("● connected");
        program.wait_text("Tile 1 ");
        program.wait_no_text("nothing yet");
        thread::sleep(Duration::from_secs(3));
        quiet(&program, "idle, ages in seconds");
        println!();
        flooded(&mut program, &source);
        println!();
        thread::sleep(Duration::from_mins(1));
        quiet(&program, "idle, ages in minutes");
        program.quit();
        source.stop();
    }
}
