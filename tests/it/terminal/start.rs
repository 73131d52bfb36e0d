//! Starting the program, with and without configuration.

use mqtt_dash::model::{connection::Qos, profile::MqttVersion};

use crate::fixtures::{
    connection::{ConnectionFixture, profile},
    embedded_broker::{DASHBOARD, EmbeddedBrokerFixture},
    terminal_program::TerminalProgram,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn retained_and_new_values_are_shown() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    broker.publish_retained("bench/temperature", "23.4").await;
    let mut program = broker.default_program().start();
    program.wait_text("● connected");
    program.wait_text("23.4 °C");
    assert!(program.is_raw_mode());
    program.with_screen(|screen| {
        assert!(screen.alternate_screen() && screen.hide_cursor() && screen.bracketed_paste());
    });
    broker.publish("bench/temperature", "24.5").await;
    program.wait_text("24.5 °C");
    program.wait_text("2 s ago");
    program.quit();
    program.assert_restored();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn demo_board_obeys_and_other_clients_can_connect() {
    let mut program = TerminalProgram::new(&["demo"]).size(120, 40).start();
    program.wait_text("mosquitto_sub -p ");
    let text = program.screen_text();
    let (_, port) = text.split_once("mosquitto_sub -p ").expect("the port of the broker");
    let port: String = port.chars().take_while(char::is_ascii_digit).collect();
    for text in ["● connected", "Lamp", "OFF", "Temperature", "°C", "Online", "ONLINE   ●", "Free memory"] {
        program.wait_text(text);
    }
    let url = format!("mqtt://127.0.0.1:{port}");
    let mut other = ConnectionFixture::connected(profile(&url, MqttVersion::V311), "other").await;
    other.subscribe(&[("esp32/demo/lamp/+", Qos::AtLeastOnce)]).await;
    assert_eq!(other.next_message_text().await, "esp32/demo/lamp/state OFF");
    program.type_text(" ");
    assert_eq!(other.next_message_text().await, "esp32/demo/lamp/set ON");
    assert_eq!(other.next_message_text().await, "esp32/demo/lamp/state ON");
    program.wait_text("ON   ●");
    program.wait_no_text("waiting");
    program.quit();
    program.assert_restored();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headless_demo_prints_address_and_serves_clients() {
    let mut program = TerminalProgram::new(&["demo", "--headless"]).start();
    program.wait_for_screen("the address of the broker", |screen| screen.contents().contains("mqtt://127.0.0.1:"));
    let url = program.screen_text().trim().to_owned();
    let mut other = ConnectionFixture::connected(profile(&url, MqttVersion::V311), "other").await;
    other.subscribe(&[("esp32/demo/status", Qos::AtLeastOnce)]).await;
    assert_eq!(other.next_message_text().await, "esp32/demo/status online");
    program.send_signal(rustix::process::Signal::TERM);
    assert_eq!(program.wait_exit(), 0);
    program.assert_restored();
}

#[test]
fn start_without_configuration_offers_demo() {
    let mut program = TerminalProgram::new(&[]).start();
    program.wait_text("start the demo");
    program.wait_text("a new connection");
    program.type_text("d");
    program.wait_text("● connected");
    program.wait_text("Brightness");
    program.quit();
    program.assert_restored();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn default_profile_opens_with_its_dashboards() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    broker.publish_retained("bench/temperature", "23.4").await;
    let profiles = format!("default = \"hub\"\n[profile.hub]\nurl = \"{}\"\nprotocol = \"5\"\n", broker.url());
    let dashboard = format!("profile = \"hub\"\n{DASHBOARD}");
    let mut program =
        TerminalProgram::new(&[]).file("profiles.toml", &profiles).file("dashboards/bench.toml", &dashboard).start();
    program.wait_text("hub ● connected");
    program.wait_text("23.4 °C");
    program.quit();
}
