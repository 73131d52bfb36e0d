//! What the tree says about its nodes: their names, their topics, and how much comes.

use std::ops::Range;

use super::{
    Branch, NONE, Node, NodeId, TopicTree,
    rate::{Rate, RateUnit, Ticks},
    table_bytes,
};
use crate::model::{message::Qos, time::Time};

/// The last message of a topic.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TopicState<'a> {
    /// The payload, or the beginning of it.
    pub payload: &'a [u8],
    /// The size of the whole payload in bytes.
    pub payload_bytes: usize,
    /// How many messages have come.
    pub messages: u64,
    /// The quality of service with which it came.
    pub qos: Qos,
    /// Whether the last message had the retain flag: the broker had kept it for an unknown time.
    pub came_retained: bool,
    /// Whether the broker has sent a retained message of the topic.
    pub is_retained: bool,
    /// When the last message has arrived.
    pub received_at: Time,
}

/// Sums over a node and all nodes below it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Totals {
    /// The number of topics.
    pub topics: usize,
    /// The number of messages.
    pub messages: u64,
    /// The messages per second, without those that the broker had retained.
    pub rate: f32,
    /// The bytes of their payloads per second.
    pub byte_rate: f32,
}

impl Totals {
    fn new(topics: u32, messages: u64, rate: Rate, now: Ticks) -> Self {
        let [rate, byte_rate] = [RateUnit::Messages, RateUnit::Bytes].map(|unit| rate.per_second(unit, now));
        Self { topics: topics as usize, messages, rate, byte_rate }
    }

    /// Returns one of the rates.
    pub const fn rate_of(&self, unit: RateUnit) -> f32 {
        match unit {
            RateUnit::Messages => self.rate,
            RateUnit::Bytes => self.byte_rate,
        }
    }
}

impl TopicTree {
    /// Returns the name of a level.
    pub fn name(&self, node: NodeId) -> &str {
        if node == NodeId::ROOT { "" } else { self.names.get(self.nodes[node.index()].name) }
    }

    /// Returns the node above; `None` for the root.
    pub fn parent(&self, node: NodeId) -> Option<NodeId> {
        let parent = self.nodes[node.index()].parent;
        (parent != NONE).then_some(NodeId(parent))
    }

    /// Returns the levels down to a node, joined as in a topic.
    pub fn path(&self, node: NodeId) -> String {
        let mut path = String::new();
        self.write_path(node, &mut path);
        path
    }

    /// Writes what [`path`](Self::path) returns into a text, which is emptied first.
    pub fn write_path(&self, node: NodeId, path: &mut String) {
        path.clear();
        let mut names = Vec::with_capacity(8);
        let mut next = Some(node).filter(|node| *node != NodeId::ROOT);
        while let Some(node) = next {
            names.push(self.name(node));
            next = self.parent(node).filter(|parent| *parent != NodeId::ROOT);
        }
        for (index, name) in names.iter().rev().enumerate() {
            if index > 0 {
                path.push('/');
            }
            path.push_str(name);
        }
    }

    /// Returns the last message of a topic; `None` if the node is none.
    pub fn topic(&self, node: NodeId) -> Option<TopicState<'_>> {
        let number = self.nodes[node.index()].topic;
        let topic = self.topics.get(number as usize)?;
        Some(TopicState {
            payload: self.payloads.get(number, topic.payload),
            payload_bytes: topic.payload_bytes as usize,
            messages: topic.messages,
            qos: topic.qos,
            came_retained: topic.came_retained,
            is_retained: topic.is_retained,
            received_at: self.time_of(topic.rate.last()),
        })
    }

    /// Returns how much comes per second on the topic itself, without those below it.
    pub fn topic_rate(&self, node: NodeId, unit: RateUnit, now: Time) -> f32 {
        let topic = self.topics.get(self.nodes[node.index()].topic as usize);
        topic.map_or(0.0, |topic| topic.rate.per_second(unit, self.ticks(now)))
    }

    /// Returns whether there are nodes below a node.
    pub fn has_children(&self, node: NodeId) -> bool {
        self.nodes[node.index()].branch != NONE
    }

    /// Returns the sums over a node and all below it.
    pub fn totals(&self, node: NodeId, now: Time) -> Totals {
        let now = self.ticks(now);
        let Node { branch, topic, .. } = self.nodes[node.index()];
        if let Some(Branch { topics, messages, rate, .. }) = self.branches.get(branch as usize) {
            return Totals::new(*topics, *messages, *rate, now);
        }
        let topic = self.topics.get(topic as usize).copied().unwrap_or_default();
        Totals::new(1, topic.messages, topic.rate, now)
    }

    /// Returns the highest rate of the nodes right below one, each with all below it; 0 if there are none.
    pub fn highest_rate_below(&self, node: NodeId, unit: RateUnit, now: Time) -> f32 {
        let branch = self.branches.get(self.nodes[node.index()].branch as usize);
        let children = branch.into_iter().flat_map(|branch| self.children(branch));
        children.map(|child| self.totals(NodeId(child), now).rate_of(unit)).fold(0.0, f32::max)
    }

    /// Returns a node and all below it, in no order.
    pub fn nodes_below(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        let mut open = vec![node.0];
        std::iter::from_fn(move || {
            let node = open.pop()?;
            if let Some(branch) = self.branches.get(self.nodes[node as usize].branch as usize) {
                open.extend(self.children(branch));
            }
            Some(NodeId(node))
        })
    }

    /// Returns whether a node is the other one, or below it.
    pub fn is_below(&self, node: NodeId, above: NodeId) -> bool {
        let mut next = Some(node);
        while let Some(node) = next {
            if node == above {
                return true;
            }
            next = self.parent(node);
        }
        false
    }

    /// Returns the nodes that became topics after others were below them, in this order.
    pub fn late_topics(&self) -> &[NodeId] {
        &self.late_topics
    }

    /// Returns how many nodes there are.
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// Returns the topics among the nodes with these numbers.
    pub fn topics_among(&self, nodes: Range<usize>) -> impl Iterator<Item = NodeId> {
        let is_topic = |node: &usize| self.nodes[*node].topic != NONE;
        nodes.filter(is_topic).filter_map(|node| u32::try_from(node).ok().map(NodeId))
    }

    /// Returns those of the nodes with these numbers that are levels above others, and no topics.
    pub fn levels_among(&self, nodes: Range<usize>) -> impl Iterator<Item = NodeId> {
        let is_level = |node: &usize| {
            *node != NodeId::ROOT.index() && self.nodes[*node].topic == NONE && self.nodes[*node].branch != NONE
        };
        nodes.filter(is_level).filter_map(|node| u32::try_from(node).ok().map(NodeId))
    }

    /// Returns how many messages of topics have come that the tree has no room for.
    pub const fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Returns the memory of the tree in bytes, about.
    pub fn memory_bytes(&self) -> usize {
        size_of_val(self.nodes.as_slice())
            + size_of_val(self.branches.as_slice())
            + size_of_val(self.topics.as_slice())
            + table_bytes(&self.index)
            + self.names.memory_bytes()
            + self.payloads.memory_bytes()
            + self.orders.memory_bytes()
    }
}
