//! Undo and redo: what they undid, and the limit for a key that is held.

use std::{path::Path, time::Duration};

use crate::{
    app::{Action, App, EditAction, EditSummary, Effect, FilesEffect, UndoDirection},
    model::time::Time,
};

/// A key that comes again within this time is held: keyboards repeat every 30 to 95 ms, two deliberate presses are
/// further apart.
pub(in crate::app) const KEY_REPEAT_LIMIT: Duration = Duration::from_millis(120);

/// The last use of undo or redo.
#[derive(Debug)]
pub(in crate::app) struct UndoState {
    direction: UndoDirection,
    /// When the key was pressed or repeated.
    last_press: Time,
    /// Whether the key is held, so that repetitions have been ignored.
    is_held: bool,
    /// What was undone, and how many edits are left, as soon as it is known.
    result: Option<(EditSummary, usize)>,
}

impl UndoState {
    /// Returns the notice of what was undone.
    fn notice(&self) -> Option<String> {
        let (edit, left) = self.result.as_ref()?;
        let more = if *left > 0 { format!(" ({left} more)") } else { String::new() };
        let releases = self.is_held && *left > 0;
        Some(match (self.direction, releases) {
            (UndoDirection::Undo, false) => format!("↶ Undone: {edit}{more} · Ctrl-R redo"),
            (UndoDirection::Undo, true) => format!("↶ Undone: {edit}{more} · release u to undo more"),
            (UndoDirection::Redo, false) => format!("↷ Redone: {edit}{more} · u undo"),
            (UndoDirection::Redo, true) => format!("↷ Redone: {edit}{more} · release Ctrl-R to redo more"),
        })
    }
}

impl App {
    /// Takes into account that this action came: another one than undo or redo means that their keys are released.
    pub(in crate::app) fn forget_held_key(&mut self, action: &Action) {
        if !matches!(action, Action::Edit(EditAction::Undo | EditAction::Redo)) {
            self.editor_state.undo_state = None;
        }
    }

    /// Undoes the last edit of a dashboard file, or redoes the last undone one. A key that is held does so only once, so
    /// that it does not empty a dashboard.
    pub(super) fn undo_or_redo(&mut self, path: &Path, direction: UndoDirection, now: Time) -> Vec<Effect> {
        let previous = self.editor_state.undo_state.take().filter(|state| state.direction == direction);
        if let Some(mut state) = previous
            && now.since(state.last_press) < KEY_REPEAT_LIMIT
        {
            state.is_held = true;
            state.last_press = now;
            let notice = state.notice().unwrap_or_else(|| match direction {
                UndoDirection::Undo if self.undo_counts().0 == 0 => "Nothing to undo".to_owned(),
                UndoDirection::Redo if self.undo_counts().1 == 0 => "Nothing to redo".to_owned(),
                UndoDirection::Undo => "Release u to undo more".to_owned(),
                UndoDirection::Redo => "Release Ctrl-R to redo more".to_owned(),
            });
            self.editor_state.undo_state = Some(state);
            self.notify(notice, now);
            return Vec::new();
        }
        self.editor_state.undo_state = Some(UndoState { direction, last_press: now, is_held: false, result: None });
        let effect = match direction {
            UndoDirection::Undo => FilesEffect::Undo(path.to_owned()),
            UndoDirection::Redo => FilesEffect::Redo(path.to_owned()),
        };
        vec![self.queue_file_write(path, effect)]
    }

