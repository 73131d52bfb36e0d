//! What happens when a message is published from the prompt: it is checked, and its payload is read if it is in a file.

use std::{path::PathBuf, sync::Arc};

use super::{PublishField, PublishPrompt};
use crate::{
    app::{
        App, Effect, ShellEffect,
        effect::PayloadFile,
        screens::{Flow, Screen},
        sent_messages::ReadyMessage,
    },
    decode::Decoder,
    model::{
        connection::PublishId,
        publish_properties::PublishProperties,
        time::Time,
        topic::Topic,
        typed_message::{PayloadEncoding, SentMessage, TypedMessage},
    },
};

impl PublishPrompt {
    /// Publishes the message, reads its file first, or says why that is not possible.
    pub(super) fn submit(&mut self, app: &mut App, now: Time) -> Flow {
        match self.checked(app, now) {
            Ok(message) if message.sent.message.encoding == PayloadEncoding::File => {
                let Some(connection) = app.connection(self.connection) else { return Flow::CLOSE };
                let path = PathBuf::from(message.sent.message.payload.trim());
                let file = PayloadFile { id: message.id, path, limit: connection.max_packet_size };
                self.reading = Some(message);
                Flow::Stay(vec![Effect::Shell(ShellEffect::ReadPayload(file))])
            }
            Ok(message) => Flow::Close(app.send_message(self.connection, message, now)),
            Err((field, error)) => {
                self.error = Some(error);
                self.field = field;
                Flow::STAY
            }
        }
    }

    /// Returns the message that is typed; its payload is empty if it is in a file.
    ///
    /// # Errors
    /// What is wrong, and in which field.
    fn checked(&mut self, app: &mut App, now: Time) -> Result<ReadyMessage, (PublishField, String)> {
        let typed = self.typed();
        let topic = Topic::new(typed.topic.as_str());
        let topic = topic.map_err(|error| (PublishField::Topic, format!("the topic: {error}")))?;
        if typed.topic.ends_with('/') && !std::mem::replace(&mut self.asked_about_topic, true) {
            let question = "the topic ends with an empty level: Enter publishes to it all the same";
            return Err((PublishField::Payload, question.to_owned()));
        }
        let payload = payload_of(&typed, app, now).map_err(|error| (PublishField::Payload, error))?;
        let properties = self.checked_properties(&typed, app)?;
        match typed.encoding {
            PayloadEncoding::Text if !self.payload.confirm() => {
                return Err((PublishField::Payload, self.payload.warning.clone().unwrap_or_default()));
            }
            PayloadEncoding::File if typed.payload.trim().is_empty() => {
                return Err((PublishField::Payload, "enter the path of the file to publish".to_owned()));
            }
            _ => {}
        }
        let sent = SentMessage { message: typed, filled: self.source.filled.clone() };
        Ok(ReadyMessage { id: app.publishing.next_id(), topic, payload, properties, sent })
    }

    /// Returns what the payload is encoded as because of a rule for the topic; `None` if it is sent as it is typed.
    pub(crate) fn encoded_as(&self, app: &App) -> Option<String> {
        rule_names(app, self.topic.value()).filter(|_| self.encoding == PayloadEncoding::Text)
    }

    /// Returns the properties that are typed; `None` if there is none, or if the connection does not use MQTT 5.
    fn checked_properties(
        &mut self,
        typed: &TypedMessage,
        app: &App,
    ) -> Result<Option<Arc<PublishProperties>>, (PublishField, String)> {
        if !self.fields(app).contains(&PublishField::Properties) {
            return Ok(None);
        }
        typed.properties.parse().map(|properties| properties.map(Arc::new)).map_err(|(property, error)| {
            self.unfolded = true;
            (PublishField::Property(property), error.to_string())
        })
    }
}

/// Returns the payload of a message; an empty one if it is in a file. A text is encoded by the rule for its topic, as what tiles
/// publish is; bytes are sent as they are.
///
/// # Errors
/// A sentence, if it cannot be written so, or would delete what it was to replace.
fn payload_of(message: &TypedMessage, app: &App, now: Time) -> Result<Arc<[u8]>, String> {
    let TypedMessage { topic, payload: text, encoding, retain, .. } = message;
    if *encoding != PayloadEncoding::Text {
        return Ok(encoding.bytes(text)?.unwrap_or_default().into());
    }
    let text = (text.as_bytes(), *retain);
    app.decoder_rules.encoded(topic, &[], text, now).map_err(|error| error.to_string())
}

/// Returns the names of the decoders of a topic, as a list; `None` if payloads are not decoded.
fn rule_names(app: &App, topic: &str) -> Option<String> {
    let decoders = app.decoder_rules.decoders_of(topic).filter(|decoders| !decoders.is_empty())?;
    Some(decoders.iter().map(Decoder::name).collect::<Vec<_>>().join(", "))
}

impl App {
    /// Publishes the message whose payload was read from a file, or says why it cannot be. If its prompt was closed or edited
    /// meanwhile, it is not published.
    pub(in crate::app) fn on_payload_read(
        &mut self,
        id: PublishId,
        result: Result<Arc<[u8]>, String>,
        now: Time,
    ) -> Vec<Effect> {
        let Screen::Publish(prompt) = &mut self.focus else { return Vec::new() };
        let Some(message) = prompt.reading.take_if(|message| message.id == id) else { return Vec::new() };
        let connection = prompt.connection;
        self.display.dirty = true;
        match result {
            Ok(payload) => {
                self.leave_screen();
                self.send_message(connection, ReadyMessage { payload, ..message }, now)
            }
            Err(error) => {
                prompt.error = Some(error);
                prompt.field = PublishField::Payload;
                Vec::new()
            }
        }
    }
}
