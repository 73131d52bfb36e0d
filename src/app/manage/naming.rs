//! Names that are asked for: of a new dashboard, of a copy, of the file of a board without one.

use std::path::{Path, PathBuf};

use tui_input::{Input, InputRequest};

use super::{Chore, Task, Wish};
use crate::{
    app::{App, Command, Sheet},
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
        if let Some(board) = self.boards.get(number) {
            let name = format!("{} copy", board.name);
            self.ask_name(Purpose::Copy(number), &name);
        }
    }

    /// Asks for a file of a board that has none; then the wish is done.
    pub(super) fn save_as(&mut self, number: usize, wish: Wish) {
        if let Some(board) = self.boards.get(number) {
            let name = board.name.clone();
            self.ask_name(Purpose::SaveAs(number, wish), &name);
        }
    }

    pub(super) fn ask_rename(&mut self, path: PathBuf) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        self.ask_name(Purpose::Rename(path), &name);
    }

    /// The file of a dashboard has another name now; a profile that opens it by name follows.
    pub(super) fn renamed(&mut self, from: &Path, to: &Path) -> Vec<Command> {
        let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let (old, new) = (stem(from), stem(to));
        for board in self.boards.iter_mut().filter(|board| board.path.as_deref() == Some(from)) {
            board.path = Some(to.to_owned());
            board.name.clone_from(&new);
        }
        for (file, ..) in self.desk.edits.iter_mut().filter(|(file, ..)| file == from) {
            to.clone_into(file);
        }
        let opens = self.desk.profiles.profiles.iter().filter(|profile| profile.dashboard.as_ref() == Some(&old));
        let follow = |profile: &Profile| {
            let profile = Profile { dashboard: Some(new.clone()), ..profile.clone() };
            Command::Manage(Chore::Profiles(Box::new(ProfileEdit::Replace(profile.name.clone(), profile))))
        };
        opens.map(follow).collect()
    }

    pub(super) fn named(&mut self, mut naming: Naming, _now: Time) -> Vec<Command> {
        let name = match naming.name(&self.desk.files) {
            Ok(name) => name,
            Err(why) => {
                naming.wrong = Some(why);
                self.open_task(Task::Naming(naming));
                return Vec::new();
            }
        };
        if let Purpose::Rename(path) = naming.purpose {
            return vec![Command::Manage(Chore::Rename(path, name))];
        }
        let dashboard = match naming.purpose {
            Purpose::New => {
                self.desk.first = true;
                let known = |name: &String| self.desk.profiles.by_name(name).is_some();
                let profile = self.line().map(|line| line.name.clone()).filter(known);
                Dashboard { profile: profile.or_else(|| self.desk.profiles.default.clone()), ..Dashboard::default() }
            }
            Purpose::Copy(number) | Purpose::SaveAs(number, _) => match self.boards.get(number) {
                Some(board) => Dashboard { locked: false, ..board.dashboard.clone() },
                None => return Vec::new(),
            },
            Purpose::Rename(_) => return Vec::new(),
        };
        if let Purpose::SaveAs(number, wish) = naming.purpose {
            self.desk.after_naming = Some((number, wish));
        }
        vec![Command::Manage(Chore::Create(name, Box::new(dashboard)))]
    }

    /// A file was made: the board that waited for it has it now, any other is opened.
    pub(super) fn created(&mut self, path: PathBuf, now: Time) -> Vec<Command> {
        let Some((number, wish)) = self.desk.after_naming.take() else {
            return vec![self.open_path(path)];
        };
        if let Some(board) = self.boards.get_mut(number) {
            board.name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            board.path = Some(path);
            self.current = number;
        }
        if wish == Wish::Boards {
            self.open_task(Task::Boards(number));
            return Vec::new();
        }
        self.wish_of_tile(wish, now)
    }

    /// Boards were opened: where the first thing to do is to add a tile, the list of kinds opens.
    pub(in crate::app) fn begin(&mut self, sheets: &[Sheet], now: Time) {
        for line in &mut self.lines {
            let trial = self.desk.trials.iter().find(|(name, _)| *name == line.name);
            trial.iter().flat_map(|(_, trial)| &trial.messages).for_each(|message| line.seen.note(message.into(), now));
        }
        let empty = sheets.iter().any(|sheet| sheet.dashboard.tiles.is_empty() && !sheet.dashboard.locked);
        if std::mem::take(&mut self.desk.first) && empty {
            self.open_task(Task::Kinds(0));
        }
    }
}
