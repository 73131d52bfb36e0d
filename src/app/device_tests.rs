//! Tests of the tiles of devices: when they appear, what they keep, and what is remembered.

use super::*;
use crate::{
    app::{
        Action, DashboardFile, EditAction, Event, MqttEffect, MqttEvent, OpenedDashboards, Screen,
        tests::{AppFixture, publish_requests, tile},
    },
    decode::{self, Decoder},
    model::{
        connection::{ConnectionEvent, ConnectionId, ConnectionState, Message},
        dashboard::Dashboard,
        edit::DashboardEdit,
        grid::Direction,
        id::TileId,
        profile::Profile,
        schema::{FieldValue as _, set_fields},
        template::{Template, variables::Variables},
        value::Value,
    },
};

fn table(entries: &[(&str, Value)]) -> Vec<(String, Value)> {
    entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect()
}

fn plugs(entries: &[(&str, Value)]) -> Dashboard {
    let mut template = Template::default();
    set_fields(&mut template, &table(&[&[("topic", "stat/{id}/POWER".into())][..], entries].concat())).unwrap();
    template.tiles = vec![
        tile("switch", &[("topic", "stat/{id}/POWER".into()), ("publish_topic", "cmnd/{id}/POWER".into())]),
        tile("text", &[("name", "{name} W".into()), ("topic", "tele/{id}/W".into())]),
    ];
    let own = tile("text", &[("name", "own".into()), ("topic", "own".into())]);
    Dashboard { templates: vec![template], tiles: vec![own], ..Dashboard::default() }
}

fn fixture_with(definition: Dashboard) -> AppFixture {
    let mut fixture = AppFixture { app: App::new((80, 24)), now: Time::from_millis(1_000_000) };
    open(&mut fixture, definition);
    fixture.connection_event(ConnectionEvent::State(ConnectionState::Connected));
    fixture
}

fn open(fixture: &mut AppFixture, definition: Dashboard) -> Vec<Effect> {
    let opened = OpenedDashboards {
        connection: ConnectionId(0),
        profile: Profile { name: "hub".into(), ..Profile::default() },
        files: vec![DashboardFile { name: "plugs".into(), path: Some("plugs.toml".into()), definition }],
        explore: None,
    };
    fixture.app.update(Event::Mqtt(MqttEvent::DashboardsOpened(Box::new(opened))), fixture.now)
}

fn names(fixture: &AppFixture) -> Vec<&str> {
    fixture.app.current_dashboard().unwrap().tiles().map(|tile| tile.name.as_str()).collect()
}

fn ids(fixture: &AppFixture) -> Vec<TileId> {
    fixture.app.current_dashboard().unwrap().tile_ids().to_vec()
}

fn remembered(effects: &[Effect]) -> Option<&RememberedDashboard> {
    effects.iter().find_map(|effect| match effect {
        Effect::Files(FilesEffect::RememberDashboard(_, remembered)) => Some(&**remembered),
        _ => None,
    })
}

#[test]
fn tiles_of_a_device_appear_with_its_first_message_and_have_its_value() {
    let mut fixture = fixture_with(plugs(&[]));
    assert_eq!(names(&fixture), ["own"]);
    fixture.receive_message("tele/plug-7/W", b"12");
    fixture.receive_message("stat/plug-7/POWER", b"ON");
    assert_eq!(names(&fixture), ["plug-7", "plug-7 W", "own"]);
    assert_eq!((fixture.shown_text(0), fixture.shown_text(1)), (Some("ON"), Some("12")), "the one before, too");
    let before = ids(&fixture);
    fixture.receive_message("stat/lamp/POWER", b"OFF");
    assert_eq!(names(&fixture), ["plug-7", "plug-7 W", "lamp", "lamp W", "own"]);
    assert_eq!(ids(&fixture)[..2], before[..2]);
    assert_eq!(fixture.shown_text(0), Some("ON"));
    assert_eq!(fixture.app.current_dashboard().unwrap().selected, 4, "the selected tile stays selected");
}

#[test]
fn devices_that_cannot_be_shown_do_not_appear() {
    let only = Value::Array(vec!["plug-*".into()]);
    let mut fixture = fixture_with(plugs(&[("only", only), ("except", "plug-9".into())]));
    for (topic, payload) in [
        ("stat/lamp/POWER", &b"ON"[..]),
        ("stat/plug-9/POWER", b"ON"),
        ("stat/plug-1/POWER", b""),
        ("stat/plug-\"/POWER", b"ON"),
        ("stat//POWER", b"ON"),
        ("stat/plug-1/2/POWER", b"ON"),
    ] {
        fixture.receive_message(topic, payload);
        assert_eq!(names(&fixture), ["own"], "{topic}");
    }
}

