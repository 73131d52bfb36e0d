//! A link and what it says, to be waited for with a limit.

use std::{collections::VecDeque, path::PathBuf, time::Duration};

use mqtt_dash::{
    model::{
        line::{LineEvent, LineId, LineState, Message, Order, OrderId, Qos, Receipt, Wanted},
        profile::{Address, Profile, Protocol},
        topic::{Filter, Topic},
    },
    mqtt::{Limits, Link, Login},
};
use tokio::{sync::mpsc, time::timeout};

/// How long anything may take.
pub const LIMIT: Duration = Duration::from_secs(20);

/// A profile for this address.
pub fn profile(url: &str, protocol: Protocol) -> Profile {
    Profile { protocol, folder: PathBuf::from("/"), ..Profile::of_address(Address::parse(url).expect("an address")) }
}

/// A login without a password.
pub fn login(client_id: &str) -> Login {
    Login { client_id: client_id.to_owned(), ..Login::default() }
}

/// Limits that suit an impatient test: attempts follow each other quickly.
pub fn hasty() -> Limits {
    Limits {
        first_wait: Duration::from_millis(20),
        longest_wait: Duration::from_millis(200),
        nobody_wait: Duration::from_millis(20),
        ..Limits::default()
    }
}

/// An order.
pub fn order(id: u64, topic: &str, payload: &[u8], qos: Qos) -> Order {
    let topic = Topic::new(topic).expect("a topic");
    Order { id: OrderId(id), topic, payload: payload.into(), qos, retain: false }
}

/// A link and what it said that was not waited for yet.
pub struct Line {
    pub link: Link,
    events: mpsc::Receiver<(LineId, LineEvent)>,
    messages: VecDeque<Message>,
    others: VecDeque<LineEvent>,
}

impl Line {
    pub fn open(profile: Profile, client_id: &str) -> Self {
        Self::open_with(profile, login(client_id), hasty())
    }

    pub fn open_with(profile: Profile, login: Login, limits: Limits) -> Self {
        let (events, heard) = mpsc::channel(64);
        let link = Link::open_with(LineId(7), profile, login, events, limits);
        Self { link, events: heard, messages: VecDeque::new(), others: VecDeque::new() }
    }

    /// Opens it and waits until it is connected.
    pub async fn connected(profile: Profile, client_id: &str) -> Self {
        let mut line = Self::open(profile, client_id);
        line.up().await;
        line
    }

    /// Asks for these, and waits for a sign that the broker has granted them: a message of its own
    /// goes round.
    pub async fn want(&mut self, filters: &[(&str, Qos)]) {
        let wanted = |(filter, qos): &(&str, Qos)| Wanted { filter: Filter::new(filter).expect("a filter"), qos: *qos };
        self.link.want(filters.iter().map(wanted).chain([wanted(&("ready/#", Qos::AtLeastOnce))]).collect());
        let topic = format!("ready/{:x}", unique());
        // The request to subscribe may be behind this one; then it is sent again.
        for attempt in 0.. {
            assert!(attempt < 1_000, "no subscription");
            self.link.publish(order(u64::MAX, &topic, b"", Qos::AtLeastOnce));
            self.receipt(u64::MAX).await;
            if timeout(Duration::from_millis(100), self.message_on(&topic)).await.is_ok() {
                return;
            }
        }
    }

    /// The next thing it says, whatever it is.
    pub async fn event(&mut self) -> LineEvent {
        self.take().await
    }

    async fn take(&mut self) -> LineEvent {
        let event = timeout(LIMIT, self.events.recv()).await.expect("the line says something in time");
        let (id, event) = event.expect("the line lives");
        assert_eq!(id, LineId(7));
        event
    }

    /// The first thing said, or still to be said, that is no message and fits.
    pub async fn until<T>(&mut self, mut fits: impl FnMut(&LineEvent) -> Option<T>) -> T {
        loop {
            while let Some(event) = self.others.pop_front() {
                if let Some(found) = fits(&event) {
                    return found;
                }
            }
            match self.take().await {
                LineEvent::Messages(messages) => self.messages.extend(messages),
                other => self.others.push_back(other),
            }
        }
    }

    /// Waits for a session.
    pub async fn up(&mut self) {
        let mut reasons = Vec::new();
        let connected = self.until(|event| match event {
            LineEvent::State(LineState::Connected) => Some(true),
            LineEvent::State(LineState::Stopped { reason }) => {
                reasons.push(reason.clone());
                Some(false)
            }
            LineEvent::State(LineState::Waiting { reason, .. }) => {
                reasons.push(reason.clone());
                None
            }
            _ => None,
        });
        let connected = timeout(LIMIT, connected).await;
        reasons.dedup();
        assert!(connected.unwrap_or(false), "no session: {reasons:?}");
    }

    /// Waits until the line is down; gives why.
    pub async fn down(&mut self) -> String {
        self.until(|event| match event {
            LineEvent::State(LineState::Waiting { reason, .. }) => Some(reason.clone()),
            LineEvent::State(LineState::Stopped { reason }) => Some(format!("stopped: {reason}")),
            _ => None,
        })
        .await
    }

    /// Waits until the line has stopped; gives why.
    pub async fn stopped(&mut self) -> String {
        self.until(|event| match event {
            LineEvent::State(LineState::Stopped { reason }) => Some(reason.clone()),
            _ => None,
        })
        .await
    }

    pub async fn notice(&mut self) -> String {
        self.until(|event| match event {
            LineEvent::Notice(text) => Some(text.clone()),
            _ => None,
        })
        .await
    }

    pub async fn refused(&mut self) -> (String, String) {
        self.until(|event| match event {
            LineEvent::Refused(filter, why) => Some((filter.to_string(), why.clone())),
            _ => None,
        })
        .await
    }

    /// The next receipt of any order.
    pub async fn any_receipt(&mut self) -> (u64, Receipt) {
        self.until(|event| match event {
            LineEvent::Receipt(OrderId(id), receipt) => Some((*id, receipt.clone())),
            _ => None,
        })
        .await
    }

    /// The last receipt of an order of at least once or better.
    pub async fn receipt(&mut self, order: u64) -> Receipt {
        loop {
            match self.any_receipt().await {
                (id, receipt) if id == order && receipt != Receipt::Sent => return receipt,
                _ => {}
            }
        }
    }

    /// The next message, but for those of [`Self::want`].
    pub async fn message(&mut self) -> Message {
        loop {
            while let Some(message) = self.messages.pop_front() {
                if !message.topic.starts_with("ready/") {
                    return message;
                }
            }
            self.more().await;
        }
    }

    /// The next message as text.
    pub async fn text(&mut self) -> String {
        let message = self.message().await;
        format!("{} {}", message.topic, String::from_utf8_lossy(&message.payload))
    }

    async fn message_on(&mut self, topic: &str) {
        loop {
            if let Some(at) = self.messages.iter().position(|message| &*message.topic == topic) {
                self.messages.remove(at);
                return;
            }
            self.more().await;
        }
    }

    async fn more(&mut self) {
        match self.take().await {
            LineEvent::Messages(messages) => self.messages.extend(messages),
            other => self.others.push_back(other),
        }
    }
}

/// A number that is another one each time.
fn unique() -> u128 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    u128::from(NEXT.fetch_add(1, Ordering::Relaxed)) << 64 | u128::from(std::process::id())
}
