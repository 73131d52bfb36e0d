//! Nothing is controlled by mistake: what asks, what must be held, what is locked, and what the mouse does.

use std::time::Duration;

use super::{
    press_mark::PressMark,
    tests::{AppFixture, payloads, publish_requests, tile},
    *,
};
use crate::model::{
    connection::{ConnectionEvent, ConnectionState, PublishStatus},
    dashboard::Dashboard,
    grid::Direction,
    press::{Lock, LockLevel, PressMode},
    value::Value,
};

const STEP: u64 = 33;

fn switch(name: &str, confirm: Option<&str>) -> Tile {
    let topic = format!("{name}/set");
    let mut entries = vec![("name", name.into()), ("topic", name.into()), ("publish_topic", topic.as_str().into())];
    entries.extend(confirm.map(|confirm| ("confirm", confirm.into())));
    tile("switch", &entries)
}

fn range(topic: &str) -> Tile {
    tile("range", &[("name", topic.into()), ("topic", topic.into())])
}

fn with_dashboard(tiles: Vec<Tile>, change: impl FnOnce(&mut Dashboard)) -> AppFixture {
    let mut fixture = AppFixture::new(tiles);
    change(&mut fixture.app.dashboards[0].definition);
    fixture
}

fn notice(fixture: &AppFixture) -> &str {
    fixture.app.notice().map_or("", |notice| &notice.text)
}

/// Holds Enter for this time, as a keyboard repeats it; returns what was published.
fn hold_enter(fixture: &mut AppFixture, millis: u64) -> Vec<String> {
    let mut effects = fixture.dispatch(Action::Press);
    fixture.advance(500);
    for _ in 0..millis.saturating_sub(500) / STEP {
        let action = if fixture.app.dashboard_has_focus() { Action::Press } else { Action::Accept };
        effects.extend(fixture.dispatch(action));
        effects.extend(fixture.advance(STEP));
    }
    payloads(&publish_requests(effects)).into_iter().map(str::to_owned).collect()
}

#[test]
fn tile_on_a_state_topic_publishes_only_if_the_file_says_so() {
    let topic = "home/boiler/state";
    for (extra, expected) in [
        (&[][..], 0),
        (&[("publish", Value::Bool(true))], 1),
        (&[("publish_topic", "home/boiler/set".into())], 1),
        (&[("publish", Value::Bool(false))], 0),
    ] {
        let entries = [&[("topic", topic.into())], extra].concat();
        let mut fixture = AppFixture::new(vec![tile("range", &entries)]);
        fixture.receive_message(topic, b"20");
        assert_eq!(fixture.dispatch_for_publishes(Action::Step(1)).len(), expected, "{extra:?}");
        assert_eq!(fixture.app.can_step(), expected == 1);
        fixture.press_tile(0);
        let opens_prompt = matches!(fixture.app.focus, Screen::Prompt(_));
        assert_eq!(opens_prompt, expected == 1, "{extra:?}");
    }
    let mut fixture = AppFixture::new(vec![tile("switch", &[("topic", topic.into())])]);
    assert_eq!(fixture.press_tile(0), []);
    assert_eq!(
        notice(&fixture),
        "Read-only: a device reports on home/boiler/state. To control it, press e and set publish_topic"
    );
}

#[test]
fn tile_that_shows_a_part_of_json_is_read_only_unless_it_says_what_it_publishes() {
    let (topic, path) = (("topic", Value::from("home/boiler")), ("json_path", Value::from("$.on")));
    for kind in ["text", "switch", "range", "color"] {
        let mut fixture = AppFixture::new(vec![tile(kind, &[topic.clone(), path.clone()])]);
        let shown = fixture.app.selected_tile().unwrap().0;
        assert_eq!((shown.is_control(), shown.publishes()), (false, false), "{kind}");
        assert_eq!(fixture.press_tile(0), []);
        assert_eq!(
            notice(&fixture),
            "Read-only: it shows a part of the JSON on home/boiler. To control the device, press e and set publish_topic"
        );
        for key in [("publish_topic", "home/boiler/set"), ("payload", "{\"on\": \"{{value}}\"}")] {
            let control = tile(kind, &[topic.clone(), path.clone(), (key.0, key.1.into())]);
            assert_eq!((control.is_control(), control.publishes()), (true, true), "{kind} {}", key.0);
        }
    }
}

