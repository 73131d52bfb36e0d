//! The rows of a panel in forms: the list of rows in the form of the panel, and the form of a row.

use super::{Form, FormPopup, FormSubject, RowList, RowOf, field::FieldEntry};
use crate::{
    app::list::move_in_list,
    model::{
        grid::Direction,
        id::{DashboardId, TileId},
        kind,
        tile::{ROWS_KEY, Tile, read_row, row_table},
        value::Value,
    },
};

impl Form {
    /// Creates a form for a row of a panel of a dashboard, which has this name.
    #[must_use]
    pub(crate) fn for_row(
        dashboard: DashboardId,
        id: Option<TileId>,
        row: &Tile,
        (panel, panel_name): (TileId, String),
    ) -> Self {
        Self::for_tile_in(dashboard, id, row, Some(RowOf::Panel(panel, panel_name)))
    }

    /// Returns to which panel the row belongs that the form edits; `None` if it edits no row.
    pub(crate) const fn row_of(&self) -> Option<&RowOf> {
        match &self.subject {
            FormSubject::Tile { row_of, .. } => row_of.as_ref(),
            _ => None,
        }
    }

    /// Returns the name of the panel whose row the form edits; `None` if it edits no row.
    #[must_use]
    pub(crate) fn panel_name(&self) -> Option<String> {
        self.row_of().map(RowOf::panel_name)
    }

    /// Returns the tables of the rows in the form of a panel.
    pub(crate) fn row_tables(&self) -> &[Value] {
        let rows = self.fields.iter().find_map(|field| match &field.entry {
            FieldEntry::PanelRows(rows) if field.key == (ROWS_KEY, None) => Some(rows.as_slice()),
            _ => None,
        });
        rows.unwrap_or_default()
    }

    fn row_tables_mut(&mut self) -> Option<&mut Vec<Value>> {
        self.fields.iter_mut().find_map(|field| match &mut field.entry {
            FieldEntry::PanelRows(rows) if field.key == (ROWS_KEY, None) => Some(rows),
            _ => None,
        })
    }

    /// Returns whether the list of rows has a line that adds one.
    pub(crate) fn has_room_for_row(&self) -> bool {
        self.row_tables().len() < kind::MAX_ROWS
    }

    /// Returns the row that the open list has selected; `None` without a list, or if the line that adds one is selected.
    fn selected_row(&self) -> Option<usize> {
        match self.popup {
            Some(FormPopup::PanelRows(list)) => Some(list.selected).filter(|row| *row < self.row_tables().len()),
            _ => None,
        }
    }

    /// Moves in the open list of rows in this direction.
    pub(super) fn move_in_rows(&mut self, direction: Direction) {
        let lines = self.row_tables().len() + usize::from(self.has_room_for_row());
        if let Some(FormPopup::PanelRows(list)) = &mut self.popup {
            list.selected = move_in_list(list.selected, lines, direction);
        }
    }

    /// Deletes the row that is selected in the open list.
    pub(in crate::app) fn delete_selected_row(&mut self) {
        if let (Some(row), Some(rows)) = (self.selected_row(), self.row_tables_mut()) {
            rows.remove(row);
            self.confirming_discard = false;
            self.validate();
        }
    }

    /// Moves the row that is selected in the open list up or down.
    pub(in crate::app) fn move_selected_row(&mut self, offset: isize) {
        let Some(row) = self.selected_row() else { return };
        let Some(to) = row.checked_add_signed(offset).filter(|to| *to < self.row_tables().len()) else { return };
        if let Some(rows) = self.row_tables_mut() {
            rows.swap(row, to);
        }
        if let Some(FormPopup::PanelRows(list)) = &mut self.popup {
            list.selected = to;
        }
        self.confirming_discard = false;
        self.validate();
    }

    /// Returns the form of the row that is selected in the open list, or of a new row.
    pub(in crate::app) fn form_of_selected_row(&self) -> Option<Self> {
        let FormSubject::Tile { dashboard, .. } = self.subject else { return None };
        let number = self.selected_row();
        let row = match number.and_then(|row| self.row_tables().get(row)) {
            Some(table) => read_row(table).0,
            None if self.has_room_for_row() => Tile::new(kind::all().next()?),
            None => return None,
        };
        Some(Self::for_tile_in(dashboard, None, &row, Some(RowOf::Form(Box::new(self.clone()), number))))
    }

    /// Returns the form of the panel whose row this form edits within it, with the row as this form describes it.
    pub(in crate::app) fn panel_form_with_row(&self) -> Option<Self> {
        let Some(RowOf::Form(panel, number)) = self.row_of() else { return None };
        let (row, _) = self.draft_tile()?;
        let mut panel = (**panel).clone();
        let rows = panel.row_tables_mut()?;
        let number = number.filter(|number| *number < rows.len()).unwrap_or(rows.len());
        let table = row_table(rows.get(number), &row);
        if number < rows.len() {
            rows[number] = table;
        } else {
            rows.push(table);
        }
        panel.popup = Some(FormPopup::PanelRows(RowList { selected: number }));
        panel.confirming_discard = false;
        panel.validate();
        Some(panel)
    }

    /// Returns the form of the panel whose row this form edits within it, without what it describes.
    pub(in crate::app) fn panel_form(&self) -> Option<Self> {
        match self.row_of() {
            Some(RowOf::Form(panel, _)) => Some((**panel).clone()),
            _ => None,
        }
    }
}
