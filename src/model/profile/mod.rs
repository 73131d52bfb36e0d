//! How to reach a broker: a profile, as `profiles.toml` holds it.

mod broker_url;
mod byte_size;
mod password_source;
mod tls;

use std::path::PathBuf;

pub use broker_url::{BrokerUrl, Scheme};
pub use byte_size::ByteSize;
pub use password_source::PasswordSource;
pub use tls::{CertificatePin, TlsSettings};

use super::{
    connection::Qos,
    field_value::{BoundedInt, Nested, string_enum},
    schema::{FieldSpec, Schema, field},
    topic::{self, Topic},
    value::ValidationError,
};

string_enum! {
    /// The version of MQTT to speak.
    MqttVersion {
        V311 = "3.1.1" "MQTT 3.1.1, which every broker speaks.",
        V5 = "5" "MQTT 5.",
    }
}

/// What the broker publishes when this client dies.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Will {
    /// Where.
    pub topic: Option<Topic>,
    /// What.
    pub payload: String,
    /// With which quality of service.
    pub qos: Qos,
    /// Whether the broker keeps it for new subscribers.
    pub retain: bool,
}

impl Schema for Will {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(Option<Topic>, topic, "where the broker publishes it"),
        field!(String, payload, "what it publishes"),
        field!(Qos, qos, "with which quality of service"),
        field!(bool, retain, "whether the broker keeps it for new subscribers"),
    ];

    fn validate(&self) -> Vec<ValidationError> {
        if self.topic.is_none() { ValidationError::new("a last will needs a `topic`").into() } else { Vec::new() }
    }
}

/// How to reach a broker.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// What people call it.
    pub name: String,
    /// The folder that relative paths start from.
    pub base_dir: PathBuf,
    /// Where the broker is.
    pub url: BrokerUrl,
    /// The client id; `None`: one is made once and kept.
    pub client_id: Option<String>,
    /// The user.
    pub username: Option<String>,
    /// Where the password comes from.
    pub password: Option<PasswordSource>,
    /// The version of MQTT.
    pub protocol: MqttVersion,
    /// Seconds of silence after which the line is tested.
    pub keep_alive: BoundedInt<1, 65_535>,
    /// Whether the broker forgets this client when the line goes down.
    pub clean_session: bool,
    /// Seconds that connecting may take.
    pub connect_timeout: BoundedInt<1, 3_600>,
    /// The largest packet, in and out.
    pub max_packet_size: ByteSize,
    /// The dashboard that is opened with it.
    pub dashboard: Option<String>,
    /// Whether the screen is kept on while connected.
    pub keep_awake: bool,
    /// Whom to trust.
    pub tls: Nested<TlsSettings>,
    /// The last will.
    pub will: Option<Nested<Will>>,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            name: String::new(),
            base_dir: PathBuf::new(),
            url: BrokerUrl::default(),
            client_id: None,
            username: None,
            password: None,
            protocol: MqttVersion::V311,
            keep_alive: BoundedInt::clamped(15),
            clean_session: true,
            connect_timeout: BoundedInt::clamped(5),
            max_packet_size: ByteSize::from_mib(16),
            dashboard: None,
            keep_awake: false,
            tls: Nested::default(),
            will: None,
        }
    }
}

impl Profile {
    /// A profile of nothing but an address, named by it.
    #[must_use]
    pub fn from_broker_url(url: BrokerUrl) -> Self {
        Self { name: format!("{}:{}", url.bracketed_host(), url.port), url, ..Self::default() }
    }

    /// The path of a file that the profile names, seen from the profile's own folder.
    #[must_use]
    pub fn resolve_path(&self, path: &std::path::Path) -> PathBuf {
        self.base_dir.join(path)
    }
}

impl Schema for Profile {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(
            BrokerUrl,
            url,
            "where the broker is: mqtt:// (port 1883), mqtts:// (8883), ws:// (80) or wss:// (443), path /mqtt unless said otherwise"
        ),
        field!(
            Option<String>,
            client_id,
            "the name by which the broker knows this client; made once per profile and kept when left out"
        ),
        field!(Option<String>, username, "the user to log in as"),
        field!(Option<PasswordSource>, password, "the password, or better where it comes from"),
        field!(MqttVersion, protocol, "the version of MQTT to speak"),
        field!(BoundedInt<1, 65_535>, keep_alive, "seconds of silence after which the line is tested"),
        field!(bool, clean_session, "false: the broker keeps subscriptions and messages while this client is away"),
        field!(BoundedInt<1, 3_600>, connect_timeout, "seconds that connecting may take"),
        field!(ByteSize, max_packet_size, "the largest packet, in and out"),
        field!(
            Option<String>,
            dashboard,
            "the dashboard opened with it; otherwise every dashboard that names this profile"
        ),
        field!(bool, keep_awake, "keep the screen on while connected"),
        field!(Nested<TlsSettings>, tls, "whom to trust, for mqtts:// and wss://"),
        field!(Option<Nested<Will>>, will, "what the broker publishes when this client dies"),
    ];

    fn validate(&self) -> Vec<ValidationError> {
        let mut errors = Vec::new();
        if !self.clean_session && self.client_id.as_ref().is_none_or(String::is_empty) {
            errors.push(
                ValidationError::new("a persistent session needs a client id of its own")
                    .with_help("set `client_id`")
                    .prepend_key("clean_session"),
            );
        }
        if self.tls != Nested::default() && !self.url.scheme.is_secure() {
            errors.push(
                ValidationError::new("`tls` says nothing for a plain connection")
                    .with_help("use mqtts:// or wss:// in `url`, or leave `tls` out")
                    .prepend_key("tls"),
            );
        }
        if self.password.is_some() && self.username.is_none() && self.protocol == MqttVersion::V311 {
            errors.push(
                ValidationError::new("MQTT 3.1.1 allows no password without a user")
                    .with_help("set `username`")
                    .prepend_key("password"),
            );
        }
        if self.protocol == MqttVersion::V5 && self.keep_alive.get() < 5 {
            errors.push(ValidationError::new("with protocol 5 the least is 5 seconds").prepend_key("keep_alive"));
        }
        if self.client_id.as_ref().is_some_and(|id| id.len() > topic::MAX_BYTES || id.contains('\0')) {
            errors.push(ValidationError::new("this cannot be a client id").prepend_key("client_id"));
        }
        errors
    }
}
