//! The timeouts and capacities of a connection.

use std::time::Duration;

/// The maximum number of queued publish requests; further ones are dropped at once.
pub(super) const MAX_QUEUED_REQUESTS: usize = 1_000;

/// The maximum number of queued payload bytes.
pub(super) const MAX_QUEUED_BYTES: usize = 64 << 20;

/// How much longer than two keep alive intervals the broker may be silent.
pub(super) const SILENCE_MARGIN: Duration = Duration::from_secs(5);

/// How long writing the DISCONNECT packet may take.
pub(super) const DISCONNECT_TIMEOUT: Duration = Duration::from_millis(500);

/// The number of leaked in-flight slots of rumqttc after which the network connection is closed. At 100
/// (its in-flight limit) rumqttc would send no more messages. See [`super::session::SessionEvent::InflightLeaked`].
pub(super) const MAX_INFLIGHT_LEAKS: u8 = 50;

/// The number of network connections that may fail while a publish request is the first in flight. A
/// message that makes the broker close the connection each time must not do so forever.
pub(super) const MAX_DELIVERY_ATTEMPTS: u8 = 3;

/// The maximum number of topic filters in a SUBSCRIBE packet. AWS closes the network connection on more.
pub(super) const MAX_FILTERS_PER_SUBSCRIBE: usize = 8;

/// The delay before an attempt that finds out which subscription the broker refuses by closing the connection.
pub(super) const SEARCH_DELAY: Duration = Duration::from_millis(100);

/// The maximum number of SUBSCRIBE packets without SUBACK.
pub(super) const MAX_PENDING_SUBSCRIBES: usize = 8;

/// The timeout for one address of a host with several.
pub(super) const ADDRESS_TIMEOUT: Duration = Duration::from_secs(2);

/// The timeouts and limits of a connection that tests may change. The program uses the defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long an attempt waits for a password that is read again. A command that prints it has a shorter limit of its
    /// own.
    pub password_timeout: Duration,
    /// The delay before the second attempt; it doubles from there.
    pub initial_backoff: Duration,
    /// The maximum delay between two attempts, without jitter.
    pub max_backoff: Duration,
    /// The delay after an attempt that did not reach the broker; jitter adds up to 50 %.
    pub unreachable_backoff: Duration,
    /// The minimum delay after the broker has refused a login, without jitter: brokers block clients that repeat a
    /// wrong one too often.
    pub refused_backoff: Duration,
    /// How long a network connection must last to reset the backoff.
    pub backoff_reset_after: Duration,
    /// How long a session must last so that the delay after it stays short, for a limited number of them.
    pub short_session: Duration,
    /// How long a network connection must last to reset the backoff after takeovers. It is longer than
    /// [`Self::max_backoff`], so that the delays of two clients that take the session over from each other grow.
    pub takeover_reset_after: Duration,
    /// The time to live of a publish request: an older one is dropped instead of sent.
    pub request_ttl: Duration,
    /// How long the broker may take to acknowledge a message or a subscription.
    pub ack_timeout: Duration,
    /// How long [`super::Client::close`] waits for queued publish requests to be sent.
    pub drain_timeout: Duration,
    /// The maximum number of unacknowledged messages in flight. With 1, messages keep their order across
    /// reconnects.
    pub max_inflight: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            password_timeout: Duration::from_secs(15),
            initial_backoff: Duration::from_secs(1),
            max_backoff: Duration::from_mins(1),
            unreachable_backoff: Duration::from_secs(1),
            refused_backoff: Duration::from_secs(5),
            backoff_reset_after: Duration::from_secs(10),
            short_session: Duration::from_secs(1),
            takeover_reset_after: Duration::from_mins(5),
            request_ttl: Duration::from_secs(10),
            ack_timeout: Duration::from_secs(10),
            drain_timeout: Duration::from_secs(2),
            max_inflight: 1,
        }
    }
}
