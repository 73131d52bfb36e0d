//! Tests of the prompt for a message.

use super::*;
use crate::{
    app::{
        Effect, Event, FilesEffect, FilesEvent, PayloadFile, Screen, ShellEffect, ShellEvent,
        tests::{AppFixture, publish_requests, tile},
    },
    decode::Decoder,
    model::{
        connection::PublishRequest,
        decoder_rules::{DecoderRule, DecoderRules},
        saved_message::{MessageEdit, SavedMessage, SavedMessages},
        topic::TopicFilter,
        typed_message::{SentHistory, SentMessage},
        typed_properties::TypedProperty,
    },
};

/// An app with the explorer of all topics, on which these have a message.
struct PromptFixture(AppFixture);

impl PromptFixture {
    fn new(topics: &[&str]) -> Self {
        let mut fixture = AppFixture::new(vec![tile("text", &[("name", "door".into()), ("topic", "door".into())])]);
        fixture.app.connections[0].explore = vec![TopicFilter::new("#").unwrap()];
        fixture.dispatch(Action::Explore(ExploreAction::Open));
        for topic in topics {
            fixture.receive_message(topic, b"1");
        }
        Self(fixture)
    }

    fn profile(&self) -> String {
        self.0.app.connections[0].name.clone()
    }

    fn act(&mut self, action: Action) -> Vec<Effect> {
        let effects = self.0.dispatch(action);
        self.0.app.resolve_values(self.0.now);
        effects
    }

    /// Opens the prompt. Returns what it asks the files for.
    fn open(&mut self) -> Vec<FilesEffect> {
        files(self.act(Action::Explore(ExploreAction::Publish)))
    }

    fn prompt(&self) -> &PublishPrompt {
        let Screen::Publish(prompt) = &self.0.app.focus else { panic!("{:?}", self.0.app.focus) };
        prompt
    }

    fn type_text(&mut self, text: &str) {
        self.act(Action::EditInput(InputEdit::Insert(text.to_owned())));
    }

    fn answer(&mut self, event: impl Into<Event>) -> Vec<Effect> {
        let now = self.0.now;
        self.0.app.update(event.into(), now)
    }
}

fn files(effects: Vec<Effect>) -> Vec<FilesEffect> {
    let of_files = effects.into_iter().filter_map(|effect| match effect {
        Effect::Files(effect) => Some(effect),
        _ => None,
    });
    of_files.collect()
}

fn sent(topic: &str, payload: &str) -> SentMessage {
    let message = TypedMessage { topic: topic.into(), payload: payload.into(), ..TypedMessage::default() };
    SentMessage { message, filled: Vec::new() }
}

#[test]
fn messages_of_earlier_runs_are_brought_back_and_each_new_one_is_saved() {
    let mut fixture = PromptFixture::new(&["a"]);
    let name = fixture.profile();
    assert!(fixture.open().contains(&FilesEffect::LoadSentMessages(name.clone())));
    fixture.type_text("2");
    let effects = fixture.act(Action::Accept);
    assert_eq!(files(effects), [FilesEffect::SaveSentMessage(name.clone(), Box::new(sent("a", "2")))]);
    // The file is read only then: what this run has published is newer.
    let mut earlier = SentHistory::default();
    for payload in ["1", "2", "0"] {
        earlier.add(sent("a", payload));
    }
    fixture.answer(FilesEvent::SentMessagesLoaded(name.clone(), earlier));
    assert!(!fixture.open().contains(&FilesEffect::LoadSentMessages(name)), "they are known");
    let payloads = ["2", "0", "1", "1"].map(|_| {
        fixture.act(Action::MoveInDialog(Direction::Up));
        fixture.prompt().payload.input.value().to_owned()
    });
    assert_eq!(payloads, ["2", "0", "1", "1"]);
}

fn restart() -> SavedMessage {
    SavedMessage {
        name: "Restart a board".into(),
        topic: "esp32/{{device}}/command".into(),
        payload: "{\"restart\": {{seconds}}}".into(),
        retain: true,
        ..SavedMessage::default()
    }
}

