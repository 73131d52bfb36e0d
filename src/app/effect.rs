//! The side effects that the core asks the runtime to execute. There is one type of effects for each service of
//! the runtime.

use std::{path::PathBuf, sync::Arc};

use super::DashboardChange;
use crate::model::{
    connection::{ConnectionId, PublishId, PublishRequest, Subscription},
    dashboard::Dashboard,
    decoder_rule_entry::DecoderRuleEdit,
    edit::ProfileEdit,
    expansion::TileOrigin,
    id::TileId,
    kept_deletion::DeletionStep,
    media::FetchOptions,
    profile::{ByteSize, Profile, Secrets},
    remembered::RememberedDashboard,
    saved_message::MessageEdit,
    script::{ScriptRequest, TileScripts},
    state_cache::StateCache,
    typed_message::SentMessage,
};

/// A side effect for a service of the runtime.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// For the connections.
    Mqtt(MqttEffect),
    /// For the files of the configuration folder.
    Files(FilesEffect),
    /// For the images.
    Media(MediaEffect),
    /// For the scripts.
    Scripts(ScriptsEffect),
    /// For the terminal, other programs, and the program itself.
    Shell(ShellEffect),
}

/// A side effect on connections.
#[derive(Debug, Clone, PartialEq)]
pub enum MqttEffect {
    /// Publish this on a connection.
    Publish(ConnectionId, PublishRequest),
    /// Publish this on a connection, but only if it can be sent on the current network connection.
    PublishIfConnected(ConnectionId, PublishRequest),
    /// Cancel these publish requests of a connection that are not sent yet.
    CancelPublishes(ConnectionId, Vec<PublishId>),
    /// Replace all subscriptions of a connection by these.
    SetSubscriptions(ConnectionId, Vec<Subscription>),
    /// Close a connection: nothing needs it any more.
    CloseConnection(ConnectionId),
    /// Reconnect this connection now.
    Reconnect(ConnectionId),
    /// Reconnect a connection with the changed profile of this name.
    ReconnectWithProfile(ConnectionId, String),
    /// Reconnect a connection with the profile of this name and these secrets.
    ReconnectWithSecrets(ConnectionId, String, Secrets),
    /// Open the dashboards of the profile with this name.
    OpenProfile(String),
    /// Connect with the profile of this name, and create its first dashboard if it has none.
    OpenOrCreateFirstDashboard(String),
    /// Open this dashboard, or those of the profile of this name, with these secrets that the user has entered.
    OpenWithSecrets(String, Secrets, Option<PathBuf>),
    /// Open the dashboard in this file. If it names no profile, use the profile of this name.
    OpenDashboardFile(PathBuf, Option<String>),
    /// Connect with this profile, subscribe to all topics for a short time, and report the result.
    TestConnection(Box<Profile>),
    /// Connect with this profile, too, subscribe to all topics, and report the messages until this is to stop.
    CollectTopics(Box<Profile>),
    /// Stop to collect topics.
    StopCollectingTopics,
}

/// A side effect on the files of the configuration folder.
#[derive(Debug, Clone, PartialEq)]
pub enum FilesEffect {
    /// Apply an edit to a dashboard file.
    EditDashboard(Box<DashboardChange>),
    /// Undo the last edit of this file.
    Undo(PathBuf),
    /// Redo the last undone edit of this file.
    Redo(PathBuf),
    /// Create a dashboard file with this name.
    CreateDashboard(String, Box<Dashboard>),
    /// Read all dashboard files, for the list of dashboards.
    CheckDashboards,
    /// Rename a dashboard file to this name.
    RenameDashboard(PathBuf, String),
    /// Delete a dashboard file.
    DeleteDashboard(PathBuf),
    /// Apply an edit to `profiles.toml`.
    EditProfiles(Box<ProfileEdit>),
    /// Apply an edit to `decoders.toml`.
    EditDecoderRules(Box<DecoderRuleEdit>),
    /// Save an agreement of the user.
    SaveGrant(String),
    /// Forget these agreements of the user.
    RevokeGrants(Vec<String>),
    /// Save what is remembered of the dashboard in a file.
    RememberDashboard(PathBuf, Box<RememberedDashboard>),
    /// Load the messages that were published with the profile of this name.
    LoadSentMessages(String),
    /// Add a message to those that were published with the profile of this name.
    SaveSentMessage(String, Box<SentMessage>),
    /// Load what was kept of the last deletion of retained messages with the profile of this name, at the broker of this address.
    LoadDeletion(String, String),
    /// Add this to what is kept of the deletion with the profile of this name.
    KeepDeletion(String, Box<DeletionStep>),
    /// Forget what is kept of the deletion with the profile of this name.
    RemoveDeletion(String),
    /// Load the messages of `messages.toml`.
    LoadSavedMessages,
    /// Apply an edit to `messages.toml`.
    EditSavedMessages(Box<MessageEdit>),
    /// Save this tile state of a connection for the next run.
    SaveStateCache(ConnectionId, StateCache),
    /// Convert this export of the Android app MQTT Dash, received on a connection, to a dashboard. If
    /// the flag is set, skip the tiles of a damaged export that cannot be read.
    ConvertMqttDashExport(ConnectionId, Arc<[u8]>, bool),
}

