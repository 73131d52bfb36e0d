//! The session interface for MQTT 5.

use std::time::Duration;

use bytes::Bytes;
use rumqttc::{
    NetworkOptions,
    v5::{
        AsyncClient, ConnectionError, Event, EventLoop, Incoming, MqttOptions, StateError,
        mqttbytes::{
            Error as Malformed, QoS,
            v5::{
                ConnAck, Disconnect, DisconnectReasonCode, Packet, PubAckReason, PubCompReason, PubRecReason, Publish,
            },
        },
    },
};

use super::{
    ConnAckInfo, IncomingPublish, MAX_INFLIGHT, REQUEST_CAPACITY, SessionEvent,
    v3::outgoing_event,
    v5_options::{
        from_qos, last_will, message_properties, publish_properties, resume, session_expiry, session_expiry_notice,
        split_properties, subscribe_filters, subscribe_properties, to_qos,
    },
    v5_reasons::{connack_error, reason_text, refuses_packet, server_text, suback_error, with_reason_string},
};
use crate::{
    model::{
        connection::{PublishRequest, Qos},
        password::Password,
        profile::Profile,
        topic::TopicFilter,
    },
    mqtt::{
        Login,
        endpoint::Endpoint,
        error::MqttError,
        outbox::ResumedPublish,
        subscriptions::SubscribePacket,
        transport::{RelayStatus, Route},
    },
};

/// The minimum keep alive that rumqttc accepts; it panics on a shorter one.
const MIN_KEEP_ALIVE: Duration = Duration::from_secs(5);

/// rumqttc's timeout for connecting. `reconnect_loop` has a stricter one.
const CONNECT_TIMEOUT_SECONDS: u64 = 86_400;

/// The half of the client that is polled for events.
pub(crate) struct V5EventSource {
    event_loop: EventLoop,
    endpoint: Endpoint,
    keep_alive: Duration,
    /// The Session Expiry Interval that is asked for, in seconds.
    session_expiry: Option<u32>,
    connected: bool,
}

/// The half of the client that sends packets.
pub(crate) struct V5Requester(AsyncClient);

/// Creates a client. It connects when its event source is first polled.
pub(crate) fn create_client(
    profile: &Profile,
    login: &Login,
    endpoint: Endpoint,
    route: Route,
    resumed: &[ResumedPublish],
) -> (V5Requester, V5EventSource) {
    let keep_alive = profile.keep_alive.to_duration().max(MIN_KEEP_ALIVE);
    let mut network_options = NetworkOptions::new();
    network_options.set_tcp_nodelay(true);
    let session_expiry = session_expiry(profile);
    let mut options = MqttOptions::new(&login.client_id, route.host, route.port);
    options
        .set_network_options(network_options)
        .set_keep_alive(keep_alive)
        .set_clean_start(profile.clean_session)
        // Without it the session ends with the network connection (MQTT 5, section 3.1.2.11.2).
        .set_session_expiry_interval(session_expiry)
        .set_receive_maximum(profile.receive_maximum.and_then(|maximum| u16::try_from(maximum.get()).ok()))
        .set_max_packet_size(Some(profile.max_packet_size.bytes()))
        .set_outgoing_inflight_upper_limit(MAX_INFLIGHT)
        .set_connection_timeout(CONNECT_TIMEOUT_SECONDS);
    if login.username.is_some() || login.password().is_some() {
        let password = login.password().map(Password::as_str).unwrap_or_default();
        options.set_credentials(login.username.clone().unwrap_or_default(), password);
    }
    if let Some(will) = profile.will.as_ref().and_then(|will| last_will(&will.0)) {
        options.set_last_will(will);
    }
    if let Some(proxy) = route.proxy {
        options.set_proxy(proxy);
    }
    let (client, mut event_loop) = AsyncClient::new(options, REQUEST_CAPACITY);
    if !profile.clean_session {
        expect_pubrels(&mut event_loop);
        resume(&mut event_loop, resumed);
    }
    (V5Requester(client), V5EventSource { event_loop, endpoint, keep_alive, session_expiry, connected: false })
}

/// Makes rumqttc expect a PUBREL for every packet ID, as the function of the same name in [`super::v3`] does.
fn expect_pubrels(event_loop: &mut EventLoop) {
    for packet_id in 1..=u16::MAX {
        let mut publish = Publish::new("", QoS::ExactlyOnce, Bytes::new(), None);
        publish.pkid = packet_id;
        if let Err(error) = event_loop.state.handle_incoming_packet(Packet::Publish(publish)) {
            tracing::debug!("cannot expect PUBREL for packet ID {packet_id}: {error}");
        }
        event_loop.state.events.clear();
    }
}

