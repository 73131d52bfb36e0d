//! Publishing the values of tiles.

use std::{collections::HashMap, time::Duration};

use crate::model::{
    connection::{ConnectionId, PublishId, PublishRequest},
    error::TileError,
    id::TileId,
    tile_state::{PublishProgress, UnconfirmedPublish},
    time::Time,
};

use super::{App, Effect, MqttEffect, after_press::AfterPress, automatic_messages::AutomaticMessages};

/// The minimum time between two publishes of a tile. While a key repeats, the last value is published.
const PUBLISH_INTERVAL: Duration = Duration::from_millis(100);

/// The publish requests of the program.
#[derive(Debug, Default)]
pub(super) struct Publishing {
    /// The tiles of the requests that are not finished.
    pub(super) pending: HashMap<PublishId, TileId>,
    /// The ID of the last request.
    last_id: PublishId,
    pub(super) throttle: PublishThrottle,
    /// What follows the presses of buttons.
    pub(super) after_press: Box<AfterPress>,
    /// What tiles publish by themselves.
    pub(super) automatic: AutomaticMessages,
}

impl Publishing {
    /// Returns an ID that no other request of the program has.
    pub(super) const fn next_id(&mut self) -> PublishId {
        self.last_id = PublishId(self.last_id.0 + 1);
        self.last_id
    }
}

/// Limits the publish rate of a tile: of the requests within [`PUBLISH_INTERVAL`], only the last one is
/// sent.
#[derive(Debug, Default)]
pub(super) struct PublishThrottle {
    last_sent: Option<(TileId, Time)>,
    delayed_request: Option<(TileId, ConnectionId, PublishRequest)>,
}

impl PublishThrottle {
    /// Returns when the delayed request is due.
    pub(super) fn due_at(&self) -> Option<Time> {
        self.delayed_request.as_ref().and(self.last_sent).map(|(_, sent_at)| sent_at.saturating_add(PUBLISH_INTERVAL))
    }

    /// Returns the delayed request if it is due.
    pub(super) fn take_due_request(&mut self, now: Time) -> Option<Effect> {
        if self.due_at().is_none_or(|due_at| now < due_at) {
            return None;
        }
        let (tile, connection, request) = self.delayed_request.take()?;
        self.last_sent = Some((tile, now));
        Some(Effect::Mqtt(MqttEffect::Publish(connection, request)))
    }

    /// Drops the delayed request of a tile. Returns its ID.
    fn cancel(&mut self, tile: TileId) -> Option<PublishId> {
        self.delayed_request.take_if(|(other, ..)| *other == tile).map(|(.., request)| request.id)
    }

    /// Drops the delayed request of a tile that is gone.
    pub(super) fn forget_tiles(&mut self, removed: &[TileId]) {
        self.delayed_request.take_if(|(tile, ..)| removed.contains(tile));
    }

    /// Submits a request. Returns the requests to publish now and the ID of the delayed request that this
    /// one replaces.
    fn submit(
        &mut self,
        tile: TileId,
        connection: ConnectionId,
        request: PublishRequest,
        now: Time,
    ) -> (Vec<Effect>, Option<PublishId>) {
        let mut effects = Vec::new();
        let mut replaced_id = None;
        match self.delayed_request.take() {
            Some((other, _, old_request)) if other == tile => replaced_id = Some(old_request.id),
            Some((_, connection, old_request)) => {
                effects.push(Effect::Mqtt(MqttEffect::Publish(connection, old_request)));
            }
            None => {}
        }
        if self.last_sent.is_some_and(|(other, sent_at)| other == tile && now.since(sent_at) < PUBLISH_INTERVAL) {
            self.delayed_request = Some((tile, connection, request));
        } else {
            self.last_sent = Some((tile, now));
            effects.push(Effect::Mqtt(MqttEffect::Publish(connection, request)));
        }
        (effects, replaced_id)
    }
}

