//! Tests for editing tiles, dashboards and connections: actions and events in, state and effects out,
//! without a terminal and without a disk.

use std::time::Duration;

use tui_input::InputRequest;

use crate::{
    app::{
        Action, App, ConnectionTest, DashboardFile, EditAction, EditConflict, Effect, Event, FileError, FilesEffect,
        FilesEvent, MediaEffect, MediaEvent, MqttEffect, MqttEvent, OpenedDashboards, Screen,
        form::{FieldEntry, FormPopup},
    },
    model::{
        connection::{ConnectionEvent, ConnectionId, ConnectionState, FailureCause, Message},
        dashboard::Dashboard,
        edit::{DashboardEdit, ProfileEdit, Profiles},
        grid::Direction,
        kind,
        media::DecodedImage,
        press::{Lock, LockLevel},
        profile::{CertificatePin, PasswordSource, Profile, SecretKey},
        schema::{DynFields, set_fields},
        tile::Tile,
        time::Time,
        value::Value,
    },
};

pub(super) fn tile(kind: &str, name: &str, topic: &str) -> Tile {
    let mut tile = Tile::new(kind::from_name(kind).unwrap());
    set_fields(&mut tile, &[("name".into(), name.into()), ("topic".into(), topic.into())]).unwrap();
    tile
}

pub(super) struct EditingFixture {
    pub(super) app: App,
    pub(super) now: Time,
}

impl EditingFixture {
    pub(super) fn with_dashboard(dashboard: Dashboard, path: Option<&str>) -> Self {
        let mut app = App::new((80, 24));
        let hub = Profile { name: "hub".into(), ..Profile::default() };
        app.set_profiles(Profiles { default: None, profiles: vec![hub.clone()] });
        let file = DashboardFile { name: "x".into(), path: path.map(Into::into), definition: dashboard };
        let mut fixture = Self { app, now: Time::from_millis(1_000_000) };
        fixture.event(Event::Mqtt(MqttEvent::DashboardsOpened(Box::new(OpenedDashboards {
            connection: ConnectionId(0),
            profile: hub,
            files: vec![file],
            explore: None,
        }))));
        fixture.event(Event::Mqtt(MqttEvent::Connection(
            ConnectionId(0),
            ConnectionEvent::State(ConnectionState::Connected),
        )));
        fixture
    }

    pub(super) fn new() -> Self {
        let tiles = vec![tile("text", "A", "a"), tile("switch", "B", "b"), tile("text", "C", "c")];
        Self::with_dashboard(Dashboard { tiles, ..Dashboard::default() }, Some("/x.toml"))
    }

    pub(super) fn event(&mut self, event: Event) -> Vec<Effect> {
        self.app.update(event, self.now)
    }

    fn connection_state(&mut self, state: ConnectionState) {
        self.event(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), ConnectionEvent::State(state))));
    }

    pub(super) fn edit_result(&mut self, result: impl Into<Event>) -> Vec<Effect> {
        self.event(result.into())
    }

    pub(super) fn action(&mut self, action: Action) -> Vec<Effect> {
        self.event(Event::Action(action))
    }

    pub(super) fn edit_action(&mut self, action: EditAction) -> Vec<Effect> {
        self.action(Action::Edit(action))
    }

    pub(super) fn type_text(&mut self, text: &str) {
        self.action(Action::Paste(text.into()));
    }

    pub(super) fn clear_field(&mut self) {
        self.action(Action::EditInput(InputRequest::GoToEnd.into()));
        self.action(Action::EditInput(InputRequest::DeleteFromStart.into()));
    }

    /// Focuses the field with this key.
    pub(super) fn focus_field(&mut self, key: &str) {
        for _ in 0..100 {
            if self.app.form().unwrap().focuses_folded_section() {
                self.edit_action(EditAction::NextValue);
            }
            if self.app.form().unwrap().focused_field().unwrap().key.0 == key {
                return;
            }
            self.action(Action::CycleFocus(1));
        }
        panic!("the form has no field {key}");
    }

    pub(super) fn receive_message(&mut self, topic: &str, payload: &str) {
        let message = Message::new(topic, payload.as_bytes());
        self.event(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), ConnectionEvent::messages([message]))));
        self.app.resolve_values(self.now);
    }

    pub(super) fn tile_values(&self) -> Vec<(&str, Option<&str>)> {
        let dashboard = self.app.current_dashboard().unwrap();
        (0..dashboard.definition.tiles.len())
            .filter_map(|index| dashboard.tile(index))
            .map(|(tile, state)| (tile.name.as_str(), state.value.as_ref().map(|value| &*value.text)))
            .collect()
    }

    pub(super) fn tile_names(&self) -> String {
        self.tile_values().into_iter().map(|(name, _)| name).collect()
    }

    pub(super) fn notice(&self) -> &str {
        self.app.notice().map_or("", |notice| &notice.text)
    }
}

pub(super) fn edits_in(effects: &[Effect]) -> Vec<&DashboardEdit> {
    let edit = |effect| match effect {
        &Effect::Files(FilesEffect::EditDashboard(ref change)) => Some(&change.edit),
        _ => None,
    };
    effects.iter().filter_map(edit).collect()
}

#[test]
fn edited_tile_keeps_state_and_subscribes_to_new_topic() {
    let mut fixture = EditingFixture::new();
    fixture.receive_message("a", "{\"t\":5}");
    fixture.receive_message("b", "1");
    fixture.edit_action(EditAction::Edit);
    fixture.clear_field();
    fixture.type_text("Heat");
    fixture.focus_field("json_path");
    fixture.type_text("$.t");
    let effects = fixture.action(Action::Accept);
    assert!(matches!(edits_in(&effects)[..], [DashboardEdit::ReplaceTile(0, _)]), "{effects:?} {}", fixture.notice());
    fixture.app.resolve_values(fixture.now);
    assert_eq!(fixture.tile_values(), [("Heat", Some("5")), ("B", Some("1")), ("C", None)]);
    fixture.edit_action(EditAction::Edit);
    fixture.focus_field("topic");
    fixture.clear_field();
    fixture.type_text("z");
    let effects = fixture.action(Action::Accept);
    let Some(Effect::Mqtt(MqttEffect::SetSubscriptions(_, subscriptions))) = effects.last() else {
        panic!("{effects:?}")
    };
    assert_eq!(subscriptions.iter().map(|subscription| subscription.filter.as_str()).collect::<String>(), "bcz");
    assert_eq!(fixture.tile_values()[0], ("Heat", None));
    fixture.receive_message("z", "{\"t\":9}");
    assert_eq!(fixture.tile_values()[0], ("Heat", Some("9")));
}

#[test]
fn form_with_invalid_field_is_not_saved() {
    let mut fixture = EditingFixture::new();
    fixture.edit_action(EditAction::Edit);
    fixture.focus_field("topic");
    fixture.type_text("/#/x");
    assert_eq!(fixture.app.form().unwrap().errors.len(), 1);
    fixture.focus_field("qos");
    assert_eq!(fixture.action(Action::Accept), []);
    assert_eq!(fixture.app.form().unwrap().focused_field().unwrap().key.0, "topic");
    assert!(fixture.notice().starts_with("Not saved: "), "{}", fixture.notice());
    assert_eq!(fixture.tile_names(), "ABC");
}

