//! The beginning of a packet from a client: its type and size, and for a PUBLISH packet all but the payload.

use mqtt5::{FixedHeader, PacketType, QoS, packet::publish::PublishPacket, protocol::v5::reason_codes::ReasonCode};

use super::limits::MAX_MESSAGE_HEAD_BYTES;

/// The protocol level of MQTT 5 in a CONNECT packet.
const MQTT5: u8 = 5;
/// The size of the protocol name `MQTT` in a CONNECT packet, which comes before the protocol level.
const PROTOCOL_NAME_BYTES: usize = 6;
/// The maximum number of bytes of the size of a packet.
const MAX_LENGTH_BYTES: usize = 4;

/// The head of a packet.
#[derive(Debug)]
pub(super) struct PacketHead {
    /// The size of the packet in bytes, with all headers.
    pub packet_bytes: usize,
    /// What the packet is.
    pub content: HeadContent,
}

/// What a packet is, as far as the gate distinguishes it.
#[derive(Debug)]
pub(super) enum HeadContent {
    /// The first packet of a connection, with the protocol level that a CONNECT packet has there.
    First(u8),
    /// A message.
    Publish(PublishHead),
    /// An acknowledgment of a message. The final one ends its exchange.
    Acknowledgment {
        /// Whether no other one follows.
        is_final: bool,
    },
    /// A PUBREL packet, with which a message of `QoS` 2 is routed, and its packet ID.
    Release(u16),
    /// Any other packet.
    Other,
}

/// A message without its payload.
#[derive(Debug)]
pub(super) struct PublishHead {
    /// The `QoS` of the message.
    pub qos: QoS,
    /// The packet ID of a message of `QoS` 1 or 2.
    pub packet_id: Option<u16>,
    /// The size of topic and properties in bytes.
    pub head_bytes: usize,
    /// The message without its payload, unless topic and properties are larger than [`MAX_MESSAGE_HEAD_BYTES`].
    pub packet: Option<PublishPacket>,
}

impl PublishHead {
    /// Returns the answer that refuses the message: in MQTT 5 the reason code. MQTT 3.1.1 has none, so that its clients
    /// get a normal acknowledgment, as the specification provides.
    pub(super) fn refusal(&self, version: Option<u8>) -> Vec<u8> {
        let packet_type = match self.qos {
            QoS::AtMostOnce => return Vec::new(),
            QoS::AtLeastOnce => 0x40,
            QoS::ExactlyOnce => 0x50,
        };
        let [high, low] = self.packet_id.unwrap_or_default().to_be_bytes();
        if version == Some(MQTT5) {
            vec![packet_type, 3, high, low, ReasonCode::QuotaExceeded as u8]
        } else {
            vec![packet_type, 2, high, low]
        }
    }
}

/// The bytes are no packet of MQTT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MalformedPacket;

/// Parses the beginning of a packet, or returns `None` if more bytes are needed. `version` is the protocol level of the
/// connection, or `None` before its first packet.
///
/// # Errors
/// When the bytes are no packet of MQTT.
pub(super) fn parse_head(bytes: &[u8], version: Option<u8>) -> Result<Option<PacketHead>, MalformedPacket> {
    let Some((&first_byte, rest)) = bytes.split_first() else { return Ok(None) };
    let Some((body_bytes, length_bytes)) = variable_int(rest)? else { return Ok(None) };
    let packet_bytes = 1 + length_bytes + body_bytes;
    let rest = &rest[length_bytes..];
    let body = Body { bytes: &rest[..rest.len().min(body_bytes)], is_complete: rest.len() >= body_bytes };
    let content = match (version, first_byte >> 4) {
        (None, _) => body.get(PROTOCOL_NAME_BYTES, 1)?.map(|level| HeadContent::First(level[0])),
        (Some(version), 3) => publish_head(&body, first_byte & 0xF, version)?.map(HeadContent::Publish),
        (Some(_), 4 | 7) => Some(HeadContent::Acknowledgment { is_final: true }),
        (Some(_), 5) => pubrec(&body),
        (Some(_), 6) => body.get(0, 2)?.map(|id| HeadContent::Release(u16::from_be_bytes([id[0], id[1]]))),
        (Some(_), _) => Some(HeadContent::Other),
    };
    Ok(content.map(|content| PacketHead { packet_bytes, content }))
}

/// The body of a packet, as far as it has arrived.
struct Body<'a> {
    bytes: &'a [u8],
    is_complete: bool,
}

impl<'a> Body<'a> {
    /// Returns some bytes, or `None` if they have not arrived yet.
    fn get(&self, start: usize, count: usize) -> Result<Option<&'a [u8]>, MalformedPacket> {
        match self.bytes.get(start..start + count) {
            None if self.is_complete => Err(MalformedPacket),
            bytes => Ok(bytes),
        }
    }
}

/// Decodes a variable byte integer. Returns its value and the number of its bytes.
fn variable_int(bytes: &[u8]) -> Result<Option<(usize, usize)>, MalformedPacket> {
    let mut value = 0;
    for (index, byte) in bytes.iter().take(MAX_LENGTH_BYTES).enumerate() {
        value |= usize::from(byte & 0x7F) << (7 * index);
        if byte & 0x80 == 0 {
            return Ok(Some((value, index + 1)));
        }
    }
    if bytes.len() < MAX_LENGTH_BYTES { Ok(None) } else { Err(MalformedPacket) }
}

