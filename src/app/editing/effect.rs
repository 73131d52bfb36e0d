//! What is owed to the files and the lines for managing them, and what came of it.

use std::path::PathBuf;

use crate::model::{
    connection::{ConnectionId, Message},
    dashboard::Dashboard,
    edit::{DashboardEdit, ProfileEdit, Profiles},
    profile::{CertificatePin, Profile},
};

/// Something that is owed to the files or the lines.
#[derive(Debug, Clone, PartialEq)]
pub enum EditEffect {
    /// Change the file of a dashboard.
    EditDashboard(Box<DashboardChange>),
    /// Take the last edit of this file back.
    Undo(PathBuf),
    /// Make the edit of this file again that was taken back last.
    Redo(PathBuf),
    /// Make a file of this name for a dashboard.
    CreateDashboard(String, Box<Dashboard>),
    /// Give the file of a dashboard this name.
    RenameDashboard(PathBuf, String),
    /// Delete the file of a dashboard.
    DeleteDashboard(PathBuf),
    /// Change the file of the profiles.
    EditProfiles(Box<ProfileEdit>),
    /// Connect with the profile of this name; make its first dashboard if it has none.
    OpenOrCreateFirstDashboard(String),
    /// Open the dashboard in this file; on this profile if it names none.
    OpenFile(PathBuf, Option<String>),
    /// Open the dashboards of this profile with this password.
    OpenWithPassword(String, Password),
    /// The profile of a line is another one now, with this name: connect anew.
    Reconnect(ConnectionId, String),
    /// Connect with this profile, look around for a moment and say what is there.
    TestConnection(Box<Profile>),
}

/// A password that was typed. It is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(pub String);

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

/// A change of a dashboard's file.
#[derive(Debug, Clone, PartialEq)]
pub struct DashboardChange {
    /// The file.
    pub path: PathBuf,
    /// What the dashboard is before the edit, as far as the app knows.
    pub before: Dashboard,
    /// The edit.
    pub edit: DashboardEdit,
    /// What the file may say otherwise: the person has seen it and wants it overwritten.
    pub overwrite: Option<String>,
}

/// A change that was not made, for another hand has changed the file meanwhile.
#[derive(Debug, Clone, PartialEq)]
pub struct EditConflict {
    /// The change.
    pub change: DashboardChange,
    /// What the file says now; `None`: it cannot be read.
    pub theirs: Option<Dashboard>,
    /// What it says, as text.
    pub file_text: String,
    /// How the file would differ after overwriting it, a line each, marked `+` and `-`.
    pub diff: Vec<String>,
    /// How many lines of it are scrolled away.
    pub scroll: usize,
}

/// What a test of a connection found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionTest {
    /// In a sentence.
    pub summary: String,
    /// Whether it is good.
    pub success: bool,
    /// The certificate that is not trusted, if that is what is wrong.
    pub untrusted_pin: Option<CertificatePin>,
    /// What came by.
    pub messages: Vec<Message>,
}

/// What came of a chore.
#[derive(Debug, Clone, PartialEq)]
pub enum EditResult {
    /// A dashboard was saved.
    Saved {
        /// Its file.
        path: PathBuf,
        /// What it says now, where that is news.
        dashboard: Option<Dashboard>,
        /// How many edits can be taken back.
        undo_count: usize,
        /// How many can be made again.
        redo_count: usize,
    },
    /// A dashboard was not saved.
    SaveFailed {
        /// Its file.
        path: PathBuf,
        /// What it was before, where it was to become something else.
        before: Option<Dashboard>,
        /// Why, as a sentence.
        reason: String,
    },
    /// Another hand has changed the file meanwhile.
    Conflict(Box<EditConflict>),
    /// A file was made for a dashboard.
    Created(PathBuf),
    /// The file of a dashboard has another name now.
    Renamed(PathBuf, PathBuf),
    /// The file of a dashboard was deleted.
    Deleted(PathBuf),
    /// These are the files of dashboards now.
    FilesListed(Vec<String>),
    /// The profiles were changed, and are this now.
    ProfilesSaved(Box<ProfileEdit>, Profiles),
    /// The password of this profile has to be asked for.
    PasswordRequired(String),
    /// No dashboard belongs to this profile.
    NoDashboard(String),
    /// This came by while a connection is tested.
    TestMessages(String, Vec<Message>),
    /// A connection was tested.
    TestFinished(String, ConnectionTest),
}
