//! The explorer with the whole program: what is on the broker, deleting what is retained and restoring it, and a tile for
//! a topic.

use std::{fs, thread};

use rustix::process::Signal;

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

/// What `mosquitto_sub` prints of a message: the topic, the payload in hexadecimal, and the properties.
const WITH_PROPERTIES: &str = "%t %x type=%C response=%R correlation=%D expiry=%E user=%P";

/// A subscriber whose session the broker keeps.
const RECEIVER: [&str; 8] = ["-V", "5", "-c", "-i", "receiver", "-x", "600", "-q"];

#[test]
fn saved_message_and_file_are_published_with_properties_and_are_known_after_a_restart() {
    let broker = BrokerFixture::start(BrokerConfig::default());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, bytes: &[u8]| {
        mqtt_dash::config::write_atomic(&folder.path().join(name), bytes).expect("the file can be written");
    };
    let url = broker.url("localhost");
    write("profiles.toml", format!("[profile.hub]\nurl = \"{url}\"\nprotocol = \"5\"\n").as_bytes());
    let messages = "# Mine.\n[[message]]\nname = \"Restart a board\"\ntopic = \"esp32/{{device}}/command\"\n\
                    payload = '{\"restart\": {{seconds}}}'\nqos = 1\ncontent_type = \"application/json\"\n";
    write("messages.toml", messages.as_bytes());
    let bytes = [0, 0xff, b'\r', b'\n', 0x1b, b'[', b'c'];
    write("image.bin", &bytes);
    broker.subscribe(&[&RECEIVER[..], &["1", "-E", "-t", "esp32/#"]].concat());
    let config_dir = folder.path().to_str().expect("the path is UTF-8");
    let start = || {
        let arguments = ["explore", "#", "--profile", "hub", "--config-dir", config_dir];
        let program = TerminalProgram::new(&arguments).size(120, 30).start();
        program.wait_text("hub");
        program
    };
    let mut program = start();
    program.type_text("p");
    program.wait_text("Publish a message");
    program.press(Key::Control('p'));
    program.wait_text("esp32/{{device}}/command");
    program.press(Key::Enter);
    program.type_text("desk");
    program.press(Key::Enter);
    program.type_text("5");
    program.wait_text("{\"restart\": 5}");
    program.press(Key::Enter);
    program.wait_text("Publish a message");
    program.press(Key::Enter);
    program.wait_text("published, the broker has it");
    publish_file(&mut program, folder.path().join("image.bin").to_str().expect("the path is UTF-8"));
    let received =
        broker.subscribe(&[&RECEIVER[..], &["1", "-C", "2", "-F", WITH_PROPERTIES, "-t", "esp32/#"]].concat());
    // The broker subtracts the seconds for which it has kept the message.
    let kept = received.rsplit_once("expiry=").and_then(|(_, rest)| rest.split_once(' ')).expect("it has an expiry").0;
    assert!((500..=600).contains(&kept.parse::<u32>().expect("a number")), "{received}");
    let restart =
        "esp32/desk/command 7b2272657374617274223a20357d type=application/json response= correlation= expiry= user=";
    let file = format!(
        "esp32/image 00ff0d0a1b5b63 type=image/png response=esp32/answer correlation=7 expiry={kept} user=a:1 b:2"
    );
    assert_eq!(received.lines().collect::<Vec<_>>(), [restart, &file]);
    program.type_text("q");
    assert_eq!(program.wait_exit(), 0);
    // The history is there after a restart, and so is what was filled into the holes.
    let mut program = start();
    program.type_text("p");
    program.wait_text("Publish a message");
    program.press(Key::Up);
    program.wait_text("image.bin");
    program.press(Key::Up);
    program.wait_text("{\"restart\": 5}");
    program.press(Key::Control('s'));
    program.wait_text("Its name");
    program.type_text("Restart the desk");
    program.press(Key::Enter);
    program.wait_text("Saved the message Restart the desk");
    let text = fs::read_to_string(folder.path().join("messages.toml")).expect("the file exists");
    assert!(text.starts_with(messages) && text.contains("topic = \"esp32/desk/command\""), "{text}");
    program.press(Key::Escape);
    program.wait_no_text("Publish a message");
    program.type_text("q");
    assert_eq!(program.wait_exit(), 0);
}

/// Publishes a file with properties of MQTT 5.
fn publish_file(program: &mut TerminalFixture, path: &str) {
    program.wait_no_text("Publish a message");
    program.type_text("p");
    program.wait_text("Publish a message");
    // It proposes a level, so that its topic has the keys.
    program.press(Key::Up);
    program.wait_text("{\"restart\": 5}");
    program.press(Key::Tab);
    program.type_text(path);
    program.press(Key::Tab);
    program.press(Key::Left);
    program.wait_text("File");
    program.press(Key::Tab);
    program.press(Key::Tab);
    program.press(Key::Tab);
    program.press(Key::Enter);
    program.wait_text("User properties");
    for text in ["image/png", "esp32/answer", "7", "600", "a=1, b=2"] {
        program.press(Key::Tab);
        program.press(Key::Control('u'));
        program.type_text(text);
    }
    program.press(Key::Tab);
    program.press(Key::Control('u'));
    program.type_text("esp32/image");
    // From the topic to the payload, and from there to the broker.
    program.press(Key::Enter);
    program.press(Key::Enter);
    program.wait_text("esp32/image: published");
}

/// How many messages are deleted when the program is killed.
const MANY_TOPICS: usize = 800;

