//! What tiles publish by themselves: once the connection is established, and periodically from then on, to keep a device
//! talking or to ask for its values.
//!
//! Nothing of it is queued: it is published only while there is a session, and begins again with the next one. It needs
//! the permission of the user, as scripts do, but is no press: a locked dashboard does not stop it.

use std::collections::HashMap;

use super::{App, Connection, Effect, MqttEffect};
use crate::model::{
    connection::{PublishId, PublishRequest},
    id::TileId,
    time::Time,
};

/// The last automatic message of a tile in the session of its connection.
#[derive(Debug, Clone, Copy)]
struct SentMessage {
    id: PublishId,
    at: Time,
}

/// The last automatic messages of tiles, and when the next one is due.
#[derive(Debug, Default)]
pub(super) struct AutomaticMessages {
    sent: HashMap<TileId, SentMessage>,
    due_at: Option<Time>,
}

impl AutomaticMessages {
    /// Returns when the next message is due.
    pub(super) const fn due_at(&self) -> Option<Time> {
        self.due_at
    }
}

impl App {
    /// Publishes the automatic messages that are due: the first ones of a session, and those whose interval has passed.
    /// Call it after the topics of the tiles are subscribed to, so that they get the answers.
    pub(super) fn publish_automatic_messages(&mut self, now: Time, effects: &mut Vec<Effect>) {
        // What is not taken over belongs to a session that has ended, or to a tile that is gone.
        let before = std::mem::take(&mut self.publishing.automatic).sent;
        let (mut messages, mut failures) = (AutomaticMessages::default(), Vec::new());
        for dashboard in self.dashboards.iter().filter(|dashboard| !dashboard.automatic_tiles().is_empty()) {
            let connection = dashboard.connection;
            let is_connected = self.connection(connection).is_some_and(Connection::is_connected);
            if !is_connected || !dashboard.permissions.granted {
                continue;
            }
            for index in dashboard.automatic_tiles() {
                let Some((id, (tile, _))) = dashboard.tile_id(*index).zip(dashboard.tile(*index)) else { continue };
                let Some(message) = tile.automatic_message() else { continue };
                let next_after = |sent: &SentMessage| message.every.map(|every| sent.at.saturating_add(every));
                let is_current = |sent: &SentMessage| next_after(sent).is_none_or(|next| now < next);
                let sent = before.get(&id).copied().filter(is_current).unwrap_or_else(|| {
                    let topic = message.topic.clone();
                    let rules = &self.decoder_rules;
                    let text = (message.payload.as_bytes(), tile.retain);
                    let payload = rules.encoded(topic.as_str(), tile.decoders(), text, now);
                    let id = self.publishing.next_id();
                    match payload {
                        Ok(payload) => {
                            let (qos, retain) = (tile.qos, tile.retain);
                            let request = PublishRequest { id, topic, payload, qos, retain, properties: None };
                            effects.push(Effect::Mqtt(MqttEffect::Publish(connection, request)));
                        }
                        Err(error) => failures.push(format!("{}: not published, {error}", tile.display_name())),
                    }
                    SentMessage { id, at: now }
                });
                messages.due_at = [messages.due_at, next_after(&sent)].into_iter().flatten().min();
                messages.sent.insert(id, sent);
            }
        }
        self.publishing.automatic = messages;
        for failure in failures {
            self.report_failure(failure, now);
        }
    }

    /// Reports that an automatic message was not sent, if the request was one.
    pub(super) fn on_automatic_message_failed(&mut self, id: PublishId, reason: &str, now: Time) {
        let tile = self.publishing.automatic.sent.iter().find(|(_, sent)| sent.id == id).map(|(tile, _)| *tile);
        if let Some((tile, _)) = tile.and_then(|tile| self.tile(tile)) {
            let failure = format!("{}: {reason}", tile.display_name());
            self.report_failure(failure, now);
        }
    }
}

#[cfg(test)]
#[path = "automatic_message_tests.rs"]
mod tests;
