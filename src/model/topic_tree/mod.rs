//! The topics of a broker as a tree of their levels, with the last message of each and how many there were. Made for a
//! broker with a million topics: its memory has a limit, and a frame costs what is visible.
//!
//! - [`TopicTree`] has the nodes, and records messages.
//! - `node_info` is what it says about its nodes.
//! - `insertion` adds the nodes of new topics.
//! - `completion` finds how a topic may go on.
//! - `order` sorts the nodes below those that are unfolded, and `rows` walks over what is visible.
//! - `level_names`, `payloads` and `rate` are what the nodes consist of.

mod completion;
mod insertion;
mod level_names;
mod node_info;
mod order;
mod payloads;
mod rate;
mod rows;

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use self::{
    level_names::LevelNames,
    order::Orders,
    payloads::{Payloads, Slot},
    rate::{Rate, TICKS_PER_SECOND, Ticks},
};
pub(crate) use self::{
    node_info::{TopicState, Totals},
    order::SortKey,
    rate::RateUnit,
    rows::RowCursor,
};
use super::{batch::MessageRef, message::Qos, time::Time};

/// The most levels that become nodes of their own. The rest of a topic with more is one node.
const MAX_LEVELS: usize = 64;
/// Stands for no node, no branch and no topic.
const NONE: u32 = u32::MAX;

/// A node of the tree: a level of topics. It stays valid as long as the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NodeId(u32);

impl NodeId {
    /// The node above all topics.
    pub const ROOT: Self = Self(0);

    /// Returns the number of the node, which is less than [`TopicTree::node_count`].
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// The limits of a tree. Beyond them, the messages of new topics are only counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// The most topics.
    pub topics: usize,
    /// The most memory in bytes, about.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { topics: 1_000_000, bytes: 256 << 20 }
    }
}

#[derive(Debug, Clone, Copy)]
struct Node {
    parent: u32,
    name: u32,
    /// The node that was added to the parent before this one.
    previous_sibling: u32,
    branch: u32,
    topic: u32,
}

/// What a node with others below it has besides.
#[derive(Debug, Clone, Copy)]
struct Branch {
    /// The node that was added last.
    last_child: u32,
    children: u32,
    /// How many topics there are below it, and itself.
    topics: u32,
    messages: u64,
    rate: Rate,
}

impl Default for Branch {
    fn default() -> Self {
        Self { last_child: NONE, children: 0, topics: 0, messages: 0, rate: Rate::default() }
    }
}

/// What a node has besides whose levels are a topic.
#[derive(Debug, Clone, Copy, Default)]
struct Topic {
    messages: u64,
    rate: Rate,
    payload: Slot,
    payload_bytes: u32,
    qos: Qos,
    /// Whether the last message had the retain flag.
    came_retained: bool,
    is_retained: bool,
}

/// The topics of a broker.
#[derive(Debug, Clone)]
pub(crate) struct TopicTree {
    nodes: Vec<Node>,
    branches: Vec<Branch>,
    topics: Vec<Topic>,
    names: LevelNames,
    /// The nodes by their parent and their name.
    index: HashTable<u32>,
    hasher: RandomState,
    payloads: Payloads,
    orders: Orders,
    limits: Limits,
    /// The time of tick 0.
    epoch: Time,
    /// The nodes that became topics after others were below them.
    late_topics: Vec<NodeId>,
    /// The messages of topics that the tree has no room for.
    left_out: u64,
}

impl TopicTree {
    /// Creates a tree without topics.
    pub fn new(limits: Limits, now: Time) -> Self {
        let root = Node { parent: NONE, name: NONE, previous_sibling: NONE, branch: 0, topic: NONE };
        Self {
            nodes: vec![root],
            branches: vec![Branch::default()],
            topics: Vec::new(),
            names: LevelNames::default(),
            index: HashTable::new(),
            hasher: RandomState::default(),
            payloads: Payloads::default(),
            orders: Orders::default(),
            limits,
            epoch: now,
            late_topics: Vec::new(),
            left_out: 0,
        }
    }

    /// Records a message. Returns the node of its topic; `None` if the tree has no room for it.
    pub fn record(&mut self, message: MessageRef<'_>, now: Time) -> Option<NodeId> {
        let known = self.find(message.topic);
        let is_late = known.is_some_and(|node| self.nodes[node.index()].topic == NONE);
        self.late_topics.extend(known.filter(|_| is_late));
        let node = known.map(|node| node.0).or_else(|| self.insert(message.topic));
        let Some(node) = node else {
            self.left_out += 1;
            return None;
        };
        let now = self.ticks(now);
        let has_room = self.memory_bytes() + message.payload.len() < self.limits.bytes;
        let payload_bytes = u32::try_from(message.payload.len()).unwrap_or(u32::MAX);
        let number = self.topic_of(node);
        let topic = &mut self.topics[number as usize];
        topic.messages += 1;
        topic.rate.add(payload_bytes, message.retain, now);
        topic.payload_bytes = payload_bytes;
        (topic.qos, topic.came_retained) = (message.qos, message.retain);
        // An empty payload removes what the broker retains (MQTT 3.1.1, section 3.3.1.3).
        topic.is_retained = (topic.is_retained || message.retain) && !message.payload.is_empty();
        self.payloads.set(number, &mut topic.payload, message.payload, has_room);
        let mut above = node;
        while above != NONE {
            let Node { branch, parent, .. } = self.nodes[above as usize];
            if branch != NONE {
                let branch = &mut self.branches[branch as usize];
                branch.messages += 1;
                branch.rate.add(payload_bytes, message.retain, now);
            }
            above = parent;
        }
        Some(NodeId(node))
    }

    /// Forgets which topics have a retained message, until these come again.
    pub fn forget_retained(&mut self) {
        self.topics.iter_mut().for_each(|topic| topic.is_retained = false);
    }

    /// Marks a topic as retained.
    pub fn mark_retained(&mut self, topic: &str) {
        let number = self.find(topic).map(|node| self.nodes[node.index()].topic);
        if let Some(topic) = number.and_then(|number| self.topics.get_mut(number as usize)) {
            topic.is_retained = true;
        }
    }

    /// Returns the node of these levels.
    pub fn find(&self, topic: &str) -> Option<NodeId> {
        let mut node = NodeId::ROOT.0;
        for name in topic.splitn(MAX_LEVELS, '/') {
            node = self.child(node, name)?;
        }
        Some(NodeId(node))
    }

    fn child(&self, parent: u32, name: &str) -> Option<u32> {
        let is_it = |node: &u32| {
            let node = &self.nodes[*node as usize];
            node.parent == parent && self.names.get(node.name) == name
        };
        self.index.find(self.hasher.hash_one((parent, name)), is_it).copied()
    }

    fn ticks(&self, time: Time) -> Ticks {
        u32::try_from(time.millis_since(self.epoch) * TICKS_PER_SECOND / 1_000).unwrap_or(u32::MAX)
    }

    fn time_of(&self, ticks: Ticks) -> Time {
        Time::from_millis(self.epoch.as_millis() + u64::from(ticks) * 1_000 / TICKS_PER_SECOND)
    }
}

/// Returns the memory of a table of numbers: each place has a byte besides, and one of eight is free.
fn table_bytes(table: &HashTable<u32>) -> usize {
    (table.capacity() + table.capacity() / 7) * (size_of::<u32>() + 1)
}

#[cfg(test)]
mod tests;
