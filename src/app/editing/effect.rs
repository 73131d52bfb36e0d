//! Effects on dashboard files, profiles and connections, and their results.

use std::path::PathBuf;

use crate::model::{
    connection::{ConnectionId, Message},
    dashboard::Dashboard,
    edit::{DashboardEdit, ProfileEdit, Profiles},
    profile::{CertificatePin, Profile},
};

/// A side effect on dashboard files, profiles or connections, for the runtime to execute.
#[derive(Debug, Clone, PartialEq)]
pub enum EditEffect {
    /// Apply an edit to a dashboard file.
    EditDashboard(Box<DashboardChange>),
    /// Undo the last edit of this file.
    Undo(PathBuf),
    /// Redo the last undone edit of this file.
    Redo(PathBuf),
    /// Create a dashboard file with this name.
    CreateDashboard(String, Box<Dashboard>),
    /// Rename a dashboard file to this name.
    RenameDashboard(PathBuf, String),
    /// Delete a dashboard file.
    DeleteDashboard(PathBuf),
    /// Apply an edit to `profiles.toml`.
    EditProfiles(Box<ProfileEdit>),
    /// Connect with the profile of this name, and create its first dashboard if it has none.
    OpenOrCreateFirstDashboard(String),
    /// Open the dashboard in this file. If it names no profile, use the profile of this name.
    OpenFile(PathBuf, Option<String>),
    /// Open the dashboards of the profile of this name with this password.
    OpenWithPassword(String, Password),
    /// Reconnect a connection with the changed profile of this name.
    Reconnect(ConnectionId, String),
    /// Connect with this profile, subscribe to all topics for a short time, and report the result.
    TestConnection(Box<Profile>),
}

/// A password that the user typed. Its `Debug` output is redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(pub(crate) String);

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

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
    /// The number of lines that the diff is scrolled by.
    pub(crate) scroll: usize,
}

/// The result of a connection test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionTest {
    /// The result as a sentence.
    pub(crate) summary: String,
    /// Whether the test succeeded.
    pub(crate) success: bool,
    /// The fingerprint of the certificate, if the test failed because it is not trusted.
    pub(crate) untrusted_pin: Option<CertificatePin>,
    /// The messages that arrived during the test.
    pub(crate) messages: Vec<Message>,
}

/// The result of an [`EditEffect`].
#[derive(Debug, Clone, PartialEq)]
pub enum EditResult {
    /// A dashboard file was saved.
    Saved {
        /// The file.
        path: PathBuf,
        /// The dashboard in the file now, if it differs from what the app has.
        dashboard: Option<Dashboard>,
        /// How many edits can be undone.
        undo_count: usize,
        /// How many edits can be redone.
        redo_count: usize,
    },
    /// A file was not saved.
    WriteFailed {
        /// The file.
        path: PathBuf,
        /// The dashboard to restore, if the app has already shown the edit.
        before: Option<Dashboard>,
        /// The reason, as a sentence.
        reason: String,
    },
    /// The file was modified outside mqtt-dash.
    Conflict(Box<EditConflict>),
    /// A dashboard file was created.
    Created(PathBuf),
    /// A dashboard file was renamed: the old and the new path.
    Renamed(PathBuf, PathBuf),
    /// A dashboard file was deleted.
    Deleted(PathBuf),
    /// The names of all dashboard files, after a file was added, renamed or deleted.
    FilesListed(Vec<String>),
    /// The edit was applied to `profiles.toml`, which now contains these profiles.
    ProfilesSaved(Box<ProfileEdit>, Profiles),
    /// The user must enter the password of the profile of this name.
    PasswordRequired(String),
    /// The profile of this name has no dashboard.
    NoDashboard(String),
    /// Messages that arrived while the connection of this name is being tested.
    TestMessages(String, Vec<Message>),
    /// The test of the connection of this name has finished.
    TestFinished(String, ConnectionTest),
}
