//! Measurements of single parts: reading JSON, rendering frames.

use std::{
    hint::black_box,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use mqtt_dash::{
    app::App,
    model::json_path::{JsonPath, find_all, parse_json},
};

use crate::{
    fixtures::{
        load::{self, NOW, payload},
        timestamping_broker::message,
    },
    runs::connected,
    subject::Subject,
    table::Table,
};

/// The median time of one call in microseconds.
fn median_micros(mut work: impl FnMut()) -> f64 {
    const TIMES: u32 = 200;
    let mut times: Vec<Duration> = (0..101)
        .map(|_| {
            let start = Instant::now();
            (0..TIMES).for_each(|_| work());
            start.elapsed() / TIMES
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e6
}

/// Extracting values from JSON payloads.
pub fn json_paths(table: &mut Table) {
    let small = payload(4_242);
    let entry = |number: usize| format!("\"sensor{number:02}\":{}", payload(number));
    let large = format!("{{{}}}", (0..36).map(entry).collect::<Vec<_>>().join(","));
    let sized = |payload: &str| format!("{} bytes", payload.len());
    for (payload, path, goal) in [(&small, "$.value", 0.5), (&large, "$.sensor30.value", 8.)] {
        let path = JsonPath::parse(path).expect("a valid path");
        let bytes = payload.as_bytes();
        table.row(&format!("a JSON path to one place, in {}", sized(payload)), &format!("{goal} µs"));
        let extracted = median_micros(|| drop(black_box(find_all(black_box(bytes), &[&path]))));
        let parsed = median_micros(|| drop(black_box(parse_json(black_box(bytes)).map(|json| path.find(&json)))));
        table.cell("mqtt-dash", format!("{extracted:.2} µs (parsed completely: {parsed:.2})"), extracted);
        table.set_met(extracted <= goal);
    }
    let paths = ["$.value", "$.on", "$.unit", "$.seq"].map(|path| JsonPath::parse(path).expect("a valid path"));
    table.row(&format!("four tiles on one topic, {}", sized(&small)), "parsed once");
    let together = median_micros(|| drop(black_box(find_all(black_box(small.as_bytes()), &paths.each_ref()))));
    let separate =
        median_micros(|| paths.iter().for_each(|path| drop(black_box(find_all(black_box(small.as_bytes()), &[path])))));
    table.cell("mqtt-dash", format!("{together:.2} µs (one by one: {separate:.2})"), together);
    table.set_met(together < separate);
}

/// The time, the bytes and the writes of frames.
pub fn frames(table: &mut Table) {
    const TILES: usize = 200;
    let (mut app, mut screen, theme) = (load::app(TILES, "watch"), load::FrameBuffers::default(), load::theme());
    let mut frame =
        |app: &mut App| u32::try_from(load::render_frame(app, &mut screen, &theme).len()).unwrap_or(u32::MAX);
    app.update(load::batch(0..TILES, 1), NOW);
    let first = frame(&mut app);
    let unchanged = frame(&mut app);
    let mut most = 0;
    let mut number = 1;
    let one = median_micros(|| {
        number += 1;
        app.update(load::batch(6..7, number), NOW);
        most = most.max(frame(&mut app));
    });
    let all = median_micros(|| {
        number += 1;
        app.update(load::batch(0..TILES, number), NOW);
        frame(&mut app);
    });
    table.row("one tile of 200 changes: bytes to the terminal, time of the frame", "< 150, < 1 ms");
    table.cell("mqtt-dash", format!("{most}, {:.2} ms (all 200: {:.2} ms)", one / 1e3, all / 1e3), one);
    table.set_met(most < 150 && one < 1e3);
    table.row("bytes of an unchanged frame (of the first one)", "0");
    table.cell("mqtt-dash", format!("{unchanged} ({first})"), f64::from(unchanged));
    table.set_met(unchanged == 0);
    count_writes(table);
}

/// How many writes a frame takes, counted with `strace`.
fn count_writes(table: &mut Table) {
    let (mut running, broker) = connected(&Subject::MqttDash { tiles: 200, v5: false, all: false });
    let pid = running.pid().to_string();
    let terminal = running.terminal().expect("mqtt-dash runs on a terminal");
    terminal.wait_text("Tile 1 ");
    let log = tempfile::NamedTempFile::new().expect("a temporary file");
    let mut strace = Command::new("strace");
    strace
        .args(["-f", "-qq", "-e", "trace=write,writev", "-e", "signal=none", "-s", "16", "-p", &pid, "-o"])
        .arg(log.path());
    let Ok(mut strace) = strace.stdout(Stdio::null()).stderr(Stdio::null()).spawn() else {
        return println!("strace is missing: writes are not counted");
    };
    thread::sleep(Duration::from_secs(1));
    for number in 0..100 {
        let packets = (0..200).flat_map(|tile| message(&format!("load/{tile}"), &payload(number * 7 + tile)));
        broker.send(&packets.collect::<Vec<u8>>());
        thread::sleep(Duration::from_millis(25));
    }
    thread::sleep(Duration::from_millis(300));
    let _ = Command::new("kill").arg(strace.id().to_string()).status();
    let _ = strace.wait();
    let trace = std::fs::read_to_string(log.path()).unwrap_or_default();
    let output: Vec<&str> =
        trace.lines().filter(|line| line.contains("write(1,") || line.contains("writev(1,")).collect();
    let writes = output.len();
    let frames = output.iter().filter(|line| line.contains("\\33[?2026h")).count();
    let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    table.row("writes a frame, of 200 tiles that all change", "1");
    table.cell("mqtt-dash", format!("{:.2} ({writes} for {frames})", number(writes) / number(frames)), 0.);
    table.set_met(writes == frames);
}
