//! The port of a simulated board: publishes over its connection, and reads sensors from and shows the light
//! in its simulated environment.

use std::{collections::HashMap, time::Duration};

use super::{
    board::{BoardMessage, BoardSettings, DevicePort, Light, SensorReadings},
    environment::EnvironmentSimulator,
};
use crate::{
    model::{
        connection::{PublishId, PublishRequest, PublishStatus, Qos, Subscription},
        topic::{Topic, TopicFilter},
    },
    mqtt::Client,
};

/// The maximum number of messages in flight. The core retries what is refused.
const MAX_IN_FLIGHT: usize = 64;

/// The port of a simulated board.
pub(crate) struct SimulatedDevicePort {
    /// The time since the board was started.
    pub now: Duration,
    /// The environment of the board.
    pub environment: EnvironmentSimulator,
    /// Set when the light changes; the reader resets it.
    pub light_changed: bool,
    /// The client of the board's connection, once it is open.
    pub client: Option<Client>,
    in_flight: HashMap<PublishId, Qos>,
    last_publish_id: PublishId,
}

impl SimulatedDevicePort {
    /// Creates the port of a board in an environment.
    #[must_use]
    pub fn new(environment: EnvironmentSimulator) -> Self {
        let (now, last_publish_id) = (Duration::ZERO, PublishId::default());
        Self { now, environment, light_changed: false, client: None, in_flight: HashMap::new(), last_publish_id }
    }

    /// Publishes a message. Returns false if it is not accepted: there is no client, the topic is invalid, or
    /// too many messages are in flight.
    pub fn try_publish(&mut self, topic: &str, payload: &[u8], qos: Qos, retain: bool) -> bool {
        let (Some(client), Ok(topic)) = (&self.client, Topic::new(topic)) else { return false };
        if self.in_flight.len() >= MAX_IN_FLIGHT {
            return false;
        }
        self.last_publish_id = PublishId(self.last_publish_id.0 + 1);
        self.in_flight.insert(self.last_publish_id, qos);
        client.publish(PublishRequest {
            id: self.last_publish_id,
            topic,
            payload: payload.into(),
            qos,
            retain,
            properties: None,
        });
        true
    }

    /// Handles the publish status of a message.
    pub fn on_publish_status(&mut self, id: PublishId, status: &PublishStatus) {
        let still_in_flight = *status == PublishStatus::Sent && self.in_flight.get(&id) != Some(&Qos::AtMostOnce);
        if let PublishStatus::Failed(reason) = status {
            tracing::debug!(reason, "a message of the board was not published");
        }
        if !still_in_flight {
            self.in_flight.remove(&id);
        }
    }

    /// Replaces the subscriptions with this filter. Returns false if there is no client or the filter is
    /// invalid.
    #[must_use]
    pub fn try_subscribe(&self, filter: &str) -> bool {
        let (Some(client), Ok(filter)) = (&self.client, TopicFilter::new(filter)) else { return false };
        client.set_subscriptions(vec![Subscription::new(filter, Qos::AtLeastOnce)]);
        true
    }
}

impl DevicePort for SimulatedDevicePort {
    fn publish(&mut self, message: BoardMessage<'_>) -> bool {
        let qos = if message.acknowledged { Qos::AtLeastOnce } else { Qos::AtMostOnce };
        self.try_publish(message.topic, message.payload, qos, message.retain)
    }

    fn subscribe(&mut self, filter: &str) -> bool {
        self.try_subscribe(filter)
    }

    fn set_light(&mut self, light: Light) {
        self.environment.set_light(self.now, light);
        self.light_changed = true;
    }

    fn read_sensors(&mut self) -> SensorReadings {
        self.environment.read_sensors(self.now)
    }

    fn save_settings(&mut self, _settings: BoardSettings) -> bool {
        // A simulated board starts with the same settings each time.
        true
    }
}
