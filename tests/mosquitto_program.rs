//! The whole program on a pseudo-terminal against a real mosquitto.
#![cfg(all(unix, feature = "mosquitto-tests"))]

#[path = "support/mosquitto.rs"]
#[allow(dead_code, reason = "each program of tests uses a part of it")]
mod mosquitto;
#[path = "support/pty.rs"]
#[allow(dead_code, reason = "each program of tests uses a part of it")]
mod pty;

use mosquitto::{Mosquitto, Offer, Tls};
use pty::{Key, Program, Pty};

const BOARD: &str = r#"
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

/// The program with the dashboard on this broker, through a profile with more lines in it.
fn start(broker: &Mosquitto, more: &str) -> Pty {
    let profiles = format!("[profile.hub]\nurl = \"{}\"\n{more}", broker.url("localhost"));
    Program::new(&["open", "house", "--profile", "hub"])
        .size(120, 24)
        .file("profiles.toml", &profiles)
        .file("dashboards/house.toml", BOARD)
        .start()
}

fn quit(mut program: Pty) {
    program.type_text("q");
    assert_eq!(program.ended(), 0);
    program.assert_restored();
}

/// A value that was kept is shown, and a press arrives.
fn works(broker: &Mosquitto, more: &str, client: &[&str]) {
    let with = |arguments: &[&'static str]| [client, arguments].concat();
    broker.publish(&with(&["-r", "-t", "house/temperature", "-m", "21.5"]));
    let mut program = start(broker, more);
    program.wait_text("hub ● connected");
    program.wait_text("21.5 °C");
    program.key(Key::Right);
    program.wait_text("Enter switch");
    program.key(Key::Enter);
    // It is kept, so it does not matter who is first.
    let heard = broker.subscribe(&with(&["-C", "1", "-q", "2", "-F", "%t %p", "-t", "house/lamp/set"]));
    assert_eq!(heard, "house/lamp/set ON\n");
    program.wait_text("waiting");
    broker.publish(&with(&["-q", "1", "-t", "house/lamp/state", "-m", "ON"]));
    program.wait_text("ON   ●");
    program.wait_no_text("waiting");
    quit(program);
}

#[test]
fn what_is_kept_is_shown_and_what_is_pressed_arrives() {
    let broker = Mosquitto::start(Offer::default());
    for protocol in ["protocol = \"3.1.1\"\n", "protocol = \"5\"\n"] {
        works(&broker, protocol, &[]);
        broker.publish(&["-r", "-n", "-t", "house/lamp/set"]);
    }
}

#[test]
fn one_tile_for_many_topics() {
    let broker = Mosquitto::start(Offer::default());
    let mut program = start(&broker, "");
    program.wait_text("● connected");
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
    assert!(program.text().contains("42 école"));
    program.key(Key::End);
    program.type_text("i");
    for text in ["Last message", "alarm/end", "Before", "rain", "fire"] {
        program.wait_text(text);
    }
    program.key(Key::Escape);
    program.wait_no_text("Last message");
    quit(program);
}

#[test]
fn tls_with_an_authority_in_the_profile() {
    let broker = Mosquitto::start(Offer { tls: Tls::Authority, ..Offer::default() });
    let ca = broker.file("ca.pem").display().to_string();
    let more = format!("[profile.hub.tls]\nca = \"{ca}\"\n");
    works(&broker, &more, &["--cafile", &ca, "-h", "localhost"]);
    let program = start(&broker, "");
    program.wait_text("the broker's certificate is signed by nobody trusted here");
    quit(program);
}

#[test]
fn websocket() {
    let broker = Mosquitto::start(Offer { web: true, ..Offer::default() });
    let program = start(&broker, "");
    program.wait_text("hub ● connected");
    let url = broker.url("localhost");
    let mut other = Program::new(&["open", "house", "--url", &url]).file("dashboards/house.toml", BOARD).start();
    other.wait_text("● connected");
    // The two see each other through the broker.
    other.key(Key::Right);
    other.key(Key::Enter);
    other.wait_text("waiting");
    quit(other);
    quit(program);
}

#[test]
fn a_refused_login_is_told() {
    let broker = Mosquitto::start(Offer { login: true, ..Offer::default() });
    for protocol in ["3.1.1", "5"] {
        let wrong = format!("protocol = \"{protocol}\"\nusername = \"ann\"\npassword = \"barley-42\"\n");
        let mut program = start(&broker, &wrong);
        program.wait_text("refused: ");
        program.wait_text("stopped");
        program.wait_text("r reconnect");
        program.type_text("r");
        program.wait_text("stopped just now");
        assert!(!String::from_utf8_lossy(&program.bytes()).contains("barley"));
        quit(program);
        let right = format!("protocol = \"{protocol}\"\nusername = \"ann\"\npassword = {{ env = \"HUB\" }}\n");
        let profiles = format!("[profile.hub]\nurl = \"{}\"\n{right}", broker.url("localhost"));
        let program = Program::new(&["open", "house", "--profile", "hub"])
            .env("HUB", "s3cret")
            .file("profiles.toml", &profiles)
            .file("dashboards/house.toml", BOARD)
            .start();
        program.wait_text("● connected");
        quit(program);
    }
}

#[test]
fn a_broker_that_is_killed_and_started_again() {
    let mut broker = Mosquitto::start(Offer::default());
    let mut program = start(&broker, "");
    program.wait_text("hub ● connected");
    broker.publish(&["-t", "house/temperature", "-m", "21.5"]);
    program.wait_text("21.5 °C");
    broker.kill();
    program.wait_text("hub ○ ");
    program.wait_text(&format!("nothing listens on localhost:{}", broker.port));
    assert!(program.text().contains("21.5 °C"));
    // Pressed while the line is down; it is sent once the broker is back.
    program.key(Key::Right);
    program.key(Key::Enter);
    program.wait_text("waiting");
    broker.restart();
    let heard = broker.subscribe(&["-C", "1", "-q", "2", "-F", "%t %p", "-t", "house/lamp/set"]);
    assert_eq!(heard, "house/lamp/set ON\n");
    program.wait_text("hub ● connected");
    broker.publish(&["-q", "1", "-t", "house/temperature", "-m", "22.5"]);
    program.wait_text("22.5 °C");
    quit(program);
}
