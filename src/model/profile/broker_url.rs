//! Where a broker is: the `url` of a profile.

use url::{Host, Url};

use crate::model::{
    field_value::{parse_text, string_enum},
    schema::{FieldValue, ValueType},
    value::{ValidationError, Value, did_you_mean},
};

string_enum! {
    /// What carries the bytes.
    Scheme {
        Tcp = "mqtt" "Plain TCP, port 1883.",
        Tls = "mqtts" "TLS, port 8883.",
        Ws = "ws" "WebSocket, port 80.",
        Wss = "wss" "WebSocket over TLS, port 443.",
    }
}

impl Scheme {
    /// Whether the bytes are encrypted.
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

/// Where a broker is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokerUrl {
    /// What carries the bytes.
    pub scheme: Scheme,
    /// A name or an IP address, without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The path of the request, for the WebSocket schemes; `/mqtt` unless said otherwise.
    pub path: String,
    text: String,
}

impl BrokerUrl {
    /// Reads `mqtt://host`, `mqtts://host:port`, `ws://host:port/path`, `wss://…`.
    ///
    /// # Errors
    /// Says what is wrong and what is wanted.
    pub fn parse(text: &str) -> Result<Self, ValidationError> {
        let full = if text.contains("://") { text.to_owned() } else { format!("mqtt://{text}") };
        let url = Url::parse(&full).map_err(|error| {
            ValidationError::new(format!("this is no address of a broker: {error}"))
                .with_help("write it like mqtt://host:1883")
        })?;
        let scheme = match url.scheme() {
            "mqtt" | "tcp" => Scheme::Tcp,
            "mqtts" | "ssl" => Scheme::Tls,
            "ws" => Scheme::Ws,
            "wss" => Scheme::Wss,
            other => {
                return Err(ValidationError::new(format!("`{other}://` is not known here"))
                    .with_help(
                        did_you_mean(other, ["mqtt", "mqtts", "ws", "wss"])
                            .unwrap_or_else(|| "mqtt://, mqtts://, ws:// or wss:// is wanted".to_owned()),
                    )
                    .with_span(Some(0..other.len())));
            }
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ValidationError::new("user and password do not belong into the address")
                .with_help("give them as `username` and `password`"));
        }
        let host = match url.host() {
            Some(Host::Ipv6(ip)) => ip.to_string(),
            Some(host) if !host.to_string().is_empty() => host.to_string(),
            _ => {
                return Err(
                    ValidationError::new("the address names no host").with_help("write it like mqtt://host:1883")
                );
            }
        };
        let path = match (scheme, url.path()) {
            (Scheme::Ws | Scheme::Wss, "" | "/") => "/mqtt".to_owned(),
            (Scheme::Ws | Scheme::Wss, path) => {
                url.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"))
            }
            (_, "" | "/") => String::new(),
            (_, path) => {
                return Err(ValidationError::new(format!(
                    "only ws:// and wss:// have a path, so `{path}` says nothing"
                ))
                .with_help("leave the path out"));
            }
        };
        let port = url.port().unwrap_or_else(|| scheme.default_port());
        if port == 0 {
            return Err(ValidationError::new("port 0 cannot be reached").with_help("1 to 65535 is wanted"));
        }
        Ok(Self { scheme, host, port, path, text: text.to_owned() })
    }

    /// The host as a URL has it: an IPv6 address in brackets.
    #[must_use]
    pub fn bracketed_host(&self) -> String {
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
    const VALUE_TYPE: ValueType = ValueType::Custom("an address such as \"mqtts://broker.example:8883\"");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        parse_text(value, Self::VALUE_TYPE, Self::parse)
    }

    fn to_value(&self) -> Option<Value> {
        Some(self.text.as_str().into())
    }
}