fn blink(profile: Option<&str>) -> SavedMessage {
    let name = format!("Blink {}", profile.unwrap_or("everywhere"));
    SavedMessage { name, topic: "led".into(), profile: profile.map(str::to_owned), ..SavedMessage::default() }
}

impl PromptFixture {
    /// Opens the prompt with these saved messages.
    fn with_saved(messages: Vec<SavedMessage>) -> Self {
        let mut fixture = Self::new(&["a"]);
        assert!(fixture.open().contains(&FilesEffect::LoadSavedMessages));
        fixture.answer(FilesEvent::SavedMessagesLoaded(Ok(SavedMessages { messages })));
        fixture
    }

    fn explore(&mut self, action: ExploreAction) -> Vec<Effect> {
        self.act(Action::Explore(action))
    }

    fn listed(&self) -> Vec<String> {
        let Some(Popup::Messages(list)) = &self.prompt().popup else { panic!("{:?}", self.prompt().popup) };
        let matches = list.matches(&self.0.app, self.prompt().connection);
        matches.into_iter().map(|message| message.name.clone()).collect()
    }

    fn publish(&mut self) -> Vec<PublishRequest> {
        publish_requests(self.act(Action::Accept))
    }
}

#[test]
fn holes_of_a_saved_message_are_filled_one_after_the_other_with_what_was_filled_in_last() {
    let mut fixture = PromptFixture::with_saved(vec![blink(None), restart()]);
    fixture.explore(ExploreAction::ListSavedMessages);
    fixture.type_text("COMM rest");
    assert_eq!(fixture.listed(), ["Restart a board"]);
    fixture.act(Action::Accept);
    fixture.type_text("desk");
    fixture.act(Action::Accept);
    fixture.type_text("5");
    let Some(Popup::Holes(form)) = &fixture.prompt().popup else { panic!("{:?}", fixture.prompt().popup) };
    assert_eq!((form.filled().topic.as_str(), form.current), ("esp32/desk/command", 1));
    assert_eq!(fixture.publish(), [], "it is shown before it is published");
    let requests = fixture.publish();
    assert_eq!((requests[0].topic.as_str(), requests[0].retain), ("esp32/desk/command", true));
    assert_eq!(&*requests[0].payload, b"{\"restart\": 5}");
    // The next time, Enter takes what was filled in, and typing replaces it.
    fixture.open();
    fixture.explore(ExploreAction::ListSavedMessages);
    fixture.act(Action::MoveInDialog(Direction::Down));
    fixture.act(Action::Accept);
    fixture.act(Action::Accept);
    fixture.type_text("60");
    fixture.act(Action::Accept);
    assert_eq!(fixture.prompt().topic.value(), "esp32/desk/command");
    assert_eq!(fixture.prompt().payload.input.value(), "{\"restart\": 60}");
}

#[test]
fn damaged_json_from_a_hole_is_asked_about() {
    let mut fixture = PromptFixture::with_saved(vec![restart()]);
    fixture.explore(ExploreAction::ListSavedMessages);
    for text in ["", "desk", "soon"] {
        fixture.type_text(text);
        fixture.act(Action::Accept);
    }
    assert_eq!(fixture.publish(), []);
    assert_eq!(fixture.prompt().error.as_deref(), Some("not JSON at line 1, column 13"));
    assert_eq!(fixture.publish().len(), 1);
}

#[test]
fn messages_of_other_profiles_are_not_offered() {
    let name = PromptFixture::new(&[]).profile();
    let mut fixture = PromptFixture::with_saved(vec![blink(Some(&name)), blink(Some("other")), blink(None)]);
    fixture.explore(ExploreAction::ListSavedMessages);
    assert_eq!(fixture.listed(), [blink(Some(&name)).name, blink(None).name]);
}

