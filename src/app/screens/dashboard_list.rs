//! The list of dashboards: first the open ones, then the other files. Saving the settings
//! of a dashboard.

use std::path::PathBuf;

use super::{Component, Flow, Screen};
use crate::{
    app::{
        Action, App, EditAction, Effect, FilesEffect, MqttEffect,
        form::Form,
        key_binding::{KeyBinding, KeyContext, key_bindings},
        list::move_in_list,
    },
    model::{dashboard::Dashboard, edit::DashboardEdit, plural::pluralize, press::LockLevel, time::Time},
};

/// The list of dashboards.
const DASHBOARDS: KeyContext = KeyContext::new("In the list of dashboards").with_list_keys().with_place_keys();

/// Returns whether the dashboard selected in the list is locked. `None` if it is not open.
fn selected_dashboard_locked(app: &App) -> Option<bool> {
    let Screen::DashboardList(list) = &app.focus else { return None };
    let index = app.dashboard_rows().get(list.selected)?.tab_index?;
    Some(app.dashboards.get(index)?.definition.locked.locks_layout())
}

/// The key bindings.
pub(crate) const BINDINGS: &[KeyBinding] = key_bindings! {
    DASHBOARDS {
        "dashboard-new" ["n", "a"] |_| Action::Edit(EditAction::Add), "add a dashboard", "new";
        "dashboard-edit" ["e"] |_| Action::Edit(EditAction::Edit), "edit title, connection, tile size, columns",
            "edit";
        "dashboard-rename" ["r"] |_| Action::Edit(EditAction::Rename), "rename the dashboard file", "rename";
        "dashboard-lock" ["l"] |_| Action::Edit(EditAction::ChooseLock),
            "lock or unlock the dashboard",
            (|app| Some(if selected_dashboard_locked(app)? { "unlock" } else { "lock" }));
        "dashboard-copy" ["c"] |_| Action::Edit(EditAction::Copy), "duplicate the dashboard", "copy";
        "dashboard-delete" ["d"] |_| Action::Edit(EditAction::Delete), "delete the dashboard file (asks first)",
            "delete";
    }
};

/// A row of the list of dashboards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DashboardRow {
    /// The title of the dashboard, or the name of its file.
    pub title: String,
    /// The number of tiles and the connection, or that the dashboard is not open.
    pub detail: String,
    /// Why it cannot be opened, or which change to its file is not shown, as a sentence.
    pub problem: Option<String>,
    /// The index of its tab, if it is open.
    pub tab_index: Option<usize>,
    /// The name of its file, if it has one.
    pub file: Option<String>,
}

/// The list of dashboards.
#[derive(Debug, Clone, Copy, Default)]
pub struct DashboardList {
    /// The index of the selected row.
    pub(crate) selected: usize,
}

impl Component for DashboardList {
    fn key_context(&self, _app: &App) -> KeyContext {
        DASHBOARDS
    }

    fn breadcrumb(&self, _app: &App) -> Option<String> {
        Some("Dashboards".to_owned())
    }

    fn update(&mut self, action: Action, app: &mut App, now: Time) -> Flow {
        match action {
            Action::MoveInDialog(direction) => {
                self.selected = move_in_list(self.selected, app.dashboard_rows().len(), direction);
            }
            Action::SelectOption(index) => self.selected = index,
            Action::Accept => return Flow::Close(app.open_selected_dashboard(self.selected)),
            Action::Edit(EditAction::Add) => app.prompt_new_dashboard(),
            Action::Edit(edit_action) => {
                let row = app.dashboard_rows().get(self.selected).cloned();
                match row.as_ref().map(|row| row.tab_index) {
                    Some(Some(index)) => return Flow::Stay(app.edit_listed_dashboard(&edit_action, index, now)),
                    Some(None) => app.notify("This dashboard is not open: press Enter to open it first", now),
                    None => {}
                }
            }
            _ => {}
        }
        Flow::STAY
    }
}

impl App {
    /// Returns the rows of the list of dashboards.
    #[must_use]
    pub(crate) fn dashboard_rows(&self) -> Vec<DashboardRow> {
        let open = self.dashboards.iter().enumerate().map(|(dashboard_index, dashboard)| {
            let tiles = pluralize(dashboard.tile_count(), "tile");
            let locked = match dashboard.definition.locked.0 {
                LockLevel::None => "",
                LockLevel::Layout => ", layout locked",
                LockLevel::Presses => ", locked",
            };
            let connection_name =
                self.connection(dashboard.connection).map(|connection| connection.name.as_str()).unwrap_or_default();
            let problem =
                dashboard.file_error.as_ref().map(|error| format!("{error} (the last valid version is shown)"));
            let detail = if problem.is_some() {
                "its file has errors".to_owned()
            } else {
                format!("{tiles} on {connection_name}{locked}")
            };
            DashboardRow {
                title: dashboard.title().to_owned(),
                detail,
                problem,
                tab_index: Some(dashboard_index),
                file: dashboard.path.as_ref().map(|_| dashboard.name.clone()),
            }
        });
        let open_rows: Vec<DashboardRow> = open.collect();
        let closed = self
            .editor_state
            .dashboard_files
            .iter()
            .filter(|name| open_rows.iter().all(|row| row.file.as_ref() != Some(name)));
        let closed: Vec<DashboardRow> = closed.map(|name| self.closed_dashboard_row(name)).collect();
        open_rows.into_iter().chain(closed).collect()
    }

