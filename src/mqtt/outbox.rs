//! What is to be sent: first in, first out, each order with a time to live, and few at once
//! without the broker's acknowledgement. No socket here: the line says what happened and when.

use std::collections::VecDeque;

use tokio::time::Instant;

use super::limits::{DEATHS, Limits, ORDER_BYTES, ORDERS};
use crate::model::connection::{PublishId, PublishRequest, PublishStatus, Qos};

/// The most orders handed to the client that it has not written out yet.
const HANDED: usize = 16;

/// A receipt and whose it is.
pub(super) type Said = (PublishId, PublishStatus);

/// How far an order has come on the present connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Waiting,
    /// Given to the client, with the quality that this broker can do.
    Handed(Qos),
    /// Written to the socket with this packet id.
    Written(u16, Instant),
}

#[derive(Debug)]
struct Item {
    order: PublishRequest,
    since: Instant,
    step: Step,
    deaths: u8,
    /// Whether it was written to a socket, on this connection or an earlier one.
    was_sent: bool,
}

/// What is to be sent.
#[derive(Debug)]
pub(super) struct Outbox {
    items: VecDeque<Item>,
    bytes: usize,
    limits: Limits,
}

impl Outbox {
    pub(super) const fn new(limits: Limits) -> Self {
        Self { items: VecDeque::new(), bytes: 0, limits }
    }

    /// Whether nothing is to be sent and nothing waits for an acknowledgement.
    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Whether something is on the way.
    pub(super) fn on_the_way(&self) -> bool {
        self.items.iter().any(|item| item.step != Step::Waiting)
    }

    /// Takes an order, or says why not.
    pub(super) fn accept(&mut self, order: PublishRequest, now: Instant) -> Option<Said> {
        let bytes = order.payload.len();
        if self.items.len() >= ORDERS || (self.bytes + bytes > ORDER_BYTES && !self.items.is_empty()) {
            return Some((order.id, PublishStatus::Failed("not sent: too much waits to be sent already".to_owned())));
        }
        self.bytes += bytes;
        self.items.push_back(Item { order, since: now, step: Step::Waiting, deaths: 0, was_sent: false });
        None
    }

    /// The order that may go now, if one may.
    pub(super) fn next(&self) -> Option<&PublishRequest> {
        let (mut handed, mut unacknowledged) = (0, 0);
        for item in &self.items {
            match item.step {
                Step::Waiting => {
                    let room = handed < HANDED && unacknowledged < self.limits.unacknowledged;
                    return room.then_some(&item.order);
                }
                Step::Handed(Qos::AtMostOnce) => handed += 1,
                Step::Handed(_) => {
                    handed += 1;
                    unacknowledged += 1;
                }
                Step::Written(..) => unacknowledged += 1,
            }
        }
        None
    }

    /// The order that [`Self::next`] showed was given to the client, with this quality.
    pub(super) fn handed(&mut self, qos: Qos) {
        if let Some(item) = self.items.iter_mut().find(|item| item.step == Step::Waiting) {
            item.step = Step::Handed(qos);
        }
    }

    /// The order that [`Self::next`] showed is given up.
    pub(super) fn refuse(&mut self, why: String) -> Option<Said> {
        let at = self.items.iter().position(|item| item.step == Step::Waiting)?;
        self.drop_at(at, why)
    }

    /// The client has written the next message to the socket, with this packet id.
    pub(super) fn written(&mut self, packet: u16, now: Instant) -> Option<Said> {
        let at = self.items.iter().position(|item| matches!(item.step, Step::Handed(_)))?;
        let item = &mut self.items[at];
        let id = item.order.id;
        let first = !std::mem::replace(&mut item.was_sent, true);
        if item.step == Step::Handed(Qos::AtMostOnce) {
            self.remove(at);
        } else {
            item.step = Step::Written(packet, now);
        }
        first.then_some((id, PublishStatus::Sent))
    }

    /// The broker has the message with this packet id, or says why it does not take it.
    pub(super) fn acknowledged(&mut self, packet: u16, refused: Option<String>) -> Option<Said> {
        let at = self.items.iter().position(|item| matches!(item.step, Step::Written(id, _) if id == packet))?;
        match refused {
            Some(why) => self.drop_at(at, format!("refused by the broker: {why}")),
            None => self.remove(at).map(|item| (item.order.id, PublishStatus::Acknowledged)),
        }
    }

