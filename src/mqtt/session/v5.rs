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

use super::{Arrived, CAPACITY, Granted, Happening, INFLIGHT, v3::outgoing};
use crate::{
    model::{
        connection::{PublishRequest, Qos, Subscription},
        profile::Profile,
        topic::TopicFilter,
    },
    mqtt::{
        Login,
        fault::Fault,
        reach::Way,
        reason::{Peer, spaced},
    },
};

/// The least that the client takes as keep-alive.
const LEAST_KEEP_ALIVE: Duration = Duration::from_secs(5);

/// How long the client may take to connect. Whoever polls it is stricter.
const CONNECT: u64 = 86_400;

/// The side that is polled.
pub struct Wire {
    events: EventLoop,
    peer: Peer,
    keep_alive: Duration,
    up: bool,
}

/// The side that gives things to do.
pub struct Hand(AsyncClient);

/// A client that has not connected yet.
pub fn open(profile: &Profile, login: &Login, peer: Peer, way: Way) -> (Hand, Wire) {
    let keep_alive = profile.keep_alive.to_duration().max(LEAST_KEEP_ALIVE);
    let mut network = NetworkOptions::new();
    network.set_tcp_nodelay(true);
    let mut options = MqttOptions::new(&login.client_id, way.host, way.port);
    options
        .set_transport(way.transport)
        .set_network_options(network)
        .set_keep_alive(keep_alive)
        .set_clean_start(profile.clean_session)
        // Without this the broker forgets the session at the end of the connection.
        .set_session_expiry_interval((!profile.clean_session).then_some(u32::MAX))
        .set_max_packet_size(Some(profile.max_packet_size.bytes()))
        .set_outgoing_inflight_upper_limit(INFLIGHT)
        .set_connection_timeout(CONNECT);
    if login.username.is_some() || login.password.is_some() {
        options.set_credentials(login.username.clone().unwrap_or_default(), login.password.clone().unwrap_or_default());
    }
    if let Some((topic, will)) = profile.will.as_ref().and_then(|will| Some((will.0.topic.as_ref()?, &will.0))) {
        let payload = will.payload.as_bytes();
        options.set_last_will(LastWill::new(topic.as_str(), payload, to_qos(will.qos), will.retain, None));
    }
    if let Some(proxy) = way.proxy {
        options.set_proxy(proxy);
    }
    if let Some((uri, host)) = way.request {
        options.set_request_modifier(move |mut request| {
            if let (Ok(uri), Ok(host)) = (uri.parse(), host.parse()) {
                *request.uri_mut() = uri;
                request.headers_mut().insert("Host", host);
            }
            async move { request }
        });
    }
    let (client, mut events) = AsyncClient::new(options, CAPACITY);
    if !profile.clean_session {
        expect_releases(&mut events);
    }
    (Hand(client), Wire { events, peer, keep_alive, up: false })
}

/// See [`super::v3`]: the client must expect every release that a kept session may hold.
fn expect_releases(events: &mut EventLoop) {
    for packet in 1..=u16::MAX {
        let mut received = Publish::new("", QoS::ExactlyOnce, Bytes::new(), None);
        received.pkid = packet;
        if let Err(fault) = events.state.handle_incoming_packet(Packet::Publish(received)) {
            tracing::debug!("release {packet}: {fault}");
        }
        events.state.events.clear();
    }
}

impl super::Wire for Wire {
    async fn poll(&mut self) -> Result<Happening, Fault> {
        match self.events.poll().await {
            Ok(Event::Incoming(packet)) => self.incoming(packet),
            Ok(Event::Outgoing(done)) => Ok(outgoing(&done)),
            Err(error) => Err(self.fault(&error)),
        }
    }
}

impl Wire {
    fn incoming(&mut self, packet: Incoming) -> Result<Happening, Fault> {
        Ok(match packet {
            Packet::Publish(Publish { qos, retain, topic, pkid, payload, .. }) => {
                Happening::Message(Arrived { topic, payload, qos: from_qos(qos), retain, packet: pkid })
            }
            Packet::ConnAck(ack) => Happening::Up(self.granted(&ack)?),
            Packet::PubAck(ack) => Happening::Acknowledged(
                ack.pkid,
                match ack.reason {
                    PubAckReason::Success | PubAckReason::NoMatchingSubscribers => None,
                    reason => Some(said(&reason, ack.properties.and_then(|more| more.reason_string))),
                },
            ),
            Packet::PubRec(ack) => match ack.reason {
                PubRecReason::Success | PubRecReason::NoMatchingSubscribers => Happening::Other,
                reason => {
                    Happening::Leaked(ack.pkid, said(&reason, ack.properties.and_then(|more| more.reason_string)))
                }
            },
            Packet::PubComp(ack) => match ack.reason {
                PubCompReason::Success => Happening::Acknowledged(ack.pkid, None),
                reason @ PubCompReason::PacketIdentifierNotFound => Happening::Leaked(ack.pkid, said(&reason, None)),
            },
            Packet::PubRel(release) => Happening::Released(release.pkid),
            Packet::SubAck(ack) => Happening::Subscribed(ack.pkid, ack.return_codes.into_iter().map(refusal).collect()),
            _ => Happening::Other,
        })
    }

