//! The border to the firmware's core: what goes over it arrives, and nothing else happens. What the
//! core does with it is tested beside it, in device/test.

use super::*;
use crate::demo::board::{Light, Rgb};

const SECOND: Duration = Duration::from_secs(1);
const SETTINGS: Settings =
    Settings { lamp: true, dim: 80, color: Rgb(0xFF, 0xB4, 0x54), mode: Mode::Steady, interval: 2 };

/// An outside that writes down what it is told.
#[derive(Default)]
struct Notes {
    sent: Vec<String>,
    lights: Vec<Light>,
    saved: Option<Settings>,
    full: bool,
    panics: bool,
    calls: usize,
}

impl Outside for Notes {
    fn publish(&mut self, out: Out<'_>) -> bool {
        self.calls += 1;
        assert!(!self.panics, "no more paper");
        if !self.full {
            let (qos, retain) = (u8::from(out.acknowledged), if out.retain { "r" } else { "-" });
            let topic = out.topic.strip_prefix("esp32/t/").unwrap_or(out.topic);
            self.sent.push(format!("{qos}{retain} {topic} {}", String::from_utf8_lossy(out.payload)));
        }
        !self.full
    }

    fn subscribe(&mut self, filter: &str) -> bool {
        self.sent.push(format!("subscribe {filter}"));
        true
    }

    fn light(&mut self, light: Light) {
        self.lights.push(light);
    }

    fn sensors(&mut self) -> Sensors {
        Sensors { temperature: Some(-0.25), adc: Some(3_000), rssi: Some(-61), heap: Some(u32::MAX) }
    }

    fn save(&mut self, settings: Settings) -> bool {
        self.saved = Some(settings);
        true
    }
}

impl Notes {
    fn take(&mut self) -> Vec<String> {
        std::mem::take(&mut self.sent)
    }
}

fn identity(id: &str) -> Identity {
    let [id, chip, sdk, mac, reset_reason] = [id, "c", "s", "m", "power on"].map(str::to_owned);
    Identity { id, chip, sdk, mac, reset_reason }
}

fn board() -> (Core, Notes) {
    let mut notes = Notes::default();
    let core = Core::new(&identity("t"), SETTINGS, Duration::ZERO, &mut notes).unwrap();
    (core, notes)
}

fn connected() -> (Core, Notes) {
    let (mut core, mut notes) = board();
    core.connected(Duration::ZERO, "1.2.3.4", &mut notes);
    notes.take();
    (core, notes)
}

#[test]
fn the_light_is_shown_when_the_board_is_switched_on() {
    let (core, notes) = board();
    assert_eq!(core.base(), "esp32/t");
    assert_eq!(notes.lights, [Light { level: 800, color: SETTINGS.color }]);
}

#[test]
fn a_board_that_connects_tells_everything() {
    let (mut core, mut notes) = board();
    core.connected(3 * SECOND, "1.2.3.4", &mut notes);
    let mut sent = notes.take();
    let discovery = sent.pop().unwrap();
    assert!(discovery.starts_with("1r homeassistant/device/t/config {\"dev\""), "{discovery}");
    assert_eq!(
        sent,
        [
            "subscribe esp32/t/+/set",
            "1r status online",
            r#"1r info {"chip":"c","firmware":"1.0.0","sdk":"s","ip":"1.2.3.4","mac":"m","reset":"power on"}"#,
            "1r lamp/state ON",
            "1r dim/state 80",
            "1r color/state #FFB454",
            "1r mode/state steady",
            "1r interval/state 2",
            r#"0- telemetry {"temperature":-0.25,"adc":3000,"rssi":-61,"heap":4294967295,"uptime":3}"#,
        ]
    );
}

#[test]
fn a_command_is_obeyed_saved_and_answered_before_the_call_returns() {
    let (mut core, mut notes) = connected();
    core.message(SECOND, ("esp32/t/color/set", b"#0a0B0c"), false, &mut notes);
    assert_eq!(notes.take(), ["1r color/state #0A0B0C"]);
    assert_eq!(notes.saved, Some(Settings { color: Rgb(10, 11, 12), ..SETTINGS }));
    assert_eq!(notes.lights.last(), Some(&Light { level: 800, color: Rgb(10, 11, 12) }));
}

#[test]
fn every_mode_crosses_the_border_both_ways() {
    for (mode, word) in [(Mode::Steady, "steady"), (Mode::Blink, "blink"), (Mode::Breathe, "breathe")] {
        let mut notes = Notes::default();
        let mut core = Core::new(&identity("t"), Settings { mode, ..SETTINGS }, SECOND, &mut notes).unwrap();
        core.connected(SECOND, "", &mut notes);
        assert!(notes.sent.contains(&format!("1r mode/state {word}")), "{:?}", notes.sent);
        core.message(SECOND, ("esp32/t/dim/set", b"7"), false, &mut notes);
        assert_eq!(notes.saved, Some(Settings { mode, dim: 7, ..SETTINGS }));
    }
}

