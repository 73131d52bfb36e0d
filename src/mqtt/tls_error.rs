//! Converts the errors of TLS into [`MqttError`]: what happened, and what to do.

use rustls::{AlertDescription as Alert, CertificateError, Error, InvalidMessage, OtherError, PeerIncompatible};

use super::{
    endpoint::{Endpoint, split_words},
    error::{CertError, MqttError},
};

/// No cipher suite, key exchange or signature that both sides support.
const NO_COMMON_CIPHER: &str = "the broker and this program have no cipher suite in common: \
                                enable TLS 1.3, or TLS 1.2 with ECDHE and AES-GCM or ChaCha20, on the broker";
/// No version that both sides support.
const NO_COMMON_VERSION: &str =
    "the broker supports only old versions of TLS: enable TLS 1.2 or 1.3 on the broker, which this program needs";
/// A message that does not conform to the protocol, from one side or the other.
const BROKEN: &str = "is something between this machine and the broker that changes the connection, such as a proxy?";

/// Converts an error of TLS; `connected`: after CONNACK.
pub(super) fn tls_error(endpoint: &Endpoint, error: &Error, connected: bool) -> MqttError {
    let tls = |text: &str| MqttError::Tls(text.to_owned());
    match error {
        Error::AlertReceived(alert) => alert_error(endpoint, *alert),
        Error::InvalidCertificate(error) => certificate_error(error),
        Error::InvalidMessage(InvalidMessage::HandshakePayloadTooLarge | InvalidMessage::MessageTooLarge)
            if connected =>
        {
            tls(&format!("the broker sent a message that is too large for TLS: {BROKEN}"))
        }
        Error::InvalidMessage(_) if connected || endpoint.handshake.has_server_certificate() => {
            tls(&format!("what the broker sent is not TLS: {BROKEN}"))
        }
        Error::InvalidMessage(_) | Error::PeerSentOversizedRecord => MqttError::NotTls(endpoint.address.clone()),
        Error::PeerIncompatible(reason) => MqttError::Tls(incompatible(reason)),
        Error::NoApplicationProtocol => MqttError::Tls(protocol_text(endpoint)),
        Error::NoCertificatesPresented => tls("the broker presents no certificate: configure one on the broker"),
        Error::DecryptError => tls(&format!("what the broker sent cannot be decrypted: {BROKEN}")),
        Error::PeerMisbehaved(_) | Error::InappropriateMessage { .. } | Error::InappropriateHandshakeMessage { .. } => {
            tls(&format!("the broker does not follow the rules of TLS: {BROKEN} Otherwise, update the broker"))
        }
        Error::FailedToGetCurrentTime => tls("the time of this machine is unknown: set its clock"),
        Error::FailedToGetRandomBytes => tls("this machine provides no random numbers"),
        other => MqttError::Tls(other.to_string()),
    }
}

/// The server wants an application protocol, and the profile names none.
const PROTOCOL_REQUIRED: &str = "the server wants an application protocol (ALPN): set `alpn` under [tls], for AWS IoT on \
                                 port 443 to \"x-amzn-mqtt-ca\"; or is this not the port of an MQTT broker?";
/// No application protocol that both sides support.
const NO_COMMON_PROTOCOL: &str =
    "the server supports none of the application protocols in `alpn` under [tls]: is this the port of an MQTT broker?";

fn protocol_text(endpoint: &Endpoint) -> String {
    if endpoint.has_alpn { NO_COMMON_PROTOCOL } else { PROTOCOL_REQUIRED }.to_owned()
}

fn incompatible(reason: &PeerIncompatible) -> String {
    use PeerIncompatible as Reason;
    match reason {
        Reason::ServerDoesNotSupportTls12Or13
        | Reason::ServerTlsVersionIsDisabledByOurConfig
        | Reason::SupportedVersionsExtensionRequired
        | Reason::Tls12NotOffered
        | Reason::Tls12NotOfferedOrEnabled => NO_COMMON_VERSION.to_owned(),
        Reason::NoCipherSuitesInCommon
        | Reason::NoKxGroupsInCommon
        | Reason::NoSignatureSchemesInCommon
        | Reason::NoEcPointFormatsInCommon
        | Reason::NoCertificateRequestSignatureSchemesInCommon
        | Reason::NamedGroupsExtensionRequired
        | Reason::KeyShareExtensionRequired
        | Reason::SignatureAlgorithmsExtensionRequired
        | Reason::EcPointsExtensionRequired
        | Reason::UncompressedEcPointsRequired => NO_COMMON_CIPHER.to_owned(),
        other => {
            format!(
                "the TLS of the broker lacks what this program needs ({}): update the broker",
                split_words(&format!("{other:?}"))
            )
        }
    }
}

/// Converts an error of a certificate, of its chain or of the proof that the broker has its key.
fn certificate_error(error: &CertificateError) -> MqttError {
    match error {
        CertificateError::Other(OtherError(source)) => match source.downcast_ref::<CertError>() {
            Some(cert_error) => MqttError::Certificate(cert_error.clone()),
            None => MqttError::Tls(source.to_string()),
        },
        CertificateError::BadSignature => MqttError::Tls(
            "the broker does not have the key of its certificate: check the certificate and the key on the broker, \
             or whether the connection is intercepted"
                .to_owned(),
        ),
        other => MqttError::Tls(format!(
            "the broker's certificate cannot be used: {}",
            super::tls::certificate_problem(other)
        )),
    }
}

