//! The address of a broker: the `url` of a profile.

use url::{Host, Url};

use super::authority;
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
            "mqtts" | "ssl" | "tls" => Ok(Self::Tls),
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

/// The path that is asked for if a WebSocket URL has none.
const DEFAULT_PATH: &str = "/mqtt";

/// The address of a broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokerUrl {
    /// The transport.
    pub(crate) scheme: Scheme,
    /// A host name in ASCII or an IP address, without brackets.
    pub(crate) host: String,
    /// The zone of an IPv6 address: the network interface through which it is reached (RFC 4007).
    pub(crate) zone: Option<String>,
    /// The port.
    pub(crate) port: u16,
    /// The path and the query of the request, for WebSocket; [`DEFAULT_PATH`] if the URL has no path.
    pub(crate) path: String,
    text: String,
}

impl BrokerUrl {
    /// Parses `mqtt://host`, `mqtts://host:port`, `ws://host:port/path`, `wss://…`. Without a scheme it is
    /// `mqtt://`. No error quotes the URL, which may contain a password.
    ///
    /// # Errors
    /// If the URL is invalid, has an unknown scheme or contains a user name or a password.
    pub fn parse(text: &str) -> Result<Self, ValidationError> {
        if text.contains('@') {
            return Err(ValidationError::new("the broker URL must not contain a user name or a password")
                .with_help("set `username` and `password` instead; an `@` in the path is written %40"));
        }
        let trimmed = text.trim();
        let full = if trimmed.contains("://") { trimmed.to_owned() } else { format!("mqtt://{trimmed}") };
        let (full, zone) = split_zone(full)?;
        let url = Url::parse(&full).map_err(|error| invalid_url(&full, error))?;
        let scheme = Scheme::parse(url.scheme())?;
        let host = match url.host_str().filter(|host| !host.is_empty()) {
            Some(host) => authority::parse_host(host).map_err(|error| invalid_url(&full, error))?,
            None => {
                return Err(
                    ValidationError::new("the broker URL has no host").with_help("write it like mqtt://host:1883")
                );
            }
        };
        let path = path(scheme, &url, has_path(&full))?;
        let port = url.port().unwrap_or_else(|| scheme.default_port());
        if port == 0 {
            return Err(ValidationError::new("port 0 is not valid").with_help("expected 1 to 65535"));
        }
        Ok(Self { scheme, host, zone, port, path, text: text.to_owned() })
    }

    /// Returns the host as the DNS lookup needs it: an IPv6 address with its zone.
    #[must_use]
    pub(crate) fn lookup_host(&self) -> String {
        self.zone.as_ref().map_or_else(|| self.host.clone(), |zone| format!("{}%{zone}", self.host))
    }

    /// Returns the host as written in a URL: an IPv6 address in brackets, without a zone, which has a meaning on this
    /// machine only.
    #[must_use]
    pub(crate) fn bracketed_host(&self) -> String {
        authority::bracketed(&self.host)
    }

    /// Returns whether the host is this machine: `localhost`, or an address of the loopback interface.
    #[must_use]
    pub(crate) fn is_local(&self) -> bool {
        match Host::parse(&self.bracketed_host()) {
            Ok(Host::Domain(name)) => name == "localhost",
            Ok(Host::Ipv4(ip)) => ip.is_loopback(),
            Ok(Host::Ipv6(ip)) => ip.is_loopback(),
            Err(_) => false,
        }
    }

    /// Returns the host and the port, as the user knows them.
    #[must_use]
    pub(crate) fn address(&self) -> String {
        match &self.zone {
            Some(zone) => format!("[{}%{zone}]:{}", self.host, self.port),
            None => format!("{}:{}", self.bracketed_host(), self.port),
        }
    }

    /// Returns the path of the request without its query, which may contain a secret.
    #[must_use]
    pub(crate) fn shown_path(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }
}

fn invalid_url(full: &str, error: url::ParseError) -> ValidationError {
    let authority = full.split("://").nth(1).unwrap_or_default().split(['/', '?', '#']).next().unwrap_or_default();
    let is_bare_ipv6 = !authority.starts_with('[') && authority.matches(':').count() > 1;
    let help = if is_bare_ipv6 {
        "write an IPv6 address in brackets: mqtt://[::1]:1883"
    } else {
        "write it like mqtt://host:1883"
    };
    ValidationError::new(format!("invalid broker URL: {error}")).with_help(help)
}

/// Removes the zone from an IPv6 address: `[fe80::1%eth0]`, or `%25eth0` as RFC 6874 has it.
fn split_zone(full: String) -> Result<(String, Option<String>), ValidationError> {
    let Some((before, rest)) = full.split_once("://[") else { return Ok((full, None)) };
    let Some((address, after)) = rest.split_once(']') else { return Ok((full, None)) };
    let Some((ip, zone)) = address.split_once('%') else { return Ok((full, None)) };
    let zone = zone.strip_prefix("25").filter(|zone| !zone.is_empty()).unwrap_or(zone);
    if zone.is_empty() || !zone.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')) {
        return Err(ValidationError::new("the zone of the IPv6 address is invalid")
            .with_help("write the name of a network interface: [fe80::1%eth0]"));
    }
    Ok((format!("{before}://[{ip}]{after}"), Some(zone.to_owned())))
}

