//! Running the scripts of tiles and applying their results. The runtime executes them asynchronously:
//! nothing here waits for a script.

use std::sync::Arc;

use crate::model::{
    access::Access,
    connection::PublishRequest,
    error::TileError,
    history::MAX_HISTORY_PAYLOAD_BYTES,
    id::TileId,
    script::{
        ScriptError, ScriptEvent, ScriptKind, ScriptPublish, ScriptRequest, ScriptResponse, ScriptResult, TileScripts,
        ViewInput, ViewOverride,
    },
    shared_payload::SharedPayload,
    tile::Tile,
    tile_state::TileState,
    tile_value::{TileValue, TimedMessage, payload_text},
    time::Time,
};

use super::{App, Effect, MqttEffect, ScriptsEffect, screens::open_url::ConfirmOpenUrl, script_registry::ScriptedTile};

/// From this size on, in bytes, display scripts get a payload only while their tile is on the screen.
const LARGE_PAYLOAD_BYTES: usize = 64 << 10;
/// The maximum size of a payload that scripts get, in bytes. A script may take 16 MiB of memory, and a text takes up to
/// two bytes for each character.
const MAX_PAYLOAD_BYTES: usize = 1 << 20;

impl App {
    /// Loads the scripts of a dashboard's tiles, if the user has granted its permissions.
    pub(super) fn load_scripts(&mut self, dashboard_index: usize, now: Time) -> Vec<Effect> {
        let Some(dashboard) = self.dashboards.get(dashboard_index).filter(|dashboard| dashboard.permissions.granted)
        else {
            return Vec::new();
        };
        let (mut effects, mut new_receive_scripts) = (Vec::new(), Vec::new());
        for (id, tile) in dashboard.tile_ids().iter().zip(dashboard.tiles()) {
            let scripts = TileScripts { dashboard: dashboard.id, ..tile.to_scripts() };
            if scripts.is_empty() {
                continue;
            }
            let first_request_id = self.script_registry.last_request_id + 1;
            let new_tile = || ScriptedTile::new(first_request_id);
            let scripted_tile = self.script_registry.tiles.entry(*id).or_insert_with(new_tile);
            if scripts.on_receive.is_some() && scripted_tile.scripts.on_receive != scripts.on_receive {
                new_receive_scripts.push(*id);
            }
            if scripted_tile.scripts != scripts {
                scripted_tile.scripts.clone_from(&scripts);
                effects.push(Effect::Scripts(ScriptsEffect::SetScripts(*id, scripts)));
            }
        }
        let tiles = dashboard.tile_ids().to_vec();
        for id in new_receive_scripts {
            effects.extend(self.request_receive_script_again(id));
        }
        for id in tiles {
            effects.extend(self.request_display_script(id, now));
        }
        effects
    }

    /// Returns a tile whose scripts are loaded, and its state.
    fn scripted_tile(&self, id: TileId) -> Option<(&Tile, &TileState)> {
        self.script_registry.tiles.get(&id)?;
        self.tile(id)
    }

    /// Requests the receive script of a tile for a message. Returns `None` if the tile has none, if the message is too
    /// large, or if too many messages are waiting.
    pub(super) fn request_receive_script(&mut self, id: TileId, received: &TimedMessage) -> Option<Effect> {
        self.scripted_tile(id)?.0.to_scripts().on_receive?;
        let bytes = received.message.payload.len();
        if bytes > MAX_PAYLOAD_BYTES {
            self.refuse_large_payload(id, bytes);
            return None;
        }
        let request_id = self.script_registry.push_waiting(id, received)?;
        let payload = payload_text(&received.message.payload).into();
        let event = ScriptEvent::Receive { topic: Arc::clone(&received.message.topic), payload };
        Some(Effect::Scripts(ScriptsEffect::Run(Box::new(ScriptRequest { tile_id: id, request_id, event }))))
    }

    /// Requests a new receive script of a tile for the message that the tile shows: the topic may say nothing more for
    /// days.
    fn request_receive_script_again(&mut self, id: TileId) -> Option<Effect> {
        let last = self.tile(id).filter(|(_, state)| state.undecoded().is_none())?.1.last_message()?;
        let is_cut = last.message.payload.len() == MAX_HISTORY_PAYLOAD_BYTES;
        if is_cut {
            return None;
        }
        self.request_receive_script(id, &last)
    }

