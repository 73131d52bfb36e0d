//! Tests of the explorer in the app: what is subscribed to, what the rows are, and what the keys do.

use super::*;
use crate::{
    app::{
        Action, Effect, Event, ExploreAction, FilesEffect, FilesEvent, MqttEffect, Screen,
        input_edit::InputEdit,
        tests::{AppFixture, tile},
    },
    model::{
        connection::{ConnectionEvent, Message},
        edit::{ProfileEdit, Profiles},
        field_value::BoundedInt,
        grid::Direction,
        profile::Profile,
        tile::Tile,
        value::Value,
    },
};

fn text_tile(topic: &str) -> Tile {
    tile("text", &[("name", topic.into()), ("topic", topic.into()), ("publish", Value::Bool(false))])
}

/// An app with the explorer of all topics.
pub(in crate::app) struct ExplorerFixture(pub AppFixture);

impl ExplorerFixture {
    pub fn new(topics: &[&str]) -> Self {
        let mut fixture = AppFixture::new(vec![text_tile("home/door")]);
        fixture.app.dashboards[0].path = Some("/home.toml".into());
        fixture.app.connections[0].explore = vec![TopicFilter::new("#").unwrap()];
        let mut fixture = Self(fixture);
        fixture.0.dispatch(Action::Explore(ExploreAction::Open));
        for topic in topics {
            fixture.receive(topic, b"1");
        }
        fixture
    }

    fn receive(&mut self, topic: &str, payload: &[u8]) {
        self.0.receive_message(topic, payload);
    }

    /// Receives a retained message on each of these topics, and draws a frame.
    pub fn retain(&mut self, topics: impl IntoIterator<Item = String>) {
        for topic in topics {
            self.0.receive_unresolved(Message { retain: true, ..Message::new(topic, &b"1"[..]) });
        }
        self.0.app.resolve_values(self.0.now);
    }

    pub fn explorer(&self) -> &Explorer {
        self.0.app.explorer.as_ref().unwrap()
    }

    /// Dispatches an action, writes what is to be kept, and draws a frame.
    pub fn act(&mut self, action: Action) -> Vec<Effect> {
        let mut effects = self.0.dispatch(action);
        effects.extend(self.answer_steps(&effects, &Ok(())));
        self.0.app.resolve_values(self.0.now);
        effects
    }

    /// Answers the steps of a deletion among the effects.
    pub fn answer_steps(&mut self, effects: &[Effect], result: &Result<(), String>) -> Vec<Effect> {
        let mut more = Vec::new();
        for effect in effects {
            if let Effect::Files(FilesEffect::KeepDeletion(_, step)) = effect {
                let event = Event::Files(FilesEvent::DeletionKept(step.serial, result.clone()));
                more.extend(self.0.app.update(event, self.0.now));
            }
        }
        more
    }

    fn go(&mut self, direction: Direction) {
        self.act(Action::MoveInDialog(direction));
    }

    fn find(&mut self, text: &str) {
        self.act(Action::Filter);
        self.act(Action::EditInput(InputEdit::Insert(text.to_owned())));
    }

    /// Returns the visible rows; the selected one has brackets.
    fn rows(&self) -> Vec<String> {
        let explorer = self.explorer();
        let text = |row: &Row| {
            let path = explorer.tree.path(row.node);
            let shown = if explorer.find.is_some() {
                path
            } else {
                format!("{}{}", " ".repeat(row.depth), explorer.tree.name(row.node))
            };
            if explorer.selected == Some(row.node) { format!("[{shown}]") } else { shown }
        };
        explorer.rows.iter().map(text).collect()
    }

    pub fn notice(&self) -> &str {
        self.0.app.notice().map_or("", |notice| &notice.text)
    }
}

/// Returns the filters that a connection is to be subscribed to, if that has changed.
fn requested(effects: &[Effect]) -> Option<Vec<&str>> {
    effects.iter().find_map(|effect| match effect {
        Effect::Mqtt(MqttEffect::SetSubscriptions(_, subscriptions)) => {
            Some(subscriptions.iter().map(|subscription| subscription.filter.as_str()).collect())
        }
        _ => None,
    })
}

#[test]
fn explorer_asks_first_and_the_answer_is_kept_in_the_profile() {
    let mut fixture = AppFixture::new(vec![text_tile("home/door"), text_tile("home/+/state")]);
    let profile = Profile { name: "hub".into(), ..Profile::default() };
    fixture.app.set_profiles(Profiles { default: None, profiles: vec![profile] });
    assert_eq!(requested(&fixture.dispatch(Action::Explore(ExploreAction::Open))), None, "nothing without an answer");
    let Screen::ExplorerFilters(question) = &fixture.app.focus else { panic!("{:?}", fixture.app.focus) };
    assert_eq!((question.choices().len(), question.tile_filters.len()), (3, 2));
    fixture.dispatch(Action::MoveInDialog(Direction::Last));
    fixture.dispatch(Action::EditInput(InputEdit::Insert("home/#, a#b".into())));
    fixture.dispatch(Action::Accept);
    let Screen::ExplorerFilters(question) = &fixture.app.focus else { panic!("{:?}", fixture.app.focus) };
    assert!(question.error.as_ref().unwrap().starts_with("a#b: "), "{:?}", question.error);
    for _ in 0.."a#b".len() {
        fixture.dispatch(Action::EditInput(tui_input::InputRequest::DeletePrevChar.into()));
    }
    let effects = fixture.dispatch(Action::Accept);
    assert_eq!(requested(&effects), Some(vec!["home/#", "home/+/state", "home/door"]));
    let kept = effects.iter().find_map(|effect| match effect {
        Effect::Files(FilesEffect::EditProfiles(edit)) => match &**edit {
            ProfileEdit::Replace(name, profile) => Some((name.clone(), profile.explore.0.clone())),
            _ => None,
        },
        _ => None,
    });
    assert_eq!(kept, Some(("hub".to_owned(), vec![TopicFilter::new("home/#").unwrap()])));
    let effects = fixture.dispatch(Action::Cancel);
    assert!(fixture.app.dashboard_has_focus() && fixture.app.explorer.is_none());
    assert_eq!(requested(&effects), Some(vec!["home/+/state", "home/door"]), "the subscription ends");
    let effects = fixture.dispatch(Action::Explore(ExploreAction::Open));
    assert_eq!(requested(&effects).map(|filters| filters.len()), Some(3), "it does not ask again");
}

