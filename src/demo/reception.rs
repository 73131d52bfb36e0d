//! Lets clients in: each connection is welcomed by a task of its own, so that nobody who stays silent
//! holds up the others, and is then given to the library that speaks MQTT with it.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use mqtt5::broker::{
    AuthProvider, BrokerConfig, DynamicStorage, MemoryBackend, ResourceLimits, ResourceMonitor, StorageBackend,
    client_handler::ClientHandler,
    router::MessageRouter,
    storage::QueueLimits,
    sys_topics::{BrokerStats, SysTopicsProvider},
    transport::BrokerTransport,
    websocket_server::{WebSocketServerConfig, accept_websocket_connection},
};
use tokio::{
    net::{TcpListener, TcpStream},
    select,
    sync::broadcast::{Receiver, Sender},
    task::JoinSet,
    time::{interval, sleep, timeout},
};

/// The largest packet that the broker takes, in bytes: what a profile allows unless it says otherwise.
const MAX_PACKET_BYTES: usize = 16 * 1024 * 1024;
/// What a client that is away may have waiting.
const QUEUE: QueueLimits = QueueLimits { max_messages: 10_000, max_bytes: 16 * 1024 * 1024 };
const MAX_CLIENTS: usize = 1_000;
/// Connections a second, of all clients and of one address: a class joins at once, a loop does not.
const CONNECTIONS_A_SECOND: u32 = 10_000;
const MAX_RETAINED: usize = 10_000;
const SESSION_LIFE: Duration = Duration::from_hours(24);
/// How long a client may take to shake hands over WebSocket.
const HANDSHAKE: Duration = Duration::from_secs(5);
/// How long clients may take to leave when the broker stops.
const FAREWELL: Duration = Duration::from_secs(2);
/// How often sessions and counts that are over are swept out.
const SWEEP: Duration = Duration::from_mins(1);
/// How long nobody is let in after that failed: mostly, the system has no room for another socket.
const NO_ROOM: Duration = Duration::from_millis(100);

/// What every client of the broker shares.
pub(super) struct Reception {
    config: Arc<BrokerConfig>,
    router: Arc<MessageRouter>,
    door: Arc<dyn AuthProvider>,
    storage: Arc<DynamicStorage>,
    stats: Arc<BrokerStats>,
    monitor: Arc<ResourceMonitor>,
    closing: Sender<()>,
}

impl Reception {
    /// Nobody is in yet. What is sent on `closing` asks everyone to leave.
    pub(super) fn new(door: Arc<dyn AuthProvider>, closing: Sender<()>) -> Self {
        let config = BrokerConfig::new().with_max_packet_size(MAX_PACKET_BYTES).with_session_expiry(SESSION_LIFE);
        let storage = Arc::new(DynamicStorage::Memory(MemoryBackend::with_queue_limits(QUEUE)));
        let router = MessageRouter::with_storage(Arc::clone(&storage))
            .with_fallback_queue_limits(QUEUE)
            .with_retained_limits(MAX_RETAINED, MAX_PACKET_BYTES);
        let limits = ResourceLimits {
            max_connections: MAX_CLIENTS,
            max_connections_per_ip: MAX_CLIENTS,
            max_message_rate_per_client: config.max_message_rate_per_client,
            max_bandwidth_per_client: config.max_bandwidth_per_client,
            max_connection_rate: CONNECTIONS_A_SECOND,
            rate_limit_window: Duration::from_secs(1),
        };
        Self {
            config: Arc::new(config),
            router: Arc::new(router),
            door,
            storage,
            stats: Arc::new(BrokerStats::new()),
            monitor: Arc::new(ResourceMonitor::new(limits)),
            closing,
        }
    }

    /// Lets clients in until everyone is asked to leave, and waits until they have left, two seconds at most.
    pub(super) async fn serve(self, plain: TcpListener, web: Option<TcpListener>, mut closed: Receiver<()>) {
        let sys = SysTopicsProvider::new(Arc::clone(&self.router), Arc::clone(&self.stats)).start();
        let this = Arc::new(self);
        let mut guests = JoinSet::new();
        let mut sweep = interval(SWEEP);
        loop {
            let (came, over_web) = select! {
                _ = closed.recv() => break,
                came = plain.accept() => (came, false),
                came = accept(web.as_ref()) => (came, true),
                Some(_) = guests.join_next() => continue,
                _ = sweep.tick() => {
                    this.sweep().await;
                    continue;
                }
            };
            match came {
                Ok((stream, peer)) if this.monitor.can_accept_connection(peer.ip()).await => {
                    guests.spawn(Arc::clone(&this).welcome(stream, peer, over_web));
                }
                Ok((_, peer)) => tracing::warn!(%peer, "the demo's broker has no room for another client"),
                Err(fault) => {
                    tracing::warn!("the demo's broker cannot let anybody in: {fault}");
                    sleep(NO_ROOM).await;
                }
            }
        }
        sys.abort();
        // From here on the ports are free.
        drop((plain, web));
        let left = async { while guests.join_next().await.is_some() {} };
        if timeout(FAREWELL, left).await.is_err() {
            // Mostly one that has connected and never said who it is.
            tracing::debug!("{} clients of the demo's broker do not leave by themselves", guests.len());
            guests.shutdown().await;
        }
    }

    /// Shakes hands with a client and lets the library speak with it until it leaves.
    async fn welcome(self: Arc<Self>, stream: TcpStream, peer: SocketAddr, over_web: bool) {
        if let Err(fault) = stream.set_nodelay(true) {
            tracing::debug!(%peer, "its messages may be held back: {fault}");
        }
        let mut closing = self.closing.subscribe();
        let transport = if over_web {
            let wanted = WebSocketServerConfig::new();
            let shaken = select! {
                shaken = timeout(HANDSHAKE, accept_websocket_connection(stream, &wanted, peer)) => shaken,
                _ = closing.recv() => return,
            };
            match shaken {
                Ok(Ok(stream)) => BrokerTransport::websocket(stream),
                Ok(Err(fault)) => return tracing::debug!(%peer, "no WebSocket: {fault}"),
                Err(_) => return tracing::debug!(%peer, "it came for WebSocket and stayed silent"),
            }
        } else {
            BrokerTransport::tcp(stream)
        };
        let handler = ClientHandler::new(
            transport,
            peer,
            Arc::clone(&self.config),
            Arc::clone(&self.router),
            Arc::clone(&self.door),
            Some(Arc::clone(&self.storage)),
            Arc::clone(&self.stats),
            Arc::clone(&self.monitor),
            closing,
        );
        if let Err(fault) = handler.run().await
            && !fault.is_normal_disconnect()
        {
            tracing::debug!(%peer, "it left: {fault}");
        }
    }

    async fn sweep(&self) {
        if let Err(fault) = self.storage.cleanup_expired().await {
            tracing::debug!("sessions are not swept out: {fault}");
        }
        self.router.sweep_sessions().await;
        self.monitor.cleanup_expired_windows().await;
    }
}

/// The next connection, where there is such a port.
async fn accept(listener: Option<&TcpListener>) -> std::io::Result<(TcpStream, SocketAddr)> {
    match listener {
        Some(listener) => listener.accept().await,
        None => std::future::pending().await,
    }
}