#[test]
fn text_on_a_measurement_is_read_only_and_a_control_on_what_can_be_set_is_not() {
    for (kind, topic, is_control) in [
        ("text", "kitchen/temperature", false),
        ("text", "plug/power", false),
        ("range", "heater/temperature", true),
        ("switch", "plug/power", true),
        ("range", "kitchen/humidity", false),
        ("text", "heater/temperature/set", true),
    ] {
        let shown = tile(kind, &[("topic", topic.into())]);
        assert_eq!((shown.is_control(), shown.publishes()), (is_control, is_control), "{kind} {topic}");
        let publishes = tile(kind, &[("topic", topic.into()), ("publish", Value::Bool(true))]);
        assert!(publishes.is_control(), "{kind} {topic}");
    }
}

#[test]
fn question_of_a_tile_publishes_what_it_names_after_yes() {
    let mut fixture = AppFixture::new(vec![switch("gate", Some("Open the gate?")), switch("lamp", None)]);
    fixture.receive_message("gate", b"0");
    assert_eq!(fixture.press_tile(0), []);
    let Screen::Confirm(confirm) = &fixture.app.focus else { panic!("{:?}", fixture.app.focus) };
    assert_eq!(confirm.text, ["1 → gate/set", "Open the gate?"]);
    // The gate opens by itself meanwhile: what the question named is published, not the opposite.
    fixture.receive_message("gate", b"1");
    let requests = fixture.dispatch_for_publishes(Action::Accept);
    assert_eq!((payloads(&requests), requests[0].topic.as_str()), (vec!["1"], "gate/set"));
    fixture.advance(1_000);
    fixture.press_tile(0);
    assert_eq!(fixture.dispatch(Action::Cancel), []);
    assert!(fixture.app.dashboard_has_focus());
    assert_eq!(publish_requests(fixture.press_tile(1)).len(), 1, "the other tile does not ask");
}

#[test]
fn input_of_a_prompt_is_published_after_the_question() {
    let heater = tile("range", &[("topic", "heater".into()), ("confirm", "Change the heating?".into())]);
    let mut fixture = AppFixture::new(vec![heater]);
    fixture.receive_message("heater", b"20");
    assert_eq!(fixture.dispatch(Action::Step(1)), []);
    assert!(notice(&fixture).contains("asks before it publishes"));
    fixture.press_tile(0);
    fixture.dispatch(Action::Paste("25".into()));
    assert_eq!(fixture.dispatch(Action::Accept), []);
    assert!(matches!(fixture.app.focus, Screen::Confirm(_)));
    assert_eq!(payloads(&fixture.dispatch_for_publishes(Action::Accept)), ["25"]);
}

#[test]
fn question_about_a_tile_that_is_gone_or_changed_publishes_nothing() {
    let mut fixture = AppFixture::new(vec![switch("gate", Some("Open?"))]);
    fixture.press_tile(0);
    fixture.app.dashboards[0].definition.tiles[0] = switch("door", Some("Open?"));
    assert_eq!(fixture.dispatch_for_publishes(Action::Accept), []);
    assert_eq!(notice(&fixture), "Not published: the tile was changed meanwhile");
}

#[test]
fn held_tile_publishes_once_after_a_second() {
    let mut fixture = AppFixture::new(vec![switch("gate", Some("hold"))]);
    assert_eq!(hold_enter(&mut fixture, 800), [] as [&str; 0]);
    let id = fixture.app.dashboards[0].tile_id(0).unwrap();
    assert!(fixture.app.hold_progress(id, fixture.now).is_some_and(|progress| progress > 0.5));
    fixture.advance(2_000);
    assert_eq!(fixture.app.hold_progress(id, fixture.now), None, "the key was released");
    assert_eq!(hold_enter(&mut fixture, 900), [] as [&str; 0], "it begins anew");
    fixture.advance(2_000);
    assert_eq!(hold_enter(&mut fixture, 5_000), ["1"]);
}

