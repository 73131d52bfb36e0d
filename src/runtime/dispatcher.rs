//! The part of the event loop that needs no terminal: passes events to the [`App`] and executes the effects it
//! returns.

use std::{pin::pin, sync::Arc, time::Duration};

use tokio::{
    sync::mpsc::Receiver,
    time::{Instant, sleep_until},
};

use super::{
    Clock, ConnectionPlan, EffectHandler, ProfileStore,
    file_service::FileRequest,
    runtime_event::{self, RuntimeEvent},
    shell_effects::LoopAction,
};
use crate::{
    app::{App, Effect, Event, FilesEvent, MqttEvent, ShellEvent},
    model::{open_tabs::OpenTabs, state_cache::StateCache, time::Time},
};

/// How long events are handled before the keyboard, the timer and the screen get their turn.
const EVENT_BUDGET: Duration = Duration::from_millis(5);

/// The app, and what it needs to run.
#[derive(Debug)]
pub(crate) struct Dispatcher {
    /// The state of the program.
    pub app: App,
    /// Executes the effects.
    pub effect_handler: EffectHandler,
    /// The time of the app.
    pub clock: Clock,
    events: Receiver<RuntimeEvent>,
    /// When the app needs [`Event::Timer`], as of the last [`plan_timer`](Self::plan_timer).
    timer_at: Option<Time>,
    /// The tabs as they were saved last; `None` if this run saves none.
    saved_tabs: Option<OpenTabs>,
    /// Whether something has happened since then that changes tabs.
    tabs_may_differ: bool,
}

impl Dispatcher {
    /// Creates a dispatcher without connections.
    #[must_use]
    pub fn new(app: App, profile_store: impl Into<Arc<ProfileStore>>, clock: Clock) -> Self {
        let (sender, events) = runtime_event::channel();
        let effect_handler = EffectHandler::new(profile_store.into(), sender);
        Self { app, effect_handler, clock, events, timer_at: None, saved_tabs: None, tabs_may_differ: false }
    }

    /// Opens the connection and the dashboards of a plan.
    pub fn open(&mut self, plan: ConnectionPlan) {
        self.open_plan(plan, None, &mut Vec::new());
    }

    /// Opens the connection and the dashboards of a plan, with the values that were saved at the end of the last
    /// run. Reads files: for the start of the program.
    pub fn open_with_saved_state(&mut self, plan: ConnectionPlan) {
        let (plan, state_cache) = self.effect_handler.profile_store.with_saved_state(plan);
        self.open_plan(plan, Some(state_cache), &mut Vec::new());
    }

    /// Takes over a running demo, which is stopped at the end.
    #[cfg(feature = "demo")]
    pub fn attach_demo(&mut self, demo: crate::demo::Demo) {
        self.effect_handler.demo = Some(demo);
        self.app.environment.demo_running = true;
    }

    /// Passes an event to the app. Returns what is left for the caller to do.
    pub fn dispatch(&mut self, event: Event) -> Vec<LoopAction> {
        let mut actions = Vec::new();
        self.update(event, &mut actions);
        actions
    }

