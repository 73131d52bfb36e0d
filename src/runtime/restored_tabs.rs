//! Plans the tabs of the last run in addition to the dashboards of a profile.

use super::{
    ConnectionPlan, ConnectionPlanError, ProfileStore, connection_plan::load_dashboard_file,
    profile_store::SecretCallback,
};
use crate::{
    app::DashboardFile,
    model::open_tabs::{OpenTabs, SavedTab},
};

impl ProfileStore {
    /// Adds the tabs of the last run to these plans, and leaves out the dashboards whose tabs the user has closed, unless
    /// nothing would be left. Returns a sentence about what is not opened, if there is anything. A tab on another
    /// connection whose password must be typed is not: the user may not need it now. Tabs whose file is gone are removed
    /// from the tabs of the last run.
    pub(crate) fn restore_tabs(
        &self,
        plans: &mut Vec<ConnectionPlan>,
        last: &mut OpenTabs,
        ask: SecretCallback,
    ) -> Option<String> {
        let mut skipped = Vec::new();
        for tab in &last.tabs {
            let is_planned =
                plans.iter().flat_map(|plan| &plan.files).any(|file| file.path.as_ref() == Some(&tab.path));
            if !is_planned && let Err(reason) = self.restore_tab(plans, tab, &mut *ask) {
                skipped.push(reason);
            }
        }
        last.tabs.retain(|tab| tab.path.exists());
        let is_open = |file: &DashboardFile| file.path.as_ref().is_none_or(|path| !last.closed.contains(path));
        if plans.iter().flat_map(|plan| &plan.files).any(is_open) {
            for plan in &mut *plans {
                plan.files.retain(is_open);
            }
            let (open, empty): (Vec<_>, Vec<_>) = plans.drain(..).partition(|plan| !plan.files.is_empty());
            skipped.extend(empty.into_iter().filter_map(|plan| plan.problem));
            *plans = open;
        }
        let more = skipped.len().saturating_sub(1);
        let first = skipped.into_iter().next()?;
        Some(format!(
            "Not opened again: {first}{}",
            if more > 0 { format!(" (and {more} more)") } else { String::new() }
        ))
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
