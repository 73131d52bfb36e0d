//! The topics of a broker, as the explorer shows them: a tree with a selected node, the rows that are visible, and the
//! last messages of what was selected. It begins when its screen opens and ends with it, and so do its subscriptions.
//!
//! - [`Explorer`] has the tree and the selection.
//! - `messages_below` lists those of a node that is no topic.
//! - `payload_decoding` says how payloads are decoded.
//! - `shown_message` chooses which message is shown, and what it is compared with.
//! - `watched` keeps the messages of the topics that were selected.
//! - `find` searches the tree.
//! - `recent_numbers` is the past of the selected value.
//! - `selection` moves in the rows.

pub(crate) mod find;
mod messages_below;
mod payload_decoding;
mod payload_row;
mod recent_numbers;
mod selection;
mod shown_message;
mod watched;
mod watched_message;

use std::sync::Arc;

use crate::{
    app::{list::next_in, payload_cursor::PayloadCursor, payload_format::PayloadFormat},
    model::{
        batch::MessageRef,
        connection::ConnectionId,
        router::Router,
        time::Time,
        topic::TopicFilter,
        topic_tree::{Limits, NodeId, RowCursor, SortKey, TopicTree},
    },
};

use find::Find;
pub(crate) use messages_below::{MessageBelow, MessagesBelow};
use payload_decoding::PayloadDecoding;
pub(crate) use recent_numbers::RecentNumbers;
pub(crate) use watched::WatchedTopic;
use watched::WatchedTopics;
pub(crate) use watched_message::WatchedMessage;

/// The part of the explorer that has the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Pane {
    /// The tree, or what was found in it.
    #[default]
    Tree,
    /// The selected topic.
    Topic,
}

/// A visible row of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Row {
    /// The node.
    pub node: NodeId,
    /// How many nodes are above it.
    pub depth: usize,
}

/// The topics of a broker.
#[derive(Debug)]
pub(crate) struct Explorer {
    /// The connection to the broker.
    pub connection: ConnectionId,
    filters: Vec<TopicFilter>,
    /// Finds out whether a filter matches, however many there are.
    router: Router<()>,
    /// Which time it is that the explorer was opened or has got other filters.
    pub round: u32,
    /// The topics.
    pub tree: TopicTree,
    /// What is searched for, if anything: then the rows are what was found.
    pub find: Option<Find>,
    /// The selected node; `None` before the first message.
    pub selected: Option<NodeId>,
    /// The rows that are visible, as of the last [`Explorer::prepare_rows`].
    pub rows: Vec<Row>,
    /// The part that has the keys.
    pub pane: Pane,
    /// How the payload is shown.
    pub format: PayloadFormat,
    /// The scroll position, and the selected part of the payload.
    pub cursor: PayloadCursor,
    watched: WatchedTopics,
    decoding: PayloadDecoding,
    /// The messages of the selected node and below it, if they are listed: always where it is no topic.
    pub below: Option<MessagesBelow>,
    /// How many messages were dropped before they reached the explorer.
    pub dropped: u64,
    /// On which of the visible rows the selected one is, if there are enough above it.
    selected_row: usize,
}

impl Explorer {
    /// Creates an explorer of what these filters match.
    pub fn new(connection: ConnectionId, filters: Vec<TopicFilter>, round: u32, (limits, now): (Limits, Time)) -> Self {
        let mut explorer = Self {
            connection,
            filters: Vec::new(),
            router: Router::default(),
            round,
            tree: TopicTree::new(limits, now),
            find: None,
            selected: None,
            rows: Vec::new(),
            pane: Pane::default(),
            format: PayloadFormat::default(),
            cursor: PayloadCursor::default(),
            watched: WatchedTopics::default(),
            decoding: PayloadDecoding::default(),
            below: None,
            dropped: 0,
            selected_row: 0,
        };
        explorer.set_filters(filters, round);
        explorer
    }

    /// Returns what is subscribed to.
    pub fn filters(&self) -> &[TopicFilter] {
        &self.filters
    }

    /// Replaces what is subscribed to, and keeps the topics so far.
    pub fn set_filters(&mut self, filters: Vec<TopicFilter>, round: u32) {
        self.router.clear();
        for filter in &filters {
            self.router.insert(filter, ());
        }
        (self.filters, self.round) = (filters, round);
        // Messages that nobody has subscribed to are not missing.
        self.decoding.edge_nodes.forget_numbers();
    }

    /// Returns whether a filter matches a topic.
    pub fn explores(&self, topic: &str) -> bool {
        let mut is_explored = false;
        self.router.route(topic, &mut |()| is_explored = true);
        is_explored
    }

