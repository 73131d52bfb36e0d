//! Tests of the simulated home, with times instead of a clock.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// A home, and the last message on each topic.
struct HomeFixture {
    home: HomeSimulator,
    now: Duration,
    last: BTreeMap<String, String>,
    count: usize,
}

impl HomeFixture {
    fn new() -> Self {
        let home = HomeSimulator::new(&HomeOptions::default());
        let mut fixture = Self { home, now: Duration::ZERO, last: BTreeMap::new(), count: 0 };
        fixture.deliver();
        fixture
    }

    /// Notes what is published, and passes it to the home, which is subscribed to some of it.
    fn deliver(&mut self) {
        for Publication { topic, payload, .. } in self.home.take_due() {
            if self.home.command_topics().contains(&topic) {
                self.home.obey(&topic, &payload);
            }
            self.last.insert(topic, String::from_utf8_lossy(&payload).into_owned());
            self.count += 1;
        }
    }

    fn command(&mut self, topic: &str, payload: &str) {
        assert!(self.home.command_topics().iter().any(|known| known == topic), "{topic}");
        self.home.obey(topic, payload.as_bytes());
        self.deliver();
    }

    fn advance(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            self.now += STEP;
            self.home.advance(self.now);
            self.deliver();
        }
    }

    /// Lets time pass until a topic has this payload; fails after this time.
    fn advance_until(&mut self, topic: &str, payload: &str, limit: Duration) {
        let end = self.now + limit;
        while self.last(topic) != payload {
            assert!(self.now < end, "{topic} is {} after {limit:?}", self.last(topic));
            self.advance(STEP);
        }
    }

    fn last(&self, topic: &str) -> &str {
        self.last.get(topic).map_or("", String::as_str)
    }

    fn number(&self, topic: &str) -> f64 {
        self.last(topic).parse().unwrap()
    }
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn home_is_deterministic_for_same_seed_and_times() {
    let run = |seed| {
        let mut home = HomeSimulator::new(&HomeOptions { seed, ..HomeOptions::default() });
        let mut published = Vec::new();
        for step in 0..400 {
            home.advance(STEP * step);
            published.extend(home.take_due());
        }
        published
    };
    assert_eq!(run(7), run(7));
    assert_ne!(run(7), run(8));
}

#[test]
fn home_publishes_a_few_messages_a_second_that_vary() {
    let mut fixture = HomeFixture::new();
    let at_start = fixture.count;
    assert!((30..120).contains(&at_start), "{at_start} messages at the start");
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for _ in 0..600 {
        fixture.advance(SECOND);
        for (topic, payload) in &fixture.last {
            seen.entry(topic.clone()).or_default().insert(payload.clone());
        }
    }
    let per_second = (fixture.count - at_start) / 600;
    assert!((2..7).contains(&per_second), "{per_second} messages a second");
    for (topic, at_least) in [
        ("home/boiler/water", 50),
        ("home/boiler/state", 3),
        ("home/living/temperature", 5),
        ("home/washer/progress", 50),
        ("home/washer/door", 2),
        ("home/tank", 50),
        ("home/power", 50),
        ("home/door/picture", 20),
        ("tele/heater/LWT", 2),
        ("tele/washer/SENSOR", 20),
        ("zigbee2mqtt/ground/0x00158d0004a1", 10),
        ("owntracks/ann/phone", 40),
        ("home/log/heating", 20),
    ] {
        let values = seen.get(topic).map_or(0, BTreeSet::len);
        assert!(values >= at_least, "{topic} has {values} values");
    }
}

