//! Edits dashboard files and `profiles.toml`. Each edit reads the current file, changes only the lines it has to,
//! and writes the file whole or not at all.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    config_watch::first_problem,
    diff::diff,
    undo_history::{UndoError, UndoHistory},
};
use crate::{
    app::{DashboardChange, EditConflict, FilesEffect, FilesEvent, UndoDirection, UndoneEdit},
    config::{self, AppPaths},
    model::{
        dashboard::Dashboard,
        decoder_rule_entry::DecoderRuleEdit,
        edit::ProfileEdit,
        saved_message::{MessageEdit, SavedMessages},
    },
};

/// Executes edit effects on the files below the application's folders.
pub(super) struct EditExecutor {
    pub(super) paths: AppPaths,
}

impl EditExecutor {
    pub(super) fn execute(&self, effect: FilesEffect, undo_history: &mut UndoHistory) -> Vec<FilesEvent> {
        match effect {
            FilesEffect::EditDashboard(change) => vec![edit_dashboard(*change, undo_history)],
            FilesEffect::Undo(path) => vec![undo_or_redo(path, undo_history, UndoDirection::Undo)],
            FilesEffect::Redo(path) => vec![undo_or_redo(path, undo_history, UndoDirection::Redo)],
            FilesEffect::CheckDashboards => vec![self.check_dashboards()],
            FilesEffect::CreateDashboard(name, dashboard) => self.create_dashboard(&name, &dashboard),
            FilesEffect::RenameDashboard(path, name) => self.rename_dashboard(path, &name, undo_history),
            FilesEffect::DeleteDashboard(path) => self.remove_dashboard(path),
            FilesEffect::EditProfiles(edit) => vec![self.edit_profiles(*edit)],
            FilesEffect::EditDecoderRules(edit) => vec![self.edit_decoder_rules(edit)],
            FilesEffect::LoadSavedMessages => vec![self.load_messages()],
            FilesEffect::EditSavedMessages(edit) => vec![self.edit_messages(edit)],
            // The file service or the threads of `background` execute these.
            FilesEffect::SaveGrant(_)
            | FilesEffect::RevokeGrants(_)
            | FilesEffect::RememberDashboard(..)
            | FilesEffect::LoadSentMessages(_)
            | FilesEffect::SaveSentMessage(..)
            | FilesEffect::LoadDeletion(..)
            | FilesEffect::KeepDeletion(..)
            | FilesEffect::RemoveDeletion(_)
            | FilesEffect::SaveStateCache(..)
            | FilesEffect::ConvertMqttDashExport(..) => Vec::new(),
        }
    }

    fn list_dashboards(&self) -> FilesEvent {
        FilesEvent::DashboardsListed(self.paths.list_dashboards().unwrap_or_default())
    }

    /// Reads all dashboard files.
    fn check_dashboards(&self) -> FilesEvent {
        let check = |name: String| {
            let path = self.paths.dashboard_file(&name);
            let loaded = config::load_dashboard(&path).map_err(|problems| first_problem(&path, &problems));
            (name, loaded.map(|dashboard| dashboard.profile))
        };
        FilesEvent::DashboardsChecked(self.paths.list_dashboards().unwrap_or_default().into_iter().map(check).collect())
    }

    fn create_dashboard(&self, name: &str, dashboard: &Dashboard) -> Vec<FilesEvent> {
        let path = self.paths.dashboard_file(name);
        let failed = |reason: String| vec![FilesEvent::WriteFailed { path: path.clone(), before: None, reason }];
        if path.exists() {
            return failed(format!("the dashboard {name} already exists"));
        }
        match config::write_atomic(&path, config::dashboard_to_toml(dashboard).as_bytes()) {
            Ok(()) => vec![self.list_dashboards(), FilesEvent::Created(path)],
            Err(error) => failed(error.to_string()),
        }
    }

