//! The update function: an [`Event`] in, a changed state and [`Effect`]s out.

use std::mem::discriminant;

use super::{
    Action, App, Effect, Event, ExploreAction, FilesEvent, MediaEvent, MqttEvent, ShellEffect, ShellEvent,
    input_edit::{InputEdit, MAX_PASTE_BYTES},
};
use crate::model::{connection::ConnectionEvent, time::Time};

impl App {
    /// Handles an event and returns the effects to execute.
    pub fn update(&mut self, event: Event, now: Time) -> Vec<Effect> {
        self.editor_state.now = now;
        self.restart_silence_after_standstill(now);
        let screen = discriminant(&self.focus);
        // Messages change nothing of what is published automatically.
        let is_message = matches!(event, Event::Mqtt(MqttEvent::Connection(_, ConnectionEvent::Messages(_))));
        let mut effects = self.handle_event(event, now);
        self.update_steering(now, &mut effects);
        if screen != discriminant(&self.focus) {
            self.on_screen_changed(now);
        }
        self.close_unused_explorer(now);
        effects.append(&mut self.retained.effects);
        self.update_subscriptions(&mut effects);
        if !is_message {
            self.publish_automatic_messages(now, &mut effects);
        }
        self.update_topic_collection(&mut effects);
        effects
    }

