//! One line without a screen: for subcommands that send or wait for something.

use tokio::sync::mpsc::{self, Receiver};

use super::ConnectionPlan;
use crate::{
    model::{
        connection::{ConnectionEvent, ConnectionId, ConnectionState, PublishRequest, Qos, Subscription},
        topic::TopicFilter,
    },
    mqtt::Client,
};

/// A line and what it says.
#[derive(Debug)]
pub struct HeadlessConnection {
    client: Client,
    events: Receiver<(ConnectionId, ConnectionEvent)>,
}

impl HeadlessConnection {
    /// Opens a line that subscribes to these.
    #[must_use]
    pub fn open(plan: ConnectionPlan, filters: Vec<TopicFilter>) -> Self {
        let (event_sender, events) = mpsc::channel(32);
        let client = Client::open(ConnectionId(0), plan.profile, plan.login, event_sender);
        client.set_subscriptions(
            filters.into_iter().map(|filter| Subscription { filter, qos: Qos::AtMostOnce }).collect(),
        );
        Self { client, events }
    }

    /// Sends something.
    pub fn publish(&self, request: PublishRequest) {
        self.client.publish(request);
    }

    /// The next thing that the line says.
    ///
    /// # Errors
    /// Why the line is down for good.
    pub async fn next_event(&mut self) -> Result<ConnectionEvent, String> {
        match self.events.recv().await {
            Some((_, ConnectionEvent::State(ConnectionState::Stopped { reason }))) => Err(reason),
            Some((_, event)) => Ok(event),
            None => Err("the line is closed".to_owned()),
        }
    }

    /// Says goodbye.
    pub async fn close(self) {
        self.client.close().await;
    }
}
