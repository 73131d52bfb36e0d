//! The event loop without a terminal, for subcommands and for the connection test. What the screen would tell the
//! user in the footer goes to the report.

use std::{io, sync::Arc, time::Duration};

use tokio::time::{Instant, sleep_until};

use super::{Clock, ConnectionPlan, ProfileStore, Signals, dispatcher::Dispatcher, runtime_event::RuntimeEvent};
use crate::{
    app::{App, Event, MqttEffect, MqttEvent, ShellEvent},
    model::connection::{ConnectionEvent, ConnectionId, ConnectionState, PublishRequest, PublishStatus, Subscription},
    mqtt::MessageConsumer,
};

/// Why the loop ended without a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HeadlessError {
    /// The time is over.
    #[error("the time is over")]
    TimedOut,
    /// The process received the signal with this number.
    #[error("ended by signal {0}")]
    Signal(i32),
}

/// The app and its connections, without a terminal.
pub(crate) struct Headless {
    dispatcher: Dispatcher,
    /// `None` where the program has another loop, which handles signals.
    signals: Option<Signals>,
    report: Box<dyn FnMut(String) + Send>,
}

impl Headless {
    /// Creates a loop that ends with a signal, and passes to `report` what the user must be told.
    ///
    /// # Errors
    /// When the system refuses a signal handler.
    pub fn new(
        app: App,
        profile_store: ProfileStore,
        clock: Clock,
        report: impl FnMut(String) + Send + 'static,
    ) -> io::Result<Self> {
        let signals = Some(Signals::listen()?);
        Ok(Self { dispatcher: Dispatcher::new(app, profile_store, clock), signals, report: Box::new(report) })
    }

    /// Creates a loop beside that of the terminal. All that it finds out is in its result.
    pub(super) fn within_program(profile_store: Arc<ProfileStore>) -> Self {
        let dispatcher = Dispatcher::new(App::default(), profile_store, Clock::start());
        Self { dispatcher, signals: None, report: Box::new(|_| {}) }
    }

    /// Opens the connection and the dashboards of a plan.
    pub fn open(&mut self, plan: ConnectionPlan) {
        let app = &self.dispatcher.app;
        let filters = plan.files.iter().flat_map(|file| {
            let mut chosen = app.remembered.of(file.path.as_deref()).chosen;
            chosen.extend(app.variable_choices.clone());
            file.definition.topic_filters(&chosen)
        });
        self.dispatcher.effect_handler.profile_store.record_subscriptions(&plan.profile, filters);
        self.dispatcher.open(plan);
    }

    /// Opens only the connection of a plan, with these subscriptions.
    pub fn connect(&mut self, plan: &ConnectionPlan, subscriptions: Vec<Subscription>) -> ConnectionId {
        self.connect_with(plan, subscriptions, Vec::new())
    }

    /// Opens only the connection of a plan, with these subscriptions. The consumers get all messages.
    pub(super) fn connect_with(
        &mut self,
        plan: &ConnectionPlan,
        subscriptions: Vec<Subscription>,
        consumers: Vec<Box<dyn MessageConsumer>>,
    ) -> ConnectionId {
        let filters = subscriptions.iter().map(|subscription| subscription.filter.clone());
        self.dispatcher.effect_handler.profile_store.record_subscriptions(&plan.profile, filters);
        let connection = self.dispatcher.effect_handler.connect(plan, consumers);
        self.dispatcher.execute(vec![MqttEffect::SetSubscriptions(connection, subscriptions).into()]);
        connection
    }

    /// Queues a publish request.
    pub fn publish(&mut self, connection: ConnectionId, request: PublishRequest) {
        self.dispatcher.execute(vec![MqttEffect::Publish(connection, request).into()]);
    }

