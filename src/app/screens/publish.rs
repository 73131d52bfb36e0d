//! The prompt for a message to publish to any topic: from the explorer, beside whatever tiles there are.

use tui_input::Input;

use super::{Component, Flow};
use crate::{
    app::{
        Action, App,
        input_edit::InputEdit,
        key_binding::{KeyBinding, KeyContext, TextInput, key_bindings},
        list::next_in,
        sent_messages::ReadyMessage,
        text_prompt::TextPrompt,
    },
    model::{
        connection::{ConnectionId, Qos, Subscription},
        grid::Direction,
        time::Time,
        topic::Topic,
        typed_message::{PayloadEncoding, SentMessage, TypedMessage},
    },
};

/// The topic or the payload.
const PUBLISH: KeyContext = KeyContext::new("In a message to publish").with_text_input(TextInput::Line);
/// The other fields.
const PUBLISH_OPTION: KeyContext = KeyContext::new("In an option of a message to publish");

/// The key bindings.
pub(crate) const BINDINGS: &[KeyBinding] = key_bindings! {
    PUBLISH {
        "publish-send" ["Enter"] |_| Action::Accept, "publish the message", "publish";
        "publish-next" ["Tab"] |_| Action::CycleFocus(1), "go to the next field", "next field";
        "publish-previous" ["Shift-Tab"] |_| Action::CycleFocus(-1), "go to the previous field";
        "publish-up" ["Up"] |_| Action::MoveInDialog(Direction::Up), "line above, or an earlier message",
            "earlier";
        "publish-down" ["Down"] |_| Action::MoveInDialog(Direction::Down), "line below, or a later message";
        "publish-new-line" ["Ctrl-J"] |_| Action::EditInput(InputEdit::Insert("\n".to_owned())), "begin a new line",
            "new line";
    }
    PUBLISH_OPTION {
        "option-send" ["Enter"] |_| Action::Accept, "publish the message", "publish";
        "option-next" ["Tab", "Down", "j"] |_| Action::CycleFocus(1), "go to the next field", "next field";
        "option-previous" ["Shift-Tab", "Up", "k"] |_| Action::CycleFocus(-1), "go to the previous field";
        "option-change" ["Right", "l", "Space"] |_| Action::MoveInDialog(Direction::Right), "change it", "change";
        "option-change-back" ["Left", "h"] |_| Action::MoveInDialog(Direction::Left), "change it back";
    }
};

/// A field of the prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PublishField {
    Topic,
    Payload,
    Encoding,
    Qos,
    Retain,
}

impl PublishField {
    /// All fields, in order.
    pub(crate) const ALL: [Self; 5] = [Self::Topic, Self::Payload, Self::Encoding, Self::Qos, Self::Retain];
}

/// The prompt for a message.
#[derive(Debug, Clone)]
pub struct PublishPrompt {
    connection: ConnectionId,
    /// The field that has the keys.
    pub(crate) field: PublishField,
    pub(crate) topic: Input,
    pub(crate) payload: TextPrompt,
    pub(crate) encoding: PayloadEncoding,
    pub(crate) qos: Qos,
    pub(crate) retain: bool,
    /// Why the message was not published, as a sentence.
    pub(crate) error: Option<String>,
    /// Which of the messages that were published before is shown: 0 is the newest.
    recalled: Option<usize>,
    /// What was typed before.
    draft: TypedMessage,
}

impl PublishPrompt {
    /// Creates a prompt with a topic and a payload, which typing replaces.
    pub(in crate::app) fn new(connection: ConnectionId, topic: String, payload: String) -> Self {
        Self {
            connection,
            field: if topic.is_empty() || topic.ends_with('/') { PublishField::Topic } else { PublishField::Payload },
            topic: Input::new(topic),
            payload: TextPrompt::new(payload, None),
            encoding: PayloadEncoding::default(),
            qos: Qos::default(),
            retain: false,
            error: None,
            recalled: None,
            draft: TypedMessage::default(),
        }
    }

    fn typed(&self) -> TypedMessage {
        TypedMessage {
            topic: self.topic.value().to_owned(),
            payload: self.payload.input.value().to_owned(),
            encoding: self.encoding,
            qos: self.qos,
            retain: self.retain,
            ..TypedMessage::default()
        }
    }

