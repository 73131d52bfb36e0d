//! Pauses between reads, so that messages that follow each other fast are read together, which saves wakeups.

use std::time::Duration;

use tokio::time::Instant;

use super::{error::MqttError, session::SessionEvent};
use crate::model::connection::Qos;

/// The number of session events in a row without a wait after which task events are handled.
const EVENT_BURST_LIMIT: u32 = 64;

/// The pause before the next read when `QoS` 0 messages follow each other faster than this, a few per read.
/// A single message and the first two of a burst are not delayed.
const READ_PAUSE: Duration = Duration::from_millis(1);
/// With at least this many messages per read, no pause is needed.
const READ_BATCH_SIZE: u32 = 32;

/// Decides when to pause before the next read.
#[derive(Debug, Default)]
pub(super) struct ReadPacing {
    /// The number of session events since the last wait.
    events: u32,
    /// Whether that wait was shorter than [`READ_PAUSE`].
    last_wait_was_short: bool,
}

impl ReadPacing {
    /// Begins to wait for the next session event. Returns until when to pause before it is read; `None` for no pause.
    pub(super) fn begin_wait(&mut self, now: Instant) -> Option<Instant> {
        let pause = self.last_wait_was_short && self.events < READ_BATCH_SIZE;
        self.events = 0;
        pause.then(|| now + READ_PAUSE)
    }

    /// Ends the wait, which took this long after the pause.
    pub(super) fn end_wait(&mut self, waited: Duration) {
        self.last_wait_was_short = waited < READ_PAUSE;
    }

    /// Records a session event. Returns whether task events must be handled now, because many session events came without a
    /// wait.
    pub(super) fn record(&mut self, event: &Result<SessionEvent, MqttError>) -> bool {
        // With QoS 1 and 2 the broker may wait for the acknowledgment before it sends the next message.
        self.last_wait_was_short &=
            matches!(event, Ok(SessionEvent::PublishReceived(publish)) if publish.qos == Qos::AtMostOnce);
        self.events = self.events.wrapping_add(1);
        self.events.is_multiple_of(EVENT_BURST_LIMIT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mqtt::session::IncomingPublish;

    fn record_message(pacing: &mut ReadPacing, qos: Qos) -> bool {
        let (topic, payload) = (bytes::Bytes::new(), bytes::Bytes::new());
        let message = IncomingPublish {
            topic,
            payload,
            qos,
            retain: false,
            packet_id: 0,
            subscription_ids: Vec::new(),
            properties: None,
        };
        pacing.record(&Ok(SessionEvent::PublishReceived(message)))
    }

    /// Returns whether there is a pause after a wait of this length and these messages.
    fn pauses_after(wait: Duration, messages: u32, qos: Qos) -> bool {
        let mut pacing = ReadPacing::default();
        pacing.end_wait(wait);
        for _ in 0..messages {
            record_message(&mut pacing, qos);
        }
        pacing.begin_wait(Instant::now()).is_some()
    }

    #[test]
    fn reading_pauses_when_few_messages_without_acknowledgment_follow_each_other_fast() {
        let (short, long) = (READ_PAUSE / 2, READ_PAUSE);
        assert!(pauses_after(short, 1, Qos::AtMostOnce));
        assert!(!pauses_after(long, 1, Qos::AtMostOnce), "messages come slowly");
        assert!(!pauses_after(short, READ_BATCH_SIZE, Qos::AtMostOnce), "many are read together already");
        assert!(!pauses_after(short, 1, Qos::AtLeastOnce), "the broker may wait for the acknowledgment");
    }

    #[test]
    fn burst_is_interrupted_at_its_limit() {
        let mut pacing = ReadPacing::default();
        let interrupted: Vec<u32> =
            (1..=2 * EVENT_BURST_LIMIT).filter(|_| record_message(&mut pacing, Qos::AtMostOnce)).collect();
        assert_eq!(interrupted, [EVENT_BURST_LIMIT, 2 * EVENT_BURST_LIMIT]);
    }
}