impl super::EventSource for V5EventSource {
    async fn poll(&mut self) -> Result<SessionEvent, MqttError> {
        match self.event_loop.poll().await {
            Ok(Event::Incoming(packet)) => self.incoming_event(packet),
            Ok(Event::Outgoing(outgoing)) => Ok(outgoing_event(&outgoing)),
            Err(error) => Err(self.map_error(&error)),
        }
    }
}

impl V5EventSource {
    fn incoming_event(&mut self, packet: Incoming) -> Result<SessionEvent, MqttError> {
        Ok(match packet {
            Packet::Publish(Publish { qos, retain, topic, pkid, payload, properties, .. }) => {
                let (properties, payload) = split_properties(properties.unwrap_or_default(), payload);
                SessionEvent::PublishReceived(IncomingPublish {
                    topic,
                    payload,
                    qos: from_qos(qos),
                    retain,
                    packet_id: pkid,
                    properties: message_properties(&properties),
                    subscription_ids: properties.subscription_identifiers,
                })
            }
            Packet::ConnAck(ack) => SessionEvent::Connected(self.handle_connack(&ack)?),
            Packet::PubAck(ack) => SessionEvent::PublishAcknowledged(
                ack.pkid,
                match ack.reason {
                    PubAckReason::Success | PubAckReason::NoMatchingSubscribers => None,
                    reason => {
                        Some(reason_text(&reason, ack.properties.as_ref().and_then(|it| it.reason_string.as_deref())))
                    }
                },
            ),
            Packet::PubRec(ack) => match ack.reason {
                PubRecReason::Success | PubRecReason::NoMatchingSubscribers => SessionEvent::PublishAccepted(ack.pkid),
                reason => SessionEvent::InflightLeaked(
                    ack.pkid,
                    reason_text(&reason, ack.properties.as_ref().and_then(|it| it.reason_string.as_deref())),
                ),
            },
            Packet::PubComp(ack) => match ack.reason {
                PubCompReason::Success => SessionEvent::PublishAcknowledged(ack.pkid, None),
                reason @ PubCompReason::PacketIdentifierNotFound => {
                    SessionEvent::InflightLeaked(ack.pkid, reason_text(&reason, None))
                }
            },
            Packet::PingResp(_) => SessionEvent::PingAnswered,
            Packet::PubRel(pubrel) => SessionEvent::PublishReleased(pubrel.pkid),
            Packet::SubAck(ack) => {
                SessionEvent::SubscribeAcknowledged(ack.pkid, ack.return_codes.into_iter().map(suback_error).collect())
            }
            _ => SessionEvent::Other,
        })
    }

    fn handle_connack(&mut self, ack: &ConnAck) -> Result<ConnAckInfo, MqttError> {
        self.connected = true;
        let mut connack = ConnAckInfo {
            session_present: ack.session_present,
            keep_alive: self.event_loop.options.keep_alive(),
            max_qos: Qos::ExactlyOnce,
            retain_available: true,
            max_packet_size: None,
            has_subscription_ids: true,
            notices: Vec::new(),
        };
        let Some(properties) = &ack.properties else { return Ok(connack) };
        if properties.receive_max == Some(0) {
            return Err(MqttError::Protocol(
                "the broker set Receive Maximum to 0 (section 3.2.2.3.3), so no message can be sent".to_owned(),
            ));
        }
        if properties.server_keep_alive == Some(0) {
            // Server Keep Alive (section 3.2.2.3.14). With 0, rumqttc would send PINGREQ without a pause.
            self.event_loop.options.set_keep_alive(self.keep_alive);
            connack.keep_alive = self.keep_alive;
            connack.notices.push(format!(
                "the broker turned keep alive off; the connection is still checked after {} s without packets",
                self.keep_alive.as_secs()
            ));
        }
        connack.notices.extend(session_expiry_notice(self.session_expiry, properties.session_expiry_interval));
        connack.max_qos = properties.max_qos.and_then(|qos| Qos::from_i64(qos.into())).unwrap_or(Qos::ExactlyOnce);
        connack.retain_available = properties.retain_available != Some(0);
        connack.max_packet_size = properties.max_packet_size;
        connack.has_subscription_ids = properties.subscription_identifiers_available != Some(0);
        Ok(connack)
    }