#[test]
fn held_key_does_not_accept_the_prompt_that_it_has_opened() {
    let heater = tile("range", &[("topic", "heater".into()), ("confirm", "hold".into())]);
    let mut fixture = AppFixture::new(vec![heater]);
    fixture.receive_message("heater", b"20");
    assert_eq!(hold_enter(&mut fixture, 5_000), [] as [&str; 0]);
    assert!(matches!(fixture.app.focus, Screen::Prompt(_)));
    fixture.advance(1_000);
    assert_eq!(payloads(&fixture.dispatch_for_publishes(Action::Accept)), ["20"]);
}

#[test]
fn held_enter_does_not_switch_on_and_off_or_accept_a_prompt() {
    let mut fixture = AppFixture::new(vec![switch("lamp", None), range("dim")]);
    fixture.receive_message("dim", b"5");
    assert_eq!(hold_enter(&mut fixture, 3_000), ["1", "0"], "a keyboard waits before the first repetition");
    fixture.advance(1_000);
    for expected in ["1", "0"] {
        assert_eq!(payloads(&fixture.dispatch_for_publishes(Action::Press)), [expected]);
        fixture.advance(150);
    }
    fixture.dispatch(Action::SelectTile(1));
    assert_eq!(hold_enter(&mut fixture, 3_000), [] as [&str; 0]);
    assert!(matches!(fixture.app.focus, Screen::Prompt(_)));
    fixture.dispatch(Action::Paste("7".into()));
    assert_eq!(payloads(&fixture.dispatch_for_publishes(Action::Accept)), ["7"], "typing releases the key");
    let mut fixture = AppFixture::new(vec![switch("gate", Some("Open?"))]);
    fixture.press_tile(0);
    assert_eq!(fixture.dispatch_for_publishes(Action::Accept).len(), 1, "y is another key");
}

#[test]
fn guarded_dashboard_asks_for_every_tile() {
    let tiles = vec![switch("lamp", None), switch("gate", Some("hold")), range("dim")];
    let mut fixture = with_dashboard(tiles, |dashboard| dashboard.press = PressMode::Guarded);
    assert_eq!(fixture.press_tile(0), []);
    let Screen::Confirm(confirm) = &fixture.app.focus else { panic!("{:?}", fixture.app.focus) };
    assert_eq!(confirm.text[1], "Switch lamp?");
    fixture.dispatch(Action::Cancel);
    let dashboard = &fixture.app.dashboards[0];
    let marks: Vec<_> =
        dashboard.tiles_with_states().map(|(tile, state)| PressMark::of(dashboard, tile, state)).collect();
    assert_eq!(marks, [Some(PressMark::Asks), Some(PressMark::Hold), Some(PressMark::Asks)]);
    assert_eq!(hold_enter_on(&mut fixture, 1), ["1"]);
}

fn hold_enter_on(fixture: &mut AppFixture, index: usize) -> Vec<String> {
    fixture.dispatch(Action::SelectTile(index));
    hold_enter(fixture, 1_500)
}

