//! The whole program on a pseudo-terminal with mosquitto.
use crate::fixtures::{
    broker::{BrokerConfig, BrokerFixture},
    broker_certificates::Certificate,
    key::Key,
    terminal::TerminalFixture,
    terminal_program::TerminalProgram,
};

const DASHBOARD: &str = r#"
title = "House"
[[tile]]
kind = "text"
name = "Temperature"
topic = "house/temperature"
postfix = " °C"
text_size = "medium"
publish = false
[[tile]]
kind = "switch"
name = "Lamp"
topic = "house/lamp/state"
publish_topic = "house/lamp/set"
on = "ON"
off = "OFF"
qos = 2
retain = true
update_on_publish = false
[[tile]]
kind = "text"
name = "Any room"
topic = "rooms/+/humidity"
text_size = "medium"
publish = false
[[tile]]
kind = "text"
name = "Anything"
topic = "alarm/#"
text_size = "medium"
publish = false
"#;

/// Starts the program with a profile of this broker, to which these lines are added.
fn start(broker: &BrokerFixture, profile_lines: &str) -> TerminalFixture {
    let profiles = format!("[profile.hub]\nurl = \"{}\"\n{profile_lines}", broker.url("localhost"));
    TerminalProgram::new(&["open", "house", "--profile", "hub"])
        .size(120, 24)
        .file("profiles.toml", &profiles)
        .file("dashboards/house.toml", DASHBOARD)
        .start()
}

fn quit(mut program: TerminalFixture) {
    program.quit();
    program.assert_restored();
}

