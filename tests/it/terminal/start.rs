//! Starting the program, with and without configuration.

use std::process::Command;

use mqtt_dash::model::{connection::Qos, profile::MqttVersion};

use crate::fixtures::{
    connection::{ConnectionFixture, profile},
    embedded_broker::{DASHBOARD, EmbeddedBrokerFixture},
    key::Key,
    process, repository,
    terminal::TerminalFixture,
    terminal_program::{MQTT_DASH, TerminalProgram},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn retained_and_new_values_are_shown() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    broker.publish_retained("bench/temperature", "23.4").await;
    let mut program = broker.default_program().start();
    program.wait_connected("");
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
    program.wait_connected("");
    for text in ["Lamp", "OFF", "Temperature", "°C", "Online", "● ONLINE", "Free memory"] {
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

#[test]
fn demo_shows_its_dashboards_on_three_tabs() {
    let mut program = TerminalProgram::new(&["demo"]).size(120, 40).start();
    program.wait_text("1 2 3: the dashboards");
    program.wait_text(" 1 ESP32  2 Home  3 Devices");
    program.wait_connected("");
    program.type_text("2");
    for text in ["ground floor", "Blinds", "Boiler", "4 min left"] {
        program.wait_text(text);
    }
    program.press(Key::Down);
    program.press(Key::Enter);
    program.wait_text("ON   ●");
    program.type_text("3");
    for text in ["Tasmota", "Television", "0.412 kWh", "Kitchen"] {
        program.wait_text(text);
    }
    program.type_text("1");
    program.wait_text("Brightness");
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
fn snapshot_shows_devices_that_appear_while_it_waits() {
    let program = TerminalProgram::new(&["demo", "--headless"]).start();
    program.wait_text("mqtt://127.0.0.1:");
    let (url, home) = (program.screen_text().trim().to_owned(), tempfile::tempdir().expect("a temporary folder"));
    let mut command = Command::new(MQTT_DASH);
    command.args(["snapshot", &repository::path("dashboards/devices.toml").display().to_string(), "--url", &url]);
    command.args(["--set", "floor=upper", "--size", "120x60"]).env("MQTT_DASH_CONFIG_DIR", home.path());
    let output = process::output(&mut command);
    let text = String::from_utf8_lossy(&output.stdout);
    for name in ["Television", "Washing machine", "Bathroom", "damp", "Bedroom"] {
        assert!(text.contains(name), "{name}: {text} {}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(!text.contains("Kitchen"), "{text}");
}

#[test]
fn start_without_configuration_offers_demo() {
    let mut program = TerminalProgram::new(&[]).start();
    program.wait_text("start the demo");
    program.wait_text("a new connection");
    program.type_text("d");
    program.wait_connected("");
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
    program.wait_connected("hub");
    program.wait_text("23.4 °C");
    program.quit();
}

/// Starts the program with two connections, of which `hub` is the default, and these dashboards.
fn start_with_dashboards(arguments: &[&str], profiles: &str, dashboards: &[(&str, &str)]) -> TerminalFixture {
    let urls = "[profile.attic]\nurl = \"mqtt://127.0.0.1:1\"\n[profile.hub]\nurl = \"mqtt://127.0.0.1:1\"\n";
    let program = TerminalProgram::new(arguments).size(110, 24);
    let program = program.file("profiles.toml", &format!("default = \"hub\"\n{urls}{profiles}"));
    let file =
        |program: TerminalProgram, (name, text): &(&str, &str)| program.file(&format!("dashboards/{name}.toml"), text);
    dashboards.iter().fold(program, file).start()
}

/// Quits where `q` closes only a dialog.
fn quit_from_dialog(program: &mut TerminalFixture) {
    program.press(Key::Control('c'));
    assert_eq!(program.wait_exit(), 0);
}

const ATTIC_DASHBOARD: &str = "profile = \"attic\"\n[[tile]]\nkind = \"text\"\nname = \"Attic\"\n";
const HUB_DASHBOARD: &str = "profile = \"hub\"\n[[tile]]\nkind = \"text\"\nname = \"Hall\"\n";
const DAMAGED_DASHBOARD: &str = "profile = \"hub\"\n[[tile]]\nkind = \"swich\"\n";

#[test]
fn default_profile_without_dashboard_is_offered_one() {
    for arguments in [&[][..], &["open"], &["open", "--profile", "hub"]] {
        let mut program = start_with_dashboards(arguments, "", &[("attic", ATTIC_DASHBOARD)]);
        program.wait_text("hub has no dashboard yet: press Enter to create one");
        program.wait_text("▸   hub");
        program.press(Key::Enter);
        program.wait_text("The connection hub has no dashboard yet. Create one?");
        program.type_text("y");
        program.wait_text("hub ○");
        quit_from_dialog(&mut program);
    }
    for arguments in [&["open", "--kiosk"][..], &["snapshot", "hub"]] {
        let mut program = start_with_dashboards(arguments, "", &[]);
        assert_eq!(program.wait_exit(), 1);
        assert!(!program.output_text().contains("\x1b[?1049h"));
    }
}

#[test]
fn deleting_last_dashboard_of_default_profile_lets_program_start() {
    let mut program = start_with_dashboards(&[], "", &[("hub", HUB_DASHBOARD)]);
    program.wait_text("Hall");
    program.type_text("D");
    program.wait_text("Dashboards");
    program.type_text("d");
    program.wait_text("Delete");
    program.type_text("y");
    program.wait_text("start the demo");
    quit_from_dialog(&mut program);
    let folder = program.path("config");
    let mut program = TerminalProgram::new(&["--config-dir", &folder.display().to_string()]).size(110, 24).start();
    program.wait_text("hub has no dashboard yet");
    quit_from_dialog(&mut program);
}

#[test]
fn missing_dashboard_of_default_profile_does_not_keep_program_from_starting() {
    let names_missing = "dashboard = \"gone\"\n";
    let mut program = start_with_dashboards(&[], names_missing, &[("attic", ATTIC_DASHBOARD)]);
    program.wait_text("hub names the dashboard gone, which does not exist: press e to change that");
    quit_from_dialog(&mut program);
    let mut program = start_with_dashboards(&[], names_missing, &[("hub", HUB_DASHBOARD)]);
    program.wait_text("Hall");
    program.wait_text("there is no dashboard `gone`");
    quit_from_dialog(&mut program);
}

#[test]
fn missing_default_profile_does_not_keep_program_from_starting() {
    let profiles = "default = \"hib\"\n[profile.attic]\nurl = \"mqtt://127.0.0.1:1\"\n";
    let mut program = TerminalProgram::new(&[]).file("profiles.toml", profiles).start();
    program.wait_text("The default connection hib does not exist: press s to set another one");
    quit_from_dialog(&mut program);
}

#[test]
fn damaged_dashboard_does_not_keep_others_from_opening() {
    let mut program = start_with_dashboards(&[], "", &[("damaged", DAMAGED_DASHBOARD), ("hub", HUB_DASHBOARD)]);
    program.wait_text("Hall");
    program.wait_text("damaged.toml:3:8: unknown tile kind `swich`");
    quit_from_dialog(&mut program);
    for names_damaged in ["", "dashboard = \"damaged\"\n"] {
        let dashboards = [("damaged", DAMAGED_DASHBOARD), ("attic", ATTIC_DASHBOARD)];
        let mut program = start_with_dashboards(&[], names_damaged, &dashboards);
        program.wait_text("Not opened: ");
        program.wait_text("damaged.toml:3:8");
        program.wait_text("▸   hub");
        quit_from_dialog(&mut program);
    }
    // What is named in the command must open.
    let mut program = start_with_dashboards(&["open", "damaged", "hub"], "", &[("damaged", DAMAGED_DASHBOARD)]);
    assert_eq!(program.wait_exit(), 1);
    program.wait_text("damaged.toml:3:8");
}