    fn handle_event(&mut self, event: Event, now: Time) -> Vec<Effect> {
        match event {
            Event::Action(action) if self.is_interrupted_steering(&action, now) => Vec::new(),
            Event::Action(action) => {
                self.display.dirty = true;
                self.display.notices.acknowledge();
                self.forget_held_key(&action);
                if !action.is_of_pointer() {
                    self.release_pointer();
                }
                let is_ignored = self.is_key_repetition(&action, now);
                let effects = if is_ignored { Vec::new() } else { self.handle_action(action, now) };
                self.editor_state.awaits_result = effects.iter().any(Effect::is_request);
                self.show_pending_conflict();
                self.show_unsaved_input();
                effects
            }
            Event::Mqtt(mqtt_event) => self.handle_mqtt_event(mqtt_event, now),
            Event::Files(files_event) => self.handle_files_event(files_event, now),
            Event::Media(MediaEvent::Decoded(tile, image)) => {
                self.on_image_decoded(tile, image);
                Vec::new()
            }
            Event::Media(MediaEvent::Fetched(tile, url, result)) => {
                self.on_image_fetched(tile, &url, result, now);
                Vec::new()
            }
            Event::Scripts(response) => self.on_script_response(*response, now),
            Event::Shell(ShellEvent::Notice(text)) => {
                self.notify(text, now);
                Vec::new()
            }
            Event::Shell(ShellEvent::Failure(text)) => {
                self.report_failure(text, now);
                Vec::new()
            }
            Event::Shell(ShellEvent::Resize(width, height)) => {
                self.size = (width, height);
                self.display.dirty = true;
                for dashboard in &mut self.dashboards {
                    dashboard.select_tile(dashboard.selected, (width, height));
                }
                Vec::new()
            }
            Event::Shell(ShellEvent::TextEdited(text)) => self.on_text_edited(text, now),
            Event::Shell(ShellEvent::PayloadRead(id, result)) => self.on_payload_read(id, result, now),
            Event::Shell(ShellEvent::FocusGained) => {
                self.on_focus_gained(now);
                Vec::new()
            }
            Event::Shell(ShellEvent::FocusLost) => {
                self.release_pointer();
                self.end_steering();
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
            MqttEvent::SecretRequired(prompt) => self.on_secret_required(*prompt, now),
            MqttEvent::NoDashboard(name) => self.on_profile_without_dashboard(name, now),
            MqttEvent::TestMessages(name, messages) => self.on_test_messages(&name, &messages, now),
            MqttEvent::TestFinished(name, test) => self.on_connection_tested(name, test, now),
        }
        Vec::new()
    }

    fn handle_files_event(&mut self, event: FilesEvent, now: Time) -> Vec<Effect> {
        // These two know whether they change anything visible.
        self.display.dirty |= !matches!(event, FilesEvent::DashboardChanged(..) | FilesEvent::StateCacheLoaded(..));
        match event {
            FilesEvent::Saved { path, dashboard, undo_count, redo_count, undone } => {
                self.on_dashboard_saved(path, dashboard, (undo_count, redo_count), undone)
            }
            FilesEvent::WriteFailed { path, before, reason } => self.on_write_failed(&path, before, reason, now),
            FilesEvent::Conflict(conflict) => self.on_edit_conflict(*conflict, now),
            FilesEvent::Created(path) => self.on_dashboard_created(path, now),
            FilesEvent::Renamed(from, to) => self.on_dashboard_renamed(&from, &to),
            FilesEvent::Deleted(path) => self.on_dashboard_deleted(&path),
            FilesEvent::DashboardsListed(names) => {
                self.editor_state.dashboard_files = names;
                self.recheck_dashboards()
            }
            FilesEvent::DashboardsChecked(checks) => {
                self.editor_state.dashboard_checks = checks;
                Vec::new()
            }
            FilesEvent::DashboardChanged(path, result) => self.on_dashboard_file_changed(&path, &result, now),
            FilesEvent::ProfilesSaved(edit, profiles) => self.on_profiles_saved(&edit, profiles),
            FilesEvent::ProfilesNotSaved(edit, reason) => {
                self.on_profiles_not_saved(&edit, reason, now);
                Vec::new()
            }
            FilesEvent::ProfilesChanged(profiles, changed) => self.on_profiles_changed(profiles, &changed, now),
            FilesEvent::DecoderRulesInvalid { problems, .. } => {
                self.report_failure(problems, now);
                Vec::new()
            }
            FilesEvent::DecoderRulesChanged(loaded) => {
                self.load_decoder_rules(*loaded);
                Vec::new()
            }
            FilesEvent::DecoderRulesSaved(edit, loaded) => self.on_decoder_rules_saved(&edit, *loaded, now),
            FilesEvent::DecoderRuleNotSaved(edit, reason) => {
                self.on_decoder_rule_not_saved(&edit, reason, now);
                Vec::new()
            }
            FilesEvent::StateCacheLoaded(connection, cache) => {
                self.on_state_cache_loaded(connection, cache, now);
                Vec::new()
            }
            FilesEvent::SentMessagesLoaded(profile, earlier) => {
                self.on_sent_messages_loaded(profile, earlier);
                Vec::new()
            }
            FilesEvent::DeletionLoaded(profile, kept) => {
                self.on_deletion_loaded(&profile, kept);
                Vec::new()
            }
            FilesEvent::DeletionKept(serial, result) => {
                self.on_deletion_kept(serial, result, now);
                Vec::new()
            }
            FilesEvent::SavedMessagesLoaded(result) => {
                self.on_saved_messages_loaded(result, now);
                Vec::new()
            }
            FilesEvent::SavedMessagesEdited(edit, result) => {
                self.on_saved_messages_edited(&edit, result, now);
                Vec::new()
            }
            FilesEvent::Imported(result) => self.on_import_result(result, now),
        }
    }

    /// Handles an action: those that are the same on every screen here, the others in the screen that has the focus.
    pub(super) fn handle_action(&mut self, action: Action, now: Time) -> Vec<Effect> {
        if let Some(reason) = self.refusal_reason(&action) {
            self.notify(reason, now);
            return Vec::new();
        }
        if self.must_center_before(&action, now) {
            return Vec::new();
        }
        match action {
            Action::Quit | Action::QuitFromDashboard => vec![Effect::Shell(ShellEffect::Quit)],
            Action::Suspend => vec![Effect::Shell(ShellEffect::Suspend)],
            Action::Click(action) => self.click(*action, now),
            Action::Explore(ExploreAction::Open) => {
                self.open_explorer(now);
                Vec::new()
            }
            Action::WalkScreens(offset) => self.walk_screens(offset, now),
            Action::Redraw => vec![Effect::Shell(ShellEffect::Redraw)],
            Action::Paste(text) => {
                let (edit, is_whole) = InputEdit::paste(&text, self.focus.keeps_line_breaks());
                if !is_whole && self.key_context().accepts_text() {
                    let limit = MAX_PASTE_BYTES >> 10;
                    self.notify(format!("Only the first {limit} KiB of the pasted text were inserted"), now);
                }
                self.update_screen(Action::EditInput(edit), now)
            }
            Action::AcceptOption(index) => {
                let mut effects = self.update_screen(Action::SelectOption(index), now);
                effects.extend(self.update_screen(Action::Accept, now));
                effects
            }
            action => self.update_screen(action, now),
        }
    }
}
