//! The task of the simulated home: passes messages between a [`Client`] and the [`HomeSimulator`], and lets its time
//! pass.

use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::{Instant, sleep_until},
};

use super::{HomeOptions, HomeSimulator, publications::Publication};
use crate::{
    model::{
        connection::{
            ConnectionEvent, ConnectionId, ConnectionState, PublishId, PublishRequest, PublishStatus, Qos, Subscription,
        },
        profile::Profile,
        topic::{Topic, TopicFilter},
    },
    mqtt::{Client, Login},
};

/// The capacity of the queue of connection events.
const EVENT_QUEUE_CAPACITY: usize = 32;

/// A running home. Dropping it stops it in the background; [`HomeTask::stop`] also waits until it has disconnected.
#[derive(Debug)]
pub(crate) struct HomeTask {
    stop_sender: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl HomeTask {
    /// Starts a home and keeps it connected.
    pub fn spawn(options: &HomeOptions, profile: Profile, login: Login) -> Self {
        let simulator = HomeSimulator::new(options);
        let (event_sender, events) = mpsc::channel(EVENT_QUEUE_CAPACITY);
        let client = Client::open(ConnectionId(0), Profile { clean_session: true, ..profile }, login, event_sender);
        let filters = simulator.command_topics().into_iter().filter_map(|topic| TopicFilter::new(&topic).ok());
        client.set_subscriptions(filters.map(|filter| Subscription::new(filter, Qos::AtLeastOnce)).collect());
        let (stop_sender, stop) = oneshot::channel();
        let runner = HomeRunner {
            simulator,
            client,
            events,
            stop,
            started_at: Instant::now(),
            connected: false,
            last_publish_id: PublishId::default(),
        };
        Self { stop_sender, task: tokio::spawn(runner.run()) }
    }

    /// Stops the home and waits until it has disconnected, a few seconds at most.
    pub async fn stop(self) {
        let Self { stop_sender, task } = self;
        drop(stop_sender);
        if let Err(error) = task.await {
            tracing::error!(%error, "the task of the home failed");
        }
    }
}

struct HomeRunner {
    simulator: HomeSimulator,
    client: Client,
    events: mpsc::Receiver<(ConnectionId, ConnectionEvent)>,
    stop: oneshot::Receiver<()>,
    started_at: Instant,
    connected: bool,
    last_publish_id: PublishId,
}

impl HomeRunner {
    async fn run(mut self) {
        loop {
            tokio::select! {
                _ = &mut self.stop => break,
                Some((_, event)) = self.events.recv() => self.on_connection_event(event),
                () = sleep_until(self.started_at + self.simulator.next_due()) => {}
            }
            self.simulator.advance(self.started_at.elapsed());
            let due = self.simulator.take_due();
            if self.connected {
                for publication in due {
                    self.publish(publication);
                }
            }
        }
        // Closes the channel, so that the client does not block on sending its last events.
        self.events.close();
        self.client.close().await;
    }

    fn on_connection_event(&mut self, event: ConnectionEvent) {
        match event {
            ConnectionEvent::State(state) => {
                self.connected = state == ConnectionState::Connected;
                if self.connected {
                    self.simulator.forget_published();
                }
            }
            ConnectionEvent::Messages(messages) => {
                messages.iter().for_each(|message| self.simulator.obey(message.topic, message.payload));
            }
            ConnectionEvent::PublishStatus(_, PublishStatus::Failed(reason)) => {
                tracing::debug!(reason, "a message of the home was not published");
            }
            ConnectionEvent::SubscriptionRefused(filter, reason) => {
                tracing::warn!(filter = filter.as_str(), reason, "the broker refused a subscription of the home");
            }
            ConnectionEvent::PublishStatus(..)
            | ConnectionEvent::RoundTrip(_)
            | ConnectionEvent::SubscriptionGranted(_)
            | ConnectionEvent::SessionSubscriptions(_)
            | ConnectionEvent::MessagesDropped(_) => {}
            ConnectionEvent::Notice(notice) => tracing::info!(notice, "notice of the home's connection"),
        }
    }

    fn publish(&mut self, publication: Publication) {
        let Publication { topic, payload, retain } = publication;
        let Ok(topic) = Topic::new(&topic) else { return };
        self.last_publish_id = PublishId(self.last_publish_id.0 + 1);
        let (id, qos) = (self.last_publish_id, Qos::AtLeastOnce);
        self.client.publish(PublishRequest { id, topic, payload: payload.into(), qos, retain, properties: None });
    }
}
