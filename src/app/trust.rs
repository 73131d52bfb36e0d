//! What a dashboard may do beyond showing and publishing: run scripts, fetch from addresses. Nothing
//! of it before the person has seen it and agreed, once for the same scripts and addresses.

use crate::model::{dashboard::Dashboard, time::Time};

use super::{App, Effect, Focus};

impl App {
    /// Decides whether a board may reach out.
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
            self.notify(format!("{title} has scripts or addresses: T shows them and asks"), now);
        }
    }

    /// What the person has written on the screen needs no asking.
    pub(super) fn trust_own_dashboard(&mut self, definition: &Dashboard) -> Option<Effect> {
        let fingerprint = definition.capabilities_fingerprint()?;
        self.trusted_fingerprints.insert(fingerprint.clone()).then_some(Effect::SaveTrustedFingerprint(fingerprint))
    }

    /// The person agrees to what the board that is shown reaches for.
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
