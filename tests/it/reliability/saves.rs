//! A file is never damaged, whenever the one who saves it is killed.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use fastrand::Rng;
use mqtt_dash::store::write_whole;

use crate::fixtures::process;

/// The variable that tells a child where to save.
const FILE: &str = "MQTT_DASH_TEST_KILLED";

/// What is saved: two texts by turns, so long that they are not written at once.
fn text(turn: u8) -> Vec<u8> {
    vec![b'a' + turn % 2; 200_000 + usize::from(turn % 2) * 100_000]
}

#[test]
#[ignore = "it is the child of the tests below"]
fn saving_child() {
    let Some(file) = std::env::var_os(FILE) else { return };
    println!("ready");
    for turn in (0..=u8::MAX).cycle() {
        write_whole(Path::new(&file), &text(turn)).expect("it is saved");
    }
}

/// Kills so many who save, each at another moment.
fn kills(points: u32, seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("home.toml");
    write_whole(&file, &text(0)).expect("the first one");
    let mut seen = [0_u32; 2];
    for point in 0..points {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command
            .args(["--ignored", "--exact", "reliability::saves::saving_child", "--nocapture"])
            .env(FILE, &file)
            .stdout(Stdio::piped());
        let mut child = process::spawn(&mut command);
        let said = BufReader::new(child.stdout.take().expect("its output"));
        assert!(said.lines().map_while(Result::ok).any(|line| line.ends_with("ready")));
        let until = Instant::now() + Duration::from_micros(rng.u64(..40_000));
        while Instant::now() < until {
            std::hint::spin_loop();
        }
        child.kill().expect("it is killed");
        child.wait().expect("it is gone");
        let found = fs::read(&file).expect("the file is there");
        let turn = [0, 1].into_iter().find(|turn| found == text(*turn));
        let turn = turn.unwrap_or_else(|| panic!("damaged at point {point}: {} bytes", found.len()));
        seen[usize::from(turn)] += 1;
    }
    println!("{points} kills, 0 damaged; one text was left {} times, the other {} times", seen[0], seen[1]);
}

#[test]
fn file_is_intact_after_kill_during_save() {
    kills(30, 1);
}

#[ignore = "the long version: 200 kills"]
#[test]
fn file_is_intact_after_many_kills_during_save() {
    kills(200, 2);
}
