//! What a connection may do: the protocol library asks it for each login, message and subscription.

mod authorization;

use std::{
    collections::HashMap,
    future::Future,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU16, AtomicUsize, Ordering::Relaxed},
    },
};

use mqtt5::{
    QoS,
    broker::{
        BrokerEventHandler,
        events::{ClientPublishEvent, ClientSubscribeEvent, ClientUnsubscribeEvent, PublishAction},
    },
    packet::publish::PublishPacket,
};
use tokio::sync::{oneshot, watch};

use super::{
    buffer_lease::BufferLease, client_ids::Owner, fan_out, limits::MAX_SEND_BYTES, message_budget::MessagePermit,
    shared_state::SharedState,
};

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A message that the gate has let through, without its payload.
#[derive(Debug)]
pub(super) struct AdmittedPublish {
    pub packet: PublishPacket,
    pub permit: MessagePermit,
    /// The size of the packet.
    pub packet_bytes: usize,
}

/// The copies of a message in the queues of sessions would take too much memory.
#[derive(Debug)]
pub(super) struct TooManyCopies;

/// A connection, from the socket to its end.
pub(super) struct Connection {
    shared: Arc<SharedState>,
    peer: SocketAddr,
    /// Who has logged in, and with which client ID.
    login: OnceLock<(Owner, String)>,
    /// The message that the library is handling, from the gate to [`Self::on_client_publish`].
    admitted: watch::Sender<Option<AdmittedPublish>>,
    /// The packet ID of a message of `QoS` 2 that has been routed without its PUBREL packet, or 0.
    routed_early: AtomicU16,
    /// The size of the topic filters of the session, or more.
    filter_bytes: AtomicUsize,
    /// The size of each message of `QoS` 2 that an earlier connection of the session has not released, by its packet
    /// ID.
    unreleased: OnceLock<HashMap<u16, usize>>,
}

impl Connection {
    /// Creates a connection that has not logged in.
    pub(super) fn new(shared: Arc<SharedState>, peer: SocketAddr) -> Self {
        let admitted = watch::Sender::new(None);
        Self {
            shared,
            peer,
            login: OnceLock::new(),
            admitted,
            routed_early: AtomicU16::new(0),
            filter_bytes: AtomicUsize::new(0),
            unreleased: OnceLock::new(),
        }
    }

    /// Returns the address of the client.
    pub(super) const fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// Returns a permit for a message, if there is enough memory for it.
    pub(super) fn acquire_permit(&self, packet_bytes: usize, head_bytes: usize) -> Option<MessagePermit> {
        self.shared.message_budget.acquire(packet_bytes, head_bytes, self.shared.connections.load(Relaxed))
    }

    /// Returns a lease for a buffer of the connection.
    pub(super) fn lease_buffer(&self) -> BufferLease {
        self.shared.buffer_budget.lease()
    }

    /// Returns whether more than half of the memory for messages is in use.
    pub(super) fn is_memory_scarce(&self) -> bool {
        self.shared.message_budget.is_scarce()
    }

    /// Counts a message of `QoS` 2 that is routed with the PUBREL packet. Returns a receiver to wait with before that.
    ///
    /// # Errors
    /// When it must not be queued, because there are too many sessions now.
    pub(super) fn release(&self, packet_bytes: usize) -> Result<Option<oneshot::Receiver<()>>, TooManyCopies> {
        if fan_out::is_too_large(packet_bytes, self.shared.storage_monitor.sessions()) {
            return Err(TooManyCopies);
        }
        Ok(self.shared.storage_monitor.message_released(packet_bytes))
    }

    /// Returns the packet ID of the last message of `QoS` 2 if it needs no PUBREL packet any more, or 0. Only once.
    pub(super) fn take_routed_early(&self) -> u16 {
        self.routed_early.swap(0, Relaxed)
    }

