//! The memory of a connection's buffers in the protocol library: they grow with the largest packet, and stay that
//! large.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

use super::limits::{MAX_BUFFER_BYTES, STALL_TIMEOUT};

/// Buffers up to this size are not counted.
const SMALL_BUFFER_BYTES: usize = 64 << 10;

/// The memory for the buffers of all connections. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct BufferBudget {
    free_bytes: Arc<Semaphore>,
}

impl BufferBudget {
    /// Creates a budget of [`MAX_BUFFER_BYTES`].
    pub(super) fn new() -> Self {
        Self { free_bytes: Arc::new(Semaphore::new(MAX_BUFFER_BYTES)) }
    }

    /// Returns a lease of nothing.
    pub(super) fn lease(&self) -> BufferLease {
        BufferLease { budget: self.clone(), permit: None, used_at: Instant::now() }
    }
}

/// What a connection's buffer takes of the memory.
#[derive(Debug)]
pub(super) struct BufferLease {
    budget: BufferBudget,
    permit: Option<OwnedSemaphorePermit>,
    /// When it was last needed.
    used_at: Instant,
}

impl BufferLease {
    /// Makes sure that the buffer may have this size. Returns false if there is too little memory.
    pub(super) fn grow(&mut self, bytes: usize) -> bool {
        if bytes <= SMALL_BUFFER_BYTES {
            return true;
        }
        let leased = self.permit.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let Ok(missing) = u32::try_from(bytes.saturating_sub(leased)) else { return false };
        let Ok(more) = Arc::clone(&self.budget.free_bytes).try_acquire_many_owned(missing) else { return false };
        match &mut self.permit {
            Some(permit) => permit.merge(more),
            None => self.permit = Some(more),
        }
        self.used_at = Instant::now();
        true
    }

    /// Returns whether the connection has to end, because others need the memory that it has not used for a while.
    pub(super) fn is_wasted(&self, now: Instant) -> bool {
        let is_scarce = self.budget.free_bytes.available_permits() < MAX_BUFFER_BYTES / 2;
        let idle: Duration = now.saturating_duration_since(self.used_at);
        self.permit.is_some() && is_scarce && idle > STALL_TIMEOUT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn buffers_share_a_limit_and_unused_ones_are_wasted_when_it_is_near() {
        let budget = BufferBudget::new();
        let mut leases = [budget.lease(), budget.lease(), budget.lease()];
        assert!(leases[0].grow(MAX_BUFFER_BYTES / 4) && leases[0].grow(MAX_BUFFER_BYTES / 2));
        let late = Instant::now() + STALL_TIMEOUT * 2;
        assert!(!leases[0].is_wasted(late), "there is enough for others");
        assert!(leases[1].grow(MAX_BUFFER_BYTES / 2) && !leases[2].grow(MAX_BUFFER_BYTES / 8));
        assert!(leases[2].grow(SMALL_BUFFER_BYTES), "a small packet always passes");
        assert!(leases[0].grow(1_000_000), "the buffer has this size");
        assert!(leases[0].is_wasted(late) && !leases[0].is_wasted(Instant::now()) && !leases[2].is_wasted(late));
        leases[0] = budget.lease();
        assert!(leases[2].grow(MAX_BUFFER_BYTES / 8), "a connection has ended");
    }
}
