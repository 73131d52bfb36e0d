//! Moving in the rows of the explorer: from one to another, and what is folded.

use super::{Explorer, Pane, Row};
use crate::model::{
    grid::Direction,
    time::Time,
    topic_tree::{NodeId, RowCursor},
};

impl Explorer {
    /// Moves the selection; `height` is how many rows are visible.
    pub fn move_selection(&mut self, direction: Direction, height: usize, now: Time) {
        if let Some(find) = &mut self.find {
            if direction == Direction::Right {
                return self.open_selected();
            }
            find.move_selection(direction, height);
            self.selected_row = moved_row(self.selected_row, direction, height);
            return;
        }
        let Some(selected) = self.selected else { return };
        let tree = &mut self.tree;
        let page = height.saturating_sub(1).max(1);
        let target = match direction {
            Direction::First => RowCursor::first(tree, now),
            Direction::Last => RowCursor::last(tree, now),
            Direction::Left => return self.fold_or_leave(selected),
            Direction::Right => return self.unfold_or_enter(selected, now),
            _ => RowCursor::at(tree, selected, now).map(|mut cursor| {
                let steps = if matches!(direction, Direction::PageUp | Direction::PageDown) { page } else { 1 };
                for _ in 0..steps {
                    let has_moved = match direction {
                        Direction::Up | Direction::PageUp => cursor.move_up(tree, now),
                        _ => cursor.move_down(tree, now),
                    };
                    if !has_moved {
                        break;
                    }
                }
                cursor
            }),
        };
        if let Some(target) = target {
            self.select(target.node());
            self.selected_row = moved_row(self.selected_row, direction, height);
        }
    }

    /// Folds a node, or else selects the one above.
    fn fold_or_leave(&mut self, node: NodeId) {
        if self.tree.is_unfolded(node) {
            self.tree.fold(node);
        } else {
            self.select_parent(node);
        }
    }

    fn select_parent(&mut self, node: NodeId) {
        if let Some(parent) = self.tree.parent(node).filter(|parent| *parent != NodeId::ROOT) {
            let is_parent = |row: &Row| row.node == parent;
            self.selected_row = self.rows.iter().position(is_parent).unwrap_or_default();
            self.select(parent);
        }
    }

    /// Unfolds a node, or else selects the first one below, or the part with the topic.
    fn unfold_or_enter(&mut self, node: NodeId, now: Time) {
        if !self.tree.has_children(node) {
            self.pane = Pane::Topic;
        } else if self.tree.is_unfolded(node) {
            if let Some(mut cursor) = RowCursor::at(&mut self.tree, node, now)
                && cursor.move_down(&mut self.tree, now)
            {
                self.select(cursor.node());
                self.selected_row += 1;
            }
        } else {
            self.tree.unfold(node);
        }
    }

    /// Folds or unfolds the selected node; the part with the topic gets the keys if nothing is below the node.
    pub fn open_selected(&mut self) {
        match self.selected {
            Some(node) if self.find.is_some() && self.tree.topic(node).is_none() => {
                self.end_find();
                self.tree.unfold(node);
            }
            Some(node) if self.find.is_some() || !self.tree.has_children(node) => self.pane = Pane::Topic,
            Some(node) if self.tree.is_unfolded(node) => self.tree.fold(node),
            Some(node) => self.tree.unfold(node),
            None => {}
        }
    }

    /// Shows everything below the selected node, or nothing.
    pub fn unfold_below(&mut self, unfold: bool) {
        match self.selected {
            Some(node) if unfold => self.tree.unfold_all(node),
            Some(node) => self.tree.fold_all(node),
            None => {}
        }
    }
}

/// Returns on which row the selection is after a move, if there are enough rows.
fn moved_row(row: usize, direction: Direction, height: usize) -> usize {
    let last = height.saturating_sub(1);
    match direction {
        Direction::First => 0,
        Direction::Last => last,
        Direction::Up => row.saturating_sub(1),
        Direction::Down => (row + 1).min(last),
        _ => row,
    }
}