    fn rename_dashboard(&self, from: PathBuf, name: &str, undo_history: &mut UndoHistory) -> Vec<FilesEvent> {
        let to = from.with_file_name(format!("{name}.toml"));
        let renamed = if to.exists() {
            Err(format!("the file {} already exists", to.display()))
        } else {
            fs::rename(&from, &to).map_err(|error| format!("{} cannot be renamed: {error}", from.display()))
        };
        match renamed {
            Ok(()) => {
                undo_history.rename(&from, to.clone());
                vec![FilesEvent::Renamed(from, to), self.list_dashboards()]
            }
            Err(reason) => vec![FilesEvent::WriteFailed { path: from, before: None, reason }],
        }
    }

    fn remove_dashboard(&self, path: PathBuf) -> Vec<FilesEvent> {
        match fs::remove_file(&path) {
            Ok(()) => vec![FilesEvent::Deleted(path), self.list_dashboards()],
            Err(error) => {
                let reason = format!("{} cannot be deleted: {error}", path.display());
                vec![FilesEvent::WriteFailed { path, before: None, reason }]
            }
        }
    }

    fn load_messages(&self) -> FilesEvent {
        let path = self.paths.messages_file();
        let loaded = config::load_messages(&path);
        FilesEvent::SavedMessagesLoaded(loaded.map_err(|problems| first_problem(&path, &problems)))
    }

    fn edit_messages(&self, edit: Box<MessageEdit>) -> FilesEvent {
        let result = self.edited_messages(&edit);
        FilesEvent::SavedMessagesEdited(edit, result)
    }

    fn edited_messages(&self, edit: &MessageEdit) -> Result<SavedMessages, String> {
        let path = self.paths.messages_file();
        let text = read_if_exists(&path).map_err(|error| error.to_string())?;
        let name = path.display().to_string();
        let new = config::apply_message_edit(&name, text.as_deref().unwrap_or_default(), edit);
        // A payload may be secret.
        let write = if text.is_some() { config::write_atomic } else { config::write_private };
        new.and_then(|new| write(&path, new.as_bytes())).map_err(|error| error.to_string())?;
        config::load_messages(&path).map_err(|problems| first_problem(&path, &problems).to_string())
    }

    fn edit_profiles(&self, edit: ProfileEdit) -> FilesEvent {
        let path = self.paths.profiles_file();
        let failed = |edit: ProfileEdit, reason: String| FilesEvent::ProfilesNotSaved(Box::new(edit), reason);
        let text = match read_if_exists(&path) {
            Ok(text) => text.unwrap_or_default(),
            Err(error) => return failed(edit, error.to_string()),
        };
        let name = path.display().to_string();
        let saved = config::apply_profile_edit(&name, &text, &edit)
            .and_then(|new| if new == text { Ok(()) } else { config::write_private(&path, new.as_bytes()) });
        if let Err(error) = saved {
            return failed(edit, error.to_string());
        }
        match config::load_profiles(&path) {
            Ok((profiles, _)) => FilesEvent::ProfilesSaved(Box::new(edit), profiles),
            Err(problems) => failed(edit, problems.to_string()),
        }
    }
}

impl EditExecutor {
    /// Changes `decoders.toml`, unless a schema of the new rule cannot be read.
    fn edit_decoder_rules(&self, edit: Box<DecoderRuleEdit>) -> FilesEvent {
        let path = self.paths.decoders_file();
        let failed = FilesEvent::DecoderRuleNotSaved;
        let text = match read_if_exists(&path) {
            Ok(text) => text.unwrap_or_default(),
            Err(error) => return failed(edit, error.to_string()),
        };
        let name = path.display().to_string();
        let new = match config::apply_decoder_rule_edit(&name, &text, &edit) {
            Ok(new) => new,
            Err(error) => return failed(edit, error.to_string()),
        };
        let loaded = match config::read_decoder_rules(&name, &new, &self.paths.config_dir) {
            Ok(loaded) => loaded,
            Err(error) => return failed(edit, first_problem(&path, &error.problems).to_string()),
        };
        match if new == text { Ok(()) } else { config::write_atomic(&path, new.as_bytes()) } {
            Ok(()) => FilesEvent::DecoderRulesSaved(edit, Box::new(loaded)),
            Err(error) => failed(edit, error.to_string()),
        }
    }
}

/// A file cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be read: {error}", path.display())]
struct UnreadableFile {
    path: PathBuf,
    error: std::io::Error,
}