#[test]
fn message_is_saved_and_another_one_is_replaced_only_after_a_question() {
    let profile = PromptFixture::new(&[]).profile();
    let old = SavedMessage { profile: Some(profile.clone()), ..blink(None) };
    let mut fixture = PromptFixture::with_saved(vec![old, blink(Some("hub"))]);
    fixture.type_text("ON");
    fixture.explore(ExploreAction::SaveMessage);
    assert_eq!(files(fixture.act(Action::Accept)), []);
    fixture.type_text("Blink everywhere");
    assert_eq!(files(fixture.act(Action::Accept)), []);
    let Some(Popup::Name(name)) = &fixture.prompt().popup else { panic!("{:?}", fixture.prompt().popup) };
    assert_eq!(name.error.as_deref(), Some("there is a message Blink everywhere already: Enter replaces it"));
    // Another name is another message.
    fixture.type_text("2");
    let saved = |name: &str| SavedMessage {
        name: name.into(),
        topic: "a".into(),
        payload: "ON".into(),
        ..SavedMessage::default()
    };
    let add = MessageEdit::Add(saved("Blink everywhere2"));
    assert_eq!(files(fixture.act(Action::Accept)), [FilesEffect::EditSavedMessages(Box::new(add))]);
    fixture.explore(ExploreAction::SaveMessage);
    fixture.act(Action::EditInput(InputRequest::DeletePrevChar.into()));
    fixture.act(Action::Accept);
    let replace = SavedMessage { profile: Some(profile), ..saved("Blink everywhere") };
    let expected = FilesEffect::EditSavedMessages(Box::new(MessageEdit::Replace(replace)));
    assert_eq!(files(fixture.act(Action::Accept)), [expected]);
    fixture.explore(ExploreAction::SaveMessage);
    fixture.act(Action::Cancel);
    assert!(fixture.prompt().popup.is_none() && fixture.prompt().payload.input.value() == "ON");
}

#[test]
fn message_without_a_topic_is_not_saved() {
    let mut fixture = PromptFixture::with_saved(Vec::new());
    fixture.act(Action::CycleFocus(-1));
    fixture.act(Action::EditInput(InputRequest::DeletePrevChar.into()));
    fixture.explore(ExploreAction::SaveMessage);
    fixture.type_text("x");
    assert_eq!(files(fixture.act(Action::Accept)), []);
    let Some(Popup::Name(name)) = &fixture.prompt().popup else { panic!("{:?}", fixture.prompt().popup) };
    assert_eq!(name.error.as_deref(), Some("a message needs a `topic`"));
}

#[test]
fn saved_message_is_deleted_only_after_a_question() {
    let mut fixture = PromptFixture::with_saved(vec![blink(None), restart()]);
    fixture.explore(ExploreAction::ListSavedMessages);
    let delete = |fixture: &mut PromptFixture| files(fixture.explore(ExploreAction::DeleteSavedMessage));
    assert_eq!(delete(&mut fixture), []);
    fixture.act(Action::MoveInDialog(Direction::Down));
    assert_eq!(delete(&mut fixture), [], "it was another one that was asked about");
    fixture.act(Action::Cancel);
    assert_eq!(delete(&mut fixture), [], "the answer was no");
    let edit = MessageEdit::Delete("Restart a board".into());
    assert_eq!(delete(&mut fixture), [FilesEffect::EditSavedMessages(Box::new(edit.clone()))]);
    let messages = SavedMessages { messages: vec![blink(None)] };
    fixture.answer(FilesEvent::SavedMessagesEdited(Box::new(edit), Ok(messages)));
    assert_eq!(fixture.listed(), ["Blink everywhere"]);
    assert_eq!(fixture.0.app.notice().unwrap().text, "Deleted the message Restart a board");
}

#[test]
fn problem_of_the_file_is_said_and_the_last_messages_stay() {
    let mut fixture = PromptFixture::with_saved(vec![blink(None)]);
    let error = crate::app::FileError::Unreadable { file: "messages.toml".into() };
    fixture.answer(FilesEvent::SavedMessagesLoaded(Err(error)));
    assert_eq!(fixture.0.app.notice().unwrap().text, "messages.toml cannot be read");
    fixture.explore(ExploreAction::ListSavedMessages);
    assert_eq!(fixture.listed(), ["Blink everywhere"]);
}

