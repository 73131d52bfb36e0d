//! Finding tiles, details, help and tabs.

use crate::fixtures::{
    embedded_broker::{DASHBOARD, EmbeddedBrokerFixture},
    key::Key,
    terminal_program::TerminalProgram,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tile_is_found_by_name_and_shown_in_detail() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    broker.publish_retained("bench/note", "first").await;
    let mut program = broker.default_program().start();
    program.wait_text("first");
    broker.publish("bench/note", r#"{"a":{"b":1}}"#).await;
    program.type_text("/");
    program.wait_text("Find a tile");
    program.type_text("note");
    program.wait_text("▸ Note");
    program.press(Key::Enter);
    program.wait_no_text("Find a tile");
    program.type_text("i");
    for (part, texts) in [
        ("[Values]", ["QoS 1", "first"]),
        ("[Payload]", ["\"a\": {", "\"b\": 1"]),
        ("[Tile]", ["kind        text", "messages    2"]),
    ] {
        for text in [part].into_iter().chain(texts) {
            program.wait_text(text);
        }
        program.press(Key::Tab);
    }
    program.wait_text("[Values]");
    program.press(Key::Escape);
    program.wait_no_text("[Values]");
    program.type_text("?");
    program.wait_text("This tile");
    program.press(Key::End);
    program.wait_text("step the selected range");
    program.type_text("q");
    program.wait_no_text("step the selected range");
    program.quit();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ctrl_l_redraws_whole_screen() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    broker.publish_retained("bench/temperature", "23.4").await;
    let mut program = broker.default_program().start();
    program.wait_text("23.4 °C");
    let before = program.output_len();
    program.press(Key::Control('l'));
    program.wait_for_output("a complete frame", move |bytes| {
        let new = String::from_utf8_lossy(&bytes[before..]).into_owned();
        new.contains("\x1b[2J") && new.contains("Temperature") && new.contains("\x1b[?2026l")
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dashboards_of_two_brokers_have_own_tabs_and_states() {
    let (mut one, mut two) = (EmbeddedBrokerFixture::start().await, EmbeddedBrokerFixture::start().await);
    one.publish_retained("bench/temperature", "11.1").await;
    two.publish_retained("bench/temperature", "22.2").await;
    let profiles = format!(
        "[profile.first]\nurl = \"{}\"\n[profile.second]\nurl = \"{}\"\nprotocol = \"5\"\n",
        one.url(),
        two.url()
    );
    let dashboard = |title: &str, profile: &str| {
        DASHBOARD.replace("title = \"Bench\"", &format!("title = \"{title}\"\nprofile = \"{profile}\""))
    };
    let mut program = TerminalProgram::new(&["open", "a", "b", "c"])
        .file("profiles.toml", &profiles)
        .file("dashboards/a.toml", &dashboard("Here", "first"))
        .file("dashboards/b.toml", &dashboard("There", "second"))
        .file("dashboards/c.toml", &dashboard("Again", "first"))
        .start();
    program.wait_text("1 Here  2 There  3 Again");
    program.wait_connected("first");
    program.wait_text("11.1 °C");
    program.press(Key::Tab);
    program.wait_connected("second");
    program.wait_text("22.2 °C");
    // A lost connection is shown on its own tabs; the other one still works.
    two.stop_broker().await;
    program.wait_text("second ○");
    program.type_text("3");
    program.wait_text("11.1 °C");
    one.publish_retained("bench/temperature", "11.2").await;
    program.wait_text("11.2 °C");
    program.type_text("\x1b[<0;3;1M");
    program.wait_for_screen("the first tab", |screen| {
        screen.cell(0, 3).is_some_and(vt100::Cell::underline) && screen.contents().contains("11.2 °C")
    });
    program.quit();
}
