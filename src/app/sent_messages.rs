//! The messages that the user has published to topics beside the tiles: what became of them, and the last ones of each profile
//! to publish again.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::{App, Connection, Effect, FilesEffect, MqttEffect, saved_messages::LoadedMessages};
use crate::model::{
    connection::{ConnectionId, PublishId, PublishRequest, PublishStatus, Qos},
    publish_properties::PublishProperties,
    time::Time,
    topic::Topic,
    typed_message::{SentHistory, SentMessage},
};

/// The messages that the user has published, and those to publish again.
#[derive(Debug, Default)]
pub(crate) struct SentMessages {
    /// Those of `messages.toml`.
    pub saved: LoadedMessages,
    /// Those that can be published again, by the names of their profiles.
    histories: BTreeMap<String, History>,
    /// The topics of those that have no final status.
    pending: HashMap<PublishId, (Topic, Qos)>,
}

/// The messages of a profile.
#[derive(Debug, Default)]
struct History {
    messages: SentHistory,
    /// Whether those of earlier runs are among them, or have been asked for.
    is_requested: bool,
}

/// A message that is ready to be published.
#[derive(Debug, Clone)]
pub(super) struct ReadyMessage {
    pub id: PublishId,
    pub topic: Topic,
    pub payload: Arc<[u8]>,
    /// The properties of MQTT 5.
    pub properties: Option<Arc<PublishProperties>>,
    /// What was typed.
    pub sent: SentMessage,
}

impl App {
    /// Returns the messages that were published on a connection, if there are any.
    pub(super) fn sent_history(&self, connection: ConnectionId) -> Option<&SentHistory> {
        let name = &self.connection(connection)?.name;
        Some(&self.sent_messages.histories.get(name)?.messages)
    }

    /// Asks for the messages that were published on a connection in earlier runs, if they are not known.
    pub(super) fn request_sent_messages(&mut self, connection: ConnectionId) -> Option<Effect> {
        let name = self.connection(connection)?.name.clone();
        let history = self.sent_messages.histories.entry(name.clone()).or_default();
        let is_requested = std::mem::replace(&mut history.is_requested, true);
        (!is_requested).then_some(Effect::Files(FilesEffect::LoadSentMessages(name)))
    }

    /// Takes over the messages that were published in earlier runs.
    pub(super) fn on_sent_messages_loaded(&mut self, profile: String, earlier: SentHistory) {
        self.sent_messages.histories.entry(profile).or_default().messages.add_earlier(earlier);
    }

    /// Publishes a message.
    pub(super) fn send_message(
        &mut self,
        connection: ConnectionId,
        ReadyMessage { id, topic, payload, properties, sent }: ReadyMessage,
        now: Time,
    ) -> Vec<Effect> {
        let (qos, retain) = (sent.message.qos, sent.message.retain);
        self.sent_messages.pending.insert(id, (topic.clone(), qos));
        if !self.connection(connection).is_some_and(Connection::is_connected) {
            self.notify(format!("{topic}: waits for the connection"), now);
        }
        let request = PublishRequest { id, topic, payload, qos, retain, properties };
        let mut effects = vec![Effect::Mqtt(MqttEffect::Publish(connection, request))];
        if let Some(name) = self.connection(connection).map(|connection| connection.name.clone()) {
            self.sent_messages.histories.entry(name.clone()).or_default().messages.add(sent.clone());
            effects.push(Effect::Files(FilesEffect::SaveSentMessage(name, Box::new(sent))));
        }
        effects
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
