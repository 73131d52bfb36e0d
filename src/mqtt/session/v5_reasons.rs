//! What the reason codes of MQTT 5 (section 2.4) mean, for the user.

use rumqttc::v5::mqttbytes::v5::{ConnectReturnCode, DisconnectReasonCode, SubscribeReasonCode};

use crate::mqtt::{endpoint::split_words, error::MqttError};

/// Formats a reason code as words, with the broker's reason string.
pub(super) fn reason_text(code: &dyn std::fmt::Debug, reason_string: Option<String>) -> String {
    let text = split_words(&format!("{code:?}").replace("QoS", "Qos"));
    match reason_string {
        Some(reason_string) if !reason_string.is_empty() => format!("{text}: {reason_string}"),
        _ => text,
    }
}

/// Returns the error that the reason code of CONNACK stands for.
pub(super) fn connack_error(code: ConnectReturnCode) -> MqttError {
    use ConnectReturnCode as Code;
    let fatal = |reason: &str| MqttError::ConnectionRefused(reason.to_owned());
    match code {
        Code::BadUserNamePassword => fatal("bad user name or password"),
        Code::NotAuthorized => fatal("not authorized: check user name, password and client ID"),
        Code::BadClientId | Code::ClientIdentifierNotValid => fatal("the broker rejected the client ID"),
        Code::RefusedProtocolVersion | Code::UnsupportedProtocolVersion => {
            fatal("the broker does not support MQTT 5: try protocol = \"3.1.1\"")
        }
        Code::Banned => fatal("this client is banned"),
        Code::BadAuthenticationMethod => fatal("the broker requires another authentication method"),
        Code::RetainNotSupported => fatal("the broker does not support retained messages: remove the will's `retain`"),
        Code::QoSNotSupported => fatal("the broker does not support the QoS of the will: lower the will's `qos`"),
        Code::TopicNameInvalid => fatal("the broker rejected the topic of the will"),
        Code::ServerMoved => {
            fatal("the broker has moved to another server; the redirection is not followed: edit the URL")
        }
        Code::UseAnotherServer => MqttError::ConnectionRefusedTemporarily(
            "use another server for now; the redirection is not followed".to_owned(),
        ),
        other => MqttError::ConnectionRefusedTemporarily(reason_text(&other, None)),
    }
}

/// Returns whether a DISCONNECT packet with this reason says that the broker does not accept what it was sent.
pub(super) const fn refuses_packet(code: DisconnectReasonCode) -> bool {
    use DisconnectReasonCode as Code;
    matches!(
        code,
        Code::UnspecifiedError
            | Code::MalformedPacket
            | Code::ProtocolError
            | Code::ImplementationSpecificError
            | Code::NotAuthorized
            | Code::TopicFilterInvalid
            | Code::TopicNameInvalid
            | Code::PacketTooLarge
            | Code::QuotaExceeded
            | Code::PayloadFormatInvalid
            | Code::RetainNotSupported
            | Code::QoSNotSupported
            | Code::SharedSubscriptionNotSupported
            | Code::SubscriptionIdentifiersNotSupported
            | Code::WildcardSubscriptionsNotSupported
    )
}

/// Returns why the broker has rejected a topic filter; `None` if it has not.
pub(super) fn suback_error(code: SubscribeReasonCode) -> Option<String> {
    use SubscribeReasonCode as Code;
    let reason = match code {
        Code::Success(_) => return None,
        Code::NotAuthorized => "the broker does not allow this subscription",
        Code::TopicFilterInvalid => "the broker rejected the topic filter",
        Code::QuotaExceeded => "the broker allows no more subscriptions",
        Code::SharedSubscriptionsNotSupported => "the broker does not support shared subscriptions",
        Code::WildcardSubscriptionsNotSupported => "the broker does not support wildcards",
        _ => "the broker rejected this subscription",
    };
    Some(reason.to_owned())
}
