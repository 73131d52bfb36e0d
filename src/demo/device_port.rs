//! What the simulated board asks of the outside: messages go to its line, sensors and light are those
//! of the room.

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

/// The most messages under way; the core keeps what is more, and offers it again.
const MAX_IN_FLIGHT: usize = 64;

/// The outside of a board.
pub struct SimulatedDevicePort {
    /// The time since the board was switched on.
    pub now: Duration,
    /// The room that it stands in.
    pub environment: EnvironmentSimulator,
    /// Whether the light has changed since this was last set to `false`.
    pub light_changed: bool,
    /// The line to its broker, once there is one.
    pub client: Option<Client>,
    in_flight: HashMap<PublishId, Qos>,
    last_publish_id: PublishId,
}

impl SimulatedDevicePort {
    /// The outside of a board that is being switched on in this room.
    #[must_use]
    pub fn new(environment: EnvironmentSimulator) -> Self {
        let (now, last_publish_id) = (Duration::ZERO, PublishId::default());
        Self { now, environment, light_changed: false, client: None, in_flight: HashMap::new(), last_publish_id }
    }

    /// Sends a message; whether the line takes it now.
    pub fn try_publish(&mut self, topic: &str, payload: &[u8], qos: Qos, retain: bool) -> bool {
        let (Some(client), Ok(topic)) = (&self.client, Topic::new(topic)) else { return false };
        if self.in_flight.len() >= MAX_IN_FLIGHT {
            return false;
        }
        self.last_publish_id = PublishId(self.last_publish_id.0 + 1);
        self.in_flight.insert(self.last_publish_id, qos);
        client.publish(PublishRequest { id: self.last_publish_id, topic, payload: payload.into(), qos, retain });
        true
    }

    /// Notes how far a message has come.
    pub fn on_publish_status(&mut self, id: PublishId, status: &PublishStatus) {
        let still_in_flight = *status == PublishStatus::Sent && self.in_flight.get(&id) != Some(&Qos::AtMostOnce);
        if let PublishStatus::Failed(reason) = status {
            tracing::debug!(reason, "a message of the board was given up");
        }
        if !still_in_flight {
            self.in_flight.remove(&id);
        }
    }

    /// Asks for exactly this filter. Whether that could be asked.
    #[must_use]
    pub fn try_subscribe(&self, filter: &str) -> bool {
        let (Some(client), Ok(filter)) = (&self.client, TopicFilter::new(filter)) else { return false };
        client.set_subscriptions(vec![Subscription { filter, qos: Qos::AtLeastOnce }]);
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

    fn show_light(&mut self, light: Light) {
        self.environment.set_light(self.now, light);
        self.light_changed = true;
    }

    fn read_sensors(&mut self) -> SensorReadings {
        self.environment.read_sensors(self.now)
    }

    fn save_settings(&mut self, _settings: BoardSettings) -> bool {
        // A simulated board is new each time it is switched on.
        true
    }
}