/// Publishes a retained message with bytes that are no text on each of many topics.
fn retain_many(broker: &BrokerFixture) {
    let options = rumqttc::MqttOptions::new("filler", "127.0.0.1", broker.port);
    let (client, mut connection) = rumqttc::Client::new(options, 10);
    let publisher = thread::spawn(move || {
        for number in 0..MANY_TOPICS {
            let payload = [&[0, 0xff, b'\n', 0x1b][..], &number.to_be_bytes()].concat();
            let topic = format!("old/{number}/état");
            client.publish(topic, rumqttc::QoS::AtLeastOnce, true, payload).expect("the message is published");
        }
        client
    });
    let is_acknowledged =
        |event: &rumqttc::Event| matches!(event, rumqttc::Event::Incoming(rumqttc::Packet::PubAck(_)));
    let events = connection.iter().map(|event| event.expect("the connection works"));
    assert_eq!(events.filter(is_acknowledged).take(MANY_TOPICS).count(), MANY_TOPICS);
    publisher.join().expect("the thread ends");
}

/// Starts the explorer of all topics with a profile of this folder.
fn explore_profile(config_dir: &str) -> TerminalFixture {
    let arguments = ["explore", "#", "--profile", "hub", "--config-dir", config_dir];
    TerminalProgram::new(&arguments).size(120, 30).start()
}

/// Writes a profile for the broker into a new folder.
fn profile_folder(broker: &BrokerFixture) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let profiles = format!("[profile.hub]\nurl = \"{}\"\n", broker.url("localhost"));
    mqtt_dash::config::write_atomic(&folder.path().join("profiles.toml"), profiles.as_bytes()).expect("it is written");
    folder
}

/// Returns how many files there are of what can be restored.
fn deletion_files(folder: &tempfile::TempDir) -> usize {
    let files = fs::read_dir(folder.path().join("state/deleted")).expect("the folder exists");
    files
        .filter(|file| file.as_ref().is_ok_and(|file| file.path().extension().is_some_and(|end| end == "jsonl")))
        .count()
}

/// Returns the number that stands before a text on the screen.
fn number_before(screen: &str, text: &str) -> usize {
    let before = screen.split_once(text).expect("the text is there").0;
    before.rsplit(' ').next().and_then(|number| number.parse().ok()).expect("a number")
}

#[test]
fn deletion_that_was_killed_is_said_and_restored_byte_for_byte() {
    let broker = BrokerFixture::start(BrokerConfig::default());
    retain_many(&broker);
    let before = retained(&broker, "old/#", MANY_TOPICS);
    let folder = profile_folder(&broker);
    let config_dir = folder.path().to_str().expect("the path is UTF-8");
    let mut program = explore_profile(config_dir);
    program.wait_text("800 topics");
    program.type_text("x");
    program.wait_text("Delete 800 retained messages?");
    program.type_text("y");
    program.wait_for_screen("some messages are deleted", |screen| {
        let text = screen.contents();
        text.contains("Deleting retained messages: ") && !text.contains("Deleting retained messages: 0 of")
    });
    program.send_signal(Signal::KILL);
    program.wait_exit_time();
    assert_eq!(deletion_files(&folder), 1);
    let mut program = explore_profile(config_dir);
    program.wait_text("The last deletion was interrupted: ");
    program.wait_text("left: u restores what was deleted");
    let screen = program.screen_text();
    let (deleted, left) = (number_before(&screen, " of 800 deleted"), number_before(&screen, " left: u"));
    assert!(deleted > 0 && left > 0 && deleted + left == MANY_TOPICS, "{screen}");
    let rest = retained(&broker, "old/#", left);
    let newer = before.iter().find(|message| !rest.contains(message)).expect("one is deleted");
    let topic = newer.split_once(' ').expect("a topic and a payload").0;
    broker.publish(&["-r", "-t", topic, "-m", "newer"]);
    program.wait_text(&format!("{} topics", left + 1));
    program.type_text("u");
    program.wait_text(&format!("Restored {} retained messages", deleted - 1));
    let with_newer = |message: &String| if message == newer { format!("{topic} 6e65776572") } else { message.clone() };
    let mut expected: Vec<String> = before.iter().map(with_newer).collect();
    expected.sort();
    assert_eq!(retained(&broker, "old/#", MANY_TOPICS), expected);
    program.type_text("q");
    assert_eq!(program.wait_exit(), 0);
    assert_eq!(deletion_files(&folder), 0, "nothing can be restored any more");
}

#[test]
fn deletion_is_restored_in_the_next_run() {
    let broker = BrokerFixture::start(BrokerConfig::default());
    for number in 0..OLD_TOPICS {
        broker.publish(&["-r", "-t", &format!("old/{number}"), "-m", &format!("{number}\n")]);
    }
    let before = retained(&broker, "old/#", OLD_TOPICS);
    let folder = profile_folder(&broker);
    let config_dir = folder.path().to_str().expect("the path is UTF-8");
    let mut program = explore_profile(config_dir);
    program.wait_text("12 topics");
    program.type_text("x");
    program.wait_text("Delete 12 retained messages?");
    program.type_text("y");
    program.wait_text("Deleted 12 retained messages: u restores them");
    program.type_text("q");
    assert_eq!(program.wait_exit(), 0);
    broker.publish(&["-r", "-t", "home/lamp", "-m", "ON"]);
    let mut program = explore_profile(config_dir);
    program.wait_text("1 topic");
    program.type_text("u");
    program.wait_text("Restored 12 retained messages");
    assert_eq!(retained(&broker, "old/#", OLD_TOPICS), before);
    program.type_text("q");
    assert_eq!(program.wait_exit(), 0);
    assert_eq!(deletion_files(&folder), 0);
}
