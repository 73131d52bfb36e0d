//! Messages on their way from a connection to the tiles, stored contiguously: under load, each message
//! must not cost an allocation, and messages that no tile uses are never copied out of the batch.

use std::sync::Arc;

use super::{
    message::{Message, Qos},
    message_properties::{MessageProperties, memory_bytes},
};

/// A message that is borrowed from a [`Batch`] or a [`Message`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageRef<'a> {
    /// The topic.
    pub topic: &'a str,
    /// The payload; any bytes.
    pub(crate) payload: &'a [u8],
    /// The quality of service.
    pub(crate) qos: Qos,
    /// Whether the broker sent it as a retained message.
    pub(crate) retain: bool,
    /// Its properties of MQTT 5, if it has any that are shown.
    pub(crate) properties: Option<&'a Arc<MessageProperties>>,
}

impl MessageRef<'_> {
    /// Copies the message into an owned one.
    #[must_use]
    pub(crate) fn to_message(self) -> Message {
        let Self { topic, payload, qos, retain, properties } = self;
        Message { topic: Arc::from(topic), payload: Arc::from(payload), qos, retain, properties: properties.cloned() }
    }
}

impl<'a> From<&'a Message> for MessageRef<'a> {
    fn from(message: &'a Message) -> Self {
        let Message { topic, payload, qos, retain, properties } = message;
        Self { topic, payload, qos: *qos, retain: *retain, properties: properties.as_ref() }
    }
}

/// Messages in the order of their arrival.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batch {
    topics: String,
    payloads: Vec<u8>,
    headers: Vec<MessageHeader>,
    /// The properties of the messages that have some, with the index of the message; few messages have.
    properties: Vec<(usize, Arc<MessageProperties>)>,
    property_bytes: usize,
}

/// The lengths of a message's topic and payload, and its flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct MessageHeader {
    topic_len: u32,
    payload_len: u32,
    qos: Qos,
    retain: bool,
}

impl Batch {
    /// Creates an empty batch with the capacity to hold as much as `other`.
    #[must_use]
    pub(crate) fn with_capacity_of(other: &Self) -> Self {
        Self {
            topics: String::with_capacity(other.topics.len()),
            payloads: Vec::with_capacity(other.payloads.len()),
            headers: Vec::with_capacity(other.headers.len()),
            properties: Vec::with_capacity(other.properties.len()),
            property_bytes: 0,
        }
    }

    /// Returns the number of messages.
    #[must_use]
    pub fn len(&self) -> usize {
        self.headers.len()
    }

    /// Returns whether the batch holds no message.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.headers.is_empty()
    }

    /// Returns the total size of all topics, payloads and properties in bytes.
    #[must_use]
    pub(crate) fn total_bytes(&self) -> usize {
        self.topics.len() + self.payloads.len() + self.property_bytes
    }

    /// Appends a message. Lengths fit into `u32`: an MQTT packet has at most 256 MiB (MQTT 3.1.1, section
    /// 2.2.3).
    pub(crate) fn push(&mut self, message: MessageRef<'_>) {
        let saturating_len = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
        let MessageRef { topic, payload, qos, retain, properties } = message;
        self.properties.extend(properties.map(|properties| (self.headers.len(), Arc::clone(properties))));
        self.property_bytes += memory_bytes(properties);
        self.headers.push(MessageHeader {
            topic_len: saturating_len(topic.len()),
            payload_len: saturating_len(payload.len()),
            qos,
            retain,
        });
        self.topics.push_str(topic);
        self.payloads.extend_from_slice(payload);
    }

    /// Appends the messages of another batch.
    pub(crate) fn append(&mut self, other: &Self) {
        self.topics.push_str(&other.topics);
        self.payloads.extend_from_slice(&other.payloads);
        let first = self.headers.len();
        self.properties.extend(other.properties.iter().map(|(index, of)| (first + index, Arc::clone(of))));
        self.property_bytes += other.property_bytes;
        self.headers.extend_from_slice(&other.headers);
    }

    /// Copies the messages into owned ones.
    #[must_use]
    pub fn to_messages(&self) -> Vec<Message> {
        self.iter().map(MessageRef::to_message).collect()
    }

    /// Iterates over the messages in the order of their arrival.
    pub fn iter(&self) -> impl Iterator<Item = MessageRef<'_>> {
        let (mut topics, mut payloads) = (self.topics.as_str(), self.payloads.as_slice());
        let mut all_properties = self.properties.iter().peekable();
        self.headers.iter().enumerate().map(move |(index, header)| {
            let &MessageHeader { topic_len: topic, payload_len: payload, qos, retain } = header;
            let (topic, rest) = topics.split_at(topic as usize);
            topics = rest;
            let (payload, rest) = payloads.split_at(payload as usize);
            payloads = rest;
            let properties = all_properties.next_if(|(owner, _)| *owner == index).map(|(_, properties)| properties);
            MessageRef { topic, payload, qos, retain, properties }
        })
    }
}

impl<'a> FromIterator<MessageRef<'a>> for Batch {
    fn from_iter<I: IntoIterator<Item = MessageRef<'a>>>(messages: I) -> Self {
        let mut batch = Self::default();
        messages.into_iter().for_each(|message| batch.push(message));
        batch
    }
}

impl FromIterator<Message> for Batch {
    fn from_iter<I: IntoIterator<Item = Message>>(messages: I) -> Self {
        let mut batch = Self::default();
        messages.into_iter().for_each(|message| batch.push((&message).into()));
        batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batch_preserves_its_messages() {
        let message = |topic: &str, payload: &[u8], retain: bool| Message {
            topic: topic.into(),
            payload: payload.into(),
            qos: if retain { Qos::ExactlyOnce } else { Qos::AtMostOnce },
            retain,
            properties: retain.then(|| Arc::new(MessageProperties { expiry_seconds: Some(7), ..Default::default() })),
        };
        let messages = [message("été", b"1", false), message("b", b"", true), message("c/d", &[0xff, 0], false)];
        let mut batch = Batch::from_iter(messages.clone());
        let bytes = 12 + size_of::<MessageProperties>();
        assert_eq!((batch.len(), batch.total_bytes(), batch.is_empty()), (3, bytes, false));
        assert!(batch.iter().eq(messages.iter().map(MessageRef::from)));
        batch.append(&Batch::from_iter(messages.clone()));
        assert_eq!(batch.to_messages(), [messages.clone(), messages].concat());
    }
}
