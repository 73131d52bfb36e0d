//! The footer hints of keys that several screens share: what they do depends on the screen.

use super::Screen;
use crate::app::App;

impl App {
    /// Returns the footer hint for closing a dialog. Read-only views have a row of their own for it.
    pub(in crate::app) fn back_hint(&self) -> Option<&'static str> {
        let is_dialog = match &self.focus {
            Screen::Help(help) => help.filter.is_some(),
            Screen::Dashboard(_) | Screen::EnlargedImage(_) => false,
            Screen::Explorer(_) => !self.is_at_end_of_way_back(),
            _ => true,
        };
        is_dialog.then_some("back")
    }

    /// Returns the footer hint for accepting what is in a text input.
    pub(in crate::app) fn accept_hint(&self) -> &'static str {
        match &self.focus {
            Screen::Prompt(_) => "send",
            Screen::NamePrompt(_) | Screen::SavePayload(_) | Screen::Publish(_) => "save",
            Screen::PasswordPrompt(_) => "log in",
            Screen::ExplorerFilters(_) => "subscribe",
            Screen::Explorer(_) => "go to what was found",
            _ => "choose",
        }
    }

    /// Returns the footer hint for filtering the text, if the screen can.
    pub(in crate::app) fn filter_hint(&self) -> Option<&'static str> {
        matches!(self.focus, Screen::Help(_)).then_some("find")
    }
}
