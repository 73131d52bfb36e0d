//! Tests of what dashboards may do, and of the review in which the user decides that.

use std::sync::Arc;

use super::{
    Action, Effect, Event, FilesEffect, FilesEvent, MediaEffect, MqttEffect, MqttEvent, Screen, ScriptsEffect,
    ScrollExtent,
    tests::{AppFixture, tile},
};
use crate::model::{
    connection::{ConnectionId, Qos},
    dashboard::Dashboard,
    edit::DashboardEdit,
    grid::Direction,
    profile::{BrokerUrl, Profile},
    script::{ScriptPublish, ScriptResponse, ScriptResult, ViewOverride},
    script_view::{ScriptValue, ScriptView},
    tile::Tile,
    topic::Topic,
};

fn scripted_tile(script: &str) -> Tile {
    tile("text", &[("topic", "t".into()), ("publish_topic", "t/set".into()), ("on_tap", script.into())])
}

fn is_granted(fixture: &AppFixture) -> bool {
    fixture.app.current_dashboard().unwrap().permissions.granted
}

fn notice(fixture: &AppFixture) -> &str {
    fixture.app.notice().map_or("", |notice| &notice.text)
}

/// Handles the response of a script that publishes to these topics, and returns those that are published.
fn publish_from_script(fixture: &mut AppFixture, topics: &[&str]) -> Vec<String> {
    let publish = |topic: &&str| ScriptPublish {
        topic: Topic::new(topic).unwrap(),
        payload: "x".to_owned(),
        retain: false,
        qos: Qos::AtMostOnce,
    };
    let response = ScriptResponse {
        tile_id: fixture.app.current_dashboard().unwrap().tile_id(0).unwrap(),
        request_id: u64::MAX,
        publish_requests: topics.iter().map(publish).collect(),
        urls_to_open: Vec::new(),
        result: Ok(ScriptResult::Tap { prevent_default: true }),
    };
    let effects = fixture.app.update(Event::Scripts(Box::new(response)), fixture.now);
    let topic = |effect: Effect| match effect {
        Effect::Mqtt(MqttEffect::Publish(_, request)) => Some(request.topic.to_string()),
        _ => None,
    };
    effects.into_iter().filter_map(topic).collect()
}

fn saved_lines(effects: &[Effect]) -> Vec<&str> {
    let line = |effect| match effect {
        &Effect::Files(FilesEffect::SaveGrant(ref line)) => Some(line.as_str()),
        _ => None,
    };
    effects.iter().filter_map(line).collect()
}

#[test]
fn permissions_are_granted_only_after_all_of_them_was_on_the_screen() {
    let mut fixture = AppFixture::new(vec![scripted_tile("x")]);
    fixture.dispatch(Action::ReviewPermissions);
    assert_eq!(fixture.dispatch(Action::Accept), [], "nothing was drawn yet");
    let draw = |fixture: &mut AppFixture| fixture.app.limit_scroll(Some(ScrollExtent { max: 12, rows: 8 }));
    draw(&mut fixture);
    assert_eq!(fixture.dispatch(Action::Accept), []);
    assert_eq!(notice(&fixture), "Scroll through all of it first: Enter allows all of it");
    for direction in [Direction::Last, Direction::First, Direction::PageDown, Direction::PageDown] {
        assert_eq!(fixture.dispatch(Action::Accept), [], "not all of it has been drawn");
        fixture.dispatch(Action::MoveInDialog(direction));
        draw(&mut fixture);
    }
    fixture.dispatch(Action::MoveInDialog(Direction::First));
    assert!(!saved_lines(&fixture.dispatch(Action::Accept)).is_empty());
    assert!(is_granted(&fixture) && fixture.app.dashboard_has_focus());
}

#[test]
fn more_scripts_than_can_be_reviewed_stay_blocked() {
    let long_script = "/* x */".repeat(4_000);
    let tiles: Vec<Tile> = (0..10).map(|_| scripted_tile(&long_script)).collect();
    let mut fixture = AppFixture::new(tiles);
    assert_eq!(fixture.grant_permissions(), []);
    assert_eq!(notice(&fixture), "Blocked: more than 256 KiB of scripts and URLs cannot be reviewed");
    assert!(!is_granted(&fixture));
}

