//! The key table as one person has it: the rows of `keys.rs` with the patch of `settings.toml`.

use super::keys::{BINDINGS, Binding, Place};
use crate::app::Action;

/// A row and the keys that it has for this person.
#[derive(Clone)]
pub struct Row {
    /// The row of the table.
    pub binding: &'static Binding,
    /// Its keys.
    pub keys: Vec<String>,
}

/// Which key does what.
#[derive(Clone)]
pub struct Keymap {
    rows: Vec<Row>,
}

impl Default for Keymap {
    fn default() -> Self {
        let row = |binding: &'static Binding| Row {
            binding,
            keys: binding.keys.iter().map(|key| (*key).to_owned()).collect(),
        };
        Self { rows: BINDINGS.iter().map(row).collect() }
    }
}

impl std::fmt::Debug for Keymap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.rows.iter().map(|row| (row.binding.name, &row.keys))).finish()
    }
}

impl Keymap {
    /// The rows of exactly this place.
    pub fn of(&self, place: Place) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.binding.place == place)
    }

    /// The rows that have a meaning at a place, its own first.
    pub fn rows(&self, place: Place) -> impl Iterator<Item = &Row> {
        self.of(place).chain(self.of(Place::All))
    }

    /// What the key of this name does at a place.
    #[must_use]
    pub fn action(&self, place: Place, key: &str) -> Option<Action> {
        self.rows(place).find_map(|row| row.keys.iter().position(|known| known == key).map(row.binding.act))
    }

    /// The first key of the action with this name; empty where it has none.
    #[must_use]
    pub fn key(&self, name: &str) -> &str {
        let row = self.rows.iter().find(|row| row.binding.name == name);
        row.and_then(|row| row.keys.first()).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: [Place; 8] =
        [Place::All, Place::Board, Place::Welcome, Place::Line, Place::Number, Place::List, Place::Color, Place::Text];

    #[test]
    fn no_key_has_two_meanings_at_one_place() {
        let keymap = Keymap::default();
        for place in PLACES.into_iter().filter(|place| ![Place::All, Place::Text].contains(place)) {
            let mut keys: Vec<&str> = keymap.rows(place).flat_map(|row| &row.keys).map(String::as_str).collect();
            let all = keys.len();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), all, "{place:?}");
        }
    }

    #[test]
    fn every_name_is_kebab_case_and_stands_once_at_a_place() {
        for place in PLACES {
            let mut names: Vec<&str> = BINDINGS.iter().filter(|row| row.place == place).map(|row| row.name).collect();
            assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')));
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all, "{place:?}");
        }
    }
}
