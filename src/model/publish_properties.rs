//! The properties of a message to publish in MQTT 5 (section 3.3.2.3), and what the user types for them.

use super::{
    topic::{self, Topic, TopicError},
    typed_properties::{TypedProperties, TypedProperty},
};

/// The bytes of an identifier of a property, and of a length before a text.
const IDENTIFIER_BYTES: usize = 1;
const LENGTH_BYTES: usize = 2;

/// The properties of a message to publish.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PublishProperties {
    /// The Content Type.
    pub content_type: Option<String>,
    /// The Response Topic.
    pub response_topic: Option<Topic>,
    /// The Correlation Data.
    pub correlation_data: Option<Vec<u8>>,
    /// The Message Expiry Interval in seconds.
    pub expiry_seconds: Option<u32>,
    /// The User Properties, in their order; a name may occur repeatedly.
    pub user_properties: Vec<(String, String)>,
}

/// What is wrong with a property that is typed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PropertyError {
    /// It is too long, or has a NUL character.
    #[error("at most 65535 bytes are possible, and no NUL character")]
    NoMqttString,
    /// It is too long.
    #[error("at most 65535 bytes are possible")]
    TooLong,
    /// It is no topic.
    #[error("the response topic: {0}")]
    Topic(#[from] TopicError),
    /// It is no number of seconds.
    #[error("the message expires after a whole number of seconds from 1 to 4294967295")]
    Expiry,
    /// A user property has no value.
    #[error("write user properties as name=value, name=value; \\, is a comma in a value")]
    NoValue,
}

impl TypedProperties {
    /// Returns the properties that are typed; `None` if there is none.
    ///
    /// # Errors
    /// What is wrong, and with which of them.
    pub(crate) fn parse(&self) -> Result<Option<PublishProperties>, (TypedProperty, PropertyError)> {
        let text_of = |text: &str, property| match text {
            "" => Ok(None),
            text if topic::is_mqtt_string(text) => Ok(Some(text.to_owned())),
            _ => Err((property, PropertyError::NoMqttString)),
        };
        let response_topic = match self.response_topic.as_str() {
            "" => None,
            topic => Some(Topic::new(topic).map_err(|error| (TypedProperty::ResponseTopic, error.into()))?),
        };
        let correlation_data = Some(self.correlation_data.as_bytes().to_vec()).filter(|data| !data.is_empty());
        if correlation_data.as_ref().is_some_and(|data| data.len() > topic::MAX_BYTES) {
            return Err((TypedProperty::CorrelationData, PropertyError::TooLong));
        }
        let user_properties = parse_user_properties(&self.user_properties);
        let properties = PublishProperties {
            content_type: text_of(&self.content_type, TypedProperty::ContentType)?,
            response_topic,
            correlation_data,
            expiry_seconds: self.expiry_seconds().map_err(|error| (TypedProperty::MessageExpiry, error))?,
            user_properties: user_properties.map_err(|error| (TypedProperty::UserProperties, error))?,
        };
        Ok(Some(properties).filter(|properties| *properties != PublishProperties::default()))
    }

    /// Returns the message expiry; `None` if none is typed.
    ///
    /// # Errors
    /// If it is no number of seconds.
    pub(crate) fn expiry_seconds(&self) -> Result<Option<u32>, PropertyError> {
        match self.message_expiry.trim() {
            "" => Ok(None),
            text => text.parse().ok().filter(|seconds| *seconds > 0).ok_or(PropertyError::Expiry).map(Some),
        }
    }
}

/// Parses `name=value, name=value`. A backslash takes the meaning from a comma, an equals sign, or another backslash.
fn parse_user_properties(text: &str) -> Result<Vec<(String, String)>, PropertyError> {
    let mut properties = Vec::new();
    let (mut name, mut current) = (None, String::new());
    let mut chars = text.trim().chars();
    if chars.as_str().is_empty() {
        return Ok(properties);
    }
    loop {
        match chars.next() {
            Some('\\') => current.extend(chars.next()),
            Some('=') if name.is_none() => name = Some(std::mem::take(&mut current)),
            separator @ (Some(',') | None) => {
                let name = name.take().ok_or(PropertyError::NoValue)?.trim().to_owned();
                let value = std::mem::take(&mut current).trim().to_owned();
                if !topic::is_mqtt_string(&name) || !topic::is_mqtt_string(&value) {
                    return Err(PropertyError::NoMqttString);
                }
                properties.push((name, value));
                if separator.is_none() {
                    return Ok(properties);
                }
            }
            Some(c) => current.push(c),
        }
    }
}

