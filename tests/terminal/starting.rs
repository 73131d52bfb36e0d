//! It starts, and what the broker carries is on the screen.

use mqtt_dash::model::{line::Qos, profile::Protocol};

use crate::{
    desk::Desk,
    line::{Line, profile},
    pty::Program,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_that_was_kept_and_one_that_comes() {
    let mut desk = Desk::new().await;
    desk.keep("bench/temperature", "23.4").await;
    let mut program = desk.bench().start();
    program.wait_text("● connected");
    program.wait_text("23.4 °C");
    assert!(program.is_raw());
    program.look(|screen| {
        assert!(screen.alternate_screen() && screen.hide_cursor() && screen.bracketed_paste());
    });
    desk.say("bench/temperature", "24.5").await;
    program.wait_text("24.5 °C");
    program.wait_text("2 s ago");
    program.type_text("q");
    assert_eq!(program.ended(), 0);
    program.assert_restored();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_shows_a_board_that_obeys_and_others_can_join() {
    let mut program = Program::new(&["demo"]).size(120, 40).start();
    program.wait_text("mosquitto_sub -p ");
    let text = program.text();
    let (_, port) = text.split_once("mosquitto_sub -p ").expect("how to join");
    let port: String = port.chars().take_while(char::is_ascii_digit).collect();
    for text in ["● connected", "Lamp", "OFF", "Temperature", "°C", "Online", "ONLINE   ●", "Free memory"] {
        program.wait_text(text);
    }
    let url = format!("mqtt://127.0.0.1:{port}");
    let mut other = Line::connected(profile(&url, Protocol::V3), "other").await;
    other.want(&[("esp32/demo/lamp/+", Qos::AtLeastOnce)]).await;
    assert_eq!(other.text().await, "esp32/demo/lamp/state OFF");
    program.type_text(" ");
    assert_eq!(other.text().await, "esp32/demo/lamp/set ON");
    assert_eq!(other.text().await, "esp32/demo/lamp/state ON");
    program.wait_text("ON   ●");
    program.wait_no_text("waiting");
    program.type_text("q");
    assert_eq!(program.ended(), 0);
    program.assert_restored();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_without_a_screen() {
    let mut program = Program::new(&["demo", "--headless"]).start();
    program.wait_for("its address", |screen| screen.contents().contains("mqtt://127.0.0.1:"));
    let url = program.text().trim().to_owned();
    let mut other = Line::connected(profile(&url, Protocol::V3), "other").await;
    other.want(&[("esp32/demo/status", Qos::AtLeastOnce)]).await;
    assert_eq!(other.text().await, "esp32/demo/status online");
    program.signal(rustix::process::Signal::TERM);
    assert_eq!(program.ended(), 0);
    program.assert_restored();
}

#[test]
fn without_anything_it_says_what_to_do_and_starts_the_demo() {
    let mut program = Program::new(&[]).start();
    program.wait_text("start the demo");
    program.wait_text("a new connection");
    program.type_text("d");
    program.wait_text("● connected");
    program.wait_text("Brightness");
    program.type_text("q");
    assert_eq!(program.ended(), 0);
    program.assert_restored();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_profile_opens_with_its_dashboards() {
    let mut desk = Desk::new().await;
    desk.keep("bench/temperature", "23.4").await;
    let profiles = format!("default = \"hub\"\n[profile.hub]\nurl = \"{}\"\nprotocol = \"5\"\n", desk.url());
    let board = format!("profile = \"hub\"\n{}", crate::desk::BENCH);
    let mut program = Program::new(&[]).file("profiles.toml", &profiles).file("dashboards/bench.toml", &board).start();
    program.wait_text("hub ● connected");
    program.wait_text("23.4 °C");
    program.type_text("q");
    assert_eq!(program.ended(), 0);
}
