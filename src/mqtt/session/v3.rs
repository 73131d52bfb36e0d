//! The session interface for MQTT 3.1.1.

use bytes::Bytes;
use rumqttc::{
    AsyncClient, ConnectReturnCode, ConnectionError, Event, EventLoop, Incoming, LastWill, MqttOptions, NetworkOptions,
    Outgoing, Packet, PubRel, Publish, QoS, Request, StateError, SubscribeFilter, SubscribeReasonCode, Unsubscribe,
    mqttbytes::Error as Malformed,
};

use super::{ConnAckInfo, IncomingPublish, MAX_INFLIGHT, REQUEST_CAPACITY, SessionEvent};
use crate::{
    model::{
        connection::{PublishRequest, Qos},
        password::Password,
        profile::Profile,
        topic::TopicFilter,
    },
    mqtt::{
        Login, endpoint::Endpoint, error::MqttError, outbox::ResumedPublish, subscriptions::SubscribePacket,
        transport::Route,
    },
};

/// rumqttc's timeout for connecting and for writing packets. It is long, so that a large message can be
/// written over a slow network; `reconnect_loop` and `network_connection` have stricter timeouts.
const FLUSH_TIMEOUT_SECONDS: u64 = 3_600;

/// The half of the client that is polled for events.
pub(crate) struct V3EventSource {
    event_loop: EventLoop,
    endpoint: Endpoint,
    connected: bool,
}

/// The half of the client that sends packets.
pub(crate) struct V3Requester(AsyncClient);

/// Creates a client. It connects when its event source is first polled.
pub(crate) fn create_client(
    profile: &Profile,
    login: &Login,
    endpoint: Endpoint,
    route: Route,
    resumed: &[ResumedPublish],
) -> (V3Requester, V3EventSource) {
    let mut options = MqttOptions::new(&login.client_id, route.host, route.port);
    options
        .set_keep_alive(profile.keep_alive.to_duration())
        // An empty client ID requires a clean session (section 3.1.3.1), otherwise rumqttc panics.
        .set_clean_session(profile.clean_session || login.client_id.is_empty())
        .set_max_packet_size(max_packet_size(profile), usize::MAX)
        .set_inflight(MAX_INFLIGHT);
    if login.username.is_some() || login.password().is_some() {
        let password = login.password().map(Password::as_str).unwrap_or_default();
        options.set_credentials(login.username.clone().unwrap_or_default(), password);
    }
    if let Some((topic, will)) = profile.will.as_ref().and_then(|will| Some((will.0.topic.as_ref()?, &will.0))) {
        options.set_last_will(LastWill::new(topic.as_str(), will.payload.as_bytes(), to_qos(will.qos), will.retain));
    }
    if let Some(proxy) = route.proxy {
        options.set_proxy(proxy);
    }
    let (client, mut event_loop) = AsyncClient::new(options, REQUEST_CAPACITY);
    let mut network_options = NetworkOptions::new();
    network_options.set_tcp_nodelay(true);
    network_options.set_connection_timeout(FLUSH_TIMEOUT_SECONDS);
    event_loop.set_network_options(network_options);
    if !profile.clean_session {
        expect_pubrels(&mut event_loop);
        resume(&mut event_loop, resumed);
    }
    (V3Requester(client), V3EventSource { event_loop, endpoint, connected: false })
}

fn max_packet_size(profile: &Profile) -> usize {
    usize::try_from(profile.max_packet_size.bytes()).unwrap_or(usize::MAX)
}

/// Makes rumqttc expect a PUBREL for every packet ID.
///
/// With session state, the broker may send PUBREL for messages that an earlier network connection
/// received. rumqttc closes the network connection on a PUBREL that it does not expect, and the broker
/// would send it again each time.
fn expect_pubrels(event_loop: &mut EventLoop) {
    for packet_id in 1..=u16::MAX {
        let mut publish = Publish::new("", QoS::ExactlyOnce, "");
        publish.pkid = packet_id;
        if let Err(error) = event_loop.state.handle_incoming_packet(Packet::Publish(publish)) {
            tracing::debug!("cannot expect PUBREL for packet ID {packet_id}: {error}");
        }
        event_loop.state.events.clear();
    }
}

