//! What is tested with every broker.

mod connecting;
mod messages;
mod refusals;
mod sessions;

use std::pin::Pin;

use crate::context::Context;

/// A test, run with each broker and version of MQTT.
pub struct Case {
    /// The name, as in the names of the tests.
    pub name: &'static str,
    /// What works if it passes, for the table in the documentation.
    pub description: &'static str,
    /// Whether it restarts the broker.
    pub restarts: bool,
    /// Runs it; it panics if something is wrong.
    pub run: for<'a> fn(Context<'a>) -> Pin<Box<dyn Future<Output = ()> + 'a>>,
}

macro_rules! case {
    ($module:ident::$name:ident, $description:literal) => {
        case!($module::$name, $description, restarts: false)
    };
    ($module:ident::$name:ident, $description:literal, restarts: $restarts:literal) => {
        Case {
            name: stringify!($name),
            description: $description,
            restarts: $restarts,
            run: |context| Box::pin($module::$name(context)),
        }
    };
}

/// All cases.
pub const CASES: &[Case] = &[
    case!(connecting::tcp, "connect over TCP"),
    case!(connecting::tls, "connect over TLS with a CA of one's own"),
    case!(connecting::web_socket, "connect over WebSocket"),
    case!(connecting::secure_web_socket, "connect over WebSocket and TLS"),
    case!(connecting::wrong_password_is_named, "a wrong password is named as the reason"),
    case!(messages::retained_messages, "retained messages: received, published, cleared"),
    case!(messages::wildcards, "topic filters with `+` and `#`"),
    case!(messages::qos_0, "QoS 0, both ways"),
    case!(messages::qos_1, "QoS 1, both ways"),
    case!(messages::qos_2, "QoS 2, both ways"),
    case!(messages::qos_2_request, "a message published with QoS 2 arrives once"),
    case!(messages::payload_of_5_mib, "a payload of 5 MiB, both ways"),
    case!(messages::thousand_subscriptions, "1,000 topic filters"),
    case!(messages::shared_subscription, "a shared subscription"),
    case!(sessions::will, "the will: published after a lost connection, not after a normal end"),
    case!(sessions::kept_session, "a kept session delivers what was missed"),
    case!(sessions::takeover, "a takeover of the client ID: connected again once the other client is gone"),
    case!(sessions::restart, "a restart of the broker: connected and subscribed again", restarts: true),
    case!(refusals::refused_publish_is_reported, "a forbidden publish is reported"),
    case!(refusals::refused_publish_harms_nothing_else, "a forbidden publish stops nothing else"),
    case!(refusals::refused_subscription_is_named, "a forbidden topic filter is named, and all others work"),
];
