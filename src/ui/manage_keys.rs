//! The rows of THE key table that manage tiles, dashboards and connections.

use super::keys::{Binding, Place, hinted, row};
use crate::{
    app::{Action, App, ColorPickerPart, EditAction, Focus, ManageDialog, PromptInput, form::FormPopup},
    model::grid::Direction,
};

fn has_tile(app: &App) -> bool {
    app.editable() && app.selected_tile().is_some()
}

/// Whether the marked dashboard is locked, if one that is open is marked.
fn locked(app: &App) -> Option<bool> {
    let Focus::Manage(task) = &app.focus else { return None };
    let ManageDialog::DashboardList(at) = **task else { return None };
    let number = app.dashboard_rows().get(at)?.tab_index?;
    Some(app.dashboards.get(number)?.definition.locked)
}

/// The rows.
pub const BINDINGS: &[Binding] = &[
    hinted(
        Place::Board,
        "edit",
        &["e"],
        |_| Action::Edit(EditAction::Edit),
        "edit the tile",
        |app| has_tile(app).then_some("edit"),
    ),
    hinted(
        Place::Board,
        "add",
        &["a"],
        |_| Action::Edit(EditAction::Add),
        "add a tile",
        |app| app.editable().then_some("add"),
    ),
    row(
        Place::Board,
        "clone",
        &["c"],
        |_| Action::Edit(EditAction::Copy),
        "clone the tile; the copy is placed right after it",
    ),
    row(Place::Board, "delete", &["d"], |_| Action::Edit(EditAction::Delete), "delete the tile (asks)"),
    hinted(
        Place::Board,
        "move",
        &["m"],
        |_| Action::Edit(EditAction::MoveTile),
        "move the tile, with the arrows or the mouse",
        |app| {
            (has_tile(app) && app.current_dashboard().is_some_and(|board| board.definition.tiles.len() > 1))
                .then_some("move")
        },
    ),
    hinted(
        Place::Board,
        "undo",
        &["u"],
        |_| Action::Edit(EditAction::Undo),
        "take the last edit of the dashboard back",
        |app| (app.editable() && app.undo_counts().0 > 0).then_some("undo"),
    ),
    hinted(
        Place::Board,
        "redo",
        &["Ctrl-R"],
        |_| Action::Edit(EditAction::Redo),
        "make the edit again that was taken back",
        |app| (app.editable() && app.undo_counts().1 > 0).then_some("redo"),
    ),
    row(
        Place::Board,
        "clear-retained",
        &["x"],
        |_| Action::Edit(EditAction::ClearRetained),
        "delete the retained messages of the tile's topics (asks)",
    ),
    hinted(
        Place::Board,
        "certificate",
        &["t"],
        |_| Action::Edit(EditAction::TrustCertificate),
        "look at the certificate that is not trusted",
        |app| app.untrusted_certificate().map(|_| "certificate"),
    ),
    row(
        Place::Board,
        "dashboards",
        &["D"],
        |_| Action::Edit(EditAction::ListDashboards),
        "dashboards: open, new, edit, copy, delete",
    ),
    hinted(
        Place::Board,
        "lock",
        &["L"],
        |_| Action::Edit(EditAction::ToggleLock),
        "lock the dashboard, or unlock it (asks)",
        |app| (!app.kiosk && app.current_dashboard()?.definition.locked).then_some("unlock"),
    ),
    row(
        Place::Board,
        "connections",
        &["C"],
        |_| Action::ListConnections,
        "connections: open, new, edit, copy, test, delete",
    ),
    hinted(
        Place::Welcome,
        "new-connection",
        &["n"],
        |_| Action::Edit(EditAction::NewConnection),
        "a new connection",
        |_| Some("new connection"),
    ),
    hinted(
        Place::Welcome,
        "connections",
        &["C", "Enter"],
        |_| Action::ListConnections,
        "connections",
        |app| (!app.connection_entries.is_empty()).then_some("connections"),
    ),
    hinted(
        Place::Carry,
        "carry-left",
        &["Left", "h"],
        |_| Action::MoveInDialog(Direction::Left),
        "carry the tile to the left",
        |_| Some("carry"),
    ),
    hinted(
        Place::Carry,
        "carry-right",
        &["Right", "l"],
        |_| Action::MoveInDialog(Direction::Right),
        "carry it to the right",
        |_| Some("carry"),
    ),
    hinted(
        Place::Carry,
        "carry-up",
        &["Up", "k"],
        |_| Action::MoveInDialog(Direction::Up),
        "carry it a row up",
        |_| Some("carry"),
    ),
    hinted(
        Place::Carry,
        "carry-down",
        &["Down", "j"],
        |_| Action::MoveInDialog(Direction::Down),
        "carry it a row down",
        |_| Some("carry"),
    ),
    row(
        Place::Carry,
        "carry-first",
        &["Home", "g"],
        |_| Action::MoveInDialog(Direction::First),
        "carry it to the beginning",
    ),
    row(Place::Carry, "carry-last", &["End", "G"], |_| Action::MoveInDialog(Direction::Last), "carry it to the end"),
    row(
        Place::Carry,
        "carry-page-up",
        &["PageUp"],
        |_| Action::MoveInDialog(Direction::PageUp),
        "carry it a screen up",
    ),
    row(
        Place::Carry,
        "carry-page-down",
        &["PageDown"],
        |_| Action::MoveInDialog(Direction::PageDown),
        "carry it a screen down",
    ),
    hinted(Place::Carry, "carry-drop", &["Enter", "m", "Space"], |_| Action::Accept, "drop it", |_| Some("drop")),
    hinted(
        Place::Boards,
        "dashboard-new",
        &["n", "a"],
        |_| Action::Edit(EditAction::Add),
        "a new dashboard",
        |_| Some("new"),
    ),
    hinted(
        Place::Boards,
        "dashboard-edit",
        &["e"],
        |_| Action::Edit(EditAction::Edit),
        "edit its title, connection, tile size, columns, lock",
        |_| Some("edit"),
    ),
    hinted(
        Place::Boards,
        "dashboard-rename",
        &["r"],
        |_| Action::Edit(EditAction::Rename),
        "rename its file",
        |_| Some("rename"),
    ),
    hinted(
        Place::Boards,
        "dashboard-lock",
        &["l"],
        |_| Action::Edit(EditAction::ToggleLock),
        "lock it, or unlock it (asks)",
        |app| Some(if locked(app)? { "unlock" } else { "lock" }),
    ),
    hinted(
        Place::Boards,
        "dashboard-copy",
        &["c"],
        |_| Action::Edit(EditAction::Copy),
        "duplicate it",
        |_| Some("copy"),
    ),
    hinted(
        Place::Boards,
        "dashboard-delete",
        &["d"],
        |_| Action::Edit(EditAction::Delete),
        "delete its file (asks)",
        |_| Some("delete"),
    ),
    hinted(
        Place::Lines,
        "connection-certificate",
        &["p"],
        |_| Action::Edit(EditAction::TrustCertificate),
        "look at the certificate that its test did not trust",
        |app| app.untrusted_test_certificate().map(|_| "certificate"),
    ),
    hinted(
        Place::Lines,
        "connection-new",
        &["n", "a"],
        |_| Action::Edit(EditAction::Add),
        "a new connection",
        |_| Some("new"),
    ),
    hinted(
        Place::Lines,
        "connection-edit",
        &["e"],
        |_| Action::Edit(EditAction::Edit),
        "edit it",
        |app| lines_hint(app, "edit"),
    ),
    hinted(
        Place::Lines,
        "connection-test",
        &["t"],
        |_| Action::Edit(EditAction::TestConnection),
        "test it: connect, look around for 2 s",
        |app| lines_hint(app, "test"),
    ),
    hinted(
        Place::Lines,
        "connection-default",
        &["s"],
        |_| Action::Edit(EditAction::ToggleDefault),
        "connect with it at start, or with none",
        |app| lines_hint(app, "at start"),
    ),
    hinted(
        Place::Lines,
        "connection-copy",
        &["c"],
        |_| Action::Edit(EditAction::Copy),
        "copy it",
        |app| lines_hint(app, "copy"),
    ),
    hinted(
        Place::Lines,
        "connection-delete",
        &["d"],
        |_| Action::Edit(EditAction::Delete),
        "delete it (asks)",
        |app| lines_hint(app, "delete"),
    ),
    hinted(
        Place::Confirm,
        "confirm-yes",
        &["y"],
        |_| Action::Accept,
        "yes",
        |app| match &app.focus {
            Focus::Manage(task) => match &**task {
                ManageDialog::Confirm(confirm) => Some(confirm.yes_label),
                _ => None,
            },
            _ => None,
        },
    ),
    hinted(Place::Confirm, "confirm-no", &["n"], |_| Action::Cancel, "no", |_| Some("no")),
    hinted(
        Place::Clash,
        "clash-overwrite",
        &["o"],
        |_| Action::Edit(EditAction::Overwrite),
        "overwrite the file",
        |_| Some("overwrite"),
    ),
    hinted(
        Place::Clash,
        "clash-reload",
        &["r"],
        |_| Action::Edit(EditAction::Reload),
        "read the file again",
        |app| app.conflict_can_reload().then_some("reload"),
    ),
    row(Place::Clash, "clash-up", &["Up", "k"], |_| Action::MoveInDialog(Direction::Up), "a line up"),
    row(Place::Clash, "clash-down", &["Down", "j"], |_| Action::MoveInDialog(Direction::Down), "a line down"),
];

