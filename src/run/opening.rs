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
    watch::Seen,
};

/// What is to be opened on one line.
#[derive(Debug)]
pub struct Opening {
    /// How the broker is reached.
    pub profile: Profile,
    /// Who logs in.
    pub login: Login,
    /// The dashboards.
    pub sheets: Vec<DashboardFile>,
    /// What their files were right before they were read.
    pub seen: Vec<(PathBuf, Seen)>,
}

/// A dashboard that was read, and what its file was right before.
type Read = (DashboardFile, (PathBuf, Seen));

impl Opening {
    fn new(profile: Profile, login: Login) -> Self {
        Self { profile, login, sheets: Vec::new(), seen: Vec::new() }
    }

    fn push(&mut self, (sheet, seen): Read) {
        self.sheets.push(sheet);
        self.seen.push(seen);
    }

    fn with(mut self, read: impl IntoIterator<Item = Read>) -> Self {
        for read in read {
            self.push(read);
        }
        self
    }

    /// What the person is to know once, if the password goes to another machine for all to read.
    #[must_use]
    pub fn in_clear(&self) -> Option<String> {
        let url = &self.profile.url;
        let here = url.host == "localhost" || url.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        (self.login.password.is_some() && !url.scheme.is_secure() && !here).then(|| {
            format!("The password for {} goes there unencrypted: mqtts:// or wss:// keeps it secret", self.profile.name)
        })
    }
}

/// Why something cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpeningFault {
    /// A file has mistakes.
    #[error("{0}")]
    Problems(Problems),
    /// A file, a password or a name could not be had.
    #[error(transparent)]
    Store(#[from] ConfigError),
    /// There is no such profile.
    #[error("there is no profile `{name}` in {file}{help}")]
    NoProfile {
        /// The name that was given.
        name: String,
        /// The file of profiles.
        file: String,
        /// What to do.
        help: String,
    },
    /// A dashboard names no profile, and none was given.
    #[error("{0} names no profile: open it with --profile NAME or --url mqtt://HOST, or set `profile` in it")]
    NoLine(String),
    /// No dashboard belongs to the profile.
    #[error("no dashboard belongs to the profile `{name}`: write one into {folder} with `profile = \"{name}\"` in it")]
    NoDashboard {
        /// The profile.
        name: String,
        /// Where dashboards are looked for.
        folder: String,
    },
}

impl From<Problems> for OpeningFault {
    fn from(problems: Problems) -> Self {
        Self::Problems(problems)
    }
}

/// Asks for a password; the text says whose.
pub type Ask<'a> = &'a mut dyn FnMut(&str) -> io::Result<String>;

/// Everything that can be opened.
#[derive(Debug)]
pub struct Shelf {
    places: AppPaths,
    profiles: Profiles,
}

impl Shelf {
    /// Looks at what is there.
    ///
    /// # Errors
    /// The mistakes in the file of profiles.
    pub fn look(places: AppPaths) -> Result<Self, Problems> {
        let (profiles, _) = config::load_profiles(&places.profiles_file())?;
        Ok(Self { places, profiles })
    }

    /// The same places, with these profiles.
    #[must_use]
    pub(super) fn with(&self, profiles: Profiles) -> Self {
        Self { places: self.places.clone(), profiles }
    }

    /// The profile of this name, as its file has it.
    pub(super) fn named(&self, name: &str) -> Option<&Profile> {
        self.profiles.by_name(name)
    }

    /// The file of a dashboard of this name.
    pub(super) fn dashboard_file(&self, name: &str) -> PathBuf {
        self.places.dashboard_file(name)
    }

    /// The connections that can be opened.
    #[must_use]
    pub fn profiles(&self) -> Profiles {
        self.profiles.clone()
    }

    /// The names of the files of dashboards.
    #[must_use]
    pub fn files(&self) -> Vec<String> {
        self.places.list_dashboards().unwrap_or_default()
    }

    pub(super) fn places(&self) -> AppPaths {
        self.places.clone()
    }

    /// Whether a dashboard belongs to a profile.
    pub(super) fn has_dashboard(&self, name: &str) -> Result<bool, OpeningFault> {
        let named = self.profile(name)?.dashboard.is_some();
        Ok(named || !self.sheets_of(name)?.is_empty())
    }

    /// Where profiles and dashboards are looked for.
    #[must_use]
    pub fn folder(&self) -> String {
        self.places.config_dir.display().to_string()
    }

    /// The fingerprints of what the person has agreed to.
    #[must_use]
    pub fn agreed(&self) -> std::collections::HashSet<String> {
        config::trusted_fingerprints(&self.places)
    }

    /// Remembers that the person agrees to what stands behind a fingerprint.
    ///
    /// # Errors
    /// It cannot be kept.
    pub fn agree(&self, fingerprint: &str) -> Result<(), ConfigError> {
        config::trust_fingerprint(&self.places, fingerprint)
    }

    /// Whether the person was told this before, on an earlier day too.
    #[must_use]
    pub(super) fn was_told(&self, sentence: &str) -> bool {
        config::trusted_fingerprints(&self.places).contains(&told(sentence))
    }

    /// Remembers that the person was told this.
    pub(super) fn note_told(&self, sentence: &str) {
        if let Err(fault) = config::trust_fingerprint(&self.places, &told(sentence)) {
            tracing::debug!("it will be told again: {fault}");
        }
    }

    /// What is remembered of the tiles of the profile with this name.
    #[must_use]
    pub fn recall(&self, profile: &str) -> StateCache {
        config::load_state_cache(&self.places, profile)
    }

