//! The messages of `messages.toml`, as the prompt for a message offers them.

use super::{App, FileError};
use crate::model::{
    connection::ConnectionId,
    saved_message::{MessageEdit, SavedMessage, SavedMessages},
    time::Time,
};

/// The saved messages, as they were read last.
#[derive(Debug, Default)]
pub(crate) struct LoadedMessages {
    /// Those of the last valid version of the file.
    pub messages: SavedMessages,
    /// What is wrong with the file now.
    pub problem: Option<FileError>,
}

impl App {
    /// Returns the saved messages that are offered on a connection, in the order of the file.
    pub(crate) fn messages_of(&self, connection: ConnectionId) -> impl Iterator<Item = &SavedMessage> {
        let messages = &self.sent_messages.saved.messages.messages;
        messages.iter().filter(move |message| self.is_offered(message, connection))
    }

    /// Returns whether a saved message is offered on a connection.
    pub(super) fn is_offered(&self, message: &SavedMessage, connection: ConnectionId) -> bool {
        let profile = self.connection(connection).map(|connection| connection.name.as_str());
        message.profile.is_none() || message.profile.as_deref() == profile
    }

    /// Takes over the messages of the file, or says what is wrong with it.
    pub(super) fn on_saved_messages_loaded(&mut self, result: Result<SavedMessages, FileError>, now: Time) {
        match result {
            Ok(messages) => self.sent_messages.saved = LoadedMessages { messages, problem: None },
            Err(error) => {
                self.report_failure(error.to_string(), now);
                self.sent_messages.saved.problem = Some(error);
            }
        }
    }

    /// Says what became of an edit of the file.
    pub(super) fn on_saved_messages_edited(
        &mut self,
        edit: &MessageEdit,
        result: Result<SavedMessages, String>,
        now: Time,
    ) {
        match result {
            Ok(messages) => {
                let name = edit.name();
                self.sent_messages.saved = LoadedMessages { messages, problem: None };
                self.notify(
                    match edit {
                        MessageEdit::Add(_) | MessageEdit::Replace(_) => format!("Saved the message {name}"),
                        MessageEdit::Delete(_) => format!("Deleted the message {name}"),
                    },
                    now,
                );
            }
            Err(reason) => self.report_failure(reason, now),
        }
    }
}
