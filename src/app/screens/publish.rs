//! The prompt for a message to publish to any topic: from the explorer, beside whatever tiles there are.
//!
//! - [`PublishPrompt`] has what is typed.
//! - `field` lists its fields.
//! - `drafts` keeps what was shown before.
//! - `popup` is what opens above it: the saved messages, and what belongs to them.
//! - `submit` publishes.

mod bindings;
mod drafts;
mod field;
mod popup;
mod submit;

use tui_input::{Input, InputRequest};

use super::{Component, Flow};
use crate::{
    app::{
        Action, App, ExploreAction, control_bindings::TEXT_INPUT, input_edit::InputEdit, key_binding::KeyContext,
        list::next_in, sent_messages::ReadyMessage, text_prompt::TextPrompt,
    },
    model::{
        connection::{ConnectionId, Qos, Subscription},
        grid::Direction,
        profile::MqttVersion,
        time::Time,
        typed_message::{PayloadEncoding, TypedMessage},
        typed_properties::TypedProperties,
    },
};

pub(crate) use bindings::BINDINGS;
use bindings::{HOLES, PUBLISH, PUBLISH_OPTION, SAVED_MESSAGES};
use drafts::{Draft, Drafts, Source};
pub(crate) use field::PublishField;
pub(crate) use popup::{HoleForm, MessageList, NameInput, Popup};

/// The prompt for a message.
#[derive(Debug, Clone)]
pub struct PublishPrompt {
    pub(crate) connection: ConnectionId,
    /// The field that has the keys.
    pub(crate) field: PublishField,
    pub(crate) topic: Input,
    /// What is missing of a topic that begins like the one that is typed.
    pub(crate) completion: Option<String>,
    pub(crate) payload: TextPrompt,
    pub(crate) encoding: PayloadEncoding,
    pub(crate) qos: Qos,
    pub(crate) retain: bool,
    /// The properties of MQTT 5.
    pub(crate) properties: TypedProperties<Input>,
    /// Whether they are unfolded.
    pub(crate) unfolded: bool,
    /// Why the message was not published, as a sentence.
    pub(crate) error: Option<String>,
    /// What is open above it.
    pub(crate) popup: Option<Popup>,
    /// The message whose file is being read.
    reading: Option<ReadyMessage>,
    /// Whether the next Enter publishes to a topic that looks unfinished.
    asked_about_topic: bool,
    /// What the message was made from.
    source: Source,
    /// What was shown before.
    drafts: Drafts,
}

impl PublishPrompt {
    /// Creates a prompt with a topic and a payload, which typing replaces.
    pub(in crate::app) fn new(connection: ConnectionId, topic: String, payload: String) -> Self {
        let first = Draft::unedited(TypedMessage { topic, payload, ..TypedMessage::default() });
        let (topic, payload) = (first.message.topic.clone(), first.message.payload.clone());
        Self {
            connection,
            field: if topic.is_empty() || topic.ends_with('/') { PublishField::Topic } else { PublishField::Payload },
            topic: Input::new(topic),
            completion: None,
            payload: TextPrompt::new(payload, None),
            encoding: PayloadEncoding::default(),
            qos: Qos::default(),
            retain: false,
            properties: TypedProperties::default(),
            unfolded: false,
            error: None,
            popup: None,
            reading: None,
            asked_about_topic: false,
            source: first.source.clone(),
            drafts: Drafts::new(first),
        }
    }

    /// Returns whether the file of the payload is being read.
    pub(crate) const fn is_reading(&self) -> bool {
        self.reading.is_some()
    }

    fn typed(&self) -> TypedMessage {
        TypedMessage {
            topic: self.topic.value().to_owned(),
            payload: self.payload.input.value().to_owned(),
            encoding: self.encoding,
            qos: self.qos,
            retain: self.retain,
            properties: TypedProperties::from_fn(|property| self.properties.get(property).value().to_owned()),
        }
    }

    fn shown(&self) -> Draft {
        Draft { message: self.typed(), source: self.source.clone() }
    }

    fn show(&mut self, draft: Draft) {
        let is_edited = draft.is_edited();
        let Draft { message: TypedMessage { topic, payload, encoding, qos, retain, properties }, source } = draft;
        (self.topic, self.payload) = (Input::new(topic), TextPrompt::new(payload, None));
        // Typing does not replace what the user has typed.
        self.payload.is_selected &= !is_edited;
        (self.encoding, self.qos, self.retain, self.error) = (encoding, qos, retain, None);
        self.properties = TypedProperties::from_fn(|property| Input::new(properties.get(property).clone()));
        self.source = source;
    }

    /// Returns the fields in order.
    pub(crate) fn fields(&self, app: &App) -> Vec<PublishField> {
        let is_v5 = app.connection(self.connection).is_some_and(|open| open.protocol == MqttVersion::V5);
        PublishField::all(is_v5.then_some(self.unfolded))
    }

    fn go_to_next(&mut self, offset: isize, app: &App) {
        self.field = next_in(&self.fields(app), self.field, offset);
    }

    fn select(&mut self, index: usize, app: &App) {
        self.field = self.fields(app).get(index).copied().unwrap_or(self.field);
        self.unfolded ^= self.field == PublishField::Properties;
    }