    /// Executes effects. What only concerns a terminal is left out.
    pub fn execute(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.effect_handler.execute(effect);
        }
    }

    /// Evaluates the tiles whose messages have not been evaluated yet.
    pub fn resolve_values(&mut self) {
        let effects = self.app.resolve_values(self.clock.now());
        self.execute(effects);
    }

    /// Asks the app when it needs the timer.
    ///
    /// A time stays as it is until it has come: when asked again under load, the app names the next one.
    pub fn plan_timer(&mut self) {
        let planned = self.app.next_wakeup(self.clock.now());
        self.timer_at = [self.timer_at, planned].into_iter().flatten().min();
    }

    /// Returns whether more file requests wait than the file service takes: the user has to wait, too.
    pub fn is_congested(&self) -> bool {
        self.effect_handler.is_congested()
    }

    /// Waits for the next event. There is none if the timer, the result of an effect or room for waiting file
    /// requests comes first. Cancel safe.
    pub async fn wait(&mut self) -> Option<RuntimeEvent> {
        if self.effect_handler.has_results() {
            return None;
        }
        let timer_at = self.timer_at.map(|at| self.clock.instant(at));
        tokio::select! {
            biased;
            Some(event) = self.events.recv() => Some(event),
            () = self.effect_handler.wait_for_room() => None,
            () = wait_until(timer_at) => None,
        }
    }

    /// Handles an event, if any, and those that wait behind it, for a limited time. Then handles the timer if its
    /// time has come, however many events still wait. Returns what is left for the caller to do.
    pub fn handle(&mut self, first: Option<RuntimeEvent>) -> Vec<LoopAction> {
        self.handle_for(EVENT_BUDGET, first)
    }

    /// Handles an event, if any, and the timer like [`handle`](Self::handle), but not the events that wait.
    pub fn handle_one(&mut self, event: Option<RuntimeEvent>) {
        self.handle_for(Duration::ZERO, event);
    }

    fn handle_for(&mut self, budget: Duration, first: Option<RuntimeEvent>) -> Vec<LoopAction> {
        let mut actions = Vec::new();
        self.effect_handler.send_backlog();
        for result in self.effect_handler.take_results() {
            self.update(result, &mut actions);
        }
        let until = Instant::now() + budget;
        let mut next = first;
        while let Some(event) = next {
            self.handle_event(event, &mut actions);
            next = if Instant::now() < until { self.events.try_recv().ok() } else { None };
        }
        self.fire_timer(&mut actions);
        actions
    }

    fn fire_timer(&mut self, actions: &mut Vec<LoopAction>) {
        if self.timer_at.take_if(|at| *at <= self.clock.now()).is_some() {
            self.update(Event::Timer, actions);
        }
    }

    fn handle_event(&mut self, event: RuntimeEvent, actions: &mut Vec<LoopAction>) {
        match event {
            RuntimeEvent::App(event) => {
                self.effect_handler.observe_event(&event);
                self.update(event, actions);
            }
            RuntimeEvent::ConnectionPlanned(planned) => {
                let (plan, state_cache) = *planned;
                self.open_plan(plan, Some(state_cache), actions);
            }
            RuntimeEvent::ReconnectPlanned(connection, plan) => {
                if let Some(profile) = self.effect_handler.replace_connection(connection, *plan) {
                    self.update(Event::Mqtt(MqttEvent::Reconfigured(connection, Box::new(profile))), actions);
                }
            }
            RuntimeEvent::ProfilesReloaded(profiles) => {
                let event = self.effect_handler.replace_profiles(profiles);
                self.update(event, actions);
            }
            RuntimeEvent::SettingsReloaded(loaded) => match *loaded {
                Ok(settings) => {
                    self.app.explorer_limits = settings.explorer.0.clone();
                    actions.push(LoopAction::ApplySettings(Box::new(settings)));
                }
                Err(error) => self.update(Event::Shell(ShellEvent::Failure(error.describe_all())), actions),
            },
            RuntimeEvent::TileFound(path, line) => actions.push(LoopAction::EditFile(path, line)),
            #[cfg(feature = "demo")]
            RuntimeEvent::DemoStarted(started) => {
                let (demo, plan) = *started;
                self.attach_demo(demo);
                self.open_plan(plan, None, actions);
            }
        }
    }

    fn open_plan(&mut self, plan: ConnectionPlan, state_cache: Option<StateCache>, actions: &mut Vec<LoopAction>) {
        self.effect_handler.warn_about_plaintext_password(&plan);
        let opened = match self.effect_handler.open_connection(plan) {
            Ok(opened) => opened,
            Err(prompt) => return self.update(Event::Mqtt(MqttEvent::SecretRequired(prompt)), actions),
        };
        let connection = opened.connection;
        self.update(Event::Mqtt(MqttEvent::DashboardsOpened(Box::new(opened))), actions);
        if let Some(state_cache) = state_cache {
            self.update(Event::Files(FilesEvent::StateCacheLoaded(connection, state_cache)), actions);
        }
    }

    /// Passes an event to the app and executes the effects.
    fn update(&mut self, event: Event, actions: &mut Vec<LoopAction>) {
        self.tabs_may_differ |=
            matches!(event, Event::Action(_) | Event::Files(_) | Event::Mqtt(MqttEvent::DashboardsOpened(_)));
        for effect in self.app.update(event, self.clock.now()) {
            match self.effect_handler.execute(effect) {
                LoopAction::Continue => {}
                action => actions.push(action),
            }
        }
    }

    /// Saves the state of the tiles for the next run.
    pub fn save_state(&mut self) {
        let effects = self.app.save_on_exit(self.clock.now());
        self.execute(effects);
    }

    /// Saves the tabs of this run for the next start from now on. `last` are those that are saved already.
    pub(super) fn keep_tabs(&mut self, last: OpenTabs) {
        self.saved_tabs = Some(last);
    }

    /// Saves the tabs if they have changed: nobody may be there to do so at the end of the program, if it is killed.
    pub(super) fn save_changed_tabs(&mut self) {
        if std::mem::take(&mut self.tabs_may_differ)
            && let Some(saved) = &self.saved_tabs
            && let tabs = self.app.tabs_to_save()
            && !tabs.has_same_tabs(saved)
        {
            self.saved_tabs = Some(tabs.clone());
            self.effect_handler.queue_file_request(FileRequest::SaveTabs(tabs));
        }
    }

    /// Saves the tabs with the selected tiles, if this run saves any.
    pub(super) fn save_tabs(&mut self) {
        if self.saved_tabs.is_some() {
            self.effect_handler.queue_file_request(FileRequest::SaveTabs(self.app.tabs_to_save()));
        }
    }

    /// Finishes all pending writes, and closes every connection. The app gets no event any more; `on_event` gets those
    /// that still arrive. Returns the app.
    pub async fn close(self, mut on_event: impl FnMut(&RuntimeEvent)) -> App {
        let Self { app, effect_handler, mut events, .. } = self;
        let mut closing = pin!(effect_handler.close());
        loop {
            // Also while closing, nobody may have to wait for a place in the channel. Not biased: a saturated connection
            // would keep the others from closing.
            tokio::select! {
                Some(event) = events.recv() => on_event(&event),
                () = &mut closing => break,
            }
        }
        while let Ok(event) = events.try_recv() {
            on_event(&event);
        }
        app
    }
}

