//! The rows of a panel. Each is a tile of its own, which is written as a table in the list `rows` of the panel: a kind, a
//! name, and the keys that a tile of that kind has.

use std::cmp::Ordering;

use super::Tile;
use crate::model::{
    kind::{self, MAX_ROWS, TileKind},
    schema::{DynFields, set_fields},
    value::{ValidationError, Value, ValuePathSegment},
};

/// The key of the rows of a panel.
pub(crate) const ROWS_KEY: &str = "rows";
/// The keys of a tile that make no sense in a row: what they say is that of the panel.
const KEYS_OF_PANEL: [&str; 4] = ["width", "height", "only", "mqtt_dash"];
/// The keys of all tiles that a panel has, too.
const COMMON_KEYS_OF_PANEL: [&str; 6] = ["name", "width", "height", "only", "availability", "mqtt_dash"];

/// Returns whether tiles have a key that a panel has not: it stands in its rows.
pub(crate) fn is_only_of_rows(key: &str) -> bool {
    !COMMON_KEYS_OF_PANEL.contains(&key)
}

/// Returns whether a tile has a key that a row of a panel has not.
pub(crate) fn is_only_of_panel(key: &str) -> bool {
    KEYS_OF_PANEL.contains(&key)
}

impl Tile {
    /// Returns whether the tile is a panel, which shows rows instead of a value.
    pub(crate) fn is_panel(&self) -> bool {
        self.kind.rows().is_some()
    }

    /// Returns the tables of the rows, as in the file.
    pub(crate) fn row_tables(&self) -> &[Value] {
        self.kind.rows().unwrap_or_default()
    }

    /// Returns whether the tile is a panel with room for another row.
    pub(crate) fn has_room_for_row(&self) -> bool {
        self.kind.rows().is_some_and(|rows| rows.len() < MAX_ROWS)
    }

    /// Returns the rows as they are defined.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Self> {
        self.row_tables().iter().map(|table| read_row(table).0)
    }

    /// Returns a row as it is defined.
    pub(crate) fn row(&self, index: usize) -> Option<Self> {
        self.row_tables().get(index).map(|table| read_row(table).0)
    }

    /// Returns the rows as they are shown.
    pub(crate) fn shown_rows(&self) -> impl Iterator<Item = Self> {
        self.rows().map(|row| self.as_shown(row))
    }

    /// Returns a row as it is shown.
    pub(crate) fn shown_row(&self, index: usize) -> Option<Self> {
        self.row(index).map(|row| self.as_shown(row))
    }

    /// Returns one of the rows as it is shown: its name says to which panel it belongs, and its availability is that of the
    /// panel if it has none.
    fn as_shown(&self, mut row: Self) -> Self {
        row.name = self.full_name_of_row(&row.name);
        if row.availability().is_none() {
            row.availability = self.availability.clone();
        }
        row
    }

    /// Returns the name of a row with that of the panel.
    pub(crate) fn full_name_of_row(&self, name: &str) -> String {
        if self.name.is_empty() { name.to_owned() } else { format!("{}: {name}", self.name) }
    }

    /// Returns the panel with another row at this index, or with one more row at the end. What the row has in common with
    /// the one before stays as it is in the file.
    #[must_use]
    pub(crate) fn with_row(&self, index: usize, row: &Self) -> Option<Self> {
        let mut tables = self.row_tables().to_vec();
        let table = row_table(tables.get(index), row);
        match index.cmp(&tables.len()) {
            Ordering::Less => tables[index] = table,
            Ordering::Equal => tables.push(table),
            Ordering::Greater => return None,
        }
        let mut panel = self.clone();
        matches!(panel.kind.set(ROWS_KEY, &Value::Array(tables)), Some(Ok(()))).then_some(panel)
    }

    /// Returns what a tile lacks to be a row.
    pub(crate) fn row_errors(&self) -> Vec<ValidationError> {
        let mut errors = Vec::new();
        if !self.kind.fits_row() {
            errors.push(kind_error(&*self.kind));
        }
        if self.name.trim().is_empty() {
            errors.push(
                ValidationError::new("this row has no `name`")
                    .with_help("set `name`: it stands at the left of the row")
                    .prepend_key("name"),
            );
        }
        errors
    }

    /// Returns the errors of a panel: keys that only tiles with a value have, and those of its rows.
    pub(crate) fn panel_errors(&self) -> Vec<ValidationError> {
        let default_tile = Self::new(self.kind.clone());
        let only_of_rows = Self::COMMON_FIELDS.iter().filter(|spec| is_only_of_rows(spec.name));
        let set = only_of_rows.filter(|spec| (spec.get)(self) != (spec.get)(&default_tile));
        let unused = set.map(|spec| {
            ValidationError::new(format!("`{}` has no effect on a panel, which only shows its rows", spec.name))
                .with_help("write it into the rows that it is for")
                .prepend_key(spec.name)
        });
        let in_row = |(index, table): (usize, &Value)| {
            let at_row = move |error: ValidationError| error.prepend_path(ValuePathSegment::Index(index));
            read_row(table).1.into_iter().map(move |error| at_row(error).prepend_key(ROWS_KEY))
        };
        unused.chain(self.row_tables().iter().enumerate().flat_map(in_row)).collect()
    }
}

