//! MQTT 5.

use std::time::Duration;

use bytes::Bytes;
use rumqttc::{
    NetworkOptions,
    v5::{
        AsyncClient, ConnectionError, Event, EventLoop, Incoming, MqttOptions, StateError,
        mqttbytes::{
            Error as Malformed, QoS,
            v5::{
                ConnAck, ConnectReturnCode, Disconnect, DisconnectReasonCode, Filter as SubscribeFilter, LastWill,
                Packet, PubAckReason, PubCompReason, PubRecReason, Publish, SubscribeReasonCode,
            },
        },
    },
};

use super::{ConnAckInfo, IncomingPublish, MAX_INFLIGHT, REQUEST_CAPACITY, SessionEvent, v3::outgoing_event};
use crate::{
    model::{
        connection::{PublishRequest, Qos, Subscription},
        profile::Profile,
        topic::TopicFilter,
    },
    mqtt::{
        Login,
        endpoint::{Endpoint, split_words},
        error::MqttError,
        transport::Route,
    },
};

/// The least that the client takes as keep-alive.
const MIN_KEEP_ALIVE: Duration = Duration::from_secs(5);

/// How long the client may take to connect. Whoever polls it is stricter.
const CONNECT_TIMEOUT_SECONDS: u64 = 86_400;

/// The side that is polled.
pub struct V5EventSource {
    event_loop: EventLoop,
    endpoint: Endpoint,
    keep_alive: Duration,
    connected: bool,
}

/// The side that gives things to do.
pub struct V5Requester(AsyncClient);

/// A client that has not connected yet.
pub fn create_client(
    profile: &Profile,
    login: &Login,
    endpoint: Endpoint,
    route: Route,
) -> (V5Requester, V5EventSource) {
    let keep_alive = profile.keep_alive.to_duration().max(MIN_KEEP_ALIVE);
    let mut network_options = NetworkOptions::new();
    network_options.set_tcp_nodelay(true);
    let mut options = MqttOptions::new(&login.client_id, route.host, route.port);
    options
        .set_transport(route.transport)
        .set_network_options(network_options)
        .set_keep_alive(keep_alive)
        .set_clean_start(profile.clean_session)
        // Without this the broker forgets the session at the end of the connection.
        .set_session_expiry_interval((!profile.clean_session).then_some(u32::MAX))
        .set_max_packet_size(Some(profile.max_packet_size.bytes()))
        .set_outgoing_inflight_upper_limit(MAX_INFLIGHT)
        .set_connection_timeout(CONNECT_TIMEOUT_SECONDS);
    if login.username.is_some() || login.password.is_some() {
        options.set_credentials(login.username.clone().unwrap_or_default(), login.password.clone().unwrap_or_default());
    }
    if let Some((topic, will)) = profile.will.as_ref().and_then(|will| Some((will.0.topic.as_ref()?, &will.0))) {
        let payload = will.payload.as_bytes();
        options.set_last_will(LastWill::new(topic.as_str(), payload, to_qos(will.qos), will.retain, None));
    }
    if let Some(proxy) = route.proxy {
        options.set_proxy(proxy);
    }
    if let Some((uri, host)) = route.websocket_request {
        options.set_request_modifier(move |mut request| {
            if let (Ok(uri), Ok(host)) = (uri.parse(), host.parse()) {
                *request.uri_mut() = uri;
                request.headers_mut().insert("Host", host);
            }
            async move { request }
        });
    }
    let (client, mut event_loop) = AsyncClient::new(options, REQUEST_CAPACITY);
    if !profile.clean_session {
        expect_pubrels(&mut event_loop);
    }
    (V5Requester(client), V5EventSource { event_loop, endpoint, keep_alive, connected: false })
}

