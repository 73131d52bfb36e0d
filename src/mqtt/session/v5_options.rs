//! `QoS`, the properties of packets in MQTT 5 (sections 3.1.2.11, 3.1.3.2, 3.3.2.3 and 3.8.2.1), the options of
//! subscriptions (section 3.8.3.1), and what is sent first in a kept session.

use std::sync::Arc;

use bytes::Bytes;
use rumqttc::v5::{
    EventLoop, Request,
    mqttbytes::{
        QoS,
        v5::{
            Filter, LastWill, LastWillProperties, PubRel, Publish, PublishProperties, RetainForwardRule,
            SubscribeProperties, Unsubscribe,
        },
    },
};

use crate::{
    model::{
        connection::{PublishRequest, Qos, RetainHandling, Subscription},
        field_value::BoundedInt,
        message_properties::{MessageProperties, ReceivedProperties},
        profile::{PayloadFormat, Profile, Will},
        publish_properties as model,
        unsafe_char::is_unsafe_in_text,
    },
    mqtt::{outbox::ResumedPublish, subscriptions::SubscribePacket},
};

/// The Session Expiry Interval with which the session does not expire (MQTT 5, section 3.1.2.11.2).
const FOREVER: u32 = u32::MAX;

/// Converts a `QoS` for rumqttc.
pub(super) fn to_qos(qos: Qos) -> QoS {
    match qos {
        Qos::AtMostOnce => QoS::AtMostOnce,
        Qos::AtLeastOnce => QoS::AtLeastOnce,
        Qos::ExactlyOnce => QoS::ExactlyOnce,
    }
}

/// Converts a `QoS` of rumqttc.
pub(super) fn from_qos(qos: QoS) -> Qos {
    match qos {
        QoS::AtMostOnce => Qos::AtMostOnce,
        QoS::AtLeastOnce => Qos::AtLeastOnce,
        QoS::ExactlyOnce => Qos::ExactlyOnce,
    }
}

/// Returns the topic filters of a SUBSCRIBE packet with their options.
pub(super) fn subscribe_filters(packet: &SubscribePacket) -> Vec<Filter> {
    let filter = |Subscription { filter, options }: &Subscription| Filter {
        retain_forward_rule: match options.retain_handling {
            RetainHandling::Always => RetainForwardRule::OnEverySubscribe,
            RetainHandling::New => RetainForwardRule::OnNewSubscribe,
            RetainHandling::Never => RetainForwardRule::Never,
        },
        ..Filter::new(filter.to_string(), to_qos(options.qos))
    };
    packet.subscriptions.iter().map(filter).collect()
}

/// Returns the subscription identifier of a SUBSCRIBE packet as a property.
pub(super) fn subscribe_properties(packet: &SubscribePacket) -> Option<SubscribeProperties> {
    let id = usize::try_from(packet.id?).ok()?;
    Some(SubscribeProperties { id: Some(id), user_properties: Vec::new() })
}

/// Returns the properties of a received message, and its payload without what belongs to the properties.
///
/// rumqttc 0.25.1 counts a byte too many for each subscription identifier. After two of them, it takes a Payload
/// Format Indicator at the end of the properties for the beginning of the payload. It is recognized if it says that the
/// payload is text, and if that is so.
pub(super) fn split_properties(mut properties: PublishProperties, payload: Bytes) -> (PublishProperties, Bytes) {
    const IS_TEXT: [u8; 2] = [1, 1];
    let may_be_cut_off =
        properties.subscription_identifiers.len() >= IS_TEXT.len() && properties.payload_format_indicator.is_none();
    let is_text =
        |bytes: &[u8]| str::from_utf8(bytes).is_ok_and(|text| !text.is_empty() && !text.contains(is_unsafe_in_text));
    match payload.strip_prefix(&IS_TEXT) {
        Some(text) if may_be_cut_off && is_text(text) => {
            properties.payload_format_indicator = Some(1);
            (properties, payload.slice(IS_TEXT.len()..))
        }
        _ => (properties, payload),
    }
}

/// Returns the properties of a received message that are shown to the user; `None` if it has none of them.
pub(super) fn message_properties(properties: &PublishProperties) -> Option<Arc<MessageProperties>> {
    let received = ReceivedProperties {
        payload_format: properties.payload_format_indicator,
        expiry_seconds: properties.message_expiry_interval,
        content_type: properties.content_type.as_deref(),
        response_topic: properties.response_topic.as_deref(),
        correlation_data: properties.correlation_data.as_deref(),
        user_properties: &properties.user_properties,
    };
    MessageProperties::new(&received).map(Arc::new)
}

