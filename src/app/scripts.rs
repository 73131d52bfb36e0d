//! Running the scripts of tiles and applying their results. The runtime executes them asynchronously:
//! nothing here waits for a script.

use std::{collections::HashMap, sync::Arc};

use crate::model::{
    connection::{PublishId, PublishRequest},
    error::TileError,
    script::{
        ScriptEvent, ScriptPublish, ScriptRequest, ScriptResponse, ScriptResult, TileId, TileScripts, ViewInput,
        ViewOverride,
    },
    tile::Tile,
    tile_state::TileState,
    tile_value::{TimedMessage, payload_text},
    time::{Time, format_age},
};

use super::{App, Effect, Focus, TilePosition};

/// The maximum number of messages of a tile that wait for its receive script; further ones skip it.
const MAX_WAITING_MESSAGES: usize = 256;

/// The tiles that have scripts, and their pending requests.
#[derive(Debug, Default)]
pub(super) struct ScriptRegistry {
    ids: HashMap<TilePosition, TileId>,
    tiles: HashMap<TileId, ScriptedTile>,
    last_request_id: u64,
    next_tile_id: u32,
}

/// A tile with scripts, and its pending requests.
#[derive(Debug)]
struct ScriptedTile {
    position: TilePosition,
    /// The scripts that the engine has; equal scripts are not sent again.
    scripts: TileScripts,
    display_pending: bool,
    display_requested_again: bool,
    waiting_messages: HashMap<u64, TimedMessage>,
}

impl ScriptedTile {
    fn new(position: TilePosition) -> Self {
        Self {
            position,
            scripts: TileScripts::default(),
            display_pending: false,
            display_requested_again: false,
            waiting_messages: HashMap::new(),
        }
    }
}

impl ScriptRegistry {
    /// Updates the tile positions after a dashboard has changed. The scripts of tiles without a new
    /// position are unloaded, and late responses of these scripts are ignored.
    pub(super) fn remap_positions(&mut self, remap: impl Fn(TilePosition) -> Option<TilePosition>) -> Vec<Effect> {
        let mut effects = Vec::new();
        for (position, id) in std::mem::take(&mut self.ids) {
            if let Some(new_position) = remap(position) {
                self.ids.insert(new_position, id);
                if let Some(scripted_tile) = self.tiles.get_mut(&id) {
                    scripted_tile.position = new_position;
                }
            } else {
                self.tiles.remove(&id);
                effects.push(Effect::SetScripts(id, TileScripts::default()));
            }
        }
        effects
    }

    fn next_request_id(&mut self) -> u64 {
        self.last_request_id += 1;
        self.last_request_id
    }
}

impl App {
    /// Loads the scripts of a dashboard's tiles, if the user has granted its permissions.
    pub(super) fn load_scripts(&mut self, dashboard_index: usize, now: Time) -> Vec<Effect> {
        let Some(dashboard) = self.dashboards.get(dashboard_index).filter(|dashboard| dashboard.permissions_granted)
        else {
            return Vec::new();
        };
        let mut effects = Vec::new();
        for (tile_index, tile) in dashboard.tiles().enumerate() {
            let position = TilePosition { dashboard: dashboard_index, tile: tile_index };
            let scripts = tile.to_scripts();
            if scripts.is_empty() {
                continue;
            }
            let next_id = TileId(self.script_registry.next_tile_id);
            let id = *self.script_registry.ids.entry(position).or_insert(next_id);
            if id == next_id {
                self.script_registry.next_tile_id += 1;
            }
            let scripted_tile = self.script_registry.tiles.entry(id).or_insert_with(|| ScriptedTile::new(position));
            if scripted_tile.scripts != scripts {
                scripted_tile.scripts.clone_from(&scripts);
                effects.push(Effect::SetScripts(id, scripts));
            }
        }
        for tile in 0..dashboard.definition.tiles.len() {
            effects.extend(self.request_display_script(TilePosition { dashboard: dashboard_index, tile }, now));
        }
        effects
    }

    /// Requests the receive script of a tile for a message. Returns `None` if the tile has none, or if
    /// [`MAX_WAITING_MESSAGES`] messages are waiting for it.
    pub(super) fn request_receive_script(&mut self, position: TilePosition, received: &TimedMessage) -> Option<Effect> {
        self.dashboards.get(position.dashboard)?.tile(position.tile)?.0.to_scripts().on_receive?;
        let id = *self.script_registry.ids.get(&position)?;
        let request_id = self.script_registry.next_request_id();
        let scripted_tile = self.script_registry.tiles.get_mut(&id)?;
        if scripted_tile.waiting_messages.len() >= MAX_WAITING_MESSAGES {
            return None;
        }
        scripted_tile.waiting_messages.insert(request_id, received.clone());
        let payload = payload_text(&received.message.payload).into();
        let event = ScriptEvent::Receive { topic: Arc::clone(&received.message.topic), payload };
        Some(Effect::RunScript(Box::new(ScriptRequest { tile_id: id, request_id, event })))
    }

    /// Requests the display scripts of a tile. While a request is pending, the next one is deferred until
    /// its response arrives.
    pub(super) fn request_display_script(&mut self, position: TilePosition, now: Time) -> Option<Effect> {
        let id = *self.script_registry.ids.get(&position)?;
        let (tile, state) = self.dashboards.get(position.dashboard)?.tile(position.tile)?;
        let scripts = tile.to_scripts();
        if scripts.on_display.is_none() && scripts.blink.is_none() {
            return None;
        }
        let scripted_tile = self.script_registry.tiles.get_mut(&id)?;
        if std::mem::replace(&mut scripted_tile.display_pending, true) {
            scripted_tile.display_requested_again = true;
            return None;
        }
        let event = ScriptEvent::Display(Box::new(view_input(tile, state, now)));
        let request_id = self.script_registry.next_request_id();
        Some(Effect::RunScript(Box::new(ScriptRequest { tile_id: id, request_id, event })))
    }

