//! What the reason codes of MQTT 5 (section 2.4) mean, for the user.

use rumqttc::v5::mqttbytes::v5::{ConnectReturnCode, DisconnectReasonCode, SubscribeReasonCode};

use crate::mqtt::{
    endpoint::split_words,
    error::{MqttError, broker_text},
    transport::Refusal,
};

/// Formats a reason code as words, with the broker's reason string.
pub(super) fn reason_text(code: &dyn std::fmt::Debug, reason_string: Option<&str>) -> String {
    with_reason_string(&split_words(&format!("{code:?}").replace("QoS", "Qos")), reason_string)
}

/// Adds what the broker says about a reason.
pub(super) fn with_reason_string(text: &str, reason_string: Option<&str>) -> String {
    match reason_string.map(broker_text) {
        Some(reason) if !reason.is_empty() => format!("{text}: {reason}"),
        _ => text.to_owned(),
    }
}

/// Returns how to name the server that a broker refers to.
pub(super) fn server_text(server_reference: Option<&str>) -> String {
    match server_reference.map(broker_text) {
        Some(name) if !name.is_empty() => format!("the server {name}"),
        _ => "another server".to_owned(),
    }
}

/// Returns the error that a refusal stands for.
pub(super) fn connack_error(refusal: &Refusal) -> MqttError {
    use ConnectReturnCode as Code;
    let reason_string = refusal.reason_string.as_deref();
    let fatal = |reason: &str| MqttError::ConnectionRefused(with_reason_string(reason, reason_string));
    let login = |reason: &str| MqttError::LoginRefused(with_reason_string(reason, reason_string));
    match refusal.code {
        Code::BadUserNamePassword => login("bad user name or password"),
        Code::NotAuthorized => login("not authorized: check user name, password and client ID"),
        Code::BadClientId | Code::ClientIdentifierNotValid => fatal("the broker rejected the client ID"),
        Code::RefusedProtocolVersion | Code::UnsupportedProtocolVersion => {
            fatal("the broker does not support MQTT 5: try protocol = \"3.1.1\"")
        }
        Code::Banned => fatal("this client is banned"),
        Code::BadAuthenticationMethod => fatal("the broker requires another authentication method"),
        Code::RetainNotSupported => fatal("the broker does not support retained messages: remove the will's `retain`"),
        Code::QoSNotSupported => fatal("the broker does not support the QoS of the will: lower the will's `qos`"),
        Code::TopicNameInvalid => fatal("the broker rejected the topic of the will"),
        Code::ServerMoved => fatal(&format!(
            "the broker has moved to {}; the redirection is not followed: edit the URL",
            server_text(refusal.server_reference.as_deref())
        )),
        Code::UseAnotherServer => MqttError::ConnectionRefusedTemporarily(with_reason_string(
            &format!(
                "use {} for now; the redirection is not followed",
                server_text(refusal.server_reference.as_deref())
            ),
            reason_string,
        )),
        other => MqttError::ConnectionRefusedTemporarily(reason_text(&other, reason_string)),
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
