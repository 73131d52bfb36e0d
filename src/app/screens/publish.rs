//! The prompt for a message to publish to any topic: from the explorer, beside whatever tiles there are.
//!
//! - [`PublishPrompt`] has what is typed.
//! - `field` lists its fields.
//! - `popup` is what opens above it: the saved messages, and what belongs to them.
//! - `submit` publishes.

mod field;
mod popup;
mod submit;

use tui_input::{Input, InputRequest};

use super::{Component, Flow};
use crate::{
    app::{
        Action, App, ExploreAction, Screen,
        control_bindings::TEXT_INPUT,
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
        typed_message::{PayloadEncoding, TypedMessage},
    },
};

pub(crate) use field::PublishField;
pub(crate) use popup::{HoleForm, MessageList, NameInput, Popup};

/// The topic or the payload.
const PUBLISH: KeyContext = KeyContext::new("In a message to publish").with_text_input(TextInput::Line);
/// The other fields.
const PUBLISH_OPTION: KeyContext = KeyContext::new("In an option of a message to publish");
/// The list of saved messages.
const SAVED_MESSAGES: KeyContext = KeyContext::new("In the saved messages").with_text_input(TextInput::Line);
/// The holes of a saved message.
const HOLES: KeyContext = KeyContext::new("In the holes of a saved message").with_text_input(TextInput::Line);

/// Returns what Enter does in the holes.
fn hole_hint(app: &App) -> Option<&'static str> {
    let Screen::Publish(prompt) = &app.focus else { return None };
    let Some(Popup::Holes(form)) = &prompt.popup else { return None };
    Some(if form.current + 1 < form.holes.len() { "next" } else { "take" })
}

/// The key bindings.
pub(crate) const BINDINGS: &[KeyBinding] = key_bindings! {
    PUBLISH {
        "publish-send" ["Enter"] |_| Action::Accept, "publish the message", "publish";
        "publish-next" ["Tab"] |_| Action::CycleFocus(1), "go to the next field", "next field";
        "publish-previous" ["Shift-Tab"] |_| Action::CycleFocus(-1), "go to the previous field";
        "publish-up" ["Up"] |_| Action::MoveInDialog(Direction::Up), "line above, or an earlier message",
            "earlier";
        "publish-down" ["Down"] |_| Action::MoveInDialog(Direction::Down), "line below, or a later message";
        "publish-saved" ["Ctrl-P"] |_| Action::Explore(ExploreAction::ListSavedMessages),
            "choose a saved message", "saved";
        "publish-save" ["Ctrl-S"] |_| Action::Explore(ExploreAction::SaveMessage),
            "save what is typed under a name", "save";
        "publish-new-line" ["Ctrl-J"] |_| Action::EditInput(InputEdit::Insert("\n".to_owned())), "begin a new line",
            "new line";
    }
    PUBLISH_OPTION {
        "option-send" ["Enter"] |_| Action::Accept, "publish the message", "publish";
        "option-next" ["Tab", "Down", "j"] |_| Action::CycleFocus(1), "go to the next field", "next field";
        "option-previous" ["Shift-Tab", "Up", "k"] |_| Action::CycleFocus(-1), "go to the previous field";
        "option-change" ["Right", "l", "Space"] |_| Action::MoveInDialog(Direction::Right), "change it", "change";
        "option-change-back" ["Left", "h"] |_| Action::MoveInDialog(Direction::Left), "change it back";
        "publish-saved" ["Ctrl-P"] |_| Action::Explore(ExploreAction::ListSavedMessages),
            "choose a saved message", "saved";
        "publish-save" ["Ctrl-S"] |_| Action::Explore(ExploreAction::SaveMessage),
            "save what is typed under a name", "save";
    }
    SAVED_MESSAGES {
        "saved-take" ["Enter"] |_| Action::Accept, "take the message", "take";
        "saved-up" ["Up"] |_| Action::MoveInDialog(Direction::Up), "select the message above";
        "saved-down" ["Down"] |_| Action::MoveInDialog(Direction::Down), "select the message below";
        "saved-page-up" ["PageUp"] |_| Action::MoveInDialog(Direction::PageUp), "move one page up";
        "saved-page-down" ["PageDown"] |_| Action::MoveInDialog(Direction::PageDown), "move one page down";
        "saved-delete" ["Ctrl-D"] |_| Action::Explore(ExploreAction::DeleteSavedMessage),
            "delete the message (asks first)", "delete";
    }
    HOLES {
        "hole-accept" ["Enter"] |_| Action::Accept, "go to the next hole, or take the message", (hole_hint);
        "hole-next" ["Tab", "Down"] |_| Action::CycleFocus(1), "go to the next hole";
        "hole-previous" ["Shift-Tab", "Up"] |_| Action::CycleFocus(-1), "go to the hole before";
    }
};

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
    /// Why the message was not published, as a sentence.
    pub(crate) error: Option<String>,
    /// What is open above it.
    pub(crate) popup: Option<Popup>,
    /// The message whose file is being read.
    reading: Option<ReadyMessage>,
    /// Which of the messages that were published before is shown: 0 is the newest.
    recalled: Option<usize>,
    /// What was typed before.
    draft: TypedMessage,
    /// The name of the saved message that was taken; empty without one.
    saved_as: String,
    /// What was filled into its holes.
    filled: Vec<(String, String)>,
}