    /// The connection is gone: what was on the way waits again, in its old order.
    pub(super) fn died(&mut self) -> Option<Said> {
        let head_was_on_the_way = self.items.front().is_some_and(|item| item.step != Step::Waiting);
        for item in &mut self.items {
            item.step = Step::Waiting;
        }
        let head = self.items.front_mut().filter(|_| head_was_on_the_way)?;
        head.deaths += 1;
        if head.deaths < DEATHS {
            return None;
        }
        self.drop_at(0, format!("given up: the line broke {DEATHS} times while it was being sent"))
    }

    /// Drops what has waited too long.
    pub(super) fn expire(&mut self, now: Instant, up: bool) -> Vec<Said> {
        let mut said = Vec::new();
        while let Some(at) = self
            .items
            .iter()
            .position(|item| item.step == Step::Waiting && now.duration_since(item.since) >= self.limits.order_life)
        {
            let why = match (self.items[at].was_sent, up) {
                (true, _) => "sent, but not acknowledged: whether the broker has it is not known",
                (false, true) => "not sent: the broker was too slow with those before it",
                (false, false) => "not sent: the line is down",
            };
            said.extend(self.drop_at(at, why.to_owned()));
        }
        said
    }

    /// Drops everything.
    pub(super) fn clear(&mut self, why: &str) -> Vec<Said> {
        self.bytes = 0;
        self.items.drain(..).map(|item| (item.order.id, PublishStatus::Failed(why.to_owned()))).collect()
    }

    /// Whether the broker should have acknowledged something by now.
    pub(super) fn overdue(&self, now: Instant) -> bool {
        self.unanswered_since().is_some_and(|since| now.duration_since(since) >= self.limits.answer)
    }

