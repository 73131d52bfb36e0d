//! MQTT 3.1.1.

use bytes::Bytes;
use rumqttc::{
    AsyncClient, ConnectReturnCode, ConnectionError, Event, EventLoop, Incoming, LastWill, MqttOptions, NetworkOptions,
    Outgoing, Packet, Publish, QoS, StateError, SubscribeFilter, SubscribeReasonCode, mqttbytes::Error as Malformed,
};

use super::{Arrived, CAPACITY, Granted, Happening, INFLIGHT};
use crate::{
    model::{
        connection::{PublishRequest, Qos, Subscription},
        profile::Profile,
        topic::TopicFilter,
    },
    mqtt::{Login, fault::Fault, reach::Way, reason::Peer},
};

/// How long the client may take to write out what it was given. The watchdog is stricter, so that
/// a large message on a slow line has its time.
const FLUSH: u64 = 3_600;

/// The side that is polled.
pub struct Wire {
    events: EventLoop,
    peer: Peer,
    up: bool,
}

/// The side that gives things to do.
pub struct Hand(AsyncClient);

/// A client that has not connected yet.
pub fn open(profile: &Profile, login: &Login, peer: Peer, way: Way) -> (Hand, Wire) {
    let mut options = MqttOptions::new(&login.client_id, way.host, way.port);
    options
        .set_transport(way.transport)
        .set_keep_alive(profile.keep_alive.to_duration())
        // Without an id the broker can keep no session, and the client would panic.
        .set_clean_session(profile.clean_session || login.client_id.is_empty())
        .set_max_packet_size(limit(profile), usize::MAX)
        .set_inflight(INFLIGHT);
    if login.username.is_some() || login.password.is_some() {
        options.set_credentials(login.username.clone().unwrap_or_default(), login.password.clone().unwrap_or_default());
    }
    if let Some((topic, will)) = profile.will.as_ref().and_then(|will| Some((will.0.topic.as_ref()?, &will.0))) {
        options.set_last_will(LastWill::new(topic.as_str(), will.payload.as_bytes(), to_qos(will.qos), will.retain));
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
    let mut network = NetworkOptions::new();
    network.set_tcp_nodelay(true);
    network.set_connection_timeout(FLUSH);
    events.set_network_options(network);
    if !profile.clean_session {
        expect_releases(&mut events);
    }
    (Hand(client), Wire { events, peer, up: false })
}

fn limit(profile: &Profile) -> usize {
    usize::try_from(profile.max_packet_size.bytes()).unwrap_or(usize::MAX)
}

/// A broker that kept the session may release messages that an earlier connection received. The
/// client ends the line on a release that it does not expect, for ever again; so it expects all.
fn expect_releases(events: &mut EventLoop) {
    for packet in 1..=u16::MAX {
        let mut received = Publish::new("", QoS::ExactlyOnce, "");
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
            Ok(Event::Incoming(packet)) => Ok(self.incoming(packet)),
            Ok(Event::Outgoing(done)) => Ok(outgoing(&done)),
            Err(error) => Err(self.fault(&error)),
        }
    }
}

/// What the client did by itself or was told to do; the same in both versions.
pub(super) fn outgoing(done: &Outgoing) -> Happening {
    match done {
        Outgoing::Publish(packet) => Happening::Published(*packet),
        Outgoing::Subscribe(packet) => Happening::Subscribing(*packet),
        Outgoing::Disconnect => Happening::Goodbye,
        _ => Happening::Other,
    }
}

impl Wire {
    fn incoming(&mut self, packet: Incoming) -> Happening {
        match packet {
            Packet::Publish(Publish { qos, retain, topic, pkid, payload, .. }) => {
                let topic = Bytes::from(topic);
                Happening::Message(Arrived { topic, payload, qos: from_qos(qos), retain, packet: pkid })
            }
            Packet::ConnAck(ack) => {
                self.up = true;
                Happening::Up(Granted {
                    kept: ack.session_present,
                    keep_alive: self.events.mqtt_options.keep_alive(),
                    best_qos: Qos::ExactlyOnce,
                    retain: true,
                    max_packet: None,
                    notice: None,
                })
            }
            Packet::PubAck(ack) => Happening::Acknowledged(ack.pkid, None),
            Packet::PubComp(ack) => Happening::Acknowledged(ack.pkid, None),
            Packet::PubRel(release) => Happening::Released(release.pkid),
            Packet::SubAck(ack) => Happening::Subscribed(ack.pkid, ack.return_codes.into_iter().map(refusal).collect()),
            _ => Happening::Other,
        }
    }

    /// Whether the broker's goodbye is among the client's events.
    fn said_goodbye(&self) -> bool {
        self.events.state.events.iter().any(|event| matches!(event, Event::Incoming(Packet::Disconnect)))
    }

    fn fault(&self, error: &ConnectionError) -> Fault {
        let (peer, up) = (&self.peer, self.up);
        match error {
            ConnectionError::ConnectionRefused(code) => refused(*code),
            ConnectionError::NotConnAck(_) => peer.nonsense(up, error),
            ConnectionError::NetworkTimeout | ConnectionError::FlushTimeout => Fault::Silent,
            ConnectionError::MqttState(state) => match state {
                StateError::Deserialization(Malformed::PayloadSizeLimitExceeded(size)) if up => {
                    Fault::TooLarge(*size, peer.limit)
                }
                StateError::Io(io) | StateError::Deserialization(Malformed::Io(io)) => peer.transport(io, up),
                StateError::Deserialization(malformed) => peer.nonsense(up, malformed),
                StateError::AwaitPingResp | StateError::CollisionTimeout => Fault::Silent,
                StateError::ConnectionAborted => peer.closed(up),
                StateError::Unsolicited(packet) => {
                    Fault::Protocol(format!("it acknowledges packet {packet}, which was never sent"))
                }
                // Some brokers say goodbye in the way of MQTT 5, when the session is taken over too.
                StateError::WrongPacket if up && self.said_goodbye() => Fault::Closed,
                StateError::WrongPacket => Fault::Protocol("a packet that only a client may send".to_owned()),
                other => Fault::Protocol(other.to_string()),
            },
            other => peer.transport(other, up),
        }
    }
}

fn refused(code: ConnectReturnCode) -> Fault {
    let fatal = |why: &str| Fault::Refused(why.to_owned());
    match code {
        ConnectReturnCode::RefusedProtocolVersion => {
            fatal("the broker does not speak MQTT 3.1.1: try protocol = \"5\"")
        }
        ConnectReturnCode::BadClientId => fatal("the broker does not take this client id"),
        ConnectReturnCode::BadUserNamePassword => fatal("bad user name or password"),
        ConnectReturnCode::NotAuthorized => fatal("not authorized: user name, password or client id may be wrong"),
        ConnectReturnCode::ServiceUnavailable | ConnectReturnCode::Success => {
            Fault::RefusedNow("the broker is not available".to_owned())
        }
    }
}

fn refusal(code: SubscribeReasonCode) -> Option<String> {
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

impl super::Hand for Hand {
    fn publish(&self, order: &PublishRequest, qos: Qos, retain: bool) -> bool {
        self.0.try_publish(order.topic.as_str(), to_qos(qos), retain, &*order.payload).is_ok()
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
