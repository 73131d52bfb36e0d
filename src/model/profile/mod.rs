//! Connection profiles: how to reach a broker, as configured in `profiles.toml`.

mod broker_url;
mod byte_size;
mod password_source;
mod secrets;
mod tls;
mod will;

use std::path::PathBuf;

pub use broker_url::BrokerUrl;
pub use broker_url::Scheme;
pub use byte_size::ByteSize;
pub use password_source::PasswordSource;
pub use secrets::{SecretKey, Secrets};
pub use tls::{AlpnProtocols, CertificatePin, TlsSettings};
pub use will::{PayloadFormat, UserProperties, Will};

use super::{
    field_value::{BoundedInt, Nested, string_enum},
    schema::{FieldSpec, Schema, field},
    topic,
    value::ValidationError,
};

string_enum! {
    /// The MQTT version.
    MqttVersion {
        V311 = "3.1.1" "MQTT 3.1.1, which every broker supports.",
        V5 = "5" "MQTT 5.",
    }
}

/// A connection profile: how to reach a broker.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// The name, as the user sees it.
    pub name: String,
    /// The folder that relative paths are resolved against.
    pub base_dir: PathBuf,
    /// The address of the broker.
    pub url: BrokerUrl,
    /// The client ID; `None`: one is generated once and reused.
    pub client_id: Option<String>,
    /// The user name.
    pub username: Option<String>,
    /// Where the password comes from.
    pub password: Option<PasswordSource>,
    /// The MQTT version.
    pub protocol: MqttVersion,
    /// The keep alive in seconds.
    pub keep_alive: BoundedInt<1, 65_535>,
    /// Whether the broker discards the session when the connection is lost.
    pub clean_session: bool,
    /// How many seconds the broker keeps the session after the connection has ended; `None`: for ever.
    pub session_expiry: Option<BoundedInt<1, 4_294_967_295>>,
    /// The timeout of a connection attempt in seconds.
    pub connect_timeout: BoundedInt<1, 3_600>,
    /// The maximum packet size, incoming and outgoing.
    pub max_packet_size: ByteSize,
    /// How many messages with `QoS` 1 and 2 the broker may send before they are acknowledged; `None`: 65,535.
    pub receive_maximum: Option<BoundedInt<1, 65_535>>,
    /// The dashboard to open with this profile.
    pub dashboard: Option<String>,
    /// Whether to keep the screen on while connected.
    pub keep_awake: bool,
    /// The TLS settings.
    pub tls: Nested<TlsSettings>,
    /// The will.
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
            session_expiry: None,
            connect_timeout: BoundedInt::clamped(5),
            max_packet_size: ByteSize::from_mib(16),
            receive_maximum: None,
            dashboard: None,
            keep_awake: false,
            tls: Nested::default(),
            will: None,
        }
    }
}

impl Profile {
    /// Creates a profile with default settings from a URL. The name is its host and port.
    #[must_use]
    pub fn from_broker_url(url: BrokerUrl) -> Self {
        Self { name: url.address(), url, ..Self::default() }
    }

    /// Resolves a path from the profile against the profile's folder.
    #[must_use]
    pub(crate) fn resolve_path(&self, path: &std::path::Path) -> PathBuf {
        self.base_dir.join(path)
    }
}

