//! One connection, from its first packet to its last.
//!
//! The wire's `poll` is never given up half way: the same future is polled until it is done, and
//! what the line is asked meanwhile is handed to the client, which wakes it. Only the end of the
//! connection drops it.

use std::{borrow::Cow, pin::pin, str, task::Poll, time::Duration};

use futures_util::poll;
use tokio::{select, time::Instant};

use super::{
    fault::{Fault, bytes},
    line::{Call, Line},
    outbox::Outbox,
    session::{Arrived, Granted, Hand, Happening, Wire},
    wants::Ask,
};
use crate::model::{
    batch::MessageRef,
    connection::{ConnectionEvent, ConnectionState, PublishRequest, Qos},
    profile::ByteSize,
};

/// After so many things in a row that happened without a wait, the line listens to what it is asked.
const BURST: u32 = 64;

/// Where messages that nobody acknowledges follow each other closer than this, few at a time, the wire is
/// left alone for so long: what comes meanwhile is taken in one gulp, and wakes nobody by itself. At rest,
/// and for the first two of a flood, nothing waits.
const BREATH: Duration = Duration::from_millis(1);
/// So many at a time are a gulp already.
const GULP: u32 = 32;

/// How long the goodbye may take.
const GOODBYE: Duration = Duration::from_millis(500);

/// So many publishes that the client has lost count of are the end of a connection: at a hundred
/// it would send nothing any more.
const LEAKS: u8 = 50;

/// How a connection ended.
pub(super) enum End {
    /// As it was asked to.
    Closed,
    /// Otherwise.
    Fault(Fault),
}

/// What is known of this connection.
struct Talk<'a, H> {
    line: &'a mut Line,
    hand: &'a H,
    granted: Granted,
    limit: ByteSize,
    leaks: u8,
    /// Whether the broker's limits were mentioned.
    mentioned: bool,
    /// When the line is given up though not everything is out; set when it is to be closed.
    close_at: Option<Instant>,
    goodbye: bool,
}

/// Talks until the end.
pub(super) async fn talk<W: Wire, H: Hand>(
    line: &mut Line,
    mut wire: W,
    hand: &H,
    granted: Granted,
    limit: ByteSize,
) -> End {
    let silence = granted.keep_alive * 2 + Duration::from_secs(5);
    let mut talk = Talk { line, hand, granted, limit, leaks: 0, mentioned: false, close_at: None, goodbye: false };
    talk.begin();
    // What has happened since the last wait, and whether that was short.
    let (mut gulp, mut dense) = (0_u32, false);
    loop {
        let happened = {
            let mut next = pin!(wire.poll());
            if let Poll::Ready(happened) = poll!(next.as_mut()) {
                happened
            } else {
                talk.line.outlet.flush();
                let mut since = Instant::now();
                let silent_at = since + silence;
                let mut breath = (dense && gulp < GULP).then(|| since + BREATH);
                gulp = 0;
                loop {
                    let until = breath.unwrap_or_else(|| talk.deadline(silent_at));
                    let call = select! {
                        biased;
                        happened = next.as_mut(), if breath.is_none() => {
                            dense = since.elapsed() < BREATH;
                            break happened;
                        }
                        call = talk.line.call(Some(until)) => call,
                    };
                    // What was ordered ends it too: that is not held up.
                    if breath.take().is_some() {
                        since = Instant::now();
                    }
                    if Instant::now() >= silent_at {
                        return End::Fault(Fault::Silent);
                    }
                    if let Some(end) = talk.asked(call) {
                        return end;
                    }
                }
            }
        };
        gulp = gulp.wrapping_add(1);
        // Where the broker waits for an answer, the next message waits for it too.
        dense &= matches!(&happened, Ok(Happening::Message(arrived)) if arrived.qos == Qos::AtMostOnce);
        let end = match happened {
            Ok(happened) => talk.on(happened),
            Err(fault) => Some(talk.broke(fault)),
        };
        let listen = || if gulp.is_multiple_of(BURST) { talk.listen() } else { None };
        if let Some(end) = end.or_else(listen) {
            talk.line.outlet.flush();
            return end;
        }
    }
}