    /// Returns the size of a message of `QoS` 2 that an earlier connection of the session has sent, or 0.
    pub(super) fn unreleased_bytes(&self, packet_id: u16) -> usize {
        self.unreleased.get().and_then(|unreleased| unreleased.get(&packet_id)).copied().unwrap_or_default()
    }

    /// Passes a message on to its handling.
    pub(super) fn admit(&self, publish: AdmittedPublish) {
        self.admitted.send_replace(Some(publish));
    }

    /// Takes the message that was admitted last, if it was not handled.
    pub(super) fn take_admitted(&self) -> Option<AdmittedPublish> {
        self.admitted.send_replace(None)
    }

    /// Gives the client ID back, after the connection has ended.
    pub(super) async fn release_client_id(&self) {
        if let Some((_, client_id)) = self.login.get() {
            self.shared.client_ids.release(client_id.clone()).await;
        }
    }

    /// Returns whether a message must not be sent to all of its subscribers at once.
    async fn has_too_many_subscribers(&self, topic: &str, packet_bytes: usize) -> bool {
        let is_too_large = |count: usize| packet_bytes.saturating_mul(count) > MAX_SEND_BYTES;
        is_too_large(self.shared.storage_monitor.sessions())
            && is_too_large(fan_out::subscribers_of_topic(&self.shared.storage, topic).await)
    }

    /// Returns whether a message of `QoS` 1 or 2 must not be queued.
    async fn has_too_many_copies(&self, packet: &PublishPacket, packet_bytes: usize) -> bool {
        if !fan_out::is_too_large(packet_bytes, self.shared.storage_monitor.sessions()) {
            return false;
        }
        // A message of QoS 2 is routed with its PUBREL packet: nobody knows who is connected then.
        packet.qos == QoS::ExactlyOnce
            || fan_out::is_too_large(
                packet_bytes,
                fan_out::queues_of_topic(&self.shared.storage, &packet.topic_name).await,
            )
    }
}

impl BrokerEventHandler for Connection {
    /// Attaches the permit of the message to its payload.
    fn on_client_publish(&self, event: ClientPublishEvent) -> BoxFuture<'_, PublishAction> {
        Box::pin(async move {
            let Some(AdmittedPublish { mut packet, permit, packet_bytes }) = self.take_admitted() else {
                return PublishAction::Continue;
            };
            // As the library has done with its own copy of the message.
            packet.topic_name = event.topic.to_string();
            packet.properties.remove_topic_alias();
            packet.properties.inject_sender(event.user_id.as_deref());
            packet.properties.inject_client_id(Some(&event.client_id));
            packet.payload = permit.attach(&event.payload);
            if self.has_too_many_subscribers(&packet.topic_name, packet_bytes).await {
                tracing::warn!(peer = %self.peer, packet_bytes, "the demo broker dropped a message for too many clients");
                self.routed_early.store(packet.packet_id.unwrap_or_default(), Relaxed);
                return PublishAction::Handled;
            }
            if packet.qos == QoS::AtMostOnce {
                return PublishAction::Transform(packet);
            }
            if self.has_too_many_copies(&packet, packet_bytes).await {
                tracing::warn!(peer = %self.peer, packet_bytes, "the demo broker does not queue a message for this number of sessions");
                self.routed_early.store(packet.packet_id.unwrap_or_default(), Relaxed);
                let unqueued = PublishPacket { qos: QoS::AtMostOnce, packet_id: None, ..packet };
                self.shared.router.route_message(&unqueued, Some(&event.client_id)).await;
                return PublishAction::Handled;
            }
            self.shared.storage_monitor.message_published(packet_bytes).await;
            PublishAction::Transform(packet)
        })
    }

    fn on_client_subscribe(&self, event: ClientSubscribeEvent) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            self.count_filters(&event.client_id).await;
            self.shared.storage_monitor.subscribed(event.subscriptions.len()).await;
        })
    }

    fn on_client_unsubscribe(&self, event: ClientUnsubscribeEvent) -> BoxFuture<'_, ()> {
        Box::pin(async move { self.count_filters(&event.client_id).await })
    }
}
