//! Steering with a pad. While it lasts, a screen has the focus; what it publishes goes on until it is done, whatever
//! becomes of the screen, of the tile and of the dashboard.
//!
//! A pad that centers does so when the mouse button is released, and when no key has come for longer than a key that is
//! held needs to repeat. It also centers when the screen closes, the terminal loses the focus or the program ends.
//! Nothing is queued while the connection is down: an old position is never published later.

mod interruption;
mod output;
mod publishing;

use self::{interruption::Interrupted, output::PadOutput};
use super::{
    App, Effect,
    key_repetition::max_repeat_interval,
    screens::{Screen, steer::Steer},
    subscriptions::SubscriptionOwner,
};
use crate::model::{
    content::TileContent, grid::Direction, id::TileId, steering::Position, tile::Tile, tile_value::TileValue,
    time::Time,
};

/// A key that may be held.
#[derive(Debug, Clone, Copy)]
struct HeldKey {
    direction: Direction,
    at: Time,
    has_repeated: bool,
}

impl HeldKey {
    /// Returns the key after it, or another one, has come.
    fn followed_by(previous: Option<Self>, direction: Direction, now: Time) -> Self {
        let repeats = |held: Self| held.direction == direction && now.since(held.at) <= max_repeat_interval(true);
        Self { direction, at: now, has_repeated: previous.is_some_and(repeats) }
    }

    /// Returns when the key was released, as far as can be told, if it does not come again.
    fn released_at(self) -> Time {
        self.at.saturating_add(max_repeat_interval(self.has_repeated))
    }
}

/// The pad that the user steers.
#[derive(Debug)]
struct SteeredPad {
    tile: TileId,
    /// The tile as it was when the user began.
    definition: Box<Tile>,
    centers: bool,
    position: Position,
    /// Whether it was moved since the center was set.
    is_off_center: bool,
    /// Whether the mouse button holds it.
    is_dragged: bool,
    key: Option<HeldKey>,
}

/// The pad that the user steers, and what pads still have to publish.
#[derive(Debug, Default)]
pub(super) struct SteeringState {
    pad: Option<SteeredPad>,
    outputs: Vec<PadOutput>,
    /// What still steers although steering has ended.
    interrupted: Option<Interrupted>,
}

impl SteeringState {
    /// Returns when something happens without another event: a position is due, or a key counts as released.
    pub(super) fn next_due(&self) -> Option<Time> {
        let steered = self.pad.as_ref().map(|pad| pad.tile);
        let due = self.outputs.iter().filter_map(PadOutput::due_at);
        let idle = self.outputs.iter().filter(|output| steered != Some(output.tile)).filter_map(PadOutput::idle_at);
        due.chain(idle).chain(self.released_at()).min()
    }

    /// Returns when the key counts as released that moves a pad which centers.
    fn released_at(&self) -> Option<Time> {
        let pad = self.pad.as_ref().filter(|pad| pad.centers && pad.is_off_center && !pad.is_dragged)?;
        pad.key.map(HeldKey::released_at)
    }

    fn output_mut(&mut self, tile: TileId) -> Option<&mut PadOutput> {
        // The last one is that of the newest definition of the tile.
        self.outputs.iter_mut().rfind(|output| output.tile == tile)
    }
}

impl App {
    /// Returns the position to which the user steers this tile.
    pub(crate) fn steered_position(&self, id: TileId) -> Option<Position> {
        self.steering.pad.as_ref().filter(|pad| pad.tile == id).map(|pad| pad.position)
    }

    /// Returns whether the mouse button holds the pad that the user steers.
    pub(crate) fn is_pad_dragged(&self) -> bool {
        self.steering.pad.as_ref().is_some_and(|pad| pad.is_dragged)
    }

    /// Begins to steer a tile.
    pub(super) fn begin_steering(&mut self, id: TileId, by_pointer: bool, now: Time) {
        let refusal = self.reason_not_to_publish(id, None).or_else(|| self.offline_refusal(id));
        if let Some(reason) = refusal {
            return self.notify(reason, now);
        }
        let Some((dashboard, index)) = self.dashboard_of(id) else { return };
        let Some((tile, state)) = dashboard.tile(index) else { return };
        let Some(steering) = tile.steering() else { return };
        let connection = dashboard.connection;
        let Some(mut output) = PadOutput::new(id, tile, steering, connection) else { return };
        // Without a center, it goes on where the device is.
        let reported = match tile.kind.content(state.value.as_ref()) {
            Ok(TileContent::Pad(pad)) if !steering.centers => pad.reported,
            _ => None,
        };
        if let Some(([x, y], _)) = reported {
            output.position = Position { x: steering.axes[0].at(x), y: steering.axes[1].at(y) };
        }
        let (position, centers) = (output.position, steering.centers);
        let definition = Box::new(tile.clone());
        match self.steering.output_mut(id).filter(|old| old.has_topics_of(&output)) {
            Some(old) => old.continue_as(output),
            None => self.steering.outputs.push(output),
        }
        self.steering.pad = Some(SteeredPad {
            tile: id,
            definition,
            centers,
            position,
            is_off_center: false,
            is_dragged: by_pointer,
            key: None,
        });
        if let Some(connection) = self.connection_mut(connection) {
            connection.subscriptions.set(SubscriptionOwner::Steering, Vec::new());
        }
        if centers && !by_pointer {
            self.notify("Arrow keys steer; when no key is held, the pad returns to its center", now);
        }
        self.open(Steer { tile: id, began_with_pointer: by_pointer });
    }

