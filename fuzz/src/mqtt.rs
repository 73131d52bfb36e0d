//! What a broker sends, read by a decoder that shares no code with the program and with rumqttc.

/// A PUBLISH packet of MQTT 3.1.1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publish {
    /// Its topic.
    pub topic: String,
    /// Its payload.
    pub payload: Vec<u8>,
}

/// Reads the length of a packet; returns it, and the number of bytes that it takes.
fn remaining_length(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut length = 0;
    for (index, byte) in bytes.iter().take(4).enumerate() {
        length |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((length, index + 1));
        }
    }
    None
}

/// Reads the body of a PUBLISH packet.
fn publish(flags: u8, body: &[u8]) -> Option<Publish> {
    let qos = flags >> 1 & 3;
    let (length, rest) = body.split_at_checked(2)?;
    let (topic, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes([length[0], length[1]])))?;
    let payload = if qos == 0 { rest } else { rest.get(2..)? };
    let topic = String::from_utf8(topic.to_vec()).ok().filter(|_| qos < 3)?;
    Some(Publish { topic, payload: payload.to_vec() })
}

/// Returns the messages in these bytes, in their order, up to the first packet that is not valid.
#[must_use]
pub fn decode(mut bytes: &[u8]) -> Vec<Publish> {
    let mut messages = Vec::new();
    while let Some((first, rest)) = bytes.split_first() {
        let Some((length, taken)) = remaining_length(rest) else { break };
        let Some(body) = rest.get(taken..taken + length) else { break };
        bytes = &rest[taken + length..];
        if first >> 4 == 3 {
            let Some(message) = publish(first & 0xf, body) else { break };
            messages.push(message);
        }
    }
    messages
}

/// Whether all items of one list are in the other, in their order.
#[must_use]
pub fn is_subsequence<T: PartialEq>(part: &[T], whole: &[T]) -> bool {
    let mut rest = whole.iter();
    part.iter().all(|item| rest.any(|other| other == item))
}
