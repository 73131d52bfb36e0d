//! The rows of THE key table that fill forms.

use super::key_bindings::{KeyBinding, KeyContext, binding, binding_with_hint};
use crate::{
    app::{
        Action, App, EditAction,
        form::{CompletionSource, FieldEntry, Form},
    },
    model::grid::Direction,
};

fn open_form(app: &App) -> Option<&Form> {
    app.form()
}

/// What filling the field from something is called, if there is something.
fn pick_hint(app: &App) -> Option<&'static str> {
    match open_form(app)?.focused_field()?.completion_source {
        CompletionSource::Nothing => None,
        CompletionSource::Color => Some("colours"),
        CompletionSource::Icon => Some("icons"),
        CompletionSource::Topic => Some("topics"),
        CompletionSource::Json => Some("payload"),
        CompletionSource::Profile => Some("connections"),
        CompletionSource::Dashboard => Some("dashboards"),
        CompletionSource::Options => Some("options"),
    }
}

fn change_hint(app: &App) -> Option<&'static str> {
    let options = matches!(open_form(app)?.focused_field()?.entry, FieldEntry::Options(_));
    Some(if options { "edit the options" } else { "change" })
}

fn test_hint(app: &App) -> Option<&'static str> {
    open_form(app)?.is_profile().then_some("test")
}

/// The rows.
pub const BINDINGS: &[KeyBinding] = &[
    binding_with_hint(KeyContext::TextField, "form-save", &["Enter"], |_| Action::Accept, "save", |_| Some("save")),
    binding(KeyContext::TextField, "form-previous", &["Shift-Tab"], |_| Action::CycleFocus(-1), "the field before"),
    binding(KeyContext::TextField, "form-up", &["Up"], |_| Action::MoveInDialog(Direction::Up), "the field above"),
    binding(
        KeyContext::TextField,
        "form-down",
        &["Down"],
        |_| Action::MoveInDialog(Direction::Down),
        "the field below",
    ),
    binding(
        KeyContext::TextField,
        "form-page-up",
        &["PageUp"],
        |_| Action::MoveInDialog(Direction::PageUp),
        "eight fields up",
    ),
    binding(
        KeyContext::TextField,
        "form-page-down",
        &["PageDown"],
        |_| Action::MoveInDialog(Direction::PageDown),
        "eight fields down",
    ),
    binding_with_hint(
        KeyContext::TextField,
        "form-pick",
        &["Ctrl-P"],
        |_| Action::Edit(EditAction::OpenPicker),
        "choose from what fits the field",
        pick_hint,
    ),
    binding_with_hint(
        KeyContext::TextField,
        "form-test",
        &["Ctrl-T"],
        |_| Action::Edit(EditAction::TestConnection),
        "test the connection",
        test_hint,
    ),
    binding_with_hint(
        KeyContext::TextField,
        "form-next",
        &["Tab"],
        |_| Action::CycleFocus(1),
        "the next field; a topic is taken as it is shown completed",
        |app| Some(if app.completion(open_form(app)?).is_some() { "complete" } else { "next" }),
    ),
    binding_with_hint(KeyContext::EnumField, "form-save", &["Enter"], |_| Action::Accept, "save", |_| Some("save")),
    binding(KeyContext::EnumField, "form-previous", &["Shift-Tab"], |_| Action::CycleFocus(-1), "the field before"),
    binding_with_hint(
        KeyContext::EnumField,
        "knob-turn",
        &["Space"],
        |_| Action::Edit(EditAction::NextValue),
        "the next value, or the editor of options",
        change_hint,
    ),
    binding(
        KeyContext::EnumField,
        "knob-left",
        &["Left"],
        |_| Action::MoveInDialog(Direction::Left),
        "the value before",
    ),
    binding(
        KeyContext::EnumField,
        "knob-right",
        &["Right"],
        |_| Action::MoveInDialog(Direction::Right),
        "the value after",
    ),
    binding(KeyContext::EnumField, "form-up", &["Up"], |_| Action::MoveInDialog(Direction::Up), "the field above"),
    binding(
        KeyContext::EnumField,
        "form-down",
        &["Down"],
        |_| Action::MoveInDialog(Direction::Down),
        "the field below",
    ),
    binding(
        KeyContext::EnumField,
        "form-first",
        &["Home"],
        |_| Action::MoveInDialog(Direction::First),
        "the first field",
    ),
    binding(KeyContext::EnumField, "form-last", &["End"], |_| Action::MoveInDialog(Direction::Last), "the last field"),
    binding(
        KeyContext::EnumField,
        "form-page-up",
        &["PageUp"],
        |_| Action::MoveInDialog(Direction::PageUp),
        "eight fields up",
    ),
    binding(
        KeyContext::EnumField,
        "form-page-down",
        &["PageDown"],
        |_| Action::MoveInDialog(Direction::PageDown),
        "eight fields down",
    ),
    binding(
        KeyContext::EnumField,
        "form-pick",
        &["Ctrl-P"],
        |_| Action::Edit(EditAction::OpenPicker),
        "choose from what fits the field",
    ),
    binding_with_hint(
        KeyContext::EnumField,
        "form-test",
        &["Ctrl-T"],
        |_| Action::Edit(EditAction::TestConnection),
        "test the connection",
        test_hint,
    ),
    binding_with_hint(
        KeyContext::EnumField,
        "form-next",
        &["Tab"],
        |_| Action::CycleFocus(1),
        "the next field",
        |_| Some("next"),
    ),
    binding_with_hint(
        KeyContext::OptionsEditor,
        "options-accept",
        &["Enter"],
        |_| Action::Accept,
        "take the options",
        |_| Some("take them"),
    ),
    binding_with_hint(
        KeyContext::OptionsEditor,
        "options-next",
        &["Tab"],
        |_| Action::CycleFocus(1),
        "the next cell",
        |_| Some("next"),
    ),
    binding(
        KeyContext::OptionsEditor,
        "options-previous",
        &["Shift-Tab"],
        |_| Action::CycleFocus(-1),
        "the cell before",
    ),
    binding(
        KeyContext::OptionsEditor,
        "options-up",
        &["Up"],
        |_| Action::MoveInDialog(Direction::Up),
        "the option above",
    ),
    binding(
        KeyContext::OptionsEditor,
        "options-down",
        &["Down"],
        |_| Action::MoveInDialog(Direction::Down),
        "the option below",
    ),
];
