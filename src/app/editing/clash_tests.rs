//! Another hand at the same file, while edits are on their way and while something is open.

use std::path::PathBuf;

use super::{
    Chore, Clash, Done, Task, Wish,
    tests::{Bench, edits, tile},
};
use crate::{
    app::{Action, Effect, Event, Focus},
    model::{
        dashboard::Dashboard,
        edit::{DashboardEdit, Profiles},
        grid::Direction,
        profile::Profile,
        tile::Tile,
    },
};

fn abc() -> Vec<Tile> {
    vec![tile("text", "A", "a"), tile("switch", "B", "b"), tile("text", "C", "c")]
}

/// The file says this now.
fn told(bench: &mut Bench, tiles: Vec<Tile>) -> Vec<Effect> {
    let said = Ok(Dashboard { tiles, ..Dashboard::default() });
    bench.event(Event::DashboardFileChanged("/x.toml".into(), Box::new(said)))
}

fn saved(bench: &mut Bench) {
    bench.done(Done::Saved { path: PathBuf::from("/x.toml"), dashboard: None, past: 1, future: 0 });
}

#[test]
fn what_was_read_before_an_edit_is_saved_does_not_take_it_back() {
    let mut bench = Bench::new();
    bench.wish(Wish::Copy);
    told(&mut bench, abc());
    assert_eq!(bench.names(), "AABC");
    saved(&mut bench);
    told(&mut bench, abc());
    assert_eq!(bench.names(), "ABC", "nothing is on its way any more");
}

#[test]
fn a_carried_tile_stays_in_the_hand_unless_the_file_has_changed() {
    let mut bench = Bench::new();
    bench.wish(Wish::Carry);
    bench.act(Action::MoveInDialog(Direction::Right));
    told(&mut bench, abc());
    assert_eq!(bench.names(), "BAC");
    told(&mut bench, abc().split_off(1));
    assert!(matches!(bench.app.focus, Focus::Dashboard));
    assert_eq!(bench.names(), "BC");
}

#[test]
fn a_form_follows_its_tile_and_one_that_is_gone_is_added_again() {
    let mut bench = Bench::new();
    bench.wish(Wish::Edit);
    bench.type_in("!");
    let mut tiles = abc();
    tiles.rotate_left(1);
    told(&mut bench, tiles);
    let commands = bench.act(Action::Accept);
    assert!(matches!(edits(&commands)[..], [DashboardEdit::ReplaceTile(2, _)]), "{commands:?}");
    assert_eq!(bench.names(), "BCA!");
    saved(&mut bench);
    bench.wish(Wish::Edit);
    bench.type_in("?");
    told(&mut bench, vec![tile("text", "C", "c")]);
    let commands = bench.act(Action::Accept);
    assert!(matches!(edits(&commands)[..], [DashboardEdit::InsertTile(1, _)]), "{commands:?}");
    assert_eq!(bench.names(), "CA!?");
}

#[test]
fn the_same_tile_changed_by_two_hands_is_left_to_the_file() {
    let mut bench = Bench::new();
    bench.wish(Wish::Edit);
    bench.type_in("!");
    told(&mut bench, vec![tile("text", "A theirs", "a"), tile("switch", "B", "b"), tile("text", "C", "c")]);
    let commands = bench.act(Action::Accept);
    let Some(Effect::Edit(Chore::Edit(change))) = commands.last() else { panic!("{commands:?}") };
    assert_eq!(change.before.tiles, abc(), "as the form has found it, so that the file is seen to differ");
}

#[test]
fn what_was_not_saved_is_in_the_form_again() {
    let mut bench = Bench::new();
    bench.wish(Wish::Edit);
    bench.type_in("!");
    let commands = bench.act(Action::Accept);
    let Some(Effect::Edit(Chore::Edit(change))) = commands.last() else { panic!("{commands:?}") };
    let mut theirs = Dashboard { tiles: abc(), ..Dashboard::default() };
    theirs.tiles[0].name = "T".into();
    let (change, text) = ((**change).clone(), String::new());
    bench.done(Done::Clash(Box::new(Clash { change, theirs: Some(theirs), text, diff: Vec::new(), top: 0 })));
    bench.act(Action::Cancel);
    assert_eq!(bench.names(), "TBC");
    assert!(bench.app.form().unwrap().changed());
    bench.act(Action::Accept);
    assert_eq!(bench.names(), "A!BC");
}

#[test]
fn a_question_about_a_tile_that_is_gone_is_gone_too() {
    let mut bench = Bench::new();
    bench.wish(Wish::Delete);
    told(&mut bench, abc().split_off(1));
    assert!(matches!(bench.app.focus, Focus::Dashboard));
    bench.wish(Wish::Delete);
    told(&mut bench, abc());
    let commands = bench.act(Action::Accept);
    assert!(matches!(edits(&commands)[..], [DashboardEdit::DeleteTile(1)]), "{commands:?}");
}

#[test]
fn a_profile_changed_by_another_hand_is_saved_over_at_the_second_enter() {
    let mut bench = Bench::new();
    bench.act(Action::ListConnections);
    bench.wish(Wish::Edit);
    bench.field("username");
    bench.type_in("ann");
    let theirs = Profile { name: "hub".into(), username: Some("bob".into()), ..Profile::default() };
    bench.event(Event::ProfilesChanged(Profiles { default: None, profiles: vec![theirs] }, None));
    assert_eq!(bench.act(Action::Accept), []);
    assert!(bench.notice().starts_with("hub was changed in its file meanwhile"), "{}", bench.notice());
    assert!(matches!(&bench.app.focus, Focus::Manage(task) if matches!(**task, Task::Form(_))));
    let commands = bench.act(Action::Accept);
    assert!(matches!(&commands[..], [Effect::Edit(Chore::Profiles(_))]), "{commands:?}");
}