/// Makes rumqttc complete these exchanges first, if the broker has session state. The packet IDs of other packets begin
/// after theirs.
fn resume(event_loop: &mut EventLoop, resumed: &[ResumedPublish]) {
    for _ in 0..resumed.iter().map(|publish| publish.packet_id).max().unwrap_or_default() {
        let skipped = event_loop.state.handle_outgoing_packet(Request::Unsubscribe(Unsubscribe::new("-")));
        tracing::trace!(skipped = skipped.is_ok(), "a packet ID");
        event_loop.state.events.clear();
    }
    event_loop.pending.extend(resumed.iter().map(|ResumedPublish { packet_id, request }| match request {
        Some(PublishRequest { topic, payload, retain, .. }) => {
            let mut publish = Publish::new(topic.as_str(), QoS::ExactlyOnce, &**payload);
            (publish.pkid, publish.dup, publish.retain) = (*packet_id, true, *retain);
            Request::Publish(publish)
        }
        None => Request::PubRel(PubRel::new(*packet_id)),
    }));
}

impl super::EventSource for V3EventSource {
    async fn poll(&mut self) -> Result<SessionEvent, MqttError> {
        match self.event_loop.poll().await {
            Ok(Event::Incoming(packet)) => Ok(self.incoming_event(packet)),
            Ok(Event::Outgoing(outgoing)) => Ok(outgoing_event(&outgoing)),
            Err(error) => Err(self.map_error(&error)),
        }
    }
}

/// Converts an event about an outgoing packet. rumqttc uses the same type for both versions.
pub(super) fn outgoing_event(outgoing: &Outgoing) -> SessionEvent {
    match outgoing {
        Outgoing::Publish(packet_id) => SessionEvent::PublishWritten(*packet_id),
        Outgoing::Subscribe(packet_id) => SessionEvent::SubscribeWritten(*packet_id),
        Outgoing::PingReq => SessionEvent::PingWritten,
        Outgoing::Disconnect => SessionEvent::DisconnectWritten,
        _ => SessionEvent::Other,
    }
}

impl V3EventSource {
    fn incoming_event(&mut self, packet: Incoming) -> SessionEvent {
        match packet {
            Packet::Publish(Publish { qos, retain, topic, pkid, payload, .. }) => {
                let topic = Bytes::from(topic);
                SessionEvent::PublishReceived(IncomingPublish {
                    topic,
                    payload,
                    qos: from_qos(qos),
                    retain,
                    packet_id: pkid,
                    subscription_ids: Vec::new(),
                    properties: None,
                })
            }
            Packet::ConnAck(ack) => {
                self.connected = true;
                SessionEvent::Connected(ConnAckInfo {
                    session_present: ack.session_present,
                    keep_alive: self.event_loop.mqtt_options.keep_alive(),
                    max_qos: Qos::ExactlyOnce,
                    retain_available: true,
                    max_packet_size: None,
                    has_subscription_ids: false,
                    notices: Vec::new(),
                })
            }
            Packet::PubRec(ack) => SessionEvent::PublishAccepted(ack.pkid),
            Packet::PubAck(ack) => SessionEvent::PublishAcknowledged(ack.pkid, None),
            Packet::PubComp(ack) => SessionEvent::PublishAcknowledged(ack.pkid, None),
            Packet::PingResp => SessionEvent::PingAnswered,
            Packet::PubRel(pubrel) => SessionEvent::PublishReleased(pubrel.pkid),
            Packet::SubAck(ack) => {
                SessionEvent::SubscribeAcknowledged(ack.pkid, ack.return_codes.into_iter().map(suback_error).collect())
            }
            _ => SessionEvent::Other,
        }
    }

    /// Returns whether a DISCONNECT packet is among rumqttc's pending events.
    fn received_disconnect(&self) -> bool {
        self.event_loop.state.events.iter().any(|event| matches!(event, Event::Incoming(Packet::Disconnect)))
    }

