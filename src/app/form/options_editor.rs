//! The editor for pairs of texts: the options of a choice tile, each with its label and the payload to publish, or user
//! properties with their names and values. The last row is always empty, for adding a pair.

use tui_input::Input;

use crate::{
    app::{input_edit::InputEdit, list::wrap_index},
    model::grid::Direction,
};

/// What the pairs are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairKind {
    /// The options of a choice tile.
    Options,
    /// User properties of MQTT 5.
    UserProperties,
}

impl PairKind {
    /// Returns the title of the editor.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Options => "Options",
            Self::UserProperties => "User properties",
        }
    }

    /// Returns the headings of the columns.
    pub(crate) const fn headings(self) -> [&'static str; 2] {
        match self {
            Self::Options => ["label", "payload"],
            Self::UserProperties => ["name", "value"],
        }
    }

    /// Returns whether an empty text stands for the other one of its pair.
    pub(crate) const fn repeats_other(self) -> bool {
        matches!(self, Self::Options)
    }
}

/// The options that are being edited, and the position of the focus.
#[derive(Debug, Clone)]
pub struct OptionsEditor {
    /// What is edited.
    pub(crate) kind: PairKind,
    /// The label and the payload of each option, or the name and the value of each property.
    pub(crate) rows: Vec<[Input; 2]>,
    /// The focused row.
    pub(crate) row: usize,
    /// The focused column: 0 for the label or name, 1 for the payload or value.
    pub(crate) column: usize,
}

impl OptionsEditor {
    pub(super) fn new(kind: PairKind, options: &[(String, String)]) -> Self {
        let row = |(label, payload): &(String, String)| [Input::new(label.clone()), Input::new(payload.clone())];
        let mut editor = Self { kind, rows: options.iter().map(row).collect(), row: 0, column: 0 };
        editor.ensure_empty_row();
        editor
    }

    fn ensure_empty_row(&mut self) {
        if self.rows.last().is_none_or(|row| row.iter().any(|input| !input.value().is_empty())) {
            self.rows.push([Input::default(), Input::default()]);
        }
    }

    pub(super) fn move_focus(&mut self, offset: isize) {
        let cell = wrap_index(self.row * 2 + self.column, offset.signum(), self.rows.len() * 2);
        (self.row, self.column) = (cell / 2, cell % 2);
    }

    pub(super) fn handle_direction(&mut self, direction: Direction) {
        match direction {
            Direction::Up => self.row = self.row.saturating_sub(1),
            Direction::Down => self.row = (self.row + 1).min(self.rows.len() - 1),
            Direction::First | Direction::PageUp => self.row = 0,
            Direction::Last | Direction::PageDown => self.row = self.rows.len() - 1,
            Direction::Left | Direction::Right => {}
        }
    }

    pub(super) fn edit(&mut self, edit: InputEdit) {
        if let Some(row) = self.rows.get_mut(self.row) {
            edit.apply_to(&mut row[self.column]);
        }
        self.ensure_empty_row();
    }

    /// Returns the pairs. Empty rows are skipped; an option with only a label or only a payload uses that text for
    /// both.
    pub(super) fn to_options(&self) -> Vec<(String, String)> {
        let texts = self.rows.iter().map(|[first, second]| (first.value(), second.value()));
        let filled = texts.filter(|(first, second)| !(first.is_empty() && second.is_empty()));
        let complete = filled.map(|(first, second)| match (first, second) {
            ("", text) | (text, "") if self.kind.repeats_other() => (text, text),
            both => both,
        });
        complete.map(|(first, second)| (first.to_owned(), second.to_owned())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_editor_keeps_empty_row_and_skips_empty_options() {
        let mut options = OptionsEditor::new(PairKind::Options, &[("Slow".into(), "1".into())]);
        assert_eq!(options.rows.len(), 2);
        options.handle_direction(Direction::Down);
        options.edit(InputEdit::Insert("x".to_owned()));
        assert_eq!(options.rows.len(), 3);
        assert_eq!(options.to_options(), [("Slow".into(), "1".into()), ("x".into(), "x".into())]);
    }

    #[test]
    fn user_property_may_have_an_empty_value() {
        let pairs = [("unit".to_owned(), "K".to_owned()), ("flag".to_owned(), String::new())];
        assert_eq!(OptionsEditor::new(PairKind::UserProperties, &pairs).to_options(), pairs);
    }
}
