//! The dashboards of a profile: which they are is known before its connection is planned, so that no secret is asked for
//! that is not needed.

use std::path::PathBuf;

use super::{
    connection_plan::{ConnectionPlan, ConnectionPlanError, LoadedDashboard, load_dashboard_file},
    profile_store::{ProfileStore, SecretCallback},
};
use crate::{config::Problems, model::profile::Profile};

/// A profile with its dashboards, whose connection is not planned yet.
#[derive(Debug)]
pub(crate) struct ProfileDashboards {
    profile: Profile,
    loaded: Vec<LoadedDashboard>,
    problem: Option<String>,
}

impl ProfileDashboards {
    /// Returns the name of the profile.
    pub(super) fn profile_name(&self) -> &str {
        &self.profile.name
    }

    /// Returns why a dashboard is missing, although it belongs to the profile.
    pub(super) fn into_problem(self) -> Option<String> {
        self.problem
    }

    /// Returns whether the file of one of the dashboards is none of these.
    pub(super) fn has_other_than(&self, paths: &[PathBuf]) -> bool {
        self.loaded.iter().any(|(file, _)| file.path.as_ref().is_none_or(|path| !paths.contains(path)))
    }
}

impl ProfileStore {
    /// Returns a profile with its dashboards: the one that it names, or else those that name it. A dashboard that cannot
    /// be read does not keep the others from being opened.
    ///
    /// # Errors
    /// When there is no such profile, it has no dashboard, or none of them can be read.
    pub(crate) fn dashboards_of_profile(&self, name: &str) -> Result<ProfileDashboards, ConnectionPlanError> {
        let profile = self.require_profile(name)?;
        let named = profile.dashboard.as_ref().map(|dashboard| self.load_dashboard(dashboard));
        let (loaded, problem) = match named {
            Some(Ok(loaded)) => (vec![loaded], None),
            Some(Err(error)) => match self.dashboards_that_name(name)?.0 {
                others if others.is_empty() => return Err(error),
                others => (others, Some(error.to_string())),
            },
            None => match self.dashboards_that_name(name)? {
                (loaded, Some(problems)) if loaded.is_empty() => return Err(problems.into()),
                (loaded, problems) => (loaded, problems.map(|problems| problems.to_string())),
            },
        };
        if loaded.is_empty() {
            let folder = self.paths().dashboards_dir().display().to_string();
            return Err(ConnectionPlanError::NoDashboard { name: name.to_owned(), folder });
        }
        Ok(ProfileDashboards { profile, loaded, problem })
    }

    /// Plans the connection of a profile with dashboards.
    ///
    /// # Errors
    /// When a secret cannot be read.
    pub(crate) fn plan_dashboards(
        &self,
        dashboards: ProfileDashboards,
        ask: SecretCallback,
    ) -> Result<ConnectionPlan, ConnectionPlanError> {
        let ProfileDashboards { profile, loaded, problem } = dashboards;
        Ok(self.plan_connection(profile, ask)?.with_dashboards(loaded).with_problem(problem))
    }

    /// Plans the connection of a profile with its dashboards.
    ///
    /// # Errors
    /// When there is no such profile, it has no dashboard, or none of them or a secret cannot be read.
    pub(crate) fn plan_for_profile(
        &self,
        name: &str,
        ask: SecretCallback,
    ) -> Result<ConnectionPlan, ConnectionPlanError> {
        self.plan_dashboards(self.dashboards_of_profile(name)?, ask)
    }

    /// Returns the dashboards that name this profile, and the problems of the first file that cannot be read: it
    /// may name the profile, too.
    pub(super) fn dashboards_that_name(
        &self,
        profile: &str,
    ) -> Result<(Vec<LoadedDashboard>, Option<Problems>), ConnectionPlanError> {
        let mut found = Vec::new();
        let mut first_problems = None;
        for name in self.paths().list_dashboards()? {
            match load_dashboard_file(self.dashboard_file(&name)) {
                Ok(loaded) if loaded.0.definition.profile.as_deref() == Some(profile) => found.push(loaded),
                Ok(_) => {}
                Err(problems) => first_problems = first_problems.or(Some(problems)),
            }
        }
        Ok((found, first_problems))
    }
}
