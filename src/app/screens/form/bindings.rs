//! The key bindings of forms.

use crate::{
    app::{
        Action, App, EditAction,
        form::{CompletionSource, Form},
        key_binding::{KeyBinding, KeyContext, TextInput, key_bindings},
    },
    model::grid::Direction,
};

/// A form field with text input.
pub(super) const TEXT_FIELD: KeyContext = KeyContext::new("In a form").with_text_input(TextInput::Line);
/// A form field without text input, such as one with a fixed set of values.
pub(super) const ENUM_FIELD: KeyContext = KeyContext::new("In a form field without text input");
/// The list of the rows of a panel, in its form.
pub(super) const PANEL_ROWS: KeyContext = KeyContext::new("In the rows of a panel");
/// The editor for the rows of a list.
pub(super) const ROW_EDITOR: KeyContext = KeyContext::new("In the rows of a list").with_text_input(TextInput::Line);

fn open_form(app: &App) -> Option<&Form> {
    app.form()
}

/// Returns the hint for opening the picker of the focused field, if it has one.
fn pick_hint(app: &App) -> Option<&'static str> {
    match open_form(app)?.focused_field()?.completion_source {
        CompletionSource::Nothing => None,
        CompletionSource::Color => Some("colors"),
        CompletionSource::Icon => Some("icons"),
        CompletionSource::Topic => Some("topics"),
        CompletionSource::Json => Some("payload"),
        CompletionSource::Payload => Some("templates"),
        CompletionSource::Profile => Some("connections"),
        CompletionSource::Dashboard => Some("dashboards"),
        CompletionSource::Rows | CompletionSource::PanelRows => Some("rows"),
        CompletionSource::UserProperties => Some("properties"),
        CompletionSource::Preset => Some("presets"),
    }
}

fn change_hint(app: &App) -> Option<&'static str> {
    let form = open_form(app).filter(|form| !form.focuses_folded_section())?;
    Some(match form.focused_field()?.completion_source {
        CompletionSource::Rows | CompletionSource::PanelRows => "edit the rows",
        CompletionSource::UserProperties => "edit the properties",
        CompletionSource::Preset => "choose",
        _ => "change",
    })
}

/// Returns the hint for Enter, which takes a completion and goes to what is missing before it saves.
fn save_hint(app: &App) -> Option<&'static str> {
    let form = open_form(app)?;
    Some(match form.first_problem() {
        _ if app.completion(form).is_some() => "complete",
        _ if form.focuses_folded_section() => "open",
        _ if form.focuses_rows() => return change_hint(app),
        Some(_) => "continue",
        None => "save",
    })
}

fn test_hint(app: &App) -> Option<&'static str> {
    open_form(app)?.is_profile().then_some("test")
}

/// The key bindings.
pub(crate) const BINDINGS: &[KeyBinding] = key_bindings! {
    TEXT_FIELD {
        "form-save" ["Enter"] |_| Action::Accept, "save, or go to what is missing or wrong", (save_hint);
        "form-previous" ["Shift-Tab"] |_| Action::CycleFocus(-1), "go to the previous field";
        "form-up" ["Up"] |_| Action::MoveInDialog(Direction::Up), "go to the field above";
        "form-down" ["Down"] |_| Action::MoveInDialog(Direction::Down), "go to the field below";
        "form-page-up" ["PageUp"] |_| Action::MoveInDialog(Direction::PageUp), "go eight fields up";
        "form-page-down" ["PageDown"] |_| Action::MoveInDialog(Direction::PageDown), "go eight fields down";
        "form-pick" ["Ctrl-P"] |_| Action::Edit(EditAction::OpenPicker), "choose a value from a list or picker",
            (pick_hint);
        "form-test" ["Ctrl-T"] |_| Action::Edit(EditAction::TestConnection), "test the connection", (test_hint);
        "form-next" ["Tab"] |_| Action::CycleFocus(1), "go to the next field, or complete the topic",
            (|app| Some(if app.completion(open_form(app)?).is_some() { "complete" } else { "next" }));
    }
    ENUM_FIELD {
        "form-save" ["Enter"] |_| Action::Accept, "save, or go to what is missing or wrong", (save_hint);
        "form-previous" ["Shift-Tab"] |_| Action::CycleFocus(-1), "go to the previous field";
        "value-next" ["Space"] |_| Action::Edit(EditAction::NextValue), "set the next value, or open its choices",
            (change_hint);
        "value-left" ["Left"] |_| Action::MoveInDialog(Direction::Left), "set the previous value";
        "value-right" ["Right"] |_| Action::MoveInDialog(Direction::Right), "set the next value";
        "form-up" ["Up"] |_| Action::MoveInDialog(Direction::Up), "go to the field above";
        "form-down" ["Down"] |_| Action::MoveInDialog(Direction::Down), "go to the field below";
        "form-first" ["Home"] |_| Action::MoveInDialog(Direction::First), "go to the first field";
        "form-last" ["End"] |_| Action::MoveInDialog(Direction::Last), "go to the last field";
        "form-page-up" ["PageUp"] |_| Action::MoveInDialog(Direction::PageUp), "go eight fields up";
        "form-page-down" ["PageDown"] |_| Action::MoveInDialog(Direction::PageDown), "go eight fields down";
        "form-pick" ["Ctrl-P"] |_| Action::Edit(EditAction::OpenPicker), "choose a value from a list or picker";
        "form-test" ["Ctrl-T"] |_| Action::Edit(EditAction::TestConnection), "test the connection", (test_hint);
        "form-next" ["Tab"] |_| Action::CycleFocus(1), "go to the next field", "next";
    }
    PANEL_ROWS {
        "row-edit" ["Enter", "e"] |_| Action::Accept, "edit the row, or add one", "edit";
        "row-add" ["a"] |_| Action::Edit(EditAction::Add), "add a row", "add";
        "row-delete" ["d"] |_| Action::Edit(EditAction::Delete), "delete the row", "delete";
        "row-up" ["K"] |_| Action::Edit(EditAction::MoveRow(-1)), "move the row up", "move";
        "row-down" ["J"] |_| Action::Edit(EditAction::MoveRow(1)), "move the row down", "move";
        "rows-up" ["Up", "k"] |_| Action::MoveInDialog(Direction::Up), "go to the row above";
        "rows-down" ["Down", "j"] |_| Action::MoveInDialog(Direction::Down), "go to the row below";
    }
    ROW_EDITOR {
        "options-accept" ["Enter"] |_| Action::Accept, "set the options", "set";
        "options-next" ["Tab"] |_| Action::CycleFocus(1), "go to the next cell", "next";
        "options-previous" ["Shift-Tab"] |_| Action::CycleFocus(-1), "go to the previous cell";
        "options-up" ["Up"] |_| Action::MoveInDialog(Direction::Up), "go to the option above";
        "options-down" ["Down"] |_| Action::MoveInDialog(Direction::Down), "go to the option below";
    }
};
