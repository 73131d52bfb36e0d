//! Changes of dashboard files, as effects and their results describe them.

use std::path::PathBuf;

use super::EditSummary;
use crate::model::{dashboard::Dashboard, edit::DashboardEdit};

/// A change to a dashboard file.
#[derive(Debug, Clone, PartialEq)]
pub struct DashboardChange {
    /// The file.
    pub(crate) path: PathBuf,
    /// The dashboard before the edit, as the app knows it.
    pub(crate) before: Dashboard,
    /// The edit to apply.
    pub(crate) edit: DashboardEdit,
    /// What the edit does, for the notice of an undo.
    pub(crate) summary: EditSummary,
    /// A file content that differs from `before` and that the user has agreed to overwrite.
    pub(crate) overwrite: Option<String>,
}

/// A change that was not saved, because the file was modified outside mqtt-dash.
#[derive(Debug, Clone, PartialEq)]
pub struct EditConflict {
    /// The change that was not saved.
    pub(crate) change: DashboardChange,
    /// The dashboard in the file now; `None` if the file cannot be read or parsed.
    pub(crate) theirs: Option<Dashboard>,
    /// The text of the file now.
    pub(crate) file_text: String,
    /// How overwriting would change the file: one line each, marked with `+` or `-`.
    pub(crate) diff: Vec<String>,
}

/// Whether to undo an edit or to redo an undone one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UndoDirection {
    /// Undo the last edit.
    Undo,
    /// Redo the last undone edit.
    Redo,
}

/// An edit that was undone or redone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoneEdit {
    /// Whether it was undone or redone.
    pub(crate) direction: UndoDirection,
    /// What the edit had done.
    pub(crate) summary: EditSummary,
}
