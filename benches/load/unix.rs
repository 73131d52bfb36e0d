//! The measurements.

use std::{
    io::Write as _,
    net::SocketAddr,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use mqtt_dash::{
    app::{App, DashboardFile, Effect, Event, MqttEffect, MqttEvent, OpenedDashboards},
    config::read_dashboard,
    model::{
        connection::{ConnectionEvent, ConnectionId},
        profile::{BrokerUrl, Profile},
    },
    mqtt::{Client, Login},
    runtime::Clock,
    ui::{draw, frame::FrameEncoder, layout::ScreenLayout},
};
use tokio::{sync::mpsc, time::timeout};

use crate::{
    fixtures::{
        load::{self, SIZE, payload},
        measurement::{HEAD, core_share, row},
        packet::{DISCONNECT, RETAIN},
        process::ProcessUsage,
        terminal::TerminalFixture,
        terminal_program::TerminalProgram,
        timestamping_broker::{connect_publisher, message, publish_at_rate},
    },
    source::Source,
};

const TILES: usize = 1_000;
const TIME: Duration = Duration::from_secs(20);
const FRAME: Duration = Duration::from_millis(15);
/// When no message has arrived for this long, all have arrived.
const SILENCE: Duration = Duration::from_secs(3);
const IDLE: Duration = Duration::from_secs(10);

/// A thousand tiles, each with a topic of its own.
fn dashboard() -> String {
    format!("{}{}", load::SETTINGS, load::tiles(TILES))
}

/// Messages for the tiles, in turn.
fn packets() -> Vec<Vec<u8>> {
    (0..TILES * 7).map(|number| message(&format!("load/{}", number % TILES), &payload(number))).collect()
}

/// Publishes a retained message for each tile: once all have arrived, every subscription is granted.
fn publish_retained(address: SocketAddr) {
    let mut stream = connect_publisher(address, "retainer");
    for mut packet in packets().into_iter().take(TILES) {
        packet[0] |= RETAIN;
        stream.write_all(&packet).expect("the broker accepts messages");
    }
    stream.write_all(&[DISCONNECT, 0]).expect("DISCONNECT can be written");
}

/// Publishes from a thread of its own; returns how many messages and how long it took.
fn publish(address: SocketAddr, rate: u32, time: Duration) -> JoinHandle<(u64, Duration)> {
    thread::spawn(move || {
        let mut stream = connect_publisher(address, "publisher");
        let packets = packets();
        let sent = publish_at_rate(
            |batch| stream.write_all(batch).expect("the broker accepts messages"),
            &packets,
            rate,
            time,
            || true,
        );
        stream.write_all(&[DISCONNECT, 0]).expect("DISCONNECT can be written");
        sent
    })
}

fn rate(count: u64, time: Duration) -> u64 {
    u64::try_from(u128::from(count) * 1_000 / time.as_millis().max(1)).unwrap_or_default()
}

/// The messages that the tiles have counted, the notices of the connection, and the number of frames.
struct Counted {
    messages: u64,
    notices: Vec<String>,
    frames: u64,
    tiles: usize,
}

/// Runs connection and app as the program does, and counts.
async fn count(source: &Source) -> (Counted, (u64, Duration)) {
    let url = BrokerUrl::parse(&format!("mqtt://{}", source.address())).expect("a valid URL");
    let profile = Profile::from_broker_url(url);
    let (sender, mut events) = mpsc::channel(32);
    let login = Login { client_id: "counter".to_owned(), ..Login::default() };
    let client = Client::open(ConnectionId(0), profile.clone(), login, sender);
    let clock = Clock::start();
    let mut app = App::new(SIZE);
    let dashboard = read_dashboard("load.toml", &dashboard()).expect("a valid dashboard");
    let file = DashboardFile { name: "load".to_owned(), path: None, definition: dashboard };
    let opened = OpenedDashboards { connection: ConnectionId(0), profile, files: vec![file], explore: None };
    for effect in app.update(Event::Mqtt(MqttEvent::DashboardsOpened(Box::new(opened))), clock.now()) {
        if let Effect::Mqtt(MqttEffect::SetSubscriptions(_, wanted)) = effect {
            client.set_subscriptions(wanted);
        }
    }
    let theme = load::theme();
    let (mut screen, mut layout, mut drawn) = (FrameEncoder::default(), ScreenLayout::default(), Instant::now());
    let mut counted = Counted { messages: 0, notices: Vec::new(), frames: 0, tiles: 0 };
    let (mut publisher, mut retained) = (None, 0);
    loop {
        let Ok(event) = timeout(SILENCE, events.recv()).await else { break };
        let (line, event) = event.expect("the connection task runs");
        match &event {
            ConnectionEvent::Messages(messages) if publisher.is_none() => {
                retained += messages.len();
                if retained == TILES {
                    publisher = Some(publish(source.address(), source.rate(), TIME));
                }
            }
            ConnectionEvent::Notice(text) => counted.notices.push(text.clone()),
            _ => {}
        }
        app.update(Event::Mqtt(MqttEvent::Connection(line, event)), clock.now());
        if drawn.elapsed() >= FRAME {
            app.resolve_values(clock.now());
            screen.encode(app.size, |buf| draw(buf, &app, &theme, clock.now(), &mut layout));
            (drawn, counted.frames) = (Instant::now(), counted.frames + 1);
        }
    }
    let sent = publisher.expect("every tile has its retained message").join().expect("the publisher ends");
    client.close().await;
    let opened = app.current_dashboard().expect("an open dashboard");
    // Without the retained one.
    let counts = (0..TILES).filter_map(|index| opened.tile(index)).map(|(_, state)| state.message_count - 1);
    counted.tiles = counts.clone().filter(|count| *count > 0).count();
    counted.messages = counts.sum();
    (counted, sent)
}

fn report_counts(source: &Source) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let (counted, (sent, time)) = runtime.expect("the runtime starts").block_on(count(source));
    let Counted { messages, notices, frames, tiles } = counted;
    println!("published                  {sent} in {:.1} s: {} a second", time.as_secs_f64(), rate(sent, time));
    println!("counted by the tiles       {messages}, on {tiles} of {TILES} tiles, {frames} frames");
    println!("lost                       {}", i128::from(sent) - i128::from(messages));
    for notice in notices {
        println!("notice                     {notice}");
    }
}

