//! Why a line does not come up or breaks, each as a sentence for the person at the keyboard.

use crate::model::profile::{ByteSize, CertificatePin};

/// Why a line does not come up or breaks. Reads as a sentence without its full stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The name is not known.
    #[error("no such host: {0}")]
    NoSuchHost(String),
    /// The name cannot be looked up now.
    #[error("the name {0} cannot be looked up: is this machine online?")]
    NoLookup(String),
    /// The port is closed.
    #[error("nothing listens on {0}")]
    NothingListens(String),
    /// There is no way to the host.
    #[error("{0} cannot be reached: {1}")]
    Unreachable(String, String),
    /// No answer in time.
    #[error("no answer from {0} within {1} s")]
    NoAnswer(String, u64),
    /// The line was closed where the broker's first answer was due.
    #[error("{0} closed the line without an answer: is this a TLS port? then mqtts:// or wss:// is wanted")]
    ClosedPlain(String),
    /// The line was closed where the broker's first answer was due, with MQTT 5 asked for.
    #[error(
        "{0} closed the line without an answer: is this a TLS port (mqtts://, wss://), or a broker of MQTT 3.1.1 only?"
    )]
    ClosedPlain5(String),
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
    Refused(String),
    /// The broker does not let this client in now.
    #[error("refused for now: {0}")]
    RefusedNow(String),
    /// The broker's certificate is not trusted.
    #[error(transparent)]
    Certificate(#[from] Distrust),
    /// The broker wants to know who this is.
    #[error("the broker wants a certificate of this client: set `cert` and `key` under [tls]")]
    CertificateWanted,
    /// The broker does not take this client's certificate.
    #[error("the broker does not take this client's certificate ({0}): see `cert` and `key` under [tls]")]
    CertificateRefused(String),
    /// TLS failed in another way.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// A setting of the profile does not work.
    #[error("{0}")]
    Setting(String),
    /// The broker closed the line, without a word.
    #[error("the broker closed the line")]
    Closed,
    /// The broker closed the line while requests to subscribe were open.
    #[error("the broker closed the line on being asked for the subscriptions: perhaps one of them is not allowed")]
    ClosedOnSubscribe,
    /// The broker closed the line and said why.
    #[error("the broker closed the line: {0}")]
    Said(String),
    /// Another client has the same id.
    #[error("another client uses the id {0}")]
    TakenOver(String),
    /// The socket broke.
    #[error("the line broke: {0}")]
    Broke(String),
    /// Nothing comes any more.
    #[error("the broker is silent")]
    Silent,
    /// What was sent is not acknowledged.
    #[error("the broker acknowledged nothing for {0} s")]
    Unacknowledged(u64),
    /// A packet is over the limit.
    #[error("a message of {size} came; the profile's `max_packet_size` allows {limit}", size = bytes(*.0), limit = .1)]
    TooLarge(usize, ByteSize),
    /// The broker does what MQTT does not allow.
    #[error("the broker breaks the protocol: {0}")]
    Protocol(String),
}

/// Why the broker's certificate is not trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    /// It is over.
    #[error("the broker's certificate has expired{0}; its fingerprint is {1}")]
    Expired(String, CertificatePin),
    /// It has not begun, or this machine's clock is wrong.
    #[error("the broker's certificate is not valid yet: is this machine's clock right? its fingerprint is {0}")]
    NotYet(CertificatePin),
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
    Authority(CertificatePin),
    /// It is not the pinned one.
    #[error(
        "THE BROKER'S CERTIFICATE HAS CHANGED: it is {now}, pinned is {pinned}; somebody may be listening in, or it was renewed"
    )]
    Changed {
        /// What came.
        now: CertificatePin,
        /// What was wanted.
        pinned: CertificatePin,
    },
    /// Something else.
    #[error("the broker's certificate is not accepted ({0}); to trust it as it is: pin = \"{1}\"")]
    Other(String, CertificatePin),
}

impl Fault {
    /// Whether trying again is useless until something is edited.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Setting(_))
    }

    /// Whether there was nobody to be bothered: the attempt ended at a closed port, or on the way.
    #[must_use]
    pub const fn found_nobody(&self) -> bool {
        matches!(self, Self::NothingListens(_) | Self::Unreachable(..) | Self::NoLookup(_))
    }

    /// The certificate that could be trusted as it is, if that it is not is what is wrong. One that
    /// has changed, or that the clock speaks against, is not to be trusted with a single key.
    #[must_use]
    pub const fn untrusted(&self) -> Option<CertificatePin> {
        match self {
            Self::Certificate(
                Distrust::UnknownIssuer(pin)
                | Distrust::WrongName(_, _, pin)
                | Distrust::Authority(pin)
                | Distrust::Expired(_, pin)
                | Distrust::Other(_, pin),
            ) => Some(*pin),
            _ => None,
        }
    }
}

/// A number of bytes as people read it: `20.0 MiB`.
#[expect(clippy::cast_precision_loss, reason = "one digit behind the point is shown")]
pub(super) fn bytes(bytes: usize) -> String {
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
    fn they_read_as_sentences() {
        let said = Fault::TooLarge(20 << 20, ByteSize::from_mib(16)).to_string();
        assert_eq!(said, "a message of 20.0 MiB came; the profile's `max_packet_size` allows 16 MiB");
        let said = Fault::Certificate(Distrust::UnknownIssuer(CertificatePin([0xab; 32]))).to_string();
        assert!(said.contains("pin = \"sha256:ab:ab:"), "{said}");
        assert_eq!(bytes(12), "12 B");
        assert_eq!(bytes(2_048), "2.0 KiB");
    }

    #[test]
    fn only_what_needs_an_edit_is_final() {
        assert!(Fault::Refused("bad user name or password".to_owned()).is_final());
        assert!(!Fault::RefusedNow("busy".to_owned()).is_final());
        assert!(!Fault::NothingListens("a:1".to_owned()).is_final());
    }
}
