//! A connection without a user interface, for subcommands that publish or wait for a message.

use tokio::sync::mpsc::{self, Receiver};

use super::ConnectionPlan;
use crate::{
    model::{
        connection::{ConnectionEvent, ConnectionId, ConnectionState, PublishRequest, Qos, Subscription},
        topic::TopicFilter,
    },
    mqtt::Client,
};

/// A connection and its events.
#[derive(Debug)]
pub struct HeadlessConnection {
    client: Client,
    events: Receiver<(ConnectionId, ConnectionEvent)>,
}

impl HeadlessConnection {
    /// Opens a connection that subscribes to the filters with `QoS` 0.
    #[must_use]
    pub(crate) fn open(plan: ConnectionPlan, filters: Vec<TopicFilter>) -> Self {
        let (event_sender, events) = mpsc::channel(32);
        let client = Client::open(ConnectionId(0), plan.profile, plan.login, event_sender);
        client.set_subscriptions(
            filters.into_iter().map(|filter| Subscription { filter, qos: Qos::AtMostOnce }).collect(),
        );
        Self { client, events }
    }

    /// Queues a publish request.
    pub(crate) fn publish(&self, request: PublishRequest) {
        self.client.publish(request);
    }

    /// Waits for the next event.
    ///
    /// # Errors
    /// When the connection has stopped and does not retry; the error is the reason.
    pub(crate) async fn next_event(&mut self) -> Result<ConnectionEvent, String> {
        match self.events.recv().await {
            Some((_, ConnectionEvent::State(ConnectionState::Stopped { reason, .. }))) => Err(reason),
            Some((_, event)) => Ok(event),
            None => Err("the connection is closed".to_owned()),
        }
    }

    /// Disconnects from the broker.
    pub(crate) async fn close(self) {
        self.client.close().await;
    }
}
