//! Chooses how to reach the broker: looks up its host name, finds an address that answers, and configures
//! the transport of rumqttc.

use std::{io, net::SocketAddr};

use rumqttc::{Proxy, ProxyAuth, ProxyType, TlsConfiguration, Transport};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};

use super::{connect_proxy, endpoint::Endpoint, error::MqttError, limits::ADDRESS_TIMEOUT, tls};
use crate::model::profile::{BrokerUrl, Profile, Scheme};

/// How to reach the broker, as rumqttc's options need it.
pub(super) struct Route {
    /// The host for [`rumqttc::MqttOptions`]: a name, an address, or for a WebSocket the whole URL.
    pub host: String,
    /// The port.
    pub port: u16,
    /// TCP, TLS, or WebSocket.
    pub transport: Transport,
    /// For a WebSocket to one address of several: the URL and the `Host` header of the HTTP request.
    pub websocket_request: Option<(String, String)>,
    /// For TLS, if an earlier address did not answer: the local proxy to the address that answers.
    pub proxy: Option<Proxy>,
}

/// Finds a route to the broker.
///
/// # Errors
/// When the DNS lookup fails, no address answers, or the TLS settings cannot be used.
pub(super) async fn find_route(profile: &Profile, endpoint: &Endpoint) -> Result<Route, MqttError> {
    let url = &profile.url;
    let transport = match url.scheme {
        Scheme::Tcp => Transport::Tcp,
        Scheme::Ws => Transport::Ws,
        Scheme::Tls => Transport::Tls(tls_configuration(profile, endpoint).await?),
        Scheme::Wss => Transport::Wss(tls_configuration(profile, endpoint).await?),
    };
    let (address, others_timed_out) = find_address(url, endpoint).await?.unzip();
    let proxy = match (url.scheme, address, others_timed_out) {
        (Scheme::Tls, Some(address), Some(true)) => Some(open_connect_proxy(address, endpoint).await?),
        _ => None,
    };
    let websocket_url = |host: &str| {
        let scheme = if url.scheme.is_secure() { "wss" } else { "ws" };
        format!("{scheme}://{host}:{}{}", url.port, url.path)
    };
    let bracketed = url.bracketed_host();
    let (host, websocket_request) = match (url.scheme, address) {
        // rumqttc checks the certificate against this host, so for TLS it must be the name.
        (Scheme::Tcp | Scheme::Tls, None) | (Scheme::Tls, Some(_)) => (url.host.clone(), None),
        (Scheme::Tcp, Some(address)) => (address.ip().to_string(), None),
        (Scheme::Ws | Scheme::Wss, None) => (websocket_url(&bracketed), None),
        (Scheme::Ws | Scheme::Wss, Some(address)) => {
            let ip = address.ip().to_string();
            let ip = if address.is_ipv6() { format!("[{ip}]") } else { ip };
            (websocket_url(&ip), Some((websocket_url(&bracketed), format!("{bracketed}:{}", url.port))))
        }
    };
    Ok(Route { host, port: url.port, transport, websocket_request, proxy })
}

/// Starts a local proxy to `address`, because rumqttc would try the addresses that do not answer first.
async fn open_connect_proxy(address: SocketAddr, endpoint: &Endpoint) -> Result<Proxy, MqttError> {
    let port = connect_proxy::open(address).await.map_err(|error| endpoint.io_error(&error, false))?;
    Ok(Proxy { ty: ProxyType::Http, auth: ProxyAuth::None, addr: "127.0.0.1".to_owned(), port })
}

/// Creates the TLS configuration on a blocking thread, because it reads files.
async fn tls_configuration(profile: &Profile, endpoint: &Endpoint) -> Result<TlsConfiguration, MqttError> {
    let (profile, request) = (profile.clone(), endpoint.certificate_request.clone());
    let config = tokio::task::spawn_blocking(move || tls::client_config(&profile, request)).await;
    config.map_err(|error| MqttError::Tls(error.to_string()))?.map(TlsConfiguration::Rustls)
}

/// Finds an address that answers, and whether an earlier one timed out. Returns `None` if rumqttc can
/// connect by name.
async fn find_address(url: &BrokerUrl, endpoint: &Endpoint) -> Result<Option<(SocketAddr, bool)>, MqttError> {
    if url.host.parse::<std::net::IpAddr>().is_ok() {
        return Ok(None);
    }
    let resolved = lookup_host((url.host.as_str(), url.port)).await.map_err(|error| lookup_error(&url.host, &error))?;
    let addresses: Vec<SocketAddr> = resolved.collect();
    if addresses.is_empty() {
        return Err(MqttError::NoSuchHost(url.host.clone()));
    }
    // With one address there is no choice, and loopback addresses fail at once: rumqttc can try them.
    if addresses.len() == 1 || addresses.iter().all(|address| address.ip().is_loopback()) {
        return Ok(None);
    }
    let (mut last_error, mut timed_out) = (None, false);
    for address in &addresses {
        match timeout(ADDRESS_TIMEOUT, TcpStream::connect(address)).await {
            Ok(Ok(_)) => return Ok(Some((*address, timed_out))),
            Ok(Err(error)) => last_error = Some(endpoint.io_error(&error, false)),
            Err(_) => {
                timed_out = true;
                tracing::debug!(%address, "no answer");
            }
        }
    }
    let none_reachable = || {
        MqttError::Unreachable(endpoint.address.clone(), format!("none of its {} addresses answered", addresses.len()))
    };
    Err(last_error.unwrap_or_else(none_reachable))
}

fn lookup_error(host: &str, error: &io::Error) -> MqttError {
    let text = error.to_string().to_lowercase();
    if text.contains("temporary failure") || text.contains("try again") {
        MqttError::LookupFailed(host.to_owned())
    } else {
        MqttError::NoSuchHost(host.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn route_host_and_port(url: &str) -> (String, u16) {
        let profile = Profile::from_broker_url(BrokerUrl::parse(url).unwrap());
        let route = find_route(&profile, &Endpoint::new(&profile, "me")).await.unwrap();
        (route.host, route.port)
    }

    #[tokio::test]
    async fn find_route_formats_host_for_rumqttc() {
        assert_eq!(route_host_and_port("mqtt://127.0.0.1:99").await, ("127.0.0.1".to_owned(), 99));
        assert_eq!(route_host_and_port("mqtt://[::1]").await, ("::1".to_owned(), 1883));
        assert_eq!(route_host_and_port("mqtts://[::1]").await, ("::1".to_owned(), 8883));
        assert_eq!(route_host_and_port("ws://[::1]:9001").await, ("ws://[::1]:9001/mqtt".to_owned(), 9001));
        assert_eq!(
            route_host_and_port("wss://127.0.0.1/a?b=c%20d").await,
            ("wss://127.0.0.1:443/a?b=c%20d".to_owned(), 443)
        );
        assert_eq!(route_host_and_port("mqtt://localhost").await, ("localhost".to_owned(), 1883));
    }

    #[test]
    fn lookup_error_distinguishes_unknown_host_from_failed_lookup() {
        let error = |text: &str| lookup_error("x", &io::Error::other(text.to_owned())).to_string();
        assert_eq!(error("Name or service not known"), "no such host: x");
        assert!(error("Temporary failure in name resolution").ends_with("is this machine online?"));
    }
}
