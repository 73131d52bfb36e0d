//! The simulated board: its button under a key, and boards at another broker.

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use mqtt_dash::{
    demo::{Access, Broker, broker::anywhere_here},
    model::{line::Qos, profile::Protocol},
};
use rustix::process::Signal;

use crate::{
    desk::BENCH,
    line::{Line, profile},
    pty::{LIMIT, Program, Pty},
};

#[test]
fn its_button_is_pressed_with_a_key() {
    let mut program = Program::new(&["demo"]).size(120, 40).start();
    program.wait_text("● connected");
    program.wait_text("ONLINE");
    for (key, word) in [("b", " short "), ("B", " long ")] {
        assert!(!program.text().contains(word));
        program.type_text(key);
        program.wait_text(word);
    }
    program.type_text("?");
    program.wait_text("the button of the demo's board");
    program.type_text("qq");
    assert_eq!(program.ended(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_demo_there_is_no_button() {
    let broker = Broker::start(anywhere_here(), Access::ThisMachine).await.expect("a broker");
    let url = format!("mqtt://{}", broker.address());
    let mut program = Program::new(&["open", "bench", "--url", &url]).file("dashboards/bench.toml", BENCH).start();
    program.wait_text("● connected");
    assert!(!program.text().contains("button"));
    program.type_text("b");
    program.wait_text("There is no simulated board");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn boards_run_at_another_broker_until_they_are_stopped() {
    let broker = Broker::start(anywhere_here(), Access::ThisMachine).await.expect("a broker");
    let url = format!("mqtt://{}", broker.address());
    let mut program =
        Program::new(&["demo", "--headless", "--url", &url, "--boards", "2", "--id", "class"]).size(200, 24).start();
    for text in ["esp32/class is online", "esp32/class-2 is online"] {
        program.wait_text(text);
    }
    assert!(program.text().starts_with("esp32/class\nesp32/class-2\n"), "{}", program.text());
    let mut line = Line::connected(profile(&url, Protocol::V5), "watcher").await;
    line.want(&[("esp32/class-2/status", Qos::AtLeastOnce)]).await;
    assert_eq!(line.text().await, "esp32/class-2/status online");
    program.signal(Signal::INT);
    assert_eq!(line.text().await, "esp32/class-2/status offline");
    assert_eq!(program.ended(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_boards_of_one_name_are_told_so() {
    let broker = Broker::start(anywhere_here(), Access::ThisMachine).await.expect("a broker");
    let url = format!("mqtt://{}", broker.address());
    let start = || Program::new(&["demo", "--headless", "--url", &url, "--id", "twin"]).size(300, 24).start();
    let [one, other] = [start(), start()];
    let gave_up = |program: &Pty| program.text().contains("has given up");
    let until = Instant::now() + LIMIT;
    while !gave_up(&one) && !gave_up(&other) {
        assert!(Instant::now() < until, "{}\n{}", one.text(), other.text());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut loser = if gave_up(&one) { one } else { other };
    loser.wait_text("another client uses the id esp32-twin");
    loser.wait_text("--id NAME gives it another");
    assert_eq!(loser.ended(), 1);
}

#[test]
fn it_says_why_a_board_is_offline() {
    let nobody = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
    let url = format!("mqtt://{nobody}");
    let program = Program::new(&["demo", "--headless", "--url", &url]).size(200, 24).start();
    program.wait_text(&format!("esp32/demo is offline and tries again: nothing listens on {nobody}"));
}

#[test]
fn options_that_do_not_go_together() {
    for (arguments, status, sentence) in [
        (&["--url", "mqtt://x"][..], 2, "without a screen: add --headless"),
        (&["--profile", "x"], 2, "without a screen: add --headless"),
        (&["--id", "x"], 2, "--id needs --headless"),
        (&["--headless", "--client-id", "x"], 2, "it needs --url or --profile"),
        (&["--headless", "--url", "mqtt://x", "--profile", "x"], 2, "cannot be used with '--profile <NAME>'"),
        (&["--headless", "--url", "mqtt://x", "--listen", "127.0.0.1:0"], 2, "cannot be used with '--listen"),
        (&["--headless", "--url", "mqtt://x", "--anonymous"], 2, "cannot be used with '--anonymous'"),
        (&["--headless", "--boards", "0"], 2, "1..=1000"),
        (&["--headless", "--url", "mqtt://x", "--id", "a/b"], 1, "`a/b` cannot be the id of a board"),
        (&["--headless", "--profile", "x"], 1, "there is no profile `x`"),
    ] {
        let arguments = [&["demo"], arguments].concat();
        let mut program = Program::new(&arguments).size(300, 24).start();
        assert_eq!(program.ended(), status, "{arguments:?}");
        program.wait_text(sentence);
    }
}
