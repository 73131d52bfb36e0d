//! Pressing tiles, and the answers of the device.

use crate::fixtures::{embedded_broker::EmbeddedBrokerFixture, key::Key, terminal::TerminalFixture};

/// Starts the program with every kind of tile on the screen; the first one is selected.
async fn start(broker: &mut EmbeddedBrokerFixture) -> TerminalFixture {
    broker.publish_retained("bench/temperature", "23.4").await;
    broker.publish_retained("bench/lamp/state", "0").await;
    broker.publish_retained("bench/level/state", "40").await;
    let program = broker.default_program().start();
    program.wait_text("23.4 °C");
    program.wait_text("OFF");
    program
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn switch_waits_for_answer_of_device() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    let mut program = start(&mut broker).await;
    program.press(Key::Right);
    program.wait_text("Enter switch");
    program.press(Key::Enter);
    assert_eq!(broker.next_command().await, "bench/lamp/set 1");
    program.wait_text("waiting");
    assert!(program.screen_text().contains("OFF"), "the device has not answered yet");
    broker.publish("bench/lamp/state", "1").await;
    program.wait_text("ON   ●");
    program.wait_no_text("waiting");
    // Another key, so that it does not look like one that is held.
    program.type_text("hl ");
    assert_eq!(broker.next_command().await, "bench/lamp/set 0");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn range_is_published_by_step_and_by_prompt() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    let mut program = start(&mut broker).await;
    program.type_text("ll");
    program.wait_text("- + step");
    program.type_text("+");
    assert_eq!(broker.next_command().await, "bench/level/set 45");
    program.wait_text("» at broker");
    broker.publish("bench/level/state", "45").await;
    program.wait_no_text("» at broker");
    program.type_text("-");
    assert_eq!(broker.next_command().await, "bench/level/set 40");

    program.press(Key::Enter);
    program.wait_text("→ bench/level/set");
    program.type_text("120");
    program.press(Key::Enter);
    program.wait_text("! 120 is out of range (0 to 100)");
    program.press(Key::Home);
    program.press(Key::Right);
    program.press(Key::Enter);
    assert_eq!(broker.next_command().await, "bench/level/set 5");
    program.wait_no_text("→ bench/level/set");
    program.press_after_dialog(Key::Enter);
    program.wait_text("→ bench/level/set");
    program.type_text("77");
    program.press(Key::Escape);
    program.wait_no_text("→ bench/level/set");
    program.type_text("-");
    assert_eq!(broker.next_command().await, "bench/level/set 0", "the canceled value is not published");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn held_step_key_publishes_fewer_values_but_the_last() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    let mut program = start(&mut broker).await;
    program.type_text("ll");
    program.wait_text("- + step");
    program.type_text(&"+".repeat(12));
    let mut commands = vec![broker.next_command().await];
    while commands.last().is_some_and(|last| last != "bench/level/set 100") {
        commands.push(broker.next_command().await);
    }
    assert!(commands.len() < 12, "{commands:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn choice_prompt_publishes_selected_option() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    let mut program = start(&mut broker).await;
    program.press(Key::Down);
    program.press(Key::Enter);
    program.wait_text("→ bench/mode/set");
    program.wait_text("▸ Slow");
    program.press(Key::Down);
    program.wait_text("▸ Fast");
    program.press(Key::Enter);
    assert_eq!(broker.next_command().await, "bench/mode/set f");
    broker.publish("bench/mode/state", "f").await;
    program.wait_no_text("→ bench/mode/set");
    program.wait_text("Fast");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn color_prompt_publishes_entered_color() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    let mut program = start(&mut broker).await;
    program.type_text("jl");
    program.press(Key::Enter);
    program.wait_text("Saturation");
    for _ in 0..4 {
        program.press(Key::Tab);
    }
    program.wait_text("▸ Hex");
    program.type_text("\x1512ab34");
    program.wait_text("12ab34");
    program.press(Key::Enter);
    assert_eq!(broker.next_command().await, "bench/color/set #12AB34");
    broker.publish("bench/color/state", "#12AB34").await;
    program.wait_text("#12AB34");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_prompt_publishes_typed_and_pasted_text() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    let mut program = start(&mut broker).await;
    broker.device.subscribe(&[("bench/note", mqtt_dash::model::connection::Qos::AtLeastOnce)]).await;
    program.type_text("\x1b[200~q q\rq\x1b[201~");
    program.type_text("jll");
    program.press(Key::Enter);
    program.wait_text("→ bench/note");
    program.type_text("Grüße 日本 ");
    program.type_text("\x1b[200~pasted\r\nin\x1b[201~");
    program.wait_text("Grüße 日本 pasted");
    program.press(Key::Enter);
    assert_eq!(broker.next_command().await, "bench/note Grüße 日本 pasted\nin");
    program.wait_no_text("→ bench/note");
    program.wait_text("Grüße 日本 pasted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mouse_selects_then_presses_and_wheel_steps_the_selected_tile() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    let mut program = start(&mut broker).await;
    // Columns and rows are counted from 1: the second tile of the first row, then the third.
    let (lamp, level) = ("\x1b[<0;40;5M\x1b[<0;40;5m", "\x1b[<0;70;5M\x1b[<0;70;5m");
    program.type_text(lamp);
    program.wait_text("Enter switch");
    program.type_text(lamp);
    assert_eq!(broker.next_command().await, "bench/lamp/set 1");
    program.type_text(level);
    program.wait_text("- + step");
    program.type_text("\x1b[<64;70;5M");
    assert_eq!(broker.next_command().await, "bench/level/set 45");
    program.type_text("\x1b[<65;70;5M");
    assert_eq!(broker.next_command().await, "bench/level/set 40");
    // The first key in the footer, for the selected tile.
    program.type_text("\x1b[<0;3;24M\x1b[<0;3;24m");
    program.wait_text("→ bench/level/set");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn read_only_tile_explains_that_it_publishes_nothing() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    let mut program = start(&mut broker).await;
    program.press(Key::Enter);
    program.wait_text("This tile is read-only: it publishes nothing");
    program.type_text("?");
    program.wait_text("press the tile");
}
