//! What is remembered from one run of the program to the next.

use std::path::Path;

use rustix::process::Signal;

use crate::{
    desk::{BENCH, Desk},
    pty::{Key, Program, Pty},
};

/// The dashboard on the desk's broker, with a folder of its own that outlives the program.
fn start(desk: &Desk, folder: &Path) -> Pty {
    let folder = folder.to_str().expect("a plain name");
    Program::new(&["open", "bench", "--url", &desk.url(), "--config-dir", folder]).size(120, 24).start()
}

fn bench() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let board = folder.path().join("dashboards/bench.toml");
    mqtt_dash::store::write_whole(&board, BENCH.as_bytes()).expect("it can be written");
    folder
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_readings_are_shown_before_the_line_is_up() {
    let (mut desk, folder) = (Desk::new().await, bench());
    let mut program = start(&desk, folder.path());
    program.wait_text("● connected");
    desk.say("bench/temperature", "23.4").await;
    program.wait_text("23.4 °C");
    program.type_text("q");
    assert_eq!(program.ended(), 0);
    desk.lose().await;
    for _ in 0..2 {
        let mut again = start(&desk, folder.path());
        again.wait_text("23.4 °C");
        again.wait_text("again in ");
        // An end without a goodbye takes nothing away.
        again.signal(Signal::KILL);
        again.ended_at();
    }
    desk.find().await;
    let mut last = start(&desk, folder.path());
    last.wait_text("● connected");
    assert!(last.text().contains("23.4 °C"), "{}", last.text());
    desk.say("bench/temperature", "24.5").await;
    last.wait_text("24.5 °C");
    last.signal(Signal::TERM);
    last.ended_at();
    desk.lose().await;
    start(&desk, folder.path()).wait_text("24.5 °C");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tile_goes_on_waiting_in_the_next_run() {
    let (mut desk, folder) = (Desk::new().await, bench());
    let mut program = start(&desk, folder.path());
    program.wait_text("● connected");
    program.key(Key::Right);
    program.key(Key::Enter);
    assert_eq!(desk.heard().await, "bench/lamp/set 1");
    program.wait_text("waiting");
    program.type_text("q");
    assert_eq!(program.ended(), 0);
    let again = start(&desk, folder.path());
    again.wait_text("waiting");
    again.wait_text("● connected");
    desk.say("bench/lamp/state", "1").await;
    again.wait_no_text("waiting");
}
