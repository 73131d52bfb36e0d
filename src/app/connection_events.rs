//! The handling of connection events: messages, publish statuses, connection states and refused
//! subscriptions.

use crate::model::{
    batch::{Batch, MessageRef},
    connection::{ConnectionEvent, ConnectionId, ConnectionState, PublishId, PublishStatus, Qos},
    edit::Profiles,
    history::MAX_HISTORY_PAYLOAD_BYTES,
    message_properties::memory_bytes,
    shared_payload::SharedPayload,
    tile_state::PublishProgress,
    tile_value::TimedMessage,
    time::Time,
};

use super::{
    App, Effect, MqttEffect, OpenDashboard,
    tile_position::{Route, TilePosition},
};

impl App {
    pub(super) fn on_connection_event(
        &mut self,
        connection: ConnectionId,
        event: ConnectionEvent,
        now: Time,
    ) -> Vec<Effect> {
        let import_effect = self.on_import_event(connection, &event);
        match event {
            ConnectionEvent::State(state) => self.on_connection_state(connection, state, now),
            ConnectionEvent::RoundTrip(duration) => {
                if let Some(connection) = self.connection_mut(connection) {
                    connection.round_trip = Some(duration);
                }
                self.display.dirty = true;
            }
            ConnectionEvent::Messages(messages) => {
                self.schedule_save(connection, now);
                let mut effects: Vec<Effect> = import_effect.into_iter().collect();
                self.on_messages(connection, &messages, now, &mut effects);
                return effects;
            }
            ConnectionEvent::PublishStatus(publish_id, status) => self.on_publish_status(publish_id, &status, now),
            ConnectionEvent::SubscriptionRefused(filter, reason) => {
                if let Some(connection) = self.connection_mut(connection) {
                    connection.subscriptions.refuse(filter, reason);
                }
                self.display.dirty = true;
            }
            ConnectionEvent::SubscriptionGranted(filter) => {
                if let Some(connection) = self.connection_mut(connection) {
                    connection.subscriptions.grant(&filter);
                }
                self.display.dirty = true;
            }
            ConnectionEvent::SessionSubscriptions(filters) => {
                return self.on_session_subscriptions(connection, filters, now);
            }
            ConnectionEvent::MessagesDropped(count) => self.record_dropped_messages(connection, count),
            ConnectionEvent::Notice(notice) => self.notify(notice, now),
        }
        Vec::new()
    }

    fn on_connection_state(&mut self, connection_id: ConnectionId, state: ConnectionState, now: Time) {
        self.record_connection_state(connection_id, &state, now);
        let Some(connection) = self.connection_mut(connection_id) else {
            return;
        };
        connection.set_state(state, now);
        if connection.is_connected() {
            connection.subscriptions.begin_session();
            connection.topic_cache.expect_retained();
            let dashboards = self.dashboards.iter_mut().filter(|dashboard| dashboard.connection == connection_id);
            dashboards.flat_map(OpenDashboard::tiles_mut).for_each(|(_, state)| state.begin_session(now));
        } else {
            self.end_steering_on(connection_id, now);
        }
        self.show_outage(connection_id);
        self.continue_first_tile(connection_id);
        self.display.dirty = true;
    }

    /// Makes room above the tiles of a connection for the reason why it is down.
    pub(super) fn show_outage(&mut self, id: ConnectionId) {
        let is_down = self.connection(id).is_some_and(|connection| connection.last_failure.is_some());
        for dashboard in self.dashboards.iter_mut().filter(|dashboard| dashboard.connection == id) {
            dashboard.connection_down = is_down;
        }
    }

    /// Connections that are down try the changed profile at once. The others go on until the user reconnects.
    pub(super) fn on_profiles_changed(&mut self, profiles: Profiles, changed: &[String], now: Time) -> Vec<Effect> {
        self.set_profiles(profiles);
        let mut effects = Vec::new();
        for name in changed {
            match self.connections.iter().find(|connection| connection.name == *name) {
                Some(connection) if !connection.is_connected() => {
                    effects.push(Effect::Mqtt(MqttEffect::ReconnectWithProfile(connection.id, name.clone())));
                }
                _ => self.notify(format!("The profile {name} has changed: reconnect to use it"), now),
            }
        }
        effects
    }

