//! How long a line waits for things and how much it holds: every number of this room in one place.

use std::time::Duration;

/// The most orders that wait to be sent; one more is dropped at once.
pub(super) const MAX_QUEUED_REQUESTS: usize = 1_000;

/// The most bytes of payload that wait to be sent.
pub(super) const MAX_QUEUED_BYTES: usize = 64 << 20;

/// How many broken connections an order survives while it is the first to go: an order that breaks
/// the line each time must not do so for ever.
pub(super) const MAX_DELIVERY_ATTEMPTS: u8 = 3;

/// The most filters in one request to subscribe.
pub(super) const MAX_FILTERS_PER_SUBSCRIBE: usize = 50;

/// The most requests to subscribe that wait for their answer.
pub(super) const MAX_PENDING_SUBSCRIBES: usize = 8;

/// Within which time [`Limits::max_takeovers`] are counted.
pub(super) const TAKEOVER_WINDOW: Duration = Duration::from_mins(1);

/// How long one address of several may take to answer.
pub(super) const ADDRESS_TIMEOUT: Duration = Duration::from_secs(2);

/// How long a line waits for things.
///
/// The defaults are what people get; tests shorten them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The wait before the second attempt; it doubles from there.
    pub initial_backoff: Duration,
    /// The longest wait between two attempts.
    pub max_backoff: Duration,
    /// The wait after an attempt that found nobody, and up to a half more by chance.
    pub unreachable_backoff: Duration,
    /// How long a session must have lasted for the waits to start again from the first.
    pub backoff_reset_after: Duration,
    /// How old an order may get before it is dropped instead of sent.
    pub request_ttl: Duration,
    /// How long the broker may take to acknowledge a message or a subscription.
    pub answer: Duration,
    /// How long [`super::Client::close`] lets what was ordered go out.
    pub drain_timeout: Duration,
    /// How many messages may be on the way without the broker's acknowledgement. With 1 they keep
    /// their order through any break of the line.
    pub max_inflight: usize,
    /// How often within a minute another client may take the session over before the line stops.
    pub max_takeovers: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            initial_backoff: Duration::from_secs(1),
            max_backoff: Duration::from_mins(1),
            unreachable_backoff: Duration::from_secs(1),
            backoff_reset_after: Duration::from_secs(10),
            request_ttl: Duration::from_secs(10),
            answer: Duration::from_secs(10),
            drain_timeout: Duration::from_secs(2),
            max_inflight: 1,
            max_takeovers: 3,
        }
    }
}
