//! `QoS`, the options and properties of subscriptions in MQTT 5 (sections 3.3.2.3.8, 3.8.2.1 and 3.8.3.1), and what is sent
//! first in a kept session.

use std::sync::Arc;

use bytes::Bytes;
use rumqttc::v5::{
    EventLoop, Request,
    mqttbytes::{
        QoS,
        v5::{Filter, PubRel, Publish, PublishProperties, SubscribeProperties, Unsubscribe},
    },
};

use crate::{
    model::{
        connection::{PublishRequest, Qos, Subscription},
        message_properties::{MessageProperties, ReceivedProperties},
    },
    mqtt::{outbox::ResumedPublish, subscriptions::SubscribePacket},
};

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
    let filter = |subscription: &Subscription| Filter::new(subscription.filter.to_string(), to_qos(subscription.qos));
    packet.subscriptions.iter().map(filter).collect()
}

/// Returns the subscription identifier of a SUBSCRIBE packet as a property.
pub(super) fn subscribe_properties(packet: &SubscribePacket) -> Option<SubscribeProperties> {
    let id = usize::try_from(packet.id?).ok()?;
    Some(SubscribeProperties { id: Some(id), user_properties: Vec::new() })
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

/// Makes rumqttc complete these exchanges first, as the function of the same name in [`super::v3`] does.
pub(super) fn resume(event_loop: &mut EventLoop, resumed: &[ResumedPublish]) {
    for _ in 0..resumed.iter().map(|publish| publish.packet_id).max().unwrap_or_default() {
        let skipped = event_loop.state.handle_outgoing_packet(Request::Unsubscribe(Unsubscribe::new("-", None)));
        tracing::trace!(skipped = skipped.is_ok(), "a packet ID");
        event_loop.state.events.clear();
    }
    event_loop.pending.extend(resumed.iter().map(|ResumedPublish { packet_id, request }| match request {
        Some(PublishRequest { topic, payload, retain, .. }) => {
            let payload = Bytes::copy_from_slice(payload);
            let mut publish = Publish::new(topic.as_str(), QoS::ExactlyOnce, payload, None);
            (publish.pkid, publish.dup, publish.retain) = (*packet_id, true, *retain);
            Request::Publish(publish)
        }
        None => Request::PubRel(PubRel::new(*packet_id, None)),
    }));
}
