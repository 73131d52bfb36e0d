//! The broker goes and comes back.

use crate::{desk::Desk, pty::Key};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_line_says_why_it_is_down_and_comes_back() {
    let mut desk = Desk::new().await;
    desk.keep("bench/temperature", "23.4").await;
    let mut program = desk.bench().size(120, 24).start();
    program.wait_text("23.4 °C");
    desk.lose().await;
    program.wait_text("○");
    program.wait_text("again in ");
    program.wait_text(&format!("nothing listens on {}", desk.address));
    program.wait_text("r reconnect");
    assert!(program.text().contains("23.4 °C"), "what was read last stays");
    program.key(Key::Right);
    program.key(Key::Enter);
    program.wait_text("waiting");
    desk.find().await;
    program.type_text("r");
    program.wait_text("● connected");
    program.wait_no_text("r reconnect");
    desk.say("bench/temperature", "24.5").await;
    program.wait_text("24.5 °C");
    program.type_text("q");
    assert_eq!(program.ended(), 0);
    program.assert_restored();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_comes_back_by_itself_and_takes_what_was_pressed_along() {
    let mut desk = Desk::new().await;
    let mut program = desk.bench().size(120, 24).start();
    program.wait_text("● connected");
    desk.lose().await;
    program.wait_text("again in ");
    desk.find().await;
    program.wait_text("● connected");
    program.key(Key::Right);
    program.key(Key::Enter);
    assert_eq!(desk.heard().await, "bench/lamp/set 1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_there_at_the_start() {
    let mut desk = Desk::new().await;
    desk.lose().await;
    let mut program = desk.bench().size(120, 24).start();
    program.wait_text(&format!("nothing listens on {}", desk.address));
    desk.find().await;
    program.wait_text("● connected");
    desk.say("bench/temperature", "24.5").await;
    program.wait_text("24.5 °C");
    program.type_text("q");
    assert_eq!(program.ended(), 0);
}
