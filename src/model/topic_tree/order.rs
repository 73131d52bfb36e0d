//! The order of the nodes below those that are unfolded. Each is sorted when it becomes visible; nodes that come later
//! are added to what is sorted.

use std::{cmp::Ordering, collections::HashMap};

use alphanumeric_sort::compare_str;
use foldhash::fast::RandomState;

use super::{
    Branch, NONE, NodeId, TopicTree,
    rate::{RateUnit, Ticks},
};
use crate::model::time::Time;

/// After this many ticks, nodes are sorted again whose order changes without new ones; later if they are many.
const RESORT_TICKS: u32 = 100;
/// How many nodes may be sorted again for each further second.
const NODES_PER_SECOND: u32 = 20_000;

/// How many nodes are unfolded at a time.
const MAX_UNFOLDED: usize = 50_000;

/// What the nodes with the same parent are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum SortKey {
    /// Their name, with numbers in their order.
    #[default]
    Name,
    /// The messages per second, most first.
    Rate,
    /// The number of messages, most first.
    Messages,
    /// The time of the last message, the newest first.
    Newest,
}

impl SortKey {
    /// All of them, in the order in which a key goes through them.
    pub const ALL: [Self; 4] = [Self::Name, Self::Rate, Self::Messages, Self::Newest];

    /// Returns it in a word.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Rate => "rate",
            Self::Messages => "messages",
            Self::Newest => "newest",
        }
    }
}

/// The sorted nodes below one that is unfolded.
#[derive(Debug, Clone, Default)]
struct Order {
    children: Vec<u32>,
    sorted_at: Ticks,
}

/// What is unfolded, and how it is sorted.
#[derive(Debug, Clone)]
pub(super) struct Orders {
    by_parent: HashMap<u32, Order, RandomState>,
    key: SortKey,
    /// How many nodes are sorted.
    sorted: usize,
}

impl Default for Orders {
    fn default() -> Self {
        let by_parent = HashMap::from_iter([(NodeId::ROOT.0, Order::default())]);
        Self { by_parent, key: SortKey::default(), sorted: 0 }
    }
}

impl Orders {
    pub fn memory_bytes(&self) -> usize {
        self.sorted * size_of::<u32>() + self.by_parent.capacity() * (size_of::<(u32, Order)>() + 1)
    }
}

impl TopicTree {
    /// Returns what the nodes are sorted by.
    pub const fn sort_key(&self) -> SortKey {
        self.orders.key
    }

    /// Sorts the nodes by something else.
    pub fn set_sort_key(&mut self, key: SortKey) {
        self.orders.key = key;
        self.orders.by_parent.values_mut().for_each(|order| *order = Order::default());
        self.orders.sorted = 0;
    }

    /// Returns whether the nodes below a node are shown.
    pub fn is_unfolded(&self, node: NodeId) -> bool {
        self.orders.by_parent.contains_key(&node.0)
    }

    /// Shows the nodes below a node.
    pub fn unfold(&mut self, node: NodeId) {
        if self.has_children(node) {
            self.orders.by_parent.entry(node.0).or_default();
        }
    }

    /// Hides the nodes below a node.
    pub fn fold(&mut self, node: NodeId) {
        if node != NodeId::ROOT {
            let order = self.orders.by_parent.remove(&node.0);
            self.orders.sorted -= order.map_or(0, |order| order.children.len());
        }
    }

    /// Shows all nodes below a node, and all below those, up to a limit.
    pub fn unfold_all(&mut self, node: NodeId) {
        let below = self.nodes_below(node).filter(|below| self.has_children(*below));
        let below: Vec<NodeId> = below.take(MAX_UNFOLDED).collect();
        for node in below {
            self.unfold(node);
        }
    }

    /// Hides all nodes below a node, and all below those.
    pub fn fold_all(&mut self, node: NodeId) {
        let unfolded = self.orders.by_parent.keys().copied().map(NodeId);
        let below: Vec<NodeId> = unfolded.filter(|below| self.is_below(*below, node)).collect();
        for node in below {
            self.fold(node);
        }
    }

