//! What the event loop receives, except from the terminal and from signals. Everything comes through one bounded
//! channel, in which senders wait in line, so that no source delays another one for long.

use std::path::PathBuf;

use tokio::sync::mpsc::{self, Receiver, Sender};

use super::{ConnectionPlan, config_watch::FileProblems};
use crate::{
    app::{Event, MqttEvent},
    config::Profiles,
    model::{
        connection::{ConnectionEvent, ConnectionId},
        settings::Settings,
        state_cache::StateCache,
    },
};

/// How many events may wait for the loop. A connection event carries up to a few hundred messages.
const CAPACITY: usize = 32;

/// The sending half of the channel.
pub(super) type EventSender = Sender<RuntimeEvent>;

/// Something that happened outside of the event loop.
pub(crate) enum RuntimeEvent {
    /// An event that the app handles.
    App(Event),
    /// A connection with its dashboards is ready to be opened; the saved state of its tiles.
    ConnectionPlanned(Box<(ConnectionPlan, StateCache)>),
    /// A connection that is already open reconnects with this plan.
    ReconnectPlanned(ConnectionId, Box<ConnectionPlan>),
    /// `profiles.toml` was saved.
    ProfilesReloaded(Result<Profiles, FileProblems>),
    /// `settings.toml` was saved.
    SettingsReloaded(Box<Result<Settings, FileProblems>>),
    /// This file is to be opened in the user's editor, at this line.
    TileFound(PathBuf, usize),
    /// The demo has started; the connection to its broker.
    #[cfg(feature = "demo")]
    DemoStarted(Box<(crate::demo::Demo, ConnectionPlan)>),
}

impl From<Event> for RuntimeEvent {
    fn from(event: Event) -> Self {
        Self::App(event)
    }
}

impl From<(ConnectionId, ConnectionEvent)> for RuntimeEvent {
    fn from((connection, event): (ConnectionId, ConnectionEvent)) -> Self {
        Self::App(Event::Mqtt(MqttEvent::Connection(connection, event)))
    }
}

/// Creates the channel.
pub(super) fn channel() -> (EventSender, Receiver<RuntimeEvent>) {
    mpsc::channel(CAPACITY)
}
