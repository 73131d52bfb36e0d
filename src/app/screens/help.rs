//! The list of key bindings, and its filter.

use tui_input::Input;

use super::{Component, Flow};
use crate::{
    app::{
        Action, App,
        control_bindings::TEXT_VIEW,
        key_binding::{KeyBinding, KeyContext, TextInput, key_bindings},
        list::Scroll,
    },
    model::{grid::Direction, time::Time},
};

/// The filter of the help.
const HELP_FILTER: KeyContext = KeyContext::new("In the filter of the help").with_text_input(TextInput::Line);

/// The key bindings while the help is filtered.
pub(crate) const BINDINGS: &[KeyBinding] = key_bindings! {
    HELP_FILTER {
        "help-up" ["Up"] |_| Action::MoveInDialog(Direction::Up), "scroll one line up", "scroll";
        "help-down" ["Down"] |_| Action::MoveInDialog(Direction::Down), "scroll one line down", "scroll";
        "help-page-up" ["PageUp"] |_| Action::MoveInDialog(Direction::PageUp), "scroll one page up";
        "help-page-down" ["PageDown"] |_| Action::MoveInDialog(Direction::PageDown), "scroll one page down";
    }
};

/// The list of key bindings.
#[derive(Debug, Clone, Default)]
pub struct Help {
    /// The scroll position.
    pub(crate) scroll: Scroll,
    /// What the shown bindings must match, while the help is filtered.
    pub(crate) filter: Option<Input>,
}

impl Component for Help {
    fn key_context(&self, _app: &App) -> KeyContext {
        if self.filter.is_some() { HELP_FILTER } else { TEXT_VIEW }
    }

    fn update(&mut self, action: Action, _app: &mut App, _now: Time) -> Flow {
        match (action, &mut self.filter) {
            (Action::Filter, _) => *self = Self { filter: Some(Input::default()), ..Self::default() },
            (Action::EditInput(edit), Some(filter)) => {
                edit.apply_to(filter);
                self.scroll = Scroll::default();
            }
            (action, _) => self.scroll.update(&action),
        }
        Flow::STAY
    }

    /// Shows all bindings again, or closes the help.
    fn cancel(&mut self, _app: &mut App, _now: Time) -> Flow {
        if self.filter.is_none() {
            return Flow::CLOSE;
        }
        *self = Self::default();
        Flow::STAY
    }

    fn scroll(&mut self) -> Option<&mut Scroll> {
        Some(&mut self.scroll)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{Event, Screen, input_edit::InputEdit};

    #[test]
    fn help_is_filtered_until_escape_and_closes_with_the_next_one() {
        let mut app = App::new((80, 24));
        let mut act = |action| {
            app.update(Event::Action(action), Time::default());
            match &app.focus {
                Screen::Help(help) => Some(help.filter.as_ref().map(|filter| filter.value().to_owned())),
                _ => None,
            }
        };
        let typed = |text: &str| Action::EditInput(InputEdit::Insert(text.to_owned()));
        assert_eq!(act(Action::ShowHelp), Some(None));
        assert_eq!(act(typed("x")), Some(None), "it is not filtered yet");
        assert_eq!(act(Action::Filter), Some(Some(String::new())));
        assert_eq!(act(typed("undo")), Some(Some("undo".to_owned())));
        assert_eq!(act(Action::Cancel), Some(None));
        assert_eq!(act(Action::Cancel), None);
    }
}
