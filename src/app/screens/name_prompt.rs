//! The prompt for the name of a dashboard file: for a new dashboard, a copy, a renamed file, or a
//! dashboard that has no file yet.

use std::path::{Path, PathBuf};

use tui_input::Input;

use super::{Component, Flow};
use crate::{
    app::{
        Action, App, DashboardFile, EditAction, Effect, FilesEffect,
        control_bindings::TEXT_INPUT,
        key_binding::{KeyBinding, KeyContext},
    },
    model::{
        connection::ConnectionId, dashboard::Dashboard, edit::ProfileEdit, id::DashboardId, press::Lock,
        profile::Profile, time::Time,
    },
};

/// The screen has no key bindings of its own.
pub(crate) const BINDINGS: &[KeyBinding] = &[];

/// The prompt for the name of a dashboard file.
#[derive(Debug, Clone)]
pub struct NamePrompt {
    /// What the name is for.
    pub(crate) purpose: NamePurpose,
    /// The name as typed.
    pub(crate) input: Input,
    /// Why the name was rejected.
    pub(crate) error: Option<NameError>,
}

/// The purpose of a [`NamePrompt`].
#[derive(Debug, Clone, PartialEq)]
pub enum NamePurpose {
    /// A new dashboard.
    New,
    /// A copy of this open dashboard.
    Copy(DashboardId),
    /// A new name for this file.
    Rename(PathBuf),
    /// A file for this open dashboard, and the action to perform after that.
    SaveAs(DashboardId, EditAction),
}

/// Why a name was rejected, as a sentence without a final period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NameError {
    /// There is no name.
    #[error("enter a name: it becomes the file name")]
    Empty,
    /// A file cannot have this name on each system.
    #[error("this is not a valid file name")]
    NoFileName,
    /// There is a dashboard file of this name.
    #[error("a dashboard named {0} already exists")]
    Taken(String),
}

impl NamePrompt {
    fn new(purpose: NamePurpose, name: &str) -> Self {
        Self { purpose, input: Input::new(name.to_owned()), error: None }
    }

    /// Returns the name without `.toml`.
    ///
    /// # Errors
    /// If the name is empty, not a valid file name, or taken by a file in `files`.
    fn validated_name(&self, files: &[String]) -> Result<String, NameError> {
        let name = self.input.value().trim();
        let name = name.strip_suffix(".toml").unwrap_or(name);
        if name.is_empty() {
            Err(NameError::Empty)
        } else if name.starts_with('.') || name.contains(['/', '\\', ':', '\0']) || name.chars().any(char::is_control) {
            Err(NameError::NoFileName)
        } else if files.iter().any(|file| file.eq_ignore_ascii_case(name)) {
            Err(NameError::Taken(name.to_owned()))
        } else {
            Ok(name.to_owned())
        }
    }
}

impl Component for NamePrompt {
    fn key_context(&self, _app: &App) -> KeyContext {
        TEXT_INPUT
    }

    fn update(&mut self, action: Action, app: &mut App, _now: Time) -> Flow {
        match action {
            Action::EditInput(edit) => {
                self.error = None;
                edit.apply_to(&mut self.input);
            }
            Action::Accept => match self.validated_name(&app.editor_state.dashboard_files) {
                Ok(name) => {
                    let effects = app.accept_name(self.purpose.clone(), name);
                    app.keep_until_saved(self.clone(), &effects);
                    return Flow::Close(effects);
                }
                Err(error) => self.error = Some(error),
            },
            _ => {}
        }
        Flow::STAY
    }

    fn cancel(&mut self, app: &mut App, _now: Time) -> Flow {
        app.editor_state.after_save_as = None;
        Flow::CLOSE
    }
}

impl App {
    fn open_name_prompt(&mut self, purpose: NamePurpose, name: &str) {
        self.open(NamePrompt::new(purpose, name));
    }

    pub(in crate::app) fn prompt_new_dashboard(&mut self) {
        self.open_name_prompt(NamePurpose::New, "");
    }

    pub(in crate::app) fn prompt_copy_dashboard(&mut self, id: DashboardId) {
        if let Some(dashboard) = self.dashboard(id) {
            let name = format!("{} copy", dashboard.name);
            self.open_name_prompt(NamePurpose::Copy(id), &name);
        }
    }

