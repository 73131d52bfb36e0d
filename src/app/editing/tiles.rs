//! Adding, editing, copying, deleting and moving tiles.

use crate::{
    app::{
        App, EditAction, EditSummary, Effect, UndoDirection,
        form::Form,
        screens::{kind_list::KindList, move_tile::MoveTile},
        tile_position::TilePosition,
    },
    model::{
        dashboard::Dashboard, edit::DashboardEdit, grid::Direction, id::TileId, kind,
        preserved_fields::PreservedFields, tile::Tile, time::Time,
    },
};

impl App {
    pub(in crate::app) fn handle_tile_action(&mut self, action: EditAction, now: Time) -> Vec<Effect> {
        let Some(dashboard) = self.current_dashboard() else {
            return Vec::new();
        };
        let (dashboard_index, tile_index, dashboard_id) = (self.current_tab(), dashboard.selected, dashboard.id);
        let Some(path) = dashboard.path.clone() else {
            match action {
                EditAction::Undo => self.notify("Nothing to undo", now),
                EditAction::Redo => self.notify("Nothing to redo", now),
                action => self.prompt_save_as(dashboard_id, action),
            }
            return Vec::new();
        };
        let selected_id = dashboard.tile_id(tile_index);
        let tile = dashboard.tile(tile_index).map(|(tile, _)| tile.clone());
        match (action, tile) {
            (EditAction::Add, _) => self.open(KindList::default()),
            (EditAction::Edit, Some(tile)) => {
                self.open(Form::for_tile(dashboard_id, selected_id, &tile));
            }
            (EditAction::Copy, Some(mut copy)) => {
                copy.mqtt_dash = PreservedFields::default();
                let before = dashboard.definition.clone();
                let summary = EditSummary::of_clone(&copy);
                let index = dashboard.index_for_new(&copy);
                let effects =
                    self.apply_edit_as(dashboard_index, before, DashboardEdit::InsertTile(index, copy), summary);
                self.select_tile(index);
                return effects;
            }
            (EditAction::Delete, Some(_)) => self.confirm_delete_tile(),
            (EditAction::MoveTile, Some(_)) => {
                if let Some(tile) = selected_id {
                    self.begin_tile_move(tile, None);
                }
            }
            (EditAction::Undo, _) => return self.undo_or_redo(&path, UndoDirection::Undo, now),
            (EditAction::Redo, _) => return self.undo_or_redo(&path, UndoDirection::Redo, now),
            (EditAction::Edit | EditAction::Copy | EditAction::Delete | EditAction::MoveTile, None) => {
                self.notify("There is no tile yet: press a to add one", now);
            }
            _ => {}
        }
        Vec::new()
    }

    /// Opens the form for a new tile of the kind with this index. `controls` is whether the tile controls something, if
    /// the user has chosen.
    pub(in crate::app) fn open_new_tile_form(&mut self, kind_index: usize, controls: Option<bool>) {
        if let (Some(kind), Some(dashboard)) = (kind::all().nth(kind_index), self.current_dashboard()) {
            let mut form = Form::for_tile(dashboard.id, None, &Tile::new(kind));
            if let Some(controls) = controls {
                form.set_controls(controls);
            }
            self.open(form);
        }
    }

    /// Saves the tile of a form: replaces the tile, or adds a new one after the selected tile.
    pub(in crate::app) fn save_tile_form(
        &mut self,
        dashboard_index: usize,
        id: Option<TileId>,
        base: Dashboard,
        form: &Form,
    ) -> Vec<Effect> {
        let Some((tile, _)) = form.draft_tile() else {
            return Vec::new();
        };
        let tile_index = id.and_then(|id| self.dashboards[dashboard_index].index_of(id));
        let new_index = self.dashboards[dashboard_index].index_for_new(&tile);
        let edit = match tile_index {
            Some(index) => DashboardEdit::ReplaceTile(index, tile),
            None => DashboardEdit::InsertTile(new_index, tile),
        };
        let effects = self.apply_edit(dashboard_index, base, edit);
        let dashboard = &mut self.dashboards[dashboard_index];
        if tile_index.is_none() {
            dashboard.unfold_section_of(new_index);
        }
        dashboard.select_tile(tile_index.unwrap_or(new_index), self.size);
        effects
    }

