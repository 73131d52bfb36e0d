//! From the board to the dashboard: what the board says is what the contract says, and a tile watches
//! every piece of it.

use std::collections::{BTreeMap, BTreeSet};

use mqtt_dash::{
    demo::{Demo, DemoPlan, Press},
    model::{extract::JsonPath, tile::Tile},
    store,
};
use rumqttc::QoS::AtLeastOnce;
use serde_json::Value;

use crate::{
    bench::{Bench, topic},
    demo_client::{Seen, V3, within},
    table::{BASE, CONTRACT, Payload, Row, file},
};

/// What the board says that is no part of the firmware: the camera of the simulated room.
const CAMERA: &str = "esp32/demo/camera";

fn tiles() -> Vec<Tile> {
    let name = "dashboards/esp32.toml";
    store::read_dashboard(name, &file(name)).unwrap_or_else(|wrong| panic!("{wrong}")).tiles
}

fn keys(payload: &[u8]) -> Vec<String> {
    let json: Value = serde_json::from_slice(payload).unwrap();
    json.as_object().unwrap().keys().cloned().collect()
}

#[test]
fn every_topic_of_the_contract_is_watched_by_a_tile() {
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
fn no_tile_watches_what_the_board_does_not_say() {
    let said: Vec<String> = CONTRACT.iter().map(Row::topic).collect();
    for tile in tiles() {
        let watches = topic(&tile);
        assert!(watches == CAMERA || said.iter().any(|said| said == watches), "{} watches {watches}", tile.name);
    }
}

/// Everything that the board says from its start on, with a press of each kind and a refused command.
async fn listen() -> BTreeMap<String, Vec<Seen>> {
    let demo = Demo::start(DemoPlan::default()).await.unwrap();
    let mut client = V3::join(demo.broker().address(), "listener").await;
    client.subscribe("#", AtLeastOnce).await;
    let mut heard: BTreeMap<String, Vec<Seen>> = BTreeMap::new();
    let all = |heard: &BTreeMap<String, Vec<Seen>>| {
        let enough = |row: &Row| {
            let messages = heard.get(&row.topic()).map_or(0, Vec::len);
            messages >= if matches!(row.said, "button" | "telemetry") { 2 } else { 1 }
        };
        CONTRACT.iter().all(enough) && heard.contains_key(CAMERA)
    };
    let mut asked = false;
    while !all(&heard) {
        let message = client.message().await;
        if message.topic == format!("{BASE}/telemetry") && !std::mem::replace(&mut asked, true) {
            demo.press_button(Press::Short);
            demo.press_button(Press::Long);
            client.publish(&format!("{BASE}/dim/set"), AtLeastOnce, false, "101").await;
        }
        if !message.topic.ends_with("/set") {
            heard.entry(message.topic.clone()).or_default().push(message);
        }
    }
    demo.stop().await;
    heard
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_board_says_what_the_contract_says() {
    let heard = within(listen()).await;
    let topics: BTreeSet<String> = heard.keys().filter(|topic| *topic != CAMERA).cloned().collect();
    assert_eq!(topics, CONTRACT.iter().map(Row::topic).collect());
    for row in CONTRACT {
        for message in &heard[&row.topic()] {
            let text = String::from_utf8(message.payload.to_vec()).unwrap();
            assert_eq!(message.qos, row.qos, "{}", row.said);
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
async fn the_broker_keeps_what_the_contract_says() {
    let demo = Demo::start(DemoPlan::default()).await.unwrap();
    let mut early = V3::join(demo.broker().address(), "early").await;
    early.subscribe(&format!("{BASE}/telemetry"), AtLeastOnce).await;
    for _ in 0..2 {
        early.message().await;
    }
    let mut late = V3::join(demo.broker().address(), "late").await;
    late.subscribe("#", AtLeastOnce).await;
    late.publish("last", AtLeastOnce, false, "").await;
    let mut kept = BTreeSet::new();
    loop {
        let message = late.message().await;
        if message.topic == "last" {
            break;
        }
        if message.retain {
            kept.insert(message.topic);
        }
    }
    assert_eq!(kept, CONTRACT.iter().filter(|row| row.retained).map(Row::topic).collect());
    demo.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_dashboard_shows_all_that_the_board_says() {
    let mut bench = Bench::new().await;
    bench.demo.press_button(Press::Long);
    let mut client = V3::join(bench.demo.broker().address(), "clumsy").await;
    client.publish(&format!("{BASE}/color/set"), AtLeastOnce, false, "FF0000").await;
    bench
        .until("every tile shows something", |app| {
            let board = app.board().unwrap();
            (0..board.tiles().count()).all(|index| board.tile(index).unwrap().1.reading.is_some())
        })
        .await;
    for index in 0..bench.count() {
        let (tile, state) = bench.tile(index);
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
    bench.end().await;
}