    /// Shows a node: unfolds all above it.
    pub fn reveal(&mut self, node: NodeId) {
        let mut above = self.parent(node);
        while let Some(node) = above {
            self.unfold(node);
            above = self.parent(node);
        }
    }

    /// Returns the nodes below a branch, the one that was added last first.
    pub(super) fn children(&self, branch: &Branch) -> impl Iterator<Item = u32> {
        let some = |node: u32| (node != NONE).then_some(node);
        std::iter::successors(some(branch.last_child), move |node| some(self.nodes[*node as usize].previous_sibling))
    }

    /// Returns the nodes below one in their order, up to date; none if it is not unfolded.
    pub(super) fn sorted_children(&mut self, node: NodeId, now: Time) -> &[u32] {
        let now = self.ticks(now);
        let Some(mut order) = self.orders.by_parent.remove(&node.0) else { return &[] };
        let branch = self.branches.get(self.nodes[node.index()].branch as usize).copied().unwrap_or_default();
        let new_count = (branch.children as usize).saturating_sub(order.children.len());
        let is_old =
            now.saturating_sub(order.sorted_at) >= RESORT_TICKS + branch.children / NODES_PER_SECOND * RESORT_TICKS;
        let before = order.children.len();
        if self.orders.key == SortKey::Name {
            self.add_by_name(&mut order.children, self.children(&branch).take(new_count).collect());
        } else if order.children.is_empty() || is_old {
            order.children = self.children(&branch).collect();
            self.sort(&mut order.children, now);
            order.sorted_at = now;
        } else {
            // They get their place when all are sorted again.
            order.children.extend(self.children(&branch).take(new_count));
        }
        self.orders.sorted += order.children.len() - before;
        &self.orders.by_parent.entry(node.0).insert_entry(order).into_mut().children
    }

    /// Adds nodes to others that are sorted by name.
    fn add_by_name(&self, sorted: &mut Vec<u32>, mut new: Vec<u32>) {
        if new.is_empty() {
            return;
        }
        let by_name = |one: &u32, other: &u32| compare_names(self, *one, *other);
        new.sort_unstable_by(by_name);
        let mut merged = Vec::with_capacity(sorted.len() + new.len());
        let mut rest = sorted.as_slice();
        for node in new {
            let (before, after) = rest.split_at(rest.partition_point(|old| by_name(old, &node).is_lt()));
            merged.extend_from_slice(before);
            merged.push(node);
            rest = after;
        }
        merged.extend_from_slice(rest);
        *sorted = merged;
    }

    /// Sorts nodes, the largest first. Those that are equal are sorted by name.
    fn sort(&self, nodes: &mut [u32], now: Ticks) {
        let key = self.orders.key;
        let by_name = |one: &u32, other: &u32| compare_names(self, *one, *other);
        nodes.sort_by(by_name);
        nodes.sort_by_cached_key(|node| std::cmp::Reverse(self.sort_value(*node, key, now)));
    }

    /// Returns the value of a node that is compared: the larger, the earlier.
    fn sort_value(&self, node: u32, key: SortKey, now: Ticks) -> u64 {
        let super::Node { branch, topic, .. } = self.nodes[node as usize];
        let of_branch = self.branches.get(branch as usize).map(|branch| (branch.messages, branch.rate));
        let of_topic = || self.topics.get(topic as usize).map(|topic| (topic.messages, topic.rate));
        let (messages, rate) = of_branch.or_else(of_topic).unwrap_or_default();
        match key {
            SortKey::Name => 0,
            // The bits of positive numbers have the order of the numbers.
            SortKey::Rate => u64::from(rate.per_second(RateUnit::Messages, now).max(0.0).to_bits()),
            SortKey::Messages => messages,
            SortKey::Newest => u64::from(rate.last()),
        }
    }
}

pub(super) fn compare_names(tree: &TopicTree, one: u32, other: u32) -> Ordering {
    let (one, other) = (tree.name(NodeId(one)), tree.name(NodeId(other)));
    compare_str(one, other).then_with(|| one.cmp(other))
}