/// Requests the file in the payload field. Returns the effect.
fn request_file(fixture: &mut PromptFixture) -> PayloadFile {
    let effects = fixture.act(Action::Accept);
    let [Effect::Shell(ShellEffect::ReadPayload(file))] = effects.as_slice() else { panic!("{effects:?}") };
    file.clone()
}

#[test]
fn file_is_published_when_it_was_read() {
    let mut fixture = PromptFixture::new(&["a"]);
    fixture.open();
    fixture.act(Action::CycleFocus(1));
    fixture.act(Action::CycleFocus(1));
    fixture.act(Action::CycleFocus(-1));
    fixture.act(Action::MoveInDialog(Direction::Left));
    fixture.act(Action::CycleFocus(-1));
    fixture.type_text("~/a.bin");
    let file = request_file(&mut fixture);
    assert_eq!(file.path.to_str(), Some("~/a.bin"));
    assert_eq!(fixture.act(Action::Accept), [], "it is being read");
    let read = |file: &PayloadFile, result: Result<&[u8], &str>| {
        Event::Shell(ShellEvent::PayloadRead(file.id, result.map(Into::into).map_err(str::to_owned)))
    };
    fixture.answer(read(&file, Err("~/a.bin cannot be read: no such file")));
    assert_eq!(fixture.prompt().error.as_deref(), Some("~/a.bin cannot be read: no such file"));
    // What was edited meanwhile is not published.
    let file = request_file(&mut fixture);
    fixture.type_text("2");
    assert_eq!(fixture.answer(read(&file, Ok(&[1]))), []);
    let file = request_file(&mut fixture);
    let effects = fixture.answer(read(&file, Ok(&[0, 0xff])));
    assert_eq!(&*publish_requests(effects)[0].payload, [0, 0xff]);
    assert!(matches!(fixture.0.app.focus, Screen::Explorer(_)));
    fixture.open();
    fixture.act(Action::MoveInDialog(Direction::Up));
    assert_eq!(fixture.prompt().encoding, PayloadEncoding::File);
    assert_eq!(fixture.prompt().payload.input.value(), "~/a.bin2", "the path is brought back, not the bytes");
}

#[test]
fn topic_is_completed_from_the_tree() {
    let mut fixture = PromptFixture::new(&["home/kitchen/lamp/set", "home/attic"]);
    fixture.open();
    fixture.act(Action::SelectOption(0));
    let key = |fixture: &mut PromptFixture, request: InputRequest| drop(fixture.act(Action::EditInput(request.into())));
    key(&mut fixture, InputRequest::DeleteFromStart);
    fixture.type_text("home/k");
    assert_eq!(fixture.prompt().shown_completion(), Some("itchen/lamp/set"));
    key(&mut fixture, InputRequest::GoToNextChar);
    assert_eq!(fixture.prompt().topic.value(), "home/kitchen/");
    key(&mut fixture, InputRequest::GoToPrevChar);
    assert_eq!(fixture.prompt().shown_completion(), None, "only behind the text");
    key(&mut fixture, InputRequest::GoToNextChar);
    assert_eq!(fixture.prompt().topic.value(), "home/kitchen/", "the cursor moves");
    key(&mut fixture, InputRequest::GoToEnd);
    assert_eq!(fixture.prompt().topic.value(), "home/kitchen/lamp/set");
    assert_eq!(fixture.prompt().shown_completion(), None);
}

