//! Forms that edit a tile, the settings of a dashboard, or a connection profile. The fields are
//! generated from the type's schema ([`DynFields`]). A form is saved only when every field is valid.

mod completion_source;
mod deleted_tile;
mod effective_value;
mod field;
mod folding;
mod json_tree;
mod nested_rows;
mod panel_rows;
mod password;
mod pick_list;
mod popup;
mod presets;
mod publish_field;
mod row_editor;
mod row_of;
mod rows;
mod sections;
mod seen_numbers;
mod subject;
mod template;
mod template_of_form;
mod typed_value;
mod values;

use super::{HiddenInput, input_edit::InputEdit, list::wrap_index};
use crate::model::{
    grid::Direction,
    profile::Profile,
    schema::DynFields,
    value::{ValidationError, Value},
};

pub(crate) use completion_source::CompletionSource;
use field::PasswordPart;
pub(crate) use field::{FieldEntry, FieldKey, FormField};
pub(crate) use pick_list::{PickList, PickRow};
pub(crate) use popup::FormPopup;
pub(crate) use publish_field::{MissingTarget, TARGET_KEY};
use publish_field::{PUBLISH_KEY, PublishChoice};
pub(crate) use row_editor::RowEditor;
pub(crate) use row_of::{RowList, RowOf};
use seen_numbers::SeenNumbers;
pub(crate) use subject::FormSubject;
pub(crate) use template_of_form::TemplateOfForm;

/// An open form.
#[derive(Debug, Clone)]
pub struct Form {
    /// What the form edits.
    pub(crate) subject: FormSubject,
    /// The fields, in display order.
    pub(crate) fields: Vec<FormField>,
    /// The index of the focused field.
    pub(crate) focused: usize,
    /// The popup that fills the focused field, if one is open.
    pub(crate) popup: Option<FormPopup>,
    /// Whether the form asks to confirm that changes are discarded.
    pub(crate) confirming_discard: bool,
    /// The validation errors, each with the index of its field.
    pub(crate) errors: Vec<(usize, ValidationError)>,
    /// Why the connection of this profile has failed, with the index of the field that it is about, until the form
    /// changes.
    failure: Option<(usize, ValidationError)>,
    /// Whether the focused field offers a completion: only after a character was typed into it, and
    /// until the user dismisses the completion.
    pub(super) completion_enabled: bool,
    /// The fields of a new connection whose text is a suggestion that the user has not touched: typing replaces it.
    untouched_defaults: Vec<FieldKey>,
    /// The sections that are folded.
    folded: Vec<&'static str>,
    /// Who decides whether pressing the tile publishes.
    publish_choice: PublishChoice,
    /// What the fields were before the last preset filled them.
    before_preset: Vec<(&'static str, String)>,
    /// The numbers that the topic has carried while the form is open.
    seen_numbers: SeenNumbers,
    original_fields: Vec<FormField>,
}

impl Form {
    fn from_fields(subject: FormSubject, fields: Vec<FormField>) -> Self {
        let publish_choice = PublishChoice::of(&fields);
        let mut form = Self {
            subject,
            original_fields: fields.clone(),
            fields,
            focused: 0,
            popup: None,
            confirming_discard: false,
            errors: Vec::new(),
            failure: None,
            completion_enabled: false,
            untouched_defaults: Vec::new(),
            folded: Vec::new(),
            publish_choice,
            before_preset: Vec::new(),
            seen_numbers: SeenNumbers::default(),
        };
        form.validate();
        form.fold_sections();
        form
    }

    /// Returns the focused field.
    #[must_use]
    pub(crate) fn focused_field(&self) -> Option<&FormField> {
        self.fields.get(self.focused)
    }

    /// Returns whether any field differs from its value when the form was opened.
    #[must_use]
    pub(crate) fn changed(&self) -> bool {
        self.fields != self.original_fields
    }

    /// Returns the typed text of a field; empty if there is none.
    pub(in crate::app) fn typed_text(&self, key: FieldKey) -> &str {
        self.field_entry(key, None).map_or("", FieldEntry::text)
    }

    fn field_entry(&self, key: FieldKey, part: Option<PasswordPart>) -> Option<&FieldEntry> {
        self.fields.iter().find(|field| (field.key, field.part) == (key, part)).map(|field| &field.entry)
    }

    /// Moves the focus to the next focusable field, or to the previous one if `offset` is negative,
    /// wrapping around.
    pub(super) fn move_field_focus(&mut self, offset: isize) {
        self.confirming_discard = false;
        self.completion_enabled = false;
        for _ in 0..self.fields.len() {
            self.focused = wrap_index(self.focused, offset.signum(), self.fields.len());
            if self.is_focusable(self.focused) {
                return;
            }
        }
    }

    /// Passes the direction to the open popup. Without one, moves the focus or cycles the value of the
    /// focused field.
    pub(super) fn handle_direction(&mut self, direction: Direction) {
        match &mut self.popup {
            Some(FormPopup::PanelRows(_)) => return self.move_in_rows(direction),
            Some(popup) => return popup.handle_direction(direction),
            None => {}
        }
        match direction {
            Direction::Up if self.focused > 0 => self.move_field_focus(-1),
            Direction::Down if self.last_focusable() > self.focused => self.move_field_focus(1),
            Direction::PageUp => (0..8).for_each(|_| self.handle_direction(Direction::Up)),
            Direction::PageDown => (0..8).for_each(|_| self.handle_direction(Direction::Down)),
            Direction::First => self.focused = 0,
            Direction::Last => self.focused = self.last_focusable(),
            Direction::Up | Direction::Down => {}
            Direction::Right if self.unfold_focused() => {}
            Direction::Left if self.focuses_folded_section() => {}
            Direction::Left | Direction::Right => self.cycle_value(direction),
        }
    }