/// Returns for how many seconds the broker is to keep the session after the network connection has ended; `None` if not
/// at all.
pub(super) fn session_expiry(profile: &Profile) -> Option<u32> {
    let seconds = |expiry: BoundedInt<1, 4_294_967_295>| u32::try_from(expiry.get()).unwrap_or(FOREVER);
    (!profile.clean_session).then(|| profile.session_expiry.map_or(FOREVER, seconds))
}

/// Returns what to tell the user if the broker keeps the session for a shorter time than it was asked to.
pub(super) fn session_expiry_notice(asked: Option<u32>, granted: Option<u32>) -> Option<String> {
    let (asked, granted) = (asked?, granted?);
    let asked_text = if asked == FOREVER { "for ever".to_owned() } else { format!("for {asked} s") };
    (granted < asked).then(|| {
        format!("the broker keeps the session for {granted} s after the connection has ended, not {asked_text}")
    })
}

/// Converts the will with its properties.
pub(super) fn last_will(will: &Will) -> Option<LastWill> {
    let seconds = |seconds: i64| u32::try_from(seconds).ok();
    let correlation_data = will.correlation_data.as_ref().map(|data| Bytes::copy_from_slice(data.as_bytes()));
    let properties = LastWillProperties {
        delay_interval: will.delay.and_then(|delay| seconds(delay.get())),
        payload_format_indicator: (will.payload_format == PayloadFormat::Text).then_some(1),
        message_expiry_interval: will.message_expiry.and_then(|expiry| seconds(expiry.get())),
        content_type: will.content_type.clone(),
        response_topic: will.response_topic.as_ref().map(ToString::to_string),
        correlation_data,
        user_properties: will.user_properties.0.clone(),
    };
    let properties = will.v5_keys().next().map(|_| properties);
    Some(LastWill::new(
        will.topic.as_ref()?.as_str(),
        will.payload.as_bytes(),
        to_qos(will.qos),
        will.retain,
        properties,
    ))
}

/// Converts the properties of a message to publish.
pub(super) fn publish_properties(properties: &model::PublishProperties) -> PublishProperties {
    PublishProperties {
        message_expiry_interval: properties.expiry_seconds,
        response_topic: properties.response_topic.as_ref().map(ToString::to_string),
        correlation_data: properties.correlation_data.as_deref().map(Bytes::copy_from_slice),
        user_properties: properties.user_properties.clone(),
        content_type: properties.content_type.clone(),
        ..PublishProperties::default()
    }
}

/// Makes rumqttc complete these exchanges first, as the function of the same name in [`super::v3`] does.
pub(super) fn resume(event_loop: &mut EventLoop, resumed: &[ResumedPublish]) {
    for _ in 0..resumed.iter().map(|publish| publish.packet_id).max().unwrap_or_default() {
        let skipped = event_loop.state.handle_outgoing_packet(Request::Unsubscribe(Unsubscribe::new("-", None)));
        tracing::trace!(skipped = skipped.is_ok(), "a packet ID");
        event_loop.state.events.clear();
    }
    event_loop.pending.extend(resumed.iter().map(|ResumedPublish { packet_id, request }| match request {
        Some(PublishRequest { topic, payload, retain, properties, .. }) => {
            let payload = Bytes::copy_from_slice(payload);
            let properties = properties.as_deref().map(publish_properties);
            let mut publish = Publish::new(topic.as_str(), QoS::ExactlyOnce, payload, properties);
            (publish.pkid, publish.dup, publish.retain) = (*packet_id, true, *retain);
            Request::Publish(publish)
        }
        None => Request::PubRel(PubRel::new(*packet_id, None)),
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_lost_payload_format_indicator_is_taken_from_the_payload() {
        let split = |ids: usize, indicator: Option<u8>, payload: &'static [u8]| {
            let properties = PublishProperties {
                subscription_identifiers: vec![7; ids],
                payload_format_indicator: indicator,
                ..PublishProperties::default()
            };
            let (properties, payload) = split_properties(properties, Bytes::from_static(payload));
            (properties.payload_format_indicator, payload)
        };
        assert_eq!(
            split(2, None, b"\x01\x0121.5 \xc2\xb0C\r"),
            (None, Bytes::from_static(b"\x01\x0121.5 \xc2\xb0C\r"))
        );
        assert_eq!(split(2, None, b"\x01\x0121.5 \xc2\xb0C\n"), (Some(1), Bytes::from_static(b"21.5 \xc2\xb0C\n")));
        for (ids, indicator, payload) in [
            (1, None, &b"\x01\x01a"[..]),
            (2, Some(0), b"\x01\x01a"),
            (2, None, b"\x01\x01"),
            (2, None, b"\x01\x00a"),
            (2, None, b"\x01\x01\xff"),
            (2, None, b"\x01\x01a\x00"),
            (2, None, b""),
        ] {
            assert_eq!(split(ids, indicator, payload), (indicator, Bytes::from_static(payload)), "{ids} {payload:?}");
        }
    }
}
