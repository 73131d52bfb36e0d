//! The list of connections: adds, edits, copies, deletes and tests connection profiles.

use super::{
    Component, Flow, Screen,
    password_prompt::{PasswordPrompt, SecretPrompt, SecretPurpose},
};
use crate::{
    app::{
        Action, App, ConnectionEntry, ConnectionTest, EditAction, Effect, FilesEffect, HiddenInput, MqttEffect,
        form::{Form, FormSubject},
        key_binding::{KeyBinding, KeyContext, key_bindings},
        list::move_in_list,
    },
    model::{
        connection::Message,
        edit::{ProfileEdit, Profiles},
        profile::{CertificatePin, Profile},
        time::Time,
    },
};

/// The list of connections.
const CONNECTIONS: KeyContext = KeyContext::new("In the list of connections").with_list_keys().with_place_keys();

fn connections_hint(app: &App, hint: &'static str) -> Option<&'static str> {
    (!app.editor_state.connection_entries.is_empty()).then_some(hint)
}

/// The key bindings.
pub(crate) const BINDINGS: &[KeyBinding] = key_bindings! {
    CONNECTIONS {
        "connection-certificate" ["p"] |_| Action::Edit(EditAction::TrustCertificate),
            "review the certificate that failed the test",
            (|app| app.untrusted_test_certificate().map(|_| "certificate"));
        "connection-new" ["n", "a"] |_| Action::Edit(EditAction::Add), "add a connection", "new";
        "connection-edit" ["e"] |_| Action::Edit(EditAction::Edit), "edit the connection",
            (|app| connections_hint(app, "edit"));
        "connection-test" ["t"] |_| Action::Edit(EditAction::TestConnection), "test the connection: connect for 2 s",
            (|app| connections_hint(app, "test"));
        "connection-default" ["s"] |_| Action::Edit(EditAction::ToggleDefault),
            "set or unset it as the default connection",
            (|app| connections_hint(app, "default"));
        "connection-copy" ["c"] |_| Action::Edit(EditAction::Copy), "duplicate the connection",
            (|app| connections_hint(app, "copy"));
        "connection-delete" ["d"] |_| Action::Edit(EditAction::Delete), "delete the connection (asks first)",
            (|app| connections_hint(app, "delete"));
    }
};

/// The list of connections.
#[derive(Debug, Clone, Copy, Default)]
pub struct ConnectionList {
    /// The index of the selected connection.
    pub(crate) selected: usize,
}

impl Component for ConnectionList {
    fn key_context(&self, _app: &App) -> KeyContext {
        CONNECTIONS
    }

    fn breadcrumb(&self, _app: &App) -> Option<String> {
        Some("Connections".to_owned())
    }

    fn update(&mut self, action: Action, app: &mut App, _now: Time) -> Flow {
        match action {
            Action::MoveInDialog(direction) => {
                self.selected = move_in_list(self.selected, app.editor_state.connection_entries.len(), direction);
            }
            Action::SelectOption(index) => self.selected = index,
            Action::Accept => {
                let entry = app.editor_state.connection_entries.get(self.selected);
                let open = entry.map(|entry| Effect::Mqtt(MqttEffect::OpenProfile(entry.name.clone())));
                return Flow::Close(open.into_iter().collect());
            }
            Action::Edit(EditAction::Add | EditAction::NewConnection) => app.open_new_profile_form(),
            Action::Edit(edit_action) => return Flow::Stay(self.handle_edit_action(&edit_action, app)),
            _ => {}
        }
        Flow::STAY
    }
}

impl ConnectionList {
    /// Handles an action on the selected connection.
    fn handle_edit_action(self, action: &EditAction, app: &mut App) -> Vec<Effect> {
        let Some(profile) = app.editor_state.profiles.profiles.get(self.selected).cloned() else {
            return Vec::new();
        };
        let name = profile.name.clone();
        match action {
            EditAction::Edit => {
                app.open(Form::for_profile(Some(&name), &profile, app.profile_names_except(Some(&name))));
            }
            EditAction::Copy => {
                let copy = Profile { name: format!("{name} copy"), client_id: None, ..profile };
                app.open(Form::for_profile(None, &copy, app.profile_names_except(None)));
            }
            EditAction::Delete => app.confirm_delete_profile(name),
            EditAction::ToggleDefault => {
                let is_default = app.editor_state.profiles.default.as_ref() == Some(&name);
                let edit = ProfileEdit::SetDefault((!is_default).then_some(name));
                return vec![Effect::Files(FilesEffect::EditProfiles(Box::new(edit)))];
            }
            EditAction::TestConnection => return app.test_connection(profile),
            EditAction::TrustCertificate => {
                if let Some(pin) = app.tested_certificate(&name) {
                    app.confirm_certificate(name, pin);
                }
            }
            _ => {}
        }
        Vec::new()
    }
}

impl Form {
    /// Returns whether the form edits a connection profile.
    #[must_use]
    pub(crate) const fn is_profile(&self) -> bool {
        matches!(self.subject, FormSubject::Profile { .. })
    }

    /// Returns the name of the profile in `profiles.toml`; `None` for a new profile.
    pub(in crate::app) fn profile_name(&self) -> Option<&str> {
        match &self.subject {
            FormSubject::Profile { saved_name, .. } => saved_name.as_deref(),
            _ => None,
        }
    }
}

impl App {
    /// Asks for a secret of a profile that the user wants to open or to reconnect.
    pub(in crate::app) fn on_secret_required(&mut self, prompt: SecretPrompt, now: Time) {
        if self.result_may_take_focus() {
            self.open(PasswordPrompt { prompt, input: HiddenInput::default() });
        } else {
            let SecretPrompt { profile, key, purpose, .. } = prompt;
            let (opened, open) = match purpose {
                SecretPurpose::Open(_) => ("opened", "open it"),
                SecretPurpose::Reconnect(_) => ("reconnected", "reconnect"),
            };
            self.notify(format!("{profile} was not {opened}, because it needs a {key}: {open} again"), now);
        }
        self.display.dirty = true;
    }

    /// Offers to create the first dashboard of a profile that the user wants to open.
    pub(in crate::app) fn on_profile_without_dashboard(&mut self, name: String, now: Time) {
        if self.result_may_take_focus() {
            self.confirm_first_dashboard(name);
        } else {
            self.notify(format!("{name} has no dashboard yet: open it again to create one"), now);
        }
        self.display.dirty = true;
    }

    /// Replaces the profiles with the content of `profiles.toml`.
    pub(crate) fn set_profiles(&mut self, profiles: Profiles) {
        let entry =
            |profile: &Profile| ConnectionEntry { name: profile.name.clone(), address: profile.url.to_string() };
        self.editor_state.connection_entries = profiles.profiles.iter().map(entry).collect();
        self.editor_state.profiles = profiles;
        self.display.dirty = true;
    }

    /// Opens the list of connections and selects the one with this name, or the connection of the current
    /// dashboard if `name` is `None`.
    pub(crate) fn open_connection_list(&mut self, name: Option<&str>) {
        let name = name.or_else(|| self.current_connection().map(|connection| connection.name.as_str()));
        let index = self.editor_state.connection_entries.iter().position(|entry| Some(entry.name.as_str()) == name);
        self.open(ConnectionList { selected: index.unwrap_or_default() });
    }

    pub(in crate::app) fn profile_names_except(&self, except: Option<&str>) -> Vec<String> {
        let names = self.editor_state.profiles.profiles.iter().map(|profile| profile.name.clone());
        names.filter(|name| Some(name.as_str()) != except).collect()
    }

    /// Opens the form for a new profile.
    pub(in crate::app) fn open_new_profile_form(&mut self) {
        let name = if self.editor_state.profiles.profiles.is_empty() { "home" } else { "" };
        let profile = Profile { name: name.to_owned(), ..Profile::default() };
        let form = Form::for_profile(None, &profile, self.profile_names_except(None));
        self.open(form);
    }

    /// Returns the certificate that the test of the selected connection did not trust.
    #[must_use]
    pub(crate) fn untrusted_test_certificate(&self) -> Option<CertificatePin> {
        let Screen::Connections(list) = &self.focus else {
            return None;
        };
        self.tested_certificate(&self.editor_state.connection_entries.get(list.selected)?.name)
    }

    /// Returns the certificate that the last test of a connection did not trust.
    fn tested_certificate(&self, name: &str) -> Option<CertificatePin> {
        self.editor_state.connection_tests.iter().find(|(tested_name, _)| tested_name == name)?.1.untrusted_pin
    }

    /// Returns the dashboard that a profile names, if there is no file of this name.
    #[must_use]
    pub(crate) fn missing_dashboard(&self, profile: &str) -> Option<&str> {
        let name = self.editor_state.profiles.by_name(profile)?.dashboard.as_deref()?;
        let file_name = name.strip_suffix(".toml").unwrap_or(name);
        let is_known = self.editor_state.dashboard_files.iter().any(|file| file == file_name);
        (!is_known && !name.contains(std::path::is_separator)).then_some(name)
    }

    /// Starts a test of the connection, unless one is running.
    pub(in crate::app) fn test_connection(&mut self, profile: Profile) -> Vec<Effect> {
        if self.editor_state.running_tests.contains(&profile.name) {
            return Vec::new();
        }
        self.editor_state.connection_tests.retain(|(name, _)| *name != profile.name);
        self.editor_state.running_tests.push(profile.name.clone());
        vec![Effect::Mqtt(MqttEffect::TestConnection(Box::new(profile)))]
    }

    /// Stores the result of a connection test.
    pub(in crate::app) fn on_connection_tested(&mut self, name: String, connection_test: ConnectionTest, now: Time) {
        self.display.dirty = true;
        self.editor_state.running_tests.retain(|running| *running != name);
        self.editor_state.connection_tests.retain(|(tested_name, _)| *tested_name != name);
        if !matches!(self.focus, Screen::Connections(_)) {
            let result = format!("{name}: {}", connection_test.summary);
            if connection_test.success { self.notify(result, now) } else { self.report_failure(result, now) }
        }
        self.on_test_messages(&name, &connection_test.messages, now);
        self.editor_state.connection_tests.push((name, connection_test));
    }

    /// Records the messages that arrived during a connection test in the topic cache.
    pub(in crate::app) fn on_test_messages(&mut self, name: &str, messages: &[Message], now: Time) {
        self.display.dirty = true;
        if let Some(connection) = self.connections.iter_mut().find(|connection| connection.name == name) {
            for message in messages {
                connection.topic_cache.record(message.into(), now);
            }
        }
        self.refresh_form();
    }

    /// Saves a profile: adds a new one if `name` is `None`, otherwise replaces the profile of this name.
    pub(in crate::app) fn save_profile(&mut self, name: Option<String>, profile: Profile) -> Vec<Effect> {
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
        self.take_form_of_profile(edit);
        let previous = std::mem::take(&mut self.editor_state.profiles);
        self.set_profiles(profiles);
        match edit {
            ProfileEdit::Add(profile) => {
                self.editor_state.request_first_tile();
                vec![Effect::Mqtt(MqttEffect::OpenOrCreateFirstDashboard(profile.name.clone()))]
            }
            ProfileEdit::Replace(name, profile) => {
                let index = self.editor_state.profiles.profiles.iter().position(|saved| saved.name == profile.name);
                if let Screen::Connections(list) = &mut self.focus {
                    list.selected = index.unwrap_or_default();
                }
                self.editor_state
                    .connection_tests
                    .retain(|(tested_name, _)| tested_name != name && *tested_name != profile.name);
                // What a profile opens and explores does not affect the connection: no reconnect.
                let of_connection = |profile: &Profile| Profile {
                    dashboard: None,
                    explore: Profile::default().explore,
                    ..profile.clone()
                };
                let same = previous.by_name(name).map(of_connection)
                    == self.editor_state.profiles.by_name(&profile.name).map(of_connection);
                // Saving the form of a new connection that has failed tries it again, also without a change.
                let connects = |id| !same || self.awaits_first_connection(id);
                let connection =
                    self.connections.iter().find(|connection| connection.name == *name && connects(connection.id));
                let reconnect = |connection: &crate::app::Connection| {
                    Effect::Mqtt(MqttEffect::ReconnectWithProfile(connection.id, profile.name.clone()))
                };
                connection.map(reconnect).into_iter().collect()
            }
            ProfileEdit::SetDefault(_) | ProfileEdit::Delete(_) => Vec::new(),
        }
    }
}