impl PublishProperties {
    /// Returns the number of bytes that they take in a packet, without their length before them.
    #[must_use]
    pub(crate) fn packet_bytes(&self) -> usize {
        let text = |length: usize| IDENTIFIER_BYTES + LENGTH_BYTES + length;
        let texts = [
            self.content_type.as_ref().map(String::len),
            self.response_topic.as_ref().map(|topic| topic.as_str().len()),
            self.correlation_data.as_ref().map(Vec::len),
        ];
        let pairs = self.user_properties.iter().map(|(name, value)| text(name.len()) + LENGTH_BYTES + value.len());
        texts.into_iter().flatten().map(text).chain(pairs).sum::<usize>()
            + self.expiry_seconds.map_or(0, |_| IDENTIFIER_BYTES + size_of::<u32>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed() -> TypedProperties {
        TypedProperties {
            content_type: "text/plain".to_owned(),
            response_topic: "answers".to_owned(),
            correlation_data: "7".to_owned(),
            message_expiry: " 60 ".to_owned(),
            user_properties: "a=1, b=x\\,y=z , a=, c\\=d=\\\\".to_owned(),
        }
    }

    #[test]
    fn typed_properties_are_parsed() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let properties = typed().parse().unwrap().unwrap();
        assert_eq!(properties.content_type.as_deref(), Some("text/plain"));
        assert_eq!(properties.response_topic.as_ref().map(Topic::as_str), Some("answers"));
        assert_eq!((properties.correlation_data, properties.expiry_seconds), (Some(b"7".to_vec()), Some(60)));
        let expected = [pair("a", "1"), pair("b", "x,y=z"), pair("a", ""), pair("c=d", "\\")];
        assert_eq!(properties.user_properties, expected);
        assert_eq!(TypedProperties::default().parse(), Ok(None));
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        let long = "x".repeat(65_536);
        let error = |typed: TypedProperties| typed.parse().unwrap_err();
        for (typed, expected) in [
            (
                TypedProperties { content_type: long.clone(), ..typed() },
                (TypedProperty::ContentType, PropertyError::NoMqttString),
            ),
            (
                TypedProperties { content_type: "a\0".into(), ..typed() },
                (TypedProperty::ContentType, PropertyError::NoMqttString),
            ),
            (
                TypedProperties { correlation_data: long.clone(), ..typed() },
                (TypedProperty::CorrelationData, PropertyError::TooLong),
            ),
            (
                TypedProperties { user_properties: format!("a={long}"), ..typed() },
                (TypedProperty::UserProperties, PropertyError::NoMqttString),
            ),
            (
                TypedProperties { user_properties: "a=1,".into(), ..typed() },
                (TypedProperty::UserProperties, PropertyError::NoValue),
            ),
        ] {
            assert_eq!(error(typed), expected);
        }
        for expiry in ["0", "-1", "1.5", "4294967296", "x"] {
            let found = error(TypedProperties { message_expiry: expiry.into(), ..typed() });
            assert_eq!(found, (TypedProperty::MessageExpiry, PropertyError::Expiry), "{expiry}");
        }
        let (property, problem) = error(TypedProperties { response_topic: "a/#".into(), ..typed() });
        assert_eq!(property, TypedProperty::ResponseTopic);
        assert_eq!(problem.to_string(), "the response topic: a topic to publish to must not contain wildcards");
    }

    #[test]
    fn size_is_that_of_the_packet() {
        // Section 3.3.2.3: 1 + 2 + 10, 1 + 2 + 7, 1 + 2 + 1, 1 + 4; the pairs have 1 + 2 + 2 each.
        let pairs = [2, 6, 1, 4].map(|texts| 5 + texts).iter().sum::<usize>();
        assert_eq!(typed().parse().unwrap().unwrap().packet_bytes(), 13 + 10 + 4 + 5 + pairs);
    }
}
