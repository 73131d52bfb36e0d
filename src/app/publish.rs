//! Pressing and stepping tiles, and publishing their values.

use std::time::Duration;

use crate::model::{
    connection::{ConnectionId, PublishId, PublishRequest},
    content::TileAction,
    error::TileError,
    tile_value::TileValue,
    time::Time,
};

use super::{App, Effect, Focus, Prompt, TilePosition};

/// The minimum time between two publishes of a tile. While a key repeats, the last value is published.
const PUBLISH_INTERVAL: Duration = Duration::from_millis(100);

/// Limits the publish rate of a tile: of the requests within [`PUBLISH_INTERVAL`], only the last one is
/// sent.
#[derive(Debug, Default)]
pub(super) struct PublishThrottle {
    last_sent: Option<(TilePosition, Time)>,
    delayed_request: Option<(TilePosition, ConnectionId, PublishRequest)>,
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
        let (position, connection, request) = self.delayed_request.take()?;
        self.last_sent = Some((position, now));
        Some(Effect::Publish(connection, request))
    }

    /// Updates the tile positions after a dashboard has changed. The delayed request of a removed tile is
    /// dropped.
    pub(super) fn remap_positions(&mut self, remap: impl Fn(TilePosition) -> Option<TilePosition>) {
        self.delayed_request = self
            .delayed_request
            .take()
            .and_then(|(position, connection, request)| Some((remap(position)?, connection, request)));
        self.last_sent = self.last_sent.and_then(|(position, sent_at)| Some((remap(position)?, sent_at)));
    }

    /// Submits a request. Returns the requests to publish now and the ID of the delayed request that this
    /// one replaces.
    fn submit(
        &mut self,
        position: TilePosition,
        connection: ConnectionId,
        request: PublishRequest,
        now: Time,
    ) -> (Vec<Effect>, Option<PublishId>) {
        let mut effects = Vec::new();
        let mut replaced_id = None;
        match self.delayed_request.take() {
            Some((other_position, _, old_request)) if other_position == position => replaced_id = Some(old_request.id),
            Some((_, connection, old_request)) => effects.push(Effect::Publish(connection, old_request)),
            None => {}
        }
        if self.last_sent.is_some_and(|(other_position, sent_at)| {
            other_position == position && now.since(sent_at) < PUBLISH_INTERVAL
        }) {
            self.delayed_request = Some((position, connection, request));
        } else {
            self.last_sent = Some((position, now));
            effects.push(Effect::Publish(connection, request));
        }
        (effects, replaced_id)
    }
}

impl App {
    fn selected_position(&self) -> Option<TilePosition> {
        let dashboard = self.current_dashboard()?;
        dashboard.tile(dashboard.selected)?;
        Some(TilePosition { dashboard: self.current_tab, tile: dashboard.selected })
    }

    /// Returns the value that the next press starts from: the unconfirmed one if there is one, else the
    /// received one.
    fn effective_value(&self, position: TilePosition) -> Option<TileValue> {
        let (_, state) = self.dashboards.get(position.dashboard)?.tile(position.tile)?;
        match &state.unconfirmed {
            Some(sent) => Some(TileValue {
                text: sent.text.clone(),
                payload: sent.text.as_bytes().into(),
                updated_at: sent.published_at,
            }),
            None => state.value.clone(),
        }
    }

    pub(super) fn press_selected(&mut self, now: Time) -> Vec<Effect> {
        let mut effects = self.resolve_values(now);
        let Some(position) = self.selected_position() else {
            return effects;
        };
        match self.request_tap_script(position) {
            Some(effect) => effects.push(effect),
            None => effects.extend(self.press_without_script(position, now)),
        }
        effects
    }

    /// Presses a tile without running its tap script.
    pub(super) fn press_without_script(&mut self, position: TilePosition, now: Time) -> Vec<Effect> {
        let value = self.effective_value(position);
        let Some((tile, _)) =
            self.dashboards.get(position.dashboard).and_then(|dashboard| dashboard.tile(position.tile))
        else {
            return Vec::new();
        };
        let has_tap_script = tile.to_scripts().on_tap.is_some();
        match tile.press_action(value.as_ref()) {
            TileAction::Publish(payload) => return self.publish(position, payload, now),
            TileAction::Prompt(spec) => self.focus = Focus::Prompt(Prompt::new(position, spec)),
            TileAction::OpenUrl(url) => self.focus = Focus::ConfirmOpenUrl(url),
            TileAction::Enlarge => self.focus = Focus::EnlargedImage,
            TileAction::Nothing if has_tap_script => {}
            TileAction::Nothing => self.notify("This tile is read-only: it publishes nothing", now),
        }
        Vec::new()
    }

    pub(super) fn step_selected(&mut self, steps: i32, now: Time) -> Vec<Effect> {
        let mut effects = self.resolve_values(now);
        let Some(position) = self.selected_position() else {
            return effects;
        };
        let value = self.effective_value(position);
        if let Some((tile, _)) = self.selected_tile()
            && let TileAction::Publish(payload) = tile.step_action(value.as_ref(), steps)
        {
            effects.extend(self.publish(position, payload, now));
        }
        effects
    }

    pub(super) fn submit_prompt(&mut self, mut prompt: Prompt, now: Time) -> Vec<Effect> {
        let Some(text) = prompt.input_text() else {
            return Vec::new();
        };
        let position = prompt.position;
        let Some((tile, _)) =
            self.dashboards.get(position.dashboard).and_then(|dashboard| dashboard.tile(position.tile))
        else {
            return Vec::new();
        };
        match tile.kind.payload_for_input(&text) {
            Ok(payload) => self.publish(position, payload, now),
            Err(error) => {
                prompt.error = Some(error);
                self.focus = Focus::Prompt(prompt);
                Vec::new()
            }
        }
    }

    fn publish(&mut self, position: TilePosition, payload: String, now: Time) -> Vec<Effect> {
        let Some(dashboard) = self.dashboards.get_mut(position.dashboard) else {
            return Vec::new();
        };
        let connection = dashboard.connection;
        let Some((tile, state)) = dashboard.tile_mut(position.tile) else {
            return Vec::new();
        };
        let Some(topic) = tile.target_topic() else {
            return Vec::new();
        };
        self.last_publish_id = PublishId(self.last_publish_id.0 + 1);
        let request = PublishRequest {
            id: self.last_publish_id,
            topic,
            payload: payload.as_bytes().into(),
            qos: tile.qos,
            retain: tile.retain,
        };
        state.record_publish(request.id, payload.into(), tile.update_on_publish, now);
        self.schedule_save(connection, now);
        self.pending_publishes.insert(request.id, position);
        let (effects, replaced_id) = self.publish_throttle.submit(position, connection, request, now);
        if let Some(publish_id) = replaced_id {
            self.pending_publishes.remove(&publish_id);
        }
        effects
    }

    /// Handles a failed publish request: restores the previous value of its tile and shows a notice.
    pub(super) fn on_publish_dropped(&mut self, publish_id: PublishId, reason: &str, now: Time) {
        let Some(position) = self.pending_publishes.remove(&publish_id) else {
            return;
        };
        if let Some((tile, state)) =
            self.dashboards.get_mut(position.dashboard).and_then(|dashboard| dashboard.tile_mut(position.tile))
            && state.fail_publish(publish_id, TileError::NotSent(reason.to_owned()))
        {
            let name = tile.name.clone();
            self.notify(format!("{name}: {reason}"), now);
        }
    }
}
