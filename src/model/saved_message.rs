//! Messages that the user has saved under a name, in `messages.toml`, to publish them again. They may have
//! [`holes`].

use super::{
    field_value::BoundedInt,
    holes,
    message::Qos,
    publish_properties::PropertyError,
    schema::{FieldSpec, Schema, field},
    topic::Topic,
    typed_message::{MessageText, PayloadEncoding, TypedMessage},
    typed_properties::{TypedProperties, TypedProperty},
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
    /// Creates a message for every profile from its texts, which may have holes.
    ///
    /// # Errors
    /// If the message expiry is no number of seconds.
    pub(crate) fn new(name: String, template: &TypedMessage) -> Result<Self, PropertyError> {
        let message_expiry = template.properties.expiry_seconds()?;
        let TypedMessage { topic, payload, encoding, qos, retain, properties } = template.clone();
        let TypedProperties { content_type, response_topic, correlation_data, message_expiry: _, user_properties } =
            properties;
        let message_expiry = message_expiry.map(|seconds| BoundedInt::clamped(seconds.into()));
        let of_message = Self { name, topic, payload, encoding, qos, retain, ..Self::default() };
        Ok(Self { content_type, response_topic, correlation_data, message_expiry, user_properties, ..of_message })
    }

    /// Returns the message with its holes as they are in the file.
    #[must_use]
    pub(crate) fn template(&self) -> TypedMessage {
        TypedMessage {
            topic: self.topic.clone(),
            payload: self.payload.clone(),
            encoding: self.encoding,
            qos: self.qos,
            retain: self.retain,
            properties: TypedProperties {
                content_type: self.content_type.clone(),
                response_topic: self.response_topic.clone(),
                correlation_data: self.correlation_data.clone(),
                message_expiry: self.message_expiry.map(|seconds| seconds.get().to_string()).unwrap_or_default(),
                user_properties: self.user_properties.clone(),
            },
        }
    }

    /// Returns the names of the holes, each once: first those of the topic.
    #[must_use]
    pub(crate) fn holes(&self) -> Vec<String> {
        let template = self.template();
        unique(MessageText::all().flat_map(|text| holes::names(template.text(text))))
    }

    /// Returns the names of the holes of an older version that are missing in one of its texts now.
    #[must_use]
    pub(crate) fn lost_holes(&self, old: &Self) -> Vec<String> {
        let (old, new) = (old.template(), self.template());
        unique(MessageText::all().flat_map(|text| {
            let is_lost = |name: &&str| holes::names(new.text(text)).all(|other| other != *name);
            holes::names(old.text(text)).filter(is_lost).collect::<Vec<_>>()
        }))
    }

    /// Returns the message with its holes filled.
    #[must_use]
    pub(crate) fn fill<'v>(&self, value_of: impl Fn(&str) -> &'v str) -> TypedMessage {
        self.template().map_texts(|text, template| match text {
            MessageText::Property(TypedProperty::UserProperties) => holes::fill_pairs(template, &value_of),
            _ => holes::fill(template, &value_of),
        })
    }
}

/// Returns each name once, in their order.
fn unique<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut unique: Vec<String> = Vec::new();
    for name in names {
        if unique.iter().all(|known| known != name) {
            unique.push(name.to_owned());
        }
    }
    unique
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
        let template = saved.template();
        assert_eq!(SavedMessage::new(saved.name.clone(), &template), Ok(saved));
        // The rule is that of publishing.
        for expiry in ["0", "x", "-1", "4294967296"] {
            let properties = TypedProperties { message_expiry: expiry.to_owned(), ..TypedProperties::default() };
            assert_eq!(properties.parse().unwrap_err().1, PropertyError::Expiry);
            let template = TypedMessage { properties, ..template.clone() };
            assert_eq!(SavedMessage::new("a".into(), &template), Err(PropertyError::Expiry), "{expiry}");
        }
    }

    #[test]
    fn filling_is_not_another_user_property() {
        let typed = restart().fill(|_| "Smith, role=admin");
        let properties = typed.properties.parse().unwrap().unwrap();
        assert_eq!(properties.user_properties, [("by".to_owned(), "Smith, role=admin".to_owned())]);
    }

    #[test]
    fn lost_holes_are_those_that_a_text_has_no_more() {
        let new = SavedMessage { topic: "esp32/desk/command".to_owned(), user_properties: String::new(), ..restart() };
        assert_eq!(new.lost_holes(&restart()), ["device", "who"]);
        assert_eq!(restart().lost_holes(&new), [""; 0]);
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
