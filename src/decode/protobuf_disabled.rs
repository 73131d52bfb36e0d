//! Stands for the decoder of Protocol Buffers in a build without it: there are no types of messages.

use super::{Codec, DecodeError, EncodeError};

/// A type of messages, of which there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageType {}

impl Codec for MessageType {
    fn names(&self) -> (&'static str, &'static str) {
        match *self {}
    }

    fn decode(&self, _payload: &[u8]) -> Result<Vec<u8>, DecodeError> {
        match *self {}
    }

    fn encode(&self, _decoded: &[u8], _now: u64) -> Result<Vec<u8>, EncodeError> {
        match *self {}
    }
}
