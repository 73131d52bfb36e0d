//! What opens above the prompt for a message: the list of saved messages, the holes of one of them, and the name under which
//! what is typed is saved.

use tui_input::Input;

use super::{
    PublishField, PublishPrompt,
    drafts::{Draft, Source},
};
use crate::{
    app::{
        Action, App, Effect, ExploreAction, FilesEffect,
        list::{move_in_list, wrap_index},
        text_prompt::TextPrompt,
    },
    model::{
        connection::ConnectionId,
        message_origin::MessageOrigin,
        saved_message::{MessageEdit, SavedMessage},
        typed_message::TypedMessage,
    },
};

/// What is open above the prompt.
#[derive(Debug, Clone)]
pub(crate) enum Popup {
    /// The list of saved messages.
    Messages(MessageList),
    /// The holes of a saved message.
    Holes(Box<HoleForm>),
    /// The name under which what is typed is saved.
    Name(NameInput),
}

/// The list of saved messages.
#[derive(Debug, Clone, Default)]
pub(crate) struct MessageList {
    /// What is searched for.
    pub search: Input,
    /// The index of the selected message among those that match.
    pub selected: usize,
    /// The name of the message that the user is asked about, whether to delete it.
    pub to_delete: Option<String>,
}

impl MessageList {
    /// Returns the messages whose name or topic contains every word of the search, ignoring case.
    pub(crate) fn matches<'a>(&self, app: &'a App, connection: ConnectionId) -> Vec<&'a SavedMessage> {
        let search = self.search.value().to_lowercase();
        let is_match = |message: &&SavedMessage| {
            let text = format!("{}\n{}", message.name, message.topic).to_lowercase();
            search.split_whitespace().all(|word| text.contains(word))
        };
        app.messages_of(connection).filter(is_match).collect()
    }
}

/// The holes of a saved message, which are filled one after the other.
#[derive(Debug, Clone)]
pub(crate) struct HoleForm {
    /// The message.
    pub message: SavedMessage,
    /// The names of its holes, each with what is typed.
    pub holes: Vec<(String, TextPrompt)>,
    /// The index of the hole that has the keys.
    pub current: usize,
}

impl HoleForm {
    /// Returns the message with what is typed so far.
    pub(crate) fn filled(&self) -> TypedMessage {
        self.message.fill(|hole| {
            let typed = self.holes.iter().find(|(name, _)| name == hole);
            typed.map(|(_, text)| text.input.value()).unwrap_or_default()
        })
    }

    fn go_to(&mut self, offset: isize) {
        self.current = wrap_index(self.current, offset, self.holes.len());
    }
}

/// The name under which what is typed is saved.
#[derive(Debug, Clone, Default)]
pub(crate) struct NameInput {
    /// The name as typed.
    pub input: Input,
    /// Why it is not saved, or the question whether to replace the message of this name.
    pub error: Option<String>,
    /// Whether the user was asked that.
    asked: bool,
}

impl PublishPrompt {
    /// Opens the list of saved messages.
    pub(super) fn open_list(&mut self) {
        self.popup = Some(Popup::Messages(MessageList::default()));
    }

    /// Asks for the name under which to save what is typed. That of the message which was taken is proposed.
    pub(super) fn ask_for_name(&mut self) {
        let input = Input::new(self.source.saved_as.clone());
        self.popup = Some(Popup::Name(NameInput { input, ..NameInput::default() }));
    }

    /// Passes an action to what is open above the prompt.
    pub(super) fn update_popup(&mut self, action: Action, app: &App) -> Vec<Effect> {
        match self.popup.take() {
            Some(Popup::Messages(list)) => self.update_list(list, action, app),
            Some(Popup::Holes(form)) => {
                self.update_holes(form, action);
                Vec::new()
            }
            Some(Popup::Name(name)) => self.update_name(name, action, app),
            None => Vec::new(),
        }
    }

    fn update_list(&mut self, mut list: MessageList, action: Action, app: &App) -> Vec<Effect> {
        let mut effects = Vec::new();
        let asked = list.to_delete.take();
        let matches = list.matches(app, self.connection);
        let selected = matches.get(list.selected).copied();
        match action {
            Action::MoveInDialog(direction) => list.selected = move_in_list(list.selected, matches.len(), direction),
            Action::SelectOption(index) => list.selected = index,
            Action::EditInput(edit) => {
                edit.apply_to(&mut list.search);
                list.selected = 0;
            }
            Action::Explore(ExploreAction::DeleteSavedMessage) => match (asked, selected) {
                (Some(name), Some(selected)) if name == selected.name => {
                    let edit = Box::new(MessageEdit::Delete(name));
                    list.selected = list.selected.min(matches.len().saturating_sub(2));
                    effects.push(Effect::Files(FilesEffect::EditSavedMessages(edit)));
                }
                (_, selected) => list.to_delete = selected.map(|message| message.name.clone()),
            },
            Action::Accept => {
                if let Some(message) = selected.cloned() {
                    self.take_message(message, app);
                    return effects;
                }
            }
            _ => {}
        }
        self.popup = Some(Popup::Messages(list));
        effects
    }