#[test]
fn tile_that_does_nothing_is_not_saved() {
    let mut fixture = EditingFixture::new();
    let focused_key = |fixture: &EditingFixture| fixture.app.form().unwrap().focused_field().unwrap().key.0;
    for (kind, missing) in [("text", "topic"), ("switch", "topic"), ("image", "url")] {
        fixture.edit_action(EditAction::Add);
        let index = kind::all().position(|candidate| candidate.name() == kind).unwrap();
        fixture.action(Action::SelectOption(index));
        fixture.action(Action::Accept);
        fixture.type_text("N");
        assert_eq!(fixture.action(Action::Accept), []);
        assert_eq!(focused_key(&fixture), missing, "{kind}");
        assert!(fixture.notice().starts_with("Not saved yet: look at the field "), "{}", fixture.notice());
        let form = fixture.app.form().unwrap();
        assert_eq!(form.errors_for(form.focused).count(), 1, "{kind}");
        fixture.type_text("x");
        let form = fixture.app.form().unwrap();
        assert_eq!(form.errors_for(form.focused).count(), 0, "{kind}");
        assert_eq!(edits_in(&fixture.action(Action::Accept)).len(), 1, "{kind} {}", fixture.notice());
    }
    fixture.edit_action(EditAction::Edit);
    fixture.focus_field("url");
    fixture.clear_field();
    assert_eq!(fixture.action(Action::Accept), [], "an existing tile is checked, too");
    fixture.focus_field("on_tap");
    fixture.type_text("1");
    assert_eq!(edits_in(&fixture.action(Action::Accept)).len(), 1, "{}", fixture.notice());
}

#[test]
fn enter_goes_to_the_first_problem_and_saves_when_there_is_none() {
    let mut fixture = EditingFixture::new();
    let focused_key = |fixture: &EditingFixture| fixture.app.form().unwrap().focused_field().unwrap().key.0;
    let enter_hint = |fixture: &EditingFixture| {
        let row = crate::app::screens::form::BINDINGS.iter().find(|binding| binding.name == "form-save").unwrap();
        (row.hint)(&fixture.app)
    };
    fixture.edit_action(EditAction::Add);
    fixture.action(Action::Accept);
    fixture.type_text("N");
    fixture.focus_field("wait_timeout");
    fixture.type_text("x");
    assert_eq!(enter_hint(&fixture), Some("continue"));
    for (key, text) in [("topic", "new/topic"), ("wait_timeout", "")] {
        assert!(edits_in(&fixture.action(Action::Accept)).is_empty());
        assert_eq!(focused_key(&fixture), key, "the first problem comes first");
        fixture.clear_field();
        fixture.type_text(text);
    }
    fixture.type_text("3");
    fixture.focus_field("update_on_publish");
    fixture.edit_action(EditAction::NextValue);
    assert_eq!(enter_hint(&fixture), Some("save"));
    assert_eq!(edits_in(&fixture.action(Action::Accept)).len(), 1, "{}", fixture.notice());
}

#[test]
fn list_of_json_parts_says_that_a_plain_value_has_none() {
    for (payload, expected) in [
        ("13.4", "Plain text (13.4): no JSON parts. Leave the path empty."),
        ("\"on\"", "Plain text (\"on\"): no JSON parts. Leave the path empty."),
        (
            "it is on, it is on, it is on",
            "Plain text (it is on, it is on, it i…): no JSON parts. Leave the path empty.",
        ),
    ] {
        let mut fixture = EditingFixture::new();
        fixture.receive_message("a", payload);
        fixture.edit_action(EditAction::Edit);
        fixture.focus_field("json_path");
        fixture.edit_action(EditAction::OpenPicker);
        assert_eq!(fixture.notice(), expected);
        assert!(fixture.app.form().unwrap().popup.is_none());
    }
    for (payload, is_listed) in [("{\"a\":1}", true), ("[1]", true), ("", false)] {
        let mut fixture = EditingFixture::new();
        fixture.receive_message("a", payload);
        fixture.edit_action(EditAction::Edit);
        fixture.focus_field("json_path");
        fixture.edit_action(EditAction::OpenPicker);
        assert_eq!(fixture.app.form().unwrap().popup.is_some(), is_listed, "{payload} {}", fixture.notice());
        assert!(!fixture.notice().starts_with("Plain text"), "{}", fixture.notice());
    }
}

#[test]
fn cancel_of_changed_form_asks_before_discarding() {
    let mut fixture = EditingFixture::new();
    fixture.edit_action(EditAction::Edit);
    fixture.action(Action::Cancel);
    assert!(matches!(fixture.app.focus, Screen::Dashboard(_)));
    fixture.edit_action(EditAction::Edit);
    fixture.type_text("x");
    fixture.action(Action::Cancel);
    assert!(fixture.app.form().unwrap().confirming_discard);
    fixture.action(Action::CycleFocus(1));
    assert!(!fixture.app.form().unwrap().confirming_discard);
    fixture.action(Action::Cancel);
    fixture.action(Action::Cancel);
    assert!(matches!(fixture.app.focus, Screen::Dashboard(_)));
    assert_eq!(fixture.tile_names(), "ABC");
}

#[test]
fn tile_can_be_added_copied_and_deleted() {
    let mut fixture = EditingFixture::new();
    fixture.receive_message("c", "7");
    fixture.edit_action(EditAction::Add);
    fixture.action(Action::MoveInDialog(Direction::Down));
    fixture.action(Action::Accept);
    fixture.type_text("D");
    assert_eq!(fixture.action(Action::Accept), [], "it has no topic");
    fixture.type_text("d");
    let effects = fixture.action(Action::Accept);
    assert!(matches!(edits_in(&effects)[..], [DashboardEdit::InsertTile(1, _)]));
    assert_eq!((fixture.tile_names().as_str(), fixture.app.current_dashboard().unwrap().selected), ("ADBC", 1));
    fixture.action(Action::MoveSelection(Direction::First));
    let effects = fixture.edit_action(EditAction::Copy);
    assert!(matches!(edits_in(&effects)[..], [DashboardEdit::InsertTile(1, _)]));
    assert_eq!((fixture.tile_names().as_str(), fixture.app.current_dashboard().unwrap().selected), ("AADBC", 1));
    fixture.edit_action(EditAction::Delete);
    assert_eq!(fixture.action(Action::Cancel), []);
    fixture.edit_action(EditAction::Delete);
    let effects = fixture.action(Action::Accept);
    assert!(matches!(edits_in(&effects)[..], [DashboardEdit::DeleteTile(1)]));
    assert_eq!(fixture.tile_names(), "ADBC");
    assert_eq!(fixture.tile_values()[3], ("C", Some("7")));
    assert_eq!(fixture.edit_action(EditAction::Undo), [Effect::Files(FilesEffect::Undo("/x.toml".into()))]);
}

