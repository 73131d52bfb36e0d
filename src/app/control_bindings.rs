//! The key bindings of what several screens contain: text inputs, lists, color pickers, and texts to read.

use super::{
    Action, App, ExploreAction,
    key_binding::{KeyBinding, KeyContext, TextInput, key_bindings},
};
use crate::model::grid::Direction;

/// A text prompt, the tile search, or the command palette.
pub(crate) const TEXT_INPUT: KeyContext = KeyContext::new("In a text input").with_text_input(TextInput::Line);
/// A number prompt.
pub(crate) const NUMBER_INPUT: KeyContext =
    KeyContext::new("In a number prompt").with_text_input(TextInput::Characters);
/// A list to choose from.
pub(crate) const LIST: KeyContext = KeyContext::new("In a list");
/// The color picker.
pub(crate) const COLOR_PICKER: KeyContext =
    KeyContext::new("In the color picker").with_text_input(TextInput::Characters);
/// Read-only content: help, an enlarged image.
pub(crate) const TEXT_VIEW: KeyContext = KeyContext::new("In help and images");
/// A dashboard, and the screens beside the dashboards.
pub(crate) const PLACE_KEYS: KeyContext = KeyContext::new("On a dashboard and on the screens beside it");
/// All contexts.
pub(crate) const GLOBAL: KeyContext = KeyContext::new("Everywhere");

/// The key bindings.
pub(crate) const BINDINGS: &[KeyBinding] = key_bindings! {
    TEXT_INPUT {
        "line-accept" ["Enter"] |_| Action::Accept, "choose the match, or send or save the input", (|app| Some(app.accept_hint()));
        "line-up" ["Up"] |_| Action::MoveInDialog(Direction::Up), "select the previous match";
        "line-down" ["Down"] |_| Action::MoveInDialog(Direction::Down), "select the next match";
    }
    NUMBER_INPUT {
        "number-down" ["Left"] |_| Action::MoveInDialog(Direction::Left), "decrease by one step", "step";
        "number-up" ["Right"] |_| Action::MoveInDialog(Direction::Right), "increase by one step", "step";
        "number-ten-down" ["Down"] |_| Action::MoveInDialog(Direction::Down), "decrease by ten steps", "ten steps";
        "number-ten-up" ["Up"] |_| Action::MoveInDialog(Direction::Up), "increase by ten steps", "ten steps";
        "number-least" ["Home"] |_| Action::MoveInDialog(Direction::First), "set the minimum";
        "number-most" ["End"] |_| Action::MoveInDialog(Direction::Last), "set the maximum";
        "number-accept" ["Enter"] |_| Action::Accept, "set the number", "set";
    }
    LIST {
        "list-up" ["Up", "k"] |_| Action::MoveInDialog(Direction::Up), "select the previous entry", "select";
        "list-down" ["Down", "j"] |_| Action::MoveInDialog(Direction::Down), "select the next entry", "select";
        "list-first" ["Home"] |_| Action::MoveInDialog(Direction::First), "select the first entry";
        "list-last" ["End"] |_| Action::MoveInDialog(Direction::Last), "select the last entry";
        "list-page-up" ["PageUp"] |_| Action::MoveInDialog(Direction::PageUp), "move one page up";
        "list-page-down" ["PageDown"] |_| Action::MoveInDialog(Direction::PageDown), "move one page down";
        "list-accept" ["Enter", "Space"] |_| Action::Accept, "choose the selected entry", "choose";
    }
    COLOR_PICKER {
        "color-next" ["Tab"] |_| Action::CycleFocus(1), "go to the next control", "next";
        "color-previous" ["Shift-Tab"] |_| Action::CycleFocus(-1), "go to the previous control";
        "color-left" ["Left"] |_| Action::MoveInDialog(Direction::Left), "move left, or decrease the slider",
            "change";
        "color-right" ["Right"] |_| Action::MoveInDialog(Direction::Right), "move right, or increase the slider",
            "change";
        "color-up" ["Up"] |_| Action::MoveInDialog(Direction::Up), "move up, or to the control above", "change";
        "color-down" ["Down"] |_| Action::MoveInDialog(Direction::Down), "move down, or to the control below",
            "change";
        "color-first" ["Home"] |_| Action::MoveInDialog(Direction::First), "select the first color, or the minimum";
        "color-last" ["End"] |_| Action::MoveInDialog(Direction::Last), "select the last color, or the maximum";
        "color-page-up" ["PageUp"] |_| Action::MoveInDialog(Direction::PageUp), "increase by ten steps";
        "color-page-down" ["PageDown"] |_| Action::MoveInDialog(Direction::PageDown), "decrease by ten steps";
        "color-accept" ["Enter"] |_| Action::Accept, "set the color", "set";
    }
    TEXT_VIEW {
        "text-up" ["Up", "k"] |_| Action::MoveInDialog(Direction::Up), "scroll one line up", "scroll";
        "text-down" ["Down", "j"] |_| Action::MoveInDialog(Direction::Down), "scroll one line down", "scroll";
        "text-first" ["Home"] |_| Action::MoveInDialog(Direction::First), "scroll to the beginning";
        "text-last" ["End"] |_| Action::MoveInDialog(Direction::Last), "scroll to the end";
        "text-page-up" ["PageUp"] |_| Action::MoveInDialog(Direction::PageUp), "scroll one page up";
        "text-page-down" ["PageDown"] |_| Action::MoveInDialog(Direction::PageDown), "scroll one page down";
        "text-find" ["/"] |_| Action::Filter, "show only what matches",
            (App::filter_hint);
        "text-back" ["Esc", "q", "Enter", "i", "?"] |_| Action::Cancel, "close", "back";
    }
    PLACE_KEYS {
        GoTo "explorer" ["E"] |_| Action::Explore(ExploreAction::Open), "see all topics of the broker";
        GoTo "previous-screen" ["["] |_| Action::WalkScreens(-1), "go to the previous screen";
        GoTo "next-screen" ["]"] |_| Action::WalkScreens(1), "go to the next screen";
    }
    GLOBAL {
        Program "cancel" ["Esc"] |_| Action::Cancel, "close the dialog", (App::back_hint);
        Program "end" ["Ctrl-C"] |_| Action::Quit, "quit from any screen";
        Program "redraw" ["Ctrl-L"] |_| Action::Redraw, "redraw the screen";
        Program "suspend" ["Ctrl-Z"] |_| Action::Suspend, "suspend to the shell";
    }
};
