//! Looks up the addresses of the broker and connects to the first that answers.

use std::{
    io,
    net::{IpAddr, SocketAddr},
};

use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};

use crate::{
    model::profile::BrokerUrl,
    mqtt::{endpoint::Endpoint, error::MqttError, limits::ADDRESS_TIMEOUT},
};

/// Connects to a host: to its addresses in the order of the DNS, each with a timeout if there are several. An IPv6
/// address may have a zone. Errors are about `endpoint`.
pub(super) async fn connect(host: &str, port: u16, endpoint: &Endpoint) -> Result<TcpStream, MqttError> {
    let addresses = look_up(host, port).await?;
    let (stream, _) = connect_to_first(&addresses, endpoint).await?;
    stream.set_nodelay(true).map_err(|error| endpoint.io_error(&error, false))?;
    Ok(stream)
}

/// Finds an address that answers. Returns `None` if rumqttc can connect by name.
pub(super) async fn find(url: &BrokerUrl, endpoint: &Endpoint) -> Result<Option<SocketAddr>, MqttError> {
    if url.host.parse::<IpAddr>().is_ok() {
        return Ok(None);
    }
    let addresses = look_up(&url.lookup_host(), url.port).await?;
    // With one address there is no choice, and loopback addresses fail at once: rumqttc can try them.
    if addresses.len() == 1 || addresses.iter().all(|address| address.ip().is_loopback()) {
        return Ok(None);
    }
    connect_to_first(&addresses, endpoint).await.map(|(_, address)| Some(address))
}

async fn look_up(host: &str, port: u16) -> Result<Vec<SocketAddr>, MqttError> {
    let resolved = lookup_host((host, port)).await.map_err(|error| lookup_error(host, &error))?;
    let addresses: Vec<SocketAddr> = resolved.collect();
    if addresses.is_empty() { Err(MqttError::NoSuchHost(host.to_owned())) } else { Ok(addresses) }
}

async fn connect_to_first(addresses: &[SocketAddr], endpoint: &Endpoint) -> Result<(TcpStream, SocketAddr), MqttError> {
    let mut last_error = None;
    for address in addresses {
        let attempt = TcpStream::connect(address);
        let result = match addresses.len() {
            // The `connect_timeout` of the profile applies.
            1 => Ok(attempt.await),
            _ => timeout(ADDRESS_TIMEOUT, attempt).await,
        };
        match result {
            Ok(Ok(stream)) => return Ok((stream, *address)),
            Ok(Err(error)) => last_error = Some(endpoint.io_error(&error, false)),
            Err(_) => tracing::debug!(%address, "no answer"),
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
    use tokio::net::TcpListener;

    use super::*;
    use crate::model::profile::Profile;

    #[test]
    fn lookup_error_distinguishes_unknown_host_from_failed_lookup() {
        let error = |text: &str| lookup_error("x", &io::Error::other(text.to_owned())).to_string();
        assert_eq!(error("Name or service not known"), "no such host: x");
        assert!(error("Temporary failure in name resolution").ends_with("is this machine online?"));
    }

    #[tokio::test]
    async fn addresses_are_tried_in_order_until_one_answers() {
        let (closed, open) =
            (TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
        let addresses = [closed.local_addr().unwrap(), open.local_addr().unwrap()];
        drop(closed);
        let endpoint = Endpoint::new(&Profile::default(), "me");
        assert_eq!(connect_to_first(&addresses, &endpoint).await.unwrap().1, addresses[1]);
        drop(open);
        let error = connect_to_first(&addresses, &endpoint).await.unwrap_err();
        assert_eq!(error, MqttError::PortClosed("localhost:1883".to_owned()));
    }
}
