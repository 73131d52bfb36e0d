//! Tests the interface to the firmware's core: that data is passed correctly in both directions. The behavior
//! of the core is tested in `device/test`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::*;
use crate::demo::board::{LampColor, LampMode, Light};

const SECOND: Duration = Duration::from_secs(1);
const SETTINGS: BoardSettings =
    BoardSettings { lamp: true, dim: 80, color: LampColor(0xFF, 0xB4, 0x54), mode: LampMode::Steady, interval: 2 };

/// A port that records all calls.
#[derive(Default)]
struct RecordingDevicePort {
    sent: Vec<String>,
    lights: Vec<Light>,
    saved: Option<BoardSettings>,
    refuses_publish: bool,
    panics_on_publish: bool,
    calls: usize,
}

impl DevicePort for RecordingDevicePort {
    fn publish(&mut self, message: BoardMessage<'_>) -> bool {
        self.calls += 1;
        assert!(!self.panics_on_publish, "the port panics");
        if !self.refuses_publish {
            let (qos, retain) = (u8::from(message.acknowledged), if message.retain { "r" } else { "-" });
            let topic = message.topic.strip_prefix("esp32/t/").unwrap_or(message.topic);
            self.sent.push(format!("{qos}{retain} {topic} {}", String::from_utf8_lossy(message.payload)));
        }
        !self.refuses_publish
    }

    fn subscribe(&mut self, filter: &str) -> bool {
        self.sent.push(format!("subscribe {filter}"));
        true
    }

    fn set_light(&mut self, light: Light) {
        self.lights.push(light);
    }

    fn read_sensors(&mut self) -> SensorReadings {
        SensorReadings { temperature: Some(-0.25), adc: Some(3_000), rssi: Some(-61), heap: Some(u32::MAX) }
    }

    fn save_settings(&mut self, settings: BoardSettings) -> bool {
        self.saved = Some(settings);
        true
    }
}

impl RecordingDevicePort {
    fn take_sent(&mut self) -> Vec<String> {
        std::mem::take(&mut self.sent)
    }
}

fn identity(id: &str) -> BoardIdentity {
    let [id, chip, sdk, mac, reset_reason] = [id, "c", "s", "m", "power on"].map(str::to_owned);
    BoardIdentity { id, chip, sdk, mac, reset_reason }
}

fn new_core() -> (DeviceCore, RecordingDevicePort) {
    let mut port = RecordingDevicePort::default();
    let core = DeviceCore::new(&identity("t"), SETTINGS, Duration::ZERO, &mut port).unwrap();
    (core, port)
}

fn connected_core() -> (DeviceCore, RecordingDevicePort) {
    let (mut core, mut port) = new_core();
    core.on_connected(Duration::ZERO, "1.2.3.4", &mut port);
    port.take_sent();
    (core, port)
}

#[test]
fn device_core_shows_light_at_startup() {
    let (core, port) = new_core();
    assert_eq!(core.base_topic(), "esp32/t");
    assert_eq!(port.lights, [Light { level: 800, color: SETTINGS.color }]);
}