    /// Runs until `check` returns a result. It gets each event of a connection before the app does, and no event at
    /// the beginning and after each change of the app.
    ///
    /// # Errors
    /// When the time is over, or a signal ends the program.
    pub async fn run<T>(
        &mut self,
        limit: Duration,
        mut check: impl FnMut(&mut Dispatcher, Option<&ConnectionEvent>) -> Option<T>,
    ) -> Result<T, HeadlessError> {
        let deadline = Instant::now() + limit;
        loop {
            if let Some(result) = check(&mut self.dispatcher, None) {
                return Ok(result);
            }
            self.dispatcher.plan_timer();
            let event = tokio::select! {
                biased;
                signal = next_signal(&mut self.signals) => return Err(HeadlessError::Signal(signal)),
                () = sleep_until(deadline) => return Err(HeadlessError::TimedOut),
                event = self.dispatcher.wait() => event,
            };
            if let Some(RuntimeEvent::App(Event::Mqtt(MqttEvent::Connection(_, event)))) = &event
                && let Some(result) = check(&mut self.dispatcher, Some(event))
            {
                return Ok(result);
            }
            let results = self.dispatcher.effect_handler.results().iter().filter_map(event_text);
            results.chain(event.as_ref().and_then(report_text)).for_each(&mut self.report);
            self.dispatcher.handle_one(event);
        }
    }

    /// Finishes all pending writes, and closes every connection. Returns the app.
    pub async fn close(mut self) -> App {
        self.dispatcher.effect_handler.results().iter().filter_map(event_text).for_each(&mut self.report);
        self.dispatcher.close(|event| report_text(event).into_iter().for_each(&mut self.report)).await
    }
}

/// Returns why a connection has stopped and does not retry.
pub(crate) fn stop_reason(event: &ConnectionEvent) -> Option<String> {
    match event {
        ConnectionEvent::State(ConnectionState::Stopped { reason, .. }) => Some(reason.clone()),
        _ => None,
    }
}

async fn next_signal(signals: &mut Option<Signals>) -> i32 {
    match signals {
        Some(signals) => signals.next().await,
        None => std::future::pending().await,
    }
}

/// Returns what the user must be told about an event.
fn report_text(event: &RuntimeEvent) -> Option<String> {
    match event {
        RuntimeEvent::App(event) => event_text(event),
        _ => None,
    }
}

fn event_text(event: &Event) -> Option<String> {
    match event {
        Event::Shell(ShellEvent::Notice(notice) | ShellEvent::Failure(notice)) => Some(notice.clone()),
        Event::Mqtt(MqttEvent::Connection(_, event)) => match event {
            ConnectionEvent::Notice(notice) => Some(notice.clone()),
            ConnectionEvent::SubscriptionRefused(filter, reason) => Some(format!("{filter}: {reason}")),
            ConnectionEvent::PublishStatus(_, PublishStatus::Failed(reason)) => Some(reason.clone()),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::{config::AppPaths, model::topic::TopicFilter};

    #[tokio::test]
    async fn what_is_told_while_running_and_while_closing_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        let profile_store = ProfileStore::load(AppPaths::in_folder(folder.path())).unwrap();
        let (sender, reported) = mpsc::channel();
        let report = move |text| sender.send(text).unwrap();
        let mut headless = Headless::new(App::default(), profile_store, Clock::start(), report).unwrap();
        let events = headless.dispatcher.effect_handler.events.clone();
        let send = |event: ConnectionEvent| {
            events.try_send((ConnectionId(0), event).into()).ok();
        };
        let filter = TopicFilter::new("a/#").unwrap();
        send(ConnectionEvent::SubscriptionRefused(filter, "not authorized".to_owned()));
        send(ConnectionEvent::State(ConnectionState::Connected));
        send(ConnectionEvent::Notice("lost 3 messages".to_owned()));
        let connected = |_: &mut Dispatcher, event: Option<&ConnectionEvent>| {
            matches!(event, Some(ConnectionEvent::State(ConnectionState::Connected))).then_some(())
        };
        assert_eq!(headless.run(Duration::from_mins(1), connected).await, Ok(()));
        assert_eq!(reported.try_iter().collect::<Vec<_>>(), ["a/#: not authorized"]);
        headless.close().await;
        assert_eq!(reported.try_iter().collect::<Vec<_>>(), ["lost 3 messages"]);
    }

    #[tokio::test]
    async fn loop_without_result_ends_when_the_time_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let profile_store = ProfileStore::load(AppPaths::in_folder(folder.path())).unwrap();
        let mut headless = Headless::within_program(Arc::new(profile_store));
        assert_eq!(headless.run(Duration::ZERO, |_, _| None::<()>).await, Err(HeadlessError::TimedOut));
    }
}
