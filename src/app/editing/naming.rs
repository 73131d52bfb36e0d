//! Names that are asked for: of a new dashboard, of a copy, of the file of a board without one.

use std::path::{Path, PathBuf};

use tui_input::{Input, InputRequest};

use super::{Chore, Task, Wish};
use crate::{
    app::{App, DashboardFile, Effect},
    model::{dashboard::Dashboard, edit::ProfileEdit, profile::Profile, time::Time},
};

/// A name that is asked for.
#[derive(Debug, Clone)]
pub struct Naming {
    /// What it is for.
    pub purpose: Purpose,
    /// What is typed.
    pub input: Input,
    /// What is wrong with it.
    pub wrong: Option<String>,
}

/// What a name is for.
#[derive(Debug, Clone, PartialEq)]
pub enum Purpose {
    /// A new dashboard.
    New,
    /// A copy of this board's dashboard.
    Copy(usize),
    /// Another name for this file.
    Rename(PathBuf),
    /// A file for this board, and what is to be done then.
    SaveAs(usize, Wish),
}

impl Naming {
    fn new(purpose: Purpose, name: &str) -> Self {
        Self { purpose, input: Input::new(name.to_owned()), wrong: None }
    }

    pub(super) fn edit(&mut self, request: InputRequest) {
        self.wrong = None;
        self.input.handle(request);
    }

    /// The name as typed; an error says what a name may be.
    fn name(&self, files: &[String]) -> Result<String, String> {
        let name = self.input.value().trim();
        let name = name.strip_suffix(".toml").unwrap_or(name);
        if name.is_empty() {
            Err("a name is wanted: it becomes the name of the file".to_owned())
        } else if name.starts_with('.') || name.contains(['/', '\\', ':', '\0']) || name.chars().any(char::is_control) {
            Err("this cannot be the name of a file".to_owned())
        } else if files.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            Err(format!("there is a dashboard {name} already"))
        } else {
            Ok(name.to_owned())
        }
    }
}

impl App {
    fn ask_name(&mut self, purpose: Purpose, name: &str) {
        self.open_task(Task::Naming(Naming::new(purpose, name)));
    }

    pub(super) fn new_board(&mut self) {
        self.ask_name(Purpose::New, "");
    }

    pub(super) fn copy_board(&mut self, number: usize) {
        if let Some(board) = self.dashboards.get(number) {
            let name = format!("{} copy", board.name);
            self.ask_name(Purpose::Copy(number), &name);
        }
    }

    /// Asks for a file of a board that has none; then the wish is done.
    pub(super) fn save_as(&mut self, number: usize, wish: Wish) {
        if let Some(board) = self.dashboards.get(number) {
            let name = board.name.clone();
            self.ask_name(Purpose::SaveAs(number, wish), &name);
        }
    }

    pub(super) fn ask_rename(&mut self, path: PathBuf) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        self.ask_name(Purpose::Rename(path), &name);
    }

    /// The file of a dashboard has another name now; a profile that opens it by name follows.
    pub(super) fn renamed(&mut self, from: &Path, to: &Path) -> Vec<Effect> {
        let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let (old, new) = (stem(from), stem(to));
        for board in self.dashboards.iter_mut().filter(|board| board.path.as_deref() == Some(from)) {
            board.path = Some(to.to_owned());
            board.name.clone_from(&new);
        }
        for (file, ..) in self.editor_state.edits.iter_mut().filter(|(file, ..)| file == from) {
            to.clone_into(file);
        }
        let opens =
            self.editor_state.profiles.profiles.iter().filter(|profile| profile.dashboard.as_ref() == Some(&old));
        let follow = |profile: &Profile| {
            let profile = Profile { dashboard: Some(new.clone()), ..profile.clone() };
            Effect::Edit(Chore::Profiles(Box::new(ProfileEdit::Replace(profile.name.clone(), profile))))
        };
        opens.map(follow).collect()
    }

    pub(super) fn named(&mut self, mut naming: Naming, _now: Time) -> Vec<Effect> {
        let name = match naming.name(&self.editor_state.files) {
            Ok(name) => name,
            Err(why) => {
                naming.wrong = Some(why);
                self.open_task(Task::Naming(naming));
                return Vec::new();
            }
        };
        if let Purpose::Rename(path) = naming.purpose {
            return vec![Effect::Edit(Chore::Rename(path, name))];
        }
        let dashboard = match naming.purpose {
            Purpose::New => {
                self.editor_state.first = true;
                let known = |name: &String| self.editor_state.profiles.by_name(name).is_some();
                let profile = self.current_connection().map(|line| line.name.clone()).filter(known);
                Dashboard {
                    profile: profile.or_else(|| self.editor_state.profiles.default.clone()),
                    ..Dashboard::default()
                }
            }
            Purpose::Copy(number) | Purpose::SaveAs(number, _) => match self.dashboards.get(number) {
                Some(board) => Dashboard { locked: false, ..board.definition.clone() },
                None => return Vec::new(),
            },
            Purpose::Rename(_) => return Vec::new(),
        };
        if let Purpose::SaveAs(number, wish) = naming.purpose {
            self.editor_state.after_naming = Some((number, wish));
        }
        vec![Effect::Edit(Chore::Create(name, Box::new(dashboard)))]
    }

    /// A file was made: the board that waited for it has it now, any other is opened.
    pub(super) fn created(&mut self, path: PathBuf, now: Time) -> Vec<Effect> {
        let Some((number, wish)) = self.editor_state.after_naming.take() else {
            return vec![self.open_path(path)];
        };
        if let Some(board) = self.dashboards.get_mut(number) {
            board.name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            board.path = Some(path);
            self.current_tab = number;
        }
        if wish == Wish::Boards {
            self.open_task(Task::Boards(number));
            return Vec::new();
        }
        self.wish_of_tile(wish, now)
    }

    /// Boards were opened: where the first thing to do is to add a tile, the list of kinds opens.
    pub(in crate::app) fn begin(&mut self, sheets: &[DashboardFile], now: Time) {
        for line in &mut self.connections {
            let trial = self.editor_state.trials.iter().find(|(name, _)| *name == line.name);
            trial
                .iter()
                .flat_map(|(_, trial)| &trial.messages)
                .for_each(|message| line.topic_cache.record(message.into(), now));
        }
        let empty = sheets.iter().any(|sheet| sheet.definition.tiles.is_empty() && !sheet.definition.locked);
        if std::mem::take(&mut self.editor_state.first) && empty {
            self.open_task(Task::Kinds(0));
        }
    }
}
