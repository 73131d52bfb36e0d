//! From the board to the dashboard: what the board says is what the contract says, and a tile watches
//! every piece of it.

use std::collections::{BTreeMap, BTreeSet};

use mqtt_dash::{
    demo::{Demo, DemoPlan, Press},
    model::{
        extract::JsonPath,
        line::{Message, Qos},
        profile::Protocol,
        tile::Tile,
    },
    store,
};
use serde_json::Value;

use super::contract::{BASE, CONTRACT, Payload, Row};
use crate::fixtures::{
    client::{ClientFixture, within_timeout},
    demo_app::{DASHBOARD, DemoAppFixture, topic},
    repository,
};

/// What the board says that is no part of the firmware: the camera of the simulated room.
const CAMERA: &str = "esp32/demo/camera";

fn tiles() -> Vec<Tile> {
    store::read_dashboard(DASHBOARD, &repository::read(DASHBOARD)).unwrap_or_else(|wrong| panic!("{wrong}")).tiles
}

fn keys(payload: &[u8]) -> Vec<String> {
    let json: Value = serde_json::from_slice(payload).unwrap();
    json.as_object().unwrap().keys().cloned().collect()
}

#[test]
fn every_contract_topic_is_subscribed_by_a_tile() {
    let tiles = tiles();
    let watched = |wanted: &str, path: Option<JsonPath>| {
        tiles.iter().any(|tile| {
            let filter = tile.topic.as_ref().is_some_and(|filter| filter.matches(wanted));
            filter && tile.json_path == path
        })
    };
    for row in CONTRACT {
        match row.payload {
            Payload::Discovery => assert!(!watched(&row.topic(), None), "Home Assistant's document is no tile"),
            Payload::Json(keys) => {
                for key in keys {
                    let path = JsonPath::parse(&format!("$.{key}")).unwrap();
                    assert!(watched(&row.topic(), Some(path)), "no tile watches {key} of {}", row.said);
                }
            }
            _ => assert!(watched(&row.topic(), None), "no tile watches {}", row.said),
        }
        let Some(told) = row.told else { continue };
        let sets = |tile: &&Tile| tile.target().is_some_and(|target| target.as_str() == format!("{BASE}/{told}"));
        let tile = tiles.iter().find(sets).unwrap_or_else(|| panic!("no tile publishes on {told}"));
        assert_eq!(topic(tile), row.topic(), "{}", tile.name);
    }
}

#[test]
fn no_tile_subscribes_outside_contract() {
    let said: Vec<String> = CONTRACT.iter().map(Row::topic).collect();
    for tile in tiles() {
        let watches = topic(&tile);
        assert!(watches == CAMERA || said.iter().any(|said| said == watches), "{} watches {watches}", tile.name);
    }
}