#[test]
fn press_publishes_to_the_topic_of_the_device() {
    let mut fixture = fixture_with(plugs(&[]));
    fixture.receive_message("stat/plug-7/POWER", b"1");
    let requests = publish_requests(fixture.press_tile(0));
    assert_eq!(requests.iter().map(|request| request.topic.as_str()).collect::<Vec<_>>(), ["cmnd/plug-7/POWER"]);
}

#[test]
fn wildcards_are_subscribed_to_whatever_devices_there_are() {
    let mut fixture = AppFixture { app: App::new((80, 24)), now: Time::default() };
    let filters = |effects: &[Effect]| {
        effects.iter().find_map(|effect| match effect {
            Effect::Mqtt(MqttEffect::SetSubscriptions(_, subscriptions)) => {
                Some(subscriptions.iter().map(|one| one.filter.to_string()).collect::<Vec<_>>())
            }
            _ => None,
        })
    };
    let effects = open(&mut fixture, plugs(&[]));
    assert_eq!(filters(&effects).unwrap(), ["own", "stat/+/POWER", "tele/+/W"]);
    let effects = fixture.receive_unresolved(Message::new("stat/plug-7/POWER", &b"ON"[..]));
    assert_eq!(filters(&effects), None);
}

#[test]
fn name_comes_from_the_file_or_from_the_device() {
    let names_of = Value::Table(table(&[("b", "Boiler".into())]));
    let entries = [
        ("names", names_of),
        ("name_topic", "info/{id}".into()),
        ("name_path", "$.name".into()),
        ("sort", "name".into()),
    ];
    let mut fixture = fixture_with(plugs(&entries));
    fixture.receive_message("info/z", br#"{"name":"Attic"}"#);
    for device in ["z", "b", "c"] {
        fixture.receive_message(&format!("stat/{device}/POWER"), b"ON");
    }
    assert_eq!(names(&fixture), ["Attic", "Attic W", "Boiler", "Boiler W", "c", "c W", "own"]);
    fixture.receive_message("info/c", br#"{"name":"Ahead"}"#);
    fixture.receive_message("info/b", br#"{"name":"Other"}"#);
    fixture.receive_message("info/z", b"no JSON");
    assert_eq!(names(&fixture), ["Ahead", "Ahead W", "Attic", "Attic W", "Boiler", "Boiler W", "own"]);
    assert_eq!(fixture.shown_text(0), Some("ON"), "values stay with their devices");
}

#[test]
fn limit_is_told_once_and_the_others_are_not_shown() {
    let mut fixture = fixture_with(plugs(&[("limit", Value::Integer(2)), ("name", "plug".into())]));
    let told = ["a", "b", "c", "d"].map(|device| {
        fixture.receive_message(&format!("stat/{device}/POWER"), b"ON");
        let text = fixture.app.notice().map(|notice| notice.text.clone());
        fixture.dispatch(Action::Redraw);
        text.is_some_and(|text| text.starts_with("plug: there are more than 2 devices"))
    });
    assert_eq!(names(&fixture), ["a", "a W", "b", "b W", "own"]);
    assert_eq!(told, [false, false, true, false]);
}

#[test]
fn devices_are_remembered_in_their_order_and_come_back_without_a_message() {
    let mut fixture = fixture_with(plugs(&[]));
    fixture.receive_message("stat/z/POWER", b"ON");
    fixture.receive_message("stat/a/POWER", b"ON");
    let effects = fixture.advance(3_000);
    let saved = remembered(&effects).expect("new devices are saved soon").clone();
    assert!(remembered(&fixture.advance(3_000)).is_none(), "nothing has changed");

    let mut next = AppFixture { app: App::new((80, 24)), now: Time::from_millis(2_000_000) };
    next.app.remembered.0.insert("plugs.toml".into(), saved);
    open(&mut next, plugs(&[]));
    assert_eq!(names(&next), ["z", "z W", "a", "a W", "own"]);
}

#[test]
fn new_device_is_saved_soon_although_a_later_save_is_due() {
    let mut fixture = fixture_with(plugs(&[("forget", "1d".into())]));
    fixture.advance(0);
    fixture.receive_message("stat/a/POWER", b"ON");
    let saved = fixture.advance(3_000);
    assert!(remembered(&saved).is_some_and(|saved| saved.devices.values().all(|devices| devices.len() == 1)));
}

#[test]
fn devices_change_their_places_once_a_minute_if_others_have_sent_something_last() {
    let mut fixture = fixture_with(plugs(&[("sort", "last-seen".into())]));
    fixture.receive_message("stat/a/POWER", b"ON");
    fixture.advance(1_000);
    fixture.receive_message("stat/b/POWER", b"ON");
    fixture.advance(61_000);
    assert_eq!(names(&fixture), ["b", "b W", "a", "a W", "own"]);
    fixture.advance(3_000);
    assert!(remembered(&fixture.advance(61_000)).is_none(), "the order is the same");
    fixture.receive_message("stat/a/POWER", b"OFF");
    assert_eq!(names(&fixture), ["b", "b W", "a", "a W", "own"]);
    fixture.advance(61_000);
    assert_eq!(names(&fixture), ["a", "a W", "b", "b W", "own"]);
}

#[test]
fn silent_device_is_forgotten() {
    let mut fixture = fixture_with(plugs(&[("forget", "10m".into())]));
    fixture.receive_message("stat/a/POWER", b"ON");
    fixture.advance(0);
    fixture.advance(8 * 60_000);
    fixture.receive_message("stat/b/POWER", b"ON");
    assert_eq!(names(&fixture), ["a", "a W", "b", "b W", "own"]);
    fixture.advance(3 * 60_000);
    assert_eq!(names(&fixture), ["b", "b W", "own"]);
    fixture.receive_message("stat/a/POWER", b"ON");
    assert_eq!(names(&fixture), ["b", "b W", "a", "a W", "own"]);
}

#[test]
fn reload_keeps_the_values_and_the_identifiers_of_devices() {
    let mut fixture = fixture_with(plugs(&[]));
    fixture.receive_message("stat/a/POWER", b"ON");
    fixture.receive_message("stat/b/POWER", b"OFF");
    let before = ids(&fixture);
    let mut definition = plugs(&[("except", "b".into())]);
    definition.templates[0].tiles.push(tile("text", &[("name", "{name} new".into()), ("topic", "new/{id}".into())]));
    let now = fixture.now;
    fixture.app.replace_definition(0, definition, now);
    assert_eq!(names(&fixture), ["a", "a W", "a new", "own"]);
    assert_eq!(ids(&fixture)[..2], before[..2]);
    assert_eq!(ids(&fixture)[3], before[4]);
    assert_eq!(fixture.shown_text(0), Some("ON"));
}

#[test]
fn variable_changes_the_topics_and_brings_the_devices_of_the_other_site_back() {
    let mut definition = plugs(&[("topic", "{site}/{id}".into())]);
    let site = Value::Table(table(&[("choices", Value::Array(vec!["oslo".into(), "rome".into()]))]));
    definition.vars = Variables::from_value(&Value::Table(table(&[("site", site)]))).unwrap();
    let mut fixture = fixture_with(definition);
    fixture.receive_message("oslo/a", b"1");
    fixture.receive_message("rome/b", b"1");
    assert_eq!(names(&fixture), ["a", "a W", "own"]);
    fixture.dispatch(Action::ListVariables);
    assert!(matches!(fixture.app.focus, Screen::VariableList(_)));
    fixture.dispatch(Action::SelectOption(1));
    fixture.dispatch(Action::Accept);
    assert_eq!(names(&fixture), ["own"]);
    fixture.receive_message("rome/b", b"1");
    assert_eq!(names(&fixture), ["b", "b W", "own"]);
    fixture.dispatch(Action::ListVariables);
    fixture.dispatch(Action::SelectOption(0));
    fixture.dispatch(Action::Accept);
    assert_eq!(names(&fixture), ["a", "a W", "own"]);
}

#[test]
fn edit_of_a_device_edits_the_template_and_says_for_how_many() {
    let mut fixture = fixture_with(plugs(&[]));
    fixture.receive_message("stat/a/POWER", b"ON");
    fixture.receive_message("stat/b/POWER", b"ON");
    fixture.dispatch(Action::SelectTile(1));
    fixture.dispatch(Action::Edit(EditAction::Edit));
    let form = fixture.app.form().expect("a form is open");
    assert_eq!(form.title(), "Edit tile of 2 devices");
    assert_eq!(form.typed_text(("topic", None)), "tele/{id}/W");
    assert_eq!(fixture.app.preview(form).unwrap().tile.topic.unwrap().as_str(), "tele/a/W");
    fixture.dispatch(Action::Cancel);
    for action in [EditAction::Delete, EditAction::MoveTile] {
        fixture.dispatch(Action::Edit(action));
        assert!(fixture.app.dashboard_has_focus());
    }
    let effects = fixture.dispatch(Action::Edit(EditAction::Copy));
    assert!(!effects.is_empty());
    assert_eq!(names(&fixture), ["a", "a W", "b", "b W", "a W", "own"], "a tile of its own");
}

/// Returns a dashboard with two templates on one topic, each with one tile.
fn two_templates() -> Dashboard {
    let mut definition = plugs(&[("only", "plug*".into())]);
    definition.templates[0].tiles.truncate(1);
    let mut other = definition.templates[0].clone();
    set_fields(&mut other, &table(&[("only", "lamp*".into())])).unwrap();
    definition.templates.push(other);
    definition
}

#[test]
fn templates_on_one_topic_keep_their_devices() {
    let mut fixture = fixture_with(two_templates());
    for device in ["lamp-2", "plug-2", "plug-1", "lamp-1"] {
        fixture.receive_message(&format!("stat/{device}/POWER"), b"1");
    }
    let expected = ["plug-2", "plug-1", "lamp-2", "lamp-1", "own"];
    assert_eq!(names(&fixture), expected);
    let before = ids(&fixture);
    let now = fixture.now;
    fixture.app.replace_definition(0, Dashboard { title: Some("Other".into()), ..two_templates() }, now);
    assert_eq!((names(&fixture), ids(&fixture)), (expected.to_vec(), before));
    let saved = remembered(&fixture.advance(3_000)).expect("new devices are saved").clone();
    let mut next = AppFixture { app: App::new((80, 24)), now: Time::from_millis(2_000_000) };
    next.app.remembered.0.insert("plugs.toml".into(), saved);
    open(&mut next, two_templates());
    assert_eq!(names(&next), expected);
}

#[test]
fn retained_name_before_the_first_message_is_the_name() {
    let mut fixture = fixture_with(plugs(&[("name_topic", "info/{id}".into())]));
    let messages = [Message::new("info/a", &b"Attic"[..]), Message::new("stat/a/POWER", &b"1"[..])];
    fixture.connection_event(ConnectionEvent::messages(messages));
    assert_eq!(names(&fixture), ["Attic", "Attic W", "own"]);
    fixture.receive_message("info/b", b"Barn");
    fixture.receive_message("stat/b/POWER", b"1");
    fixture.receive_message("info/c", b"http://evil.example");
    fixture.receive_message("stat/c/POWER", b"1");
    assert_eq!(names(&fixture), ["Attic", "Attic W", "Barn", "Barn W", "c", "c W", "own"]);
}

#[test]
fn form_of_a_device_that_is_forgotten_still_edits_the_template() {
    let mut fixture = fixture_with(plugs(&[("forget", "10m".into())]));
    fixture.receive_message("stat/a/POWER", b"1");
    fixture.advance(0);
    fixture.dispatch(Action::SelectTile(1));
    fixture.dispatch(Action::Edit(EditAction::Edit));
    fixture.advance(11 * 60_000);
    assert_eq!(names(&fixture), ["own"]);
    assert!(fixture.app.form().is_some());
    fixture.dispatch(Action::Paste("Power of ".to_owned()));
    let effects = fixture.dispatch(Action::Accept);
    let edit = effects.iter().find_map(|effect| match effect {
        Effect::Files(FilesEffect::EditDashboard(change)) => Some(&change.edit),
        _ => None,
    });
    assert!(matches!(edit, Some(DashboardEdit::ReplaceTemplateTile { template: 0, index: 1, .. })), "{edit:?}");
}

#[test]
fn form_refuses_a_name_in_braces_for_which_nothing_stands() {
    let mut fixture = fixture_with(plugs(&[]));
    fixture.receive_message("stat/a/POWER", b"1");
    fixture.dispatch(Action::SelectTile(1));
    fixture.dispatch(Action::Edit(EditAction::Edit));
    fixture.dispatch(Action::Paste("{nmae} ".to_owned()));
    let effects = fixture.dispatch(Action::Accept);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Files(_))), "{effects:?}");
    let errors = &fixture.app.form().expect("the form stays open").errors;
    assert!(errors.iter().any(|(_, error)| error.message == "nothing stands for `{nmae}`"), "{errors:?}");
}