#[test]
fn properties_are_published_on_mqtt_5_and_mistakes_are_said() {
    let mut fixture = PromptFixture::new(&["a"]);
    fixture.open();
    assert!(!fixture.prompt().fields(&fixture.0.app).contains(&PublishField::Properties), "not on MQTT 3.1.1");
    fixture.0.app.connections[0].protocol = MqttVersion::V5;
    (0..4).for_each(|_| drop(fixture.act(Action::CycleFocus(1))));
    assert_eq!(fixture.prompt().field, PublishField::Properties);
    assert_eq!(fixture.act(Action::Accept), [], "Enter unfolds them");
    for text in ["text/plain", "answers", "7", "soon", "a=1, b=2"] {
        fixture.act(Action::CycleFocus(1));
        fixture.type_text(text);
    }
    fixture.act(Action::SelectOption(5));
    assert!(!fixture.prompt().unfolded, "a click folds them");
    fixture.act(Action::CycleFocus(1));
    fixture.act(Action::Accept);
    assert_eq!(fixture.act(Action::Accept), []);
    assert_eq!(fixture.prompt().field, PublishField::Property(TypedProperty::MessageExpiry), "where the mistake is");
    assert!(fixture.prompt().error.as_ref().unwrap().starts_with("the message expires after"));
    fixture.act(Action::EditInput(InputRequest::DeleteFromStart.into()));
    fixture.type_text("60");
    let requests = fixture.publish();
    let properties = requests[0].properties.as_ref().unwrap();
    assert_eq!((properties.content_type.as_deref(), properties.expiry_seconds), (Some("text/plain"), Some(60)));
    assert_eq!(properties.user_properties.len(), 2);
    // They are brought back, but a connection without MQTT 5 does not send them.
    fixture.0.app.connections[0].protocol = MqttVersion::V311;
    fixture.open();
    fixture.act(Action::MoveInDialog(Direction::Up));
    assert_eq!(fixture.prompt().properties.content_type.value(), "text/plain");
    assert_eq!(fixture.publish()[0].properties, None);
}

#[test]
fn message_of_another_profile_is_not_overwritten() {
    let mut fixture = PromptFixture::with_saved(vec![blink(Some("attic"))]);
    fixture.explore(ExploreAction::SaveMessage);
    fixture.type_text("Blink attic");
    for _ in 0..2 {
        assert_eq!(files(fixture.act(Action::Accept)), []);
        let Some(Popup::Name(name)) = &fixture.prompt().popup else { panic!("{:?}", fixture.prompt().popup) };
        assert_eq!(name.error.as_deref(), Some("the profile attic has a message Blink attic: enter another name"));
    }
}

/// Takes the only saved message, and fills its holes.
fn take(fixture: &mut PromptFixture, filled: &[&str]) {
    fixture.explore(ExploreAction::ListSavedMessages);
    fixture.act(Action::Accept);
    for text in filled {
        fixture.type_text(text);
        fixture.act(Action::Accept);
    }
    assert!(fixture.prompt().popup.is_none());
}

/// Saves what is typed under the name that is proposed. Returns the question and the message.
fn save_again(fixture: &mut PromptFixture) -> (String, SavedMessage) {
    fixture.explore(ExploreAction::SaveMessage);
    assert_eq!(files(fixture.act(Action::Accept)), []);
    let Some(Popup::Name(name)) = &fixture.prompt().popup else { panic!("{:?}", fixture.prompt().popup) };
    let question = name.error.clone().unwrap();
    let effects = files(fixture.act(Action::Accept));
    let [FilesEffect::EditSavedMessages(edit)] = effects.as_slice() else { panic!("{effects:?}") };
    let MessageEdit::Replace(message) = &**edit else { panic!("{edit:?}") };
    (question, message.clone())
}

#[test]
fn message_that_was_taken_is_saved_with_its_holes() {
    let mut fixture = PromptFixture::with_saved(vec![restart()]);
    take(&mut fixture, &["desk", "5"]);
    fixture.prompt_mut().qos = Qos::AtLeastOnce;
    let (question, saved) = save_again(&mut fixture);
    assert_eq!(question, "there is a message Restart a board already: Enter replaces it");
    assert_eq!(saved, SavedMessage { qos: Qos::AtLeastOnce, ..restart() });
    // A hole that gets lost is said before.
    fixture.type_text("{}");
    let (question, saved) = save_again(&mut fixture);
    assert!(question.ends_with("Enter replaces it, and its hole {{seconds}} is lost"), "{question}");
    let expected = SavedMessage { payload: "{}".into(), qos: Qos::AtLeastOnce, ..restart() };
    assert_eq!(saved, expected, "the topic still has its hole");
}

