//! The list of connections: adding, editing, copying, deleting, testing them.

use super::{Chore, Task, Trial, Wish};
use crate::{
    app::{
        App, ConnectionEntry, Effect, Focus,
        form::{Form, Subject},
    },
    model::{
        connection::{ConnectionId, Message},
        edit::{ProfileEdit, Profiles},
        profile::{CertificatePin, Profile},
        time::Time,
    },
};

impl Form {
    /// Whether it is about a profile.
    #[must_use]
    pub const fn is_profile(&self) -> bool {
        matches!(self.subject, Subject::Profile { .. })
    }

    /// The name that its profile has in the file, if it is there already.
    pub(super) fn profile_name(&self) -> Option<&str> {
        match &self.subject {
            Subject::Profile { name, .. } => name.as_deref(),
            _ => None,
        }
    }
}

impl App {
    /// Takes over what the file of the profiles says.
    pub fn set_profiles(&mut self, profiles: Profiles) {
        let choice =
            |profile: &Profile| ConnectionEntry { name: profile.name.clone(), address: profile.url.to_string() };
        self.connection_entries = profiles.profiles.iter().map(choice).collect();
        self.editor_state.profiles = profiles;
        self.dirty = true;
    }

    /// Lists the connections; the one of this name is marked, else the one of the dashboard.
    pub(in crate::app) fn list_lines(&mut self, name: Option<&str>) {
        let name = name.or_else(|| self.current_connection().map(|line| line.name.as_str()));
        let at = self.connection_entries.iter().position(|choice| Some(choice.name.as_str()) == name);
        self.focus = Focus::Connections(at.unwrap_or_default());
    }

    fn names_but(&self, but: Option<&str>) -> Vec<String> {
        let names = self.editor_state.profiles.profiles.iter().map(|profile| profile.name.clone());
        names.filter(|name| Some(name.as_str()) != but).collect()
    }

    /// Opens the form of a new profile.
    pub(super) fn new_profile(&mut self) {
        let name = if self.editor_state.profiles.profiles.is_empty() { "home" } else { "" };
        let profile = Profile { name: name.to_owned(), ..Profile::default() };
        let form = Form::profile(None, &profile, self.names_but(None));
        self.open_task(Task::Form(Box::new(form)));
    }

    pub(super) fn wish_in_lines(&mut self, wish: &Wish, at: usize) -> Vec<Effect> {
        self.focus = Focus::Connections(at);
        if matches!(wish, Wish::Add | Wish::NewLine) {
            self.new_profile();
            return Vec::new();
        }
        let Some(profile) = self.editor_state.profiles.profiles.get(at).cloned() else {
            return Vec::new();
        };
        let name = profile.name.clone();
        match wish {
            Wish::Edit => {
                let form = Form::profile(Some(&name), &profile, self.names_but(Some(&name)));
                self.open_task(Task::Form(Box::new(form)));
            }
            Wish::Copy => {
                let copy = Profile { name: format!("{name} copy"), client_id: None, ..profile };
                let form = Form::profile(None, &copy, self.names_but(None));
                self.open_task(Task::Form(Box::new(form)));
            }
            Wish::Delete => self.ask_delete_profile(name),
            Wish::Default => {
                let was = self.editor_state.profiles.default.as_ref() == Some(&name);
                let edit = ProfileEdit::SetDefault((!was).then_some(name));
                return vec![Effect::Edit(Chore::Profiles(Box::new(edit)))];
            }
            Wish::Test => return self.test(profile),
            Wish::Trust => {
                let found = self.editor_state.trials.iter().find(|(tried, _)| *tried == name);
                if let Some(pin) = found.and_then(|(_, trial)| trial.untrusted) {
                    self.trust(name, pin);
                }
            }
            _ => {}
        }
        Vec::new()
    }

    /// The certificate that the test of the marked connection did not trust.
    #[must_use]
    pub fn pin_of_trial(&self) -> Option<CertificatePin> {
        let Focus::Connections(at) = self.focus else {
            return None;
        };
        let name = &self.connection_entries.get(at)?.name;
        self.editor_state.trials.iter().find(|(tried, _)| tried == name)?.1.untrusted
    }

    /// Tests a connection.
    pub(super) fn test(&mut self, profile: Profile) -> Vec<Effect> {
        if self.editor_state.trying.contains(&profile.name) {
            return Vec::new();
        }
        self.editor_state.trials.retain(|(name, _)| *name != profile.name);
        self.editor_state.trying.push(profile.name.clone());
        vec![Effect::Edit(Chore::Try(Box::new(profile)))]
    }

    /// Takes note of what a test found.
    pub(super) fn tried(&mut self, name: String, trial: Trial, now: Time) {
        self.editor_state.trying.retain(|trying| *trying != name);
        self.editor_state.trials.retain(|(tried, _)| *tried != name);
        if !matches!(self.focus, Focus::Connections(_)) {
            self.notify(format!("{name}: {}", trial.said), now);
        }
        self.came(&name, &trial.messages, now);
        self.editor_state.trials.push((name, trial));
    }

    /// Takes note of what came by while a connection was tested.
    pub(super) fn came(&mut self, name: &str, messages: &[Message], now: Time) {
        if let Some(line) = self.connections.iter_mut().find(|line| line.name == name) {
            for message in messages {
                line.topic_cache.record(message.into(), now);
            }
        }
        self.refill();
    }

    /// Saves a profile.
    pub(super) fn take_profile(&mut self, name: Option<String>, profile: Profile) -> Vec<Effect> {
        self.list_lines(name.as_deref());
        let first =
            self.editor_state.profiles.profiles.is_empty().then(|| ProfileEdit::SetDefault(Some(profile.name.clone())));
        let edit = match name {
            None => ProfileEdit::Add(profile),
            Some(name) => ProfileEdit::Replace(name, profile),
        };
        let chore = |edit| Effect::Edit(Chore::Profiles(Box::new(edit)));
        // The first one is what the program begins with from now on.
        [edit].into_iter().chain(first).map(chore).collect()
    }

    /// The profiles were saved: a new one is connected, one in use connects anew.
    pub(super) fn profiles_changed(&mut self, edit: &ProfileEdit, profiles: Profiles) -> Vec<Effect> {
        let before = std::mem::take(&mut self.editor_state.profiles);
        self.set_profiles(profiles);
        match edit {
            ProfileEdit::Add(profile) => {
                self.editor_state.first = true;
                vec![Effect::Edit(Chore::First(profile.name.clone()))]
            }
            ProfileEdit::Replace(name, profile) => {
                let at = self.editor_state.profiles.profiles.iter().position(|known| known.name == profile.name);
                if let Focus::Connections(marked) = &mut self.focus {
                    *marked = at.unwrap_or_default();
                }
                self.editor_state.trials.retain(|(tried, _)| tried != name && *tried != profile.name);
                // Which dashboard it opens is nothing that a line has to know.
                let line_of = |profile: &Profile| Profile { dashboard: None, ..profile.clone() };
                let same =
                    before.by_name(name).map(line_of) == self.editor_state.profiles.by_name(&profile.name).map(line_of);
                let line = self.connections.iter().position(|line| line.name == *name);
                match line.filter(|_| !same) {
                    Some(line) => vec![Effect::Edit(Chore::Relink(ConnectionId(line), profile.name.clone()))],
                    None => Vec::new(),
                }
            }
            ProfileEdit::SetDefault(_) | ProfileEdit::Delete(_) => Vec::new(),
        }
    }
}
