//! The embedded broker: MQTT 3.1.1 and 5 on one port. It keeps its state in memory only.

mod buffer_lease;
mod client_ids;
mod connection;
mod fan_out;
mod limits;
mod listener;
mod login;
mod message_budget;
mod packet_gate;
mod packet_head;
mod shared_state;
mod stall_detector;
mod storage_monitor;
mod websocket;

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use tokio::{net::TcpListener, sync::broadcast, task::JoinHandle};

pub use self::websocket::{InvalidWebOrigin, WebOrigin};
use self::{listener::Listener, shared_state::SharedState, websocket::WebSocketPolicy};
use super::{
    accounts::{Access, Credentials},
    error::DemoError,
};

/// A running broker. Dropping it stops it; [`EmbeddedBroker::stop`] also waits until its ports are free.
#[derive(Debug)]
pub struct EmbeddedBroker {
    address: SocketAddr,
    websocket_address: Option<SocketAddr>,
    credentials: Credentials,
    shutdown_sender: broadcast::Sender<()>,
    listener_task: JoinHandle<()>,
}

/// Returns the default address of the broker: the loopback address and any free port.
#[must_use]
pub const fn loopback_any_port() -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0)
}

/// How an embedded broker starts.
#[derive(Debug, Clone)]
pub struct BrokerOptions {
    /// The address on which it listens; port 0 is any free port.
    pub listen: SocketAddr,
    /// The address on which it listens for WebSocket on the path `/mqtt`, if any.
    pub websocket: Option<SocketAddr>,
    /// The web pages that may use the WebSocket, besides those of the broker's own host.
    pub allowed_origins: Vec<WebOrigin>,
    /// Who may connect.
    pub access: Access,
    /// The client IDs that only this program may use.
    pub reserved_client_ids: Vec<String>,
}

impl Default for BrokerOptions {
    fn default() -> Self {
        Self {
            listen: loopback_any_port(),
            websocket: None,
            allowed_origins: Vec::new(),
            access: Access::default(),
            reserved_client_ids: Vec::new(),
        }
    }
}

impl EmbeddedBroker {
    /// Starts a broker; port 0 is any free port. Returns when it accepts connections.
    ///
    /// # Errors
    /// As [`EmbeddedBroker::start_with`].
    pub async fn start(listen: SocketAddr, access: Access) -> Result<Self, DemoError> {
        Self::start_with(BrokerOptions { listen, access, ..BrokerOptions::default() }).await
    }

    /// Starts a broker with options. Returns when it accepts connections.
    ///
    /// # Errors
    /// When it cannot listen on the address, when the address is reachable from other machines but the access
    /// is [`Access::LoopbackOnly`], or when the accounts file is invalid.
    pub async fn start_with(options: BrokerOptions) -> Result<Self, DemoError> {
        let BrokerOptions { listen, websocket, allowed_origins, access, reserved_client_ids } = options;
        for address in [Some(listen), websocket].into_iter().flatten() {
            if access == Access::LoopbackOnly && !address.ip().to_canonical().is_loopback() {
                return Err(DemoError::AccessPolicyMissing(address));
            }
        }
        let (shared, monitor_channel) = SharedState::new(&access, reserved_client_ids)?;
        let credentials = shared.demo_credentials.clone();
        let (tcp_listener, address) = bind(listen).await?;
        let (websocket, websocket_address) = match websocket {
            Some(websocket) => bind(websocket).await.map(|(listener, address)| (Some(listener), Some(address)))?,
            None => (None, None),
        };
        let websocket_policy = WebSocketPolicy::new(allowed_origins, websocket_address.unwrap_or(address).ip());
        let (shutdown_sender, shutdown_receiver) = broadcast::channel(1);
        let listener = Listener::new(shared, websocket_policy, shutdown_sender.clone());
        let serve = listener.serve(tcp_listener, websocket, monitor_channel, shutdown_receiver);
        let listener_task = tokio::spawn(serve);
        tracing::info!(%address, ?websocket_address, "the demo broker accepts connections");
        Ok(Self { address, websocket_address, credentials, shutdown_sender, listener_task })
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

    /// Returns the credentials for clients of this program.
    #[must_use]
    pub(crate) const fn credentials(&self) -> &Credentials {
        &self.credentials
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
