//! The contract, walked row by row.

use super::*;
use crate::demo::board::{Mode, Sensors};

const BASE: &str = "esp32/t";
const SECOND: Duration = Duration::from_secs(1);

/// An outside that writes down what it is told.
#[derive(Default)]
struct Notes {
    sent: Vec<String>,
    driven: Option<Outputs>,
    full: bool,
}

impl Notes {
    fn take(&mut self) -> Vec<String> {
        std::mem::take(&mut self.sent)
    }
}

impl Outside for Notes {
    fn publish(&mut self, out: Out<'_>) -> bool {
        if !self.full {
            let (qos, retain) = (u8::from(out.acknowledged), if out.retain { "r" } else { "-" });
            let topic = out.topic.strip_prefix("esp32/t/").unwrap_or(out.topic);
            self.sent.push(format!("{qos}{retain} {topic} {}", String::from_utf8_lossy(out.payload)));
        }
        !self.full
    }

    fn sensors(&mut self) -> Sensors {
        Sensors { temperature: Some(21.0), ..Sensors::default() }
    }

    fn drive(&mut self, outputs: Outputs) {
        self.driven = Some(outputs);
    }
}

fn board() -> (StandIn, Notes) {
    let info = Info {
        chip: "ESP32".to_owned(),
        firmware: "1".to_owned(),
        sdk: "2".to_owned(),
        ip: "3".to_owned(),
        mac: "4".to_owned(),
        reset_reason: "5".to_owned(),
    };
    let start = Start { id: "t".to_owned(), info, interval: 2, outputs: Outputs::default() };
    (StandIn::new(start), Notes::default())
}

fn connected() -> (StandIn, Notes) {
    let (mut board, mut notes) = board();
    board.connected(Duration::ZERO, &mut notes);
    notes.take();
    (board, notes)
}

