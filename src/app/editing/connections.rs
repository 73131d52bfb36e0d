//! The list of connections: adds, edits, copies, deletes and tests connection profiles.

use super::{ConnectionTest, EditAction, ManageDialog};
use crate::{
    app::{
        App, ConnectionEntry, Effect, FilesEffect, Focus, HiddenInput, MqttEffect,
        form::{Form, FormSubject},
    },
    model::{
        connection::{ConnectionId, Message},
        edit::{ProfileEdit, Profiles},
        profile::{CertificatePin, Profile},
        time::Time,
    },
};

impl Form {
    /// Returns whether the form edits a connection profile.
    #[must_use]
    pub(crate) const fn is_profile(&self) -> bool {
        matches!(self.subject, FormSubject::Profile { .. })
    }

    /// Returns the name of the profile in `profiles.toml`; `None` for a new profile.
    pub(super) fn profile_name(&self) -> Option<&str> {
        match &self.subject {
            FormSubject::Profile { saved_name, .. } => saved_name.as_deref(),
            _ => None,
        }
    }
}

impl App {
    /// Asks for the password of a profile that the user wants to open.
    pub(in crate::app) fn on_password_required(&mut self, name: String, now: Time) {
        if self.result_may_take_focus() {
            self.open_manage_dialog(ManageDialog::PasswordPrompt(name, HiddenInput::default()));
        } else {
            self.notify(format!("{name} was not opened, because it needs a password: open it again"), now);
        }
        self.dirty = true;
    }

    /// Offers to create the first dashboard of a profile that the user wants to open.
    pub(in crate::app) fn on_profile_without_dashboard(&mut self, name: String, now: Time) {
        if self.result_may_take_focus() {
            self.confirm_first_dashboard(name);
        } else {
            self.notify(format!("{name} has no dashboard yet: open it again to create one"), now);
        }
        self.dirty = true;
    }

    /// Replaces the profiles with the content of `profiles.toml`.
    pub(crate) fn set_profiles(&mut self, profiles: Profiles) {
        let entry =
            |profile: &Profile| ConnectionEntry { name: profile.name.clone(), address: profile.url.to_string() };
        self.connection_entries = profiles.profiles.iter().map(entry).collect();
        self.editor_state.profiles = profiles;
        self.dirty = true;
    }

    /// Opens the list of connections and selects the one with this name, or the connection of the current
    /// dashboard if `name` is `None`.
    pub(in crate::app) fn open_connection_list(&mut self, name: Option<&str>) {
        let name = name.or_else(|| self.current_connection().map(|connection| connection.name.as_str()));
        let index = self.connection_entries.iter().position(|entry| Some(entry.name.as_str()) == name);
        self.focus = Focus::Connections(index.unwrap_or_default());
    }

    fn profile_names_except(&self, except: Option<&str>) -> Vec<String> {
        let names = self.editor_state.profiles.profiles.iter().map(|profile| profile.name.clone());
        names.filter(|name| Some(name.as_str()) != except).collect()
    }

    /// Opens the form for a new profile.
    pub(super) fn open_new_profile_form(&mut self) {
        let name = if self.editor_state.profiles.profiles.is_empty() { "home" } else { "" };
        let profile = Profile { name: name.to_owned(), ..Profile::default() };
        let form = Form::for_profile(None, &profile, self.profile_names_except(None));
        self.open_manage_dialog(ManageDialog::Form(Box::new(form)));
    }

    pub(super) fn handle_connection_list_action(&mut self, action: &EditAction, index: usize) -> Vec<Effect> {
        self.focus = Focus::Connections(index);
        if matches!(action, EditAction::Add | EditAction::NewConnection) {
            self.open_new_profile_form();
            return Vec::new();
        }
        let Some(profile) = self.editor_state.profiles.profiles.get(index).cloned() else {
            return Vec::new();
        };
        let name = profile.name.clone();
        match action {
            EditAction::Edit => {
                let form = Form::for_profile(Some(&name), &profile, self.profile_names_except(Some(&name)));
                self.open_manage_dialog(ManageDialog::Form(Box::new(form)));
            }
            EditAction::Copy => {
                let copy = Profile { name: format!("{name} copy"), client_id: None, ..profile };
                let form = Form::for_profile(None, &copy, self.profile_names_except(None));
                self.open_manage_dialog(ManageDialog::Form(Box::new(form)));
            }
            EditAction::Delete => self.confirm_delete_profile(name),
            EditAction::ToggleDefault => {
                let is_default = self.editor_state.profiles.default.as_ref() == Some(&name);
                let edit = ProfileEdit::SetDefault((!is_default).then_some(name));
                return vec![Effect::Files(FilesEffect::EditProfiles(Box::new(edit)))];
            }
            EditAction::TestConnection => return self.test_connection(profile),
            EditAction::TrustCertificate => {
                let result = self.editor_state.connection_tests.iter().find(|(tested_name, _)| *tested_name == name);
                if let Some(pin) = result.and_then(|(_, test)| test.untrusted_pin) {
                    self.confirm_certificate(name, pin);
                }
            }
            _ => {}
        }
        Vec::new()
    }

