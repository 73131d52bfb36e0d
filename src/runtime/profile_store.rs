//! The profiles, the dashboards and what is saved about them: resolves names, from the command line or a list, to
//! the connections to open.

use std::{
    io,
    path::PathBuf,
    sync::{Arc, Weak},
};

use super::{
    config_watch::FileProblems,
    connection_plan::{ConnectionPlan, ConnectionPlanError, LoadedDashboard, load_dashboard_file},
    profile_login::{SecretReading, plan_with_client_id},
};
use crate::{
    config::{self, AppPaths, ClientId, ClientIdClaim, DecoderRulesError, Problems, Profiles, SecretRequest},
    model::{
        decoder_rules::LoadedDecoderRules,
        password::Password,
        permission::Grants,
        profile::{BrokerUrl, Profile},
        remembered::RememberedDashboards,
    },
};

/// Asks the user for a secret of a profile.
pub(crate) type SecretCallback<'a> = &'a mut dyn FnMut(SecretRequest<'_>) -> io::Result<Password>;

/// The profiles and dashboards of the configuration folder.
#[derive(Debug)]
pub struct ProfileStore {
    paths: AppPaths,
    profiles: Profiles,
    /// The claims of the open connections, and of those that were closed lately.
    claims: Vec<Weak<ClientIdClaim>>,
    secret_reading: SecretReading,
}

impl ProfileStore {
    /// Loads the profiles.
    ///
    /// # Errors
    /// When `profiles.toml` cannot be read or has errors.
    pub(crate) fn load(paths: AppPaths) -> Result<Self, Problems> {
        let (profiles, _) = config::load_profiles(&paths.profiles_file())?;
        Ok(Self { paths, profiles, claims: Vec::new(), secret_reading: SecretReading::default() })
    }

    /// Returns a store whose plans read the secrets of profiles at this time.
    #[must_use]
    pub(crate) fn with_secret_reading(self, secret_reading: SecretReading) -> Self {
        Self { secret_reading, ..self }
    }

    /// Returns a store for the same folders with other profiles.
    #[must_use]
    pub(super) fn with_profiles(&self, profiles: Profiles) -> Self {
        Self { paths: self.paths(), profiles, claims: self.claims.clone(), ..*self }
    }

    /// Returns a store that knows this claim of an open connection, too.
    #[must_use]
    pub(super) fn with_claim(&self, claim: &Arc<ClientIdClaim>) -> Self {
        let in_use = self.claims.iter().filter(|known| known.strong_count() > 0).cloned();
        let claims = in_use.chain([Arc::downgrade(claim)]).collect();
        Self { paths: self.paths.clone(), profiles: self.profiles.clone(), claims, ..*self }
    }

    /// Returns the profile of this name as it is in `profiles.toml`.
    pub(super) fn find_profile(&self, name: &str) -> Option<&Profile> {
        self.profiles.by_name(name)
    }

    /// Returns all profiles in `profiles.toml`.
    pub(super) const fn all_profiles(&self) -> &Profiles {
        &self.profiles
    }

    /// Returns the path of the dashboard of this name.
    pub(super) fn dashboard_file(&self, name: &str) -> PathBuf {
        self.paths.dashboard_file(name)
    }

    /// Returns all profiles.
    #[must_use]
    pub(crate) fn profiles(&self) -> Profiles {
        self.profiles.clone()
    }

    /// Returns the names of all dashboards in the dashboards folder.
    #[must_use]
    pub(crate) fn dashboard_names(&self) -> Vec<String> {
        self.paths.list_dashboards().unwrap_or_default()
    }

    /// Returns the folders of the program.
    pub(crate) fn paths(&self) -> AppPaths {
        self.paths.clone()
    }

    /// Returns whether a profile names a dashboard or a dashboard names the profile.
    pub(super) fn has_dashboard(&self, name: &str) -> Result<bool, ConnectionPlanError> {
        let names_dashboard = self.require_profile(name)?.dashboard.is_some();
        Ok(names_dashboard || !self.dashboards_that_name(name)?.0.is_empty())
    }

    /// Returns the path of the configuration folder.
    #[must_use]
    pub(crate) fn config_dir(&self) -> String {
        self.paths.config_dir.display().to_string()
    }

    /// Returns what the user has agreed to.
    #[must_use]
    pub(crate) fn grants(&self) -> Grants {
        config::load_grants(&self.paths)
    }

    /// Returns how the payloads of topics are decoded; what is wrong with the file, and no rules, otherwise.
    #[must_use]
    pub(crate) fn decoder_rules(&self) -> (LoadedDecoderRules, Option<String>) {
        let path = self.paths.decoders_file();
        match config::load_decoder_rules(&path) {
            Ok(loaded) => (loaded, None),
            Err(DecoderRulesError { problems, schemas }) => {
                let problem = FileProblems::new(&path, problems).describe_all();
                (LoadedDecoderRules { schemas, ..LoadedDecoderRules::default() }, Some(problem))
            }
        }
    }

    /// Returns what is remembered of dashboards.
    #[must_use]
    pub(crate) fn remembered(&self) -> RememberedDashboards {
        config::load_remembered(&self.paths)
    }

    /// Returns why none of the permissions that the user has granted are known, if others could have granted them.
    #[must_use]
    pub(crate) fn grants_problem(&self) -> Option<String> {
        config::trust_store_problem(&self.paths)
    }

    /// Returns the name of the default profile, which is connected at startup.
    #[must_use]
    pub(crate) fn default_profile(&self) -> Option<&str> {
        self.profiles.default.as_deref()
    }

    /// Plans the connection of a profile without dashboards.
    ///
    /// # Errors
    /// When there is no such profile, or its password cannot be read.
    pub(crate) fn plan_without_dashboards(
        &self,
        name: &str,
        ask: SecretCallback,
    ) -> Result<ConnectionPlan, ConnectionPlanError> {
        self.plan_connection(self.require_profile(name)?, ask)
    }

    /// Plans a connection to a broker without a profile and without dashboards.
    ///
    /// # Errors
    /// None are expected: a URL needs no password and no file.
    pub(crate) fn plan_for_url(
        &self,
        url: &BrokerUrl,
        ask: SecretCallback,
    ) -> Result<ConnectionPlan, ConnectionPlanError> {
        self.plan_ad_hoc(Profile::from_broker_url(url.clone()), ask)
    }

    /// Plans the connections of dashboards, given by name or path. Each dashboard uses `url`, else
    /// `profile`, else the profile it names, else the default profile.
    ///
    /// # Errors
    /// When a dashboard, its profile or a secret cannot be found or read.
    pub(crate) fn plan_for_dashboards(
        &self,
        names: &[String],
        profile: Option<&str>,
        url: Option<&BrokerUrl>,
        ask: SecretCallback,
    ) -> Result<Vec<ConnectionPlan>, ConnectionPlanError> {
        let mut plans: Vec<ConnectionPlan> = Vec::new();
        for name in names {
            let loaded = self.load_dashboard(name)?;
            let (file, _) = &loaded;
            let profile = match (url, profile.or(file.definition.profile.as_deref())) {
                (Some(url), _) => Profile::from_broker_url(url.clone()),
                (None, Some(profile_name)) => self.require_profile(profile_name)?,
                (None, None) => match self.default_profile() {
                    Some(default) => self.require_profile(default)?,
                    None => return Err(ConnectionPlanError::MissingProfile(file.name.clone())),
                },
            };
            // Plans of one profile share the login, so the user types a password once. A separate plan per
            // run of dashboards keeps the tabs in the order of the names.
            match plans.iter().rposition(|plan| plan.profile.name == profile.name) {
                Some(index) if index + 1 == plans.len() => plans[index].push_dashboard(loaded),
                Some(index) => {
                    let plan = plans[index].same_connection();
                    plans.push(plan.with_dashboards([loaded]));
                }
                None if url.is_some() => {
                    plans.push(self.plan_ad_hoc(profile, ask)?.with_dashboards([loaded]));
                }
                None => plans.push(self.plan_connection(profile, ask)?.with_dashboards([loaded])),
            }
        }
        Ok(plans)
    }

    /// Plans the connection of a profile without dashboards: resolves its paths, client ID and password.
    ///
    /// # Errors
    /// When the password cannot be read.
    pub(crate) fn plan_connection(
        &self,
        profile: Profile,
        ask: SecretCallback,
    ) -> Result<ConnectionPlan, ConnectionPlanError> {
        let held: Vec<_> = self.claims.iter().filter_map(Weak::upgrade).collect();
        let client_id = config::claim_client_id(&self.paths, &profile, &held);
        self.plan_with(client_id, profile, ask)
    }

    /// Plans the connection of a profile that is in no file, with a client ID that nobody else has.
    ///
    /// # Errors
    /// When the password cannot be read.
    pub(super) fn plan_ad_hoc(
        &self,
        profile: Profile,
        ask: SecretCallback,
    ) -> Result<ConnectionPlan, ConnectionPlanError> {
        self.plan_with(ClientId::random(), profile, ask)
    }

    fn plan_with(
        &self,
        client_id: ClientId,
        profile: Profile,
        ask: SecretCallback,
    ) -> Result<ConnectionPlan, ConnectionPlanError> {
        let configured_profile = self.find_profile(&profile.name).cloned();
        let plan = plan_with_client_id(profile, client_id, self.secret_reading, ask)?;
        Ok(ConnectionPlan { configured_profile, ..plan })
    }

    /// Returns the profile of this name.
    ///
    /// # Errors
    /// When there is no such profile.
    pub(crate) fn require_profile(&self, name: &str) -> Result<Profile, ConnectionPlanError> {
        self.profiles.by_name(name).cloned().ok_or_else(|| {
            let known: Vec<&str> = self.profiles.profiles.iter().map(|profile| profile.name.as_str()).collect();
            ConnectionPlanError::unknown_profile(name, &known, &self.paths.profiles_file())
        })
    }

    /// Loads the dashboard of this name.
    ///
    /// # Errors
    /// When there is none, or it cannot be read or has errors.
    pub(super) fn load_dashboard(&self, name: &str) -> Result<LoadedDashboard, ConnectionPlanError> {
        Ok(load_dashboard_file(self.paths.find_dashboard(name)?)?)
    }
}
