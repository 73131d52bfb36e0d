//! Files of dashboards and profiles, changed one after the other by a thread of its own: each is
//! read as it is now, changed where it has to, and written whole or not at all.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::mpsc::{self, Receiver},
    thread::JoinHandle,
};

use tokio::sync::mpsc::Sender;

use super::diff::diff;
use crate::{
    app::{
        Event,
        editing::{DashboardChange, EditConflict, EditEffect, EditResult},
    },
    config::{self, AppPaths},
    model::{dashboard::Dashboard, edit::ProfileEdit},
};

/// The most edits of a file that can be taken back.
const MOST: usize = 200;

/// Changes files in the background, in the order in which that is asked for.
pub(super) struct Keeper {
    chores: mpsc::Sender<EditEffect>,
    thread: JoinHandle<()>,
}

impl Keeper {
    /// Starts; what was done is told as events.
    pub(super) fn start(places: AppPaths, events: Sender<Event>) -> Self {
        let (chores, owed) = mpsc::channel();
        let thread = std::thread::spawn(move || work(&Desk { places }, &owed, &events));
        Self { chores, thread }
    }

    /// Takes a chore.
    pub(super) fn owe(&self, chore: EditEffect) {
        // A thread that has ended has lost its listener: the program ends.
        let _ = self.chores.send(chore);
    }

    /// Waits until everything is written.
    pub(super) fn finish(self) {
        drop(self.chores);
        let _ = self.thread.join();
    }
}

fn work(desk: &Desk, owed: &Receiver<EditEffect>, events: &Sender<Event>) {
    let mut pasts = HashMap::new();
    while let Ok(chore) = owed.recv() {
        for done in desk.carry_out(chore, &mut pasts) {
            // A loop that has ended wants nothing any more, but what is owed is still written.
            let _ = events.blocking_send(Event::EditFinished(Box::new(done)));
        }
    }
}

/// What a file said before and after each edit of the session.
#[derive(Default)]
pub(super) struct Past {
    /// What it said last, as far as is known here.
    known: String,
    undo: Vec<(String, String)>,
    redo: Vec<(String, String)>,
}

type Pasts = HashMap<PathBuf, Past>;

/// Where files are.
pub(super) struct Desk {
    pub(super) places: AppPaths,
}

impl Desk {
    pub(super) fn carry_out(&self, chore: EditEffect, pasts: &mut Pasts) -> Vec<EditResult> {
        match chore {
            EditEffect::EditDashboard(change) => vec![edit(*change, pasts)],
            EditEffect::Undo(path) => vec![turn_back(path, pasts, true)],
            EditEffect::Redo(path) => vec![turn_back(path, pasts, false)],
            EditEffect::CreateDashboard(name, dashboard) => self.create(&name, &dashboard),
            EditEffect::RenameDashboard(path, name) => self.rename(path, &name, pasts),
            EditEffect::DeleteDashboard(path) => self.remove(path),
            EditEffect::EditProfiles(edit) => vec![self.profiles(*edit)],
            _ => Vec::new(),
        }
    }

    fn files(&self) -> EditResult {
        EditResult::FilesListed(self.places.list_dashboards().unwrap_or_default())
    }

    fn create(&self, name: &str, dashboard: &Dashboard) -> Vec<EditResult> {
        let path = self.places.dashboard_file(name);
        let failed = |why: String| vec![EditResult::SaveFailed { path: path.clone(), before: None, reason: why }];
        if path.exists() {
            return failed(format!("there is a dashboard {name} already"));
        }
        match config::write_atomic(&path, config::dashboard_to_toml(dashboard).as_bytes()) {
            Ok(()) => vec![self.files(), EditResult::Created(path)],
            Err(fault) => failed(fault.to_string()),
        }
    }

    fn rename(&self, from: PathBuf, name: &str, pasts: &mut Pasts) -> Vec<EditResult> {
        let to = from.with_file_name(format!("{name}.toml"));
        let renamed = if to.exists() {
            Err(format!("there is a file {} already", to.display()))
        } else {
            fs::rename(&from, &to).map_err(|fault| format!("{} cannot be renamed: {fault}", from.display()))
        };
        match renamed {
            Ok(()) => {
                if let Some(past) = pasts.remove(&from) {
                    pasts.insert(to.clone(), past);
                }
                vec![EditResult::Renamed(from, to), self.files()]
            }
            Err(why) => vec![EditResult::SaveFailed { path: from, before: None, reason: why }],
        }
    }

    fn remove(&self, path: PathBuf) -> Vec<EditResult> {
        match fs::remove_file(&path) {
            Ok(()) => vec![EditResult::Deleted(path), self.files()],
            Err(fault) => {
                let why = format!("{} cannot be deleted: {fault}", path.display());
                vec![EditResult::SaveFailed { path, before: None, reason: why }]
            }
        }
    }

