//! What happens next: events go in, commands come out, and in between [`App`] knows all that the
//! screen shows. It asks no clock and touches nothing outside: the same events at the same times
//! give the same commands.

mod command_palette;
mod connection;
mod connection_events;
mod dialog_input;
pub mod editing;
mod event;
pub mod form;
mod import;
mod open_dashboard;
mod opening;
mod pictures;
mod prompt;
mod publish;
mod reload;
mod resolve;
mod scripts;
mod state_cache;
mod tile_search;
mod timers;
mod topic_cache;
mod trust;

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use crate::model::{
    connection::{ConnectionId, PublishId},
    grid::Direction,
    tile::Tile,
    tile_state::TileState,
    time::Time,
    topic::TopicFilter,
};

pub use command_palette::CommandPalette;
pub use connection::Connection;
pub use editing::{EditAction, EditorState, ManageDialog};
pub use event::{Action, Effect, Event, TilePosition};
pub use import::{ImportDialog, ImportResult, ImportStage};
pub use open_dashboard::{FOOTER_ROWS, HEADER_ROWS, OpenDashboard};
pub use opening::{DashboardFile, OpenedDashboards};
pub use prompt::{
    COLOR_PALETTE, COLOR_PALETTE_COLUMNS, ColorPicker, ColorPickerPart, Prompt, PromptInput, Slider, move_in_list,
};
pub use tile_search::TileSearch;
pub use timers::blink_is_visible;
pub use topic_cache::TopicCache;

/// How long a notice takes the place of the hints at least.
const NOTICE_MIN_DURATION: Duration = Duration::from_secs(5);
/// How many bytes of a longer one are read in a second.
const NOTICE_BYTES_PER_SECOND: u64 = 25;

/// What the keys go to.
#[derive(Debug, Clone, Default)]
pub enum Focus {
    /// The dashboard, or the welcome where there is none.
    #[default]
    Dashboard,
    /// A tile's question.
    Prompt(Prompt),
    /// The selected tile in full; how many lines are scrolled away.
    Detail(usize),
    /// The picture of the selected tile, as large as it can be.
    EnlargedPicture,
    /// Whether to open this address outside of the terminal.
    ConfirmOpenUrl(String),
    /// Every key; how many lines are scrolled away.
    Help(usize),
    /// Finding a tile.
    TileSearch(TileSearch),
    /// What the dashboard reaches for, to be agreed to; how many lines are scrolled away.
    Permissions(usize),
    /// Every action by name.
    CommandPalette(CommandPalette),
    /// Taking tiles over from MQTT Dash.
    Import(Box<ImportDialog>),
    /// The connections; which one is marked.
    Connections(usize),
    /// Tiles, dashboards or connections are managed.
    Manage(Box<ManageDialog>),
}

/// A connection that could be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionEntry {
    /// The profile's name.
    pub name: String,
    /// The broker's address.
    pub address: String,
}

/// A sentence that takes the place of the hints for a while.
#[derive(Debug, Clone)]
pub struct Notice {
    /// The sentence.
    pub text: String,
    expires_at: Time,
}

/// All that the screen shows.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each of them says something of its own")]
pub struct App {
    /// The dashboards that are open, a tab each.
    pub dashboards: Vec<OpenDashboard>,
    /// The one that is shown.
    pub current_tab: usize,
    /// The lines in use.
    pub connections: Vec<Connection>,
    /// What the keys go to.
    pub focus: Focus,
    /// The connections that could be opened.
    pub connection_entries: Vec<ConnectionEntry>,
    /// Where dashboards and profiles are looked for, as the welcome names it.
    pub config_dir: String,
    /// Whether the demo can be started.
    pub demo_available: bool,
    /// Whether the demo runs.
    pub demo_running: bool,
    /// The fingerprints of what the person has agreed to.
    pub trusted_fingerprints: HashSet<String>,
    /// Whether this is a screen on a wall: no first line, nothing to edit.
    pub kiosk: bool,
    /// What is known for managing tiles, dashboards and connections.
    pub editor_state: EditorState,
    /// The size of the screen in cells.
    pub size: (u16, u16),
    notice: Option<Notice>,
    dirty: bool,
    redraw_at: Option<Time>,
    run_scripts_at: Option<Time>,
    pending_publishes: HashMap<PublishId, TilePosition>,
    last_publish_id: PublishId,
    publish_throttle: publish::PublishThrottle,
    script_registry: scripts::ScriptRegistry,
    import_subscription: Option<(ConnectionId, TopicFilter)>,
}

