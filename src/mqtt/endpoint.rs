//! Converts the errors of rumqttc into [`MqttError`], as far as both versions of MQTT have them in common.

use std::{error::Error, io};

use super::{error::MqttError, tls::HandshakeProgress, tls_error::tls_error, transport::RelayStatus};
use crate::model::profile::{ByteSize, MqttVersion, Profile, Scheme, SecretKey};

/// What error messages about a connection need to know about its broker and profile.
#[derive(Debug, Clone)]
pub(super) struct Endpoint {
    /// The host and the port: `broker.example:1883`.
    pub address: String,
    /// The scheme of the URL.
    pub scheme: Scheme,
    /// The version of MQTT.
    pub protocol: MqttVersion,
    /// The largest packet that this client accepts.
    pub max_packet_size: ByteSize,
    /// Whether the profile has a client certificate.
    pub has_client_certificate: bool,
    /// Whether the profile names application protocols for TLS.
    pub has_alpn: bool,
    /// What the web server of a WebSocket knows the client by, if the profile has a login for it.
    pub web_login: Option<SecretKey>,
    /// How far the handshake of TLS has come.
    pub handshake: HandshakeProgress,
    /// The path of the request without its query, for WebSocket.
    pub path: String,
    /// The state of the relay, once the connection is established without MQTT.
    pub relay: Option<RelayStatus>,
    /// The client ID.
    pub client_id: String,
}

impl Endpoint {
    pub(super) fn new(profile: &Profile, client_id: &str) -> Self {
        Self {
            address: profile.url.address(),
            scheme: profile.url.scheme,
            protocol: profile.protocol,
            max_packet_size: profile.max_packet_size,
            has_client_certificate: profile.tls.0.cert.is_some(),
            has_alpn: !profile.tls.0.alpn.0.is_empty(),
            web_login: profile.web_login(),
            handshake: HandshakeProgress::default(),
            path: profile.url.shown_path().to_owned(),
            relay: None,
            client_id: client_id.to_owned(),
        }
    }

    /// Returns the error for a network connection that the other side closed; `connected`: after CONNACK.
    pub(super) fn closed_error(&self, connected: bool) -> MqttError {
        match self.relay.as_ref().and_then(RelayStatus::error) {
            Some(error) => self.convert(&*error, connected),
            None => self.plainly_closed_error(connected),
        }
    }

    /// Returns the error for a connection that was closed or reset, without further details.
    fn plainly_closed_error(&self, connected: bool) -> MqttError {
        let address = self.address.clone();
        match (connected, self.scheme, self.protocol) {
            (true, ..) => MqttError::ClosedByBroker,
            (false, Scheme::Tls | Scheme::Wss, _)
                if self.handshake.certificate_was_requested() && !self.has_client_certificate =>
            {
                MqttError::ClientCertificateRequired
            }
            (false, Scheme::Ws | Scheme::Wss, _) if self.relay.is_some() => MqttError::ClosedAfterWebSocket(address),
            (false, Scheme::Tls, _) if self.relay.is_some() && self.has_alpn => MqttError::ClosedAfterAlpn(address),
            (false, Scheme::Tls, _) if self.relay.is_some() => MqttError::ClosedAfterHandshake(address),
            (false, Scheme::Tls | Scheme::Wss, _) => MqttError::ClosedDuringHandshake(address),
            (false, _, MqttVersion::V311) => MqttError::ClosedBeforeConnAck(address),
            (false, _, MqttVersion::V5) => MqttError::ClosedBeforeConnAckV5(address),
        }
    }

    /// Returns the error for received data that is not valid MQTT.
    pub(super) fn invalid_data_error(&self, connected: bool, detail: &dyn std::fmt::Display) -> MqttError {
        if connected { MqttError::Protocol(detail.to_string()) } else { self.not_mqtt_error() }
    }

    fn not_mqtt_error(&self) -> MqttError {
        if self.scheme.is_secure() {
            MqttError::NotMqttInTls(self.address.clone())
        } else {
            MqttError::NotMqtt(self.address.clone())
        }
    }

