//! What is opened: a connection with its profile, its login and its dashboards.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::connections::NewConnection;
use crate::{
    app::DashboardFile,
    config::{self, ClientIdClaim, ClientIdConflict, ConfigError, Problems},
    model::{
        profile::{Profile, SecretKey},
        topic::TopicFilter,
        value::did_you_mean,
    },
    mqtt::{KeptSession, Login},
    watch::FileStamp,
};

/// A connection to open, with its dashboards.
#[derive(Debug)]
pub struct ConnectionPlan {
    /// How to reach the broker.
    pub(crate) profile: Profile,
    /// The profile of the same name in `profiles.toml` when this was planned; `None` if there was none. It may have
    /// changed until the connection is opened.
    pub(crate) configured_profile: Option<Profile>,
    /// The client ID, user name and password.
    pub(crate) login: Login,
    /// The right to use the client ID, which the connection keeps.
    pub(crate) claim: Option<Arc<ClientIdClaim>>,
    /// The session that the broker keeps from earlier runs.
    pub(crate) kept_session: KeptSession,
    /// Who uses the client ID, too.
    pub(crate) conflict: Option<ClientIdConflict>,
    /// The dashboards to open on this connection.
    pub(crate) files: Vec<DashboardFile>,
    /// What the explorer is to subscribe to, if it is to be opened, as in
    /// [`OpenedDashboards`](crate::app::OpenedDashboards).
    pub(crate) explore: Option<Vec<TopicFilter>>,
    /// The stamps of the dashboards' files, taken right before the files were read.
    pub(crate) file_stamps: Vec<(PathBuf, FileStamp)>,
    /// Why a dashboard is missing, although it belongs to the profile.
    pub(crate) problem: Option<String>,
    /// Whether secrets were not asked for, because the connection was open when this was planned.
    pub(crate) reuses_connection: bool,
}

/// A dashboard and its file's stamp, taken right before the file was read.
pub(super) type LoadedDashboard = (DashboardFile, (PathBuf, FileStamp));

impl ConnectionPlan {
    pub(crate) fn new(profile: Profile, login: Login) -> Self {
        Self {
            profile,
            configured_profile: None,
            login,
            claim: None,
            kept_session: KeptSession::default(),
            conflict: None,
            files: Vec::new(),
            explore: None,
            file_stamps: Vec::new(),
            problem: None,
            reuses_connection: false,
        }
    }

    /// Returns the connection to open, without its dashboards.
    pub(super) fn to_connection(&self) -> NewConnection {
        NewConnection {
            profile: self.profile.clone(),
            configured_profile: self.configured_profile.clone(),
            login: self.login.clone(),
            claim: self.claim.clone(),
            kept_session: self.kept_session.clone(),
        }
    }

    /// Returns a plan for the same connection without dashboards.
    pub(super) fn same_connection(&self) -> Self {
        let plan = Self::new(self.profile.clone(), self.login.clone());
        Self { configured_profile: self.configured_profile.clone(), claim: self.claim.clone(), ..plan }
    }

    pub(super) fn push_dashboard(&mut self, (file, stamp): LoadedDashboard) {
        self.files.push(file);
        self.file_stamps.push(stamp);
    }

    pub(super) fn with_dashboards(mut self, loaded: impl IntoIterator<Item = LoadedDashboard>) -> Self {
        for entry in loaded {
            self.push_dashboard(entry);
        }
        self
    }

    /// Notes that secrets were not asked for if they should have been: a connection of a profile in `open_profiles` is
    /// reused.
    pub(super) fn reusing(self, open_profiles: &[String]) -> Self {
        let reuses_connection =
            self.profile.prompted_secrets().next().is_some() && open_profiles.contains(&self.profile.name);
        Self { reuses_connection, ..self }
    }

    /// Returns the plan with the explorer opened: see `explore`.
    pub(crate) fn with_explorer(self, filters: Vec<TopicFilter>) -> Self {
        Self { explore: Some(filters), ..self }
    }

    pub(super) fn with_problem(self, problem: Option<String>) -> Self {
        Self { problem, ..self }
    }

    /// Returns a warning if a secret is sent unencrypted to another machine.
    #[must_use]
    pub(crate) fn plaintext_password_warning(&self) -> Option<String> {
        let url = &self.profile.url;
        let mut keys = self.profile.secret_sources().map(|(key, _)| key);
        let key = keys.find(|key| match key {
            SecretKey::Password => true,
            SecretKey::Header(_) => key.is_always_secret(),
            SecretKey::KeyPassword | SecretKey::ProxyPassword => false,
        })?;
        let is_exposed = !url.scheme.is_secure() && !url.is_local();
        is_exposed.then(|| format!("The {key} for {} is sent unencrypted: use mqtts:// or wss://", self.profile.name))
    }
}

/// Loads a dashboard. Its name is that of its file.
///
/// # Errors
/// When the file cannot be read or has errors.
pub(super) fn load_dashboard_file(path: PathBuf) -> Result<LoadedDashboard, Problems> {
    let stamp = FileStamp::of(&path);
    let file =
        DashboardFile { name: file_stem(&path), definition: config::load_dashboard(&path)?, path: Some(path.clone()) };
    Ok((file, (path, stamp)))
}

fn file_stem(path: &Path) -> String {
    path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// The reason why a connection or a dashboard cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionPlanError {
    /// A file has errors.
    #[error("{0}")]
    Problems(Problems),
    /// A file or a password could not be read.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There is no such profile.
    #[error("there is no profile `{name}` in {file}{help}")]
    UnknownProfile {
        /// The name that was asked for.
        name: String,
        /// The path of `profiles.toml`.
        file: String,
        /// What to do, beginning with a colon.
        help: String,
    },
    /// A dashboard names no profile, and the caller gave none.
    #[error("{0} has no profile: set `profile` in it, or open it with --profile NAME or --url mqtt://HOST")]
    MissingProfile(String),
    /// The profile names no dashboard, and no dashboard names the profile.
    #[error("the profile `{name}` has no dashboard: create one in {folder} that sets `profile = \"{name}\"`")]
    NoDashboard {
        /// The name of the profile.
        name: String,
        /// The dashboards folder.
        folder: String,
    },
}

impl ConnectionPlanError {
    /// Creates the error that none of the profiles in a file has this name.
    pub(super) fn unknown_profile(name: &str, known: &[&str], file: &Path) -> Self {
        let help = match known {
            [] => ": it has no profiles yet".to_owned(),
            names => did_you_mean(name, names.iter().copied()).map_or_else(
                || format!(": the profiles are {}", names.join(", ")),
                |suggestion| format!(": {suggestion}"),
            ),
        };
        Self::UnknownProfile { name: name.to_owned(), file: file.display().to_string(), help }
    }
}

impl From<Problems> for ConnectionPlanError {
    fn from(problems: Problems) -> Self {
        Self::Problems(problems)
    }
}
