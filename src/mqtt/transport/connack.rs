//! Reads from the CONNACK packet of MQTT 5 what rumqttc does not pass on when the broker refuses the connection.

use bytes::BytesMut;
use rumqttc::v5::mqttbytes::v5::{ConnectReturnCode, Packet};

/// The largest packet that is looked into, in bytes. Longer ones contain what nobody reads.
const MAX_PACKET_BYTES: u32 = 65_536;

/// Why the broker has refused a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::mqtt) struct Refusal {
    /// The reason code.
    pub code: ConnectReturnCode,
    /// What the broker says about it.
    pub reason_string: Option<String>,
    /// The server to use instead.
    pub server_reference: Option<String>,
}

/// The beginning of what a broker sends, until its first packet is complete.
#[derive(Debug, Default)]
pub(super) struct ConnAckReader {
    received: BytesMut,
    is_done: bool,
}

impl ConnAckReader {
    /// Adds received bytes, and returns the refusal when they complete it.
    pub(super) fn add(&mut self, bytes: &[u8]) -> Option<Refusal> {
        if self.is_done {
            return None;
        }
        self.received.extend_from_slice(bytes);
        // A broker for MQTT 3.1.1 refuses other versions with its own CONNACK, which has no properties
        // (MQTT 3.1.1, section 3.2).
        if self.received.starts_with(&[0x20, 2]) && self.received.len() >= 4 {
            self.is_done = true;
            let code = ConnectReturnCode::UnsupportedProtocolVersion;
            return (self.received[3] != 0).then_some(Refusal { code, reason_string: None, server_reference: None });
        }
        let complete = self.received.clone();
        match Packet::read(&mut self.received, Some(MAX_PACKET_BYTES)) {
            Ok(Packet::ConnAck(ack)) if ack.code != ConnectReturnCode::Success => {
                self.is_done = true;
                let (reason_string, server_reference) = ack
                    .properties
                    .map(|properties| (properties.reason_string, properties.server_reference))
                    .unwrap_or_default();
                Some(Refusal { code: ack.code, reason_string, server_reference })
            }
            Err(rumqttc::v5::mqttbytes::Error::InsufficientBytes(_)) => {
                self.received = complete;
                None
            }
            _ => {
                self.is_done = true;
                self.received = BytesMut::new();
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusal_is_read_from_pieces() {
        let packet = [0x20, 12, 0, 0x9d, 9, 31, 0, 1, b'x', 28, 0, 2, b'o', b'k'];
        let mut reader = ConnAckReader::default();
        let refusals: Vec<Refusal> = packet.iter().filter_map(|byte| reader.add(&[*byte])).collect();
        let expected = Refusal {
            code: ConnectReturnCode::ServerMoved,
            reason_string: Some("x".to_owned()),
            server_reference: Some("ok".to_owned()),
        };
        assert_eq!(refusals, [expected]);
    }

    #[test]
    fn refusal_of_an_older_broker_is_one_of_the_version() {
        let refusal = ConnAckReader::default().add(&[0x20, 2, 0, 1]).unwrap();
        assert_eq!(refusal.code, ConnectReturnCode::UnsupportedProtocolVersion);
    }

    #[test]
    fn acceptance_and_other_data_are_no_refusal() {
        for bytes in [&[0x20, 3, 0, 0, 0, 0x30, 0][..], b"HTTP/1.1 400 Bad Request\r\n", &[0x20, 2, 0, 0]] {
            let mut reader = ConnAckReader::default();
            assert_eq!(reader.add(bytes), None);
            assert_eq!(reader.add(&[0x20, 2, 0, 1]), None, "only the first packet counts");
        }
    }
}