#[test]
fn braces_of_the_payload_that_the_explorer_shows_are_no_holes() {
    let mut fixture = PromptFixture::with_saved(Vec::new());
    let template = "{\"value_template\": \"{{ value_json.t }}\"}";
    let connection = fixture.prompt().connection;
    *fixture.prompt_mut() = PublishPrompt::new(connection, "a".into(), template.into());
    fixture.explore(ExploreAction::SaveMessage);
    fixture.type_text("x");
    let effects = files(fixture.act(Action::Accept));
    let [FilesEffect::EditSavedMessages(edit)] = effects.as_slice() else { panic!("{effects:?}") };
    let MessageEdit::Add(saved) = &**edit else { panic!("{edit:?}") };
    assert_eq!((saved.holes(), saved.fill(|_| "").payload), (Vec::new(), template.to_owned()));
}

impl PromptFixture {
    fn prompt_mut(&mut self) -> &mut PublishPrompt {
        let Screen::Publish(prompt) = &mut self.0.app.focus else { panic!() };
        prompt
    }

    fn go(&mut self, direction: Direction) -> String {
        self.act(Action::MoveInDialog(direction));
        self.prompt().payload.input.value().to_owned()
    }
}

#[test]
fn nothing_that_was_typed_is_lost_when_another_message_is_shown() {
    let mut fixture = PromptFixture::with_saved(vec![blink(None)]);
    for payload in ["1", "2"] {
        fixture.type_text(payload);
        fixture.act(Action::Accept);
        fixture.open();
    }
    fixture.type_text("long");
    take(&mut fixture, &[]);
    assert_eq!(fixture.prompt().topic.value(), "led");
    fixture.type_text("edited");
    assert_eq!(fixture.go(Direction::Down), "long");
    fixture.type_text("er");
    assert_eq!(fixture.go(Direction::Down), "longer", "typing goes on behind it");
    assert_eq!(fixture.go(Direction::Up), "edited");
    assert_eq!(fixture.go(Direction::Up), "2");
    fixture.type_text("2b");
    assert_eq!(fixture.go(Direction::Up), "1");
    assert_eq!(fixture.go(Direction::Down), "2b");
    take(&mut fixture, &[]);
    let payloads = [Direction::Up; 3].map(|up| fixture.go(up));
    assert_eq!(payloads, ["edited", "2b", "1"]);
    let payloads = [Direction::Down; 4].map(|down| fixture.go(down));
    assert_eq!(payloads, ["2b", "edited", "", "longer"]);
}

/// Makes the payloads of topics that begin with this level pass through a decoder.
fn add_rule(fixture: &mut PromptFixture, level: &str, decoder: Decoder) {
    let filter = TopicFilter::new(&format!("{level}/#")).unwrap();
    fixture.0.app.decoder_rules = DecoderRules::new(vec![DecoderRule { filter, decoders: [decoder].into() }]);
}

#[test]
fn text_is_encoded_by_the_rule_for_the_topic_and_bytes_are_not() {
    let mut fixture = PromptFixture::with_saved(Vec::new());
    add_rule(&mut fixture, "cbor", Decoder::by_name("cbor").unwrap());
    let encoded_as = |fixture: &PromptFixture| fixture.prompt().encoded_as(&fixture.0.app);
    assert_eq!(encoded_as(&fixture), None);
    let message = |topic: &str, payload: &str, encoding| TypedMessage {
        topic: topic.into(),
        payload: payload.into(),
        encoding,
        ..TypedMessage::default()
    };
    let text = PayloadEncoding::Text;
    for (message, encoder, payload) in [
        (message("cbor/a", "{\"a\": 1}", text), Some("cbor"), &b"\xa1\x61a\x01"[..]),
        (message("cbor/a", "", text), Some("cbor"), b""),
        (message("cbor/a", "7b7d", PayloadEncoding::Hex), None, b"{}"),
        (message("a", "{}", text), None, b"{}"),
    ] {
        fixture.prompt_mut().show(Draft::unedited(message.clone()));
        assert_eq!(encoded_as(&fixture).as_deref(), encoder, "{message:?}");
        assert_eq!(&*fixture.publish()[0].payload, payload, "{message:?}");
        fixture.open();
    }
}

