//! The way to the broker: its name looked up, an address of it that answers, and what carries the
//! bytes from there.

use std::{io, net::SocketAddr};

use rumqttc::{Proxy, ProxyAuth, ProxyType, TlsConfiguration, Transport};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};

use super::{connect_proxy, endpoint::Endpoint, error::MqttError, limits::ADDRESS_TIMEOUT, tls};
use crate::model::profile::{BrokerUrl, Profile, Scheme};

/// The way to the broker, in the terms of the client.
pub(super) struct Route {
    /// What the client takes as the host: a name, an address, or for a WebSocket the whole URL.
    pub host: String,
    /// The port.
    pub port: u16,
    /// What carries the bytes.
    pub transport: Transport,
    /// For a WebSocket to one address of several: the URL and the host that the request names.
    pub websocket_request: Option<(String, String)>,
    /// For TLS to one address of several: where the way round the others begins.
    pub proxy: Option<Proxy>,
}

/// Finds the way.
pub(super) async fn find_route(profile: &Profile, endpoint: &Endpoint) -> Result<Route, MqttError> {
    let url = &profile.url;
    let transport = match url.scheme {
        Scheme::Tcp => Transport::Tcp,
        Scheme::Ws => Transport::Ws,
        Scheme::Tls => Transport::Tls(tls_configuration(profile).await?),
        Scheme::Wss => Transport::Wss(tls_configuration(profile).await?),
    };
    let (address, others_timed_out) = find_address(url, endpoint).await?.unzip();
    let proxy = match (url.scheme, address, others_timed_out) {
        (Scheme::Tls, Some(address), Some(true)) => Some(open_connect_proxy(address, endpoint).await?),
        _ => None,
    };
    let name = || url.host.clone();
    let websocket_url = |host: &str| {
        let scheme = if url.scheme.is_secure() { "wss" } else { "ws" };
        format!("{scheme}://{host}:{}{}", url.port, url.path)
    };
    let bracketed = url.bracketed_host();
    let (host, websocket_request) = match (url.scheme, address) {
        // TLS takes the name that it checks from here, so an address cannot stand for it.
        (Scheme::Tcp | Scheme::Tls, None) | (Scheme::Tls, Some(_)) => (name(), None),
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

/// A way round those addresses that do not answer.
async fn open_connect_proxy(address: SocketAddr, endpoint: &Endpoint) -> Result<Proxy, MqttError> {
    let port = connect_proxy::open(address).await.map_err(|error| endpoint.io_error(&error, false))?;
    Ok(Proxy { ty: ProxyType::Http, auth: ProxyAuth::None, addr: "127.0.0.1".to_owned(), port })
}

/// Files are read, so elsewhere than on a thread that must not wait.
async fn tls_configuration(profile: &Profile) -> Result<TlsConfiguration, MqttError> {
    let profile = profile.clone();
    let config = tokio::task::spawn_blocking(move || tls::client_config(&profile)).await;
    config.map_err(|error| MqttError::Tls(error.to_string()))?.map(TlsConfiguration::Rustls)
}

/// An address that answers, where there are several and it matters which, and whether one before it
/// said nothing at all.
async fn find_address(url: &BrokerUrl, endpoint: &Endpoint) -> Result<Option<(SocketAddr, bool)>, MqttError> {
    if url.host.parse::<std::net::IpAddr>().is_ok() {
        return Ok(None);
    }
    let resolved = lookup_host((url.host.as_str(), url.port)).await.map_err(|error| lookup_error(&url.host, &error))?;
    let addresses: Vec<SocketAddr> = resolved.collect();
    if addresses.is_empty() {
        return Err(MqttError::NoSuchHost(url.host.clone()));
    }
    // One address, or closed ports that say so at once: the client does it as well.
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
        MqttError::Unreachable(endpoint.address.clone(), format!("none of its {} addresses answers", addresses.len()))
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