#[test]
fn device_core_publishes_its_whole_state_on_connect() {
    let (mut core, mut port) = new_core();
    core.on_connected(3 * SECOND, "1.2.3.4", &mut port);
    let mut sent = port.take_sent();
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
fn command_is_applied_saved_and_answered_before_call_returns() {
    let (mut core, mut port) = connected_core();
    core.receive_message(SECOND, ("esp32/t/color/set", b"#0a0B0c"), false, &mut port);
    assert_eq!(port.take_sent(), ["1r color/state #0A0B0C"]);
    assert_eq!(port.saved, Some(BoardSettings { color: LampColor(10, 11, 12), ..SETTINGS }));
    assert_eq!(port.lights.last(), Some(&Light { level: 800, color: LampColor(10, 11, 12) }));
}

#[test]
fn lamp_mode_round_trips_through_c() {
    for (mode, name) in [(LampMode::Steady, "steady"), (LampMode::Blink, "blink"), (LampMode::Breathe, "breathe")] {
        let mut port = RecordingDevicePort::default();
        let mut core = DeviceCore::new(&identity("t"), BoardSettings { mode, ..SETTINGS }, SECOND, &mut port).unwrap();
        core.on_connected(SECOND, "", &mut port);
        assert!(port.sent.contains(&format!("1r mode/state {name}")), "{:?}", port.sent);
        core.receive_message(SECOND, ("esp32/t/dim/set", b"7"), false, &mut port);
        assert_eq!(port.saved, Some(BoardSettings { mode, dim: 7, ..SETTINGS }));
    }
}

#[test]
fn invalid_payloads_are_rejected_with_error_message() {
    let (mut core, mut port) = connected_core();
    let long = vec![b'1'; 5_000];
    for (payload, reason) in [
        (b"".as_slice(), "the payload is empty"),
        (b"\0\0\0", "must be a whole number from 0 to 100"),
        (b"1e3", "must be a whole number from 0 to 100"),
        (&long, "the payload is too long"),
        (b"\xff\xfe", "must be a whole number from 0 to 100"),
    ] {
        core.receive_message(SECOND, ("esp32/t/dim/set", payload), false, &mut port);
        assert_eq!(port.take_sent(), [format!("1- error esp32/t/dim/set: {reason}"), "1r dim/state 80".to_owned()]);
    }
    core.receive_message(SECOND, ("esp32/t/lamp/set", b"OFF"), true, &mut port);
    assert!(port.take_sent().contains(&"1- error esp32/t/lamp/set: retained commands are ignored".to_owned()));
    for topic in ["", "esp32/t/fan", "é/ü", "esp32/tt/lamp/set"] {
        core.receive_message(SECOND, (topic, b"ON"), false, &mut port);
        assert!(port.take_sent().is_empty(), "{topic}");
    }
    assert_eq!(port.saved, None);
}

#[test]
fn blinking_lamp_schedules_next_tick() {
    let (mut core, mut port) = connected_core();
    core.receive_message(SECOND, ("esp32/t/mode/set", b"blink"), false, &mut port);
    assert_eq!(core.tick(SECOND, &mut port), SECOND / 2);
    core.tick(SECOND * 3 / 2, &mut port);
    assert_eq!(port.lights.last().unwrap().level, 0);
}

#[test]
fn button_publishes_short_and_long_press() {
    let (mut core, mut port) = connected_core();
    let mut set_button = |ms, down| core.set_button(Duration::from_millis(ms), down, &mut port);
    for (ms, down) in [(10, true), (50, true), (60, false), (100, false), (200, true), (240, true), (1_010, true)] {
        set_button(ms, down);
    }
    assert_eq!(port.take_sent(), ["1- button short", "1- button long"]);
}

#[test]
fn refused_publish_is_retried() {
    let (mut core, mut port) = connected_core();
    port.refuses_publish = true;
    core.receive_message(SECOND, ("esp32/t/dim/set", b"5"), false, &mut port);
    let wait = core.tick(SECOND, &mut port);
    assert!(port.take_sent().is_empty() && wait <= Duration::from_millis(250), "{wait:?}");
    port.refuses_publish = false;
    core.tick(SECOND + wait, &mut port);
    assert_eq!(port.take_sent(), ["1r dim/state 5"]);
}

#[test]
fn disconnected_core_is_silent_and_connected_core_publishes_offline() {
    let (mut core, mut port) = connected_core();
    core.on_disconnected(SECOND, &mut port);
    core.tick(9 * SECOND, &mut port);
    assert!(!core.go_offline(9 * SECOND, &mut port) && port.take_sent().is_empty());
    core.on_connected(10 * SECOND, "", &mut port);
    port.take_sent();
    assert!(core.go_offline(11 * SECOND, &mut port));
    assert_eq!(port.take_sent(), ["1r status offline"]);
}

#[test]
fn device_port_panic_resumes_after_c_returns() {
    let (mut core, mut port) = new_core();
    port.panics_on_publish = true;
    let panic = catch_unwind(AssertUnwindSafe(|| core.on_connected(SECOND, "", &mut port))).unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"the port panics"));
    assert_eq!(port.calls, 1);
    port.panics_on_publish = false;
    core.tick(2 * SECOND, &mut port);
    assert!(port.take_sent().contains(&"1r status online".to_owned()));
}

#[test]
fn device_core_rejects_invalid_board_id() {
    for id in ["", "a b", "a/b", "é", "x\0", &"x".repeat(33)] {
        assert!(
            DeviceCore::new(&identity(id), SETTINGS, SECOND, &mut RecordingDevicePort::default()).is_none(),
            "{id:?}"
        );
    }
    let longest = "x".repeat(32);
    let core = DeviceCore::new(&identity(&longest), SETTINGS, SECOND, &mut RecordingDevicePort::default()).unwrap();
    assert_eq!(core.base_topic(), format!("esp32/{longest}"));
}

#[test]
fn invalid_stored_settings_fall_back_to_firmware_defaults() {
    let mut port = RecordingDevicePort::default();
    let stored = BoardSettings { dim: 101, interval: 0, ..SETTINGS };
    let mut core = DeviceCore::new(&identity("t"), stored, SECOND, &mut port).unwrap();
    core.on_connected(SECOND, "", &mut port);
    assert!(port.sent.contains(&"1r dim/state 100".to_owned()), "{:?}", port.sent);
    assert!(port.sent.contains(&"1r interval/state 10".to_owned()), "{:?}", port.sent);
}

#[test]
fn uptime_continues_when_milliseconds_wrap() {
    let before = Duration::from_millis(u64::from(u32::MAX) - 500);
    let mut port = RecordingDevicePort::default();
    let mut core = DeviceCore::new(&identity("t"), SETTINGS, before, &mut port).unwrap();
    core.on_connected(before, "", &mut port);
    port.take_sent();
    assert_eq!(core.tick(before + SECOND, &mut port), SECOND);
    core.tick(before + 2 * SECOND, &mut port);
    assert!(port.take_sent()[0].ends_with("\"uptime\":2}"));
}

#[test]
fn device_cores_are_independent_and_movable_between_threads() {
    let boards: Vec<_> = (0..8)
        .map(|number: u8| {
            let (mut core, mut port) = connected_core();
            core.receive_message(SECOND, ("esp32/t/dim/set", number.to_string().as_bytes()), false, &mut port);
            (number, core)
        })
        .collect();
    let threads = boards.into_iter().map(|(number, mut core)| {
        std::thread::spawn(move || {
            let mut port = RecordingDevicePort::default();
            core.on_connected(2 * SECOND, "", &mut port);
            assert!(port.sent.contains(&format!("1r dim/state {number}")), "{:?}", port.sent);
        })
    });
    threads.for_each(|thread| thread.join().unwrap());
}
