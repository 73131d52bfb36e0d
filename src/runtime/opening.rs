//! Opens, reconnects and tests connections: files, passwords and logins are read in the background.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::sync::oneshot;

use super::{
    ConnectionPlan, ConnectionPlanError, EffectHandler, ProfileStore,
    background::failure,
    connection_test::{collect_topics, failed_test, test_connection},
    file_service::FileRequest,
    runtime_event::RuntimeEvent,
};
use crate::{
    app::{Event, FilesEvent, ImportResult, MqttEvent, SecretPrompt, SecretPurpose},
    config::{self, SecretRequest},
    model::{
        connection::ConnectionId,
        dashboard::Dashboard,
        password::Password,
        profile::{Profile, SecretKey, Secrets},
    },
    mqtt::Login,
};

impl EffectHandler {
    /// Updates the profile store and the watched files from what happened to the files.
    pub(super) fn observe_files_event(&mut self, event: &FilesEvent) {
        match event {
            FilesEvent::ProfilesSaved(_, profiles) => {
                self.profile_store = Arc::new(self.profile_store.with_profiles(profiles.clone()));
            }
            FilesEvent::DecoderRulesChanged(loaded) | FilesEvent::DecoderRulesSaved(_, loaded) => {
                self.watch_schemas(&loaded.schemas);
            }
            FilesEvent::DecoderRulesInvalid { schemas, .. } => self.watch_schemas(schemas),
            FilesEvent::Created(path) | FilesEvent::Renamed(_, path) => self.watch_dashboard(path),
            FilesEvent::Imported(ImportResult::DashboardsOpened(opened, _)) => {
                opened.files.iter().filter_map(|file| file.path.as_deref()).for_each(|path| self.watch_dashboard(path));
            }
            _ => {}
        }
    }

    /// Watches the schemas that rules for payloads name.
    pub(super) fn watch_schemas(&self, paths: &[PathBuf]) {
        if let Some(watcher) = &self.config_watcher {
            watcher.add_schemas(paths);
        }
    }

    fn watch_dashboard(&self, path: &Path) {
        if let Some(watcher) = &self.config_watcher {
            watcher.add_dashboard(path);
        }
    }

    /// Shows a warning, once, if the password of a plan is sent unencrypted to another machine.
    pub(super) fn warn_about_plaintext_password(&mut self, plan: &ConnectionPlan) {
        if let Some(warning) = plan.plaintext_password_warning() {
            self.queue_file_request(FileRequest::ShowOnce(warning));
        }
    }

    fn open_profiles(&self) -> Vec<String> {
        self.connections.profile_names().map(str::to_owned).collect()
    }

    /// Opens the dashboards of a profile. With `create_dashboard`, creates an empty one if it has none. Asks for a secret
    /// that the profile needs and that is not among `entered`.
    pub(super) fn open_profile(&self, name: String, entered: Secrets, create_dashboard: bool) {
        let open_profiles = self.open_profiles();
        self.run_in_background(move |profile_store| {
            if create_dashboard {
                create_first_dashboard(profile_store, &name)?;
            }
            plan_profile(profile_store, &name, &entered, &open_profiles)
        });
    }

    /// Opens a dashboard. If it names no profile, uses the one of the name `fallback`. Asks for a secret as
    /// [`open_profile`](Self::open_profile) does.
    pub(super) fn open_dashboard_file(&self, path: PathBuf, fallback: Option<String>, entered: Secrets) {
        let open_profiles = self.open_profiles();
        self.run_in_background(move |profile_store| {
            plan_dashboard_file(profile_store, path, fallback.as_deref(), &entered, &open_profiles)
        });
    }

    /// Resolves the login of a profile and then reconnects a connection with it. Asks for a secret that the profile needs
    /// and that is not among `secrets`.
    fn prepare_reconnect(&self, connection: ConnectionId, profile: Profile, secrets: Secrets) {
        self.run_in_background(move |profile_store| {
            let mut entered = Entered::new(&secrets, &[]);
            match profile_store.plan_connection(profile, &mut |request| entered.answer(request)) {
                Ok(plan) => Ok(RuntimeEvent::ReconnectPlanned(connection, Box::new(plan))),
                Err(error) => entered.question(SecretPurpose::Reconnect(connection)).ok_or(error),
            }
        });
    }

    pub(super) fn test_profile(&self, profile: Profile) {
        let is_open = self.connections.of_profile(&profile.name).is_some();
        let (profile_store, events) = (Arc::clone(&self.profile_store), self.events.clone());
        tokio::spawn(async move {
            let name = profile.name.clone();
            let test = match plan_sandboxed(&profile_store, profile, is_open).await {
                Ok(plan) => Box::pin(test_connection(profile_store, plan, &events)).await,
                Err(reason) => failed_test(reason, None),
            };
            // The receiver is gone: shutting down.
            let _ = events.send(Event::Mqtt(MqttEvent::TestFinished(name, test)).into()).await;
        });
    }