#[test]
fn dashboard_with_locked_presses_publishes_nothing() {
    let tap = tile("text", &[("name", "tap".into()), ("on_tap", "1".into()), ("publish_topic", "t".into())]);
    let tiles = vec![switch("lamp", None), range("dim"), switch("gate", Some("hold")), tap];
    for (level, expected) in [(LockLevel::Presses, 0), (LockLevel::Layout, 2)] {
        let mut fixture = with_dashboard(tiles.clone(), |dashboard| dashboard.locked = Lock(level));
        fixture.receive_message("dim", b"5");
        let mut published = publish_requests(fixture.press_tile(0));
        assert_eq!(notice(&fixture).contains("cannot be pressed"), expected == 0);
        fixture.dispatch(Action::SelectTile(1));
        assert_eq!(fixture.app.press_label().is_some(), expected > 0);
        published.extend(fixture.dispatch_for_publishes(Action::Step(1)));
        assert_eq!(published.len(), expected, "{level:?}");
        assert_eq!(hold_enter_on(&mut fixture, 2).len(), expected.min(1));
        fixture.press_tile(1);
        assert_eq!(matches!(fixture.app.focus, Screen::Prompt(_)), expected > 0);
    }
}

#[test]
fn lock_that_arrives_while_a_prompt_is_open_holds() {
    let mut fixture = AppFixture::new(vec![range("dim"), switch("gate", Some("Open?"))]);
    fixture.receive_message("dim", b"5");
    for index in [0, 1] {
        fixture.app.dashboards[0].definition.locked = Lock::default();
        fixture.press_tile(index);
        fixture.app.dashboards[0].definition.locked = Lock(LockLevel::Presses);
        assert_eq!(fixture.dispatch_for_publishes(Action::Accept), [], "tile {index}");
    }
}

fn click(fixture: &mut AppFixture, index: usize) -> Vec<String> {
    fixture.dispatch(Action::PointerDown(index));
    payloads(&fixture.dispatch_for_publishes(Action::PointerUp(Some(index)))).iter().map(|&text| text.into()).collect()
}

#[test]
fn first_click_selects_and_the_next_one_presses() {
    let mut fixture = AppFixture::new(vec![switch("a", None), switch("b", None)]);
    assert_eq!(click(&mut fixture, 1), [] as [&str; 0]);
    assert_eq!(fixture.app.dashboards[0].selected, 1);
    assert_eq!(click(&mut fixture, 1), ["1"]);
    fixture.dispatch(Action::PointerDown(1));
    assert_eq!(fixture.dispatch_for_publishes(Action::PointerUp(Some(0))), [], "released on another tile");
    fixture.dispatch(Action::PointerDown(1));
    assert_eq!(fixture.dispatch_for_publishes(Action::PointerUp(None)), [], "released elsewhere");
    assert_eq!(fixture.dispatch_for_publishes(Action::PointerUp(Some(1))), [], "not pressed before");
}

#[test]
fn click_that_gives_the_terminal_the_focus_presses_nothing() {
    let mut fixture = AppFixture::new(vec![switch("a", None)]);
    fixture.app.update(Event::Shell(ShellEvent::FocusGained), fixture.now);
    fixture.advance(10);
    assert_eq!(click(&mut fixture, 0), [] as [&str; 0]);
    assert_eq!(click(&mut fixture, 0), ["1"]);
    fixture.app.update(Event::Shell(ShellEvent::FocusGained), fixture.now);
    fixture.advance(1_000);
    assert_eq!(click(&mut fixture, 0), ["0"], "a click long after that");
}

#[test]
fn mouse_button_is_held_for_a_tile_that_must_be_held() {
    let mut fixture = AppFixture::new(vec![switch("gate", Some("hold"))]);
    assert_eq!(click(&mut fixture, 0), [] as [&str; 0]);
    assert_eq!(notice(&fixture), "Hold the button for a second");
    fixture.dispatch(Action::PointerDown(0));
    assert_eq!(publish_requests(fixture.advance(900)), []);
    let requests = publish_requests(fixture.advance(100));
    assert_eq!(payloads(&requests), ["1"]);
    assert_eq!(fixture.dispatch_for_publishes(Action::PointerUp(Some(0))), []);
}

