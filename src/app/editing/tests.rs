//! What was, which keys, what is then: tiles, dashboards and connections managed without a screen
//! and without a disk.

use std::time::Duration;

use tui_input::InputRequest;

use super::{Chore, Clash, Done, Task, Trial, Wish};
use crate::{
    app::{Action, App, DashboardFile, Effect, Event, Focus, OpenedDashboards, TilePosition, form::FieldEntry},
    model::{
        connection::{ConnectionEvent, ConnectionId, ConnectionState, Message, Qos},
        dashboard::Dashboard,
        edit::{DashboardEdit, ProfileEdit, Profiles},
        grid::Direction,
        kind,
        media::DecodedImage,
        profile::{CertificatePin, PasswordSource, Profile},
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

pub(super) struct Bench {
    pub(super) app: App,
    pub(super) now: Time,
}

impl Bench {
    pub(super) fn with(dashboard: Dashboard, path: Option<&str>) -> Self {
        let mut app = App::new((80, 24));
        let hub = Profile { name: "hub".into(), ..Profile::default() };
        app.set_profiles(Profiles { default: None, profiles: vec![hub.clone()] });
        let sheet = DashboardFile { name: "x".into(), path: path.map(Into::into), definition: dashboard };
        let mut bench = Self { app, now: Time::from_millis(1_000_000) };
        bench.event(Event::DashboardsOpened(Box::new(OpenedDashboards {
            connection: ConnectionId(0),
            profile: hub,
            files: vec![sheet],
        })));
        bench.event(Event::Connection(ConnectionId(0), ConnectionEvent::State(ConnectionState::Connected)));
        bench
    }

    pub(super) fn new() -> Self {
        let tiles = vec![tile("text", "A", "a"), tile("switch", "B", "b"), tile("text", "C", "c")];
        Self::with(Dashboard { tiles, ..Dashboard::default() }, Some("/x.toml"))
    }

    pub(super) fn event(&mut self, event: Event) -> Vec<Effect> {
        self.app.update(event, self.now)
    }

    pub(super) fn done(&mut self, done: Done) -> Vec<Effect> {
        self.event(Event::EditFinished(Box::new(done)))
    }

    pub(super) fn act(&mut self, action: Action) -> Vec<Effect> {
        self.event(Event::Action(action))
    }

    pub(super) fn wish(&mut self, wish: Wish) -> Vec<Effect> {
        self.act(Action::Edit(wish))
    }

    pub(super) fn type_in(&mut self, text: &str) {
        self.act(Action::Paste(text.into()));
    }

    pub(super) fn clear_field(&mut self) {
        self.act(Action::EditInput(InputRequest::GoToEnd));
        self.act(Action::EditInput(InputRequest::DeleteFromStart));
    }

    /// Goes to the field of this key.
    pub(super) fn field(&mut self, key: &str) {
        for _ in 0..100 {
            if self.app.form().unwrap().field().unwrap().key.0 == key {
                return;
            }
            self.act(Action::CycleFocus(1));
        }
        panic!("there is no field {key}");
    }

    pub(super) fn message(&mut self, topic: &str, payload: &str) {
        let message =
            Message { topic: topic.into(), payload: payload.as_bytes().into(), qos: Qos::AtMostOnce, retain: false };
        self.event(Event::Connection(ConnectionId(0), ConnectionEvent::Messages([message].into())));
        self.app.resolve_values(self.now);
    }

    pub(super) fn shown(&self) -> Vec<(&str, Option<&str>)> {
        let board = self.app.current_dashboard().unwrap();
        (0..board.definition.tiles.len())
            .filter_map(|index| board.tile(index))
            .map(|(tile, state)| (tile.name.as_str(), state.value.as_ref().map(|reading| &*reading.text)))
            .collect()
    }

    pub(super) fn names(&self) -> String {
        self.shown().into_iter().map(|(name, _)| name).collect()
    }

    pub(super) fn notice(&self) -> &str {
        self.app.notice().map_or("", |notice| &notice.text)
    }
}

pub(super) fn edits(commands: &[Effect]) -> Vec<&DashboardEdit> {
    let edit = |command| match command {
        &Effect::Edit(Chore::Edit(ref change)) => Some(&change.edit),
        _ => None,
    };
    commands.iter().filter_map(edit).collect()
}

#[test]
fn an_edited_tile_keeps_what_it_knows_and_its_topic_is_followed() {
    let mut bench = Bench::new();
    bench.message("a", "{\"t\":5}");
    bench.message("b", "1");
    bench.wish(Wish::Edit);
    bench.clear_field();
    bench.type_in("Heat");
    bench.field("json_path");
    bench.type_in("$.t");
    let commands = bench.act(Action::Accept);
    assert!(matches!(edits(&commands)[..], [DashboardEdit::ReplaceTile(0, _)]), "{commands:?} {}", bench.notice());
    bench.app.resolve_values(bench.now);
    assert_eq!(bench.shown(), [("Heat", Some("5")), ("B", Some("1")), ("C", None)]);
    bench.wish(Wish::Edit);
    bench.field("topic");
    bench.clear_field();
    bench.type_in("z");
    let commands = bench.act(Action::Accept);
    let Some(Effect::SetSubscriptions(_, wanted)) = commands.first() else { panic!("{commands:?}") };
    assert_eq!(wanted.iter().map(|wanted| wanted.filter.as_str()).collect::<String>(), "bcz");
    assert_eq!(bench.shown()[0], ("Heat", None));
    bench.message("z", "{\"t\":9}");
    assert_eq!(bench.shown()[0], ("Heat", Some("9")));
}

#[test]
fn nothing_is_saved_until_every_field_is_right() {
    let mut bench = Bench::new();
    bench.wish(Wish::Edit);
    bench.field("topic");
    bench.type_in("/#/x");
    assert_eq!(bench.app.form().unwrap().wrong.len(), 1);
    bench.field("qos");
    assert_eq!(bench.act(Action::Accept), []);
    assert_eq!(bench.app.form().unwrap().field().unwrap().key.0, "topic");
    assert!(bench.notice().starts_with("Not saved: "), "{}", bench.notice());
    assert_eq!(bench.names(), "ABC");
}

#[test]
fn escape_asks_before_it_throws_work_away() {
    let mut bench = Bench::new();
    bench.wish(Wish::Edit);
    bench.act(Action::Cancel);
    assert!(matches!(bench.app.focus, Focus::Dashboard));
    bench.wish(Wish::Edit);
    bench.type_in("x");
    bench.act(Action::Cancel);
    assert!(bench.app.form().unwrap().leaving);
    bench.act(Action::CycleFocus(1));
    assert!(!bench.app.form().unwrap().leaving);
    bench.act(Action::Cancel);
    bench.act(Action::Cancel);
    assert!(matches!(bench.app.focus, Focus::Dashboard));
    assert_eq!(bench.names(), "ABC");
}

#[test]
fn a_tile_is_added_copied_and_deleted() {
    let mut bench = Bench::new();
    bench.message("c", "7");
    bench.wish(Wish::Add);
    bench.act(Action::MoveInDialog(Direction::Down));
    bench.act(Action::Accept);
    bench.type_in("D");
    let commands = bench.act(Action::Accept);
    assert!(matches!(edits(&commands)[..], [DashboardEdit::InsertTile(3, _)]));
    assert_eq!((bench.names().as_str(), bench.app.current_dashboard().unwrap().selected), ("ABCD", 3));
    bench.act(Action::MoveSelection(Direction::First));
    let commands = bench.wish(Wish::Copy);
    assert!(matches!(edits(&commands)[..], [DashboardEdit::InsertTile(1, _)]));
    assert_eq!((bench.names().as_str(), bench.app.current_dashboard().unwrap().selected), ("AABCD", 1));
    bench.wish(Wish::Delete);
    assert_eq!(bench.act(Action::Cancel), []);
    bench.wish(Wish::Delete);
    let commands = bench.act(Action::Accept);
    assert!(matches!(edits(&commands)[..], [DashboardEdit::DeleteTile(1)]));
    assert_eq!(bench.names(), "ABCD");
    assert_eq!(bench.shown()[2], ("C", Some("7")));
    assert_eq!(bench.wish(Wish::Undo), [Effect::Edit(Chore::Undo("/x.toml".into()))]);
}

#[test]
fn a_carried_tile_is_dropped_or_put_back() {
    let mut bench = Bench::new();
    bench.message("a", "1");
    bench.wish(Wish::Carry);
    bench.act(Action::MoveInDialog(Direction::Right));
    bench.act(Action::MoveInDialog(Direction::Right));
    assert_eq!(bench.names(), "BCA");
    bench.act(Action::Cancel);
    assert_eq!((bench.names().as_str(), bench.app.current_dashboard().unwrap().selected), ("ABC", 0));
    bench.wish(Wish::Carry);
    bench.act(Action::MoveInDialog(Direction::Right));
    bench.message("a", "2");
    let commands = bench.act(Action::Accept);
    assert!(matches!(edits(&commands)[..], [DashboardEdit::MoveTile(0, 1)]), "{commands:?}");
    assert_eq!(bench.shown(), [("B", None), ("A", Some("2")), ("C", None)]);
    assert_eq!(bench.app.current_dashboard().unwrap().selected, 1);
}

#[test]
fn an_order_on_its_way_follows_its_tile() {
    let mut bench = Bench::new();
    bench.act(Action::MoveSelection(Direction::Right));
    let commands = bench.act(Action::Press);
    let Effect::Publish(_, order) = &commands[0] else { panic!() };
    bench.wish(Wish::Carry);
    bench.act(Action::MoveInDialog(Direction::Left));
    bench.act(Action::Accept);
    bench.event(Event::Connection(
        ConnectionId(0),
        ConnectionEvent::PublishStatus(
            order.id,
            crate::model::connection::PublishStatus::Failed("not sent: the line is down".into()),
        ),
    ));
    assert_eq!(bench.notice(), "B: not sent: the line is down");
}

#[test]
fn a_locked_dashboard_refuses_every_edit_in_a_sentence() {
    let tiles = vec![tile("text", "A", "a")];
    let mut bench = Bench::with(Dashboard { tiles, locked: true, ..Dashboard::default() }, Some("/x.toml"));
    for wish in [Wish::Add, Wish::Edit, Wish::Copy, Wish::Delete, Wish::Carry, Wish::Undo, Wish::Redo, Wish::Clear] {
        assert_eq!(bench.wish(wish.clone()), [], "{wish:?}");
        assert_eq!(bench.notice(), "This dashboard is locked: unlock it first, or take `locked = true` out of x.toml");
        assert!(matches!(bench.app.focus, Focus::Dashboard));
    }
    bench.wish(Wish::Boards);
    assert_eq!(bench.wish(Wish::Delete), []);
    assert!(bench.notice().starts_with("This dashboard is locked"));
}

#[test]
fn a_lock_is_put_on_at_once_and_taken_off_after_asking() {
    let mut bench = Bench::new();
    let locks = |commands: &[Effect]| match edits(commands)[..] {
        [DashboardEdit::SetFields(keys)] => keys.locked,
        _ => panic!("{commands:?}"),
    };
    assert!(locks(&bench.wish(Wish::Lock)));
    assert!(bench.app.current_dashboard().unwrap().definition.locked);
    assert_eq!(bench.wish(Wish::Lock), []);
    assert_eq!(bench.act(Action::Cancel), []);
    assert!(bench.app.current_dashboard().unwrap().definition.locked);
    bench.wish(Wish::Boards);
    for asks in [Wish::Lock, Wish::Edit] {
        bench.wish(Wish::Boards);
        assert_eq!(bench.wish(asks), []);
        let Focus::Manage(task) = &bench.app.focus else { panic!() };
        assert!(matches!(&**task, Task::Confirm(_)));
    }
    assert!(!locks(&bench.act(Action::Accept)));
    assert!(!bench.app.current_dashboard().unwrap().definition.locked);
    bench.app.kiosk = true;
    assert_eq!(bench.wish(Wish::Lock), []);
    assert!(bench.notice().starts_with("This is a kiosk"));
}

#[test]
fn retained_messages_are_deleted_after_asking_on_both_topics() {
    let mut lamp = tile("switch", "Lamp", "lamp");
    lamp.set("publish_topic", &"lamp/set".into()).unwrap().unwrap();
    let mut bench = Bench::with(Dashboard { tiles: vec![lamp], ..Dashboard::default() }, Some("/x.toml"));
    assert_eq!(bench.wish(Wish::Clear), []);
    let commands = bench.act(Action::Accept);
    let topics: Vec<_> = commands
        .iter()
        .map(|command| match command {
            Effect::Publish(_, order) => (order.topic.as_str(), order.payload.len(), order.retain),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(topics, [("lamp", 0, true), ("lamp/set", 0, true)]);
}

#[test]
fn a_file_changed_by_another_hand_is_asked_about() {
    let mut bench = Bench::new();
    let commands = bench.wish(Wish::Copy);
    let Some(Effect::Edit(Chore::Edit(change))) = commands.last() else { panic!() };
    let theirs = Dashboard { tiles: vec![tile("text", "T", "t")], ..Dashboard::default() };
    let (change, diff) = ((**change).clone(), vec!["- x".into()]);
    let clash = Clash { change, theirs: Some(theirs), text: "x".into(), diff, top: 0 };
    bench.done(Done::Clash(Box::new(clash.clone())));
    let commands = bench.wish(Wish::Overwrite);
    assert!(matches!(&commands[..], [Effect::Edit(Chore::Edit(change))] if change.over.as_deref() == Some("x")));
    bench.done(Done::Clash(Box::new(clash.clone())));
    bench.wish(Wish::Reload);
    assert_eq!(bench.names(), "T");
    bench.done(Done::Clash(Box::new(clash)));
    bench.act(Action::Cancel);
    assert_eq!(bench.names(), "T", "as the file is");
    assert!(bench.app.form().is_some(), "with what was not saved in a form");
}

#[test]
fn what_could_not_be_saved_is_put_back() {
    let mut bench = Bench::new();
    let commands = bench.wish(Wish::Copy);
    let Some(Effect::Edit(Chore::Edit(change))) = commands.last() else { panic!() };
    let (path, before) = (change.path.clone(), Some(change.before.clone()));
    bench.done(Done::Unsaved { path, before, why: "the disk is full".into() });
    assert_eq!((bench.names().as_str(), bench.notice()), ("ABC", "the disk is full"));
}

#[test]
fn a_board_without_a_file_gets_one_before_it_is_edited() {
    let tiles = vec![tile("text", "A", "a")];
    let mut bench = Bench::with(Dashboard { tiles, ..Dashboard::default() }, None);
    bench.wish(Wish::Edit);
    let commands = bench.act(Action::Accept);
    assert!(matches!(&commands[..], [Effect::Edit(Chore::Create(name, _))] if name == "x"), "{commands:?}");
    bench.done(Done::Created("/boards/x.toml".into()));
    assert!(bench.app.form().is_some());
    assert_eq!(bench.app.current_dashboard().unwrap().path.as_deref(), Some(std::path::Path::new("/boards/x.toml")));
}

#[test]
fn a_dashboard_that_is_opened_later_shows_what_is_known_of_its_topics() {
    let mut bench = Bench::new();
    bench.message("b", "1");
    let dashboard = Dashboard { tiles: vec![tile("switch", "B too", "b")], ..Dashboard::default() };
    let sheet = DashboardFile { name: "y".into(), path: Some("/y.toml".into()), definition: dashboard };
    let profile = Profile { name: "hub".into(), ..Profile::default() };
    bench.event(Event::DashboardsOpened(Box::new(OpenedDashboards {
        connection: ConnectionId(0),
        profile,
        files: vec![sheet],
    })));
    bench.app.resolve_values(bench.now);
    assert_eq!(bench.shown(), [("B too", Some("1"))]);
}

#[test]
fn names_of_new_dashboards_are_looked_at() {
    let mut bench = Bench::new();
    bench.done(Done::Files(vec!["x".into()]));
    bench.wish(Wish::Boards);
    bench.wish(Wish::Add);
    for (typed, wrong) in [("", "a name is wanted"), ("X", "there is a dashboard X"), ("a/b", "this cannot be")] {
        bench.clear_field();
        bench.act(Action::EditInput(InputRequest::DeleteFromStart));
        bench.type_in(typed);
        assert_eq!(bench.act(Action::Accept), []);
        let Focus::Manage(task) = &bench.app.focus else { panic!() };
        let Task::Naming(naming) = &**task else { panic!() };
        assert!(naming.wrong.as_ref().unwrap().starts_with(wrong), "{naming:?}");
    }
}

#[test]
fn a_renamed_dashboard_keeps_its_edits_and_its_profile_follows() {
    let mut bench = Bench::new();
    let hub = Profile { name: "hub".into(), dashboard: Some("x".into()), ..Profile::default() };
    bench.event(Event::ProfilesChanged(Profiles { default: None, profiles: vec![hub] }, None));
    bench.done(Done::Saved { path: "/x.toml".into(), dashboard: None, past: 2, future: 0 });
    bench.wish(Wish::Boards);
    bench.wish(Wish::Rename);
    bench.type_in("yz");
    let commands = bench.act(Action::Accept);
    assert_eq!(commands, [Effect::Edit(Chore::Rename("/x.toml".into(), "xyz".into()))]);
    let commands = bench.done(Done::Renamed("/x.toml".into(), "/xyz.toml".into()));
    let [Effect::Edit(Chore::Profiles(edit))] = &commands[..] else { panic!("{commands:?}") };
    let ProfileEdit::Replace(_, profile) = &**edit else { panic!() };
    assert_eq!(profile.dashboard.as_deref(), Some("xyz"));
    let profiles = Profiles { default: None, profiles: vec![profile.clone()] };
    assert_eq!(bench.done(Done::Profiles(edit.clone(), profiles)), [], "the line need not connect anew");
    assert_eq!((bench.app.current_dashboard().unwrap().title(), bench.app.edits()), ("xyz", (2, 0)));
}

#[test]
fn from_nothing_to_the_list_of_kinds() {
    let mut bench = Bench { app: App::new((80, 24)), now: Time::from_millis(1) };
    bench.wish(Wish::NewLine);
    bench.field("url");
    bench.clear_field();
    bench.type_in("mqtt://broker");
    let commands = bench.act(Action::Accept);
    let [Effect::Edit(Chore::Profiles(edit)), Effect::Edit(Chore::Profiles(default))] = &commands[..] else {
        panic!("{commands:?}")
    };
    assert_eq!(**default, ProfileEdit::SetDefault(Some("home".into())));
    let ProfileEdit::Add(profile) = &**edit else { panic!() };
    assert_eq!((profile.name.as_str(), profile.url.host.as_str()), ("home", "broker"));
    let profiles = Profiles { default: None, profiles: vec![profile.clone()] };
    let commands = bench.done(Done::Profiles(edit.clone(), profiles));
    assert_eq!(commands, [Effect::Edit(Chore::First("home".into()))]);
    let sheet = DashboardFile { name: "home".into(), path: Some("/h".into()), definition: Dashboard::default() };
    bench.event(Event::DashboardsOpened(Box::new(OpenedDashboards {
        connection: ConnectionId(0),
        profile: profile.clone(),
        files: vec![sheet],
    })));
    assert!(matches!(&bench.app.focus, Focus::Manage(task) if matches!(**task, Task::Kinds(0))));
}

#[test]
fn a_profile_in_use_connects_anew_and_its_password_has_a_source() {
    let mut bench = Bench::new();
    bench.act(Action::ListConnections);
    bench.wish(Wish::Edit);
    bench.field("username");
    bench.type_in("ann");
    bench.field("password");
    bench.wish(Wish::Turn);
    bench.act(Action::CycleFocus(1));
    bench.type_in("HUB");
    let commands = bench.act(Action::Accept);
    let [Effect::Edit(Chore::Profiles(edit))] = &commands[..] else { panic!("{commands:?}") };
    let ProfileEdit::Replace(name, profile) = &**edit else { panic!() };
    assert_eq!((name.as_str(), &profile.password), ("hub", &Some(PasswordSource::Env("HUB".into()))));
    let profiles = Profiles { default: None, profiles: vec![profile.clone()] };
    let commands = bench.done(Done::Profiles(edit.clone(), profiles));
    assert_eq!(commands, [Effect::Edit(Chore::Relink(ConnectionId(0), "hub".into()))]);
}

#[test]
fn a_form_gives_every_profile_back_as_it_was() {
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
        ("tls", table(&[("ca", "ca.pem".into()), ("insecure", Value::Bool(true))])),
        ("will", table(&[("topic", "x".into()), ("payload", "off".into()), ("qos", Value::Integer(1))])),
    ];
    set_fields(&mut profile, &entries.map(|(key, value)| (key.to_owned(), value))).unwrap();
    let form = crate::app::form::Form::profile(Some("hub"), &profile, Vec::new());
    assert_eq!(form.draft_profile(), (profile, Vec::new()));
}

#[test]
fn a_certificate_is_trusted_only_after_its_fingerprint_was_shown() {
    let mut bench = Bench::new();
    assert_eq!(bench.wish(Wish::Trust), []);
    assert!(matches!(bench.app.focus, Focus::Dashboard));
    let pin = CertificatePin([7; 32]);
    let state = ConnectionState::WaitingToRetry {
        reason: "not trusted".into(),
        retry_in: Duration::from_secs(1),
        failed_attempts: 1,
        untrusted_certificate: Some(pin),
    };
    bench.event(Event::Connection(ConnectionId(0), ConnectionEvent::State(state)));
    bench.wish(Wish::Trust);
    let Focus::Manage(task) = &bench.app.focus else { panic!() };
    let Task::Confirm(confirm) = &**task else { panic!() };
    assert!(confirm.text.contains(&pin.to_string()));
    let commands = bench.act(Action::Accept);
    let [Effect::Edit(Chore::Profiles(edit))] = &commands[..] else { panic!("{commands:?}") };
    assert!(matches!(&**edit, ProfileEdit::Replace(_, profile) if profile.tls.0.pin == Some(pin)));
}

#[test]
fn fields_are_filled_from_what_is_there() {
    let mut bench = Bench::new();
    bench.message("a", "{\"in\":{\"t\":5}}");
    bench.message("b", "1");
    bench.wish(Wish::Edit);
    bench.field("json_path");
    bench.wish(Wish::Pick);
    bench.type_in("t");
    bench.act(Action::Accept);
    let said = |bench: &Bench| match &bench.app.form().unwrap().field().unwrap().entry {
        FieldEntry::Line(input) => input.value().to_owned(),
        _ => String::new(),
    };
    assert_eq!(said(&bench), "$.in.t");
    bench.field("text_color");
    bench.wish(Wish::Pick);
    bench.act(Action::MoveInDialog(Direction::Right));
    bench.act(Action::Accept);
    assert_eq!(said(&bench), "#c0c0c0");
    bench.field("topic");
    bench.clear_field();
    bench.message("bb/cc", "never wanted, but seen");
    bench.type_in("bb");
    bench.act(Action::EditInput(InputRequest::GoToNextChar));
    assert_eq!(said(&bench), "bb/cc");
}

impl Bench {
    fn flag(&self, key: &str) -> Option<Value> {
        self.app.form().unwrap().says(key)
    }
}

#[test]
fn a_path_that_is_typed_makes_a_tile_only_show_unless_the_person_says_otherwise() {
    let mut bench = Bench::new();
    bench.wish(Wish::Edit);
    bench.field("json_path");
    bench.type_in("$.t");
    assert_eq!(bench.flag("publish"), Some(Value::Bool(false)));
    assert_eq!(bench.app.form().unwrap().wrong, []);
    bench.field("publish_topic");
    bench.type_in("a/set");
    assert_eq!(bench.flag("publish"), None, "it publishes elsewhere");
    assert_eq!(bench.app.form().unwrap().wrong, []);
    bench.clear_field();
    assert_eq!(bench.flag("publish"), Some(Value::Bool(false)));
    bench.field("publish");
    bench.wish(Wish::Turn);
    assert_eq!(bench.flag("publish"), None);
    assert_eq!(bench.app.form().unwrap().wrong.len(), 1, "a mistake that the person made is told");
    bench.field("json_path");
    bench.clear_field();
    bench.type_in("$.u");
    assert_eq!(bench.app.form().unwrap().wrong.len(), 1);
    bench.act(Action::Cancel);
    bench.act(Action::Cancel);
    bench.wish(Wish::Edit);
    bench.field("json_path");
    bench.type_in("$");
    bench.clear_field();
    assert!(!bench.app.form().unwrap().changed());
}

#[test]
fn the_topic_that_is_shown_completed_is_the_one_that_is_taken() {
    let typed = |more: &dyn Fn(&mut Bench)| {
        let mut bench = Bench::new();
        for topic in ["hall/climate", "hall/climate/set"] {
            bench.message(topic, "1");
        }
        bench.wish(Wish::Edit);
        bench.field("topic");
        bench.clear_field();
        bench.type_in("ha");
        more(&mut bench);
        match bench.flag("topic") {
            Some(Value::String(topic)) => topic,
            other => panic!("{other:?}"),
        }
    };
    let backspace = || Action::EditInput(InputRequest::DeletePrevChar);
    let delete = || Action::EditInput(InputRequest::DeleteNextChar);
    for leave in
        [Action::CycleFocus(1), Action::CycleFocus(-1), Action::MoveInDialog(Direction::Down), Action::SelectOption(1)]
    {
        let topic = typed(&|bench| drop(bench.act(leave.clone())));
        assert_eq!(topic, "hall/climate", "{leave:?}");
        for dismiss in [backspace(), delete()] {
            let topic = typed(&|bench| {
                bench.act(dismiss.clone());
                bench.act(leave.clone());
            });
            assert_eq!(topic, "ha", "{dismiss:?} {leave:?}");
        }
    }
    assert_eq!(typed(&|bench| drop((bench.act(backspace()), bench.act(backspace())))), "h");
    let mut bench = Bench::new();
    bench.message("hall/climate", "1");
    bench.wish(Wish::Edit);
    bench.field("topic");
    bench.clear_field();
    bench.type_in("ha");
    let commands = bench.act(Action::Accept);
    let [DashboardEdit::ReplaceTile(_, tile)] = edits(&commands)[..] else { panic!("{commands:?}") };
    assert_eq!(tile.topic.as_ref().unwrap().as_str(), "hall/climate");
}

#[test]
fn a_topic_that_is_only_passed_by_stays_as_it_is() {
    let mut bench = Bench::new();
    bench.message("a/b", "1");
    bench.wish(Wish::Edit);
    bench.field("topic");
    bench.act(Action::CycleFocus(1));
    assert!(!bench.app.form().unwrap().changed());
}

#[test]
fn a_picture_is_read_for_the_form_once() {
    let mut bench = Bench::new();
    bench.message("a", "not yet read");
    bench.wish(Wish::Edit);
    bench.field("kind");
    while !matches!(bench.app.form().unwrap().says("kind"), Some(Value::String(word)) if word == "image") {
        bench.wish(Wish::Turn);
    }
    bench.field("source");
    bench.act(Action::MoveInDialog(Direction::Left));
    let commands = bench.app.resolve_values(bench.now);
    assert_eq!(commands, [Effect::DecodePicture(TilePosition::PREVIEW, "not yet read".as_bytes().into())]);
    assert_eq!(bench.app.resolve_values(bench.now), []);
    let picture = DecodedImage::still(1, 1, [1, 2, 3].into());
    bench.event(Event::PictureDecoded(TilePosition::PREVIEW, Ok(picture.clone())));
    let preview = bench.app.preview(bench.app.form().unwrap()).unwrap();
    assert_eq!(preview.state.image, Some(picture));
}

#[test]
fn a_test_of_a_connection_is_told() {
    let mut bench = Bench::new();
    bench.act(Action::ListConnections);
    let commands = bench.wish(Wish::Test);
    assert!(matches!(&commands[..], [Effect::Edit(Chore::Try(profile))] if profile.name == "hub"));
    assert_eq!(bench.wish(Wish::Test), [], "one at a time");
    let trial = Trial { said: "connected".into(), good: true, untrusted: None, messages: Vec::new() };
    bench.done(Done::Tried("hub".into(), trial));
    assert!(bench.app.editor_state.trying.is_empty());
    assert_eq!(bench.app.editor_state.trials[0].1.said, "connected");
}

#[test]
fn every_kind_can_be_made_and_changed_into_every_other() {
    let count = kind::all().count();
    for first in 0..count {
        for steps in 0..count {
            let mut bench = Bench::new();
            bench.wish(Wish::Add);
            (0..first).for_each(|_| drop(bench.act(Action::MoveInDialog(Direction::Down))));
            bench.act(Action::Accept);
            bench.type_in("N");
            bench.field("kind");
            (0..steps).for_each(|_| drop(bench.wish(Wish::Turn)));
            let commands = bench.act(Action::Accept);
            assert_eq!(edits(&commands).len(), 1, "{first} {steps} {}", bench.notice());
            let board = bench.app.current_dashboard().unwrap();
            let made = board.tile(3).unwrap().0;
            assert_eq!(
                (made.name.as_str(), made.kind.name()),
                ("N", kind::all().nth((first + steps) % count).unwrap().name())
            );
        }
    }
}
