//! Sparkplug B (version 3.0.0): the payloads of edge nodes and their devices, on topics that begin with `spBv1.0/`.
//!
//! A payload becomes JSON with the values of its metrics by their names, so that a JSON path leads to each of them:
//!
//! ```json
//! {"metrics":{"Supply Voltage":12.3},"types":{"Supply Voltage":"Float"},"timestamp":1486144502122,"seq":2}
//! ```
//!
//! - `payload` has the messages of the format.
//! - `data_type` has the types of the values.
//! - `to_json` and `from_json` convert payloads.
//! - `edge_nodes` remembers what messages of birth say: which metrics the aliases in later messages stand for.

mod data_type;
mod edge_nodes;
mod from_json;
mod payload;
mod to_json;

use prost::Message as _;

use super::{Codec, DecodeError, EncodeError};

pub use edge_nodes::{EdgeNodes, ReceivedPayload};

const FORMAT: &str = "Sparkplug B";
const NAMESPACE: &str = "spBv1.0/";
/// What stands in JSON before the alias of a metric whose name is not known.
const ALIAS_PREFIX: &str = "alias ";
/// The most bytes of a payload as it is sent: messages of birth are large.
const MAX_SENT_BYTES: usize = 256 << 10;
/// The most bytes of a payload with the names of its metrics.
const MAX_COMPLETED_BYTES: usize = 2 * MAX_SENT_BYTES;

pub(super) struct SparkplugB;

impl Codec for SparkplugB {
    fn names(&self) -> (&'static str, &'static str) {
        ("sparkplug", FORMAT)
    }

    fn returns_bytes(&self) -> bool {
        false
    }

    fn decode(&self, payload: &[u8]) -> Result<Vec<u8>, DecodeError> {
        if payload.len() > MAX_COMPLETED_BYTES {
            return Err(DecodeError::TooLarge(FORMAT, MAX_COMPLETED_BYTES >> 10));
        }
        let payload =
            payload::Payload::decode(payload).map_err(|error| DecodeError::Invalid(FORMAT, error.to_string()))?;
        Ok(to_json::to_json(payload)?.to_string().into_bytes())
    }

    fn encode(&self, decoded: &[u8], now: u64) -> Result<Vec<u8>, EncodeError> {
        let payload = from_json::from_json(decoded, now).map_err(|reason| EncodeError { format: FORMAT, reason })?;
        Ok(payload.encode_to_vec())
    }
}

/// The topic of a message of Sparkplug (section 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct SparkplugTopic<'a> {
    message_type: &'a str,
    group: &'a str,
    edge_node: &'a str,
    /// `None`: the edge node itself.
    device: Option<&'a str>,
}

impl<'a> SparkplugTopic<'a> {
    /// Returns the parts of a topic; `None` if messages on it have another payload.
    fn parse(topic: &'a str) -> Option<Self> {
        let mut levels = topic.strip_prefix(NAMESPACE)?.split('/');
        let (group, message_type, edge_node) = (levels.next()?, levels.next()?, levels.next()?);
        let device = levels.next();
        let is_known = match device {
            None => matches!(message_type, "NBIRTH" | "NDATA" | "NCMD" | "NDEATH"),
            Some(_) => matches!(message_type, "DBIRTH" | "DDATA" | "DCMD" | "DDEATH"),
        };
        (is_known && levels.next().is_none()).then_some(Self { message_type, group, edge_node, device })
    }
}

/// Returns whether messages on a topic are of Sparkplug B. That cannot be told from their payloads.
#[must_use]
pub fn is_sparkplug_topic(topic: &str) -> bool {
    SparkplugTopic::parse(topic).is_some()
}

/// Returns whether a topic filter is only for topics of Sparkplug.
#[must_use]
pub fn is_sparkplug_filter(filter: &str) -> bool {
    filter.starts_with(NAMESPACE)
}

/// Returns the topic filters of all messages of the edge node of a topic; `None` if it is not of Sparkplug.
#[must_use]
pub fn edge_node_filters(topic: &str) -> Option<[String; 2]> {
    let SparkplugTopic { group, edge_node, .. } = SparkplugTopic::parse(topic)?;
    Some([format!("{NAMESPACE}{group}/+/{edge_node}"), format!("{NAMESPACE}{group}/+/{edge_node}/#")])
}

/// Returns the topic filters of the messages of birth without which those of a topic filter have no names; none if it
/// matches them, too, or is not of Sparkplug.
#[must_use]
pub fn birth_filters(filter: &str) -> Vec<String> {
    let levels = filter.strip_prefix(NAMESPACE).map(|rest| rest.splitn(3, '/').collect::<Vec<_>>());
    let Some([group, message_type, rest]) = levels.as_deref() else { return Vec::new() };
    let edge_node = rest.split('/').next().unwrap_or_default();
    let of_edge_node = format!("{NAMESPACE}{group}/NBIRTH/{edge_node}");
    match *message_type {
        "NDATA" => vec![of_edge_node],
        "DDATA" => vec![of_edge_node, format!("{NAMESPACE}{group}/DBIRTH/{rest}")],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