impl Schema for Profile {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(
            BrokerUrl,
            url,
            "the broker: mqtt:// (port 1883), mqtts:// (8883), ws:// (80) or wss:// (443); without a path, a WebSocket asks for /mqtt"
        ),
        field!(
            Option<String>,
            client_id,
            "the client ID; if not set, one is generated once per profile, and each run of the program at the same time adds a number"
        ),
        field!(Option<String>, username, "the user name to log in with"),
        field!(Option<PasswordSource>, password, "the password, or preferably where it comes from"),
        field!(MqttVersion, protocol, "the MQTT version"),
        field!(BoundedInt<1, 65_535>, keep_alive, "seconds without traffic until the connection is tested"),
        field!(bool, clean_session, "false: the broker keeps subscriptions and messages while this client is offline"),
        field!(
            Option<BoundedInt<1, 4_294_967_295>>,
            session_expiry,
            "MQTT 5: how many seconds the broker keeps the session after the connection has ended; if not set, for ever"
        ),
        field!(BoundedInt<1, 3_600>, connect_timeout, "the timeout of a connection attempt in seconds"),
        field!(ByteSize, max_packet_size, "the maximum packet size, incoming and outgoing"),
        field!(
            Option<BoundedInt<1, 65_535>>,
            receive_maximum,
            "MQTT 5: how many messages of QoS 1 and 2 the broker may send before they are acknowledged; if not set, 65535"
        ),
        field!(
            Option<String>,
            dashboard,
            "the dashboard to open with it; if not set, every dashboard that names this profile"
        ),
        field!(bool, keep_awake, "keep the screen on while connected"),
        field!(Nested<TlsSettings>, tls, "TLS settings, for mqtts:// and wss://"),
        field!(Option<Nested<Will>>, will, "the message that the broker publishes if the connection is lost"),
    ];

    fn validate(&self) -> Vec<ValidationError> {
        let mut errors = Vec::new();
        if !self.clean_session && self.client_id.as_ref().is_none_or(String::is_empty) {
            errors.push(
                ValidationError::new("a persistent session needs a fixed client ID")
                    .with_help("set `client_id`")
                    .prepend_key("clean_session"),
            );
        }
        if self.tls != Nested::default() && !self.url.scheme.is_secure() {
            errors.push(
                ValidationError::new("`tls` has no effect on an unencrypted connection")
                    .with_help("use mqtts:// or wss:// in `url`, or remove `tls`")
                    .prepend_key("tls"),
            );
        }
        if self.password.is_some() && self.username.is_none() && self.protocol == MqttVersion::V311 {
            errors.push(
                ValidationError::new("MQTT 3.1.1 does not allow a password without a user name")
                    .with_help("set `username`")
                    .prepend_key("password"),
            );
        }
        if self.protocol == MqttVersion::V5 && self.keep_alive.get() < 5 {
            errors.push(ValidationError::new("with protocol 5 the minimum is 5 seconds").prepend_key("keep_alive"));
        }
        if self.client_id.as_ref().is_some_and(|id| id.len() > topic::MAX_BYTES || id.contains('\0')) {
            errors.push(
                ValidationError::new("the client ID must have at most 65535 bytes and no NUL character")
                    .prepend_key("client_id"),
            );
        }
        if self.username.as_ref().is_some_and(|name| name.len() > topic::MAX_BYTES || name.contains('\0')) {
            errors.push(
                ValidationError::new("the user name must have at most 65535 bytes and no NUL character")
                    .prepend_key("username"),
            );
        }
        errors.extend(self.session_errors());
        errors
    }
}

impl Profile {
    /// Returns the errors of keys that the version of MQTT or the kind of the session does not have.
    fn session_errors(&self) -> Vec<ValidationError> {
        let mut errors = Vec::new();
        if self.protocol == MqttVersion::V311 {
            let needs_v5 = |key: &str| {
                ValidationError::new(format!("`{key}` needs MQTT 5"))
                    .with_help("set `protocol = \"5\"`, or remove it")
                    .prepend_key(key)
            };
            errors.extend(self.session_expiry.is_some().then(|| needs_v5("session_expiry")));
            errors.extend(self.receive_maximum.is_some().then(|| needs_v5("receive_maximum")));
            let will_keys = self.will.iter().flat_map(|will| will.0.v5_keys());
            errors.extend(will_keys.map(|key| needs_v5(key).prepend_key("will")));
        } else if self.session_expiry.is_some() && self.clean_session {
            errors.push(
                ValidationError::new("`session_expiry` has no effect with `clean_session = true`")
                    .with_help("set `clean_session = false`, or remove it")
                    .prepend_key("session_expiry"),
            );
        }
        errors
    }
}