fn publish_head(body: &Body<'_>, flags: u8, version: u8) -> Result<Option<PublishHead>, MalformedPacket> {
    let qos = match flags >> 1 & 0b11 {
        0 => QoS::AtMostOnce,
        1 => QoS::AtLeastOnce,
        2 => QoS::ExactlyOnce,
        _ => return Err(MalformedPacket),
    };
    let Some(topic_length) = body.get(0, 2)? else { return Ok(None) };
    let topic_bytes = usize::from(u16::from_be_bytes([topic_length[0], topic_length[1]]));
    let mut end = 2 + topic_bytes;
    let mut packet_id = None;
    if qos != QoS::AtMostOnce {
        let Some(id) = body.get(end, 2)? else { return Ok(None) };
        packet_id = Some(u16::from_be_bytes([id[0], id[1]]));
        end += 2;
    }
    if version == MQTT5 {
        let rest = body.bytes.get(end..).unwrap_or_default();
        let Some((properties_bytes, length_bytes)) = variable_int(rest)? else {
            return if body.is_complete { Err(MalformedPacket) } else { Ok(None) };
        };
        end += length_bytes + properties_bytes;
    }
    let head = PublishHead { qos, packet_id, head_bytes: end, packet: None };
    if end > MAX_MESSAGE_HEAD_BYTES {
        return Ok(Some(head));
    }
    let Some(mut bytes) = body.get(0, end)? else { return Ok(None) };
    let header = FixedHeader::new(PacketType::Publish, flags, 0);
    let packet = PublishPacket::decode_body_with_version(&mut bytes, &header, version).map_err(|_| MalformedPacket)?;
    Ok(Some(PublishHead { packet: Some(packet), ..head }))
}

/// A PUBREC packet with an error ends the exchange.
fn pubrec(body: &Body<'_>) -> Option<HeadContent> {
    let reason_code = body.bytes.get(2);
    (body.is_complete || reason_code.is_some())
        .then(|| HeadContent::Acknowledgment { is_final: reason_code.is_some_and(|code| *code >= 0x80) })
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use mqtt5::{Packet, transport::packet_io::encode_packet_to_buffer};

    use super::*;

    fn encode(packet: PublishPacket) -> Vec<u8> {
        let mut bytes = BytesMut::new();
        encode_packet_to_buffer(&Packet::Publish(packet), &mut bytes).unwrap();
        bytes.to_vec()
    }

    fn message(qos: QoS) -> PublishPacket {
        PublishPacket::new("a/b", vec![7; 300], qos)
            .with_packet_id(258)
            .with_retain(true)
            .with_user_property("key".to_owned(), "value".to_owned())
    }

    #[test]
    fn publish_head_is_complete_when_its_properties_are() {
        for qos in [QoS::AtMostOnce, QoS::AtLeastOnce, QoS::ExactlyOnce] {
            let bytes = encode(message(qos));
            let head_length = bytes.len() - 300;
            for length in 0..head_length {
                assert!(parse_head(&bytes[..length], Some(MQTT5)).unwrap().is_none(), "{length} bytes");
            }
            for length in head_length..=bytes.len() {
                let head = parse_head(&bytes[..length], Some(MQTT5)).unwrap().unwrap();
                assert_eq!(head.packet_bytes, bytes.len());
                let HeadContent::Publish(publish) = head.content else { panic!("no message") };
                assert_eq!((publish.qos, publish.packet_id), (qos, (qos != QoS::AtMostOnce).then_some(258)));
                let packet = publish.packet.unwrap();
                assert_eq!((packet.topic_name.as_str(), packet.payload.len(), packet.retain), ("a/b", 0, true));
                assert_eq!(packet.properties.get_user_property_value("key"), Some("value"));
            }
        }
    }

    #[test]
    fn large_topic_is_not_decoded_but_has_its_packet_id() {
        let packet = PublishPacket::new("x".repeat(60_000), vec![], QoS::AtLeastOnce).with_packet_id(7);
        let head = parse_head(&encode(packet), Some(MQTT5)).unwrap().unwrap();
        let HeadContent::Publish(publish) = head.content else { panic!("no message") };
        assert!(publish.packet.is_none() && publish.packet_id == Some(7) && publish.head_bytes > 60_000);
    }

    #[test]
    fn malformed_packets_are_errors_however_they_arrive() {
        for bytes in [
            &[0x30, 0x80, 0x80, 0x80, 0x80, 1][..],
            &[0x30, 1, 0],
            &[0x30, 2, 0, 5],
            &[0x32, 3, 0, 1, b'a'],
            &[0x36, 5, 0, 1, b'a', 0, 1],
            &[0x30, 3, 0, 1, b'a'],
            &[0x30, 4, 0, 1, b'a', 9],
            &[0x30, 4, 0, 1, 0xFF, 0],
        ] {
            assert_eq!(parse_head(bytes, Some(MQTT5)).unwrap_err(), MalformedPacket, "{bytes:?}");
        }
        assert_eq!(parse_head(&[0x10, 3, 0, 4, b'M'], None).unwrap_err(), MalformedPacket);
    }

    #[test]
    fn acknowledgments_tell_whether_they_are_final() {
        for (bytes, expected) in [
            (&[0x40, 2, 0, 1][..], true),
            (&[0x70, 2, 0, 1], true),
            (&[0x50, 2, 0, 1], false),
            (&[0x50, 3, 0, 1, 0x10], false),
            (&[0x50, 4, 0, 1, 0x97], true),
        ] {
            let head = parse_head(bytes, Some(MQTT5)).unwrap().unwrap();
            assert!(
                matches!(head.content, HeadContent::Acknowledgment { is_final } if is_final == expected),
                "{bytes:?}"
            );
        }
        assert!(parse_head(&[0x50, 4, 0, 1], Some(MQTT5)).unwrap().is_none());
        let connect = [0x10, 200, 1, 0, 4, b'M', b'Q', b'T', b'T', 4];
        assert!(matches!(parse_head(&connect, None).unwrap().unwrap().content, HeadContent::First(4)));
        assert!(parse_head(&connect[..9], None).unwrap().is_none());
    }
}
