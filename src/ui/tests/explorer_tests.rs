//! The explorer: the tree beside the selected topic, what was found, what is wrong, and the question what to subscribe to.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::*;
use crate::{
    app::{ExploreAction, FilesEvent},
    model::topic::TopicFilter,
    ui::{keymap::Keymap, mouse},
};

fn at(seconds: u64) -> Time {
    NOW.saturating_add(std::time::Duration::from_secs(seconds))
}

fn receive(app: &mut App, seconds: u64, message: Message) {
    receive_at(app, at(seconds), message);
}

pub(super) fn receive_at(app: &mut App, now: Time, message: Message) {
    let event = ConnectionEvent::messages([message]);
    app.update(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), event)), now);
    app.resolve_values(now);
}

/// Opens the explorer of all topics, of which some have a message.
fn explore(app: &mut App) {
    app.connections[0].explore = vec![TopicFilter::new("#").unwrap()];
    app.update(Event::Action(Action::Explore(ExploreAction::Open)), NOW);
    let retained = |topic: &str, payload: &[u8]| Message { retain: true, ..message(topic, payload) };
    let climate = br#"{"t":21.2,"h":48,"room":{"name":"kitchen","floor":0}}"#;
    for message in [
        retained("home/kitchen/climate", climate),
        retained("home/kitchen/lamp", b"ON"),
        message("home/kitchen/lamp/set", b"ON"),
        message("home/hall/motion", b"OFF"),
        retained("zigbee2mqtt/a device with a long name", br#"{"battery":90,"linkquality":120,"temperature":20.1}"#),
        message("zigbee2mqtt/packed", b"\xa1\x62on\xf5"),
        message("/", b""),
    ] {
        receive(app, 0, message);
    }
    for second in 1..=20 {
        receive(app, second, message("home/hall/power", format!("{}.5 W", 100 + second).as_bytes()));
    }
    receive(app, 20, message("home/kitchen/climate", br#"{"t":21.4,"h":48,"room":{"name":"kitchen","floor":0}}"#));
}

/// Acts 20 seconds after the explorer was opened.
pub(super) fn act(app: &mut App, actions: &[Action]) {
    for action in actions {
        app.update(Event::Action(action.clone()), at(20));
        app.resolve_values(at(20));
    }
}

/// Unfolds everything and selects the row with this number.
fn select_row(app: &mut App, row: usize) {
    act(app, &[Action::MoveInDialog(Direction::First)]);
    for _ in 0..3 {
        act(app, &[Action::UnfoldBelow(true), Action::MoveInDialog(Direction::Down)]);
    }
    act(app, &[Action::MoveInDialog(Direction::Last), Action::UnfoldBelow(true)]);
    act(app, &[Action::MoveInDialog(Direction::First)]);
    act(app, &vec![Action::MoveInDialog(Direction::Down); row]);
}

fn assert_explorer_snapshots(name: &str, prepare: impl Fn(&mut App)) {
    let app_of = |size| {
        let mut app = app_without_image(size);
        explore(&mut app);
        prepare(&mut app);
        app
    };
    assert_snapshots_of(&SCREEN_SIZES, name, at(20), app_of);
}

#[test]
fn tree_renders_beside_the_selected_topic() {
    assert_explorer_snapshots("explorer", |app| select_row(app, 7));
    assert_explorer_snapshots("explorer-topic", |app| {
        select_row(app, 7);
        act(app, &[Action::CycleFocus(1), Action::MoveInDialog(Direction::Down)]);
    });
}

#[test]
fn folded_json_renders_with_what_has_changed_in_it() {
    assert_explorer_snapshots("explorer-folded", |app| {
        select_row(app, 7);
        let moved = br#"{"t":21.4,"h":48,"room":{"name":"hall","floor":1}}"#;
        receive(app, 20, message("home/kitchen/climate", moved));
        act(app, &[Action::CycleFocus(1), Action::UnfoldBelow(false)]);
        act(app, &vec![Action::MoveInDialog(Direction::Down); 3]);
    });
}

#[test]
fn found_topics_render() {
    assert_explorer_snapshots("explorer-find", |app| act(app, &[Action::Filter, Action::Paste("home =o".into())]));
    assert_explorer_snapshots("explorer-nothing-found", |app| act(app, &[Action::Filter, Action::Paste("zzz".into())]));
}

#[test]
fn question_what_to_subscribe_to_renders() {
    assert_snapshots_at_all_sizes("explorer-filters", |app| {
        apply_actions(app, &[Action::Explore(ExploreAction::Open), Action::MoveInDialog(Direction::Last)]);
        apply_actions(app, &[Action::Paste("home/#, a#b".into()), Action::Accept]);
    });
}

fn shown(app: &App) -> String {
    render_with(app, &ui_config(ColorDepth::None), at(20))
}

#[test]
fn binary_payload_is_decoded_and_shown_in_other_formats() {
    let mut app = app_without_image((100, 30));
    explore(&mut app);
    act(&mut app, &[Action::Filter, Action::Paste("packed".into())]);
    let screen = shown(&app);
    assert!(screen.contains("decoded from cbor") && screen.contains("\"on\": true"), "{screen}");
    assert!(screen.contains("zigbee2mqtt/packed  {\"on\":true}"), "{screen}");
    act(&mut app, &[Action::SelectOption(2)]);
    assert!(shown(&app).contains("00000000  A1 62 6F 6E"), "{}", shown(&app));
}

#[test]
fn what_the_broker_refuses_is_said() {
    let mut app = app_without_image((100, 30));
    explore(&mut app);
    let refused = ConnectionEvent::SubscriptionRefused(TopicFilter::new("#").unwrap(), "not authorized".into());
    app.update(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), refused)), at(20));
    assert!(shown(&app).contains("! The broker refuses #: s chooses other topic filters"), "{}", shown(&app));
}

