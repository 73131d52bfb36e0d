//! The popups of a form: what fills the focused field, without typing the value.

use super::{CompletionSource, Form, field::FieldEntry, pick_list::PickList, row_editor::RowEditor, row_of::RowList};
use crate::{
    app::{color_picker::ColorPicker, input_edit::InputEdit},
    model::{
        color::{Color, Rgb},
        grid::Direction,
        schema::FieldValue as _,
    },
};

/// A popup above a form, which fills the focused field.
#[derive(Debug, Clone)]
pub enum FormPopup {
    /// A searchable list.
    List(PickList),
    /// The color picker.
    Color(ColorPicker),
    /// The editor for a list of tables, or for user properties.
    Rows(RowEditor),
    /// The list of the rows of a panel, which are edited in forms of their own.
    PanelRows(RowList),
}

impl FormPopup {
    /// Moves in the popup in this direction.
    pub(super) fn handle_direction(&mut self, direction: Direction) {
        match self {
            Self::List(pick) => pick.handle_direction(direction),
            Self::Color(picker) => picker.handle_direction(direction),
            Self::Rows(editor) => editor.handle_direction(direction),
            Self::PanelRows(_) => {}
        }
    }

    /// Moves the focus to the next or previous part.
    pub(super) fn move_focus(&mut self, offset: isize) {
        match self {
            Self::List(pick) => pick.handle_direction(if offset < 0 { Direction::Up } else { Direction::Down }),
            Self::Color(picker) => picker.cycle_part(offset),
            Self::Rows(editor) => editor.move_focus(offset),
            Self::PanelRows(_) => {}
        }
    }

    /// Edits the focused input.
    pub(super) fn edit(&mut self, edit: InputEdit) {
        match self {
            Self::List(pick) => pick.edit(edit),
            Self::Color(picker) => picker.edit(edit),
            Self::Rows(editor) => editor.edit(edit),
            Self::PanelRows(_) => {}
        }
    }

    /// Selects the entry with this index.
    pub(super) fn select(&mut self, index: usize) {
        match self {
            Self::List(pick) => pick.select(index),
            Self::Color(picker) => picker.select_color(index),
            Self::PanelRows(list) => list.selected = index,
            Self::Rows(_) => {}
        }
    }
}

impl Form {
    /// Returns whether the list of topics is open.
    #[must_use]
    pub(in crate::app) fn lists_topics(&self) -> bool {
        matches!(self.popup, Some(FormPopup::List(_)))
            && self.focused_field().is_some_and(|field| field.completion_source == CompletionSource::Topic)
    }

    /// Opens the popup of the focused field if it needs no data from outside the form. Returns whether a
    /// popup is open.
    pub(in crate::app) fn open_popup(&mut self) -> bool {
        let Some(field) = self.fields.get(self.focused) else {
            return false;
        };
        self.popup = match (field.completion_source, &field.entry) {
            (CompletionSource::Color, FieldEntry::Text(input)) => {
                Some(FormPopup::Color(ColorPicker::new(rgb_of(input.value()))))
            }
            (CompletionSource::Icon, _) => Some(FormPopup::List(PickList::icons())),
            (_, FieldEntry::Rows(rows)) => {
                Some(FormPopup::Rows(RowEditor::new(field.label.clone(), field.value_type, rows)))
            }
            (_, FieldEntry::PanelRows(_)) => Some(FormPopup::PanelRows(RowList::default())),
            _ => None,
        };
        self.popup.is_some()
    }

    /// Returns whether the field with the focus is a list, whose rows an editor shows.
    pub(in crate::app) fn focuses_rows(&self) -> bool {
        self.focused_field().is_some_and(|field| matches!(field.entry, FieldEntry::Rows(_)))
    }

    /// Opens the list that has the focus. Returns whether there is one.
    pub(in crate::app) fn open_focused_rows(&mut self) -> bool {
        self.focuses_rows() && self.open_popup()
    }

    /// Writes the rows that the open editor has into the focused field, so that the preview and the errors follow.
    pub(super) fn show_edited_rows(&mut self) {
        if let Some(FormPopup::Rows(editor)) = &self.popup {
            let rows = editor.to_rows();
            self.set_rows(rows);
        }
    }

    /// Closes the popup without its result. Returns whether one was open.
    pub(in crate::app) fn discard_popup(&mut self) -> bool {
        match self.popup.take() {
            Some(FormPopup::Rows(editor)) => self.set_rows(editor.before),
            Some(_) => {}
            None => return false,
        }
        true
    }

    fn set_rows(&mut self, rows: Vec<Vec<String>>) {
        if let Some(field) = self.fields.get_mut(self.focused) {
            field.entry = FieldEntry::Rows(rows);
        }
        self.validate();
    }

    /// Writes the result of the popup into the focused field, or the fields that it fills, and closes the popup; a list
    /// without a selected row stays open. Returns what other fields were filled, as a sentence.
    pub(in crate::app) fn accept_popup(&mut self) -> Option<String> {
        if let Some(FormPopup::List(pick)) = &self.popup {
            let row = pick.selected_row()?;
            if !row.fills.is_empty() {
                let row = row.clone();
                self.popup = None;
                return Some(self.fill(&row));
            }
        }
        let popup = self.popup.take()?;
        self.take_untouched_default();
        let field = self.fields.get_mut(self.focused)?;
        match popup {
            FormPopup::List(pick) => {
                if let Some(text) = pick.selected_value() {
                    field.set_text(&text);
                    self.completion_enabled = false;
                }
            }
            // The name of a color stays if the color does.
            FormPopup::Color(picker)
                if picker.before.is_some_and(|before| before.to_string() == picker.color_text()) => {}
            FormPopup::Color(picker) => field.set_text(&picker.color_text().to_lowercase()),
            FormPopup::Rows(editor) => field.entry = FieldEntry::Rows(editor.to_rows()),
            // The field has the rows already.
            FormPopup::PanelRows(_) => {}
        }
        self.validate();
        None
    }
}

/// Returns the color that a text names, at which the color picker starts.
fn rgb_of(text: &str) -> Option<Rgb> {
    match Color::from_value(&text.into()).ok()? {
        Color::Rgb(rgb) => Some(rgb),
        Color::Ansi(number) => Some(Rgb::from_ansi(number)),
    }
}