    /// Returns the row of a dashboard that is not open.
    fn closed_dashboard_row(&self, name: &str) -> DashboardRow {
        let check = self.editor_state.dashboard_checks.iter().find(|(checked, _)| checked == name);
        let (detail, problem) = match check.map(|(_, check)| check) {
            Some(Err(error)) => ("its file has errors".to_owned(), Some(error.to_string())),
            Some(Ok(Some(profile))) if self.editor_state.profiles.by_name(profile).is_none() => {
                let reason = format!("{name}.toml names the connection `{profile}`, which does not exist");
                (format!("there is no connection `{profile}`"), Some(reason))
            }
            _ => ("not open".to_owned(), None),
        };
        DashboardRow { title: name.to_owned(), detail, problem, tab_index: None, file: Some(name.to_owned()) }
    }

    /// Opens the list of dashboards with this row selected. The files are read again: any of them may have changed.
    pub(in crate::app) fn open_dashboard_list(&mut self, selected: usize) -> Vec<Effect> {
        self.open(DashboardList { selected });
        self.recheck_dashboards()
    }

    /// Reads the dashboard files if their list is open.
    pub(in crate::app) fn recheck_dashboards(&self) -> Vec<Effect> {
        let is_open = matches!(self.focus, Screen::DashboardList(_));
        is_open.then_some(Effect::Files(FilesEffect::CheckDashboards)).into_iter().collect()
    }

    /// Returns the effect that opens a dashboard file. If the file names no profile, the profile of the
    /// current connection applies.
    pub(in crate::app) fn open_file_effect(&self, path: PathBuf) -> Effect {
        let name = self.current_connection().map(|connection| connection.name.clone());
        Effect::Mqtt(MqttEffect::OpenDashboardFile(
            path,
            name.filter(|name| self.editor_state.profiles.by_name(name).is_some()),
        ))
    }

    /// Shows the dashboard of this row; opens its file first if needed.
    pub(in crate::app) fn open_selected_dashboard(&mut self, row_index: usize) -> Vec<Effect> {
        match self.dashboard_rows().get(row_index) {
            Some(DashboardRow { tab_index: Some(dashboard_index), .. }) => self.show_tab(*dashboard_index),
            Some(DashboardRow { file: Some(file), .. }) => {
                return vec![self.open_file_effect(PathBuf::from(file))];
            }
            _ => {}
        }
        Vec::new()
    }

    /// Handles an action on an open dashboard in the list.
    fn edit_listed_dashboard(&mut self, action: &EditAction, dashboard_index: usize, now: Time) -> Vec<Effect> {
        let Some(dashboard) = self.dashboards.get(dashboard_index) else {
            return Vec::new();
        };
        match action {
            EditAction::Copy => self.prompt_copy_dashboard(dashboard.id),
            EditAction::ChooseLock => self.open_lock_list(dashboard_index, now),
            EditAction::Edit if dashboard.definition.locked.locks_layout() => self.open_lock_list(dashboard_index, now),
            EditAction::Edit | EditAction::Delete | EditAction::Rename => {
                let (id, path) = (dashboard.id, dashboard.path.clone());
                self.set_current_tab(dashboard_index);
                if let Some(reason) = self.edit_refusal_reason() {
                    self.notify(reason, now);
                    return Vec::new();
                }
                match (action, path) {
                    (EditAction::Edit, Some(_)) => {
                        self.open(Form::for_dashboard(id, &self.dashboards[dashboard_index].definition));
                    }
                    (EditAction::Delete, Some(path)) => self.confirm_delete_dashboard(path),
                    (EditAction::Rename, Some(path)) => self.prompt_rename(path),
                    (EditAction::Edit | EditAction::Rename, None) => {
                        self.prompt_save_as(id, EditAction::ListDashboards);
                    }
                    _ => self.notify("This dashboard has no file to delete: it exists only until mqtt-dash exits", now),
                }
            }
            _ => {}
        }
        Vec::new()
    }

    /// Saves the settings of a dashboard. If its profile changed, closes the dashboard and opens it again as soon as its
    /// file is saved.
    pub(in crate::app) fn save_dashboard_form(
        &mut self,
        dashboard_index: usize,
        base: Dashboard,
        definition: Dashboard,
    ) -> Vec<Effect> {
        let dashboard = &self.dashboards[dashboard_index];
        let (path, connection_name) =
            (dashboard.path.clone(), self.connection(dashboard.connection).map(|connection| connection.name.clone()));
        let changes_connection = definition.profile.is_some()
            && definition.profile != connection_name
            && definition.profile != dashboard.definition.profile;
        let effects = self.apply_edit(dashboard_index, base, DashboardEdit::SetFields(definition));
        self.editor_state.reopen_when_saved.extend(path.filter(|_| changes_connection));
        effects
    }
}