    fn profiles(&self, edit: ProfileEdit) -> EditResult {
        let path = self.places.profiles_file();
        let failed = |why: String| EditResult::SaveFailed { path: path.clone(), before: None, reason: why };
        let text = match read(&path) {
            Ok(text) => text.unwrap_or_default(),
            Err(why) => return failed(why),
        };
        let name = path.display().to_string();
        let saved = config::apply_profile_edit(&name, &text, &edit)
            .and_then(|new| if new == text { Ok(()) } else { config::write_private(&path, new.as_bytes()) });
        if let Err(fault) = saved {
            return failed(fault.to_string());
        }
        match config::load_profiles(&path) {
            Ok((profiles, _)) => EditResult::ProfilesSaved(Box::new(edit), profiles),
            Err(problems) => failed(problems.to_string()),
        }
    }
}

/// The text of a file; `None` when there is none.
fn read(path: &Path) -> Result<Option<String>, String> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(fault) => Err(format!("{} cannot be read: {fault}", path.display())),
    }
}

/// Makes a change of a dashboard, unless another hand was there meanwhile.
fn edit(change: DashboardChange, pasts: &mut Pasts) -> EditResult {
    let path = change.path.clone();
    let name = path.display().to_string();
    let failed =
        |why: String| EditResult::SaveFailed { path: path.clone(), before: Some(change.before.clone()), reason: why };
    let text = match read(&path) {
        Ok(text) => text,
        Err(why) => return failed(why),
    };
    let theirs = text.as_ref().and_then(|text| config::read_dashboard(&name, text).ok());
    let agrees = theirs.as_ref() == Some(&change.before);
    let past = pasts.entry(path.clone()).or_default();
    let base = match (&text, &theirs) {
        (Some(text), Some(theirs)) if agrees || change.edit.still_applies(&change.before, theirs) => text.clone(),
        // As it was before the other hand; a file that was never changed here is written anew.
        _ => Some(past.known.clone())
            .filter(|known| config::read_dashboard(&name, known).is_ok_and(|known| known == change.before))
            .unwrap_or_else(|| config::dashboard_to_toml(&change.before)),
    };
    let new = match config::apply_dashboard_edit(&name, &base, &change.edit) {
        Ok(new) => new,
        Err(fault) => return failed(fault.to_string()),
    };
    if !agrees && change.overwrite.as_deref() != Some(text.as_deref().unwrap_or_default()) {
        let text = text.unwrap_or_default();
        let diff = diff(&text, &new);
        return EditResult::Conflict(Box::new(EditConflict { change, theirs, file_text: text, diff, scroll: 0 }));
    }
    let old = text.unwrap_or_default();
    if new != old {
        if let Err(fault) = config::write_atomic(&path, new.as_bytes()) {
            return failed(fault.to_string());
        }
        past.undo.push((old, new.clone()));
        if past.undo.len() > MOST {
            past.undo.remove(0);
        }
        past.redo.clear();
    }
    // What another hand has changed too is news for the screen.
    let dashboard = if agrees { None } else { config::read_dashboard(&name, &new).ok() };
    past.known = new;
    let (past, future) = (past.undo.len(), past.redo.len());
    EditResult::Saved { path, dashboard, undo_count: past, redo_count: future }
}

