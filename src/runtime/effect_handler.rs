//! Executes the effects of the core: connections, images, scripts, files and the demo.

use std::{path::Path, sync::Arc};

use tokio::sync::mpsc::{self, Receiver, Sender};

#[cfg(not(feature = "images"))]
use super::image_service_disabled::ImageService;
use super::{
    ConnectionPlan, ProfileStore, background::ServiceEvent, config_watch, file_writer::FileWriter,
    script_runner::ScriptRunner, shell_effects::LoopAction, state_saver::StateSaver,
};
#[cfg(feature = "images")]
use crate::media::ImageService;
use crate::{
    app::{
        Effect, Event, FilesEffect, FilesEvent, ImportResult, MediaEffect, MqttEffect, MqttEvent, OpenedDashboards,
        ScriptsEffect, ShellEvent,
    },
    config::Profiles,
    model::{
        connection::{ConnectionEvent, ConnectionId},
        profile::Profile,
        settings::Settings,
    },
    mqtt::{Client, Login},
    watch::FileWatcher,
};

/// A connection and the profile it was opened with.
struct OpenConnection {
    profile_name: String,
    /// The profile in `profiles.toml` when the connection was opened.
    configured_profile: Option<Profile>,
    client: Client,
}

/// Executes [`Effect`]s and owns the services they need.
pub struct EffectHandler {
    pub(super) profile_store: Arc<ProfileStore>,
    connections: Vec<OpenConnection>,
    file_watcher: Option<FileWatcher>,
    state_saver: StateSaver,
    pub(super) connection_events: Sender<(ConnectionId, ConnectionEvent)>,
    pub(super) events: Sender<Event>,
    file_writer: Option<FileWriter>,
    image_service: ImageService,
    script_runner: ScriptRunner,
    pub(super) service_sender: Sender<ServiceEvent>,
    service_receiver: Receiver<ServiceEvent>,
    #[cfg(feature = "demo")]
    pub(super) demo: Option<crate::demo::Demo>,
}

impl std::fmt::Debug for EffectHandler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EffectHandler").field("connections", &self.connections.len()).finish_non_exhaustive()
    }
}

impl EffectHandler {
    /// Creates a handler without connections. Connection events and all other events go to the senders.
    #[must_use]
    pub(crate) fn new(
        profile_store: ProfileStore,
        connection_events: Sender<(ConnectionId, ConnectionEvent)>,
        events: Sender<Event>,
    ) -> Self {
        let (service_sender, service_receiver) = mpsc::channel(1);
        let profile_store = Arc::new(profile_store);
        Self {
            state_saver: StateSaver::new(Arc::clone(&profile_store)),
            profile_store,
            connections: Vec::new(),
            file_watcher: None,
            connection_events,
            image_service: ImageService::new(events.clone()),
            script_runner: ScriptRunner::new(events.clone()),
            events,
            file_writer: None,
            service_sender,
            service_receiver,
            #[cfg(feature = "demo")]
            demo: None,
        }
    }

    /// Opens the connection of a plan, or reuses the connection that is open for this profile.
    pub(crate) fn open_connection(&mut self, plan: ConnectionPlan) -> OpenedDashboards {
        if let Some(warning) =
            plan.plaintext_password_warning().filter(|warning| !self.profile_store.was_notice_shown(warning))
        {
            self.send_service_event(ServiceEvent::OneTimeNotice(warning));
        }
        let ConnectionPlan { profile, login, files, file_stamps, notice } = plan;
        if let Some(notice) = notice {
            self.send_service_event(ServiceEvent::Failed(notice));
        }
        if let Some(watcher) = &self.file_watcher {
            for (path, stamp) in file_stamps {
                watcher.add_read(path, stamp);
            }
        }
        let existing = self.connections.iter().position(|open_connection| open_connection.profile_name == profile.name);
        let connection = ConnectionId(existing.unwrap_or(self.connections.len()));
        if existing.is_none() {
            let open_connection = self.connect(connection, &profile, login);
            self.connections.push(open_connection);
        }
        OpenedDashboards { connection, profile, files }
    }

    /// Returns the name of the profile of a connection.
    pub(super) fn profile_name(&self, connection: ConnectionId) -> Option<&str> {
        self.connections.get(connection.0).map(|open_connection| open_connection.profile_name.as_str())
    }

    /// Runs `work` on a blocking thread and sends the event it returns to the loop.
    pub(super) fn compute_in_background(&self, work: impl FnOnce(&ProfileStore) -> Event + Send + 'static) {
        let (profile_store, service_sender) = (Arc::clone(&self.profile_store), self.service_sender.clone());
        tokio::task::spawn_blocking(move || {
            // The receiver is gone: shutting down.
            let _ = service_sender.blocking_send(ServiceEvent::AppEvent(work(&profile_store)));
        });
    }

    fn connect(&self, connection: ConnectionId, profile: &Profile, login: Login) -> OpenConnection {
        OpenConnection {
            profile_name: profile.name.clone(),
            configured_profile: self.profile_store.find_profile(&profile.name).cloned(),
            client: Client::open(connection, profile.clone(), login, self.connection_events.clone()),
        }
    }

