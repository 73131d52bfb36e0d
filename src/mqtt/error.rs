//! Why a connection fails, with a message for the user.

use crate::model::{
    profile::{ByteSize, CertificatePin, SecretKey},
    unsafe_char::is_unsafe,
};

/// The error that ended a connection or an attempt to connect. Its text is a sentence without a period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MqttError {
    /// The DNS knows no such host name.
    #[error("no such host: {0}")]
    NoSuchHost(String),
    /// The DNS lookup failed; a later one may succeed.
    #[error("cannot look up {0}: is this machine online?")]
    LookupFailed(String),
    /// The port is closed.
    #[error("nothing listens on {0}")]
    PortClosed(String),
    /// There is no route to the host, or none of its addresses answers.
    #[error("cannot reach {0}: {1}")]
    Unreachable(String, String),
    /// The broker did not answer within the `connect_timeout` of the profile, in seconds.
    #[error("no answer from {0} within {1} s")]
    ConnectTimeout(String, u64),
    /// The network connection was closed before CONNACK.
    #[error("{0} closed the connection without an answer: is this a TLS port? use mqtts:// or wss://")]
    ClosedBeforeConnAck(String),
    /// The network connection was closed before CONNACK, with `protocol = "5"`.
    #[error("{0} closed the connection without an answer: is this a TLS port (mqtts://) or MQTT 3.1.1 only?")]
    ClosedBeforeConnAckV5(String),
    /// The server does not use TLS.
    #[error("{0} does not answer with TLS: is this a TLS port? without TLS, use mqtt:// or ws://")]
    NotTls(String),
    /// The network connection was closed before CONNACK, with TLS.
    #[error(
        "{0} closed the connection without an answer: is this a TLS port? without TLS, use mqtt:// or ws://; \
         otherwise, the log of the broker may say why"
    )]
    ClosedDuringHandshake(String),
    /// The network connection was closed before CONNACK, after the handshake of TLS.
    #[error(
        "{0} speaks TLS, but closed the connection before it answered in MQTT: does it refuse the login, or want \
         another port or an application protocol (`alpn` under [tls])? its log may say why"
    )]
    ClosedAfterHandshake(String),
    /// The same with `alpn`.
    #[error(
        "{0} speaks TLS, but closed the connection before it answered in MQTT: does it refuse the login, or want \
         another port or another `alpn` under [tls]? its log may say why"
    )]
    ClosedAfterAlpn(String),
    /// The network connection was closed before CONNACK, after the handshake of a WebSocket.
    #[error(
        "{0} accepted the WebSocket, but closed it before it answered in MQTT: is the path of the URL right? does the \
         broker refuse the login? its log may say why"
    )]
    ClosedAfterWebSocket(String),
    /// The server uses another protocol.
    #[error(
        "the answer of {0} is not MQTT: is the port right? a TLS port needs mqtts:// or wss://, a web server ws://"
    )]
    NotMqtt(String),
    /// The server uses another protocol within TLS.
    #[error("{0} speaks TLS, but its answer is not MQTT: is the port right? a web server needs wss://")]
    NotMqttInTls(String),
    /// The WebSocket handshake failed.
    #[error("{0} is not a WebSocket for MQTT: {1}")]
    NotWebSocket(String, String),
    /// The web server of a WebSocket with this address answered with a status of HTTP that is not expected.
    #[error("{0} answered {1}")]
    HttpStatus(String, String),
    /// The same, because it does not accept this secret.
    #[error("{0} answered {1}")]
    WebLoginRefused(String, String, SecretKey),
    /// The proxy with this address does not connect to the broker.
    #[error("the proxy {0} {1}")]
    ProxyFailed(String, String),
    /// The proxy with this address does not accept the login.
    #[error("the proxy {0} {1}")]
    ProxyLoginRefused(String, String),
    /// The proxy with this address does not reach the broker.
    #[error("the proxy {0} {1}")]
    UnreachableFromProxy(String, String),
    /// The broker refused the connection and would refuse the next attempt, too.
    #[error("refused: {0}")]
    ConnectionRefused(String),
    /// The broker does not accept the user name or the password.
    #[error("refused: {0}")]
    LoginRefused(String),
    /// The broker refused the connection; a later attempt may succeed.
    #[error("refused for now: {0}")]
    ConnectionRefusedTemporarily(String),
    /// The broker's certificate is not trusted.
    #[error(transparent)]
    Certificate(#[from] CertError),
    /// The broker requires a client certificate, and the profile has none.
    #[error("the broker requires a client certificate: set `cert` and `key` under [tls]")]
    ClientCertificateRequired,
    /// The broker rejected the client certificate.
    #[error("the broker rejected the client certificate ({0}): check `cert` and `key` under [tls]")]
    ClientCertificateRejected(String),
    /// TLS failed in another way.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// The password, which is read again before an attempt, is not available now.
    #[error("{0}")]
    NoPassword(String),
    /// The password of the private key, which may be read again before an attempt, does not decrypt it.
    #[error("{0}")]
    WrongKeyPassword(String),
    /// A setting of the profile cannot be used.
    #[error("{0}")]
    InvalidSetting(String),
    /// The broker closed the network connection without giving a reason.
    #[error("the broker closed the connection")]
    ClosedByBroker,
    /// The broker closed the network connection before it had acknowledged all subscriptions.
    #[error("the broker closed the connection after SUBSCRIBE: a subscription may not be allowed")]
    ClosedOnSubscribe,
    /// The broker closed the network connection after a message to this topic.
    #[error("the broker closed the connection after a message to {0}: publishing to it may not be allowed")]
    ClosedOnPublish(String),
    /// The broker sent DISCONNECT with the reason that it does not accept a packet.
    #[error("the broker closed the connection: {0}")]
    PacketRefused(String),
    /// The broker sent DISCONNECT with a reason.
    #[error("the broker closed the connection: {0}")]
    DisconnectedByBroker(String),
    /// Another client with the same client ID took the session over.
    #[error("the broker ended the session: perhaps another client uses the client ID {0}")]
    SessionTakenOver(String),
    /// The network connection failed.
    #[error("connection lost: {0}")]
    ConnectionLost(String),
    /// The broker does not answer PINGREQ, or a packet could not be written.
    #[error("the broker does not respond")]
    KeepAliveTimeout,
    /// The broker did not acknowledge a message in time, in seconds.
    #[error("the broker did not acknowledge a message within {0} s")]
    AckTimeout(u64),
    /// The broker sent a packet that exceeds `max_packet_size`.
    #[error(
        "received a packet of {size}; `max_packet_size` of the profile allows {limit}",
        size = format_bytes(*.0),
        limit = .1
    )]
    PacketTooLarge(usize, ByteSize),
    /// The broker violated the MQTT specification.
    #[error("MQTT protocol error: {0}")]
    Protocol(String),
}

