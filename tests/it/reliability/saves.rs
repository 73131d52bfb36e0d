//! A file is intact whenever the process that saves it is killed.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use fastrand::Rng;
use mqtt_dash::config::write_atomic;

use crate::fixtures::process;

/// The variable with the path of the file that the child process saves.
const FILE: &str = "MQTT_DASH_TEST_KILLED";

/// The alternating contents of the file, too long to be written at once.
fn content(round: u8) -> Vec<u8> {
    vec![b'a' + round % 2; 200_000 + usize::from(round % 2) * 100_000]
}

#[test]
#[ignore = "the child process of the tests below"]
fn saving_child() {
    let Some(file) = std::env::var_os(FILE) else { return };
    println!("ready");
    for round in (0..=u8::MAX).cycle() {
        write_atomic(Path::new(&file), &content(round)).expect("the file can be saved");
    }
}

/// Kills a saving process this many times, each time after a random delay.
fn kill_while_saving(kills: u32, seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("home.toml");
    write_atomic(&file, &content(0)).expect("the file can be saved");
    let mut seen = [0_u32; 2];
    for kill in 0..kills {
        let mut command = Command::new(std::env::current_exe().expect("the path of this binary"));
        command
            .args(["--ignored", "--exact", "reliability::saves::saving_child", "--nocapture"])
            .env(FILE, &file)
            .stdout(Stdio::piped());
        let mut child = process::spawn(&mut command);
        let output = BufReader::new(child.stdout.take().expect("standard output is piped"));
        assert!(output.lines().map_while(Result::ok).any(|line| line.ends_with("ready")));
        let until = Instant::now() + Duration::from_micros(rng.u64(..40_000));
        while Instant::now() < until {
            std::hint::spin_loop();
        }
        child.kill().expect("the child can be killed");
        child.wait().expect("the child has ended");
        let found = fs::read(&file).expect("the file can be read");
        let round = [0, 1].into_iter().find(|round| found == content(*round));
        let round = round.unwrap_or_else(|| panic!("damaged by kill {kill}: {} bytes", found.len()));
        seen[usize::from(round)] += 1;
    }
    println!("{kills} kills, 0 damaged files; one content was found {} times, the other {} times", seen[0], seen[1]);
}

#[test]
fn file_is_intact_after_kill_during_save() {
    kill_while_saving(30, 1);
}

#[ignore = "long: 200 kills"]
#[test]
fn file_is_intact_after_many_kills_during_save() {
    kill_while_saving(200, 2);
}
