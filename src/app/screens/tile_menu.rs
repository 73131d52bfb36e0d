//! What can be done with a tile, as a list: the key bindings of tiles that are available now.

use super::{Component, Flow, all_bindings, dashboard::DASHBOARD};
use crate::{
    app::{
        Action, App, EditAction, OpenDashboard,
        control_bindings::LIST,
        key_binding::{KeyBinding, KeyContext, KeyGroup},
        list::move_in_list,
    },
    model::{id::TileId, time::Time},
};

/// The screen has no key bindings of its own.
pub(crate) const BINDINGS: &[KeyBinding] = &[];

/// Something that can be done with the tile.
#[derive(Debug, Clone)]
pub(crate) struct TileMenuItem {
    /// The name of the key binding.
    pub name: &'static str,
    /// What it does.
    pub help: &'static str,
    action: Action,
}

/// The list of what can be done with a tile. It stays as it was opened: what is selected never becomes something else.
#[derive(Debug, Clone)]
pub struct TileMenu {
    tile: TileId,
    /// What can be done.
    pub(crate) items: Vec<TileMenuItem>,
    /// The index of the selected item.
    pub(crate) selected: usize,
}

impl Component for TileMenu {
    fn key_context(&self, _app: &App) -> KeyContext {
        LIST
    }

    fn update(&mut self, action: Action, app: &mut App, now: Time) -> Flow {
        match action {
            Action::MoveInDialog(direction) => {
                self.selected = move_in_list(self.selected, self.items.len(), direction);
            }
            Action::SelectOption(index) => self.selected = index,
            Action::Accept => {
                let item = self.items.get(self.selected).filter(|_| app.selected_id() == Some(self.tile));
                let Some(item) = item else { return Flow::CLOSE };
                return Flow::Close(app.handle_single_action(item.action.clone(), now));
            }
            _ => {}
        }
        Flow::STAY
    }

    fn tile(&self) -> Option<TileId> {
        Some(self.tile)
    }

    fn closes_with_dashboard(&self) -> bool {
        true
    }
}

impl App {
    /// Lists what can be done with a tile, which is selected then; without an index, with the selected tile.
    pub(in crate::app) fn open_tile_menu(&mut self, index: Option<usize>) {
        if let Some(index) = index {
            self.select_tile(index);
        }
        if let Some(tile) = self.selected_id() {
            let items = self.tile_menu_items();
            self.open(TileMenu { tile, items, selected: 0 });
        }
    }

    fn tile_menu_items(&self) -> Vec<TileMenuItem> {
        let of_tiles = |binding: &&KeyBinding| binding.group == Some(KeyGroup::Tile) && binding.context == DASHBOARD;
        let to_item =
            |binding: &KeyBinding| TileMenuItem { name: binding.name, help: binding.help, action: (binding.action)(0) };
        let is_listed =
            |item: &TileMenuItem| !matches!(item.action, Action::OpenTileMenu(_)) && self.is_available(&item.action);
        all_bindings().filter(of_tiles).map(to_item).filter(is_listed).collect()
    }

    /// Returns whether an action can do something where the user is: with the selected tile, and with what is open.
    pub(crate) fn is_available(&self, action: &Action) -> bool {
        let has_tile = self.selected_tile().is_some();
        let is_useful = match action {
            Action::Press => self.press_label().is_some(),
            Action::Step(_) => self.can_step(),
            Action::Edit(EditAction::MoveTile) => {
                let can_move = |dashboard: &OpenDashboard| dashboard.selects_own_tile() && dashboard.tile_count() > 1;
                self.current_dashboard().is_some_and(can_move)
            }
            Action::Edit(EditAction::EditPanel) => {
                self.current_dashboard().is_some_and(|dashboard| dashboard.is_row(dashboard.selected))
            }
            Action::Edit(EditAction::Delete) => self.current_dashboard().is_some_and(OpenDashboard::selects_own_tile),
            Action::Edit(EditAction::Edit | EditAction::Copy | EditAction::ClearRetained)
            | Action::ShowDetail
            | Action::CopyValue
            | Action::OpenTileMenu(_)
            | Action::FindTile
            | Action::MoveSelection(_)
            | Action::CycleTile(_) => has_tile,
            Action::Edit(EditAction::Undo) => self.undo_counts().0 > 0,
            Action::Edit(EditAction::Redo) => self.undo_counts().1 > 0,
            Action::CycleTab(_) | Action::MoveTab(_) => self.dashboards.len() > 1,
            Action::Edit(EditAction::TrustCertificate) => self.untrusted_certificate().is_some(),
            Action::PressDemoButton(_) => self.environment.demo_running,
            Action::ListVariables => self.current_dashboard().is_some_and(OpenDashboard::has_choices),
            Action::StartDemo => self.environment.demo_available,
            _ => true,
        };
        is_useful && self.refusal_reason(action).is_none()
    }
}
