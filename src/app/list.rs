//! Positions in lists and texts, and how the direction keys change them.

use super::Action;
use crate::model::grid::Direction;

/// Returns the index in a list after a move in this direction, without wraparound.
#[must_use]
pub fn move_in_list(index: usize, count: usize, direction: Direction) -> usize {
    const PAGE_ROWS: usize = 10;
    let last_index = count.saturating_sub(1);
    match direction {
        Direction::Up | Direction::Left => index.saturating_sub(1),
        Direction::Down | Direction::Right => index.saturating_add(1).min(last_index),
        Direction::PageUp => index.saturating_sub(PAGE_ROWS),
        Direction::PageDown => index.saturating_add(PAGE_ROWS).min(last_index),
        Direction::First => 0,
        Direction::Last => last_index,
    }
}

/// Returns the index after a move by an offset, with wraparound.
pub(super) fn wrap_index(index: usize, offset: isize, count: usize) -> usize {
    let count = count.max(1);
    (index + count).saturating_add_signed(offset % isize::try_from(count).unwrap_or(1)) % count
}

/// The scroll position of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scroll {
    /// The number of lines that are scrolled out of view.
    pub(crate) lines: usize,
    /// How many lines can be scrolled. Known after the text was drawn.
    max: Option<usize>,
    /// Whether the last line has been drawn.
    has_shown_end: bool,
}

impl Scroll {
    /// Moves the position if the action is a move. Until the text was drawn, there is no limit.
    pub(super) fn update(&mut self, action: &Action) {
        if let Action::MoveInDialog(direction) = action {
            let position_count = self.max.map_or(usize::MAX, |max| max.saturating_add(1));
            self.lines = move_in_list(self.lines, position_count, *direction);
        }
    }

    /// Sets how many lines can be scrolled, after the text was drawn.
    pub(super) fn set_max(&mut self, max: usize) {
        self.max = Some(max);
        self.lines = self.lines.min(max);
        self.has_shown_end |= self.lines == max;
    }

    /// Returns whether the user has seen the text up to its end.
    #[must_use]
    pub(super) const fn has_shown_end(&self) -> bool {
        self.has_shown_end
    }
}