    /// Asks for a file name for a dashboard without a file. The action is performed after that.
    pub(in crate::app) fn prompt_save_as(&mut self, id: DashboardId, action: EditAction) {
        if let Some(dashboard) = self.dashboard(id) {
            let name = dashboard.name.clone();
            self.open_name_prompt(NamePurpose::SaveAs(id, action), &name);
        }
    }

    pub(in crate::app) fn prompt_rename(&mut self, path: PathBuf) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        self.open_name_prompt(NamePurpose::Rename(path), &name);
    }

    /// Updates the path of a renamed dashboard, and the profiles that open it by name.
    pub(in crate::app) fn on_dashboard_renamed(&mut self, from: &Path, to: &Path) -> Vec<Effect> {
        self.take_prompt_of_rename(from);
        let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let (old, new) = (stem(from), stem(to));
        let mut effects = Vec::new();
        for index in 0..self.dashboards.len() {
            let dashboard = &mut self.dashboards[index];
            if dashboard.path.as_deref() == Some(from) {
                dashboard.path = Some(to.to_owned());
                dashboard.name.clone_from(&new);
                effects.extend(self.move_permissions(index));
            }
        }
        for (file, ..) in self.editor_state.undo_counts.iter_mut().filter(|(file, ..)| file == from) {
            to.clone_into(file);
        }
        let affected =
            self.editor_state.profiles.profiles.iter().filter(|profile| profile.dashboard.as_ref() == Some(&old));
        let update_profile = |profile: &Profile| {
            let profile = Profile { dashboard: Some(new.clone()), ..profile.clone() };
            Effect::Files(FilesEffect::EditProfiles(Box::new(ProfileEdit::Replace(profile.name.clone(), profile))))
        };
        effects.extend(affected.map(update_profile));
        effects
    }

    /// Creates or renames the file.
    fn accept_name(&mut self, purpose: NamePurpose, name: String) -> Vec<Effect> {
        if let NamePurpose::Rename(path) = purpose {
            return vec![Effect::Files(FilesEffect::RenameDashboard(path, name))];
        }
        let dashboard = match &purpose {
            NamePurpose::New => {
                self.editor_state.request_first_tile();
                let is_profile = |name: &String| self.editor_state.profiles.by_name(name).is_some();
                let profile = self.current_connection().map(|connection| connection.name.clone()).filter(is_profile);
                Dashboard {
                    profile: profile.or_else(|| self.editor_state.profiles.default.clone()),
                    ..Dashboard::default()
                }
            }
            NamePurpose::Copy(id) | NamePurpose::SaveAs(id, _) => match self.dashboard(*id) {
                Some(dashboard) => Dashboard { locked: Lock::default(), ..dashboard.definition.clone() },
                None => return Vec::new(),
            },
            NamePurpose::Rename(_) => return Vec::new(),
        };
        if let NamePurpose::SaveAs(id, action) = purpose {
            self.editor_state.after_save_as = Some((id, action));
        }
        vec![Effect::Files(FilesEffect::CreateDashboard(name, Box::new(dashboard)))]
    }

    /// Assigns the created file to the dashboard that waits for it. Without one, opens the file.
    pub(in crate::app) fn on_dashboard_created(&mut self, path: PathBuf, now: Time) -> Vec<Effect> {
        self.take_prompt_of_file(&path);
        let saved_as = self.editor_state.after_save_as.take();
        let Some((dashboard_index, action)) =
            saved_as.and_then(|(id, action)| Some((self.index_of_dashboard(id)?, action)))
        else {
            return vec![self.open_file_effect(path)];
        };
        let dashboard = &mut self.dashboards[dashboard_index];
        dashboard.name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        dashboard.path = Some(path);
        self.set_current_tab(dashboard_index);
        if action == EditAction::ListDashboards {
            return self.open_dashboard_list(dashboard_index);
        }
        self.handle_tile_action(action, now)
    }

    /// Prepares the dashboards that are about to open: the topic cache takes over the messages that a
    /// connection test received, and the first tile of a new one is offered.
    pub(in crate::app) fn prepare_opened_dashboards(
        &mut self,
        files: &[DashboardFile],
        connection: ConnectionId,
        takes_focus: bool,
        now: Time,
    ) {
        for connection in &mut self.connections {
            let connection_test = self.editor_state.connection_tests.iter().find(|(name, _)| *name == connection.name);
            for message in connection_test.iter().flat_map(|(_, connection_test)| &connection_test.messages) {
                connection.topic_cache.record(message.into(), now);
            }
        }
        self.offer_first_tile(files, connection, takes_focus);
    }
}