    /// Returns the certificate that the test of the selected connection did not trust.
    #[must_use]
    pub(crate) fn untrusted_test_certificate(&self) -> Option<CertificatePin> {
        let Focus::Connections(index) = self.focus else {
            return None;
        };
        let name = &self.connection_entries.get(index)?.name;
        self.editor_state.connection_tests.iter().find(|(tested_name, _)| tested_name == name)?.1.untrusted_pin
    }

    /// Starts a test of the connection, unless one is running.
    pub(super) fn test_connection(&mut self, profile: Profile) -> Vec<Effect> {
        if self.editor_state.running_tests.contains(&profile.name) {
            return Vec::new();
        }
        self.editor_state.connection_tests.retain(|(name, _)| *name != profile.name);
        self.editor_state.running_tests.push(profile.name.clone());
        vec![Effect::Mqtt(MqttEffect::TestConnection(Box::new(profile)))]
    }

    /// Stores the result of a connection test.
    pub(in crate::app) fn on_connection_tested(&mut self, name: String, connection_test: ConnectionTest, now: Time) {
        self.editor_state.running_tests.retain(|running| *running != name);
        self.editor_state.connection_tests.retain(|(tested_name, _)| *tested_name != name);
        if !matches!(self.focus, Focus::Connections(_)) {
            self.notify(format!("{name}: {}", connection_test.summary), now);
        }
        self.on_test_messages(&name, &connection_test.messages, now);
        self.editor_state.connection_tests.push((name, connection_test));
    }

    /// Records the messages that arrived during a connection test in the topic cache.
    pub(in crate::app) fn on_test_messages(&mut self, name: &str, messages: &[Message], now: Time) {
        if let Some(connection) = self.connections.iter_mut().find(|connection| connection.name == name) {
            for message in messages {
                connection.topic_cache.record(message.into(), now);
            }
        }
        self.refresh_topic_list();
    }

    /// Saves a profile: adds a new one if `name` is `None`, otherwise replaces the profile of this name.
    pub(super) fn save_profile(&mut self, name: Option<String>, profile: Profile) -> Vec<Effect> {
        self.open_connection_list(name.as_deref());
        let default_edit =
            self.editor_state.profiles.profiles.is_empty().then(|| ProfileEdit::SetDefault(Some(profile.name.clone())));
        let edit = match name {
            None => ProfileEdit::Add(profile),
            Some(name) => ProfileEdit::Replace(name, profile),
        };
        let effect = |edit| Effect::Files(FilesEffect::EditProfiles(Box::new(edit)));
        // The first profile becomes the default.
        [edit].into_iter().chain(default_edit).map(effect).collect()
    }

    /// Updates the state after the profiles were saved. A new profile is opened; a connection whose profile
    /// changed reconnects.
    pub(in crate::app) fn on_profiles_saved(&mut self, edit: &ProfileEdit, profiles: Profiles) -> Vec<Effect> {
        let previous = std::mem::take(&mut self.editor_state.profiles);
        self.set_profiles(profiles);
        match edit {
            ProfileEdit::Add(profile) => {
                self.editor_state.add_first_tile = true;
                vec![Effect::Mqtt(MqttEffect::OpenOrCreateFirstDashboard(profile.name.clone()))]
            }
            ProfileEdit::Replace(name, profile) => {
                let index = self.editor_state.profiles.profiles.iter().position(|saved| saved.name == profile.name);
                if let Focus::Connections(selected) = &mut self.focus {
                    *selected = index.unwrap_or_default();
                }
                self.editor_state
                    .connection_tests
                    .retain(|(tested_name, _)| tested_name != name && *tested_name != profile.name);
                // The dashboard that a profile opens does not affect the connection: no reconnect.
                let without_dashboard = |profile: &Profile| Profile { dashboard: None, ..profile.clone() };
                let same = previous.by_name(name).map(without_dashboard)
                    == self.editor_state.profiles.by_name(&profile.name).map(without_dashboard);
                let connection_index = self.connections.iter().position(|connection| connection.name == *name);
                match connection_index.filter(|_| !same) {
                    Some(connection_index) => {
                        vec![Effect::Mqtt(MqttEffect::ReconnectWithProfile(
                            ConnectionId(connection_index),
                            profile.name.clone(),
                        ))]
                    }
                    None => Vec::new(),
                }
            }
            ProfileEdit::SetDefault(_) | ProfileEdit::Delete(_) => Vec::new(),
        }
    }
}
