//! Connects to the broker: DNS lookup, choice of an address, proxy, TLS, WebSocket.
//!
//! rumqttc gets a [`Route`]: the address of the broker for MQTT 3.1.1 over plain TCP without a proxy, and otherwise that of a
//! [`relay`] in this process, which is already connected to the broker.

mod addresses;
mod connack;
mod proxy;
mod relay;
mod relay_client;
mod websocket;

use hyper::StatusCode;
use rumqttc::Proxy;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;

use self::relay::Upstream;
pub(super) use self::{connack::Refusal, relay::RelayStatus};
use super::{Login, endpoint::Endpoint, error::MqttError, tls};
use crate::model::profile::{MqttVersion, Profile, ProxySetting, Scheme};

/// A connection to the broker, or to a TLS server in front of it.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// How rumqttc reaches the broker.
#[derive(Debug)]
pub(super) struct Route {
    /// The host name or address for [`rumqttc::MqttOptions`].
    pub host: String,
    /// The port.
    pub port: u16,
    /// The relay, as a proxy; `None`: rumqttc connects to the broker itself.
    pub proxy: Option<Proxy>,
    /// The state of the relay, if there is one.
    pub relay: Option<RelayStatus>,
}

/// Connects to the broker, or finds out how rumqttc does.
///
/// # Errors
/// When the DNS lookup fails, no address answers, a proxy, TLS or the WebSocket fails, or the settings of TLS or of the
/// WebSocket cannot be used.
pub(super) async fn find_route(profile: &Profile, login: &Login, endpoint: &Endpoint) -> Result<Route, MqttError> {
    let url = &profile.url;
    let proxy = profile.proxy.as_ref().and_then(ProxySetting::server);
    if url.scheme == Scheme::Tcp && profile.protocol == MqttVersion::V311 && proxy.is_none() {
        let host = addresses::find(url, endpoint).await?.map_or_else(|| url.lookup_host(), |it| it.ip().to_string());
        return Ok(Route { host, port: url.port, proxy: None, relay: None });
    }
    let config = if url.scheme.is_secure() {
        Some(tls::configuration(profile, login, endpoint.handshake.clone()).await?)
    } else {
        None
    };
    let tcp: Box<dyn Stream> = match proxy {
        Some(server) => proxy::connect(server, profile, login, endpoint).await?,
        None => Box::new(addresses::connect(&url.lookup_host(), url.port, endpoint).await?),
    };
    let stream: Box<dyn Stream> = match config {
        Some(config) => {
            let name = ServerName::try_from(url.host.clone())
                .map_err(|_| MqttError::InvalidSetting(format!("TLS cannot check the host name {}", url.host)))?;
            let connected = TlsConnector::from(config).connect(name, tcp).await;
            Box::new(connected.map_err(|error| endpoint.transport_error(&error, false))?)
        }
        None => tcp,
    };
    let upstream = match url.scheme {
        Scheme::Ws | Scheme::Wss => {
            Upstream::WebSocket(Box::new(websocket::connect(profile, login, endpoint, stream).await?))
        }
        Scheme::Tcp | Scheme::Tls => Upstream::Bytes(stream),
    };
    let (proxy, status) = relay::start(upstream, profile.protocol)
        .await
        .map_err(|error| MqttError::ConnectionLost(format!("this machine refuses a connection to itself: {error}")))?;
    Ok(Route { host: "localhost".to_owned(), port: url.port, proxy: Some(proxy), relay: Some(status) })
}

/// Returns what a server has answered: a status of HTTP with its name, and what that means.
fn status_text(status: StatusCode, hint: &str) -> String {
    let name = status.canonical_reason().map(|name| format!(" {name}")).unwrap_or_default();
    format!("{}{name}: {hint}", status.as_u16())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::profile::BrokerUrl;

    #[tokio::test]
    async fn plain_tcp_needs_no_relay() {
        for (url, host, port) in [
            ("mqtt://127.0.0.1:99", "127.0.0.1", 99),
            ("mqtt://[::1]", "::1", 1883),
            ("mqtt://localhost", "localhost", 1883),
        ] {
            let profile = Profile::from_broker_url(BrokerUrl::parse(url).unwrap());
            let route = find_route(&profile, &Login::default(), &Endpoint::new(&profile, "me")).await.unwrap();
            assert_eq!((route.host.as_str(), route.port, route.relay.is_none()), (host, port, true));
        }
    }
}
