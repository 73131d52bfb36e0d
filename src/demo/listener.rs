//! Accepts the clients of the embedded broker. Each connection has a task, so that a silent client does not
//! block others; after the handshake, the `mqtt5` crate handles it.

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

/// The maximum packet size that the broker accepts, in bytes: the default of a profile.
const MAX_PACKET_BYTES: usize = 16 * 1024 * 1024;
/// The limits of the messages that are queued for a disconnected client.
const OFFLINE_QUEUE_LIMITS: QueueLimits = QueueLimits { max_messages: 10_000, max_bytes: 16 * 1024 * 1024 };
const MAX_CLIENTS: usize = 1_000;
/// The maximum number of connections per second, in total and from one address. A class may connect at the
/// same time; a client that reconnects in a loop must be limited.
const MAX_CONNECTIONS_PER_SECOND: u32 = 10_000;
const MAX_RETAINED_MESSAGES: usize = 10_000;
const SESSION_EXPIRY: Duration = Duration::from_hours(24);
/// The timeout of the WebSocket handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long to wait for clients to disconnect when the broker stops.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);
/// The interval for removing expired sessions and rate limits.
const CLEANUP_INTERVAL: Duration = Duration::from_mins(1);
/// The delay after a failed accept; the usual cause is that no more sockets are available.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(100);

/// Accepts clients; holds the state that they share.
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
    /// Creates a listener. A message on `shutdown_sender` asks all clients to disconnect.
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

    /// Accepts clients until the shutdown, then waits until they have disconnected, two seconds at most.
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
                Ok((_, peer)) => tracing::warn!(%peer, "the demo broker rejected a client: too many connections"),
                Err(error) => {
                    tracing::warn!("the demo broker cannot accept a connection: {error}");
                    sleep(ACCEPT_RETRY_DELAY).await;
                }
            }
        }
        sys_topics_task.abort();
        // Closes the ports before waiting for the clients.
        drop((tcp_listener, websocket_listener));
        let all_closed = async { while clients.join_next().await.is_some() {} };
        if timeout(SHUTDOWN_TIMEOUT, all_closed).await.is_err() {
            // Usually a client that has connected and never sent CONNECT.
            tracing::debug!("{} clients of the demo broker did not disconnect in time", clients.len());
            clients.shutdown().await;
        }
    }

    /// Performs the handshake with a client and runs its handler until it disconnects.
    async fn serve_client(self: Arc<Self>, stream: TcpStream, peer: SocketAddr, is_websocket: bool) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%peer, "cannot set TCP_NODELAY: {error}");
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
                Ok(Err(error)) => return tracing::debug!(%peer, "the WebSocket handshake failed: {error}"),
                Err(_) => return tracing::debug!(%peer, "the WebSocket handshake timed out"),
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
            tracing::debug!(%peer, "the client disconnected: {error}");
        }
    }

    async fn remove_expired(&self) {
        if let Err(error) = self.storage.cleanup_expired().await {
            tracing::debug!("cannot remove expired sessions: {error}");
        }
        self.router.sweep_sessions().await;
        self.resource_monitor.cleanup_expired_windows().await;
    }
}

/// Accepts a connection, or waits forever if there is no listener.
async fn accept_or_pending(listener: Option<&TcpListener>) -> std::io::Result<(TcpStream, SocketAddr)> {
    match listener {
        Some(listener) => listener.accept().await,
        None => std::future::pending().await,
    }
}
