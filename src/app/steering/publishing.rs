//! Publishing the positions of pads: those that are due, and all that wait when the program ends.

use super::output::PadOutput;
use crate::{
    app::{App, Connection, Effect, MqttEffect, subscriptions::SubscriptionOwner},
    model::{
        connection::{PublishId, PublishRequest, PublishStatus},
        id::TileId,
        steering::Position,
        time::Time,
    },
};

impl App {
    /// Publishes the positions that are due; all that wait, if the program ends. What cannot be sent now is dropped.
    pub(super) fn publish_positions(&mut self, now: Time, is_exit: bool) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut outputs = std::mem::take(&mut self.steering.outputs);
        for output in &mut outputs {
            let connection = self.connection(output.connection);
            if !connection.is_some_and(Connection::is_connected) {
                let name = connection.map_or("the broker", |connection| &connection.name);
                let reason = format!("{name} is not connected");
                let failure = if output.drop_waiting() { output.failure(&reason) } else { None };
                if let Some(failure) = failure {
                    self.report_failure(failure, now);
                }
                continue;
            }
            for axis in 0..output.axes.len() {
                let axis = &mut output.axes[axis];
                let payload = if is_exit { axis.take_waiting() } else { axis.take_due(now) };
                let Some(payload) = payload else { continue };
                let topic = axis.topic.clone();
                let text = (payload.as_bytes(), output.retain);
                let encoded = self.decoder_rules.encoded(topic.as_str(), &output.decoders, text, now);
                let encoded = match encoded {
                    Ok(encoded) => encoded,
                    Err(error) => {
                        if let Some(failure) = output.failure(&error.to_string()) {
                            self.report_failure(failure, now);
                        }
                        continue;
                    }
                };
                let id = self.publishing.next_id();
                let (qos, retain) = (output.qos, output.retain);
                let request = PublishRequest { id, topic, payload: encoded, qos, retain, properties: None };
                axis.record(id, payload, now);
                effects.push(Effect::Mqtt(MqttEffect::PublishIfConnected(output.connection, request)));
                self.record_position(output.tile, id, output.position, now);
            }
        }
        self.steering.outputs = outputs;
        effects
    }

    /// Records in the log of what just happened that a position is published.
    fn record_position(&mut self, id: TileId, request: PublishId, Position { x, y }: Position, now: Time) {
        self.publishing.pending.insert(request, id);
        let Some(position) = self.position_of(id) else { return };
        if let Some((tile, _)) = self.dashboards[position.dashboard].tile(position.tile) {
            self.activity.record_publish(id, tile, request, &format!("{x},{y}"), now);
        }
    }

    /// Takes into account how far a message of a pad got.
    pub(in crate::app) fn on_steering_status(&mut self, id: PublishId, status: &PublishStatus, now: Time) {
        let failure = self.steering.outputs.iter_mut().find_map(|output| {
            let reason = output.on_status(id, status)?;
            output.failure(&reason)
        });
        if let Some(failure) = failure {
            self.report_failure(failure, now);
        }
    }

    /// Ends steering because the program ends. The center is published at once, whatever the rate is.
    pub(in crate::app) fn end_steering_on_exit(&mut self, now: Time) -> Vec<Effect> {
        self.end_steering();
        self.publish_positions(now, true)
    }

    /// Forgets what is done, and lets connections close that it has kept open.
    pub(super) fn forget_idle_outputs(&mut self, now: Time) {
        let steered = self.steering.pad.as_ref().map(|pad| pad.tile);
        let is_idle = |output: &mut PadOutput| steered != Some(output.tile) && output.is_idle(now);
        let idle: Vec<PadOutput> = self.steering.outputs.extract_if(.., is_idle).collect();
        for connection in idle.into_iter().map(|output| output.connection) {
            let is_needed = self.steering.outputs.iter().any(|output| output.connection == connection);
            if let Some(connection) = self.connection_mut(connection).filter(|_| !is_needed) {
                connection.subscriptions.remove(SubscriptionOwner::Steering);
            }
        }
    }
}