    /// Starts to watch the profiles, the settings, the dashboards folder and every dashboard that is opened.
    pub(crate) fn watch_config(&mut self, events: Sender<Event>, settings: Sender<Result<Settings, String>>) {
        let service_sender = self.service_sender.clone();
        self.file_watcher =
            Some(config_watch::watch_config(self.profile_store.paths(), events, settings, move |profiles| {
                // The receiver is gone: shutting down.
                let _ = service_sender.blocking_send(ServiceEvent::ProfilesReloaded(profiles));
            }));
    }

    /// Replaces the profiles after `profiles.toml` was saved. Open connections keep their old profile
    /// until the user reconnects.
    fn replace_profiles(&mut self, profiles: Result<Profiles, String>) -> Event {
        let profiles = match profiles {
            Ok(profiles) => profiles,
            Err(error) => return Event::Shell(ShellEvent::Notice(error)),
        };
        let has_changed = |open_connection: &&OpenConnection| {
            let current = profiles.by_name(&open_connection.profile_name);
            current.is_some()
                && current != open_connection.configured_profile.as_ref()
                && current != self.profile_store.find_profile(&open_connection.profile_name)
        };
        let notice = self.connections.iter().find(has_changed).map(|open_connection| {
            format!("The profile {} has changed: reconnect to use it", open_connection.profile_name)
        });
        self.profile_store = Arc::new(self.profile_store.with_profiles(profiles));
        Event::Files(FilesEvent::ProfilesChanged(self.profile_store.profiles(), notice))
    }

    /// Reconnects a connection, with the current version of its profile if that has changed.
    fn reconnect(&self, connection: ConnectionId) {
        let Some(open_connection) = self.connections.get(connection.0) else {
            return;
        };
        let Some(profile) = self
            .profile_store
            .find_profile(&open_connection.profile_name)
            .filter(|current| open_connection.configured_profile.as_ref() != Some(*current))
            .cloned()
        else {
            return open_connection.client.reconnect();
        };
        self.prepare_reconnect(connection, profile);
    }

    /// Executes an effect. Returns what is left for the event loop to do.
    pub(crate) fn execute(&mut self, effect: Effect) -> LoopAction {
        match effect {
            Effect::Mqtt(effect) => self.execute_mqtt_effect(effect),
            Effect::Files(effect) => self.execute_files_effect(effect),
            Effect::Media(MediaEffect::Decode(tile, payload)) => self.image_service.decode(tile, payload),
            Effect::Media(MediaEffect::Fetch(tile, url, validator)) => self.image_service.fetch(tile, url, validator),
            Effect::Scripts(ScriptsEffect::SetScripts(tile, scripts)) => self.script_runner.set_scripts(tile, scripts),
            Effect::Scripts(ScriptsEffect::Run(request)) => {
                if let Some(response) = self.script_runner.run(*request) {
                    self.send_service_event(ServiceEvent::ScriptFinished(response));
                }
            }
            Effect::Shell(effect) => return self.execute_shell_effect(effect),
        }
        LoopAction::Continue
    }

    fn execute_mqtt_effect(&self, effect: MqttEffect) {
        let client = |connection: ConnectionId| {
            self.connections.get(connection.0).map(|open_connection| &open_connection.client)
        };
        match effect {
            MqttEffect::Publish(connection, request) => {
                if let Some(client) = client(connection) {
                    client.publish(request);
                }
            }
            MqttEffect::SetSubscriptions(connection, subscriptions) => {
                if let Some(client) = client(connection) {
                    client.set_subscriptions(subscriptions);
                }
            }
            MqttEffect::Reconnect(connection) => self.reconnect(connection),
            MqttEffect::ReconnectWithProfile(connection, name) => {
                if let Some(profile) = self.profile_store.find_profile(&name).cloned() {
                    self.prepare_reconnect(connection, profile);
                }
            }
            MqttEffect::OpenProfile(name) => self.open_profile(name, None, false),
            MqttEffect::OpenOrCreateFirstDashboard(name) => self.open_profile(name, None, true),
            MqttEffect::OpenWithPassword(name, password) => self.open_profile(name, Some(password.0), false),
            MqttEffect::OpenDashboardFile(path, fallback) => self.open_dashboard_file(&path, fallback),
            MqttEffect::TestConnection(profile) => self.test_profile(*profile),
        }
    }

    fn execute_files_effect(&mut self, effect: FilesEffect) {
        match effect {
            FilesEffect::SaveGrantedFingerprint(fingerprint) => {
                if let Err(error) = self.profile_store.grant_fingerprint(&fingerprint) {
                    self.send_service_event(ServiceEvent::Failed(error.to_string()));
                }
            }
            FilesEffect::SaveStateCache(connection, state_cache) => {
                if let Some(open_connection) = self.connections.get(connection.0) {
                    self.state_saver.save(open_connection.profile_name.clone(), state_cache);
                }
            }
            FilesEffect::ConvertMqttDashExport(connection, payload, partial) => {
                self.import(connection, payload, partial);
            }
            edit => {
                let (paths, events) = (self.profile_store.paths(), self.events.clone());
                self.file_writer.get_or_insert_with(|| FileWriter::start(paths, events)).enqueue(edit);
            }
        }
    }