    /// Requests the display scripts of a tile. While a request is pending, the next one is deferred until
    /// its response arrives.
    pub(super) fn request_display_script(&mut self, id: TileId, now: Time) -> Option<Effect> {
        let (tile, state) = self.scripted_tile(id)?;
        let scripts = tile.to_scripts();
        if scripts.on_display.is_none() && scripts.blink.is_none() {
            return None;
        }
        let bytes = state.value.as_ref().map_or(0, |value| value.payload.len());
        if bytes > MAX_PAYLOAD_BYTES {
            self.refuse_large_payload(id, bytes);
            return None;
        }
        // The request holds a copy. A tile that is not on the screen asks again when it is.
        if bytes > LARGE_PAYLOAD_BYTES && !self.is_tile_visible(id) {
            return None;
        }
        let view_input = Box::new(view_input(tile, state, now));
        let scripted_tile = self.script_registry.tiles.get_mut(&id)?;
        if std::mem::replace(&mut scripted_tile.display_pending, true) {
            scripted_tile.display_requested_again = true;
            return None;
        }
        let event = ScriptEvent::Display(view_input);
        let request_id = self.script_registry.next_request_id();
        Some(Effect::Scripts(ScriptsEffect::Run(Box::new(ScriptRequest { tile_id: id, request_id, event }))))
    }

    /// Shows on a tile that its payload is too large for its scripts.
    fn refuse_large_payload(&mut self, id: TileId, bytes: usize) {
        if let Some((_, state)) = self.tile_mut(id) {
            state.script_errors.set(None, TileError::TooLargeForScript(bytes, MAX_PAYLOAD_BYTES));
            state.view_override = None;
        }
    }

    /// Returns whether a tile has a tap script that may run.
    pub(super) fn has_tap_script(&self, id: TileId) -> bool {
        self.scripted_tile(id).is_some_and(|(tile, _)| tile.to_scripts().on_tap.is_some())
    }

    /// Requests the tap script of a tile; it decides whether the default action follows: a press, or these steps.
    /// Returns `None` if the tile has none.
    pub(super) fn request_tap_script(&mut self, id: TileId, steps: Option<i32>) -> Option<Effect> {
        self.scripted_tile(id)?.0.to_scripts().on_tap?;
        let request_id = match steps {
            Some(steps) => self.script_registry.push_steps(id, steps),
            None => self.script_registry.next_request_id(),
        };
        let request = ScriptRequest { tile_id: id, request_id, event: ScriptEvent::Tap };
        Some(Effect::Scripts(ScriptsEffect::Run(Box::new(request))))
    }

    /// Returns whether a script has not answered yet that decides what a tile shows.
    pub(crate) fn waits_for_scripts(&self) -> bool {
        self.script_registry.tiles.values().any(ScriptedTile::waits)
    }

    /// Requests the display scripts of all visible tiles.
    pub(super) fn request_display_scripts(&mut self, now: Time) -> Vec<Effect> {
        self.visible_tile_ids().into_iter().filter_map(|id| self.request_display_script(id, now)).collect()
    }

    /// Handles the response to a script request.
    pub(super) fn on_script_response(&mut self, response: ScriptResponse, now: Time) -> Vec<Effect> {
        let ScriptResponse { tile_id, request_id, result, publish_requests, urls_to_open } = response;
        if !self.script_registry.is_current(tile_id, request_id) {
            return Vec::new();
        }
        let received = self.script_registry.take_waiting(tile_id, request_id);
        let steps = self.script_registry.take_steps(tile_id, request_id);
        let mut effects = self.publish_from_script(tile_id, publish_requests, now);
        let is_tap = matches!(result, Ok(ScriptResult::Tap { .. }));
        let confirmation = urls_to_open.into_iter().next().and_then(|url| self.confirm_or_block_url(url, is_tap, now));
        if self.tile(tile_id).is_none() {
            return effects;
        }
        let is_display_response =
            matches!(result, Ok(ScriptResult::Display(..))) || (received.is_none() && result.is_err());
        let default_action = result == Ok(ScriptResult::Tap { prevent_default: false });
        self.apply_script_result(tile_id, result, received);
        let refusal = self.press_refusal(tile_id).filter(|_| default_action);
        if let Some(reason) = refusal {
            self.notify(reason, now);
        } else if default_action {
            effects.extend(match steps {
                Some(steps) => self.step_without_script(tile_id, steps, now),
                None => self.press_without_script(tile_id, now),
            });
        }
        // The question about the URL takes precedence over a prompt of the tile.
        if let Some(confirmation) = confirmation {
            self.open(confirmation);
        }
        self.display.dirty = true;
        if is_display_response && let Some(scripted_tile) = self.script_registry.tiles.get_mut(&tile_id) {
            scripted_tile.display_pending = false;
            if std::mem::take(&mut scripted_tile.display_requested_again) {
                effects.extend(self.request_display_script(tile_id, now));
            }
        }
        effects
    }

