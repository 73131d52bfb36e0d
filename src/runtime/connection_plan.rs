//! From names on the command line or in a list to what is opened: profiles, logins, dashboards.

use std::{
    io,
    net::IpAddr,
    path::{Path, PathBuf},
};

use crate::{
    app::DashboardFile,
    config::{self, AppPaths, ConfigError, Problems, Profiles},
    model::{
        profile::{BrokerUrl, Profile},
        state_cache::StateCache,
    },
    mqtt::Login,
    watch::FileStamp,
};

/// What is to be opened on one line.
#[derive(Debug)]
pub struct ConnectionPlan {
    /// How the broker is reached.
    pub profile: Profile,
    /// Who logs in.
    pub login: Login,
    /// The dashboards.
    pub files: Vec<DashboardFile>,
    /// What their files were right before they were read.
    pub file_stamps: Vec<(PathBuf, FileStamp)>,
}

/// A dashboard that was read, and what its file was right before.
type LoadedDashboard = (DashboardFile, (PathBuf, FileStamp));

impl ConnectionPlan {
    fn new(profile: Profile, login: Login) -> Self {
        Self { profile, login, files: Vec::new(), file_stamps: Vec::new() }
    }

    fn push_dashboard(&mut self, (file, stamp): LoadedDashboard) {
        self.files.push(file);
        self.file_stamps.push(stamp);
    }

    fn with_dashboards(mut self, loaded: impl IntoIterator<Item = LoadedDashboard>) -> Self {
        for entry in loaded {
            self.push_dashboard(entry);
        }
        self
    }

    /// What the person is to know once, if the password goes to another machine for all to read.
    #[must_use]
    pub fn plaintext_password_warning(&self) -> Option<String> {
        let url = &self.profile.url;
        let is_local = url.host == "localhost" || url.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        (self.login.password.is_some() && !url.scheme.is_secure() && !is_local).then(|| {
            format!("The password for {} goes there unencrypted: mqtts:// or wss:// keeps it secret", self.profile.name)
        })
    }
}

/// Why something cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionPlanError {
    /// A file has mistakes.
    #[error("{0}")]
    Problems(Problems),
    /// A file, a password or a name could not be had.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There is no such profile.
    #[error("there is no profile `{name}` in {file}{help}")]
    UnknownProfile {
        /// The name that was given.
        name: String,
        /// The file of profiles.
        file: String,
        /// What to do.
        help: String,
    },
    /// A dashboard names no profile, and none was given.
    #[error("{0} names no profile: open it with --profile NAME or --url mqtt://HOST, or set `profile` in it")]
    MissingProfile(String),
    /// No dashboard belongs to the profile.
    #[error("no dashboard belongs to the profile `{name}`: write one into {folder} with `profile = \"{name}\"` in it")]
    NoDashboard {
        /// The profile.
        name: String,
        /// Where dashboards are looked for.
        folder: String,
    },
}

impl From<Problems> for ConnectionPlanError {
    fn from(problems: Problems) -> Self {
        Self::Problems(problems)
    }
}

/// Asks for a password; the text says whose.
pub type PasswordCallback<'a> = &'a mut dyn FnMut(&str) -> io::Result<String>;

/// Everything that can be opened.
#[derive(Debug)]
pub struct ProfileStore {
    paths: AppPaths,
    profiles: Profiles,
}

impl ProfileStore {
    /// Looks at what is there.
    ///
    /// # Errors
    /// The mistakes in the file of profiles.
    pub fn load(paths: AppPaths) -> Result<Self, Problems> {
        let (profiles, _) = config::load_profiles(&paths.profiles_file())?;
        Ok(Self { paths, profiles })
    }

    /// The same places, with these profiles.
    #[must_use]
    pub(super) fn with_profiles(&self, profiles: Profiles) -> Self {
        Self { paths: self.paths.clone(), profiles }
    }

    /// The profile of this name, as its file has it.
    pub(super) fn find_profile(&self, name: &str) -> Option<&Profile> {
        self.profiles.by_name(name)
    }

    /// The file of a dashboard of this name.
    pub(super) fn dashboard_file(&self, name: &str) -> PathBuf {
        self.paths.dashboard_file(name)
    }

    /// The connections that can be opened.
    #[must_use]
    pub fn profiles(&self) -> Profiles {
        self.profiles.clone()
    }

