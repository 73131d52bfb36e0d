//! Testing a connection: it connects, subscribes to everything for two seconds, and says what it
//! found or what is wrong.

use std::{collections::HashMap, time::Duration};

use tokio::{
    sync::mpsc::{self, Receiver, Sender},
    time::{Instant, timeout_at},
};

use crate::{
    app::{
        Event,
        editing::{ConnectionTest, EditResult},
    },
    model::{
        connection::{ConnectionEvent, ConnectionId, ConnectionState, Message, Qos, Subscription},
        profile::Profile,
        topic::TopicFilter,
    },
    mqtt::{Client, Login},
};

/// How long it listens.
const LISTEN: Duration = Duration::from_secs(2);
/// The most topics that are remembered.
const TOPICS: usize = 1_000;

/// What is known while it runs.
#[derive(Default)]
struct Found {
    connected: bool,
    refused: Option<String>,
    count: usize,
    last: HashMap<std::sync::Arc<str>, Message>,
}

/// Tests a connection.
pub(super) async fn trial(profile: Profile, login: Login, tell: &Sender<Event>) -> ConnectionTest {
    let (events, mut said) = mpsc::channel(32);
    let name = profile.name.clone();
    let limit = profile.connect_timeout.to_duration();
    let link = Client::open(ConnectionId(0), profile, login, events);
    let everything = TopicFilter::new("#").ok().map(|filter| Subscription { filter, qos: Qos::AtMostOnce });
    link.set_subscriptions(everything.into_iter().collect());
    let mut found = Found::default();
    let trial = listen(&mut found, &mut said, limit, &name, tell).await.unwrap_or_else(|| found.told(limit));
    drop(said);
    link.close().await;
    trial
}

/// Listens until the time is over; something comes back early when the line does not come up.
async fn listen(
    found: &mut Found,
    said: &mut Receiver<(ConnectionId, ConnectionEvent)>,
    limit: Duration,
    name: &str,
    tell: &Sender<Event>,
) -> Option<ConnectionTest> {
    let mut end = Instant::now() + limit + Duration::from_secs(1);
    while let Ok(Some((_, event))) = timeout_at(end, said.recv()).await {
        match event {
            ConnectionEvent::State(ConnectionState::Connected) if !found.connected => {
                found.connected = true;
                end = Instant::now() + LISTEN;
            }
            ConnectionEvent::State(ConnectionState::WaitingToRetry {
                reason,
                untrusted_certificate: untrusted,
                ..
            }) => return Some(bad(reason, untrusted)),
            ConnectionEvent::State(ConnectionState::Stopped { reason }) => return Some(bad(reason, None)),
            ConnectionEvent::SubscriptionRefused(_, reason) => found.refused = Some(reason),
            ConnectionEvent::Messages(messages) => {
                let news: Vec<Message> = messages.into_iter().filter_map(|message| found.note(message)).collect();
                if !news.is_empty() {
                    // A loop that has ended wants nothing any more.
                    let _ =
                        tell.send(Event::EditFinished(Box::new(EditResult::TestMessages(name.to_owned(), news)))).await;
                }
            }
            _ => {}
        }
    }
    None
}

fn bad(said: String, untrusted: Option<crate::model::profile::CertificatePin>) -> ConnectionTest {
    ConnectionTest { summary: said, success: false, untrusted_pin: untrusted, messages: Vec::new() }
}

impl Found {
    /// Remembers a message; gives the first one of its topic back.
    fn note(&mut self, message: Message) -> Option<Message> {
        self.count += 1;
        let known = self.last.contains_key(&message.topic);
        if self.last.len() < TOPICS || known {
            self.last.insert(std::sync::Arc::clone(&message.topic), message.clone());
        }
        (!known && self.last.len() <= TOPICS).then_some(message)
    }

    fn told(self, limit: Duration) -> ConnectionTest {
        if !self.connected {
            return bad(format!("no answer within {} s", limit.as_secs()), None);
        }
        let said = match (self.refused, self.count, self.last.len()) {
            (Some(reason), 0, _) => format!("connected; the broker does not show all topics: {reason}"),
            (_, 0, _) => "connected; nothing came by within 2 s".to_owned(),
            (_, 1, _) => "connected; one message came by within 2 s".to_owned(),
            (_, messages, 1) => format!("connected; {messages} messages on one topic within 2 s"),
            (_, messages, topics) => format!("connected; {messages} messages on {topics} topics within 2 s"),
        };
        ConnectionTest {
            summary: said,
            success: true,
            untrusted_pin: None,
            messages: self.last.into_values().collect(),
        }
    }
}