impl App {
    /// An app on a screen of this size, with nothing open.
    #[must_use]
    pub fn new(size: (u16, u16)) -> Self {
        Self { size, dirty: true, ..Self::default() }
    }

    /// The dashboard that is shown.
    #[must_use]
    pub fn current_dashboard(&self) -> Option<&OpenDashboard> {
        self.dashboards.get(self.current_tab)
    }

    /// The line of the dashboard that is shown.
    #[must_use]
    pub fn current_connection(&self) -> Option<&Connection> {
        self.current_dashboard().and_then(|dashboard| self.connections.get(dashboard.connection.0))
    }

    /// The selected tile and what is known of it.
    #[must_use]
    pub fn selected_tile(&self) -> Option<(&Tile, &TileState)> {
        self.current_dashboard().and_then(|dashboard| dashboard.tile(dashboard.selected))
    }

    /// A sentence that takes the place of the hints.
    #[must_use]
    pub fn notice(&self) -> Option<&Notice> {
        self.notice.as_ref()
    }

    /// Whether the screen is to stay on: a line that wishes so is up.
    #[must_use]
    pub fn inhibits_sleep(&self) -> bool {
        self.connections.iter().any(|connection| connection.keep_awake && connection.is_connected())
    }

    /// Whether something visible has changed since this was last asked.
    pub fn take_dirty(&mut self) -> bool {
        std::mem::take(&mut self.dirty)
    }

    /// Whether a line without a session has an order that still may be sent.
    #[must_use]
    pub fn pending_publish_count(&self) -> usize {
        self.pending_publishes.len()
    }

    /// Says a sentence where the hints are, for a few seconds.
    pub fn notify(&mut self, text: impl Into<String>, now: Time) {
        let text = text.into();
        let reading_time = Duration::from_secs(u64::try_from(text.len()).unwrap_or_default() / NOTICE_BYTES_PER_SECOND);
        self.notice = Some(Notice { text, expires_at: now.saturating_add(NOTICE_MIN_DURATION.max(reading_time)) });
        self.dirty = true;
    }

    /// Takes an event; gives what the outside owes now.
    pub fn update(&mut self, event: Event, now: Time) -> Vec<Effect> {
        self.editor_state.now = now;
        let mut effects = self.handle_event(event, now);
        self.update_import_subscription(&mut effects);
        effects
    }

    fn handle_event(&mut self, event: Event, now: Time) -> Vec<Effect> {
        match event {
            Event::Action(action) => {
                self.dirty = true;
                self.notice = None;
                self.handle_action(action, now)
            }
            Event::Connection(connection, connection_event) => {
                self.on_connection_event(connection, connection_event, now)
            }
            Event::PictureDecoded(position, picture) => {
                self.on_picture_decoded(position, picture);
                Vec::new()
            }
            Event::ScriptFinished(response) => self.on_script_response(*response, now),
            Event::PictureFetched(position, url, result) => {
                self.on_picture_fetched(position, &url, result);
                Vec::new()
            }
            Event::StateCacheLoaded(connection, cache) => {
                self.on_state_cache_loaded(connection, cache, now);
                Vec::new()
            }
            Event::DashboardsOpened(opened) => self.open_dashboards(*opened, now),
            Event::ImportFinished(result) => self.on_import_result(result, now),
            Event::DashboardFileChanged(path, result) => self.on_dashboard_file_changed(&path, &result, now),
            Event::ProfilesChanged(profiles, notice) => {
                self.set_profiles(profiles);
                if let Some(notice) = notice {
                    self.notify(notice, now);
                }
                Vec::new()
            }
            Event::ConnectionReconfigured(connection, profile) => {
                self.on_connection_reconfigured(connection, &profile, now)
            }
            Event::EditFinished(result) => self.handle_edit_result(*result, now),
            Event::OperationFailed(error) => {
                self.notify(error, now);
                Vec::new()
            }
            Event::Resize(width, height) => {
                self.size = (width, height);
                self.dirty = true;
                for dashboard in &mut self.dashboards {
                    dashboard.select_tile(dashboard.selected, (width, height));
                }
                Vec::new()
            }
            Event::Tick => self.on_tick(now),
        }
    }

