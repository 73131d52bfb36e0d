//! What protects devices from a press by mistake: what is refused, what asks first, and what must be held.

use super::{App, press_mark::PressMark};
use crate::model::{
    id::TileId,
    press::{PressConfirmation, PressMode},
    schema::capitalized,
    tile::Tile,
};

impl App {
    /// Returns what a tile asks for before it publishes.
    pub(super) fn press_confirmation(&self, id: TileId) -> Option<PressConfirmation> {
        let (dashboard, index) = self.dashboard_of(id)?;
        let (tile, state) = dashboard.tile(index)?;
        let mode = dashboard.definition.press;
        if PressMark::with_mode(tile, mode, state.is_offline()) == PressMark::Direct {
            return None;
        }
        let name = tile.display_name();
        Some(tile.confirm.clone().unwrap_or_else(|| {
            PressConfirmation::Ask(match mode {
                PressMode::Guarded => format!("{} {name}?", capitalized(tile.action_label().unwrap_or("press"))),
                PressMode::Direct => format!("{name} is offline. Publish anyway?"),
            })
        }))
    }

    /// Returns whether the press of a tile must be held.
    pub(super) fn must_hold(&self, id: TileId) -> bool {
        let Some((dashboard, index)) = self.dashboard_of(id) else { return false };
        dashboard.tile(index).and_then(|(tile, state)| PressMark::of(dashboard, tile, state)) == Some(PressMark::Hold)
    }

    /// Returns why no tile of the dashboard of this one publishes; `None` if they do.
    pub(super) fn press_refusal(&self, id: TileId) -> Option<String> {
        let (dashboard, _) = self.dashboard_of(id)?;
        let is_locked = dashboard.definition.locked.locks_presses();
        is_locked.then(|| format!("{} is locked: its tiles cannot be pressed", dashboard.title()))
    }

    /// Returns why nothing is published: the dashboard is locked, the tile is no longer the one for which a dialog was
    /// opened, or it would be sent when the user no longer expects it.
    pub(super) fn reason_not_to_publish(&self, id: TileId, definition: Option<&Tile>) -> Option<String> {
        let is_same = || definition.is_none_or(|seen| self.tile(id).is_some_and(|(tile, _)| tile == seen));
        let changed = || (!is_same()).then(|| "Not published: the tile was changed meanwhile".to_owned());
        self.press_refusal(id).or_else(changed).or_else(|| self.late_publish_refusal(id))
    }

    /// Returns why a tile that asks or must be held does not publish now: it would be sent when the user no longer expects
    /// it.
    fn late_publish_refusal(&self, id: TileId) -> Option<String> {
        self.press_confirmation(id)?;
        self.offline_refusal(id)
    }

    /// Returns why a tile does not publish if its connection is down: nothing would be sent now.
    pub(super) fn offline_refusal(&self, id: TileId) -> Option<String> {
        let (dashboard, _) = self.dashboard_of(id)?;
        let connection = self.connection(dashboard.connection)?;
        (!connection.is_connected()).then(|| format!("Not published: {} is not connected", connection.name))
    }
}
