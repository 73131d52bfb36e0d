//! Tests of what the log of the last events says, and what it leaves out.

use super::*;
use crate::{
    app::{
        Action, EditSummary, Event, FileError, FilesEvent, Screen, UndoDirection, UndoneEdit,
        tests::{AppFixture, publish_requests, tile},
    },
    model::{
        connection::{ConnectionEvent, ConnectionId, ConnectionState, FailureCause, Message, PublishStatus},
        dashboard::Dashboard,
        edit::DashboardEdit,
        tile::Tile,
        value::Value,
    },
};

fn text(name: &str) -> Tile {
    tile("text", &[("name", name.into()), ("topic", name.into()), ("publish", Value::Bool(false))])
}

fn switch(name: &str, topic: &str) -> Tile {
    tile("switch", &[("name", name.into()), ("topic", topic.into()), ("publish_topic", "set".into())])
}

/// Returns what has happened since the connection was established, the oldest first.
fn lines(fixture: &AppFixture) -> Vec<String> {
    let to_line = |entry: &ActivityEntry| {
        let (text, addition) = entry.words();
        let addition = addition.map(|addition| format!(" | {addition}")).unwrap_or_default();
        format!("{}: {text}{addition}", entry.name)
    };
    let mut lines: Vec<String> = fixture
        .app
        .activity
        .newest_first()
        .map(|(_, entry)| to_line(entry))
        .filter(|line| line != "hub: connected")
        .collect();
    lines.reverse();
    lines
}

fn receive(fixture: &mut AppFixture, topic: &str, payloads: &[&str]) {
    for payload in payloads {
        fixture.advance(2_000);
        fixture.receive_message(topic, payload.as_bytes());
    }
}

#[test]
fn only_states_that_change_are_recorded() {
    let image = tile("image", &[("topic", "image".into()), ("source", "payload".into())]);
    let color = tile("color", &[("name", "Light".into()), ("topic", "color".into())]);
    let range = tile("range", &[("name", "Dim".into()), ("topic", "dim".into())]);
    let mut fixture = AppFixture::new(vec![text("door"), switch("Lamp", "lamp"), image, color, range]);
    receive(&mut fixture, "door", &["closed", "closed", "open", "", "21.5", "22 °C", "{\"a\":1}"]);
    receive(&mut fixture, "lamp", &["0", "1", "1", "broken"]);
    receive(&mut fixture, "image", &["http://a", "http://b"]);
    receive(&mut fixture, "color", &["#ff0000", "#00ff00"]);
    receive(&mut fixture, "dim", &["1", "2", "off"]);
    assert_eq!(
        lines(&fixture),
        [
            "door: closed → open",
            "door: open → cleared",
            "Lamp: OFF → ON",
            "Lamp: ON → broken",
            "Light: #FF0000 → #00FF00",
        ]
    );
}

#[test]
fn tile_that_changes_often_has_one_entry_a_second() {
    let mut fixture = AppFixture::new(vec![text("door"), text("gate")]);
    receive(&mut fixture, "gate", &["closed"]);
    receive(&mut fixture, "door", &["closed"]);
    for payload in ["open", "closed", "ajar"] {
        fixture.advance(300);
        fixture.receive_message("door", payload.as_bytes());
        fixture.receive_message("gate", payload.as_bytes());
    }
    assert_eq!(lines(&fixture), ["door: closed → ajar | 3 changes", "gate: closed → ajar | 3 changes"]);
    receive(&mut fixture, "door", &["open"]);
    assert_eq!(lines(&fixture).last().unwrap(), "door: ajar → open");
}

