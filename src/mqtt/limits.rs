//! How long a line waits for things and how much it holds: every number of this room in one place.

use std::time::Duration;

/// The most orders that wait to be sent; one more is dropped at once.
pub(super) const ORDERS: usize = 1_000;

/// The most bytes of payload that wait to be sent.
pub(super) const ORDER_BYTES: usize = 64 << 20;

/// How many broken connections an order survives while it is the first to go: an order that breaks
/// the line each time must not do so for ever.
pub(super) const DEATHS: u8 = 3;

/// The most filters in one request to subscribe.
pub(super) const FILTERS: usize = 50;

/// The most requests to subscribe that wait for their answer.
pub(super) const OPEN_REQUESTS: usize = 8;

/// Within which time [`Limits::takeovers`] are counted.
pub(super) const RIVAL_WITHIN: Duration = Duration::from_mins(1);

/// How long one address of several may take to answer.
pub(super) const ADDRESS: Duration = Duration::from_secs(2);

/// How long a line waits for things.
///
/// The defaults are what people get; tests shorten them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The wait before the second attempt; it doubles from there.
    pub first_wait: Duration,
    /// The longest wait between two attempts.
    pub longest_wait: Duration,
    /// The wait after an attempt that found nobody, and up to a half more by chance.
    pub nobody_wait: Duration,
    /// How long a session must have lasted for the waits to start again from the first.
    pub good_after: Duration,
    /// How old an order may get before it is dropped instead of sent.
    pub order_life: Duration,
    /// How long the broker may take to acknowledge a message or a subscription.
    pub answer: Duration,
    /// How long [`super::Link::close`] lets what was ordered go out.
    pub drain: Duration,
    /// How many messages may be on the way without the broker's acknowledgement. With 1 they keep
    /// their order through any break of the line.
    pub unacknowledged: usize,
    /// How often within a minute another client may take the session over before the line stops.
    pub takeovers: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_mins(1),
            nobody_wait: Duration::from_secs(1),
            good_after: Duration::from_secs(10),
            order_life: Duration::from_secs(10),
            answer: Duration::from_secs(10),
            drain: Duration::from_secs(2),
            unacknowledged: 1,
            takeovers: 3,
        }
    }
}
