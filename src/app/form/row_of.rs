//! To which panel the row belongs that a form edits, and the list of rows in the form of a panel.

use super::Form;
use crate::model::id::TileId;

/// To which panel the row belongs that a form edits.
#[derive(Debug, Clone)]
pub(crate) enum RowOf {
    /// To this panel of a dashboard, with its name: the row is saved alone.
    Panel(TileId, String),
    /// To the panel of this form, with which it is saved. The number is that of the row; `None` for a new one.
    Form(Box<Form>, Option<usize>),
}

impl RowOf {
    /// Returns the name of the panel.
    pub(super) fn panel_name(&self) -> String {
        match self {
            Self::Panel(_, name) => name.clone(),
            Self::Form(form, _) => form.tile_name().unwrap_or_default(),
        }
    }
}

/// The open list of the rows of a panel. The last line adds one.
#[derive(Debug, Clone, Copy, Default)]
pub struct RowList {
    /// The selected line.
    pub(crate) selected: usize,
}
