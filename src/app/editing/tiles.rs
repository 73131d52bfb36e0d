//! Adding, editing, copying, deleting and moving tiles.

use std::borrow::Cow;

use crate::{
    app::{
        App, EditAction, EditSummary, Effect, UndoDirection,
        form::{Form, RowOf},
        screens::{kind_list::KindList, move_tile::MoveTile},
        tile_position::TilePosition,
    },
    model::{
        dashboard::Dashboard, edit::DashboardEdit, expansion::TileOrigin, grid::Direction, id::TileId, kind,
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
        let origin = dashboard.origin_of(tile_index);
        let definition_index = dashboard.definition_index(tile_index);
        let defined = |origin| dashboard.definition.tile_at(origin).map(Cow::into_owned);
        // A row is edited by itself, but copied, deleted and moved with its panel.
        let whole = origin.as_ref().and_then(|origin| defined(origin.whole()));
        match (action, whole) {
            (EditAction::Add, _) => self.open(KindList::default()),
            (EditAction::Edit, Some(whole)) => {
                let form = match origin.as_ref().filter(|_| dashboard.is_row(tile_index)).and_then(defined) {
                    Some(row) => dashboard.row_form(tile_index, &row),
                    None => Some(Form::for_tile(dashboard_id, dashboard.tile_id(tile_index), &whole)),
                };
                if let Some(form) = form {
                    self.open(form);
                }
            }
            (EditAction::EditPanel, Some(whole)) if whole.is_panel() => {
                let id = dashboard.tile_id(dashboard.whole_of(tile_index));
                self.open(Form::for_tile(dashboard_id, id, &whole));
            }
            (EditAction::EditPanel, _) => self.notify("The selected tile is no row of a panel: e edits it", now),
            (EditAction::Copy, Some(copy)) => {
                if dashboard.is_row(tile_index) {
                    self.notify(format!("Cloned the whole panel {}, with all rows", copy.display_name()), now);
                }
                return self.clone_tile(dashboard_index, definition_index, copy);
            }
            (EditAction::Delete, Some(_)) => self.confirm_delete_tile(),
            (EditAction::MoveTile, Some(whole)) => {
                if dashboard.is_row(tile_index) {
                    self.notify(format!("Moving the whole panel {}, with all rows", whole.display_name()), now);
                }
                if let Some(tile) = self.selected_id() {
                    self.begin_tile_move(tile, false);
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

    /// Inserts a copy of a tile after the one with this index in the definition, or at the end.
    fn clone_tile(&mut self, dashboard_index: usize, original: Option<usize>, mut copy: Tile) -> Vec<Effect> {
        copy.mqtt_dash = PreservedFields::default();
        let before = self.dashboards[dashboard_index].definition.clone();
        let index = original.map_or(before.tiles.len(), |original| original + 1);
        let summary = EditSummary::of_clone(&copy);
        let effects = self.apply_edit_as(dashboard_index, before, DashboardEdit::InsertTile(index, copy), summary);
        self.select_origin(dashboard_index, &TileOrigin::Tile(index));
        effects
    }

    /// Selects the tile of a dashboard that is defined there, and shows its section.
    fn select_origin(&mut self, dashboard_index: usize, origin: &TileOrigin) {
        let size = self.size;
        let dashboard = &mut self.dashboards[dashboard_index];
        if let Some(index) = dashboard.index_of_origin(origin) {
            dashboard.unfold_section_of(index);
            dashboard.select_tile(index, size);
        }
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

    /// Saves the tile of a form: replaces the tile, or adds a new one at the end.
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
        let dashboard = &self.dashboards[dashboard_index];
        let origin = id.and_then(|id| dashboard.origin_of(dashboard.index_of(id)?));
        let origin = origin.or_else(|| self.origin_of_new_row(form));
        let replacement = origin.and_then(|origin| Some((base.replace_at(&origin, tile.clone())?, origin)));
        let end = base.tiles.len();
        let (edit, origin) =
            replacement.unwrap_or_else(|| (DashboardEdit::InsertTile(end, tile.clone()), TileOrigin::Tile(end)));
        let summary = if origin.row().is_some() {
            EditSummary::of_row(&form.panel_name().unwrap_or_default(), &tile, id.is_none())
        } else {
            EditSummary::of(&edit, &base)
        };
        let effects = self.apply_edit_as(dashboard_index, base, edit, summary);
        self.select_origin(dashboard_index, &origin);
        effects
    }

    /// Returns where the row would be defined that a form adds to its panel, if that is still there and has room for it.
    pub(in crate::app) fn origin_of_new_row(&self, form: &Form) -> Option<TileOrigin> {
        let Some(RowOf::Panel(panel, _)) = form.row_of() else { return None };
        let (dashboard, index) = self.dashboard_of(*panel)?;
        let (tile, _) = dashboard.tile(index).filter(|(tile, _)| tile.has_room_for_row())?;
        Some(TileOrigin::Row(Box::new(dashboard.origin_of(index)?), tile.row_tables().len()))
    }

    /// Moves the tile that is being moved one step in this direction, beyond the rows of its own that a list shows.
    pub(in crate::app) fn move_tile(&mut self, tile: TileId, direction: Direction) {
        if let Some((dashboard, index)) = self.dashboard_of(tile) {
            let grid = dashboard.grid(self.size);
            let next = |from: &usize| Some(grid.neighbor(*from, direction)).filter(|next| next != from);
            let others = std::iter::successors(Some(index), next);
            let other = others.into_iter().find(|other| dashboard.whole_of(*other) != index);
            self.move_tile_onto(tile, other.unwrap_or(index));
        }
    }

    /// Moves a tile to the place of the one with this index on the screen.
    pub(in crate::app) fn move_tile_onto(&mut self, tile: TileId, index: usize) {
        if let Some(to) = self.dashboard_of(tile).and_then(|(dashboard, _)| dashboard.definition_index(index)) {
            self.move_tile_to(tile, to);
        }
    }

    /// Moves a tile to this index of the definition, on the screen only. [`App::finish_tile_move`] saves it.
    fn move_tile_to(&mut self, tile: TileId, to: usize) {
        let Some(position) = self.definition_position_of(tile).filter(|position| position.tile != to) else {
            return;
        };
        let dashboard = &mut self.dashboards[position.dashboard];
        dashboard.move_tile(position.tile, to, &mut self.ids, self.size);
        let connection = dashboard.connection;
        self.display.dirty = true;
        self.rebuild_routes(connection);
    }

    /// Begins to move a tile, with the keys or by a drag.
    pub(in crate::app) fn begin_tile_move(&mut self, tile: TileId, is_dragged: bool) {
        let tile = self.whole_of(tile);
        if let Some((position, (definition, _))) = self.definition_position_of(tile).zip(self.tile(tile)) {
            let size = definition.size();
            self.open(MoveTile { tile, from: position.tile, size, is_dragged });
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
        if let Some(position) = self.definition_position_of(tile) {
            let dashboard = &mut self.dashboards[position.dashboard];
            dashboard.set_tile_size(position.tile, tile_size, &mut self.ids, self.size);
            self.display.dirty = true;
        }
    }

    /// Puts the tile that is being moved back where it was.
    pub(in crate::app) fn cancel_tile_move_of(&mut self, moving: MoveTile) {
        self.set_tile_size(moving.tile, moving.size);
        self.move_tile_to(moving.tile, moving.from);
    }

    /// Returns the dashboard of a tile that is being moved as it was before.
    pub(in crate::app) fn dashboard_before_move(&self, moving: MoveTile) -> Option<Dashboard> {
        let position = self.definition_position_of(moving.tile)?;
        let definition = &self.dashboards[position.dashboard].definition;
        let mut tile = definition.tiles.get(position.tile)?.clone();
        tile.set_size(moving.size);
        let edit = DashboardEdit::PlaceTile { from: position.tile, to: moving.from, tile: Box::new(tile) };
        edit.apply_to(definition)
    }

    /// Ends the move of a tile, and saves its new position and its new size to the file.
    pub(in crate::app) fn finish_tile_move(&mut self, moving: MoveTile) -> Vec<Effect> {
        let position = self.definition_position_of(moving.tile);
        let (Some(position), Some(before)) = (position, self.dashboard_before_move(moving)) else {
            return Vec::new();
        };
        let (TilePosition { dashboard, tile: to }, from) = (position, moving.from);
        let tile = &self.dashboards[dashboard].definition.tiles[to];
        let edit = if tile.size() == moving.size {
            DashboardEdit::MoveTile(from, to)
        } else {
            DashboardEdit::PlaceTile { from, to, tile: Box::new(tile.clone()) }
        };
        self.apply_edit(dashboard, before, edit)
    }
}