    /// Records a message, if a filter matches it.
    pub fn record(&mut self, message: MessageRef<'_>, now: Time) {
        if !self.explores(message.topic) {
            return;
        }
        let received = self.decoding.edge_nodes.receive(message.topic, message.payload);
        if let Some(node) = self.tree.record(message, now) {
            let context = || self.decoding.context(message.topic, received, &self.filters);
            self.watched.record(node, message, now, context);
            if let Some(below) = &mut self.below {
                below.record(&self.tree, node, message, now);
            }
        }
    }

    /// Returns the selected topic with its last messages; `None` if no topic is selected.
    pub fn selected_topic(&self) -> Option<&WatchedTopic> {
        self.watched.get(self.selected?)
    }

    /// Shows the payload in another format.
    pub fn set_format(&mut self, format: PayloadFormat) {
        if self.format != format {
            self.cursor.begin_view(self.format.has_parts() && format.has_parts());
            self.format = format;
        }
    }

    /// Returns the bytes that are shown of a message, in the format.
    pub fn shown_payload<'a>(&self, message: &'a WatchedMessage) -> &'a Arc<[u8]> {
        if self.format.has_parts() { message.shown_payload() } else { &message.payload }
    }

    /// Returns the payload whose JSON can be selected and folded, if the format shows it.
    pub fn payload_with_parts(&self) -> Option<Arc<[u8]>> {
        let shown = self.selected_topic()?.shown().filter(|_| self.below.is_none())?;
        self.format.has_parts().then(|| Arc::clone(shown.shown_payload()))
    }

    /// Selects a node.
    pub fn select(&mut self, node: NodeId) {
        if self.selected != Some(node) {
            self.selected = Some(node);
            self.cursor = PayloadCursor::default();
            self.below = self.tree.topic(node).is_none().then(|| MessagesBelow::new(node));
        }
        if let Some(find) = &mut self.find {
            find.select(node);
        }
        self.watched.watch(&self.tree, node, &self.decoding);
    }

    /// Selects the row that is visible there.
    pub fn select_row(&mut self, row: usize) {
        if let Some(Row { node, .. }) = self.rows.get(row).copied() {
            self.select(node);
            self.selected_row = row;
        }
    }

    /// Finds out which rows are visible, so that the selected one is among them.
    pub fn prepare_rows(&mut self, height: usize, now: Time) {
        if self.find.is_some() {
            return self.prepare_found_rows(height);
        }
        self.rows.clear();
        let cursor = match self.selected {
            Some(node) => RowCursor::at(&mut self.tree, node, now),
            None => RowCursor::first(&mut self.tree, now),
        };
        let Some(mut top) = cursor else { return };
        if self.selected.is_none() {
            self.select(top.node());
        } else if self.selected_topic().is_none() {
            // The first message of the node may have come.
            self.watched.watch(&self.tree, top.node(), &self.decoding);
            if self.selected_topic().is_some() {
                self.below = None;
            }
        }
        let mut bottom = top.clone();
        let row = |cursor: &RowCursor| Row { node: cursor.node(), depth: cursor.depth() };
        let mut above = Vec::new();
        while above.len() < self.selected_row.min(height.saturating_sub(1)) && top.move_up(&mut self.tree, now) {
            above.push(row(&top));
        }
        let mut rows = vec![row(&bottom)];
        while above.len() + rows.len() < height && bottom.move_down(&mut self.tree, now) {
            rows.push(row(&bottom));
        }
        // No empty rows at the end of a tree that has more above.
        while above.len() + rows.len() < height && top.move_up(&mut self.tree, now) {
            above.push(row(&top));
        }
        self.selected_row = above.len();
        above.reverse();
        self.rows = above;
        self.rows.append(&mut rows);
    }

    fn prepare_found_rows(&mut self, height: usize) {
        let Some(find) = &mut self.find else { return };
        let selected = find.selected_index();
        let max_first = find.found().len().saturating_sub(height);
        let row = self.selected_row.min(height.saturating_sub(1)).min(selected);
        let first = (selected - row).min(max_first);
        self.selected_row = selected - first;
        self.rows = find.found().iter().skip(first).take(height).map(|node| Row { node: *node, depth: 0 }).collect();
        if let Some(node) = find.found().get(selected).copied()
            && self.selected != Some(node)
        {
            self.select(node);
        }
    }

    /// Returns on which of the visible rows the selected one is.
    pub const fn selected_row(&self) -> usize {
        self.selected_row
    }

    /// Sorts the tree by the next key.
    pub fn sort_by_next(&mut self) {
        self.tree.set_sort_key(next_in(&SortKey::ALL, self.tree.sort_key(), 1));
    }

    /// Ends the search. What was selected stays so, and becomes visible in the tree.
    pub fn end_find(&mut self) {
        if self.find.take().is_some()
            && let Some(node) = self.selected
        {
            self.tree.reveal(node);
        }
    }
}

#[cfg(test)]
pub(in crate::app) mod tests;