#[test]
fn tile_that_changes_all_the_time_leaves_the_entries_of_the_others() {
    let mut fixture = AppFixture::new(vec![text("door"), text("chatty"), switch("Lamp", "lamp")]);
    receive(&mut fixture, "door", &["closed", "open"]);
    for _ in 0..1_000 {
        receive(&mut fixture, "chatty", &["on", "off"]);
    }
    receive(&mut fixture, "door", &["closed"]);
    receive(&mut fixture, "chatty", &["on"]);
    assert_eq!(
        lines(&fixture),
        [
            "door: closed → open",
            "chatty: on → off",
            "chatty: off → on",
            "chatty: on → off",
            "chatty: off → on | 1997 changes in 1 h",
            "door: open → closed",
        ]
    );
    // Not before the user has pressed it: what follows is an answer.
    let pressed = fixture.app.dashboards[0].tile_id(1).unwrap();
    fixture.app.activity.add_publish(fixture.now, pressed, "chatty", PublishId(1), "off");
    receive(&mut fixture, "chatty", &["off"]);
    assert_eq!(lines(&fixture).last().unwrap(), "chatty: on → off");
    for _ in 0..10 {
        receive(&mut fixture, "door", &["open", "closed"]);
        receive(&mut fixture, "lamp", &["0", "1"]);
    }
    assert!(lines(&fixture).len() < 20, "two of them: {:?}", lines(&fixture));
}

#[test]
fn documents_that_change_are_not_recorded() {
    let mut fixture = AppFixture::new(vec![switch("Lamp", "lamp"), tile("choice", &[("topic", "mode".into())])]);
    for topic in ["lamp", "mode"] {
        receive(&mut fixture, topic, &["{\"time\":1}", "{\"time\":2}", "[1]", "1"]);
    }
    receive(&mut fixture, "lamp", &["0"]);
    assert_eq!(lines(&fixture), ["Lamp: ON → OFF"]);
}

#[test]
fn retained_value_that_changed_at_an_unknown_time_says_so() {
    let mut fixture = AppFixture::new(vec![text("door")]);
    receive(&mut fixture, "door", &["closed"]);
    fixture.connection_event(ConnectionEvent::State(ConnectionState::Connecting { attempt: 1 }));
    fixture.advance(6_000);
    fixture.connection_event(ConnectionEvent::State(ConnectionState::Connected));
    fixture.receive_unresolved(Message { retain: true, ..Message::new("door", b"open".as_slice()) });
    fixture.app.resolve_values(fixture.now);
    assert_eq!(
        lines(&fixture),
        ["hub: connection lost", "hub: reconnected after 6 s", "door: closed → open | retained"]
    );
}

#[test]
fn edit_of_a_tile_is_no_change_of_its_value() {
    let mut fixture = AppFixture::new(vec![text("door")]);
    receive(&mut fixture, "door", &["closed", "{\"a\":\"x\"}"]);
    let with_path = tile(
        "text",
        &[
            ("name", "door".into()),
            ("topic", "door".into()),
            ("publish", Value::Bool(false)),
            ("json_path", "$.a".into()),
        ],
    );
    let definition = Dashboard { tiles: vec![with_path], ..Dashboard::default() };
    fixture.app.replace_definition(0, definition, fixture.now);
    fixture.app.resolve_values(fixture.now);
    assert_eq!((fixture.shown_text(0), lines(&fixture)), (Some("x"), Vec::new()));
}

#[test]
fn publish_is_followed_until_it_is_confirmed_answered_or_failed() {
    let mut fixture = AppFixture::new(vec![switch("Lamp", "lamp")]);
    receive(&mut fixture, "lamp", &["0"]);
    let last = |fixture: &AppFixture| lines(fixture).last().cloned().unwrap_or_default();
    let status = |fixture: &mut AppFixture, id, status| {
        fixture.connection_event(ConnectionEvent::PublishStatus(id, status));
    };
    let press = |fixture: &mut AppFixture| {
        fixture.advance(5_000);
        publish_requests(fixture.press_tile(0))[0].id
    };
    let id = press(&mut fixture);
    assert_eq!(last(&fixture), "Lamp: you: ON | waiting to be sent");
    status(&mut fixture, id, PublishStatus::Sent);
    assert_eq!(last(&fixture), "Lamp: you: ON | sent");
    fixture.advance(700);
    fixture.receive_message("lamp", b"1");
    assert_eq!(last(&fixture), "Lamp: you: ON | ✓ confirmed 0.7 s");
    status(&mut fixture, id, PublishStatus::Acknowledged);
    assert_eq!(last(&fixture), "Lamp: you: ON | ✓ confirmed 0.7 s", "what is final stays");
    press(&mut fixture);
    fixture.receive_message("lamp", b"1");
    assert_eq!(last(&fixture), "Lamp: you: OFF | the device answered: ON");
    let id = press(&mut fixture);
    status(&mut fixture, id, PublishStatus::Failed("not sent: not connected".into()));
    assert_eq!(last(&fixture), "Lamp: you: OFF | not sent: not connected");
    assert_eq!(lines(&fixture).len(), 3, "{:?}", lines(&fixture));
}

