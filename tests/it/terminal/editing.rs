//! Creating and editing dashboards, and the files that result.

use std::fs;

use mqtt_dash::{
    config::{read_dashboard, write_atomic},
    model::topic::TopicFilter,
};

use crate::fixtures::{
    embedded_broker::EmbeddedBrokerFixture, key::Key, terminal::TerminalFixture, terminal_program::TerminalProgram,
};

/// The page for new users.
const PAGE: &str = include_str!("../../../docs/first-dashboard.md");

/// The rows of the table on the page: the step, its keys, and their number.
fn steps() -> Vec<(&'static str, Vec<&'static str>, usize)> {
    let rows = PAGE.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let cells = rows.map(|row| row.split(" | ").collect::<Vec<_>>());
    cells
        .filter_map(|cells| {
            let [step, keys, count] = cells[..] else { return None };
            let keys = keys.split('`').skip(1).step_by(2).collect();
            Some((step, keys, count.parse().ok()?))
        })
        .collect()
}

/// The key with this name on the page; `None` for text.
fn key(name: &str) -> Option<Key> {
    Some(match name {
        "Enter" => Key::Enter,
        "Tab" => Key::Tab,
        "↓" => Key::Down,
        "↑" => Key::Up,
        "←" => Key::Left,
        "End" => Key::End,
        "Ctrl-P" => Key::Control('p'),
        _ => return None,
    })
}

fn press_or_type(program: &mut TerminalFixture, name: &str) {
    match key(name) {
        Some(key) => program.press(key),
        None if name == "Space" => program.type_text(" "),
        None => program.type_text(name),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn first_dashboard_takes_exactly_the_documented_keys() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    let topics = ["home/temp", "home/lamp", "home/dim", "home/mode", "home/cam", "home/color"];
    for topic in topics {
        broker.publish_retained(topic, "1").await;
    }
    let mut program = TerminalProgram::new(&[]).start();
    program.wait_text("a new connection");
    let mut pressed = 0;
    for (step, keys, count) in steps() {
        if step == "all" {
            assert_eq!(count, pressed);
            continue;
        }
        for (at, name) in keys.iter().enumerate() {
            if step == "connection" && *name == "Enter" {
                // The page assumes a broker on the default port.
                program.wait_text("New connection");
                program.press(Key::Tab);
                program.press(Key::Control('u'));
                program.type_text(&broker.url());
            }
            press_or_type(&mut program, name);
            pressed += if key(name).is_some() || *name == "Space" { 1 } else { name.chars().count() };
            if at > 0 && keys[at - 1] == "Ctrl-P" {
                let topic = topics.iter().find(|topic| topic.contains(name)).expect("one of the topics");
                program.wait_text(&format!("▸ {topic}"));
            } else if let Some(topic) = topics.iter().find(|topic| name.contains('/') && topic.starts_with(name)) {
                program.wait_text(&format!("complete to {topic}"));
            }
        }
        program.wait_text(if step == "connection" { "Which kind of tile?" } else { "u undo" });
    }
    assert_eq!(pressed, steps().iter().filter(|(step, ..)| *step != "all").map(|(.., count)| count).sum::<usize>());
    // Pending changes are saved before the program ends.
    program.quit();
    let file = fs::read_to_string(program.path("config/dashboards/home.toml")).unwrap();
    let dashboard = read_dashboard("home.toml", &file).unwrap();
    let kinds: Vec<_> = dashboard.tiles.iter().map(|tile| tile.kind.name()).collect();
    assert_eq!(kinds, ["text", "switch", "range", "choice", "image", "color"]);
    let filters: Vec<_> =
        dashboard.tiles.iter().filter_map(|tile| tile.topic.as_ref()).map(TopicFilter::as_str).collect();
    assert_eq!(filters, topics);
}

const COMMENTED: &str = "# mine\n\n[[tile]] # the first\nkind = \"text\"\nname = \"One\" # why\ntext_size = \"small\"\ntopic = \"a\"\n\n\
                         # the second\n[[tile]]\nkind = \"text\"\nname = \"Two\"\ntopic = \"b\"\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn edit_changes_only_its_lines_and_undo_restores_file() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    broker.publish_retained("a", "first").await;
    let mut program = broker.program(COMMENTED).start();
    program.wait_text("first");
    program.type_text("e");
    program.wait_text("Edit tile");
    program.type_text("!");
    program.press(Key::Enter);
    program.wait_text("u undo");
    let file = program.path("config/dashboards/bench.toml");
    assert_eq!(fs::read_to_string(&file).unwrap(), COMMENTED.replace("\"One\"", "\"One!\""));
    program.type_text("d");
    program.wait_text("Delete the tile One!?");
    program.type_text("y");
    program.wait_no_text("One! ━");
    program.type_text("u");
    program.wait_text("Undone: deleted One! (1 more)");
    // A key between them, because two that come so quickly are a key that is held.
    program.press(Key::Home);
    program.type_text("u");
    program.wait_text("Undone: edited One!");
    program.press(Key::Home);
    program.wait_no_text("One! ━");
    program.wait_no_text("u undo");
    assert_eq!(fs::read_to_string(&file).unwrap(), COMMENTED);
    assert!(program.screen_text().contains("first"));
    program.quit();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn edit_of_tile_changed_on_disk_shows_conflict() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    broker.publish_retained("a", "first").await;
    let mut program = broker.program(COMMENTED).start();
    program.wait_text("first");
    program.type_text("e");
    program.wait_text("Edit tile");
    program.type_text("!");
    let file = program.path("config/dashboards/bench.toml");
    write_atomic(&file, COMMENTED.replace("\"One\"", "\"Theirs\"").as_bytes()).unwrap();
    program.press(Key::Enter);
    program.wait_text("Not saved");
    program.wait_text("- name = \"Theirs\" # why");
    program.wait_text("+ name = \"One!\" # why");
    program.type_text("o");
    program.wait_text("u undo");
    assert_eq!(fs::read_to_string(&file).unwrap(), COMMENTED.replace("\"One\"", "\"One!\""));
    program.quit();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn locked_dashboard_is_not_edited() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    broker.publish_retained("a", "first").await;
    let mut program = broker.program(&format!("locked = true\n{COMMENTED}")).start();
    program.wait_text("first");
    assert!(!program.screen_text().contains("e edit"), "{}", program.screen_text());
    program.type_text("e");
    program.wait_text("This dashboard is locked");
    program.quit();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn topics_are_collected_each_time_while_their_list_is_open() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    let profiles = format!("default = \"hub\"\n[profile.hub]\nurl = \"{}\"\ndashboard = \"bench\"\n", broker.url());
    let program = TerminalProgram::new(&[]).size(110, 40).file("profiles.toml", &profiles);
    let dashboard = "[[tile]]\nkind = \"text\"\nname = \"A\"\ntopic = \"a\"\n";
    let mut program = program.file("dashboards/bench.toml", dashboard).start();
    program.wait_connected("");
    program.type_text("e");
    program.wait_text("Edit tile");
    program.press(Key::Tab);
    for round in 0..3 {
        program.press(Key::Control('p'));
        program.wait_text("Topics seen");
        // Retained: it arrives whenever the second connection has subscribed.
        let topic = format!("late/topic{round}");
        broker.publish_retained(&topic, "1").await;
        program.wait_text(&topic);
        let topic = format!("later/topic{round}");
        broker.publish(&topic, "1").await;
        program.wait_text(&topic);
        program.press(Key::Escape);
        program.wait_no_text("Topics seen");
    }
}
