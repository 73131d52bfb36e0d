//! New tiles for what the explorer shows: for a topic, for a value of its payload, or for several.

use std::sync::Arc;

use serde_json::Value as Json;

use super::{
    Action, App, Effect,
    explorer::{Explorer, Pane},
    payload_part::{PayloadPart, position_members},
    shown_json,
    topic_tile::{TopicTile, command_topic, name_of, zigbee2mqtt_topic},
};
use crate::{
    decode::Decoder,
    model::{grid::Direction, plural::pluralize, tile::Tile, time::Time, value::Value},
};

/// A payload for which tiles are wanted.
struct Source {
    topic: String,
    payload: Arc<[u8]>,
    /// The value of `decode` of a tile.
    decode: Option<Value>,
}

impl Source {
    /// Returns the payload of the selected topic.
    fn of_selected(explorer: &Explorer) -> Option<Self> {
        let watched = explorer.selected_topic()?;
        let shown = watched.shown()?;
        let decode = decode_value(shown.decoders_for_tile());
        Some(Self { topic: watched.topic.clone(), payload: Arc::clone(shown.shown_payload()), decode })
    }

    /// Returns a part of the payload, with what a tile needs to know of it.
    fn part(&self, explorer: &Explorer, path: String, value: Json) -> PayloadPart {
        let topic = self.topic.clone();
        let publish_topic = command_topic(&explorer.tree, &topic).or_else(|| zigbee2mqtt_topic(&topic, &path));
        PayloadPart { device: name_of(&topic), topic, path, value, decode: self.decode.clone(), publish_topic }
    }
}

impl App {
    /// Opens the form of a new tile for the selected topic, or for the selected part of its payload; adds tiles for all parts
    /// that are marked. If the payload has parts and none is selected, the first one is.
    pub(super) fn add_tile_for_topic(&mut self, now: Time) -> Vec<Effect> {
        let Some(explorer) = &mut self.explorer else { return Vec::new() };
        let Some(source) = Source::of_selected(explorer) else {
            self.notify("Select a topic that has a message", now);
            return Vec::new();
        };
        if !explorer.cursor.marked.is_empty() {
            return self.add_tiles_for_marked(&source, now);
        }
        let json = shown_json::parse(&source.payload);
        match (explorer.cursor.selected_part(Some(&source.payload)), json) {
            (Ok(Some((path, value))), _) => {
                let part = source.part(explorer, path, value);
                self.open_form_for_part(&part);
            }
            (Ok(None), Some(json)) if position_members(&json).is_some() => {
                let part = source.part(explorer, "$".to_owned(), json);
                self.open_form_for_part(&part);
            }
            (Ok(None), Some(_)) => {
                explorer.pane = Pane::Topic;
                let down = Action::MoveInDialog(Direction::Down);
                explorer.cursor.move_to(&down, Direction::Down, Some(&source.payload));
                self.notify("Select the value for the tile, then press t again; Space marks several", now);
            }
            (Ok(None), None) => {
                let tile = TopicTile::new(&explorer.tree, source.topic, &source.payload);
                self.open_form_for_topic(&tile);
            }
            (Err(sentence), _) => self.notify(sentence, now),
        }
        Vec::new()
    }

    /// Adds a tile for each part that is marked, behind the selected tile of the dashboard.
    fn add_tiles_for_marked(&mut self, source: &Source, now: Time) -> Vec<Effect> {
        let Some(explorer) = &self.explorer else { return Vec::new() };
        let json = shown_json::parse(&source.payload);
        let parts = json.as_ref().map(shown_json::parts).unwrap_or_default();
        let marked = parts.into_iter().filter(|part| explorer.cursor.marked.contains(&part.path));
        let parts = marked.map(|part| source.part(explorer, part.path, part.value.clone()));
        let tiles: Vec<Tile> = parts.filter_map(|part| part.tile()).collect();
        let Some(id) = self.dashboard_for_tiles(now) else { return Vec::new() };
        let title = self.dashboard(id).map(|dashboard| dashboard.title().to_owned()).unwrap_or_default();
        if tiles.is_empty() {
            self.notify("The message has none of the marked values", now);
            return Vec::new();
        }
        let count = tiles.len();
        let effects = tiles.into_iter().flat_map(|tile| self.insert_tile(id, tile)).collect();
        if let Some(explorer) = &mut self.explorer {
            explorer.cursor.marked.clear();
        }
        let tiles = pluralize(count, "tile");
        self.notify(format!("Added {tiles} to {title}: u there removes them one by one"), now);
        effects
    }
}

/// Returns the value of `decode` of a tile for these decoders.
fn decode_value(decoders: &[Decoder]) -> Option<Value> {
    let names = decoders.iter().map(|decoder| Value::from(decoder.name()));
    (!decoders.is_empty()).then(|| Value::Array(names.collect()))
}