    /// Loads the saved tile state of a connection. Returns `None` for a demo, which always starts without.
    #[must_use]
    pub(crate) fn load_saved_state(&self, connection: ConnectionId) -> Option<Event> {
        #[cfg(feature = "demo")]
        if self.demo.is_some() {
            return None;
        }
        let name = &self.connections.get(connection.0)?.profile_name;
        Some(Event::Files(FilesEvent::StateCacheLoaded(connection, self.profile_store.load_state_cache(name))))
    }

    /// Updates the services from an event before the app gets it.
    pub(crate) fn observe_event(&mut self, event: &Event) {
        self.image_service.on_event(event);
        if let Event::Files(files_event) = event {
            self.observe_files_event(files_event);
        }
    }

    /// Returns whether a demo is running.
    #[must_use]
    #[cfg_attr(not(feature = "demo"), expect(clippy::unused_self, reason = "no demo runs without the feature"))]
    pub(crate) const fn is_demo_running(&self) -> bool {
        #[cfg(feature = "demo")]
        return self.demo.is_some();
        #[cfg(not(feature = "demo"))]
        return false;
    }

    /// Takes over a running demo, which [`close`](Self::close) stops.
    #[cfg(feature = "demo")]
    pub(crate) fn attach_demo(&mut self, demo: crate::demo::Demo) {
        self.demo = Some(demo);
    }

    /// Finishes all pending writes and disconnects every connection.
    pub(crate) async fn close(self) {
        if let Some(file_writer) = self.file_writer {
            file_writer.finish();
        }
        self.state_saver.close().await;
        futures_util::future::join_all(
            self.connections.into_iter().map(|open_connection| open_connection.client.close()),
        )
        .await;
        #[cfg(feature = "demo")]
        if let Some(demo) = self.demo {
            demo.stop().await;
        }
    }

    /// Waits for the result of work that runs in the background.
    pub(crate) async fn next_service_event(&mut self) -> Event {
        match self.service_receiver.recv().await {
            Some(ServiceEvent::ConnectionPlanned(prepared)) => {
                let (plan, state_cache) = *prepared;
                let opened = self.open_connection(plan);
                self.send_service_event(ServiceEvent::StateLoaded(opened.connection, state_cache));
                Event::Mqtt(MqttEvent::DashboardsOpened(Box::new(opened)))
            }
            Some(ServiceEvent::StateLoaded(connection, state_cache)) => {
                Event::Files(FilesEvent::StateCacheLoaded(connection, state_cache))
            }
            Some(ServiceEvent::ReconnectPlanned(connection, plan)) => {
                let ConnectionPlan { profile, login, .. } = *plan;
                let reconnected = self.connect(connection, &profile, login);
                if let Some(open_connection) = self.connections.get_mut(connection.0) {
                    // Dropping the old client disconnects it in the background.
                    *open_connection = reconnected;
                }
                Event::Mqtt(MqttEvent::Reconfigured(connection, Box::new(profile)))
            }
            Some(ServiceEvent::ProfilesReloaded(profiles)) => self.replace_profiles(profiles),
            #[cfg(feature = "demo")]
            Some(ServiceEvent::DemoStarted(started)) => {
                let (demo, plan) = *started;
                self.demo = Some(demo);
                Event::Mqtt(MqttEvent::DashboardsOpened(Box::new(self.open_connection(plan))))
            }
            Some(ServiceEvent::ScriptFinished(response)) => Event::Scripts(response),
            Some(ServiceEvent::AppEvent(event)) => {
                if let Event::Files(FilesEvent::Imported(ImportResult::DashboardsOpened(opened, _))) = &event {
                    opened.files.iter().filter_map(|file| file.path.as_deref()).for_each(|path| self.watch_file(path));
                }
                event
            }
            Some(ServiceEvent::Failed(error)) => Event::Shell(ShellEvent::Notice(error)),
            Some(ServiceEvent::OneTimeNotice(notice)) => {
                self.profile_store.mark_notice_shown(&notice);
                Event::Shell(ShellEvent::Notice(notice))
            }
            None => std::future::pending().await,
        }
    }

    /// Adds a file to the watched files.
    pub(super) fn watch_file(&self, path: &Path) {
        if let Some(watcher) = &self.file_watcher {
            watcher.add(path.to_owned());
        }
    }

    /// Returns whether a connection with the profile of this name is open.
    pub(super) fn has_connection(&self, name: &str) -> bool {
        self.connections.iter().any(|open_connection| open_connection.profile_name == name)
    }

    /// Returns the profile names of all open connections.
    pub(super) fn open_profile_names(&self) -> Vec<String> {
        self.connections.iter().map(|open_connection| open_connection.profile_name.clone()).collect()
    }
}
