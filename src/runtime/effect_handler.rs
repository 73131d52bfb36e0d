//! Executes the effects of the core: connections, images, scripts, files and the demo.

use std::sync::Arc;

use tokio::sync::oneshot;

#[cfg(not(feature = "images"))]
use super::image_service_disabled::ImageService;
use super::{
    ConnectionPlan, ProfileStore,
    config_watch::{ConfigWatcher, FileProblems},
    connections::Connections,
    file_service::{FileRequest, FileService},
    runtime_event::{EventSender, RuntimeEvent},
    script_runner::ScriptRunner,
    shell_effects::LoopAction,
};
#[cfg(feature = "images")]
use crate::media::ImageService;
use crate::{
    app::{
        Effect, Event, FilesEffect, FilesEvent, MediaEffect, MqttEffect, MqttEvent, OpenedDashboards, ScriptsEffect,
        SecretPrompt, SecretPurpose, ShellEvent,
    },
    config::Profiles,
    model::{
        connection::{ConnectionEvent, ConnectionId, ConnectionState, PublishRequest, PublishStatus},
        profile::{Profile, SecretKey, Secrets},
    },
    mqtt::{Client, MessageConsumer},
};

/// Executes [`Effect`]s and owns the services they need.
pub struct EffectHandler {
    pub(super) profile_store: Arc<ProfileStore>,
    pub(super) connections: Connections,
    pub(super) config_watcher: Option<ConfigWatcher>,
    pub(super) events: EventSender,
    /// The results of effects that were known at once. They do not go through the channel, where the event loop
    /// would have to wait for itself.
    results: Vec<Event>,
    file_service: Option<FileService>,
    image_service: ImageService<RuntimeEvent>,
    script_runner: ScriptRunner,
    /// What stops the collection of topics when it is dropped.
    pub(super) topic_collection: Option<oneshot::Sender<()>>,
    #[cfg(feature = "demo")]
    pub(super) demo: Option<crate::demo::Demo>,
}

impl std::fmt::Debug for EffectHandler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EffectHandler").field("connections", &self.connections.len()).finish_non_exhaustive()
    }
}

impl EffectHandler {
    /// Creates a handler without connections, whose services send their events to `events`.
    #[must_use]
    pub(super) fn new(profile_store: Arc<ProfileStore>, events: EventSender) -> Self {
        Self {
            profile_store,
            connections: Connections::default(),
            config_watcher: None,
            image_service: ImageService::new(events.clone()),
            script_runner: ScriptRunner::new(events.clone()),
            events,
            results: Vec::new(),
            file_service: None,
            topic_collection: None,
            #[cfg(feature = "demo")]
            demo: None,
        }
    }

    /// Returns whether effects have results that the app has not got yet.
    pub(super) const fn has_results(&self) -> bool {
        !self.results.is_empty()
    }

    /// Returns the results that [`take_results`](Self::take_results) will return.
    pub(super) fn results(&self) -> &[Event] {
        &self.results
    }

