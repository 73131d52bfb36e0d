//! Devices that take and report JSON, and devices that have to be asked for their values, with the whole program.

use std::time::Duration;

use mqtt_dash::model::{connection::Qos, profile::MqttVersion};

use super::local_profile;
use crate::fixtures::{
    broker::{BrokerConfig, BrokerFixture},
    connection::{ConnectionFixture, publish_request},
    key::Key,
    terminal::TerminalFixture,
    terminal_program::TerminalProgram,
};

/// A dimmable lamp and a battery that talks only while it is asked.
const DASHBOARD: &str = r#"
[[tile]]
kind = "range"
name = "Lamp"
topic = "zigbee2mqtt/lamp"
json_path = "$.brightness"
publish_topic = "zigbee2mqtt/lamp/set"
payload = '{"brightness": {{value}}}'
max = 254
qos = 1
[[tile]]
kind = "text"
name = "Battery"
text_size = "medium"
topic = "N/1/soc"
json_path = "$.value"
publish_topic = "R/1/keepalive"
publish = false
on_connect = "soc"
every = "1s"
"#;

fn start(broker: &BrokerFixture) -> TerminalFixture {
    TerminalProgram::new(&["open", "house", "--url", &broker.url("localhost")])
        .size(120, 24)
        .file("dashboards/house.toml", DASHBOARD)
        .start()
}

/// Answers as zigbee2mqtt does: with all of the state, and with 1 for a brightness of 0. Returns what it was sent.
async fn lamp(mut device: ConnectionFixture, commands: usize) -> Vec<String> {
    let mut received = Vec::new();
    while received.len() < commands {
        let payload = device.next_message().await.payload.to_vec();
        let command: serde_json::Value = serde_json::from_slice(&payload).expect("the command is JSON");
        let brightness = command["brightness"].as_u64().expect("a number").max(1);
        let state = format!("{{\"state\":\"ON\",\"brightness\":{brightness},\"linkquality\":97}}");
        received.push(String::from_utf8(payload).expect("JSON is UTF-8"));
        let request = u64::try_from(received.len()).expect("few commands");
        device.client.publish(publish_request(request, "zigbee2mqtt/lamp", state.as_bytes(), Qos::AtLeastOnce));
        device.final_publish_status(request).await;
    }
    received
}

fn set_brightness(program: &mut TerminalFixture, number: &str) {
    program.press_after_dialog(Key::Enter);
    program.wait_text("→ zigbee2mqtt/lamp/set");
    program.type_text(number);
    program.press(Key::Enter);
    program.wait_no_text("→ zigbee2mqtt/lamp/set");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn json_lamp_is_controlled_and_confirms() {
    let broker = BrokerFixture::start(BrokerConfig::default());
    let mut device = ConnectionFixture::connected(local_profile(&broker, MqttVersion::V5), "lamp").await;
    device.subscribe(&[("zigbee2mqtt/lamp/set", Qos::AtLeastOnce)]).await;
    let lamp = tokio::spawn(lamp(device, 2));
    tokio::task::block_in_place(|| {
        let mut program = start(&broker);
        program.wait_connected("");
        set_brightness(&mut program, "120");
        // Only a message with this value confirms it.
        program.wait_text("✓ ");
        set_brightness(&mut program, "0");
        program.type_text("N");
        program.wait_text("the device answered: 1");
        program.press(Key::Escape);
        program.wait_no_text("Enter choose");
        program.quit();
        program.assert_restored();
    });
    assert_eq!(lamp.await.expect("the lamp works"), ["{\"brightness\": 120}", "{\"brightness\": 0}"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn device_is_asked_once_it_is_allowed_and_periodically() {
    let mut broker = BrokerFixture::start(BrokerConfig::default());
    let mut device = ConnectionFixture::connected(local_profile(&broker, MqttVersion::V311), "battery").await;
    device.subscribe(&[("R/1/keepalive", Qos::AtLeastOnce)]).await;
    let mut program = start(&broker);
    program.wait_connected("");
    program.wait_text("automatic messages");
    let is_silent = tokio::time::timeout(Duration::from_millis(1_500), device.next_message()).await.is_err();
    assert!(is_silent, "nothing was allowed yet");
    program.type_text("T");
    program.wait_text("on connect, then every 1s: \"soc\" → R/1/keepalive");
    program.press(Key::Enter);
    for request in 1..=3 {
        assert_eq!(device.next_message_text().await, "R/1/keepalive soc");
        let payload = format!("{{\"value\":{}}}", 80 + request);
        device.client.publish(publish_request(request, "N/1/soc", payload.as_bytes(), Qos::AtLeastOnce));
        program.wait_text(&(80 + request).to_string());
    }
    // The next session begins with it, after the topic of the tile is subscribed to.
    broker.kill();
    device.wait_disconnected().await;
    broker.restart();
    device.wait_connected().await;
    device.subscribe(&[("R/1/keepalive", Qos::AtLeastOnce)]).await;
    assert_eq!(device.next_message_text().await, "R/1/keepalive soc");
    device.client.publish(publish_request(9, "N/1/soc", b"{\"value\":55}", Qos::AtLeastOnce));
    program.wait_text("55");
    program.quit();
    for _ in 0..3 {
        if tokio::time::timeout(Duration::from_millis(2_500), device.next_message()).await.is_err() {
            return;
        }
    }
    panic!("the messages go on");
}
