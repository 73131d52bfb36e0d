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

/// Returns the value this number of values after another one in a list or, if negative, before it, with wraparound.
pub(super) fn next_in<T: Copy + PartialEq>(all: &[T], current: T, offset: isize) -> T {
    let index = all.iter().position(|value| *value == current).unwrap_or_default();
    all[wrap_index(index, offset, all.len())]
}

/// How far a text that was drawn can be scrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScrollExtent {
    /// How many lines can be scrolled.
    pub max: usize,
    /// How many lines are visible at a time.
    pub rows: usize,
}

/// The scroll position of a text, and how much of the text has been on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scroll {
    /// The number of lines that are scrolled out of view.
    pub(crate) lines: usize,
    /// Known after the text was drawn.
    extent: Option<ScrollExtent>,
    /// How many lines from the beginning have been drawn without a gap.
    shown_lines: usize,
}

impl Scroll {
    /// Moves the position if the action is a move. Until the text was drawn, there is no limit.
    pub(super) fn update(&mut self, action: &Action) {
        let Action::MoveInDialog(direction) = action else {
            return;
        };
        let max = self.extent.map_or(usize::MAX, |extent| extent.max);
        // One line of the last page stays, so that none is skipped.
        let page = self.extent.map_or(1, |extent| extent.rows.saturating_sub(1).max(1));
        self.lines = match direction {
            Direction::PageUp => self.lines.saturating_sub(page),
            Direction::PageDown => self.lines.saturating_add(page).min(max),
            direction => move_in_list(self.lines, max.saturating_add(1), *direction),
        };
    }

    /// Returns the row of the view for what is selected, one line above or below what was on this row.
    pub(super) fn moved_row(&self, row: usize, direction: Direction) -> usize {
        let rows = self.extent.map_or(usize::MAX, |extent| extent.rows);
        move_in_list(row, rows, direction)
    }

    /// Sets how far the text can be scrolled, after it was drawn.
    pub(super) fn set_extent(&mut self, extent: ScrollExtent) {
        let lines_of = |extent: ScrollExtent| extent.max + extent.rows;
        if self.extent.is_some_and(|old| lines_of(old) != lines_of(extent)) && !self.has_shown_all() {
            // Another width: what has been shown are other lines.
            self.shown_lines = 0;
        }
        self.extent = Some(extent);
        self.lines = self.lines.min(extent.max);
        if self.lines <= self.shown_lines {
            self.shown_lines = self.shown_lines.max(self.lines + extent.rows);
        }
    }

    /// Returns whether every line of the text has been on the screen.
    #[must_use]
    pub(super) fn has_shown_all(&self) -> bool {
        self.extent.is_some_and(|extent| self.shown_lines >= extent.max + extent.rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_must_have_been_shown_without_a_gap() {
        let extent = ScrollExtent { max: 20, rows: 8 };
        let mut scroll = Scroll::default();
        assert!(!scroll.has_shown_all(), "it was not drawn");
        let mut go = |direction| {
            scroll.update(&Action::MoveInDialog(direction));
            scroll.set_extent(extent);
            (scroll.lines, scroll.has_shown_all())
        };
        assert_eq!(go(Direction::First), (0, false));
        assert_eq!(go(Direction::Last), (20, false), "the middle was skipped");
        assert_eq!(go(Direction::First), (0, false));
        assert_eq!(go(Direction::PageDown), (7, false));
        assert_eq!(go(Direction::PageDown), (14, false));
        assert_eq!(go(Direction::PageDown), (20, true));
        assert_eq!(go(Direction::First), (0, true));
    }

    #[test]
    fn lines_of_another_width_do_not_count() {
        let mut scroll = Scroll::default();
        scroll.set_extent(ScrollExtent { max: 30, rows: 8 });
        scroll.set_extent(ScrollExtent { max: 3, rows: 8 });
        assert!(!scroll.has_shown_all());
    }
}