impl PublishPrompt {
    /// Creates a prompt with a topic and a payload, which typing replaces.
    pub(in crate::app) fn new(connection: ConnectionId, topic: String, payload: String) -> Self {
        Self {
            connection,
            field: if topic.is_empty() || topic.ends_with('/') { PublishField::Topic } else { PublishField::Payload },
            topic: Input::new(topic),
            completion: None,
            payload: TextPrompt::new(payload, None),
            encoding: PayloadEncoding::default(),
            qos: Qos::default(),
            retain: false,
            error: None,
            popup: None,
            reading: None,
            recalled: None,
            draft: TypedMessage::default(),
            saved_as: String::new(),
            filled: Vec::new(),
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
            ..TypedMessage::default()
        }
    }

    fn set_typed(&mut self, message: TypedMessage) {
        let TypedMessage { topic, payload, encoding, qos, retain, .. } = message;
        (self.topic, self.payload) = (Input::new(topic), TextPrompt::new(payload, None));
        (self.encoding, self.qos, self.retain, self.error) = (encoding, qos, retain, None);
        self.field = PublishField::Payload;
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
        let history = app.sent_history(self.connection);
        let message = match next {
            Some(index) => history.and_then(|history| history.newest_first().nth(index).cloned()),
            None => Some(self.draft.clone()),
        };
        let Some(message) = message else { return };
        if self.recalled.is_none() {
            self.draft = self.typed();
        }
        let field = self.field;
        self.set_typed(message);
        (self.recalled, self.field, self.filled) = (next, field, Vec::new());
    }

    fn edit(&mut self, edit: InputEdit) {
        match self.field {
            PublishField::Topic => self.edit_topic(edit),
            PublishField::Payload => self.payload.edit(edit),
            PublishField::Encoding | PublishField::Qos | PublishField::Retain => {}
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
            (None, PublishField::Topic | PublishField::Payload) => PUBLISH,
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
        match action {
            Action::EditInput(edit) => self.edit(edit),
            Action::MoveInDialog(direction) => self.move_to(direction, app),
            Action::CycleFocus(offset) => self.field = next_in(&PublishField::ALL, self.field, offset),
            Action::SelectOption(index) => self.field = PublishField::ALL.get(index).copied().unwrap_or(self.field),
            Action::Explore(ExploreAction::ListSavedMessages) => self.open_list(),
            Action::Explore(ExploreAction::SaveMessage) => self.ask_for_name(),
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
