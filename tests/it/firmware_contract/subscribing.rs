//! From the board to the dashboard: the board publishes what the contract says, and a tile shows each part of
//! it.

use std::collections::{BTreeMap, BTreeSet};

use mqtt_dash::{
    config,
    demo::{ButtonPress, Demo, DemoOptions},
    model::{
        connection::{Message, Qos},
        json_path::JsonPath,
        profile::MqttVersion,
        tile::Tile,
    },
};
use serde_json::Value;

use super::contract::{BASE, CONTRACT, Payload, Row};
use crate::fixtures::{
    client::{ClientFixture, within_timeout},
    demo_app::{DASHBOARD, DemoAppFixture, topic},
    repository,
};

/// The camera of the simulated room, which is not part of the firmware.
const CAMERA: &str = "esp32/demo/camera";

fn tiles() -> Vec<Tile> {
    config::read_dashboard(DASHBOARD, &repository::read(DASHBOARD)).unwrap_or_else(|wrong| panic!("{wrong}")).tiles
}

fn keys(payload: &[u8]) -> Vec<String> {
    let json: Value = serde_json::from_slice(payload).unwrap();
    json.as_object().unwrap().keys().cloned().collect()
}

#[test]
fn every_contract_topic_is_subscribed_by_a_tile() {
    let tiles = tiles();
    let is_shown = |topic: &str, path: Option<JsonPath>| {
        tiles.iter().any(|tile| {
            let filter = tile.topic.as_ref().is_some_and(|filter| filter.matches(topic));
            filter && tile.json_path == path
        })
    };
    for row in CONTRACT {
        match row.payload {
            Payload::Discovery => assert!(!is_shown(&row.topic(), None), "a tile shows the discovery document"),
            Payload::Json(keys) => {
                for key in keys {
                    let path = JsonPath::parse(&format!("$.{key}")).unwrap();
                    assert!(is_shown(&row.topic(), Some(path)), "no tile shows {key} of {}", row.state);
                }
            }
            _ => assert!(is_shown(&row.topic(), None), "no tile shows {}", row.state),
        }
        let Some(command) = row.command else { continue };
        let is_target =
            |tile: &&Tile| tile.target_topic().is_some_and(|target| target.as_str() == format!("{BASE}/{command}"));
        let tile = tiles.iter().find(is_target).unwrap_or_else(|| panic!("no tile publishes on {command}"));
        assert_eq!(topic(tile), row.topic(), "{}", tile.name);
    }
}

#[test]
fn no_tile_subscribes_outside_contract() {
    let published: Vec<String> = CONTRACT.iter().map(Row::topic).collect();
    for tile in tiles() {
        let subscribed = topic(&tile);
        let is_known = subscribed == CAMERA || published.iter().any(|topic| topic == subscribed);
        assert!(is_known, "{} subscribes to {subscribed}", tile.name);
    }
}

/// The demo with nothing but its board.
async fn start_board() -> Demo {
    Demo::start(DemoOptions { home: None, ..DemoOptions::default() }).await.unwrap()
}

