//! The messages that another client publishes: values that suit the tiles, floods, and hostile ones.

use fastrand::Rng;

use super::action::{Action, Publication};

/// Topics to which tiles are subscribed.
const TOPICS: [&str; 14] = [
    "monkey/text",
    "monkey/switch",
    "monkey/range",
    "monkey/choice",
    "monkey/color",
    "monkey/image",
    "monkey/url",
    "monkey/json",
    "monkey/script",
    "monkey/any/room",
    "monkey/many/3",
    "monkey/two/range",
    "monkey/two/color",
    "metrics/exchange",
];
/// Values that suit some tile.
const VALUES: [&str; 16] = [
    "1",
    "0",
    "42",
    "-7.5",
    "101",
    "#ff8000",
    "16744448",
    "slow",
    "fast",
    "{\"a\":{\"b\":[1,2.5,\"text\"]},\"c\":true}",
    "{\"a\":",
    "1e999",
    "NaN",
    "123456789012345678901234567890",
    "data:image/png;base64,AAAA",
    "",
];
/// Topics with characters that the terminal must not see. mosquitto refuses those with control characters.
const HOSTILE_TOPICS: [&str; 5] = [
    "monkey/any/\u{202e}x",
    "monkey/any/日本/é",
    "monkey/any/////",
    "monkey/any/e\u{301}\u{200b}\u{feff}",
    "monkey/any/ \" ' ",
];

/// Publishes something.
pub fn publication(rng: &mut Rng) -> Action {
    let mut topic = TOPICS[rng.usize(..TOPICS.len())].to_owned();
    let (mut count, mut retain) = (1, rng.u8(..4) == 0);
    let payload = match rng.u8(..20) {
        0 => (0..rng.usize(1..2_000)).map(|_| rng.u8(..)).collect(),
        1 => (0..64 << 10).map(|_| rng.u8(..)).collect(),
        2 => {
            // More than a profile accepts.
            retain = false;
            vec![b'['; 1_500_000]
        }
        3 => "line\n".repeat(10_000).into_bytes(),
        4 => "[".repeat(200).into_bytes(),
        5 => {
            HOSTILE_TOPICS[rng.usize(..HOSTILE_TOPICS.len())].clone_into(&mut topic);
            "\u{1b}[2J\u{1b}]0;x\u{7}\u{202e}\u{9b}31m\0\r\n\t".into()
        }
        6 => image(rng),
        7 => format!("e{}", "\u{301}".repeat(rng.usize(1..3_000))).into_bytes(),
        8 | 9 => {
            (count, retain) = (rng.u32(100..2_000), false);
            b"flood ".to_vec()
        }
        _ => VALUES[rng.usize(..VALUES.len())].into(),
    };
    let qos = if count > 1 { 0 } else { rng.u8(..3) };
    Action::Publish(Publication { topic, payload, count, qos, retain })
}

/// An image, perhaps a damaged one.
fn image(rng: &mut Rng) -> Vec<u8> {
    let mut bytes = crate::fixtures::images::red_png();
    for _ in 0..rng.usize(..3) {
        let at = rng.usize(..bytes.len());
        bytes[at] = rng.u8(..);
    }
    bytes
}

/// Publishes what the app MQTT Dash exports, perhaps damaged.
pub fn export(rng: &mut Rng) -> Action {
    let mut payload = include_bytes!("../../mqtt_dash_app/files/garden.json").to_vec();
    match rng.u8(..3) {
        0 => payload.truncate(rng.usize(..payload.len())),
        1 => {
            let at = rng.usize(..payload.len());
            payload[at] = rng.u8(..);
        }
        _ => {}
    }
    Action::Publish(Publication { topic: "metrics/exchange".to_owned(), payload, count: 1, qos: 1, retain: false })
}
