//! The connection test: connects, subscribes to all topics for two seconds, and reports what it received
//! or why it failed.

use std::{collections::HashMap, time::Duration};

use tokio::{
    sync::mpsc::{self, Receiver},
    time::{Instant, timeout_at},
};

use super::runtime_event::EventSender;
use crate::{
    app::{Event, MqttEvent, editing::ConnectionTest},
    model::{
        connection::{ConnectionEvent, ConnectionId, ConnectionState, Message, Qos, Subscription},
        profile::Profile,
        topic::TopicFilter,
    },
    mqtt::{Client, Login},
};

/// How long the test collects messages once it is connected.
const LISTEN_TIME: Duration = Duration::from_secs(2);
/// The maximum number of topics whose last message is stored.
const MAX_TOPICS: usize = 1_000;

/// What a running test has found so far.
#[derive(Default)]
struct TestFindings {
    connected: bool,
    refusal: Option<String>,
    message_count: usize,
    last_messages: HashMap<std::sync::Arc<str>, Message>,
}

/// Tests a connection and sends the first message of each topic to `events` as it arrives.
pub(super) async fn test_connection(profile: Profile, login: Login, events: &EventSender) -> ConnectionTest {
    let (event_sender, mut connection_events) = mpsc::channel(32);
    let name = profile.name.clone();
    let connect_timeout = profile.connect_timeout.to_duration();
    let client = Client::open(ConnectionId(0), profile, login, event_sender);
    let all_topics = TopicFilter::new("#").ok().map(|filter| Subscription { filter, qos: Qos::AtMostOnce });
    client.set_subscriptions(all_topics.into_iter().collect());
    let mut findings = TestFindings::default();
    let test = listen(&mut findings, &mut connection_events, connect_timeout, &name, events)
        .await
        .unwrap_or_else(|| findings.into_test_result(connect_timeout));
    drop(connection_events);
    client.close().await;
    test
}

/// Collects messages until the time is over. Returns a failed test early if the connection fails.
async fn listen(
    findings: &mut TestFindings,
    connection_events: &mut Receiver<(ConnectionId, ConnectionEvent)>,
    connect_timeout: Duration,
    name: &str,
    events: &EventSender,
) -> Option<ConnectionTest> {
    let mut deadline = Instant::now() + connect_timeout + Duration::from_secs(1);
    while let Ok(Some((_, event))) = timeout_at(deadline, connection_events.recv()).await {
        match event {
            ConnectionEvent::State(ConnectionState::Connected) if !findings.connected => {
                findings.connected = true;
                deadline = Instant::now() + LISTEN_TIME;
            }
            ConnectionEvent::State(ConnectionState::WaitingToRetry { reason, untrusted_certificate, .. }) => {
                return Some(failed_test(reason, untrusted_certificate));
            }
            ConnectionEvent::State(ConnectionState::Stopped { reason, .. }) => return Some(failed_test(reason, None)),
            ConnectionEvent::SubscriptionRefused(_, reason) => findings.refusal = Some(reason),
            ConnectionEvent::Messages(messages) => {
                let new_messages: Vec<Message> =
                    messages.into_iter().filter_map(|message| findings.record_message(message)).collect();
                if !new_messages.is_empty() {
                    // The receiver is gone: shutting down.
                    let _ =
                        events.send(Event::Mqtt(MqttEvent::TestMessages(name.to_owned(), new_messages)).into()).await;
                }
            }
            _ => {}
        }
    }
    None
}

fn failed_test(summary: String, untrusted_pin: Option<crate::model::profile::CertificatePin>) -> ConnectionTest {
    ConnectionTest { summary, success: false, untrusted_pin, messages: Vec::new() }
}

impl TestFindings {
    /// Stores a message. Returns it if it is the first one of its topic.
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
            (Some(reason), 0, _) => format!("connected; the broker refused the subscription to #: {reason}"),
            (_, 0, _) => "connected; no messages in 2 s".to_owned(),
            (_, 1, _) => "connected; 1 message in 2 s".to_owned(),
            (_, messages, 1) => format!("connected; {messages} messages on 1 topic in 2 s"),
            (_, messages, topics) => format!("connected; {messages} messages on {topics} topics in 2 s"),
        };
        ConnectionTest {
            summary,
            success: true,
            untrusted_pin: None,
            messages: self.last_messages.into_values().collect(),
        }
    }
}
