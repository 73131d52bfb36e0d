//! Tests of editing the rows of panels, by themselves and in the form of their panel.

use super::tests::{EditingFixture, edits_in, tile};
use crate::{
    app::{
        Action, EditAction, Effect, FilesEffect, FilesEvent, Screen,
        form::{Form, FormPopup},
    },
    model::{
        dashboard::Dashboard,
        edit::DashboardEdit,
        grid::Direction,
        schema::DynFields as _,
        tile::{ROWS_KEY, Tile},
        value::Value,
    },
};

fn row(kind: &str, name: &str) -> Value {
    let entry = |key: &str, text: &str| (key.to_owned(), text.into());
    Value::Table(vec![entry("kind", kind), entry("name", name), entry("topic", &name.to_lowercase())])
}

fn panel(name: &str, rows: &[Value]) -> Tile {
    let mut panel = Tile::new(crate::model::kind::panel());
    name.clone_into(&mut panel.name);
    panel.set(ROWS_KEY, &Value::Array(rows.to_vec())).unwrap().unwrap();
    panel
}

fn washer() -> Tile {
    panel("Washer", &[row("switch", "Power"), row("text", "Draw")])
}

/// A dashboard with a tile and a panel, whose second row is selected.
fn fixture() -> EditingFixture {
    let dashboard = Dashboard { tiles: vec![tile("text", "A", "a"), washer()], ..Dashboard::default() };
    let mut fixture = EditingFixture::with_dashboard(dashboard, Some("/x.toml"));
    fixture.action(Action::SelectTile(3));
    fixture
}

fn rename(fixture: &mut EditingFixture, name: &str) -> Vec<Effect> {
    fixture.focus_field("name");
    fixture.clear_field();
    fixture.type_text(name);
    fixture.action(Action::Accept)
}

fn row_names(fixture: &EditingFixture) -> Vec<String> {
    fixture.app.dashboards[0].definition.tiles[1].rows().map(|row| row.name).collect()
}

fn title(fixture: &EditingFixture) -> String {
    fixture.app.form().map(Form::title).unwrap_or_default()
}

fn reload(fixture: &mut EditingFixture, tiles: Vec<Tile>) {
    let dashboard = Dashboard { tiles, ..Dashboard::default() };
    fixture.event(FilesEvent::DashboardChanged("/x.toml".into(), Box::new(Ok(dashboard))).into());
}

#[test]
fn row_is_edited_in_the_form_of_its_kind_and_saved_in_its_panel() {
    let mut fixture = fixture();
    fixture.receive_message("draw", "7");
    fixture.edit_action(EditAction::Edit);
    assert_eq!(title(&fixture), "Edit row of Washer");
    let keys: Vec<_> = fixture.app.form().unwrap().fields.iter().map(|field| field.key.0).collect();
    assert!(keys.contains(&"spark") || keys.contains(&"text_size"), "{keys:?}");
    assert!(!keys.contains(&"width") && !keys.contains(&"only"), "{keys:?}");
    let effects = rename(&mut fixture, "Watt");
    let [DashboardEdit::ReplaceTile(1, edited)] = edits_in(&effects)[..] else { panic!("{effects:?}") };
    assert_eq!(edited.row(1).unwrap().name, "Watt");
    let summary = effects.iter().find_map(|effect| match effect {
        Effect::Files(FilesEffect::EditDashboard(change)) => Some(change.summary.to_string()),
        _ => None,
    });
    assert_eq!(summary.as_deref(), Some("edited Washer: Watt"));
    let dashboard = &fixture.app.dashboards[0];
    let (shown, state) = dashboard.tile(3).unwrap();
    assert_eq!((shown.name.as_str(), &*state.value.as_ref().unwrap().text), ("Washer: Watt", "7"));
    assert_eq!(dashboard.selected, 3);
}

#[test]
fn row_without_a_name_is_not_saved() {
    let mut fixture = fixture();
    fixture.edit_action(EditAction::Edit);
    assert_eq!(edits_in(&rename(&mut fixture, "")), [] as [&DashboardEdit; 0]);
    assert_eq!(fixture.notice(), "Not saved: look at the field Name");
}

#[test]
fn preview_of_a_row_follows_what_is_typed() {
    let mut fixture = fixture();
    fixture.receive_message("power", "1");
    fixture.action(Action::MoveSelection(Direction::Up));
    fixture.edit_action(EditAction::Edit);
    fixture.focus_field("on_label");
    fixture.type_text("runs");
    let preview = fixture.app.preview(fixture.app.form().unwrap()).unwrap();
    let panel = preview.panel.unwrap();
    let (row, state) = &panel.rows[0];
    assert_eq!(panel.tile.name, "Washer");
    assert_eq!(row.content(state.value.as_ref()).unwrap().line().text, "runs");
}

#[test]
fn panel_form_adds_edits_moves_and_deletes_rows() {
    let mut fixture = fixture();
    fixture.edit_action(EditAction::EditPanel);
    assert_eq!(title(&fixture), "Edit tile");
    fixture.focus_field(ROWS_KEY);
    fixture.edit_action(EditAction::NextValue);
    assert!(matches!(fixture.app.form().unwrap().popup, Some(FormPopup::PanelRows(_))));
    fixture.edit_action(EditAction::Add);
    assert_eq!(title(&fixture), "New row of Washer");
    fixture.focus_field("topic");
    fixture.type_text("total");
    rename(&mut fixture, "Energy");
    assert_eq!(title(&fixture), "Edit tile");
    fixture.edit_action(EditAction::MoveRow(-1));
    fixture.action(Action::MoveInDialog(Direction::Up));
    fixture.action(Action::Accept);
    assert_eq!(title(&fixture), "Edit row of Washer");
    rename(&mut fixture, "Relay");
    fixture.action(Action::MoveInDialog(Direction::Last));
    fixture.action(Action::MoveInDialog(Direction::Up));
    fixture.edit_action(EditAction::Delete);
    fixture.action(Action::Cancel);
    assert_eq!(row_names(&fixture), ["Power", "Draw"], "nothing is saved yet");
    let effects = fixture.action(Action::Accept);
    assert_eq!(edits_in(&effects).len(), 1, "{effects:?} {}", fixture.notice());
    assert_eq!(row_names(&fixture), ["Relay", "Energy"]);
}