#[test]
fn wheel_scrolls_and_steps_only_the_selected_range() {
    let tiles: Vec<Tile> = (0..40).map(|index| range(&format!("dim{index}"))).collect();
    let mut fixture = AppFixture::new(tiles);
    for index in 0..40 {
        fixture.receive_message(&format!("dim{index}"), b"5");
    }
    let turn = |fixture: &mut AppFixture, index| {
        fixture.dispatch_for_publishes(Action::TurnWheel(Some(index), Direction::Down)).len()
    };
    assert_eq!(turn(&mut fixture, 0), 1);
    assert_eq!(turn(&mut fixture, 1), 0);
    assert_eq!((fixture.app.dashboards[0].selected, fixture.app.dashboards[0].scroll_row), (0, 1));
    assert_eq!(turn(&mut fixture, 0), 0, "the selected tile comes under the pointer while the wheel turns");
    fixture.advance(1_000);
    fixture.dispatch(Action::TurnWheel(None, Direction::Down));
    assert_eq!(fixture.app.dashboards[0].scroll_row, 3);
    assert_eq!(fixture.dispatch_for_publishes(Action::Step(1)), [], "the selected tile is not on the screen");
    assert_eq!(notice(&fixture), "dim0 was not on the screen: press again");
    assert_eq!(fixture.dispatch_for_publishes(Action::Step(1)).len(), 1);
}

#[test]
fn escape_cancels_what_the_selected_tile_waits_to_send() {
    let mut fixture = AppFixture::new(vec![switch("lamp", None), switch("fan", None)]);
    fixture.receive_message("lamp", b"0");
    assert_eq!(fixture.dispatch(Action::Cancel), [], "nothing waits");
    let online = publish_requests(fixture.press_tile(0))[0].id;
    assert_eq!(fixture.dispatch(Action::Cancel), [], "it is on its way");
    fixture.connection_event(ConnectionEvent::PublishStatus(online, PublishStatus::Sent));
    fixture.receive_message("lamp", b"0");
    fixture.connection_event(ConnectionEvent::State(ConnectionState::Connecting { attempt: 1 }));
    let other = publish_requests(fixture.press_tile(1))[0].id;
    let id = publish_requests(fixture.press_tile(0))[0].id;
    assert_eq!(fixture.shown_text(0), Some("1"));
    assert_eq!(notice(&fixture), "lamp waits for the connection: Esc cancels");
    let effects = fixture.dispatch(Action::Cancel);
    let [Effect::Mqtt(MqttEffect::CancelPublishes(_, ids))] = &effects[..] else { panic!("{effects:?}") };
    assert!(ids.contains(&id) && !ids.contains(&other), "{ids:?}");
    assert_eq!(fixture.shown_text(0), Some("1"), "it may be too late");
    fixture.connection_event(ConnectionEvent::PublishStatus(id, PublishStatus::Canceled));
    assert_eq!((fixture.shown_text(0), notice(&fixture)), (Some("0"), "lamp: canceled, nothing was sent"));
    let entry = fixture.app.activity.newest_first().find(|(_, entry)| &*entry.name == "lamp").unwrap().1;
    assert_eq!(entry.words().1.as_deref(), Some("canceled, not sent"));
    assert_eq!(fixture.dispatch(Action::Cancel), [], "nothing is left");
}

#[test]
fn step_key_without_effect_says_why() {
    let read_only = tile("range", &[("topic", "dim".into()), ("publish", Value::Bool(false))]);
    let reported = tile("range", &[("topic", "dim/state".into())]);
    let text = tile("text", &[("topic", "door".into()), ("publish", Value::Bool(false))]);
    let mut fixture = AppFixture::new(vec![read_only, reported, text, switch("lamp", None), range("dim")]);
    let publishes_nothing =
        "This tile is read-only: it publishes nothing. To control a device, press e and set publish_topic";
    for (index, reason) in [
        publishes_nothing,
        "Read-only: a device reports on dim/state. To control it, press e and set publish_topic",
        publishes_nothing,
        "Only ranges have steps: press Enter to switch",
    ]
    .into_iter()
    .enumerate()
    {
        fixture.dispatch(Action::SelectTile(index));
        assert_eq!(fixture.dispatch_for_publishes(Action::Step(1)), []);
        assert_eq!(notice(&fixture), reason);
    }
    fixture.dispatch(Action::SelectTile(4));
    assert_eq!(fixture.dispatch_for_publishes(Action::Step(1)).len(), 1);
    assert_eq!(notice(&fixture), "");
    fixture.app.environment.kiosk = true;
    fixture.dispatch(Action::SelectTile(0));
    fixture.dispatch(Action::Step(1));
    assert_eq!(notice(&fixture), "This tile is read-only: it publishes nothing", "nobody can edit it");
}