    /// Says what was undone or redone, and how many edits can be undone or redone after it.
    pub(super) fn show_undone(&mut self, direction: UndoDirection, edit: EditSummary, counts: (usize, usize)) {
        let now = self.editor_state.now;
        let left = match direction {
            UndoDirection::Undo => counts.0,
            UndoDirection::Redo => counts.1,
        };
        // Other keys may have been pressed since.
        let mut without_press = UndoState { direction, last_press: now, is_held: false, result: None };
        let pressed = self.editor_state.undo_state.as_mut().filter(|state| state.direction == direction);
        let state = pressed.unwrap_or(&mut without_press);
        state.result = Some((edit, left));
        if let Some(notice) = state.notice() {
            self.notify(notice, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{FilesEvent, UndoneEdit, editing::tests::EditingFixture};

    /// Undoes or redoes this many milliseconds after the last event. Returns whether the file service is asked to, and
    /// the notice.
    fn press(fixture: &mut EditingFixture, direction: UndoDirection, millis: u64) -> (bool, String) {
        fixture.now = fixture.now.saturating_add(Duration::from_millis(millis));
        let effects = fixture.edit_action(match direction {
            UndoDirection::Undo => EditAction::Undo,
            UndoDirection::Redo => EditAction::Redo,
        });
        (!effects.is_empty(), fixture.notice().to_owned())
    }

    /// Reports that an edit was undone or redone, and returns the notice.
    fn finish(fixture: &mut EditingFixture, direction: UndoDirection, counts: (usize, usize)) -> String {
        let summary = EditSummary::MovedTile("Kitchen lamp".to_owned());
        fixture.edit_result(FilesEvent::Saved {
            path: "/x.toml".into(),
            dashboard: None,
            undo_count: counts.0,
            redo_count: counts.1,
            undone: Some(UndoneEdit { direction, summary }),
        });
        fixture.notice().to_owned()
    }

    #[test]
    fn notice_says_what_was_undone_and_how_many_edits_are_left() {
        let mut fixture = EditingFixture::new();
        press(&mut fixture, UndoDirection::Undo, 0);
        assert_eq!(
            finish(&mut fixture, UndoDirection::Undo, (6, 1)),
            "↶ Undone: moved Kitchen lamp (6 more) · Ctrl-R redo"
        );
        press(&mut fixture, UndoDirection::Undo, 500);
        assert_eq!(finish(&mut fixture, UndoDirection::Undo, (0, 7)), "↶ Undone: moved Kitchen lamp · Ctrl-R redo");
        press(&mut fixture, UndoDirection::Redo, 500);
        assert_eq!(finish(&mut fixture, UndoDirection::Redo, (1, 6)), "↷ Redone: moved Kitchen lamp (6 more) · u undo");
        press(&mut fixture, UndoDirection::Redo, 500);
        assert_eq!(finish(&mut fixture, UndoDirection::Redo, (7, 0)), "↷ Redone: moved Kitchen lamp · u undo");
    }

    #[test]
    fn held_key_undoes_once() {
        for (direction, counts, hint) in [
            (UndoDirection::Undo, (6, 1), "release u to undo more"),
            (UndoDirection::Redo, (1, 6), "release Ctrl-R to redo more"),
        ] {
            let mut fixture = EditingFixture::new();
            assert!(press(&mut fixture, direction, 0).0);
            finish(&mut fixture, direction, counts);
            for _ in 0..50 {
                let (is_undone, notice) = press(&mut fixture, direction, 95);
                assert!(!is_undone && notice.ends_with(&format!("Kitchen lamp (6 more) · {hint}")), "{notice}");
            }
            assert!(press(&mut fixture, direction, 150).0, "pressed again");
            assert!(press(&mut fixture, direction, 150).0);
        }
    }

    #[test]
    fn held_key_says_so_before_and_after_the_result() {
        let mut fixture = EditingFixture::new();
        press(&mut fixture, UndoDirection::Undo, 0);
        assert_eq!(press(&mut fixture, UndoDirection::Undo, 30), (false, "Nothing to undo".to_owned()));
        let notice = finish(&mut fixture, UndoDirection::Undo, (3, 1));
        assert_eq!(notice, "↶ Undone: moved Kitchen lamp (3 more) · release u to undo more");
        press(&mut fixture, UndoDirection::Undo, 500);
        assert_eq!(press(&mut fixture, UndoDirection::Undo, 30), (false, "Release u to undo more".to_owned()));
        let notice = finish(&mut fixture, UndoDirection::Undo, (0, 4));
        assert_eq!(notice, "↶ Undone: moved Kitchen lamp · Ctrl-R redo", "there is no more");
    }

    #[test]
    fn undo_and_redo_in_quick_succession_both_count() {
        let mut fixture = EditingFixture::new();
        assert!(press(&mut fixture, UndoDirection::Undo, 0).0);
        assert!(press(&mut fixture, UndoDirection::Redo, 30).0);
        assert!(press(&mut fixture, UndoDirection::Undo, 30).0);
    }

    #[test]
    fn key_between_two_presses_means_that_the_key_was_released() {
        let mut fixture = EditingFixture::new();
        assert!(press(&mut fixture, UndoDirection::Undo, 0).0);
        fixture.action(Action::MoveSelection(crate::model::grid::Direction::First));
        assert_eq!(
            finish(&mut fixture, UndoDirection::Undo, (6, 1)),
            "↶ Undone: moved Kitchen lamp (6 more) · Ctrl-R redo"
        );
        assert!(press(&mut fixture, UndoDirection::Undo, 30).0);
    }

    #[test]
    fn dashboard_without_file_has_nothing_to_undo() {
        let mut fixture = EditingFixture::with_dashboard(crate::model::dashboard::Dashboard::default(), None);
        assert_eq!(press(&mut fixture, UndoDirection::Undo, 0), (false, "Nothing to undo".to_owned()));
        assert_eq!(press(&mut fixture, UndoDirection::Redo, 0), (false, "Nothing to redo".to_owned()));
    }
}
