//! The rows of THE key table that fill forms.

use super::keys::{Binding, Place, hinted, row};
use crate::{
    app::{
        Action, App, EditAction,
        form::{CompletionSource, FieldEntry, Form},
    },
    model::grid::Direction,
};

fn form(app: &App) -> Option<&Form> {
    app.form()
}

/// What filling the field from something is called, if there is something.
fn pick_hint(app: &App) -> Option<&'static str> {
    match form(app)?.focused_field()?.completion_source {
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

fn turn_hint(app: &App) -> Option<&'static str> {
    let options = matches!(form(app)?.focused_field()?.entry, FieldEntry::Options(_));
    Some(if options { "edit the options" } else { "change" })
}

fn test_hint(app: &App) -> Option<&'static str> {
    form(app)?.is_profile().then_some("test")
}

/// The rows.
pub const BINDINGS: &[Binding] = &[
    hinted(Place::Form, "form-save", &["Enter"], |_| Action::Accept, "save", |_| Some("save")),
    row(Place::Form, "form-previous", &["Shift-Tab"], |_| Action::CycleFocus(-1), "the field before"),
    row(Place::Form, "form-up", &["Up"], |_| Action::MoveInDialog(Direction::Up), "the field above"),
    row(Place::Form, "form-down", &["Down"], |_| Action::MoveInDialog(Direction::Down), "the field below"),
    row(Place::Form, "form-page-up", &["PageUp"], |_| Action::MoveInDialog(Direction::PageUp), "eight fields up"),
    row(
        Place::Form,
        "form-page-down",
        &["PageDown"],
        |_| Action::MoveInDialog(Direction::PageDown),
        "eight fields down",
    ),
    hinted(
        Place::Form,
        "form-pick",
        &["Ctrl-P"],
        |_| Action::Edit(EditAction::OpenPicker),
        "choose from what fits the field",
        pick_hint,
    ),
    hinted(
        Place::Form,
        "form-test",
        &["Ctrl-T"],
        |_| Action::Edit(EditAction::TestConnection),
        "test the connection",
        test_hint,
    ),
    hinted(
        Place::Form,
        "form-next",
        &["Tab"],
        |_| Action::CycleFocus(1),
        "the next field; a topic is taken as it is shown completed",
        |app| Some(if app.completion(form(app)?).is_some() { "complete" } else { "next" }),
    ),
    hinted(Place::Knob, "form-save", &["Enter"], |_| Action::Accept, "save", |_| Some("save")),
    row(Place::Knob, "form-previous", &["Shift-Tab"], |_| Action::CycleFocus(-1), "the field before"),
    hinted(
        Place::Knob,
        "knob-turn",
        &["Space"],
        |_| Action::Edit(EditAction::NextValue),
        "the next value, or the editor of options",
        turn_hint,
    ),
    row(Place::Knob, "knob-left", &["Left"], |_| Action::MoveInDialog(Direction::Left), "the value before"),
    row(Place::Knob, "knob-right", &["Right"], |_| Action::MoveInDialog(Direction::Right), "the value after"),
    row(Place::Knob, "form-up", &["Up"], |_| Action::MoveInDialog(Direction::Up), "the field above"),
    row(Place::Knob, "form-down", &["Down"], |_| Action::MoveInDialog(Direction::Down), "the field below"),
    row(Place::Knob, "form-first", &["Home"], |_| Action::MoveInDialog(Direction::First), "the first field"),
    row(Place::Knob, "form-last", &["End"], |_| Action::MoveInDialog(Direction::Last), "the last field"),
    row(Place::Knob, "form-page-up", &["PageUp"], |_| Action::MoveInDialog(Direction::PageUp), "eight fields up"),
    row(
        Place::Knob,
        "form-page-down",
        &["PageDown"],
        |_| Action::MoveInDialog(Direction::PageDown),
        "eight fields down",
    ),
    row(
        Place::Knob,
        "form-pick",
        &["Ctrl-P"],
        |_| Action::Edit(EditAction::OpenPicker),
        "choose from what fits the field",
    ),
    hinted(
        Place::Knob,
        "form-test",
        &["Ctrl-T"],
        |_| Action::Edit(EditAction::TestConnection),
        "test the connection",
        test_hint,
    ),
    hinted(Place::Knob, "form-next", &["Tab"], |_| Action::CycleFocus(1), "the next field", |_| Some("next")),
    hinted(Place::Options, "options-accept", &["Enter"], |_| Action::Accept, "take the options", |_| Some("take them")),
    hinted(Place::Options, "options-next", &["Tab"], |_| Action::CycleFocus(1), "the next cell", |_| Some("next")),
    row(Place::Options, "options-previous", &["Shift-Tab"], |_| Action::CycleFocus(-1), "the cell before"),
    row(Place::Options, "options-up", &["Up"], |_| Action::MoveInDialog(Direction::Up), "the option above"),
    row(Place::Options, "options-down", &["Down"], |_| Action::MoveInDialog(Direction::Down), "the option below"),
];
