//! Connection profiles: how to reach a broker, as configured in `profiles.toml`.

mod authority;
mod broker_url;
mod byte_size;
mod http_headers;
mod password_source;
mod proxy;
mod secrets;
mod tls;
mod validation;
mod will;

use std::path::PathBuf;

pub use broker_url::BrokerUrl;
pub use broker_url::Scheme;
pub use byte_size::ByteSize;
pub use http_headers::HttpHeaders;
pub use password_source::PasswordSource;
pub use proxy::{ProxyScheme, ProxyServer, ProxySetting};
pub use secrets::{SecretKey, Secrets};
pub use tls::{AlpnProtocols, CertificatePin, TlsSettings};
pub use will::{PayloadFormat, UserProperties, Will};

use super::{
    field_value::{BoundedInt, Nested, string_enum},
    schema::{FieldSpec, Schema, field},
    text_list::{TextList, TextListItem},
    topic::TopicFilter,
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
    /// What the explorer subscribes to; if empty, the user is asked.
    pub explore: TextList<TopicFilter>,
    /// Whether to keep the screen on while connected.
    pub keep_awake: bool,
    /// The proxy; `None`: the one of the environment variables, if they name one.
    pub proxy: Option<ProxySetting>,
    /// The user name for the proxy.
    pub proxy_username: Option<String>,
    /// Where the password for the proxy comes from.
    pub proxy_password: Option<PasswordSource>,
    /// The headers of the request for a WebSocket.
    pub headers: HttpHeaders,
    /// Whether the web server of a WebSocket gets the user name and password, too.
    pub basic_auth: bool,
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
            explore: TextList(Vec::new()),
            keep_awake: false,
            proxy: None,
            proxy_username: None,
            proxy_password: None,
            headers: HttpHeaders::default(),
            basic_auth: false,
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

impl TextListItem for TopicFilter {
    const LIST_DESCRIPTION: &'static str = "a list such as [\"home/#\", \"zigbee2mqtt/#\"]";
}

impl Schema for Profile {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(
            BrokerUrl,
            url as "Address",
            "the broker: mqtt:// (port 1883), mqtts:// (8883), ws:// (80) or wss:// (443); without a path, a WebSocket asks for /mqtt"
        ),
        field!(
            Option<String>,
            client_id as "Client ID",
            "the client ID; if not set, one is generated once per profile, and each run of the program at the same time adds a number"
        ),
        field!(Option<String>, username as "User name", "the user name to log in with"),
        field!(Option<PasswordSource>, password, "the password, or preferably where it comes from"),
        field!(MqttVersion, protocol as "MQTT version", "the MQTT version"),
        field!(BoundedInt<1, 65_535>, keep_alive as "Keep alive (s)", "seconds without traffic until the connection is tested"),
        field!(bool, clean_session as "Clean session", "false: the broker keeps subscriptions and messages while this client is offline"),
        field!(
            Option<BoundedInt<1, 4_294_967_295>>,
            session_expiry as "Keep session (s)",
            "MQTT 5: how many seconds the broker keeps the session after the connection has ended; if not set, for ever"
        ),
        field!(BoundedInt<1, 3_600>, connect_timeout as "Timeout (s)", "the timeout of a connection attempt in seconds"),
        field!(ByteSize, max_packet_size as "Largest packet", "the maximum packet size, incoming and outgoing"),
        field!(
            Option<BoundedInt<1, 65_535>>,
            receive_maximum as "Unacknowledged",
            "MQTT 5: how many messages of QoS 1 and 2 the broker may send before they are acknowledged; if not set, 65535"
        ),
        field!(
            Option<String>,
            dashboard,
            "the dashboard to open with it; if not set, every dashboard that names this profile"
        ),
        field!(
            TextList<TopicFilter>,
            explore as "Explorer",
            "what the explorer subscribes to; if empty, it asks"
        ),
        field!(bool, keep_awake as "Keep screen on", "keep the screen on while connected"),
        field!(
            Option<ProxySetting>,
            proxy,
            "the proxy; if not set, the one of ALL_PROXY, and for WebSocket HTTP_PROXY or HTTPS_PROXY; \"none\": none of them"
        ),
        field!(Option<String>, proxy_username as "Proxy user name", "the user name for the proxy"),
        field!(
            Option<PasswordSource>,
            proxy_password,
            "the password for the proxy, from the same sources as `password`"
        ),
        field!(
            HttpHeaders,
            headers,
            "headers of the request for a WebSocket; the values come from the same sources as `password`"
        ),
        field!(bool, basic_auth as "HTTP Basic login", "send `username` and `password` to the web server of a WebSocket, too (HTTP Basic)"),
        field!(Nested<TlsSettings>, tls, "TLS settings, for mqtts:// and wss://"),
        field!(Option<Nested<Will>>, will, "the message that the broker publishes if the connection is lost"),
    ];

    fn implied(&self, key: &str) -> Option<String> {
        let text = match key {
            "client_id" => "generated",
            "dashboard" => "all that name it",
            "proxy" => "from environment",
            "session_expiry" if self.protocol == MqttVersion::V5 && !self.clean_session => "for ever",
            "receive_maximum" if self.protocol == MqttVersion::V5 => "65535",
            _ => return None,
        };
        Some(text.to_owned())
    }

    fn validate(&self) -> Vec<ValidationError> {
        [self.login_errors(), self.session_errors(), self.web_socket_errors(), self.proxy_errors()].concat()
    }
}