    /// The names of the files of dashboards.
    #[must_use]
    pub fn dashboard_names(&self) -> Vec<String> {
        self.paths.list_dashboards().unwrap_or_default()
    }

    pub(super) fn paths(&self) -> AppPaths {
        self.paths.clone()
    }

    /// Whether a dashboard belongs to a profile.
    pub(super) fn has_dashboard(&self, name: &str) -> Result<bool, ConnectionPlanError> {
        let has_own = self.require_profile(name)?.dashboard.is_some();
        Ok(has_own || !self.dashboards_of_profile(name)?.is_empty())
    }

    /// Where profiles and dashboards are looked for.
    #[must_use]
    pub fn config_folder(&self) -> String {
        self.paths.config_dir.display().to_string()
    }

    /// The fingerprints of what the person has agreed to.
    #[must_use]
    pub fn trusted_fingerprints(&self) -> std::collections::HashSet<String> {
        config::trusted_fingerprints(&self.paths)
    }

    /// Remembers that the person agrees to what stands behind a fingerprint.
    ///
    /// # Errors
    /// It cannot be kept.
    pub fn trust_fingerprint(&self, fingerprint: &str) -> Result<(), ConfigError> {
        config::trust_fingerprint(&self.paths, fingerprint)
    }

    /// Whether the person was told this before, on an earlier day too.
    #[must_use]
    pub(super) fn was_notice_shown(&self, notice: &str) -> bool {
        config::trusted_fingerprints(&self.paths).contains(&notice_key(notice))
    }

    /// Remembers that the person was told this.
    pub(super) fn mark_notice_shown(&self, notice: &str) {
        if let Err(error) = config::trust_fingerprint(&self.paths, &notice_key(notice)) {
            tracing::debug!("it will be told again: {error}");
        }
    }

    /// What is remembered of the tiles of the profile with this name.
    #[must_use]
    pub fn load_state_cache(&self, profile: &str) -> StateCache {
        config::load_state_cache(&self.paths, profile)
    }

