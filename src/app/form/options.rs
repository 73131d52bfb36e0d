//! The options of a choice, as rows of two columns: what is shown and what is published. An empty
//! row at the end takes the next one.

use tui_input::{Input, InputRequest};

use crate::{app::prompt::wrap_index, model::grid::Direction};

/// Options that are being edited.
#[derive(Debug, Clone)]
pub struct Options {
    /// Label and payload of each.
    pub rows: Vec<[Input; 2]>,
    /// The row that the keys go to.
    pub at: usize,
    /// Its column.
    pub column: usize,
}

impl Options {
    pub(super) fn new(options: &[(String, String)]) -> Self {
        let row = |(label, payload): &(String, String)| [Input::new(label.clone()), Input::new(payload.clone())];
        let mut it = Self { rows: options.iter().map(row).collect(), at: 0, column: 0 };
        it.grow();
        it
    }

    fn grow(&mut self) {
        if self.rows.last().is_none_or(|row| row.iter().any(|input| !input.value().is_empty())) {
            self.rows.push([Input::default(), Input::default()]);
        }
    }

    pub(super) fn next(&mut self, by: isize) {
        let cell = wrap_index(self.at * 2 + self.column, by.signum(), self.rows.len() * 2);
        (self.at, self.column) = (cell / 2, cell % 2);
    }

    pub(super) fn go(&mut self, way: Direction) {
        match way {
            Direction::Up => self.at = self.at.saturating_sub(1),
            Direction::Down => self.at = (self.at + 1).min(self.rows.len() - 1),
            Direction::First | Direction::PageUp => self.at = 0,
            Direction::Last | Direction::PageDown => self.at = self.rows.len() - 1,
            Direction::Left | Direction::Right => {}
        }
    }

    pub(super) fn edit(&mut self, request: InputRequest) {
        if let Some(row) = self.rows.get_mut(self.at) {
            row[self.column].handle(request);
        }
        self.grow();
    }

    /// The options; rows of nothing are none, and a label alone is its own payload.
    pub(super) fn taken(&self) -> Vec<(String, String)> {
        let text = |[label, payload]: &[Input; 2]| (label.value().to_owned(), payload.value().to_owned());
        let whole = |(label, payload): (String, String)| match (label.is_empty(), payload.is_empty()) {
            (true, true) => None,
            (false, true) => Some((label.clone(), label)),
            (true, false) => Some((payload.clone(), payload)),
            (false, false) => Some((label, payload)),
        };
        self.rows.iter().map(text).filter_map(whole).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_always_free_and_empty_rows_are_no_options() {
        let mut options = Options::new(&[("Slow".into(), "1".into())]);
        assert_eq!(options.rows.len(), 2);
        options.go(Direction::Down);
        options.edit(InputRequest::InsertChar('x'));
        assert_eq!(options.rows.len(), 3);
        assert_eq!(options.taken(), [("Slow".into(), "1".into()), ("x".into(), "x".into())]);
    }
}
