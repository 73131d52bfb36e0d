//! What the edge nodes of a broker have said of their metrics when they were born: later messages name metrics by an alias
//! and leave out their data types (Sparkplug 3.0.0, sections 6.4.7 and 6.4.8).

use std::{collections::HashMap, sync::Arc};

use foldhash::quality::RandomState;
use prost::Message as _;

use super::{
    SparkplugTopic,
    payload::{Metric, Payload},
};
use crate::decode::MAX_STRUCTURED_BYTES;

/// How many bytes of names are remembered, with what each of them takes besides.
const MAX_BYTES: usize = 32 << 20;
const BYTES_OF_METRIC: usize = 128;

/// What is known of a metric.
#[derive(Debug, Clone, PartialEq)]
struct KnownMetric {
    name: Arc<str>,
    datatype: Option<u32>,
}

/// An edge node.
#[derive(Debug, Clone, Default)]
struct EdgeNode {
    /// The metrics of the edge node and its devices by their aliases, which all have in common.
    by_alias: HashMap<u64, KnownMetric, RandomState>,
    /// The data types of the metrics by device and name.
    types: HashMap<(Box<str>, Arc<str>), u32, RandomState>,
    /// The number of the last message.
    seq: Option<u8>,
    bytes: usize,
}

/// What is known of a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReceivedPayload {
    /// The payload with the names and the data types of its metrics, if it lacks any that are known.
    pub completed: Option<Vec<u8>>,
    /// How many of its metrics have no name, because no message of birth has said which they are.
    pub unnamed: usize,
    /// How many messages of the edge node are missing before this one, if all of them are subscribed to.
    pub missed: u8,
}

/// The edge nodes of a broker.
#[derive(Debug, Clone, Default)]
pub struct EdgeNodes {
    /// By their groups and names, as in topics.
    nodes: HashMap<(Box<str>, Box<str>), EdgeNode, RandomState>,
    bytes: usize,
}

impl EdgeNodes {
    /// Takes a message into account. Returns `None` if it is not of Sparkplug.
    pub fn receive(&mut self, topic: &str, payload: &[u8]) -> Option<ReceivedPayload> {
        let topic = SparkplugTopic::parse(topic)?;
        if payload.len() > MAX_STRUCTURED_BYTES {
            return None;
        }
        let payload = Payload::decode(payload).ok()?;
        let key = (topic.group.into(), topic.edge_node.into());
        if !self.nodes.contains_key(&key) {
            let bytes = BYTES_OF_METRIC + topic.group.len() + topic.edge_node.len();
            if !topic.message_type.ends_with("BIRTH") || self.bytes + bytes > MAX_BYTES {
                return Some(completed(None, &topic, payload));
            }
            self.bytes += bytes;
        }
        let node = self.nodes.entry(key).or_default();
        self.bytes -= node.bytes;
        let missed = node.missed(topic.message_type, payload.seq);
        if topic.message_type == "NBIRTH" {
            (node.by_alias, node.types, node.bytes) = Default::default();
        }
        if topic.message_type.ends_with("BIRTH") {
            node.learn(topic.device.unwrap_or_default(), &payload.metrics, MAX_BYTES - self.bytes);
        }
        self.bytes += node.bytes;
        Some(ReceivedPayload { missed, ..completed(Some(node), &topic, payload) })
    }

    /// Returns what is known of a message that has been taken into account before. `None` if it is not of Sparkplug.
    #[must_use]
    pub fn complete(&self, topic: &str, payload: &[u8]) -> Option<ReceivedPayload> {
        let topic = SparkplugTopic::parse(topic)?;
        let payload = Payload::decode(payload).ok()?;
        let node = self.nodes.get(&(topic.group.into(), topic.edge_node.into()));
        Some(completed(node, &topic, payload))
    }
}

/// Returns what is known of a payload of an edge node, if that has been born.
fn completed(node: Option<&EdgeNode>, topic: &SparkplugTopic<'_>, mut payload: Payload) -> ReceivedPayload {
    let device = topic.device.unwrap_or_default();
    let is_changed = node.is_some_and(|node| node.complete(device, &mut payload.metrics));
    ReceivedPayload {
        unnamed: payload.metrics.iter().filter(|metric| metric.name.is_none()).count(),
        completed: is_changed.then(|| payload.encode_to_vec()),
        missed: 0,
    }
}

impl EdgeNode {
    /// Returns how many messages are missing before one with this number. Messages of birth begin anew; commands and the
    /// death of an edge node have no number (section 6.4.6).
    fn missed(&mut self, message_type: &str, seq: Option<u64>) -> u8 {
        let is_numbered = !matches!(message_type, "NCMD" | "DCMD" | "NDEATH");
        let Some(seq) = seq.and_then(|seq| u8::try_from(seq).ok()).filter(|_| is_numbered) else { return 0 };
        match self.seq.replace(seq) {
            // A message comes twice if two topic filters match it.
            Some(last) if message_type != "NBIRTH" && last != seq => seq.wrapping_sub(last).wrapping_sub(1),
            _ => 0,
        }
    }

    /// Remembers metrics, as far as there is room for them.
    fn learn(&mut self, device: &str, metrics: &[Metric], max_bytes: usize) {
        for metric in metrics {
            let Some(name) = &metric.name else { continue };
            let bytes = BYTES_OF_METRIC + 2 * name.len() + device.len();
            if self.bytes + bytes > max_bytes {
                return;
            }
            self.bytes += bytes;
            let name: Arc<str> = name.as_str().into();
            if let Some(alias) = metric.alias {
                self.by_alias.insert(alias, KnownMetric { name: name.clone(), datatype: metric.datatype });
            }
            if let Some(datatype) = metric.datatype {
                self.types.insert((device.into(), name), datatype);
            }
        }
    }

    /// Gives metrics the names and the data types that they lack. Returns whether there were any.
    fn complete(&self, device: &str, metrics: &mut [Metric]) -> bool {
        let mut is_changed = false;
        for metric in metrics {
            if metric.name.is_none()
                && let Some(known) = metric.alias.and_then(|alias| self.by_alias.get(&alias))
            {
                metric.name = Some(known.name.as_ref().to_owned());
                metric.datatype = metric.datatype.or(known.datatype);
                is_changed = true;
            }
            if metric.datatype.is_none()
                && let Some(name) = &metric.name
            {
                metric.datatype = self.types.get(&(device.into(), name.as_str().into())).copied();
                is_changed |= metric.datatype.is_some();
            }
        }
        is_changed
    }
}
