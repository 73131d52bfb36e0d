//! The state of the program and its update function: [`App::update`] takes an [`Event`], changes the
//! state, and returns [`Effect`]s.
//!
//! The module reads no clock and does no I/O: the same events at the same times produce the same
//! effects.

mod action;
pub(crate) mod activity;
mod after_press;
mod automatic_messages;
mod availability;
mod clipboard;
pub(crate) mod color_picker;
mod connection;
mod connection_events;
mod connection_test;
pub(crate) mod control_bindings;
mod dashboard_change;
mod dashboard_layout;
mod decoding;
mod definition_change;
mod devices;
mod edit_summary;
pub(crate) mod editing;
mod effect;
mod event;
pub(crate) mod explorer;
mod explorer_tiles;
mod exploring;
mod file_error;
pub(crate) mod form;
mod held_press;
mod hidden_input;
mod images;
mod input_edit;
pub(crate) mod json_rows;
pub(crate) mod key_binding;
mod key_repetition;
pub(crate) mod list;
mod lookup;
mod memory_limit;
mod notices;
mod open_dashboard;
mod opening;
pub(crate) mod palette_entry;
mod panels;
pub(crate) mod payload_cursor;
pub(crate) mod payload_format;
mod payload_part;
mod permissions;
mod pointer;
mod press;
pub(crate) mod press_mark;
mod press_notice;
mod press_protection;
mod publish;
mod reload;
mod resolve;
mod retained;
mod saved_messages;
pub(crate) mod screens;
mod script_registry;
mod scripts;
pub(crate) mod sections;
mod sent_messages;
pub(crate) mod shown_json;
mod state_cache;
mod states_by_topic;
mod steering;
mod subscriptions;
mod tabs;
mod template_topics;
mod templates;
pub(crate) mod text_prompt;
mod tile_matching;
mod tile_position;
mod tile_selection;
mod timers;
mod topic_cache;
mod topic_tile;
mod unsaved_input;
mod update;

use std::{collections::BTreeMap, path::PathBuf};

use crate::model::{
    decoder_rules::DecoderRules,
    id::{DashboardId, IdSequence},
    open_tabs::SavedTab,
    permission::Grants,
    remembered::RememberedDashboards,
    settings::ExplorerLimits,
    tile::Tile,
    tile_state::TileState,
    time::Time,
};

pub(crate) use action::EditAction;
pub use action::{Action, ExploreAction};
pub use activity::ActivitySubject;
pub use color_picker::{COLOR_PALETTE, COLOR_PALETTE_COLUMNS, ColorPicker, ColorPickerPart};
pub(crate) use connection::Connection;
pub(crate) use connection_test::ConnectionTest;
pub(crate) use dashboard_change::{DashboardChange, EditConflict};
pub use dashboard_change::{UndoDirection, UndoneEdit};
pub(crate) use dashboard_layout::{
    CLOCK_WIDTH, FOOTER_ROWS, HEADER_ROWS, MIN_SCREEN_SIZE, NARROW_HEADER, OUTAGE_ROWS, is_too_small,
};
pub use edit_summary::EditSummary;
pub(crate) use editing::EditorState;
pub use effect::{Effect, FilesEffect, MediaEffect, MqttEffect, PayloadFile, ScriptsEffect, ShellEffect};
pub use event::{Event, FilesEvent, MediaEvent, MqttEvent, ShellEvent};
pub use file_error::FileError;
pub(crate) use hidden_input::HiddenInput;
pub use list::{ScrollExtent, move_in_list};
pub(crate) use notices::Notice;
pub use open_dashboard::DashboardFile;
pub(crate) use open_dashboard::OpenDashboard;
pub use opening::OpenedDashboards;
pub use screens::{
    Screen, all_bindings,
    import::{ImportDialog, ImportResult, ImportStage},
    password_prompt::{SecretPrompt, SecretPurpose},
    prompt::{Prompt, PromptInput, Slider},
};
pub(crate) use timers::blink_is_visible;

/// A connection that can be opened, as the list of connections shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConnectionEntry {
    /// The profile's name.
    pub name: String,
    /// The broker's address.
    pub address: String,
}

/// How the program was started, and what is available in it.
#[derive(Debug, Default)]
pub struct Environment {
    /// The folder of dashboards and profiles, as the welcome screen names it.
    pub(crate) config_dir: String,
    /// Whether the program runs in kiosk mode: dashboards have no header and cannot be edited.
    pub kiosk: bool,
    /// Whether this build contains the demo.
    pub(crate) demo_available: bool,
    /// Whether the demo is running.
    pub(crate) demo_running: bool,
}

/// What the next frame needs, besides what it shows of the dashboards.
#[derive(Debug, Default)]
struct Display {
    notices: notices::Notices,
    /// Whether something visible has changed since the last frame.
    dirty: bool,
    /// When something visible changes without an event.
    redraw_at: Option<Time>,
}