#[test]
fn same_scripts_on_another_broker_or_with_other_topics_are_asked_about_again() {
    let mut fixture = AppFixture::new(vec![scripted_tile("x")]);
    fixture.grant_permissions();
    let reconfigured = |url: &str| {
        let profile = Profile { name: "hub".into(), url: BrokerUrl::parse(url).unwrap(), ..Profile::default() };
        Event::Mqtt(MqttEvent::Reconfigured(ConnectionId(0), Box::new(profile)))
    };
    let has_scripts_after = |fixture: &mut AppFixture, url: &str| {
        let effects = fixture.app.update(reconfigured(url), fixture.now);
        effects.iter().find_map(|effect| match effect {
            Effect::Scripts(ScriptsEffect::SetScripts(_, scripts)) => Some(!scripts.is_empty()),
            _ => None,
        })
    };
    assert_eq!(has_scripts_after(&mut fixture, "mqtt://elsewhere.example"), Some(false), "they are unloaded");
    assert!(!is_granted(&fixture));
    assert_eq!(has_scripts_after(&mut fixture, &Profile::default().url.to_string()), Some(true));
    assert!(is_granted(&fixture), "it was granted for this broker");
    let with_topic = |topic: &str| {
        vec![tile("text", &[("topic", "t".into()), ("publish_topic", topic.into()), ("on_tap", "x".into())])]
    };
    for (topic, granted) in [("t/set", true), ("alarm/set", false)] {
        let definition = Dashboard { tiles: with_topic(topic), ..Dashboard::default() };
        fixture.app.replace_definition(0, definition, fixture.now);
        assert_eq!(is_granted(&fixture), granted, "{topic}");
    }
}

#[test]
fn script_publishes_only_to_topics_that_the_user_has_agreed_to() {
    let mut fixture = AppFixture::new(vec![scripted_tile("app.publish('lamp/set', 1); app.publish(other, 1)")]);
    fixture.grant_permissions();
    assert_eq!(publish_from_script(&mut fixture, &["t/set", "door/set", "lamp/set"]), ["t/set", "lamp/set"]);
    assert_eq!(notice(&fixture), "A tile may not publish to door/set yet: press T to review");
    fixture.dispatch(Action::ReviewPermissions);
    fixture.app.limit_scroll(Some(ScrollExtent { max: 0, rows: 1 }));
    assert_eq!(publish_from_script(&mut fixture, &["window/set"]), [""; 0]);
    let effects = fixture.dispatch(Action::Accept);
    assert!(saved_lines(&effects)[0].ends_with(" publish \"door/set\""), "{effects:?}");
    assert_eq!(publish_from_script(&mut fixture, &["door/set"]), ["door/set"]);
    assert_eq!(
        publish_from_script(&mut fixture, &["window/set"]),
        [""; 0],
        "it was blocked while the review was open, and not shown there"
    );
}

#[test]
fn review_lists_a_limited_number_of_blocked_topics() {
    let mut fixture = AppFixture::new(vec![scripted_tile("x")]);
    fixture.grant_permissions();
    let topics: Vec<String> = (0..200).map(|number| format!("t/{number}")).collect();
    let topics: Vec<&str> = topics.iter().map(String::as_str).collect();
    assert_eq!(publish_from_script(&mut fixture, &topics), [""; 0]);
    assert_eq!(fixture.app.current_dashboard().unwrap().permissions.blocked.len(), 32);
}

#[test]
fn withdrawn_permissions_unload_scripts_and_are_forgotten() {
    let mut fixture = AppFixture::new(vec![scripted_tile("x")]);
    fixture.grant_permissions();
    publish_from_script(&mut fixture, &["door/set"]);
    fixture.grant_permissions();
    fixture.dispatch(Action::ReviewPermissions);
    let effects = fixture.dispatch(Action::Edit(super::EditAction::Delete));
    let [Effect::Files(FilesEffect::RevokeGrants(lines)), Effect::Scripts(ScriptsEffect::SetScripts(_, scripts))] =
        effects.as_slice()
    else {
        panic!("{effects:?}")
    };
    assert_eq!(lines.len(), 2);
    assert!(scripts.is_empty() && !is_granted(&fixture));
    assert_eq!(publish_from_script(&mut fixture, &["t/set"]), [""; 0], "late responses do nothing");
    fixture.grant_permissions();
    assert_eq!(publish_from_script(&mut fixture, &["door/set"]), [""; 0]);
}

#[test]
fn withdrawing_covers_every_version_that_was_granted() {
    let mut fixture = AppFixture::new(vec![scripted_tile("one")]);
    let show = |fixture: &mut AppFixture, script: &str| {
        let definition = Dashboard { tiles: vec![scripted_tile(script)], ..Dashboard::default() };
        fixture.app.replace_definition(0, definition, fixture.now);
    };
    fixture.grant_permissions();
    show(&mut fixture, "two");
    fixture.grant_permissions();
    fixture.dispatch(Action::ReviewPermissions);
    fixture.dispatch(Action::Edit(super::EditAction::Delete));
    show(&mut fixture, "one");
    assert!(!is_granted(&fixture));
}

#[test]
fn edit_of_a_version_that_was_not_granted_grants_nothing() {
    let mut fixture = AppFixture::new(vec![scripted_tile("agreed")]);
    fixture.app.dashboards[0].path = Some("/a.toml".into());
    fixture.app.update_permissions(0);
    fixture.grant_permissions();
    // A form was opened on a version with other scripts, and the file has changed back since.
    let before = Dashboard { tiles: vec![scripted_tile("unseen")], ..Dashboard::default() };
    let effects = fixture.app.apply_edit(0, before, DashboardEdit::InsertTile(0, scripted_tile("mine")));
    assert_eq!(saved_lines(&effects), [""; 0]);
    assert!(!is_granted(&fixture));
}

