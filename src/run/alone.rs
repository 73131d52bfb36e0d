//! One line without a screen: for subcommands that send or wait for something.

use tokio::sync::mpsc::{self, Receiver};

use super::Opening;
use crate::{
    model::{
        connection::{ConnectionEvent, ConnectionId, ConnectionState, PublishRequest, Qos, Subscription},
        topic::TopicFilter,
    },
    mqtt::Client,
};

/// A line and what it says.
#[derive(Debug)]
pub struct Alone {
    link: Client,
    events: Receiver<(ConnectionId, ConnectionEvent)>,
}

impl Alone {
    /// Opens a line that subscribes to these.
    #[must_use]
    pub fn open(opening: Opening, filters: Vec<TopicFilter>) -> Self {
        let (told, events) = mpsc::channel(32);
        let link = Client::open(ConnectionId(0), opening.profile, opening.login, told);
        link.set_subscriptions(
            filters.into_iter().map(|filter| Subscription { filter, qos: Qos::AtMostOnce }).collect(),
        );
        Self { link, events }
    }

    /// Sends something.
    pub fn publish(&self, order: PublishRequest) {
        self.link.publish(order);
    }

    /// The next thing that the line says.
    ///
    /// # Errors
    /// Why the line is down for good.
    pub async fn next(&mut self) -> Result<ConnectionEvent, String> {
        match self.events.recv().await {
            Some((_, ConnectionEvent::State(ConnectionState::Stopped { reason }))) => Err(reason),
            Some((_, said)) => Ok(said),
            None => Err("the line is closed".to_owned()),
        }
    }

    /// Says goodbye.
    pub async fn close(self) {
        self.link.close().await;
    }
}
