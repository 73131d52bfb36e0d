//! The stand-in for the firmware's core: the whole contract, in Rust.
//!
//! | topic under `esp32/<id>` | payload |
//! |---|---|
//! | `status` | `online`; the last will says `offline` |
//! | `info` | JSON: chip, firmware, sdk, ip, mac, `reset_reason` |
//! | `telemetry` | JSON: temperature, adc, rssi, heap, uptime |
//! | `lamp`, `dim`, `color`, `mode`, `interval`, each with `/set` and `/state` | plain text |
//! | `button` | `short` or `long` |
//! | `error` | why a command was refused |

use std::{collections::VecDeque, time::Duration};

use super::{
    Board, Info, Out, Outputs, Outside, Press, Rgb, Start,
    command::{Command, Thing, word},
    report,
};

/// The most messages that wait for the outside to take them.
const MAX_OWED: usize = 32;
/// How soon a message that was not taken is tried again.
const RETRY: Duration = Duration::from_millis(100);

/// A message that the outside has not taken yet.
#[derive(Debug)]
struct Owed {
    topic: String,
    payload: String,
    acknowledged: bool,
    retain: bool,
}

/// The stand-in.
#[derive(Debug)]
pub(super) struct StandIn {
    id: String,
    base: String,
    info: Info,
    interval: u16,
    outputs: Outputs,
    told: Option<Duration>,
    owed: VecDeque<Owed>,
}

impl StandIn {
    pub(super) fn new(start: Start) -> Self {
        Self {
            base: format!("esp32/{}", start.id),
            id: start.id,
            info: start.info,
            interval: start.interval.clamp(1, 3_600),
            outputs: start.outputs,
            told: None,
            owed: VecDeque::new(),
        }
    }

    fn state(&self, thing: Thing) -> String {
        match thing {
            Thing::Lamp => if self.outputs.lamp { "ON" } else { "OFF" }.to_owned(),
            Thing::Dim => self.outputs.dim.to_string(),
            Thing::Color => {
                let Rgb(red, green, blue) = self.outputs.color;
                format!("#{red:02X}{green:02X}{blue:02X}")
            }
            Thing::Mode => word(self.outputs.mode).to_owned(),
            Thing::Interval => self.interval.to_string(),
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Lamp(on) => self.outputs.lamp = on,
            Command::Dim(percent) => self.outputs.dim = percent,
            Command::Color(color) => self.outputs.color = color,
            Command::Mode(mode) => self.outputs.mode = mode,
            Command::Interval(seconds) => self.interval = seconds,
        }
    }

    /// Sends what is owed, in order, as far as the outside takes it.
    fn pay(&mut self, outside: &mut dyn Outside) {
        while let Some(Owed { topic, payload, acknowledged, retain }) = self.owed.front() {
            let out = Out { topic, payload: payload.as_bytes(), acknowledged: *acknowledged, retain: *retain };
            if !outside.publish(out) {
                return;
            }
            self.owed.pop_front();
        }
    }

    /// Owes one more message. Of what the broker keeps, only the newest on a topic counts, and it is
    /// never given up for the rest.
    fn owe(&mut self, owed: Owed) {
        if owed.retain {
            self.owed.retain(|older| older.topic != owed.topic);
        }
        if self.owed.len() == MAX_OWED {
            let passing = self.owed.iter().position(|older| !older.retain).unwrap_or(0);
            self.owed.remove(passing);
        }
        self.owed.push_back(owed);
    }

    fn keep(&mut self, topic: String, payload: String) {
        self.owe(Owed { topic, payload, acknowledged: true, retain: true });
    }

    fn tell(&mut self, name: &str, payload: String) {
        let topic = format!("{}/{name}", self.base);
        self.owe(Owed { topic, payload, acknowledged: true, retain: false });
    }

    fn answer(&mut self, thing: Thing) {
        self.keep(format!("{}/{}/state", self.base, thing.name()), self.state(thing));
    }

    fn telemetry(&mut self, now: Duration, outside: &mut dyn Outside) -> Duration {
        let interval = Duration::from_secs(self.interval.into());
        let due = self.told.map_or(Duration::ZERO, |told| told + interval);
        let wait = due.saturating_sub(now);
        if !wait.is_zero() {
            return wait;
        }
        let payload = report::telemetry(outside.sensors(), now);
        let topic = format!("{}/telemetry", self.base);
        outside.publish(Out { topic: &topic, payload: payload.as_bytes(), acknowledged: false, retain: false });
        self.told = Some(now);
        interval
    }
}

impl Board for StandIn {
    fn base(&self) -> &str {
        &self.base
    }

    fn connected(&mut self, now: Duration, outside: &mut dyn Outside) {
        outside.drive(self.outputs);
        self.keep(format!("{}/status", self.base), "online".to_owned());
        self.keep(format!("{}/info", self.base), report::info(&self.info));
        self.keep(
            format!("homeassistant/device/{}/config", self.id),
            report::discovery(&self.id, &self.base, &self.info),
        );
        for thing in Thing::ALL {
            self.answer(thing);
        }
        self.told = None;
        self.pay(outside);
        self.telemetry(now, outside);
    }

    fn message(&mut self, now: Duration, topic: &str, payload: &[u8], retained: bool, outside: &mut dyn Outside) {
        if retained {
            return;
        }
        let thing = Thing::of_topic(&self.base, topic);
        match thing.and_then(|thing| Command::read(thing, payload)) {
            Some(command) => self.obey(command),
            None => self.tell("error", report::refusal(topic, thing, payload)),
        }
        if let Some(thing) = thing {
            self.answer(thing);
        }
        outside.drive(self.outputs);
        self.tick(now, outside);
    }

    fn button(&mut self, _now: Duration, press: Press, outside: &mut dyn Outside) {
        let word = match press {
            Press::Short => "short",
            Press::Long => "long",
        };
        self.tell("button", word.to_owned());
        self.pay(outside);
    }

    fn tick(&mut self, now: Duration, outside: &mut dyn Outside) -> Duration {
        self.pay(outside);
        let next = self.telemetry(now, outside);
        if self.owed.is_empty() { next } else { next.min(RETRY) }
    }
}

#[cfg(test)]
#[path = "stand_in_tests.rs"]
mod tests;