/// The state of the program: everything that the screen shows.
#[derive(Debug, Default)]
pub struct App {
    /// The open dashboards, one per tab.
    pub dashboards: Vec<OpenDashboard>,
    /// The dashboard on the screen; `None` if no dashboard is open.
    current: Option<DashboardId>,
    /// The files of the dashboards whose tabs the user has closed, in this run and before.
    closed_tabs: Vec<PathBuf>,
    /// The tabs of the last run that could not be opened, with their indexes.
    skipped_tabs: Vec<(usize, SavedTab)>,
    /// The connections in use.
    pub(crate) connections: Vec<Connection>,
    /// The screen or dialog that has the keyboard focus.
    pub focus: Screen,
    /// The screen from which the one was opened that has the focus, if it is shown again after that.
    left_screen: Option<Screen>,
    /// The topics of a broker, while they are shown.
    pub(crate) explorer: Option<Box<explorer::Explorer>>,
    /// How much an explorer remembers that is opened from now on.
    pub(crate) explorer_limits: ExplorerLimits,
    /// What the user has agreed to.
    pub grants: Grants,
    /// What is remembered of dashboards from earlier runs.
    pub(crate) remembered: RememberedDashboards,
    /// What variables stand for in this run, whatever is remembered.
    pub(crate) variable_choices: BTreeMap<String, String>,
    /// How the payloads of topics are decoded.
    pub decoder_rules: DecoderRules,
    device_timers: devices::DeviceTimers,
    /// How the program was started, and what is available in it.
    pub environment: Environment,
    /// The state of the dialogs that manage tiles, dashboards and connections.
    pub(crate) editor_state: EditorState,
    /// Whether only one frame is printed, before which nothing happens.
    pub(crate) single_frame: bool,
    /// The size of the screen in cells.
    pub size: (u16, u16),
    /// What just happened.
    pub(crate) activity: activity::ActivityLog,
    display: Display,
    ids: IdSequence,
    memory_limit: memory_limit::MemoryLimit,
    pressing: press::Pressing,
    retained: Box<retained::RetainedEdits>,
    publishing: publish::Publishing,
    script_registry: script_registry::ScriptRegistry,
    /// What the user has published to topics beside the tiles.
    pub(crate) sent_messages: Box<sent_messages::SentMessages>,
    steering: steering::SteeringState,
}

impl App {
    /// Creates an app on a screen of this size in cells, with nothing open.
    #[must_use]
    pub fn new(size: (u16, u16)) -> Self {
        let mut app = Self { size, ..Self::default() };
        app.display.dirty = true;
        app.editor_state.awaits_result = true;
        app
    }

    /// Returns the dashboard on the screen.
    #[must_use]
    pub fn current_dashboard(&self) -> Option<&OpenDashboard> {
        self.dashboard(self.current?)
    }

    /// Returns the index of the dashboard on the screen; 0 if no dashboard is open.
    #[must_use]
    pub(crate) fn current_tab(&self) -> usize {
        self.current.and_then(|id| self.index_of_dashboard(id)).unwrap_or_default()
    }

    /// Puts the dashboard with this index on the screen, if there is one.
    pub(crate) fn set_current_tab(&mut self, index: usize) {
        if let Some(dashboard) = self.dashboards.get(index) {
            self.current = Some(dashboard.id);
        }
    }

    /// Returns the connection of the dashboard on the screen.
    #[must_use]
    pub(crate) fn current_connection(&self) -> Option<&Connection> {
        self.current_dashboard().and_then(|dashboard| self.connection(dashboard.connection))
    }

    /// Returns whether the connection of the dashboard on the screen is up.
    #[must_use]
    pub(crate) fn is_connected(&self) -> bool {
        self.current_connection().is_some_and(Connection::is_connected)
    }

    /// Returns the selected tile and its state.
    #[must_use]
    pub fn selected_tile(&self) -> Option<(&Tile, &TileState)> {
        self.current_dashboard().and_then(|dashboard| dashboard.tile(dashboard.selected))
    }

    /// Returns whether the screen must stay on: a connection with `keep_awake` is connected.
    #[must_use]
    pub(crate) fn inhibits_sleep(&self) -> bool {
        self.connections.iter().any(|connection| connection.keep_awake && connection.is_connected())
    }

    /// Returns whether something visible has changed since the last call, and resets the flag.
    pub fn take_dirty(&mut self) -> bool {
        std::mem::take(&mut self.display.dirty)
    }

    /// Returns whether the result of a request may take the focus: the user waits for it and is not in a
    /// dialog.
    fn result_may_take_focus(&self) -> bool {
        self.editor_state.awaits_result
            && matches!(self.focus, Screen::Dashboard(_) | Screen::Connections(_) | Screen::Import(_))
    }
}

#[cfg(test)]
mod age_tests;
#[cfg(test)]
mod identity_tests;
#[cfg(test)]
mod kept_message_tests;
#[cfg(test)]
mod payload_tests;
#[cfg(test)]
mod permission_tests;
#[cfg(test)]
mod press_tests;
#[cfg(test)]
mod reload_tests;
#[cfg(test)]
mod tests;