/// Everything that the board says from its start on, with a press of each kind and a refused command.
async fn listen() -> BTreeMap<String, Vec<Message>> {
    let demo = Demo::start(DemoPlan::default()).await.unwrap();
    let mut client = ClientFixture::connect(Protocol::V3, demo.broker().address(), "listener").await;
    client.subscribe("#", Qos::AtLeastOnce).await;
    let mut heard: BTreeMap<String, Vec<Message>> = BTreeMap::new();
    let all = |heard: &BTreeMap<String, Vec<Message>>| {
        let enough = |row: &Row| {
            let messages = heard.get(&row.topic()).map_or(0, Vec::len);
            messages >= if matches!(row.said, "button" | "telemetry") { 2 } else { 1 }
        };
        CONTRACT.iter().all(enough) && heard.contains_key(CAMERA)
    };
    let mut asked = false;
    while !all(&heard) {
        let message = client.next_message().await;
        if *message.topic == *format!("{BASE}/telemetry") && !std::mem::replace(&mut asked, true) {
            demo.press_button(Press::Short);
            demo.press_button(Press::Long);
            client.publish(&format!("{BASE}/dim/set"), Qos::AtLeastOnce, false, "101").await;
        }
        if !message.topic.ends_with("/set") {
            heard.entry(message.topic.to_string()).or_default().push(message);
        }
    }
    demo.stop().await;
    heard
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn board_publishes_exactly_what_contract_says() {
    let heard = within_timeout(listen()).await;
    let topics: BTreeSet<String> = heard.keys().filter(|topic| *topic != CAMERA).cloned().collect();
    assert_eq!(topics, CONTRACT.iter().map(Row::topic).collect());
    for row in CONTRACT {
        for message in &heard[&row.topic()] {
            let text = String::from_utf8(message.payload.to_vec()).unwrap();
            assert_eq!(message.qos.number(), row.qos, "{}", row.said);
            match row.payload {
                Payload::Words(words) => assert!(words.contains(&&*text), "{}: {text}", row.said),
                Payload::Number(least, most) => {
                    assert!((least..=most).contains(&text.parse().unwrap()), "{}: {text}", row.said);
                }
                Payload::Color => assert!(text.len() == 7 && text.starts_with('#'), "{text}"),
                Payload::Json(wanted) => assert_eq!(keys(&message.payload), wanted, "{}", row.said),
                Payload::Sentence => assert!(text.starts_with(&format!("{BASE}/dim/set: ")), "{text}"),
                Payload::Discovery => discovery(&text),
            }
        }
    }
}

/// Every topic that Home Assistant is told is one of the contract, and all of them are told.
fn discovery(text: &str) {
    let told: BTreeSet<&str> = text.split('"').filter(|word| word.starts_with(&format!("{BASE}/"))).collect();
    let mut wanted: BTreeSet<String> = BTreeSet::new();
    for row in CONTRACT.iter().filter(|row| row.payload != Payload::Discovery) {
        wanted.insert(row.topic());
        wanted.extend(row.told.map(|told| format!("{BASE}/{told}")));
    }
    assert_eq!(told, wanted.iter().map(String::as_str).collect());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn retained_topics_match_contract() {
    let demo = Demo::start(DemoPlan::default()).await.unwrap();
    let mut early = ClientFixture::connect(Protocol::V3, demo.broker().address(), "early").await;
    early.subscribe(&format!("{BASE}/telemetry"), Qos::AtLeastOnce).await;
    for _ in 0..2 {
        early.next_message().await;
    }
    let mut late = ClientFixture::connect(Protocol::V3, demo.broker().address(), "late").await;
    late.subscribe("#", Qos::AtLeastOnce).await;
    late.publish("last", Qos::AtLeastOnce, false, "").await;
    let mut kept = BTreeSet::new();
    loop {
        let message = late.next_message().await;
        if &*message.topic == "last" {
            break;
        }
        if message.retain {
            kept.insert(message.topic.to_string());
        }
    }
    assert_eq!(kept, CONTRACT.iter().filter(|row| row.retained).map(Row::topic).collect());
    demo.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dashboard_shows_everything_board_publishes() {
    let mut fixture = DemoAppFixture::start().await;
    fixture.demo.press_button(Press::Long);
    let mut client = ClientFixture::connect(Protocol::V3, fixture.demo.broker().address(), "clumsy").await;
    client.publish(&format!("{BASE}/color/set"), Qos::AtLeastOnce, false, "FF0000").await;
    fixture
        .wait_until("every tile shows something", |app| {
            let board = app.board().unwrap();
            (0..board.tiles().count()).all(|index| board.tile(index).unwrap().1.reading.is_some())
        })
        .await;
    for index in 0..fixture.tile_count() {
        let (tile, state) = fixture.tile(index);
        assert_eq!(state.fault, None, "{}", tile.name);
        let face = tile.face(state.reading.as_ref());
        assert!(face.is_ok(), "{}: {face:?}", tile.name);
        let shown = &state.reading.as_ref().unwrap().text;
        match topic(tile).rsplit('/').next().unwrap() {
            "button" => assert_eq!(&**shown, "long"),
            "error" => assert!(shown.starts_with("esp32/demo/color/set: must be a colour"), "{shown}"),
            "status" => assert_eq!(&**shown, "online"),
            _ => {}
        }
    }
    fixture.stop().await;
}
