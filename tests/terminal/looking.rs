//! Finding, reading, help, tabs.

use crate::{
    desk::{BENCH, Desk},
    pty::{Key, Program},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tile_is_found_and_read_in_full() {
    let mut desk = Desk::new().await;
    desk.keep("bench/note", "first").await;
    let mut program = desk.bench().start();
    program.wait_text("first");
    desk.say("bench/note", r#"{"a":{"b":1}}"#).await;
    program.type_text("/");
    program.wait_text("Find a tile");
    program.type_text("note");
    program.wait_text("▸ Note");
    program.key(Key::Enter);
    program.wait_no_text("Find a tile");
    program.type_text("i");
    for text in ["kind        text", "messages    2", "Last message", "QoS 1", "\"b\": 1", "Before", "first"] {
        program.wait_text(text);
    }
    program.key(Key::Escape);
    program.wait_no_text("Last message");
    program.type_text("?");
    program.wait_text("On a dashboard");
    program.key(Key::End);
    program.wait_text("draw everything anew");
    program.type_text("q");
    program.wait_no_text("draw everything anew");
    program.type_text("q");
    assert_eq!(program.ended(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_screen_that_others_wrote_on_is_drawn_anew() {
    let mut desk = Desk::new().await;
    desk.keep("bench/temperature", "23.4").await;
    let mut program = desk.bench().start();
    program.wait_text("23.4 °C");
    let before = program.count();
    program.key(Key::Control('l'));
    program.wait_bytes("a whole picture", move |bytes| {
        let new = String::from_utf8_lossy(&bytes[before..]).into_owned();
        new.contains("\x1b[2J") && new.contains("Temperature") && new.contains("\x1b[?2026l")
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dashboards_on_two_brokers_have_a_tab_each() {
    let (mut one, mut two) = (Desk::new().await, Desk::new().await);
    one.keep("bench/temperature", "11.1").await;
    two.keep("bench/temperature", "22.2").await;
    let profiles = format!(
        "[profile.first]\nurl = \"{}\"\n[profile.second]\nurl = \"{}\"\nprotocol = \"5\"\n",
        one.url(),
        two.url()
    );
    let board = |title: &str, profile: &str| {
        BENCH.replace("title = \"Bench\"", &format!("title = \"{title}\"\nprofile = \"{profile}\""))
    };
    let mut program = Program::new(&["open", "a", "b", "c"])
        .file("profiles.toml", &profiles)
        .file("dashboards/a.toml", &board("Here", "first"))
        .file("dashboards/b.toml", &board("There", "second"))
        .file("dashboards/c.toml", &board("Again", "first"))
        .start();
    program.wait_text("Here · There · Again");
    program.wait_text("first ● connected");
    program.wait_text("11.1 °C");
    program.key(Key::Tab);
    program.wait_text("second ● connected");
    program.wait_text("22.2 °C");
    // A line that is lost is told on its own tabs, and the other goes on.
    two.lose().await;
    program.wait_text("second ○");
    program.type_text("3");
    program.wait_text("first ● connected");
    one.say("bench/temperature", "11.2").await;
    program.wait_text("11.2 °C");
    program.type_text("\x1b[<0;3;1M");
    program.wait_for("the first tab", |screen| {
        screen.cell(0, 1).is_some_and(vt100::Cell::underline) && screen.contents().contains("11.2 °C")
    });
    program.type_text("q");
    assert_eq!(program.ended(), 0);
}
