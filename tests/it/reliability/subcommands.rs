//! Subcommands that connect without a terminal: what the user must know is printed, and they end cleanly.
#![cfg(unix)]

use std::{
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use mqtt_dash::model::profile::MqttVersion;
use rustix::process::{Pid, Signal, kill_process};
use tokio::{task::spawn_blocking, time::timeout};

use crate::fixtures::{
    connection::TIMEOUT,
    packet::{DISCONNECT, PUBLISH, SUBSCRIBE},
    process,
    scripted_broker::ScriptedBroker,
    terminal_program::MQTT_DASH,
};

const DASHBOARD: &str = "[[tile]]\nkind = \"text\"\nname = \"A\"\ntopic = \"a/b\"\n";

fn write_dashboard(folder: &tempfile::TempDir) {
    mqtt_dash::config::write_atomic(&folder.path().join("x.toml"), DASHBOARD.as_bytes()).expect("a writable folder");
}

/// Starts mqtt-dash in this folder, which is also that of its files.
fn start(folder: &tempfile::TempDir, arguments: &[&str]) -> Child {
    let mut command = Command::new(MQTT_DASH);
    command.args(arguments).current_dir(folder.path());
    command.env("MQTT_DASH_CONFIG_DIR", folder.path()).env("XDG_STATE_HOME", folder.path().join("state"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    process::spawn(&mut command)
}

async fn output(child: Child) -> Output {
    let output = spawn_blocking(move || child.wait_with_output());
    let output = timeout(TIMEOUT + Duration::from_secs(20), output).await.expect("the program ends in time");
    output.expect("the task is not cancelled").expect("the output can be read")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn subcommand_ended_by_signal_disconnects() {
    for (arguments, signal, status) in [
        (["import", "--topic", "a/b"], Signal::TERM, 143),
        (["export", "x.toml", "--topic=a/b"], Signal::INT, 130),
        (["snapshot", "x.toml", "--wait=60"], Signal::HUP, 129),
        (["watch", "x.toml", "--time"], Signal::INT, 130),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        write_dashboard(&folder);
        let broker = ScriptedBroker::start(MqttVersion::V311).await;
        let child = start(&folder, &[&arguments[..], &["--url", &broker.url()]].concat());
        let mut session = broker.accept_session().await;
        session.expect(if arguments[0] == "export" { PUBLISH } else { SUBSCRIBE }).await;
        let pid = Pid::from_raw(child.id().try_into().expect("a process ID")).expect("not zero");
        kill_process(pid, signal).expect("the signal can be sent");
        session.expect(DISCONNECT).await;
        let output = output(child).await;
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", stderr(&output));
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
}

#[tokio::test]
async fn subcommand_ends_at_once_when_its_login_is_refused() {
    for arguments in [&["snapshot", "x.toml", "--wait", "3600"][..], &["watch", "x.toml"]] {
        let folder = tempfile::tempdir().expect("a folder");
        write_dashboard(&folder);
        let broker = ScriptedBroker::start(MqttVersion::V311).await;
        let child = start(&folder, &[arguments, &["--url", &broker.url()]].concat());
        broker.accept().await.send(&[0x20, 2, 0, 5]).await;
        let output = output(child).await;
        assert_eq!(stderr(&output).matches("refused: not authorized").count(), 1, "{}", stderr(&output));
        assert_eq!(output.status.code(), Some(1));
    }
}

#[tokio::test]
async fn watch_without_a_dashboard_says_what_is_missing() {
    let folder = tempfile::tempdir().expect("a folder");
    for (arguments, expected) in [
        (&["watch"][..], "no dashboard given, and there is no default profile"),
        (&["watch", "--url", "mqtt://localhost"], "--url needs a dashboard"),
        (&["watch", "x", "--for=-1"], "expected a number of seconds"),
        (&["watch", "x", "--count", "0"], "0 is not in 1.."),
    ] {
        let output = output(start(&folder, arguments)).await;
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
        assert_eq!(output.status.code(), Some(2));
    }
}

#[tokio::test]
async fn snapshot_prints_refused_subscription() {
    let folder = tempfile::tempdir().expect("a folder");
    write_dashboard(&folder);
    let broker = ScriptedBroker::start(MqttVersion::V311).await;
    let child = start(&folder, &["snapshot", "x.toml", "--wait", "60", "--url", &broker.url()]);
    let mut session = broker.accept_session().await;
    let subscribe = session.expect(SUBSCRIBE).await;
    session.send_suback([subscribe[0], subscribe[1]], 0x80).await;
    session.expect(DISCONNECT).await;
    let output = output(child).await;
    assert!(stderr(&output).contains("mqtt-dash: a/b: "), "{}", stderr(&output));
    assert!(output.status.success() && !output.stdout.is_empty(), "the frame is printed as well");
}

/// The arguments with which each subcommand prints to standard output, and its exit status.
fn printing_arguments(subcommand: &str) -> Option<(&'static [&'static str], i32)> {
    Some(match subcommand {
        "check" => (&["check"], 1),
        "completions" => (&["completions", "bash"], 0),
        "demo" => (&["demo", "--hash-password", "ann"], 0),
        "export" => (&["export", "x.toml"], 0),
        "help" => (&["help"], 0),
        "import" => (&["import", "export.json"], 0),
        "man" => (&["man"], 0),
        // Standard output must be a terminal.
        "explore" | "open" => return None,
        "snapshot" => (&["snapshot", "x.toml", "--wait", "60"], 0),
        "watch" => (&["watch", "x.toml"], 0),
        _ => panic!("what does {subcommand} print?"),
    })
}

/// Runs mqtt-dash with an output that was closed before it prints anything.
async fn run_with_closed_output(folder: &tempfile::TempDir, arguments: &[&str]) -> Output {
    let mut command = Command::new(MQTT_DASH);
    command.args(arguments).current_dir(folder.path());
    command.env("MQTT_DASH_CONFIG_DIR", folder.path()).env("XDG_STATE_HOME", folder.path().join("state"));
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let input = std::fs::File::open(folder.path().join("input")).expect("a file");
    command.stdin(input).stdout(writer).stderr(Stdio::piped());
    output(process::spawn(&mut command)).await
}

#[tokio::test]
async fn every_subcommand_ends_quietly_when_its_output_is_closed() {
    let folder = tempfile::tempdir().expect("a folder");
    write_dashboard(&folder);
    let write = |name: &str, text: &str| {
        mqtt_dash::config::write_atomic(&folder.path().join(name), text.as_bytes()).expect("a writable folder");
    };
    write("export.json", "[{\"type\":1,\"name\":\"A\",\"topic\":\"a/b\"}]");
    write("profiles.toml", "");
    write("input", "a password\n");
    let subcommands = <mqtt_dash::cli::Cli as clap::CommandFactory>::command();
    let names = subcommands.get_subcommands().map(|command| command.get_name().to_owned());
    for (arguments, status) in names.filter_map(|name| printing_arguments(&name)) {
        if arguments[0] == "check" {
            write("settings.toml", "color = \"dark\"\n");
        }
        let output = if ["snapshot", "watch"].contains(&arguments[0]) {
            let broker = ScriptedBroker::start(MqttVersion::V311).await;
            let url = broker.url();
            let arguments = [arguments, &["--url", &url]].concat();
            let (output, ()) = tokio::join!(run_with_closed_output(&folder, &arguments), async {
                let mut session = broker.accept_session().await;
                let subscribe = session.expect(SUBSCRIBE).await;
                session.send_suback([subscribe[0], subscribe[1]], 0).await;
                session.send_publish(PUBLISH, None, "a/b", b"1").await;
                session.expect(DISCONNECT).await;
            });
            output
        } else {
            run_with_closed_output(&folder, arguments).await
        };
        let printed = stderr(&output);
        // What `check` finds is printed on standard error, which is still open, and so is what `watch` says of a connection.
        let is_quiet = match arguments[0] {
            "check" => printed.contains("color"),
            "watch" => printed.lines().count() == 1 && printed.ends_with(": connected\n"),
            _ => printed.is_empty(),
        };
        assert!(is_quiet && !printed.to_lowercase().contains("pipe"), "{arguments:?}: {printed}");
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {printed}");
        write("settings.toml", "");
    }
    for arguments in [&["--help"][..], &["--version"], &["snapshot", "--help"], &["help", "import"]] {
        let output = run_with_closed_output(&folder, arguments).await;
        assert_eq!((stderr(&output), output.status.code()), (String::new(), Some(0)), "{arguments:?}");
    }
}

#[tokio::test]
async fn report_of_check_has_only_ascii_where_other_characters_may_be_missing() {
    let folder = tempfile::tempdir().expect("a folder");
    mqtt_dash::config::write_atomic(&folder.path().join("x.toml"), b"[[tile]]\nkind = \"swich\"\n").expect("a file");
    for (term, locale, is_ascii) in [
        ("linux", "C.UTF-8", true),
        ("xterm-256color", "C.UTF-8", false),
        ("xterm-256color", "de_DE.ISO-8859-1", true),
        ("xterm-256color", "C", true),
        ("xterm-256color", "", false),
    ] {
        let mut command = Command::new(MQTT_DASH);
        command.args(["check", "x.toml"]).current_dir(folder.path()).env("MQTT_DASH_CONFIG_DIR", folder.path());
        command.env("TERM", term).env("LC_ALL", locale).env_remove("LC_CTYPE").env_remove("LANG");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let report = stderr(&output(process::spawn(&mut command)).await);
        assert!(report.contains("swich"), "{report}");
        assert_eq!(report.is_ascii(), is_ascii, "{term} {locale}: {report}");
    }
}
