//! What lives on from one connection to the next, and what a line does while it waits for
//! something: take orders, drop those too old, hand over what it has to say.

use std::{
    future::Future,
    pin::pin,
    time::{Duration, SystemTime},
};

use tokio::{
    select,
    sync::{mpsc, watch},
    time::{Instant, sleep_until},
};

use super::{
    backoff::{Backoff, Rivals},
    inbound::Inbound,
    limits::Limits,
    outbox::Outbox,
    outlet::Outlet,
    wants::Wants,
};
use crate::model::connection::{ConnectionEvent, ConnectionId, PublishRequest, Subscription};

/// Two clocks: one that people set, and one that stands still while the machine sleeps.
struct Clocks(SystemTime, Instant);

impl Clocks {
    #[expect(clippy::disallowed_methods, reason = "only to notice that the other clock stood still")]
    fn now() -> Self {
        Self(SystemTime::now(), Instant::now())
    }

    /// How much further the first clock went since then.
    fn gap(&self, then: &Self) -> Duration {
        self.0.duration_since(then.0).unwrap_or_default().saturating_sub(self.1.duration_since(then.1))
    }
}

/// What lives on from one connection to the next.
pub(super) struct Line {
    pub limits: Limits,
    pub outlet: Outlet,
    pub outbox: Outbox,
    pub wants: Wants,
    pub inbound: Inbound,
    pub backoff: Backoff,
    pub rivals: Rivals,
    /// How many connections in a row died of a message that is too large.
    pub too_large: u8,
    /// Whether messages were on the way when the last connection broke.
    pub broke_on_the_way: bool,
    /// Whether a session is up.
    pub up: bool,
    /// Whether nobody holds the link any more.
    pub closing: bool,
    orders: mpsc::Receiver<PublishRequest>,
    wanted: watch::Receiver<Vec<Subscription>>,
    clocks: Clocks,
}

/// Something that a line is asked to do.
pub(super) enum Call {
    Order(PublishRequest),
    Wanted,
    /// The listener has room again.
    Room,
    /// The time that was waited for has come.
    Time,
    Close,
}

impl Line {
    pub(super) fn new(
        id: ConnectionId,
        events: mpsc::Sender<(ConnectionId, ConnectionEvent)>,
        (orders, wanted): (mpsc::Receiver<PublishRequest>, watch::Receiver<Vec<Subscription>>),
        limits: Limits,
    ) -> Self {
        Self {
            limits,
            outlet: Outlet::new(id, events),
            outbox: Outbox::new(limits),
            wants: Wants::default(),
            inbound: Inbound::default(),
            backoff: Backoff::default(),
            rivals: Rivals::default(),
            too_large: 0,
            broke_on_the_way: false,
            up: false,
            closing: false,
            orders,
            wanted,
            clocks: Clocks::now(),
        }
    }

    /// Drops the orders that are from before this machine slept: their time to live stood still.
    pub(super) fn wake(&mut self) {
        let now = Clocks::now();
        if now.gap(&self.clocks) >= self.limits.order_life {
            self.outlet.receipts(self.outbox.clear("not sent: this machine slept meanwhile"));
        }
        self.clocks = now;
    }

    /// Waits for what the line is asked to do next, at the longest until then. Nothing is lost when
    /// this is given up half way.
    pub(super) async fn call(&mut self, until: Option<Instant>) -> Call {
        let time = async {
            match until {
                Some(until) => sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        select! {
            biased;
            order = self.orders.recv(), if !self.closing => order.map_or(Call::Close, Call::Order),
            changed = self.wanted.changed(), if !self.closing => changed.map_or(Call::Close, |()| Call::Wanted),
            () = self.outlet.room(), if self.outlet.is_waiting() => Call::Room,
            () = time => Call::Time,
        }
    }

    /// What the line is asked to do, if it is asked something right now.
    pub(super) fn call_now(&mut self) -> Option<Call> {
        if self.closing {
            return None;
        }
        match self.orders.try_recv() {
            Ok(order) => return Some(Call::Order(order)),
            Err(mpsc::error::TryRecvError::Disconnected) => return Some(Call::Close),
            Err(mpsc::error::TryRecvError::Empty) => {}
        }
        self.wanted.has_changed().unwrap_or(false).then_some(Call::Wanted)
    }

    /// Does what it is asked, as far as that needs no connection.
    pub(super) fn answer(&mut self, call: Call) {
        match call {
            Call::Order(order) => self.outlet.receipts(self.outbox.accept(order, Instant::now())),
            Call::Wanted => {
                let wanted = self.wanted.borrow_and_update();
                self.wants.set(&wanted);
            }
            Call::Room => self.outlet.flush(),
            Call::Time => self.outlet.receipts(self.outbox.expire(Instant::now(), self.up)),
            Call::Close => self.closing = true,
        }
    }

    /// Waits for something else than the broker, and meanwhile does what the line is asked. Nothing
    /// comes back when the line is to be closed.
    pub(super) async fn meanwhile<T>(&mut self, what: impl Future<Output = T>) -> Option<T> {
        let mut what = pin!(what);
        loop {
            let until = self.outbox.deadline();
            let call = select! {
                biased;
                done = what.as_mut() => return Some(done),
                call = self.call(until) => call,
            };
            self.answer(call);
            if self.closing {
                return None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleep_is_noticed_and_a_clock_set_back_is_none() {
        let (day, hour) = (SystemTime::UNIX_EPOCH, Instant::now());
        let second = Duration::from_secs(1);
        let before = Clocks(day + second, hour);
        assert_eq!(Clocks(day + 2 * second, hour + second).gap(&before), Duration::ZERO);
        assert_eq!(Clocks(day + 9 * second, hour + second).gap(&before), 7 * second);
        assert_eq!(Clocks(day, hour + second).gap(&before), Duration::ZERO);
    }
}
