//! The screen stays on while a line that wishes so is up.

use std::{os::unix::fs::PermissionsExt as _, path::Path, time::Duration};

use crate::{desk::Desk, pty::Program};

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

fn start(desk: &Desk, path: &str, wish: &str) -> crate::pty::Pty {
    let profiles = format!("default = \"hub\"\n[profile.hub]\nurl = \"{}\"\n{wish}\n", desk.url());
    let board = format!("profile = \"hub\"\n{}", crate::desk::BENCH);
    Program::new(&[])
        .file("profiles.toml", &profiles)
        .file("dashboards/bench.toml", &board)
        .env("PATH", path)
        .size(100, 24)
        .start()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_screen_stays_on_while_a_line_that_wishes_so_is_up() {
    let mut desk = Desk::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let keeper = folder.path().join("systemd-inhibit");
    mqtt_dash::store::write_whole(&keeper, KEEPER.as_bytes()).expect("it can be written");
    std::fs::set_permissions(&keeper, std::fs::Permissions::from_mode(0o755)).expect("its permissions");
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let (begun, over) = (folder.path().join("systemd-inhibit.begun"), folder.path().join("systemd-inhibit.over"));

    let program = start(&desk, &path, "keep_awake = true");
    program.wait_text("● connected");
    assert!(wait_for(&begun).contains("--what=idle"));
    assert!(!over.exists());
    desk.lose().await;
    wait_for(&over);
    std::fs::remove_file(&over).expect("it was there");
    desk.find().await;
    program.wait_text("● connected");
    // An end without a goodbye ends it, too.
    program.signal(rustix::process::Signal::KILL);
    wait_for(&over);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_system_that_cannot_keep_it_on_is_told_once() {
    let desk = Desk::new().await;
    let mut program = start(&desk, "/nowhere", "keep_awake = true");
    program.wait_text("The screen cannot be kept on: there is no systemd-inhibit and no caffeinate");
    program.type_text("q");
    assert_eq!(program.ended(), 0);
}