    fn handle_action(&mut self, action: Action, now: Time) -> Vec<Effect> {
        if let Some(reason) = self.refusal_reason(&action) {
            self.notify(reason, now);
            return Vec::new();
        }
        match action {
            Action::RunFromPalette(action) => {
                self.focus = Focus::Dashboard;
                return self.handle_action(*action, now);
            }
            Action::Quit => return vec![Effect::Quit],
            Action::Suspend => return vec![Effect::Suspend],
            Action::Redraw => return vec![Effect::Redraw],
            Action::StartDemo => return vec![Effect::StartDemo],
            Action::OpenInEditor => return self.open_in_editor(now),
            Action::PressDemoButton(long_press) if self.demo_running => {
                return vec![Effect::PressDemoButton(long_press)];
            }
            Action::PressDemoButton(_) => self.notify("There is no simulated board: mqtt-dash demo brings one", now),
            Action::Edit(action) => return self.handle_edit_action(action, now),
            Action::Reconnect => {
                return self
                    .current_dashboard()
                    .map(|dashboard| Effect::Reconnect(dashboard.connection))
                    .into_iter()
                    .collect();
            }
            Action::Press => return self.press_selected(now),
            Action::PressTile(index) => {
                self.select_tile(index);
                return self.press_selected(now);
            }
            Action::Step(steps) => return self.step_selected(steps, now),
            Action::StepTile(index, steps) => {
                self.select_tile(index);
                return self.step_selected(steps, now);
            }
            Action::Accept => return self.accept(now),
            Action::MoveSelection(direction) => self.move_selection(direction),
            Action::ShowTab(index) => self.show_tab(index),
            Action::CycleTab(offset) => {
                let count = self.dashboards.len().max(1);
                let count_signed = isize::try_from(count).unwrap_or(1);
                self.show_tab((self.current_tab + count).saturating_add_signed(offset % count_signed) % count);
            }
            Action::ShowDetail if self.selected_tile().is_some() => self.focus = Focus::Detail(0),
            Action::FindTile if self.current_dashboard().is_some() => {
                self.focus = Focus::TileSearch(TileSearch::default())
            }
            Action::EnlargePicture if self.selected_tile().is_some() => self.focus = Focus::EnlargedPicture,
            Action::ShowDetail | Action::FindTile | Action::EnlargePicture => {}
            Action::ShowHelp => self.focus = Focus::Help(0),
            Action::ReviewPermissions if self.current_dashboard().is_some_and(|dashboard| !dashboard.trusted) => {
                self.focus = Focus::Permissions(0)
            }
            Action::ReviewPermissions => self.notify("This dashboard may do all that it has", now),
            Action::ImportFromMqttDash => self.open_import_dialog(now),
            Action::OpenCommandPalette => self.focus = Focus::CommandPalette(CommandPalette::default()),
            Action::ListConnections => self.open_connection_list(None),
            Action::Cancel => {
                if let Focus::Manage(dialog) = std::mem::take(&mut self.focus) {
                    return self.cancel_manage_dialog(*dialog, now);
                }
            }
            Action::MoveInDialog(direction) if matches!(self.focus, Focus::Manage(_)) => {
                return self.navigate_manage_dialog(direction);
            }
            Action::MoveInDialog(direction) => self.move_in_dialog(direction),
            Action::CycleFocus(offset) => {
                if let Focus::Prompt(prompt) = &mut self.focus {
                    prompt.cycle_focus(offset);
                }
                self.move_manage_dialog_focus(offset);
            }
            Action::EditInput(request) => self.edit_input(request),
            Action::Paste(text) => self.paste_text(&text),
            Action::SelectOption(index) => self.select_option(index),
            Action::AcceptOption(index) => {
                self.select_option(index);
                return self.accept(now);
            }
            Action::SetSlider(ratio) => {
                if let Focus::Prompt(prompt) = &mut self.focus {
                    prompt.set_slider(ratio);
                }
            }
        }
        Vec::new()
    }

    fn show_tab(&mut self, index: usize) {
        if index < self.dashboards.len() {
            self.current_tab = index;
            self.focus = Focus::Dashboard;
        }
    }

    fn move_selection(&mut self, direction: Direction) {
        let size = self.size;
        if let Some(dashboard) = self.dashboards.get_mut(self.current_tab) {
            dashboard.move_selection(direction, size);
        }
    }

    fn select_tile(&mut self, index: usize) {
        let size = self.size;
        if let Some(dashboard) = self.dashboards.get_mut(self.current_tab) {
            dashboard.select_tile(index, size);
        }
    }
}

#[cfg(test)]
mod reload_tests;
#[cfg(test)]
mod tests;
