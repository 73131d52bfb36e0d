//! A panic restores the terminal, shows its message and ends the program, unless it is contained.
//!
//! The program cannot be made to panic. So this test binary is started on a pseudo-terminal, where it takes the
//! terminal as `main` does, and panics.

use std::thread;

use mqtt_dash::{
    panics,
    ui::terminal::{Terminal, restore_on_panic},
};

use crate::fixtures::{terminal::TerminalFixture, terminal_program::TerminalProgram};

/// The variable that tells the child process in which thread to panic.
const THREAD: &str = "MQTT_DASH_TEST_PANIC";

#[test]
#[ignore = "the child process of the tests below"]
fn panicking_child() {
    let Ok(thread_name) = std::env::var(THREAD) else { return };
    restore_on_panic();
    let terminal = Terminal::open().expect("the terminal can be taken");
    let frame = "\x1b[2J\x1b[1;1Hcontent of the screen";
    terminal.send_frame(frame.as_bytes().to_vec());
    while !terminal.is_ready() {
        thread::yield_now();
    }
    match thread_name.as_str() {
        "main" => panic!("the panic message"),
        "background" => {
            thread::spawn(|| panic!("the panic message")).join().expect("the program ends in the panic hook");
        }
        "contained" => {
            let task = || panics::contain(|| panic!("the panic message"));
            thread::spawn(task).join().expect("the thread goes on").expect_err("the task panics");
        }
        other => unreachable!("{other}"),
    }
}

fn start_child(thread_name: &str) -> TerminalFixture {
    let executable = std::env::current_exe().expect("the path of this binary");
    let arguments = ["--ignored", "--exact", "terminal::panic::panicking_child", "--nocapture", "--test-threads=1"];
    TerminalProgram::with_executable(&executable, &arguments)
        .env(THREAD, thread_name)
        .env("RUST_BACKTRACE", "0")
        .start()
}

fn assert_panic_restores_terminal(thread_name: &str) {
    let mut program = start_child(thread_name);
    assert_eq!(program.wait_exit(), 101);
    program.assert_restored();
    program.wait_text("the panic message");
    let bytes = program.output();
    let output = String::from_utf8_lossy(&bytes);
    assert!(output.contains("content of the screen"), "{output}");
    let restored = output.rfind("\x1b[?1049l").expect("the alternate screen is left");
    let message = output.find("the panic message").expect("the message is written");
    assert!(restored < message, "the message is on the alternate screen: {output}");
    assert_eq!(output.matches("\x1b[?1049l").count(), 1, "{output}");
}

#[test]
fn panic_in_event_loop_restores_terminal_and_shows_message() {
    assert_panic_restores_terminal("main");
}

#[test]
fn panic_in_background_thread_restores_terminal_and_shows_message() {
    assert_panic_restores_terminal("background");
}

#[test]
fn contained_panic_neither_ends_program_nor_reaches_terminal() {
    let mut program = start_child("contained");
    assert_eq!(program.wait_exit(), 0);
    let bytes = program.output();
    let output = String::from_utf8_lossy(&bytes);
    assert!(output.contains("content of the screen"), "{output}");
    assert!(!output.contains("panic message"), "{output}");
}