#[test]
fn confirmed_value_is_shown_for_some_seconds() {
    let mut fixture = AppFixture::new(vec![switch("lamp", None)]);
    fixture.press_tile(0);
    fixture.advance(700);
    fixture.receive_message("lamp", b"1");
    let confirmation = |fixture: &AppFixture| {
        fixture.app.dashboards[0].tile(0).unwrap().1.confirmation.filter(|it| it.is_recent(fixture.now))
    };
    assert_eq!(confirmation(&fixture).map(|it| it.after), Some(Duration::from_millis(700)));
    fixture.advance(2_999);
    assert!(confirmation(&fixture).is_some());
    fixture.advance(1);
    assert_eq!(confirmation(&fixture), None);
    fixture.press_tile(0);
    fixture.receive_message("lamp", b"1");
    assert_eq!(confirmation(&fixture), None, "the device did not do what was asked for");
}

#[test]
fn button_that_is_held_ends_with_any_other_input() {
    type Leave = fn(&mut AppFixture);
    let leave: [(&str, Leave); 6] = [
        ("dragged off the tile", |fixture| drop(fixture.dispatch(Action::DragTile(None)))),
        ("dragged to another tile", |fixture| drop(fixture.dispatch(Action::DragTile(Some(1))))),
        ("a key", |fixture| drop(fixture.dispatch(Action::ShowHelp))),
        ("another tab", |fixture| drop(fixture.dispatch(Action::CycleTab(1)))),
        ("the wheel", |fixture| drop(fixture.dispatch(Action::TurnWheel(None, Direction::Down)))),
        ("another window", |fixture| drop(fixture.app.update(Event::Shell(ShellEvent::FocusLost), fixture.now))),
    ];
    for (name, leave) in leave {
        let mut fixture = AppFixture::new(vec![switch("gate", Some("hold")), switch("lamp", None)]);
        fixture.dispatch(Action::PointerDown(0));
        fixture.advance(500);
        leave(&mut fixture);
        let mut effects = fixture.advance(2_000);
        effects.extend(fixture.dispatch(Action::Cancel));
        // The release of the button.
        effects.extend(fixture.dispatch(Action::PointerUp(Some(0))));
        assert_eq!(publish_requests(effects), [], "{name}");
    }
}

#[test]
fn press_that_lost_its_release_does_not_press_later() {
    let mut fixture = AppFixture::new(vec![switch("lamp", None)]);
    fixture.dispatch(Action::PointerDown(0));
    fixture.dispatch(Action::ShowHelp);
    fixture.advance(1_000);
    fixture.dispatch(Action::Click(Box::new(Action::Cancel)));
    assert!(fixture.app.dashboard_has_focus());
    assert_eq!(fixture.dispatch_for_publishes(Action::PointerUp(Some(0))), []);
}

#[test]
fn held_button_opens_a_prompt_and_keys_work_after_it() {
    let heater = tile("range", &[("topic", "heater".into()), ("confirm", "hold".into())]);
    let mut fixture = AppFixture::new(vec![heater, switch("lamp", None)]);
    fixture.receive_message("heater", b"20");
    fixture.dispatch(Action::PointerDown(0));
    fixture.app.take_dirty();
    fixture.advance(100);
    assert!(fixture.app.take_dirty(), "the progress is drawn");
    fixture.advance(900);
    assert!(matches!(fixture.app.focus, Screen::Prompt(_)) && fixture.app.take_dirty());
    fixture.dispatch(Action::Cancel);
    assert_eq!(publish_requests(fixture.press_tile(1)).len(), 1);
}

