//! How much of the grid a tile takes, and on which terminals it is shown.

use super::Tile;
use crate::model::{
    field_value::{BoundedInt, string_enum},
    grid::TileSpan,
    schema::{FieldValue, ValueType},
    value::{ValidationError, Value},
};

/// The most rows or columns that a tile takes.
pub(crate) const MAX_SPAN: u8 = 8;

/// A number of rows or columns that a tile takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SpanCount(u8);

impl SpanCount {
    /// Returns this number, limited to what a tile may take.
    fn clamped(count: i64) -> Self {
        Self(u8::try_from(count.clamp(1, MAX_SPAN.into())).unwrap_or(1))
    }

    /// Returns the number.
    pub(crate) const fn get(self) -> u8 {
        self.0
    }
}

impl Default for SpanCount {
    fn default() -> Self {
        Self(1)
    }
}

impl FieldValue for SpanCount {
    const VALUE_TYPE: ValueType = ValueType::Integer(1, MAX_SPAN as i64);

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        BoundedInt::<1, { MAX_SPAN as i64 }>::from_value(value).map(|count| Self::clamped(count.get()))
    }

    fn to_value(&self) -> Option<Value> {
        Some(Value::Integer(self.0.into()))
    }
}

/// Terminals of fewer columns are narrow.
const MIN_WIDE_COLUMNS: u16 = 60;

string_enum! {
    /// On which terminals a tile is shown.
    ShownOn {
        Any = "any" "On all.",
        Wide = "wide" "On all that are not narrow.",
        Narrow = "narrow" "On those of less than 60 columns, or taller than wide.",
    }
}

/// Returns whether a terminal of this width and height in cells is narrow.
pub(crate) const fn is_narrow((width, height): (u16, u16)) -> bool {
    // A cell is about twice as tall as it is wide.
    width < MIN_WIDE_COLUMNS || height as u32 * 2 > width as u32
}

impl Tile {
    /// Returns whether the tile is shown on terminals that are narrow, or on those that are not.
    pub(crate) fn is_shown_on(&self, narrow: bool) -> bool {
        match self.only {
            ShownOn::Any => true,
            ShownOn::Wide => !narrow,
            ShownOn::Narrow => narrow,
        }
    }

    /// Returns what the tile takes of a grid that shows it.
    pub(crate) fn span(&self) -> TileSpan {
        match self.kind.section() {
            Some(_) => TileSpan::Line,
            None => TileSpan::Block { columns: self.width.0.into(), rows: self.height.0.into() },
        }
    }

    /// Returns whether the tile takes one place of the grid, on every terminal, and has no rows.
    pub(crate) fn has_plain_layout(&self) -> bool {
        !self.is_panel() && self.only == ShownOn::Any && self.span() == TileSpan::Block { columns: 1, rows: 1 }
    }

    /// Returns the number of columns and rows.
    pub(crate) fn size(&self) -> (i64, i64) {
        (self.width.0.into(), self.height.0.into())
    }

    /// Sets the number of columns and rows, between one and the most that a tile takes.
    pub(crate) fn set_size(&mut self, (columns, rows): (i64, i64)) {
        self.width = SpanCount::clamped(columns);
        self.height = SpanCount::clamped(rows);
    }
}
