//! A list that can be searched, to fill a field from.

use tui_input::{Input, InputRequest};

use crate::{
    app::prompt::move_in_list,
    model::{grid::Direction, icon::Icon},
};

/// A list that can be searched.
#[derive(Debug, Clone, Default)]
pub struct Pick {
    /// What it is a list of.
    pub title: &'static str,
    /// What is looked for.
    pub input: Input,
    /// Which of the rows found is marked.
    pub at: usize,
    /// What is said when there is nothing to choose.
    pub empty: &'static str,
    /// All rows.
    pub rows: Vec<PickRow>,
}

/// A row of such a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickRow {
    /// What is shown.
    pub label: String,
    /// What is shown beside it.
    pub note: String,
    /// The icon shown before it.
    pub icon: Option<Icon>,
    /// What is taken.
    pub value: String,
}

impl PickRow {
    /// A row that is taken as it is shown.
    #[must_use]
    pub fn plain(label: &str, note: &str) -> Self {
        Self { label: label.to_owned(), note: note.to_owned(), icon: None, value: label.to_owned() }
    }
}

impl Pick {
    /// A list of these rows.
    #[must_use]
    pub fn new(title: &'static str, empty: &'static str, rows: Vec<PickRow>) -> Self {
        Self { title, empty, rows, ..Self::default() }
    }

    /// All icons.
    #[must_use]
    pub fn icons() -> Self {
        let row = |icon: Icon| PickRow {
            label: icon.name().to_owned(),
            note: icon.ascii().to_owned(),
            icon: Some(icon),
            value: icon.name().to_owned(),
        };
        Self::new("Icons", "no icon is named so", Icon::all().map(row).collect())
    }

    /// The rows that hold every word that is looked for, whatever the case.
    #[must_use]
    pub fn found(&self) -> Vec<&PickRow> {
        let wanted = self.input.value().to_lowercase();
        let words: Vec<&str> = wanted.split_whitespace().collect();
        let holds = |row: &&PickRow| {
            let label = row.label.to_lowercase();
            words.iter().all(|word| label.contains(word))
        };
        self.rows.iter().filter(holds).collect()
    }

    pub(super) fn go(&mut self, way: Direction) {
        self.at = move_in_list(self.at, self.found().len(), way);
    }

    pub(super) fn choose(&mut self, index: usize) {
        self.at = index.min(self.found().len().saturating_sub(1));
    }

    pub(super) fn edit(&mut self, request: InputRequest) {
        self.input.handle(request);
        self.at = 0;
    }

    /// What is marked.
    pub(super) fn taken(&self) -> Option<String> {
        self.found().get(self.at).map(|row| row.value.clone())
    }
}
