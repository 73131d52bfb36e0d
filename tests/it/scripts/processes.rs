//! The engine processes: what they get from the program, and that none is left behind.

use std::{
    collections::BTreeSet,
    fs,
    process::{Command, Stdio},
};

use mqtt_dash::{
    model::{
        id::{DashboardId, TileId},
        script::{ScriptResult, TileScripts},
    },
    script::ENGINE_SUBCOMMAND,
};
use rustix::process::{Pid, Signal, kill_process};

use crate::fixtures::{
    process::{children, in_own_process, spawn, wait_until},
    script_worker::ScriptWorkerFixture,
    scripts::{OTHER_TILE, TILE, on_receive, received},
};

const DASHBOARD: DashboardId = DashboardId(1);
const OTHER_DASHBOARD: DashboardId = DashboardId(2);
const COUNT: &str = "event.data = (event.data || 0) + 1; event.payload = event.data";

fn count(fixture: &mut ScriptWorkerFixture, tile: TileId) -> String {
    match fixture.run(tile, received("t", "x")).result {
        Ok(ScriptResult::Receive(Some(payload))) => payload,
        other => format!("{other:?}"),
    }
}

/// A worker with a process for each of these tiles, which count their messages, and the processes.
fn start<const N: usize>(tiles: [(DashboardId, TileId); N]) -> (ScriptWorkerFixture, [i32; N]) {
    let mut fixture = ScriptWorkerFixture::new();
    let mut known = children();
    let pids = tiles.map(|(dashboard, tile)| {
        fixture.set(dashboard, tile, on_receive(COUNT));
        assert_eq!(count(&mut fixture, tile), "1");
        let new = children().into_iter().find(|pid| !known.contains(pid)).expect("a process of its own");
        known.push(new);
        new
    });
    (fixture, pids)
}

fn send_signal(pid: i32, signal: Signal) {
    kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
}

#[test]
fn process_gets_nothing_that_it_does_not_need() {
    in_own_process(concat!(module_path!(), "::process_gets_nothing_that_it_does_not_need"), || {
        let secret = fs::File::open("Cargo.toml").unwrap();
        let (_fixture, [pid]) = start([(DASHBOARD, TILE)]);
        let read = |name: &str| fs::read(format!("/proc/{pid}/{name}")).unwrap();
        assert_eq!(read("cmdline"), format!("mqtt-dash\0{ENGINE_SUBCOMMAND}\0").as_bytes());
        let environment = String::from_utf8(read("environ")).unwrap();
        let time_zone = std::env::var("TZ").map(|zone| format!("TZ={zone}\0")).unwrap_or_default();
        assert_eq!(environment, time_zone);
        let link = |path: String| fs::read_link(path).unwrap().display().to_string();
        let files: BTreeSet<(u32, String)> = fs::read_dir(format!("/proc/{pid}/fd"))
            .unwrap()
            .map(|file| file.unwrap().file_name().to_str().unwrap().parse().unwrap())
            .map(|number: u32| (number, link(format!("/proc/{pid}/fd/{number}"))))
            .collect();
        let kinds: Vec<_> = files.iter().map(|(number, path)| (*number, path.split(':').next().unwrap())).collect();
        assert_eq!(kinds, [(0, "pipe"), (1, "pipe"), (2, "/dev/null")]);
        assert_eq!(link(format!("/proc/{pid}/cwd")), "/");
        let limits = String::from_utf8(read("limits")).unwrap();
        for (name, limit) in [
            ("Max core file size", 0),
            ("Max file size", 0),
            ("Max open files", 3),
            ("Max processes", 0),
            ("Max address space", 1 << 30),
        ] {
            let line = limits.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            let values: Vec<&str> = line.split_whitespace().take(2).collect();
            assert_eq!(values, [limit.to_string(), limit.to_string()], "{name}");
        }
        drop(secret);
    });
}

#[test]
fn process_ends_with_its_input() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mqtt-dash"));
    command.arg(ENGINE_SUBCOMMAND).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut engine = spawn(&mut command);
    drop(engine.stdin.take());
    assert!(engine.wait().unwrap().success());
}

#[test]
fn process_of_a_closed_dashboard_ends_and_others_stay() {
    in_own_process(concat!(module_path!(), "::process_of_a_closed_dashboard_ends_and_others_stay"), || {
        let (mut fixture, [closed, open]) = start([(DASHBOARD, TILE), (OTHER_DASHBOARD, OTHER_TILE)]);
        assert_eq!(children().len(), 2);
        fixture.set(DASHBOARD, TILE, TileScripts::default());
        wait_until("the process of the closed dashboard has ended", || !children().contains(&closed));
        assert_eq!((count(&mut fixture, OTHER_TILE), children()), ("2".to_owned(), vec![open]));
        fixture.end();
        wait_until("no process is left", || children().is_empty());
    });
}

#[test]
fn dashboard_that_is_closed_while_its_script_runs_leaves_no_process() {
    in_own_process(
        concat!(module_path!(), "::dashboard_that_is_closed_while_its_script_runs_leaves_no_process"),
        || {
            let (mut fixture, _) = start([(DASHBOARD, TILE)]);
            fixture.set(DASHBOARD, TILE, on_receive("for (;;);"));
            for _ in 0..100 {
                fixture.send(TILE, received("t", "x"));
            }
            fixture.set(DASHBOARD, TILE, TileScripts::default());
            wait_until("no process is left", || children().is_empty());
            fixture.set(DASHBOARD, OTHER_TILE, on_receive(COUNT));
            assert_eq!(count(&mut fixture, OTHER_TILE), "1");
        },
    );
}

#[test]
fn killed_process_is_replaced_at_the_next_request() {
    in_own_process(concat!(module_path!(), "::killed_process_is_replaced_at_the_next_request"), || {
        let (mut fixture, [killed, _]) = start([(DASHBOARD, TILE), (OTHER_DASHBOARD, OTHER_TILE)]);
        send_signal(killed, Signal::KILL);
        assert_eq!(count(&mut fixture, TILE), "2");
        assert_eq!(count(&mut fixture, OTHER_TILE), "2");
        assert!(!children().contains(&killed) && children().len() == 2);
    });
}

#[test]
fn process_that_does_not_answer_is_replaced() {
    in_own_process(concat!(module_path!(), "::process_that_does_not_answer_is_replaced"), || {
        let (mut fixture, [stopped]) = start([(DASHBOARD, TILE)]);
        send_signal(stopped, Signal::STOP);
        assert_eq!(count(&mut fixture, TILE), "2");
        wait_until("the process has ended", || !children().contains(&stopped));
    });
}
