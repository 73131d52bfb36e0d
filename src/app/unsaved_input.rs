//! What the user has typed, until it is saved: a form, a prompt, or the question about a conflict closes at once, and opens
//! again as it was if its file cannot be written.

use std::path::{Path, PathBuf};

use super::{App, Effect, FilesEffect, form::FormSubject, screens::Screen};
use crate::model::edit::ProfileEdit;

/// A screen that was closed when its input was sent to be saved.
#[derive(Debug)]
pub(super) struct UnsavedInput {
    write: PendingWrite,
    screen: Screen,
}

/// The write that saves the input of a screen.
#[derive(Debug, PartialEq)]
enum PendingWrite {
    /// An edit of this dashboard file, after this number of other writes of it.
    Dashboard(PathBuf, usize),
    /// This edit of `profiles.toml`.
    Profiles(Box<ProfileEdit>),
    /// A new dashboard file with this name.
    Create(String),
    /// A new name for this dashboard file.
    Rename(PathBuf),
}

/// The screens whose input is not saved.
#[derive(Debug, Default)]
pub(super) struct UnsavedInputs {
    /// Those whose file is being written.
    pending: Vec<UnsavedInput>,
    /// Those whose file could not be written, until the focus is free.
    failed: Vec<Screen>,
}

impl UnsavedInputs {
    fn take(&mut self, is_meant: impl Fn(&PendingWrite) -> bool) -> Option<Screen> {
        let index = self.pending.iter().position(|input| is_meant(&input.write))?;
        Some(self.pending.remove(index).screen)
    }
}

impl App {
    /// Keeps a screen that closes until what these effects write is saved: a form, a prompt for the name of a file, or a
    /// conflict whose file is overwritten.
    pub(super) fn keep_until_saved(&mut self, screen: impl Into<Screen>, effects: &[Effect]) {
        let write = effects.iter().find_map(|effect| match effect {
            Effect::Files(FilesEffect::EditDashboard(change)) => {
                let pending = self.editor_state.pending_writes.iter().filter(|path| **path == change.path).count();
                Some(PendingWrite::Dashboard(change.path.clone(), pending.saturating_sub(1)))
            }
            Effect::Files(FilesEffect::EditProfiles(edit)) => Some(PendingWrite::Profiles(edit.clone())),
            Effect::Files(FilesEffect::CreateDashboard(name, _)) => Some(PendingWrite::Create(name.clone())),
            Effect::Files(FilesEffect::RenameDashboard(path, _)) => Some(PendingWrite::Rename(path.clone())),
            _ => None,
        });
        let screen = screen.into();
        self.editor_state.unsaved.pending.extend(write.map(|write| UnsavedInput { write, screen }));
    }

    /// Takes into account that a write of a dashboard file is finished. Returns the form whose input it has saved, or has
    /// failed to.
    pub(super) fn take_form_of_write(&mut self, path: &Path) -> Option<Screen> {
        let unsaved = &mut self.editor_state.unsaved;
        let finished = unsaved.take(|write| matches!(write, PendingWrite::Dashboard(file, 0) if file == path));
        for input in &mut unsaved.pending {
            if let PendingWrite::Dashboard(file, earlier) = &mut input.write
                && file == path
            {
                *earlier = earlier.saturating_sub(1);
            }
        }
        finished
    }

    /// Returns the prompt for the name of a file that was created, or could not be.
    pub(super) fn take_prompt_of_file(&mut self, path: &Path) -> Option<Screen> {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        self.editor_state.unsaved.take(|write| matches!(write, PendingWrite::Create(new) if *new == name))
    }

    /// Returns the prompt for the new name of a file that was renamed, or could not be.
    pub(super) fn take_prompt_of_rename(&mut self, path: &Path) -> Option<Screen> {
        self.editor_state.unsaved.take(|write| matches!(write, PendingWrite::Rename(from) if from == path))
    }

    /// Returns the form whose edit of the profiles was saved, or could not be.
    pub(super) fn take_form_of_profile(&mut self, edit: &ProfileEdit) -> Option<Screen> {
        self.editor_state.unsaved.take(|write| matches!(write, PendingWrite::Profiles(saved) if **saved == *edit))
    }

    /// Opens a screen again whose input could not be saved, at once or when the focus is free.
    pub(super) fn reopen_unsaved(&mut self, screen: Option<Screen>) {
        self.editor_state.unsaved.failed.extend(screen);
        self.show_unsaved_input();
    }