#[test]
fn moved_tile_is_dropped_or_returned_on_cancel() {
    let mut fixture = EditingFixture::new();
    fixture.receive_message("a", "1");
    fixture.edit_action(EditAction::MoveTile);
    fixture.action(Action::MoveInDialog(Direction::Right));
    fixture.action(Action::MoveInDialog(Direction::Right));
    assert_eq!(fixture.tile_names(), "BCA");
    fixture.action(Action::Cancel);
    assert_eq!((fixture.tile_names().as_str(), fixture.app.current_dashboard().unwrap().selected), ("ABC", 0));
    fixture.edit_action(EditAction::MoveTile);
    fixture.action(Action::MoveInDialog(Direction::Right));
    fixture.receive_message("a", "2");
    let effects = fixture.action(Action::Accept);
    assert!(matches!(edits_in(&effects)[..], [DashboardEdit::MoveTile(0, 1)]), "{effects:?}");
    assert_eq!(fixture.tile_values(), [("B", None), ("A", Some("2")), ("C", None)]);
    assert_eq!(fixture.app.current_dashboard().unwrap().selected, 1);
}

#[test]
fn pending_publish_follows_moved_tile() {
    let mut fixture = EditingFixture::new();
    fixture.action(Action::MoveSelection(Direction::Right));
    let effects = fixture.action(Action::Press);
    let Effect::Mqtt(MqttEffect::Publish(_, request)) = &effects[0] else { panic!() };
    fixture.edit_action(EditAction::MoveTile);
    fixture.action(Action::MoveInDialog(Direction::Left));
    fixture.action(Action::Accept);
    fixture.event(Event::Mqtt(MqttEvent::Connection(
        ConnectionId(0),
        ConnectionEvent::PublishStatus(
            request.id,
            crate::model::connection::PublishStatus::Failed("not sent: not connected".into()),
        ),
    )));
    assert_eq!(fixture.notice(), "B: not sent: not connected");
}

#[test]
fn locked_dashboard_refuses_every_edit_with_notice() {
    let tiles = vec![tile("text", "A", "a")];
    let mut fixture = EditingFixture::with_dashboard(
        Dashboard { tiles, locked: Lock(LockLevel::Layout), ..Dashboard::default() },
        Some("/x.toml"),
    );
    for action in [
        EditAction::Add,
        EditAction::Edit,
        EditAction::Copy,
        EditAction::Delete,
        EditAction::MoveTile,
        EditAction::Undo,
        EditAction::Redo,
        EditAction::ClearRetained,
    ] {
        assert_eq!(fixture.edit_action(action.clone()), [], "{action:?}");
        assert_eq!(fixture.notice(), "This dashboard is locked: unlock it first, or remove `locked` from x.toml");
        assert!(matches!(fixture.app.focus, Screen::Dashboard(_)));
    }
    fixture.edit_action(EditAction::ListDashboards);
    assert_eq!(fixture.edit_action(EditAction::Delete), []);
    assert!(fixture.notice().starts_with("This dashboard is locked"));
}

#[test]
fn lock_is_chosen_from_a_list() {
    let mut fixture = EditingFixture::new();
    let lock_of = |effects: &[Effect]| match edits_in(effects)[..] {
        [DashboardEdit::SetFields(definition)] => definition.locked.0,
        _ => panic!("{effects:?}"),
    };
    for (key, moves, expected) in [
        (EditAction::ChooseLock, &[][..], LockLevel::Layout),
        (EditAction::ChooseLock, &[], LockLevel::Presses),
        (EditAction::ChooseLock, &[Direction::Up], LockLevel::Layout),
        (EditAction::ChooseLock, &[Direction::First], LockLevel::None),
    ] {
        assert_eq!(fixture.edit_action(key), []);
        assert!(matches!(fixture.app.focus, Screen::LockList(_)));
        for direction in moves {
            fixture.action(Action::MoveInDialog(*direction));
        }
        assert_eq!(lock_of(&fixture.action(Action::Accept)), expected);
        assert_eq!(fixture.app.current_dashboard().unwrap().definition.locked, Lock(expected));
    }
    fixture.edit_action(EditAction::ChooseLock);
    assert_eq!(fixture.action(Action::Cancel), []);
    fixture.edit_action(EditAction::ChooseLock);
    fixture.action(Action::Accept);
    for action in [EditAction::ChooseLock, EditAction::Edit] {
        fixture.edit_action(EditAction::ListDashboards);
        assert_eq!(fixture.edit_action(action), []);
        assert!(matches!(fixture.app.focus, Screen::LockList(_)), "a locked dashboard is unlocked first");
    }
    fixture.action(Action::Cancel);
    fixture.app.environment.kiosk = true;
    assert_eq!(fixture.edit_action(EditAction::ChooseLock), []);
    assert!(fixture.notice().starts_with("Kiosk mode"));
}