    fn last_focusable(&self) -> usize {
        (0..self.fields.len()).rev().find(|index| self.is_focusable(*index)).unwrap_or_default()
    }

    fn cycle_value(&mut self, direction: Direction) {
        self.confirming_discard = false;
        let previous_source = self.focused_password_source();
        if let Some(field) = self.fields.get_mut(self.focused) {
            field.cycle(direction);
            if field.key == PUBLISH_KEY {
                self.publish_choice = PublishChoice::Set;
            }
        }
        self.on_password_source_changed(previous_source);
        self.update_fields_for_kind();
        self.validate();
    }

    /// Moves the focus to the next or previous field, or to the next or previous part of the open popup.
    pub(super) fn move_focus(&mut self, offset: isize) {
        match &mut self.popup {
            Some(FormPopup::PanelRows(_)) => {
                self.move_in_rows(if offset < 0 { Direction::Up } else { Direction::Down });
            }
            Some(popup) => popup.move_focus(offset),
            None => self.move_field_focus(offset),
        }
    }

    pub(super) fn edit(&mut self, edit: InputEdit) {
        self.confirming_discard = false;
        if let Some(popup) = &mut self.popup {
            popup.edit(edit);
            return self.show_edited_rows();
        }
        if self.focuses_folded_section() {
            return;
        }
        let is_insertion = edit.is_insertion();
        if self.take_untouched_default() && is_insertion {
            self.fields[self.focused].set_text("");
        }
        match self.fields.get_mut(self.focused).map(|field| &mut field.entry) {
            Some(FieldEntry::Text(input) | FieldEntry::HiddenText(HiddenInput(input))) => edit.apply_to(input),
            _ => return,
        }
        self.on_password_typed();
        self.completion_enabled = is_insertion;
        self.validate();
    }

    /// Lets typing replace the defaults of a new profile until the user edits them.
    fn with_suggested_defaults(mut self, profile: &Profile) -> Self {
        if !matches!(self.subject, FormSubject::Profile { saved_name: None, .. }) {
            return self;
        }
        let is_new = *profile == Profile { name: profile.name.clone(), ..Profile::default() };
        let is_default = |field: &FormField| field.is_default() || is_new && field.key == ("name", None);
        let has_text = |field: &FormField| matches!(&field.entry, FieldEntry::Text(input) if !input.value().is_empty());
        let suggestions = self.fields.iter().filter(|field| has_text(field) && is_default(field));
        self.untouched_defaults = suggestions.map(|field| field.key).collect();
        self
    }

    /// Returns whether the next typed character replaces the text of the field with this index.
    #[must_use]
    pub(crate) fn is_untouched_default(&self, index: usize) -> bool {
        self.fields.get(index).is_some_and(|field| self.untouched_defaults.contains(&field.key))
    }

    /// Takes into account that the user edits the focused field. Returns whether its text was an untouched default.
    fn take_untouched_default(&mut self) -> bool {
        let is_untouched = self.is_untouched_default(self.focused);
        if is_untouched {
            let key = self.fields[self.focused].key;
            self.untouched_defaults.retain(|untouched| *untouched != key);
        }
        is_untouched
    }

    /// Appends the completion to the text of the focused field.
    pub(super) fn append_completion(&mut self, suffix: &str) {
        let field = self.fields.get_mut(self.focused);
        if let Some(FormField { entry: FieldEntry::Text(input), .. }) = field {
            *input = tui_input::Input::new(format!("{}{suffix}", input.value()));
        }
        self.completion_enabled = false;
        self.validate();
    }

    /// Selects the entry with this index in the open popup. Without one, focuses the field with this
    /// index.
    pub(super) fn select(&mut self, index: usize) {
        if let Some(popup) = &mut self.popup {
            popup.select(index);
        } else if index < self.fields.len() {
            self.unfold(index);
            self.focused = index;
            self.completion_enabled = false;
        }
    }

    /// Validates all fields and updates `errors`.
    pub(super) fn validate(&mut self) {
        self.failure = None;
        self.errors = self.validation_errors();
        self.errors.extend(self.missing_target());
        self.unfold_errors();
    }

    /// Returns the errors of the field with this index.
    pub(crate) fn errors_for(&self, index: usize) -> impl Iterator<Item = &ValidationError> {
        let shown = self.errors.iter().chain(&self.failure);
        shown.filter(move |(field_index, _)| *field_index == index).map(|(_, error)| error)
    }

    /// Returns the form with the reason why the connection of its profile has failed, at the field of this key.
    #[must_use]
    pub(crate) fn with_failure(mut self, key: FieldKey, reason: ValidationError) -> Self {
        self.select(self.fields.iter().position(|field| field.key == key).unwrap_or_default());
        self.failure = Some((self.focused, reason));
        self
    }
}

/// Returns the entries of a nested table.
fn nested_entries(table: &dyn DynFields, name: &str) -> Vec<(String, Value)> {
    match table.get(name) {
        Some(Value::Table(entries)) => entries,
        _ => Vec::new(),
    }
}

/// Returns a row with the JSON path of each value in a JSON payload.
#[must_use]
pub(crate) fn json_path_rows(json: &serde_json::Value) -> Vec<PickRow> {
    json_tree::path_rows(json)
}
