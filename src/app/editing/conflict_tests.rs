//! Tests for files that are modified outside mqtt-dash while writes are pending or dialogs are open.

use std::path::PathBuf;

use super::tests::{EditingFixture, edits_in, tile};
use crate::{
    app::{Action, EditAction, EditConflict, Effect, Event, FilesEffect, FilesEvent, Screen},
    model::{
        dashboard::Dashboard,
        edit::{DashboardEdit, Profiles},
        grid::Direction,
        profile::Profile,
        tile::Tile,
    },
};

fn abc_tiles() -> Vec<Tile> {
    vec![tile("text", "A", "a"), tile("switch", "B", "b"), tile("text", "C", "c")]
}

/// Reports that the file was modified and contains these tiles.
fn reload_file(fixture: &mut EditingFixture, tiles: Vec<Tile>) -> Vec<Effect> {
    let content = Ok(Dashboard { tiles, ..Dashboard::default() });
    fixture.event(Event::Files(FilesEvent::DashboardChanged("/x.toml".into(), Box::new(content))))
}

fn finish_save(fixture: &mut EditingFixture) {
    fixture.edit_result(FilesEvent::Saved {
        path: PathBuf::from("/x.toml"),
        dashboard: None,
        undo_count: 1,
        redo_count: 0,
        undone: None,
    });
}

#[test]
fn reload_during_pending_save_does_not_revert_edit() {
    let mut fixture = EditingFixture::new();
    fixture.edit_action(EditAction::Copy);
    reload_file(&mut fixture, abc_tiles());
    assert_eq!(fixture.tile_names(), "AABC");
    finish_save(&mut fixture);
    reload_file(&mut fixture, abc_tiles());
    assert_eq!(fixture.tile_names(), "ABC", "no write is pending");
}

#[test]
fn tile_move_continues_unless_file_changes() {
    let mut fixture = EditingFixture::new();
    fixture.edit_action(EditAction::MoveTile);
    fixture.action(Action::MoveInDialog(Direction::Right));
    reload_file(&mut fixture, abc_tiles());
    assert_eq!(fixture.tile_names(), "BAC");
    reload_file(&mut fixture, abc_tiles().split_off(1));
    assert!(matches!(fixture.app.focus, Screen::Dashboard(_)));
    assert_eq!(fixture.tile_names(), "BC");
}

#[test]
fn form_follows_moved_tile_and_asks_before_it_adds_deleted_one() {
    let mut fixture = EditingFixture::new();
    fixture.edit_action(EditAction::Edit);
    fixture.type_text("!");
    let mut tiles = abc_tiles();
    tiles.rotate_left(1);
    reload_file(&mut fixture, tiles);
    let effects = fixture.action(Action::Accept);
    assert!(matches!(edits_in(&effects)[..], [DashboardEdit::ReplaceTile(2, _)]), "{effects:?}");
    assert_eq!(fixture.tile_names(), "BCA!");
    finish_save(&mut fixture);
    fixture.edit_action(EditAction::Edit);
    fixture.type_text("?");
    reload_file(&mut fixture, vec![tile("text", "C", "c")]);
    assert_eq!(fixture.app.form().unwrap().title(), "Edit tile (was deleted, will be added)");
    for _ in 0..2 {
        assert!(edits_in(&fixture.action(Action::Accept)).is_empty());
        let Screen::Confirm(confirm) = &fixture.app.focus else { panic!("{:?}", fixture.app.focus) };
        assert_eq!(confirm.text, ["Tile A! was deleted meanwhile: add it again?"]);
        fixture.action(Action::Cancel);
        assert_eq!(fixture.app.form().unwrap().draft_tile().unwrap().0.name, "A!?", "the input is kept");
        assert_eq!(fixture.tile_names(), "C");
    }
    fixture.action(Action::Accept);
    let effects = fixture.action(Action::Accept);
    assert!(matches!(edits_in(&effects)[..], [DashboardEdit::InsertTile(1, _)]), "{effects:?}");
    assert_eq!(fixture.tile_names(), "CA!?");
    assert!(matches!(fixture.app.focus, Screen::Dashboard(_)));
}

#[test]
fn form_whose_dashboard_closes_during_the_question_keeps_its_input() {
    let mut fixture = EditingFixture::new();
    fixture.edit_action(EditAction::Edit);
    fixture.type_text("!");
    reload_file(&mut fixture, vec![tile("text", "C", "c")]);
    fixture.action(Action::Accept);
    fixture.edit_result(FilesEvent::Deleted("/x.toml".into()));
    assert_eq!(edits_in(&fixture.action(Action::Accept)), Vec::<&DashboardEdit>::new());
    assert!(fixture.notice().starts_with("Not saved: the dashboard of this form was closed"), "{}", fixture.notice());
    assert_eq!(fixture.app.form().unwrap().draft_tile().unwrap().0.name, "A!");
}

