//! What the simulated board asks of the outside: messages go to its line, sensors and light are those
//! of the room.

use std::{collections::HashMap, time::Duration};

use super::{
    board::{Light, Out, Outside, Sensors, Settings},
    world::World,
};
use crate::{
    model::{
        line::{Order, OrderId, Qos, Receipt, Wanted},
        topic::{Filter, Topic},
    },
    mqtt::Link,
};

/// The most messages under way; the core keeps what is more, and offers it again.
const MOST_UNDER_WAY: usize = 64;

/// The outside of a board.
pub struct Ports {
    /// The time since the board was switched on.
    pub now: Duration,
    /// The room that it stands in.
    pub world: World,
    /// Whether the light has changed since this was last set to `false`.
    pub lit: bool,
    /// The line to its broker, once there is one.
    pub link: Option<Link>,
    under_way: HashMap<OrderId, Qos>,
    last: OrderId,
}

impl Ports {
    /// The outside of a board that is being switched on in this room.
    #[must_use]
    pub fn new(world: World) -> Self {
        let (now, last) = (Duration::ZERO, OrderId::default());
        Self { now, world, lit: false, link: None, under_way: HashMap::new(), last }
    }

    /// Sends a message; whether the line takes it now.
    pub fn send(&mut self, topic: &str, payload: &[u8], qos: Qos, retain: bool) -> bool {
        let (Some(link), Ok(topic)) = (&self.link, Topic::new(topic)) else { return false };
        if self.under_way.len() >= MOST_UNDER_WAY {
            return false;
        }
        self.last = OrderId(self.last.0 + 1);
        self.under_way.insert(self.last, qos);
        link.publish(Order { id: self.last, topic, payload: payload.into(), qos, retain });
        true
    }

    /// Notes how far a message has come.
    pub fn note(&mut self, order: OrderId, receipt: &Receipt) {
        let on_its_way = *receipt == Receipt::Sent && self.under_way.get(&order) != Some(&Qos::AtMostOnce);
        if let Receipt::Dropped(why) = receipt {
            tracing::debug!(why, "a message of the board was given up");
        }
        if !on_its_way {
            self.under_way.remove(&order);
        }
    }

    /// Asks for exactly this filter. Whether that could be asked.
    #[must_use]
    pub fn want(&self, filter: &str) -> bool {
        let (Some(link), Ok(filter)) = (&self.link, Filter::new(filter)) else { return false };
        link.want(vec![Wanted { filter, qos: Qos::AtLeastOnce }]);
        true
    }
}

impl Outside for Ports {
    fn publish(&mut self, out: Out<'_>) -> bool {
        let qos = if out.acknowledged { Qos::AtLeastOnce } else { Qos::AtMostOnce };
        self.send(out.topic, out.payload, qos, out.retain)
    }

    fn subscribe(&mut self, filter: &str) -> bool {
        self.want(filter)
    }

    fn light(&mut self, light: Light) {
        self.world.shine(self.now, light);
        self.lit = true;
    }

    fn sensors(&mut self) -> Sensors {
        self.world.sensors(self.now)
    }

    fn save(&mut self, _settings: Settings) -> bool {
        // A simulated board is new each time it is switched on.
        true
    }
}
