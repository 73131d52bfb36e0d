//! Changes of dashboard files, as effects and their results describe them.

use std::path::PathBuf;

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