/// Why the broker's certificate is not trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CertError {
    /// It has expired; the text says when.
    #[error("the broker's certificate expired{0}; its fingerprint is {1}")]
    Expired(String, CertificatePin),
    /// Its validity has not begun, or the clock of this machine is wrong.
    #[error("the broker's certificate is not valid yet: is the clock of this machine right? its fingerprint is {0}")]
    NotYetValid(CertificatePin),
    /// It was issued for other host names: the requested name, and a text with the names it has.
    #[error("the broker's certificate is not valid for {0}{1}; to trust it anyway: pin = \"{2}\"")]
    WrongName(String, String, CertificatePin),
    /// It is self-signed.
    #[error("the broker's certificate is self-signed; if {0} is its fingerprint, trust it with pin = \"{0}\"")]
    SelfSigned(CertificatePin),
    /// It is not signed by a trusted CA.
    #[error(
        "the broker's certificate is not signed by a trusted CA; if {0} is its fingerprint, trust it with pin = \"{0}\""
    )]
    UnknownIssuer(CertificatePin),
    /// It is a CA certificate.
    #[error(
        "the broker's certificate is a CA certificate, not a server certificate; to trust it anyway: pin = \"{0}\""
    )]
    CaUsedAsEndEntity(CertificatePin),
    /// It does not match the pin of the profile.
    #[error(
        "THE BROKER'S CERTIFICATE HAS CHANGED: got {presented}, pinned {pinned}; it was renewed, \
         or the connection is intercepted"
    )]
    PinMismatch {
        /// The fingerprint of the broker's certificate.
        presented: CertificatePin,
        /// The pin of the profile.
        pinned: CertificatePin,
    },
    /// Any other reason.
    #[error("the broker's certificate was rejected ({0}); to trust it anyway: pin = \"{1}\"")]
    Other(String, CertificatePin),
}

impl MqttError {
    /// Returns whether reconnecting fails until the profile or the broker changes. If the broker has accepted the same
    /// login before, it is the broker that has changed, and may change back.
    #[must_use]
    pub const fn is_permanent(&self) -> bool {
        matches!(
            self,
            Self::ConnectionRefused(_)
                | Self::LoginRefused(_)
                | Self::WebLoginRefused(..)
                | Self::ProxyLoginRefused(..)
                | Self::InvalidSetting(_)
                | Self::WrongKeyPassword(_)
        )
    }