fn lines_hint(app: &App, word: &'static str) -> Option<&'static str> {
    (!app.connection_entries.is_empty()).then_some(word)
}

/// Where the keys go in what is managed.
#[must_use]
pub fn place(task: &ManageDialog) -> Place {
    match task {
        ManageDialog::Form(form) => match &form.popup {
            Some(FormPopup::List(_)) => Place::Line,
            Some(FormPopup::Color(_)) => Place::Color,
            Some(FormPopup::Options(_)) => Place::Options,
            None if form.focused_field().is_some_and(crate::app::form::FormField::accepts_text) => Place::Form,
            None => Place::Knob,
        },
        ManageDialog::KindList(_) => Place::List,
        ManageDialog::DashboardList(_) => Place::Boards,
        ManageDialog::MoveTile(_) => Place::Carry,
        ManageDialog::Confirm(_) => Place::Confirm,
        ManageDialog::NamePrompt(_) | ManageDialog::PasswordPrompt(..) => Place::Line,
        ManageDialog::Conflict(_) => Place::Clash,
    }
}

/// Whether a place is a list with more to do.
#[must_use]
pub const fn is_list(place: Place) -> bool {
    matches!(place, Place::Lines | Place::Boards)
}

/// Whether the digits of a colour are typed.
pub fn in_digits(app: &App) -> bool {
    let picker = match &app.focus {
        Focus::Prompt(prompt) => match &prompt.input {
            PromptInput::Color(picker) => Some(picker),
            _ => None,
        },
        _ => app.form().and_then(|form| form.color_picker()),
    };
    picker.is_some_and(|picker| picker.part == ColorPickerPart::Hex)
}
