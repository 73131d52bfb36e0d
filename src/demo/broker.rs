//! The embedded broker: MQTT 3.1.1 and 5 on one port, everything in memory, nothing on disk.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use mqtt5::broker::{
    BrokerConfig, BrokerShutdownHandle, MqttBroker, StorageBackendType, StorageConfig, config::WebSocketConfig,
};
use tokio::task::JoinHandle;

use super::{
    accounts::{Access, Door, Pass},
    fault::DemoFault,
};

/// The largest packet that the broker takes, in bytes: what a profile allows unless it says otherwise.
const MAX_PACKET_BYTES: usize = 16 * 1024 * 1024;
/// What a client that is away may have waiting, in bytes.
const MAX_QUEUED_BYTES: usize = 16 * 1024 * 1024;
const MAX_CLIENTS: usize = 1_000;
const MAX_RETAINED: usize = 10_000;
const SESSION_LIFE: Duration = Duration::from_hours(24);
/// How long clients may take to leave when the broker stops.
const FAREWELL: Duration = Duration::from_secs(2);

/// A running broker. Dropped, it stops; [`Broker::stop`] also waits until its ports are free.
#[derive(Debug)]
pub struct Broker {
    address: SocketAddr,
    web_address: Option<SocketAddr>,
    house: Option<Pass>,
    task: Option<Running>,
}

struct Running {
    stop: BrokerShutdownHandle,
    done: JoinHandle<()>,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Running")
    }
}

/// Where the broker listens by default: on this machine alone, on a free port.
#[must_use]
pub const fn anywhere_here() -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0)
}

impl Broker {
    /// Starts a broker; port 0 takes a free one. Returns when it accepts connections.
    ///
    /// # Errors
    /// When the port cannot be had, when others could reach it and nobody said who may come in, and
    /// when the file of accounts is wrong.
    pub async fn start(listen: SocketAddr, access: Access) -> Result<Self, DemoFault> {
        Self::start_with(listen, None, access).await
    }

    /// The same, with a second port for WebSocket, path `/mqtt`. The library shakes hands with one
    /// WebSocket client at a time and without a limit: one that connects and stays silent holds up
    /// the others on that port, and [`Broker::stop`] for its two seconds.
    ///
    /// # Errors
    /// As [`Broker::start`].
    pub async fn start_with(listen: SocketAddr, web: Option<SocketAddr>, access: Access) -> Result<Self, DemoFault> {
        for address in [Some(listen), web].into_iter().flatten() {
            if access == Access::ThisMachine && !address.ip().to_canonical().is_loopback() {
                return Err(DemoFault::Open(address));
            }
        }
        let (door, house) = Door::new(&access)?;
        let broker = match MqttBroker::with_config(config(listen, web)).await {
            Ok(broker) => broker.with_auth_provider(Arc::new(door)),
            Err(fault) => return Err(refusal(listen, fault.to_string())),
        };
        let Some(address) = broker.local_addr() else {
            return Err(refusal(listen, "the broker listens nowhere".to_owned()));
        };
        let web_address = broker.ws_local_addr();
        if let (Some(wanted), None) = (web, web_address) {
            return Err(refusal(wanted, "WebSocket is not listening".to_owned()));
        }
        let task = run(broker).await.map_err(|reason| DemoFault::Listen { address, reason })?;
        tracing::info!(%address, ?web_address, "the broker of the demo is up");
        Ok(Self { address, web_address, house, task: Some(task) })
    }

    /// Where it listens, with the real port.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens for WebSocket, if it does.
    #[must_use]
    pub const fn web_address(&self) -> Option<SocketAddr> {
        self.web_address
    }

    /// The address that a client on this machine connects to: loopback where the broker listens on
    /// every address.
    #[must_use]
    pub fn near_address(&self) -> SocketAddr {
        let ip = match self.address.ip() {
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        SocketAddr::new(ip, self.address.port())
    }

    /// A pass for the clients of this very program; `None` where nobody is asked for one.
    #[must_use]
    pub const fn house_pass(&self) -> Option<&Pass> {
        self.house.as_ref()
    }

    /// Stops it and waits until it is gone, two seconds at most.
    pub async fn stop(mut self) {
        let Some(Running { stop, mut done }) = self.task.take() else { return };
        stop.shutdown();
        if tokio::time::timeout(FAREWELL, &mut done).await.is_err() {
            tracing::warn!("the broker of the demo did not stop by itself");
            done.abort();
        }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        if let Some(Running { stop, .. }) = &self.task {
            stop.shutdown();
        }
    }
}

fn config(listen: SocketAddr, web: Option<SocketAddr>) -> BrokerConfig {
    let storage = StorageConfig::new()
        .with_backend(StorageBackendType::Memory)
        .with_max_queued_bytes_per_client(MAX_QUEUED_BYTES);
    let config = BrokerConfig::new()
        .with_bind_address(listen)
        .with_max_packet_size(MAX_PACKET_BYTES)
        .with_max_clients(MAX_CLIENTS)
        .with_max_retained_messages(MAX_RETAINED)
        .with_session_expiry(SESSION_LIFE)
        .with_storage(storage);
    match web {
        Some(web) => config.with_websocket(WebSocketConfig::new().with_bind_addresses(vec![web])),
        None => config,
    }
}

async fn run(mut broker: MqttBroker) -> Result<Running, String> {
    let stop = broker.shutdown_handle();
    let mut ready = broker.ready_receiver();
    let done = tokio::spawn(async move {
        if let Err(fault) = broker.run().await {
            tracing::error!(%fault, "the broker of the demo has ended");
        }
    });
    match ready.wait_for(|ready| *ready).await {
        Ok(_) => Ok(Running { stop, done }),
        Err(_) => Err("the broker ended at once".to_owned()),
    }
}

/// The sentence for a port that could not be had. The broker gives no more than a text, so the system
/// is asked once more.
fn refusal(address: SocketAddr, reason: String) -> DemoFault {
    match std::net::TcpListener::bind(address).map_err(|fault| fault.kind()) {
        Err(io::ErrorKind::AddrInUse) => DemoFault::PortInUse(address),
        Err(io::ErrorKind::PermissionDenied) => DemoFault::PortForbidden(address),
        Err(io::ErrorKind::AddrNotAvailable) => DemoFault::NotHere(address),
        _ => DemoFault::Listen { address, reason },
    }
}
