//! Rows of cells in columns: what logs and tables display.

use std::sync::Arc;

use super::{color::Color, field_value::string_enum, message_age::MessageAge};

string_enum! {
    /// On which side of its column a text stands.
    CellAlignment {
        Auto = "auto" "Numbers on the right, texts on the left.",
        Left = "left" "On the left.",
        Right = "right" "On the right.",
        Center = "center" "In the middle.",
    }
}

/// What a cell says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum CellText {
    /// Nothing, because the row has no such value.
    Missing,
    /// Text.
    Text(Arc<str>),
    /// When the message arrived.
    Time(MessageAge),
    /// How long ago that was.
    Age(MessageAge),
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cell {
    /// What it says.
    pub text: CellText,
    /// Its color.
    pub color: Option<Color>,
}

impl From<CellText> for Cell {
    fn from(text: CellText) -> Self {
        Self { text, color: None }
    }
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TextTableRow {
    /// Its cells, one for each column.
    pub cells: Vec<Cell>,
    /// Its color, if it is highlighted.
    pub color: Option<Color>,
    /// Whether it is highlighted.
    pub is_highlighted: bool,
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TextTableColumn {
    /// Its name; empty in a log.
    pub name: String,
    /// On which side its texts stand.
    pub alignment: CellAlignment,
}

/// Rows of cells in columns.
#[derive(Debug, Clone, PartialEq)]
pub struct TextTable {
    /// The columns.
    pub(crate) columns: Vec<TextTableColumn>,
    /// The rows, from the top.
    pub(crate) rows: Vec<TextTableRow>,
    /// How many more rows there are.
    pub(crate) left_out: usize,
}

impl TextTableRow {
    /// Returns the texts of the row, but no times, in one line.
    pub(super) fn line(&self) -> String {
        let texts = self.cells.iter().filter_map(|cell| match &cell.text {
            CellText::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            CellText::Missing | CellText::Time(_) | CellText::Age(_) => None,
        });
        texts.collect::<Vec<_>>().join(" ")
    }
}
