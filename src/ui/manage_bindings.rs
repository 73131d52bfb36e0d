//! The rows of THE key table that manage tiles, dashboards and connections.

use super::key_bindings::{KeyBinding, KeyContext, binding, binding_with_hint};
use crate::{
    app::{Action, App, ColorPickerPart, EditAction, Focus, ManageDialog, PromptInput, form::FormPopup},
    model::grid::Direction,
};

fn has_editable_tile(app: &App) -> bool {
    app.editable() && app.selected_tile().is_some()
}

/// Whether the marked dashboard is locked, if one that is open is marked.
fn selected_dashboard_locked(app: &App) -> Option<bool> {
    let Focus::Manage(dialog) = &app.focus else { return None };
    let ManageDialog::DashboardList(selected) = **dialog else { return None };
    let index = app.dashboard_rows().get(selected)?.tab_index?;
    Some(app.dashboards.get(index)?.definition.locked)
}

/// The rows.
pub const BINDINGS: &[KeyBinding] = &[
    binding_with_hint(
        KeyContext::Dashboard,
        "edit",
        &["e"],
        |_| Action::Edit(EditAction::Edit),
        "edit the tile",
        |app| has_editable_tile(app).then_some("edit"),
    ),
    binding_with_hint(
        KeyContext::Dashboard,
        "add",
        &["a"],
        |_| Action::Edit(EditAction::Add),
        "add a tile",
        |app| app.editable().then_some("add"),
    ),
    binding(
        KeyContext::Dashboard,
        "clone",
        &["c"],
        |_| Action::Edit(EditAction::Copy),
        "clone the tile; the copy is placed right after it",
    ),
    binding(KeyContext::Dashboard, "delete", &["d"], |_| Action::Edit(EditAction::Delete), "delete the tile (asks)"),
    binding_with_hint(
        KeyContext::Dashboard,
        "move",
        &["m"],
        |_| Action::Edit(EditAction::MoveTile),
        "move the tile, with the arrows or the mouse",
        |app| {
            (has_editable_tile(app)
                && app.current_dashboard().is_some_and(|dashboard| dashboard.definition.tiles.len() > 1))
            .then_some("move")
        },
    ),
    binding_with_hint(
        KeyContext::Dashboard,
        "undo",
        &["u"],
        |_| Action::Edit(EditAction::Undo),
        "take the last edit of the dashboard back",
        |app| (app.editable() && app.undo_counts().0 > 0).then_some("undo"),
    ),
    binding_with_hint(
        KeyContext::Dashboard,
        "redo",
        &["Ctrl-R"],
        |_| Action::Edit(EditAction::Redo),
        "make the edit again that was taken back",
        |app| (app.editable() && app.undo_counts().1 > 0).then_some("redo"),
    ),
    binding(
        KeyContext::Dashboard,
        "clear-retained",
        &["x"],
        |_| Action::Edit(EditAction::ClearRetained),
        "delete the retained messages of the tile's topics (asks)",
    ),
    binding_with_hint(
        KeyContext::Dashboard,
        "certificate",
        &["t"],
        |_| Action::Edit(EditAction::TrustCertificate),
        "look at the certificate that is not trusted",
        |app| app.untrusted_certificate().map(|_| "certificate"),
    ),
    binding(
        KeyContext::Dashboard,
        "dashboards",
        &["D"],
        |_| Action::Edit(EditAction::ListDashboards),
        "dashboards: open, new, edit, copy, delete",
    ),
    binding_with_hint(
        KeyContext::Dashboard,
        "lock",
        &["L"],
        |_| Action::Edit(EditAction::ToggleLock),
        "lock the dashboard, or unlock it (asks)",
        |app| (!app.kiosk && app.current_dashboard()?.definition.locked).then_some("unlock"),
    ),
    binding(
        KeyContext::Dashboard,
        "connections",
        &["C"],
        |_| Action::ListConnections,
        "connections: open, new, edit, copy, test, delete",
    ),
    binding_with_hint(
        KeyContext::Welcome,
        "new-connection",
        &["n"],
        |_| Action::Edit(EditAction::NewConnection),
        "a new connection",
        |_| Some("new connection"),
    ),
    binding_with_hint(
        KeyContext::Welcome,
        "connections",
        &["C", "Enter"],
        |_| Action::ListConnections,
        "connections",
        |app| (!app.connection_entries.is_empty()).then_some("connections"),
    ),
    binding_with_hint(
        KeyContext::MoveTile,
        "carry-left",
        &["Left", "h"],
        |_| Action::MoveInDialog(Direction::Left),
        "carry the tile to the left",
        |_| Some("carry"),
    ),
    binding_with_hint(
        KeyContext::MoveTile,
        "carry-right",
        &["Right", "l"],
        |_| Action::MoveInDialog(Direction::Right),
        "carry it to the right",
        |_| Some("carry"),
    ),
    binding_with_hint(
        KeyContext::MoveTile,
        "carry-up",
        &["Up", "k"],
        |_| Action::MoveInDialog(Direction::Up),
        "carry it a row up",
        |_| Some("carry"),
    ),
    binding_with_hint(
        KeyContext::MoveTile,
        "carry-down",
        &["Down", "j"],
        |_| Action::MoveInDialog(Direction::Down),
        "carry it a row down",
        |_| Some("carry"),
    ),
    binding(
        KeyContext::MoveTile,
        "carry-first",
        &["Home", "g"],
        |_| Action::MoveInDialog(Direction::First),
        "carry it to the beginning",
    ),
    binding(
        KeyContext::MoveTile,
        "carry-last",
        &["End", "G"],
        |_| Action::MoveInDialog(Direction::Last),
        "carry it to the end",
    ),
    binding(
        KeyContext::MoveTile,
        "carry-page-up",
        &["PageUp"],
        |_| Action::MoveInDialog(Direction::PageUp),
        "carry it a screen up",
    ),
    binding(
        KeyContext::MoveTile,
        "carry-page-down",
        &["PageDown"],
        |_| Action::MoveInDialog(Direction::PageDown),
        "carry it a screen down",
    ),
    binding_with_hint(
        KeyContext::MoveTile,
        "carry-drop",
        &["Enter", "m", "Space"],
        |_| Action::Accept,
        "drop it",
        |_| Some("drop"),
    ),
    binding_with_hint(
        KeyContext::Dashboards,
        "dashboard-new",
        &["n", "a"],
        |_| Action::Edit(EditAction::Add),
        "a new dashboard",
        |_| Some("new"),
    ),
    binding_with_hint(
        KeyContext::Dashboards,
        "dashboard-edit",
        &["e"],
        |_| Action::Edit(EditAction::Edit),
        "edit its title, connection, tile size, columns, lock",
        |_| Some("edit"),
    ),
    binding_with_hint(
        KeyContext::Dashboards,
        "dashboard-rename",
        &["r"],
        |_| Action::Edit(EditAction::Rename),
        "rename its file",
        |_| Some("rename"),
    ),
    binding_with_hint(
        KeyContext::Dashboards,
        "dashboard-lock",
        &["l"],
        |_| Action::Edit(EditAction::ToggleLock),
        "lock it, or unlock it (asks)",
        |app| Some(if selected_dashboard_locked(app)? { "unlock" } else { "lock" }),
    ),
    binding_with_hint(
        KeyContext::Dashboards,
        "dashboard-copy",
        &["c"],
        |_| Action::Edit(EditAction::Copy),
        "duplicate it",
        |_| Some("copy"),
    ),
    binding_with_hint(
        KeyContext::Dashboards,
        "dashboard-delete",
        &["d"],
        |_| Action::Edit(EditAction::Delete),
        "delete its file (asks)",
        |_| Some("delete"),
    ),
    binding_with_hint(
        KeyContext::Connections,
        "connection-certificate",
        &["p"],
        |_| Action::Edit(EditAction::TrustCertificate),
        "look at the certificate that its test did not trust",
        |app| app.untrusted_test_certificate().map(|_| "certificate"),
    ),
    binding_with_hint(
        KeyContext::Connections,
        "connection-new",
        &["n", "a"],
        |_| Action::Edit(EditAction::Add),
        "a new connection",
        |_| Some("new"),
    ),
    binding_with_hint(
        KeyContext::Connections,
        "connection-edit",
        &["e"],
        |_| Action::Edit(EditAction::Edit),
        "edit it",
        |app| connections_hint(app, "edit"),
    ),
    binding_with_hint(
        KeyContext::Connections,
        "connection-test",
        &["t"],
        |_| Action::Edit(EditAction::TestConnection),
        "test it: connect, look around for 2 s",
        |app| connections_hint(app, "test"),
    ),
    binding_with_hint(
        KeyContext::Connections,
        "connection-default",
        &["s"],
        |_| Action::Edit(EditAction::ToggleDefault),
        "connect with it at start, or with none",
        |app| connections_hint(app, "at start"),
    ),
    binding_with_hint(
        KeyContext::Connections,
        "connection-copy",
        &["c"],
        |_| Action::Edit(EditAction::Copy),
        "copy it",
        |app| connections_hint(app, "copy"),
    ),
    binding_with_hint(
        KeyContext::Connections,
        "connection-delete",
        &["d"],
        |_| Action::Edit(EditAction::Delete),
        "delete it (asks)",
        |app| connections_hint(app, "delete"),
    ),
    binding_with_hint(
        KeyContext::Confirm,
        "confirm-yes",
        &["y"],
        |_| Action::Accept,
        "yes",
        |app| match &app.focus {
            Focus::Manage(dialog) => match &**dialog {
                ManageDialog::Confirm(confirm) => Some(confirm.yes_label),
                _ => None,
            },
            _ => None,
        },
    ),
    binding_with_hint(KeyContext::Confirm, "confirm-no", &["n"], |_| Action::Cancel, "no", |_| Some("no")),
    binding_with_hint(
        KeyContext::EditConflict,
        "clash-overwrite",
        &["o"],
        |_| Action::Edit(EditAction::Overwrite),
        "overwrite the file",
        |_| Some("overwrite"),
    ),
    binding_with_hint(
        KeyContext::EditConflict,
        "clash-reload",
        &["r"],
        |_| Action::Edit(EditAction::Reload),
        "read the file again",
        |app| app.conflict_can_reload().then_some("reload"),
    ),
    binding(KeyContext::EditConflict, "clash-up", &["Up", "k"], |_| Action::MoveInDialog(Direction::Up), "a line up"),
    binding(
        KeyContext::EditConflict,
        "clash-down",
        &["Down", "j"],
        |_| Action::MoveInDialog(Direction::Down),
        "a line down",
    ),
];