    /// Takes a saved message, or asks what to fill into its holes.
    fn take_message(&mut self, message: SavedMessage, app: &App) {
        let last = |hole: &str| {
            let history = app.sent_history(self.connection);
            history.and_then(|history| history.filled(hole)).unwrap_or_default().to_owned()
        };
        let holes: Vec<_> = message.holes().into_iter().map(|hole| (last(&hole), hole)).collect();
        let holes = holes.into_iter().map(|(last, hole)| (hole, TextPrompt::new(last, None))).collect();
        let form = HoleForm { message, holes, current: 0 };
        if form.holes.is_empty() { self.take_filled(form) } else { self.popup = Some(Popup::Holes(Box::new(form))) }
    }

    fn take_filled(&mut self, form: HoleForm) {
        let message = form.filled();
        let origin = MessageOrigin { message: message.clone(), template: Some(form.message.template()) };
        let filled = form.holes.into_iter().map(|(name, text)| (name, text.input.value().to_owned())).collect();
        let taken = Draft { message, source: Source { origin, saved_as: form.message.name, filled } };
        self.drafts.take(self.shown(), taken.clone());
        self.show(taken);
        self.field = PublishField::Payload;
    }

    fn update_holes(&mut self, mut form: Box<HoleForm>, action: Action) {
        match action {
            Action::Accept if form.current + 1 == form.holes.len() => return self.take_filled(*form),
            Action::Accept => form.go_to(1),
            Action::CycleFocus(offset) => form.go_to(offset),
            Action::SelectOption(index) if index < form.holes.len() => form.current = index,
            Action::EditInput(edit) => {
                if let Some((_, text)) = form.holes.get_mut(form.current) {
                    text.edit(edit);
                }
            }
            _ => {}
        }
        self.popup = Some(Popup::Holes(form));
    }

    fn update_name(&mut self, mut name: NameInput, action: Action, app: &App) -> Vec<Effect> {
        let asked = std::mem::take(&mut name.asked);
        match action {
            Action::EditInput(edit) => {
                name.error = None;
                edit.apply_to(&mut name.input);
            }
            Action::Accept => match self.message_to_save(name.input.value(), asked, app) {
                Ok(edit) => {
                    edit.name().clone_into(&mut self.source.saved_as);
                    return vec![Effect::Files(FilesEffect::EditSavedMessages(Box::new(edit)))];
                }
                Err((error, asks)) => (name.error, name.asked) = (Some(error), asks),
            },
            _ => name.asked = asked,
        }
        self.popup = Some(Popup::Name(name));
        Vec::new()
    }

    /// Returns the edit that saves what is typed. `replaces`: also if another message has the name.
    ///
    /// # Errors
    /// If it cannot be saved, a sentence, and whether that is a question which accepting it again answers.
    fn message_to_save(&self, name: &str, replaces: bool, app: &App) -> Result<MessageEdit, (String, bool)> {
        let name = name.trim();
        if name.is_empty() {
            return Err(("enter a name, by which to find the message".to_owned(), false));
        }
        let template = self.source.origin.template_of(&self.typed());
        let message = SavedMessage::new(name.to_owned(), &template).map_err(|error| (error.to_string(), false))?;
        if let Some(error) = crate::model::schema::DynFields::validate(&message).first() {
            return Err((error.message.clone(), false));
        }
        let Some(old) = app.sent_messages.saved.messages.by_name(name) else { return Ok(MessageEdit::Add(message)) };
        if let Some(profile) = old.profile.as_ref().filter(|_| !app.is_offered(old, self.connection)) {
            // It is not in the list here: the user does not see what would be lost.
            return Err((format!("the profile {profile} has a message {name}: enter another name"), false));
        }
        if replaces {
            return Ok(MessageEdit::Replace(SavedMessage { profile: old.profile.clone(), ..message }));
        }
        Err((
            format!("there is a message {name} already: Enter replaces it{}", lost_text(&message.lost_holes(old))),
            true,
        ))
    }
}

/// Returns what is to be said about holes that a message has no more; empty without any.
fn lost_text(lost: &[String]) -> String {
    let names: Vec<String> = lost.iter().map(|name| format!("{{{{{name}}}}}")).collect();
    match names.as_slice() {
        [] => String::new(),
        [hole] => format!(", and its hole {hole} is lost"),
        holes => format!(", and its holes {} are lost", holes.join(", ")),
    }
}
