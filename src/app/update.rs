//! The update function: an [`Event`] in, a changed state and [`Effect`]s out.

use super::{Action, App, CommandPalette, Effect, Event, Focus, TileSearch};
use crate::model::time::Time;

impl App {
    /// Handles an event and returns the effects to execute.
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
                let focus_before = std::mem::discriminant(&self.focus);
                let effects = self.handle_action(action, now);
                if std::mem::discriminant(&self.focus) != focus_before {
                    self.max_scroll = None;
                }
                self.awaits_result = effects.iter().any(Effect::is_request);
                self.show_pending_conflict();
                effects
            }
            Event::Connection(connection, connection_event) => {
                self.on_connection_event(connection, connection_event, now)
            }
            Event::ImageDecoded(tile, image) => {
                self.on_image_decoded(tile, image);
                Vec::new()
            }
            Event::ScriptFinished(response) => self.on_script_response(*response, now),
            Event::ImageFetched(tile, url, result) => {
                self.on_image_fetched(tile, &url, result);
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
            Event::Notice(error) => {
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
                self.handle_action(*action, now)
            }
            Action::Quit => vec![Effect::Quit],
            Action::Suspend => vec![Effect::Suspend],
            Action::Redraw => vec![Effect::Redraw],
            Action::StartDemo => vec![Effect::StartDemo],
            Action::OpenInEditor => self.open_in_editor(now),
            Action::PressDemoButton(long_press) if self.demo_running => vec![Effect::PressDemoButton(long_press)],
            Action::Reconnect => {
                self.current_dashboard().map(|dashboard| Effect::Reconnect(dashboard.connection)).into_iter().collect()
            }
            Action::Edit(action) => self.handle_edit_action(action, now),
            Action::Press => self.press_selected(now),
            Action::PressTile(index) => {
                self.select_tile(index);
                self.press_selected(now)
            }
            Action::Step(steps) => self.step_selected(steps, now),
            Action::StepTile(index, steps) => {
                self.select_tile(index);
                self.step_selected(steps, now)
            }
            action => self.handle_view_action(action, now),
        }
    }

    /// Handles the actions that only change what is shown.
    fn handle_view_action(&mut self, action: Action, now: Time) -> Vec<Effect> {
        match action {
            Action::PressDemoButton(_) => self.notify("No simulated board is running: run `mqtt-dash demo`", now),
            Action::MoveSelection(direction) => self.move_selection(direction),
            Action::ShowTab(index) => self.show_tab(index),
            Action::CycleTab(offset) => {
                let count = self.dashboards.len().max(1);
                let count_signed = isize::try_from(count).unwrap_or(1);
                self.show_tab((self.current_tab + count).saturating_add_signed(offset % count_signed) % count);
            }
            Action::ShowDetail if self.selected_tile().is_some() => self.focus = Focus::Detail(0),
            Action::FindTile if self.current_dashboard().is_some() => {
                self.focus = Focus::TileSearch(TileSearch::default());
            }
            Action::EnlargeImage if self.selected_tile().is_some() => self.focus = Focus::EnlargedImage,
            Action::ShowDetail | Action::FindTile | Action::EnlargeImage => {}
            Action::ShowHelp => self.focus = Focus::Help(0),
            Action::ReviewPermissions
                if self.current_dashboard().is_some_and(|dashboard| !dashboard.permissions_granted) =>
            {
                self.focus = Focus::Permissions(0);
            }
            Action::ReviewPermissions => self.notify("This dashboard has all the permissions it asks for", now),
            Action::ImportFromMqttDash => self.open_import_dialog(now),
            Action::OpenCommandPalette => self.focus = Focus::CommandPalette(CommandPalette::default()),
            Action::ListConnections => self.open_connection_list(None),
            action => return self.handle_dialog_action(action, now),
        }
        Vec::new()
    }
}