    /// Returns the question whether to open a URL for a script. Only a tap script may open a dialog, because it
    /// follows a key or click of the user. Other scripts must not interrupt the user.
    fn confirm_or_block_url(&mut self, url: String, is_tap: bool, now: Time) -> Option<ConfirmOpenUrl> {
        if is_tap && self.dashboard_has_focus() {
            return Some(ConfirmOpenUrl::new(url));
        }
        self.notify(format!("Blocked a script from opening {url}"), now);
        None
    }

    /// Applies what a script has returned to its tile. `received` is the message that waited for the script.
    fn apply_script_result(
        &mut self,
        tile_id: TileId,
        result: Result<ScriptResult, ScriptError>,
        received: Option<TimedMessage>,
    ) {
        let Some((_, state)) = self.tile_mut(tile_id) else {
            return;
        };
        match result {
            Ok(ScriptResult::Receive(text)) => {
                state.script_errors.clear(ScriptKind::OnReceive);
                if let Some(received) = received {
                    self.forward_message(tile_id, received, text);
                }
            }
            Ok(ScriptResult::Display(view_override, errors)) => {
                state.script_errors.clear(ScriptKind::OnDisplay);
                state.script_errors.clear(ScriptKind::Blink);
                for error in errors {
                    state.script_errors.set(error.script(), TileError::Script(error.to_string()));
                }
                state.view_override = Some(view_override);
            }
            Ok(ScriptResult::Tap { .. }) => state.script_errors.clear(ScriptKind::OnTap),
            Err(error) => {
                state.script_errors.set(error.script(), TileError::Script(error.to_string()));
                if let Some(received) = received {
                    self.forward_message(tile_id, received, None);
                }
            }
        }
    }

    /// Passes a message to its tile, with the payload from the script if there is one.
    pub(super) fn forward_message(&mut self, id: TileId, mut received: TimedMessage, text: Option<String>) {
        if let Some(text) = text {
            self.count_kept_bytes(text.len());
            received.message.payload = text.as_bytes().into();
        }
        if let Some(position) = self.position_of(id) {
            self.dashboards[position.dashboard].receive_scripted_message(
                position.tile,
                SharedPayload::new(&received.message.payload),
                received.received_at,
            );
        }
    }

    /// Returns the effects that publish what a script has published to topics that the user has agreed to.
    fn publish_from_script(&mut self, id: TileId, mut publishes: Vec<ScriptPublish>, now: Time) -> Vec<Effect> {
        publishes.retain(|publish| self.allows_access(id, Access::Publish(publish.topic.clone()), now));
        let Some(connection) = self.dashboard_of(id).map(|(dashboard, _)| dashboard.connection) else {
            return Vec::new();
        };
        let mut publish_effect = |publish: ScriptPublish| {
            let ScriptPublish { topic, payload, retain, qos } = publish;
            let (id, payload) = (self.publishing.next_id(), payload.as_bytes().into());
            let request = PublishRequest { id, topic, payload, qos, retain, properties: None };
            Effect::Mqtt(MqttEffect::Publish(connection, request))
        };
        publishes.into_iter().map(&mut publish_effect).collect()
    }
}

/// Returns what a tile shows without its scripts.
fn view_input(tile: &Tile, state: &TileState, now: Time) -> ViewInput {
    let value = state.value.as_ref();
    let elapsed = value.and_then(|value| value.age(now));
    let view = tile.script_view(value);
    ViewInput {
        value: value.map(|value| Arc::clone(&value.text)).unwrap_or_default(),
        last_payload: value.map(TileValue::payload_text),
        seconds_since_message: elapsed.map(|elapsed| elapsed.as_secs_f64()),
        defaults: ViewOverride {
            view,
            last_activity: value.map(|value| value.age_text(now)).unwrap_or_default(),
            name: tile.name.clone(),
            blink: false,
        },
    }
}
