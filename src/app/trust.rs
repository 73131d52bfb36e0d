//! The permissions of a dashboard: running scripts and fetching URLs. Both are blocked until the user has
//! reviewed and allowed them, once for the same scripts and URLs.

use crate::model::{dashboard::Dashboard, time::Time};

use super::{App, Effect, Focus};

impl App {
    /// Checks whether the user has granted the permissions of a dashboard, and shows a notice if not.
    pub(super) fn check_permissions(&mut self, index: usize, now: Time) {
        let Some(dashboard) = self.dashboards.get_mut(index) else {
            return;
        };
        dashboard.trusted = dashboard
            .definition
            .capabilities_fingerprint()
            .is_none_or(|fingerprint| self.trusted_fingerprints.contains(&fingerprint));
        if !dashboard.trusted {
            let title = dashboard.title().to_owned();
            self.notify(format!("Scripts and URLs of {title} are blocked: press T to review"), now);
        }
    }

    /// Trusts a dashboard that the user has edited in the program, without a review.
    pub(super) fn trust_own_dashboard(&mut self, definition: &Dashboard) -> Option<Effect> {
        let fingerprint = definition.capabilities_fingerprint()?;
        self.trusted_fingerprints.insert(fingerprint.clone()).then_some(Effect::SaveTrustedFingerprint(fingerprint))
    }

    /// Grants the permissions of the current dashboard, and of all others with the same fingerprint.
    pub(super) fn grant_permissions(&mut self, now: Time) -> Vec<Effect> {
        self.focus = Focus::Dashboard;
        let Some(fingerprint) =
            self.current_dashboard().and_then(|dashboard| dashboard.definition.capabilities_fingerprint())
        else {
            return Vec::new();
        };
        self.trusted_fingerprints.insert(fingerprint.clone());
        for dashboard in &mut self.dashboards {
            dashboard.trusted |= dashboard.definition.capabilities_fingerprint().as_ref() == Some(&fingerprint);
        }
        let mut effects = vec![Effect::SaveTrustedFingerprint(fingerprint)];
        for index in 0..self.dashboards.len() {
            effects.extend(self.load_scripts(index, now));
        }
        effects
    }
}