/// See [`super::v3`]: the client must expect every release that a kept session may hold.
fn expect_pubrels(event_loop: &mut EventLoop) {
    for packet_id in 1..=u16::MAX {
        let mut publish = Publish::new("", QoS::ExactlyOnce, Bytes::new(), None);
        publish.pkid = packet_id;
        if let Err(error) = event_loop.state.handle_incoming_packet(Packet::Publish(publish)) {
            tracing::debug!("release {packet_id}: {error}");
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
            Packet::Publish(Publish { qos, retain, topic, pkid, payload, .. }) => {
                SessionEvent::PublishReceived(IncomingPublish {
                    topic,
                    payload,
                    qos: from_qos(qos),
                    retain,
                    packet_id: pkid,
                })
            }
            Packet::ConnAck(ack) => SessionEvent::Connected(self.handle_connack(&ack)?),
            Packet::PubAck(ack) => SessionEvent::PublishAcknowledged(
                ack.pkid,
                match ack.reason {
                    PubAckReason::Success | PubAckReason::NoMatchingSubscribers => None,
                    reason => {
                        Some(reason_text(&reason, ack.properties.and_then(|properties| properties.reason_string)))
                    }
                },
            ),
            Packet::PubRec(ack) => match ack.reason {
                PubRecReason::Success | PubRecReason::NoMatchingSubscribers => SessionEvent::Other,
                reason => SessionEvent::InflightLeaked(
                    ack.pkid,
                    reason_text(&reason, ack.properties.and_then(|properties| properties.reason_string)),
                ),
            },
            Packet::PubComp(ack) => match ack.reason {
                PubCompReason::Success => SessionEvent::PublishAcknowledged(ack.pkid, None),
                reason @ PubCompReason::PacketIdentifierNotFound => {
                    SessionEvent::InflightLeaked(ack.pkid, reason_text(&reason, None))
                }
            },
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
            notice: None,
        };
        let Some(properties) = &ack.properties else { return Ok(connack) };
        if properties.receive_max == Some(0) {
            return Err(MqttError::Protocol(
                "it takes 0 messages at a time (Receive Maximum), so nothing can be sent".to_owned(),
            ));
        }
        if properties.server_keep_alive == Some(0) {
            // The client would now ping without a pause.
            self.event_loop.options.set_keep_alive(self.keep_alive);
            connack.keep_alive = self.keep_alive;
            connack.notice = Some(format!(
                "the broker switches its keep-alive off; the line is still tested after {} s of silence",
                self.keep_alive.as_secs()
            ));
        }
        connack.max_qos = properties.max_qos.and_then(|qos| Qos::from_i64(qos.into())).unwrap_or(Qos::ExactlyOnce);
        connack.retain_available = properties.retain_available != Some(0);
        connack.max_packet_size = properties.max_packet_size;
        Ok(connack)
    }

    fn map_error(&self, error: &ConnectionError) -> MqttError {
        let (endpoint, connected) = (&self.endpoint, self.connected);
        match error {
            ConnectionError::ConnectionRefused(code) => connack_error(*code),
            ConnectionError::NotConnAck(_) => endpoint.invalid_data_error(connected, error),
            ConnectionError::Timeout(_) => MqttError::KeepAliveTimeout,
            ConnectionError::MqttState(state) => match state {
                StateError::Deserialization(Malformed::PayloadSizeLimitExceeded { pkt_size, .. }) if connected => {
                    MqttError::PacketTooLarge(*pkt_size, endpoint.max_packet_size)
                }
                StateError::IncomingPacketTooLarge { pkt_size, .. } => {
                    MqttError::PacketTooLarge(*pkt_size, endpoint.max_packet_size)
                }
                // A goodbye without a reason is not understood by the client.
                StateError::Deserialization(Malformed::PayloadRequired) if connected => MqttError::Closed,
                StateError::Io(io) | StateError::Deserialization(Malformed::Io(io)) => {
                    endpoint.transport_error(io, connected)
                }
                StateError::Deserialization(malformed) => endpoint.invalid_data_error(connected, malformed),
                StateError::AwaitPingResp | StateError::CollisionTimeout => MqttError::KeepAliveTimeout,
                StateError::ConnectionAborted => endpoint.closed_error(connected),
                StateError::ServerDisconnect { reason_code, reason_string } => {
                    self.disconnect_error(*reason_code, reason_string.clone())
                }
                StateError::Unsolicited(packet_id) => {
                    MqttError::Protocol(format!("it acknowledges packet {packet_id}, which was never sent"))
                }
                StateError::WrongPacket => MqttError::Protocol("a packet that only a client may send".to_owned()),
                other => MqttError::Protocol(other.to_string()),
            },
            other => endpoint.transport_error(other, connected),
        }
    }

    /// The broker's goodbye. What else it said is still among the client's events.
    fn disconnect_error(&self, code: DisconnectReasonCode, reason: Option<String>) -> MqttError {
        use DisconnectReasonCode as Code;
        let server_reference = self.event_loop.state.events.iter().find_map(|event| match event {
            Event::Incoming(Packet::Disconnect(Disconnect { properties: Some(properties), .. })) => {
                properties.server_reference.clone()
            }
            _ => None,
        });
        let server = server_reference.map_or_else(|| "another server".to_owned(), |name| format!("the server {name}"));
        match code {
            Code::SessionTakenOver => MqttError::SessionTakenOver(self.endpoint.client_id.clone()),
            Code::UseAnotherServer => {
                MqttError::DisconnectedByBroker(format!("it wants {server} to be used for now; that is not followed"))
            }
            Code::ServerMoved => MqttError::ConnectionRefused(format!(
                "the broker has moved to {server}; that is not followed: edit the address"
            )),
            Code::NormalDisconnection if reason.is_none() => MqttError::Closed,
            code => MqttError::DisconnectedByBroker(reason_text(&code, reason)),
        }
    }
}

