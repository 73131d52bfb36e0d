//! A panic gives the terminal back, shows its message, and ends the program, wherever it happens.
//!
//! The program has no place that panics at will. So this very program of tests is started once more
//! on a pseudo-terminal, and does there what `main` and the loop do, but for the panic.

use std::thread;

use mqtt_dash::ui::terminal::{Terminal, restore_on_panic};

use crate::fixtures::terminal_program::TerminalProgram;

/// The variable that tells the child what to do.
const WHERE: &str = "MQTT_DASH_TEST_PANIC";

#[test]
#[ignore = "it is the child of the tests below"]
fn panicking_child() {
    let Ok(place) = std::env::var(WHERE) else { return };
    restore_on_panic();
    let terminal = Terminal::take().expect("a terminal");
    let drawn = "\x1b[2J\x1b[1;1Ha picture of the screen";
    terminal.send(drawn.as_bytes().to_vec());
    while !terminal.ready() {
        thread::yield_now();
    }
    match place.as_str() {
        "here" => panic!("something that cannot be"),
        "background" => thread::spawn(|| panic!("something that cannot be")).join().expect("it goes on"),
        other => unreachable!("{other}"),
    }
}

fn panics(place: &str) {
    let this = std::env::current_exe().expect("this program");
    let arguments = ["--ignored", "--exact", "terminal::panic::panicking_child", "--nocapture", "--test-threads=1"];
    let mut program =
        TerminalProgram::with_executable(&this, &arguments).env(WHERE, place).env("RUST_BACKTRACE", "0").start();
    assert_eq!(program.wait_exit(), 101);
    program.assert_restored();
    program.wait_text("something that cannot be");
    let bytes = program.output();
    let written = String::from_utf8_lossy(&bytes);
    assert!(written.contains("a picture of the screen"), "{written}");
    let left = written.rfind("\x1b[?1049l").expect("the other screen is left");
    let told = written.find("something that cannot be").expect("the message");
    assert!(left < told, "the message is on the screen that is left: {written}");
    assert_eq!(written.matches("\x1b[?1049l").count(), 1, "{written}");
}

#[test]
fn panic_in_event_loop_restores_terminal_and_shows_message() {
    panics("here");
}

#[test]
fn panic_in_background_thread_restores_terminal_and_shows_message() {
    panics("background");
}
