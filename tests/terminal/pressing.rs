//! Tiles are pressed, the device hears it, and its answer is on the screen.

use crate::{
    desk::Desk,
    pty::{Key, Pty},
};

/// A program with every kind of tile in view; the selected one is the first.
async fn open(desk: &mut Desk) -> Pty {
    desk.keep("bench/temperature", "23.4").await;
    desk.keep("bench/lamp/state", "0").await;
    desk.keep("bench/level/state", "40").await;
    let program = desk.bench().start();
    program.wait_text("23.4 °C");
    program.wait_text("OFF");
    program
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_switch_waits_for_the_device_to_answer() {
    let mut desk = Desk::new().await;
    let mut program = open(&mut desk).await;
    program.key(Key::Right);
    program.wait_text("Enter switch");
    program.key(Key::Enter);
    assert_eq!(desk.heard().await, "bench/lamp/set 1");
    program.wait_text("waiting");
    assert!(program.text().contains("OFF"), "the device has not answered yet");
    desk.say("bench/lamp/state", "1").await;
    program.wait_text("ON   ●");
    program.wait_no_text("waiting");
    program.type_text(" ");
    assert_eq!(desk.heard().await, "bench/lamp/set 0");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_range_is_stepped_and_asked_for() {
    let mut desk = Desk::new().await;
    let mut program = open(&mut desk).await;
    program.type_text("ll");
    program.wait_text("- + step");
    program.type_text("+");
    assert_eq!(desk.heard().await, "bench/level/set 45");
    program.wait_text("» at broker");
    desk.say("bench/level/state", "45").await;
    program.wait_no_text("» at broker");
    program.type_text("-");
    assert_eq!(desk.heard().await, "bench/level/set 40");

    program.key(Key::Enter);
    program.wait_text("→ bench/level/set");
    program.type_text("120");
    program.key(Key::Enter);
    program.wait_text("! 120 is outside 0 to 100");
    program.key(Key::Home);
    program.key(Key::Right);
    program.key(Key::Enter);
    assert_eq!(desk.heard().await, "bench/level/set 5");
    program.wait_no_text("→ bench/level/set");
    program.key(Key::Enter);
    program.wait_text("→ bench/level/set");
    program.type_text("77");
    program.key(Key::Escape);
    program.wait_no_text("→ bench/level/set");
    program.type_text("-");
    assert_eq!(desk.heard().await, "bench/level/set 0", "what was left with Esc is not sent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_is_held_ends_at_its_last_value() {
    let mut desk = Desk::new().await;
    let mut program = open(&mut desk).await;
    program.type_text("ll");
    program.wait_text("- + step");
    program.type_text(&"+".repeat(12));
    let mut heard = vec![desk.heard().await];
    while heard.last().is_some_and(|last| last != "bench/level/set 100") {
        heard.push(desk.heard().await);
    }
    assert!(heard.len() < 12, "{heard:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_several_is_chosen() {
    let mut desk = Desk::new().await;
    let mut program = open(&mut desk).await;
    program.key(Key::Down);
    program.key(Key::Enter);
    program.wait_text("→ bench/mode/set");
    program.wait_text("▸ Slow");
    program.key(Key::Down);
    program.wait_text("▸ Fast");
    program.key(Key::Enter);
    assert_eq!(desk.heard().await, "bench/mode/set f");
    desk.say("bench/mode/state", "f").await;
    program.wait_no_text("→ bench/mode/set");
    program.wait_text("Fast");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_colour_is_picked() {
    let mut desk = Desk::new().await;
    let mut program = open(&mut desk).await;
    program.type_text("jl");
    program.key(Key::Enter);
    program.wait_text("Saturation");
    for _ in 0..4 {
        program.key(Key::Tab);
    }
    program.wait_text("▸ Hex");
    program.type_text("\x1512ab34");
    program.wait_text("12ab34");
    program.key(Key::Enter);
    assert_eq!(desk.heard().await, "bench/color/set #12AB34");
    desk.say("bench/color/state", "#12AB34").await;
    program.wait_text("#12AB34");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_is_typed_and_what_is_pasted_presses_nothing() {
    let mut desk = Desk::new().await;
    let mut program = open(&mut desk).await;
    desk.line.want(&[("bench/note", mqtt_dash::model::line::Qos::AtLeastOnce)]).await;
    program.type_text("\x1b[200~q q\rq\x1b[201~");
    program.type_text("jll");
    program.key(Key::Enter);
    program.wait_text("→ bench/note");
    program.type_text("Grüße 日本 ");
    program.type_text("\x1b[200~pasted\r\nin\x1b[201~");
    program.wait_text("pastedin");
    program.key(Key::Enter);
    assert_eq!(desk.heard().await, "bench/note Grüße 日本 pastedin");
    program.wait_no_text("→ bench/note");
    program.wait_text("Grüße 日本 pastedin");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_mouse_presses_and_steps() {
    let mut desk = Desk::new().await;
    let mut program = open(&mut desk).await;
    // Column and row count from 1: the second tile of the first row, then the third.
    program.type_text("\x1b[<0;40;5M\x1b[<0;40;5m");
    assert_eq!(desk.heard().await, "bench/lamp/set 1");
    program.type_text("\x1b[<64;70;5M");
    assert_eq!(desk.heard().await, "bench/level/set 45");
    program.type_text("\x1b[<65;70;5M");
    assert_eq!(desk.heard().await, "bench/level/set 40");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tile_that_only_shows_says_so() {
    let mut desk = Desk::new().await;
    let mut program = open(&mut desk).await;
    program.key(Key::Enter);
    program.wait_text("This tile only shows: it publishes nothing");
    program.type_text("?");
    program.wait_text("press the tile");
}