    fn map_error(&self, error: &ConnectionError) -> MqttError {
        let (endpoint, connected) = (&self.endpoint, self.connected);
        match error {
            ConnectionError::ConnectionRefused(code) => connack_error(*code),
            ConnectionError::NotConnAck(_) => endpoint.invalid_data_error(connected, error),
            ConnectionError::NetworkTimeout | ConnectionError::FlushTimeout => MqttError::KeepAliveTimeout,
            ConnectionError::MqttState(state) => match state {
                StateError::Deserialization(Malformed::PayloadSizeLimitExceeded(size)) if connected => {
                    MqttError::PacketTooLarge(*size, endpoint.max_packet_size)
                }
                StateError::Io(io) | StateError::Deserialization(Malformed::Io(io)) => {
                    endpoint.transport_error(io, connected)
                }
                StateError::Deserialization(malformed) => endpoint.invalid_data_error(connected, malformed),
                StateError::AwaitPingResp | StateError::CollisionTimeout => MqttError::KeepAliveTimeout,
                StateError::ConnectionAborted => endpoint.closed_error(connected),
                StateError::Unsolicited(packet_id) => {
                    MqttError::Protocol(format!("the broker acknowledged packet ID {packet_id}, which was not sent"))
                }
                // In MQTT 3.1.1 only a client may send DISCONNECT (section 3.14). Some brokers send it
                // as in MQTT 5, also when the session is taken over.
                StateError::WrongPacket if connected && self.received_disconnect() => MqttError::ClosedByBroker,
                StateError::WrongPacket => {
                    MqttError::Protocol("the broker sent a packet that only a client may send".to_owned())
                }
                other => MqttError::Protocol(other.to_string()),
            },
            other => endpoint.transport_error(other, connected),
        }
    }
}

fn connack_error(code: ConnectReturnCode) -> MqttError {
    let fatal = |reason: &str| MqttError::ConnectionRefused(reason.to_owned());
    match code {
        ConnectReturnCode::RefusedProtocolVersion => {
            fatal("the broker does not support MQTT 3.1.1: try protocol = \"5\"")
        }
        ConnectReturnCode::BadClientId => fatal("the broker rejected the client ID"),
        ConnectReturnCode::BadUserNamePassword => MqttError::LoginRefused("bad user name or password".to_owned()),
        ConnectReturnCode::NotAuthorized => {
            MqttError::LoginRefused("not authorized: check user name, password and client ID".to_owned())
        }
        ConnectReturnCode::ServiceUnavailable | ConnectReturnCode::Success => {
            MqttError::ConnectionRefusedTemporarily("the broker is not available".to_owned())
        }
    }
}

fn suback_error(code: SubscribeReasonCode) -> Option<String> {
    match code {
        SubscribeReasonCode::Success(_) => None,
        SubscribeReasonCode::Failure => Some("the broker does not allow this subscription".to_owned()),
    }
}

fn to_qos(qos: Qos) -> QoS {
    match qos {
        Qos::AtMostOnce => QoS::AtMostOnce,
        Qos::AtLeastOnce => QoS::AtLeastOnce,
        Qos::ExactlyOnce => QoS::ExactlyOnce,
    }
}

fn from_qos(qos: QoS) -> Qos {
    match qos {
        QoS::AtMostOnce => Qos::AtMostOnce,
        QoS::AtLeastOnce => Qos::AtLeastOnce,
        QoS::ExactlyOnce => Qos::ExactlyOnce,
    }
}

impl super::Requester for V3Requester {
    fn publish(&self, request: &PublishRequest, qos: Qos, retain: bool) -> bool {
        self.0.try_publish(request.topic.as_str(), to_qos(qos), retain, &*request.payload).is_ok()
    }

    fn subscribe(&self, packet: &SubscribePacket) -> bool {
        let filters = packet.subscriptions.iter().map(|subscription| {
            SubscribeFilter::new(subscription.filter.to_string(), to_qos(subscription.options.qos))
        });
        self.0.try_subscribe_many(filters).is_ok()
    }

    fn unsubscribe(&self, filter: &TopicFilter) -> bool {
        self.0.try_unsubscribe(filter.as_str()).is_ok()
    }

    fn disconnect(&self) -> bool {
        self.0.try_disconnect().is_ok()
    }
}
