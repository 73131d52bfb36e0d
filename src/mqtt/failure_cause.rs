//! Why a connection fails, in few words, from the type of the error.

use super::error::MqttError;
use crate::model::connection::FailureCause;

impl MqttError {
    /// Returns the reason in few words.
    #[must_use]
    pub const fn failure_cause(&self) -> FailureCause {
        match self {
            Self::NoSuchHost(_) => FailureCause::UnknownHost,
            Self::LookupFailed(_) => FailureCause::LookupFailed,
            Self::PortClosed(_) => FailureCause::PortClosed,
            Self::Unreachable(..) => FailureCause::NoRoute,
            Self::ConnectTimeout(..) | Self::KeepAliveTimeout | Self::AckTimeout(_) => FailureCause::TimedOut,
            Self::ClosedBeforeConnAck(_)
            | Self::ClosedBeforeConnAckV5(_)
            | Self::ClosedDuringHandshake(_)
            | Self::ClosedAfterHandshake(_)
            | Self::ClosedAfterAlpn(_)
            | Self::ClosedAfterWebSocket(_)
            | Self::ClosedByBroker
            | Self::ClosedOnSubscribe
            | Self::ClosedOnPublish(_)
            | Self::PacketRefused(_)
            | Self::DisconnectedByBroker(_) => FailureCause::Closed,
            Self::NotTls(_) | Self::Tls(_) => FailureCause::Tls,
            Self::Certificate(_) | Self::ClientCertificateRequired | Self::ClientCertificateRejected(_) => {
                FailureCause::Certificate
            }
            Self::NotMqtt(_) | Self::NotMqttInTls(_) | Self::Protocol(_) => FailureCause::NotMqtt,
            Self::NotWebSocket(..) | Self::HttpStatus(..) => FailureCause::WebServer,
            Self::ProxyFailed(..) | Self::UnreachableFromProxy(..) => FailureCause::Proxy,
            Self::ConnectionRefused(_) | Self::ConnectionRefusedTemporarily(_) => FailureCause::Refused,
            Self::LoginRefused(_) | Self::WebLoginRefused(..) | Self::ProxyLoginRefused(..) => {
                FailureCause::LoginRefused
            }
            Self::NoPassword(_) | Self::WrongKeyPassword(_) => FailureCause::Password,
            Self::InvalidSetting(_) => FailureCause::Setting,
            Self::SessionTakenOver(_) => FailureCause::TakenOver,
            Self::ConnectionLost(_) => FailureCause::Lost,
            Self::PacketTooLarge(..) => FailureCause::PacketTooLarge,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::error::CertError, *};
    use crate::model::profile::CertificatePin;

    #[test]
    fn cause_is_short_and_comes_from_the_type() {
        let pin = CertificatePin([1; 32]);
        for (error, label) in [
            (MqttError::PortClosed("a:1".to_owned()), "port closed"),
            (MqttError::Unreachable("a:1".to_owned(), "no route to host".to_owned()), "no route"),
            (MqttError::LoginRefused("port closed".to_owned()), "login refused"),
            (MqttError::ConnectionRefused("bad user name".to_owned()), "refused"),
            (MqttError::Certificate(CertError::SelfSigned(pin)), "certificate"),
            (MqttError::NoSuchHost("a".to_owned()), "unknown host"),
            (MqttError::ConnectTimeout("a:1".to_owned(), 5), "timed out"),
        ] {
            assert_eq!(error.failure_cause().label(), label, "{error}");
            assert!(label.len() <= 13 && label.len() < error.to_string().len(), "{error}");
        }
    }
}