#[test]
fn a_board_that_connects_tells_everything() {
    let (mut board, mut notes) = board();
    board.connected(3 * SECOND, &mut notes);
    let mut sent = notes.take();
    let discovery = sent.remove(2);
    assert!(discovery.starts_with(r#"1r homeassistant/device/t/config {"dev""#), "{discovery}");
    assert_eq!(
        sent,
        [
            "1r status online",
            r#"1r info {"chip":"ESP32","firmware":"1","sdk":"2","ip":"3","mac":"4","reset_reason":"5"}"#,
            "1r lamp/state OFF",
            "1r dim/state 80",
            "1r color/state #FFB454",
            "1r mode/state steady",
            "1r interval/state 2",
            r#"0- telemetry {"temperature":21.0,"uptime":3}"#,
        ]
    );
}

#[test]
fn every_topic_of_the_contract_is_announced_to_home_assistant() {
    let (mut board, mut notes) = board();
    board.connected(Duration::ZERO, &mut notes);
    let discovery = notes.take().remove(2);
    for topic in ["status", "telemetry", "button", "error"] {
        assert!(discovery.contains(&format!("\"{BASE}/{topic}\"")), "{topic}");
    }
    for thing in Thing::ALL {
        for end in ["set", "state"] {
            assert!(discovery.contains(&format!("\"{BASE}/{}/{end}\"", thing.name())), "{thing:?} {end}");
        }
    }
}

#[test]
fn every_accepted_command_is_answered_on_its_state() {
    for (name, payload, state) in [
        ("lamp", "ON", "ON"),
        ("lamp", "OFF", "OFF"),
        ("dim", "0", "0"),
        ("dim", "100", "100"),
        ("color", "#0a0B0c", "#0A0B0C"),
        ("mode", "blink", "blink"),
        ("mode", "breathe", "breathe"),
        ("mode", "steady", "steady"),
        ("interval", "3600", "3600"),
    ] {
        let (mut board, mut notes) = connected();
        board.message(SECOND, &format!("{BASE}/{name}/set"), payload.as_bytes(), false, &mut notes);
        assert_eq!(notes.take(), [format!("1r {name}/state {state}")], "{name} {payload}");
    }
}

#[test]
fn every_refused_command_changes_nothing_and_is_answered() {
    for (name, payload, state, why) in [
        ("lamp", "toggle", "OFF", r#""toggle" is not ON or OFF"#),
        ("lamp", "", "OFF", "the payload is empty, not ON or OFF"),
        ("dim", "101", "80", r#""101" is not a whole number from 0 to 100"#),
        ("dim", "1e3", "80", r#""1e3" is not a whole number from 0 to 100"#),
        ("color", "FF0000", "#FFB454", r#""FF0000" is not #RRGGBB"#),
        ("mode", "\0\0", "steady", r#""\x00\x00" is not steady, blink or breathe"#),
        ("interval", "0", "2", r#""0" is not a whole number from 1 to 3600"#),
        ("interval", "3601", "2", r#""3601" is not a whole number from 1 to 3600"#),
    ] {
        let (mut board, mut notes) = connected();
        board.message(SECOND, &format!("{BASE}/{name}/set"), payload.as_bytes(), false, &mut notes);
        let error = format!("1- error {BASE}/{name}/set: {why}");
        assert_eq!(notes.take(), [error, format!("1r {name}/state {state}")], "{name} {payload:?}");
        assert_eq!(board.outputs, Outputs::default());
    }
}

#[test]
fn a_thing_that_the_board_has_not_is_refused() {
    let (mut board, mut notes) = connected();
    board.message(SECOND, "esp32/t/fan/set", b"ON", false, &mut notes);
    assert_eq!(notes.take(), ["1- error esp32/t/fan/set: this board has no such thing"]);
}

#[test]
fn a_retained_command_is_ignored() {
    let (mut board, mut notes) = connected();
    for (name, payload) in [("lamp", "ON"), ("dim", "5"), ("dim", "nonsense"), ("interval", "1")] {
        board.message(SECOND, &format!("{BASE}/{name}/set"), payload.as_bytes(), true, &mut notes);
    }
    assert!(notes.take().is_empty());
    assert_eq!(board.outputs, Outputs::default());
}

#[test]
fn the_lamp_is_driven_at_once() {
    let (mut board, mut notes) = connected();
    for (name, payload) in [("lamp", "ON"), ("dim", "40"), ("color", "#010203"), ("mode", "blink")] {
        board.message(SECOND, &format!("{BASE}/{name}/set"), payload.as_bytes(), false, &mut notes);
    }
    let wanted = Outputs { lamp: true, dim: 40, color: Rgb(1, 2, 3), mode: Mode::Blink };
    assert_eq!(notes.driven, Some(wanted));
}

#[test]
fn telemetry_comes_every_interval() {
    let (mut board, mut notes) = connected();
    assert_eq!(board.tick(SECOND, &mut notes), SECOND);
    assert!(notes.take().is_empty());
    assert_eq!(board.tick(2 * SECOND, &mut notes), 2 * SECOND);
    assert_eq!(notes.take().len(), 1);
}

#[test]
fn a_shorter_interval_brings_the_next_telemetry_forward() {
    let (mut board, mut notes) = connected();
    board.message(SECOND, "esp32/t/interval/set", b"100", false, &mut notes);
    notes.take();
    assert_eq!(board.tick(50 * SECOND, &mut notes), 50 * SECOND);
    assert!(notes.take().is_empty());
    board.message(60 * SECOND, "esp32/t/interval/set", b"1", false, &mut notes);
    assert_eq!(notes.take(), ["1r interval/state 1", r#"0- telemetry {"temperature":21.0,"uptime":60}"#]);
}

#[test]
fn the_button_says_how_it_was_pressed() {
    let (mut board, mut notes) = connected();
    board.button(SECOND, Press::Short, &mut notes);
    board.button(SECOND, Press::Long, &mut notes);
    assert_eq!(notes.take(), ["1- button short", "1- button long"]);
}

#[test]
fn what_is_not_taken_is_tried_again() {
    let (mut board, mut notes) = connected();
    notes.full = true;
    for payload in ["ON", "maybe", "OFF"] {
        board.message(SECOND, "esp32/t/lamp/set", payload.as_bytes(), false, &mut notes);
    }
    assert_eq!(board.tick(SECOND, &mut notes), RETRY);
    for _ in 0..100 {
        board.button(SECOND, Press::Short, &mut notes);
    }
    assert_eq!(board.owed.len(), MAX_OWED);
    notes.full = false;
    board.tick(SECOND + RETRY, &mut notes);
    let sent = notes.take();
    assert_eq!(sent.len(), MAX_OWED);
    assert_eq!(sent[0], "1r lamp/state OFF");

    notes.full = true;
    board.message(SECOND, "esp32/t/lamp/set", b"ON", false, &mut notes);
    board.message(SECOND, "esp32/t/lamp/set", b"maybe", false, &mut notes);
    notes.full = false;
    board.tick(SECOND + RETRY, &mut notes);
    assert_eq!(notes.take(), ["1- error esp32/t/lamp/set: \"maybe\" is not ON or OFF", "1r lamp/state ON"]);
}
