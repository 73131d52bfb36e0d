//! Messages that the user has saved under a name, in `messages.toml`, to publish them again. They may have
//! [holes](super::holes).

use super::{
    field_value::BoundedInt,
    holes,
    message::Qos,
    schema::{FieldSpec, Schema, field},
    topic::Topic,
    typed_message::{PayloadEncoding, TypedMessage, TypedProperties},
    value::ValidationError,
};

/// What stands for a hole when the rest of a message is checked.
const ANY_TEXT: &str = "1";

/// A message that is saved under a name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SavedMessage {
    /// The name, by which it is found. No other message has it.
    pub name: String,
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
    /// The profile with which it is offered; `None`: with each.
    pub profile: Option<String>,
    /// The Content Type.
    pub content_type: String,
    /// The Response Topic.
    pub response_topic: String,
    /// The Correlation Data, as text.
    pub correlation_data: String,
    /// The Message Expiry Interval in seconds.
    pub message_expiry: Option<BoundedInt<1, 4_294_967_295>>,
    /// The User Properties: `name=value, name=value`.
    pub user_properties: String,
}

impl SavedMessage {
    /// Creates a message for every profile from what is typed; `None` if the message expiry is no number of seconds.
    #[must_use]
    pub(crate) fn new(name: String, typed: &TypedMessage) -> Option<Self> {
        let TypedMessage { topic, payload, encoding, qos, retain, properties } = typed.clone();
        let TypedProperties { content_type, response_topic, correlation_data, message_expiry, user_properties } =
            properties;
        let message_expiry = match message_expiry.trim() {
            "" => None,
            text => Some(BoundedInt::clamped(i64::from(text.parse::<u32>().ok().filter(|seconds| *seconds > 0)?))),
        };
        let of_message = Self { name, topic, payload, encoding, qos, retain, ..Self::default() };
        Some(Self { content_type, response_topic, correlation_data, message_expiry, user_properties, ..of_message })
    }

    /// Returns the names of the holes, each once: first those of the topic.
    #[must_use]
    pub(crate) fn holes(&self) -> Vec<String> {
        let mut holes: Vec<String> = Vec::new();
        for text in self.texts() {
            for name in holes::names(text) {
                if holes.iter().all(|known| known != name) {
                    holes.push(name.to_owned());
                }
            }
        }
        holes
    }

    fn texts(&self) -> [&String; 6] {
        let Self { topic, payload, content_type, response_topic, correlation_data, user_properties, .. } = self;
        [topic, payload, content_type, response_topic, correlation_data, user_properties]
    }

    /// Returns the message with its holes filled.
    #[must_use]
    pub(crate) fn fill<'v>(&self, value_of: impl Fn(&str) -> &'v str) -> TypedMessage {
        let [topic, payload, content_type, response_topic, correlation_data, user_properties] =
            self.texts().map(|text| holes::fill(text, &value_of));
        let message_expiry = self.message_expiry.map(|seconds| seconds.get().to_string()).unwrap_or_default();
        TypedMessage {
            topic,
            payload,
            encoding: self.encoding,
            qos: self.qos,
            retain: self.retain,
            properties: TypedProperties {
                content_type,
                response_topic,
                correlation_data,
                message_expiry,
                user_properties,
            },
        }
    }
}

impl Schema for SavedMessage {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(String, name, "the name, by which it is found"),
        field!(String, topic, "the topic; may have holes such as {{device}}"),
        field!(String, payload, "the payload; may have holes"),
        field!(PayloadEncoding, encoding, "how the payload is written; \"file\": it is the path of a file"),
        field!(Qos, qos as "QoS", "the quality of service"),
        field!(bool, retain, "whether the broker retains the message"),
        field!(Option<String>, profile, "the profile with which it is offered; if not set, each"),
        field!(String, content_type, "MQTT 5: the content type, such as \"text/plain\""),
        field!(String, response_topic, "MQTT 5: the topic for a response"),
        field!(String, correlation_data, "MQTT 5: what a response refers to"),
        field!(
            Option<BoundedInt<1, 4_294_967_295>>,
            message_expiry as "Expires in (s)",
            "MQTT 5: how many seconds after it was published the message expires; if not set, it does not"
        ),
        field!(String, user_properties, "MQTT 5: texts with names, such as \"source=attic, unit=C\""),
    ];

    fn validate(&self) -> Vec<ValidationError> {
        let mut errors = Vec::new();
        if self.name.trim().is_empty() {
            errors.push(ValidationError::new("a message needs a `name`"));
        }
        let filled = self.fill(|_| ANY_TEXT);
        if self.topic.is_empty() {
            errors.push(ValidationError::new("a message needs a `topic`"));
        } else if let Err(error) = Topic::new(filled.topic.as_str()) {
            errors.push(ValidationError::new(error.to_string()).prepend_key("topic"));
        }
        // What is filled into a payload of bytes may make it whole.
        if holes::names(&self.payload).next().is_none()
            && let Err(error) = self.encoding.bytes(&filled.payload)
        {
            errors.push(ValidationError::new(error).prepend_key("payload"));
        }
        errors
    }
}

