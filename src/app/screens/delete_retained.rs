//! The question whether to delete retained messages of topics in the explorer.

use std::sync::Arc;

use super::confirm::{Confirm, ConfirmedAction};
use crate::{
    app::{
        App,
        retained::{MAX_RESTORED, MAX_RESTORED_BYTES},
    },
    model::{
        kept_deletion::RetainedMessage,
        plural::pluralize,
        time::Time,
        topic::Topic,
        topic_tree::{NodeId, TopicTree},
    },
};

/// How many messages are deleted at a time, and how many bytes their topics may have.
const MAX_MESSAGES: usize = 100_000;
const MAX_TOPIC_BYTES: usize = 16 << 20;
/// How many topics the question names.
const MAX_NAMED: usize = 5;

/// Returns the retained messages of these topics, and whether they are all. Those that are too large or too many cannot be
/// restored.
fn retained_messages(tree: &TopicTree, nodes: impl Iterator<Item = NodeId>) -> (Vec<RetainedMessage>, bool) {
    let (mut messages, mut bytes, mut restored_count, mut topic_bytes) = (Vec::new(), 0, 0, 0);
    for node in nodes {
        let Some(state) = tree.topic(node).filter(|state| state.is_retained) else { continue };
        if messages.len() >= MAX_MESSAGES || topic_bytes >= MAX_TOPIC_BYTES {
            return (messages, false);
        }
        let path = tree.path(node);
        topic_bytes += path.len();
        // What begins with `$` belongs to the broker.
        let Some(topic) = Topic::new(&path).ok().filter(|_| !path.starts_with('$')) else { continue };
        let has_room = restored_count < MAX_RESTORED && bytes + state.payload.len() <= MAX_RESTORED_BYTES;
        let is_whole = state.payload.len() == state.payload_bytes;
        let restored = (has_room && is_whole).then(|| Arc::from(state.payload));
        if restored.is_some() {
            (restored_count, bytes) = (restored_count + 1, bytes + state.payload.len());
        }
        // There are at most `MAX_MESSAGES`.
        let number = u32::try_from(messages.len()).unwrap_or(u32::MAX);
        messages.push(RetainedMessage { number, topic, restored });
    }
    (messages, true)
}

impl App {
    /// Asks whether to delete the retained messages of the selected topic and of all below it; with `all_found`, of all
    /// topics that were found.
    pub(in crate::app) fn confirm_delete_retained(&mut self, all_found: bool, now: Time) {
        if self.retained.is_busy() {
            return self.notify("Retained messages are still being changed: Esc stops that", now);
        }
        let Some(explorer) = &self.explorer else { return };
        let (connection, tree) = (explorer.connection, &explorer.tree);
        let (messages, is_all) = match (&explorer.find, explorer.selected) {
            (None, _) if all_found => {
                return self.notify("Find topics first: X deletes the retained messages of all that are found", now);
            }
            (Some(find), _) if all_found && !find.has_all(tree) => {
                return self.notify("Too many topics are found for X: narrow the search, or wait for its end", now);
            }
            (Some(find), _) if all_found => retained_messages(tree, find.matching(tree)),
            (Some(find), Some(node)) if find.found().contains(&node) => {
                let whole_level = tree.topic(node).is_none();
                let nodes = tree.nodes_below(node).take_while(|below| whole_level || *below == node);
                retained_messages(tree, nodes)
            }
            (None, Some(node)) => retained_messages(tree, tree.nodes_below(node)),
            _ => (Vec::new(), true),
        };
        if messages.is_empty() {
            return self.notify("No retained message is known here (column R): r asks the broker for all again", now);
        }
        let count = messages.len();
        let first = if is_all { "" } else { "the first " };
        let mut text = vec![format!("Delete {first}{}?", pluralize(count, "retained message"))];
        text.extend(messages.iter().take(MAX_NAMED).map(|message| format!("  {}", message.topic)));
        if count > MAX_NAMED {
            text.push(format!("  and {} more", count - MAX_NAMED));
        }
        text.push("Each gets an empty message, which a device that listens there receives, too.".to_owned());
        let restored = messages.iter().filter(|message| message.restored.is_some()).count();
        text.push(match restored {
            0 => "This cannot be undone.".to_owned(),
            _ if restored == count => "To undo this later, press u in the explorer.".to_owned(),
            _ => format!("Only {restored} of them can be restored with u: the others are too large or too many."),
        });
        let earlier = self.retained.restorable();
        if earlier > 0 {
            let earlier = pluralize(earlier, "message");
            text.push(format!("The {earlier} deleted before can then no longer be restored."));
        }
        let action = ConfirmedAction::DeleteRetained(connection, messages);
        self.open(Confirm::new("Delete retained messages", text, "delete", action));
    }
}