#[test]
fn commands_change_states() {
    let mut fixture = HomeFixture::new();
    fixture.advance(SECOND);
    fixture.command("zigbee2mqtt/desk/set", r#"{"brightness": 200}"#);
    assert!(fixture.last("zigbee2mqtt/desk").contains(r#""brightness":200,"#), "{}", fixture.last("zigbee2mqtt/desk"));
    fixture.command("zigbee2mqtt/desk/set", r#"{"state": "OFF"}"#);
    assert!(fixture.last("zigbee2mqtt/desk").contains(r#""state":"OFF""#));
    fixture.command("cmnd/tv/POWER", "TOGGLE");
    assert_eq!(fixture.last("stat/tv/POWER"), "OFF");
    fixture.command("home/living/light", "ON");
    assert_eq!(fixture.last("home/log/light"), "living room on");
    fixture.command("home/heating/mode", "1");
    assert_eq!(fixture.last("home/log/heating"), "mode night");
    fixture.command("home/gate/relay", "1");
    assert_eq!(fixture.last("home/log/gate"), "opens");
    fixture.command("home/door/camera/pan/set", "-40");
    fixture.advance_until("home/door/camera/position", r#"{"x":-40,"y":0}"#, 2 * SECOND);
}

#[test]
fn blinds_move_in_steps_and_arrive_before_the_tile_gives_up() {
    let mut fixture = HomeFixture::new();
    fixture.advance(SECOND);
    fixture.command("home/blinds/set", "0");
    fixture.advance(SECOND);
    let position = fixture.number("home/blinds/position");
    assert!((20.0..60.0).contains(&position), "{position}");
    fixture.advance_until("home/blinds/position", "0", 4 * SECOND);
    fixture.command("home/blinds/set", "100");
    fixture.advance_until("home/blinds/position", "100", 4 * SECOND);
    for no_position in ["101", "-1", "NaN", "inf", "", "up"] {
        fixture.command("home/blinds/set", no_position);
        assert!(fixture.last("home/log/blinds").starts_with("error"), "{no_position}");
        fixture.last.remove("home/log/blinds");
    }
    assert_eq!(fixture.last("home/blinds/position"), "100");
}

#[test]
fn state_on_a_shared_topic_is_published_again_only_if_a_command_was_no_state() {
    let mut fixture = HomeFixture::new();
    for (topic, command, garbage) in [
        ("home/living/light", "ON", "perhaps"),
        ("home/heating/mode", "0", "9"),
        ("home/shelf/color", "#00ff80", "#00ff8"),
    ] {
        let before = fixture.count;
        fixture.last.remove(topic);
        fixture.command(topic, command);
        assert_eq!(fixture.last(topic), "", "{topic}");
        assert!(fixture.count <= before + 1, "at most a line of the log");
        fixture.command(topic, garbage);
        assert_eq!(fixture.last(topic), command, "{topic}");
    }
    let before = fixture.count;
    fixture.home.obey("home/living/light", &[0xff; 2_000]);
    fixture.deliver();
    assert_eq!((fixture.last("home/living/light"), fixture.count), ("ON", before + 1));
}

#[test]
fn plug_goes_offline_says_nothing_meanwhile_and_comes_back() {
    let mut fixture = HomeFixture::new();
    fixture.advance_until("tele/heater/LWT", "Offline", Duration::from_mins(3));
    fixture.last.remove("tele/heater/SENSOR");
    fixture.command("cmnd/heater/POWER", "ON");
    fixture.advance(10 * SECOND);
    assert_eq!((fixture.last("stat/heater/POWER"), fixture.last("tele/heater/SENSOR")), ("OFF", ""));
    fixture.advance_until("tele/heater/LWT", "Online", Duration::from_mins(1));
    fixture.command("cmnd/heater/POWER", "ON");
    assert_eq!(fixture.last("stat/heater/POWER"), "ON");
}

#[test]
fn meter_sends_only_for_a_minute_after_it_was_asked() {
    const VALUE: &str = "N/c0619ab9929a/battery/512/Soc";
    let mut fixture = HomeFixture::new();
    fixture.advance(10 * SECOND);
    assert_eq!(fixture.last(VALUE), "");
    fixture.command("R/c0619ab9929a/keepalive", "");
    assert!(fixture.last(VALUE).contains("value"));
    fixture.advance(Duration::from_mins(1));
    fixture.last.remove(VALUE);
    fixture.advance(Duration::from_mins(1));
    assert_eq!(fixture.last(VALUE), "");
}

#[test]
fn washing_machine_waits_without_power() {
    let mut fixture = HomeFixture::new();
    fixture.command("cmnd/washer/POWER", "OFF");
    fixture.advance(5 * SECOND);
    let progress = fixture.last("home/washer/progress").to_owned();
    fixture.advance(10 * SECOND);
    assert_eq!(fixture.last("home/washer/progress"), progress);
    fixture.command("cmnd/washer/POWER", "ON");
    fixture.advance(10 * SECOND);
    assert!(fixture.number("home/washer/progress") > progress.parse().unwrap());
}

#[test]
fn switched_devices_change_the_power_of_the_home() {
    let mut fixture = HomeFixture::new();
    fixture.advance(5 * SECOND);
    let before = fixture.number("home/power");
    fixture.command("cmnd/heater/POWER", "ON");
    fixture.advance(5 * SECOND);
    assert!(fixture.number("home/power") > before + 500.0, "{before} {}", fixture.number("home/power"));
}

#[test]
fn everything_is_published_again_once_it_is_forgotten() {
    let mut fixture = HomeFixture::new();
    let topics =
        |fixture: &HomeFixture| fixture.last.keys().filter(|topic| !topic.contains("/log/")).cloned().collect();
    let at_start: BTreeSet<String> = topics(&fixture);
    fixture.last.clear();
    fixture.home.forget_published();
    fixture.deliver();
    assert_eq!(topics(&fixture), at_start);
}

#[test]
fn home_limits_steps_after_long_gap() {
    let mut home = HomeSimulator::new(&HomeOptions::default());
    let months = Duration::from_hours(2_400);
    home.advance(months);
    assert!(home.next_due() > months && home.next_due() <= months + STEP);
    assert!(home.take_due().len() < 200);
}