#[test]
fn explorer_shows_what_its_filters_match_and_survives_other_screens() {
    let mut fixture = ExplorerFixture::new(&["home/door", "$SYS/uptime", "zigbee/lamp"]);
    assert_eq!(fixture.rows(), ["[home]", "zigbee"], "# does not match $SYS");
    fixture.act(Action::ShowHelp);
    fixture.receive("attic", b"2");
    fixture.act(Action::Cancel);
    assert_eq!(fixture.rows(), ["attic", "[home]", "zigbee"]);
    fixture.act(Action::Explore(ExploreAction::ChooseFilters));
    assert!(matches!(fixture.0.app.focus, Screen::ExplorerFilters(_)));
    fixture.act(Action::Cancel);
    assert_eq!(fixture.rows().len(), 3, "nothing was chosen");
    fixture.act(Action::WalkScreens(1));
    assert!(fixture.0.app.explorer.is_none());
}

#[test]
fn selection_moves_folds_and_stays_where_it_is() {
    let mut fixture = ExplorerFixture::new(&["a/b/c", "a/d", "e"]);
    assert_eq!(fixture.rows(), ["[a]", "e"]);
    fixture.go(Direction::Right);
    fixture.go(Direction::Right);
    assert_eq!(fixture.rows(), ["a", "[ b]", " d", "e"]);
    fixture.act(Action::Accept);
    assert_eq!(fixture.rows(), ["a", "[ b]", "  c", " d", "e"]);
    fixture.go(Direction::Last);
    fixture.receive("a/a", b"");
    assert_eq!(fixture.rows(), ["a", " a", " b", "  c", " d", "[e]"]);
    fixture.go(Direction::Up);
    fixture.go(Direction::Left);
    assert_eq!(fixture.rows()[0], "[a]", "the level above");
    fixture.go(Direction::Left);
    assert_eq!(fixture.rows(), ["[a]", "e"]);
    fixture.act(Action::UnfoldBelow(true));
    assert_eq!(fixture.rows().len(), 6);
    fixture.act(Action::Explore(ExploreAction::SelectRow(3)));
    assert_eq!(fixture.rows()[3], "[  c]");
    assert_eq!(fixture.explorer().selected_topic().unwrap().topic, "a/b/c");
    fixture.go(Direction::Right);
    assert_eq!(fixture.explorer().pane, Pane::Topic);
    fixture.act(Action::Cancel);
    assert_eq!(fixture.explorer().pane, Pane::Tree);
}

#[test]
fn rows_fill_the_screen_and_the_selected_one_keeps_its_place() {
    let topics: Vec<String> = (0..100).map(|number| format!("t{number}")).collect();
    let mut fixture = ExplorerFixture::new(&topics.iter().map(String::as_str).collect::<Vec<_>>());
    let height = fixture.0.app.explorer_rows();
    assert_eq!((fixture.rows().len(), height), (21, 21));
    fixture.go(Direction::PageDown);
    fixture.go(Direction::PageDown);
    assert_eq!((fixture.rows()[0].as_str(), fixture.explorer().selected_row()), ("[t40]", 0));
    (0..5).for_each(|_| fixture.go(Direction::Down));
    let row = fixture.explorer().selected_row();
    for number in 0..10 {
        fixture.receive(&format!("t0{number}"), b"");
    }
    assert_eq!((fixture.explorer().selected_row(), row), (5, 5), "what comes above moves nothing");
    assert_eq!(fixture.rows()[5], "[t45]");
    fixture.go(Direction::Last);
    assert_eq!((fixture.rows()[20].as_str(), fixture.rows().len()), ("[t99]", 21));
    fixture.0.app.update(Event::Shell(crate::app::ShellEvent::Resize(80, 10)), fixture.0.now);
    fixture.0.app.resolve_values(fixture.0.now);
    assert_eq!((fixture.rows().len(), fixture.rows().last().unwrap().as_str()), (7, "[t99]"));
}

#[test]
fn topics_are_found_while_one_types() {
    let mut fixture = ExplorerFixture::new(&["home/kitchen/lamp", "home/hall/lamp", "home/hall/door"]);
    fixture.find("lamp");
    assert_eq!(fixture.rows().len(), 2);
    fixture.receive("attic/lamp", b"OFF");
    assert_eq!(fixture.rows().len(), 3, "a new topic is found, too");
    fixture.receive("home/hall", b"a lamp");
    for _ in 0..4 {
        fixture.act(Action::EditInput(tui_input::InputRequest::DeletePrevChar.into()));
    }
    fixture.act(Action::EditInput(InputEdit::Insert("kitchen".to_owned())));
    assert_eq!(fixture.rows().len(), 1);
    fixture.receive("home/kitchen", b"");
    assert_eq!(fixture.rows().len(), 2, "also one that was a level before");
    for _ in 0..7 {
        fixture.act(Action::EditInput(tui_input::InputRequest::DeletePrevChar.into()));
    }
    fixture.act(Action::EditInput(InputEdit::Insert("lamp".to_owned())));
    fixture.act(Action::EditInput(InputEdit::Insert(" hall".to_owned())));
    assert_eq!(fixture.rows(), ["[home/hall/lamp]"]);
    fixture.act(Action::Accept);
    fixture.act(Action::Accept);
    assert_eq!(fixture.explorer().pane, Pane::Topic);
    fixture.act(Action::Cancel);
    fixture.act(Action::Cancel);
    assert_eq!(fixture.rows(), ["attic", "home", " hall", "  door", "[  lamp]", " kitchen"], "it is shown in the tree");
    fixture.find("re:(");
    let error = fixture.explorer().find.as_ref().unwrap().error().unwrap().to_string();
    assert_eq!(error, "not a regular expression: unclosed group");
}

