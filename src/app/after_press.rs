//! What follows the press of a button: the payload that ends its pulse, and the time in which it is not pressed again.
//!
//! A pulse does not depend on its tile any more once it has begun: it ends also if the tile, its dashboard or the
//! program is closed meanwhile, and its connection stays open until the broker has it.

use std::{collections::HashMap, time::Duration};

use super::{App, Effect, MqttEffect, subscriptions::SubscriptionOwner};
use crate::model::{
    connection::{ConnectionId, PublishId, PublishRequest, PublishStatus, Qos},
    id::TileId,
    time::{Time, format_duration},
};

/// The payload that ends a pulse.
#[derive(Debug)]
struct PulseEnd {
    /// The request that begins it.
    press: PublishId,
    /// For how long it lasts, from when the request that begins it was sent.
    after: Duration,
    /// When it ends; `None` until it has begun.
    due: Option<Time>,
    connection: ConnectionId,
    request: PublishRequest,
    /// The name of the tile.
    name: String,
}

/// What follows the presses so far.
#[derive(Debug, Default)]
pub(super) struct AfterPress {
    /// The pulses that have not ended.
    pulses: Vec<PulseEnd>,
    /// The ends of pulses that the broker does not have yet: their connections and the names of their tiles.
    unfinished: HashMap<PublishId, (ConnectionId, String, Qos)>,
    /// Until when tiles are not pressed again.
    cooldowns: HashMap<TileId, Time>,
}

impl AfterPress {
    /// Returns when the next pulse ends.
    pub(super) fn next_due(&self) -> Option<Time> {
        self.pulses.iter().filter_map(|pulse| pulse.due).min()
    }

    fn needs(&self, connection: ConnectionId) -> bool {
        self.pulses.iter().any(|pulse| pulse.connection == connection)
            || self.unfinished.values().any(|(other, ..)| *other == connection)
    }
}

impl App {
    /// Prepares what follows the value that a tile publishes with this request.
    pub(super) fn begin_after_press(&mut self, id: TileId, press: PublishId, now: Time) {
        let Some((dashboard, index)) = self.dashboard_of(id) else { return };
        let Some((tile, _)) = dashboard.tile(index) else { return };
        let (cooldown, connection) = (tile.kind.cooldown(), dashboard.connection);
        let (name, topic, qos, retain) = (tile.display_name().to_owned(), tile.target_topic(), tile.qos, tile.retain);
        let pulse = topic.zip(tile.kind.pulse()).map(|(topic, (text, after))| {
            let payload = self.decoder_rules.encoded(topic.as_str(), tile.decoders(), (text.as_bytes(), retain), now);
            (topic, after, payload)
        });
        if let Some(cooldown) = cooldown {
            self.publishing.after_press.cooldowns.retain(|_, end| *end > now);
            self.publishing.after_press.cooldowns.insert(id, now.saturating_add(cooldown));
        }
        let Some((topic, after, payload)) = pulse else { return };
        let payload = match payload {
            Ok(payload) => payload,
            Err(error) => return self.report_failure(format!("{name}: its pulse will not end, {error}"), now),
        };
        let request = PublishRequest { id: self.publishing.next_id(), topic, payload, qos, retain, properties: None };
        self.publishing.after_press.pulses.push(PulseEnd { press, after, due: None, connection, request, name });
        if let Some(connection) = self.connection_mut(connection) {
            connection.subscriptions.set(SubscriptionOwner::Pulse, Vec::new());
        }
    }

    /// Takes into account that the request of a press was sent: its pulse begins.
    pub(super) fn begin_pulse(&mut self, press: PublishId, now: Time) {
        let begun = self.publishing.after_press.pulses.iter_mut().find(|pulse| pulse.press == press);
        if let Some(pulse) = begun {
            pulse.due.get_or_insert(now.saturating_add(pulse.after));
        }
    }

    /// Takes into account that the request of a press is not sent: nothing follows it.
    pub(super) fn forget_press(&mut self, tile: TileId, press: PublishId) {
        let after_press = &mut self.publishing.after_press;
        after_press.cooldowns.remove(&tile);
        let forgotten = after_press.pulses.extract_if(.., |pulse| pulse.press == press && pulse.due.is_none()).next();
        if let Some(pulse) = forgotten {
            self.close_if_unneeded(pulse.connection);
        }
    }

    /// Lets a connection close if no pulse needs it any more.
    fn close_if_unneeded(&mut self, id: ConnectionId) {
        if !self.publishing.after_press.needs(id)
            && let Some(connection) = self.connection_mut(id)
        {
            connection.subscriptions.remove(SubscriptionOwner::Pulse);
        }
    }

    /// Returns why a tile is not pressed again yet.
    pub(super) fn cooldown_refusal(&self, id: TileId, now: Time) -> Option<String> {
        let end = self.publishing.after_press.cooldowns.get(&id).filter(|end| **end > now)?;
        let (tile, _) = self.tile(id)?;
        let left = end.since(now).max(Duration::from_millis(1));
        let seconds = Duration::from_secs(u64::try_from(left.as_millis().div_ceil(1_000)).unwrap_or(u64::MAX));
        Some(format!("{} was just pressed: again in {}", tile.display_name(), format_duration(seconds)))
    }

    /// Ends the pulses that are due.
    pub(super) fn end_due_pulses(&mut self, now: Time) -> Vec<Effect> {
        self.end_pulses(|pulse| pulse.due.is_some_and(|due| due <= now))
    }

    /// Ends all pulses at once, because the program ends. One whose press waits for the connection never begins.
    pub(super) fn end_pulses_on_exit(&mut self) -> Vec<Effect> {
        let connected = self.connections.iter().filter(|connection| connection.is_connected());
        let connected: Vec<ConnectionId> = connected.map(|connection| connection.id).collect();
        self.end_pulses(|pulse| pulse.due.is_some() || connected.contains(&pulse.connection))
    }

    fn end_pulses(&mut self, is_due: impl Fn(&PulseEnd) -> bool) -> Vec<Effect> {
        let after_press = &mut self.publishing.after_press;
        let mut due: Vec<PulseEnd> = after_press.pulses.extract_if(.., |pulse| is_due(pulse)).collect();
        due.sort_by_key(|pulse| pulse.due);
        let publish = |PulseEnd { connection, request, name, .. }| {
            after_press.unfinished.insert(request.id, (connection, name, request.qos));
            Effect::Mqtt(MqttEffect::Publish(connection, request))
        };
        due.into_iter().map(publish).collect()
    }

    /// Takes into account how far the end of a pulse got. Returns whether the request was one.
    pub(super) fn on_pulse_status(&mut self, id: PublishId, status: &PublishStatus, now: Time) -> bool {
        let after_press = &mut self.publishing.after_press;
        let Some((connection, name, qos)) = after_press.unfinished.get(&id) else { return false };
        let connection = *connection;
        let failure = match status {
            PublishStatus::Failed(reason) => Some(format!("{name}: its pulse has not ended: {reason}")),
            PublishStatus::Canceled => Some(format!("{name}: its pulse has not ended: it was canceled")),
            PublishStatus::Acknowledged => None,
            PublishStatus::Sent if *qos == Qos::AtMostOnce => None,
            PublishStatus::Sent => return true,
        };
        after_press.unfinished.remove(&id);
        self.close_if_unneeded(connection);
        if let Some(failure) = failure {
            self.report_failure(failure, now);
        }
        true
    }
}

#[cfg(test)]
#[path = "after_press_tests.rs"]
mod tests;