/// Takes the last edit back, or makes it again.
fn turn_back(path: PathBuf, pasts: &mut Pasts, back: bool) -> EditResult {
    let failed = |path: PathBuf, why: String| EditResult::SaveFailed { path, before: None, reason: why };
    let past = pasts.entry(path.clone()).or_default();
    let last = if back { past.undo.last() } else { past.redo.last() };
    let Some((old, new)) = last.cloned() else {
        let why = if back { "Nothing was edited here in this session" } else { "There is nothing to make again" };
        return failed(path, why.to_owned());
    };
    let (from, to) = if back { (&new, &old) } else { (&old, &new) };
    match read(&path) {
        Ok(Some(text)) if text == *from => {}
        Ok(_) => {
            let why = format!("Not undone: {} was changed by another hand meanwhile", path.display());
            return failed(path, why);
        }
        Err(why) => return failed(path, why),
    }
    if let Err(fault) = config::write_atomic(&path, to.as_bytes()) {
        return failed(path, fault.to_string());
    }
    past.known.clone_from(to);
    let dashboard = config::read_dashboard(&path.display().to_string(), to).ok();
    let (source, target) = if back { (&mut past.undo, &mut past.redo) } else { (&mut past.redo, &mut past.undo) };
    target.extend(source.pop());
    let (past, future) = (past.undo.len(), past.redo.len());
    EditResult::Saved { path, dashboard, undo_count: past, redo_count: future }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{edit::DashboardEdit, kind, tile::Tile};

    const TEXT: &str = "# mine\n\n[[tile]]\nkind = \"text\" # why\nname = \"A\"\n\n# the second\n[[tile]]\nkind = \"text\"\nname = \"B\"\n";

    struct Bench {
        _folder: tempfile::TempDir,
        desk: Desk,
        pasts: Pasts,
        path: PathBuf,
    }

    impl Bench {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let desk = Desk { places: AppPaths::in_folder(folder.path()) };
            let path = desk.places.dashboard_file("x");
            config::write_atomic(&path, TEXT.as_bytes()).unwrap();
            Self { _folder: folder, desk, pasts: Pasts::new(), path }
        }

        fn text(&self) -> String {
            fs::read_to_string(&self.path).unwrap()
        }

        fn change(&self, edit: DashboardEdit) -> DashboardChange {
            let before = config::read_dashboard("x", &self.text()).unwrap();
            DashboardChange { path: self.path.clone(), before, edit, overwrite: None }
        }

        fn owe(&mut self, chore: EditEffect) -> EditResult {
            self.desk.carry_out(chore, &mut self.pasts).pop().unwrap()
        }

        fn edit(&mut self, change: DashboardChange) -> EditResult {
            self.owe(EditEffect::EditDashboard(Box::new(change)))
        }
    }

    #[test]
    fn an_edit_taken_back_leaves_every_byte_as_it_was() {
        let mut bench = Bench::new();
        let done = bench.edit(bench.change(DashboardEdit::DeleteTile(1)));
        assert!(matches!(done, EditResult::Saved { undo_count: 1, redo_count: 0, dashboard: None, .. }), "{done:?}");
        assert!(!bench.text().contains("the second"));
        let done = bench.owe(EditEffect::Undo(bench.path.clone()));
        assert!(matches!(done, EditResult::Saved { undo_count: 0, redo_count: 1, dashboard: Some(_), .. }), "{done:?}");
        assert_eq!(bench.text(), TEXT);
        bench.owe(EditEffect::Redo(bench.path.clone()));
        assert!(!bench.text().contains("the second"));
        bench.owe(EditEffect::Undo(bench.path.clone()));
        assert!(matches!(bench.owe(EditEffect::Undo(bench.path.clone())), EditResult::SaveFailed { before: None, .. }));
    }

    #[test]
    fn a_renamed_file_is_undone_under_its_new_name_and_none_is_replaced() {
        let mut bench = Bench::new();
        bench.edit(bench.change(DashboardEdit::DeleteTile(1)));
        let taken = bench.desk.places.dashboard_file("taken");
        config::write_atomic(&taken, b"").unwrap();
        let done = bench.owe(EditEffect::RenameDashboard(bench.path.clone(), "taken".into()));
        assert!(matches!(done, EditResult::SaveFailed { before: None, .. }), "{done:?}");
        let done =
            bench.desk.carry_out(EditEffect::RenameDashboard(bench.path.clone(), "new".into()), &mut bench.pasts);
        assert!(
            matches!(&done[..], [EditResult::Renamed(..), EditResult::FilesListed(files)] if *files == ["new", "taken"]),
            "{done:?}"
        );
        bench.path = bench.desk.places.dashboard_file("new");
        bench.owe(EditEffect::Undo(bench.path.clone()));
        assert_eq!(bench.text(), TEXT);
    }

    #[test]
    fn another_hand_is_asked_about_and_its_comments_alone_are_no_clash() {
        let mut bench = Bench::new();
        let change = bench.change(DashboardEdit::InsertTile(0, Tile::new(kind::from_name("switch").unwrap())));
        config::write_atomic(&bench.path, format!("# theirs\n{TEXT}").as_bytes()).unwrap();
        assert!(matches!(bench.edit(change.clone()), EditResult::Saved { .. }));
        assert!(bench.text().starts_with("# theirs\n"));
        config::write_atomic(&bench.path, TEXT.replace("\"B\"", "\"C\"").as_bytes()).unwrap();
        let EditResult::Conflict(clash) = bench.edit(change.clone()) else { panic!() };
        assert!(
            clash.theirs.is_some() && clash.diff.iter().any(|line| line.starts_with("+ kind = \"switch\"")),
            "{clash:?}"
        );
        let over = Some(clash.file_text);
        config::write_atomic(&bench.path, TEXT.replace("\"B\"", "\"D\"").as_bytes()).unwrap();
        let EditResult::Conflict(clash) = bench.edit(DashboardChange { overwrite: over, ..change.clone() }) else {
            panic!()
        };
        let done = bench.edit(DashboardChange { overwrite: Some(clash.file_text), ..change });
        assert!(matches!(done, EditResult::Saved { dashboard: Some(_), .. }), "{done:?}");
        assert!(bench.text().contains("kind = \"switch\"") && bench.text().contains("\"D\""));
        assert!(bench.text().contains("# why"));
        let before = config::read_dashboard("x", TEXT).unwrap();
        let change = DashboardChange { before, ..bench.change(DashboardEdit::DeleteTile(1)) };
        let EditResult::Conflict(clash) = bench.edit(change) else { panic!() };
        assert!(clash.diff.iter().any(|line| line.starts_with("- name = \"D\"")), "{clash:?}");
    }

    #[test]
    fn a_first_profile_makes_its_file_and_nobody_else_may_read_it() {
        let mut bench = Bench::new();
        let profile = crate::model::profile::Profile { name: "home".into(), ..Default::default() };
        let done = bench.owe(EditEffect::EditProfiles(Box::new(ProfileEdit::Add(profile))));
        let EditResult::ProfilesSaved(_, profiles) = done else { panic!("{done:?}") };
        assert!(profiles.by_name("home").is_some());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(bench.desk.places.profiles_file()).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