    fn map_error(&self, error: &ConnectionError) -> MqttError {
        let (endpoint, connected) = (&self.endpoint, self.connected);
        // The relay ends the connection when the broker refuses it: rumqttc would drop the reason.
        if let Some(refusal) = endpoint.relay.as_ref().and_then(RelayStatus::refusal) {
            return connack_error(&refusal);
        }
        match error {
            ConnectionError::NotConnAck(_) => endpoint.invalid_data_error(connected, error),
            ConnectionError::Timeout(_) => MqttError::KeepAliveTimeout,
            ConnectionError::MqttState(state) => match state {
                StateError::Deserialization(Malformed::PayloadSizeLimitExceeded { pkt_size, .. }) if connected => {
                    MqttError::PacketTooLarge(*pkt_size, endpoint.max_packet_size)
                }
                StateError::IncomingPacketTooLarge { pkt_size, .. } => {
                    MqttError::PacketTooLarge(*pkt_size, endpoint.max_packet_size)
                }
                // rumqttc cannot parse a DISCONNECT packet without a reason code.
                StateError::Deserialization(Malformed::PayloadRequired) if connected => MqttError::ClosedByBroker,
                StateError::Io(io) | StateError::Deserialization(Malformed::Io(io)) => {
                    endpoint.transport_error(io, connected)
                }
                StateError::Deserialization(malformed) => endpoint.invalid_data_error(connected, malformed),
                StateError::AwaitPingResp | StateError::CollisionTimeout => MqttError::KeepAliveTimeout,
                StateError::ConnectionAborted => endpoint.closed_error(connected),
                StateError::ServerDisconnect { reason_code, reason_string } => {
                    self.disconnect_error(*reason_code, reason_string.as_deref())
                }
                StateError::Unsolicited(packet_id) => {
                    MqttError::Protocol(format!("the broker acknowledged packet ID {packet_id}, which was not sent"))
                }
                StateError::WrongPacket => {
                    MqttError::Protocol("the broker sent a packet that only a client may send".to_owned())
                }
                other => MqttError::Protocol(other.to_string()),
            },
            other => endpoint.transport_error(other, connected),
        }
    }

    /// Converts the reason of the broker's DISCONNECT packet. The packet with its other properties is still
    /// among rumqttc's pending events.
    fn disconnect_error(&self, code: DisconnectReasonCode, reason: Option<&str>) -> MqttError {
        use DisconnectReasonCode as Code;
        let server_reference = self.event_loop.state.events.iter().find_map(|event| match event {
            Event::Incoming(Packet::Disconnect(Disconnect { properties: Some(properties), .. })) => {
                properties.server_reference.clone()
            }
            _ => None,
        });
        let server = server_text(server_reference.as_deref());
        match code {
            Code::SessionTakenOver => MqttError::SessionTakenOver(self.endpoint.client_id.clone()),
            Code::UseAnotherServer => MqttError::DisconnectedByBroker(with_reason_string(
                &format!("use {server} for now; the redirection is not followed"),
                reason,
            )),
            Code::ServerMoved => MqttError::ConnectionRefused(with_reason_string(
                &format!("the broker has moved to {server}; the redirection is not followed: edit the URL"),
                reason,
            )),
            Code::NormalDisconnection if reason.is_none() => MqttError::ClosedByBroker,
            code if refuses_packet(code) => MqttError::PacketRefused(reason_text(&code, reason)),
            code => MqttError::DisconnectedByBroker(reason_text(&code, reason)),
        }
    }
}

impl super::Requester for V5Requester {
    fn publish(&self, request: &PublishRequest, qos: Qos, retain: bool) -> bool {
        let payload = Bytes::from_owner(std::sync::Arc::clone(&request.payload));
        let (topic, qos) = (request.topic.as_str(), to_qos(qos));
        let properties = request.properties.as_deref().map(publish_properties).unwrap_or_default();
        self.0.try_publish_with_properties(topic, qos, retain, payload, properties).is_ok()
    }

    fn subscribe(&self, packet: &SubscribePacket) -> bool {
        let filters = subscribe_filters(packet);
        match subscribe_properties(packet) {
            Some(properties) => self.0.try_subscribe_many_with_properties(filters, properties).is_ok(),
            None => self.0.try_subscribe_many(filters).is_ok(),
        }
    }

    fn unsubscribe(&self, filter: &TopicFilter) -> bool {
        self.0.try_unsubscribe(filter.as_str()).is_ok()
    }

    fn disconnect(&self) -> bool {
        self.0.try_disconnect().is_ok()
    }
}