#[test]
fn clear_retained_empties_both_topics_after_confirmation() {
    let mut lamp = tile("switch", "Lamp", "lamp");
    lamp.set("publish_topic", &"lamp/set".into()).unwrap().unwrap();
    let mut fixture =
        EditingFixture::with_dashboard(Dashboard { tiles: vec![lamp], ..Dashboard::default() }, Some("/x.toml"));
    assert_eq!(fixture.edit_action(EditAction::ClearRetained), []);
    let effects = fixture.action(Action::Accept);
    let topics: Vec<_> = effects
        .iter()
        .map(|effect| match effect {
            Effect::Mqtt(MqttEffect::Publish(_, request)) => {
                (request.topic.as_str(), request.payload.len(), request.retain)
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(topics, [("lamp", 0, true), ("lamp/set", 0, true)]);
}

#[test]
fn edit_conflict_offers_overwrite_reload_and_cancel() {
    let mut fixture = EditingFixture::new();
    let effects = fixture.edit_action(EditAction::Copy);
    let Some(Effect::Files(FilesEffect::EditDashboard(change))) = effects.last() else { panic!() };
    let theirs = Dashboard { tiles: vec![tile("text", "T", "t")], ..Dashboard::default() };
    let (change, diff) = ((**change).clone(), vec!["- x".into()]);
    let conflict = EditConflict { change, theirs: Some(theirs), file_text: "x".into(), diff };
    fixture.edit_result(FilesEvent::Conflict(Box::new(conflict.clone())));
    let effects = fixture.edit_action(EditAction::Overwrite);
    assert!(
        matches!(&effects[..], [Effect::Files(FilesEffect::EditDashboard(change))] if change.overwrite.as_deref() == Some("x"))
    );
    fixture.edit_result(FilesEvent::Conflict(Box::new(conflict.clone())));
    fixture.edit_action(EditAction::Reload);
    assert_eq!(fixture.tile_names(), "T");
    fixture.edit_result(FilesEvent::Conflict(Box::new(conflict)));
    fixture.action(Action::Cancel);
    assert_eq!(fixture.tile_names(), "T", "the dashboard matches the file");
    assert!(fixture.app.form().is_some(), "the unsaved input is in a form");
}

#[test]
fn failed_save_restores_previous_dashboard() {
    let mut fixture = EditingFixture::new();
    let effects = fixture.edit_action(EditAction::Copy);
    let Some(Effect::Files(FilesEffect::EditDashboard(change))) = effects.last() else { panic!() };
    let (path, before) = (change.path.clone(), Some(Box::new(change.before.clone())));
    fixture.edit_result(FilesEvent::WriteFailed { path, before, reason: "the disk is full".into() });
    assert_eq!((fixture.tile_names().as_str(), fixture.notice()), ("ABC", "the disk is full"));
}

#[test]
fn dashboard_without_file_is_saved_before_editing() {
    let tiles = vec![tile("text", "A", "a")];
    let mut fixture = EditingFixture::with_dashboard(Dashboard { tiles, ..Dashboard::default() }, None);
    fixture.edit_action(EditAction::Edit);
    let effects = fixture.action(Action::Accept);
    assert!(
        matches!(&effects[..], [Effect::Files(FilesEffect::CreateDashboard(name, _))] if name == "x"),
        "{effects:?}"
    );
    fixture.edit_result(FilesEvent::Created("/dashboards/x.toml".into()));
    assert!(fixture.app.form().is_some());
    assert_eq!(
        fixture.app.current_dashboard().unwrap().path.as_deref(),
        Some(std::path::Path::new("/dashboards/x.toml"))
    );
}

#[test]
fn dashboard_opened_later_shows_cached_topic_values() {
    let mut fixture = EditingFixture::new();
    fixture.receive_message("b", "1");
    let dashboard = Dashboard { tiles: vec![tile("switch", "B too", "b")], ..Dashboard::default() };
    let file = DashboardFile { name: "y".into(), path: Some("/y.toml".into()), definition: dashboard };
    let profile = Profile { name: "hub".into(), ..Profile::default() };
    fixture.event(Event::Mqtt(MqttEvent::DashboardsOpened(Box::new(OpenedDashboards {
        connection: ConnectionId(0),
        profile,
        files: vec![file],
        explore: None,
    }))));
    fixture.app.resolve_values(fixture.now);
    assert_eq!(fixture.tile_values(), [("B too", Some("1"))]);
}

#[test]
fn new_dashboard_name_is_validated() {
    let mut fixture = EditingFixture::new();
    fixture.edit_result(FilesEvent::DashboardsListed(vec!["x".into()]));
    fixture.edit_action(EditAction::ListDashboards);
    fixture.edit_action(EditAction::Add);
    for (typed, error) in [("", "enter a name"), ("X", "a dashboard named X"), ("a/b", "this is not a valid")] {
        fixture.clear_field();
        fixture.action(Action::EditInput(InputRequest::DeleteFromStart.into()));
        fixture.type_text(typed);
        assert_eq!(fixture.action(Action::Accept), []);
        let Screen::NamePrompt(prompt) = &fixture.app.focus else { panic!() };
        assert!(prompt.error.as_ref().unwrap().to_string().starts_with(error), "{prompt:?}");
    }
}

#[test]
fn list_of_dashboards_says_what_is_wrong_with_a_file() {
    let mut fixture = EditingFixture::new();
    let effects = fixture.edit_action(EditAction::ListDashboards);
    assert_eq!(effects, [Effect::Files(FilesEffect::CheckDashboards)]);
    let names = ["attic", "broken", "cellar"];
    let effects = fixture.edit_result(FilesEvent::DashboardsListed(names.map(str::to_owned).to_vec()));
    assert_eq!(effects, [Effect::Files(FilesEffect::CheckDashboards)], "another file may have other errors");
    let hub = Profile { name: "hub".into(), ..Profile::default() };
    fixture.app.set_profiles(Profiles { default: None, profiles: vec![hub] });
    let unreadable = FileError::Unreadable { file: "broken.toml".into() };
    fixture.edit_result(FilesEvent::DashboardsChecked(vec![
        ("attic".into(), Ok(Some("gone".into()))),
        ("broken".into(), Err(unreadable.clone())),
        ("cellar".into(), Ok(Some("hub".into()))),
    ]));
    let problems = |app: &App| {
        let rows = app.dashboard_rows();
        rows.into_iter().map(|row| (row.detail, row.problem)).collect::<Vec<_>>()
    };
    let rows = problems(&fixture.app);
    let unknown = "attic.toml names the connection `gone`, which does not exist";
    assert_eq!(rows[1], ("there is no connection `gone`".to_owned(), Some(unknown.to_owned())));
    assert_eq!(rows[2], ("its file has errors".to_owned(), Some("broken.toml cannot be read".to_owned())));
    assert_eq!(rows[3], ("not open".to_owned(), None));
    fixture.app.dashboards[0].file_error = Some(unreadable);
    assert_eq!(problems(&fixture.app)[0].0, "its file has errors");
}

#[test]
fn renamed_dashboard_keeps_undo_counts_and_updates_profile() {
    let mut fixture = EditingFixture::new();
    let hub = Profile { name: "hub".into(), dashboard: Some("x".into()), ..Profile::default() };
    fixture
        .event(Event::Files(FilesEvent::ProfilesChanged(Profiles { default: None, profiles: vec![hub] }, Vec::new())));
    fixture.edit_result(FilesEvent::Saved {
        path: "/x.toml".into(),
        dashboard: None,
        undo_count: 2,
        redo_count: 0,
        undone: None,
    });
    fixture.edit_action(EditAction::ListDashboards);
    fixture.edit_action(EditAction::Rename);
    fixture.type_text("yz");
    let effects = fixture.action(Action::Accept);
    assert_eq!(effects, [Effect::Files(FilesEffect::RenameDashboard("/x.toml".into(), "xyz".into()))]);
    let effects = fixture.edit_result(FilesEvent::Renamed("/x.toml".into(), "/xyz.toml".into()));
    let [Effect::Files(FilesEffect::EditProfiles(edit))] = &effects[..] else { panic!("{effects:?}") };
    let ProfileEdit::Replace(_, profile) = &**edit else { panic!() };
    assert_eq!(profile.dashboard.as_deref(), Some("xyz"));
    let profiles = Profiles { default: None, profiles: vec![profile.clone()] };
    assert_eq!(
        fixture.edit_result(FilesEvent::ProfilesSaved(edit.clone(), profiles)),
        [],
        "a change of the dashboard name does not reconnect"
    );
    assert_eq!((fixture.app.current_dashboard().unwrap().title(), fixture.app.undo_counts()), ("xyz", (2, 0)));
}

#[test]
fn profile_that_is_changed_in_its_file_is_tried_at_once_unless_it_is_connected() {
    let mut fixture = EditingFixture::new();
    let hub = Profile { name: "hub".into(), username: Some("ann".into()), ..Profile::default() };
    let profiles = Profiles { default: None, profiles: vec![hub] };
    let changed = || Event::Files(FilesEvent::ProfilesChanged(profiles.clone(), vec!["hub".into()]));
    assert_eq!(fixture.event(changed()), []);
    assert_eq!(fixture.app.notice().unwrap().text, "The profile hub has changed: reconnect to use it");
    let stopped = ConnectionState::Stopped {
        reason: "refused: not authorized".into(),
        cause: FailureCause::Refused,
        refused_secret: None,
    };
    fixture.event(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), ConnectionEvent::State(stopped))));
    assert_eq!(
        fixture.event(changed()),
        [Effect::Mqtt(MqttEffect::ReconnectWithProfile(ConnectionId(0), "hub".into()))]
    );
}