/// All messages of the board from its start on, including those of button presses and a refused command.
async fn board_messages() -> BTreeMap<String, Vec<Message>> {
    let demo = start_board().await;
    let mut client = ClientFixture::connect(MqttVersion::V311, demo.broker().address(), "observer").await;
    client.subscribe("#", Qos::AtLeastOnce).await;
    let mut received: BTreeMap<String, Vec<Message>> = BTreeMap::new();
    let is_complete = |received: &BTreeMap<String, Vec<Message>>| {
        let has_enough = |row: &Row| {
            let messages = received.get(&row.topic()).map_or(0, Vec::len);
            messages >= if matches!(row.state, "button" | "telemetry") { 2 } else { 1 }
        };
        CONTRACT.iter().all(has_enough) && received.contains_key(CAMERA)
    };
    let mut triggered = false;
    while !is_complete(&received) {
        let message = client.next_message().await;
        if *message.topic == *format!("{BASE}/telemetry") && !std::mem::replace(&mut triggered, true) {
            demo.press_button(ButtonPress::Short);
            demo.press_button(ButtonPress::Long);
            client.publish(&format!("{BASE}/dim/set"), Qos::AtLeastOnce, false, "101").await;
        }
        if !message.topic.ends_with("/set") {
            received.entry(message.topic.to_string()).or_default().push(message);
        }
    }
    demo.stop().await;
    received
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn board_publishes_exactly_what_contract_says() {
    let received = within_timeout(board_messages()).await;
    let topics: BTreeSet<String> = received.keys().filter(|topic| *topic != CAMERA).cloned().collect();
    assert_eq!(topics, CONTRACT.iter().map(Row::topic).collect());
    for row in CONTRACT {
        for message in &received[&row.topic()] {
            let text = String::from_utf8(message.payload.to_vec()).unwrap();
            assert_eq!(message.qos.as_u8(), row.qos, "{}", row.state);
            match row.payload {
                Payload::Words(words) => assert!(words.contains(&&*text), "{}: {text}", row.state),
                Payload::Number(min, max) => {
                    assert!((min..=max).contains(&text.parse().unwrap()), "{}: {text}", row.state);
                }
                Payload::Color => assert!(text.len() == 7 && text.starts_with('#'), "{text}"),
                Payload::Json(expected) => assert_eq!(keys(&message.payload), expected, "{}", row.state),
                Payload::Sentence => assert!(text.starts_with(&format!("{BASE}/dim/set: ")), "{text}"),
                Payload::Discovery => assert_discovery(&text),
            }
        }
    }
}

/// Fails unless the discovery document contains exactly the topics of the contract.
fn assert_discovery(text: &str) {
    let topics: BTreeSet<&str> = text.split('"').filter(|word| word.starts_with(&format!("{BASE}/"))).collect();
    let mut expected: BTreeSet<String> = BTreeSet::new();
    for row in CONTRACT.iter().filter(|row| row.payload != Payload::Discovery) {
        expected.insert(row.topic());
        expected.extend(row.command.map(|command| format!("{BASE}/{command}")));
    }
    assert_eq!(topics, expected.iter().map(String::as_str).collect());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn retained_topics_match_contract() {
    let demo = start_board().await;
    let mut early = ClientFixture::connect(MqttVersion::V311, demo.broker().address(), "early").await;
    early.subscribe(&format!("{BASE}/telemetry"), Qos::AtLeastOnce).await;
    for _ in 0..2 {
        early.next_message().await;
    }
    let mut late = ClientFixture::connect(MqttVersion::V311, demo.broker().address(), "late").await;
    late.subscribe("#", Qos::AtLeastOnce).await;
    late.publish("last", Qos::AtLeastOnce, false, "").await;
    let mut retained = BTreeSet::new();
    loop {
        let message = late.next_message().await;
        if &*message.topic == "last" {
            break;
        }
        if message.retain {
            retained.insert(message.topic.to_string());
        }
    }
    assert_eq!(retained, CONTRACT.iter().filter(|row| row.retained).map(Row::topic).collect());
    demo.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dashboard_shows_everything_board_publishes() {
    let mut fixture = DemoAppFixture::start().await;
    fixture.demo.press_button(ButtonPress::Long);
    let mut client = ClientFixture::connect(MqttVersion::V311, fixture.demo.broker().address(), "other").await;
    client.publish(&format!("{BASE}/color/set"), Qos::AtLeastOnce, false, "FF0000").await;
    fixture
        .wait_until("every tile shows something", |app| {
            let dashboard = app.current_dashboard().unwrap();
            (0..dashboard.tiles().count()).all(|index| dashboard.tile(index).unwrap().1.value.is_some())
        })
        .await;
    for index in 0..fixture.tile_count() {
        let (tile, state) = fixture.tile(index);
        assert_eq!(state.error, None, "{}", tile.name);
        let content = tile.content(state.value.as_ref());
        assert!(content.is_ok(), "{}: {content:?}", tile.name);
        let shown = &state.value.as_ref().unwrap().text;
        match topic(tile).rsplit('/').next().unwrap() {
            "button" => assert_eq!(&**shown, "long"),
            "error" => assert!(shown.starts_with("esp32/demo/color/set: must be a color"), "{shown}"),
            "status" => assert_eq!(&**shown, "online"),
            _ => {}
        }
    }
    fixture.stop().await;
}
