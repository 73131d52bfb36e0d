//! A searchable list of values for a field.

use tui_input::Input;

use crate::{
    app::{input_edit::InputEdit, list::move_in_list},
    model::{grid::Direction, icon::Icon},
};

/// A searchable list of values.
#[derive(Debug, Clone, Default)]
pub struct PickList {
    /// The title of the popup.
    pub(crate) title: &'static str,
    /// The search text.
    pub(crate) input: Input,
    /// The index of the selected row among the matching rows.
    pub(crate) selected: usize,
    /// The text to show when no row matches.
    pub(crate) empty_text: &'static str,
    /// All rows.
    pub(crate) rows: Vec<PickRow>,
}

/// A row of a [`PickList`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickRow {
    /// The text that is shown and searched.
    pub(crate) label: String,
    /// Additional text after the label.
    pub(crate) detail: String,
    /// The icon in front of the label.
    pub(crate) icon: Option<Icon>,
    /// The value for the field.
    pub(crate) value: String,
}

impl PickRow {
    /// Creates a row whose value is its label.
    #[must_use]
    pub(crate) fn from_label(label: &str, detail: &str) -> Self {
        Self { label: label.to_owned(), detail: detail.to_owned(), icon: None, value: label.to_owned() }
    }
}

impl PickList {
    /// Creates a list of these rows.
    #[must_use]
    pub(crate) fn new(title: &'static str, empty_text: &'static str, rows: Vec<PickRow>) -> Self {
        Self { title, empty_text, rows, ..Self::default() }
    }

    /// Creates the list of all icons.
    #[must_use]
    pub(crate) fn icons() -> Self {
        let row = |icon: Icon| PickRow {
            label: icon.name().to_owned(),
            detail: icon.ascii().to_owned(),
            icon: Some(icon),
            value: icon.name().to_owned(),
        };
        Self::new("Icons", "no icon found", Icon::all().map(row).collect())
    }

    /// Returns the rows whose label contains every word of the search text, ignoring case.
    #[must_use]
    pub(crate) fn matching_rows(&self) -> Vec<&PickRow> {
        let query = self.input.value().to_lowercase();
        let words: Vec<&str> = query.split_whitespace().collect();
        let matches = |row: &&PickRow| {
            let label = row.label.to_lowercase();
            words.iter().all(|word| label.contains(word))
        };
        self.rows.iter().filter(matches).collect()
    }

    /// Replaces the rows. The selected one stays selected if it is still there.
    pub(crate) fn set_rows(&mut self, rows: Vec<PickRow>) {
        let selected = self.selected_value();
        self.rows = rows;
        let position = selected.and_then(|value| self.matching_rows().iter().position(|row| row.value == value));
        self.selected = position.unwrap_or(self.selected);
    }

    pub(super) fn handle_direction(&mut self, direction: Direction) {
        self.selected = move_in_list(self.selected, self.matching_rows().len(), direction);
    }

    pub(super) fn select(&mut self, index: usize) {
        self.selected = index.min(self.matching_rows().len().saturating_sub(1));
    }

    pub(super) fn edit(&mut self, edit: InputEdit) {
        edit.apply_to(&mut self.input);
        self.selected = 0;
    }

    /// Returns the value of the selected row.
    pub(super) fn selected_value(&self) -> Option<String> {
        self.matching_rows().get(self.selected).map(|row| row.value.clone())
    }
}
