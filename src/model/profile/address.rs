//! Where a broker is: the `url` of a profile.

use url::{Host, Url};

use crate::model::{
    field::{parsed, words},
    key::{Field, Wants},
    value::{Complaint, Value, did_you_mean},
};

words! {
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
    pub const fn secure(self) -> bool {
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
pub struct Address {
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

impl Address {
    /// Reads `mqtt://host`, `mqtts://host:port`, `ws://host:port/path`, `wss://…`.
    ///
    /// # Errors
    /// Says what is wrong and what is wanted.
    pub fn parse(text: &str) -> Result<Self, Complaint> {
        let whole = if text.contains("://") { text.to_owned() } else { format!("mqtt://{text}") };
        let url = Url::parse(&whole).map_err(|fault| {
            Complaint::new(format!("this is no address of a broker: {fault}")).help("write it like mqtt://host:1883")
        })?;
        let scheme = match url.scheme() {
            "mqtt" | "tcp" => Scheme::Tcp,
            "mqtts" | "ssl" => Scheme::Tls,
            "ws" => Scheme::Ws,
            "wss" => Scheme::Wss,
            other => {
                return Err(Complaint::new(format!("`{other}://` is not known here"))
                    .help(
                        did_you_mean(other, ["mqtt", "mqtts", "ws", "wss"])
                            .unwrap_or_else(|| "mqtt://, mqtts://, ws:// or wss:// is wanted".to_owned()),
                    )
                    .bytes(Some(0..other.len())));
            }
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Complaint::new("user and password do not belong into the address")
                .help("give them as `username` and `password`"));
        }
        let host = match url.host() {
            Some(Host::Ipv6(ip)) => ip.to_string(),
            Some(host) if !host.to_string().is_empty() => host.to_string(),
            _ => return Err(Complaint::new("the address names no host").help("write it like mqtt://host:1883")),
        };
        let path = match (scheme, url.path()) {
            (Scheme::Ws | Scheme::Wss, "" | "/") => "/mqtt".to_owned(),
            (Scheme::Ws | Scheme::Wss, path) => {
                url.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"))
            }
            (_, "" | "/") => String::new(),
            (_, path) => {
                return Err(Complaint::new(format!("only ws:// and wss:// have a path, so `{path}` says nothing"))
                    .help("leave the path out"));
            }
        };
        let port = url.port().unwrap_or_else(|| scheme.default_port());
        if port == 0 {
            return Err(Complaint::new("port 0 cannot be reached").help("1 to 65535 is wanted"));
        }
        Ok(Self { scheme, host, port, path, text: text.to_owned() })
    }

    /// The host as a URL has it: an IPv6 address in brackets.
    #[must_use]
    pub fn bracketed_host(&self) -> String {
        if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() }
    }
}

impl Default for Address {
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

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl Field for Address {
    const WANTS: Wants = Wants::Form("an address such as \"mqtts://broker.example:8883\"");

    fn read(value: &Value) -> Result<Self, Vec<Complaint>> {
        parsed(value, Self::WANTS, Self::parse)
    }

    fn write(&self) -> Option<Value> {
        Some(self.text.as_str().into())
    }
}
