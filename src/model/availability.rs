//! Whether a device is online, as it or the broker says on a topic: usually the device's will (MQTT 3.1.1, section
//! 3.1.2.5) and a retained message that it publishes once it is connected.

use super::{
    batch::MessageRef,
    decoder_rules::DecoderRules,
    decoding::Decoding,
    json_path::{JsonPath, find_all},
    message_age::MessageAge,
    schema::{FieldSpec, Schema, field},
    tile_value::{TileValue, payload_text},
    time::Time,
    topic::{Topic, TopicFilter},
    value::ValidationError,
};

/// Larger payloads are none of an availability topic, in bytes.
const MAX_PAYLOAD_BYTES: usize = 64 << 10;
/// Where zigbee2mqtt has the state in its JSON.
const STATE_PATH: &str = "$.state";

/// Where a device says whether it is online.
#[derive(Debug, Clone, PartialEq)]
pub struct Availability {
    topic: Option<Topic>,
    online: String,
    offline: String,
    decode: Decoding,
    json_path: Option<JsonPath>,
}

impl Default for Availability {
    fn default() -> Self {
        Self {
            topic: None,
            online: "online".to_owned(),
            offline: "offline".to_owned(),
            decode: Decoding::default(),
            json_path: None,
        }
    }
}

impl Schema for Availability {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(Option<Topic>, topic as "Status topic", "the topic on which the device says whether it is online"),
        field!(String, online as "Online if", "the payload while the device is online"),
        field!(String, offline as "Offline if", "the payload while the device is offline"),
        field!(Decoding, decode as "Decoded from", "how the payload becomes text, such as \"cbor\": the decoders are those of tiles"),
        field!(
            Option<JsonPath>,
            json_path as "Part of the JSON",
            "which part of the JSON in the payload says it; if not set, `state` of a JSON object, as zigbee2mqtt sends it"
        ),
    ];

    fn validate(&self) -> Vec<ValidationError> {
        let mut errors = Vec::new();
        let default = Self::default();
        if self.topic.is_none() && *self != default {
            errors.push(
                ValidationError::new("`availability` needs a `topic`")
                    .with_help("set the topic of the device's will, such as \"tele/plug/LWT\"")
                    .prepend_key("topic"),
            );
        }
        if self.online == self.offline {
            errors.push(ValidationError::new("`online` and `offline` have the same payload").prepend_key("offline"));
        }
        errors
    }
}

impl Availability {
    /// Returns the topic on which the device says whether it is online.
    pub(crate) fn topic(&self) -> Option<TopicFilter> {
        self.topic.clone().map(Into::into)
    }

    /// Returns whether a message says that the device is online; `None` if it says neither.
    pub(crate) fn is_online(&self, message: MessageRef<'_>, rules: &DecoderRules) -> Option<bool> {
        let payload = message.payload;
        if payload.len() > MAX_PAYLOAD_BYTES {
            return None;
        }
        let payload = &*rules.decoded(message.topic, self.decode.decoders(), payload).ok()?;
        let text = payload_text(payload);
        let extracted = match &self.json_path {
            Some(path) => Some(first_result(payload, path)?),
            None if text.trim_start().starts_with('{') => first_result(payload, &JsonPath::parse(STATE_PATH).ok()?),
            None => None,
        };
        let value = TileValue::published(extracted.unwrap_or(text).into(), Time::default());
        value.index_in([&*self.online, &*self.offline].into_iter()).map(|index| index == 0)
    }
}

fn first_result(payload: &[u8], path: &JsonPath) -> Option<String> {
    find_all(payload, &[path]).into_iter().next()?.ok()
}

/// What is known about the device of a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DeviceStatus {
    /// Whether it is online.
    pub is_online: bool,
    /// Since when that is known.
    pub since: MessageAge,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::connection::Message;
    use crate::model::schema::set_fields;

    fn availability(entries: &[(&str, &str)]) -> Result<Availability, Vec<String>> {
        let mut availability = Availability::default();
        let entries: Vec<_> = entries.iter().map(|(key, value)| ((*key).to_owned(), (*value).into())).collect();
        match set_fields(&mut availability, &entries) {
            Ok(()) => Ok(availability),
            Err(errors) => Err(errors.into_iter().map(|error| error.message).collect()),
        }
    }

    fn is_online(availability: &Availability, payload: &[u8]) -> Option<bool> {
        let message = Message::new("a", payload);
        availability.is_online((&message).into(), &DecoderRules::default())
    }

    #[test]
    fn payload_says_online_offline_or_neither() {
        let tasmota =
            availability(&[("topic", "tele/plug/LWT"), ("online", "Online"), ("offline", "Offline")]).unwrap();
        let zigbee = availability(&[("topic", "zigbee2mqtt/lamp/availability")]).unwrap();
        let with_path =
            availability(&[("topic", "a"), ("online", "1"), ("offline", "0"), ("json_path", "$.net.up")]).unwrap();
        for (availability, payload, expected) in [
            (&tasmota, "Online", Some(true)),
            (&tasmota, "Offline", Some(false)),
            (&tasmota, "", None),
            (&tasmota, "rebooting", None),
            (&zigbee, "online", Some(true)),
            (&zigbee, "{\"state\":\"offline\"}", Some(false)),
            (&zigbee, "{\"other\":\"offline\"}", None),
            (&with_path, "{\"net\":{\"up\":1}}", Some(true)),
            (&with_path, "{\"net\":{\"up\":0}}", Some(false)),
            (&with_path, "1", None),
        ] {
            assert_eq!(is_online(availability, payload.as_bytes()), expected, "{payload}");
        }
    }

    #[test]
    fn payload_is_decoded_before_it_is_read() {
        let hex = availability(&[("topic", "a"), ("decode", "hex"), ("json_path", "$.s")]).unwrap();
        assert_eq!(is_online(&hex, b"7b2273223a226f6e6c696e65227d"), Some(true));
        assert_eq!(is_online(&hex, br#"{"s":"online"}"#), None);
    }

    #[test]
    fn availability_without_topic_or_with_equal_payloads_is_an_error() {
        assert_eq!(availability(&[("online", "up")]).unwrap_err(), ["`availability` needs a `topic`"]);
        let errors = availability(&[("topic", "a"), ("online", "x"), ("offline", "x")]).unwrap_err();
        assert_eq!(errors, ["`online` and `offline` have the same payload"]);
        assert!(availability(&[("topic", "a/+")]).is_err());
    }
}
