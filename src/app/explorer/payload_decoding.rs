//! How payloads in the explorer are decoded: by the rules for their topics, and with the names that edge nodes of Sparkplug
//! have given their metrics.

use std::sync::Arc;

use super::{Explorer, payload_row::payload_row};
use crate::{
    app::payload_cursor::PayloadCursor,
    decode::{self, Decoder, EdgeNodes, ReceivedPayload},
    model::{
        decoder_rules::DecoderRules, one_line::one_line, plural::pluralize, tile_value::payload_text,
        topic::TopicFilter, topic_tree::NodeId,
    },
};

/// The most bytes of what a payload says that are shown in a row.
const MAX_ROW_BYTES: usize = 512;

/// How payloads are decoded.
#[derive(Debug, Default)]
pub(super) struct PayloadDecoding {
    pub rules: DecoderRules,
    /// Those of the topics that are explored.
    pub edge_nodes: EdgeNodes,
}

/// What is known of a payload besides its bytes.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct PayloadContext {
    /// The decoders that a rule says; `None`: its format is recognized, if it is of any.
    pub decoders: Option<Arc<[Decoder]>>,
    /// The payload with the names of its metrics, if it lacks any that are known.
    pub completed: Option<Arc<[u8]>>,
    /// How many of its metrics have only an alias.
    unnamed: usize,
    /// How many messages of its edge node are missing before it.
    missed: u8,
}

impl PayloadContext {
    /// Returns what is wrong, in sentences.
    pub fn problems(&self) -> impl Iterator<Item = String> + use<> {
        let missed = (self.missed > 0).then(|| {
            format!("{} of the edge node did not arrive before this one", pluralize(self.missed.into(), "message"))
        });
        let unnamed = (self.unnamed > 0).then(|| {
            let metrics = pluralize(self.unnamed, "metric");
            format!("{metrics} without a name: only the next message of birth says it")
        });
        missed.into_iter().chain(unnamed)
    }
}

impl PayloadDecoding {
    /// Returns what is known of a payload that was received. That messages are missing is known only if these topic filters
    /// match all messages of the edge node.
    pub fn context(&self, topic: &str, received: Option<ReceivedPayload>, filters: &[TopicFilter]) -> PayloadContext {
        let ReceivedPayload { completed, unnamed, missed } = received.unwrap_or_default();
        let hears_all = || {
            decode::edge_node_filters(topic).iter().flatten().all(|needed| {
                let needed = TopicFilter::new(needed);
                needed.is_ok_and(|needed| filters.iter().any(|filter| filter.covers(&needed)))
            })
        };
        PayloadContext {
            decoders: self.rules.decoders_of(topic).cloned(),
            completed: completed.map(Into::into),
            unnamed,
            missed: if missed > 0 && hears_all() { missed } else { 0 },
        }
    }

    /// Returns what is known of the last payload of a topic.
    pub fn context_of(&self, topic: &str, payload: &[u8]) -> PayloadContext {
        self.context(topic, self.edge_nodes.complete(topic, payload), &[])
    }

    /// Returns what a whole payload says by the rule for its topic, in one line; `None` if there is none. What may be
    /// compressed is not decoded: it is done for each row of each frame.
    pub fn row(&self, topic: &str, payload: &[u8]) -> Option<String> {
        let decoders = self.rules.decoders_of(topic).filter(|_| !payload.is_empty())?;
        let text = |payload: &[u8]| one_line(&payload_text(&payload[..payload.len().min(MAX_ROW_BYTES)]));
        if decoders.iter().any(Decoder::can_be_followed) {
            let names: Vec<&str> = decoders.iter().map(Decoder::name).collect();
            return Some(format!("({}) {}", names.join(", "), text(payload)));
        }
        let completed = self.edge_nodes.complete(topic, payload).and_then(|received| received.completed);
        Some(match decode::decode(decoders, completed.as_deref().unwrap_or(payload)) {
            Ok(decoded) => text(&decoded),
            Err(error) => format!("! {}", error.short_text()),
        })
    }
}

impl Explorer {
    /// Takes into account that messages were dropped before they reached the explorer.
    pub fn record_dropped(&mut self, count: u64) {
        self.dropped += count;
        self.decoding.edge_nodes.forget_numbers();
    }

    /// Decodes payloads by these rules, and as these edge nodes of Sparkplug have said.
    pub fn with_decoding(mut self, rules: DecoderRules, edge_nodes: EdgeNodes) -> Self {
        self.decoding = PayloadDecoding { rules, edge_nodes };
        self
    }

    /// Decodes payloads by other rules.
    pub fn set_decoder_rules(&mut self, rules: DecoderRules) {
        self.decoding.rules = rules;
        self.watched.set_rules(&self.decoding);
        self.cursor = PayloadCursor::default();
    }

    /// Returns a payload of a topic in one line. `payload_bytes` is its size, also if only the beginning is known.
    pub fn payload_row(&self, node: NodeId, payload: &[u8], payload_bytes: usize) -> String {
        let decoded = (payload.len() == payload_bytes).then(|| self.decoding.row(&self.tree.path(node), payload));
        decoded.flatten().unwrap_or_else(|| payload_row(payload, payload_bytes))
    }
}
