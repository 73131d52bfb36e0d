//! A list that can be searched, to fill a field from.

use tui_input::{Input, InputRequest};

use crate::{
    app::prompt::move_in_list,
    model::{grid::Direction, icon::Icon},
};

/// A list that can be searched.
#[derive(Debug, Clone, Default)]
pub struct PickList {
    /// What it is a list of.
    pub title: &'static str,
    /// What is looked for.
    pub input: Input,
    /// Which of the rows found is marked.
    pub selected: usize,
    /// What is said when there is nothing to choose.
    pub empty_text: &'static str,
    /// All rows.
    pub rows: Vec<PickRow>,
}

/// A row of such a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickRow {
    /// What is shown.
    pub label: String,
    /// What is shown beside it.
    pub detail: String,
    /// The icon shown before it.
    pub icon: Option<Icon>,
    /// What is taken.
    pub value: String,
}

impl PickRow {
    /// A row that is taken as it is shown.
    #[must_use]
    pub fn from_label(label: &str, detail: &str) -> Self {
        Self { label: label.to_owned(), detail: detail.to_owned(), icon: None, value: label.to_owned() }
    }
}

impl PickList {
    /// A list of these rows.
    #[must_use]
    pub fn new(title: &'static str, empty_text: &'static str, rows: Vec<PickRow>) -> Self {
        Self { title, empty_text, rows, ..Self::default() }
    }

    /// All icons.
    #[must_use]
    pub fn icons() -> Self {
        let row = |icon: Icon| PickRow {
            label: icon.name().to_owned(),
            detail: icon.ascii().to_owned(),
            icon: Some(icon),
            value: icon.name().to_owned(),
        };
        Self::new("Icons", "no icon is named so", Icon::all().map(row).collect())
    }

    /// The rows that hold every word that is looked for, whatever the case.
    #[must_use]
    pub fn matching_rows(&self) -> Vec<&PickRow> {
        let query = self.input.value().to_lowercase();
        let words: Vec<&str> = query.split_whitespace().collect();
        let matches = |row: &&PickRow| {
            let label = row.label.to_lowercase();
            words.iter().all(|word| label.contains(word))
        };
        self.rows.iter().filter(matches).collect()
    }

    pub(super) fn handle_direction(&mut self, direction: Direction) {
        self.selected = move_in_list(self.selected, self.matching_rows().len(), direction);
    }

    pub(super) fn select(&mut self, index: usize) {
        self.selected = index.min(self.matching_rows().len().saturating_sub(1));
    }

    pub(super) fn handle_input(&mut self, request: InputRequest) {
        self.input.handle(request);
        self.selected = 0;
    }

    /// What is marked.
    pub(super) fn selected_value(&self) -> Option<String> {
        self.matching_rows().get(self.selected).map(|row| row.value.clone())
    }
}
