//! Unusual terminals and keyboard input.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use mqtt_dash::app::Action;

use crate::fixtures::{
    app::AppFixture,
    cpu_lock::CpuLock,
    embedded_broker::EmbeddedBrokerFixture,
    process,
    terminal_program::{MQTT_DASH, TerminalProgram},
};

pub fn screen_of_any_size_does_not_panic() {
    let _lock = CpuLock::shared();
    let template = "[[tile]]\nkind = \"KIND\"\nname = \"N\"\ntopic = \"t\"\n";
    let dashboard: String = ["text", "switch", "range", "color"].map(|kind| template.replace("KIND", kind)).concat();
    let mut fixture = AppFixture::new(&dashboard);
    fixture.receive("t", "日本語 42".as_bytes());
    let actions = [
        Action::Cancel,
        Action::ShowHelp,
        Action::ShowDetail,
        Action::FindTile,
        Action::OpenCommandPalette,
        Action::Press,
    ];
    let rapid = (0..200_u16).map(|step| ((step * 37) % 90, (step * 23) % 40));
    for size in [(0, 0), (1, 1), (0, 24), (80, 0), (2, 2), (500, 200)].into_iter().chain(rapid) {
        for action in actions.clone() {
            fixture.act(action);
            fixture.resize(size.0, size.1);
            assert_eq!((fixture.screen_buffer().area.width, fixture.screen_buffer().area.height), size);
            fixture.render_frame();
            fixture.act(Action::Cancel);
        }
    }
}

pub async fn closed_terminal_ends_program_under_load() {
    let _lock = CpuLock::exclusive();
    let mut broker = EmbeddedBrokerFixture::start().await;
    let mut program = broker.default_program().start();
    program.wait_connected("");
    for number in 0..200 {
        broker.publish("bench/temperature", number.to_string()).await;
    }
    let closed = Instant::now();
    program.hang_up();
    let time = program.wait_exit_time() - closed;
    assert!(time < Duration::from_secs(2), "{time:?}");
}

pub fn missing_or_dumb_terminal_exits_with_status_2() {
    let home = tempfile::tempdir().expect("a temporary folder");
    for arguments in [&["demo"][..], &[]] {
        let mut command = Command::new(MQTT_DASH);
        command.args(arguments).env("MQTT_DASH_CONFIG_DIR", home.path()).env("TERM", "xterm");
        let output = process::output(&mut command);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(errors.starts_with("mqtt-dash: this is not a terminal; use `mqtt-dash snapshot`"), "{errors}");
        assert!(output.stdout.is_empty());
    }
    let mut program = TerminalProgram::new(&["demo"]).env("TERM", "dumb").start();
    assert_eq!(program.wait_exit(), 2);
    program.wait_text("this terminal (TERM=dumb) cannot position the cursor");
    assert!(!program.output_text().contains('\x1b'));
}

pub async fn garbage_from_keyboard_publishes_nothing() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    broker.publish_retained("bench/temperature", "23.4").await;
    let mut program = broker.default_program().start();
    program.wait_text("23.4 °C");
    // The letter after it completes the escape sequence.
    program.type_text("l\x1b[");
    broker.publish("bench/temperature", "24.5").await;
    program.wait_text("24.5 °C");
    program.type_text("Z");
    program.type_text(&format!("\x1b[200~{}\x1b[201~", "1\r\n \x1b".repeat(200_000)));
    program.type_text("\x1b[999;999;999~\x1b[<0;500;500M\x1b]0;\x07\u{9b}\x1b");
    // Keys typed afterwards work, and nothing was published before them.
    program.type_text("ggg?");
    program.wait_text("press the tile");
    program.type_text("q");
    broker.publish("bench/end/set", "nothing before").await;
    assert_eq!(broker.next_command().await, "bench/end/set nothing before");
    program.quit();
}

pub fn held_key_publishes_ten_times_a_second_and_the_last_value() {
    let mut fixture = AppFixture::new("[[tile]]\nkind = \"range\"\nname = \"R\"\ntopic = \"t\"\n");
    fixture.receive("t", b"0");
    // A key that repeats thirty times a second, for three seconds.
    for _ in 0..90 {
        fixture.act(Action::Step(1));
        fixture.skip(Duration::from_millis(33));
    }
    fixture.skip(Duration::from_millis(200));
    let sent = fixture.take_publish_requests();
    assert!((20..=31).contains(&sent.len()), "{} publishes in three seconds", sent.len());
    assert_eq!(sent.last().map(|request| &*request.payload), Some(&b"90"[..]));
}