#[test]
fn first_profile_leads_to_first_dashboard_and_kind_list() {
    let mut fixture = EditingFixture { app: App::new((80, 24)), now: Time::from_millis(1) };
    fixture.edit_action(EditAction::NewConnection);
    fixture.focus_field("url");
    fixture.clear_field();
    fixture.type_text("mqtt://broker");
    let effects = fixture.action(Action::Accept);
    let [Effect::Files(FilesEffect::EditProfiles(edit)), Effect::Files(FilesEffect::EditProfiles(default))] =
        &effects[..]
    else {
        panic!("{effects:?}")
    };
    assert_eq!(**default, ProfileEdit::SetDefault(Some("home".into())));
    let ProfileEdit::Add(profile) = &**edit else { panic!() };
    assert_eq!((profile.name.as_str(), profile.url.host.as_str()), ("home", "broker"));
    let profiles = Profiles { default: None, profiles: vec![profile.clone()] };
    let effects = fixture.edit_result(FilesEvent::ProfilesSaved(edit.clone(), profiles));
    assert_eq!(effects, [Effect::Mqtt(MqttEffect::OpenOrCreateFirstDashboard("home".into()))]);
    open_first_dashboard(&mut fixture, profile);
    assert!(fixture.app.dashboard_has_focus(), "the list of kinds waits for the connection");
    fixture.connection_state(ConnectionState::Connected);
    assert!(matches!(&fixture.app.focus, Screen::KindList(list) if list.selected == 0));
}

fn open_first_dashboard(fixture: &mut EditingFixture, profile: &Profile) {
    let file = DashboardFile { name: "home".into(), path: Some("/h".into()), definition: Dashboard::default() };
    fixture.event(Event::Mqtt(MqttEvent::DashboardsOpened(Box::new(OpenedDashboards {
        connection: ConnectionId(0),
        profile: profile.clone(),
        files: vec![file],
        explore: None,
    }))));
}

/// Saves a new connection; returns its profile.
fn save_first_profile(fixture: &mut EditingFixture) -> Profile {
    fixture.edit_action(EditAction::NewConnection);
    fixture.focus_field("username");
    fixture.type_text("ann");
    let effects = fixture.action(Action::Accept);
    let Some(Effect::Files(FilesEffect::EditProfiles(edit))) = effects.first() else { panic!("{effects:?}") };
    let ProfileEdit::Add(profile) = &**edit else { panic!() };
    let profiles = Profiles { default: None, profiles: vec![profile.clone()] };
    fixture.edit_result(FilesEvent::ProfilesSaved(edit.clone(), profiles));
    profile.clone()
}

#[test]
fn new_connection_whose_login_fails_is_edited_again() {
    let stopped = |refused_secret| ConnectionState::Stopped {
        reason: "refused: bad password".into(),
        cause: FailureCause::LoginRefused,
        refused_secret,
    };
    let mut fixture = EditingFixture { app: App::new((80, 24)), now: Time::from_millis(1) };
    let profile = save_first_profile(&mut fixture);
    open_first_dashboard(&mut fixture, &profile);
    for (refused, key) in [(Some(SecretKey::Password), "password"), (None, "url")] {
        fixture.connection_state(stopped(refused));
        let form = fixture.app.form().expect("the form of the connection");
        assert_eq!((form.profile_name(), form.focused_field().unwrap().key.0), (Some("home"), key));
        let shown: Vec<_> = form.errors_for(form.focused).map(|error| error.message.as_str()).collect();
        assert_eq!(shown, ["refused: bad password"]);
        // Enter tries again, also without a change.
        let effects = fixture.action(Action::Accept);
        let [Effect::Files(FilesEffect::EditProfiles(edit))] = &effects[..] else { panic!("{effects:?}") };
        let profiles = Profiles { default: None, profiles: vec![profile.clone()] };
        let effects = fixture.edit_result(FilesEvent::ProfilesSaved(edit.clone(), profiles));
        assert_eq!(effects, [Effect::Mqtt(MqttEffect::ReconnectWithProfile(ConnectionId(0), "home".into()))]);
        fixture.event(Event::Mqtt(MqttEvent::Reconfigured(ConnectionId(0), Box::new(profile.clone()))));
        assert!(fixture.app.form().is_none());
    }
    fixture.connection_state(ConnectionState::Connected);
    assert!(matches!(&fixture.app.focus, Screen::KindList(_)));
}

#[test]
fn what_happens_to_a_new_connection_takes_no_focus_after_another_key() {
    let stopped =
        ConnectionState::Stopped { reason: "refused".into(), cause: FailureCause::Refused, refused_secret: None };
    for state in [stopped, ConnectionState::Connected] {
        let mut fixture = EditingFixture { app: App::new((80, 24)), now: Time::from_millis(1) };
        let profile = save_first_profile(&mut fixture);
        open_first_dashboard(&mut fixture, &profile);
        fixture.action(Action::MoveSelection(Direction::Right));
        fixture.connection_state(state.clone());
        assert!(fixture.app.dashboard_has_focus(), "{state:?}");
        let is_over = state == ConnectionState::Connected;
        assert_eq!(fixture.app.awaits_first_connection(ConnectionId(0)), !is_over);
    }
}

/// Opens the form of the connection, enters a user name, and goes to the password.
fn editing_password_of_ann() -> EditingFixture {
    let mut fixture = EditingFixture::new();
    fixture.action(Action::ListConnections);
    fixture.edit_action(EditAction::Edit);
    fixture.focus_field("username");
    fixture.type_text("ann");
    fixture.focus_field("password");
    fixture
}

#[test]
fn password_source_without_argument_says_what_to_enter() {
    let mut fixture = editing_password_of_ann();
    for expected in [
        "enter the name of the environment variable that holds the password",
        "enter the command that prints the password",
        "enter the path of the file with the password",
    ] {
        fixture.action(Action::CycleFocus(1));
        fixture.edit_action(EditAction::NextValue);
        assert_eq!(fixture.action(Action::Accept), []);
        assert!(fixture.notice().starts_with("Not saved: look at the field "), "{}", fixture.notice());
        // Enter moves to what is missing.
        let form = fixture.app.form().unwrap();
        assert!(form.focused_field().unwrap().accepts_text());
        let errors: Vec<_> = form.errors_for(form.focused).map(|error| error.message.as_str()).collect();
        assert_eq!(errors, [expected], "it is said once");
    }
}

#[test]
fn edited_profile_with_password_source_reconnects() {
    let mut fixture = editing_password_of_ann();
    fixture.action(Action::CycleFocus(1));
    fixture.edit_action(EditAction::NextValue);
    fixture.action(Action::CycleFocus(-1));
    fixture.type_text("HUB");
    let effects = fixture.action(Action::Accept);
    let [Effect::Files(FilesEffect::EditProfiles(edit))] = &effects[..] else { panic!("{effects:?}") };
    let ProfileEdit::Replace(name, profile) = &**edit else { panic!() };
    assert_eq!((name.as_str(), &profile.password), ("hub", &Some(PasswordSource::Env("HUB".into()))));
    let profiles = Profiles { default: None, profiles: vec![profile.clone()] };
    let effects = fixture.edit_result(FilesEvent::ProfilesSaved(edit.clone(), profiles));
    assert_eq!(effects, [Effect::Mqtt(MqttEffect::ReconnectWithProfile(ConnectionId(0), "hub".into()))]);
}

