//! The key bindings of dashboards, prompts, pickers and read-only views.

use super::key_bindings::{KeyBinding, key_bindings};
use crate::{
    app::{Action, App, Screen},
    model::grid::Direction,
};

/// Returns the hint for stepping if the selected tile can be stepped.
fn step_hint(app: &App) -> Option<&'static str> {
    app.selected_tile()?.0.is_steppable().then_some("step")
}

fn reconnect_hint(app: &App) -> Option<&'static str> {
    (!app.current_connection()?.is_connected()).then_some("reconnect")
}

fn permissions_hint(app: &App) -> Option<&'static str> {
    (!app.current_dashboard()?.permissions_granted).then_some("permissions")
}

/// Returns the hint for closing a dialog. Read-only views have a row of their own for it.
fn back_hint(app: &App) -> Option<&'static str> {
    (!matches!(app.focus, Screen::Dashboard(_) | Screen::Detail(_) | Screen::Help(_) | Screen::EnlargedImage(_)))
        .then_some("back")
}

/// The bindings for pressing and stepping, which the footer shows first.
pub(crate) const PRESS_BINDINGS: &[KeyBinding] = key_bindings! {
    Dashboard {
        "press" ["Enter", "Space"] |_| Action::Press, "press the tile", (|app| app.selected_tile()?.0.action_label());
        "step-down" ["-", "<", "_"] |_| Action::Step(-1), "decrease a range by one step", (step_hint);
        "step-up" ["+", ">", "="] |_| Action::Step(1), "increase a range by one step", (step_hint);
    }
};

