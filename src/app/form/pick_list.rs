//! A searchable list of values for a field.

use tui_input::Input;

use crate::{
    app::{input_edit::InputEdit, list::move_in_list},
    model::{grid::Direction, icon::Icon},
};

/// The detail of a row that is kept only because it is selected.
const GONE: &str = "no longer listed";

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
    /// The number of topics from which the rows were made, if it is a list of topics.
    pub(crate) topic_count: Option<usize>,
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
    /// The value for the field, which identifies the row.
    pub(crate) value: String,
    /// What is searched besides the label.
    pub(crate) synonyms: &'static str,
    /// The fields that the row fills, if it is a preset.
    pub(crate) fills: Vec<(&'static str, String)>,
}

impl PickRow {
    /// Creates a row whose value is its label.
    #[must_use]
    pub(crate) fn from_label(label: &str, detail: &str) -> Self {
        Self {
            label: label.to_owned(),
            detail: detail.to_owned(),
            icon: None,
            value: label.to_owned(),
            synonyms: "",
            fills: Vec::new(),
        }
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
            icon: Some(icon),
            synonyms: icon.synonyms(),
            ..PickRow::from_label(icon.name(), icon.ascii())
        };
        Self::new("Icons", "no icon found", Icon::all().map(row).collect())
    }

    /// Returns the rows whose label or synonyms contain every word of the search text, ignoring case: first those whose
    /// label does.
    #[must_use]
    pub(crate) fn matching_rows(&self) -> Vec<&PickRow> {
        let query = self.input.value().to_lowercase();
        let words: Vec<&str> = query.split_whitespace().collect();
        let matches_label = |row: &&PickRow| {
            let label = row.label.to_lowercase();
            words.iter().all(|word| label.contains(word))
        };
        let (mut matching, others): (Vec<_>, Vec<_>) = self.rows.iter().partition(matches_label);
        let matches_synonym = |row: &&PickRow| {
            let label = row.label.to_lowercase();
            let is_synonym = |word: &str| row.synonyms.split(' ').any(|synonym| synonym.starts_with(word));
            !row.synonyms.is_empty() && words.iter().all(|word| label.contains(word) || is_synonym(word))
        };
        matching.extend(others.into_iter().filter(matches_synonym));
        matching
    }

    /// Replaces the rows. The selected one stays selected, and stays in the list if it is not among them.
    pub(crate) fn set_rows(&mut self, rows: Vec<PickRow>) {
        let selected = self.selected_row().cloned();
        let old_rows = std::mem::replace(&mut self.rows, rows);
        let Some(mut selected) = selected else { return };
        let is_selected = |row: &PickRow| row.value == selected.value;
        if !self.rows.iter().any(is_selected) {
            let index = old_rows.iter().position(is_selected).unwrap_or_default().min(self.rows.len());
            GONE.clone_into(&mut selected.detail);
            self.rows.insert(index, selected.clone());
        }
        let position = self.matching_rows().iter().position(|row| row.value == selected.value);
        self.selected = position.unwrap_or_default();
    }

    /// Replaces the details of these rows.
    pub(crate) fn set_details(&mut self, details: Vec<(usize, String)>) {
        for (index, detail) in details {
            if let Some(row) = self.rows.get_mut(index) {
                row.detail = detail;
            }
        }
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

    /// Returns the selected row.
    pub(super) fn selected_row(&self) -> Option<&PickRow> {
        self.matching_rows().get(self.selected).copied()
    }

    /// Returns the value of the selected row.
    pub(super) fn selected_value(&self) -> Option<String> {
        self.selected_row().map(|row| row.value.clone())
    }
}