#[test]
fn what_is_typed_into_the_password_row_is_the_password() {
    let mut fixture = EditingFixture::new();
    fixture.action(Action::ListConnections);
    fixture.edit_action(EditAction::Edit);
    fixture.focus_field("username");
    fixture.type_text("ann");
    let password = |fixture: &EditingFixture| fixture.app.form().unwrap().draft_profile().0.password;
    let is_masked = |fixture: &EditingFixture| {
        matches!(fixture.app.form().unwrap().focused_field().unwrap().entry, FieldEntry::HiddenText(_))
    };
    let plain = |text: &str| Some(PasswordSource::Plain(text.into()));
    fixture.focus_field("password");
    assert!(is_masked(&fixture));
    fixture.type_text("s3");
    let description = fixture.app.form().unwrap().focused_field().unwrap().description;
    assert!(description.starts_with("kept in profiles.toml"), "{description}");
    fixture.type_text("cret");
    assert_eq!(password(&fixture), plain("s3cret"));
    fixture.clear_field();
    assert_eq!(password(&fixture), None, "an empty password is none");
    fixture.type_text("again");
    fixture.action(Action::CycleFocus(1));
    // From the last source to the first one, and on to a variable.
    fixture.edit_action(EditAction::NextValue);
    fixture.edit_action(EditAction::NextValue);
    fixture.action(Action::CycleFocus(-1));
    assert!(!is_masked(&fixture));
    assert_eq!(fixture.app.form().unwrap().focused_field().unwrap().value(), None, "a password is never unmasked");
    fixture.type_text("HUB");
    assert_eq!(password(&fixture), Some(PasswordSource::Env("HUB".into())));
}

#[test]
fn profile_form_round_trips_every_field() {
    let mut profile = Profile { name: "hub".into(), ..Profile::default() };
    let table = |entries: &[(&str, Value)]| {
        Value::Table(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
    };
    let entries = [
        ("url", "mqtts://broker:8883".into()),
        ("client_id", "me".into()),
        ("username", "ann".into()),
        ("password", table(&[("command", Value::Array(vec!["pass".into(), "it's \"so\"".into()]))])),
        ("clean_session", Value::Bool(false)),
        ("max_packet_size", "512 KiB".into()),
        (
            "tls",
            table(&[("cert", "me.p12".into()), ("key_password", "s3cret".into()), ("insecure", Value::Bool(true))]),
        ),
        ("protocol", "5".into()),
        ("session_expiry", Value::Integer(3_600)),
        ("receive_maximum", Value::Integer(20)),
        (
            "will",
            table(&[
                ("topic", "x".into()),
                ("payload", "off".into()),
                ("qos", Value::Integer(1)),
                ("delay", Value::Integer(30)),
                ("payload_format", "text".into()),
                ("response_topic", "y".into()),
                ("user_properties", table(&[("unit", "K".into()), ("a b", "".into())])),
            ]),
        ),
    ];
    set_fields(&mut profile, &entries.map(|(key, value)| (key.to_owned(), value))).unwrap();
    let form = crate::app::form::Form::for_profile(Some("hub"), &profile, Vec::new());
    assert_eq!(form.draft_profile(), (profile, Vec::new()));
}

#[test]
fn profile_form_shows_an_error_at_its_key_in_the_will() {
    let mut profile = Profile { name: "hub".into(), ..Profile::default() };
    let will = [("topic", "x".into()), ("delay", Value::Integer(5))].map(|(key, value)| (key.to_owned(), value));
    let entries = [("protocol".to_owned(), "5".into()), ("will".to_owned(), Value::Table(will.to_vec()))];
    set_fields(&mut profile, &entries).unwrap();
    profile.protocol = crate::model::profile::MqttVersion::V311;
    let form = crate::app::form::Form::for_profile(Some("hub"), &profile, Vec::new());
    let (_, errors) = form.draft_profile();
    let [(index, error)] = &errors[..] else { panic!("{errors:?}") };
    assert_eq!((form.fields[*index].key, &*error.message), (("will", Some("delay")), "`delay` needs MQTT 5"));
}

#[test]
fn certificate_is_trusted_only_after_fingerprint_is_shown() {
    let mut fixture = EditingFixture::new();
    assert_eq!(fixture.edit_action(EditAction::TrustCertificate), []);
    assert!(matches!(fixture.app.focus, Screen::Dashboard(_)));
    let pin = CertificatePin([7; 32]);
    let state = ConnectionState::WaitingToRetry {
        reason: "not trusted".into(),
        cause: FailureCause::Certificate,
        retry_in: Duration::from_secs(1),
        failed_attempts: 1,
        untrusted_certificate: Some(pin),
        session_taken_over: false,
        refused_secret: None,
    };
    fixture.event(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), ConnectionEvent::State(state))));
    fixture.edit_action(EditAction::TrustCertificate);
    let Screen::Confirm(confirm) = &fixture.app.focus else { panic!() };
    assert!(confirm.text.contains(&pin.to_string()));
    let effects = fixture.action(Action::Accept);
    let [Effect::Files(FilesEffect::EditProfiles(edit))] = &effects[..] else { panic!("{effects:?}") };
    assert!(matches!(&**edit, ProfileEdit::Replace(_, profile) if profile.tls.0.pin == Some(pin)));
}

#[test]
fn fields_fill_from_payload_color_picker_and_seen_topics() {
    let mut fixture = EditingFixture::new();
    fixture.receive_message("a", "{\"in\":{\"t\":5}}");
    fixture.receive_message("b", "1");
    fixture.edit_action(EditAction::Edit);
    fixture.focus_field("json_path");
    fixture.edit_action(EditAction::OpenPicker);
    fixture.type_text("t");
    fixture.action(Action::Accept);
    let focused_text = |fixture: &EditingFixture| match &fixture.app.form().unwrap().focused_field().unwrap().entry {
        FieldEntry::Text(input) => input.value().to_owned(),
        _ => String::new(),
    };
    assert_eq!(focused_text(&fixture), "$.in.t");
    fixture.focus_field("text_color");
    fixture.edit_action(EditAction::OpenPicker);
    fixture.action(Action::MoveInDialog(Direction::Right));
    fixture.action(Action::Accept);
    assert_eq!(focused_text(&fixture), "#c0c0c0");
    fixture.focus_field("topic");
    fixture.clear_field();
    fixture.receive_message("bb/cc", "not subscribed, but received");
    fixture.type_text("bb");
    fixture.action(Action::EditInput(InputRequest::GoToNextChar.into()));
    assert_eq!(focused_text(&fixture), "bb/cc");
}

impl EditingFixture {
    fn field_value(&self, key: &str) -> Option<Value> {
        self.app.form().unwrap().fields.iter().find(|field| field.key == (key, None))?.value()
    }
}