#[test]
fn device_is_not_forgotten_because_of_an_outage() {
    let mut fixture = fixture_with(plugs(&[("forget", "10m".into())]));
    fixture.receive_message("stat/a/POWER", b"1");
    fixture.advance(0);
    let waiting = ConnectionState::Connecting { attempt: 2 };
    fixture.connection_event(ConnectionEvent::State(waiting));
    fixture.advance(20 * 60_000);
    fixture.connection_event(ConnectionEvent::State(ConnectionState::Connected));
    fixture.advance(60_000);
    assert_eq!(names(&fixture), ["a", "a W", "own"]);
    fixture.advance(10 * 60_000);
    assert_eq!(names(&fixture), ["own"]);
}

#[test]
fn only_devices_with_a_value_there_are_shown() {
    let mut fixture = fixture_with(plugs(&[("has", "$.temperature".into())]));
    fixture.receive_message("stat/lamp/POWER", br#"{"state":"ON"}"#);
    fixture.receive_message("stat/sensor/POWER", br#"{"temperature":21}"#);
    fixture.receive_message("stat/sensor/POWER", br#"{"battery":3}"#);
    assert_eq!(names(&fixture), ["sensor", "sensor W", "own"]);
}

#[test]
fn choice_of_the_run_is_not_remembered() {
    let mut definition = plugs(&[("topic", "{site}/{id}".into())]);
    let site = Value::Table(table(&[("choices", Value::Array(vec!["oslo".into(), "rome".into()]))]));
    definition.vars = Variables::from_value(&Value::Table(table(&[("site", site)]))).unwrap();
    let mut fixture = AppFixture { app: App::new((80, 24)), now: Time::from_millis(1_000_000) };
    fixture.app.variable_choices.insert("site".into(), "rome".into());
    open(&mut fixture, definition);
    fixture.receive_message("rome/a", b"1");
    assert_eq!(names(&fixture), ["a", "a W", "own"]);
    let effects = fixture.advance(3_000);
    assert_eq!(remembered(&effects).unwrap().chosen, BTreeMap::new());
}

#[test]
fn variable_stands_in_the_availability_of_the_dashboard() {
    let mut definition = plugs(&[]);
    let availability = Value::Table(table(&[("topic", "{site}/LWT".into())]));
    set_fields(&mut definition, &table(&[("availability", availability)])).unwrap();
    definition.vars = Variables::from_value(&Value::Table(table(&[("site", "rome".into())]))).unwrap();
    let mut fixture = fixture_with(definition);
    fixture.receive_message("rome/LWT", b"offline");
    assert!(fixture.app.current_dashboard().unwrap().tile(0).unwrap().1.is_offline());
}

#[test]
fn tile_moves_past_the_devices_of_a_template() {
    let mut definition = plugs(&[]);
    definition.tiles.insert(0, tile("text", &[("name", "first".into()), ("topic", "first".into())]));
    definition.templates[0].position = 1;
    let mut fixture = fixture_with(definition);
    fixture.receive_message("stat/a/POWER", b"1");
    assert_eq!(names(&fixture), ["first", "a", "a W", "own"]);
    fixture.dispatch(Action::SelectTile(0));
    fixture.dispatch(Action::Edit(EditAction::MoveTile));
    fixture.dispatch(Action::MoveInDialog(Direction::Right));
    assert_eq!(names(&fixture), ["a", "a W", "own", "first"]);
    fixture.dispatch(Action::Cancel);
    assert_eq!(names(&fixture), ["first", "a", "a W", "own"]);
}

#[test]
fn tile_that_is_added_or_cloned_at_a_device_goes_behind_all_devices() {
    let mut definition = plugs(&[]);
    definition.templates[0].position = 1;
    let mut fixture = fixture_with(definition);
    fixture.receive_message("stat/a/POWER", b"1");
    fixture.receive_message("stat/b/POWER", b"1");
    fixture.dispatch(Action::SelectTile(2));
    fixture.dispatch(Action::Edit(EditAction::Copy));
    assert_eq!(names(&fixture), ["own", "a", "a W", "b", "b W", "a W"]);
    assert_eq!(fixture.app.current_dashboard().unwrap().selected, 5);
    fixture.dispatch(Action::Edit(EditAction::Copy));
    fixture.receive_message("stat/c/POWER", b"1");
    assert_eq!(names(&fixture), ["own", "a", "a W", "b", "b W", "c", "c W", "a W", "a W"]);
}

#[test]
fn template_reads_decoded_payloads() {
    let entries = [("decode", "hex".into()), ("has", "$.on".into()), ("name_path", "$.name".into())];
    let mut fixture = fixture_with(plugs(&entries));
    let encoded =
        |text: &str| decode::encode(&[Decoder::by_name("hex").unwrap()], text.as_bytes(), 0).unwrap().into_owned();
    fixture.receive_message("stat/a/POWER", &encoded(r#"{"on":1,"name":"Attic"}"#));
    fixture.receive_message("stat/b/POWER", &encoded(r#"{"name":"Boiler"}"#));
    fixture.receive_message("stat/c/POWER", br#"{"on":1,"name":"Cellar"}"#);
    assert_eq!(names(&fixture), ["Attic", "Attic W", "own"]);
}
