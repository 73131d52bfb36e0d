//! The update function: an [`Event`] in, a changed state and [`Effect`]s out.

use super::{
    Action, App, CommandPalette, Effect, Event, FilesEvent, Focus, MediaEvent, MqttEffect, MqttEvent, ShellEffect,
    ShellEvent, TileSearch,
};
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
            Event::Mqtt(mqtt_event) => self.handle_mqtt_event(mqtt_event, now),
            Event::Files(files_event) => self.handle_files_event(files_event, now),
            Event::Media(MediaEvent::Decoded(tile, image)) => {
                self.on_image_decoded(tile, image);
                Vec::new()
            }
            Event::Media(MediaEvent::Fetched(tile, url, result)) => {
                self.on_image_fetched(tile, &url, result);
                Vec::new()
            }
            Event::Scripts(response) => self.on_script_response(*response, now),
            Event::Shell(ShellEvent::Notice(text)) => {
                self.notify(text, now);
                Vec::new()
            }
            Event::Shell(ShellEvent::Resize(width, height)) => {
                self.size = (width, height);
                self.dirty = true;
                for dashboard in &mut self.dashboards {
                    dashboard.select_tile(dashboard.selected, (width, height));
                }
                Vec::new()
            }
            Event::Timer => self.on_tick(now),
        }
    }

    fn handle_mqtt_event(&mut self, event: MqttEvent, now: Time) -> Vec<Effect> {
        match event {
            MqttEvent::Connection(connection, event) => return self.on_connection_event(connection, event, now),
            MqttEvent::DashboardsOpened(opened) => return self.open_dashboards(*opened, now),
            MqttEvent::Reconfigured(connection, profile) => {
                return self.on_connection_reconfigured(connection, &profile, now);
            }
            MqttEvent::PasswordRequired(name) => self.on_password_required(name, now),
            MqttEvent::NoDashboard(name) => self.on_profile_without_dashboard(name, now),
            MqttEvent::TestMessages(name, messages) => self.on_test_messages(&name, &messages, now),
            MqttEvent::TestFinished(name, test) => self.on_connection_tested(name, test, now),
        }
        Vec::new()
    }

    fn handle_files_event(&mut self, event: FilesEvent, now: Time) -> Vec<Effect> {
        // These two know whether they change anything visible.
        self.dirty |= !matches!(event, FilesEvent::DashboardChanged(..) | FilesEvent::StateCacheLoaded(..));
        match event {
            FilesEvent::Saved { path, dashboard, undo_count, redo_count } => {
                self.on_dashboard_saved(path, dashboard, (undo_count, redo_count))
            }
            FilesEvent::WriteFailed { path, before, reason } => self.on_write_failed(&path, before, reason, now),
            FilesEvent::Conflict(conflict) => self.on_edit_conflict(*conflict, now),
            FilesEvent::Created(path) => self.on_dashboard_created(path, now),
            FilesEvent::Renamed(from, to) => self.on_dashboard_renamed(&from, &to),
            FilesEvent::Deleted(path) => self.on_dashboard_deleted(&path),
            FilesEvent::DashboardsListed(names) => {
                self.editor_state.dashboard_files = names;
                Vec::new()
            }
            FilesEvent::DashboardChanged(path, result) => self.on_dashboard_file_changed(&path, &result, now),
            FilesEvent::ProfilesSaved(edit, profiles) => self.on_profiles_saved(&edit, profiles),
            FilesEvent::ProfilesChanged(profiles, notice) => {
                self.set_profiles(profiles);
                if let Some(notice) = notice {
                    self.notify(notice, now);
                }
                Vec::new()
            }
            FilesEvent::StateCacheLoaded(connection, cache) => {
                self.on_state_cache_loaded(connection, cache, now);
                Vec::new()
            }
            FilesEvent::Imported(result) => self.on_import_result(result, now),
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
            Action::Quit => vec![Effect::Shell(ShellEffect::Quit)],
            Action::Suspend => vec![Effect::Shell(ShellEffect::Suspend)],
            Action::Redraw => vec![Effect::Shell(ShellEffect::Redraw)],
            Action::StartDemo => vec![Effect::Shell(ShellEffect::StartDemo)],
            Action::OpenInEditor => self.open_in_editor(now),
            Action::PressDemoButton(long_press) if self.demo_running => {
                vec![Effect::Shell(ShellEffect::PressDemoButton(long_press))]
            }
            Action::Reconnect => self
                .current_dashboard()
                .map(|dashboard| Effect::Mqtt(MqttEffect::Reconnect(dashboard.connection)))
                .into_iter()
                .collect(),
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
