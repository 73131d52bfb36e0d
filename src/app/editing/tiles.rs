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
        dashboard::Dashboard,
        edit::DashboardEdit,
        expansion::TileOrigin,
        grid::Direction,
        id::{DashboardId, TileId},
        kind,
        preserved_fields::PreservedFields,
        tile::Tile,
        time::Time,
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
        let whole_origin = origin.as_ref().map(|origin| origin.whole().clone());
        let definition = &dashboard.definition;
        let help = match action {
            EditAction::Delete => Some("`except` leaves it out"),
            EditAction::MoveTile => Some("`sort` says in which order"),
            _ => None,
        };
        let fixed = dashboard.tile_id(tile_index).zip(help).and_then(|(id, help)| self.fixed_by_template(id, help));
        if let Some(reason) = fixed {
            self.notify(reason, now);
            return Vec::new();
        }
        let defined = |origin: &TileOrigin| definition.tile_at(origin).map(Cow::into_owned);
        // A row is edited on its own, but copied, deleted and moved with its panel.
        let is_row = dashboard.is_row(tile_index);
        match (action, whole_origin.as_ref().and_then(defined)) {
            (EditAction::Add, _) => self.open(KindList::default()),
            (EditAction::Edit, Some(whole)) => {
                let form = match origin.as_ref().filter(|_| is_row).and_then(defined) {
                    Some(row) => dashboard.row_form(tile_index, &row),
                    None => Some(Form::for_tile(dashboard_id, dashboard.tile_id(tile_index), &whole)),
                };
                let template = origin.as_ref().and_then(|origin| dashboard.template_of_form(origin));
                if let Some(form) = form {
                    self.open(form.of_template(template));
                }
            }
            (EditAction::EditPanel, Some(whole)) if whole.is_panel() => {
                let id = dashboard.tile_id(dashboard.whole_of(tile_index));
                let template = whole_origin.as_ref().and_then(|origin| dashboard.template_of_form(origin));
                self.open(Form::for_tile(dashboard_id, id, &whole).of_template(template));
            }
            (EditAction::EditPanel, _) => self.notify("The selected tile is no row of a panel: e edits it", now),
            (EditAction::Copy, Some(whole)) => {
                let shown = dashboard.tile(dashboard.whole_of(tile_index)).map(|(tile, _)| tile.clone());
                let is_made = origin.as_ref().is_some_and(|origin| origin.template().is_some());
                let copy = if is_made { shown.unwrap_or(whole) } else { whole };
                if is_row {
                    self.notify(format!("Cloned the whole panel {}, with all rows", copy.display_name()), now);
                }
                return self.clone_tile(dashboard_index, copy);
            }
            (EditAction::Delete, Some(_)) => self.confirm_delete_tile(),
            (EditAction::MoveTile, Some(whole)) => {
                if is_row {
                    self.notify(format!("Moving the whole panel {}, with all rows", whole.display_name()), now);
                }
                if let Some(tile) = self.selected_id() {
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

    /// Returns why a tile cannot be moved or deleted, if a template makes it. `help` is what to do instead.
    fn fixed_by_template(&self, tile: TileId, help: &str) -> Option<String> {
        let (dashboard, index) = self.dashboard_of(tile)?;
        let origin = dashboard.origin_of(index)?;
        let (template, device) = origin.template()?;
        let template = dashboard.definition.templates.get(template)?.display_name();
        Some(format!("The template {template} makes this tile for {device}: {help}"))
    }

    /// Inserts a copy of the selected tile after it. That of a device becomes a tile of its own beside those of all
    /// devices.
    fn clone_tile(&mut self, dashboard_index: usize, mut copy: Tile) -> Vec<Effect> {
        copy.mqtt_dash = PreservedFields::default();
        let before = self.dashboards[dashboard_index].definition.clone();
        let summary = EditSummary::of_clone(&copy);
        let (edit, origin) = self.dashboards[dashboard_index].insertion(copy);
        let effects = self.apply_edit_as(dashboard_index, before, edit, summary);
        self.select_origin(dashboard_index, &origin, true);
        effects
    }

    /// Selects the tile of a dashboard that is defined there, and shows the section of a new one.
    fn select_origin(&mut self, dashboard_index: usize, origin: &TileOrigin, is_new: bool) {
        let size = self.size;
        let dashboard = &mut self.dashboards[dashboard_index];
        if let Some(index) = dashboard.index_of_origin(origin) {
            if is_new {
                dashboard.unfold_section_of(index);
            }
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
        let dashboard = &self.dashboards[dashboard_index];
        let origin = dashboard.origin_in_form(form, id).or_else(|| self.origin_of_new_row(form));
        let replacement = origin.and_then(|origin| Some((base.replace_at(&origin, tile.clone())?, origin)));
        let (edit, origin) = replacement.unwrap_or_else(|| dashboard.insertion(tile.clone()));
        let summary = if origin.row().is_some() {
            EditSummary::of_row(&form.panel_name().unwrap_or_default(), &tile, id.is_none())
        } else {
            EditSummary::of(&edit, &base)
        };
        let effects = self.apply_edit_as(dashboard_index, base, edit, summary);
        self.select_origin(dashboard_index, &origin, id.is_none());
        effects
    }

    /// Adds a tile behind the selected one, and selects it.
    pub(in crate::app) fn insert_tile(&mut self, dashboard: DashboardId, tile: Tile) -> Vec<Effect> {
        let Some(index) = self.dashboards.iter().position(|open| open.id == dashboard) else { return Vec::new() };
        let base = self.dashboards[index].definition.clone();
        let (edit, origin) = self.dashboards[index].insertion(tile);
        let effects = self.apply_edit(index, base, edit);
        self.select_origin(index, &origin, true);
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
    pub(in crate::app) fn move_tile(&mut self, moving: &mut MoveTile, direction: Direction) {
        if let Some((dashboard, index)) = self.dashboard_of(moving.tile) {
            let grid = dashboard.grid(self.size);
            let next = |from: &usize| Some(grid.neighbor(*from, direction)).filter(|next| next != from);
            let others = std::iter::successors(Some(index), next);
            let other = others.into_iter().find(|other| dashboard.whole_of(*other) != index);
            self.move_tile_to(moving, other.unwrap_or(index));
        }
    }

    /// Moves the tile that is being moved to the place of another one, on the screen only. [`App::finish_tile_move`] saves
    /// it.
    pub(in crate::app) fn move_tile_to(&mut self, moving: &mut MoveTile, target: usize) {
        let Some(position) = self.definition_position_of(moving.tile) else { return };
        let dashboard = &self.dashboards[position.dashboard];
        let Some(target) = dashboard.own_place(target, position.tile) else { return };
        let to = dashboard.place_of_moved(position.tile, moving, target);
        self.move_to_index(moving, to);
    }

    /// Moves what is being moved so that its first tile gets this index in the definition.
    fn move_to_index(&mut self, moving: &mut MoveTile, to: usize) {
        let Some(position) = self.definition_position_of(moving.tile).filter(|position| position.tile != to) else {
            return;
        };
        let dashboard = &mut self.dashboards[position.dashboard];
        dashboard.move_tiles(&moving.edit(position.tile, to), &mut self.ids, self.size);
        dashboard.show_moved_tile(moving, self.size);
        let connection = dashboard.connection;
        self.display.dirty = true;
        self.rebuild_routes(connection);
    }

    /// Begins to move a tile: with the keys or, if there is a tile to which it was dragged, with the mouse.
    pub(in crate::app) fn begin_tile_move(&mut self, tile: TileId, dragged_to: Option<usize>) {
        let tile = self.whole_of(tile);
        if let Some(reason) = self.fixed_by_template(tile, "`sort` says in which order") {
            let now = self.editor_state.now;
            self.notify(reason, now);
        }
        if let Some((position, (definition, _))) = self.definition_position_of(tile).zip(self.tile(tile)) {
            let (from, size) = (position.tile, definition.size());
            self.editor_state.before_move = Some(self.dashboards[position.dashboard].definition.clone());
            let dashboard = &self.dashboards[position.dashboard];
            let (count, is_section) = (dashboard.moved_count(from), dashboard.is_folded_heading(from));
            let is_dragged = dragged_to.is_some();
            let mut moving = MoveTile { tile, from, count, is_section, size, unfolded: None, is_dragged };
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
        if let Some(position) = self.definition_position_of(tile) {
            let dashboard = &mut self.dashboards[position.dashboard];
            dashboard.set_tile_size(position.tile, tile_size, &mut self.ids, self.size);
            self.display.dirty = true;
        }
    }

    /// Puts the tile that is being moved back where it was.
    pub(in crate::app) fn cancel_tile_move_of(&mut self, moving: &mut MoveTile) {
        self.set_tile_size(moving.tile, moving.size);
        self.move_to_index(moving, moving.from);
        // The templates that the tile has passed are not where they were.
        if let (Some(position), Some(before)) = (self.position_of(moving.tile), self.editor_state.before_move.take()) {
            self.dashboards[position.dashboard].restore_definition(before, &mut self.ids);
        }
    }

    /// Returns the dashboard of a tile that is being moved as it was before.
    pub(in crate::app) fn dashboard_before_move(&self, moving: MoveTile) -> Option<Dashboard> {
        self.position_of(moving.tile).and_then(|_| self.editor_state.before_move.clone())
    }

    /// Ends the move of a tile, and saves its new position and its new size to the file.
    pub(in crate::app) fn finish_tile_move(&mut self, moving: MoveTile) -> Vec<Effect> {
        let position = self.definition_position_of(moving.tile);
        let (Some(position), Some(before)) = (position, self.dashboard_before_move(moving)) else {
            return Vec::new();
        };
        let (TilePosition { dashboard, tile: to }, from) = (position, moving.from);
        let tile = &self.dashboards[dashboard].definition.tiles[to];
        let edit = if moving.is_section || tile.size() == moving.size {
            moving.edit(from, to)
        } else {
            DashboardEdit::PlaceTile { from, to, tile: Box::new(tile.clone()) }
        };
        self.apply_edit(dashboard, before, edit)
    }
}