/// A side effect on images.
#[derive(Debug, Clone, PartialEq)]
pub enum MediaEffect {
    /// Decode the image in these bytes for a tile.
    Decode(TileId, Arc<[u8]>),
    /// Fetch the image at this URL for a tile.
    Fetch(TileId, Arc<str>, FetchOptions),
}

/// A side effect on scripts.
#[derive(Debug, Clone, PartialEq)]
pub enum ScriptsEffect {
    /// Replace the scripts of a tile; empty scripts unload them.
    SetScripts(TileId, TileScripts),
    /// Run a script of a tile.
    Run(Box<ScriptRequest>),
}

/// A side effect on the terminal, on other programs, or on the program itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShellEffect {
    /// Open this URL outside the terminal.
    OpenUrl(String),
    /// Save this payload to a new file.
    SavePayload(PathBuf, Arc<[u8]>),
    /// Read this file, to publish it. [`ShellEvent::PayloadRead`](super::ShellEvent) has its bytes.
    ReadPayload(PayloadFile),
    /// Copy this text to the clipboard of the terminal.
    CopyToClipboard(String),
    /// Open this file in the user's editor, at the tile that is defined there.
    OpenInEditor(PathBuf, TileOrigin),
    /// Open this text in the user's editor. [`ShellEvent::TextEdited`](super::ShellEvent) has what it becomes.
    EditText(String),
    /// Start the demo and open its dashboards.
    StartDemo,
    /// Press the button of the simulated board; `true` is a long press.
    PressDemoButton(bool),
    /// Redraw the whole screen.
    Redraw,
    /// Suspend the program and return to the shell.
    Suspend,
    /// Quit the program.
    Quit,
}

/// A file that is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayloadFile {
    /// The message that it is the payload of.
    pub(crate) id: PublishId,
    /// The path; `~` at the beginning is the home folder.
    pub(crate) path: PathBuf,
    /// The largest packet that the profile allows.
    pub(crate) limit: ByteSize,
}

impl Effect {
    /// Returns whether the user waits for the result: something opens, or a file is written.
    #[must_use]
    pub(super) const fn is_request(&self) -> bool {
        match self {
            Self::Mqtt(
                MqttEffect::Publish(..)
                | MqttEffect::PublishIfConnected(..)
                | MqttEffect::SetSubscriptions(..)
                | MqttEffect::CloseConnection(_)
                | MqttEffect::Reconnect(_)
                | MqttEffect::CollectTopics(_)
                | MqttEffect::StopCollectingTopics,
            )
            | Self::Files(
                FilesEffect::CheckDashboards
                | FilesEffect::SaveGrant(_)
                | FilesEffect::RevokeGrants(_)
                | FilesEffect::RememberDashboard(..)
                | FilesEffect::LoadSentMessages(_)
                | FilesEffect::SaveSentMessage(..)
                | FilesEffect::LoadDeletion(..)
                | FilesEffect::KeepDeletion(..)
                | FilesEffect::RemoveDeletion(_)
                | FilesEffect::LoadSavedMessages
                | FilesEffect::SaveStateCache(..)
                | FilesEffect::ConvertMqttDashExport(..),
            ) => false,
            Self::Mqtt(_) | Self::Files(_) | Self::Shell(ShellEffect::StartDemo) => true,
            Self::Media(_) | Self::Scripts(_) | Self::Shell(_) => false,
        }
    }
}

impl From<MqttEffect> for Effect {
    fn from(effect: MqttEffect) -> Self {
        Self::Mqtt(effect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::decoder_rule_entry::DecoderRuleEntry;

    #[test]
    fn user_waits_for_each_edit_of_a_file() {
        let message = FilesEffect::EditSavedMessages(Box::new(MessageEdit::Delete("a".to_owned())));
        let rule = FilesEffect::EditDecoderRules(Box::new(DecoderRuleEdit::Set(DecoderRuleEntry::default())));
        assert!([message, rule].map(Effect::Files).iter().all(Effect::is_request));
        assert!(!Effect::Files(FilesEffect::LoadSavedMessages).is_request());
    }
}
