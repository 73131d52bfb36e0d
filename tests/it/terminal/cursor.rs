//! The cursor of the terminal, which screen readers and magnifiers follow: in text inputs, and on what is selected.

use std::path::Path;

use vt100::Screen;

use crate::fixtures::{
    embedded_broker::{DASHBOARD, EmbeddedBrokerFixture},
    key::Key,
    terminal::{TerminalFixture, is_restored},
    terminal_program::{MQTT_DASH, TerminalProgram},
};

/// Waits until the cursor is directly behind this text.
fn wait_behind(program: &TerminalFixture, text: &str, visible: bool) {
    program.wait_for_screen(&format!("the cursor behind {text:?}"), |screen| {
        before_cursor(screen).ends_with(text) && screen.hide_cursor() != visible
    });
}

/// Waits until the cursor is on the first letter of this text, without being seen.
fn wait_hidden_on(program: &TerminalFixture, text: &str) {
    program.wait_for_screen(&format!("the hidden cursor on {text:?}"), |screen| {
        let (row, column) = screen.cursor_position();
        let length = u16::try_from(text.len()).expect("a short text");
        screen.hide_cursor() && screen.contents_between(row, column, row, column + length) == text
    });
}

fn before_cursor(screen: &Screen) -> String {
    let (row, column) = screen.cursor_position();
    screen.contents_between(row, 0, row, column)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cursor_follows_what_is_typed_and_what_is_selected() {
    let broker = EmbeddedBrokerFixture::start().await;
    let mut program = broker.default_program().start();
    program.wait_text("● connected");
    wait_hidden_on(&program, "Temperature");
    program.press(Key::Right);
    wait_hidden_on(&program, "Lamp");
    program.type_text(":");
    program.wait_text("Command palette");
    program.type_text("scr");
    wait_behind(&program, "│ scr", true);
    program.press(Key::Left);
    wait_behind(&program, "│ sc", true);
    program.press(Key::Escape);
    program.wait_no_text("Command palette");
    wait_hidden_on(&program, "Lamp");
    program.type_text("?");
    program.wait_for_screen("no cursor in a text", |screen| screen.contents().contains("Keys") && screen.hide_cursor());
    program.press(Key::Escape);
    wait_hidden_on(&program, "Lamp");
    program.quit();
    program.assert_restored();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cursor_is_behind_wide_and_scrolled_text_of_a_field() {
    let broker = EmbeddedBrokerFixture::start().await;
    let mut program = broker.default_program().size(60, 24).start();
    program.wait_text("● connected");
    program.type_text("e");
    program.wait_text("▸ Name");
    wait_behind(&program, "Temperature", true);
    program.press(Key::Control('u'));
    program.type_text("日本語é");
    wait_behind(&program, "日本語é", true);
    program.press(Key::Left);
    wait_behind(&program, "日本語", true);
    program.press(Key::End);
    program.type_text(&"0123456789".repeat(9));
    wait_behind(&program, "0123456789", true);
    assert!(program.with_screen(|screen| before_cursor(screen).contains("▸ Name")), "the text is scrolled in its row");
    program.press(Key::Escape);
    program.wait_text("Unsaved changes");
    program.press(Key::Escape);
    program.wait_no_text("▸ Name");
    wait_hidden_on(&program, "Temperature");
    program.quit();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cursor_is_seen_by_the_shell_and_by_an_editor_and_is_back_afterwards() {
    let broker = EmbeddedBrokerFixture::start().await;
    let script = format!(
        "set -m; {MQTT_DASH} open bench --url {}; echo \"stopped: $?\"; read answer; fg; echo \"ended: $?\"",
        broker.url()
    );
    let shell = TerminalProgram::with_executable(Path::new("/bin/sh"), &["-c", &script]);
    let mut shell =
        shell.file("dashboards/bench.toml", DASHBOARD).env("VISUAL", "printf EDITING; read answer; true").start();
    shell.wait_text("● connected");
    wait_hidden_on(&shell, "Temperature");
    shell.type_text("o");
    shell.wait_for_screen("the editor with a cursor", |screen| {
        screen.contents().contains("EDITING") && !screen.hide_cursor()
    });
    shell.press(Key::Enter);
    wait_hidden_on(&shell, "Temperature");
    shell.press(Key::Control('z'));
    shell.wait_text("stopped: 148");
    shell.wait_for_screen("the restored terminal", is_restored);
    shell.press(Key::Enter);
    wait_hidden_on(&shell, "Temperature");
    shell.type_text(":");
    shell.wait_text("Command palette");
    shell.type_text("ab");
    wait_behind(&shell, "│ ab", true);
    shell.press(Key::Control('c'));
    shell.wait_text("ended: 0");
    shell.assert_restored();
}
