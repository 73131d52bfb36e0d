//! Three words for three directions: an [`Event`] happened, an [`Action`] is wished, a [`Effect`] is
//! owed.

use std::{path::PathBuf, sync::Arc};

use tui_input::InputRequest;

use crate::model::{
    connection::{ConnectionEvent, ConnectionId, PublishRequest, Subscription},
    dashboard::Dashboard,
    edit::Profiles,
    grid::Direction,
    media::{CacheValidator, DecodedImage},
    profile::Profile,
    script::{ScriptRequest, ScriptResponse, TileId, TileScripts},
    state_cache::StateCache,
};

use super::{
    ImportResult, OpenedDashboards,
    editing::{EditAction, EditEffect, EditResult},
};

/// Which tile of which board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TilePosition {
    /// The board's number, from 0.
    pub dashboard: usize,
    /// The tile's number, from 0.
    pub tile: usize,
}

impl TilePosition {
    /// The tile that a form shows as it would be, which is on no board.
    pub const PREVIEW: Self = Self { dashboard: usize::MAX, tile: usize::MAX };
}

/// Something that happened outside.
#[derive(Debug)]
pub enum Event {
    /// The person wishes something.
    Action(Action),
    /// A line has something to say.
    Connection(ConnectionId, ConnectionEvent),
    /// A picture was decoded, or a sentence says why not.
    PictureDecoded(TilePosition, Result<DecodedImage, String>),
    /// Something has come of a script.
    ScriptFinished(Box<ScriptResponse>),
    /// A picture was fetched from this URL; `None`: it is the same as before; or a sentence says why
    /// not.
    PictureFetched(TilePosition, Arc<str>, Result<Option<(DecodedImage, CacheValidator)>, String>),
    /// Dashboards were opened.
    DashboardsOpened(Box<OpenedDashboards>),
    /// Something has come of an export of MQTT Dash.
    ImportFinished(ImportResult),
    /// The file of a dashboard says this now, or a sentence says what is wrong with it.
    DashboardFileChanged(PathBuf, Box<Result<Dashboard, String>>),
    /// These are the profiles now; a sentence says what that means for those in use.
    ProfilesChanged(Profiles, Option<String>),
    /// A line reaches its broker in another way from now on.
    ConnectionReconfigured(ConnectionId, Box<Profile>),
    /// This is remembered of the tiles of a line.
    StateCacheLoaded(ConnectionId, StateCache),
    /// Something did not work; a sentence says what.
    OperationFailed(String),
    /// A chore was done, or could not be done.
    EditFinished(Box<EditResult>),
    /// The screen has this size now, in cells.
    Resize(u16, u16),
    /// Time has gone by.
    Tick,
}

/// A wish, whatever key or click it came from.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Select the tile that lies this way.
    MoveSelection(Direction),
    /// Press the selected tile.
    Press,
    /// Select this tile and press it.
    PressTile(usize),
    /// Step the selected tile up or down.
    Step(i32),
    /// Select this tile and step it.
    StepTile(usize, i32),
    /// Show the dashboard with this number, from 0.
    ShowTab(usize),
    /// Show the dashboard so many tabs further.
    CycleTab(isize),
    /// Show the selected tile in full.
    ShowDetail,
    /// Show the picture of the selected tile as large as it can be.
    EnlargePicture,
    /// Show every key.
    ShowHelp,
    /// Show every action by name.
    OpenCommandPalette,
    /// Close the palette and do this.
    RunFromPalette(Box<Action>),
    /// Find a tile by its name.
    FindTile,
    /// Show what the dashboard reaches for, and ask whether it may.
    ReviewPermissions,
    /// List the connections.
    ListConnections,
    /// Take tiles over from MQTT Dash.
    ImportFromMqttDash,
    /// Manage tiles, dashboards or connections.
    Edit(EditAction),
    /// Start the demo.
    StartDemo,
    /// Open the file of the dashboard in the person's editor.
    OpenInEditor,
    /// Press the button of the demo's board: long, or short.
    PressDemoButton(bool),
    /// Try the line again, now.
    Reconnect,
    /// Draw everything anew.
    Redraw,
    /// Give the terminal back for a while.
    Suspend,
    /// End.
    Quit,
    /// Leave what is open: a prompt, help, the detail view.
    Cancel,
    /// Take what is entered or selected.
    Accept,
    /// Move inside of what is open.
    MoveInDialog(Direction),
    /// Go to the next part of what is open, or with -1 to the one before.
    CycleFocus(isize),
    /// Edit the line that is open.
    EditInput(InputRequest),
    /// Paste this text into the line that is open.
    Paste(String),
    /// Mark the option with this number.
    SelectOption(usize),
    /// Mark the option with this number and take it.
    AcceptOption(usize),
    /// Set the slider that is open to this part of its span, 0 to 1.
    SetSlider(f64),
}

/// Something that the outside owes now.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Send this on a line.
    Publish(ConnectionId, PublishRequest),
    /// These subscriptions are all that a line is wanted to have.
    SetSubscriptions(ConnectionId, Vec<Subscription>),
    /// Try this line again, now.
    Reconnect(ConnectionId),
    /// Decode the picture in these bytes, for this tile.
    DecodePicture(TilePosition, Arc<[u8]>),
    /// These are the scripts of a tile from now on.
    SetScripts(TileId, TileScripts),
    /// Ask a tile's scripts.
    RunScript(Box<ScriptRequest>),
    /// Fetch the picture at this URL, for this tile, unless it is still the one with this mark.
    FetchPicture(TilePosition, Arc<str>, Option<CacheValidator>),
    /// Open this address outside of the terminal.
    OpenUrl(String),
    /// Remember that the person agrees to what stands behind this fingerprint.
    SaveTrustedFingerprint(String),
    /// Open this file in the person's editor, at the tile with this number.
    OpenInEditor(PathBuf, usize),
    /// Make a dashboard of this export of MQTT Dash, which came on a line; of a damaged one what can be
    /// had, if so wished.
    ConvertMqttDashExport(ConnectionId, Arc<[u8]>, bool),
    /// Keep this of the tiles of a line for the next run.
    SaveStateCache(ConnectionId, StateCache),
    /// Open the dashboards of the profile with this name.
    OpenProfile(String),
    /// Change files or lines.
    Edit(EditEffect),
    /// Start the demo and open its dashboard.
    StartDemo,
    /// Press the button of the demo's board: long, or short.
    PressDemoButton(bool),
    /// Draw everything anew.
    Redraw,
    /// Give the terminal back for a while.
    Suspend,
    /// End.
    Quit,
}