#[test]
fn payloads_of_any_bytes_and_length_are_refused_with_an_answer() {
    let (mut core, mut notes) = connected();
    let long = vec![b'1'; 5_000];
    for (payload, why) in [
        (b"".as_slice(), "the payload is empty"),
        (b"\0\0\0", "must be a whole number from 0 to 100"),
        (b"1e3", "must be a whole number from 0 to 100"),
        (&long, "the payload is too long"),
        (b"\xff\xfe", "must be a whole number from 0 to 100"),
    ] {
        core.message(SECOND, ("esp32/t/dim/set", payload), false, &mut notes);
        assert_eq!(notes.take(), [format!("1- error esp32/t/dim/set: {why}"), "1r dim/state 80".to_owned()]);
    }
    core.message(SECOND, ("esp32/t/lamp/set", b"OFF"), true, &mut notes);
    assert!(notes.take().contains(&"1- error esp32/t/lamp/set: retained commands are ignored".to_owned()));
    for topic in ["", "esp32/t/fan", "é/ü", "esp32/tt/lamp/set"] {
        core.message(SECOND, (topic, b"ON"), false, &mut notes);
        assert!(notes.take().is_empty(), "{topic}");
    }
    assert_eq!(notes.saved, None);
}

#[test]
fn a_blinking_lamp_asks_to_be_called_again() {
    let (mut core, mut notes) = connected();
    core.message(SECOND, ("esp32/t/mode/set", b"blink"), false, &mut notes);
    assert_eq!(core.tick(SECOND, &mut notes), SECOND / 2);
    core.tick(SECOND * 3 / 2, &mut notes);
    assert_eq!(notes.lights.last().unwrap().level, 0);
}

#[test]
fn the_button_says_how_it_was_pressed() {
    let (mut core, mut notes) = connected();
    let mut at = |ms, down| core.button(Duration::from_millis(ms), down, &mut notes);
    for (ms, down) in [(10, true), (50, true), (60, false), (100, false), (200, true), (240, true), (1_010, true)] {
        at(ms, down);
    }
    assert_eq!(notes.take(), ["1- button short", "1- button long"]);
}

#[test]
fn what_is_not_taken_is_offered_again() {
    let (mut core, mut notes) = connected();
    notes.full = true;
    core.message(SECOND, ("esp32/t/dim/set", b"5"), false, &mut notes);
    let wait = core.tick(SECOND, &mut notes);
    assert!(notes.take().is_empty() && wait <= Duration::from_millis(250), "{wait:?}");
    notes.full = false;
    core.tick(SECOND + wait, &mut notes);
    assert_eq!(notes.take(), ["1r dim/state 5"]);
}

#[test]
fn a_line_that_is_down_gets_nothing_and_a_board_that_leaves_says_so() {
    let (mut core, mut notes) = connected();
    core.disconnected(SECOND, &mut notes);
    core.tick(9 * SECOND, &mut notes);
    assert!(!core.leave(9 * SECOND, &mut notes) && notes.take().is_empty());
    core.connected(10 * SECOND, "", &mut notes);
    notes.take();
    assert!(core.leave(11 * SECOND, &mut notes));
    assert_eq!(notes.take(), ["1r status offline"]);
}

#[test]
fn a_panic_of_the_outside_goes_round_c() {
    let (mut core, mut notes) = board();
    notes.panics = true;
    let panic = catch_unwind(AssertUnwindSafe(|| core.connected(SECOND, "", &mut notes))).unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"no more paper"));
    assert_eq!(notes.calls, 1);
    notes.panics = false;
    core.tick(2 * SECOND, &mut notes);
    assert!(notes.take().contains(&"1r status online".to_owned()));
}

#[test]
fn an_id_that_is_none_makes_no_board() {
    for id in ["", "a b", "a/b", "é", "x\0", &"x".repeat(33)] {
        assert!(Core::new(&identity(id), SETTINGS, SECOND, &mut Notes::default()).is_none(), "{id:?}");
    }
    let longest = "x".repeat(32);
    let core = Core::new(&identity(&longest), SETTINGS, SECOND, &mut Notes::default()).unwrap();
    assert_eq!(core.base(), format!("esp32/{longest}"));
}

#[test]
fn settings_that_cannot_be_become_the_firmwares_own() {
    let mut notes = Notes::default();
    let stored = Settings { dim: 101, interval: 0, ..SETTINGS };
    let mut core = Core::new(&identity("t"), stored, SECOND, &mut notes).unwrap();
    core.connected(SECOND, "", &mut notes);
    assert!(notes.sent.contains(&"1r dim/state 100".to_owned()), "{:?}", notes.sent);
    assert!(notes.sent.contains(&"1r interval/state 10".to_owned()), "{:?}", notes.sent);
}

#[test]
fn time_goes_on_when_its_milliseconds_wrap() {
    let before = Duration::from_millis(u64::from(u32::MAX) - 500);
    let mut notes = Notes::default();
    let mut core = Core::new(&identity("t"), SETTINGS, before, &mut notes).unwrap();
    core.connected(before, "", &mut notes);
    notes.take();
    assert_eq!(core.tick(before + SECOND, &mut notes), SECOND);
    core.tick(before + 2 * SECOND, &mut notes);
    assert!(notes.take()[0].ends_with("\"uptime\":2}"));
}

#[test]
fn boards_know_nothing_of_each_other_and_go_from_thread_to_thread() {
    let boards: Vec<_> = (0..8)
        .map(|number: u8| {
            let (mut core, mut notes) = connected();
            core.message(SECOND, ("esp32/t/dim/set", number.to_string().as_bytes()), false, &mut notes);
            (number, core)
        })
        .collect();
    let threads = boards.into_iter().map(|(number, mut core)| {
        std::thread::spawn(move || {
            let mut notes = Notes::default();
            core.connected(2 * SECOND, "", &mut notes);
            assert!(notes.sent.contains(&format!("1r dim/state {number}")), "{:?}", notes.sent);
        })
    });
    threads.for_each(|thread| thread.join().unwrap());
}