impl<H: Hand> Talk<'_, H> {
    fn begin(&mut self) {
        self.line.up = true;
        self.line.broke_on_the_way = false;
        self.line.inbound.session(self.granted.kept);
        self.line.wants.session(self.granted.kept);
        self.line.outlet.state(ConnectionState::Connected);
        if let Some(notice) = self.granted.notice.take() {
            self.line.outlet.news(ConnectionEvent::Notice(notice));
        }
        self.line.wake();
        let expired = self.line.outbox.expire(Instant::now(), false);
        self.line.outlet.receipts(expired);
        self.pump();
    }

    /// When something is to be done though nothing happens.
    fn deadline(&self, silent_at: Instant) -> Instant {
        let limit = self.line.limits.answer;
        let times = [self.line.outbox.deadline(), self.line.wants.deadline(limit), self.close_at];
        times.into_iter().flatten().fold(silent_at, Instant::min)
    }

    /// What the line is asked under a flood that leaves no pause.
    fn listen(&mut self) -> Option<End> {
        while let Some(call) = self.line.call_now() {
            let end = self.asked(call);
            if end.is_some() {
                return end;
            }
        }
        self.asked(Call::Time)
    }

    fn asked(&mut self, call: Call) -> Option<End> {
        let now = Instant::now();
        if matches!(call, Call::Close) {
            self.close_at = Some(now + self.line.limits.drain);
        }
        let time = matches!(call, Call::Time);
        self.line.answer(call);
        if time {
            if self.line.outbox.overdue(now) {
                return Some(self.broke(Fault::Unacknowledged(self.line.limits.answer.as_secs())));
            }
            for filter in self.line.wants.overdue(now, self.line.limits.answer) {
                let why = format!("the broker did not answer within {} s", self.line.limits.answer.as_secs());
                self.line.outlet.news(ConnectionEvent::SubscriptionRefused(filter, why));
            }
        }
        self.pump();
        self.leave(now)
    }

    /// On the way out: says goodbye once everything is out or the time is over.
    fn leave(&mut self, now: Instant) -> Option<End> {
        let close_at = self.close_at?;
        if self.goodbye {
            return (now >= close_at).then_some(End::Closed);
        }
        if now >= close_at || self.line.outbox.is_empty() {
            if !self.hand.disconnect() {
                return Some(End::Closed);
            }
            self.goodbye = true;
            self.close_at = Some(now + GOODBYE);
        }
        None
    }

    /// Gives the client what may go now.
    fn pump(&mut self) {
        if self.goodbye {
            return;
        }
        while let Some(ask) = self.line.wants.next() {
            let given = match &ask {
                Ask::Subscribe(filters) => self.hand.subscribe(filters),
                Ask::Unsubscribe(filter) => self.hand.unsubscribe(filter),
            };
            if !given {
                return;
            }
            self.line.wants.asked(ask, Instant::now());
        }
        while let Some(order) = self.line.outbox.next() {
            if let Some(why) = self.too_large(order) {
                let said = self.line.outbox.refuse(why);
                self.line.outlet.receipts(said);
                continue;
            }
            let (qos, retain) = (order.qos.min(self.granted.best_qos), order.retain && self.granted.retain);
            let lowered = qos != order.qos || retain != order.retain;
            if !self.hand.publish(order, qos, retain) {
                return;
            }
            self.line.outbox.handed(qos);
            if lowered && !std::mem::replace(&mut self.mentioned, true) {
                self.line.outlet.news(ConnectionEvent::Notice(self.lowered()));
            }
        }
    }

    fn lowered(&self) -> String {
        if self.granted.retain {
            format!("this broker takes messages with QoS {} at most: they are sent so", self.granted.best_qos.as_u8())
        } else {
            "this broker keeps no messages for new subscribers: they are sent without `retain`".to_owned()
        }
    }

    /// Why the order cannot be sent, if its size forbids it.
    fn too_large(&self, order: &PublishRequest) -> Option<String> {
        // Fixed header 5, lengths and packet id 4, properties 1.
        let size = order.topic.as_str().len() + order.payload.len() + 10;
        let ours = usize::try_from(self.limit.bytes()).unwrap_or(usize::MAX);
        let theirs = self.granted.max_packet.and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(usize::MAX);
        if size > theirs {
            Some(format!("not sent: it has {}, the broker takes {}", bytes(size), bytes(theirs)))
        } else if size > ours {
            Some(format!("not sent: it has {}, the profile's `max_packet_size` allows {}", bytes(size), self.limit))
        } else {
            None
        }
    }

    fn on(&mut self, happened: Happening) -> Option<End> {
        match happened {
            Happening::Message(arrived) => {
                self.arrived(&arrived);
                return None;
            }
            Happening::Published(packet) => self.said(|outbox| outbox.written(packet, Instant::now())),
            Happening::Acknowledged(packet, refused) => self.said(|outbox| outbox.acknowledged(packet, refused)),
            Happening::Leaked(packet, why) => {
                self.said(|outbox| outbox.acknowledged(packet, Some(why)));
                self.leaks += 1;
                if self.leaks >= LEAKS {
                    return Some(self.broke(Fault::Broke("too many messages were refused".to_owned())));
                }
            }
            Happening::Subscribing(packet) => self.line.wants.written(packet, Instant::now()),
            Happening::Subscribed(packet, answers) => {
                for (filter, why) in self.line.wants.answered(packet, answers) {
                    self.line.outlet.news(ConnectionEvent::SubscriptionRefused(filter, why));
                }
            }
            Happening::Released(packet) => self.line.inbound.released(packet),
            Happening::Goodbye => return Some(End::Closed),
            Happening::Up(_) | Happening::Other => {}
        }
        self.pump();
        self.leave(Instant::now())
    }

    fn said(&mut self, what: impl FnOnce(&mut Outbox) -> Option<super::outbox::Said>) {
        let said = what(&mut self.line.outbox);
        self.line.outlet.receipts(said);
    }

    fn arrived(&mut self, arrived: &Arrived) {
        if arrived.qos == Qos::ExactlyOnce && !self.line.inbound.came(arrived.packet) {
            return;
        }
        let topic = match str::from_utf8(&arrived.topic) {
            Ok("") => return tracing::warn!("a message without a topic came"),
            Ok(topic) => Cow::Borrowed(topic),
            Err(_) => String::from_utf8_lossy(&arrived.topic),
        };
        let Arrived { payload, qos, retain, .. } = arrived;
        self.line.outlet.message(MessageRef { topic: &topic, payload, qos: *qos, retain: *retain });
    }

    fn broke(&mut self, fault: Fault) -> End {
        if self.goodbye {
            return End::Closed;
        }
        self.line.broke_on_the_way = self.line.outbox.on_the_way();
        End::Fault(fault)
    }
}