/// A reason code in words, and what the broker adds.
fn reason_text(code: &dyn std::fmt::Debug, reason_string: Option<String>) -> String {
    let text = split_words(&format!("{code:?}").replace("QoS", "Qos"));
    match reason_string {
        Some(reason_string) if !reason_string.is_empty() => format!("{text}: {reason_string}"),
        _ => text,
    }
}

fn connack_error(code: ConnectReturnCode) -> MqttError {
    use ConnectReturnCode as Code;
    let fatal = |reason: &str| MqttError::ConnectionRefused(reason.to_owned());
    match code {
        Code::BadUserNamePassword => fatal("bad user name or password"),
        Code::NotAuthorized => fatal("not authorized: user name, password or client id may be wrong"),
        Code::BadClientId | Code::ClientIdentifierNotValid => fatal("the broker does not take this client id"),
        Code::RefusedProtocolVersion | Code::UnsupportedProtocolVersion => {
            fatal("the broker does not speak MQTT 5: try protocol = \"3.1.1\"")
        }
        Code::Banned => fatal("this client is banned"),
        Code::BadAuthenticationMethod => fatal("the broker wants another way to log in"),
        Code::RetainNotSupported => fatal("the broker keeps no messages, so the last will cannot have `retain`"),
        Code::QoSNotSupported => fatal("the broker does not do this quality of service: lower the last will's `qos`"),
        Code::TopicNameInvalid => fatal("the broker does not take the topic of the last will"),
        Code::ServerMoved => fatal("the broker has moved to another server; that is not followed: edit the address"),
        Code::UseAnotherServer => MqttError::ConnectionRefusedTemporarily(
            "the broker wants another server to be used; that is not followed".to_owned(),
        ),
        other => MqttError::ConnectionRefusedTemporarily(reason_text(&other, None)),
    }
}

fn suback_error(code: SubscribeReasonCode) -> Option<String> {
    use SubscribeReasonCode as Code;
    let reason = match code {
        Code::Success(_) => return None,
        Code::NotAuthorized => "the broker does not allow this subscription",
        Code::TopicFilterInvalid => "the broker does not take this filter",
        Code::QuotaExceeded => "the broker allows no more subscriptions",
        Code::SharedSubscriptionsNotSupported => "the broker has no shared subscriptions",
        Code::WildcardSubscriptionsNotSupported => "the broker has no wildcards",
        _ => "the broker refuses this subscription",
    };
    Some(reason.to_owned())
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

impl super::Requester for V5Requester {
    fn publish(&self, request: &PublishRequest, qos: Qos, retain: bool) -> bool {
        let payload = Bytes::from_owner(std::sync::Arc::clone(&request.payload));
        self.0.try_publish(request.topic.as_str(), to_qos(qos), retain, payload).is_ok()
    }

    fn subscribe(&self, subscriptions: &[Subscription]) -> bool {
        let filters = subscriptions
            .iter()
            .map(|subscription| SubscribeFilter::new(subscription.filter.to_string(), to_qos(subscription.qos)));
        self.0.try_subscribe_many(filters).is_ok()
    }

    fn unsubscribe(&self, filter: &TopicFilter) -> bool {
        self.0.try_unsubscribe(filter.as_str()).is_ok()
    }

    fn disconnect(&self) -> bool {
        self.0.try_disconnect().is_ok()
    }
}
