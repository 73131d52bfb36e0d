//! What the prompt for a message has shown, so that nothing that was typed is lost: the draft, the saved messages that were taken,
//! and the messages that were published before, each as the user has edited it.

use std::collections::BTreeMap;

use crate::model::{
    grid::Direction,
    message_origin::MessageOrigin,
    typed_message::{SentHistory, TypedMessage},
};

/// A message in the prompt.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    /// What is typed.
    pub message: TypedMessage,
    /// What it was made from.
    pub source: Source,
}

/// What a message in the prompt was made from.
#[derive(Debug, Clone, Default)]
pub(super) struct Source {
    /// The message as it was before it was edited.
    pub origin: MessageOrigin,
    /// The name of the saved message; empty without one.
    pub saved_as: String,
    /// What was filled into its holes.
    pub filled: Vec<(String, String)>,
}

impl Draft {
    /// Creates one that was not edited.
    pub(super) fn unedited(message: TypedMessage) -> Self {
        let origin = MessageOrigin { message: message.clone(), template: None };
        Self { message, source: Source { origin, ..Source::default() } }
    }

    /// Returns whether the user has edited it.
    pub(super) fn is_edited(&self) -> bool {
        self.message != self.source.origin.message
    }
}

/// All messages that the prompt can show: `Up` goes to the next one, `Down` back.
#[derive(Debug, Clone)]
pub(super) struct Drafts {
    /// What was typed first, then the saved messages that were taken: the last one comes first.
    own: Vec<Draft>,
    /// The messages that were published before and have been edited since, by their positions in the history.
    edited: BTreeMap<usize, Draft>,
    /// The position of what is shown: first those of the prompt itself, then those of the history.
    position: usize,
}

impl Drafts {
    pub(super) fn new(draft: Draft) -> Self {
        Self { own: vec![draft], edited: BTreeMap::new(), position: 0 }
    }

    /// Goes on to the message before or after the one that is shown. Returns it, if there is one.
    pub(super) fn go(&mut self, direction: Direction, shown: Draft, history: Option<&SentHistory>) -> Option<Draft> {
        let position = if direction == Direction::Up { self.position + 1 } else { self.position.checked_sub(1)? };
        let next = match position.checked_sub(self.own.len()) {
            None => self.own[position].clone(),
            Some(index) => match self.edited.get(&index) {
                Some(edited) => edited.clone(),
                None => Draft::unedited(history?.newest_first().nth(index)?.clone()),
            },
        };
        self.keep(shown);
        self.position = position;
        Some(next)
    }

    /// Puts a saved message before what was typed first. It is shown from now on.
    pub(super) fn take(&mut self, shown: Draft, taken: Draft) {
        self.keep(shown);
        self.own.insert(1, taken);
        self.position = 1;
    }

    fn keep(&mut self, shown: Draft) {
        match self.position.checked_sub(self.own.len()) {
            None => self.own[self.position] = shown,
            Some(index) if shown.is_edited() => drop(self.edited.insert(index, shown)),
            Some(index) => drop(self.edited.remove(&index)),
        }
    }
}
