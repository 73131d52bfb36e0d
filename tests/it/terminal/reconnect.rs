//! The broker stops and starts again.

use crate::fixtures::{embedded_broker::EmbeddedBrokerFixture, key::Key};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_connection_shows_reason_and_reconnects_on_request() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    broker.publish_retained("bench/temperature", "23.4").await;
    let mut program = broker.default_program().size(120, 24).start();
    program.wait_text("23.4 °C");
    broker.stop_broker().await;
    program.wait_text("○");
    program.wait_text("retry in ");
    program.wait_text(&format!("nothing listens on {}", broker.address));
    program.wait_text("r reconnect");
    assert!(program.screen_text().contains("23.4 °C"), "the last value stays");
    program.press(Key::Right);
    program.press(Key::Enter);
    program.wait_text("waiting");
    broker.restart_broker().await;
    program.type_text("r");
    program.wait_connected("");
    program.wait_no_text("r reconnect");
    broker.publish_retained("bench/temperature", "24.5").await;
    program.wait_text("24.5 °C");
    program.quit();
    program.assert_restored();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_connection_reconnects_by_itself_and_publishes() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    let mut program = broker.default_program().size(120, 24).start();
    program.wait_connected("");
    broker.stop_broker().await;
    program.wait_text("retry in ");
    broker.restart_broker().await;
    program.wait_connected("");
    program.press(Key::Right);
    program.press(Key::Enter);
    assert_eq!(broker.next_command().await, "bench/lamp/set 1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn program_started_without_broker_connects_later() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    broker.stop_broker().await;
    let mut program = broker.default_program().size(120, 24).start();
    program.wait_text(&format!("nothing listens on {}", broker.address));
    broker.restart_broker().await;
    program.wait_connected("");
    broker.publish_retained("bench/temperature", "24.5").await;
    program.wait_text("24.5 °C");
    program.quit();
}