/// Checks that a retained value is shown and that a pressed tile publishes.
fn assert_works(broker: &BrokerFixture, profile_lines: &str, client: &[&str]) {
    let with = |arguments: &[&'static str]| [client, arguments].concat();
    broker.publish(&with(&["-r", "-t", "house/temperature", "-m", "21.5"]));
    let mut program = start(broker, profile_lines);
    program.wait_connected("hub");
    program.wait_text("21.5 °C");
    program.press(Key::Right);
    program.wait_text("Enter switch");
    program.press(Key::Enter);
    // The command is retained, so the order does not matter.
    let received = broker.subscribe(&with(&["-C", "1", "-q", "2", "-F", "%t %p", "-t", "house/lamp/set"]));
    assert_eq!(received, "house/lamp/set ON\n");
    program.wait_text("waiting");
    broker.publish(&with(&["-q", "1", "-t", "house/lamp/state", "-m", "ON"]));
    program.wait_text("ON   ●");
    program.wait_no_text("waiting");
    quit(program);
}

#[test]
fn retained_value_is_shown_and_press_is_published() {
    let broker = BrokerFixture::start(BrokerConfig::default());
    for protocol in ["protocol = \"3.1.1\"\n", "protocol = \"5\"\n"] {
        assert_works(&broker, protocol, &[]);
        broker.publish(&["-r", "-n", "-t", "house/lamp/set"]);
    }
}

#[test]
fn wildcard_tile_shows_all_matching_topics() {
    let broker = BrokerFixture::start(BrokerConfig::default());
    let mut program = start(&broker, "");
    program.wait_connected("");
    for (topic, payload) in [
        ("rooms/kitchen/humidity", "41 kitchen"),
        ("rooms/école/humidity", "42 école"),
        ("alarm", "fire"),
        ("alarm/roof/left", "rain"),
    ] {
        broker.publish(&["-q", "1", "-t", topic, "-m", payload]);
        program.wait_text(payload);
    }
    broker.publish(&["-q", "1", "-t", "rooms/a/b/humidity", "-m", "too deep"]);
    broker.publish(&["-q", "1", "-t", "alarm/end", "-m", "the end"]);
    program.wait_text("the end");
    assert!(program.screen_text().contains("42 école"));
    program.press(Key::End);
    program.type_text("i");
    for text in ["[Values]", "alarm/end", "rain", "fire"] {
        program.wait_text(text);
    }
    program.press(Key::Escape);
    program.wait_no_text("[Values]");
    quit(program);
}

/// The properties go through a wildcard subscription with an identifier, which the broker sends before them.
#[test]
fn properties_of_a_message_are_shown_in_the_details() {
    let broker = BrokerFixture::start(BrokerConfig::default());
    let publish = |payload: &str, properties: &[&[&str]]| {
        let properties = properties.iter().flat_map(|property| [&["-D", "publish"], *property].concat());
        let arguments = ["-V", "5", "-q", "1", "-t", "alarm/roof", "-m", payload].into_iter().chain(properties);
        broker.publish(&arguments.collect::<Vec<_>>());
    };
    let mut program = start(&broker, "protocol = \"5\"\n");
    program.wait_connected("");
    program.press(Key::End);
    program.type_text("i");
    program.press(Key::Tab);
    publish("fire", &[&["user-property", "unit", "°C"]]);
    program.wait_text("user property   unit = °C");
    publish(
        "rain",
        &[
            &["content-type", "text/plain"],
            &["response-topic", "house/reply"],
            &["correlation-data", "7-é"],
            &["message-expiry-interval", "120"],
            &["payload-format-indicator", "1"],
        ],
    );
    for row in [
        "content type    text/plain",
        "payload format  UTF-8 text",
        "expires         120 s after it arrived",
        "response topic  house/reply",
        "correlation     7-é",
    ] {
        program.wait_text(row);
    }
    program.wait_no_text("user property");
    publish("dry", &[]);
    program.wait_text("dry");
    program.wait_no_text("content type");
    program.press(Key::Escape);
    program.wait_no_text("[Payload]");
    quit(program);
}

#[test]
fn tls_with_ca_of_profile_connects() {
    let broker =
        BrokerFixture::start(BrokerConfig { certificate: Some(Certificate::SignedByCa), ..BrokerConfig::default() });
    let ca = broker.path("ca.pem").display().to_string();
    let more = format!("[profile.hub.tls]\nca = \"{ca}\"\n");
    assert_works(&broker, &more, &["--cafile", &ca, "-h", "localhost"]);
    let program = start(&broker, "");
    program.wait_text("○ certificate");
    quit(program);
}

#[test]
fn web_socket_connects_two_programs() {
    let broker = BrokerFixture::start(BrokerConfig { web_socket: true, ..BrokerConfig::default() });
    let program = start(&broker, "");
    program.wait_connected("hub");
    let url = broker.url("localhost");
    let mut other =
        TerminalProgram::new(&["open", "house", "--url", &url]).file("dashboards/house.toml", DASHBOARD).start();
    other.wait_connected("");
    // Both programs use the same broker.
    other.press(Key::Right);
    other.press(Key::Enter);
    other.wait_text("waiting");
    quit(other);
    quit(program);
}

#[test]
fn refused_login_is_shown_and_stops() {
    let broker = BrokerFixture::start(BrokerConfig { password: true, ..BrokerConfig::default() });
    for protocol in ["3.1.1", "5"] {
        let wrong = format!("protocol = \"{protocol}\"\nusername = \"ann\"\npassword = \"barley-42\"\n");
        let mut program = start(&broker, &wrong);
        program.wait_text("refused: ");
        program.wait_text("stopped");
        program.wait_text("r reconnect");
        program.type_text("r");
        program.wait_text("stopped just now");
        assert!(!program.output_text().contains("barley"));
        quit(program);
        let right = format!("protocol = \"{protocol}\"\nusername = \"ann\"\npassword = {{ env = \"HUB\" }}\n");
        let profiles = format!("[profile.hub]\nurl = \"{}\"\n{right}", broker.url("localhost"));
        let program = TerminalProgram::new(&["open", "house", "--profile", "hub"])
            .env("HUB", "s3cret")
            .file("profiles.toml", &profiles)
            .file("dashboards/house.toml", DASHBOARD)
            .start();
        program.wait_connected("");
        quit(program);
    }
}

#[test]
fn killed_broker_is_shown_and_reconnected() {
    let mut broker = BrokerFixture::start(BrokerConfig::default());
    let mut program = start(&broker, "");
    program.wait_connected("hub");
    broker.publish(&["-r", "-t", "house/temperature", "-m", "21.5"]);
    program.wait_text("21.5 °C");
    broker.kill();
    program.wait_text("hub ○ ");
    program.wait_text(&format!("nothing listens on localhost:{}", broker.port));
    assert!(program.screen_text().contains("21.5 °C"));
    // A command published while disconnected is sent once the broker is back.
    program.press(Key::Right);
    program.press(Key::Enter);
    program.wait_text("waiting");
    broker.restart();
    let received = broker.subscribe(&["-C", "1", "-q", "2", "-F", "%t %p", "-t", "house/lamp/set"]);
    assert_eq!(received, "house/lamp/set ON\n");
    program.wait_connected("hub");
    broker.publish(&["-r", "-q", "1", "-t", "house/temperature", "-m", "22.5"]);
    program.wait_text("22.5 °C");
    quit(program);
}