#[test]
fn sparkplug_command_asks_for_a_birth() {
    let mut fixture = PromptFixture::with_saved(Vec::new());
    let show = |fixture: &mut PromptFixture, payload: &str| {
        let topic = "spBv1.0/Plant/NCMD/Line 1".to_owned();
        let message = TypedMessage { topic, payload: payload.to_owned(), ..TypedMessage::default() };
        fixture.prompt_mut().show(Draft::unedited(message));
    };
    show(&mut fixture, "rebirth");
    fixture.prompt_mut().field = PublishField::Qos;
    for _ in 0..2 {
        assert_eq!(fixture.publish(), []);
        let error = fixture.prompt().error.clone().unwrap();
        assert!(error.starts_with("it cannot be written as "), "{error}");
        assert_eq!(fixture.prompt().field, PublishField::Payload);
    }
    show(&mut fixture, "{\"metrics\": {\"Node Control/Rebirth\": true}}");
    assert_eq!(fixture.prompt().encoded_as(&fixture.0.app).as_deref(), Some("sparkplug"));
    let payload = fixture.publish()[0].payload.clone();
    let rules = DecoderRules::default();
    let decoded = rules.decoded("spBv1.0/Plant/NCMD/Line 1", &[], &payload).unwrap();
    assert!(str::from_utf8(&decoded).unwrap().contains("\"Node Control/Rebirth\":true"), "{decoded:?}");
}

#[cfg(feature = "protobuf")]
#[test]
fn text_of_which_nothing_is_left_does_not_delete_a_retained_message() {
    // A descriptor set with the file a.proto, which has the message type A without fields.
    let schema = b"\x0a\x16\x0a\x07a.proto\x22\x03\x0a\x01A\x62\x06proto3";
    let message_type = crate::decode::Schema::from_descriptor_set(schema).unwrap().message_type("A").unwrap();
    let mut fixture = PromptFixture::with_saved(Vec::new());
    add_rule(&mut fixture, "a", Decoder::of_message_type(message_type));
    fixture.type_text("{}");
    fixture.prompt_mut().retain = true;
    assert_eq!(fixture.publish(), []);
    let error =
        "it cannot be written as protobuf: all fields have their default value, and a retained empty message deletes";
    assert_eq!(fixture.prompt().error.as_deref(), Some(error));
    fixture.prompt_mut().retain = false;
    assert_eq!(&*fixture.publish()[0].payload, b"");
    // An empty text is meant to delete it.
    fixture.open();
    fixture.act(Action::EditInput(InputRequest::DeletePrevChar.into()));
    fixture.prompt_mut().retain = true;
    let request = &fixture.publish()[0];
    assert_eq!((&*request.payload, request.retain), (&b""[..], true));
}

#[test]
fn enter_in_the_topic_goes_on_and_an_unfinished_topic_is_asked_about() {
    let mut fixture = PromptFixture::new(&["home/lamp"]);
    fixture.open();
    fixture.act(Action::SelectOption(0));
    fixture.act(Action::EditInput(InputRequest::DeleteFromStart.into()));
    fixture.type_text("home/");
    assert_eq!(fixture.act(Action::Accept), []);
    assert_eq!((fixture.prompt().field, fixture.prompt().topic.value()), (PublishField::Payload, "home/"));
    assert_eq!(fixture.act(Action::Accept), []);
    let error = "the topic ends with an empty level: Enter publishes to it all the same";
    assert_eq!(fixture.prompt().error.as_deref(), Some(error));
    assert_eq!(fixture.publish()[0].topic.as_str(), "home/");
}

#[test]
fn question_about_json_is_asked_again_after_something_else() {
    let mut fixture = PromptFixture::new(&["a"]);
    fixture.open();
    fixture.type_text("{\"t\": }");
    assert_eq!(fixture.act(Action::Accept), []);
    fixture.act(Action::Explore(ExploreAction::SaveMessage));
    fixture.act(Action::Cancel);
    assert_eq!(fixture.act(Action::Accept), [], "Enter does not send what was not asked about");
    assert!(fixture.prompt().error.is_some());
    assert_eq!(fixture.publish().len(), 1);
}