    /// Collects the topics of a broker until that is stopped.
    pub(super) fn collect_topics(&mut self, profile: Profile) {
        let (stop, stopped) = oneshot::channel();
        self.topic_collection = Some(stop);
        let is_open = self.connections.of_profile(&profile.name).is_some();
        let (profile_store, events) = (Arc::clone(&self.profile_store), self.events.clone());
        tokio::spawn(async move {
            let name = profile.name.clone();
            let failed = match plan_sandboxed(&profile_store, profile, is_open).await {
                Ok(plan) => Box::pin(collect_topics(profile_store, plan, &events, stopped)).await,
                Err(reason) => Some(failed_test(reason, None)),
            };
            if let Some(test) = failed {
                // The receiver is gone: shutting down.
                let _ = events.send(Event::Mqtt(MqttEvent::TestFinished(name, test)).into()).await;
            }
        });
    }

    /// Reconnects a connection, with the current version of its profile if that has changed.
    pub(super) fn reconnect(&self, id: ConnectionId) {
        let current = self.connections.profile_name(id).and_then(|name| self.profile_store.find_profile(name));
        match current.filter(|current| !self.connections.was_opened_with(id, current)) {
            Some(changed) => self.prepare_reconnect(id, changed.clone(), Secrets::default()),
            None => self.connections.reconnect(id),
        }
    }

    /// Reconnects a connection with the profile of this name, if it still exists.
    pub(super) fn reconnect_with(&self, id: ConnectionId, name: &str, secrets: Secrets) {
        match self.profile_store.find_profile(name) {
            Some(profile) => self.prepare_reconnect(id, profile.clone(), secrets),
            None => self.connections.reconnect(id),
        }
    }
}

/// Plans a connection that leaves nothing on the broker, or returns why that is not possible.
async fn plan_sandboxed(
    profile_store: &Arc<ProfileStore>,
    profile: Profile,
    is_open: bool,
) -> Result<ConnectionPlan, String> {
    let login_store = Arc::clone(profile_store);
    let planned = tokio::task::spawn_blocking(move || {
        let plan = login_store.plan_connection(profile, &mut refuse_prompt)?;
        Ok::<_, ConnectionPlanError>(sandboxed_plan(plan, is_open))
    });
    planned.await.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
}

fn refuse_prompt(_: SecretRequest<'_>) -> io::Result<Password> {
    Err(io::Error::other("it is prompted for when the connection is opened"))
}

/// What the user has entered, and what is missing.
struct Entered<'a> {
    secrets: &'a Secrets,
    /// The profiles whose connection is open. It is reused, so what is entered for it is not sent.
    open_profiles: &'a [String],
    /// The first secret that is missing.
    missing: Option<(String, SecretKey)>,
}

impl<'a> Entered<'a> {
    const fn new(secrets: &'a Secrets, open_profiles: &'a [String]) -> Self {
        Self { secrets, open_profiles, missing: None }
    }

    fn answer(&mut self, request: SecretRequest<'_>) -> io::Result<Password> {
        if let Some(secret) = self.secrets.get(request.key) {
            return Ok(secret.clone());
        }
        if self.open_profiles.contains(&request.profile.name) {
            return Ok(Password::default());
        }
        self.missing.get_or_insert_with(|| (request.profile.name.clone(), request.key.clone()));
        refuse_prompt(request)
    }

    /// Returns the event that asks for what is missing.
    fn question(&mut self, purpose: SecretPurpose) -> Option<RuntimeEvent> {
        let (profile, key) = self.missing.take()?;
        let request = SecretPrompt { profile, purpose, key, entered: self.secrets.clone() };
        Some(Event::Mqtt(MqttEvent::SecretRequired(Box::new(request))).into())
    }

    /// Returns the plan with the saved tile state of its profile.
    fn planned(&self, profile_store: &ProfileStore, plan: ConnectionPlan) -> RuntimeEvent {
        // What was entered is meant for a new connection, if the open one has closed since.
        let plan = if *self.secrets == Secrets::default() { plan.reusing(self.open_profiles) } else { plan };
        RuntimeEvent::ConnectionPlanned(Box::new(profile_store.with_saved_state(plan)))
    }
}

/// Plans the connection of a profile with its dashboards, or asks for a secret.
fn plan_profile(
    profile_store: &ProfileStore,
    name: &str,
    secrets: &Secrets,
    open_profiles: &[String],
) -> Result<RuntimeEvent, ConnectionPlanError> {
    let mut entered = Entered::new(secrets, open_profiles);
    match profile_store.plan_for_profile(name, &mut |request| entered.answer(request)) {
        Ok(plan) => Ok(entered.planned(profile_store, plan)),
        Err(ConnectionPlanError::NoDashboard { name, .. }) => Ok(Event::Mqtt(MqttEvent::NoDashboard(name)).into()),
        Err(error) => entered.question(SecretPurpose::Open(None)).ok_or(error),
    }
}

