//! The copies of a large message in the queues of sessions. The protocol library makes one for each session that cannot
//! get the message at once, without asking.

use mqtt5::{
    QoS,
    broker::{DynamicStorage, StorageBackend, storage::ClientSession},
    parse_shared_subscription, topic_matches_filter,
};

use super::limits::MAX_FAN_OUT_BYTES;

/// Returns whether copies of a message for each of `sessions` would take too much memory.
pub(super) const fn is_too_large(message_bytes: usize, sessions: usize) -> bool {
    message_bytes.saturating_mul(sessions) > MAX_FAN_OUT_BYTES
}

/// Returns the number of sessions whose queue gets a message to this topic, at most.
pub(super) async fn queues_of_topic(storage: &DynamicStorage, topic: &str) -> usize {
    let is_queued = |session: &ClientSession, qos: QoS| {
        let gets_it_at_once = session.connected && storage.queue_handle(&session.client_id).is_empty();
        qos != QoS::AtMostOnce && !gets_it_at_once
    };
    count_sessions(storage, topic, is_queued).await
}

/// Returns the number of connected clients that get a message to this topic, at most.
pub(super) async fn subscribers_of_topic(storage: &DynamicStorage, topic: &str) -> usize {
    count_sessions(storage, topic, |session, _| session.connected).await
}

/// Counts the sessions that have a subscription to a topic for which the function returns `true`. It gets the session and
/// the `QoS` of the subscription.
async fn count_sessions(
    storage: &DynamicStorage,
    topic: &str,
    is_wanted: impl Fn(&ClientSession, QoS) -> bool,
) -> usize {
    let mut count = 0;
    for client_id in storage.session_client_ids().await.unwrap_or_default() {
        let Ok(Some(session)) = storage.get_session(&client_id).await else { continue };
        let is_counted = session.subscriptions.iter().any(|(filter, subscription)| {
            is_wanted(&session, subscription.qos) && topic_matches_filter(topic, parse_shared_subscription(filter).0)
        });
        count += usize::from(is_counted);
    }
    count
}

#[cfg(test)]
mod tests {
    use mqtt5::{
        broker::{
            MemoryBackend,
            storage::{ClientSession, QueuedMessage, StoredSubscription},
        },
        packet::publish::PublishPacket,
    };

    use super::*;

    #[tokio::test]
    async fn only_sessions_that_cannot_get_a_message_at_once_have_a_copy_of_it() {
        let storage = DynamicStorage::Memory(MemoryBackend::new());
        for (client_id, connected, filter, qos) in [
            ("offline", false, "a/+", QoS::AtLeastOnce),
            ("shared", false, "$share/x/a/#", QoS::ExactlyOnce),
            ("qos0", false, "a/+", QoS::AtMostOnce),
            ("other", false, "b", QoS::AtLeastOnce),
            ("connected", true, "a/+", QoS::AtLeastOnce),
            ("behind", true, "a/+", QoS::AtLeastOnce),
        ] {
            let mut session = ClientSession::new(client_id, true, Some(3600));
            session.connected = connected;
            session.add_subscription(filter, StoredSubscription::new(qos));
            storage.store_session(session).await.unwrap();
        }
        let packet = PublishPacket::new("a/1", "x", QoS::AtLeastOnce);
        let waiting = QueuedMessage::new(packet, "behind".to_owned(), QoS::AtLeastOnce, None);
        storage.queue_message(waiting).await.unwrap();
        assert_eq!(queues_of_topic(&storage, "a/1").await, 3, "offline, shared and behind");
        assert_eq!(subscribers_of_topic(&storage, "a/1").await, 2, "connected and behind");
    }
}