    fn move_to(&mut self, direction: Direction, app: &App) {
        let offset = if direction == Direction::Left { -1 } else { 1 };
        match self.field {
            PublishField::Payload if self.payload.lines().count() > 1 => self.payload.move_cursor(direction),
            PublishField::Topic | PublishField::Payload => self.recall(direction, app),
            PublishField::Encoding => self.encoding = next_in(&PayloadEncoding::ALL, self.encoding, offset),
            PublishField::Qos => {
                let all = [Qos::AtMostOnce, Qos::AtLeastOnce, Qos::ExactlyOnce];
                self.qos = next_in(&all, self.qos, offset);
            }
            PublishField::Retain => self.retain = !self.retain,
        }
    }

    /// Takes a message that was published before.
    fn recall(&mut self, direction: Direction, app: &App) {
        let next = match (direction, self.recalled) {
            (Direction::Up, None) => Some(0),
            (Direction::Up, Some(index)) => Some(index + 1),
            (_, Some(index)) => index.checked_sub(1),
            (_, None) => return,
        };
        let message = match next {
            Some(index) => app.sent_history(self.connection).and_then(|sent| sent.newest_first().nth(index).cloned()),
            None => Some(self.draft.clone()),
        };
        let Some(message) = message else { return };
        if self.recalled.is_none() {
            self.draft = self.typed();
        }
        let TypedMessage { topic, payload, encoding, qos, retain, .. } = message;
        (self.topic, self.payload) = (Input::new(topic), TextPrompt::new(payload, None));
        (self.encoding, self.qos, self.retain, self.recalled, self.error) = (encoding, qos, retain, next, None);
    }

    fn edit(&mut self, edit: InputEdit) {
        self.error = None;
        match self.field {
            PublishField::Topic => edit.apply_to(&mut self.topic),
            PublishField::Payload => self.payload.edit(edit),
            _ => {}
        }
    }

    /// Publishes the message, or says why that is not possible.
    fn submit(&mut self, app: &mut App, now: Time) -> Flow {
        let typed = self.typed();
        let topic = Topic::new(typed.topic.as_str()).map_err(|error| format!("the topic: {error}"));
        let message = topic.and_then(|topic| Ok((topic, typed.encoding.bytes(&typed.payload)?.unwrap_or_default())));
        match message {
            Ok((topic, payload)) => {
                if typed.encoding == PayloadEncoding::Text && !self.payload.confirm() {
                    self.error.clone_from(&self.payload.warning);
                    return Flow::STAY;
                }
                let sent = SentMessage { message: typed, filled: Vec::new() };
                let message = ReadyMessage { id: app.publishing.next_id(), topic, payload: payload.into(), sent };
                Flow::Close(app.send_message(self.connection, message, now))
            }
            Err(error) => {
                self.error = Some(error);
                Flow::STAY
            }
        }
    }
}

impl Component for PublishPrompt {
    fn key_context(&self, _app: &App) -> KeyContext {
        match self.field {
            PublishField::Topic | PublishField::Payload => PUBLISH,
            _ => PUBLISH_OPTION,
        }
    }

    fn breadcrumb(&self, _app: &App) -> Option<String> {
        Some("Publish".to_owned())
    }

    fn update(&mut self, action: Action, app: &mut App, now: Time) -> Flow {
        match action {
            Action::EditInput(edit) => self.edit(edit),
            Action::MoveInDialog(direction) => self.move_to(direction, app),
            Action::CycleFocus(offset) => self.field = next_in(&PublishField::ALL, self.field, offset),
            Action::SelectOption(index) => self.field = PublishField::ALL.get(index).copied().unwrap_or(self.field),
            Action::Accept => return self.submit(app, now),
            _ => {}
        }
        Flow::STAY
    }

    fn keeps_line_breaks(&self) -> bool {
        self.field == PublishField::Payload
    }

    /// Keeps the connection open.
    fn subscriptions(&self, _app: &App) -> Option<(ConnectionId, Vec<Subscription>)> {
        Some((self.connection, Vec::new()))
    }
}

#[cfg(test)]
mod tests;
