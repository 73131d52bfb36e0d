//! The system's sleep is inhibited while a connection with `keep_awake` is up.

use std::{path::Path, time::Duration};

use crate::fixtures::{
    embedded_broker::{DASHBOARD, EmbeddedBrokerFixture},
    file_mode::set_mode,
    terminal::TerminalFixture,
    terminal_program::TerminalProgram,
};

/// A replacement for `systemd-inhibit`: it creates a file when it starts and another when its input ends.
const INHIBITOR: &str = "#!/bin/sh\necho \"$@\" > \"$0.started\"\ncat\ntouch \"$0.ended\"\n";

fn wait_for_file(path: &Path) -> String {
    for _ in 0..3_000 {
        if let Ok(text) = std::fs::read_to_string(path) {
            return text;
        }
        std::thread::park_timeout(Duration::from_millis(10));
    }
    panic!("waited in vain for {}", path.display());
}

fn start(broker: &EmbeddedBrokerFixture, path: &str) -> TerminalFixture {
    let profiles = format!("default = \"hub\"\n[profile.hub]\nurl = \"{}\"\nkeep_awake = true\n", broker.url());
    let dashboard = format!("profile = \"hub\"\n{DASHBOARD}");
    TerminalProgram::new(&[])
        .file("profiles.toml", &profiles)
        .file("dashboards/bench.toml", &dashboard)
        .env("PATH", path)
        .size(100, 24)
        .start()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sleep_is_inhibited_while_keep_awake_connection_is_up() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let inhibitor = folder.path().join("systemd-inhibit");
    mqtt_dash::config::write_atomic(&inhibitor, INHIBITOR.as_bytes()).expect("the file can be written");
    set_mode(&inhibitor, 0o755);
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let (started, ended) = (folder.path().join("systemd-inhibit.started"), folder.path().join("systemd-inhibit.ended"));

    let program = start(&broker, &path);
    program.wait_connected("");
    assert!(wait_for_file(&started).contains("--what=idle"));
    assert!(!ended.exists());
    broker.stop_broker().await;
    wait_for_file(&ended);
    std::fs::remove_file(&ended).expect("the file can be removed");
    broker.restart_broker().await;
    program.wait_connected("");
    // It also ends when the program is killed.
    program.send_signal(rustix::process::Signal::KILL);
    wait_for_file(&ended);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn missing_sleep_inhibitor_is_reported_once() {
    let broker = EmbeddedBrokerFixture::start().await;
    let mut program = start(&broker, "/nowhere");
    program.wait_text("The screen cannot be kept on: that needs systemd-inhibit or caffeinate");
    program.quit();
}