/// Returns the table of a row. What is the same as in the one before stays as it is there.
pub(crate) fn row_table(before: Option<&Value>, row: &Tile) -> Value {
    let (old, old_entries) = match before {
        Some(table @ Value::Table(entries)) => (read_row(table).0, entries.as_slice()),
        _ => (Tile::new(row.kind.clone()), [].as_slice()),
    };
    let fields = row.fields();
    let mut entries = vec![("kind".to_owned(), row.kind.name().into())];
    for (key, value) in old_entries.iter().filter(|(key, _)| key != "kind") {
        let Some(field) = fields.iter().find(|field| field.name == key) else { continue };
        let new = row.get(key);
        match new {
            new if new == old.get(key) => entries.push((key.clone(), value.clone())),
            Some(new) if field.default.as_ref() != Some(&new) => entries.push((key.clone(), new)),
            _ => {}
        }
    }
    for field in fields {
        let is_missing = entries.iter().all(|(key, _)| key != field.name);
        if let Some(value) = row.get(field.name).filter(|value| is_missing && field.default.as_ref() != Some(value)) {
            entries.push((field.name.to_owned(), value));
        }
    }
    // The kind stays where it is in the table before.
    if let Some(at) = old_entries.iter().position(|(key, _)| key == "kind") {
        let kind = entries.remove(0);
        entries.insert(at.min(entries.len()), kind);
    }
    Value::Table(entries)
}

/// Reads the table of a row. Returns its tile, as far as it could be read, and what is wrong.
pub(crate) fn read_row(table: &Value) -> (Tile, Vec<ValidationError>) {
    let entries: &[(String, Value)] = if let Value::Table(entries) = table { entries } else { &[] };
    let kind = match entries.iter().find(|(key, _)| key == "kind").map(|(_, value)| value) {
        Some(Value::String(name)) => kind::from_name(name).map_err(|error| error.prepend_key("kind")),
        Some(_) => {
            Err(ValidationError::new("expected the name of a tile kind").with_help(kinds_help()).prepend_key("kind"))
        }
        None => Err(ValidationError::new("this row has no `kind`").with_help(kinds_help())),
    };
    let kind = kind.and_then(|kind| if kind.fits_row() { Ok(kind) } else { Err(kind_error(&*kind)) });
    let (mut tile, mut errors) = match kind {
        Ok(kind) => (Tile::new(kind), Vec::new()),
        // Which keys it may have is not known.
        Err(error) => return (Tile::new(Box::<kind::TextKind>::default()), error.into()),
    };
    let unused = entries.iter().filter(|(key, _)| is_only_of_panel(key));
    errors.extend(unused.map(|(key, _)| {
        ValidationError::new(format!("`{key}` has no effect in a row of a panel"))
            .with_help("remove it: the whole panel may have it")
            .prepend_path(ValuePathSegment::KeyName(key.clone()))
    }));
    let is_read = |key: &str| key != "kind" && !is_only_of_panel(key);
    let read: Vec<_> = entries.iter().filter(|(key, _)| is_read(key)).cloned().collect();
    errors.extend(set_fields(&mut tile, &read).err().unwrap_or_default());
    errors.extend(tile.row_errors());
    (tile, errors)
}

fn kind_error(kind: &dyn TileKind) -> ValidationError {
    let message = format!("a row of a panel cannot be of kind `{}`", kind.name());
    ValidationError::new(message).with_help(kinds_help()).prepend_key("kind")
}

fn kinds_help() -> String {
    let names: Vec<&str> = kind::all().filter(|kind| kind.fits_row()).map(|kind| kind.name()).collect();
    format!("the kinds of rows are {}", names.join(", "))
}

#[cfg(test)]
#[path = "rows_tests.rs"]
mod tests;
