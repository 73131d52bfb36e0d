//! The rows of the tree that are visible, from one to the next: nothing counts them all.

use super::{NodeId, TopicTree};
use crate::model::time::Time;

/// A row of the tree: the way to it from the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowCursor {
    /// For each level, the node above and the index of the node below it.
    steps: Vec<(NodeId, usize)>,
    node: NodeId,
}

impl RowCursor {
    /// Returns the node of the row.
    pub const fn node(&self) -> NodeId {
        self.node
    }

    /// Returns how many nodes there are above it, without the root.
    pub fn depth(&self) -> usize {
        self.steps.len() - 1
    }

    /// Creates a cursor at the first row; `None` if there is no row.
    pub fn first(tree: &mut TopicTree, now: Time) -> Option<Self> {
        let node = NodeId(*tree.sorted_children(NodeId::ROOT, now).first()?);
        Some(Self { steps: vec![(NodeId::ROOT, 0)], node })
    }

    /// Creates a cursor at the last row; `None` if there is no row.
    pub fn last(tree: &mut TopicTree, now: Time) -> Option<Self> {
        let mut cursor = Self { steps: Vec::new(), node: NodeId::ROOT };
        cursor.descend_to_last(tree, now);
        (cursor.node != NodeId::ROOT).then_some(cursor)
    }

    /// Creates a cursor at the row of a node, which becomes visible; `None` for the root.
    pub fn at(tree: &mut TopicTree, node: NodeId, now: Time) -> Option<Self> {
        tree.reveal(node);
        let mut steps = Vec::new();
        let mut below = node;
        while let Some(parent) = tree.parent(below) {
            let index = tree.sorted_children(parent, now).iter().position(|child| *child == below.0)?;
            steps.push((parent, index));
            below = parent;
        }
        steps.reverse();
        (node != NodeId::ROOT).then_some(Self { steps, node })
    }

    /// Moves to the next row. Returns whether there is one; if not, the cursor stays.
    pub fn move_down(&mut self, tree: &mut TopicTree, now: Time) -> bool {
        if let Some(first) = tree.sorted_children(self.node, now).first().copied() {
            self.steps.push((self.node, 0));
            self.node = NodeId(first);
            return true;
        }
        for level in (0..self.steps.len()).rev() {
            let (parent, index) = self.steps[level];
            if let Some(next) = tree.sorted_children(parent, now).get(index + 1).copied() {
                self.steps.truncate(level);
                self.steps.push((parent, index + 1));
                self.node = NodeId(next);
                return true;
            }
        }
        false
    }

    /// Moves to the row before. Returns whether there is one; if not, the cursor stays.
    pub fn move_up(&mut self, tree: &mut TopicTree, now: Time) -> bool {
        let Some((parent, index)) = self.steps.last_mut() else { return false };
        let parent = *parent;
        let Some(before) = index.checked_sub(1) else {
            if self.steps.len() == 1 {
                return false;
            }
            self.steps.pop();
            self.node = parent;
            return true;
        };
        *index = before;
        let Some(sibling) = tree.sorted_children(parent, now).get(before).copied() else { return false };
        self.node = NodeId(sibling);
        self.descend_to_last(tree, now);
        true
    }

    /// Moves to the last row below the node.
    fn descend_to_last(&mut self, tree: &mut TopicTree, now: Time) {
        while let Some((index, last)) = tree.sorted_children(self.node, now).iter().copied().enumerate().next_back() {
            self.steps.push((self.node, index));
            self.node = NodeId(last);
        }
    }
}