    fn granted(&mut self, ack: &ConnAck) -> Result<Granted, Fault> {
        self.up = true;
        let mut granted = Granted {
            kept: ack.session_present,
            keep_alive: self.events.options.keep_alive(),
            best_qos: Qos::ExactlyOnce,
            retain: true,
            max_packet: None,
            notice: None,
        };
        let Some(more) = &ack.properties else { return Ok(granted) };
        if more.receive_max == Some(0) {
            return Err(Fault::Protocol(
                "it takes 0 messages at a time (Receive Maximum), so nothing can be sent".to_owned(),
            ));
        }
        if more.server_keep_alive == Some(0) {
            // The client would now ping without a pause.
            self.events.options.set_keep_alive(self.keep_alive);
            granted.keep_alive = self.keep_alive;
            granted.notice = Some(format!(
                "the broker switches its keep-alive off; the line is still tested after {} s of silence",
                self.keep_alive.as_secs()
            ));
        }
        granted.best_qos = more.max_qos.and_then(|qos| Qos::from_i64(qos.into())).unwrap_or(Qos::ExactlyOnce);
        granted.retain = more.retain_available != Some(0);
        granted.max_packet = more.max_packet_size;
        Ok(granted)
    }

    fn fault(&self, error: &ConnectionError) -> Fault {
        let (peer, up) = (&self.peer, self.up);
        match error {
            ConnectionError::ConnectionRefused(code) => refused(*code),
            ConnectionError::NotConnAck(_) => peer.nonsense(up, error),
            ConnectionError::Timeout(_) => Fault::Silent,
            ConnectionError::MqttState(state) => match state {
                StateError::Deserialization(Malformed::PayloadSizeLimitExceeded { pkt_size, .. }) if up => {
                    Fault::TooLarge(*pkt_size, peer.limit)
                }
                StateError::IncomingPacketTooLarge { pkt_size, .. } => Fault::TooLarge(*pkt_size, peer.limit),
                // A goodbye without a reason is not understood by the client.
                StateError::Deserialization(Malformed::PayloadRequired) if up => Fault::Closed,
                StateError::Io(io) | StateError::Deserialization(Malformed::Io(io)) => peer.transport(io, up),
                StateError::Deserialization(malformed) => peer.nonsense(up, malformed),
                StateError::AwaitPingResp | StateError::CollisionTimeout => Fault::Silent,
                StateError::ConnectionAborted => peer.closed(up),
                StateError::ServerDisconnect { reason_code, reason_string } => {
                    self.goodbye(*reason_code, reason_string.clone())
                }
                StateError::Unsolicited(packet) => {
                    Fault::Protocol(format!("it acknowledges packet {packet}, which was never sent"))
                }
                StateError::WrongPacket => Fault::Protocol("a packet that only a client may send".to_owned()),
                other => Fault::Protocol(other.to_string()),
            },
            other => peer.transport(other, up),
        }
    }

    /// The broker's goodbye. What else it said is still among the client's events.
    fn goodbye(&self, code: DisconnectReasonCode, reason: Option<String>) -> Fault {
        use DisconnectReasonCode as Code;
        let elsewhere = self.events.state.events.iter().find_map(|event| match event {
            Event::Incoming(Packet::Disconnect(Disconnect { properties: Some(more), .. })) => {
                more.server_reference.clone()
            }
            _ => None,
        });
        let to = elsewhere.map_or_else(|| "another server".to_owned(), |name| format!("the server {name}"));
        match code {
            Code::SessionTakenOver => Fault::TakenOver(self.peer.client_id.clone()),
            Code::UseAnotherServer => Fault::Said(format!("it wants {to} to be used for now; that is not followed")),
            Code::ServerMoved => {
                Fault::Refused(format!("the broker has moved to {to}; that is not followed: edit the address"))
            }
            Code::NormalDisconnection if reason.is_none() => Fault::Closed,
            code => Fault::Said(said(&code, reason)),
        }
    }
}

/// A reason code in words, and what the broker adds.
fn said(code: &dyn std::fmt::Debug, more: Option<String>) -> String {
    let words = spaced(&format!("{code:?}").replace("QoS", "Qos"));
    match more {
        Some(more) if !more.is_empty() => format!("{words}: {more}"),
        _ => words,
    }
}

fn refused(code: ConnectReturnCode) -> Fault {
    use ConnectReturnCode as Code;
    let fatal = |why: &str| Fault::Refused(why.to_owned());
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
        Code::UseAnotherServer => {
            Fault::RefusedNow("the broker wants another server to be used; that is not followed".to_owned())
        }
        other => Fault::RefusedNow(said(&other, None)),
    }
}

fn refusal(code: SubscribeReasonCode) -> Option<String> {
    use SubscribeReasonCode as Code;
    let why = match code {
        Code::Success(_) => return None,
        Code::NotAuthorized => "the broker does not allow this subscription",
        Code::TopicFilterInvalid => "the broker does not take this filter",
        Code::QuotaExceeded => "the broker allows no more subscriptions",
        Code::SharedSubscriptionsNotSupported => "the broker has no shared subscriptions",
        Code::WildcardSubscriptionsNotSupported => "the broker has no wildcards",
        _ => "the broker refuses this subscription",
    };
    Some(why.to_owned())
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

impl super::Hand for Hand {
    fn publish(&self, order: &PublishRequest, qos: Qos, retain: bool) -> bool {
        let payload = Bytes::from_owner(std::sync::Arc::clone(&order.payload));
        self.0.try_publish(order.topic.as_str(), to_qos(qos), retain, payload).is_ok()
    }

    fn subscribe(&self, filters: &[Subscription]) -> bool {
        let filters = filters.iter().map(|want| SubscribeFilter::new(want.filter.to_string(), to_qos(want.qos)));
        self.0.try_subscribe_many(filters).is_ok()
    }

    fn unsubscribe(&self, filter: &TopicFilter) -> bool {
        self.0.try_unsubscribe(filter.as_str()).is_ok()
    }

    fn disconnect(&self) -> bool {
        self.0.try_disconnect().is_ok()
    }
}
