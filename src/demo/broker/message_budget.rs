//! The memory of the messages that the broker receives and sends, for all connections together.
//!
//! A message has a [`MessagePermit`] from the moment its size is known, and keeps it as long as its payload is in use:
//! the payload carries the permit through the protocol library, in whose channels and tables it waits.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::limits::{MAX_IN_FLIGHT_BYTES, MAX_MESSAGE_HEAD_BYTES};

/// What a message takes besides its bytes, and once more for each connection: the structs of the library.
const OVERHEAD_BYTES: usize = 256;

/// The memory for messages. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct MessageBudget {
    free_bytes: Arc<Semaphore>,
}

/// The right to keep one message in memory.
#[derive(Debug)]
pub(super) struct MessagePermit {
    _bytes: OwnedSemaphorePermit,
}

impl MessageBudget {
    /// Creates a budget of [`MAX_IN_FLIGHT_BYTES`].
    pub(super) fn new() -> Self {
        Self { free_bytes: Arc::new(Semaphore::new(MAX_IN_FLIGHT_BYTES)) }
    }

    /// Returns a permit for a message of `bytes`, whose topic and properties take `head_bytes` of them, with this many
    /// connections that may get it. `None` if there is too little memory.
    pub(super) fn acquire(&self, bytes: usize, head_bytes: usize, connections: usize) -> Option<MessagePermit> {
        let copies = (head_bytes.min(MAX_MESSAGE_HEAD_BYTES) + OVERHEAD_BYTES) * (connections + 1);
        // A message must fit while nothing else is in flight, however many connections there are.
        let needed = u32::try_from((bytes + copies).min(MAX_IN_FLIGHT_BYTES)).ok()?;
        let permit = Arc::clone(&self.free_bytes).try_acquire_many_owned(needed).ok()?;
        Some(MessagePermit { _bytes: permit })
    }

    /// Returns whether more than half of the memory is in use.
    pub(super) fn is_scarce(&self) -> bool {
        self.free_bytes.available_permits() < MAX_IN_FLIGHT_BYTES / 2
    }
}

impl MessagePermit {
    /// Returns a copy of a payload that keeps the permit until its last clone is dropped. The original may be a small
    /// part of a larger buffer.
    pub(super) fn attach(self, payload: &[u8]) -> Bytes {
        Bytes::from_owner(PermittedPayload { bytes: payload.into(), _permit: self })
    }
}

struct PermittedPayload {
    bytes: Box<[u8]>,
    _permit: MessagePermit,
}

impl AsRef<[u8]> for PermittedPayload {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payload_keeps_its_memory_until_the_last_clone_is_dropped() {
        let budget = MessageBudget::new();
        let payload = budget.acquire(MAX_IN_FLIGHT_BYTES / 4 * 3, 10, 3).unwrap().attach(b"payload");
        assert!(budget.is_scarce());
        assert!(budget.acquire(MAX_IN_FLIGHT_BYTES / 3, 10, 3).is_none());
        let clone = payload.clone();
        drop(payload);
        assert_eq!(&clone[..], b"payload");
        assert!(budget.acquire(MAX_IN_FLIGHT_BYTES / 3, 10, 3).is_none());
        drop(clone);
        assert!(!budget.is_scarce());
        assert!(budget.acquire(MAX_IN_FLIGHT_BYTES / 3, 10, 3).is_some());
    }

    #[test]
    fn copies_for_the_subscribers_count() {
        let budget = MessageBudget::new();
        let permits: Vec<_> = std::iter::from_fn(|| budget.acquire(100, 50, 500)).collect();
        assert!((300..600).contains(&permits.len()), "{}", permits.len());
        drop(permits);
        let largest = budget.acquire(usize::MAX / 2, 0, 500);
        assert!(largest.is_some(), "alone, even the largest fits");
        assert!(budget.acquire(1, 0, 0).is_none());
    }
}