    /// When [`Self::expire`] or [`Self::overdue`] will next have something to say.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let oldest = self.items.iter().find(|item| item.step == Step::Waiting);
        let expires = oldest.map(|item| item.since + self.limits.order_life);
        let overdue = self.unanswered_since().map(|since| since + self.limits.answer);
        expires.into_iter().chain(overdue).min()
    }

    fn unanswered_since(&self) -> Option<Instant> {
        self.items.iter().find_map(|item| match item.step {
            Step::Written(_, at) => Some(at),
            Step::Waiting | Step::Handed(_) => None,
        })
    }

    fn remove(&mut self, at: usize) -> Option<Item> {
        let item = self.items.remove(at)?;
        self.bytes -= item.order.payload.len();
        Some(item)
    }

    fn drop_at(&mut self, at: usize, why: String) -> Option<Said> {
        self.remove(at).map(|item| (item.order.id, PublishStatus::Failed(why)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::topic::Topic;

    fn order(id: u64, qos: Qos) -> PublishRequest {
        let topic = Topic::new("lamp/set").unwrap();
        PublishRequest { id: PublishId(id), topic, payload: b"ON".as_slice().into(), qos, retain: false }
    }

    fn outbox() -> Outbox {
        Outbox::new(Limits::default())
    }

    fn next(outbox: &Outbox) -> Option<u64> {
        outbox.next().map(|order| order.id.0)
    }

    #[test]
    fn one_at_a_time_and_in_order() {
        let (mut outbox, now) = (outbox(), Instant::now());
        for id in 1..=3 {
            assert_eq!(outbox.accept(order(id, Qos::AtLeastOnce), now), None);
        }
        for id in 1..=3 {
            assert_eq!(next(&outbox), Some(id));
            outbox.handed(Qos::AtLeastOnce);
            assert_eq!(next(&outbox), None, "the one before is not acknowledged");
            assert_eq!(outbox.written(7, now), Some((PublishId(id), PublishStatus::Sent)));
            assert_eq!(outbox.acknowledged(8, None), None, "that packet id is not ours");
            assert_eq!(outbox.acknowledged(7, None), Some((PublishId(id), PublishStatus::Acknowledged)));
        }
        assert!(outbox.is_empty());
    }

    #[test]
    fn at_most_once_is_done_when_written() {
        let (mut outbox, now) = (outbox(), Instant::now());
        outbox.accept(order(1, Qos::AtMostOnce), now);
        outbox.accept(order(2, Qos::AtMostOnce), now);
        outbox.handed(Qos::AtMostOnce);
        assert_eq!(next(&outbox), Some(2), "they need not wait for each other");
        outbox.handed(Qos::AtMostOnce);
        assert_eq!(outbox.written(0, now), Some((PublishId(1), PublishStatus::Sent)));
        assert_eq!(outbox.written(0, now), Some((PublishId(2), PublishStatus::Sent)));
        assert!(outbox.is_empty());
    }

    #[test]
    fn a_broken_line_keeps_the_order() {
        let (mut outbox, now) = (outbox(), Instant::now());
        outbox.accept(order(1, Qos::AtLeastOnce), now);
        outbox.accept(order(2, Qos::AtLeastOnce), now);
        outbox.handed(Qos::AtLeastOnce);
        outbox.written(1, now);
        assert_eq!(outbox.died(), None);
        assert_eq!(next(&outbox), Some(1));
        outbox.handed(Qos::AtLeastOnce);
        assert_eq!(outbox.written(1, now), None, "that it was sent is said once");
        assert_eq!(outbox.acknowledged(1, None), Some((PublishId(1), PublishStatus::Acknowledged)));
        assert_eq!(next(&outbox), Some(2));
    }

    #[test]
    fn an_order_that_breaks_the_line_goes() {
        let (mut outbox, now) = (outbox(), Instant::now());
        outbox.accept(order(1, Qos::AtLeastOnce), now);
        outbox.accept(order(2, Qos::AtLeastOnce), now);
        assert_eq!(outbox.died(), None, "it was not on the way: not its fault");
        for _ in 1..DEATHS {
            outbox.handed(Qos::AtLeastOnce);
            assert_eq!(outbox.died(), None);
        }
        outbox.handed(Qos::AtLeastOnce);
        let why = "given up: the line broke 3 times while it was being sent".to_owned();
        assert_eq!(outbox.died(), Some((PublishId(1), PublishStatus::Failed(why))));
        assert_eq!(next(&outbox), Some(2));
    }

    #[test]
    fn old_orders_are_dropped_and_say_what_is_known() {
        let (mut outbox, start) = (outbox(), Instant::now());
        let life = Limits::default().order_life;
        outbox.accept(order(1, Qos::AtLeastOnce), start);
        outbox.accept(order(2, Qos::AtLeastOnce), start + Duration::from_secs(1));
        outbox.handed(Qos::AtLeastOnce);
        outbox.written(1, start);
        outbox.died();
        assert_eq!(outbox.deadline(), Some(start + life));
        assert_eq!(outbox.expire(start + life / 2, false), []);
        let [(PublishId(1), PublishStatus::Failed(why))] = &outbox.expire(start + life, false)[..] else { panic!() };
        assert!(why.starts_with("sent, but not acknowledged"), "{why}");
        let down = PublishStatus::Failed("not sent: the line is down".to_owned());
        assert_eq!(outbox.expire(start + life * 2, false), [(PublishId(2), down)]);
        assert_eq!(outbox.deadline(), None);
    }

    #[test]
    fn what_the_broker_never_acknowledges_is_overdue() {
        let (mut outbox, now) = (outbox(), Instant::now());
        outbox.accept(order(1, Qos::ExactlyOnce), now);
        outbox.handed(Qos::ExactlyOnce);
        assert!(!outbox.overdue(now + Duration::from_mins(1)), "a slow line is not a silent broker");
        outbox.written(1, now);
        assert!(!outbox.overdue(now + Duration::from_secs(9)));
        assert!(outbox.overdue(now + Duration::from_secs(10)));
    }

    #[test]
    fn it_holds_no_more_than_it_may() {
        let (mut outbox, now) = (outbox(), Instant::now());
        for id in 0..ORDERS as u64 {
            assert_eq!(outbox.accept(order(id, Qos::AtMostOnce), now), None);
        }
        assert!(matches!(outbox.accept(order(0, Qos::AtMostOnce), now), Some((_, PublishStatus::Failed(_)))));
        assert_eq!(outbox.clear("closed").len(), ORDERS);
        let large = PublishRequest { payload: vec![0; ORDER_BYTES + 1].into(), ..order(1, Qos::AtMostOnce) };
        assert_eq!(outbox.accept(large, now), None, "one alone may be large");
        assert!(outbox.accept(order(2, Qos::AtMostOnce), now).is_some());
    }

    #[test]
    fn a_refusal_is_said() {
        let (mut outbox, now) = (outbox(), Instant::now());
        outbox.accept(order(1, Qos::AtLeastOnce), now);
        outbox.handed(Qos::AtLeastOnce);
        outbox.written(3, now);
        let why = PublishStatus::Failed("refused by the broker: not allowed".to_owned());
        assert_eq!(outbox.acknowledged(3, Some("not allowed".to_owned())), Some((PublishId(1), why)));
    }
}