    /// Returns the secret that was not accepted, if that is the reason. Another one may be.
    #[must_use]
    pub fn refused_secret(&self) -> Option<SecretKey> {
        match self {
            Self::LoginRefused(_) => Some(SecretKey::Password),
            Self::WebLoginRefused(_, _, key) => Some(key.clone()),
            Self::ProxyLoginRefused(..) => Some(SecretKey::ProxyPassword),
            Self::WrongKeyPassword(_) => Some(SecretKey::KeyPassword),
            _ => None,
        }
    }

    /// Returns whether the reason may be that the broker refuses a subscription or a message.
    #[must_use]
    pub const fn may_be_refusal(&self) -> bool {
        matches!(self, Self::ClosedByBroker | Self::ConnectionLost(_) | Self::PacketRefused(_))
    }

    /// Returns whether the attempt did not reach the broker: closed port, no route, or a failed DNS lookup, also of a
    /// proxy.
    #[must_use]
    pub const fn is_unreachable(&self) -> bool {
        matches!(
            self,
            Self::PortClosed(_) | Self::Unreachable(..) | Self::LookupFailed(_) | Self::UnreachableFromProxy(..)
        )
    }

    /// Returns whether a secret that is needed before the broker sees the login may be wrong.
    #[must_use]
    pub const fn may_be_wrong_secret(&self) -> bool {
        matches!(
            self,
            Self::HttpStatus(..)
                | Self::WebLoginRefused(..)
                | Self::ProxyFailed(..)
                | Self::ProxyLoginRefused(..)
                | Self::WrongKeyPassword(_)
        )
    }

    /// Returns whether nothing shows that the attempt has reached the broker.
    #[must_use]
    pub const fn is_unanswered(&self) -> bool {
        self.is_unreachable() || matches!(self, Self::ConnectTimeout(..))
    }

    /// Returns the pin of an untrusted certificate that the user may decide to trust. Returns `None` for a
    /// changed or not yet valid certificate, which must not be trusted with a single key press.
    #[must_use]
    pub const fn untrusted_pin(&self) -> Option<CertificatePin> {
        match self {
            Self::Certificate(
                CertError::SelfSigned(pin)
                | CertError::UnknownIssuer(pin)
                | CertError::WrongName(_, _, pin)
                | CertError::CaUsedAsEndEntity(pin)
                | CertError::Expired(_, pin)
                | CertError::Other(_, pin),
            ) => Some(*pin),
            _ => None,
        }
    }
}

/// The maximum number of characters of what a broker says.
const MAX_BROKER_TEXT: usize = 200;

/// Returns what a broker says about an error, in one line of limited length and without characters that could control a
/// terminal.
pub(super) fn broker_text(text: &str) -> String {
    let safe = |c| if is_unsafe(c) { ' ' } else { c };
    let shortened = text.chars().map(safe).take(MAX_BROKER_TEXT).collect::<String>();
    let end = if text.chars().count() > MAX_BROKER_TEXT { "…" } else { "" };
    format!("{}{end}", shortened.trim())
}

/// Formats a number of bytes with a unit: `20.0 MiB`.
#[expect(clippy::cast_precision_loss, reason = "the result has one decimal digit")]
pub(super) fn format_bytes(bytes: usize) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{:.1} KiB", bytes as f64 / 1_024.0),
        _ => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mqtt_errors_display_as_sentences() {
        let text = MqttError::PacketTooLarge(20 << 20, ByteSize::from_mib(16)).to_string();
        assert_eq!(text, "received a packet of 20.0 MiB; `max_packet_size` of the profile allows 16 MiB");
        let text = MqttError::Certificate(CertError::UnknownIssuer(CertificatePin([0xab; 32]))).to_string();
        assert!(text.contains("pin = \"sha256:ab:ab:"), "{text}");
        assert_eq!(broker_text("a\u{1b}[2J\nb\u{202e} "), "a [2J b");
        assert_eq!(broker_text(&"é".repeat(300)).chars().count(), MAX_BROKER_TEXT + 1);
        assert_eq!(format_bytes(12), "12 B");
        assert_eq!(format_bytes(2_048), "2.0 KiB");
    }

    #[test]
    fn is_permanent_only_for_errors_that_need_an_edit() {
        assert!(MqttError::ConnectionRefused("this client is banned".to_owned()).is_permanent());
        assert!(MqttError::LoginRefused("bad user name or password".to_owned()).is_permanent());
        assert!(!MqttError::ConnectionRefusedTemporarily("busy".to_owned()).is_permanent());
        assert!(!MqttError::PortClosed("a:1".to_owned()).is_permanent());
    }
}
