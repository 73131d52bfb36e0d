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
const LISTEN_TIME: Duration = Duration::from_secs(2);
/// The most topics that are remembered.
const MAX_TOPICS: usize = 1_000;

/// What is known while it runs.
#[derive(Default)]
struct TestFindings {
    connected: bool,
    refusal: Option<String>,
    message_count: usize,
    last_messages: HashMap<std::sync::Arc<str>, Message>,
}

/// Tests a connection.
pub(super) async fn test_connection(profile: Profile, login: Login, app_events: &Sender<Event>) -> ConnectionTest {
    let (event_sender, mut connection_events) = mpsc::channel(32);
    let name = profile.name.clone();
    let connect_timeout = profile.connect_timeout.to_duration();
    let client = Client::open(ConnectionId(0), profile, login, event_sender);
    let all_topics = TopicFilter::new("#").ok().map(|filter| Subscription { filter, qos: Qos::AtMostOnce });
    client.set_subscriptions(all_topics.into_iter().collect());
    let mut findings = TestFindings::default();
    let test = listen(&mut findings, &mut connection_events, connect_timeout, &name, app_events)
        .await
        .unwrap_or_else(|| findings.into_test_result(connect_timeout));
    drop(connection_events);
    client.close().await;
    test
}

/// Listens until the time is over; something comes back early when the line does not come up.
async fn listen(
    findings: &mut TestFindings,
    connection_events: &mut Receiver<(ConnectionId, ConnectionEvent)>,
    connect_timeout: Duration,
    name: &str,
    app_events: &Sender<Event>,
) -> Option<ConnectionTest> {
    let mut deadline = Instant::now() + connect_timeout + Duration::from_secs(1);
    while let Ok(Some((_, event))) = timeout_at(deadline, connection_events.recv()).await {
        match event {
            ConnectionEvent::State(ConnectionState::Connected) if !findings.connected => {
                findings.connected = true;
                deadline = Instant::now() + LISTEN_TIME;
            }
            ConnectionEvent::State(ConnectionState::WaitingToRetry {
                reason,
                untrusted_certificate: untrusted,
                ..
            }) => return Some(failed_test(reason, untrusted)),
            ConnectionEvent::State(ConnectionState::Stopped { reason }) => return Some(failed_test(reason, None)),
            ConnectionEvent::SubscriptionRefused(_, reason) => findings.refusal = Some(reason),
            ConnectionEvent::Messages(messages) => {
                let new_messages: Vec<Message> =
                    messages.into_iter().filter_map(|message| findings.record_message(message)).collect();
                if !new_messages.is_empty() {
                    // A loop that has ended wants nothing any more.
                    let _ = app_events
                        .send(Event::EditFinished(Box::new(EditResult::TestMessages(name.to_owned(), new_messages))))
                        .await;
                }
            }
            _ => {}
        }
    }
    None
}

fn failed_test(summary: String, untrusted: Option<crate::model::profile::CertificatePin>) -> ConnectionTest {
    ConnectionTest { summary, success: false, untrusted_pin: untrusted, messages: Vec::new() }
}

impl TestFindings {
    /// Remembers a message; gives the first one of its topic back.
    fn record_message(&mut self, message: Message) -> Option<Message> {
        self.message_count += 1;
        let is_known = self.last_messages.contains_key(&message.topic);
        if self.last_messages.len() < MAX_TOPICS || is_known {
            self.last_messages.insert(std::sync::Arc::clone(&message.topic), message.clone());
        }
        (!is_known && self.last_messages.len() <= MAX_TOPICS).then_some(message)
    }

    fn into_test_result(self, connect_timeout: Duration) -> ConnectionTest {
        if !self.connected {
            return failed_test(format!("no answer within {} s", connect_timeout.as_secs()), None);
        }
        let summary = match (self.refusal, self.message_count, self.last_messages.len()) {
            (Some(reason), 0, _) => format!("connected; the broker does not show all topics: {reason}"),
            (_, 0, _) => "connected; nothing came by within 2 s".to_owned(),
            (_, 1, _) => "connected; one message came by within 2 s".to_owned(),
            (_, messages, 1) => format!("connected; {messages} messages on one topic within 2 s"),
            (_, messages, topics) => format!("connected; {messages} messages on {topics} topics within 2 s"),
        };
        ConnectionTest {
            summary,
            success: true,
            untrusted_pin: None,
            messages: self.last_messages.into_values().collect(),
        }
    }
}
