//! The position in a payload that is shown: a scrolled line, or the selected part of its JSON, and what is folded there.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::{
    Action,
    json_rows::{Folds, JsonRow, RowShape, json_rows},
    list::Scroll,
    shown_json::parse,
};
use crate::model::{grid::Direction, json_path::parent_path};

/// The most parts that are marked at a time.
const MAX_MARKED: usize = 100;

/// The position in a payload.
#[derive(Debug, Clone, Default)]
pub(crate) struct PayloadCursor {
    /// The scroll position.
    pub scroll: Scroll,
    /// The path of the part that is selected.
    pub path: Option<String>,
    /// On which row of the view the selected part is, since it was clicked there; `None`: in the middle.
    pub row: Option<usize>,
    /// What is folded of the JSON.
    pub folds: Folds,
    /// The paths of the parts that are marked.
    pub marked: BTreeSet<String>,
}

impl PayloadCursor {
    /// Scrolls, selects another part of the JSON of the payload, or folds it. Returns whether there was something to do.
    pub fn move_to(&mut self, action: &Action, direction: Direction, payload: Option<&[u8]>) -> bool {
        let json = payload.and_then(parse);
        let rows = json.as_ref().and_then(|json| json_rows(json, &self.folds)).unwrap_or_default();
        let parts: Vec<(usize, &JsonRow<'_>)> = rows.iter().enumerate().filter(|(_, row)| row.path.is_some()).collect();
        let selected =
            self.path.as_ref().and_then(|path| parts.iter().position(|(_, part)| part.path.as_ref() == Some(path)));
        match direction {
            Direction::Left => return self.fold_or_leave(selected.map(|index| parts[index].1)),
            Direction::Right if selected.is_some_and(|index| parts[index].1.shape == RowShape::Folded) => {
                self.fold_selected(false);
                return true;
            }
            _ => {}
        }
        let target = match (direction, selected) {
            (Direction::Up, Some(index)) => index.checked_sub(1),
            (Direction::Down, Some(index)) => Some((index + 1).min(parts.len() - 1)),
            (Direction::Right, Some(index)) if parts[index].1.shape == RowShape::Begin => Some(index + 1),
            (Direction::Right, Some(index)) => Some(index),
            (Direction::Down | Direction::Right, None) => {
                parts.iter().position(|(line, _)| *line >= self.scroll.lines).or(parts.len().checked_sub(1))
            }
            _ => None,
        };
        if let Some((_, part)) = target.and_then(|index| parts.get(index)) {
            self.row = self.row.map(|row| self.scroll.moved_row(row, direction));
            self.path.clone_from(&part.path);
            return true;
        }
        // The text goes on from where the cursor was.
        if let Some((line, _)) = selected.and_then(|index| parts.get(index)) {
            self.scroll.lines = *line;
        }
        (self.path, self.row) = (None, None);
        if direction != Direction::Right {
            self.scroll.update(action);
        }
        true
    }

    /// Folds the selected part, or else selects what it is in.
    fn fold_or_leave(&mut self, selected: Option<&JsonRow<'_>>) -> bool {
        match (selected, self.path.as_deref().and_then(parent_path)) {
            (Some(JsonRow { shape: RowShape::Begin, .. }), _) => self.fold_selected(true),
            (Some(_), Some(parent)) => (self.path, self.row) = (Some(parent.to_owned()), None),
            _ => return false,
        }
        true
    }

    fn fold_selected(&mut self, is_folded: bool) {
        if let Some(path) = &self.path {
            self.folds.set(path, is_folded);
        }
    }

    /// Marks the selected part, or does so no more.
    pub fn toggle_marked(&mut self) {
        let Some(path) = &self.path else { return };
        if !self.marked.remove(path) && self.marked.len() < MAX_MARKED {
            self.marked.insert(path.clone());
        }
    }

    /// Folds everything in the selected part and the part itself, or unfolds it; without a selected part, everything.
    pub fn fold_below(&mut self, is_folded: bool, payload: Option<&[u8]>) {
        if let Some(json) = payload.and_then(parse) {
            self.folds.set_below(&json, self.path.as_deref(), is_folded);
        }
    }

    /// Selects the part that was clicked on this row of the view. If it is selected already, it is folded or unfolded.
    pub fn click(&mut self, path: String, row: usize, payload: Option<&[u8]>) {
        if self.path.as_deref() == Some(path.as_str()) {
            let json = payload.and_then(parse);
            let rows = json.as_ref().and_then(|json| json_rows(json, &self.folds)).unwrap_or_default();
            match rows.iter().find(|row| row.path.as_deref() == Some(path.as_str())).map(|row| row.shape) {
                Some(RowShape::Begin) => self.fold_selected(true),
                Some(RowShape::Folded) => self.fold_selected(false),
                _ => {}
            }
        }
        (self.path, self.row) = (Some(path), Some(row));
    }

    /// Begins another view of the same payload. What is folded stays so, and what is selected if that view has it.
    pub fn begin_view(&mut self, keeps_selection: bool) {
        (self.scroll, self.row) = (Scroll::default(), None);
        if !keeps_selection {
            self.path = None;
        }
    }

    /// Returns the selected part of a payload; `None` if none is selected. If it has gone, a sentence says so.
    pub fn selected_part(&self, payload: Option<&[u8]>) -> Result<Option<(String, Json)>, String> {
        let Some(path) = &self.path else { return Ok(None) };
        let part = payload.and_then(parse).and_then(|json| {
            let mut rows = json_rows(&json, &self.folds)?.into_iter();
            let value = rows.find(|row| row.path.as_ref() == Some(path))?.value.clone();
            Some((path.clone(), value))
        });
        part.map(Some).ok_or_else(|| format!("The message has no {path}: select another part"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::list::ScrollExtent;

    const PAYLOAD: &[u8] = br#"{"a":{"b":[1,2],"c":{}},"d":3}"#;

    struct Fixture(PayloadCursor);

    impl Fixture {
        fn go(&mut self, direction: Direction) -> bool {
            self.0.move_to(&Action::MoveInDialog(direction), direction, Some(PAYLOAD))
        }

        fn path(&self) -> &str {
            self.0.path.as_deref().unwrap_or_default()
        }
    }

    #[test]
    fn left_folds_and_goes_to_what_is_above_and_right_the_other_way() {
        let mut fixture = Fixture(PayloadCursor::default());
        assert!(!fixture.go(Direction::Left), "nothing is selected");
        fixture.go(Direction::Right);
        assert_eq!(fixture.path(), "$.a");
        fixture.go(Direction::Right);
        fixture.go(Direction::Right);
        assert_eq!(fixture.path(), "$.a.b[0]");
        fixture.go(Direction::Right);
        assert_eq!(fixture.path(), "$.a.b[0]", "there is nothing in it");
        assert!(fixture.go(Direction::Left));
        assert_eq!(fixture.path(), "$.a.b");
        fixture.go(Direction::Left);
        assert!(fixture.0.folds.contains("$.a.b"));
        fixture.go(Direction::Down);
        assert_eq!(fixture.path(), "$.a.c", "what is folded is skipped");
        assert!(fixture.go(Direction::Left) && fixture.path() == "$.a", "an empty object has nothing to fold");
        fixture.go(Direction::Left);
        fixture.go(Direction::Down);
        assert_eq!(fixture.path(), "$.d");
        fixture.go(Direction::Up);
        assert!(!fixture.go(Direction::Left), "it is folded, and nothing is above");
        fixture.go(Direction::Right);
        fixture.go(Direction::Down);
        assert_eq!(fixture.path(), "$.a.b");
        assert!(fixture.0.folds.contains("$.a.b"), "what is in it stays as it was");
        fixture.go(Direction::Last);
        assert_eq!(fixture.path(), "", "the text is scrolled");
    }

    #[test]
    fn everything_is_folded_below_the_selected_part_or_all() {
        let mut fixture = Fixture(PayloadCursor::default());
        fixture.0.fold_below(true, Some(PAYLOAD));
        assert!(fixture.0.folds.contains("$.a") && fixture.0.folds.contains("$.a.b"));
        fixture.go(Direction::Down);
        fixture.0.fold_below(false, Some(PAYLOAD));
        assert_eq!(fixture.0.folds, Folds::default());
    }

    #[test]
    fn first_click_selects_and_the_second_one_folds_in_its_place() {
        let mut cursor = PayloadCursor::default();
        cursor.click("$.a".to_owned(), 3, Some(PAYLOAD));
        assert_eq!((cursor.folds.contains("$.a"), cursor.row), (false, Some(3)));
        cursor.click("$.a".to_owned(), 3, Some(PAYLOAD));
        assert!(cursor.folds.contains("$.a"));
        cursor.click("$.a".to_owned(), 3, Some(PAYLOAD));
        assert!(!cursor.folds.contains("$.a"));
        cursor.click("$.d".to_owned(), 9, Some(PAYLOAD));
        cursor.click("$.d".to_owned(), 9, Some(PAYLOAD));
        assert_eq!(cursor.folds, Folds::default(), "a value is not folded");
        cursor.scroll.set_extent(ScrollExtent { max: 0, rows: 10 });
        let up = Action::MoveInDialog(Direction::Up);
        cursor.move_to(&up, Direction::Up, Some(PAYLOAD));
        assert_eq!(cursor.row, Some(8));
    }
}
