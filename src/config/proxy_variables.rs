//! The proxy that environment variables name: `ALL_PROXY`, and for WebSocket `HTTP_PROXY` and `HTTPS_PROXY`, unless
//! `NO_PROXY` names the broker. Each is read in lower case, too.

use std::env;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use hyper::Uri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use zeroize::Zeroizing;

use super::error::ConfigError;
use crate::model::{
    password::Password,
    profile::{BrokerUrl, ProxyServer, Scheme},
};

/// A proxy with its login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VariableProxy {
    /// The proxy.
    pub(crate) server: ProxyServer,
    /// The user name and the password.
    pub(crate) login: Option<(String, Password)>,
}

/// Returns the proxy that the environment variables name for a broker. This machine needs none.
///
/// # Errors
/// When the proxy is of a kind that is not supported.
pub(crate) fn proxy_from_environment(url: &BrokerUrl) -> Result<Option<VariableProxy>, ConfigError> {
    find(url, &|name| env::var(name).ok())
}

/// See [`proxy_from_environment`]; `variable` returns the value of a variable.
fn find(url: &BrokerUrl, variable: &dyn Fn(&str) -> Option<String>) -> Result<Option<VariableProxy>, ConfigError> {
    if url.is_local() || url.zone.is_some() {
        return Ok(None);
    }
    // `HTTP_PROXY` in upper case may come from a client of a CGI program.
    let first = |names: &[&str]| names.iter().find_map(|name| variable(name)).unwrap_or_default();
    let matcher = Matcher::builder().all(first(&["ALL_PROXY", "all_proxy"])).no(first(&["NO_PROXY", "no_proxy"]));
    let (matcher, scheme) = match url.scheme {
        Scheme::Tcp | Scheme::Tls => (matcher, "https"),
        Scheme::Ws => (matcher.http(first(&["http_proxy", "HTTP_PROXY"])), "http"),
        Scheme::Wss => (matcher.https(first(&["HTTPS_PROXY", "https_proxy"])), "https"),
    };
    let Ok(broker) = format!("{scheme}://{}:{}/", url.bracketed_host(), url.port).parse::<Uri>() else {
        return Ok(None);
    };
    matcher.build().intercept(&broker).map(|found| to_proxy(&found)).transpose()
}

fn to_proxy(found: &Intercept) -> Result<VariableProxy, ConfigError> {
    let uri = found.uri();
    let unusable = |reason: String| ConfigError::ProxyVariable { reason };
    let host = uri.host().ok_or_else(|| unusable("it has no host".to_owned()))?;
    let server = ProxyServer::new(uri.scheme_str().unwrap_or("http"), host, uri.port_u16()).map_err(|error| {
        unusable([Some(error.message), error.help].into_iter().flatten().collect::<Vec<_>>().join(", "))
    })?;
    Ok(VariableProxy { server, login: login(found) })
}

/// Returns the user name and the password of a proxy. For HTTP, the matcher has only the header to send.
fn login(found: &Intercept) -> Option<(String, Password)> {
    if let Some((username, password)) = found.raw_auth() {
        return Some((username.to_owned(), password.into()));
    }
    let encoded = found.basic_auth()?.to_str().ok()?.strip_prefix("Basic ")?;
    let plain = Zeroizing::new(BASE64.decode(encoded).ok()?);
    let (username, password) = std::str::from_utf8(&plain).ok()?.split_once(':')?;
    Some((username.to_owned(), password.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the address of the proxy for a broker and the login for it.
    fn proxy(url: &str, variables: &[(&str, &str)]) -> Option<String> {
        let variable =
            |name: &str| variables.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned());
        let found = find(&BrokerUrl::parse(url).unwrap(), &variable).unwrap_or_else(|error| panic!("{error}"))?;
        let login = found.login.map(|(username, password)| format!("{username}:{}@", password.as_str()));
        Some(format!("{}{}", login.unwrap_or_default(), found.server.address()))
    }

    #[test]
    fn variable_is_chosen_by_the_scheme_of_the_broker() {
        let all = ("ALL_PROXY", "socks5h://all.example");
        let variables = [all, ("http_proxy", "http://web.example:3128"), ("https_proxy", "https.example:3129")];
        for (url, expected) in [
            ("mqtt://broker.example", "all.example:1080"),
            ("mqtts://broker.example", "all.example:1080"),
            ("ws://broker.example", "web.example:3128"),
            ("wss://broker.example", "https.example:3129"),
        ] {
            assert_eq!(proxy(url, &variables).as_deref(), Some(expected), "{url}");
        }
        assert_eq!(proxy("ws://broker.example", &[all]).as_deref(), Some("all.example:1080"));
        assert_eq!(proxy("mqtt://broker.example", &variables[1..]), None);
        assert_eq!(proxy("mqtt://broker.example", &[]), None);
    }

    #[test]
    fn this_machine_and_exceptions_need_no_proxy() {
        let variables = [("ALL_PROXY", "http://proxy.example:3128"), ("NO_PROXY", "inner.example, 192.0.2.0/24")];
        for url in [
            "mqtt://localhost",
            "mqtt://127.0.0.9",
            "mqtts://[::1]",
            "mqtt://[fe80::1%eth0]",
            "mqtt://hub.inner.example",
            "mqtt://192.0.2.7",
        ] {
            assert_eq!(proxy(url, &variables), None, "{url}");
        }
        assert!(proxy("mqtt://192.0.3.7", &variables).is_some());
        assert!(proxy("mqtt://[2001:db8::7]", &variables).is_some());
    }

    #[test]
    fn login_of_a_variable_is_decoded() {
        for scheme in ["http", "socks5"] {
            let value = format!("{scheme}://ann:s%40cret@proxy.example:9");
            let found = proxy("mqtt://broker.example", &[("all_proxy", &value)]);
            assert_eq!(found.as_deref(), Some("ann:s@cret@proxy.example:9"));
        }
    }

    #[test]
    fn proxy_that_is_not_supported_is_an_error_without_its_password() {
        let variable = |name: &str| (name == "ALL_PROXY").then(|| "socks4://ann:s3cret@proxy.example".to_owned());
        let error = find(&BrokerUrl::parse("mqtt://broker.example").unwrap(), &variable).unwrap_err().to_string();
        let expected = "the proxy of the environment variables cannot be used: unknown kind of proxy";
        assert!(error.starts_with(expected) && !error.contains("s3cret"), "{error}");
    }
}
