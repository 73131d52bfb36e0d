//! However it ends, the person gets the terminal back as it was.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use rustix::process::Signal;

use crate::{
    desk::Desk,
    pty::{Key, MQTT_DASH, Program, Pty, is_plain},
};

async fn open() -> (Desk, Pty) {
    let mut desk = Desk::new().await;
    desk.keep("bench/temperature", "23.4").await;
    let program = desk.bench().start();
    program.wait_text("23.4 °C");
    (desk, program)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn quit() {
    for keys in ["q", "\x03", "?\x03", "jl\r\x03"] {
        let (_desk, mut program) = open().await;
        program.type_text(keys);
        assert_eq!(program.ended(), 0, "{keys:?}");
        program.assert_restored();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signals() {
    for (signal, status) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130), (Signal::QUIT, 131)] {
        let (_desk, mut program) = open().await;
        let sent = Instant::now();
        program.signal(signal);
        program.wait_for("the terminal given back", is_plain);
        assert_eq!(program.ended(), status, "{signal:?}");
        program.assert_restored();
        assert!(program.ended_at() - sent < Duration::from_secs(5));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_broker_is_told_goodbye() {
    let mut desk = Desk::new().await;
    desk.line.want(&[("will", mqtt_dash::model::line::Qos::AtLeastOnce)]).await;
    let profiles = format!(
        "[profile.hub]\nurl = \"{}\"\n[profile.hub.will]\ntopic = \"will\"\npayload = \"gone\"\nqos = 1\n",
        desk.url()
    );
    let start = || {
        Program::new(&["open", "bench", "--profile", "hub"])
            .file("profiles.toml", &profiles)
            .file("dashboards/bench.toml", crate::desk::BENCH)
            .start()
    };
    let mut polite = start();
    polite.wait_text("● connected");
    polite.signal(Signal::TERM);
    polite.ended();
    let killed = start();
    killed.wait_text("● connected");
    desk.say("will", "the first has left without a word").await;
    assert_eq!(desk.heard().await, "will the first has left without a word");
    killed.signal(Signal::KILL);
    assert_eq!(desk.heard().await, "will gone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopped_by_a_key_and_continued_by_the_shell() {
    let mut desk = Desk::new().await;
    desk.keep("bench/temperature", "23.4").await;
    let script = format!(
        "set -m; {MQTT_DASH} open bench --url {}; echo \"stopped: $?\"; read answer; fg; echo \"ended: $?\"",
        desk.url()
    );
    let shell = Program::of(Path::new("/bin/sh"), &["-c", &script]);
    let mut shell = shell.file("dashboards/bench.toml", crate::desk::BENCH).start();
    shell.wait_text("23.4 °C");
    shell.key(Key::Control('z'));
    shell.wait_text("stopped: 148");
    shell.wait_for("the terminal given back", is_plain);
    assert!(!shell.is_raw());
    assert!(!shell.text().contains("23.4 °C"), "{}", shell.text());
    // What comes meanwhile, and another size, are on the screen afterwards.
    desk.say("bench/temperature", "25.6").await;
    shell.resize(100, 30);
    shell.key(Key::Enter);
    shell.wait_text("25.6 °C");
    shell.wait_for("a picture as large as the terminal", |screen| {
        let rows: Vec<String> = screen.rows(0, 100).collect();
        screen.alternate_screen() && rows[29].contains("q quit") && rows[0].trim_end().chars().count() == 99
    });
    assert!(shell.is_raw());
    shell.type_text("q");
    shell.wait_text("ended: 0");
    assert_eq!(shell.ended(), 0);
    shell.assert_restored();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopped_and_continued_from_outside() {
    let (mut desk, mut program) = open().await;
    program.signal(Signal::STOP);
    let before = program.count();
    desk.say("bench/temperature", "25.6").await;
    program.signal(Signal::CONT);
    program.wait_text("25.6 °C");
    // Of the value, which may come a frame later, only the digits that differ need to be in it.
    program.wait_bytes("a whole picture", move |bytes| {
        let new = String::from_utf8_lossy(&bytes[before..]).into_owned();
        new.contains("\x1b[?1049h") && new.contains("\x1b[2J") && new.contains("Temperature")
    });
    assert!(program.is_raw());
    program.type_text("q");
    assert_eq!(program.ended(), 0);
    program.assert_restored();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_terminal_is_closed() {
    let (_desk, mut program) = open().await;
    let closed = Instant::now();
    program.close();
    let took = program.ended_at() - closed;
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_terminal_that_takes_nothing_holds_nobody_up() {
    let mut desk = Desk::new().await;
    let tile =
        |number: u32| format!("[[tile]]\nkind = \"text\"\nname = \"{number}\"\ntopic = \"bench/{number}/set\"\n");
    let board: String = std::iter::once("columns = 1\n".to_owned()).chain((0..80).map(tile)).collect();
    let mut program = desk.board(&board).start();
    program.wait_text("● connected");
    program.pause();
    // The line lives on behind the screen: what is typed is sent.
    program.type_text("\rbehind\r");
    assert_eq!(desk.heard().await, "bench/0/set behind");
    let sent = Instant::now();
    program.signal(Signal::TERM);
    let took = program.ended_at() - sent;
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert!(!program.is_raw());
    let left = String::from_utf8_lossy(&program.bytes()).contains("\x1b[?1049l");
    assert!(!left, "the terminal took what it should not");
}
