//! The session that mosquitto keeps while the program is off (`clean_session = false`).
use std::cell::Cell;

use tempfile::TempDir;

use crate::fixtures::{
    broker::{BrokerConfig, BrokerFixture},
    terminal_program::TerminalProgram,
};

/// A broker, and a configuration folder with the profile `hub` whose session it keeps.
struct KeptSessionFixture {
    broker: BrokerFixture,
    folder: TempDir,
    protocol: &'static str,
    runs: Cell<usize>,
}

impl KeptSessionFixture {
    fn start(protocol: &'static str) -> Self {
        let broker = BrokerFixture::start(BrokerConfig::default());
        let folder = tempfile::tempdir().expect("a temporary folder");
        let fixture = Self { broker, folder, protocol, runs: Cell::default() };
        let session = format!("protocol = \"{protocol}\"\nclient_id = \"me\"\nclean_session = false\n");
        let url = fixture.broker.url("localhost");
        fixture.write("profiles.toml", &format!("[profile.hub]\nurl = \"{url}\"\n{session}"));
        fixture
    }

    fn write(&self, name: &str, text: &str) {
        mqtt_dash::config::write_atomic(&self.folder.path().join(name), text.as_bytes()).expect("it can be written");
    }

    /// Writes a dashboard of the profile with these topic filters.
    fn write_dashboard(&self, name: &str, filters: &[&str]) {
        let tile = |filter: &&str| {
            let keys = "kind = \"text\"\ntext_size = \"medium\"\nqos = 1\npublish = false";
            format!("[[tile]]\n{keys}\ntopic = \"{filter}\"\n")
        };
        let tiles = filters.iter().map(tile).collect::<String>();
        self.write(&format!("dashboards/{name}.toml"), &format!("profile = \"hub\"\n{tiles}"));
    }

    /// Runs `mqtt-dash open` with these arguments until it shows a message on each of these topics.
    fn run(&self, arguments: &[&str], topics: &[&str]) {
        let folder = self.folder.path().to_str().expect("the path is UTF-8");
        let arguments = [&["open"], arguments, &["--config-dir", folder]].concat();
        let mut program = TerminalProgram::new(&arguments).size(120, 24).start();
        program.wait_connected("");
        self.runs.set(self.runs.get() + 1);
        for topic in topics {
            let payload = format!("{topic} in run {}", self.runs.get());
            self.broker.publish(&["-q", "1", "-t", topic, "-m", &payload]);
            program.wait_text(&payload);
        }
        program.quit();
        program.assert_restored();
    }

    /// Publishes on these topics. Returns the topics of the messages that the session gets, which includes `last`.
    fn received_while_off(&self, topics: &[&str], last: &str, count: usize) -> Vec<String> {
        for topic in topics.iter().chain([&last]) {
            self.broker.publish(&["-q", "1", "-t", topic, "-m", "while off"]);
        }
        // What the broker has queued for the session comes first.
        let (version, count) = (if self.protocol == "5" { "5" } else { "311" }, count.to_string());
        let client = ["-V", version, "-i", "me", "-c", "-q", "1", "-t", last, "-C", &count, "-F", "%t"];
        self.broker.subscribe(&client).lines().map(str::to_owned).collect()
    }
}

/// A tile that is removed while the program is off: its topic is unsubscribed at the next start, other topics are not.
#[test]
fn removed_tile_is_unsubscribed_in_the_kept_session() {
    for protocol in ["3.1.1", "5"] {
        let fixture = KeptSessionFixture::start(protocol);
        fixture.write_dashboard("house", &["kept", "old", "room/+", "gone/#"]);
        fixture.run(&["house"], &["kept", "old", "room/a", "gone/b"]);
        fixture.write_dashboard("house", &["kept", "room/#"]);
        fixture.run(&["house"], &["kept", "room/a"]);
        let received = fixture.received_while_off(&["old", "gone/b", "room/a"], "kept", 2);
        assert_eq!(received, ["room/a", "kept"], "{protocol}");
    }
}

#[test]
fn messages_of_a_dashboard_that_cannot_be_loaded_or_is_not_opened_wait_in_the_kept_session() {
    for protocol in ["3.1.1", "5"] {
        let fixture = KeptSessionFixture::start(protocol);
        fixture.write_dashboard("a", &["t/a", "old"]);
        fixture.write_dashboard("b", &["t/b"]);
        fixture.run(&["--profile", "hub"], &["t/a", "old"]);
        fixture.write_dashboard("a", &["t/a"]);
        fixture.write("dashboards/b.toml", "profile = ");
        fixture.run(&["--profile", "hub"], &["t/a"]);
        let received = fixture.received_while_off(&["t/b", "old"], "t/a", 3);
        assert_eq!(received, ["t/b", "old", "t/a"], "{protocol}: while b has an error");
        fixture.write_dashboard("b", &["t/b"]);
        fixture.run(&["a"], &["t/a"]);
        let received = fixture.received_while_off(&["old", "t/b"], "t/a", 2);
        assert_eq!(received, ["t/b", "t/a"], "{protocol}: only a was opened");
        fixture.run(&["--profile", "hub"], &["t/a"]);
        let received = fixture.received_while_off(&["t/b"], "t/a", 2);
        assert_eq!(received, ["t/b", "t/a"], "{protocol}: both are opened");
    }
}