/// The other bindings. The footer merges adjacent rows with the same hint.
pub(crate) const BINDINGS: &[KeyBinding] = key_bindings! {
    Dashboard {
        "left" ["Left", "h"] |_| Action::MoveSelection(Direction::Left), "select the tile to the left";
        "down" ["Down", "j"] |_| Action::MoveSelection(Direction::Down), "select the tile below";
        "up" ["Up", "k"] |_| Action::MoveSelection(Direction::Up), "select the tile above";
        "right" ["Right", "l"] |_| Action::MoveSelection(Direction::Right), "select the tile to the right";
        "first" ["Home", "g"] |_| Action::MoveSelection(Direction::First), "select the first tile";
        "last" ["End", "G"] |_| Action::MoveSelection(Direction::Last), "select the last tile";
        "page-up" ["PageUp"] |_| Action::MoveSelection(Direction::PageUp), "move one screen up";
        "page-down" ["PageDown"] |_| Action::MoveSelection(Direction::PageDown), "move one screen down";
        "next-tab" ["Tab"] |_| Action::CycleTab(1), "show the next dashboard",
            (|app| (app.dashboards.len() > 1).then_some("next"));
        "previous-tab" ["Shift-Tab"] |_| Action::CycleTab(-1), "show the previous dashboard";
        "tab" ["1", "2", "3", "4", "5", "6", "7", "8", "9"] Action::ShowTab, "show the dashboard with this number";
        "detail" ["i"] |_| Action::ShowDetail, "show tile details: payload, topics, messages",
            (|app| app.selected_tile().map(|_| "detail"));
        "find" ["/"] |_| Action::FindTile, "find a tile by name or topic", (|app| app.selected_tile().map(|_| "find"));
        "reconnect" ["r"] |_| Action::Reconnect, "reconnect now", (reconnect_hint);
        "trust" ["T"] |_| Action::ReviewPermissions, "review the permissions the dashboard asks for",
            (permissions_hint);
        "open-file" ["o"] |_| Action::OpenInEditor, "open the dashboard file in your editor";
        "palette" [":"] |_| Action::OpenCommandPalette, "open the command palette";
        "button" ["b"] |_| Action::PressDemoButton(false), "press the button of the demo board",
            (|app| app.demo_running.then_some("button"));
        "button-long" ["B"] |_| Action::PressDemoButton(true), "hold the button of the demo board",
            (|app| app.demo_running.then_some("button"));
    }
    Welcome {
        "demo" ["d"] |_| Action::StartDemo, "start the demo", (|app| app.demo_available.then_some("demo"));
        "palette" [":"] |_| Action::OpenCommandPalette, "open the command palette";
    }
    TextInput {
        "line-accept" ["Enter"] |_| Action::Accept, "accept the input", "accept";
        "line-up" ["Up"] |_| Action::MoveInDialog(Direction::Up), "select the previous match";
        "line-down" ["Down"] |_| Action::MoveInDialog(Direction::Down), "select the next match";
    }
    NumberInput {
        "number-down" ["Left"] |_| Action::MoveInDialog(Direction::Left), "decrease by one step", "step";
        "number-up" ["Right"] |_| Action::MoveInDialog(Direction::Right), "increase by one step", "step";
        "number-ten-down" ["Down"] |_| Action::MoveInDialog(Direction::Down), "decrease by ten steps", "ten steps";
        "number-ten-up" ["Up"] |_| Action::MoveInDialog(Direction::Up), "increase by ten steps", "ten steps";
        "number-least" ["Home"] |_| Action::MoveInDialog(Direction::First), "set the minimum";
        "number-most" ["End"] |_| Action::MoveInDialog(Direction::Last), "set the maximum";
        "number-accept" ["Enter"] |_| Action::Accept, "accept the number", "accept";
    }
    List {
        "list-up" ["Up", "k"] |_| Action::MoveInDialog(Direction::Up), "select the previous entry", "select";
        "list-down" ["Down", "j"] |_| Action::MoveInDialog(Direction::Down), "select the next entry", "select";
        "list-first" ["Home"] |_| Action::MoveInDialog(Direction::First), "select the first entry";
        "list-last" ["End"] |_| Action::MoveInDialog(Direction::Last), "select the last entry";
        "list-page-up" ["PageUp"] |_| Action::MoveInDialog(Direction::PageUp), "move one page up";
        "list-page-down" ["PageDown"] |_| Action::MoveInDialog(Direction::PageDown), "move one page down";
        "list-accept" ["Enter", "Space"] |_| Action::Accept, "accept the selected entry", "accept";
    }
    ColorPicker {
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
        "color-accept" ["Enter"] |_| Action::Accept, "accept the color", "accept";
    }
    TextView {
        "text-up" ["Up", "k"] |_| Action::MoveInDialog(Direction::Up), "scroll one line up", "scroll";
        "text-down" ["Down", "j"] |_| Action::MoveInDialog(Direction::Down), "scroll one line down", "scroll";
        "text-first" ["Home"] |_| Action::MoveInDialog(Direction::First), "scroll to the beginning";
        "text-last" ["End"] |_| Action::MoveInDialog(Direction::Last), "scroll to the end";
        "text-page-up" ["PageUp"] |_| Action::MoveInDialog(Direction::PageUp), "scroll one page up";
        "text-page-down" ["PageDown"] |_| Action::MoveInDialog(Direction::PageDown), "scroll one page down";
        "text-back" ["Esc", "q", "Enter", "i", "?"] |_| Action::Cancel, "close", "back";
    }
    Global {
        "cancel" ["Esc"] |_| Action::Cancel, "close the dialog", (back_hint);
    }
    Dashboard {
        "help" ["?"] |_| Action::ShowHelp, "show this help", "help";
    }
    Welcome {
        "help" ["?"] |_| Action::ShowHelp, "show this help", "help";
    }
    Dashboard {
        "quit" ["q"] |_| Action::Quit, "quit", (|app| (!app.kiosk).then_some("quit"));
    }
    Welcome {
        "quit" ["q"] |_| Action::Quit, "quit", "quit";
    }
    Permissions {
        "trust-up" ["Up", "k"] |_| Action::MoveInDialog(Direction::Up), "scroll one line up", "scroll";
        "trust-down" ["Down", "j"] |_| Action::MoveInDialog(Direction::Down), "scroll one line down", "scroll";
        "trust-accept" ["Enter"] |_| Action::Accept, "allow the scripts and addresses permanently", "allow";
    }
    ConfirmOpenUrl {
        "browse-accept" ["Enter"] |_| Action::Accept, "open the URL in the browser", "open";
        "browse-enlarge" ["z"] |_| Action::EnlargeImage, "enlarge the image instead",
            (|app| app.selected_tile()?.1.image.as_ref().map(|_| "enlarge"));
    }
    Global {
        "end" ["Ctrl-C"] |_| Action::Quit, "quit from any screen";
        "redraw" ["Ctrl-L"] |_| Action::Redraw, "redraw the screen";
        "suspend" ["Ctrl-Z"] |_| Action::Suspend, "suspend to the shell";
    }
};
