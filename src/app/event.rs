//! Three words for three directions: an [`Event`] happened, an [`Action`] is wished, a [`Command`] is
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
    Imported, Opened,
    manage::{Chore, Done, Wish},
};

/// Which tile of which board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TileAt {
    /// The board's number, from 0.
    pub board: usize,
    /// The tile's number, from 0.
    pub tile: usize,
}

impl TileAt {
    /// The tile that a form shows as it would be, which is on no board.
    pub const PREVIEW: Self = Self { board: usize::MAX, tile: usize::MAX };
}

/// Something that happened outside.
#[derive(Debug)]
pub enum Event {
    /// The person wishes something.
    Action(Action),
    /// A line has something to say.
    Line(ConnectionId, ConnectionEvent),
    /// A picture was decoded, or a sentence says why not.
    Picture(TileAt, Result<DecodedImage, String>),
    /// Something has come of a script.
    Scripted(Box<ScriptResponse>),
    /// A picture was fetched from this URL; `None`: it is the same as before; or a sentence says why
    /// not.
    Fetched(TileAt, Arc<str>, Result<Option<(DecodedImage, CacheValidator)>, String>),
    /// Dashboards were opened.
    Opened(Box<Opened>),
    /// Something has come of an export of MQTT Dash.
    Imported(Imported),
    /// The file of a dashboard says this now, or a sentence says what is wrong with it.
    Reloaded(PathBuf, Box<Result<Dashboard, String>>),
    /// These are the profiles now; a sentence says what that means for those in use.
    Profiles(Profiles, Option<String>),
    /// A line reaches its broker in another way from now on.
    Renewed(ConnectionId, Box<Profile>),
    /// This is remembered of the tiles of a line.
    Remembered(ConnectionId, StateCache),
    /// Something did not work; a sentence says what.
    Failed(String),
    /// A chore was done, or could not be done.
    Done(Box<Done>),
    /// The screen has this size now, in cells.
    Resize(u16, u16),
    /// Time has gone by.
    Tick,
}

/// A wish, whatever key or click it came from.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Select the tile that lies this way.
    Go(Direction),
    /// Press the selected tile.
    Press,
    /// Select this tile and press it.
    PressTile(usize),
    /// Step the selected tile up or down.
    Step(i32),
    /// Select this tile and step it.
    StepTile(usize, i32),
    /// Show the dashboard with this number, from 0.
    Tab(usize),
    /// Show the dashboard so many tabs further.
    NextTab(isize),
    /// Show the selected tile in full.
    Detail,
    /// Show the picture of the selected tile as large as it can be.
    Enlarge,
    /// Show every key.
    Help,
    /// Show every action by name.
    Palette,
    /// Close the palette and do this.
    Do(Box<Action>),
    /// Find a tile by its name.
    Find,
    /// Show what the dashboard reaches for, and ask whether it may.
    Trust,
    /// List the connections.
    Connections,
    /// Take tiles over from MQTT Dash.
    Import,
    /// Manage tiles, dashboards or connections.
    Manage(Wish),
    /// Start the demo.
    Demo,
    /// Open the file of the dashboard in the person's editor.
    OpenFile,
    /// Press the button of the demo's board: long, or short.
    Button(bool),
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
    Move(Direction),
    /// Go to the next part of what is open, or with -1 to the one before.
    NextPart(isize),
    /// Edit the line that is open.
    Type(InputRequest),
    /// Paste this text into the line that is open.
    Paste(String),
    /// Mark the option with this number.
    Choose(usize),
    /// Mark the option with this number and take it.
    Take(usize),
    /// Set the slider that is open to this part of its span, 0 to 1.
    Slide(f64),
}

/// Something that the outside owes now.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Send this on a line.
    Publish(ConnectionId, PublishRequest),
    /// These subscriptions are all that a line is wanted to have.
    Want(ConnectionId, Vec<Subscription>),
    /// Try this line again, now.
    Reconnect(ConnectionId),
    /// Decode the picture in these bytes, for this tile.
    Decode(TileAt, Arc<[u8]>),
    /// These are the scripts of a tile from now on.
    Scripts(TileId, TileScripts),
    /// Ask a tile's scripts.
    Ask(Box<ScriptRequest>),
    /// Fetch the picture at this URL, for this tile, unless it is still the one with this mark.
    Fetch(TileAt, Arc<str>, Option<CacheValidator>),
    /// Open this address outside of the terminal.
    Browse(String),
    /// Remember that the person agrees to what stands behind this fingerprint.
    Agree(String),
    /// Open this file in the person's editor, at the tile with this number.
    OpenFile(PathBuf, usize),
    /// Make a dashboard of this export of MQTT Dash, which came on a line; of a damaged one what can be
    /// had, if so wished.
    Import(ConnectionId, Arc<[u8]>, bool),
    /// Keep this of the tiles of a line for the next run.
    Keep(ConnectionId, StateCache),
    /// Open the dashboards of the profile with this name.
    Open(String),
    /// Change files or lines.
    Manage(Chore),
    /// Start the demo and open its dashboard.
    Demo,
    /// Press the button of the demo's board: long, or short.
    Button(bool),
    /// Draw everything anew.
    Redraw,
    /// Give the terminal back for a while.
    Suspend,
    /// End.
    Quit,
}