#[test]
fn message_on_the_topic_that_the_tile_publishes_to_confirms_nothing() {
    let lamp = |topic: &str, entries: &[(&str, Value)]| {
        let common = [("name", "Lamp".into()), ("topic", topic.into()), ("publish_topic", "lamp/set".into())];
        tile("switch", &[&common[..], entries].concat())
    };
    let json = [("json_path", "$.v".into()), ("on", "1".into())];
    let outcome_of = |tile: Tile, messages: &[(&str, &str)]| {
        let mut fixture = AppFixture::new(vec![tile]);
        fixture.press_tile(0);
        for (topic, payload) in messages {
            fixture.receive_unresolved(Message::new(*topic, payload.as_bytes()));
        }
        fixture.app.resolve_values(fixture.now);
        lines(&fixture).concat()
    };
    let (delivered, confirmed) = ("Lamp: you: ON | delivered by the broker", "Lamp: you: ON | ✓ confirmed 0.1 s");
    for topic in ["lamp/set", "lamp/+", "#", "$share/group/lamp/set"] {
        assert_eq!(outcome_of(lamp(topic, &[]), &[("lamp/set", "1")]), delivered, "{topic}");
    }
    assert_eq!(outcome_of(lamp("lamp/+", &[]), &[("lamp/state", "1")]), confirmed, "the device has answered");
    assert_eq!(outcome_of(lamp("lamp/+", &[]), &[("lamp/set", "1"), ("lamp/state", "1")]), confirmed);
    assert_eq!(outcome_of(lamp("lamp/+", &json), &[("lamp/state", "{\"v\":1}")]), confirmed);
    let own = lamp("lamp/+", &[("json_path", "$.v".into()), ("on", "{\"v\":1}".into())]);
    assert_eq!(outcome_of(own, &[("lamp/set", "{\"v\":1}")]), delivered);
}

#[test]
fn own_messages_of_several_presses_confirm_nothing() {
    let lamp = tile("range", &[("name", "Dim".into()), ("topic", "dim".into())]);
    let mut fixture = AppFixture::new(vec![lamp]);
    fixture.dispatch(Action::Step(1));
    fixture.dispatch(Action::Step(1));
    let published = ["0", "1"];
    for payload in published {
        fixture.receive_message("dim", payload.as_bytes());
    }
    assert_eq!(lines(&fixture).last().unwrap(), "Dim: you: 1 | delivered by the broker");
}

#[test]
fn answer_that_does_not_come_is_recorded() {
    let waiting = tile(
        "switch",
        &[
            ("name", "Lamp".into()),
            ("topic", "lamp".into()),
            ("update_on_publish", Value::Bool(false)),
            ("wait_timeout", Value::Integer(2)),
        ],
    );
    let mut fixture = AppFixture::new(vec![waiting]);
    fixture.press_tile(0);
    fixture.connection_event(ConnectionEvent::PublishStatus(PublishId(1), PublishStatus::Sent));
    fixture.advance(2_000);
    assert_eq!(lines(&fixture), ["Lamp: you: ON | no answer within 2 s"]);
}

#[test]
fn held_step_key_is_one_entry_and_numbers_are_recorded_only_if_the_user_sets_them() {
    let range = tile("range", &[("name", "Dim".into()), ("topic", "dim".into()), ("postfix", " %".into())]);
    let mut fixture = AppFixture::new(vec![range]);
    receive(&mut fixture, "dim", &["1", "5"]);
    for _ in 0..60 {
        fixture.dispatch(Action::Step(1));
        fixture.advance(100);
    }
    assert_eq!(lines(&fixture), ["Dim: you: 65 % | waiting to be sent"]);
}

