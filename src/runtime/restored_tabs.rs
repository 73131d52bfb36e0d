//! Plans the tabs of the last run in addition to the dashboards of a profile.

use super::{
    ConnectionPlan, ConnectionPlanError, ProfileStore, connection_plan::load_dashboard_file,
    profile_store::SecretCallback,
};
use crate::model::open_tabs::{OpenTabs, SavedTab};

impl ProfileStore {
    /// Adds the tabs of the last run to these plans, and leaves out the dashboards whose tabs the user has closed, unless
    /// nothing would be left. Returns a sentence about the tabs that are not opened, if there are any. A tab on another
    /// connection whose password must be typed is not: the user may not need it now.
    ///
    /// # Errors
    /// When a password that is not typed cannot be read.
    pub(crate) fn restore_tabs(
        &self,
        plans: &mut Vec<ConnectionPlan>,
        last: &OpenTabs,
        ask: SecretCallback,
    ) -> Option<String> {
        let mut skipped = Vec::new();
        for tab in &last.tabs {
            if plans.iter().flat_map(|plan| &plan.files).any(|file| file.path.as_ref() == Some(&tab.path)) {
                continue;
            }
            if let Err(reason) = self.restore_tab(plans, tab, &mut *ask) {
                skipped.push(reason);
            }
        }
        let is_closed = |plan: &ConnectionPlan, index: usize| {
            plan.files[index].path.as_ref().is_some_and(|path| last.closed.contains(path))
        };
        let is_anything_left = plans.iter().any(|plan| (0..plan.files.len()).any(|index| !is_closed(plan, index)));
        if is_anything_left {
            for plan in &mut *plans {
                let is_open: Vec<bool> = (0..plan.files.len()).map(|index| !is_closed(plan, index)).collect();
                let mut keeps = is_open.iter().copied();
                plan.files.retain(|_| keeps.next().unwrap_or(true));
            }
            plans.retain(|plan| !plan.files.is_empty());
        }
        let first = skipped.into_iter().next()?;
        Some(format!("Not opened again: {first}"))
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