    /// Requests the tap script of a tile; it decides whether the default action follows. Returns `None` if
    /// the tile has none.
    pub(super) fn request_tap_script(&mut self, position: TilePosition) -> Option<Effect> {
        let id = *self.script_registry.ids.get(&position)?;
        self.dashboards.get(position.dashboard)?.tile(position.tile)?.0.to_scripts().on_tap?;
        Some(Effect::RunScript(Box::new(ScriptRequest {
            tile_id: id,
            request_id: self.script_registry.next_request_id(),
            event: ScriptEvent::Tap,
        })))
    }

    /// Requests the display scripts of all visible tiles.
    pub(super) fn request_display_scripts(&mut self, now: Time) -> Vec<Effect> {
        let Some(dashboard) = self.current_dashboard() else {
            return Vec::new();
        };
        let dashboard_index = self.current_tab;
        let visible_tiles = dashboard.grid(self.size).visible_tiles(dashboard.scroll_row);
        visible_tiles
            .filter_map(|tile| self.request_display_script(TilePosition { dashboard: dashboard_index, tile }, now))
            .collect()
    }

    /// Handles the response to a script request.
    pub(super) fn on_script_response(&mut self, response: ScriptResponse, now: Time) -> Vec<Effect> {
        let Some(scripted_tile) = self.script_registry.tiles.get_mut(&response.tile_id) else {
            return Vec::new();
        };
        let position = scripted_tile.position;
        let received = scripted_tile.waiting_messages.remove(&response.request_id);
        let mut effects = self.publish_from_script(position, response.publish_requests);
        let mut confirmation = None;
        if let Some(url) = response.urls_to_open.into_iter().next() {
            // Only a tap script may open a dialog, because it follows a key or click of the user. Other scripts
            // must not interrupt the user.
            if matches!(response.result, Ok(ScriptResult::Tap { .. })) && matches!(self.focus, Focus::Dashboard) {
                confirmation = Some(Focus::ConfirmOpenUrl(url));
            } else {
                self.notify(format!("Blocked a script from opening {url}"), now);
            }
        }
        let Some((_, state)) =
            self.dashboards.get_mut(position.dashboard).and_then(|dashboard| dashboard.tile_mut(position.tile))
        else {
            return effects;
        };
        let is_display_response =
            matches!(response.result, Ok(ScriptResult::Display(_))) || (received.is_none() && response.result.is_err());
        match response.result {
            Ok(ScriptResult::Receive(text)) => {
                state.script_error = None;
                if let Some(received) = received {
                    self.forward_message(position, received, text);
                }
            }
            Ok(ScriptResult::Display(view_override)) => {
                state.script_error = None;
                state.view_override = Some(view_override);
            }
            Ok(ScriptResult::Tap { prevent_default: true }) => {}
            Ok(ScriptResult::Tap { prevent_default: false }) => {
                effects.extend(self.press_without_script(position, now));
            }
            Err(error) => {
                state.script_error = Some(Box::new(TileError::Script(error.to_string())));
                if let Some(received) = received {
                    self.forward_message(position, received, None);
                }
            }
        }
        // The question about the URL takes precedence over a prompt of the tile.
        if let Some(confirmation) = confirmation {
            self.focus = confirmation;
        }
        self.dirty = true;
        if is_display_response && let Some(scripted_tile) = self.script_registry.tiles.get_mut(&response.tile_id) {
            scripted_tile.display_pending = false;
            if std::mem::take(&mut scripted_tile.display_requested_again) {
                effects.extend(self.request_display_script(position, now));
            }
        }
        effects
    }

    /// Passes a message to its tile, with the payload from the script if there is one.
    fn forward_message(&mut self, position: TilePosition, mut received: TimedMessage, text: Option<String>) {
        if let Some(text) = text {
            received.message.payload = text.as_bytes().into();
        }
        if let Some(dashboard) = self.dashboards.get_mut(position.dashboard) {
            dashboard.receive_scripted_message(position.tile, &received);
        }
    }

    fn publish_from_script(&mut self, position: TilePosition, publishes: Vec<ScriptPublish>) -> Vec<Effect> {
        let Some(connection) = self.dashboards.get(position.dashboard).map(|dashboard| dashboard.connection) else {
            return Vec::new();
        };
        let mut publish_effect = |publish: ScriptPublish| {
            self.last_publish_id = PublishId(self.last_publish_id.0 + 1);
            let ScriptPublish { topic, payload, retain, qos } = publish;
            Effect::Publish(
                connection,
                PublishRequest { id: self.last_publish_id, topic, payload: payload.as_bytes().into(), qos, retain },
            )
        };
        publishes.into_iter().map(&mut publish_effect).collect()
    }
}

/// Returns what a tile shows without its scripts.
fn view_input(tile: &Tile, state: &TileState, now: Time) -> ViewInput {
    let value = state.value.as_ref();
    let elapsed = value.map(|value| now.since(value.updated_at));
    let view = tile.script_view(value);
    ViewInput {
        value: tile.display_text(value).into(),
        last_payload: value.map(|value| payload_text(&value.payload).into()),
        seconds_since_message: elapsed.map(|elapsed| elapsed.as_secs_f64()),
        defaults: ViewOverride {
            view,
            last_activity: elapsed.map(format_age).unwrap_or_default(),
            name: tile.name.clone(),
            blink: false,
        },
    }
}