async fn wait_until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::{
        app::{DashboardFile, MqttEffect, Screen},
        config::{self, AppPaths},
        model::{
            batch::{Batch, MessageRef},
            connection::{ConnectionEvent, ConnectionId, PublishId, PublishRequest, PublishStatus, Qos},
            dashboard::Dashboard,
            edit::Profiles,
            profile::{BrokerUrl, Profile},
            topic::Topic,
        },
        mqtt::Login,
    };

    fn dispatcher(folder: &tempfile::TempDir) -> Dispatcher {
        let profile_store = ProfileStore::load(AppPaths::in_folder(folder.path())).unwrap();
        Dispatcher::new(App::new((80, 24)), profile_store, Clock::start())
    }

    /// Fills the channel without a pause, as a connection does that receives more than the app can handle.
    fn saturate(dispatcher: &Dispatcher, connection: ConnectionId) {
        let events = dispatcher.effect_handler.events.clone();
        let message = MessageRef { topic: "a", payload: b"1", qos: Qos::AtMostOnce, retain: false, properties: None };
        let messages = move || ConnectionEvent::Messages(Arc::new(Batch::from_iter([message])));
        tokio::spawn(async move { while events.send((connection, messages()).into()).await.is_ok() {} });
    }

    async fn turn(dispatcher: &mut Dispatcher) {
        dispatcher.plan_timer();
        let event = dispatcher.wait().await;
        dispatcher.handle(event);
    }

    #[tokio::test]
    async fn saturated_connections_do_not_starve_the_events_of_other_sources() {
        let folder = tempfile::tempdir().unwrap();
        let mut dispatcher = dispatcher(&folder);
        saturate(&dispatcher, ConnectionId(0));
        saturate(&dispatcher, ConnectionId(1));
        turn(&mut dispatcher).await;
        let events = dispatcher.effect_handler.events.clone();
        tokio::spawn(
            async move { events.send(Event::Files(FilesEvent::DashboardsListed(vec!["x".into()])).into()).await },
        );
        for _ in 0..4 {
            turn(&mut dispatcher).await;
        }
        assert_eq!(dispatcher.app.editor_state.dashboard_files, ["x"]);
    }

    #[tokio::test]
    async fn saturated_connection_does_not_starve_the_timer() {
        let folder = tempfile::tempdir().unwrap();
        let mut dispatcher = dispatcher(&folder);
        saturate(&dispatcher, ConnectionId(0));
        dispatcher.app.notify("expired long ago", Time::default());
        turn(&mut dispatcher).await;
        assert!(dispatcher.app.notice().is_none());
    }

    fn plan(profile: &str) -> ConnectionPlan {
        let url = BrokerUrl::parse("mqtt://127.0.0.1:1").unwrap();
        let login = Login { client_id: "test".into(), ..Login::default() };
        ConnectionPlan::new(Profile { name: profile.into(), url, ..Profile::default() }, login)
    }

    #[tokio::test]
    async fn changed_tabs_are_saved_before_the_program_ends() {
        let folder = tempfile::tempdir().unwrap();
        let paths = AppPaths::in_folder(folder.path());
        let mut dispatcher = dispatcher(&folder);
        let plans = [with_dashboard(plan("hub"), "desk"), with_dashboard(plan("shed"), "bench")];
        let profiles = plans.iter().map(|plan| plan.profile.clone()).collect();
        dispatcher.app.set_profiles(Profiles { default: None, profiles });
        dispatcher.keep_tabs(OpenTabs::default());
        for plan in plans {
            dispatcher.open(plan);
        }
        dispatcher.save_changed_tabs();
        assert!(!dispatcher.tabs_may_differ, "they are compared only after something has happened");
        // The end of the program waits for the file service, and does not save the tabs itself.
        dispatcher.close(|_| {}).await;
        let saved = config::load_open_tabs(&paths).tabs;
        let names: Vec<_> = saved.iter().map(|tab| (tab.path.to_str().unwrap(), tab.profile.as_str())).collect();
        assert_eq!(names, [("/desk.toml", "hub"), ("/bench.toml", "shed")]);
    }

    fn open_connections(dispatcher: &Dispatcher) -> Vec<ConnectionId> {
        dispatcher.app.connections.iter().map(|connection| connection.id).collect()
    }

    fn with_dashboard(plan: ConnectionPlan, name: &str) -> ConnectionPlan {
        let definition = Dashboard::default();
        let path = Some(PathBuf::from(format!("/{name}.toml")));
        ConnectionPlan { files: vec![DashboardFile { name: name.into(), path, definition }], ..plan }
    }

    #[tokio::test]
    async fn connection_closes_with_its_last_dashboard_and_its_id_is_not_used_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut dispatcher = dispatcher(&folder);
        dispatcher.open(with_dashboard(plan("a"), "a"));
        dispatcher.open(with_dashboard(plan("b"), "b"));
        let [a, b] = open_connections(&dispatcher)[..] else { panic!("{:?}", dispatcher.app.connections) };
        dispatcher.dispatch(Event::Files(FilesEvent::Deleted("/a.toml".into())));
        assert_eq!(open_connections(&dispatcher), [b]);
        assert_eq!(dispatcher.effect_handler.connections.of_profile("a"), None);
        dispatcher.open(with_dashboard(plan("a"), "a"));
        assert!(![a, b].contains(&open_connections(&dispatcher)[1]));
    }

    #[tokio::test]
    async fn publish_request_for_a_closed_connection_ends_as_failed() {
        let folder = tempfile::tempdir().unwrap();
        let mut dispatcher = dispatcher(&folder);
        let topic = Topic::new("a").unwrap();
        let request = PublishRequest {
            id: PublishId(1),
            topic,
            payload: [].into(),
            qos: Qos::AtMostOnce,
            retain: false,
            properties: None,
        };
        dispatcher.execute(vec![MqttEffect::Publish(ConnectionId(5), request).into()]);
        let [Event::Mqtt(MqttEvent::Connection(_, ConnectionEvent::PublishStatus(PublishId(1), status)))] =
            dispatcher.effect_handler.results()
        else {
            panic!("{:?}", dispatcher.effect_handler.results());
        };
        assert!(matches!(status, PublishStatus::Failed(_)), "{status:?}");
    }

    #[tokio::test]
    async fn plan_that_relies_on_a_connection_that_has_closed_asks_for_the_password() {
        let folder = tempfile::tempdir().unwrap();
        let mut dispatcher = dispatcher(&folder);
        dispatcher.open(ConnectionPlan { reuses_connection: true, ..with_dashboard(plan("a"), "a") });
        assert!(matches!(&dispatcher.app.focus, Screen::PasswordPrompt(screen) if screen.prompt.profile == "a"));
        assert_eq!(dispatcher.effect_handler.connections.of_profile("a"), None);
    }

    #[tokio::test]
    async fn connection_that_has_closed_does_not_reconnect_with_a_late_plan() {
        let folder = tempfile::tempdir().unwrap();
        let mut dispatcher = dispatcher(&folder);
        dispatcher.handle_one(Some(RuntimeEvent::ReconnectPlanned(ConnectionId(5), Box::new(plan("a")))));
        assert_eq!(dispatcher.effect_handler.connections.of_profile("a"), None);
    }

    #[tokio::test]
    async fn timer_keeps_its_time_when_it_is_planned_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut dispatcher = dispatcher(&folder);
        dispatcher.app.notify("first", Time::default());
        dispatcher.plan_timer();
        let planned = dispatcher.timer_at;
        dispatcher.app.notify("second", dispatcher.clock.now());
        dispatcher.plan_timer();
        assert_eq!(dispatcher.timer_at, planned);
    }

    #[tokio::test]
    async fn late_plan_is_not_taken_for_the_current_profile() {
        let folder = tempfile::tempdir().unwrap();
        let profiles_file = AppPaths::in_folder(folder.path()).profiles_file();
        let save = |keep_alive: u16| {
            let text = format!("[profile.a]\nurl = \"mqtt://127.0.0.1:1\"\nkeep_alive = {keep_alive}\n");
            crate::config::write_atomic(&profiles_file, text.as_bytes()).unwrap();
        };
        save(66);
        let planned_with = ProfileStore::load(AppPaths::in_folder(folder.path())).unwrap();
        let profile = planned_with.require_profile("a").unwrap();
        let plan = planned_with.plan_connection(profile.clone(), &mut |_| unreachable!()).unwrap();
        save(77);
        let mut dispatcher = dispatcher(&folder);
        dispatcher.open(with_dashboard(plan, "a"));
        let [id] = open_connections(&dispatcher)[..] else { panic!() };
        let connections = &dispatcher.effect_handler.connections;
        assert!(connections.was_opened_with(id, &profile));
        let current = dispatcher.effect_handler.profile_store.require_profile("a").unwrap();
        assert!(!connections.was_opened_with(id, &current), "a reconnect would not use the new profile");
    }

    #[tokio::test]
    async fn late_plan_for_a_renamed_profile_does_not_connect_it_twice() {
        let folder = tempfile::tempdir().unwrap();
        let mut dispatcher = dispatcher(&folder);
        dispatcher.open(with_dashboard(plan("a"), "a"));
        let [a] = open_connections(&dispatcher)[..] else { panic!() };
        // `a` was renamed to `b`; while the plan to reconnect waits for a password command, the user opens `b`.
        dispatcher.open(with_dashboard(plan("b"), "b"));
        dispatcher.handle_one(Some(RuntimeEvent::ReconnectPlanned(a, Box::new(plan("b")))));
        let names: Vec<&str> = dispatcher.effect_handler.connections.profile_names().collect();
        assert_eq!(names, ["a", "b"]);
        let shown: Vec<&str> = dispatcher.app.connections.iter().map(|connection| &*connection.name).collect();
        assert_eq!(shown, names);
        dispatcher.handle_one(None);
        assert!(dispatcher.app.notice().is_some_and(|notice| notice.text.contains("not reconnected")));
    }
}