#[test]
fn what_depends_on_messages_is_searched_again() {
    let mut fixture = ExplorerFixture::new(&["a", "b"]);
    fixture.find("=ON");
    assert!(fixture.rows().is_empty());
    fixture.receive("b", b"ON");
    fixture.0.advance(2_500);
    fixture.0.app.resolve_values(fixture.0.now);
    assert_eq!(fixture.rows(), ["[b]"]);
}

#[test]
fn retained_messages_come_again_each_time_the_explorer_opens() {
    let mut fixture = ExplorerFixture::new(&["home/door"]);
    fixture.act(Action::Explore(ExploreAction::Open));
    assert_eq!(fixture.rows(), ["[home]"], "it is open already");
    fixture.act(Action::Cancel);
    let filters = vec![TopicFilter::new("home/door").unwrap()];
    let connection = fixture.0.app.connections[0].id;
    let mut rounds = Vec::new();
    for _ in 0..2 {
        fixture.0.app.connections[0].explore.clone_from(&filters);
        let effects = fixture.act(Action::Explore(ExploreAction::Open));
        let [
            Effect::Files(FilesEffect::LoadDeletion(..)),
            Effect::Mqtt(MqttEffect::SetSubscriptions(_, subscriptions)),
        ] = effects.as_slice()
        else {
            panic!("{effects:?}");
        };
        assert_eq!(subscriptions[0].filter.as_str(), "home/door", "the tile has it, too");
        rounds.push(subscriptions[0].options.retained_round);
        assert_eq!(fixture.act(Action::Cancel), [], "that it closes is no reason to subscribe again");
    }
    assert!(rounds[1] > rounds[0], "{rounds:?}");
    fixture.act(Action::Explore(ExploreAction::Open));
    fixture.receive("home/door", b"open");
    let more = ["home/door", "$SYS/#"].map(|filter| TopicFilter::new(filter).unwrap());
    fixture.0.app.start_explorer(connection, more.into(), fixture.0.now);
    fixture.0.app.resolve_values(fixture.0.now);
    assert_eq!(fixture.rows(), ["[home]"], "more filters forget nothing");
    fixture.act(Action::Cancel);
    assert!(fixture.0.app.dashboard_has_focus(), "one Esc closes it");
}

#[test]
fn kept_answer_does_not_reconnect() {
    let mut fixture = AppFixture::new(vec![text_tile("home/door")]);
    let profile = Profile { name: "hub".into(), ..Profile::default() };
    let profiles = Profiles { default: None, profiles: vec![profile] };
    fixture.app.set_profiles(profiles.clone());
    fixture.dispatch(Action::Explore(ExploreAction::Open));
    let effects = fixture.dispatch(Action::Accept);
    let edit = effects.into_iter().find_map(|effect| match effect {
        Effect::Files(FilesEffect::EditProfiles(edit)) => Some(edit),
        _ => None,
    });
    let edit = edit.expect("the answer is saved");
    let saved = edit.apply_to(&profiles).unwrap();
    let event = Event::Files(crate::app::FilesEvent::ProfilesSaved(edit, saved));
    assert_eq!(fixture.app.update(event, fixture.now), []);
    assert!(fixture.app.explorer.is_some());
}

#[test]
fn messages_of_selected_topics_are_kept_whole() {
    let mut fixture = ExplorerFixture::new(&["a", "b"]);
    let long = vec![b'x'; 5_000];
    fixture.receive("a", &long);
    fixture.receive("b", &long);
    let newest = |fixture: &ExplorerFixture| fixture.explorer().selected_topic().unwrap().shown().unwrap().clone();
    assert!(newest(&fixture).is_whole());
    assert_eq!(fixture.explorer().selected_topic().unwrap().newest_first().len(), 2);
    fixture.go(Direction::Down);
    assert_eq!((newest(&fixture).payload.len(), newest(&fixture).is_whole()), (5_000, true));
    fixture.go(Direction::Up);
    assert_eq!(fixture.explorer().selected_topic().unwrap().newest_first().len(), 2, "they are not forgotten");
}