#[test]
fn help_begins_with_the_keys_of_the_explorer() {
    let mut app = app_without_image((100, 30));
    explore(&mut app);
    act(&mut app, &[Action::ShowHelp]);
    let screen = shown(&app);
    assert!(screen.lines().take(4).any(|line| line.contains("In the explorer")), "{screen}");
}

#[test]
fn dropped_messages_are_counted_until_they_come_again() {
    let mut app = app_without_image((110, 30));
    explore(&mut app);
    let dropped = ConnectionEvent::MessagesDropped(1_234);
    app.update(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), dropped)), at(20));
    let warning = "! 1,234 messages came too fast and were dropped, topics may be missing: r asks for them again";
    assert!(shown(&app).contains(warning), "{}", shown(&app));
    act(&mut app, &[Action::Explore(ExploreAction::Refresh)]);
    assert!(!shown(&app).contains("dropped"), "{}", shown(&app));
}

/// Clicks on the last line with this text, this many cells from the left.
fn click(app: &mut App, column: u16, text: &str) {
    let mut layout = ScreenLayout::default();
    let mut terminal = Terminal::new(TestBackend::new(app.size.0, app.size.1)).unwrap();
    let config = ui_config(ColorDepth::None);
    terminal.draw(|frame| super::super::draw(frame.buffer_mut(), app, &config, at(20), &mut layout)).unwrap();
    app.limit_scroll(layout.scroll_extent);
    let screen = super::super::frame::to_plain_text(terminal.backend().buffer());
    let row = screen.lines().position(|line| line.contains(text)).unwrap_or_else(|| panic!("{text}\n{screen}"));
    let kind = MouseEventKind::Down(MouseButton::Left);
    let event = MouseEvent { kind, column, row: u16::try_from(row).unwrap(), modifiers: KeyModifiers::NONE };
    let action = mouse::action_for_mouse(app, &layout, &Keymap::default(), event).unwrap();
    act(app, &[action]);
}

#[test]
fn rows_are_clicked_and_folded() {
    let mut app = app_without_image((100, 30));
    explore(&mut app);
    click(&mut app, 8, "▸ zigbee2mqtt");
    click(&mut app, 8, "a device with");
    assert!(shown(&app).contains("\"battery\": 90"), "{}", shown(&app));
    click(&mut app, 8, "▾ zigbee2mqtt");
    assert!(!shown(&app).contains("packed"), "{}", shown(&app));
}

