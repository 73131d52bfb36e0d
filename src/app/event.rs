//! The three message types of the core: an [`Event`] is something that happened, an [`Action`] is a
//! user intent, and an [`Effect`] is a side effect to execute.

use std::{path::PathBuf, sync::Arc};

use tui_input::InputRequest;

use crate::model::{
    connection::{ConnectionEvent, ConnectionId, PublishRequest, Subscription},
    dashboard::Dashboard,
    edit::Profiles,
    grid::Direction,
    id::TileId,
    media::{CacheValidator, DecodedImage},
    profile::Profile,
    script::{ScriptRequest, ScriptResponse, TileScripts},
    state_cache::StateCache,
};

use super::{
    ImportResult, OpenedDashboards,
    editing::{EditAction, EditEffect, EditResult},
};

/// Something that happened: a user action, a message, a finished effect.
#[derive(Debug)]
pub enum Event {
    /// The user requested an action.
    Action(Action),
    /// A connection reported something.
    Connection(ConnectionId, ConnectionEvent),
    /// An image was decoded, or could not be decoded for this reason.
    ImageDecoded(TileId, Result<DecodedImage, String>),
    /// A script finished.
    ScriptFinished(Box<ScriptResponse>),
    /// An image was fetched from this URL, or could not be fetched for this reason. `None` means that
    /// the image has not changed.
    ImageFetched(TileId, Arc<str>, Result<Option<(DecodedImage, CacheValidator)>, String>),
    /// Dashboards were opened.
    DashboardsOpened(Box<OpenedDashboards>),
    /// The conversion of an export from the Android app MQTT Dash finished.
    ImportFinished(ImportResult),
    /// The file of a dashboard changed: its new definition, or an error message.
    DashboardFileChanged(PathBuf, Box<Result<Dashboard, String>>),
    /// The profiles changed: the new ones, and a notice about those in use.
    ProfilesChanged(Profiles, Option<String>),
    /// The profile of a connection changed, and the connection was restarted with it.
    ConnectionReconfigured(ConnectionId, Box<Profile>),
    /// The saved tile state of a connection was loaded.
    StateCacheLoaded(ConnectionId, StateCache),
    /// A sentence for the footer: an effect failed, or there is something to know once.
    Notice(String),
    /// An [`EditEffect`] finished or failed.
    EditFinished(Box<EditResult>),
    /// The screen has a new width and height, in cells.
    Resize(u16, u16),
    /// The time that [`App::next_wakeup`](super::App::next_wakeup) returned has come.
    Tick,
}

/// A user intent, whatever key or click it came from.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Select the next tile in this direction.
    MoveSelection(Direction),
    /// Press the selected tile.
    Press,
    /// Select this tile and press it.
    PressTile(usize),
    /// Step the selected tile up or, with a negative number, down.
    Step(i32),
    /// Select this tile and step it.
    StepTile(usize, i32),
    /// Show the dashboard on the tab with this index.
    ShowTab(usize),
    /// Move this number of tabs forward or, if negative, backward, with wraparound.
    CycleTab(isize),
    /// Show the detail view of the selected tile.
    ShowDetail,
    /// Enlarge the image of the selected tile to the screen.
    EnlargeImage,
    /// Show the list of key bindings.
    ShowHelp,
    /// Open the command palette.
    OpenCommandPalette,
    /// Close the command palette and run this action.
    RunFromPalette(Box<Action>),
    /// Open the tile search.
    FindTile,
    /// Show the permissions that the dashboard asks for, and offer to grant them.
    ReviewPermissions,
    /// List the connections.
    ListConnections,
    /// Import tiles from the Android app MQTT Dash.
    ImportFromMqttDash,
    /// Manage tiles, dashboards or connections.
    Edit(EditAction),
    /// Start the demo.
    StartDemo,
    /// Open the file of the dashboard in the user's editor.
    OpenInEditor,
    /// Press the button of the simulated board; `true` is a long press.
    PressDemoButton(bool),
    /// Reconnect now.
    Reconnect,
    /// Redraw the whole screen.
    Redraw,
    /// Suspend the program and return to the shell.
    Suspend,
    /// Quit the program.
    Quit,
    /// Close the open prompt, dialog or view.
    Cancel,
    /// Accept the input or the selection.
    Accept,
    /// Move in the open dialog in this direction.
    MoveInDialog(Direction),
    /// Move the focus to the next part of the dialog or, with -1, to the previous one.
    CycleFocus(isize),
    /// Edit the focused input.
    EditInput(InputRequest),
    /// Paste this text into the focused input.
    Paste(String),
    /// Select the option with this index.
    SelectOption(usize),
    /// Select the option with this index and accept it.
    AcceptOption(usize),
    /// Set the slider to this fraction of its range, 0 to 1.
    SetSlider(f64),
}

/// A side effect that the core asks the runtime to execute.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Publish this on a connection.
    Publish(ConnectionId, PublishRequest),
    /// Replace all subscriptions of a connection by these.
    SetSubscriptions(ConnectionId, Vec<Subscription>),
    /// Reconnect this connection now.
    Reconnect(ConnectionId),
    /// Decode the image in these bytes for a tile.
    DecodeImage(TileId, Arc<[u8]>),
    /// Replace the scripts of a tile; empty scripts unload them.
    SetScripts(TileId, TileScripts),
    /// Run a script of a tile.
    RunScript(Box<ScriptRequest>),
    /// Fetch the image at this URL for a tile, unless the validator shows that it has not changed.
    FetchImage(TileId, Arc<str>, Option<CacheValidator>),
    /// Open this URL outside the terminal.
    OpenUrl(String),
    /// Save that the user has granted the permissions with this fingerprint.
    SaveGrantedFingerprint(String),
    /// Open this file in the user's editor, at the tile with this index.
    OpenInEditor(PathBuf, usize),
    /// Convert this export of the Android app MQTT Dash, received on a connection, to a dashboard. If
    /// the flag is set, skip the tiles of a damaged export that cannot be read.
    ConvertMqttDashExport(ConnectionId, Arc<[u8]>, bool),
    /// Save this tile state of a connection for the next run.
    SaveStateCache(ConnectionId, StateCache),
    /// Open the dashboards of the profile with this name.
    OpenProfile(String),
    /// Change configuration files or connections.
    Edit(EditEffect),
    /// Start the demo and open its dashboard.
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

impl Effect {
    /// Returns whether the user waits for the result: something opens, or a file is written.
    #[must_use]
    pub(super) const fn is_request(&self) -> bool {
        matches!(self, Self::OpenProfile(_) | Self::Edit(_) | Self::StartDemo)
    }
}
