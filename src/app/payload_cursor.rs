//! The position in a payload that is shown: a scrolled line, or the selected part of its JSON.

use super::{
    Action,
    list::Scroll,
    shown_json::{self, parse},
};
use crate::model::{grid::Direction, json_path::JsonPart};

/// The position in a payload.
#[derive(Debug, Clone, Default)]
pub(crate) struct PayloadCursor {
    /// The scroll position.
    pub scroll: Scroll,
    /// The path of the part that is selected.
    pub path: Option<String>,
}

impl PayloadCursor {
    /// Scrolls, or selects another part of the JSON of the payload.
    pub fn move_to(&mut self, action: &Action, direction: Direction, payload: Option<&[u8]>) {
        let json = payload.and_then(parse);
        let parts = json.as_ref().map(shown_json::parts).unwrap_or_default();
        let selected = self.path.as_ref().and_then(|path| parts.iter().position(|part| part.path == *path));
        let target = match (direction, selected) {
            (Direction::Up, Some(index)) => index.checked_sub(1),
            (Direction::Down, Some(index)) => Some((index + 1).min(parts.len() - 1)),
            (Direction::Down, None) => {
                parts.iter().position(|part| part.line >= self.scroll.lines).or(parts.len().checked_sub(1))
            }
            _ => None,
        };
        if let Some(part) = target.and_then(|index| parts.get(index)) {
            self.path = Some(part.path.clone());
            return;
        }
        // The text goes on from where the cursor was.
        if let Some(part) = selected.and_then(|index| parts.get(index)) {
            self.scroll.lines = part.line;
        }
        self.path = None;
        self.scroll.update(action);
    }

    /// Returns the selected part of a payload; `None` if none is selected. If it has gone, a sentence says so.
    pub fn selected_part(&self, payload: Option<&[u8]>) -> Result<Option<(String, serde_json::Value)>, String> {
        let Some(path) = &self.path else { return Ok(None) };
        let part = payload.and_then(parse).and_then(|json| {
            let JsonPart { path, value, .. } = shown_json::parts(&json).into_iter().find(|part| part.path == *path)?;
            Some((path, value.clone()))
        });
        part.map(Some).ok_or_else(|| format!("The newest message has no {path}: select another part"))
    }
}
