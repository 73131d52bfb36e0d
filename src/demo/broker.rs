//! The embedded broker: MQTT 3.1.1 and 5 on one port. It keeps its state in memory only.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use tokio::{net::TcpListener, sync::broadcast, task::JoinHandle};

use super::{
    accounts::{Access, AccountAuthProvider, Credentials},
    error::DemoError,
    listener::Listener,
};

/// A running broker. Dropping it stops it; [`EmbeddedBroker::stop`] also waits until its ports are free.
#[derive(Debug)]
pub struct EmbeddedBroker {
    address: SocketAddr,
    websocket_address: Option<SocketAddr>,
    internal_credentials: Option<Credentials>,
    shutdown_sender: broadcast::Sender<()>,
    listener_task: JoinHandle<()>,
}

/// Returns the default address of the broker: the loopback address and any free port.
#[must_use]
pub const fn loopback_any_port() -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0)
}

impl EmbeddedBroker {
    /// Starts a broker; port 0 is any free port. Returns when it accepts connections.
    ///
    /// # Errors
    /// When it cannot listen on the address, when the address is reachable from other machines but `access`
    /// is [`Access::LoopbackOnly`], or when the accounts file is invalid.
    pub async fn start(listen: SocketAddr, access: Access) -> Result<Self, DemoError> {
        Self::start_with_websocket(listen, None, access).await
    }

    /// Starts a broker like [`EmbeddedBroker::start`], with a second port for WebSocket on the path `/mqtt`.
    ///
    /// # Errors
    /// As [`EmbeddedBroker::start`].
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
        let (auth_provider, internal_credentials) = AccountAuthProvider::new(&access)?;
        let (tcp_listener, address) = bind(listen).await?;
        let (websocket, websocket_address) = match websocket {
            Some(websocket) => bind(websocket).await.map(|(listener, address)| (Some(listener), Some(address)))?,
            None => (None, None),
        };
        let (shutdown_sender, shutdown_receiver) = broadcast::channel(1);
        let listener = Listener::new(Arc::new(auth_provider), shutdown_sender.clone());
        let listener_task = tokio::spawn(listener.serve(tcp_listener, websocket, shutdown_receiver));
        tracing::info!(%address, ?websocket_address, "the demo broker accepts connections");
        Ok(Self { address, websocket_address, internal_credentials, shutdown_sender, listener_task })
    }

    /// Returns the address on which the broker listens, with the actual port.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the address on which the broker listens for WebSocket, if any.
    #[must_use]
    pub const fn websocket_address(&self) -> Option<SocketAddr> {
        self.websocket_address
    }

    /// Returns the address for clients on this machine: the loopback address if the broker listens on all
    /// addresses.
    #[must_use]
    pub fn connect_address(&self) -> SocketAddr {
        let ip = match self.address.ip() {
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        SocketAddr::new(ip, self.address.port())
    }

    /// Returns the credentials for clients of this program, or `None` if the broker requires none.
    #[must_use]
    pub(crate) const fn internal_credentials(&self) -> Option<&Credentials> {
        self.internal_credentials.as_ref()
    }

    /// Stops the broker and waits until it has ended, two seconds at most.
    pub async fn stop(mut self) {
        let _ = self.shutdown_sender.send(());
        if let Err(error) = (&mut self.listener_task).await {
            tracing::warn!("the demo broker did not stop cleanly: {error}");
        }
    }
}

impl Drop for EmbeddedBroker {
    fn drop(&mut self) {
        // Sending fails if the broker has already stopped.
        let _ = self.shutdown_sender.send(());
    }
}

/// Binds a listener and returns it with its actual address.
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
