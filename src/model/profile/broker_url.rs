//! The address of a broker: the `url` of a profile.

use url::{Host, Url};

use crate::model::{
    field_value::{parse_text, string_enum},
    schema::{FieldValue, ValueType},
    value::{ValidationError, Value, did_you_mean},
};

string_enum! {
    /// The transport to a broker.
    Scheme {
        Tcp = "mqtt" "Plain TCP, port 1883.",
        Tls = "mqtts" "TLS, port 8883.",
        Ws = "ws" "WebSocket, port 80.",
        Wss = "wss" "WebSocket over TLS, port 443.",
    }
}

impl Scheme {
    fn parse(text: &str) -> Result<Self, ValidationError> {
        match text {
            "mqtt" | "tcp" => Ok(Self::Tcp),
            "mqtts" | "ssl" => Ok(Self::Tls),
            "ws" => Ok(Self::Ws),
            "wss" => Ok(Self::Wss),
            other => {
                let similar = did_you_mean(other, ["mqtt", "mqtts", "ws", "wss"]);
                // Anything else may be a part of a password: `:` stands behind a user name, too.
                let is_quoted = similar.is_some() || ["http", "https", "amqp", "unix"].contains(&other);
                let scheme = if is_quoted { format!(" `{other}://`") } else { String::new() };
                Err(ValidationError::new(format!("unknown URL scheme{scheme}"))
                    .with_help(similar.unwrap_or_else(|| "expected mqtt://, mqtts://, ws:// or wss://".to_owned()))
                    .with_span(Some(0..other.len())))
            }
        }
    }

    /// Returns whether the connection is encrypted.
    #[must_use]
    pub const fn is_secure(self) -> bool {
        matches!(self, Self::Tls | Self::Wss)
    }

    const fn default_port(self) -> u16 {
        match self {
            Self::Tcp => 1883,
            Self::Tls => 8883,
            Self::Ws => 80,
            Self::Wss => 443,
        }
    }
}

/// The address of a broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokerUrl {
    /// The transport.
    pub(crate) scheme: Scheme,
    /// A host name or an IP address, without brackets.
    pub(crate) host: String,
    /// The port.
    pub(crate) port: u16,
    /// The path of the request, for WebSocket; `/mqtt` by default.
    pub(crate) path: String,
    text: String,
}

impl BrokerUrl {
    /// Parses `mqtt://host`, `mqtts://host:port`, `ws://host:port/path`, `wss://…`. Without a scheme it is
    /// `mqtt://`.
    ///
    /// # Errors
    /// If the URL is invalid, has an unknown scheme or contains a user name or a password.
    pub fn parse(text: &str) -> Result<Self, ValidationError> {
        if text.contains('@') {
            return Err(ValidationError::new("the broker URL must not contain a user name or a password")
                .with_help("set `username` and `password` instead; an `@` in the path is written %40"));
        }
        let full = if text.contains("://") { text.to_owned() } else { format!("mqtt://{text}") };
        let url = Url::parse(&full).map_err(|error| {
            ValidationError::new(format!("invalid broker URL: {error}")).with_help("write it like mqtt://host:1883")
        })?;
        let scheme = Scheme::parse(url.scheme())?;
        let host = match url.host() {
            Some(Host::Ipv6(ip)) => ip.to_string(),
            Some(host) if !host.to_string().is_empty() => host.to_string(),
            _ => {
                return Err(
                    ValidationError::new("the broker URL has no host").with_help("write it like mqtt://host:1883")
                );
            }
        };
        let path = match (scheme, url.path()) {
            (Scheme::Ws | Scheme::Wss, "" | "/") => "/mqtt".to_owned(),
            (Scheme::Ws | Scheme::Wss, path) => {
                url.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"))
            }
            (_, "" | "/") => String::new(),
            _ => {
                return Err(ValidationError::new("a path is only allowed in ws:// and wss:// URLs")
                    .with_help("remove the path"));
            }
        };
        let port = url.port().unwrap_or_else(|| scheme.default_port());
        if port == 0 {
            return Err(ValidationError::new("port 0 is not valid").with_help("expected 1 to 65535"));
        }
        Ok(Self { scheme, host, port, path, text: text.to_owned() })
    }

    /// Returns the host as written in a URL: an IPv6 address in brackets.
    #[must_use]
    pub(crate) fn bracketed_host(&self) -> String {
        if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() }
    }
}

impl Default for BrokerUrl {
    fn default() -> Self {
        Self {
            scheme: Scheme::Tcp,
            host: "localhost".to_owned(),
            port: 1883,
            path: String::new(),
            text: "mqtt://localhost:1883".to_owned(),
        }
    }
}

impl std::fmt::Display for BrokerUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl FieldValue for BrokerUrl {
    const VALUE_TYPE: ValueType = ValueType::Custom("a URL such as \"mqtts://broker.example:8883\"");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        parse_text(value, Self::VALUE_TYPE, Self::parse)
    }

    fn to_value(&self) -> Option<Value> {
        Some(self.text.as_str().into())
    }
}
