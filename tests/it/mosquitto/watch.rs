//! `mqtt-dash watch` with mosquitto: one line for each change, for screen readers, logs and pipes.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, ChildStderr, ChildStdout, Command, Stdio},
};

use crate::fixtures::{
    broker::{BrokerConfig, BrokerFixture},
    process,
    terminal_program::MQTT_DASH,
};

const DASHBOARD: &str = r#"
title = "House"
[[tile]]
kind = "switch"
name = "Front door"
topic = "door"
on_label = "open"
off_label = "closed"
[[tile]]
kind = "text"
name = "Temperature"
topic = "temperature"
prefix = "about "
postfix = " °C"
[[tile]]
kind = "choice"
name = "Mode"
topic = "mode"
options = [{ label = "Slow", payload = "s" }, { label = "Fast", payload = "f" }]
[[tile]]
kind = "range"
name = "Level"
topic = "level"
postfix = " %"
availability = { topic = "level/LWT" }
"#;

/// A running `mqtt-dash watch`.
struct WatchFixture {
    child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: BufReader<ChildStderr>,
    _folder: tempfile::TempDir,
}

impl WatchFixture {
    fn start(url: &str, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        mqtt_dash::config::write_atomic(&folder.path().join("house.toml"), DASHBOARD.as_bytes()).expect("a file");
        let mut command = Command::new(MQTT_DASH);
        command.args(["watch", "house.toml", "--url", url]).args(options).current_dir(folder.path());
        command.env("MQTT_DASH_CONFIG_DIR", folder.path()).env("XDG_STATE_HOME", folder.path().join("state"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = process::spawn(&mut command);
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        Self { child, stdout, stderr, _folder: folder }
    }

    /// Starts it, and waits until it is connected.
    fn connected(broker: &BrokerFixture, options: &[&str]) -> Self {
        let mut watch = Self::start(&broker.url("localhost"), options);
        let line = watch.next_message();
        assert!(line.ends_with(": connected"), "{line}");
        watch
    }

    /// Reads the next line of standard output, which must have been written at once.
    fn next_line(&mut self) -> String {
        read_line(&mut self.stdout)
    }

    /// Reads the next line of standard error.
    fn next_message(&mut self) -> String {
        read_line(&mut self.stderr)
    }

    /// Waits for the end. Returns the exit status, and what else was printed.
    fn end(mut self) -> (Option<i32>, String, String) {
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.stdout.read_to_string(&mut stdout).expect("text");
        self.stderr.read_to_string(&mut stderr).expect("text");
        (self.child.wait().expect("it ends").code(), stdout, stderr)
    }
}

fn read_line(source: &mut impl BufRead) -> String {
    let mut line = String::new();
    source.read_line(&mut line).expect("text");
    line.trim_end_matches('\n').to_owned()
}

#[test]
fn each_change_is_a_line_as_the_tile_shows_it() {
    let broker = BrokerFixture::start(BrokerConfig::default());
    broker.publish(&["-r", "-t", "door", "-m", "1"]);
    let mut watch = WatchFixture::connected(&broker, &["--count", "6"]);
    assert_eq!(watch.next_line(), "Front door: open");
    for (topic, payload, line) in [
        ("temperature", "21.5", "Temperature: about 21.5 °C"),
        ("mode", "f", "Mode: Fast"),
        ("level", "40", "Level: 40 %"),
        ("temperature", "a\x1b]0;x\x07\nb\u{202e}", "Temperature: about a␛]0;x␇ b\u{fffd} °C"),
    ] {
        broker.publish(&["-t", topic, "-m", payload]);
        assert_eq!(watch.next_line(), line);
    }
    // The same value again is no change.
    broker.publish(&["-t", "mode", "-m", "f"]);
    broker.publish(&["-t", "door", "-m", "0"]);
    assert_eq!(watch.end(), (Some(0), "Front door: closed\n".to_owned(), String::new()));
}

#[test]
fn line_says_that_the_device_is_offline_and_that_it_is_back() {
    let broker = BrokerFixture::start(BrokerConfig::default());
    let mut watch = WatchFixture::connected(&broker, &["--count", "4"]);
    for (topic, payload, line) in [
        ("level/LWT", "offline", "Level: device offline"),
        ("level", "40", "Level: 40 % (device offline)"),
        ("level/LWT", "online", "Level: 40 %"),
        ("level/LWT", "offline", "Level: 40 % (device offline)"),
    ] {
        broker.publish(&["-t", topic, "-m", payload]);
        assert_eq!(watch.next_line(), line);
    }
    assert_eq!(watch.end(), (Some(0), String::new(), String::new()));
}

#[test]
fn lines_have_the_time_of_day_and_the_program_ends_after_some_seconds() {
    let broker = BrokerFixture::start(BrokerConfig::default());
    broker.publish(&["-r", "-t", "door", "-m", "1"]);
    let mut watch = WatchFixture::connected(&broker, &["--time", "--for", "1.5"]);
    let line = watch.next_line();
    let (time, rest) = line.split_at(8);
    assert_eq!(rest, " Front door: open");
    assert!(time.bytes().enumerate().all(|(index, byte)| (byte == b':') == [2, 5].contains(&index)), "{time}");
    let (status, ..) = watch.end();
    assert_eq!(status, Some(0));
}

#[test]
fn outages_are_named_on_standard_error_and_the_program_connects_again() {
    let mut broker = BrokerFixture::start(BrokerConfig::default());
    let mut watch = WatchFixture::connected(&broker, &["--count", "1"]);
    broker.terminate();
    let line = watch.next_message();
    assert!(line.contains(": not connected: "), "{line}");
    broker.restart();
    while !watch.next_message().ends_with(": connected") {}
    broker.publish(&["-r", "-t", "door", "-m", "0"]);
    assert_eq!(watch.next_line(), "Front door: closed");
    assert_eq!(watch.end().0, Some(0));
}

#[test]
fn closed_pipe_ends_the_program_quietly() {
    let broker = BrokerFixture::start(BrokerConfig::default());
    let mut watch = WatchFixture::connected(&broker, &[]);
    broker.publish(&["-t", "door", "-m", "1"]);
    assert_eq!(watch.next_line(), "Front door: open");
    drop(std::mem::replace(&mut watch.stdout, BufReader::new(unread_pipe())));
    broker.publish(&["-t", "door", "-m", "0"]);
    let status = watch.child.wait().expect("it ends");
    let mut messages = String::new();
    watch.stderr.read_to_string(&mut messages).expect("text");
    assert_eq!((status.code(), messages), (Some(0), String::new()));
}

/// Returns the output of a process that prints nothing.
fn unread_pipe() -> ChildStdout {
    let mut child = process::spawn(Command::new("true").stdout(Stdio::piped()));
    child.wait().expect("it ends");
    child.stdout.take().expect("a pipe")
}

#[test]
fn change_behind_the_end_of_a_long_line_is_printed() {
    let broker = BrokerFixture::start(BrokerConfig::default());
    let mut watch = WatchFixture::connected(&broker, &[]);
    for end in ["1", "2"] {
        broker.publish(&["-t", "temperature", "-m", &format!("{}{end}", "x".repeat(1_200))]);
        assert!(watch.next_line().starts_with("Temperature: about xxx"));
    }
    watch.child.kill().expect("it runs");
    watch.child.wait().expect("it ends");
}

#[test]
fn program_that_was_never_connected_fails() {
    let (status, stdout, stderr) = WatchFixture::start("mqtt://127.0.0.1:1", &["--for", "0.5"]).end();
    assert_eq!((status, &*stdout), (Some(1), ""));
    assert!(stderr.contains("not connected: "), "{stderr}");
}

#[test]
fn flood_is_printed_up_to_its_last_value() {
    let broker = BrokerFixture::start(BrokerConfig::default());
    let mut watch = WatchFixture::connected(&broker, &[]);
    let numbers: Vec<String> = (0..5_000).map(|number| format!("{number}\n")).collect();
    let numbers = numbers.concat();
    let mut publisher = Command::new(crate::fixtures::broker::program("mosquitto_pub"));
    let port = broker.url("localhost").rsplit(':').next().expect("a port").to_owned();
    publisher.args(["-p", &port, "-t", "temperature", "-l"]).stdin(Stdio::piped());
    let mut publisher = process::spawn(&mut publisher);
    std::io::Write::write_all(&mut publisher.stdin.take().expect("a pipe"), numbers.as_bytes()).expect("it reads");
    publisher.wait().expect("it ends");
    let mut count = 1;
    while watch.next_line() != "Temperature: about 4999 °C" {
        count += 1;
    }
    assert!(count <= 5_000, "{count}");
    watch.child.kill().expect("it runs");
    watch.child.wait().expect("it ends");
}