#[test]
fn silence_of_a_tile_is_recorded_once_and_its_end() {
    let mut fixture = AppFixture::new(vec![text("door")]);
    for _ in 0..12 {
        receive(&mut fixture, "door", &["closed"]);
    }
    for _ in 0..40 {
        fixture.advance(1_000);
    }
    receive(&mut fixture, "door", &["closed"]);
    assert_eq!(lines(&fixture), ["door: silent: nothing for 8 s, usually every 2 s", "door: speaks again after 42 s"]);
}

#[test]
fn connection_is_recorded_when_it_changes_not_with_each_attempt() {
    let mut fixture = AppFixture::new(vec![text("door")]);
    let failed = |reason: &str| ConnectionState::Stopped {
        reason: reason.into(),
        cause: FailureCause::Refused,
        refused_secret: None,
    };
    for state in [
        failed("mqtt://ann:secret@hub refused"),
        ConnectionState::Connecting { attempt: 2 },
        failed("no such host"),
        ConnectionState::Connected,
        ConnectionState::Connected,
    ] {
        fixture.advance(3_000);
        fixture.connection_event(ConnectionEvent::State(state));
    }
    let lines = lines(&fixture);
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].starts_with("hub: connection lost: ") && !lines[0].contains("secret"), "{lines:?}");
    assert_eq!(lines[1], "hub: reconnected after 9 s");
}

#[test]
fn connection_that_flaps_and_tile_that_is_silent_in_turn_are_no_wall_of_entries() {
    let mut log = ActivityLog::default();
    let [connection, tile] = [ActivitySubject::Connection(ConnectionId(0)), ActivitySubject::Tile(TileId(1))];
    log.add(Time::default(), ActivitySubject::Tile(TileId(0)), "door", ActivityEvent::FileChanged);
    for round in 0..30_u64 {
        let at = |seconds: u64| Time::from_millis((round * 20 + seconds) * 1_000);
        let second = Duration::from_secs(1);
        for (seconds, subject, name, event) in [
            (0, connection, "hub", ActivityEvent::Lost("closed".into())),
            (3, connection, "hub", ActivityEvent::Reconnected { after: second * 3 }),
            (10, tile, "gate", ActivityEvent::Silent { elapsed: second * 8, usual: Some(second * 2) }),
            (15, tile, "gate", ActivityEvent::SpeaksAgain { after: second * 13 }),
        ] {
            log.add_recurring(at(seconds), subject, name, event);
        }
    }
    let texts: Vec<String> = log
        .newest_first()
        .map(|(_, entry)| {
            let (text, addition) = entry.words();
            format!("{} {text} {}", entry.name, addition.unwrap_or_default())
        })
        .collect();
    assert_eq!(texts.len(), 9, "{texts:?}");
    assert_eq!(texts[0], "gate speaks again after 13 s silent 28 times in 9 min");
    assert_eq!(texts[2], "hub reconnected after 3 s lost 28 times in 9 min");
    assert!(texts[8].starts_with("door "), "what else happened stays: {texts:?}");
    assert_eq!(log.bytes, log.entries.iter().map(ActivityEntry::bytes).sum::<usize>());
    log.add_recurring(Time::from_millis(700_000), connection, "hub", ActivityEvent::Lost("refused".into()));
    let (_, entry) = log.newest_first().nth(2).unwrap();
    let (text, addition) = entry.words();
    assert_eq!(format!("{text} · {}", addition.unwrap()), "connection lost: refused · lost 29 times in 11 min");
    assert!(entry.event.is_problem());
}

