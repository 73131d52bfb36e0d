//! What the edge nodes of a broker have said of their metrics when they were born: later messages name metrics by an alias
//! and leave out their data types (Sparkplug 3.0.0, sections 6.4.7 and 6.4.8).

use std::{collections::HashMap, sync::Arc};

use foldhash::quality::RandomState;
use prost::Message as _;

use super::{
    MAX_COMPLETED_BYTES, MAX_SENT_BYTES, SparkplugTopic,
    payload::{Metric, Payload},
};

/// How many bytes of names are remembered, with what each of them takes besides.
const MAX_BYTES: usize = 32 << 20;
const BYTES_OF_ENTRY: usize = 192;
/// Longer names are not remembered: each message would become as much longer.
const MAX_NAME_BYTES: usize = 4 << 10;

/// What is known of a metric with an alias.
#[derive(Debug, Clone, PartialEq)]
struct KnownMetric {
    /// Empty: the edge node itself.
    device: Arc<str>,
    name: Arc<str>,
    datatype: Option<u32>,
}

/// What is known of a device, or of the edge node itself.
#[derive(Debug, Clone, Default)]
struct KnownDevice {
    aliases: Vec<u64>,
    /// The data types of the metrics by name.
    types: HashMap<Arc<str>, u32, RandomState>,
    bytes: usize,
}

/// An edge node.
#[derive(Debug, Clone, Default)]
struct EdgeNode {
    /// The metrics of the edge node and its devices by their aliases, which all have in common.
    by_alias: HashMap<u64, KnownMetric, RandomState>,
    /// The devices by name. The edge node itself has an empty one.
    devices: HashMap<Arc<str>, KnownDevice, RandomState>,
    /// The number of the last message.
    seq: Option<u8>,
    /// What its metrics take.
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
    /// Takes a message into account. Returns `None` if it is not of Sparkplug or cannot be read.
    pub fn receive(&mut self, topic: &str, payload: &[u8]) -> Option<ReceivedPayload> {
        let topic = SparkplugTopic::parse(topic)?;
        let key = (topic.group.into(), topic.edge_node.into());
        let is_birth = topic.message_type.ends_with("BIRTH");
        let readable = Some(payload).filter(|payload| payload.len() <= MAX_SENT_BYTES);
        let Some(payload) = readable.and_then(|payload| Payload::decode(payload).ok()) else {
            // The aliases may stand for other metrics from now on: no name is better than a wrong one.
            if let Some(node) = self.nodes.get_mut(&key).filter(|_| is_birth) {
                self.bytes -= node.bytes;
                node.forget(topic.device);
                self.bytes += node.bytes;
            }
            return None;
        };
        if !self.nodes.contains_key(&key) {
            let bytes = BYTES_OF_ENTRY + topic.group.len() + topic.edge_node.len();
            if !is_birth || self.bytes + bytes > MAX_BYTES {
                return Some(completed(None, &topic, payload));
            }
            self.bytes += bytes;
        }
        let node = self.nodes.entry(key).or_default();
        self.bytes -= node.bytes;
        let missed = node.missed(topic.message_type, payload.seq);
        if is_birth {
            node.forget(topic.device);
            node.learn(topic.device.unwrap_or_default(), &payload.metrics, MAX_BYTES.saturating_sub(self.bytes));
        }
        self.bytes += node.bytes;
        Some(ReceivedPayload { missed, ..completed(Some(node), &topic, payload) })
    }

    /// Returns how many bytes are counted for what is remembered.
    #[cfg(test)]
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Forgets the numbers of the last messages: others have been dropped here, and are not missing at the broker.
    pub fn forget_numbers(&mut self) {
        for node in self.nodes.values_mut() {
            node.seq = None;
        }
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
        // Without names it is better than not at all.
        completed: is_changed.then(|| payload.encode_to_vec()).filter(|payload| payload.len() <= MAX_COMPLETED_BYTES),
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

    /// Forgets the metrics of a device, or all if the edge node itself is born again.
    fn forget(&mut self, device: Option<&str>) {
        let Some(device) = device else {
            (self.by_alias, self.devices, self.bytes) = Default::default();
            return;
        };
        let Some(KnownDevice { aliases, bytes, .. }) = self.devices.remove(device) else { return };
        self.bytes -= bytes;
        for alias in aliases {
            if self.by_alias.get(&alias).is_some_and(|metric| &*metric.device == device) {
                self.by_alias.remove(&alias);
            }
        }
    }

    /// Remembers the metrics of a device, as far as there is room for them.
    fn learn(&mut self, device: &str, metrics: &[Metric], max_bytes: usize) {
        let device: Arc<str> = device.into();
        let mut known = KnownDevice { bytes: BYTES_OF_ENTRY + device.len(), ..KnownDevice::default() };
        if self.bytes + known.bytes > max_bytes {
            return;
        }
        for metric in metrics {
            let Some(name) = metric.name.as_deref().filter(|name| name.len() <= MAX_NAME_BYTES) else { continue };
            let bytes = BYTES_OF_ENTRY + name.len();
            if self.bytes + known.bytes + bytes > max_bytes {
                break;
            }
            known.bytes += bytes;
            let name: Arc<str> = name.into();
            if let Some(alias) = metric.alias {
                let metric = KnownMetric { device: device.clone(), name: name.clone(), datatype: metric.datatype };
                self.by_alias.insert(alias, metric);
                known.aliases.push(alias);
            }
            if let Some(datatype) = metric.datatype {
                known.types.insert(name, datatype);
            }
        }
        self.bytes += known.bytes;
        self.devices.insert(device, known);
    }

    /// Gives metrics the names and the data types that they lack. Returns whether there were any.
    /// More names than there is room for are left out.
    fn complete(&self, device: &str, metrics: &mut [Metric]) -> bool {
        let mut is_changed = false;
        let mut room = MAX_COMPLETED_BYTES;
        let types = self.devices.get(device).map(|device| &device.types);
        for metric in metrics {
            let known = metric.alias.filter(|_| metric.name.is_none()).and_then(|alias| self.by_alias.get(&alias));
            if let Some(known) = known.filter(|known| known.name.len() <= room) {
                room -= known.name.len();
                metric.name = Some(known.name.as_ref().to_owned());
                metric.datatype = metric.datatype.or(known.datatype);
                is_changed = true;
            }
            if metric.datatype.is_none()
                && let Some(name) = &metric.name
            {
                metric.datatype = types.and_then(|types| types.get(name.as_str())).copied();
                is_changed |= metric.datatype.is_some();
            }
        }
        is_changed
    }
}
