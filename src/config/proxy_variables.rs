//! The proxy that environment variables name: `ALL_PROXY`, and for WebSocket `HTTP_PROXY` and `HTTPS_PROXY`, unless
//! `NO_PROXY` names the broker. Each is read in lower case, too.

use std::env;

use hyper::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use percent_encoding::percent_decode_str;

use super::error::ConfigError;
use crate::model::{
    password::Password,
    profile::{BrokerUrl, ProxyServer, Scheme},
    value::ValidationError,
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
/// When the variable is not the address of a proxy that is supported.
pub(crate) fn proxy_from_environment(url: &BrokerUrl) -> Result<Option<VariableProxy>, ConfigError> {
    find(url, &|name| env::var(name).ok())
}

/// See [`proxy_from_environment`]; `variable` returns the value of a variable.
fn find(url: &BrokerUrl, variable: &dyn Fn(&str) -> Option<String>) -> Result<Option<VariableProxy>, ConfigError> {
    let names: &[&'static str] = match url.scheme {
        Scheme::Tcp | Scheme::Tls => &["ALL_PROXY", "all_proxy"],
        Scheme::Ws => &["http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"],
        Scheme::Wss => &["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
    };
    let set = |name: &&'static str| Some((*name, variable(name).filter(|value| !value.trim().is_empty())?));
    let Some((name, value)) = names.iter().find_map(set) else { return Ok(None) };
    let exceptions = ["NO_PROXY", "no_proxy"].iter().find_map(|name| variable(name)).unwrap_or_default();
    if url.is_local() || url.zone.is_some() || is_exception(url, &exceptions) {
        return Ok(None);
    }
    parse(value.trim()).map(Some).map_err(|error| {
        let reason = [Some(error.message), error.help].into_iter().flatten().collect::<Vec<_>>().join(", ");
        ConfigError::ProxyVariable { variable: name, reason }
    })
}

/// Returns whether the broker is reached without a proxy: `*`, a host, a domain with its hosts, an address, or a network
/// such as `192.0.2.0/24`; each may have a port, except networks and IPv6 addresses.
fn is_exception(url: &BrokerUrl, exceptions: &str) -> bool {
    let without_port = |entry: &str| match entry.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') => (port == url.port.to_string()).then(|| host.to_owned()),
        _ => Some(entry.to_owned()),
    };
    let entries = exceptions.split(',').map(str::trim);
    if entries.clone().any(|entry| entry == "*") {
        return true;
    }
    let hosts: Vec<String> =
        entries.filter_map(without_port).map(|entry| entry.trim_start_matches('*').to_owned()).collect();
    // Only whether the proxy is asked matters here.
    let matcher = Matcher::builder().all("http://proxy.invalid").no(hosts.join(",")).build();
    let broker = format!("http://{}:{}/", url.bracketed_host(), url.port).parse::<Uri>();
    broker.is_ok_and(|broker| matcher.intercept(&broker).is_none())
}

/// Parses the value of a variable: the address of a proxy, perhaps with a login, and perhaps without a scheme.
fn parse(value: &str) -> Result<VariableProxy, ValidationError> {
    let (scheme, rest) = value.split_once("://").unwrap_or(("http", value));
    let (login, address) = match rest.rsplit_once('@') {
        Some((login, address)) => (Some(login), address),
        None => (None, rest),
    };
    let server = ProxyServer::parse(&format!("{}://{address}", scheme.to_lowercase()))?;
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let login = login.map(|login| {
        let (username, password) = login.split_once(':').unwrap_or((login, ""));
        (decoded(username), Password::from(decoded(password)))
    });
    Ok(VariableProxy { server, login })
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
        for exceptions in ["*", "a, *", "*.broker.example", "1.broker.example:1883", "a.example,broker.example"] {
            let variables = [variables[0], ("no_proxy", exceptions)];
            assert_eq!(proxy("mqtt://1.broker.example", &variables), None, "{exceptions}");
        }
        for exceptions in ["", "1.broker.example:1884", "example.org"] {
            assert!(proxy("mqtt://1.broker.example", &[variables[0], ("NO_PROXY", exceptions)]).is_some());
        }
        assert_eq!(proxy("mqtt://192.0.3.7", &[variables[0], ("NO_PROXY", "*")]), None);
        assert!(proxy("mqtt://192.0.3.7", &variables).is_some());
        assert!(proxy("mqtt://[2001:db8::7]", &variables).is_some());
    }

    #[test]
    fn login_of_a_variable_is_decoded() {
        for (scheme, password) in
            [("http", "s%40cret"), ("socks5", "s@cret"), ("SOCKS5", "s%40cret"), ("socks", "s@cret")]
        {
            let value = format!("{scheme}://ann:{password}@proxy.example:9");
            let found = proxy("mqtt://broker.example", &[("all_proxy", &value)]);
            assert_eq!(found.as_deref(), Some("ann:s@cret@proxy.example:9"));
        }
    }

    #[test]
    fn proxy_that_is_not_supported_is_an_error_without_its_password() {
        for value in [
            "socks4://ann:s3cret@proxy.example",
            "junk://ann:s3cret@x",
            "http://ann:s3cret@ba d:3",
            "http://ann:s3cret@127.0.0.1:99999",
            "https://ann:s3cret@proxy.example",
            "http://ann:s3cret",
        ] {
            let variable = |name: &str| (name == "ALL_PROXY").then(|| value.to_owned());
            let error = find(&BrokerUrl::parse("mqtt://broker.example").unwrap(), &variable).unwrap_err().to_string();
            let expected = "the proxy of the environment variable ALL_PROXY cannot be used: ";
            assert!(error.starts_with(expected) && !error.contains("s3cret"), "{error}");
        }
    }
}