    /// Keeps what is to be remembered of the tiles of the profile with this name.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn keep(&self, profile: &str, memory: &StateCache) -> Result<(), ConfigError> {
        config::save_state_cache(&self.places, profile, memory)
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
    pub fn of_profile(&self, name: &str, ask: Ask) -> Result<Opening, OpeningFault> {
        let profile = self.profile(name)?;
        let read = match &profile.dashboard {
            Some(dashboard) => vec![self.sheet(dashboard)?],
            None => self.sheets_of(name)?,
        };
        if read.is_empty() {
            let folder = self.places.dashboards_dir().display().to_string();
            return Err(OpeningFault::NoDashboard { name: name.to_owned(), folder });
        }
        Ok(self.opening(profile, ask)?.with(read))
    }

    /// The profile of this name, without its dashboards.
    ///
    /// # Errors
    /// Says what is missing or wrong.
    pub fn of_profile_alone(&self, name: &str, ask: Ask) -> Result<Opening, OpeningFault> {
        self.opening(self.profile(name)?, ask)
    }

    /// A broker that no profile names, without dashboards.
    ///
    /// # Errors
    /// None that a file could cause.
    pub fn of_address(&self, url: &BrokerUrl, ask: Ask) -> Result<Opening, OpeningFault> {
        self.opening(stranger(url), ask)
    }

    /// These dashboards (names or paths), each on the profile it names or on the one given.
    ///
    /// # Errors
    /// Says what is missing or wrong.
    pub fn of_dashboards(
        &self,
        names: &[String],
        profile: Option<&str>,
        url: Option<&BrokerUrl>,
        ask: Ask,
    ) -> Result<Vec<Opening>, OpeningFault> {
        let mut openings: Vec<Opening> = Vec::new();
        for name in names {
            let read = self.sheet(name)?;
            let (sheet, _) = &read;
            let profile = match (url, profile.or(sheet.definition.profile.as_deref())) {
                (Some(url), _) => stranger(url),
                (None, Some(wished)) => self.profile(wished)?,
                (None, None) => match self.default_profile() {
                    Some(default) => self.profile(default)?,
                    None => return Err(OpeningFault::NoLine(sheet.name.clone())),
                },
            };
            // Nobody is asked twice for one password, and the tabs stand in the order of the names.
            match openings.iter().rposition(|opening| opening.profile.name == profile.name) {
                Some(at) if at + 1 == openings.len() => openings[at].push(read),
                Some(at) => {
                    let Opening { profile, login, .. } = &openings[at];
                    openings.push(Opening::new(profile.clone(), login.clone()).with([read]));
                }
                None => openings.push(self.opening(profile, ask)?.with([read])),
            }
        }
        Ok(openings)
    }

    /// What is opened for a profile, without its dashboards: the login is found.
    ///
    /// # Errors
    /// The password could not be had.
    pub fn opening(&self, profile: Profile, ask: Ask) -> Result<Opening, OpeningFault> {
        let profile = at_home(profile);
        let login = Login {
            client_id: config::load_or_create_client_id(&self.places, &profile)?,
            username: profile.username.clone(),
            password: config::resolve_password(&profile, ask)?,
        };
        Ok(Opening::new(profile, login))
    }

    /// The profile of this name.
    ///
    /// # Errors
    /// There is none.
    pub fn profile(&self, name: &str) -> Result<Profile, OpeningFault> {
        self.profiles.by_name(name).cloned().ok_or_else(|| {
            let known: Vec<&str> = self.profiles.profiles.iter().map(|profile| profile.name.as_str()).collect();
            let help = match known.as_slice() {
                [] => ": it has no profile yet".to_owned(),
                names => crate::model::value::did_you_mean(name, names.iter().copied())
                    .map_or_else(|| format!(": the profiles are {}", names.join(", ")), |meant| format!(": {meant}")),
            };
            OpeningFault::NoProfile {
                name: name.to_owned(),
                file: self.places.profiles_file().display().to_string(),
                help,
            }
        })
    }

    fn sheet(&self, name: &str) -> Result<Read, OpeningFault> {
        Ok(load(self.places.find_dashboard(name)?)?)
    }

    fn sheets_of(&self, profile: &str) -> Result<Vec<Read>, OpeningFault> {
        let mut found = Vec::new();
        for name in self.places.list_dashboards()? {
            let read = load(self.places.dashboard_file(&name))?;
            if read.0.definition.profile.as_deref() == Some(profile) {
                found.push(read);
            }
        }
        Ok(found)
    }
}

/// A sentence that was told, among the fingerprints of what was agreed to.
fn told(sentence: &str) -> String {
    format!("told: {}", sentence.replace(['\n', '\r'], " "))
}

/// A profile for a broker that no profile names; it is another client each time.
fn stranger(url: &BrokerUrl) -> Profile {
    Profile { client_id: Some(config::generate_client_id()), ..Profile::from_broker_url(url.clone()) }
}

/// The profile with `~/` in the paths of its certificates made the person's home.
fn at_home(mut profile: Profile) -> Profile {
    let tls = &mut profile.tls.0;
    for path in [&mut tls.ca, &mut tls.cert, &mut tls.key].into_iter().flatten() {
        *path = config::expand_home(path);
    }
    profile
}

fn load(path: PathBuf) -> Result<Read, Problems> {
    let seen = Seen::now(&path);
    let sheet =
        DashboardFile { name: stem(&path), definition: config::load_dashboard(&path)?, path: Some(path.clone()) };
    Ok((sheet, (path, seen)))
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
