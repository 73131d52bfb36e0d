//! The simulated board: its button, and boards at an external broker.

use mqtt_dash::{
    demo::{Access, EmbeddedBroker, broker::loopback_any_port},
    model::{connection::Qos, profile::MqttVersion},
};
use rustix::process::Signal;

use crate::fixtures::{
    broker::free_port,
    connection::{ConnectionFixture, profile},
    embedded_broker::DASHBOARD,
    key::Key,
    packet::DISCONNECT,
    scripted_broker::ScriptedBroker,
    terminal_program::TerminalProgram,
};

#[test]
fn key_presses_button_of_simulated_board() {
    let mut program = TerminalProgram::new(&["demo"]).size(120, 40).start();
    program.wait_connected("");
    program.wait_text("ONLINE");
    for (key, word) in [("b", " short "), ("B", " long ")] {
        assert!(!program.screen_text().contains(word));
        program.type_text(key);
        program.wait_text(word);
    }
    program.type_text("?/demo");
    program.wait_text("the button of the demo board");
    // The list is filtered, and after Escape it is not: a key that follows Escape at once would be another key.
    program.wait_no_text("edit the tile");
    program.press(Key::Escape);
    program.wait_text("edit the tile");
    program.type_text("qq");
    assert_eq!(program.wait_exit(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn button_key_without_demo_reports_missing_board() {
    let broker = EmbeddedBroker::start(loopback_any_port(), Access::LoopbackOnly).await.expect("the broker starts");
    let url = format!("mqtt://{}", broker.address());
    let mut program =
        TerminalProgram::new(&["open", "bench", "--url", &url]).file("dashboards/bench.toml", DASHBOARD).start();
    program.wait_connected("");
    assert!(!program.screen_text().contains("button"));
    program.type_text("b");
    program.wait_text("No simulated board is running");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headless_boards_run_at_external_broker_until_interrupted() {
    let broker = EmbeddedBroker::start(loopback_any_port(), Access::LoopbackOnly).await.expect("the broker starts");
    let url = format!("mqtt://{}", broker.address());
    let mut program = TerminalProgram::new(&["demo", "--headless", "--url", &url, "--boards", "2", "--id", "class"])
        .size(200, 24)
        .start();
    for text in ["esp32/class is online", "esp32/class-2 is online"] {
        program.wait_text(text);
    }
    assert!(program.screen_text().starts_with("esp32/class\nesp32/class-2\n"), "{}", program.screen_text());
    let mut watcher = ConnectionFixture::connected(profile(&url, MqttVersion::V5), "watcher").await;
    watcher.subscribe(&[("esp32/class-2/status", Qos::AtLeastOnce)]).await;
    assert_eq!(watcher.next_message_text().await, "esp32/class-2/status online");
    program.send_signal(Signal::INT);
    assert_eq!(watcher.next_message_text().await, "esp32/class-2/status offline");
    assert_eq!(program.wait_exit(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn board_with_duplicate_id_keeps_trying_and_suggests_another() {
    let broker = ScriptedBroker::start(MqttVersion::V5).await;
    // In MQTT 3.1.1 a broker cannot say why it closes a connection.
    let profiles = format!("[profile.class]\nurl = \"{}\"\nprotocol = \"5\"\n", broker.url());
    let program = TerminalProgram::new(&["demo", "--headless", "--profile", "class", "--id", "twin"])
        .file("profiles.toml", &profiles)
        .size(300, 24)
        .start();
    // The connection stays open until the board has read the packet: a reset would overtake it.
    let mut session = broker.accept_session().await;
    session.send(&[DISCONNECT, 2, 0x8e, 0]).await;
    program.wait_text(
        "esp32/twin is offline, retrying: the broker ended the session: \
         perhaps another client uses the client ID esp32-twin; set another one with --id ID",
    );
    broker.accept_session().await;
}

#[test]
fn headless_board_reports_why_it_is_offline() {
    let closed = format!("127.0.0.1:{}", free_port());
    let url = format!("mqtt://{closed}");
    let program = TerminalProgram::new(&["demo", "--headless", "--url", &url]).size(200, 24).start();
    program.wait_text(&format!("esp32/demo is offline, retrying: nothing listens on {closed}"));
}

#[test]
fn conflicting_demo_options_are_rejected() {
    for (arguments, status, sentence) in [
        (&["--url", "mqtt://x"][..], 2, "--url and --profile need --headless"),
        (&["--profile", "x"], 2, "--url and --profile need --headless"),
        (&["--id", "x"], 2, "--id needs --headless"),
        (&["--headless", "--client-id", "x"], 2, "--client-id needs --url or --profile"),
        (&["--headless", "--url", "mqtt://x", "--profile", "x"], 2, "cannot be used with '--profile <NAME>'"),
        (&["--headless", "--url", "mqtt://x", "--listen", "127.0.0.1:0"], 2, "cannot be used with '--listen"),
        (&["--headless", "--url", "mqtt://x", "--anonymous"], 2, "cannot be used with '--anonymous'"),
        (&["--headless", "--boards", "0"], 2, "1..=1000"),
        (&["--headless", "--url", "mqtt://x", "--id", "a/b"], 1, "`a/b` is not a valid board ID"),
        (&["--headless", "--profile", "x"], 1, "there is no profile `x`"),
    ] {
        let arguments = [&["demo"], arguments].concat();
        let mut program = TerminalProgram::new(&arguments).size(300, 24).start();
        assert_eq!(program.wait_exit(), status, "{arguments:?}");
        program.wait_text(sentence);
    }
}