#[test]
fn message_that_waits_for_a_script_is_shown_when_the_script_is_unloaded() {
    let mut fixture = AppFixture::new(vec![tile("text", &[("topic", "t".into()), ("on_receive", "x".into())])]);
    fixture.grant_permissions();
    fixture.receive_message("t", b"1");
    fixture.receive_message("t", b"2");
    assert_eq!(fixture.app.current_dashboard().unwrap().tile(0).unwrap().1.value, None);
    fixture.dispatch(Action::ReviewPermissions);
    fixture.dispatch(Action::Edit(super::EditAction::Delete));
    fixture.app.resolve_values(fixture.now);
    let value = fixture.app.current_dashboard().unwrap().tile(0).unwrap().1.value.clone();
    assert_eq!(&*value.unwrap().text, "2");
}

#[test]
fn renaming_a_dashboard_in_the_program_keeps_its_permissions() {
    let mut fixture = AppFixture::new(vec![scripted_tile("x")]);
    fixture.app.dashboards[0].path = Some("/a.toml".into());
    fixture.app.update_permissions(0);
    fixture.grant_permissions();
    publish_from_script(&mut fixture, &["door/set"]);
    fixture.grant_permissions();
    let renamed = Event::Files(FilesEvent::Renamed("/a.toml".into(), "/b.toml".into()));
    let effects = fixture.app.update(renamed, fixture.now);
    assert!(matches!(&effects[0], Effect::Files(FilesEffect::RevokeGrants(lines)) if lines.len() == 2), "{effects:?}");
    assert_eq!(saved_lines(&effects).len(), 2);
    assert!(is_granted(&fixture));
    assert_eq!(publish_from_script(&mut fixture, &["door/set"]), ["door/set"]);
}

/// Handles the response of a display script that sets the URL of the first tile. Returns the URL that is fetched then.
fn show_image_from(fixture: &mut AppFixture, url: &str) -> Option<Arc<str>> {
    let view = ScriptView::new([("url", ScriptValue::Text(url.to_owned()))]);
    let view_override = ViewOverride { view, last_activity: String::new(), name: String::new(), blink: false };
    let response = ScriptResponse {
        tile_id: fixture.app.current_dashboard().unwrap().tile_id(0).unwrap(),
        request_id: u64::MAX,
        publish_requests: Vec::new(),
        urls_to_open: Vec::new(),
        result: Ok(ScriptResult::Display(Box::new(view_override), Vec::new())),
    };
    fixture.app.update(Event::Scripts(Box::new(response)), fixture.now);
    fixture.advance(10).into_iter().find_map(|effect| match effect {
        Effect::Media(MediaEffect::Fetch(_, url, _)) => Some(url),
        _ => None,
    })
}

#[test]
fn script_cannot_send_data_to_a_host_that_the_user_has_not_agreed_to() {
    let fields = [("url", "http://cam/a.png".into()), ("topic", "t".into()), ("on_display", "x".into())];
    let mut fixture = AppFixture::new(vec![tile("image", &fields)]);
    fixture.grant_permissions();
    assert!(show_image_from(&mut fixture, "http://cam/b.png?time=1").is_some(), "the host of the file's URL");
    assert_eq!(show_image_from(&mut fixture, "http://thief.example/?secret"), None);
    assert_eq!(notice(&fixture), "A tile may not fetch images from thief.example yet: press T to review");
    let error = fixture.app.current_dashboard().unwrap().tile(0).unwrap().1.error.clone().unwrap();
    assert_eq!(error.to_string(), "no image: thief.example is blocked: press T to review");
    assert_eq!(show_image_from(&mut fixture, "http://cam:8080/"), None, "another port is another host");
    fixture.advance(600_000);
    assert!(matches!(fixture.app.focus, Screen::Dashboard(_)));
    fixture.grant_permissions();
    assert!(show_image_from(&mut fixture, "http://thief.example/?secret").is_some());
}

#[test]
fn url_in_a_payload_is_fetched_once_its_host_is_allowed() {
    let mut fixture =
        AppFixture::new(vec![tile("image", &[("topic", "cam".into()), ("source", "payload-url".into())])]);
    fixture.receive_message("cam", b"http://h/1.png");
    let is_fetch = |effect: &Effect| matches!(effect, Effect::Media(MediaEffect::Fetch(..)));
    assert!(!fixture.advance(10).iter().any(is_fetch));
    fixture.grant_permissions();
    assert!(fixture.advance(10).iter().any(is_fetch), "what was blocked is fetched at once");
    fixture.receive_message("cam", b"http://127.0.0.1:8080/admin");
    assert!(!fixture.advance(10).iter().any(is_fetch));
}
