//! A message as the user types it in the prompt: every field is text, until the message is published.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::{
    field_value::string_enum,
    filled_holes::FilledHoles,
    message::Qos,
    typed_properties::{TypedProperties, TypedProperty},
};
use crate::decode::{self, Decoder};

/// How many messages can be published again, and how many bytes they may have.
const MAX_MESSAGES: usize = 500;
const MAX_BYTES: usize = 1 << 20;

string_enum! {
    /// How the payload is typed.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    PayloadEncoding {
        Text = "text" "As text.",
        Hex = "hex" "As hexadecimal digits of its bytes.",
        Base64 = "base64" "In Base64.",
        File = "file" "As the path of the file that contains it.",
    }
}

impl PayloadEncoding {
    /// All encodings, in order.
    pub(crate) const ALL: [Self; 4] = [Self::Text, Self::Hex, Self::Base64, Self::File];

    /// Returns it in a word.
    #[must_use]
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Hex => "hexadecimal",
            Self::Base64 => "Base64",
            Self::File => "file",
        }
    }

    /// Returns the bytes that are typed; `None` if they are in a file.
    ///
    /// # Errors
    /// A sentence, if the text is not in the encoding.
    pub(crate) fn bytes(self, text: &str) -> Result<Option<Vec<u8>>, String> {
        let name = match self {
            Self::Text => return Ok(Some(text.as_bytes().to_vec())),
            Self::File => return Ok(None),
            Self::Hex => "hex",
            Self::Base64 => "base64",
        };
        let decoders: Vec<Decoder> = Decoder::by_name(name).into_iter().collect();
        decode::decode(&decoders, text.trim().as_bytes())
            .map(|bytes| Some(bytes.into_owned()))
            .map_err(|error| error.to_string())
    }
}

/// A text of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MessageText {
    Topic,
    Payload,
    Property(TypedProperty),
}

impl MessageText {
    /// Returns all texts, in the order of the prompt.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        [Self::Topic, Self::Payload].into_iter().chain(TypedProperty::ALL.map(Self::Property))
    }
}

/// A message as it is typed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedMessage {
    /// The topic.
    pub topic: String,
    /// The payload in its encoding.
    pub payload: String,
    /// How the payload is typed.
    pub encoding: PayloadEncoding,
    /// The quality of service.
    pub qos: Qos,
    /// Whether the broker retains it.
    pub retain: bool,
    /// The properties of MQTT 5.
    #[serde(skip_serializing_if = "TypedProperties::is_empty")]
    pub properties: TypedProperties,
}

impl TypedMessage {
    /// Returns the number of bytes of its texts.
    fn text_bytes(&self) -> usize {
        MessageText::all().map(|text| self.text(text).len()).sum()
    }

    /// Returns one of its texts.
    #[must_use]
    pub(crate) fn text(&self, text: MessageText) -> &str {
        match text {
            MessageText::Topic => &self.topic,
            MessageText::Payload => &self.payload,
            MessageText::Property(property) => self.properties.get(property),
        }
    }

    /// Returns the message with other texts.
    #[must_use]
    pub(crate) fn map_texts(&self, text_of: impl Fn(MessageText, &str) -> String) -> Self {
        let text_of = |text| text_of(text, self.text(text));
        Self {
            topic: text_of(MessageText::Topic),
            payload: text_of(MessageText::Payload),
            properties: TypedProperties::from_fn(|property| text_of(MessageText::Property(property))),
            ..*self
        }
    }
}

/// A message that the user has published, and what was filled into the holes of the saved message that it was made from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SentMessage {
    /// The message.
    pub message: TypedMessage,
    /// The names of the holes, each with its text.
    pub filled: Vec<(String, String)>,
}

/// The messages that the user has published with a profile, as many of them as are kept.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SentHistory {
    /// The newest is last.
    messages: VecDeque<TypedMessage>,
    /// What was filled into holes last, by their names.
    #[serde(default)]
    filled: FilledHoles,
}

impl SentHistory {
    /// Returns the messages, the newest first.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &TypedMessage> {
        self.messages.iter().rev()
    }

    /// Returns what was filled into the hole of this name last.
    pub(crate) fn filled(&self, hole: &str) -> Option<&str> {
        self.filled.get(hole)
    }

    /// Adds a message, instead of an equal one, and removes the oldest ones if there are too many.
    pub(crate) fn add(&mut self, SentMessage { message, filled }: SentMessage) {
        self.messages.retain(|other| *other != message);
        self.messages.push_back(message);
        let mut bytes: usize = self.messages.iter().map(TypedMessage::text_bytes).sum();
        while self.messages.len() > MAX_MESSAGES || (bytes > MAX_BYTES && self.messages.len() > 1) {
            bytes -= self.messages.pop_front().map_or(0, |oldest| oldest.text_bytes());
        }
        for (hole, text) in filled {
            self.filled.add(hole, text);
        }
    }

    /// Adds the messages that were published before these.
    pub(crate) fn add_earlier(&mut self, earlier: Self) {
        let Self { messages, filled } = std::mem::replace(self, earlier);
        let mut filled = Some(filled.into_pairs());
        for message in messages {
            self.add(SentMessage { message, filled: filled.take().unwrap_or_default() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(topic: &str, payload: String) -> SentMessage {
        let message = TypedMessage { topic: topic.to_owned(), payload, ..TypedMessage::default() };
        SentMessage { message, filled: vec![("device".to_owned(), topic.to_owned())] }
    }

    fn topics(history: &SentHistory) -> Vec<&str> {
        history.newest_first().map(|message| message.topic.as_str()).collect()
    }

    #[test]
    fn history_has_each_message_once_and_drops_the_oldest() {
        let mut history = SentHistory::default();
        for topic in ["a", "b", "a"] {
            history.add(sent(topic, String::new()));
        }
        assert_eq!(topics(&history), ["a", "b"]);
        for number in 0..MAX_MESSAGES {
            history.add(sent(&number.to_string(), String::new()));
        }
        assert_eq!((history.messages.len(), topics(&history)[MAX_MESSAGES - 1]), (MAX_MESSAGES, "0"));
        history.add(sent("large", "x".repeat(MAX_BYTES)));
        assert_eq!(topics(&history), ["large"], "the newest one stays, however large it is");
        assert_eq!(history.filled("device"), Some("large"));
    }

    #[test]
    fn messages_of_this_run_are_newer_than_those_of_the_file() {
        let (mut history, mut earlier) = (SentHistory::default(), SentHistory::default());
        for topic in ["old", "both"] {
            earlier.add(sent(topic, String::new()));
        }
        for topic in ["both", "new"] {
            history.add(sent(topic, String::new()));
        }
        history.add_earlier(earlier);
        assert_eq!(topics(&history), ["new", "both", "old"]);
        assert_eq!(history.filled("device"), Some("new"));
    }
}
