//! Importing tiles from the app MQTT Dash.

use crate::fixtures::{embedded_broker::EmbeddedBrokerFixture, key::Key, terminal::TerminalFixture};

const EXPORT: &str = r#"[{"type":2,"name":"Cellar","topic":"cellar","payloadOn":"on","payloadOff":"off"},
    {"type":1,"name":"Attic","topic":"attic","enablePub":false}]"#;

/// Starts the program and lets it wait for an export.
fn start_waiting(broker: &EmbeddedBrokerFixture) -> TerminalFixture {
    let mut program = broker.default_program().size(120, 24).start();
    program.wait_connected("");
    program.type_text("M");
    program.wait_text("Import from MQTT Dash");
    program.wait_text("metrics/exchange");
    program.press(Key::Enter);
    program.wait_text("waiting for tiles on metrics/exchange");
    program
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn export_received_while_waiting_is_imported_and_opened() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    let mut program = start_waiting(&broker);
    broker.publish_retained("metrics/exchange", EXPORT).await;
    program.wait_text("Cellar");
    program.wait_text("2 tiles saved to ");
    let file = std::fs::read_to_string(program.path("config/dashboards/imported.toml")).expect("the file can be read");
    assert!(file.contains("name = \"Attic\""), "{file}");
    // The imported tiles are subscribed, before the message or after it.
    broker.publish_retained("attic", "21").await;
    program.wait_for_screen("a value", |screen| {
        let text = screen.contents();
        text.contains("just now") || text.contains("retained")
    });
    program.press_after_dialog(Key::Enter);
    program.wait_text("ON");
    // A second import gets a file of its own.
    program.type_text("M");
    program.press(Key::Enter);
    program.wait_text("imported-2.toml");
    assert!(program.path("config/dashboards/imported-2.toml").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damaged_export_is_reported_and_rest_can_be_imported() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    let mut program = start_waiting(&broker);
    broker.publish("metrics/exchange", "[1, 2").await;
    broker.publish_retained("metrics/exchange", r#"[{"type":1,"name":"Valid"},{"type":9,"name":"Strange"}]"#).await;
    program.wait_text("tile 2 \"Strange\": `type`: expected 1 to 6, found 9");
    assert!(!program.path("config/dashboards/imported.toml").exists());
    program.press(Key::Enter);
    program.wait_text("1 tile saved to ");
    program.wait_text("Valid");
}
