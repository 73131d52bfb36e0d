//! What the devices publish: states when they change, and measurements periodically.

use std::{collections::HashMap, time::Duration};

use super::STEP;

/// A message to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Publication {
    /// The topic.
    pub topic: String,
    /// The payload.
    pub payload: Vec<u8>,
    /// Whether the broker keeps it for new subscribers.
    pub retain: bool,
}

/// The last message on a topic.
#[derive(Debug)]
struct Published {
    payload: Vec<u8>,
    at: Duration,
}

/// What is published, and what was.
#[derive(Debug, Default)]
pub(super) struct Publications {
    now: Duration,
    published: HashMap<String, Published>,
    due: Vec<Publication>,
}

impl Publications {
    /// Sets the time.
    pub fn set_now(&mut self, now: Duration) {
        self.now = now;
    }

    /// Publishes a state when it has changed. The broker keeps it.
    pub fn state(&mut self, topic: &str, payload: impl Into<Vec<u8>>) {
        let payload = payload.into();
        if self.published.get(topic).is_none_or(|last| last.payload != payload) {
            self.published.insert(topic.to_owned(), Published { payload: payload.clone(), at: self.now });
            self.due.push(Publication { topic: topic.to_owned(), payload, retain: true });
        }
    }

    /// Publishes a measurement once in each period. The broker keeps it.
    pub fn measurement(&mut self, topic: &str, period: Duration, payload: impl FnOnce() -> Vec<u8>) {
        self.periodic(topic, period, payload, true);
    }

    /// Publishes a measurement once in each period, which only those get who are subscribed.
    pub fn live_measurement(&mut self, topic: &str, period: Duration, payload: impl FnOnce() -> Vec<u8>) {
        self.periodic(topic, period, payload, false);
    }

    fn periodic(&mut self, topic: &str, period: Duration, payload: impl FnOnce() -> Vec<u8>, retain: bool) {
        let at = match self.published.get(topic) {
            Some(last) if self.now < last.at + period => return,
            Some(_) => self.now,
            None => self.now.saturating_sub(self.head_start(period)),
        };
        self.published.insert(topic.to_owned(), Published { payload: Vec::new(), at });
        self.due.push(Publication { topic: topic.to_owned(), payload: payload(), retain });
    }

    /// Returns how much earlier the second message on another topic comes, so that not all topics come at once.
    fn head_start(&self, period: Duration) -> Duration {
        let steps = period.as_millis() / STEP.as_millis();
        let index = u128::try_from(self.published.len()).unwrap_or_default();
        STEP * u32::try_from(index % steps.max(1)).unwrap_or_default()
    }

    /// Publishes something that happens. The broker does not keep it.
    pub fn event(&mut self, topic: &str, payload: String) {
        self.due.push(Publication { topic: topic.to_owned(), payload: payload.into_bytes(), retain: false });
    }

    /// Notes what somebody else has published on the topic of a state, so that the state is published again only if it
    /// is another one.
    pub fn replace(&mut self, topic: &str, payload: &[u8]) {
        if let Some(last) = self.published.get_mut(topic) {
            payload.clone_into(&mut last.payload);
        }
    }

    /// Forgets what was published.
    pub fn forget(&mut self) {
        self.published.clear();
    }

    /// Returns the messages since the last call.
    pub fn take_due(&mut self) -> Vec<Publication> {
        std::mem::take(&mut self.due)
    }
}