impl App {
    /// Publishes a value of a tile, in the payload that its template makes of it.
    pub(super) fn publish(&mut self, id: TileId, value: String, now: Time) -> Vec<Effect> {
        let Some(position) = self.position_of(id) else {
            return Vec::new();
        };
        let dashboard = &mut self.dashboards[position.dashboard];
        let connection = dashboard.connection;
        let Some((tile, state)) = dashboard.tile_mut(position.tile) else {
            return Vec::new();
        };
        let Some(topic) = tile.target_topic() else {
            return Vec::new();
        };
        let name = tile.display_name().to_owned();
        let text = tile.payload_of(&value).map_err(|error| error.to_string());
        let rules = &self.decoder_rules;
        let payload = text.and_then(|text| {
            let encoded = rules.encoded(topic.as_str(), tile.decoders(), (text.as_bytes(), tile.retain), now);
            Ok((text.into_owned(), encoded.map_err(|error| error.to_string())?))
        });
        let (decoded, payload) = match payload {
            Ok(payload) => payload,
            Err(reason) => {
                self.report_failure(format!("{name}: not published, {reason}"), now);
                return Vec::new();
            }
        };
        let request = PublishRequest {
            id: self.publishing.next_id(),
            topic,
            payload,
            qos: tile.qos,
            retain: tile.retain,
            properties: None,
        };
        self.activity.record_publish(id, tile, request.id, &value, now);
        state.record_publish(request.id, value.into(), tile.update_on_publish, now);
        if tile.has_payload_template() {
            state.record_published_payload(decoded.as_bytes());
        }
        self.schedule_save(connection, now);
        self.publishing.pending.insert(request.id, id);
        if self.connection(connection).is_some_and(|connection| !connection.is_connected()) {
            self.notify(format!("{name} waits for the connection: Esc cancels"), now);
        }
        let press = request.id;
        let (effects, replaced_id) = self.publishing.throttle.submit(id, connection, request, now);
        if let Some(publish_id) = replaced_id {
            self.forget_press(id, publish_id);
            self.publishing.pending.remove(&publish_id);
            if let Some((_, state)) = self.tile_mut(id) {
                state.forget_publish(publish_id);
            }
        }
        self.begin_after_press(id, press, now);
        effects
    }

    /// Handles a failed publish request: restores the previous value of its tile and shows a notice.
    pub(super) fn on_publish_dropped(&mut self, publish_id: PublishId, reason: &str, now: Time) {
        let Some(id) = self.publishing.pending.remove(&publish_id) else {
            self.on_automatic_message_failed(publish_id, reason, now);
            return;
        };
        self.forget_press(id, publish_id);
        self.activity.set_failed(id, publish_id, reason);
        if let Some((tile, state)) = self.tile_mut(id)
            && state.fail_publish(publish_id, TileError::NotSent(reason.to_owned()))
        {
            let name = tile.name.clone();
            self.report_failure(format!("{name}: {reason}"), now);
        }
    }

    /// Handles a publish request that the user has canceled before it was sent: restores the previous value of its tile.
    pub(super) fn on_publish_canceled(&mut self, publish_id: PublishId, now: Time) {
        let Some(id) = self.publishing.pending.remove(&publish_id) else {
            return;
        };
        self.forget_press(id, publish_id);
        self.activity.set_canceled(id, publish_id);
        self.display.dirty = true;
        if let Some((tile, state)) = self.tile_mut(id)
            && state.cancel_publish(publish_id)
        {
            let notice = format!("{}: canceled, nothing was sent", tile.display_name());
            self.notify(notice, now);
        }
    }

    /// Returns whether the last publish request of the selected tile waits for the connection.
    pub(in crate::app) fn waits_to_be_sent(&self) -> bool {
        let is_queued = |sent: &UnconfirmedPublish| {
            sent.progress == PublishProgress::Queued && self.publishing.pending.contains_key(&sent.publish_id)
        };
        let is_offline = self.current_connection().is_some_and(|connection| !connection.is_connected());
        is_offline && self.selected_tile().is_some_and(|(_, state)| state.unconfirmed.as_deref().is_some_and(is_queued))
    }

    /// Cancels what the selected tile has published while the connection is down. What was sent before is not affected.
    pub(in crate::app) fn cancel_waiting(&mut self, now: Time) -> Vec<Effect> {
        let Some(id) = self.selected_id().filter(|_| self.waits_to_be_sent()) else { return Vec::new() };
        let Some((dashboard, _)) = self.dashboard_of(id) else { return Vec::new() };
        let connection = dashboard.connection;
        if let Some(delayed) = self.publishing.throttle.cancel(id) {
            self.on_publish_canceled(delayed, now);
        }
        let mut ids: Vec<PublishId> =
            self.publishing.pending.iter().filter(|(_, tile)| **tile == id).map(|(request, _)| *request).collect();
        ids.sort_unstable_by_key(|request| request.0);
        if ids.is_empty() { Vec::new() } else { vec![Effect::Mqtt(MqttEffect::CancelPublishes(connection, ids))] }
    }

    /// Ends waiting for answers that can no longer arrive.
    pub(super) fn expire_publishes(&mut self, now: Time) {
        let mut expired = Vec::new();
        for dashboard in &mut self.dashboards {
            let mut indexes = Vec::new();
            for (index, (tile, state)) in dashboard.tiles_mut().enumerate() {
                if state.expire_publish(tile, now) {
                    indexes.push(index);
                }
            }
            expired.extend(indexes.into_iter().filter_map(|index| dashboard.tile_id(index)));
        }
        self.display.dirty |= !expired.is_empty();
        for id in expired {
            self.record_expiry(id);
        }
    }
}
