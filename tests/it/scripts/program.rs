//! The program with the engine processes of its dashboards.

use std::{path::Path, process::Command};

use rustix::process::Signal;

use crate::fixtures::{
    embedded_broker::EmbeddedBrokerFixture,
    key::Key,
    process::{children_of, output, wait_until},
    terminal::TerminalFixture,
    terminal_program::{MQTT_DASH, TerminalProgram},
};

const DASHBOARD: &str = "\
    title = \"Scripts\"\n\
    [[tile]]\n\
    kind = \"text\"\n\
    name = \"Offset\"\n\
    topic = \"bench/temperature\"\n\
    text_size = \"small\"\n\
    on_display = \"event.text += ', offset ' + new Date(0).getTimezoneOffset()\"\n";

/// Starts a program with the dashboard, and allows its scripts.
async fn start(executable: &Path) -> (EmbeddedBrokerFixture, TerminalFixture) {
    let mut broker = EmbeddedBrokerFixture::start().await;
    broker.publish_retained("bench/temperature", "23.4").await;
    let mut program = TerminalProgram::with_executable(executable, &["open", "bench", "--url", &broker.url()])
        .file("dashboards/bench.toml", DASHBOARD)
        .env("TZ", "JST-9")
        .start();
    program.wait_text("23.4");
    program.type_text("T");
    program.wait_text("Enter allow");
    program.press(Key::Enter);
    program.wait_text("23.4, offset -540");
    (broker, program)
}

/// The command lines of processes.
fn command_lines(pids: &[i32]) -> Vec<String> {
    pids.iter().map(|pid| std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn program_leaves_no_engine_process_however_it_ends() {
    for signal in [None, Some(Signal::TERM), Some(Signal::KILL)] {
        let (_broker, mut program) = start(Path::new(MQTT_DASH)).await;
        let engines = children_of(program.raw_pid());
        assert_eq!(command_lines(&engines), ["mqtt-dash\0script-engine\0"]);
        match signal {
            Some(signal) => program.send_signal(signal),
            None => program.type_text("q"),
        }
        wait_until("the engine process has ended", || command_lines(&engines) == [""]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn program_whose_file_was_deleted_runs_scripts() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("mqtt-dash");
    std::fs::copy(MQTT_DASH, &copy).unwrap();
    let (_broker, program) = start(&copy).await;
    let engines = children_of(program.raw_pid());
    std::fs::remove_file(copy).unwrap();
    for pid in &engines {
        rustix::process::kill_process(rustix::process::Pid::from_raw(*pid).unwrap(), Signal::KILL).unwrap();
    }
    wait_until("another process runs", || {
        children_of(program.raw_pid()).iter().any(|pid| !engines.contains(pid) && !command_lines(&[*pid])[0].is_empty())
    });
    program.wait_text("23.4, offset");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn snapshot_shows_what_scripts_display() {
    let (broker, mut program) = start(Path::new(MQTT_DASH)).await;
    program.quit();
    let mut command = Command::new(MQTT_DASH);
    command.env("HOME", program.path("")).env("TZ", "JST-9").arg("--config-dir").arg(program.path("config"));
    command.args(["snapshot", "bench", "--url", &broker.url(), "--wait", "60"]);
    let output = tokio::task::spawn_blocking(move || output(&mut command)).await.unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("23.4, offset -540"), "{text}{}", String::from_utf8_lossy(&output.stderr));
}