    fn move_to(&mut self, direction: Direction, app: &App) {
        let offset = if direction == Direction::Left { -1 } else { 1 };
        match self.field {
            PublishField::Payload if self.payload.lines().count() > 1 => self.payload.move_cursor(direction),
            PublishField::Topic | PublishField::Payload => self.recall(direction, app),
            PublishField::Encoding => {
                self.encoding = next_in(&PayloadEncoding::ALL, self.encoding, offset);
                self.payload.warning = None;
            }
            PublishField::Qos => {
                let all = [Qos::AtMostOnce, Qos::AtLeastOnce, Qos::ExactlyOnce];
                self.qos = next_in(&all, self.qos, offset);
            }
            PublishField::Retain => self.retain = !self.retain,
            PublishField::Properties => self.unfolded = direction != Direction::Left,
            PublishField::Property(_) => self.go_to_next(if direction == Direction::Up { -1 } else { 1 }, app),
        }
    }

    /// Shows a message that was published, taken or typed before.
    fn recall(&mut self, direction: Direction, app: &App) {
        let shown = self.shown();
        if let Some(draft) = self.drafts.go(direction, shown, app.sent_history(self.connection)) {
            self.show(draft);
        }
    }

    fn edit(&mut self, edit: InputEdit) {
        match self.field {
            PublishField::Topic => self.edit_topic(edit),
            PublishField::Payload => self.payload.edit(edit),
            PublishField::Property(property) => edit.apply_to(self.properties.get_mut(property)),
            PublishField::Encoding | PublishField::Qos | PublishField::Retain | PublishField::Properties => {}
        }
    }

    /// Edits the topic. What moves the cursor to the right takes the next level of the completion, and what moves it to the end
    /// takes all of it.
    fn edit_topic(&mut self, edit: InputEdit) {
        let taken = self.shown_completion().and_then(|rest| match edit {
            InputEdit::Key(InputRequest::GoToNextChar) => {
                let end = rest.char_indices().skip(1).find(|(_, c)| *c == '/').map_or(rest.len(), |(at, _)| at + 1);
                Some(rest[..end].to_owned())
            }
            InputEdit::Key(InputRequest::GoToEnd) => Some(rest.to_owned()),
            _ => None,
        });
        taken.map_or(edit, InputEdit::Insert).apply_to(&mut self.topic);
    }

    /// Returns what is missing of a topic, if the cursor is where it would be inserted.
    pub(crate) fn shown_completion(&self) -> Option<&str> {
        let is_at_end = self.topic.cursor() == self.topic.value().chars().count();
        self.completion.as_deref().filter(|_| is_at_end && self.field == PublishField::Topic)
    }

    /// Finds a topic of the explorer that begins like the one that is typed.
    pub(in crate::app) fn complete(&mut self, app: &App) {
        let tree = app.explorer.as_ref().filter(|explorer| explorer.connection == self.connection);
        let tree = tree.filter(|_| self.field == PublishField::Topic);
        self.completion = tree.and_then(|explorer| explorer.tree.complete(self.topic.value()));
    }
}

impl Component for PublishPrompt {
    fn key_context(&self, _app: &App) -> KeyContext {
        match (&self.popup, self.field) {
            (Some(Popup::Messages(_)), _) => SAVED_MESSAGES,
            (Some(Popup::Holes(_)), _) => HOLES,
            (Some(Popup::Name(_)), _) => TEXT_INPUT,
            (None, field) if field.is_text() => PUBLISH,
            (None, _) => PUBLISH_OPTION,
        }
    }

    fn breadcrumb(&self, _app: &App) -> Option<String> {
        Some("Publish".to_owned())
    }

    fn update(&mut self, action: Action, app: &mut App, now: Time) -> Flow {
        if self.popup.is_some() {
            return Flow::Stay(self.update_popup(action, app));
        }
        if action == Action::Accept && self.is_reading() {
            return Flow::STAY;
        }
        // What is typed next is another message.
        (self.error, self.reading) = (None, None);
        if action != Action::Accept {
            (self.payload.warning, self.asked_about_topic) = (None, false);
        }
        match action {
            Action::EditInput(edit) => self.edit(edit),
            Action::MoveInDialog(direction) => self.move_to(direction, app),
            Action::CycleFocus(offset) => self.go_to_next(offset, app),
            Action::SelectOption(index) => self.select(index, app),
            Action::Explore(ExploreAction::ListSavedMessages) => self.open_list(),
            Action::Explore(ExploreAction::SaveMessage) => self.ask_for_name(),
            Action::Accept if self.field == PublishField::Properties => self.unfolded ^= true,
            Action::Accept if self.field == PublishField::Topic => self.field = PublishField::Payload,
            Action::Accept => return self.submit(app, now),
            _ => {}
        }
        self.complete(app);
        Flow::STAY
    }

    fn cancel(&mut self, _app: &mut App, _now: Time) -> Flow {
        match &mut self.popup {
            None => return Flow::CLOSE,
            Some(Popup::Messages(MessageList { to_delete: asked @ Some(_), .. })) => *asked = None,
            Some(_) => self.popup = None,
        }
        Flow::STAY
    }

    fn keeps_line_breaks(&self) -> bool {
        self.popup.is_none() && self.field == PublishField::Payload && self.encoding != PayloadEncoding::File
    }

    /// Keeps the connection open.
    fn subscriptions(&self, _app: &App) -> Option<(ConnectionId, Vec<Subscription>)> {
        Some((self.connection, Vec::new()))
    }
}

#[cfg(test)]
mod tests;
