//! The messages of a node and of all topics below it, as they come.

use crate::model::{
    batch::MessageRef,
    grid::Direction,
    numbered::Numbered,
    time::Time,
    topic_tree::{NodeId, TopicTree},
};

/// How many messages are kept.
const MAX_MESSAGES: usize = 500;
/// How many bytes of a payload are kept: more than a row shows.
const MAX_PAYLOAD_BYTES: usize = 256;
/// How many messages a page is.
const PAGE: u64 = 10;

/// A message of the selected node or below it.
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

/// The messages of a node and below it since it was selected. They have numbers, in the order in which they came.
#[derive(Debug, Clone)]
pub(crate) struct MessagesBelow {
    /// The node.
    pub node: NodeId,
    messages: Numbered<MessageBelow>,
    /// The number of the selected message; `None`: the list shows the newest ones.
    selected: Option<u64>,
    /// How many messages have come since the list was paused; `None` while it is not.
    pub paused: Option<u64>,
}

impl MessagesBelow {
    /// Creates the list for a node.
    pub fn new(node: NodeId) -> Self {
        Self { node, messages: Numbered::default(), selected: None, paused: None }
    }

    /// Adds a message of this topic, if that is the node or below it.
    pub fn record(&mut self, tree: &TopicTree, topic: NodeId, message: MessageRef<'_>, now: Time) {
        if topic != self.node && !tree.is_below(topic, self.node) {
            return;
        }
        if let Some(missed) = &mut self.paused {
            *missed += 1;
            return;
        }
        if self.messages.len() >= MAX_MESSAGES {
            self.messages.pop_oldest();
        }
        let payload = &message.payload[..message.payload.len().min(MAX_PAYLOAD_BYTES)];
        self.messages.push(MessageBelow {
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

    /// Returns the messages with their numbers, the newest first.
    pub fn newest_first(&self) -> impl ExactSizeIterator<Item = (u64, &MessageBelow)> {
        self.messages.newest_first()
    }

    /// Returns the number of the selected message: of those that are kept, the one that was selected or the oldest.
    pub fn selected_number(&self) -> Option<u64> {
        self.selected.map(|number| number.max(self.messages.first_number())).filter(|_| !self.messages.is_empty())
    }

    /// Returns the topic of the selected message.
    pub fn selected_topic(&self) -> Option<NodeId> {
        Some(self.messages.get(self.selected_number()?)?.node)
    }

    /// Returns how many messages are above the first visible row, so that the selected one is visible.
    pub fn first_row(&self, height: usize) -> usize {
        let newer =
            self.messages.newest_number().zip(self.selected_number()).map(|(newest, selected)| newest - selected);
        let newer = newer.map_or(0, |newer| usize::try_from(newer).unwrap_or(usize::MAX));
        newer.saturating_sub(height / 2).min(self.messages.len().saturating_sub(height))
    }

    /// Selects another message. Above the newest one, none is selected.
    pub fn move_selection(&mut self, direction: Direction) {
        let Some(newest) = self.messages.newest_number() else { return };
        let (selected, first) = (self.selected_number(), self.messages.first_number());
        let older = |steps: u64| match selected {
            Some(selected) => Some(selected.saturating_sub(steps).max(first)),
            None => Some(newest),
        };
        let newer = |steps: u64| selected.map(|selected| selected + steps).filter(|number| *number <= newest);
        self.selected = match direction {
            Direction::Down => older(1),
            Direction::PageDown => older(PAGE),
            Direction::Last => Some(first),
            Direction::Up => newer(1),
            Direction::PageUp => newer(PAGE),
            Direction::First => None,
            _ => selected,
        };
    }

    /// Selects the message with this number.
    pub fn select(&mut self, number: u64) {
        self.selected = Some(number);
    }
}
