//! What has come of a topic since its message was to be deleted, or was deleted.

use super::RetainedMessage;
use crate::{app::explorer::Explorer, model::topic::Topic};

/// Returns whether the topic of a deleted message has no message now. Where a newer one has come, that stays.
pub(super) fn is_gone(explorer: &Explorer, message: &RetainedMessage) -> bool {
    let node = explorer.tree.find(message.topic.as_str());
    node.and_then(|node| explorer.tree.topic(node)).is_none_or(|state| state.payload_bytes == 0)
}

/// What has come of a topic since it was to be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Newest {
    /// Nothing else.
    Same,
    /// Another message, with which the topic is restored.
    Changed,
    /// Another message, of which only the beginning is known.
    Cut,
}

impl Newest {
    /// Returns why a message is not deleted, as a sentence.
    pub(super) fn why_it_stays(self, topic: &Topic) -> String {
        match self {
            Self::Cut => format!("{topic} has a newer message that is too large to be restored"),
            Self::Same | Self::Changed => format!("{topic} gets newer messages faster than they can be kept"),
        }
    }
}

/// Takes over the payload that came last, with which the message is restored: it may have changed since the question.
pub(super) fn take_newest(explorer: &Explorer, message: &mut RetainedMessage) -> Newest {
    let newest = explorer.tree.find(message.topic.as_str()).and_then(|node| explorer.tree.topic(node));
    match (&mut message.restored, newest.filter(|newest| newest.payload_bytes > 0)) {
        (Some(payload), Some(newest)) if newest.payload.len() < newest.payload_bytes => {
            let is_same = payload.len() == newest.payload_bytes && payload.starts_with(newest.payload);
            if is_same { Newest::Same } else { Newest::Cut }
        }
        (Some(payload), Some(newest)) if **payload != *newest.payload => {
            *payload = newest.payload.into();
            Newest::Changed
        }
        _ => Newest::Same,
    }
}
