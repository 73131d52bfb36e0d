//! The messages of all topics below the selected node, as they come.

use std::collections::VecDeque;

use crate::model::{
    batch::MessageRef,
    time::Time,
    topic_tree::{NodeId, TopicTree},
};

/// How many messages are kept.
const MAX_MESSAGES: usize = 500;
/// How many bytes of a payload are kept: more than a row shows.
const MAX_PAYLOAD_BYTES: usize = 256;

/// A message below the selected node.
#[derive(Debug, Clone)]
pub(crate) struct MessageBelow {
    /// Its topic.
    pub node: NodeId,
    /// The beginning of the payload.
    pub payload: Box<[u8]>,
    /// The size of the payload in bytes.
    pub payload_bytes: usize,
    /// Whether the broker had retained it.
    pub retain: bool,
    pub received_at: Time,
}

/// The messages below a node since it was selected.
#[derive(Debug, Clone)]
pub(crate) struct MessagesBelow {
    /// The node.
    pub node: NodeId,
    /// The newest is last.
    messages: VecDeque<MessageBelow>,
    /// How many messages have come since the list was paused; `None` while it is not.
    pub paused: Option<u64>,
}

impl MessagesBelow {
    /// Creates the list for a node.
    pub const fn new(node: NodeId) -> Self {
        Self { node, messages: VecDeque::new(), paused: None }
    }

    /// Adds a message of this topic, if it is below the node.
    pub fn record(&mut self, tree: &TopicTree, topic: NodeId, message: MessageRef<'_>, now: Time) {
        if !tree.is_below(topic, self.node) {
            return;
        }
        if let Some(missed) = &mut self.paused {
            *missed += 1;
            return;
        }
        if self.messages.len() >= MAX_MESSAGES {
            self.messages.pop_front();
        }
        let payload = &message.payload[..message.payload.len().min(MAX_PAYLOAD_BYTES)];
        self.messages.push_back(MessageBelow {
            node: topic,
            payload: payload.into(),
            payload_bytes: message.payload.len(),
            retain: message.retain,
            received_at: now,
        });
    }

    /// Pauses the list, or goes on.
    pub fn toggle_pause(&mut self) {
        self.paused = if self.paused.is_some() { None } else { Some(0) };
    }

    /// Returns the messages, the newest first.
    pub fn newest_first(&self) -> impl ExactSizeIterator<Item = &MessageBelow> {
        self.messages.iter().rev()
    }
}