/// All messages of `messages.toml`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SavedMessages {
    /// The messages, in the order of the file.
    pub messages: Vec<SavedMessage>,
}

impl Schema for SavedMessages {
    const FIELDS: &'static [FieldSpec<Self>] = &[];
}

impl SavedMessages {
    /// Returns the message with this name.
    #[must_use]
    pub(crate) fn by_name(&self, name: &str) -> Option<&SavedMessage> {
        self.messages.iter().find(|message| message.name == name)
    }
}

/// An edit of the saved messages.
#[derive(Debug, Clone, PartialEq)]
pub enum MessageEdit {
    /// Appends a message.
    Add(SavedMessage),
    /// Replaces the message with the name of this one.
    Replace(SavedMessage),
    /// Deletes the message with this name.
    Delete(String),
}

impl MessageEdit {
    /// Returns the name of the message that it is about.
    #[must_use]
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Add(message) | Self::Replace(message) => &message.name,
            Self::Delete(name) => name,
        }
    }

    /// Returns the messages after the edit, or `None` if there is no such message, or another one has the name already.
    #[must_use]
    pub(crate) fn apply_to(&self, messages: &SavedMessages) -> Option<SavedMessages> {
        let mut edited = messages.clone();
        let index = messages.messages.iter().position(|message| message.name == self.name());
        match (self, index) {
            (Self::Add(message), None) => edited.messages.push(message.clone()),
            (Self::Replace(message), Some(index)) => edited.messages[index] = message.clone(),
            (Self::Delete(_), Some(index)) => drop(edited.messages.remove(index)),
            _ => return None,
        }
        Some(edited)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn restart() -> SavedMessage {
        SavedMessage {
            name: "Restart a board".to_owned(),
            topic: "esp32/{{device}}/command".to_owned(),
            payload: "{\"restart\": {{seconds}}, \"by\": \"{{device}}\"}".to_owned(),
            user_properties: "by={{who}}".to_owned(),
            ..SavedMessage::default()
        }
    }

    #[test]
    fn each_hole_is_filled_everywhere() {
        let message = restart();
        assert_eq!(message.holes(), ["device", "seconds", "who"]);
        let value_of = |name: &str| match name {
            "device" => "desk",
            "seconds" => "5",
            _ => "me",
        };
        let typed = message.fill(value_of);
        assert_eq!(typed.topic, "esp32/desk/command");
        assert_eq!(typed.payload, "{\"restart\": 5, \"by\": \"desk\"}");
        assert_eq!(typed.properties.user_properties, "by=me");
    }

    #[test]
    fn message_is_saved_as_it_was_typed() {
        let saved = SavedMessage {
            qos: Qos::ExactlyOnce,
            retain: true,
            encoding: PayloadEncoding::Hex,
            message_expiry: Some(BoundedInt::clamped(60)),
            response_topic: "answers".to_owned(),
            ..restart()
        };
        let typed = TypedMessage {
            topic: saved.topic.clone(),
            payload: saved.payload.clone(),
            properties: TypedProperties {
                user_properties: saved.user_properties.clone(),
                ..saved.fill(|_| "").properties
            },
            ..saved.fill(|_| "")
        };
        assert_eq!(SavedMessage::new(saved.name.clone(), &typed), Some(saved));
        for expiry in ["0", "x", "-1", "4294967296"] {
            let properties = TypedProperties { message_expiry: expiry.to_owned(), ..TypedProperties::default() };
            assert_eq!(SavedMessage::new("a".into(), &TypedMessage { properties, ..typed.clone() }), None, "{expiry}");
        }
    }

    #[test]
    fn names_are_unique() {
        let messages = SavedMessages { messages: vec![restart()] };
        assert_eq!(MessageEdit::Add(restart()).apply_to(&messages), None);
        let other = SavedMessage { name: "other".to_owned(), ..restart() };
        assert_eq!(MessageEdit::Replace(other.clone()).apply_to(&messages), None);
        let both = MessageEdit::Add(other).apply_to(&messages).unwrap();
        assert_eq!(MessageEdit::Delete("other".to_owned()).apply_to(&both), Some(messages));
    }
}