/// Presses a key and waits until the selected tile is at this column of the first row; returns how long that
/// took.
fn select_time(program: &mut TerminalFixture, key: &str, column: u16) -> Duration {
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
        let is_corner = |column: &u16| screen.cell(1, *column).is_some_and(|cell| cell.contents() == "╭");
        columns.find(is_corner).expect("there is a second tile")
    })
}

fn report_under_load(program: &mut TerminalFixture, source: &Source) {
    let column = second_column(program);
    let publisher = publish(source.address(), source.rate(), TIME);
    let (start, before) = (Instant::now(), ProcessUsage::of(program.raw_pid()));
    let bytes = program.output_len();
    let mut times = Vec::new();
    let mut memory = Vec::new();
    while start.elapsed() < TIME {
        for (key, column) in [("l", column), ("h", 0)] {
            thread::sleep(Duration::from_millis(50 + u64::from(fastrand::u8(..64))));
            times.push(select_time(program, key, column));
        }
        memory.push(ProcessUsage::of(program.raw_pid()).memory);
    }
    let after = ProcessUsage::of(program.raw_pid());
    let (sent, time) = publisher.join().expect("the publisher ends");
    println!("published                  {} a second", rate(sent, time));
    println!(
        "processor                  {} of a core",
        core_share(after.cpu.saturating_sub(before.cpu), start.elapsed())
    );
    println!(
        "waited for a processor     {:.1} s, while other programs used it",
        after.waited.saturating_sub(before.waited).as_secs_f64()
    );
    let most = |part: &[u64]| part.iter().max().copied().unwrap_or_default().to_string();
    let quarters: Vec<String> = memory.chunks(memory.len().div_ceil(4).max(1)).map(most).collect();
    println!(
        "memory                     {} KiB before, at most {} KiB in each quarter",
        before.memory,
        quarters.join(", ")
    );
    println!("bytes to the terminal      {} a second\n", rate((program.output_len() - bytes) as u64, start.elapsed()));
    println!("{}\n{}", HEAD, row("key → answer on the screen", times));
}

fn report_idle(program: &TerminalFixture, what: &str) {
    let pid = program.raw_pid();
    let (before, bytes, start) = (ProcessUsage::of(pid), program.output_len(), Instant::now());
    thread::sleep(IDLE);
    let after = ProcessUsage::of(pid);
    println!(
        "{what:<26} {} of a core, {} wake-ups a second, {} bytes a second to the terminal",
        core_share(after.cpu.saturating_sub(before.cpu), start.elapsed()),
        (after.wakeups - before.wakeups) / IDLE.as_secs(),
        (program.output_len() - bytes) as u64 / IDLE.as_secs(),
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
    publish_retained(source.address());
    println!("\nConnection and app, counting\n");
    report_counts(&source);

    println!("\nThe whole program on a pseudo-terminal of {}×{}\n", SIZE.0, SIZE.1);
    let url = format!("mqtt://{}", source.address());
    let mut program = TerminalProgram::new(&["open", "load", "--url", &url])
        .size(SIZE.0, SIZE.1)
        .file("dashboards/load.toml", &dashboard())
        .start();
    program.wait_text("● connected");
    program.wait_text("Tile 1 ");
    program.wait_no_text("nothing yet");
    thread::sleep(Duration::from_secs(3));
    report_idle(&program, "idle, ages in seconds");
    println!();
    report_under_load(&mut program, &source);
    println!();
    thread::sleep(Duration::from_mins(1));
    report_idle(&program, "idle, ages in minutes");
    program.quit();
    source.stop();
}