    /// Opens the first screen whose input could not be saved, if the focus is free.
    pub(super) fn show_unsaved_input(&mut self) {
        let is_free = matches!(self.focus, Screen::Dashboard(_) | Screen::Connections(_) | Screen::Detail(_));
        if !is_free || self.editor_state.unsaved.failed.is_empty() {
            return;
        }
        let mut screen = self.editor_state.unsaved.failed.remove(0);
        if let Screen::Form(form) = &mut screen {
            let is_gone = |app: &Self, tile| app.position_of(tile).is_none();
            if let FormSubject::Tile { tile: Some(tile), .. } = form.subject
                && is_gone(self, tile)
            {
                form.forget_tiles(&[tile]);
            }
        }
        let left = std::mem::replace(&mut self.focus, screen);
        if matches!(left, Screen::Detail(_)) {
            self.left_screen = Some(left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::{
            Action, EditAction, Event, FilesEvent,
            input_edit::InputEdit,
            tests::{AppFixture, tile},
        },
        model::{edit::Profiles, grid::Direction},
    };

    const FILE: &str = "/home.toml";

    fn fixture() -> AppFixture {
        let mut fixture = AppFixture::new(vec![tile("text", &[("name", "a".into()), ("topic", "a".into())])]);
        fixture.app.dashboards[0].path = Some(FILE.into());
        fixture
    }

    fn edit_name(fixture: &mut AppFixture, name: &str) -> Vec<Effect> {
        fixture.dispatch(Action::Edit(EditAction::Edit));
        fixture.dispatch(Action::EditInput(InputEdit::paste(name, false).0));
        fixture.dispatch(Action::Accept)
    }

    /// Answers the writes of dashboard files among the effects: a failure.
    fn fail(fixture: &mut AppFixture, effects: &[Effect]) {
        for effect in effects {
            let event = match effect {
                Effect::Files(FilesEffect::EditDashboard(change)) => FilesEvent::WriteFailed {
                    path: change.path.clone(),
                    before: Some(Box::new(change.before.clone())),
                    reason: "no space left".into(),
                },
                Effect::Files(FilesEffect::CreateDashboard(name, _)) => FilesEvent::WriteFailed {
                    path: format!("/{name}.toml").into(),
                    before: None,
                    reason: "no space left".into(),
                },
                Effect::Files(FilesEffect::EditProfiles(edit)) => {
                    FilesEvent::ProfilesNotSaved(edit.clone(), "no space left".into())
                }
                _ => continue,
            };
            fixture.app.update(Event::Files(event), fixture.now);
        }
    }

    fn succeed(fixture: &mut AppFixture) {
        let saved =
            FilesEvent::Saved { path: FILE.into(), dashboard: None, undo_count: 1, redo_count: 0, undone: None };
        fixture.app.update(Event::Files(saved), fixture.now);
    }

    fn tile_name(fixture: &AppFixture) -> String {
        fixture.app.dashboards[0].tile(0).unwrap().0.name.clone()
    }

    fn typed_name(fixture: &AppFixture) -> Option<String> {
        Some(fixture.app.form()?.draft_tile()?.0.name)
    }

    #[test]
    fn form_that_is_not_saved_opens_again_with_what_was_typed() {
        let mut fixture = fixture();
        let effects = edit_name(&mut fixture, "bc");
        assert_eq!((tile_name(&fixture), typed_name(&fixture)), ("abc".to_owned(), None));
        fail(&mut fixture, &effects);
        assert_eq!((tile_name(&fixture), typed_name(&fixture)), ("a".to_owned(), Some("abc".to_owned())));
        assert_eq!(fixture.app.notice().unwrap().text, "no space left");
        // It is saved as the same tile when there is room again.
        let effects = fixture.dispatch(Action::Accept);
        assert!(effects.iter().any(|effect| matches!(effect, Effect::Files(FilesEffect::EditDashboard(_)))));
        succeed(&mut fixture);
        assert_eq!((tile_name(&fixture), fixture.app.dashboards[0].tile_ids().len()), ("abc".to_owned(), 1));
        assert!(fixture.app.editor_state.unsaved.pending.is_empty());
        fail(&mut fixture, &effects);
        assert_eq!(typed_name(&fixture), None, "what is saved does not come back");
    }

    #[test]
    fn form_follows_its_own_write_and_waits_for_the_focus() {
        let mut fixture = fixture();
        let copy = fixture.dispatch(Action::Edit(EditAction::Copy));
        fixture.dispatch(Action::SelectTile(0));
        let edit = edit_name(&mut fixture, "b");
        fail(&mut fixture, &copy);
        assert_eq!(typed_name(&fixture), None, "another write has failed");
        fixture.dispatch(Action::Edit(EditAction::Edit));
        fail(&mut fixture, &edit);
        assert_eq!(typed_name(&fixture).as_deref(), Some("a"), "another form has the focus");
        fixture.dispatch(Action::Cancel);
        assert_eq!(typed_name(&fixture).as_deref(), Some("ab"));
    }

    #[test]
    fn new_tile_and_prompt_and_connection_come_back() {
        let mut fixture = fixture();
        fixture.dispatch(Action::Edit(EditAction::Copy));
        succeed(&mut fixture);
        fixture.app.prompt_new_dashboard();
        fixture.dispatch(Action::EditInput(InputEdit::paste("attic", false).0));
        let effects = fixture.dispatch(Action::Accept);
        assert!(fixture.app.dashboard_has_focus());
        fail(&mut fixture, &effects);
        let Screen::NamePrompt(prompt) = &fixture.app.focus else { panic!("{:?}", fixture.app.focus) };
        assert_eq!(prompt.input.value(), "attic");
        fixture.dispatch(Action::Cancel);
        fixture.app.editor_state.profiles = Profiles::default();
        fixture.dispatch(Action::Edit(EditAction::NewConnection));
        fixture.dispatch(Action::EditInput(InputEdit::paste("garden", false).0));
        fixture.dispatch(Action::MoveInDialog(Direction::Down));
        fixture.dispatch(Action::EditInput(InputEdit::paste("mqtt://garden", false).0));
        let effects = fixture.dispatch(Action::Accept);
        assert!(fixture.app.form().is_none(), "{:?}", fixture.app.notice());
        fail(&mut fixture, &effects);
        assert_eq!(fixture.app.form().unwrap().draft_profile().0.name, "garden");
    }
}
