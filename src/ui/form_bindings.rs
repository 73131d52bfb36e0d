//! The key bindings of forms.

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

/// Returns the hint for opening the picker of the focused field, if it has one.
fn pick_hint(app: &App) -> Option<&'static str> {
    match open_form(app)?.focused_field()?.completion_source {
        CompletionSource::Nothing => None,
        CompletionSource::Color => Some("colors"),
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

/// The bindings.
pub const BINDINGS: &[KeyBinding] = &[
    binding_with_hint(KeyContext::TextField, "form-save", &["Enter"], |_| Action::Accept, "save", |_| Some("save")),
    binding(
        KeyContext::TextField,
        "form-previous",
        &["Shift-Tab"],
        |_| Action::CycleFocus(-1),
        "go to the previous field",
    ),
    binding(
        KeyContext::TextField,
        "form-up",
        &["Up"],
        |_| Action::MoveInDialog(Direction::Up),
        "go to the field above",
    ),
    binding(
        KeyContext::TextField,
        "form-down",
        &["Down"],
        |_| Action::MoveInDialog(Direction::Down),
        "go to the field below",
    ),
    binding(
        KeyContext::TextField,
        "form-page-up",
        &["PageUp"],
        |_| Action::MoveInDialog(Direction::PageUp),
        "go eight fields up",
    ),
    binding(
        KeyContext::TextField,
        "form-page-down",
        &["PageDown"],
        |_| Action::MoveInDialog(Direction::PageDown),
        "go eight fields down",
    ),
    binding_with_hint(
        KeyContext::TextField,
        "form-pick",
        &["Ctrl-P"],
        |_| Action::Edit(EditAction::OpenPicker),
        "choose a value from a list or picker",
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
        "go to the next field; accept a completion",
        |app| Some(if app.completion(open_form(app)?).is_some() { "complete" } else { "next" }),
    ),
    binding_with_hint(KeyContext::EnumField, "form-save", &["Enter"], |_| Action::Accept, "save", |_| Some("save")),
    binding(
        KeyContext::EnumField,
        "form-previous",
        &["Shift-Tab"],
        |_| Action::CycleFocus(-1),
        "go to the previous field",
    ),
    binding_with_hint(
        KeyContext::EnumField,
        "knob-turn",
        &["Space"],
        |_| Action::Edit(EditAction::NextValue),
        "set the next value, or edit the options",
        change_hint,
    ),
    binding(
        KeyContext::EnumField,
        "knob-left",
        &["Left"],
        |_| Action::MoveInDialog(Direction::Left),
        "set the previous value",
    ),
    binding(
        KeyContext::EnumField,
        "knob-right",
        &["Right"],
        |_| Action::MoveInDialog(Direction::Right),
        "set the next value",
    ),
    binding(
        KeyContext::EnumField,
        "form-up",
        &["Up"],
        |_| Action::MoveInDialog(Direction::Up),
        "go to the field above",
    ),
    binding(
        KeyContext::EnumField,
        "form-down",
        &["Down"],
        |_| Action::MoveInDialog(Direction::Down),
        "go to the field below",
    ),
    binding(
        KeyContext::EnumField,
        "form-first",
        &["Home"],
        |_| Action::MoveInDialog(Direction::First),
        "go to the first field",
    ),
    binding(
        KeyContext::EnumField,
        "form-last",
        &["End"],
        |_| Action::MoveInDialog(Direction::Last),
        "go to the last field",
    ),
    binding(
        KeyContext::EnumField,
        "form-page-up",
        &["PageUp"],
        |_| Action::MoveInDialog(Direction::PageUp),
        "go eight fields up",
    ),
    binding(
        KeyContext::EnumField,
        "form-page-down",
        &["PageDown"],
        |_| Action::MoveInDialog(Direction::PageDown),
        "go eight fields down",
    ),
    binding(
        KeyContext::EnumField,
        "form-pick",
        &["Ctrl-P"],
        |_| Action::Edit(EditAction::OpenPicker),
        "choose a value from a list or picker",
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
        "go to the next field",
        |_| Some("next"),
    ),
    binding_with_hint(
        KeyContext::OptionsEditor,
        "options-accept",
        &["Enter"],
        |_| Action::Accept,
        "accept the options",
        |_| Some("accept"),
    ),
    binding_with_hint(
        KeyContext::OptionsEditor,
        "options-next",
        &["Tab"],
        |_| Action::CycleFocus(1),
        "go to the next cell",
        |_| Some("next"),
    ),
    binding(
        KeyContext::OptionsEditor,
        "options-previous",
        &["Shift-Tab"],
        |_| Action::CycleFocus(-1),
        "go to the previous cell",
    ),
    binding(
        KeyContext::OptionsEditor,
        "options-up",
        &["Up"],
        |_| Action::MoveInDialog(Direction::Up),
        "go to the option above",
    ),
    binding(
        KeyContext::OptionsEditor,
        "options-down",
        &["Down"],
        |_| Action::MoveInDialog(Direction::Down),
        "go to the option below",
    ),
];
