//! From the client's errors to sentences: what they have in common in both versions of MQTT.

use std::{error::Error, io};

use rustls::{AlertDescription, CertificateError, OtherError};

use super::fault::{Distrust, Fault};
use crate::model::profile::{ByteSize, MqttVersion, Profile, Scheme};

/// Whom the line goes to: what sentences about it need to know.
#[derive(Debug, Clone)]
pub(super) struct Peer {
    /// The host and the port, as people write them.
    pub at: String,
    /// What carries the bytes.
    pub scheme: Scheme,
    /// The version of MQTT.
    pub protocol: MqttVersion,
    /// The largest packet that may come.
    pub limit: ByteSize,
    /// Whether this client shows a certificate of its own.
    pub has_certificate: bool,
    /// The client id.
    pub client_id: String,
}

impl Peer {
    pub(super) fn new(profile: &Profile, client_id: &str) -> Self {
        Self {
            at: format!("{}:{}", profile.url.bracketed_host(), profile.url.port),
            scheme: profile.url.scheme,
            protocol: profile.protocol,
            limit: profile.max_packet_size,
            has_certificate: profile.tls.0.cert.is_some(),
            client_id: client_id.to_owned(),
        }
    }

    /// The line was closed; `up`: within a session, else before one.
    pub(super) fn closed(&self, up: bool) -> Fault {
        match (up, self.scheme.is_secure(), self.protocol) {
            (true, ..) => Fault::Closed,
            (false, true, _) => Fault::NotTls(self.at.clone()),
            (false, false, MqttVersion::V311) => Fault::ClosedPlain(self.at.clone()),
            (false, false, MqttVersion::V5) => Fault::ClosedPlain5(self.at.clone()),
        }
    }

    /// What came cannot be understood.
    pub(super) fn nonsense(&self, up: bool, what: &dyn std::fmt::Display) -> Fault {
        if up { Fault::Protocol(what.to_string()) } else { Fault::NotMqtt(self.at.clone()) }
    }

    /// An error of the socket, of TLS or of the WebSocket.
    pub(super) fn transport(&self, error: &(dyn Error + 'static), up: bool) -> Fault {
        if let Some(tls) = find::<rustls::Error>(error) {
            return self.tls(tls, up);
        }
        if let Some(io) = find::<io::Error>(error) {
            return self.io(io, up);
        }
        let text = error.to_string();
        if !up && matches!(self.scheme, Scheme::Ws | Scheme::Wss) {
            return Fault::NotWebSocket(self.at.clone(), web_socket(&text));
        }
        Fault::Broke(text)
    }

    /// An error of the socket.
    pub(super) fn io(&self, error: &io::Error, up: bool) -> Fault {
        use io::ErrorKind as Kind;
        match error.kind() {
            Kind::ConnectionRefused => Fault::NothingListens(self.at.clone()),
            // The end came within a packet.
            Kind::Other if error.to_string().contains("bytes remaining") => {
                if up {
                    Fault::Closed
                } else {
                    Fault::NotMqtt(self.at.clone())
                }
            }
            Kind::UnexpectedEof if up => Fault::Closed,
            Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe | Kind::UnexpectedEof if !up => {
                self.closed(false)
            }
            Kind::HostUnreachable | Kind::NetworkUnreachable | Kind::NetworkDown | Kind::TimedOut if !up => {
                Fault::Unreachable(self.at.clone(), plain(error))
            }
            _ => Fault::Broke(plain(error)),
        }
    }

    fn tls(&self, error: &rustls::Error, up: bool) -> Fault {
        use AlertDescription as Alert;
        match error {
            rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(why))) => {
                match why.downcast_ref::<Distrust>() {
                    Some(why) => Fault::Certificate(why.clone()),
                    None => Fault::Tls(why.to_string()),
                }
            }
            rustls::Error::AlertReceived(Alert::CertificateRequired) => Fault::CertificateWanted,
            rustls::Error::AlertReceived(Alert::HandshakeFailure | Alert::BadCertificate) if !self.has_certificate => {
                Fault::CertificateWanted
            }
            rustls::Error::AlertReceived(
                alert @ (Alert::BadCertificate
                | Alert::UnsupportedCertificate
                | Alert::CertificateRevoked
                | Alert::CertificateExpired
                | Alert::CertificateUnknown
                | Alert::UnknownCA
                | Alert::AccessDenied
                | Alert::DecryptError),
            ) if self.has_certificate => Fault::CertificateRefused(spaced(&format!("{alert:?}"))),
            rustls::Error::InvalidMessage(_) if !up => Fault::NotTls(self.at.clone()),
            other => Fault::Tls(other.to_string()),
        }
    }
}

/// The first error of this type in a chain of errors, looking also into those that `io::Error`
/// hides.
pub(super) fn find<'e, T: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e T> {
    let mut next = Some(error);
    while let Some(error) = next {
        let hidden = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if let Some(found) = hidden.and_then(|hidden| find::<T>(hidden)) {
            return Some(found);
        }
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// What the system says, without its number: `connection reset by peer`.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// What a web server says, in fewer words.
fn web_socket(text: &str) -> String {
    match text.split_once("HTTP error: ") {
        Some((_, status)) => format!("the server answers {status}; is the path of the address right?"),
        None => text.trim_start_matches("Websocket: ").to_owned(),
    }
}

/// The words of a name in code: `NotAuthorized` is `not authorized`.
pub(super) fn spaced(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 8);
    let mut within_word = false;
    for letter in name.chars() {
        if letter.is_uppercase() && within_word {
            text.push(' ');
        }
        within_word = !letter.is_uppercase();
        text.extend(letter.to_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::profile::BrokerUrl;

    fn peer(url: &str) -> Peer {
        Peer::new(&Profile::from_broker_url(BrokerUrl::parse(url).unwrap()), "me")
    }

    #[test]
    fn hidden_errors_are_found() {
        let why = Distrust::NotYet(crate::model::profile::CertificatePin([1; 32]));
        let other = CertificateError::Other(OtherError(std::sync::Arc::new(why.clone())));
        let tls = io::Error::new(io::ErrorKind::InvalidData, rustls::Error::InvalidCertificate(other));
        let twice = io::Error::other(tls);
        assert_eq!(peer("mqtts://a").transport(&twice, false), Fault::Certificate(why));
    }

    #[test]
    fn hints_fit_the_address() {
        let eof = io::Error::from(io::ErrorKind::UnexpectedEof);
        assert_eq!(peer("mqtts://a").transport(&eof, false), Fault::NotTls("a:8883".to_owned()));
        assert_eq!(peer("mqtt://[::1]").transport(&eof, false), Fault::ClosedPlain("[::1]:1883".to_owned()));
        assert_eq!(peer("mqtt://a").transport(&eof, true), Fault::Closed);
        let reset = io::Error::from_raw_os_error(104);
        assert_eq!(peer("mqtt://a").transport(&reset, true).to_string(), "the line broke: connection reset by peer");
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        assert_eq!(peer("ws://a").transport(&refused, false).to_string(), "nothing listens on a:80");
    }

    #[test]
    fn names_become_words() {
        assert_eq!(spaced("NotAuthorized"), "not authorized");
        assert_eq!(spaced("UnknownCA"), "unknown ca");
        assert_eq!(spaced("QosNotSupported"), "qos not supported");
    }
}
