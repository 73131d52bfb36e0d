//! The editor for rows of texts: a list of tables, such as the options of a choice tile with their labels and payloads, or
//! user properties with their names and values. The last row is always empty, for adding one.

use std::borrow::Cow;

use tui_input::Input;

use crate::{
    app::{input_edit::InputEdit, list::wrap_index},
    model::{
        grid::Direction,
        schema::{ListType, ValueType},
    },
};

/// The rows that are being edited, and the position of the focus.
#[derive(Debug, Clone)]
pub struct RowEditor {
    /// What the rows are, as a title.
    pub(crate) title: Cow<'static, str>,
    /// The headings of the columns.
    pub(crate) headings: Vec<&'static str>,
    /// Whether the first two columns stand for each other where one of them is empty.
    pub(crate) is_mirrored: bool,
    /// The texts of each row.
    pub(crate) rows: Vec<Vec<Input>>,
    /// The focused row.
    pub(crate) row: usize,
    /// The focused column.
    pub(crate) column: usize,
    /// The rows before the first edit.
    pub(super) before: Vec<Vec<String>>,
}

impl RowEditor {
    /// Creates the editor for the rows of a field of this type: a list, or user properties.
    pub(super) fn new(title: Cow<'static, str>, value_type: ValueType, rows: &[Vec<String>]) -> Self {
        let (headings, is_mirrored) = match value_type {
            ValueType::List(list @ ListType { is_mirrored, .. }) => {
                (list.columns().into_iter().map(|column| column.name).collect(), is_mirrored)
            }
            ValueType::TextList(_) => (vec!["text"], false),
            _ => (vec!["name", "value"], false),
        };
        let inputs = |row: &Vec<String>| row.iter().map(|text| Input::new(text.clone())).collect();
        let mut editor = Self {
            title,
            headings,
            is_mirrored,
            rows: rows.iter().map(inputs).collect(),
            row: 0,
            column: 0,
            before: rows.to_vec(),
        };
        editor.ensure_empty_row();
        editor
    }

    fn ensure_empty_row(&mut self) {
        if self.rows.last().is_none_or(|row| row.iter().any(|input| !input.value().is_empty())) {
            self.rows.push(vec![Input::default(); self.headings.len()]);
        }
    }

    pub(super) fn move_focus(&mut self, offset: isize) {
        let columns = self.headings.len();
        let cell = wrap_index(self.row * columns + self.column, offset.signum(), self.rows.len() * columns);
        (self.row, self.column) = (cell / columns, cell % columns);
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
        if let Some(input) = self.rows.get_mut(self.row).and_then(|row| row.get_mut(self.column)) {
            edit.apply_to(input);
        }
        self.ensure_empty_row();
    }

    /// Returns the text that stands for an empty one of a row: that of the other column.
    pub(crate) fn stand_in(&self, row: usize, column: usize) -> &str {
        let other = (self.is_mirrored && column < 2).then(|| 1 - column);
        other.and_then(|other| self.rows.get(row)?.get(other)).map_or("", Input::value)
    }

    /// Returns the texts. Empty rows are skipped; an empty text that another one stands for is that text.
    pub(super) fn to_rows(&self) -> Vec<Vec<String>> {
        let filled = self.rows.iter().enumerate().filter(|(_, row)| row.iter().any(|input| !input.value().is_empty()));
        let texts = filled.map(|(index, row)| {
            let text = |(column, input): (usize, &Input)| match input.value() {
                "" => self.stand_in(index, column).to_owned(),
                text => text.to_owned(),
            };
            row.iter().enumerate().map(text).collect()
        });
        texts.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{kind, profile::UserProperties, schema::FieldValue as _};

    fn options() -> ValueType {
        let fields = kind::from_name("choice").unwrap().fields();
        fields.into_iter().find(|field| field.name == "options").unwrap().value_type
    }

    fn rows<const COLUMNS: usize>(rows: &[[&str; COLUMNS]]) -> Vec<Vec<String>> {
        rows.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect()
    }

    #[test]
    fn editor_keeps_empty_row_and_skips_empty_rows() {
        let mut editor = RowEditor::new("Options".into(), options(), &rows(&[["Slow", "1"]]));
        assert_eq!((editor.rows.len(), editor.headings.as_slice()), (2, &["label", "payload"][..]));
        editor.handle_direction(Direction::Down);
        editor.edit(InputEdit::Insert("x".to_owned()));
        assert_eq!(editor.rows.len(), 3);
        assert_eq!(editor.to_rows(), rows(&[["Slow", "1"], ["x", "x"]]));
    }

    #[test]
    fn user_property_may_have_an_empty_value() {
        let pairs = rows(&[["unit", "K"], ["flag", ""]]);
        assert_eq!(RowEditor::new("".into(), UserProperties::VALUE_TYPE, &pairs).to_rows(), pairs);
    }
}
