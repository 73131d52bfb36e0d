//! What a frame writes to the terminal: the changed cells, in a single write.

use mqtt_dash::{
    app::{Event, MqttEvent},
    model::connection::ConnectionEvent,
};

use crate::fixtures::{
    app::CONNECTION,
    load::{self, NOW},
};

#[test]
fn frame_contains_only_the_changed_tiles() {
    const TILES: usize = 200;
    let (mut app, mut screen, theme) = (load::app(TILES, "others"), load::FrameBuffers::default(), load::theme());
    let batch = |tiles: std::ops::Range<usize>, number: usize| {
        let message = |tile: usize| load::message(tile, &load::payload(number * 7 + tile));
        Event::Mqtt(MqttEvent::Connection(CONNECTION, ConnectionEvent::messages(tiles.map(message))))
    };
    app.update(batch(0..TILES, 0), NOW);
    load::render_frame(&mut app, &mut screen, &theme);
    assert_eq!(load::render_frame(&mut app, &mut screen, &theme), b"", "nothing has changed");
    app.update(batch(6..7, 99), NOW);
    let one = load::render_frame(&mut app, &mut screen, &theme).len();
    assert!((20..150).contains(&one), "one changed tile takes {one} bytes");
    app.update(batch(0..TILES, 1), NOW);
    let all = load::render_frame(&mut app, &mut screen, &theme).len();
    assert!(all < TILES * 100, "all tiles take {all} bytes");
}

#[cfg(target_os = "linux")]
mod writes {
    use std::{fs, path::PathBuf, thread, time::Instant};

    use crate::fixtures::{
        load::{self, SIZE},
        terminal::TIMEOUT,
        terminal_program::TerminalProgram,
        timestamping_broker::{TimestampingBroker, message},
    };

    /// How many writes and how many bytes the kernel has counted for the thread that writes to the
    /// terminal.
    fn written(pid: i32) -> (u64, u64) {
        let tasks = fs::read_dir(format!("/proc/{pid}/task")).unwrap().map(|task| task.unwrap().path());
        let is_writer = |task: &PathBuf| fs::read_to_string(task.join("comm")).is_ok_and(|name| name == "screen\n");
        let writer = tasks.into_iter().find(is_writer).expect("a thread that writes to the terminal");
        let io = fs::read_to_string(writer.join("io")).unwrap();
        let count = |name: &str| {
            let line = io.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim().parse::<u64>().unwrap()
        };
        (count("syscw:"), count("wchar:"))
    }

    #[test]
    fn frame_is_a_single_write() {
        const BEGIN: &[u8] = b"\x1b[?2026h";
        const END: &[u8] = b"\x1b[?2026l";
        const TILES: usize = 100;
        let (listener, url) = TimestampingBroker::listen();
        let program = TerminalProgram::new(&["open", "load", "--url", &url]).size(SIZE.0, SIZE.1);
        let mut program = program.file("dashboards/load.toml", &load::dashboard(TILES, "others")).start();
        let broker = TimestampingBroker::accept(&listener);
        broker.wait_subscribed(TILES + 1, TIMEOUT).expect("the program subscribes");
        program.wait_connected("");
        for number in 0..20 {
            for tile in 0..TILES {
                broker.send(&message(&format!("load/{tile}"), &load::payload(number * 3 + tile)));
            }
            broker.send(&message("others", &format!("round {number}!")));
            program.wait_text(&format!("round {number}!"));
        }
        // Nothing may be in flight while it is counted: that is so once two reads agree.
        let pid = program.raw_pid();
        let limit = Instant::now() + TIMEOUT;
        let (writes, bytes, output) = loop {
            let (writes, bytes) = written(pid);
            let output = program.output();
            let begin = output.windows(BEGIN.len()).position(|window| window == BEGIN).unwrap();
            if output.ends_with(END) && written(pid) == (writes, bytes) {
                break (writes, bytes, output[begin..].to_vec());
            }
            assert!(Instant::now() < limit, "the output does not stop");
            thread::yield_now();
        };
        let frames = output.windows(BEGIN.len()).filter(|window| *window == BEGIN).count() as u64;
        assert!(frames >= 20, "{frames} frames");
        // Each write other than a frame wakes the event loop, and has eight bytes.
        let wakeups = (bytes - output.len() as u64) / 8;
        assert_eq!(bytes, output.len() as u64 + wakeups * 8, "only frames and wakeups are written");
        assert_eq!(writes - wakeups, frames);
        program.quit();
    }
}
