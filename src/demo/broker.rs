//! The embedded broker: MQTT 3.1.1 and 5 on one port, everything in memory, nothing on disk.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use tokio::{net::TcpListener, sync::broadcast, task::JoinHandle};

use super::{
    accounts::{Access, Door, Pass},
    error::DemoError,
    listener::Listener,
};

/// A running broker. Dropped, it stops; [`Broker::stop`] also waits until its ports are free.
#[derive(Debug)]
pub struct EmbeddedBroker {
    address: SocketAddr,
    websocket_address: Option<SocketAddr>,
    internal_credentials: Option<Pass>,
    shutdown_sender: broadcast::Sender<()>,
    listener_task: JoinHandle<()>,
}

/// Where the broker listens by default: on this machine alone, on a free port.
#[must_use]
pub const fn loopback_any_port() -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0)
}

impl EmbeddedBroker {
    /// Starts a broker; port 0 takes a free one. Returns when it accepts connections.
    ///
    /// # Errors
    /// When the port cannot be had, when others could reach it and nobody said who may come in, and
    /// when the file of accounts is wrong.
    pub async fn start(listen: SocketAddr, access: Access) -> Result<Self, DemoError> {
        Self::start_with_websocket(listen, None, access).await
    }

    /// The same, with a second port for WebSocket, path `/mqtt`.
    ///
    /// # Errors
    /// As [`Broker::start`].
    pub async fn start_with_websocket(
        listen: SocketAddr,
        websocket: Option<SocketAddr>,
        access: Access,
    ) -> Result<Self, DemoError> {
        for address in [Some(listen), websocket].into_iter().flatten() {
            if access == Access::LoopbackOnly && !address.ip().to_canonical().is_loopback() {
                return Err(DemoError::AccessPolicyMissing(address));
            }
        }
        let (auth_provider, internal_credentials) = Door::new(&access)?;
        let (tcp_listener, address) = bind(listen).await?;
        let (websocket, websocket_address) = match websocket {
            Some(websocket) => bind(websocket).await.map(|(listener, address)| (Some(listener), Some(address)))?,
            None => (None, None),
        };
        let (shutdown_sender, shutdown_receiver) = broadcast::channel(1);
        let listener = Listener::new(Arc::new(auth_provider), shutdown_sender.clone());
        let listener_task = tokio::spawn(listener.serve(tcp_listener, websocket, shutdown_receiver));
        tracing::info!(%address, ?websocket_address, "the broker of the demo is up");
        Ok(Self { address, websocket_address, internal_credentials, shutdown_sender, listener_task })
    }

    /// Where it listens, with the real port.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens for WebSocket, if it does.
    #[must_use]
    pub const fn websocket_address(&self) -> Option<SocketAddr> {
        self.websocket_address
    }

    /// The address that a client on this machine connects to: loopback where the broker listens on
    /// every address.
    #[must_use]
    pub fn connect_address(&self) -> SocketAddr {
        let ip = match self.address.ip() {
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        SocketAddr::new(ip, self.address.port())
    }

    /// A pass for the clients of this very program; `None` where nobody is asked for one.
    #[must_use]
    pub const fn internal_credentials(&self) -> Option<&Pass> {
        self.internal_credentials.as_ref()
    }

    /// Stops it and waits until it is gone, two seconds at most.
    pub async fn stop(mut self) {
        let _ = self.shutdown_sender.send(());
        if let Err(error) = (&mut self.listener_task).await {
            tracing::warn!("the broker of the demo did not stop by itself: {error}");
        }
    }
}

impl Drop for EmbeddedBroker {
    fn drop(&mut self) {
        // Where it has stopped already, nobody listens any more.
        let _ = self.shutdown_sender.send(());
    }
}

/// A port, and where it really is.
async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), DemoError> {
    let bind_listener = async {
        let listener = TcpListener::bind(address).await?;
        let bound = listener.local_addr()?;
        Ok((listener, bound))
    };
    bind_listener.await.map_err(|error: io::Error| match error.kind() {
        io::ErrorKind::AddrInUse => DemoError::PortInUse(address),
        io::ErrorKind::PermissionDenied => DemoError::PortForbidden(address),
        io::ErrorKind::AddrNotAvailable => DemoError::AddressNotLocal(address),
        _ => DemoError::ListenFailed { address, reason: error.to_string() },
    })
}