#[test]
fn file_that_changes_outside_is_recorded() {
    let mut fixture = AppFixture::new(vec![text("door")]);
    fixture.app.dashboards[0].path = Some("/x.toml".into());
    let definition = Dashboard { title: Some("Home".into()), ..Dashboard::default() };
    let change = FilesEvent::DashboardChanged("/x.toml".into(), Box::new(Ok(definition)));
    fixture.app.update(Event::Files(change.clone()), fixture.now);
    fixture.app.update(Event::Files(change), fixture.now);
    assert_eq!(lines(&fixture), ["dashboard: the file was changed outside mqtt-dash"]);
}

#[test]
fn edits_undo_and_what_was_not_saved_are_recorded() {
    let mut fixture = AppFixture::new(vec![text("door")]);
    fixture.app.dashboards[0].path = Some("/x.toml".into());
    fixture.app.edit_dashboard(0, DashboardEdit::DeleteTile(0));
    let undone = UndoneEdit { direction: UndoDirection::Undo, summary: EditSummary::DeletedTile("door".into()) };
    let error = FileError::Invalid { file: "x.toml".into(), line: None, message: "bad".into(), help: None, more: 0 };
    let changed = || FilesEvent::DashboardChanged("/x.toml".into(), Box::new(Err(error.clone())));
    for event in [
        FilesEvent::Saved {
            path: "/x.toml".into(),
            dashboard: None,
            undo_count: 0,
            redo_count: 1,
            undone: Some(undone),
        },
        FilesEvent::WriteFailed { path: "/x.toml".into(), before: None, reason: "the disk is full".into() },
        changed(),
        changed(),
    ] {
        fixture.app.update(Event::Files(event), fixture.now);
    }
    let lines = lines(&fixture);
    assert_eq!(
        lines[..3],
        ["dashboard: you deleted door", "dashboard: undone: deleted door", "dashboard: not saved: the disk is full"]
    );
    assert_eq!(lines.len(), 4, "the same error is recorded once: {lines:?}");
    assert!(lines[3].starts_with("dashboard: the file has an error: ") && lines[3].contains("bad"), "{lines:?}");
}

#[test]
fn log_is_limited_in_entries_and_bytes_and_forgets_what_is_dropped() {
    let mut log = ActivityLog::default();
    let long = "é".repeat(10_000);
    for number in 0..2_000 {
        let at = Time::from_millis(u64::from(number) * 2_000);
        log.add_change(at, TileId(number), &long, (&long, &long), false);
        log.add_publish(at, TileId(number), "", PublishId(0), &long);
    }
    assert!(log.bytes <= MAX_BYTES && log.entries.len() <= MAX_ENTRIES, "{} {}", log.bytes, log.entries.len());
    assert_eq!(log.bytes, log.entries.iter().map(ActivityEntry::bytes).sum::<usize>());
    assert!(log.newest.len() <= log.entries.len());
    assert!(log.entries.iter().all(|entry| entry.name.len() <= MAX_TEXT_BYTES + "…".len()));
    let numbers: Vec<u64> = log.newest_first().map(|(number, _)| number).collect();
    assert_eq!(numbers.first(), Some(&3_999));
    assert!(numbers.windows(2).all(|pair| pair[0] == pair[1] + 1));
    // What is dropped is not changed any more.
    log.set_outcome(TileId(0), None, PublishOutcome::Sent);
    log.forget_tiles(&(0..2_000).map(TileId).collect::<Vec<_>>());
    assert!(log.newest.is_empty() && !log.is_empty());
}

#[test]
fn entry_leads_to_its_tile_also_on_another_dashboard() {
    let mut fixture = AppFixture::new(vec![text("door")]);
    fixture.open_dashboard("hub", vec![text("gate"), text("lamp")]);
    let lamp = fixture.app.dashboards[1].tile_id(1).unwrap();
    fixture.dispatch(Action::ShowTab(0));
    fixture.dispatch(Action::GoTo(ActivitySubject::Tile(lamp)));
    assert_eq!((fixture.app.current_tab(), fixture.app.dashboards[1].selected), (1, 1));
    fixture.dispatch(Action::GoTo(ActivitySubject::Tile(TileId(9_999))));
    assert!(fixture.app.notice().unwrap().text.starts_with("That is gone"));
    assert!(matches!(fixture.app.focus, Screen::Dashboard(_)));
}
