//! Accepts the clients of the embedded broker.

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use mqtt5::broker::{
    BrokerConfig, ResourceLimits, ResourceMonitor, StorageBackend,
    client_handler::ClientHandler,
    sys_topics::{BrokerStats, SysTopicsProvider},
    transport::BrokerTransport,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    select,
    sync::broadcast::{Receiver, Sender},
    task::JoinSet,
    time::{interval, sleep, timeout},
};

use super::{
    connection::Connection,
    limits::{
        CLIENT_CHANNEL_CAPACITY, MAX_CONNECTIONS, MAX_INCOMING_QOS2, MAX_PACKET_BYTES, MAX_SUBSCRIPTIONS,
        MAX_TOPIC_ALIASES, MAX_WEBSOCKET_PACKET_BYTES, SESSION_EXPIRY,
    },
    packet_gate::PacketGate,
    shared_state::SharedState,
    storage_monitor::MonitorChannel,
    websocket::{self, WebSocketPolicy},
};

/// The maximum number of connections per second, in total and from one address. A class may connect at the
/// same time; a client that reconnects in a loop must be limited.
const MAX_CONNECTIONS_PER_SECOND: u32 = 10_000;
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
    shared: Arc<SharedState>,
    websocket_policy: Arc<WebSocketPolicy>,
    stats: Arc<BrokerStats>,
    resource_monitor: Arc<ResourceMonitor>,
    shutdown_sender: Sender<()>,
}

impl Listener {
    /// Creates a listener. A message on `shutdown_sender` asks all clients to disconnect.
    pub(super) fn new(shared: SharedState, websocket_policy: WebSocketPolicy, shutdown_sender: Sender<()>) -> Self {
        let limits = ResourceLimits {
            max_connections: MAX_CONNECTIONS,
            max_connections_per_ip: MAX_CONNECTIONS,
            max_message_rate_per_client: 0,
            max_bandwidth_per_client: 0,
            max_connection_rate: MAX_CONNECTIONS_PER_SECOND,
            rate_limit_window: Duration::from_secs(1),
        };
        Self {
            shared: Arc::new(shared),
            websocket_policy: Arc::new(websocket_policy),
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
        monitor_channel: MonitorChannel,
        mut shutdown_receiver: Receiver<()>,
    ) {
        let (router, storage) = (&self.shared.router, &self.shared.storage);
        let sys_topics_task = SysTopicsProvider::new(Arc::clone(router), Arc::clone(&self.stats)).start();
        let monitor_task = tokio::spawn(monitor_channel.run(Arc::clone(router), Arc::clone(storage)));
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
                Ok((stream, peer)) if clients.len() < MAX_CONNECTIONS && this.can_accept(peer).await => {
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
        monitor_task.abort();
    }

    async fn can_accept(&self, peer: SocketAddr) -> bool {
        self.resource_monitor.can_accept_connection(peer.ip()).await
    }

    /// Serves a client until it disconnects.
    async fn serve_client(self: Arc<Self>, stream: TcpStream, peer: SocketAddr, is_websocket: bool) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%peer, "cannot set TCP_NODELAY: {error}");
        }
        self.shared.connections.fetch_add(1, Relaxed);
        if is_websocket {
            self.serve_websocket(stream, peer).await;
        } else {
            self.serve_stream(stream, peer, MAX_PACKET_BYTES).await;
        }
        self.shared.connections.fetch_sub(1, Relaxed);
    }

    /// Performs the handshake with a client and serves it until it disconnects.
    async fn serve_websocket(&self, stream: TcpStream, peer: SocketAddr) {
        let mut shutdown_receiver = self.shutdown_sender.subscribe();
        let handshake = websocket::accept(stream, Arc::clone(&self.websocket_policy));
        let handshake = select! {
            handshake = timeout(HANDSHAKE_TIMEOUT, handshake) => handshake,
            _ = shutdown_receiver.recv() => return,
        };
        match handshake {
            Ok(Ok(stream)) => self.serve_stream(stream, peer, MAX_WEBSOCKET_PACKET_BYTES).await,
            Ok(Err(error)) => tracing::debug!(%peer, "the WebSocket handshake failed: {error}"),
            Err(_) => tracing::debug!(%peer, "the WebSocket handshake timed out"),
        }
    }

    /// Runs the handler of a client until it disconnects.
    async fn serve_stream<S>(&self, stream: S, peer: SocketAddr, max_packet_bytes: usize)
    where
        S: AsyncRead + AsyncWrite + Send + Sync + Unpin + 'static,
    {
        let connection = Arc::new(Connection::new(Arc::clone(&self.shared), peer));
        let gate = PacketGate::new(stream, Arc::clone(&connection), max_packet_bytes);
        let handler = ClientHandler::new(
            BrokerTransport::WebSocket(Box::new(gate)),
            peer,
            Arc::new(config(Arc::clone(&connection), max_packet_bytes)),
            Arc::clone(&self.shared.router),
            Arc::<Connection>::clone(&connection),
            Some(Arc::clone(&self.shared.storage)),
            Arc::clone(&self.stats),
            Arc::clone(&self.resource_monitor),
            self.shutdown_sender.subscribe(),
        );
        if let Err(error) = handler.run().await
            && !error.is_normal_disconnect()
        {
            tracing::debug!(%peer, "the client disconnected: {error}");
        }
        connection.release_client_id().await;
    }

    async fn remove_expired(&self) {
        if let Err(error) = self.shared.storage.cleanup_expired().await {
            tracing::debug!("cannot remove expired sessions: {error}");
        }
        self.shared.router.sweep_sessions().await;
        self.resource_monitor.cleanup_expired_windows().await;
    }
}

/// Returns the configuration of a connection, which gets its events.
fn config(connection: Arc<Connection>, max_packet_bytes: usize) -> BrokerConfig {
    BrokerConfig {
        topic_alias_maximum: MAX_TOPIC_ALIASES,
        client_channel_capacity: CLIENT_CHANNEL_CAPACITY,
        server_receive_maximum: Some(MAX_INCOMING_QOS2),
        event_handler: Some(connection),
        ..BrokerConfig::new()
            .with_max_packet_size(max_packet_bytes)
            .with_session_expiry(SESSION_EXPIRY)
            .with_max_subscriptions_per_client(MAX_SUBSCRIPTIONS)
    }
}

/// Accepts a connection, or waits forever if there is no listener.
async fn accept_or_pending(listener: Option<&TcpListener>) -> std::io::Result<(TcpStream, SocketAddr)> {
    match listener {
        Some(listener) => listener.accept().await,
        None => std::future::pending().await,
    }
}