    /// Converts an error of the socket, of TLS or of the WebSocket. If rumqttc is connected to a relay, its error only
    /// says that the relay has gone: the one of the relay is converted.
    pub(super) fn transport_error(&self, error: &(dyn Error + 'static), connected: bool) -> MqttError {
        match self.relay.as_ref().and_then(RelayStatus::error) {
            Some(error) => self.convert(&*error, connected),
            None => self.convert(error, connected),
        }
    }

    fn convert(&self, error: &(dyn Error + 'static), connected: bool) -> MqttError {
        if let Some(tls) = find_error::<rustls::Error>(error) {
            return tls_error(self, tls, connected);
        }
        match find_error::<io::Error>(error) {
            Some(io) => self.io_error(io, connected),
            None => MqttError::ConnectionLost(error.to_string()),
        }
    }

    /// Converts an error of the socket.
    pub(super) fn io_error(&self, error: &io::Error, connected: bool) -> MqttError {
        use io::ErrorKind as Kind;
        match error.kind() {
            Kind::ConnectionRefused => MqttError::PortClosed(self.address.clone()),
            // tokio-util's decoder reports a stream that ends within a packet only with this text.
            Kind::Other if error.to_string().contains("bytes remaining") => {
                if connected {
                    MqttError::ClosedByBroker
                } else {
                    self.not_mqtt_error()
                }
            }
            Kind::UnexpectedEof if connected => MqttError::ClosedByBroker,
            Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe | Kind::UnexpectedEof if !connected => {
                self.plainly_closed_error(false)
            }
            Kind::HostUnreachable | Kind::NetworkUnreachable | Kind::NetworkDown | Kind::TimedOut if !connected => {
                MqttError::Unreachable(self.address.clone(), os_error_text(error))
            }
            _ => MqttError::ConnectionLost(os_error_text(error)),
        }
    }
}

/// Returns the first error of type `T` in a chain of errors. Also searches the inner errors of
/// [`io::Error`], which [`Error::source`] skips.
pub(super) fn find_error<'e, T: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e T> {
    let mut next = Some(error);
    while let Some(error) = next {
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if let Some(found) = inner.and_then(|inner| find_error::<T>(inner)) {
            return Some(found);
        }
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// Returns the text of an operating system error without its number: `connection reset by peer`.
fn os_error_text(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// Splits a CamelCase name into words: `NotAuthorized` becomes `not authorized`.
pub(super) fn split_words(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 8);
    let mut within_word = false;
    for c in name.chars() {
        if c.is_uppercase() && within_word {
            text.push(' ');
        }
        within_word = !c.is_uppercase();
        text.extend(c.to_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::profile::BrokerUrl;

    fn endpoint(url: &str) -> Endpoint {
        Endpoint::new(&Profile::from_broker_url(BrokerUrl::parse(url).unwrap()), "me")
    }

    #[test]
    fn transport_error_finds_cert_error_nested_in_io_errors() {
        use crate::mqtt::error::CertError;
        use rustls::{CertificateError, OtherError};
        let cert_error = CertError::NotYetValid(crate::model::profile::CertificatePin([1; 32]));
        let other = CertificateError::Other(OtherError(std::sync::Arc::new(cert_error.clone())));
        let tls = io::Error::new(io::ErrorKind::InvalidData, rustls::Error::InvalidCertificate(other));
        let nested = io::Error::other(tls);
        assert_eq!(endpoint("mqtts://a").transport_error(&nested, false), MqttError::Certificate(cert_error));
    }

    #[test]
    fn io_error_hint_depends_on_url_scheme() {
        let eof = io::Error::from(io::ErrorKind::UnexpectedEof);
        let closed = endpoint("mqtts://a").transport_error(&eof, false);
        assert_eq!(closed, MqttError::ClosedDuringHandshake("a:8883".to_owned()));
        let asked = endpoint("mqtts://a");
        asked.handshake.set_certificate_requested();
        assert_eq!(asked.transport_error(&eof, false), MqttError::ClientCertificateRequired);
        assert_eq!(
            endpoint("mqtt://[::1]").transport_error(&eof, false),
            MqttError::ClosedBeforeConnAck("[::1]:1883".to_owned())
        );
        assert_eq!(endpoint("mqtt://a").transport_error(&eof, true), MqttError::ClosedByBroker);
        let reset = io::Error::from_raw_os_error(104);
        assert_eq!(
            endpoint("mqtt://a").transport_error(&reset, true).to_string(),
            "connection lost: connection reset by peer"
        );
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        assert_eq!(endpoint("ws://a").transport_error(&refused, false).to_string(), "nothing listens on a:80");
    }

    #[test]
    fn split_words_splits_camel_case() {
        assert_eq!(split_words("NotAuthorized"), "not authorized");
        assert_eq!(split_words("UnknownCA"), "unknown ca");
        assert_eq!(split_words("QosNotSupported"), "qos not supported");
    }
}
