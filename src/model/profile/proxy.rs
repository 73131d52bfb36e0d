//! The proxy through which the broker is reached.

use url::Url;

use super::authority;
use crate::model::{
    field_value::{parse_text, string_enum},
    schema::{FieldValue, ValueType},
    value::{ValidationError, Value, did_you_mean},
};

string_enum! {
    /// How a proxy is spoken to.
    ProxyScheme {
        Http = "http" "With the method CONNECT of HTTP (RFC 9110, section 9.3.6).",
        Socks5 = "socks5" "With SOCKS 5 (RFC 1928).",
    }
}

/// A proxy server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyServer {
    /// How it is spoken to.
    pub(crate) scheme: ProxyScheme,
    /// A host name in ASCII or an IP address, without brackets.
    pub(crate) host: String,
    /// The port.
    pub(crate) port: u16,
}

/// What a profile says about a proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProxySetting {
    /// There is none, whatever the environment variables say.
    Direct,
    /// This one.
    Server(ProxyServer),
    /// This one, which an environment variable names.
    Environment(ProxyServer),
}

impl ProxySetting {
    /// Returns the proxy.
    #[must_use]
    pub(crate) const fn server(&self) -> Option<&ProxyServer> {
        match self {
            Self::Direct => None,
            Self::Server(server) | Self::Environment(server) => Some(server),
        }
    }
}

/// The value of `proxy` that stands for no proxy.
const DIRECT: &str = "none";

impl ProxyServer {
    /// Parses `http://host:port` or `socks5://host:port`. No error quotes the text, which may contain a password.
    ///
    /// # Errors
    /// If the address is invalid, has an unknown scheme, or contains a user name or a password.
    pub(crate) fn parse(text: &str) -> Result<Self, ValidationError> {
        let (scheme_text, _) = text.split_once("://").ok_or_else(|| {
            ValidationError::new("the address of the proxy has no scheme")
                .with_help("write http://HOST:PORT or socks5://HOST:PORT")
        })?;
        let scheme = Self::parse_scheme(scheme_text)?;
        if text.contains('@') {
            return Err(ValidationError::new("the address of the proxy must not contain a user name or a password")
                .with_help("set `proxy_username` and `proxy_password` instead"));
        }
        let invalid = || ValidationError::new("this is not the address of a proxy").with_help("expected HOST:PORT");
        let url = Url::parse(text).map_err(|_| invalid())?;
        let host = authority::parse_host(url.host_str().ok_or_else(invalid)?).map_err(|_| invalid())?;
        if url.query().is_some() || url.fragment().is_some() || !matches!(url.path(), "" | "/") {
            return Err(ValidationError::new("the address of a proxy has no path").with_help("expected HOST:PORT"));
        }
        let default_port = match scheme {
            ProxyScheme::Http => 80,
            ProxyScheme::Socks5 => 1080,
        };
        let port = url.port().unwrap_or(default_port);
        Ok(Self { scheme, host, port })
    }

    fn parse_scheme(text: &str) -> Result<ProxyScheme, ValidationError> {
        match text {
            "http" => Ok(ProxyScheme::Http),
            // The proxy looks names up in both cases.
            "socks5" | "socks5h" | "socks" => Ok(ProxyScheme::Socks5),
            "https" => Err(ValidationError::new("a proxy that is spoken to over TLS is not supported")
                .with_help("most proxies for https are written http://HOST:PORT")),
            other => Err(ValidationError::new("unknown kind of proxy").with_help(
                did_you_mean(other, ["http", "socks5"]).unwrap_or_else(|| "expected http:// or socks5://".to_owned()),
            )),
        }
    }

    /// Returns the host and the port: `proxy.example:3128`.
    #[must_use]
    pub(crate) fn address(&self) -> String {
        format!("{}:{}", authority::bracketed(&self.host), self.port)
    }
}

impl FieldValue for ProxySetting {
    const VALUE_TYPE: ValueType = ValueType::Custom("\"http://HOST:PORT\", \"socks5://HOST:PORT\" or \"none\"");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        parse_text(value, Self::VALUE_TYPE, |text| match text.trim() {
            DIRECT => Ok(Self::Direct),
            text => ProxyServer::parse(text).map(Self::Server),
        })
    }

    fn to_value(&self) -> Option<Value> {
        Some(match self {
            Self::Direct => DIRECT.into(),
            Self::Environment(_) => return None,
            Self::Server(server) => {
                let Some(Value::String(scheme)) = server.scheme.to_value() else { return None };
                Value::String(format!("{scheme}://{}", server.address()))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_proxies_have_default_ports() {
        let address = |text: &str| ProxyServer::parse(text).map(|proxy| (proxy.scheme, proxy.address())).ok();
        for (text, scheme, expected) in [
            ("http://proxy.example:3128", ProxyScheme::Http, "proxy.example:3128"),
            ("http://proxy.example/", ProxyScheme::Http, "proxy.example:80"),
            ("socks5://bücher.example", ProxyScheme::Socks5, "xn--bcher-kva.example:1080"),
            ("socks5h://[::1]:9050", ProxyScheme::Socks5, "[::1]:9050"),
        ] {
            assert_eq!(address(text), Some((scheme, expected.to_owned())), "{text}");
        }
    }

    #[test]
    fn setting_round_trips() {
        for text in ["none", "http://proxy.example:3128", "socks5://[::1]:1080"] {
            let setting = ProxySetting::from_value(&text.into()).unwrap();
            assert_eq!(setting.to_value(), Some(text.into()));
        }
    }

    #[test]
    fn errors_quote_nothing_of_the_address() {
        for text in
            ["ann:s3cret@proxy", "ftp://s3cret", "http://ann:s3cret@proxy:1", "http://s3cret:99999", "http://a/s3cret"]
        {
            let [error] = &ProxySetting::from_value(&text.into()).unwrap_err()[..] else { panic!("{text}") };
            let shown = format!("{} {:?}", error.message, error.help);
            assert!(!shown.contains("s3cret"), "{shown}");
        }
    }
}
