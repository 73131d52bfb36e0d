//! What may come from the terminal and the keyboard.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use mqtt_dash::app::Action;

use crate::{
    desk::Desk,
    pty::{MQTT_DASH, Program},
    stage::{Stage, orders},
};

pub fn sizes() {
    let every = "[[tile]]\nkind = \"KIND\"\nname = \"N\"\ntopic = \"t\"\n";
    let board: String = ["text", "switch", "range", "color"].map(|kind| every.replace("KIND", kind)).concat();
    let mut stage = Stage::new(&board);
    stage.message("t", "日本語 42".as_bytes());
    let modes = [Action::Cancel, Action::Help, Action::Detail, Action::Find, Action::Palette, Action::Press];
    let storm = (0..200_u16).map(|step| ((step * 37) % 90, (step * 23) % 40));
    for size in [(0, 0), (1, 1), (0, 24), (80, 0), (2, 2), (500, 200)].into_iter().chain(storm) {
        for action in modes.clone() {
            stage.act(action);
            stage.resize(size.0, size.1);
            assert_eq!((stage.picture().area.width, stage.picture().area.height), size);
            stage.frame();
            stage.act(Action::Cancel);
        }
    }
}

pub async fn closed_under_load() {
    let mut desk = Desk::new().await;
    let mut program = desk.bench().start();
    program.wait_text("● connected");
    for number in 0..200 {
        desk.say("bench/temperature", number.to_string()).await;
    }
    let closed = Instant::now();
    program.close();
    let took = program.ended_at() - closed;
    assert!(took < Duration::from_secs(2), "{took:?}");
}

pub fn no_terminal() {
    let home = tempfile::tempdir().expect("a home");
    for arguments in [&["demo"][..], &[]] {
        let mut command = Command::new(MQTT_DASH);
        command.args(arguments).env("MQTT_DASH_CONFIG_DIR", home.path()).env("TERM", "xterm");
        let output = command.stdin(Stdio::null()).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.starts_with("mqtt-dash: there is no terminal to draw on; `mqtt-dash snapshot`"), "{said}");
        assert!(output.stdout.is_empty());
    }
    let mut program = Program::new(&["demo"]).env("TERM", "dumb").start();
    assert_eq!(program.ended(), 2);
    program.wait_text("this terminal (TERM=dumb) cannot place text on the screen");
    assert!(!String::from_utf8_lossy(&program.bytes()).contains('\x1b'));
}

pub async fn rubbish_from_the_keyboard() {
    let mut desk = Desk::new().await;
    desk.keep("bench/temperature", "23.4").await;
    let mut program = desk.bench().start();
    program.wait_text("23.4 °C");
    // A lone ESC [ waits for its end, which a letter is.
    program.type_text("l\x1b[");
    desk.say("bench/temperature", "24.5").await;
    program.wait_text("24.5 °C");
    program.type_text("Z");
    program.type_text(&format!("\x1b[200~{}\x1b[201~", "1\r\n \x1b".repeat(200_000)));
    program.type_text("\x1b[999;999;999~\x1b[<0;500;500M\x1b]0;\x07\u{9b}\x1b");
    // What is typed afterwards is understood, and nothing was published before it.
    program.type_text("ggg?");
    program.wait_text("press the tile");
    program.type_text("q");
    desk.say("bench/end/set", "nothing before").await;
    assert_eq!(desk.heard().await, "bench/end/set nothing before");
    program.type_text("q");
    assert_eq!(program.ended(), 0);
}

pub fn a_key_held() {
    let mut stage = Stage::new("[[tile]]\nkind = \"range\"\nname = \"R\"\ntopic = \"t\"\n");
    stage.message("t", b"0");
    let mut sent = Vec::new();
    // Three seconds of a key that repeats thirty times a second.
    for _ in 0..90 {
        sent.extend(orders(stage.act(Action::Step(1))));
        sent.extend(orders(stage.wait(33)));
    }
    sent.extend(orders(stage.wait(200)));
    assert!((20..=31).contains(&sent.len()), "{} publishes in three seconds", sent.len());
    assert_eq!(sent.last().map(|order| &*order.payload), Some(&b"90"[..]));
}