fn connections_hint(app: &App, hint: &'static str) -> Option<&'static str> {
    (!app.connection_entries.is_empty()).then_some(hint)
}

/// Where the keys go in what is managed.
#[must_use]
pub fn key_context(dialog: &ManageDialog) -> KeyContext {
    match dialog {
        ManageDialog::Form(form) => match &form.popup {
            Some(FormPopup::List(_)) => KeyContext::TextInput,
            Some(FormPopup::Color(_)) => KeyContext::ColorPicker,
            Some(FormPopup::Options(_)) => KeyContext::OptionsEditor,
            None if form.focused_field().is_some_and(crate::app::form::FormField::accepts_text) => {
                KeyContext::TextField
            }
            None => KeyContext::EnumField,
        },
        ManageDialog::KindList(_) => KeyContext::List,
        ManageDialog::DashboardList(_) => KeyContext::Dashboards,
        ManageDialog::MoveTile(_) => KeyContext::MoveTile,
        ManageDialog::Confirm(_) => KeyContext::Confirm,
        ManageDialog::NamePrompt(_) | ManageDialog::PasswordPrompt(..) => KeyContext::TextInput,
        ManageDialog::Conflict(_) => KeyContext::EditConflict,
    }
}

/// Whether a place is a list with more to do.
#[must_use]
pub const fn is_list_context(context: KeyContext) -> bool {
    matches!(context, KeyContext::Connections | KeyContext::Dashboards)
}

/// Whether the digits of a colour are typed.
pub fn edits_hex_digits(app: &App) -> bool {
    let picker = match &app.focus {
        Focus::Prompt(prompt) => match &prompt.input {
            PromptInput::Color(picker) => Some(picker),
            _ => None,
        },
        _ => app.form().and_then(|form| form.color_picker()),
    };
    picker.is_some_and(|picker| picker.part == ColorPickerPart::Hex)
}