    /// The mouse button was pressed on the pad of this tile, at a part of its width and height. As with other tiles, the
    /// first click only selects, and a tile that asks does so before it is steered.
    pub(super) fn press_pad(&mut self, index: usize, at: (f64, f64), now: Time) {
        let was_selected = self.pointer_down_on_tile(index, now);
        let Some(id) = self.selected_id().filter(|_| was_selected) else { return };
        let is_steered = self.tile(id).is_some_and(|(tile, _)| tile.steering().is_some());
        let needs_more = self.press_confirmation(id).is_some() || self.has_tap_script(id);
        if is_steered && !needs_more && self.press_refusal(id).is_none() {
            self.release_pointer();
            self.begin_steering(id, true, now);
            self.steer_to(at, now);
        }
    }

    /// Moves the pad to a part of its width and height, where the mouse button holds it.
    pub(super) fn steer_to(&mut self, (x, y): (f64, f64), now: Time) {
        let Some(pad) = &mut self.steering.pad else { return };
        let Some(steering) = pad.definition.steering() else { return };
        let position = Position { x: steering.axes[0].at(x), y: steering.axes[1].at(y) };
        pad.is_dragged = true;
        self.move_pad(position, now);
    }

    /// Moves the pad by one step.
    pub(super) fn steer_by(&mut self, direction: Direction, now: Time) {
        let Some(pad) = &mut self.steering.pad else { return };
        let Some(steering) = pad.definition.steering() else { return };
        let (right, up) = match direction {
            Direction::Left => (-1.0, 0.0),
            Direction::Right => (1.0, 0.0),
            Direction::Up => (0.0, 1.0),
            Direction::Down => (0.0, -1.0),
            _ => return,
        };
        let [x, y] = steering.axes;
        let position = Position { x: x.stepped(pad.position.x, right), y: y.stepped(pad.position.y, up) };
        pad.key = Some(HeldKey::followed_by(pad.key, direction, now));
        self.move_pad(position, now);
    }

    fn move_pad(&mut self, position: Position, now: Time) {
        let Some(pad) = &mut self.steering.pad else { return };
        (pad.position, pad.is_off_center) = (position, true);
        let id = pad.tile;
        let definition = pad.definition.clone();
        if let Some(reason) = self.reason_not_to_publish(id, Some(&definition)) {
            self.interrupt_steering();
            return self.notify(reason, now);
        }
        if let (Some(output), Some(steering)) = (self.steering.output_mut(id), definition.steering()) {
            output.set(steering.axes, position);
        }
    }

    /// Moves the pad to its center, and publishes that even if it was published last.
    pub(super) fn steer_to_center(&mut self) {
        let Some(pad) = &mut self.steering.pad else { return };
        let Some(steering) = pad.definition.steering() else { return };
        let [x, y] = steering.axes;
        (pad.position, pad.is_off_center) = (Position { x: x.center(), y: y.center() }, false);
        let position = pad.position;
        if let Some(output) = self.steering.outputs.iter_mut().rfind(|output| output.tile == pad.tile) {
            output.set_center(steering.axes, position);
        }
    }

    /// Takes into account that the mouse button or the key that holds the pad is released.
    pub(super) fn release_pad(&mut self) {
        let Some(pad) = &mut self.steering.pad else { return };
        (pad.is_dragged, pad.key) = (false, None);
        if pad.centers && pad.is_off_center {
            self.steer_to_center();
        }
    }

    /// Ends steering: the pad returns to its center, or stays where it is.
    pub(super) fn end_steering(&mut self) {
        self.release_pad();
        if let Some(pad) = self.steering.pad.take() {
            self.display.dirty = true;
            self.show_set_position(&pad);
        }
    }

    /// Shows on a tile without a topic where it was left: nothing else says it.
    fn show_set_position(&mut self, pad: &SteeredPad) {
        let now = self.editor_state.now;
        let Position { x, y } = pad.position;
        let Some(steering) = pad.definition.steering() else { return };
        let text = format!("{},{}", steering.axes[0].text(x), steering.axes[1].text(y));
        if let Some((tile, state)) = self.tile_mut(pad.tile)
            && tile.topic.is_none()
        {
            state.value = Some(TileValue::published(text.into(), now));
        }
    }

    /// Lets the pad center whose key is released, ends steering if its screen or its tile is gone, and publishes the
    /// positions that are due.
    pub(super) fn update_steering(&mut self, now: Time, effects: &mut Vec<Effect>) {
        if self.steering.pad.is_none() && self.steering.outputs.is_empty() {
            return;
        }
        if self.steering.released_at().is_some_and(|released_at| released_at <= now) {
            self.release_pad();
            self.display.dirty = true;
        }
        let is_shown = |id| matches!(&self.focus, Screen::Steer(screen) if screen.tile == id);
        let is_orphaned = |pad: &SteeredPad| !is_shown(pad.tile) || self.selected_id() != Some(pad.tile);
        if self.steering.pad.as_ref().is_some_and(is_orphaned) {
            self.end_steering();
        }
        if self.steering.pad.is_none() && matches!(self.focus, Screen::Steer(_)) {
            self.close_screen();
        }
        effects.extend(self.publish_positions(now, false));
        self.forget_idle_outputs(now);
    }
}

#[cfg(test)]
mod tests;