    /// Moves the tile that is being moved one step in this direction.
    pub(in crate::app) fn move_tile(&mut self, moving: &mut MoveTile, direction: Direction) {
        if let Some((dashboard, index)) = self.dashboard_of(moving.tile) {
            self.move_tile_to(moving, dashboard.grid(self.size).neighbor(index, direction));
        }
    }

    /// Moves the tile that is being moved to the place of another one, on the screen only. [`App::finish_tile_move`] saves
    /// it.
    pub(in crate::app) fn move_tile_to(&mut self, moving: &mut MoveTile, target: usize) {
        let Some(position) = self.position_of(moving.tile) else { return };
        let to = self.dashboards[position.dashboard].place_of_moved(position.tile, moving, target);
        self.move_to_index(moving, to);
    }

    /// Moves what is being moved so that its first tile gets this index.
    fn move_to_index(&mut self, moving: &mut MoveTile, to: usize) {
        let Some(position) = self.position_of(moving.tile).filter(|position| position.tile != to) else {
            return;
        };
        let dashboard = &mut self.dashboards[position.dashboard];
        dashboard.move_tiles(position.tile, moving.count, to, self.size);
        dashboard.show_moved_tile(moving, self.size);
        let connection = dashboard.connection;
        self.display.dirty = true;
        self.rebuild_routes(connection);
    }

    /// Begins to move a tile: with the keys or, if there is a tile to which it was dragged, with the mouse.
    pub(in crate::app) fn begin_tile_move(&mut self, tile: TileId, dragged_to: Option<usize>) {
        if let Some((dashboard, from)) = self.dashboard_of(tile)
            && let Some((definition, _)) = dashboard.tile(from)
        {
            let (size, count) = (definition.size(), dashboard.moved_count(from));
            let mut moving = MoveTile { tile, from, count, size, unfolded: None, is_dragged: dragged_to.is_some() };
            if let Some(target) = dragged_to {
                self.move_tile_to(&mut moving, target);
            }
            self.open(moving);
        }
    }

    /// Lets the tile that is being moved take more columns and rows, or fewer, on the screen only.
    pub(in crate::app) fn grow_tile(&mut self, tile: TileId, columns: i64, rows: i64) {
        if let Some((definition, _)) = self.tile(tile) {
            let before = definition.size();
            self.set_tile_size(tile, (before.0 + columns, before.1 + rows));
        }
    }

    /// Sets how many columns and rows a tile takes, on the screen only.
    fn set_tile_size(&mut self, tile: TileId, tile_size: (i64, i64)) {
        if let Some(position) = self.position_of(tile) {
            self.dashboards[position.dashboard].set_tile_size(position.tile, tile_size, self.size);
            self.display.dirty = true;
        }
    }

    /// Puts the tile that is being moved back where it was.
    pub(in crate::app) fn cancel_tile_move_of(&mut self, moving: &mut MoveTile) {
        self.set_tile_size(moving.tile, moving.size);
        self.move_to_index(moving, moving.from);
    }

    /// Returns the dashboard of a tile that is being moved as it was before.
    pub(in crate::app) fn dashboard_before_move(&self, moving: MoveTile) -> Option<Dashboard> {
        let (dashboard, index) = self.dashboard_of(moving.tile)?;
        if moving.count > 1 {
            let edit = DashboardEdit::MoveSection { from: index, len: moving.count, to: moving.from };
            return edit.apply_to(&dashboard.definition);
        }
        let mut tile = dashboard.tile(index)?.0.clone();
        tile.set_size(moving.size);
        let edit = DashboardEdit::PlaceTile { from: index, to: moving.from, tile: Box::new(tile) };
        edit.apply_to(&dashboard.definition)
    }

    /// Ends the move of a tile, and saves its new position and its new size to the file.
    pub(in crate::app) fn finish_tile_move(&mut self, moving: MoveTile) -> Vec<Effect> {
        let (Some(position), Some(before)) = (self.position_of(moving.tile), self.dashboard_before_move(moving)) else {
            return Vec::new();
        };
        let (TilePosition { dashboard, tile: to }, from) = (position, moving.from);
        let tile = &self.dashboards[dashboard].definition.tiles[to];
        let edit = match moving.count {
            1 if tile.size() == moving.size => DashboardEdit::MoveTile(from, to),
            1 => DashboardEdit::PlaceTile { from, to, tile: Box::new(tile.clone()) },
            len => DashboardEdit::MoveSection { from, len, to },
        };
        self.apply_edit(dashboard, before, edit)
    }
}