#[test]
fn json_path_implies_read_only_unless_set_explicitly() {
    let mut fixture = EditingFixture::new();
    fixture.edit_action(EditAction::Edit);
    fixture.focus_field("json_path");
    fixture.type_text("$.t");
    let publishes = |fixture: &EditingFixture| {
        let form = fixture.app.form().unwrap();
        assert_eq!((fixture.field_value("publish"), form.errors.len()), (None, 0));
        form.draft_tile().unwrap().0.publishes()
    };
    assert!(!publishes(&fixture));
    fixture.focus_field("publish_topic");
    fixture.type_text("a/set");
    assert!(publishes(&fixture), "the tile publishes to another topic");
    fixture.clear_field();
    assert!(!publishes(&fixture));
    fixture.focus_field("publish");
    fixture.edit_action(EditAction::NextValue);
    if fixture.field_value("publish") == Some(Value::Bool(false)) {
        fixture.edit_action(EditAction::NextValue);
    }
    assert_eq!(fixture.field_value("publish"), Some(Value::Bool(true)));
    assert_eq!(fixture.app.form().unwrap().errors.len(), 1, "a contradiction in an explicit value is an error");
    fixture.focus_field("json_path");
    fixture.clear_field();
    fixture.type_text("$.u");
    assert_eq!(fixture.app.form().unwrap().errors.len(), 1);
    fixture.action(Action::Cancel);
    fixture.action(Action::Cancel);
    fixture.edit_action(EditAction::Edit);
    fixture.focus_field("json_path");
    fixture.type_text("$");
    fixture.clear_field();
    assert!(!fixture.app.form().unwrap().changed());
}

#[test]
fn leaving_topic_field_accepts_completion_unless_dismissed() {
    let topic_after = |steps: &dyn Fn(&mut EditingFixture)| {
        let mut fixture = EditingFixture::new();
        for topic in ["hall/climate", "hall/climate/set"] {
            fixture.receive_message(topic, "1");
        }
        fixture.edit_action(EditAction::Edit);
        fixture.focus_field("topic");
        fixture.clear_field();
        fixture.type_text("ha");
        steps(&mut fixture);
        match fixture.field_value("topic") {
            Some(Value::String(topic)) => topic,
            other => panic!("{other:?}"),
        }
    };
    let backspace = || Action::EditInput(InputRequest::DeletePrevChar.into());
    let delete = || Action::EditInput(InputRequest::DeleteNextChar.into());
    for leave in
        [Action::CycleFocus(1), Action::CycleFocus(-1), Action::MoveInDialog(Direction::Down), Action::SelectOption(1)]
    {
        let topic = topic_after(&|fixture| drop(fixture.action(leave.clone())));
        assert_eq!(topic, "hall/climate", "{leave:?}");
        for dismiss in [backspace(), delete()] {
            let topic = topic_after(&|fixture| {
                fixture.action(dismiss.clone());
                fixture.action(leave.clone());
            });
            assert_eq!(topic, "ha", "{dismiss:?} {leave:?}");
        }
    }
    assert_eq!(topic_after(&|fixture| drop((fixture.action(backspace()), fixture.action(backspace())))), "h");
    let mut fixture = EditingFixture::new();
    for topic in ["hall/climate", "hall/climate/set"] {
        fixture.receive_message(topic, "1");
    }
    fixture.edit_action(EditAction::Edit);
    fixture.focus_field("topic");
    fixture.clear_field();
    fixture.type_text("ha");
    assert_eq!(edits_in(&fixture.action(Action::Accept)).len(), 0, "the user has not seen the whole topic yet");
    let effects = fixture.action(Action::Accept);
    let [DashboardEdit::ReplaceTile(_, tile)] = edits_in(&effects)[..] else { panic!("{effects:?}") };
    assert_eq!(tile.topic.as_ref().unwrap().as_str(), "hall/climate");
}

#[test]
fn unedited_topic_field_is_not_completed() {
    let mut fixture = EditingFixture::new();
    fixture.receive_message("a/b", "1");
    fixture.edit_action(EditAction::Edit);
    fixture.focus_field("topic");
    fixture.action(Action::CycleFocus(1));
    assert!(!fixture.app.form().unwrap().changed());
}

#[test]
fn preview_image_is_decoded_once() {
    let mut fixture = EditingFixture::new();
    fixture.receive_message("a", "not yet decoded");
    fixture.edit_action(EditAction::Edit);
    fixture.focus_field("kind");
    while !matches!(fixture.field_value("kind"), Some(Value::String(kind)) if kind == "image") {
        fixture.edit_action(EditAction::NextValue);
    }
    fixture.focus_field("source");
    fixture.action(Action::MoveInDialog(Direction::Left));
    let effects = fixture.app.resolve_values(fixture.now);
    let [Effect::Media(MediaEffect::Decode(id, bytes))] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(**bytes, *b"not yet decoded");
    assert_eq!(fixture.app.resolve_values(fixture.now), []);
    let image = DecodedImage::still(1, 1, [1, 2, 3].into());
    fixture.event(Event::Media(MediaEvent::Decoded(*id, Ok(image.clone()))));
    let preview = fixture.app.preview(fixture.app.form().unwrap()).unwrap();
    assert_eq!(preview.state.image, Some(image));
}

/// Reads of the file that come before its write would open the dashboard on the connection that it had.
#[test]
fn dashboard_with_another_profile_is_opened_again_once_its_file_is_saved() {
    let saved =
        || FilesEvent::Saved { path: "/x.toml".into(), dashboard: None, undo_count: 1, redo_count: 0, undone: None };
    let failed = || FilesEvent::WriteFailed { path: "/x.toml".into(), before: None, reason: "disk full".into() };
    for (result, reopens) in [(saved(), true), (failed(), false)] {
        let mut fixture = EditingFixture::new();
        let base = fixture.app.dashboards[0].definition.clone();
        let definition = Dashboard { profile: Some("other".into()), ..base.clone() };
        let effects = fixture.app.save_dashboard_form(0, base, definition);
        assert!(matches!(&effects[..], [Effect::Files(FilesEffect::EditDashboard(_))]), "{effects:?}");
        let mut effects = fixture.edit_result(result);
        effects.extend(fixture.edit_result(saved()));
        let is_opening = |effect: &Effect| matches!(effect, Effect::Mqtt(MqttEffect::OpenDashboardFile(..)));
        assert_eq!(effects.iter().any(is_opening), reopens, "{effects:?}");
        assert_eq!(fixture.app.dashboards.is_empty(), reopens);
    }
}

#[test]
fn dashboard_whose_first_save_failed_does_not_get_the_next_new_file() {
    let tiles = vec![tile("text", "A", "a")];
    let mut fixture = EditingFixture::with_dashboard(Dashboard { tiles, ..Dashboard::default() }, None);
    fixture.edit_action(EditAction::Edit);
    assert!(matches!(fixture.app.focus, Screen::NamePrompt(_)));
    fixture.action(Action::Accept);
    fixture.edit_result(FilesEvent::WriteFailed { path: "/x.toml".into(), before: None, reason: "disk full".into() });
    let effects = fixture.edit_result(FilesEvent::Created("/garage.toml".into()));
    assert!(matches!(&effects[..], [Effect::Mqtt(MqttEffect::OpenDashboardFile(..))]), "{effects:?}");
    assert_eq!(fixture.app.dashboards[0].path, None);
}

