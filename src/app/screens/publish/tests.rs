//! Tests of the prompt for a message.

use super::*;
use crate::{
    app::{
        Effect, Event, ExploreAction, FilesEffect, FilesEvent, Screen,
        tests::{AppFixture, tile},
    },
    model::{topic::TopicFilter, typed_message::SentHistory},
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
