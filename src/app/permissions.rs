//! The permissions of a dashboard: running scripts and fetching URLs. Both are blocked until the user has
//! reviewed and granted them, once for the same scripts and URLs.

use crate::model::{dashboard::Dashboard, time::Time};

use super::{App, Effect, FilesEffect, Focus};

impl App {
    /// Checks whether the user has granted the permissions of a dashboard, and shows a notice if not.
    pub(super) fn check_permissions(&mut self, index: usize, now: Time) {
        let Some(dashboard) = self.dashboards.get_mut(index) else {
            return;
        };
        dashboard.permissions_granted = dashboard
            .definition
            .permissions_fingerprint()
            .is_none_or(|fingerprint| self.granted_fingerprints.contains(&fingerprint));
        if !dashboard.permissions_granted {
            let title = dashboard.title().to_owned();
            self.notify(format!("Scripts and URLs of {title} are blocked: press T to review"), now);
        }
    }

    /// Grants the permissions of a dashboard that the user has edited in the program, without a review.
    pub(super) fn grant_own_permissions(&mut self, definition: &Dashboard) -> Option<Effect> {
        let fingerprint = definition.permissions_fingerprint()?;
        self.granted_fingerprints
            .insert(fingerprint.clone())
            .then_some(Effect::Files(FilesEffect::SaveGrantedFingerprint(fingerprint)))
    }

    /// Grants the permissions of the current dashboard, and of all others with the same fingerprint.
    pub(super) fn grant_permissions(&mut self, now: Time) -> Vec<Effect> {
        self.focus = Focus::Dashboard;
        let Some(fingerprint) =
            self.current_dashboard().and_then(|dashboard| dashboard.definition.permissions_fingerprint())
        else {
            return Vec::new();
        };
        self.granted_fingerprints.insert(fingerprint.clone());
        for dashboard in &mut self.dashboards {
            dashboard.permissions_granted |=
                dashboard.definition.permissions_fingerprint().as_ref() == Some(&fingerprint);
        }
        let mut effects = vec![Effect::Files(FilesEffect::SaveGrantedFingerprint(fingerprint))];
        for index in 0..self.dashboards.len() {
            effects.extend(self.load_scripts(index, now));
        }
        effects
    }
}