#[test]
fn older_messages_are_shown_and_compared() {
    let mut fixture = ExplorerFixture::new(&[]);
    let older = |is_older| Action::Explore(ExploreAction::ShowOlder(is_older));
    for t in 1..=4 {
        fixture.receive("a", format!("{{\"t\":{t},\"u\":{}}}", t / 3).as_bytes());
    }
    fixture.go(Direction::First);
    let topic = |fixture: &ExplorerFixture| fixture.explorer().selected_topic().unwrap().clone();
    let shown = |fixture: &ExplorerFixture| {
        let topic = topic(fixture);
        let text = String::from_utf8(topic.shown().unwrap().payload.to_vec()).unwrap();
        let changes = topic.changes().iter().map(|(path, old)| format!("{path} {}", old.as_deref().unwrap_or("-")));
        (text, topic.newer_messages(), changes.collect::<Vec<_>>())
    };
    let expected = |text: &str, newer, changes: &[&str]| {
        (text.to_owned(), newer, changes.iter().map(|&change| change.to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(shown(&fixture), expected("{\"t\":4,\"u\":1}", 0, &["$.t 3"]));
    fixture.act(older(true));
    assert_eq!(shown(&fixture), expected("{\"t\":3,\"u\":1}", 1, &["$.t 2", "$.u 0"]));
    fixture.act(older(true));
    fixture.act(Action::Explore(ExploreAction::Compare));
    assert_eq!(shown(&fixture), expected("{\"t\":2,\"u\":0}", 2, &["$.t 1"]), "itself: with the one before");
    fixture.act(older(false));
    fixture.act(older(false));
    assert_eq!(shown(&fixture), expected("{\"t\":4,\"u\":1}", 0, &["$.t 2", "$.u 0"]));
    fixture.receive("a", b"{\"t\":5}");
    assert_eq!(shown(&fixture), expected("{\"t\":5}", 0, &["$.t 2"]), "the newest is followed");
    fixture.act(older(false));
    assert_eq!(topic(&fixture).newer_messages(), 0, "there is no newer one");
    // What is shown stays so, and is the oldest once it is not kept any more.
    fixture.act(Action::Explore(ExploreAction::ShowMessage(0)));
    fixture.receive("a", b"{}");
    assert_eq!(shown(&fixture), expected("{\"t\":1,\"u\":0}", 5, &["$.t 2"]));
    for _ in 0..600 {
        fixture.receive("a", b"{\"t\":6}");
    }
    let topic = topic(&fixture);
    assert_eq!((topic.newer_messages(), topic.compared_number()), (499, None));
    assert_eq!(topic.changes(), []);
}

#[test]
fn messages_below_are_listed_and_lead_to_their_topics() {
    let mut fixture = ExplorerFixture::new(&["home", "home/b", "other"]);
    assert!(fixture.explorer().below.is_none(), "it is a topic");
    fixture.act(Action::Explore(ExploreAction::ListMessages));
    for (topic, payload) in [("home/b", "1"), ("home/c/d", "2"), ("other", "3"), ("home", "4")] {
        fixture.receive(topic, payload.as_bytes());
    }
    let below = |fixture: &ExplorerFixture| fixture.explorer().below.clone().unwrap();
    let payloads: Vec<_> = below(&fixture).newest_first().map(|(_, message)| message.payload[0]).collect();
    assert_eq!(payloads, b"421");
    fixture.go(Direction::Down);
    fixture.go(Direction::Down);
    fixture.receive("home/b", b"5");
    let topic = |fixture: &ExplorerFixture| {
        let topic = below(fixture).selected_topic();
        topic.map(|node| fixture.explorer().tree.path(node))
    };
    assert_eq!(topic(&fixture).as_deref(), Some("home/c/d"), "the selection stays on its message");
    assert_eq!((below(&fixture).first_row(2), below(&fixture).first_row(10)), (1, 0));
    fixture.go(Direction::First);
    assert_eq!(topic(&fixture), None);
    fixture.go(Direction::Last);
    fixture.go(Direction::Up);
    fixture.act(Action::Accept);
    assert_eq!(fixture.explorer().selected.map(|node| fixture.explorer().tree.path(node)).unwrap(), "home/c/d");
    assert_eq!(fixture.rows(), ["home", " b", " c", "[  d]", "other"]);
    assert!(fixture.explorer().below.is_none() && fixture.explorer().pane == Pane::Topic);
    fixture.act(Action::Explore(ExploreAction::ListMessages));
    fixture.receive("home/c/d", b"6");
    assert_eq!(below(&fixture).newest_first().len(), 1);
    for _ in 0..600 {
        fixture.receive("home/c/d", b"7");
    }
    fixture.act(Action::Explore(ExploreAction::ShowMessage(3)));
    assert_eq!(below(&fixture).selected_number(), Some(101), "it is not kept any more");
    fixture.act(Action::Explore(ExploreAction::ListMessages));
    assert!(fixture.explorer().below.is_none());
}

#[test]
fn path_of_the_selected_value_is_copied_or_the_topic() {
    let mut fixture = ExplorerFixture::new(&[]);
    fixture.receive("a", b"{\"t\":{\"x\":1}}");
    let copied = |effects: Vec<Effect>| match &effects[..] {
        [Effect::Shell(crate::app::ShellEffect::CopyToClipboard(text))] => text.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(copied(fixture.act(Action::Explore(ExploreAction::CopyTopic))), "a");
    fixture.act(Action::Accept);
    fixture.go(Direction::Down);
    fixture.go(Direction::Down);
    assert_eq!(copied(fixture.act(Action::Explore(ExploreAction::CopyTopic))), "$.t.x");
    fixture.act(Action::SelectOption(1));
    assert_eq!(copied(fixture.act(Action::Explore(ExploreAction::CopyTopic))), "a", "no part is shown");
}

#[test]
fn tile_is_added_for_a_topic_or_a_value_of_it() {
    let mut fixture = ExplorerFixture::new(&[]);
    fixture.receive("home/lamp", b"ON");
    fixture.receive("home/lamp/set", b"OFF");
    fixture.go(Direction::Right);
    fixture.go(Direction::Right);
    fixture.act(Action::Explore(ExploreAction::AddTile));
    let draft = |fixture: &ExplorerFixture| fixture.0.app.form().unwrap().draft_tile().unwrap().0;
    let lamp = draft(&fixture);
    assert_eq!((lamp.kind.name(), lamp.name.as_str()), ("switch", "Lamp"));
    assert_eq!(lamp.target_topic().unwrap().as_str(), "home/lamp/set");
    fixture.act(Action::Cancel);
    assert!(matches!(fixture.0.app.focus, Screen::Explorer(_)), "{:?}", fixture.0.app.focus);
    fixture.receive("home/lamp", br##"{"state":"ON","color":"#ff0000"}"##);
    fixture.act(Action::Explore(ExploreAction::AddTile));
    assert_eq!(fixture.notice(), "Select the value for the tile, then press t again; Space marks several");
    fixture.go(Direction::Down);
    fixture.act(Action::Explore(ExploreAction::AddTile));
    let color = draft(&fixture);
    assert_eq!((color.kind.name(), color.name.as_str()), ("color", "Lamp color"));
    assert_eq!(color.target_topic().unwrap().as_str(), "home/lamp/set");
    assert_eq!(color.payload_of("#00ff00").unwrap(), r##"{"color": "#00ff00"}"##);
    fixture.act(Action::Cancel);
    fixture.receive("zigbee2mqtt/living_lamp", br#"{"state":"ON","battery":90}"#);
    fixture.act(Action::Filter);
    fixture.act(Action::EditInput(InputEdit::Insert("living_lamp".to_owned())));
    fixture.act(Action::Accept);
    fixture.act(Action::Explore(ExploreAction::AddTile));
    fixture.act(Action::Explore(ExploreAction::AddTile));
    let lamp = draft(&fixture);
    assert_eq!((lamp.kind.name(), lamp.name.as_str()), ("switch", "Living lamp"));
    assert_eq!(lamp.target_topic().unwrap().as_str(), "zigbee2mqtt/living_lamp/set");
    fixture.act(Action::Cancel);
    fixture.go(Direction::Down);
    fixture.act(Action::Explore(ExploreAction::AddTile));
    assert_eq!(draft(&fixture).name, "Living lamp battery");
}

#[test]
fn payload_and_topic_are_copied() {
    let mut fixture = ExplorerFixture::new(&[]);
    fixture.receive("home", br#"{"t":21.5}"#);
    let copied = |effects: Vec<Effect>| match effects.into_iter().next() {
        Some(Effect::Shell(crate::app::ShellEffect::CopyToClipboard(text))) => text,
        other => panic!("{other:?}"),
    };
    assert_eq!(copied(fixture.act(Action::CopyValue)), r#"{"t":21.5}"#);
    assert_eq!(copied(fixture.act(Action::Explore(ExploreAction::CopyTopic))), "home");
    fixture.act(Action::CycleFocus(1));
    fixture.go(Direction::Down);
    assert_eq!(copied(fixture.act(Action::CopyValue)), "21.5");
    fixture.act(Action::Explore(ExploreAction::SavePayload));
    let saved = fixture.act(Action::Accept);
    let path = std::path::PathBuf::from("home.json");
    assert_eq!(saved, [Effect::Shell(crate::app::ShellEffect::SavePayload(path, br#"{"t":21.5}"#[..].into()))]);
    fixture.receive("home", &[0xff, 0xfe]);
    assert_eq!(fixture.act(Action::CopyValue), []);
    assert_eq!(fixture.notice(), "The message has no $.t: select another part");
}

/// Returns the topics and payloads of what is published retained, and acknowledges it.
pub(in crate::app) fn published(fixture: &mut ExplorerFixture, effects: Vec<Effect>) -> Vec<(String, String)> {
    let requests = crate::app::tests::publish_requests(effects);
    let mut published = Vec::new();
    for request in requests {
        assert!(request.retain, "{request:?}");
        published.push((request.topic.to_string(), String::from_utf8_lossy(&request.payload).into_owned()));
        let status = crate::model::connection::PublishStatus::Sent;
        fixture.0.connection_event(ConnectionEvent::PublishStatus(request.id, status));
        let echo = Message::new(request.topic.as_str(), &*request.payload);
        fixture.0.receive_unresolved(echo);
    }
    fixture.0.app.resolve_values(fixture.0.now);
    published
}

#[test]
fn retained_messages_below_are_deleted_and_restored() {
    let mut fixture = ExplorerFixture::new(&["old/live"]);
    for number in 0..120 {
        let message =
            Message { retain: true, ..Message::new(format!("old/{number}"), format!("p{number}").as_bytes()) };
        fixture.0.receive_unresolved(message);
    }
    let system = Message { retain: true, ..Message::new("new", &b"1"[..]) };
    fixture.0.receive_unresolved(system);
    fixture.act(Action::Explore(ExploreAction::RestoreRetained));
    assert_eq!(fixture.notice(), "Nothing to restore: no retained message was deleted");
    fixture.go(Direction::Last);
    fixture.act(Action::Explore(ExploreAction::DeleteRetained(false)));
    let Screen::Confirm(question) = &fixture.0.app.focus else { panic!("{:?}", fixture.0.app.focus) };
    assert_eq!(question.text[0], "Delete 120 retained messages?");
    assert_eq!((question.text.len(), question.text[6].as_str()), (9, "  and 115 more"));
    let effects = fixture.act(Action::Accept);
    assert_eq!(crate::app::tests::publish_requests(effects), [], "the timer publishes them");
    assert!(matches!(fixture.0.app.focus, Screen::Explorer(_)));
    let mut deleted = Vec::new();
    for _ in 0..3 {
        let effects = fixture.0.advance(100);
        let count = deleted.len();
        deleted.extend(published(&mut fixture, effects));
        assert!(deleted.len() - count <= 50, "at most 500 a second");
    }
    assert_eq!(fixture.notice(), "Deleted 120 retained messages: u restores them");
    deleted.sort();
    deleted.dedup();
    assert!(
        deleted.len() == 120 && deleted.iter().all(|(topic, payload)| topic.starts_with("old/") && payload.is_empty())
    );
    let is_retained = |fixture: &ExplorerFixture, topic: &str| {
        let tree = &fixture.explorer().tree;
        tree.topic(tree.find(topic).unwrap()).unwrap().is_retained
    };
    assert!(!is_retained(&fixture, "old/7") && is_retained(&fixture, "new"));
    fixture.0.advance(2_000);
    fixture.act(Action::Explore(ExploreAction::RestoreRetained));
    let mut restored = Vec::new();
    for _ in 0..3 {
        let effects = fixture.0.advance(100);
        restored.extend(published(&mut fixture, effects));
    }
    assert!(restored.len() == 120 && restored.contains(&("old/7".to_owned(), "p7".to_owned())));
    assert_eq!(fixture.notice(), "Restored 120 retained messages");
}

#[test]
fn deletion_is_stopped_and_says_what_failed() {
    let mut fixture = ExplorerFixture::new(&[]);
    fixture.retain((0..120).map(|number| format!("old/{number}")));
    fixture.act(Action::Explore(ExploreAction::DeleteRetained(false)));
    fixture.act(Action::Accept);
    let requests = crate::app::tests::publish_requests(fixture.0.advance(100));
    assert_eq!(fixture.0.app.retained_progress().unwrap(), "Deleting retained messages: 0 of 120 · Esc stops");
    fixture.act(Action::Cancel);
    assert!(matches!(fixture.0.app.focus, Screen::Explorer(_)), "Esc stops the deletion only");
    for (index, request) in requests.iter().enumerate() {
        let status = match index {
            0 => crate::model::connection::PublishStatus::Failed("not authorized".into()),
            _ => crate::model::connection::PublishStatus::Sent,
        };
        fixture.0.connection_event(ConnectionEvent::PublishStatus(request.id, status));
        if index > 0 {
            fixture.0.receive_unresolved(Message::new(request.topic.as_str(), &[][..]));
        }
    }
    assert_eq!(fixture.notice(), "Deleted 49 retained messages of 120; 1 failed: not authorized");
    assert!(fixture.0.app.retained_progress().is_none());
}

#[test]
fn busiest_topics_come_first_and_messages_below_are_listed() {
    let mut fixture = ExplorerFixture::new(&["a/slow", "b/fast", "quiet"]);
    fixture.go(Direction::Down);
    for _ in 0..30 {
        fixture.receive("b/fast", b"x");
        fixture.0.advance(100);
    }
    fixture.receive("a/slow", b"y");
    let below = fixture.explorer().below.as_ref().unwrap();
    assert_eq!((fixture.rows()[1].as_str(), below.newest_first().len()), ("[b]", 30));
    fixture.act(Action::Explore(ExploreAction::PauseOrMark));
    fixture.receive("b/fast", b"z");
    let below = fixture.explorer().below.as_ref().unwrap();
    assert_eq!((below.paused, below.newest_first().len()), (Some(1), 30));
    fixture.act(Action::Explore(ExploreAction::Busiest));
    assert_eq!(fixture.rows()[..2], ["[b/fast]", "a/slow"]);
    for _ in 0..5 {
        fixture.receive("a/slow", &[b'y'; 100]);
    }
    fixture.act(Action::Explore(ExploreAction::Busiest));
    assert_eq!(fixture.rows()[..2], ["[a/slow]", "b/fast"], "by bytes");
    fixture.act(Action::Explore(ExploreAction::Busiest));
    assert_eq!(fixture.rows()[..2], ["[b/fast]", "a/slow"]);
}

#[test]
fn levels_whose_topics_share_the_messages_are_among_the_busiest() {
    let mut fixture = ExplorerFixture::new(&[]);
    for number in 0..40 {
        fixture.receive(&format!("plug/{}/state/x", number % 4), b"x");
        fixture.receive("one/level/topic", b"x");
        fixture.0.advance(100);
    }
    fixture.act(Action::Explore(ExploreAction::Busiest));
    let rows = fixture.rows();
    assert_eq!(rows.len(), 6, "{rows:?}");
    assert!(rows[..2].contains(&"[plug]".to_owned()) || rows[..2].contains(&"plug".to_owned()), "{rows:?}");
    assert!(!rows.iter().any(|row| row.contains("one/level]") || row == "one"), "one topic has it all: {rows:?}");
    let explorer = fixture.explorer();
    let topics = explorer.find.as_ref().unwrap().matching(&explorer.tree).count();
    assert_eq!(topics, 5, "what is done to all that was found is done to topics");
    while fixture.rows().iter().all(|row| row != "[plug]") {
        fixture.go(Direction::Down);
    }
    fixture.act(Action::Accept);
    assert!(fixture.explorer().find.is_none());
    assert_eq!(fixture.rows(), ["one", "[plug]", " 0", " 1", " 2", " 3"]);
}

#[test]
fn message_is_published_to_the_topic_that_the_device_listens_to() {
    let mut fixture = ExplorerFixture::new(&[]);
    fixture.receive("lamp", b"ON");
    fixture.receive("lamp/set", b"ON");
    fixture.act(Action::Explore(ExploreAction::Publish));
    let Screen::Publish(prompt) = &fixture.0.app.focus else { panic!("{:?}", fixture.0.app.focus) };
    assert_eq!((prompt.topic.value(), prompt.payload.input.value()), ("lamp/set", "ON"));
    let type_text = |fixture: &mut ExplorerFixture, text: &str| {
        fixture.act(Action::EditInput(InputEdit::Insert(text.to_owned())));
    };
    type_text(&mut fixture, "OFF");
    fixture.act(Action::CycleFocus(1));
    fixture.act(Action::CycleFocus(1));
    fixture.act(Action::MoveInDialog(Direction::Right));
    fixture.act(Action::CycleFocus(1));
    fixture.act(Action::MoveInDialog(Direction::Right));
    let requests = crate::app::tests::publish_requests(fixture.act(Action::Accept));
    let [request] = requests.as_slice() else { panic!("{requests:?}") };
    assert_eq!(
        (request.topic.as_str(), &*request.payload, request.qos.as_u8(), request.retain),
        ("lamp/set", &b"OFF"[..], 1, true)
    );
    assert!(matches!(fixture.0.app.focus, Screen::Explorer(_)));
    let status = crate::model::connection::PublishStatus::Acknowledged;
    fixture.0.connection_event(ConnectionEvent::PublishStatus(request.id, status));
    assert_eq!(fixture.notice(), "lamp/set: published, the broker has it");
    fixture.act(Action::Explore(ExploreAction::Publish));
    fixture.act(Action::MoveInDialog(Direction::Up));
    let Screen::Publish(prompt) = &fixture.0.app.focus else { panic!("{:?}", fixture.0.app.focus) };
    assert_eq!((prompt.payload.input.value(), prompt.retain), ("OFF", true), "what was published before");
    fixture.act(Action::MoveInDialog(Direction::Down));
    let Screen::Publish(prompt) = &fixture.0.app.focus else { panic!("{:?}", fixture.0.app.focus) };
    assert_eq!((prompt.payload.input.value(), prompt.retain), ("ON", false), "the draft comes back");
}

#[test]
fn bytes_are_published_and_mistakes_are_said() {
    let mut fixture = ExplorerFixture::new(&["a"]);
    let error = |fixture: &ExplorerFixture| match &fixture.0.app.focus {
        Screen::Publish(prompt) => prompt.error.clone(),
        other => panic!("{other:?}"),
    };
    fixture.act(Action::Explore(ExploreAction::Publish));
    fixture.act(Action::EditInput(InputEdit::Insert("{\"a\"".to_owned())));
    assert_eq!(fixture.act(Action::Accept), []);
    assert_eq!(error(&fixture).as_deref(), Some("not JSON: line 1 ends too early"));
    fixture.act(Action::CycleFocus(1));
    fixture.act(Action::MoveInDialog(Direction::Right));
    fixture.act(Action::Accept);
    assert!(error(&fixture).unwrap().starts_with("not hexadecimal"), "{:?}", error(&fixture));
    (0..4).for_each(|_| drop(fixture.act(Action::EditInput(tui_input::InputRequest::DeletePrevChar.into()))));
    fixture.act(Action::EditInput(InputEdit::Insert("00 ff".to_owned())));
    let requests = crate::app::tests::publish_requests(fixture.act(Action::Accept));
    assert_eq!(&*requests[0].payload, &[0x00, 0xff]);
    fixture.act(Action::Explore(ExploreAction::Publish));
    fixture.act(Action::CycleFocus(-1));
    fixture.act(Action::EditInput(InputEdit::Insert("/#".to_owned())));
    fixture.act(Action::Accept);
    fixture.act(Action::Accept);
    assert_eq!(error(&fixture).as_deref(), Some("the topic: a topic to publish to must not contain wildcards"));
}

#[test]
fn deletion_that_the_broker_ignores_is_not_said_to_be_done() {
    let mut fixture = ExplorerFixture::new(&[]);
    fixture.retain(["old".to_owned()]);
    fixture.act(Action::Explore(ExploreAction::DeleteRetained(false)));
    fixture.act(Action::Accept);
    let requests = crate::app::tests::publish_requests(fixture.0.advance(100));
    let status = crate::model::connection::PublishStatus::Sent;
    fixture.0.connection_event(ConnectionEvent::PublishStatus(requests[0].id, status));
    fixture.0.advance(2_000);
    assert!(fixture.0.app.retained_progress().is_some(), "it may still come back");
    fixture.0.advance(2_000);
    let expected = "Deleted 0 retained messages of 1; 1 not confirmed by the broker: perhaps it is not allowed";
    assert_eq!(fixture.notice(), expected);
}

#[test]
fn newer_messages_are_not_replaced_by_what_is_restored() {
    let mut fixture = ExplorerFixture::new(&[]);
    fixture.retain(["old/a", "old/b"].map(str::to_owned));
    fixture.act(Action::Explore(ExploreAction::DeleteRetained(false)));
    fixture.receive("old/b", b"2");
    fixture.act(Action::Accept);
    let effects = fixture.0.advance(100);
    assert_eq!(published(&mut fixture, effects).len(), 2);
    fixture.receive("old/a", b"3");
    fixture.0.advance(2_000);
    fixture.act(Action::Explore(ExploreAction::RestoreRetained));
    let effects = fixture.0.advance(100);
    let restored = published(&mut fixture, effects);
    assert_eq!(
        restored,
        [("old/b".to_owned(), "2".to_owned())],
        "the payload that came last, and not where one has come"
    );
}

#[test]
fn closing_the_explorer_ends_a_deletion_and_keeps_what_can_be_restored() {
    let mut fixture = ExplorerFixture::new(&[]);
    fixture.retain((0..120).map(|number| format!("old/{number}")));
    fixture.act(Action::Explore(ExploreAction::DeleteRetained(false)));
    fixture.act(Action::Accept);
    fixture.0.advance(100);
    fixture.act(Action::WalkScreens(1));
    assert_eq!(fixture.0.app.retained_progress(), None);
    let expected = "Deleted 0 retained messages of 120; 50 not confirmed by the broker: perhaps it is not allowed";
    assert_eq!(fixture.notice(), expected);
    assert_eq!(fixture.0.app.retained.restorable(), 50);
}

#[test]
fn found_topic_is_entered_with_the_same_key_as_in_the_tree() {
    let mut fixture = ExplorerFixture::new(&["home/door", "home/lamp"]);
    fixture.find("lamp");
    fixture.act(Action::Accept);
    fixture.go(Direction::Right);
    assert_eq!(fixture.explorer().pane, Pane::Topic);
    fixture.find("door");
    assert_eq!(fixture.rows(), ["[home/door]"], "it is another search");
}

#[test]
fn retained_message_that_comes_again_is_no_other_one() {
    let mut fixture = ExplorerFixture::new(&[]);
    for (payload, count) in [(&b"1"[..], 1), (b"1", 1), (b"2", 2)] {
        fixture.0.receive_unresolved(Message { retain: true, ..Message::new("a", payload) });
        fixture.0.app.resolve_values(fixture.0.now);
        assert_eq!(fixture.explorer().selected_topic().unwrap().newest_first().len(), count);
    }
    fixture.receive("a", b"2");
    assert_eq!(fixture.explorer().selected_topic().unwrap().newest_first().len(), 3, "that was published");
}

#[test]
fn marked_values_become_one_tile_each() {
    let mut fixture = ExplorerFixture::new(&[]);
    fixture.receive(
        "zigbee2mqtt/door",
        br#"{"battery":97,"contact":true,"humidity":140,"gps":{"latitude":52.5,"longitude":13.4}}"#,
    );
    fixture.go(Direction::Right);
    fixture.go(Direction::Right);
    fixture.act(Action::Accept);
    let mark = || Action::Explore(ExploreAction::PauseOrMark);
    for _ in 0..4 {
        fixture.go(Direction::Down);
        fixture.act(mark());
    }
    fixture.go(Direction::Up);
    fixture.act(mark());
    fixture.act(mark());
    let effects = fixture.act(Action::Explore(ExploreAction::AddTile));
    let written =
        effects.iter().filter(|effect| matches!(effect, Effect::Files(FilesEffect::EditDashboard(_)))).count();
    assert_eq!(written, 4);
    assert_eq!(fixture.notice(), "Added 4 tiles to dashboard: u there removes them one by one");
    let tiles: Vec<String> = fixture.0.app.dashboards[0]
        .definition
        .tiles
        .iter()
        .skip(1)
        .map(|tile| format!("{} {}", tile.kind.name(), tile.name))
        .collect();
    assert_eq!(tiles, ["gauge Door battery", "switch Door contact", "text Door humidity", "map Door gps"]);
    assert!(fixture.explorer().cursor.marked.is_empty());
}

#[test]
fn tile_of_a_position_is_a_map() {
    let mut fixture = ExplorerFixture::new(&[]);
    fixture.receive("phone", br#"{"_type":"location","lat":52.5,"lon":13.4,"batt":80}"#);
    fixture.act(Action::Explore(ExploreAction::AddTile));
    let tile = fixture.0.app.form().unwrap().draft_tile().unwrap().0;
    assert_eq!(
        (tile.kind.name(), tile.name.as_str(), crate::model::schema::DynFields::validate(&tile)),
        ("map", "Phone", vec![])
    );
    assert!(tile.json_path.is_none());
}

#[test]
fn settings_limit_how_much_is_remembered() {
    let mut fixture = ExplorerFixture::new(&[]);
    fixture.act(Action::Cancel);
    fixture.0.app.explorer_limits.topics = BoundedInt::clamped(1_000);
    fixture.act(Action::Explore(ExploreAction::Open));
    for number in 0..1_010 {
        fixture.0.receive_unresolved(Message::new(format!("a/{number}"), &b"1"[..]));
    }
    let tree = &fixture.explorer().tree;
    assert_eq!((tree.totals(NodeId::ROOT, fixture.0.now).topics, tree.left_out()), (1_000, 10));
}

#[test]
fn numbers_of_the_selected_value_have_a_past() {
    let mut fixture = ExplorerFixture::new(&[]);
    fixture.0.receive_unresolved(Message { retain: true, ..Message::new("a", &b"{\"t\":9}"[..]) });
    fixture.0.app.resolve_values(fixture.0.now);
    for t in [3, 7, 5] {
        assert!(fixture.explorer().recent_numbers().is_none(), "no value is selected");
        fixture.0.advance(1_000);
        fixture.receive("a", format!("{{\"t\":{t},\"u\":\"x\"}}").as_bytes());
    }
    fixture.act(Action::Accept);
    fixture.go(Direction::Down);
    let numbers = fixture.explorer().recent_numbers().unwrap();
    assert_eq!(numbers.limits, (3.0, 7.0), "not the retained one");
    let positions = numbers.sparkline.positions(3, fixture.0.now);
    assert_eq!(positions, [Some(0.0), Some(1.0), Some(0.5)]);
    fixture.go(Direction::Down);
    assert!(fixture.explorer().recent_numbers().is_none(), "a text");
    fixture.act(Action::Cancel);
    for payload in [&b"1"[..], b"2"] {
        fixture.receive("b", payload);
    }
    fixture.go(Direction::Down);
    assert!(fixture.explorer().recent_numbers().is_none(), "only the last message is known");
    fixture.receive("b", b"4");
    assert_eq!(fixture.explorer().recent_numbers().unwrap().limits, (2.0, 4.0));
}

/// What common devices publish: other topics that exist, the topic, its payload, the value in it that is selected, and the kind of
/// tile with the topic to publish to that is right.
type Sample = (&'static [&'static str], &'static str, &'static [u8], &'static str, &'static str);
const SAMPLES: [Sample; 20] = [
    (&["home/lamp/set"], "home/lamp", b"ON", "", "switch home/lamp/set"),
    (&[], "stat/plug/POWER", b"OFF", "", "switch cmnd/plug/POWER"),
    (&[], "zigbee2mqtt/lamp", br#"{"state":"ON","brightness":254}"#, "$.state", "switch zigbee2mqtt/lamp/set"),
    (&[], "zigbee2mqtt/lamp", br#"{"state":"ON","brightness":254}"#, "$.brightness", "text"),
    (&[], "zigbee2mqtt/climate", br#"{"temperature":21.4,"humidity":48}"#, "$.temperature", "text"),
    (&[], "zigbee2mqtt/climate", br#"{"temperature":21.4,"humidity":48}"#, "$.humidity", "gauge"),
    (&[], "zigbee2mqtt/door", br#"{"contact":true,"battery":97}"#, "$.contact", "switch"),
    (&["esp/switch/pump/command"], "esp/switch/pump/state", b"OFF", "", "switch esp/switch/pump/command"),
    (&[], "esp/sensor/humidity/state", b"55.1", "", "gauge"),
    (&[], "esp/sensor/humidity", b"55.1", "", "gauge"),
    (&[], "tele/plug/SENSOR", br#"{"ENERGY":{"Power":87}}"#, "$.ENERGY.Power", "text"),
    (&[], "frigate/front/snapshot", b"\xff\xd8\xff\xe0", "", "image"),
    (&[], "frigate/stats", br#"{"cpu_usages":{"1":{"cpu":3.5}}}"#, "$.cpu_usages.1.cpu", "text"),
    (&[], "owntracks/me/phone", br#"{"_type":"location","lat":52.5,"lon":13.4}"#, "", "map"),
    (&[], "car/gps", br#"{"latitude":52.5,"longitude":13.4}"#, "", "map"),
    (&["strip/color/set"], "strip/color", b"#ff8800", "", "color strip/color/set"),
    (&["relay/1/set"], "relay/1", b"1", "", "switch relay/1/set"),
    (&[], "counter", b"1", "", "text"),
    (&[], "shellies/plug/relay/0", b"on", "", "switch"),
    (&[], "log/system", b"started", "", "text"),
];

#[test]
fn tiles_that_are_proposed_for_common_payloads_are_right() {
    for (others, topic, payload, path, expected) in SAMPLES {
        let mut fixture = ExplorerFixture::new(others);
        fixture.receive(topic, payload);
        fixture.find(topic);
        fixture.act(Action::Accept);
        let node = fixture.explorer().tree.find(topic).unwrap();
        fixture.0.app.explorer.as_mut().unwrap().select(node);
        fixture.0.app.explorer.as_mut().unwrap().cursor.path = Some(path.to_owned()).filter(|path| !path.is_empty());
        fixture.act(Action::Explore(ExploreAction::AddTile));
        let tile = fixture.0.app.form().unwrap_or_else(|| panic!("{topic}")).draft_tile().unwrap().0;
        let target = tile.target_topic().map_or_else(String::new, |topic| format!(" {topic}"));
        assert_eq!(format!("{}{target}", tile.kind.name()), expected, "{topic} {path}");
    }
}
