//! Why a line does not come up or breaks, each as a sentence for the person at the keyboard.

use crate::model::profile::{ByteSize, CertificatePin};

/// Why a line does not come up or breaks. Reads as a sentence without its full stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MqttError {
    /// The name is not known.
    #[error("no such host: {0}")]
    NoSuchHost(String),
    /// The name cannot be looked up now.
    #[error("the name {0} cannot be looked up: is this machine online?")]
    LookupFailed(String),
    /// The port is closed.
    #[error("nothing listens on {0}")]
    PortClosed(String),
    /// There is no way to the host.
    #[error("{0} cannot be reached: {1}")]
    Unreachable(String, String),
    /// No answer in time.
    #[error("no answer from {0} within {1} s")]
    ConnectTimeout(String, u64),
    /// The line was closed where the broker's first answer was due.
    #[error("{0} closed the line without an answer: is this a TLS port? then mqtts:// or wss:// is wanted")]
    ClosedBeforeConnAck(String),
    /// The line was closed where the broker's first answer was due, with MQTT 5 asked for.
    #[error(
        "{0} closed the line without an answer: is this a TLS port (mqtts://, wss://), or a broker of MQTT 3.1.1 only?"
    )]
    ClosedBeforeConnAckV5(String),
    /// What is there speaks no TLS.
    #[error("{0} does not answer with TLS: is this a TLS port? without TLS, mqtt:// or ws:// is wanted")]
    NotTls(String),
    /// What is there speaks another protocol.
    #[error("{0} answers with something that is not MQTT: is the port right?")]
    NotMqtt(String),
    /// What is there is no WebSocket.
    #[error("{0} is no WebSocket for MQTT: {1}")]
    NotWebSocket(String, String),
    /// The broker does not let this client in, and will not next time.
    #[error("refused: {0}")]
    ConnectionRefused(String),
    /// The broker does not let this client in now.
    #[error("refused for now: {0}")]
    ConnectionRefusedTemporarily(String),
    /// The broker's certificate is not trusted.
    #[error(transparent)]
    Certificate(#[from] CertError),
    /// The broker wants to know who this is.
    #[error("the broker wants a certificate of this client: set `cert` and `key` under [tls]")]
    ClientCertificateRequired,
    /// The broker does not take this client's certificate.
    #[error("the broker does not take this client's certificate ({0}): see `cert` and `key` under [tls]")]
    ClientCertificateRejected(String),
    /// TLS failed in another way.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// A setting of the profile does not work.
    #[error("{0}")]
    InvalidSetting(String),
    /// The broker closed the line, without a word.
    #[error("the broker closed the line")]
    Closed,
    /// The broker closed the line while requests to subscribe were open.
    #[error("the broker closed the line on being asked for the subscriptions: perhaps one of them is not allowed")]
    ClosedOnSubscribe,
    /// The broker closed the line and said why.
    #[error("the broker closed the line: {0}")]
    DisconnectedByBroker(String),
    /// Another client has the same id.
    #[error("another client uses the id {0}")]
    SessionTakenOver(String),
    /// The socket broke.
    #[error("the line broke: {0}")]
    ConnectionLost(String),
    /// Nothing comes any more.
    #[error("the broker is silent")]
    KeepAliveTimeout,
    /// What was sent is not acknowledged.
    #[error("the broker acknowledged nothing for {0} s")]
    AckTimeout(u64),
    /// A packet is over the limit.
    #[error("a message of {size} came; the profile's `max_packet_size` allows {limit}", size = format_bytes(*.0), limit = .1)]
    PacketTooLarge(usize, ByteSize),
    /// The broker does what MQTT does not allow.
    #[error("the broker breaks the protocol: {0}")]
    Protocol(String),
}

/// Why the broker's certificate is not trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertError {
    /// It is over.
    #[error("the broker's certificate has expired{0}; its fingerprint is {1}")]
    Expired(String, CertificatePin),
    /// It has not begun, or this machine's clock is wrong.
    #[error("the broker's certificate is not valid yet: is this machine's clock right? its fingerprint is {0}")]
    NotYetValid(CertificatePin),
    /// It is for other names.
    #[error("the broker's certificate is not for {0}{1}; to trust it as it is: pin = \"{2}\"")]
    WrongName(String, String, CertificatePin),
    /// Nobody trusted has signed it.
    #[error(
        "the broker's certificate is signed by nobody trusted here; if {0} is really its fingerprint, trust it as it is: pin = \"{0}\""
    )]
    UnknownIssuer(CertificatePin),
    /// It is a CA, used as the broker's own.
    #[error("the broker's certificate is that of an authority, not of a server; to trust it as it is: pin = \"{0}\"")]
    CaUsedAsEndEntity(CertificatePin),
    /// It is not the pinned one.
    #[error(
        "THE BROKER'S CERTIFICATE HAS CHANGED: it is {presented}, pinned is {pinned}; somebody may be listening in, or it was renewed"
    )]
    PinMismatch {
        /// What came.
        presented: CertificatePin,
        /// What was wanted.
        pinned: CertificatePin,
    },
    /// Something else.
    #[error("the broker's certificate is not accepted ({0}); to trust it as it is: pin = \"{1}\"")]
    Other(String, CertificatePin),
}

impl MqttError {
    /// Whether trying again is useless until something is edited.
    #[must_use]
    pub const fn is_permanent(&self) -> bool {
        matches!(self, Self::ConnectionRefused(_) | Self::InvalidSetting(_))
    }

    /// Whether there was nobody to be bothered: the attempt ended at a closed port, or on the way.
    #[must_use]
    pub const fn is_unreachable(&self) -> bool {
        matches!(self, Self::PortClosed(_) | Self::Unreachable(..) | Self::LookupFailed(_))
    }

    /// The certificate that could be trusted as it is, if that it is not is what is wrong. One that
    /// has changed, or that the clock speaks against, is not to be trusted with a single key.
    #[must_use]
    pub const fn untrusted_pin(&self) -> Option<CertificatePin> {
        match self {
            Self::Certificate(
                CertError::UnknownIssuer(pin)
                | CertError::WrongName(_, _, pin)
                | CertError::CaUsedAsEndEntity(pin)
                | CertError::Expired(_, pin)
                | CertError::Other(_, pin),
            ) => Some(*pin),
            _ => None,
        }
    }
}

/// A number of bytes as people read it: `20.0 MiB`.
#[expect(clippy::cast_precision_loss, reason = "one digit behind the point is shown")]
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
        assert_eq!(text, "a message of 20.0 MiB came; the profile's `max_packet_size` allows 16 MiB");
        let text = MqttError::Certificate(CertError::UnknownIssuer(CertificatePin([0xab; 32]))).to_string();
        assert!(text.contains("pin = \"sha256:ab:ab:"), "{text}");
        assert_eq!(format_bytes(12), "12 B");
        assert_eq!(format_bytes(2_048), "2.0 KiB");
    }

    #[test]
    fn is_permanent_only_for_errors_that_need_an_edit() {
        assert!(MqttError::ConnectionRefused("bad user name or password".to_owned()).is_permanent());
        assert!(!MqttError::ConnectionRefusedTemporarily("busy".to_owned()).is_permanent());
        assert!(!MqttError::PortClosed("a:1".to_owned()).is_permanent());
    }
}
