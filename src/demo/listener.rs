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
const OFFLINE_QUEUE_LIMITS: QueueLimits = QueueLimits { max_messages: 10_000, max_bytes: 16 * 1024 * 1024 };
const MAX_CLIENTS: usize = 1_000;
/// Connections a second, of all clients and of one address: a class joins at once, a loop does not.
const MAX_CONNECTIONS_PER_SECOND: u32 = 10_000;
const MAX_RETAINED_MESSAGES: usize = 10_000;
const SESSION_EXPIRY: Duration = Duration::from_hours(24);
/// How long a client may take to shake hands over WebSocket.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long clients may take to leave when the broker stops.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);
/// How often sessions and counts that are over are swept out.
const CLEANUP_INTERVAL: Duration = Duration::from_mins(1);
/// How long nobody is let in after that failed: mostly, the system has no room for another socket.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(100);

/// What every client of the broker shares.
pub(super) struct Listener {
    config: Arc<BrokerConfig>,
    router: Arc<MessageRouter>,
    auth_provider: Arc<dyn AuthProvider>,
    storage: Arc<DynamicStorage>,
    stats: Arc<BrokerStats>,
    resource_monitor: Arc<ResourceMonitor>,
    shutdown_sender: Sender<()>,
}

impl Listener {
    /// Nobody is in yet. What is sent on `closing` asks everyone to leave.
    pub(super) fn new(auth_provider: Arc<dyn AuthProvider>, shutdown_sender: Sender<()>) -> Self {
        let config = BrokerConfig::new().with_max_packet_size(MAX_PACKET_BYTES).with_session_expiry(SESSION_EXPIRY);
        let storage = Arc::new(DynamicStorage::Memory(MemoryBackend::with_queue_limits(OFFLINE_QUEUE_LIMITS)));
        let router = MessageRouter::with_storage(Arc::clone(&storage))
            .with_fallback_queue_limits(OFFLINE_QUEUE_LIMITS)
            .with_retained_limits(MAX_RETAINED_MESSAGES, MAX_PACKET_BYTES);
        let limits = ResourceLimits {
            max_connections: MAX_CLIENTS,
            max_connections_per_ip: MAX_CLIENTS,
            max_message_rate_per_client: config.max_message_rate_per_client,
            max_bandwidth_per_client: config.max_bandwidth_per_client,
            max_connection_rate: MAX_CONNECTIONS_PER_SECOND,
            rate_limit_window: Duration::from_secs(1),
        };
        Self {
            config: Arc::new(config),
            router: Arc::new(router),
            auth_provider,
            storage,
            stats: Arc::new(BrokerStats::new()),
            resource_monitor: Arc::new(ResourceMonitor::new(limits)),
            shutdown_sender,
        }
    }

    /// Lets clients in until everyone is asked to leave, and waits until they have left, two seconds at most.
    pub(super) async fn serve(
        self,
        tcp_listener: TcpListener,
        websocket_listener: Option<TcpListener>,
        mut shutdown_receiver: Receiver<()>,
    ) {
        let sys_topics_task = SysTopicsProvider::new(Arc::clone(&self.router), Arc::clone(&self.stats)).start();
        let this = Arc::new(self);
        let mut clients = JoinSet::new();
        let mut cleanup_interval = interval(CLEANUP_INTERVAL);
        loop {
            let (accepted, is_websocket) = select! {
                _ = shutdown_receiver.recv() => break,
                accepted = tcp_listener.accept() => (accepted, false),
                accepted = accept_or_pending(websocket_listener.as_ref()) => (accepted, true),
                Some(_) = clients.join_next() => continue,
                _ = cleanup_interval.tick() => {
                    this.remove_expired().await;
                    continue;
                }
            };
            match accepted {
                Ok((stream, peer)) if this.resource_monitor.can_accept_connection(peer.ip()).await => {
                    clients.spawn(Arc::clone(&this).serve_client(stream, peer, is_websocket));
                }
                Ok((_, peer)) => tracing::warn!(%peer, "the demo's broker has no room for another client"),
                Err(error) => {
                    tracing::warn!("the demo's broker cannot let anybody in: {error}");
                    sleep(ACCEPT_RETRY_DELAY).await;
                }
            }
        }
        sys_topics_task.abort();
        // From here on the ports are free.
        drop((tcp_listener, websocket_listener));
        let all_closed = async { while clients.join_next().await.is_some() {} };
        if timeout(SHUTDOWN_TIMEOUT, all_closed).await.is_err() {
            // Mostly one that has connected and never said who it is.
            tracing::debug!("{} clients of the demo's broker do not leave by themselves", clients.len());
            clients.shutdown().await;
        }
    }

    /// Shakes hands with a client and lets the library speak with it until it leaves.
    async fn serve_client(self: Arc<Self>, stream: TcpStream, peer: SocketAddr, is_websocket: bool) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%peer, "its messages may be held back: {error}");
        }
        let mut shutdown_receiver = self.shutdown_sender.subscribe();
        let transport = if is_websocket {
            let config = WebSocketServerConfig::new();
            let handshake = select! {
                handshake = timeout(HANDSHAKE_TIMEOUT, accept_websocket_connection(stream, &config, peer)) => handshake,
                _ = shutdown_receiver.recv() => return,
            };
            match handshake {
                Ok(Ok(stream)) => BrokerTransport::websocket(stream),
                Ok(Err(error)) => return tracing::debug!(%peer, "no WebSocket: {error}"),
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
            Arc::clone(&self.auth_provider),
            Some(Arc::clone(&self.storage)),
            Arc::clone(&self.stats),
            Arc::clone(&self.resource_monitor),
            shutdown_receiver,
        );
        if let Err(error) = handler.run().await
            && !error.is_normal_disconnect()
        {
            tracing::debug!(%peer, "it left: {error}");
        }
    }

    async fn remove_expired(&self) {
        if let Err(error) = self.storage.cleanup_expired().await {
            tracing::debug!("sessions are not swept out: {error}");
        }
        self.router.sweep_sessions().await;
        self.resource_monitor.cleanup_expired_windows().await;
    }
}

/// The next connection, where there is such a port.
async fn accept_or_pending(listener: Option<&TcpListener>) -> std::io::Result<(TcpStream, SocketAddr)> {
    match listener {
        Some(listener) => listener.accept().await,
        None => std::future::pending().await,
    }
}
