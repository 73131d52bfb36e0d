//! Plans the tabs of the last run in addition to the dashboards of the default profile.

use super::{
    ConnectionPlan, ConnectionPlanError, ProfileDashboards, ProfileStore, connection_plan::load_dashboard_file,
    profile_store::SecretCallback,
};
use crate::{
    app::DashboardFile,
    model::open_tabs::{OpenTabs, SavedTab},
};

/// What is opened at the start, and what is not.
#[derive(Debug, Default)]
pub(crate) struct RestoredTabs {
    /// The connections with their dashboards.
    pub plans: Vec<ConnectionPlan>,
    /// Why something is not opened, each in a sentence.
    pub skipped: Vec<String>,
}

impl ProfileStore {
    /// Plans the dashboards of the default profile and the tabs of the last run. The dashboards whose tabs the user has
    /// closed are left out, unless nothing would be left. A tab on another connection whose password must be typed is not
    /// opened, and no secret is asked for that no tab needs. Tabs whose file is gone are removed from those of the last run.
    ///
    /// # Errors
    /// When a secret of the default profile cannot be read.
    pub(crate) fn restore_tabs(
        &self,
        mut dashboards: Option<ProfileDashboards>,
        last: &mut OpenTabs,
        ask: SecretCallback,
    ) -> Result<RestoredTabs, ConnectionPlanError> {
        let mut plans = Vec::new();
        let is_needed = |own: &ProfileDashboards| {
            own.has_other_than(&last.closed)
                || last.tabs.iter().any(|tab| tab.profile == own.profile_name() && tab.path.exists())
        };
        if let Some(needed) = dashboards.take_if(|own| is_needed(own)) {
            plans.push(self.plan_dashboards(needed, &mut *ask)?);
        }
        let mut skipped = Vec::new();
        for tab in &last.tabs {
            let mut files = plans.iter().flat_map(|plan| &plan.files);
            let is_planned = files.any(|file| file.path.as_ref() == Some(&tab.path));
            if !is_planned && let Err(reason) = self.restore_tab(&mut plans, tab, &mut *ask) {
                skipped.push(reason);
            }
        }
        last.tabs.retain(|tab| tab.path.exists());
        let is_open = |file: &DashboardFile| file.path.as_ref().is_none_or(|path| !last.closed.contains(path));
        if plans.iter().flat_map(|plan| &plan.files).any(is_open) {
            for plan in &mut plans {
                plan.files.retain(is_open);
            }
            let (open, empty): (Vec<_>, Vec<_>) = plans.into_iter().partition(|plan| !plan.files.is_empty());
            skipped.extend(empty.into_iter().filter_map(|plan| plan.problem));
            plans = open;
        }
        match dashboards {
            Some(closed) if plans.is_empty() => plans.push(self.plan_dashboards(closed, ask)?),
            closed => skipped.extend(closed.and_then(ProfileDashboards::into_problem)),
        }
        Ok(RestoredTabs { plans, skipped })
    }

    /// Adds a tab to the plan of its connection, or with a plan of its own. Returns a sentence if it is not opened.
    fn restore_tab(&self, plans: &mut Vec<ConnectionPlan>, tab: &SavedTab, ask: SecretCallback) -> Result<(), String> {
        let loaded = load_dashboard_file(tab.path.clone()).map_err(|problems| problems.to_string())?;
        if let Some(plan) = plans.iter_mut().find(|plan| plan.profile.name == tab.profile) {
            plan.push_dashboard(loaded);
            return Ok(());
        }
        let to_sentence = |error: ConnectionPlanError| error.to_string();
        let profile = self.require_profile(&tab.profile).map_err(to_sentence)?;
        if profile.prompted_secrets().next().is_some() {
            let (file, name) = (&loaded.0.name, &tab.profile);
            return Err(format!("{file}, because {name} needs a password: open it from the list of dashboards"));
        }
        plans.push(self.plan_connection(profile, ask).map_err(to_sentence)?.with_dashboards([loaded]));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::{self, AppPaths},
        model::password::Password,
    };

    /// Restores tabs where the default connection asks for a password, and another one does not. Returns how often the
    /// password was asked for, and the names of the dashboards.
    fn restore(tabs: &[&str], closed: &[&str]) -> (usize, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        let paths = AppPaths::in_folder(folder.path());
        let prompt = "username = \"me\"\npassword = { prompt = true }\n";
        let url = "url = \"mqtt://127.0.0.1:1\"\n";
        let profiles = format!("default = \"hub\"\n[profile.hub]\n{url}{prompt}[profile.attic]\n{url}");
        config::write_atomic(&paths.profiles_file(), profiles.as_bytes()).unwrap();
        for (name, profile) in [("desk", "hub"), ("hall", "hub"), ("loft", "attic")] {
            let text = format!("profile = \"{profile}\"\n");
            config::write_atomic(&paths.dashboard_file(name), text.as_bytes()).unwrap();
        }
        let profile_of = |name: &str| if name == "loft" { "attic" } else { "hub" }.to_owned();
        let to_tab =
            |name: &&str| SavedTab { path: paths.dashboard_file(name), profile: profile_of(name), selected: None };
        let closed = closed.iter().map(|name| paths.dashboard_file(name)).collect();
        let mut last = OpenTabs { tabs: tabs.iter().map(to_tab).collect(), current: 0, closed };
        let store = ProfileStore::load(paths).unwrap();
        let dashboards = store.dashboards_of_profile("hub").unwrap();
        let mut questions = 0;
        let restored = store.restore_tabs(Some(dashboards), &mut last, &mut |_| {
            questions += 1;
            Ok(Password::default())
        });
        let RestoredTabs { plans, skipped } = restored.unwrap();
        assert_eq!(skipped, [""; 0]);
        (questions, plans.into_iter().flat_map(|plan| plan.files).map(|file| file.name).collect())
    }

    #[test]
    fn password_is_asked_for_only_if_a_tab_needs_it() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(restore(&["loft"], &["desk", "hall"]), (0, names(&["loft"])));
        assert_eq!(restore(&["loft"], &["desk"]), (1, names(&["hall", "loft"])));
        assert_eq!(restore(&["loft", "desk"], &["hall"]), (1, names(&["desk", "loft"])));
        assert_eq!(restore(&[], &["desk", "hall"]), (1, names(&["desk", "hall"])), "nothing else would be left");
        assert_eq!(restore(&[], &[]), (1, names(&["desk", "hall"])));
    }
}