#[test]
fn connection_test_result_is_stored() {
    let mut fixture = EditingFixture::new();
    fixture.action(Action::ListConnections);
    let effects = fixture.edit_action(EditAction::TestConnection);
    assert!(matches!(&effects[..], [Effect::Mqtt(MqttEffect::TestConnection(profile))] if profile.name == "hub"));
    assert_eq!(
        fixture.edit_action(EditAction::TestConnection),
        [],
        "a second test does not start while the first one runs"
    );
    let connection_test =
        ConnectionTest { summary: "connected".into(), success: true, untrusted_pin: None, messages: Vec::new() };
    fixture.app.take_dirty();
    fixture.edit_result(MqttEvent::TestMessages("hub".into(), Vec::new()));
    assert!(fixture.app.take_dirty(), "new topics are shown at once");
    fixture.edit_result(MqttEvent::TestFinished("hub".into(), connection_test));
    assert!(fixture.app.take_dirty(), "the result is shown at once");
    assert!(fixture.app.editor_state.running_tests.is_empty());
    assert_eq!(fixture.app.editor_state.connection_tests[0].1.summary, "connected");
}

/// Adds a row in the open form if it is that of a panel; otherwise gives the tile a topic.
fn add_row_to_panel(fixture: &mut EditingFixture) {
    if !fixture.app.form().unwrap().draft_tile().unwrap().0.is_panel() {
        fixture.focus_field("topic");
        fixture.clear_field();
        fixture.type_text("n");
        return;
    }
    fixture.focus_field("rows");
    fixture.edit_action(EditAction::NextValue);
    fixture.edit_action(EditAction::Add);
    fixture.type_text("row");
    fixture.focus_field("topic");
    fixture.type_text("n");
    fixture.action(Action::Accept);
    fixture.action(Action::Cancel);
}

#[test]
fn every_kind_can_be_created_and_changed_into_every_other() {
    let count = kind::all().count();
    for first in 0..count {
        for steps in 0..count {
            let mut fixture = EditingFixture::new();
            fixture.edit_action(EditAction::Add);
            (0..first).for_each(|_| drop(fixture.action(Action::MoveInDialog(Direction::Down))));
            fixture.action(Action::Accept);
            fixture.type_text("N");
            if fixture.app.form().unwrap().fields.iter().any(|field| field.key.0 == "topic") {
                fixture.focus_field("topic");
                fixture.type_text("n");
            }
            fixture.focus_field("kind");
            (0..steps).for_each(|_| drop(fixture.edit_action(EditAction::NextValue)));
            add_row_to_panel(&mut fixture);
            let effects = fixture.action(Action::Accept);
            assert_eq!(edits_in(&effects).len(), 1, "{first} {steps} {}", fixture.notice());
            let dashboard = fixture.app.current_dashboard().unwrap();
            let created = dashboard.tile(1).unwrap().0;
            assert_eq!(
                (created.name.as_str(), created.kind.name()),
                ("N", kind::all().nth((first + steps) % count).unwrap().name())
            );
        }
    }
}

#[test]
fn paste_keeps_the_lines_of_a_script_and_makes_one_line_of_a_topic() {
    let mut fixture = EditingFixture::new();
    fixture.edit_action(EditAction::Edit);
    fixture.focus_field("on_receive");
    fixture.type_text("// tenths\r\nevent.payload /= 10;\n");
    fixture.focus_field("publish_topic");
    fixture.type_text("a\r\nb");
    let effects = fixture.action(Action::Accept);
    let [DashboardEdit::ReplaceTile(0, tile)] = edits_in(&effects)[..] else { panic!("{effects:?}") };
    assert_eq!(tile.to_scripts().on_receive.as_deref(), Some("// tenths\nevent.payload /= 10;"));
    assert_eq!(tile.target_topic().unwrap().as_str(), "a b");
}

#[test]
fn topics_keep_coming_while_their_list_is_open() {
    let mut fixture = EditingFixture::new();
    fixture.edit_action(EditAction::Edit);
    fixture.focus_field("topic");
    let effects = fixture.edit_action(EditAction::OpenPicker);
    assert!(
        matches!(&effects[..], [Effect::Mqtt(MqttEffect::CollectTopics(profile))] if profile.name == "hub"),
        "{effects:?}"
    );
    let rows = |fixture: &EditingFixture| match &fixture.app.form().unwrap().popup {
        Some(FormPopup::List(list)) => list.rows.iter().map(|row| row.label.clone()).collect::<Vec<_>>(),
        _ => panic!("the list is closed"),
    };
    for round in 0..3 {
        let topic = format!("x/{round}");
        fixture.edit_result(MqttEvent::TestMessages("hub".into(), vec![Message::new(&*topic, *b"1")]));
        assert!(rows(&fixture).contains(&topic), "{round}");
    }
    let seen = rows(&fixture).iter().position(|topic| topic == "x/1").unwrap();
    for _ in 0..seen {
        fixture.action(Action::MoveInDialog(Direction::Down));
    }
    fixture.app.take_dirty();
    fixture.receive_message("0/first", "of another subscription");
    assert!(rows(&fixture).contains(&"0/first".to_owned()) && fixture.app.take_dirty());
    let effects = fixture.action(Action::Accept);
    assert_eq!(effects, [Effect::Mqtt(MqttEffect::StopCollectingTopics)]);
    assert_eq!(fixture.field_value("topic"), Some("x/1".into()), "the selected topic stays selected");
    fixture.edit_action(EditAction::OpenPicker);
    assert_eq!(fixture.action(Action::Cancel), [Effect::Mqtt(MqttEffect::StopCollectingTopics)]);
    let effects = fixture.edit_action(EditAction::OpenPicker);
    assert!(matches!(&effects[..], [Effect::Mqtt(MqttEffect::CollectTopics(_))]), "each time: {effects:?}");
}

#[test]
fn typing_replaces_an_untouched_default_of_a_new_connection() {
    let text = |fixture: &EditingFixture, key: &str| match fixture.field_value(key) {
        Some(Value::String(text)) => text,
        Some(Value::Integer(number)) => number.to_string(),
        other => panic!("{key}: {other:?}"),
    };
    let open = || {
        let mut fixture = EditingFixture::new();
        fixture.action(Action::ListConnections);
        fixture.edit_action(EditAction::NewConnection);
        assert!(fixture.app.form().is_some_and(crate::app::form::Form::is_profile));
        fixture
    };
    let mut fixture = open();
    for (key, typed) in [("url", "mqtts://h"), ("keep_alive", "45")] {
        fixture.focus_field(key);
        assert_ne!(text(&fixture, key), "");
        fixture.type_text(typed);
        assert_eq!(text(&fixture, key), typed);
        fixture.type_text("0");
        assert_eq!(text(&fixture, key), format!("{typed}0"), "only the first character replaces it");
    }
    let mut fixture = open();
    fixture.focus_field("url");
    let default = text(&fixture, "url");
    fixture.action(Action::EditInput(InputRequest::DeletePrevChar.into()));
    fixture.type_text("x");
    assert_eq!(text(&fixture, "url"), format!("{}x", &default[..default.len() - 1]), "an editing key keeps it");
    let mut fixture = open();
    fixture.focus_field("url");
    fixture.action(Action::EditInput(InputRequest::GoToStart.into()));
    fixture.type_text("x");
    assert_eq!(text(&fixture, "url"), format!("x{default}"));
    let mut fixture = EditingFixture::new();
    fixture.action(Action::ListConnections);
    fixture.edit_action(EditAction::Edit);
    fixture.focus_field("keep_alive");
    let before = text(&fixture, "keep_alive");
    fixture.type_text("0");
    assert_eq!(text(&fixture, "keep_alive"), format!("{before}0"), "not in a connection that exists");
}
