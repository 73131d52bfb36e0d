//! The key bindings for managing tiles, dashboards and connections.

use super::key_bindings::{KeyBinding, KeyContext, key_bindings};
use crate::{
    app::{Action, App, ColorPickerPart, EditAction, PromptInput, Screen},
    model::grid::Direction,
};

fn has_editable_tile(app: &App) -> bool {
    app.editable() && app.selected_tile().is_some()
}

fn move_hint(app: &App) -> Option<&'static str> {
    let tile_count = app.current_dashboard()?.definition.tiles.len();
    (has_editable_tile(app) && tile_count > 1).then_some("move")
}

/// Returns the label that the question has for yes.
fn yes_hint(app: &App) -> Option<&'static str> {
    let Screen::Confirm(confirm) = &app.focus else { return None };
    Some(confirm.yes_label)
}

/// Returns whether the dashboard selected in the list is locked. `None` if it is not open.
fn selected_dashboard_locked(app: &App) -> Option<bool> {
    let Screen::DashboardList(list) = &app.focus else { return None };
    let index = app.dashboard_rows().get(list.selected)?.tab_index?;
    Some(app.dashboards.get(index)?.definition.locked)
}

/// The bindings.
pub(crate) const BINDINGS: &[KeyBinding] = key_bindings! {
    Dashboard {
        "edit" ["e"] |_| Action::Edit(EditAction::Edit), "edit the tile",
            (|app| has_editable_tile(app).then_some("edit"));
        "add" ["a"] |_| Action::Edit(EditAction::Add), "add a tile", (|app| app.editable().then_some("add"));
        "clone" ["c"] |_| Action::Edit(EditAction::Copy), "clone the tile; the copy comes right after it";
        "delete" ["d"] |_| Action::Edit(EditAction::Delete), "delete the tile (asks first)";
        "move" ["m"] |_| Action::Edit(EditAction::MoveTile), "move the tile with arrow keys or the mouse",
            (move_hint);
        "undo" ["u"] |_| Action::Edit(EditAction::Undo), "undo the last edit of the dashboard",
            (|app| (app.editable() && app.undo_counts().0 > 0).then_some("undo"));
        "redo" ["Ctrl-R"] |_| Action::Edit(EditAction::Redo), "redo the last undone edit",
            (|app| (app.editable() && app.undo_counts().1 > 0).then_some("redo"));
        "clear-retained" ["x"] |_| Action::Edit(EditAction::ClearRetained),
            "delete retained messages (asks first)";
        "certificate" ["t"] |_| Action::Edit(EditAction::TrustCertificate), "review the untrusted certificate",
            (|app| app.untrusted_certificate().map(|_| "certificate"));
        "dashboards" ["D"] |_| Action::Edit(EditAction::ListDashboards), "open, add, edit, copy, or delete dashboards";
        "lock" ["L"] |_| Action::Edit(EditAction::ToggleLock), "lock the dashboard, or unlock it (asks first)",
            (|app| (!app.kiosk && app.current_dashboard()?.definition.locked).then_some("unlock"));
        "connections" ["C"] |_| Action::ListConnections, "open, add, edit, test, or delete connections";
    }
    Welcome {
        "new-connection" ["n"] |_| Action::Edit(EditAction::NewConnection), "add a connection", "new connection";
        "connections" ["C", "Enter"] |_| Action::ListConnections, "open, add, edit, test, or delete connections",
            (|app| (!app.connection_entries.is_empty()).then_some("connections"));
    }
    MoveTile {
        "carry-left" ["Left", "h"] |_| Action::MoveInDialog(Direction::Left), "move the tile to the left", "move";
        "carry-right" ["Right", "l"] |_| Action::MoveInDialog(Direction::Right), "move the tile to the right", "move";
        "carry-up" ["Up", "k"] |_| Action::MoveInDialog(Direction::Up), "move the tile one row up", "move";
        "carry-down" ["Down", "j"] |_| Action::MoveInDialog(Direction::Down), "move the tile one row down", "move";
        "carry-first" ["Home", "g"] |_| Action::MoveInDialog(Direction::First), "move the tile to the beginning";
        "carry-last" ["End", "G"] |_| Action::MoveInDialog(Direction::Last), "move the tile to the end";
        "carry-page-up" ["PageUp"] |_| Action::MoveInDialog(Direction::PageUp), "move the tile one screen up";
        "carry-page-down" ["PageDown"] |_| Action::MoveInDialog(Direction::PageDown), "move the tile one screen down";
        "carry-drop" ["Enter", "m", "Space"] |_| Action::Accept, "drop the tile", "drop";
    }
    Dashboards {
        "dashboard-new" ["n", "a"] |_| Action::Edit(EditAction::Add), "add a dashboard", "new";
        "dashboard-edit" ["e"] |_| Action::Edit(EditAction::Edit), "edit title, connection, tile size, columns",
            "edit";
        "dashboard-rename" ["r"] |_| Action::Edit(EditAction::Rename), "rename the dashboard file", "rename";
        "dashboard-lock" ["l"] |_| Action::Edit(EditAction::ToggleLock),
            "lock the dashboard, or unlock it (asks first)",
            (|app| Some(if selected_dashboard_locked(app)? { "unlock" } else { "lock" }));
        "dashboard-copy" ["c"] |_| Action::Edit(EditAction::Copy), "duplicate the dashboard", "copy";
        "dashboard-delete" ["d"] |_| Action::Edit(EditAction::Delete), "delete the dashboard file (asks first)",
            "delete";
    }
    Connections {
        "connection-certificate" ["p"] |_| Action::Edit(EditAction::TrustCertificate),
            "review the certificate that failed the test",
            (|app| app.untrusted_test_certificate().map(|_| "certificate"));
        "connection-new" ["n", "a"] |_| Action::Edit(EditAction::Add), "add a connection", "new";
        "connection-edit" ["e"] |_| Action::Edit(EditAction::Edit), "edit the connection",
            (|app| connections_hint(app, "edit"));
        "connection-test" ["t"] |_| Action::Edit(EditAction::TestConnection), "test the connection: connect for 2 s",
            (|app| connections_hint(app, "test"));
        "connection-default" ["s"] |_| Action::Edit(EditAction::ToggleDefault),
            "set or unset it as the default connection",
            (|app| connections_hint(app, "default"));
        "connection-copy" ["c"] |_| Action::Edit(EditAction::Copy), "duplicate the connection",
            (|app| connections_hint(app, "copy"));
        "connection-delete" ["d"] |_| Action::Edit(EditAction::Delete), "delete the connection (asks first)",
            (|app| connections_hint(app, "delete"));
    }
    Confirm {
        "confirm-yes" ["y"] |_| Action::Accept, "yes", (yes_hint);
        "confirm-no" ["n"] |_| Action::Cancel, "no", "no";
    }
    EditConflict {
        "clash-overwrite" ["o"] |_| Action::Edit(EditAction::Overwrite), "overwrite the file", "overwrite";
        "clash-reload" ["r"] |_| Action::Edit(EditAction::Reload), "reload the file",
            (|app| app.conflict_can_reload().then_some("reload"));
        "clash-up" ["Up", "k"] |_| Action::MoveInDialog(Direction::Up), "scroll one line up";
        "clash-down" ["Down", "j"] |_| Action::MoveInDialog(Direction::Down), "scroll one line down";
    }
};

fn connections_hint(app: &App, hint: &'static str) -> Option<&'static str> {
    (!app.connection_entries.is_empty()).then_some(hint)
}

/// Returns whether the context is a list with bindings of its own in addition to those of lists.
#[must_use]
pub(crate) const fn is_list_context(context: KeyContext) -> bool {
    matches!(context, KeyContext::Connections | KeyContext::Dashboards)
}

/// Returns whether the hex input of a color picker has the focus.
pub(crate) fn edits_hex_digits(app: &App) -> bool {
    let picker = match &app.focus {
        Screen::Prompt(prompt) => match &prompt.input {
            PromptInput::Color(picker) => Some(picker),
            _ => None,
        },
        _ => app.form().and_then(|form| form.color_picker()),
    };
    picker.is_some_and(|picker| picker.part == ColorPickerPart::Hex)
}
