//! The connection test: connects, subscribes to all topics for two seconds, and reports what it received
//! or why it failed.

use std::{collections::HashMap, sync::Arc, time::Duration};

use tokio::{
    select,
    sync::{oneshot, watch},
};

use super::{ConnectionPlan, Headless, ProfileStore, runtime_event::EventSender};
use crate::{
    app::{ConnectionTest, Event, MqttEvent},
    model::{
        connection::{ConnectionEvent, ConnectionState, Message, Qos, Subscription},
        profile::CertificatePin,
        topic::TopicFilter,
    },
    mqtt::MessageCounter,
};

/// How long the test collects messages once it is connected.
const LISTEN_TIME: Duration = Duration::from_secs(2);
/// How long topics are collected at most while their list stays open.
const MAX_COLLECT_TIME: Duration = Duration::from_mins(10);
/// The maximum number of topics whose last message is stored.
const MAX_TOPICS: usize = 1_000;

/// What a running test has found so far.
#[derive(Default)]
struct TestFindings {
    refusal: Option<String>,
    last_messages: HashMap<Arc<str>, Message>,
    /// The first message of each topic, as far as they are not shown yet.
    unshown: Vec<Message>,
}

/// Tests the connection of a plan and sends the first message of each topic to `events` as it arrives.
pub(super) async fn test_connection(
    profile_store: Arc<ProfileStore>,
    plan: ConnectionPlan,
    events: &EventSender,
) -> ConnectionTest {
    let connect_timeout = plan.profile.connect_timeout.to_duration();
    let name = plan.profile.name.clone();
    let mut headless = Headless::within_program(profile_store);
    // A fast broker sends more than the event loop gets, which is only the latest message of each topic.
    let (counter, message_count) = MessageCounter::new();
    headless.connect_with(&plan, all_topics(), vec![Box::new(counter)]);
    let connected = headless
        .run(connect_timeout + Duration::from_secs(1), |_, event| match event? {
            ConnectionEvent::State(ConnectionState::Connected) => Some(Ok(())),
            event => failure(event).map(Err),
        })
        .await;
    let test = match connected {
        Ok(Ok(())) => listen(&mut headless, &name, events, &message_count).await,
        Ok(Err(failed_test)) => failed_test,
        Err(_) => failed_test(format!("no answer within {} s", connect_timeout.as_secs()), None),
    };
    headless.close().await;
    test
}

/// Collects the first message of each topic and sends it to `events`, until `stopped` or for a limited time. Returns a
/// failed test if the connection fails.
pub(super) async fn collect_topics(
    profile_store: Arc<ProfileStore>,
    plan: ConnectionPlan,
    events: &EventSender,
    stopped: oneshot::Receiver<()>,
) -> Option<ConnectionTest> {
    let name = plan.profile.name.clone();
    let mut headless = Headless::within_program(profile_store);
    headless.connect(&plan, all_topics());
    let mut findings = TestFindings::default();
    let failed = select! {
        failed = collect(&mut headless, &name, events, &mut findings, MAX_COLLECT_TIME) => failed,
        _ = stopped => None,
    };
    headless.close().await;
    failed
}

/// Returns the subscription to all topics.
fn all_topics() -> Vec<Subscription> {
    TopicFilter::new("#").map(|filter| Subscription::new(filter, Qos::AtMostOnce)).into_iter().collect()
}

/// Collects messages until the time is over. Returns a failed test early if the connection fails.
async fn listen(
    headless: &mut Headless,
    name: &str,
    events: &EventSender,
    message_count: &watch::Receiver<u64>,
) -> ConnectionTest {
    let mut findings = TestFindings::default();
    let failed = collect(headless, name, events, &mut findings, LISTEN_TIME).await;
    failed.unwrap_or_else(|| findings.into_test_result(*message_count.borrow()))
}

/// Collects messages, and sends the first one of each topic to `events`. Returns a failed test if the connection fails
/// before the time is over.
async fn collect(
    headless: &mut Headless,
    name: &str,
    events: &EventSender,
    findings: &mut TestFindings,
    limit: Duration,
) -> Option<ConnectionTest> {
    let failed = headless.run(limit, |_, event| {
        if let Some(event) = event {
            findings.record(event);
        }
        // If the channel is full, they are sent with the next ones.
        if !findings.unshown.is_empty()
            && let Ok(place) = events.try_reserve()
        {
            let messages = std::mem::take(&mut findings.unshown);
            place.send(Event::Mqtt(MqttEvent::TestMessages(name.to_owned(), messages)).into());
        }
        failure(event?)
    });
    failed.await.ok()
}

/// Returns a failed test if an event says that the connection has failed.
fn failure(event: &ConnectionEvent) -> Option<ConnectionTest> {
    match event {
        ConnectionEvent::State(ConnectionState::WaitingToRetry { reason, untrusted_certificate, .. }) => {
            Some(failed_test(reason.clone(), *untrusted_certificate))
        }
        ConnectionEvent::State(ConnectionState::Stopped { reason, .. }) => Some(failed_test(reason.clone(), None)),
        _ => None,
    }
}

/// Returns a failed test, with the certificate that was not trusted, if that is the reason.
pub(super) fn failed_test(summary: String, untrusted_pin: Option<CertificatePin>) -> ConnectionTest {
    ConnectionTest { summary, success: false, untrusted_pin, messages: Vec::new() }
}

impl TestFindings {
    fn record(&mut self, event: &ConnectionEvent) {
        match event {
            ConnectionEvent::SubscriptionRefused(_, reason) => self.refusal = Some(reason.clone()),
            ConnectionEvent::Messages(batch) => {
                batch.iter().for_each(|message| self.record_message(message.to_message()));
            }
            _ => {}
        }
    }

    fn record_message(&mut self, message: Message) {
        let is_known = self.last_messages.contains_key(&message.topic);
        if is_known || self.last_messages.len() < MAX_TOPICS {
            if !is_known {
                self.unshown.push(message.clone());
            }
            self.last_messages.insert(Arc::clone(&message.topic), message);
        }
    }

    fn into_test_result(self, message_count: u64) -> ConnectionTest {
        let summary = match (self.refusal, message_count, self.last_messages.len()) {
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