    fn on_messages(&mut self, connection: ConnectionId, messages: &Batch, now: Time, effects: &mut Vec<Effect>) {
        self.record_in_explorer(connection, messages, now);
        let (connection, current_tab) =
            (self.connections.iter().position(|open| open.id == connection), self.current_tab());
        let Some(connection) = connection else { return };
        self.connections[connection].message_rate.record(messages.len(), now);
        self.display.dirty |= self.form_shows(self.connections[connection].id);
        let messages = &*self.with_metric_names(connection, messages);
        self.find_devices(connection, messages, now, effects);
        let mut waiting = Vec::new();
        for message in messages.iter() {
            self.connections[connection].topic_cache.record(message, now);
            let decoding_tiles = self.on_message((connection, current_tab), message, now, effects);
            if !decoding_tiles.is_empty() {
                waiting.push((message, decoding_tiles));
            }
        }
        self.decode_messages(waiting, now, effects);
    }

    /// Passes a message to the tiles of its topic. Returns those that decode it first, which have not got it.
    fn on_message(
        &mut self,
        (connection, current_tab): (usize, usize),
        message: MessageRef<'_>,
        now: Time,
        effects: &mut Vec<Effect>,
    ) -> Vec<TilePosition> {
        let connection = &mut self.connections[connection];
        let connection_id = connection.id;
        let (dashboards, dirty) = (&mut self.dashboards, &mut self.display.dirty);
        let (mut scripted_tiles, mut shared_payload, mut tile_count) = (Vec::new(), None, 0);
        let (mut tiles_of_device, mut decoding_tiles) = (Vec::new(), Vec::new());
        let has_rule = self.decoder_rules.has_decoders(message.topic);
        connection.router.route(message.topic, &mut |Route { position, is_availability }: Route| {
            if is_availability {
                tiles_of_device.push(position);
                return;
            }
            tile_count += 1;
            if let Some(dashboard) = dashboards.get_mut(position.dashboard) {
                *dirty |= position.dashboard == current_tab;
                match dashboard.tile_mut(position.tile) {
                    Some((tile, _)) if has_rule || tile.decodes() => decoding_tiles.push(position),
                    Some((tile, state)) if tile.has_receive_script() => {
                        state.record_message(message, now);
                        scripted_tiles.push(position);
                    }
                    _ => dashboard.receive_message(position.tile, message, now, &mut shared_payload),
                }
            }
        });
        self.update_device(&tiles_of_device, connection_id, message, now);
        // Each tile keeps the topic and a small payload in its own history.
        let copies = tile_count * (message.topic.len() + message.payload.len().min(MAX_HISTORY_PAYLOAD_BYTES));
        self.count_kept_bytes(message.payload.len() + memory_bytes(message.properties) + copies);
        self.run_receive_scripts(&scripted_tiles, message, (now, &mut shared_payload), effects);
        decoding_tiles
    }

    /// Requests the scripts that these tiles run for a message. Those that do not get one show the message itself.
    pub(super) fn run_receive_scripts(
        &mut self,
        tiles: &[TilePosition],
        message: MessageRef<'_>,
        (now, shared_payload): (Time, &mut Option<SharedPayload>),
        effects: &mut Vec<Effect>,
    ) {
        if tiles.is_empty() {
            return;
        }
        let received = TimedMessage { message: message.to_message(), received_at: now };
        for position in tiles {
            let id = self.dashboards[position.dashboard].tile_id(position.tile);
            if let Some(effect) = id.and_then(|id| self.request_receive_script(id, &received)) {
                effects.push(effect);
            } else {
                let payload = shared_payload.get_or_insert_with(|| SharedPayload::new(message.payload)).clone();
                self.dashboards[position.dashboard].receive_scripted_message(position.tile, payload, now);
            }
        }
    }

    fn on_publish_status(&mut self, publish_id: PublishId, status: &PublishStatus, now: Time) {
        if self.on_pulse_status(publish_id, status, now)
            || self.on_retained_status(publish_id, status, now)
            || self.on_sent_message_status(publish_id, status, now)
        {
            return;
        }
        self.on_steering_status(publish_id, status, now);
        match status {
            PublishStatus::Failed(reason) => return self.on_publish_dropped(publish_id, reason, now),
            PublishStatus::Canceled => return self.on_publish_canceled(publish_id, now),
            PublishStatus::Sent | PublishStatus::Acknowledged => self.begin_pulse(publish_id, now),
        }
        let Some(id) = self.publishing.pending.get(&publish_id).copied() else {
            return;
        };
        let acknowledged = *status == PublishStatus::Acknowledged;
        let progress = if acknowledged { PublishProgress::Acknowledged } else { PublishProgress::Sent };
        self.activity.set_progress(id, publish_id, progress);
        let Some((tile, state)) = self.tile_mut(id) else {
            return;
        };
        state.record_progress(publish_id, progress);
        let (has_expired, qos) = (state.expire_publish(tile, now), tile.qos);
        if has_expired {
            self.record_expiry(id);
        }
        if acknowledged || qos == Qos::AtMostOnce {
            self.publishing.pending.remove(&publish_id);
        }
        self.display.dirty = true;
    }
}
