//! What happens to the program: an [`Event`] is an action of the user or the report of a service. There is one
//! type of events for each service of the runtime.

use std::{path::PathBuf, sync::Arc};

use super::{
    Action, ConnectionTest, EditConflict, FileError, ImportResult, OpenedDashboards, SecretPrompt, UndoneEdit,
};
use crate::model::{
    connection::{ConnectionEvent, ConnectionId, Message, PublishId},
    dashboard::Dashboard,
    decoder_rule_entry::DecoderRuleEdit,
    decoder_rules::LoadedDecoderRules,
    edit::{ProfileEdit, Profiles},
    error::ImageError,
    id::TileId,
    kept_deletion::KeptDeletion,
    media::{CacheValidator, DecodedImage},
    profile::Profile,
    saved_message::{MessageEdit, SavedMessages},
    script::ScriptResponse,
    state_cache::StateCache,
    typed_message::SentHistory,
};

/// Something that happened.
#[derive(Debug)]
pub enum Event {
    /// The user requested an action.
    Action(Action),
    /// Something about a connection.
    Mqtt(MqttEvent),
    /// Something about the files of the configuration folder.
    Files(FilesEvent),
    /// An image is available, or is not.
    Media(MediaEvent),
    /// A script finished.
    Scripts(Box<ScriptResponse>),
    /// Something about the terminal or the program itself.
    Shell(ShellEvent),
    /// The time that [`App::next_wakeup`](super::App::next_wakeup) returned has come.
    Timer,
}

/// What happens to connections.
#[derive(Debug)]
pub enum MqttEvent {
    /// A connection reported something.
    Connection(ConnectionId, ConnectionEvent),
    /// Dashboards were opened.
    DashboardsOpened(Box<OpenedDashboards>),
    /// The profile of a connection changed, and the connection was restarted with it.
    Reconfigured(ConnectionId, Box<Profile>),
    /// The user must enter a secret.
    SecretRequired(Box<SecretPrompt>),
    /// The profile of this name has no dashboard.
    NoDashboard(String),
    /// Messages that arrived while the connection of this name is being tested.
    TestMessages(String, Vec<Message>),
    /// The test of the connection of this name has finished.
    TestFinished(String, ConnectionTest),
}

/// What happens to the files of the configuration folder.
#[derive(Debug, Clone, PartialEq)]
pub enum FilesEvent {
    /// A dashboard file was saved.
    Saved {
        /// The file.
        path: PathBuf,
        /// The dashboard in the file now, if it differs from what the app has.
        dashboard: Option<Box<Dashboard>>,
        /// How many edits can be undone.
        undo_count: usize,
        /// How many edits can be redone.
        redo_count: usize,
        /// The edit that was undone or redone; `None` if the file was saved with a new edit.
        undone: Option<UndoneEdit>,
    },
    /// A file was not saved.
    WriteFailed {
        /// The file.
        path: PathBuf,
        /// The dashboard to restore, if the app has already shown the edit.
        before: Option<Box<Dashboard>>,
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
    DashboardsListed(Vec<String>),
    /// All dashboard files were read: their names, and the profile that each one names, or what is wrong with it.
    DashboardsChecked(Vec<(String, Result<Option<String>, FileError>)>),
    /// The file of a dashboard changed: its new definition, or what is wrong with it.
    DashboardChanged(PathBuf, Box<Result<Dashboard, FileError>>),
    /// The edit was applied to `profiles.toml`, which now contains these profiles.
    ProfilesSaved(Box<ProfileEdit>, Profiles),
    /// The edit was not applied to `profiles.toml`, for this reason, as a sentence.
    ProfilesNotSaved(Box<ProfileEdit>, String),
    /// The file of the profiles changed: the new ones, and the names of those in use that are different now.
    ProfilesChanged(Profiles, Vec<String>),
    /// The rules in `decoders.toml`, after the file or one of its schemas has changed.
    DecoderRulesChanged(Box<LoadedDecoderRules>),
    /// `decoders.toml` or a schema has changed and cannot be read: the rules stay as they are.
    DecoderRulesInvalid {
        /// The files whose change can make it right.
        schemas: Vec<PathBuf>,
        /// What is wrong, in sentences.
        problems: String,
    },
    /// The edit was applied to `decoders.toml`, which now contains these rules.
    DecoderRulesSaved(Box<DecoderRuleEdit>, Box<LoadedDecoderRules>),
    /// The edit was not applied to `decoders.toml`, for this reason, as a sentence.
    DecoderRuleNotSaved(Box<DecoderRuleEdit>, String),
    /// The saved tile state of a connection was loaded.
    StateCacheLoaded(ConnectionId, StateCache),
    /// The messages that were published with the profile of this name in earlier runs were loaded.
    SentMessagesLoaded(String, SentHistory),
    /// What was kept of the last deletion of retained messages with the profile of this name was loaded, if there is one at the
    /// broker and no other run is deleting.
    DeletionLoaded(String, Option<Box<KeptDeletion>>),
    /// The step of a deletion with this serial number was kept, or was not, for this reason, as a sentence.
    DeletionKept(u64, Result<(), String>),
    /// The messages of `messages.toml` were loaded, or something is wrong with the file.
    SavedMessagesLoaded(Result<SavedMessages, FileError>),
    /// An edit was applied to `messages.toml`, which now contains these messages, or was not, for this reason, as a sentence.
    SavedMessagesEdited(Box<MessageEdit>, Result<SavedMessages, String>),
    /// The conversion of an export from the Android app MQTT Dash finished.
    Imported(ImportResult),
}

/// What happens to images.
#[derive(Debug)]
pub enum MediaEvent {
    /// An image was decoded, or could not be decoded for this reason.
    Decoded(TileId, Result<DecodedImage, ImageError>),
    /// An image was fetched from this URL, or could not be fetched for this reason. `None` means that
    /// the image has not changed.
    Fetched(TileId, Arc<str>, Result<Option<(DecodedImage, CacheValidator)>, ImageError>),
}

/// What happens to the terminal and the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShellEvent {
    /// The screen has a new width and height, in cells.
    Resize(u16, u16),
    /// The terminal has got the keyboard focus.
    FocusGained,
    /// The terminal has lost the keyboard focus.
    FocusLost,
    /// The user has edited the text of a prompt in an editor.
    TextEdited(String),
    /// The file with the payload of this message was read, or could not be, for this reason, as a sentence.
    PayloadRead(PublishId, Result<Arc<[u8]>, String>),
    /// There is something to know once, as a sentence.
    Notice(String),
    /// An effect has failed, as a sentence.
    Failure(String),
}

impl From<MqttEvent> for Event {
    fn from(event: MqttEvent) -> Self {
        Self::Mqtt(event)
    }
}

impl From<FilesEvent> for Event {
    fn from(event: FilesEvent) -> Self {
        Self::Files(event)
    }
}
