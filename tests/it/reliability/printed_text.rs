//! What subcommands print and log contains nothing that could control a terminal, whatever files are called and contain.
#![cfg(unix)]

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use mqtt_dash::model::profile::MqttVersion;
use tokio::task::spawn_blocking;

use crate::fixtures::{
    packet::{self, PUBLISH, SUBSCRIBE},
    process,
    scripted_broker::ScriptedBroker,
    terminal_program::MQTT_DASH,
};

/// Ends a title, clears the screen, starts a title with a C1 control character, and reverses the text.
const HOSTILE: &str = "a\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m\u{9d}0;y\u{9c}\u{202e}b\u{2066}\u{feff}";

/// What the JSON of the app MQTT Dash looks like with such a name; the second tile is damaged.
fn app_export() -> String {
    let name = serde_json::Value::from(HOSTILE);
    format!("[{{\"name\":{name},\"topic\":\"t\",\"type\":1}},{{\"name\":{name},\"topic\":\"#/#\",\"type\":1}}]")
}

struct Files {
    folder: tempfile::TempDir,
}

impl Files {
    /// Writes files with hostile names and texts.
    fn new() -> Self {
        let files = Self { folder: tempfile::tempdir().unwrap() };
        let name = serde_json::Value::from(HOSTILE).to_string().replace('\u{7f}', "\\u007f");
        let tile = |kind: &str| format!("[[tile]]\nkind = \"{kind}\"\nname = {name}\ntopic = \"t\"\n");
        files.write("valid.toml", &(tile("text") + &tile("switch")));
        files.write("invalid.toml", &format!("# {HOSTILE}\ncolour = \"{HOSTILE}\"\n{}", tile(HOSTILE)));
        files.write(&format!("{HOSTILE}.toml"), "[[tile]]\nkind = \"nothing\"\n");
        files.write(&format!("{HOSTILE}.json"), &app_export());
        files.write("damaged.json", &format!("[{{\"name\":\"{HOSTILE}\"}}"));
        let profile = format!("[profile.{name}]\nurl = \"mqtt://127.0.0.1:1\"\nkeepalive = \"{HOSTILE}\"\n");
        files.write("profiles.toml", &profile);
        files
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, text: &str) {
        fs::File::create(self.path().join(name)).unwrap().write_all(text.as_bytes()).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(MQTT_DASH);
        command.args(arguments).args(["--log", "trace"]).current_dir(self.path());
        command.env("MQTT_DASH_CONFIG_DIR", self.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        process::spawn(&mut command).wait_with_output().unwrap()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.path().join("state/mqtt-dash.log")).unwrap_or_default()
    }
}

/// Fails if a text contains a control character, other than the end of a line and a tab, or a mark that changes the
/// reading order.
fn assert_harmless(text: &[u8], whose: &str) {
    let text = String::from_utf8(text.to_vec()).unwrap_or_else(|_| panic!("{whose}: not UTF-8"));
    let is_harmful = |c: &char| {
        (c.is_control() && !matches!(c, '\n' | '\t'))
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let found: Vec<char> = text.chars().filter(is_harmful).collect();
    assert!(found.is_empty(), "{whose} contains {found:?}:\n{text:?}");
}

#[test]
fn no_subcommand_prints_or_logs_what_controls_a_terminal() {
    let files = Files::new();
    let (toml, json) = (format!("{HOSTILE}.toml"), format!("{HOSTILE}.json"));
    let with_hostile_value = format!("--size={HOSTILE}");
    for arguments in [
        &["check", "valid.toml", "invalid.toml", &toml][..],
        &["check"],
        &["check", "missing", HOSTILE],
        &["open", &toml],
        &["open", HOSTILE],
        &["open", "valid.toml", "--profile", HOSTILE],
        &["open", "valid.toml", "--url", HOSTILE],
        &["snapshot", "valid.toml", "--profile", HOSTILE, "--wait", "0"],
        &["snapshot", "valid.toml", "--url", "mqtt://127.0.0.1:1", "--wait", "0"],
        &["snapshot", "valid.toml", &with_hostile_value],
        &["import", &json],
        &["import", &json, "--partial"],
        &["import", "damaged.json", "--partial"],
        &["import", HOSTILE],
        &["import", &json, "--partial", "-o", &format!("{HOSTILE}-imported.toml")],
        &["export", "valid.toml"],
        &["export", &toml],
        &["export", "valid.toml", "--topic", HOSTILE],
        &["demo", "--headless", "--accounts", HOSTILE],
        &["demo", "--headless", "--profile", HOSTILE],
        &["completions", HOSTILE],
        &[HOSTILE],
        &["--log", HOSTILE, "check"],
    ] {
        let output = files.run(arguments);
        assert!(!output.stdout.is_empty() || !output.stderr.is_empty(), "{arguments:?} prints nothing");
        assert_harmless(&output.stdout, &format!("standard output of {arguments:?}"));
        assert_harmless(&output.stderr, &format!("standard error of {arguments:?}"));
    }
    assert_harmless(files.log().as_bytes(), "the log");
}

#[test]
fn import_and_export_keep_the_names_that_they_escape() {
    let files = Files::new();
    let imported = files.run(&["import", &format!("{HOSTILE}.json"), "--partial"]);
    let text = String::from_utf8(imported.stdout).unwrap();
    let dashboard = mqtt_dash::config::read_dashboard("imported.toml", &text).unwrap();
    assert_eq!(dashboard.tiles[0].name, HOSTILE);
    let exported = files.run(&["export", "valid.toml"]);
    let json: serde_json::Value = serde_json::from_slice(&exported.stdout).unwrap();
    assert_eq!(json[0]["name"], HOSTILE);
}

#[tokio::test]
async fn what_a_broker_sends_is_printed_harmlessly() {
    let files = Files::new();
    fs::remove_file(files.path().join("profiles.toml")).unwrap();
    let broker = ScriptedBroker::start(MqttVersion::V5).await;
    let url = broker.url();
    let imported = spawn_blocking(move || {
        let output = files.run(&["import", "--topic", "t", "--partial", "--wait", "20", "--url", &url]);
        (output, files.log())
    });
    let mut session = broker.accept_session().await;
    let subscribe = session.expect(SUBSCRIBE).await;
    session.send_suback([subscribe[0], subscribe[1]], 0).await;
    session.send(&packet::publish(MqttVersion::V5, PUBLISH, None, "t", app_export())).await;
    let (output, log) = imported.await.unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_harmless(&output.stdout, "standard output");
    assert_harmless(&output.stderr, "standard error");
    assert!(log.contains("connected"), "{log}");
    assert_harmless(log.as_bytes(), "the log");
}