/// Returns the text of a file, or `None` if the file does not exist.
fn read_if_exists(path: &Path) -> Result<Option<String>, UnreadableFile> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(UnreadableFile { path: path.to_owned(), error }),
    }
}

/// Applies an edit to a dashboard file. Returns a conflict if the file was modified outside mqtt-dash in a
/// way that affects the edit.
fn edit_dashboard(change: DashboardChange, undo_history: &mut UndoHistory) -> FilesEvent {
    let path = change.path.clone();
    let name = path.display().to_string();
    let failed = |reason: String| FilesEvent::WriteFailed {
        path: path.clone(),
        before: Some(Box::new(change.before.clone())),
        reason,
    };
    let text = match read_if_exists(&path) {
        Ok(text) => text,
        Err(error) => return failed(error.to_string()),
    };
    let theirs = text.as_ref().and_then(|text| config::read_dashboard(&name, text).ok());
    let is_unmodified = theirs.as_ref() == Some(&change.before);
    let edited = match (&text, &theirs) {
        (Some(text), Some(theirs)) if is_unmodified || change.edit.still_applies(&change.before, theirs) => {
            config::edit_dashboard(&name, text, theirs, &change.edit)
        }
        _ => config::edit_dashboard(&name, &text_before(&change, undo_history), &change.before, &change.edit),
    };
    let (new, dashboard) = match edited {
        Ok(edited) => edited,
        Err(error) => return failed(error.to_string()),
    };
    if !is_unmodified && change.overwrite.as_deref() != Some(text.as_deref().unwrap_or_default()) {
        let text = text.unwrap_or_default();
        let diff = diff(&text, &new);
        return FilesEvent::Conflict(Box::new(EditConflict { change, theirs, file_text: text, diff }));
    }
    // The edit of a file that is gone can be undone, too: not the deletion, which somebody else made.
    let is_gone = text.is_none();
    let old = text.unwrap_or_else(|| text_before(&change, undo_history));
    if (is_gone || new != old)
        && let Err(error) = config::write_atomic(&path, new.as_bytes())
    {
        return failed(error.to_string());
    }
    // The app does not know the external changes yet.
    let dashboard = (!is_unmodified).then(|| Box::new(dashboard));
    undo_history.record(&path, &old, new, change.summary);
    let (undo_count, redo_count) = undo_history.counts(&path);
    FilesEvent::Saved { path, dashboard, undo_count, redo_count, undone: None }
}

/// Returns the text before an external change, if it is known. Otherwise the whole file is serialized.
fn text_before(change: &DashboardChange, undo_history: &UndoHistory) -> String {
    let is_before = |text: &&str| config::read_dashboard("", text).is_ok_and(|definition| definition == change.before);
    let last_text = undo_history.last_text(&change.path).filter(is_before);
    last_text.map_or_else(|| config::dashboard_to_toml(&change.before), str::to_owned)
}

