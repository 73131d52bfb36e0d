//! What the program restores from its previous run.

use std::path::Path;

use rustix::process::Signal;

use crate::fixtures::{
    embedded_broker::{DASHBOARD, EmbeddedBrokerFixture},
    key::Key,
    terminal::TerminalFixture,
    terminal_program::TerminalProgram,
};

/// Starts the program with a configuration folder that outlives it.
fn start(broker: &EmbeddedBrokerFixture, folder: &Path) -> TerminalFixture {
    let folder = folder.to_str().expect("the path is UTF-8");
    TerminalProgram::new(&["open", "bench", "--url", &broker.url(), "--config-dir", folder]).size(120, 24).start()
}

fn config_dir() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dashboard = folder.path().join("dashboards/bench.toml");
    mqtt_dash::config::write_atomic(&dashboard, DASHBOARD.as_bytes()).expect("the file can be written");
    folder
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn last_values_are_shown_before_connection_is_up() {
    let (mut broker, folder) = (EmbeddedBrokerFixture::start().await, config_dir());
    let mut program = start(&broker, folder.path());
    program.wait_connected("");
    broker.publish_retained("bench/temperature", "23.4").await;
    program.wait_text("23.4 °C");
    program.quit();
    broker.stop_broker().await;
    for _ in 0..2 {
        let mut again = start(&broker, folder.path());
        again.wait_text("23.4 °C");
        again.wait_text("retry in ");
        // Killing the program does not lose the values.
        again.send_signal(Signal::KILL);
        again.wait_exit_time();
    }
    broker.restart_broker().await;
    let mut last = start(&broker, folder.path());
    last.wait_connected("");
    assert!(last.screen_text().contains("23.4 °C"), "{}", last.screen_text());
    broker.publish_retained("bench/temperature", "24.5").await;
    last.wait_text("24.5 °C");
    last.send_signal(Signal::TERM);
    last.wait_exit_time();
    broker.stop_broker().await;
    start(&broker, folder.path()).wait_text("24.5 °C");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_tile_still_waits_after_restart() {
    let (mut broker, folder) = (EmbeddedBrokerFixture::start().await, config_dir());
    let mut program = start(&broker, folder.path());
    program.wait_connected("");
    program.press(Key::Right);
    program.press(Key::Enter);
    assert_eq!(broker.next_command().await, "bench/lamp/set 1");
    program.wait_text("waiting");
    program.quit();
    let again = start(&broker, folder.path());
    again.wait_text("waiting");
    again.wait_connected("");
    broker.publish_retained("bench/lamp/state", "1").await;
    again.wait_no_text("waiting");
}