    /// Keeps what is to be remembered of the tiles of the profile with this name.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn save_state_cache(&self, profile: &str, state_cache: &StateCache) -> Result<(), ConfigError> {
        config::save_state_cache(&self.paths, profile, state_cache)
    }

    /// The name of the profile that is connected at start, if there is one.
    #[must_use]
    pub fn default_profile(&self) -> Option<&str> {
        self.profiles.default.as_deref()
    }

    /// The profile of this name, with its dashboards.
    ///
    /// # Errors
    /// Says what is missing or wrong.
    pub fn plan_for_profile(
        &self,
        name: &str,
        ask_password: PasswordCallback,
    ) -> Result<ConnectionPlan, ConnectionPlanError> {
        let profile = self.require_profile(name)?;
        let loaded = match &profile.dashboard {
            Some(dashboard) => vec![self.load_dashboard(dashboard)?],
            None => self.dashboards_of_profile(name)?,
        };
        if loaded.is_empty() {
            let folder = self.paths.dashboards_dir().display().to_string();
            return Err(ConnectionPlanError::NoDashboard { name: name.to_owned(), folder });
        }
        Ok(self.plan_connection(profile, ask_password)?.with_dashboards(loaded))
    }

    /// The profile of this name, without its dashboards.
    ///
    /// # Errors
    /// Says what is missing or wrong.
    pub fn plan_without_dashboards(
        &self,
        name: &str,
        ask_password: PasswordCallback,
    ) -> Result<ConnectionPlan, ConnectionPlanError> {
        self.plan_connection(self.require_profile(name)?, ask_password)
    }

    /// A broker that no profile names, without dashboards.
    ///
    /// # Errors
    /// None that a file could cause.
    pub fn plan_for_address(
        &self,
        url: &BrokerUrl,
        ask_password: PasswordCallback,
    ) -> Result<ConnectionPlan, ConnectionPlanError> {
        self.plan_connection(ad_hoc_profile(url), ask_password)
    }

    /// These dashboards (names or paths), each on the profile it names or on the one given.
    ///
    /// # Errors
    /// Says what is missing or wrong.
    pub fn plan_for_dashboards(
        &self,
        names: &[String],
        profile: Option<&str>,
        url: Option<&BrokerUrl>,
        ask_password: PasswordCallback,
    ) -> Result<Vec<ConnectionPlan>, ConnectionPlanError> {
        let mut plans: Vec<ConnectionPlan> = Vec::new();
        for name in names {
            let loaded = self.load_dashboard(name)?;
            let (file, _) = &loaded;
            let profile = match (url, profile.or(file.definition.profile.as_deref())) {
                (Some(url), _) => ad_hoc_profile(url),
                (None, Some(profile_name)) => self.require_profile(profile_name)?,
                (None, None) => match self.default_profile() {
                    Some(default) => self.require_profile(default)?,
                    None => return Err(ConnectionPlanError::MissingProfile(file.name.clone())),
                },
            };
            // Nobody is asked twice for one password, and the tabs stand in the order of the names.
            match plans.iter().rposition(|plan| plan.profile.name == profile.name) {
                Some(index) if index + 1 == plans.len() => plans[index].push_dashboard(loaded),
                Some(index) => {
                    let ConnectionPlan { profile, login, .. } = &plans[index];
                    plans.push(ConnectionPlan::new(profile.clone(), login.clone()).with_dashboards([loaded]));
                }
                None => plans.push(self.plan_connection(profile, ask_password)?.with_dashboards([loaded])),
            }
        }
        Ok(plans)
    }

    /// What is opened for a profile, without its dashboards: the login is found.
    ///
    /// # Errors
    /// The password could not be had.
    pub fn plan_connection(
        &self,
        profile: Profile,
        ask_password: PasswordCallback,
    ) -> Result<ConnectionPlan, ConnectionPlanError> {
        let profile = expand_home_paths(profile);
        let login = Login {
            client_id: config::load_or_create_client_id(&self.paths, &profile)?,
            username: profile.username.clone(),
            password: config::resolve_password(&profile, ask_password)?,
        };
        Ok(ConnectionPlan::new(profile, login))
    }

    /// The profile of this name.
    ///
    /// # Errors
    /// There is none.
    pub fn require_profile(&self, name: &str) -> Result<Profile, ConnectionPlanError> {
        self.profiles.by_name(name).cloned().ok_or_else(|| {
            let known: Vec<&str> = self.profiles.profiles.iter().map(|profile| profile.name.as_str()).collect();
            let help = match known.as_slice() {
                [] => ": it has no profile yet".to_owned(),
                names => crate::model::value::did_you_mean(name, names.iter().copied()).map_or_else(
                    || format!(": the profiles are {}", names.join(", ")),
                    |suggestion| format!(": {suggestion}"),
                ),
            };
            ConnectionPlanError::UnknownProfile {
                name: name.to_owned(),
                file: self.paths.profiles_file().display().to_string(),
                help,
            }
        })
    }

    fn load_dashboard(&self, name: &str) -> Result<LoadedDashboard, ConnectionPlanError> {
        Ok(load_dashboard_file(self.paths.find_dashboard(name)?)?)
    }

    fn dashboards_of_profile(&self, profile: &str) -> Result<Vec<LoadedDashboard>, ConnectionPlanError> {
        let mut found = Vec::new();
        for name in self.paths.list_dashboards()? {
            let loaded = load_dashboard_file(self.paths.dashboard_file(&name))?;
            if loaded.0.definition.profile.as_deref() == Some(profile) {
                found.push(loaded);
            }
        }
        Ok(found)
    }
}

/// A sentence that was told, among the fingerprints of what was agreed to.
fn notice_key(notice: &str) -> String {
    format!("told: {}", notice.replace(['\n', '\r'], " "))
}

/// A profile for a broker that no profile names; it is another client each time.
fn ad_hoc_profile(url: &BrokerUrl) -> Profile {
    Profile { client_id: Some(config::generate_client_id()), ..Profile::from_broker_url(url.clone()) }
}

/// The profile with `~/` in the paths of its certificates made the person's home.
fn expand_home_paths(mut profile: Profile) -> Profile {
    let tls = &mut profile.tls.0;
    for path in [&mut tls.ca, &mut tls.cert, &mut tls.key].into_iter().flatten() {
        *path = config::expand_home(path);
    }
    profile
}

fn load_dashboard_file(path: PathBuf) -> Result<LoadedDashboard, Problems> {
    let stamp = FileStamp::of(&path);
    let file =
        DashboardFile { name: file_stem(&path), definition: config::load_dashboard(&path)?, path: Some(path.clone()) };
    Ok((file, (path, stamp)))
}

fn file_stem(path: &Path) -> String {
    path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