#[test]
fn row_form_in_a_panel_form_goes_back_to_it() {
    let mut fixture = fixture();
    fixture.edit_action(EditAction::EditPanel);
    fixture.focus_field(ROWS_KEY);
    fixture.edit_action(EditAction::NextValue);
    fixture.action(Action::Accept);
    assert_eq!(title(&fixture), "Edit row of Washer");
    fixture.action(Action::Cancel);
    assert_eq!(title(&fixture), "Edit tile");
    for _ in 0..6 {
        fixture.edit_action(EditAction::Add);
        fixture.focus_field("topic");
        fixture.type_text("other");
        rename(&mut fixture, "Other");
    }
    fixture.edit_action(EditAction::Add);
    assert_eq!((title(&fixture).as_str(), fixture.notice()), ("Edit tile", "A panel has at most 8 rows"));
}

#[test]
fn row_that_is_deleted_in_the_file_is_added_again_after_a_question() {
    let mut fixture = fixture();
    fixture.edit_action(EditAction::Edit);
    reload(&mut fixture, vec![tile("text", "A", "a"), panel("Washer", &[row("switch", "Power")])]);
    assert_eq!(title(&fixture), "Edit row of Washer (was deleted, will be added)");
    rename(&mut fixture, "Watt");
    let Screen::Confirm(question) = &fixture.app.focus else { panic!() };
    assert_eq!(question.text, ["Row Draw of Washer was deleted meanwhile: add it again?"]);
    fixture.now = fixture.now.saturating_add(std::time::Duration::from_secs(1));
    let effects = fixture.action(Action::Accept);
    assert_eq!(edits_in(&effects).len(), 1, "{effects:?}");
    assert_eq!(row_names(&fixture), ["Power", "Watt"]);
}

#[test]
fn row_whose_panel_is_gone_becomes_a_tile() {
    let mut fixture = fixture();
    fixture.edit_action(EditAction::Edit);
    reload(&mut fixture, vec![tile("text", "A", "a")]);
    rename(&mut fixture, "Watt");
    let Screen::Confirm(question) = &fixture.app.focus else { panic!() };
    assert_eq!(question.text, ["Row Draw was deleted meanwhile, and Washer has no room for it: add it as a tile?"]);
    fixture.now = fixture.now.saturating_add(std::time::Duration::from_secs(1));
    fixture.action(Action::Accept);
    assert_eq!(fixture.tile_names(), "AWatt");
}

#[test]
fn selected_and_edited_row_stays_the_same_when_others_come_and_go() {
    let mut fixture = fixture();
    fixture.receive_message("draw", "7");
    fixture.edit_action(EditAction::Edit);
    let rows = [row("led", "Door"), row("switch", "Power"), row("text", "Draw")];
    reload(&mut fixture, vec![panel("Washer", &rows), tile("text", "A", "a")]);
    assert_eq!(title(&fixture), "Edit row of Washer");
    let dashboard = &fixture.app.dashboards[0];
    assert_eq!(dashboard.tile(dashboard.selected).unwrap().0.name, "Washer: Draw");
    rename(&mut fixture, "Watt");
    let names: Vec<_> = fixture.app.dashboards[0].definition.tiles[0].rows().map(|row| row.name).collect();
    assert_eq!(names, ["Door", "Power", "Watt"]);
}

#[test]
fn copy_delete_and_move_act_on_the_whole_panel_and_say_so() {
    let mut fixture = fixture();
    fixture.edit_action(EditAction::Copy);
    assert_eq!(fixture.notice(), "Cloned the whole panel Washer, with all rows");
    assert_eq!(fixture.app.dashboards[0].definition.tiles.len(), 3);
    assert_eq!(fixture.app.dashboards[0].selected, 5, "the first row of the copy");
    fixture.edit_action(EditAction::Delete);
    let Screen::Confirm(question) = &fixture.app.focus else { panic!() };
    assert_eq!(
        question.text,
        [
            "Delete the whole panel Washer, with 2 rows?",
            "To delete only a row, edit the panel with Ctrl-E.",
            "To undo this later, press u."
        ]
    );
    fixture.now = fixture.now.saturating_add(std::time::Duration::from_secs(1));
    fixture.action(Action::Accept);
    assert_eq!(fixture.app.dashboards[0].definition.tiles.len(), 2);
    fixture.action(Action::SelectTile(3));
    fixture.edit_action(EditAction::MoveTile);
    assert_eq!(fixture.notice(), "Moving the whole panel Washer, with all rows");
    fixture.action(Action::MoveInDialog(Direction::Left));
    let effects = fixture.action(Action::Accept);
    assert!(matches!(edits_in(&effects)[..], [DashboardEdit::MoveTile(1, 0)]), "{effects:?}");
    let names: Vec<_> = fixture.app.dashboards[0].tiles().map(|tile| tile.name.clone()).collect();
    assert_eq!(names, ["Washer", "Washer: Power", "Washer: Draw", "A"]);
}
