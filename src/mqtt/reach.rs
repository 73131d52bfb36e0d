//! The way to the broker: its name looked up, an address of it that answers, and what carries the
//! bytes from there.

use std::{io, net::SocketAddr};

use rumqttc::{Proxy, ProxyAuth, ProxyType, TlsConfiguration, Transport};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};

use super::{detour, fault::Fault, limits::ADDRESS, reason::Peer, tls};
use crate::model::profile::{BrokerUrl, Profile, Scheme};

/// The way to the broker, in the terms of the client.
pub(super) struct Way {
    /// What the client takes as the host: a name, an address, or for a WebSocket the whole URL.
    pub host: String,
    /// The port.
    pub port: u16,
    /// What carries the bytes.
    pub transport: Transport,
    /// For a WebSocket to one address of several: the URL and the host that the request names.
    pub request: Option<(String, String)>,
    /// For TLS to one address of several: where the way round the others begins.
    pub proxy: Option<Proxy>,
}

/// Finds the way.
pub(super) async fn find(profile: &Profile, peer: &Peer) -> Result<Way, Fault> {
    let url = &profile.url;
    let transport = match url.scheme {
        Scheme::Tcp => Transport::Tcp,
        Scheme::Ws => Transport::Ws,
        Scheme::Tls => Transport::Tls(trust(profile).await?),
        Scheme::Wss => Transport::Wss(trust(profile).await?),
    };
    let (address, others_silent) = look_up(url, peer).await?.unzip();
    let proxy = match (url.scheme, address, others_silent) {
        (Scheme::Tls, Some(address), Some(true)) => Some(round(address, peer).await?),
        _ => None,
    };
    let name = || url.host.clone();
    let web = |host: &str| {
        let scheme = if url.scheme.is_secure() { "wss" } else { "ws" };
        format!("{scheme}://{host}:{}{}", url.port, url.path)
    };
    let bracketed = url.bracketed_host();
    let (host, request) = match (url.scheme, address) {
        // TLS takes the name that it checks from here, so an address cannot stand for it.
        (Scheme::Tcp | Scheme::Tls, None) | (Scheme::Tls, Some(_)) => (name(), None),
        (Scheme::Tcp, Some(address)) => (address.ip().to_string(), None),
        (Scheme::Ws | Scheme::Wss, None) => (web(&bracketed), None),
        (Scheme::Ws | Scheme::Wss, Some(address)) => {
            let ip = address.ip().to_string();
            let ip = if address.is_ipv6() { format!("[{ip}]") } else { ip };
            (web(&ip), Some((web(&bracketed), format!("{bracketed}:{}", url.port))))
        }
    };
    Ok(Way { host, port: url.port, transport, request, proxy })
}

/// A way round those addresses that do not answer.
async fn round(address: SocketAddr, peer: &Peer) -> Result<Proxy, Fault> {
    let port = detour::open(address).await.map_err(|fault| peer.io(&fault, false))?;
    Ok(Proxy { ty: ProxyType::Http, auth: ProxyAuth::None, addr: "127.0.0.1".to_owned(), port })
}

/// Files are read, so elsewhere than on a thread that must not wait.
async fn trust(profile: &Profile) -> Result<TlsConfiguration, Fault> {
    let profile = profile.clone();
    let config = tokio::task::spawn_blocking(move || tls::config(&profile)).await;
    config.map_err(|fault| Fault::Tls(fault.to_string()))?.map(TlsConfiguration::Rustls)
}

/// An address that answers, where there are several and it matters which, and whether one before it
/// said nothing at all.
async fn look_up(url: &BrokerUrl, peer: &Peer) -> Result<Option<(SocketAddr, bool)>, Fault> {
    if url.host.parse::<std::net::IpAddr>().is_ok() {
        return Ok(None);
    }
    let found = lookup_host((url.host.as_str(), url.port)).await.map_err(|fault| no_name(&url.host, &fault))?;
    let addresses: Vec<SocketAddr> = found.collect();
    if addresses.is_empty() {
        return Err(Fault::NoSuchHost(url.host.clone()));
    }
    // One address, or closed ports that say so at once: the client does it as well.
    if addresses.len() == 1 || addresses.iter().all(|address| address.ip().is_loopback()) {
        return Ok(None);
    }
    let (mut worst, mut silent) = (None, false);
    for address in &addresses {
        match timeout(ADDRESS, TcpStream::connect(address)).await {
            Ok(Ok(_)) => return Ok(Some((*address, silent))),
            Ok(Err(fault)) => worst = Some(peer.io(&fault, false)),
            Err(_) => {
                silent = true;
                tracing::debug!(%address, "no answer");
            }
        }
    }
    let nobody = || Fault::Unreachable(peer.at.clone(), format!("none of its {} addresses answers", addresses.len()));
    Err(worst.unwrap_or_else(nobody))
}

fn no_name(host: &str, fault: &io::Error) -> Fault {
    let text = fault.to_string().to_lowercase();
    if text.contains("temporary failure") || text.contains("try again") {
        Fault::NoLookup(host.to_owned())
    } else {
        Fault::NoSuchHost(host.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn way(url: &str) -> (String, u16) {
        let profile = Profile::from_broker_url(BrokerUrl::parse(url).unwrap());
        let way = find(&profile, &Peer::new(&profile, "me")).await.unwrap();
        (way.host, way.port)
    }

    #[tokio::test]
    async fn hosts_as_the_client_wants_them() {
        assert_eq!(way("mqtt://127.0.0.1:99").await, ("127.0.0.1".to_owned(), 99));
        assert_eq!(way("mqtt://[::1]").await, ("::1".to_owned(), 1883));
        assert_eq!(way("mqtts://[::1]").await, ("::1".to_owned(), 8883));
        assert_eq!(way("ws://[::1]:9001").await, ("ws://[::1]:9001/mqtt".to_owned(), 9001));
        assert_eq!(way("wss://127.0.0.1/a?b=c%20d").await, ("wss://127.0.0.1:443/a?b=c%20d".to_owned(), 443));
        assert_eq!(way("mqtt://localhost").await, ("localhost".to_owned(), 1883));
    }

    #[test]
    fn unknown_and_unreachable_names_are_told_apart() {
        let fault = |text: &str| no_name("x", &io::Error::other(text.to_owned())).to_string();
        assert_eq!(fault("Name or service not known"), "no such host: x");
        assert!(fault("Temporary failure in name resolution").ends_with("is this machine online?"));
    }
}