#[test]
fn click_right_after_a_dialog_opened_or_the_focus_came_does_nothing() {
    let click = |fixture: &mut AppFixture, action| publish_requests(fixture.dispatch(Action::Click(Box::new(action))));
    let mut fixture = AppFixture::new(vec![switch("gate", Some("Open?")), switch("alarm", Some("hold"))]);
    fixture.advance(1_000);
    click(&mut fixture, Action::Press);
    assert!(matches!(fixture.app.focus, Screen::Confirm(_)));
    fixture.advance(200);
    assert_eq!(click(&mut fixture, Action::Accept), [], "the second click of a double click");
    fixture.advance(300);
    assert_eq!(click(&mut fixture, Action::Accept).len(), 1);
    fixture.advance(1_000);
    fixture.app.update(Event::Shell(ShellEvent::FocusGained), fixture.now);
    click(&mut fixture, Action::Press);
    assert!(fixture.app.dashboard_has_focus());
    fixture.advance(1_000);
    fixture.dispatch(Action::SelectTile(1));
    for _ in 0..20 {
        assert_eq!(click(&mut fixture, Action::Press), [], "clicks are not a key that is held");
        fixture.advance(100);
    }
}

#[test]
fn prompt_publishes_only_for_the_tile_that_it_was_opened_for() {
    let other =
        |key: &str, value: Value| tile("range", &[("name", "dim".into()), ("topic", "dim".into()), (key, value)]);
    for changed in [
        other("publish_topic", "elsewhere".into()),
        other("retain", Value::Bool(true)),
        other("confirm", "hold".into()),
        switch("dim", None),
    ] {
        let mut fixture = AppFixture::new(vec![range("dim")]);
        fixture.receive_message("dim", b"5");
        fixture.press_tile(0);
        fixture.app.dashboards[0].definition.tiles[0] = changed;
        assert_eq!(fixture.dispatch_for_publishes(Action::Accept), []);
        assert_eq!(notice(&fixture), "Not published: the tile was changed meanwhile");
    }
}

#[test]
fn enter_that_closed_a_dialog_does_not_press_when_it_repeats() {
    let mut fixture = AppFixture::new(vec![switch("lamp", None)]);
    fixture.dispatch(Action::FindTile);
    fixture.dispatch(Action::Accept);
    assert!(fixture.app.dashboard_has_focus());
    assert_eq!(hold_enter_after(&mut fixture, 400), [] as [&str; 0]);
    fixture.advance(1_000);
    assert_eq!(fixture.dispatch_for_publishes(Action::Press).len(), 1);
    for close in [Action::Accept, Action::Cancel] {
        fixture.advance(1_000);
        fixture.dispatch(Action::FindTile);
        fixture.advance(1_000);
        fixture.dispatch(close.clone());
        fixture.advance(100);
        assert_eq!(fixture.dispatch_for_publishes(Action::Press), [], "one press too many after {close:?}");
        assert_eq!(notice(&fixture), "Not pressed: the key came right after the choice; press it again");
    }
}

/// Repeats Enter for two seconds, the first time after this delay.
fn hold_enter_after(fixture: &mut AppFixture, delay: u64) -> Vec<String> {
    fixture.advance(delay);
    let mut effects = Vec::new();
    for _ in 0..60 {
        effects.extend(fixture.dispatch(Action::Press));
        effects.extend(fixture.advance(STEP));
    }
    payloads(&publish_requests(effects)).into_iter().map(str::to_owned).collect()
}

#[test]
fn nothing_is_pressed_on_a_screen_that_shows_no_tile() {
    let mut fixture = AppFixture::new(vec![switch("lamp", None)]);
    fixture.app.update(Event::Shell(ShellEvent::Resize(30, 5)), fixture.now);
    assert_eq!(fixture.dispatch_for_publishes(Action::Press), []);
    assert_eq!(fixture.dispatch_for_publishes(Action::Press), []);
}
