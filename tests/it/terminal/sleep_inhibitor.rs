//! The screen stays on while a line that wishes so is up.

use std::{os::unix::fs::PermissionsExt as _, path::Path, time::Duration};

use crate::fixtures::{
    embedded_broker::{DASHBOARD, EmbeddedBrokerFixture},
    terminal::TerminalFixture,
    terminal_program::TerminalProgram,
};

/// A program that stands in for the system's: it says that it runs, and that its input has ended.
const KEEPER: &str = "#!/bin/sh\necho \"$@\" > \"$0.begun\"\ncat\ntouch \"$0.over\"\n";

fn wait_for(path: &Path) -> String {
    for _ in 0..3_000 {
        if let Ok(text) = std::fs::read_to_string(path) {
            return text;
        }
        std::thread::park_timeout(Duration::from_millis(10));
    }
    panic!("waited in vain for {}", path.display());
}

fn start(broker: &EmbeddedBrokerFixture, path: &str, wish: &str) -> TerminalFixture {
    let profiles = format!("default = \"hub\"\n[profile.hub]\nurl = \"{}\"\n{wish}\n", broker.url());
    let board = format!("profile = \"hub\"\n{DASHBOARD}");
    TerminalProgram::new(&[])
        .file("profiles.toml", &profiles)
        .file("dashboards/bench.toml", &board)
        .env("PATH", path)
        .size(100, 24)
        .start()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sleep_is_inhibited_while_keep_awake_connection_is_up() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let keeper = folder.path().join("systemd-inhibit");
    mqtt_dash::store::write_whole(&keeper, KEEPER.as_bytes()).expect("it can be written");
    std::fs::set_permissions(&keeper, std::fs::Permissions::from_mode(0o755)).expect("its permissions");
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let (begun, over) = (folder.path().join("systemd-inhibit.begun"), folder.path().join("systemd-inhibit.over"));

    let program = start(&broker, &path, "keep_awake = true");
    program.wait_text("● connected");
    assert!(wait_for(&begun).contains("--what=idle"));
    assert!(!over.exists());
    broker.stop_broker().await;
    wait_for(&over);
    std::fs::remove_file(&over).expect("it was there");
    broker.restart_broker().await;
    program.wait_text("● connected");
    // An end without a goodbye ends it, too.
    program.send_signal(rustix::process::Signal::KILL);
    wait_for(&over);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn missing_sleep_inhibitor_is_reported_once() {
    let broker = EmbeddedBrokerFixture::start().await;
    let mut program = start(&broker, "/nowhere", "keep_awake = true");
    program.wait_text("The screen cannot be kept on: there is no systemd-inhibit and no caffeinate");
    program.quit();
}
