//! However the program ends, the terminal is restored.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use rustix::process::Signal;

use crate::fixtures::{
    cpu_lock::CpuLock,
    embedded_broker::{DASHBOARD, EmbeddedBrokerFixture},
    key::Key,
    terminal::{TerminalFixture, is_restored},
    terminal_program::{MQTT_DASH, TerminalProgram},
};

async fn start() -> (EmbeddedBrokerFixture, TerminalFixture) {
    let mut broker = EmbeddedBrokerFixture::start().await;
    broker.publish_retained("bench/temperature", "23.4").await;
    let program = broker.default_program().start();
    program.wait_text("23.4 °C");
    (broker, program)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn quit_keys_restore_terminal() {
    for keys in ["q", "\x03", "?\x03", "jl\r\x03"] {
        let (_broker, mut program) = start().await;
        program.type_text(keys);
        assert_eq!(program.wait_exit(), 0, "{keys:?}");
        program.assert_restored();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn terminating_signals_restore_terminal_and_set_exit_code() {
    for (signal, status) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130), (Signal::QUIT, 131)] {
        let (_broker, mut program) = start().await;
        let sent = Instant::now();
        program.send_signal(signal);
        program.wait_for_screen("the restored terminal", is_restored);
        assert_eq!(program.wait_exit(), status, "{signal:?}");
        program.assert_restored();
        assert!(program.wait_exit_time() - sent < Duration::from_secs(5));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exit_on_signal_disconnects_without_will() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    broker.device.subscribe(&[("will", mqtt_dash::model::connection::Qos::AtLeastOnce)]).await;
    let profiles = format!(
        "[profile.hub]\nurl = \"{}\"\n[profile.hub.will]\ntopic = \"will\"\npayload = \"gone\"\nqos = 1\n",
        broker.url()
    );
    let start = || {
        TerminalProgram::new(&["open", "bench", "--profile", "hub"])
            .file("profiles.toml", &profiles)
            .file("dashboards/bench.toml", DASHBOARD)
            .start()
    };
    let mut terminated = start();
    terminated.wait_connected("");
    terminated.send_signal(Signal::TERM);
    terminated.wait_exit();
    let killed = start();
    killed.wait_connected("");
    broker.publish("will", "no will until now").await;
    assert_eq!(broker.next_command().await, "will no will until now");
    killed.send_signal(Signal::KILL);
    assert_eq!(broker.next_command().await, "will gone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn suspended_program_resumes_with_current_values_and_size() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    broker.publish_retained("bench/temperature", "23.4").await;
    let script = format!(
        "set -m; {MQTT_DASH} open bench --url {}; echo \"stopped: $?\"; read answer; fg; echo \"ended: $?\"",
        broker.url()
    );
    let shell = TerminalProgram::with_executable(Path::new("/bin/sh"), &["-c", &script]);
    let mut shell = shell.file("dashboards/bench.toml", DASHBOARD).start();
    shell.wait_text("23.4 °C");
    shell.press(Key::Control('z'));
    shell.wait_text("stopped: 148");
    shell.wait_for_screen("the restored terminal", is_restored);
    assert!(!shell.is_raw_mode());
    assert!(!shell.screen_text().contains("23.4 °C"), "{}", shell.screen_text());
    // A message and a new size that arrive meanwhile are effective afterwards.
    broker.publish("bench/temperature", "25.6").await;
    shell.resize(100, 30);
    shell.press(Key::Enter);
    shell.wait_text("25.6 °C");
    shell.wait_for_screen("a frame as large as the terminal", |screen| {
        let rows: Vec<String> = screen.rows(0, 100).collect();
        screen.alternate_screen() && rows[29].contains("? help") && rows[0].trim_end().chars().count() == 99
    });
    assert!(shell.is_raw_mode());
    shell.type_text("q");
    shell.wait_text("ended: 0");
    assert_eq!(shell.wait_exit(), 0);
    shell.assert_restored();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn program_redraws_after_sigstop_and_sigcont() {
    let (mut broker, mut program) = start().await;
    program.send_signal(Signal::STOP);
    let before = program.output_len();
    broker.publish("bench/temperature", "25.6").await;
    program.send_signal(Signal::CONT);
    program.wait_text("25.6 °C");
    // The value may come with a later frame, which contains only the changed digits.
    program.wait_for_output("a complete frame", move |bytes| {
        let new = String::from_utf8_lossy(&bytes[before..]).into_owned();
        new.contains("\x1b[?1049h") && new.contains("\x1b[2J") && new.contains("Temperature")
    });
    assert!(program.is_raw_mode());
    program.quit();
    program.assert_restored();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn program_ends_when_terminal_is_closed() {
    let _lock = CpuLock::exclusive();
    let (_broker, mut program) = start().await;
    let closed = Instant::now();
    program.hang_up();
    let time = program.wait_exit_time() - closed;
    assert!(time < Duration::from_secs(2), "{time:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn blocked_terminal_delays_neither_publish_nor_exit() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    let tile =
        |number: u32| format!("[[tile]]\nkind = \"text\"\nname = \"{number}\"\ntopic = \"bench/{number}/set\"\n");
    let dashboard: String = std::iter::once("columns = 1\n".to_owned()).chain((0..80).map(tile)).collect();
    let mut program = broker.program(&dashboard).start();
    program.wait_connected("");
    program.pause_output();
    // The connection works behind the blocked terminal: what is typed is published.
    program.type_text("\rtyped\r");
    assert_eq!(broker.next_command().await, "bench/0/set typed");
    let sent = Instant::now();
    program.send_signal(Signal::TERM);
    let time = program.wait_exit_time() - sent;
    assert!(time < Duration::from_secs(5), "{time:?}");
    assert!(!program.is_raw_mode());
    let is_restored = program.output_text().contains("\x1b[?1049l");
    assert!(!is_restored, "the blocked terminal has received output");
}