/// Changes a plan so that a test leaves nothing on the broker and takes over no session: no will, a clean session, and a
/// generated client ID where the configured one is in use, as far as this machine knows, or has a persistent session.
fn sandboxed_plan(plan: ConnectionPlan, is_open: bool) -> ConnectionPlan {
    let ConnectionPlan { profile, login, claim, conflict, .. } = plan;
    let keeps_client_id = profile.clean_session && !is_open && profile.client_id.is_some() && conflict.is_none();
    let client_id = if keeps_client_id { login.client_id } else { config::generate_client_id() };
    let profile = Profile { will: None, clean_session: true, ..profile };
    let claim = claim.filter(|_| keeps_client_id);
    ConnectionPlan { claim, ..ConnectionPlan::new(profile, Login { client_id, ..login }) }
}

/// Plans the connection of a dashboard, or asks for a secret.
fn plan_dashboard_file(
    profile_store: &ProfileStore,
    path: PathBuf,
    fallback: Option<&str>,
    secrets: &Secrets,
    open_profiles: &[String],
) -> Result<RuntimeEvent, ConnectionPlanError> {
    let names = [path.display().to_string()];
    let mut entered = Entered::new(secrets, open_profiles);
    let mut plan = |profile: Option<&str>| {
        profile_store.plan_for_dashboards(&names, profile, None, &mut |request| entered.answer(request))
    };
    let plans = match plan(None) {
        Err(ConnectionPlanError::MissingProfile(_)) if fallback.is_some() => plan(fallback),
        plans => plans,
    };
    if let Some(question) = entered.question(SecretPurpose::Open(Some(path))) {
        return Ok(question);
    }
    Ok(match plans?.pop() {
        Some(plan) => entered.planned(profile_store, plan),
        None => failure("nothing to open".to_owned()),
    })
}

/// Creates an empty dashboard for a profile that has none.
fn create_first_dashboard(profile_store: &ProfileStore, name: &str) -> Result<(), ConnectionPlanError> {
    if profile_store.has_dashboard(name)? {
        return Ok(());
    }
    let safe_name: String =
        name.chars().map(|c| if c.is_alphanumeric() || "-_ .".contains(c) { c } else { '-' }).collect();
    let base_name = safe_name.trim_start_matches('.');
    let paths = profile_store.paths();
    let unused_name = (1..10_000)
        .map(|number| if number == 1 { base_name.to_owned() } else { format!("{base_name} {number}") })
        .find(|name| !paths.dashboard_file(name).exists());
    let dashboard = Dashboard { profile: Some(name.to_owned()), ..Dashboard::default() };
    let path = paths.dashboard_file(&unused_name.unwrap_or_default());
    Ok(config::write_atomic(&path, config::dashboard_to_toml(&dashboard).as_bytes())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::AppPaths;

    #[test]
    fn password_is_asked_for_unless_the_connection_of_the_profile_is_open() {
        let folder = tempfile::tempdir().unwrap();
        let paths = AppPaths::in_folder(folder.path());
        let profile = |name: &str| {
            format!("[profile.{name}]\nurl = \"mqtt://127.0.0.1\"\nusername = \"me\"\npassword = {{ prompt = true }}\n")
        };
        config::write_atomic(&paths.profiles_file(), (profile("hub") + &profile("hub2")).as_bytes()).unwrap();
        config::write_atomic(&paths.dashboard_file("desk"), b"profile = \"hub2\"\n").unwrap();
        let store = ProfileStore::load(paths).unwrap();
        let plan = |entered: &Secrets, open_profile: &str| {
            let file = store.dashboard_file("desk");
            plan_dashboard_file(&store, file, None, entered, &[open_profile.to_owned()]).unwrap()
        };
        let nothing = Secrets::default();
        let RuntimeEvent::App(Event::Mqtt(MqttEvent::SecretRequired(prompt))) = plan(&nothing, "hub") else {
            panic!("a similar name is not the same name");
        };
        let purpose = SecretPurpose::Open(Some(store.dashboard_file("desk")));
        let expected =
            SecretPrompt { profile: "hub2".into(), purpose, key: SecretKey::Password, entered: nothing.clone() };
        assert_eq!(*prompt, expected);
        let RuntimeEvent::ConnectionPlanned(planned) = plan(&nothing, "hub2") else { panic!("no plan") };
        assert!(planned.0.reuses_connection);
        let entered = Secrets::password_only("s3cret".into());
        let RuntimeEvent::ConnectionPlanned(planned) = plan(&entered, "hub") else { panic!("no plan") };
        assert_eq!((&planned.0.login.secrets, planned.0.reuses_connection), (&entered, false));
    }
}
