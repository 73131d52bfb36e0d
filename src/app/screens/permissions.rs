//! The permissions of a dashboard: running scripts and fetching URLs. Both are blocked until the user has
//! reviewed and granted them, once for the same scripts and URLs.

use super::{Component, Flow};
use crate::{
    app::{
        Action, App, Effect, FilesEffect,
        key_binding::{KeyBinding, KeyContext, key_bindings},
        list::Scroll,
    },
    model::{dashboard::Dashboard, grid::Direction, time::Time},
};

/// The permissions that a dashboard asks for.
const PERMISSIONS: KeyContext = KeyContext::new("In the permissions of a dashboard");

/// The key bindings.
pub(crate) const BINDINGS: &[KeyBinding] = key_bindings! {
    PERMISSIONS {
        "trust-up" ["Up", "k"] |_| Action::MoveInDialog(Direction::Up), "scroll one line up", "scroll";
        "trust-down" ["Down", "j"] |_| Action::MoveInDialog(Direction::Down), "scroll one line down", "scroll";
        "trust-accept" ["Enter"] |_| Action::Accept, "allow the scripts and addresses permanently", "allow";
    }
};

/// The permissions that the dashboard asks for, and the question whether to grant them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Permissions {
    /// The scroll position.
    pub(crate) scroll: Scroll,
}

impl Component for Permissions {
    fn key_context(&self, _app: &App) -> KeyContext {
        PERMISSIONS
    }

    fn update(&mut self, action: Action, app: &mut App, now: Time) -> Flow {
        self.scroll.update(&action);
        match action {
            Action::Accept => Flow::Close(app.grant_permissions(now)),
            _ => Flow::STAY,
        }
    }

    fn scroll(&mut self) -> Option<&mut Scroll> {
        Some(&mut self.scroll)
    }

    fn closes_with_dashboard(&self) -> bool {
        true
    }
}

impl App {
    /// Checks whether the user has granted the permissions of a dashboard, and shows a notice if not.
    pub(in crate::app) fn check_permissions(&mut self, index: usize, now: Time) {
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
    pub(in crate::app) fn grant_own_permissions(&mut self, definition: &Dashboard) -> Option<Effect> {
        let fingerprint = definition.permissions_fingerprint()?;
        self.granted_fingerprints
            .insert(fingerprint.clone())
            .then_some(Effect::Files(FilesEffect::SaveGrantedFingerprint(fingerprint)))
    }

    /// Grants the permissions of the current dashboard, and of all others with the same fingerprint.
    fn grant_permissions(&mut self, now: Time) -> Vec<Effect> {
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