/// Undoes the last edit, or redoes the last undone one.
fn undo_or_redo(path: PathBuf, undo_history: &mut UndoHistory, direction: UndoDirection) -> FilesEvent {
    let failed = |path: PathBuf, reason: String| FilesEvent::WriteFailed { path, before: None, reason };
    let text = match read_if_exists(&path) {
        Ok(text) => text.unwrap_or_default(),
        Err(error) => return failed(path, error.to_string()),
    };
    let new = match undo_history.text_after(&path, &text, direction) {
        Ok(new) => new,
        Err(error) => {
            let reason = match (error, direction) {
                (UndoError::NothingLeft, UndoDirection::Undo) => "Nothing to undo".to_owned(),
                (UndoError::NothingLeft, UndoDirection::Redo) => "Nothing to redo".to_owned(),
                (UndoError::FileModified, UndoDirection::Undo) => {
                    format!("Not undone: {} was modified outside mqtt-dash", path.display())
                }
                (UndoError::FileModified, UndoDirection::Redo) => {
                    format!("Not redone: {} was modified outside mqtt-dash", path.display())
                }
            };
            return failed(path, reason);
        }
    };
    if let Err(error) = config::write_atomic(&path, new.as_bytes()) {
        return failed(path, error.to_string());
    }
    let dashboard = config::read_dashboard(&path.display().to_string(), &new).ok().map(Box::new);
    let undone = undo_history.finish(&path, new, direction).map(|summary| UndoneEdit { direction, summary });
    let (undo_count, redo_count) = undo_history.counts(&path);
    FilesEvent::Saved { path, dashboard, undo_count, redo_count, undone }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{edit::DashboardEdit, kind, tile::Tile};

    const TEXT: &str = "# mine\n\n[[tile]]\nkind = \"text\" # why\nname = \"A\"\n\n# the second\n[[tile]]\nkind = \"text\"\nname = \"B\"\n";

    struct FileWriterFixture {
        _folder: tempfile::TempDir,
        executor: EditExecutor,
        undo_history: UndoHistory,
        path: PathBuf,
    }

    impl FileWriterFixture {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let executor = EditExecutor { paths: AppPaths::in_folder(folder.path()) };
            let path = executor.paths.dashboard_file("x");
            config::write_atomic(&path, TEXT.as_bytes()).unwrap();
            Self { _folder: folder, executor, undo_history: UndoHistory::default(), path }
        }

        fn text(&self) -> String {
            fs::read_to_string(&self.path).unwrap()
        }

        fn change(&self, edit: DashboardEdit) -> DashboardChange {
            let before = config::read_dashboard("x", &self.text()).unwrap();
            let summary = crate::app::EditSummary::of(&edit, &before);
            DashboardChange { path: self.path.clone(), before, edit, summary, overwrite: None }
        }

        fn execute(&mut self, effect: FilesEffect) -> FilesEvent {
            self.executor.execute(effect, &mut self.undo_history).pop().unwrap()
        }

        fn edit(&mut self, change: DashboardChange) -> FilesEvent {
            self.execute(FilesEffect::EditDashboard(Box::new(change)))
        }
    }

    #[test]
    fn undo_restores_dashboard_file_byte_for_byte() {
        let mut fixture = FileWriterFixture::new();
        let result = fixture.edit(fixture.change(DashboardEdit::DeleteTile(1)));
        assert!(
            matches!(result, FilesEvent::Saved { undo_count: 1, redo_count: 0, dashboard: None, .. }),
            "{result:?}"
        );
        assert!(!fixture.text().contains("the second"));
        let result = fixture.execute(FilesEffect::Undo(fixture.path.clone()));
        assert!(
            matches!(result, FilesEvent::Saved { undo_count: 0, redo_count: 1, dashboard: Some(_), .. }),
            "{result:?}"
        );
        assert_eq!(fixture.text(), TEXT);
        fixture.execute(FilesEffect::Redo(fixture.path.clone()));
        assert!(!fixture.text().contains("the second"));
        fixture.execute(FilesEffect::Undo(fixture.path.clone()));
        assert!(matches!(
            fixture.execute(FilesEffect::Undo(fixture.path.clone())),
            FilesEvent::WriteFailed { before: None, .. }
        ));
    }

    #[test]
    fn undo_says_which_edit_it_undid() {
        use crate::app::EditSummary;

        let mut fixture = FileWriterFixture::new();
        let mut tile = config::read_dashboard("x", TEXT).unwrap().tiles.remove(1);
        tile.name = "C".to_owned();
        fixture.edit(fixture.change(DashboardEdit::ReplaceTile(1, tile)));
        fixture.edit(fixture.change(DashboardEdit::DeleteTile(0)));
        let path = fixture.path.clone();
        let mut undone = |effect: FilesEffect| match fixture.execute(effect) {
            FilesEvent::Saved { undone, undo_count, redo_count, .. } => (undone, undo_count, redo_count),
            other => panic!("{other:?}"),
        };
        let edit = |direction, summary| Some(UndoneEdit { direction, summary });
        let (deleted, edited) = (EditSummary::DeletedTile("A".into()), EditSummary::EditedTile("C".into()));
        assert_eq!(undone(FilesEffect::Undo(path.clone())), (edit(UndoDirection::Undo, deleted.clone()), 1, 1));
        assert_eq!(undone(FilesEffect::Undo(path.clone())), (edit(UndoDirection::Undo, edited.clone()), 0, 2));
        assert_eq!(undone(FilesEffect::Redo(path.clone())), (edit(UndoDirection::Redo, edited), 1, 1));
        assert_eq!(undone(FilesEffect::Redo(path)), (edit(UndoDirection::Redo, deleted), 2, 0));
    }

    #[test]
    fn undo_after_a_deleted_file_was_written_again_undoes_the_edit_only() {
        let mut fixture = FileWriterFixture::new();
        let change = fixture.change(DashboardEdit::DeleteTile(0));
        let before = change.before.clone();
        fs::remove_file(&fixture.path).unwrap();
        let FilesEvent::Conflict(conflict) = fixture.edit(change.clone()) else { panic!() };
        let result = fixture.edit(DashboardChange { overwrite: Some(conflict.file_text), ..change });
        assert!(matches!(result, FilesEvent::Saved { undo_count: 1, .. }), "{result:?}");
        assert_eq!(config::read_dashboard("x", &fixture.text()).unwrap().tiles.len(), before.tiles.len() - 1);
        let path = fixture.path.clone();
        assert!(matches!(fixture.execute(FilesEffect::Undo(path)), FilesEvent::Saved { .. }));
        assert_eq!(config::read_dashboard("x", &fixture.text()).unwrap(), before);
    }

    #[test]
    fn saved_conflict_is_one_undo_step() {
        let mut fixture = FileWriterFixture::new();
        let change = fixture.change(DashboardEdit::DeleteTile(0));
        let theirs = TEXT.replace("\"B\"", "\"C\"").replace("\"A\"", "\"D\"");
        config::write_atomic(&fixture.path, theirs.as_bytes()).unwrap();
        let FilesEvent::Conflict(conflict) = fixture.edit(change.clone()) else { panic!() };
        let result = fixture.edit(DashboardChange { overwrite: Some(conflict.file_text), ..change });
        assert!(matches!(result, FilesEvent::Saved { undo_count: 1, .. }), "{result:?}");
        fixture.execute(FilesEffect::Undo(fixture.path.clone()));
        assert_eq!(fixture.text(), theirs);
    }

    #[test]
    fn check_reads_every_dashboard_and_says_what_is_wrong() {
        let mut fixture = FileWriterFixture::new();
        let write = |name: &str, text: &str| {
            config::write_atomic(&fixture.executor.paths.dashboard_file(name), text.as_bytes()).unwrap();
        };
        write("attic", "profile = \"gone\"\n");
        write("broken", "[[tile]]\nkind = \"txt\"\n");
        let FilesEvent::DashboardsChecked(checks) = fixture.execute(FilesEffect::CheckDashboards) else { panic!() };
        let check_of = |name: &str| &checks.iter().find(|(checked, _)| checked == name).unwrap().1;
        assert_eq!(check_of("attic"), &Ok(Some("gone".to_owned())));
        assert!(check_of("broken").as_ref().unwrap_err().to_string().starts_with("broken.toml line "));
    }

    #[test]
    fn rename_keeps_undo_history_and_never_overwrites_file() {
        let mut fixture = FileWriterFixture::new();
        fixture.edit(fixture.change(DashboardEdit::DeleteTile(1)));
        let existing = fixture.executor.paths.dashboard_file("taken");
        config::write_atomic(&existing, b"").unwrap();
        let result = fixture.execute(FilesEffect::RenameDashboard(fixture.path.clone(), "taken".into()));
        assert!(matches!(result, FilesEvent::WriteFailed { before: None, .. }), "{result:?}");
        let result = fixture
            .executor
            .execute(FilesEffect::RenameDashboard(fixture.path.clone(), "new".into()), &mut fixture.undo_history);
        assert!(
            matches!(&result[..], [FilesEvent::Renamed(..), FilesEvent::DashboardsListed(files)] if *files == ["new", "taken"]),
            "{result:?}"
        );
        fixture.path = fixture.executor.paths.dashboard_file("new");
        fixture.execute(FilesEffect::Undo(fixture.path.clone()));
        assert_eq!(fixture.text(), TEXT);
    }

    #[test]
    fn edit_conflicts_with_external_change_unless_only_comments_differ() {
        let mut fixture = FileWriterFixture::new();
        let change = fixture.change(DashboardEdit::InsertTile(0, Tile::new(kind::from_name("switch").unwrap())));
        config::write_atomic(&fixture.path, format!("# theirs\n{TEXT}").as_bytes()).unwrap();
        assert!(matches!(fixture.edit(change.clone()), FilesEvent::Saved { .. }));
        assert!(fixture.text().starts_with("# theirs\n"));
        config::write_atomic(&fixture.path, TEXT.replace("\"B\"", "\"C\"").as_bytes()).unwrap();
        let FilesEvent::Conflict(conflict) = fixture.edit(change.clone()) else { panic!() };
        assert!(
            conflict.theirs.is_some() && conflict.diff.iter().any(|line| line.starts_with("+ kind = \"switch\"")),
            "{conflict:?}"
        );
        let overwritten_text = Some(conflict.file_text);
        config::write_atomic(&fixture.path, TEXT.replace("\"B\"", "\"D\"").as_bytes()).unwrap();
        let FilesEvent::Conflict(conflict) =
            fixture.edit(DashboardChange { overwrite: overwritten_text, ..change.clone() })
        else {
            panic!()
        };
        let result = fixture.edit(DashboardChange { overwrite: Some(conflict.file_text), ..change });
        assert!(matches!(result, FilesEvent::Saved { dashboard: Some(_), .. }), "{result:?}");
        assert!(fixture.text().contains("kind = \"switch\"") && fixture.text().contains("\"D\""));
        assert!(fixture.text().contains("# why"));
        let before = config::read_dashboard("x", TEXT).unwrap();
        let change = DashboardChange { before, ..fixture.change(DashboardEdit::DeleteTile(1)) };
        let FilesEvent::Conflict(conflict) = fixture.edit(change) else { panic!() };
        assert!(conflict.diff.iter().any(|line| line.starts_with("- name = \"D\"")), "{conflict:?}");
    }

    #[test]
    fn saved_messages_are_edited_in_place_and_mistakes_are_said() {
        use crate::model::saved_message::SavedMessage;

        let mut fixture = FileWriterFixture::new();
        let path = fixture.executor.paths.messages_file();
        let message = |name: &str| SavedMessage { name: name.into(), topic: "t".into(), ..SavedMessage::default() };
        let mut edit = |edit: MessageEdit| match fixture.execute(FilesEffect::EditSavedMessages(Box::new(edit))) {
            FilesEvent::SavedMessagesEdited(_, result) => result.map(|messages| messages.messages.len()),
            other => panic!("{other:?}"),
        };
        assert_eq!(edit(MessageEdit::Add(message("a"))), Ok(1));
        let text = format!("# mine\n{}", fs::read_to_string(&path).unwrap());
        config::write_atomic(&path, text.as_bytes()).unwrap();
        assert_eq!(edit(MessageEdit::Add(message("b"))), Ok(2));
        assert!(edit(MessageEdit::Add(message("b"))).unwrap_err().ends_with("there is a message `b` already"));
        assert_eq!(edit(MessageEdit::Delete("b".into())), Ok(1));
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        config::write_atomic(&path, b"[[message]]\nname = \"a\"\ntopic = 1\n").unwrap();
        assert!(edit(MessageEdit::Add(message("c"))).is_err());
        let FilesEvent::SavedMessagesLoaded(Err(error)) = fixture.execute(FilesEffect::LoadSavedMessages) else {
            panic!()
        };
        assert!(error.to_string().starts_with("messages.toml line 3: "), "{error}");
    }

    #[test]
    fn first_profile_creates_file_readable_by_owner_only() {
        let mut fixture = FileWriterFixture::new();
        let profile = crate::model::profile::Profile { name: "home".into(), ..Default::default() };
        let result = fixture.execute(FilesEffect::EditProfiles(Box::new(ProfileEdit::Add(profile))));
        let FilesEvent::ProfilesSaved(_, profiles) = result else { panic!("{result:?}") };
        assert!(profiles.by_name("home").is_some());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(fixture.executor.paths.profiles_file()).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