/// Converts an alert: why the broker has ended TLS.
fn alert_error(endpoint: &Endpoint, alert: Alert) -> MqttError {
    let was_requested = endpoint.handshake.certificate_was_requested();
    let tls = |text: String| MqttError::Tls(text);
    let certificate = match alert {
        Alert::CertificateRequired | Alert::NoCertificate => return MqttError::ClientCertificateRequired,
        Alert::HandshakeFailure if !was_requested => return tls(NO_COMMON_CIPHER.to_owned()),
        Alert::HandshakeFailure => "the broker gives no reason",
        Alert::BadCertificate => "it is damaged, or not what the broker expects",
        Alert::UnsupportedCertificate => "the broker does not support its type",
        Alert::CertificateRevoked => "it is revoked",
        Alert::CertificateExpired => "it has expired, or the clock of one of the machines is wrong",
        Alert::CertificateUnknown => "the broker cannot check it",
        Alert::UnknownCA => "the broker does not trust the CA that has signed it",
        Alert::AccessDenied => "it is valid, but may not connect",
        Alert::DecryptError => "the broker cannot verify the signature of its key",
        Alert::ProtocolVersion => return tls(NO_COMMON_VERSION.to_owned()),
        Alert::InsufficientSecurity => return tls(NO_COMMON_CIPHER.to_owned()),
        Alert::NoApplicationProtocol => return tls(protocol_text(endpoint)),
        Alert::UnrecognisedName => {
            let name = &endpoint.address;
            return tls(format!("the broker has no certificate for {name}: use a host name that it knows in `url`"));
        }
        Alert::InternalError => return tls("the broker reports an internal error: its log may say more".to_owned()),
        Alert::CloseNotify | Alert::UserCanceled => return endpoint.closed_error(false),
        other => {
            let name = other.as_str().map_or_else(|| u8::from(other).to_string(), split_words);
            return tls(format!("the broker could not continue (alert: {name}): {BROKEN}"));
        }
    };
    match (endpoint.has_client_certificate, was_requested) {
        (true, _) => MqttError::ClientCertificateRejected(certificate.to_owned()),
        (false, true) => MqttError::ClientCertificateRequired,
        (false, false) => {
            let name = alert.as_str().map_or_else(|| u8::from(alert).to_string(), split_words);
            tls(format!("the broker refuses the connection (alert: {name}): its log may say why"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::profile::{BrokerUrl, Profile};

    fn endpoint(has_client_certificate: bool, was_requested: bool) -> Endpoint {
        let profile = Profile::from_broker_url(BrokerUrl::parse("mqtts://a").unwrap());
        let endpoint = Endpoint { has_client_certificate, ..Endpoint::new(&profile, "me") };
        if was_requested {
            endpoint.handshake.set_certificate_requested();
        }
        endpoint
    }

    fn text(endpoint: &Endpoint, error: &Error) -> String {
        tls_error(endpoint, error, false).to_string()
    }

    /// Fails if a text is not a sentence: a name of a type, or the output of `Debug`.
    fn assert_sentence(text: &str) {
        let is_camel_case = |word: &str| {
            let mut chars = word.chars();
            chars.next().is_some_and(char::is_uppercase)
                && chars.clone().any(char::is_lowercase)
                && chars.any(char::is_uppercase)
        };
        let names = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| is_camel_case(word) && !["ChaCha20", "IoT"].contains(word));
        assert_eq!(names.collect::<Vec<_>>(), Vec::<&str>::new(), "{text}");
        assert!(text.len() > 40 && !text.contains(['{', '_']), "{text}");
    }

    #[test]
    fn every_alert_has_a_sentence() {
        for (has_certificate, was_requested) in [(false, false), (false, true), (true, false), (true, true)] {
            for number in 1..=u8::MAX {
                assert_sentence(&text(&endpoint(has_certificate, was_requested), &Error::AlertReceived(number.into())));
            }
        }
    }

    #[test]
    fn handshake_failure_means_a_missing_certificate_only_if_the_broker_has_asked_for_one() {
        let error = Error::AlertReceived(Alert::HandshakeFailure);
        assert!(text(&endpoint(false, false), &error).contains("no cipher suite in common"));
        assert!(text(&endpoint(true, false), &error).contains("no cipher suite in common"));
        assert_eq!(tls_error(&endpoint(false, true), &error, false), MqttError::ClientCertificateRequired);
        assert!(text(&endpoint(true, true), &error).contains("rejected the client certificate"));
    }

    #[test]
    fn each_kind_of_error_has_its_own_sentence() {
        for (error, expected) in [
            (Error::AlertReceived(Alert::ProtocolVersion), "old versions of TLS"),
            (Error::AlertReceived(Alert::NoApplicationProtocol), "set `alpn` under [tls]"),
            (Error::AlertReceived(Alert::UnrecognisedName), "no certificate for a:8883"),
            (Error::InvalidMessage(InvalidMessage::InvalidContentType), "does not answer with TLS"),
            (Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13), "old versions of TLS"),
            (Error::PeerIncompatible(PeerIncompatible::NoCipherSuitesInCommon), "no cipher suite in common"),
            (
                Error::PeerIncompatible(PeerIncompatible::ExtendedMasterSecretExtensionRequired),
                "lacks what this program needs (extended master secret extension required)",
            ),
            (Error::PeerMisbehaved(rustls::PeerMisbehaved::TooManyEmptyFragments), "does not follow the rules of TLS"),
            (Error::NoCertificatesPresented, "presents no certificate"),
            (Error::InvalidCertificate(CertificateError::BadSignature), "does not have the key of its certificate"),
            (Error::InvalidCertificate(CertificateError::Revoked), "it is revoked"),
            (Error::DecryptError, "cannot be decrypted"),
        ] {
            let text = text(&endpoint(false, false), &error);
            assert!(text.contains(expected), "{error:?}: {text}");
            assert_sentence(&text);
        }
    }
}
