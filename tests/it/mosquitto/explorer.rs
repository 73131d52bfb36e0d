//! The explorer with the whole program: what is on the broker, deleting what is retained and restoring it, and a tile for
//! a topic.

use std::fs;

use crate::fixtures::{
    broker::{BrokerConfig, BrokerFixture},
    key::Key,
    terminal::TerminalFixture,
    terminal_program::TerminalProgram,
};

/// How many topics an old device has left.
const OLD_TOPICS: usize = 12;

/// Returns the retained messages that a topic filter matches, sorted.
fn retained(broker: &BrokerFixture, filter: &str, count: usize) -> Vec<String> {
    let count = count.to_string();
    let output = broker.subscribe(&["-C", &count, "--retained-only", "-F", "%t %x", "-t", filter]);
    let mut messages: Vec<String> = output.lines().map(str::to_owned).collect();
    messages.sort();
    messages
}

#[test]
fn what_an_old_device_has_left_is_deleted_and_restored_byte_for_byte() {
    let broker = BrokerFixture::start(BrokerConfig::default());
    broker.publish(&["-r", "-t", "home/lamp", "-m", "ON"]);
    for number in 0..OLD_TOPICS {
        let (topic, payload) = (format!("old/{number}/état"), format!("{number}\n\u{1}é"));
        broker.publish(&["-r", "-t", &topic, "-m", &payload]);
    }
    let before = retained(&broker, "old/#", OLD_TOPICS);
    let mut program = TerminalProgram::new(&["explore", "#", "--url", &broker.url("localhost")]).size(120, 30).start();
    program.wait_text("13 topics");
    program.type_text("Gx");
    program.wait_text("Delete 12 retained messages?");
    program.type_text("y");
    program.wait_text("Deleted 12 retained messages: u restores them");
    assert_eq!(retained(&broker, "#", 1), ["home/lamp 4f4e"], "nothing else is left");
    program.type_text("u");
    program.wait_text("Restored 12 retained messages");
    assert_eq!(retained(&broker, "old/#", OLD_TOPICS), before);
    program.type_text("q");
    assert_eq!(program.wait_exit(), 0, "there is no dashboard to go back to");
}

/// Answers what to subscribe to, which is asked on the first time.
fn explore_all(program: &mut TerminalFixture) {
    program.type_text("E");
    program.wait_text("Which topics to explore?");
    program.press_after_dialog(Key::Down);
    program.press(Key::Enter);
}

#[test]
fn answer_is_kept_and_a_tile_for_a_topic_is_in_the_file() {
    let broker = BrokerFixture::start(BrokerConfig::default());
    for topic in ["home/lamp", "home/lamp/set", "home/door"] {
        broker.publish(&["-r", "-t", topic, "-m", "ON"]);
    }
    let profiles = format!("[profile.hub]\nurl = \"{}\"\n", broker.url("localhost"));
    let dashboard =
        "profile = \"hub\"\n# A comment.\n[[tile]]\nkind = \"text\"\nname = \"Door\"\ntopic = \"home/door\"\n";
    let mut program = TerminalProgram::new(&["open", "house"])
        .size(120, 30)
        .file("profiles.toml", &profiles)
        .file("dashboards/house.toml", dashboard)
        .start();
    program.wait_text("retained");
    explore_all(&mut program);
    program.wait_text("3 topics");
    broker.publish(&["-t", "home/new", "-m", "1"]);
    program.wait_text("4 topics");
    program.type_text("/lamp");
    program.wait_text("2 found");
    program.press(Key::Enter);
    program.type_text("t");
    program.wait_text("home/lamp/set");
    program.wait_text("Publish");
    program.press_after_dialog(Key::Enter);
    program.wait_text("2 found");
    let file = program.path("config/dashboards/house.toml");
    let text = fs::read_to_string(file).expect("the file exists");
    assert!(text.starts_with(dashboard), "{text}");
    for line in ["kind = \"switch\"", "name = \"Lamp\"", "publish_topic = \"home/lamp/set\""] {
        assert!(text.contains(line), "{text}");
    }
    let profiles = fs::read_to_string(program.path("config/profiles.toml")).expect("the file exists");
    assert!(profiles.contains("explore = [\"#\"]"), "{profiles}");
    // The second time it does not ask.
    for _ in 0..3 {
        program.press(Key::Escape);
    }
    program.wait_no_text("Explorer");
    program.type_text("E");
    program.wait_text("by name");
    program.type_text("q");
    program.wait_no_text("by name");
    program.quit();
}