/// Returns whether a URL has a path, even if it is only `/`.
fn has_path(full: &str) -> bool {
    let after_scheme = full.split_once("://").map_or("", |(_, rest)| rest);
    after_scheme.find(['/', '?', '#']).is_some_and(|at| after_scheme[at..].starts_with('/'))
}

fn path(scheme: Scheme, url: &Url, has_path: bool) -> Result<String, ValidationError> {
    match (scheme, url.path()) {
        (Scheme::Ws | Scheme::Wss, path) => {
            let path = if has_path { path } else { DEFAULT_PATH };
            Ok(url.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}")))
        }
        (_, "" | "/") => Ok(String::new()),
        _ => Err(ValidationError::new("a path is only allowed in ws:// and wss:// URLs").with_help("remove the path")),
    }
}

impl Default for BrokerUrl {
    fn default() -> Self {
        Self {
            scheme: Scheme::Tcp,
            host: "localhost".to_owned(),
            zone: None,
            port: 1883,
            path: String::new(),
            text: "mqtt://localhost:1883".to_owned(),
        }
    }
}

impl std::fmt::Display for BrokerUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.text.split_once('?') {
            // A query may contain a token.
            Some((before, _)) => write!(f, "{before}?…"),
            None => f.write_str(&self.text),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_url_without_a_path_asks_for_the_default_path() {
        for (url, path) in [
            ("ws://h", "/mqtt"),
            ("ws://h:9001", "/mqtt"),
            ("ws://h/", "/"),
            ("WSS://h:443/", "/"),
            ("ws://h/?token=abc", "/?token=abc"),
            ("ws://h?token=abc", "/mqtt?token=abc"),
            ("wss://h/a/b%20c?x=1&y=/", "/a/b%20c?x=1&y=/"),
            ("ws://h/a b", "/a%20b"),
            ("ws://h/x#part", "/x"),
            ("mqtt://h/", ""),
        ] {
            assert_eq!(BrokerUrl::parse(url).unwrap().path, path, "{url}");
        }
    }

    #[test]
    fn international_names_become_ascii_with_every_scheme() {
        for scheme in ["mqtt", "mqtts", "ws", "wss"] {
            for (host, ascii) in [
                ("bücher.example", "xn--bcher-kva.example"),
                ("b%C3%BCcher.example", "xn--bcher-kva.example"),
                ("БРОКЕР.example", "xn--90aiopjd.example"),
                ("Broker.Example", "broker.example"),
                ("my_host", "my_host"),
            ] {
                assert_eq!(BrokerUrl::parse(&format!("{scheme}://{host}:99")).unwrap().host, ascii, "{scheme} {host}");
            }
        }
        assert_eq!(BrokerUrl::parse(" bücher.example ").unwrap().address(), "xn--bcher-kva.example:1883");
    }

    #[test]
    fn zones_of_ipv6_addresses_are_for_the_lookup_only() {
        for text in ["mqtt://[fe80::1%eth0]:99", "mqtt://[fe80::1%25eth0]:99", "[fe80::1%eth0]:99"] {
            let url = BrokerUrl::parse(text).unwrap();
            assert_eq!((url.host.as_str(), url.lookup_host().as_str()), ("fe80::1", "fe80::1%eth0"), "{text}");
            assert_eq!((url.bracketed_host().as_str(), url.address().as_str()), ("[fe80::1]", "[fe80::1%eth0]:99"));
        }
        assert_eq!(BrokerUrl::parse("ws://[fe80::1%2]/x").unwrap().lookup_host(), "fe80::1%2");
        assert_eq!(BrokerUrl::parse("mqtt://[::1]").unwrap().lookup_host(), "::1");
        for text in ["mqtt://[fe80::1%]", "mqtt://[fe80::1%a b]", "mqtt://[fe80::1%$(x)]"] {
            assert!(BrokerUrl::parse(text).is_err(), "{text}");
        }
        let bare = BrokerUrl::parse("mqtt://fe80::1:1883").unwrap_err();
        assert!(bare.help.is_some_and(|help| help.contains("in brackets")));
    }

    #[test]
    fn no_error_and_no_display_contains_what_may_be_a_secret() {
        for text in [
            "mqtt://me:geheim@host",
            "mqtt://me:ge%40heim@host",
            "mqtt://me:geheim",
            "mqtt://host/geheim",
            "mqtt://me:ge/geheim",
            "ws://[geheim",
            "mqtts://host:geheim/",
        ] {
            let error = format!("{:?}", BrokerUrl::parse(text).unwrap_err());
            assert!(!error.contains("heim"), "{text}: {error}");
        }
        let url = BrokerUrl::parse("ws://host/a?token=geheim").unwrap();
        assert_eq!((url.to_string().as_str(), url.shown_path()), ("ws://host/a?…", "/a"));
    }
}
