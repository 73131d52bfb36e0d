//! What may come from the terminal and the keyboard.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use mqtt_dash::app::Action;

use crate::fixtures::{
    app::AppFixture,
    embedded_broker::EmbeddedBrokerFixture,
    process,
    terminal_program::{MQTT_DASH, TerminalProgram},
};

pub fn sizes() {
    let every = "[[tile]]\nkind = \"KIND\"\nname = \"N\"\ntopic = \"t\"\n";
    let board: String = ["text", "switch", "range", "color"].map(|kind| every.replace("KIND", kind)).concat();
    let mut fixture = AppFixture::new(&board);
    fixture.receive("t", "日本語 42".as_bytes());
    let modes = [Action::Cancel, Action::Help, Action::Detail, Action::Find, Action::Palette, Action::Press];
    let storm = (0..200_u16).map(|step| ((step * 37) % 90, (step * 23) % 40));
    for size in [(0, 0), (1, 1), (0, 24), (80, 0), (2, 2), (500, 200)].into_iter().chain(storm) {
        for action in modes.clone() {
            fixture.act(action);
            fixture.resize(size.0, size.1);
            assert_eq!((fixture.screen_buffer().area.width, fixture.screen_buffer().area.height), size);
            fixture.render_frame();
            fixture.act(Action::Cancel);
        }
    }
}

pub async fn closed_under_load() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    let mut program = broker.default_program().start();
    program.wait_text("● connected");
    for number in 0..200 {
        broker.publish("bench/temperature", number.to_string()).await;
    }
    let closed = Instant::now();
    program.hang_up();
    let took = program.wait_exit_time() - closed;
    assert!(took < Duration::from_secs(2), "{took:?}");
}

pub fn no_terminal() {
    let home = tempfile::tempdir().expect("a home");
    for arguments in [&["demo"][..], &[]] {
        let mut command = Command::new(MQTT_DASH);
        command.args(arguments).env("MQTT_DASH_CONFIG_DIR", home.path()).env("TERM", "xterm");
        let output = process::output(&mut command);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.starts_with("mqtt-dash: there is no terminal to draw on; `mqtt-dash snapshot`"), "{said}");
        assert!(output.stdout.is_empty());
    }
    let mut program = TerminalProgram::new(&["demo"]).env("TERM", "dumb").start();
    assert_eq!(program.wait_exit(), 2);
    program.wait_text("this terminal (TERM=dumb) cannot place text on the screen");
    assert!(!program.output_text().contains('\x1b'));
}

pub async fn rubbish_from_the_keyboard() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    broker.publish_retained("bench/temperature", "23.4").await;
    let mut program = broker.default_program().start();
    program.wait_text("23.4 °C");
    // A lone ESC [ waits for its end, which a letter is.
    program.type_text("l\x1b[");
    broker.publish("bench/temperature", "24.5").await;
    program.wait_text("24.5 °C");
    program.type_text("Z");
    program.type_text(&format!("\x1b[200~{}\x1b[201~", "1\r\n \x1b".repeat(200_000)));
    program.type_text("\x1b[999;999;999~\x1b[<0;500;500M\x1b]0;\x07\u{9b}\x1b");
    // What is typed afterwards is understood, and nothing was published before it.
    program.type_text("ggg?");
    program.wait_text("press the tile");
    program.type_text("q");
    broker.publish("bench/end/set", "nothing before").await;
    assert_eq!(broker.next_command().await, "bench/end/set nothing before");
    program.quit();
}

pub fn a_key_held() {
    let mut fixture = AppFixture::new("[[tile]]\nkind = \"range\"\nname = \"R\"\ntopic = \"t\"\n");
    fixture.receive("t", b"0");
    // Three seconds of a key that repeats thirty times a second.
    for _ in 0..90 {
        fixture.act(Action::Step(1));
        fixture.skip(Duration::from_millis(33));
    }
    fixture.skip(Duration::from_millis(200));
    let sent = fixture.take_publish_requests();
    assert!((20..=31).contains(&sent.len()), "{} publishes in three seconds", sent.len());
    assert_eq!(sent.last().map(|order| &*order.payload), Some(&b"90"[..]));
}