#[test]
fn lines_of_the_payload_are_clicked_and_folded_where_they_are() {
    let mut app = app_without_image((100, 30));
    explore(&mut app);
    let items: Vec<usize> = (0..40).collect();
    let payload = serde_json::json!({ "first": items, "second": { "deep": [[1, 2]] } }).to_string();
    receive(&mut app, 20, message("nested", payload.as_bytes()));
    act(&mut app, &[Action::Filter, Action::Paste("nested".into()), Action::Accept]);
    let row_of = |app: &App, text: &str| shown(app).lines().position(|line| line.contains(text)).unwrap();
    let before = row_of(&app, "\"first\": [");
    click(&mut app, 70, "\"first\": [");
    assert_eq!(
        (app.explorer.as_ref().unwrap().cursor.path.as_deref(), before),
        (Some("$.first"), row_of(&app, "›   \"first\""))
    );
    click(&mut app, 70, "\"first\": [");
    assert_eq!(row_of(&app, "›   \"first\": […] 40 items"), before);
    click(&mut app, 70, "\"deep\"");
    click(&mut app, 70, "\"deep\"");
    assert!(shown(&app).contains("\"deep\": […] 1 item"), "{}", shown(&app));
    receive(&mut app, 20, message("nested", payload.replace("[1,2]", "[1,3]").as_bytes()));
    let screen = shown(&app);
    assert!(screen.contains("\"deep\": […] 1 item  ← 1 change") && screen.contains("40 items"), "{screen}");
    click(&mut app, 70, "\"deep\"");
    assert!(shown(&app).contains("3  ← 2"), "{}", shown(&app));
}

