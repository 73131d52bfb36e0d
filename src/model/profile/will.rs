//! The will: a message that the broker publishes if the connection is lost (MQTT 3.1.1, section 3.1.2.5), with its
//! properties in MQTT 5 (section 3.1.3.2).

use crate::model::{
    field_value::{BoundedInt, string_enum},
    message::Qos,
    schema::{DynFields as _, FieldSpec, FieldValue, Schema, ValueType, field},
    topic::{self, Topic},
    type_mismatch::type_mismatch,
    value::{ValidationError, Value},
};

string_enum! {
    /// What the payload of the will is: the Payload Format Indicator.
    PayloadFormat {
        Bytes = "bytes" "Any bytes.",
        Text = "text" "Text in UTF-8.",
    }
}

/// User Properties: texts with names, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserProperties(pub Vec<(String, String)>);

impl FieldValue for UserProperties {
    const VALUE_TYPE: ValueType = ValueType::Custom("a table of texts, such as { source = \"attic\" }");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        let Value::Table(entries) = value else { return Err(type_mismatch(value, Self::VALUE_TYPE)) };
        let (mut properties, mut errors) = (Vec::<(String, String)>::new(), Vec::new());
        for (name, value) in entries {
            let text =
                String::from_value(value).and_then(|text| match text_error(&text).or_else(|| text_error(name)) {
                    Some(error) => Err(error.into()),
                    None if properties.iter().any(|(other, _)| other == name) => {
                        Err(ValidationError::new(format!("`{name}` occurs twice")).into())
                    }
                    None => Ok(text),
                });
            match text {
                Ok(text) => properties.push((name.clone(), text)),
                Err(of_entry) => errors.extend(of_entry.into_iter().map(|error| error.prepend_key(name))),
            }
        }
        if errors.is_empty() { Ok(Self(properties)) } else { Err(errors) }
    }

    fn to_value(&self) -> Option<Value> {
        let entries = self.0.iter().map(|(name, value)| (name.clone(), value.as_str().into()));
        (!self.0.is_empty()).then(|| Value::Table(entries.collect()))
    }
}

/// Returns the error of a text that cannot be sent in a packet.
fn text_error(text: &str) -> Option<ValidationError> {
    (!topic::is_mqtt_string(text))
        .then(|| ValidationError::new("at most 65535 bytes are possible, and no NUL character"))
}

/// The will: a message that the broker publishes if the connection is lost.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Will {
    /// The topic.
    pub topic: Option<Topic>,
    /// The payload.
    pub payload: String,
    /// The quality of service.
    pub qos: Qos,
    /// Whether the broker retains it.
    pub retain: bool,
    /// How many seconds the broker waits before it publishes it; not at all if this client is back by then.
    pub delay: Option<BoundedInt<0, 4_294_967_295>>,
    /// After how many seconds the published message expires.
    pub message_expiry: Option<BoundedInt<1, 4_294_967_295>>,
    /// What the payload is.
    pub payload_format: PayloadFormat,
    /// The content type.
    pub content_type: Option<String>,
    /// The topic for a response.
    pub response_topic: Option<Topic>,
    /// What a response refers to.
    pub correlation_data: Option<String>,
    /// Texts with names.
    pub user_properties: UserProperties,
}

/// The keys that need MQTT 5.
const V5_KEYS: [&str; 7] = [
    "delay",
    "message_expiry",
    "payload_format",
    "content_type",
    "response_topic",
    "correlation_data",
    "user_properties",
];

impl Will {
    /// Iterates over the keys that are set and need MQTT 5.
    pub(crate) fn v5_keys(&self) -> impl Iterator<Item = &'static str> {
        let default = Self::default();
        V5_KEYS.into_iter().filter(move |key| self.get(key) != default.get(key))
    }
}

impl Schema for Will {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(Option<Topic>, topic, "the topic of the will message"),
        field!(String, payload, "the payload of the will message"),
        field!(Qos, qos as "QoS", "the quality of service of the will message"),
        field!(bool, retain, "whether the broker retains the will message"),
        field!(
            Option<BoundedInt<0, 4_294_967_295>>,
            delay as "Delay (s)",
            "MQTT 5: how many seconds the broker waits with it; if this client is back by then, it is not published"
        ),
        field!(
            Option<BoundedInt<1, 4_294_967_295>>,
            message_expiry as "Expires in (s)",
            "MQTT 5: how many seconds after it was published the will message expires; if not set, it does not"
        ),
        field!(PayloadFormat, payload_format, "MQTT 5: what receivers are told about the payload"),
        field!(Option<String>, content_type, "MQTT 5: the content type, such as \"text/plain\""),
        field!(Option<Topic>, response_topic, "MQTT 5: the topic for a response"),
        field!(Option<String>, correlation_data, "MQTT 5: what a response refers to"),
        field!(UserProperties, user_properties, "MQTT 5: texts with names of your own, for the receivers"),
    ];

    fn implied(&self, key: &str) -> Option<String> {
        let text = match key {
            "delay" => "0",
            "message_expiry" => "never",
            _ => return None,
        };
        Some(text.to_owned())
    }

    fn validate(&self) -> Vec<ValidationError> {
        let mut errors = Vec::new();
        if self.topic.is_none() {
            errors.push(ValidationError::new("the will needs a `topic`"));
        }
        if self.payload.len() > topic::MAX_BYTES {
            errors.push(ValidationError::new("the will has at most 65535 bytes").prepend_key("payload"));
        }
        if let Some(error) = self.content_type.as_deref().and_then(text_error) {
            errors.push(error.prepend_key("content_type"));
        }
        if self.correlation_data.as_ref().is_some_and(|data| data.len() > topic::MAX_BYTES) {
            errors.push(ValidationError::new("at most 65535 bytes are possible").prepend_key("correlation_data"));
        }
        errors
    }
}
