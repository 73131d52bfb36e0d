//! The messages that the user has published to topics beside the tiles: what became of them, and the last ones to publish
//! again.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use super::{App, Effect, MqttEffect, screens::publish::TypedMessage};
use crate::model::{
    connection::{ConnectionId, PublishId, PublishRequest, PublishStatus, Qos},
    time::Time,
    topic::Topic,
};

/// How many messages can be published again, and how many bytes they may have.
const MAX_MESSAGES: usize = 500;
const MAX_BYTES: usize = 1 << 20;

/// The messages that the user has published.
#[derive(Debug, Default)]
pub(crate) struct SentMessages {
    /// The newest is last.
    messages: VecDeque<TypedMessage>,
    /// The topics of those that have no final status.
    pending: HashMap<PublishId, (Topic, Qos)>,
}

impl SentMessages {
    /// Returns the messages, the newest first.
    pub(super) fn newest_first(&self) -> impl Iterator<Item = &TypedMessage> {
        self.messages.iter().rev()
    }

    fn add(&mut self, message: TypedMessage) {
        self.messages.retain(|other| *other != message);
        self.messages.push_back(message);
        let bytes = |messages: &VecDeque<TypedMessage>| -> usize {
            messages.iter().map(|message| message.topic.len() + message.payload.len()).sum()
        };
        while self.messages.len() > MAX_MESSAGES || (bytes(&self.messages) > MAX_BYTES && self.messages.len() > 1) {
            self.messages.pop_front();
        }
    }
}

impl App {
    /// Publishes a message.
    pub(super) fn send_message(
        &mut self,
        connection: ConnectionId,
        typed: TypedMessage,
        topic: Topic,
        payload: Arc<[u8]>,
        now: Time,
    ) -> Vec<Effect> {
        let (id, qos, retain) = (self.publishing.next_id(), typed.qos, typed.retain);
        self.sent_messages.pending.insert(id, (topic.clone(), qos));
        self.sent_messages.add(typed);
        if !self.connection(connection).is_some_and(super::Connection::is_connected) {
            self.notify(format!("{topic}: waits for the connection"), now);
        }
        let request = PublishRequest { id, topic, payload, qos, retain };
        vec![Effect::Mqtt(MqttEffect::Publish(connection, request))]
    }

    /// Says what became of a message. Returns whether it is one of these.
    pub(super) fn on_sent_message_status(&mut self, id: PublishId, status: &PublishStatus, now: Time) -> bool {
        let Some((topic, qos)) = self.sent_messages.pending.get(&id).cloned() else { return false };
        match status {
            PublishStatus::Sent if qos == Qos::AtMostOnce => self.notify(format!("{topic}: published"), now),
            PublishStatus::Sent => return true,
            PublishStatus::Acknowledged => self.notify(format!("{topic}: published, the broker has it"), now),
            PublishStatus::Failed(reason) => self.report_failure(format!("{topic}: {reason}"), now),
            PublishStatus::Canceled => self.notify(format!("{topic}: canceled, nothing was sent"), now),
        }
        self.sent_messages.pending.remove(&id);
        self.display.dirty = true;
        true
    }
}