    /// Returns the results of effects that were known at once, in order.
    pub(super) fn take_results(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.results)
    }

    /// Opens the connection of a plan, or reuses the connection that is open for this profile.
    ///
    /// # Errors
    /// When the plan relies on an open connection that has closed since.
    pub(crate) fn open_connection(&mut self, plan: ConnectionPlan) -> Result<OpenedDashboards, Box<SecretPrompt>> {
        let existing = self.connections.of_profile(&plan.profile.name);
        if existing.is_none() && plan.reuses_connection {
            let file = plan.files.into_iter().find_map(|file| file.path);
            let key = plan.profile.prompted_secrets().next().unwrap_or(SecretKey::Password);
            let entered = Secrets::default();
            return Err(Box::new(SecretPrompt {
                profile: plan.profile.name,
                purpose: SecretPurpose::Open(file),
                key,
                entered,
            }));
        }
        let connection = existing.unwrap_or_else(|| self.connect(&plan, Vec::new()));
        let ConnectionPlan { profile, files, file_stamps, problem, explore, .. } = plan;
        self.results.extend(problem.map(|problem| Event::Shell(ShellEvent::Failure(problem))));
        if let Some(watcher) = &self.config_watcher {
            for (path, stamp) in file_stamps {
                watcher.add_read_dashboard(path, stamp);
            }
        }
        Ok(OpenedDashboards { connection, profile, files, explore })
    }

    /// Opens the connection of a plan, without its dashboards. These consumers get its messages, too, also those that a
    /// later client of the connection receives.
    pub(super) fn connect(&mut self, plan: &ConnectionPlan, consumers: Vec<Box<dyn MessageConsumer>>) -> ConnectionId {
        self.observe_claim(plan);
        self.connections.open(plan.to_connection(), consumers, self.events.clone())
    }

    /// Tells the user before the connection is opened if somebody else uses its client ID, too. Later plans know that this
    /// run uses it.
    fn observe_claim(&mut self, plan: &ConnectionPlan) {
        self.results
            .extend(plan.conflict.as_ref().map(|conflict| Event::Shell(ShellEvent::Notice(conflict.to_string()))));
        if let Some(claim) = &plan.claim {
            self.profile_store = Arc::new(self.profile_store.with_claim(claim));
        }
    }

    /// Starts to watch the profiles, the settings, the dashboards folder and every dashboard that is opened.
    pub(super) fn watch_config(&mut self) {
        self.config_watcher = Some(ConfigWatcher::start(self.profile_store.paths(), self.events.clone()));
    }

    /// Connects again with the plan, instead of the client that the connection has. Returns the profile; `None` if the
    /// connection has closed since, or if another connection of this profile was opened: it then keeps its client,
    /// because two with one client ID would take over the session from each other.
    pub(super) fn replace_connection(&mut self, id: ConnectionId, plan: ConnectionPlan) -> Option<Profile> {
        let old_name = self.connections.profile_name(id)?;
        let name = &plan.profile.name;
        if self.connections.of_profile(name).is_some_and(|other| other != id) {
            let notice = format!("{old_name} was not reconnected as {name}, which is open already");
            self.results.push(Event::Shell(ShellEvent::Notice(notice)));
            return None;
        }
        self.observe_claim(&plan);
        self.connections.replace(id, plan.to_connection(), self.events.clone()).then_some(plan.profile)
    }

    /// Replaces the profiles after `profiles.toml` was saved. The app decides about the open connections.
    pub(super) fn replace_profiles(&mut self, profiles: Result<Profiles, FileProblems>) -> Event {
        let profiles = match profiles {
            Ok(profiles) => profiles,
            Err(error) => return Event::Shell(ShellEvent::Failure(error.to_string())),
        };
        let changed = self.connections.changed_profiles(&profiles, self.profile_store.all_profiles());
        self.profile_store = Arc::new(self.profile_store.with_profiles(profiles));
        Event::Files(FilesEvent::ProfilesChanged(self.profile_store.profiles(), changed))
    }

    /// Executes an effect. Returns what is left for the event loop to do.
    pub(crate) fn execute(&mut self, effect: Effect) -> LoopAction {
        match effect {
            Effect::Mqtt(effect) => self.execute_mqtt_effect(effect),
            Effect::Files(effect) => self.execute_files_effect(effect),
            Effect::Media(MediaEffect::Decode(tile, payload)) => self.image_service.decode(tile, payload),
            Effect::Media(MediaEffect::Fetch(tile, url, options)) => self.image_service.fetch(tile, url, options),
            Effect::Scripts(ScriptsEffect::SetScripts(tile, scripts)) => self.script_runner.set_scripts(tile, scripts),
            Effect::Scripts(ScriptsEffect::Run(request)) => {
                if let Some(response) = self.script_runner.run(*request) {
                    self.results.push(Event::Scripts(response));
                }
            }
            Effect::Shell(effect) => return self.execute_shell_effect(effect),
        }
        LoopAction::Continue
    }

    fn publish(&mut self, id: ConnectionId, request: PublishRequest, publish: impl FnOnce(&Client, PublishRequest)) {
        let Some(client) = self.connections.client(id) else {
            let status = PublishStatus::Failed("not sent: the connection is closed".to_owned());
            let event = ConnectionEvent::PublishStatus(request.id, status);
            return self.results.push(Event::Mqtt(MqttEvent::Connection(id, event)));
        };
        publish(client, request);
    }

    fn execute_mqtt_effect(&mut self, effect: MqttEffect) {
        match effect {
            MqttEffect::Publish(id, request) => self.publish(id, request, Client::publish),
            MqttEffect::PublishIfConnected(id, request) => self.publish(id, request, Client::publish_if_connected),
            MqttEffect::CancelPublishes(id, requests) => self.connections.cancel(id, requests),
            MqttEffect::SetSubscriptions(id, subscriptions) => self.connections.set_subscriptions(id, subscriptions),
            MqttEffect::CloseConnection(id) => self.connections.close(id),
            MqttEffect::Reconnect(connection) => self.reconnect(connection),
            MqttEffect::ReconnectWithProfile(connection, name) => {
                self.reconnect_with(connection, &name, Secrets::default());
            }
            MqttEffect::ReconnectWithSecrets(connection, name, secrets) => {
                self.reconnect_with(connection, &name, secrets);
            }
            MqttEffect::OpenProfile(name) => self.open_profile(name, Secrets::default(), false),
            MqttEffect::OpenOrCreateFirstDashboard(name) => self.open_profile(name, Secrets::default(), true),
            MqttEffect::OpenWithSecrets(name, secrets, None) => self.open_profile(name, secrets, false),
            MqttEffect::OpenWithSecrets(name, secrets, Some(path)) => {
                self.open_dashboard_file(path, Some(name), secrets);
            }
            MqttEffect::OpenDashboardFile(path, fallback) => {
                self.open_dashboard_file(path, fallback, Secrets::default());
            }
            MqttEffect::TestConnection(profile) => self.test_profile(*profile),
            MqttEffect::CollectTopics(profile) => self.collect_topics(*profile),
            MqttEffect::StopCollectingTopics => self.topic_collection = None,
        }
    }

    fn execute_files_effect(&mut self, effect: FilesEffect) {
        match effect {
            FilesEffect::SaveStateCache(connection, state_cache) => {
                if let Some(name) = self.connections.profile_name(connection).map(str::to_owned) {
                    self.queue_file_request(FileRequest::SaveState(name, state_cache));
                }
            }
            FilesEffect::ConvertMqttDashExport(connection, payload, partial) => {
                self.import(connection, payload, partial);
            }
            effect => self.queue_file_request(FileRequest::Execute(effect)),
        }
    }

    /// Queues a request for the file service, which starts with the first one.
    pub(super) fn queue_file_request(&mut self, request: FileRequest) {
        let start = || FileService::start(self.profile_store.paths(), self.events.clone());
        self.file_service.get_or_insert_with(start).enqueue(request);
    }

    /// Returns whether file requests wait for room in the queue of the file service.
    pub(super) fn is_congested(&self) -> bool {
        self.file_service.as_ref().is_some_and(FileService::is_congested)
    }

    /// Moves waiting file requests to the file service, as far as it has room.
    pub(super) fn send_backlog(&mut self) {
        if let Some(file_service) = &mut self.file_service {
            file_service.send_backlog();
        }
    }

    /// Waits until the file service has room for waiting requests; forever if none wait. Cancel safe.
    pub(super) async fn wait_for_room(&self) {
        match &self.file_service {
            Some(file_service) if file_service.is_congested() => file_service.wait_for_room().await,
            _ => std::future::pending().await,
        }
    }

    /// Updates the services from an event before the app gets it.
    pub(crate) fn observe_event(&mut self, event: &Event) {
        self.image_service.on_event(event);
        match event {
            Event::Mqtt(MqttEvent::Connection(id, ConnectionEvent::State(ConnectionState::Connected))) => {
                self.connections.record_accepted_login(*id);
            }
            Event::Mqtt(MqttEvent::Connection(id, ConnectionEvent::SessionSubscriptions(filters))) => {
                self.connections.record_session(*id, filters);
            }
            _ => {}
        }
        if let Event::Files(files_event) = event {
            self.observe_files_event(files_event);
        }
    }

    /// Finishes all pending writes and disconnects every connection.
    pub(crate) async fn close(self) {
        if let Some(file_service) = self.file_service {
            file_service.finish().await;
        }
        self.connections.close_all().await;
        #[cfg(feature = "demo")]
        if let Some(demo) = self.demo {
            demo.stop().await;
        }
    }
}