#[test]
fn canceled_conflict_about_deleted_tile_asks_before_it_adds_it() {
    let mut fixture = EditingFixture::new();
    fixture.edit_action(EditAction::Edit);
    fixture.type_text("!");
    let effects = fixture.action(Action::Accept);
    let Some(Effect::Files(FilesEffect::EditDashboard(change))) = effects.last() else { panic!("{effects:?}") };
    let theirs = Some(Dashboard { tiles: abc_tiles().split_off(1), ..Dashboard::default() });
    let conflict = EditConflict { change: (**change).clone(), theirs, file_text: String::new(), diff: Vec::new() };
    fixture.edit_result(FilesEvent::Conflict(Box::new(conflict)));
    fixture.action(Action::Cancel);
    assert_eq!(fixture.app.form().unwrap().title(), "Edit tile (was deleted, will be added)");
    assert!(edits_in(&fixture.action(Action::Accept)).is_empty());
    let Screen::Confirm(confirm) = &fixture.app.focus else { panic!("{:?}", fixture.app.focus) };
    assert_eq!(confirm.text, ["Tile A! was deleted meanwhile: add it again?"]);
    let effects = fixture.action(Action::Accept);
    assert!(matches!(edits_in(&effects)[..], [DashboardEdit::InsertTile(1, _)]), "{effects:?}");
}

#[test]
fn concurrent_tile_edit_keeps_form_original_as_base() {
    let mut fixture = EditingFixture::new();
    fixture.edit_action(EditAction::Edit);
    fixture.type_text("!");
    reload_file(&mut fixture, vec![tile("text", "A theirs", "a"), tile("switch", "B", "b"), tile("text", "C", "c")]);
    let effects = fixture.action(Action::Accept);
    let Some(Effect::Files(FilesEffect::EditDashboard(change))) = effects.last() else { panic!("{effects:?}") };
    assert_eq!(
        change.before.tiles,
        abc_tiles(),
        "the base is the tile that the form was opened with, so that the conflict is detected"
    );
}

/// Renames the first tile to `A!` in its form, while its name in the file has become `T`. Returns the conflict.
fn edit_against_theirs(fixture: &mut EditingFixture) -> EditConflict {
    fixture.edit_action(EditAction::Edit);
    fixture.type_text("!");
    let effects = fixture.action(Action::Accept);
    let Some(Effect::Files(FilesEffect::EditDashboard(change))) = effects.last() else { panic!("{effects:?}") };
    let mut theirs = Dashboard { tiles: abc_tiles(), ..Dashboard::default() };
    theirs.tiles[0].name = "T".into();
    EditConflict { change: (**change).clone(), theirs: Some(theirs), file_text: "t".into(), diff: Vec::new() }
}

#[test]
fn canceled_conflict_reopens_form_with_unsaved_input() {
    let mut fixture = EditingFixture::new();
    let conflict = edit_against_theirs(&mut fixture);
    fixture.edit_result(FilesEvent::Conflict(Box::new(conflict)));
    fixture.action(Action::Cancel);
    assert_eq!(fixture.tile_names(), "TBC");
    assert!(fixture.app.form().unwrap().changed());
    fixture.action(Action::Accept);
    assert_eq!(fixture.tile_names(), "A!BC");
}

#[test]
fn conflict_is_asked_again_if_overwriting_fails() {
    let mut fixture = EditingFixture::new();
    let conflict = edit_against_theirs(&mut fixture);
    let change = conflict.change.clone();
    fixture.edit_result(FilesEvent::Conflict(Box::new(conflict)));
    fixture.edit_action(EditAction::Overwrite);
    assert!(matches!(fixture.app.focus, Screen::Dashboard(_)));
    let failed = || FilesEvent::WriteFailed {
        path: "/x.toml".into(),
        before: Some(Box::new(change.before.clone())),
        reason: "no space left".into(),
    };
    fixture.edit_result(failed());
    assert_eq!(fixture.notice(), "no space left");
    assert!(matches!(fixture.app.focus, Screen::Conflict(_)), "{:?}", fixture.app.focus);
    let effects = fixture.edit_action(EditAction::Overwrite);
    assert!(matches!(&effects[..], [Effect::Files(FilesEffect::EditDashboard(again))] if again.edit == change.edit));
    fixture.edit_result(failed());
    fixture.action(Action::Cancel);
    assert_eq!(fixture.app.form().unwrap().draft_tile().unwrap().0.name, "A!");
}

#[test]
fn delete_confirmation_closes_when_tile_is_gone() {
    let mut fixture = EditingFixture::new();
    fixture.edit_action(EditAction::Delete);
    reload_file(&mut fixture, abc_tiles().split_off(1));
    assert!(matches!(fixture.app.focus, Screen::Dashboard(_)));
    fixture.edit_action(EditAction::Delete);
    reload_file(&mut fixture, abc_tiles());
    let effects = fixture.action(Action::Accept);
    assert!(matches!(edits_in(&effects)[..], [DashboardEdit::DeleteTile(1)]), "{effects:?}");
}

#[test]
fn externally_changed_profile_is_overwritten_on_second_accept() {
    let mut fixture = EditingFixture::new();
    fixture.action(Action::ListConnections);
    fixture.edit_action(EditAction::Edit);
    fixture.focus_field("username");
    fixture.type_text("ann");
    let theirs = Profile { name: "hub".into(), username: Some("bob".into()), ..Profile::default() };
    fixture.event(Event::Files(FilesEvent::ProfilesChanged(
        Profiles { default: None, profiles: vec![theirs] },
        Vec::new(),
    )));
    assert_eq!(fixture.action(Action::Accept), []);
    assert!(fixture.notice().starts_with("hub was modified outside mqtt-dash"), "{}", fixture.notice());
    assert!(matches!(fixture.app.focus, Screen::Form(_)));
    let effects = fixture.action(Action::Accept);
    assert!(matches!(&effects[..], [Effect::Files(FilesEffect::EditProfiles(_))]), "{effects:?}");
}
