//! The client IDs of several runs of the program at the same time, on one machine.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
};

use mqtt_dash::model::profile::MqttVersion;

use crate::fixtures::{
    process,
    scripted_broker::{ScriptedBroker, ScriptedConnection},
    terminal::TerminalFixture,
    terminal_program::{MQTT_DASH, TerminalProgram},
};

const DASHBOARD: &str = "[[tile]]\nkind = \"text\"\nname = \"x\"\ntopic = \"a\"\n";

fn open(broker: &ScriptedBroker, settings: &str) -> TerminalFixture {
    let profiles = format!("[profile.p]\nurl = \"{}\"\n{settings}", broker.url());
    TerminalProgram::new(&["open", "b", "--profile", "p"])
        .file("profiles.toml", &profiles)
        .file("dashboards/b.toml", DASHBOARD)
        .size(200, 24)
        .start()
}

/// Starts a snapshot with the configuration of another run, as cron does.
fn start_snapshot(config_dir: &Path) -> Child {
    let mut command = Command::new(MQTT_DASH);
    command.args(["snapshot", "b", "--profile", "p", "--wait", "60"]).env("MQTT_DASH_CONFIG_DIR", config_dir);
    process::spawn(command.stdout(Stdio::null()).stderr(Stdio::piped()))
}

/// Accepts a session in MQTT 3.1.1; returns the client ID, too.
async fn accept_session(broker: &ScriptedBroker) -> (ScriptedConnection, String) {
    let (mut session, connect) = broker.accept_connect().await;
    session.send_connack(&[]).await;
    let length = usize::from(u16::from_be_bytes([connect[10], connect[11]]));
    (session, String::from_utf8_lossy(&connect[12..12 + length]).into_owned())
}

/// Sends the value that the snapshot waits for; returns what it has printed on standard error.
async fn finish_snapshot(mut session: ScriptedConnection, snapshot: Child) -> String {
    session.send_publish(0x30, None, "a", b"1").await;
    let output = snapshot.wait_with_output().expect("the program ends");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn runs_at_the_same_time_have_a_client_id_each() {
    let broker = ScriptedBroker::start(MqttVersion::V311).await;
    let program = open(&broker, "");
    let (_session, first) = accept_session(&broker).await;
    let config_dir = program.path("config");
    let second = start_snapshot(&config_dir);
    let (second_session, second_id) = accept_session(&broker).await;
    let third = start_snapshot(&config_dir);
    let (third_session, third_id) = accept_session(&broker).await;
    assert_eq!([second_id, third_id], [format!("{first}-2"), format!("{first}-3")]);
    for (session, snapshot) in [(second_session, second), (third_session, third)] {
        let told = finish_snapshot(session, snapshot).await;
        assert!(!told.contains("client ID"), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn client_id_that_the_profile_names_is_told_to_the_run_that_comes_second() {
    let broker = ScriptedBroker::start(MqttVersion::V311).await;
    let mut program = open(&broker, "client_id = \"laptop\"\n");
    let (_first, id) = accept_session(&broker).await;
    assert_eq!(id, "laptop");
    let snapshot = start_snapshot(&program.path("config"));
    let (session, id) = accept_session(&broker).await;
    assert_eq!(id, "laptop");
    let told = finish_snapshot(session, snapshot).await;
    let process = program.raw_pid();
    let sentence =
        format!("another run of mqtt-dash (process {process}) uses the client ID laptop of the profile p, too");
    assert!(told.contains(&sentence), "{told}");
    let config_dir = program.path("config");
    program.quit();
    // Nobody uses it now.
    let snapshot = start_snapshot(&config_dir);
    let (session, _) = accept_session(&broker).await;
    let told = finish_snapshot(session, snapshot).await;
    assert!(!told.contains("another run"), "{told}");
}