#[test]
fn hostile_topics_stay_in_their_rows() {
    let deep = "/".repeat(20_000);
    let long = "x".repeat(60_000);
    for topic in ["a\u{1b}[31m/b\u{7}", "\u{202e}abc", "e\u{301}\u{301}\u{301}/日本語", deep.as_str(), long.as_str()]
    {
        for size in [(100, 30), (40, 12), (20, 6)] {
            let mut app = app_without_image(size);
            explore(&mut app);
            receive(&mut app, 20, message(topic, topic.as_bytes()));
            for _ in 0..3 {
                act(&mut app, &[Action::MoveInDialog(Direction::Last), Action::MoveInDialog(Direction::Right)]);
                let screen = shown(&app);
                assert!(!screen.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{screen:?}");
            }
        }
    }
}

#[test]
fn prompt_for_a_message_renders() {
    assert_explorer_snapshots("explorer-publish", |app| {
        select_row(app, 8);
        act(
            app,
            &[Action::Explore(ExploreAction::Publish), Action::Paste("{\"state\":\n \"ON".into()), Action::Accept],
        );
    });
}

#[test]
fn rule_for_payloads_is_asked_for() {
    assert_explorer_snapshots("explorer_decoder", |app| {
        select_row(app, 3);
        act(app, &[Action::Explore(ExploreAction::ChooseDecoder)]);
        // Protocol Buffers, which are before the last choice.
        act(app, &vec![Action::MoveInDialog(Direction::Left); 2]);
        act(app, &[Action::CycleFocus(1), Action::CycleFocus(1), Action::Paste("proto/fleet.proto".into())]);
    });
}

#[test]
fn sparkplug_has_its_names_and_what_is_wrong_is_said() {
    let mut app = app_without_image((100, 30));
    explore(&mut app);
    let birth = b"\x12\x0d\x0a\x05Level\x10\x04\x20\x01\x50\x07\x18\x00";
    receive(&mut app, 20, message("spBv1.0/Plant/NBIRTH/Line 1", birth));
    let data = |seq: u8| {
        let payload = [b"\x12\x08\x10\x04\x50\xfe\xff\xff\xff\x0f\x18", &[seq][..]].concat();
        message("spBv1.0/Plant/NDATA/Line 1", &payload)
    };
    receive(&mut app, 20, data(1));
    act(&mut app, &[Action::Filter, Action::Paste("NDATA".into())]);
    shown(&app);
    receive(&mut app, 20, data(4));
    let screen = shown(&app);
    assert!(screen.contains("Line 1  {\"metrics\":{") && screen.contains("\"Level\": -2"), "{screen}");
    assert!(screen.contains("decoded from sparkplug (by its topic)"), "{screen}");
    assert!(screen.contains("! 2 messages of the edge node did not"), "{screen}");
    // What is published to it is encoded.
    act(&mut app, &[Action::Explore(ExploreAction::Publish)]);
    let screen = shown(&app);
    assert!(screen.contains("text, encoded as sparkplug"), "{screen}");
}

/// Opens the prompt for a message with two saved ones.
fn open_prompt_with_saved(app: &mut App) {
    use crate::model::saved_message::{SavedMessage, SavedMessages};
    let message = |name: &str, topic: &str, payload: &str| SavedMessage {
        name: name.into(),
        topic: topic.into(),
        payload: payload.into(),
        ..SavedMessage::default()
    };
    let restart = "{\"restart\": {{seconds}}, \"by\": \"{{who}}\"}";
    let messages = vec![
        message("Restart a board", "esp32/{{device}}/command", restart),
        message("Blink", "esp32/desk/led/set", "BLINK"),
    ];
    select_row(app, 8);
    act(app, &[Action::Explore(ExploreAction::Publish)]);
    let event = FilesEvent::SavedMessagesLoaded(Ok(SavedMessages { messages }));
    app.update(Event::Files(event), NOW);
}

#[test]
fn saved_messages_render() {
    assert_explorer_snapshots("explorer-publish-saved", |app| {
        open_prompt_with_saved(app);
        let delete = Action::Explore(ExploreAction::DeleteSavedMessage);
        act(app, &[Action::Explore(ExploreAction::ListSavedMessages), delete]);
    });
    assert_explorer_snapshots("explorer-publish-holes", |app| {
        open_prompt_with_saved(app);
        let list = Action::Explore(ExploreAction::ListSavedMessages);
        act(app, &[list, Action::Accept, Action::Paste("desk".into()), Action::Accept, Action::Paste("5".into())]);
    });
    assert_explorer_snapshots("explorer-publish-name", |app| {
        open_prompt_with_saved(app);
        let save = Action::Explore(ExploreAction::SaveMessage);
        act(app, &[save, Action::Paste("Blink".into()), Action::Accept]);
    });
    assert_explorer_snapshots("explorer-publish-completion", |app| {
        open_prompt_with_saved(app);
        let delete = Action::EditInput(tui_input::InputRequest::DeleteFromStart.into());
        act(app, &[Action::SelectOption(0), delete, Action::Paste("home/k".into())]);
    });
}

#[test]
fn properties_of_a_message_render() {
    assert_explorer_snapshots("explorer-publish-properties", |app| {
        app.connections[0].protocol = crate::model::profile::MqttVersion::V5;
        open_prompt_with_saved(app);
        let next = Action::CycleFocus(1);
        act(app, &[Action::SelectOption(5), next.clone(), Action::Paste("text/plain".into())]);
        act(app, &[next.clone(), next.clone(), next, Action::Paste("soon".into()), Action::Accept]);
    });
}

#[test]
fn older_message_is_compared_and_messages_below_are_selected() {
    assert_explorer_snapshots("explorer-older", |app| {
        select_row(app, 7);
        receive(app, 21, message("home/kitchen/climate", br#"{"t":22.9,"h":48,"room":{"name":"kitchen","floor":1}}"#));
        let older = || Action::Explore(ExploreAction::ShowOlder(true));
        let newer = Action::Explore(ExploreAction::ShowOlder(false));
        act(app, &[Action::CycleFocus(1), older(), older(), Action::Explore(ExploreAction::Compare), newer]);
        act(app, &[Action::MoveInDialog(Direction::Down)]);
    });
    assert_explorer_snapshots("explorer-messages", |app| {
        select_row(app, 2);
        act(app, &[Action::Explore(ExploreAction::ListMessages)]);
        receive(app, 21, message("home/hall/power", b"121.5 W"));
        receive(app, 22, message("home/kitchen/climate", br#"{"t":22.9}"#));
        receive(app, 23, message("home/hall/motion", b"ON"));
        act(app, &[Action::MoveInDialog(Direction::Down), Action::MoveInDialog(Direction::Down)]);
    });
}

#[test]
fn value_is_shown_before_what_it_was() {
    let mut app = app_without_image((80, 24));
    explore(&mut app);
    receive(&mut app, 20, message("stamp", b"{\"timestamp\":1796097357643,\"t\":1}"));
    act(&mut app, &[Action::Filter, Action::Paste("stamp".into()), Action::Accept]);
    shown(&app);
    receive(&mut app, 21, message("stamp", b"{\"timestamp\":1796097358643,\"t\":2}"));
    let screen = shown(&app);
    assert!(screen.contains("\"timestamp\": 1796097358643"), "{screen}");
    assert!(screen.contains("\"t\": 2  ← 1"), "{screen}");
}
