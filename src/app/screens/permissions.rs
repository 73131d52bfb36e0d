//! The review of what a dashboard may do: its scripts, the topics that they publish to, the URLs that it fetches, and
//! what was blocked while it ran. The user can agree only after everything has been on the screen.

use super::{Component, Flow};
use crate::{
    app::{
        Action, App, EditAction, OpenDashboard,
        key_binding::{KeyBinding, KeyContext, key_bindings},
        list::Scroll,
    },
    model::{access::Access, grid::Direction, id::DashboardId, permission::Permission, time::Time},
};

/// The permissions of a dashboard.
const PERMISSIONS: KeyContext = KeyContext::new("In the permissions of a dashboard");

/// The maximum size of all scripts and URLs of a dashboard that can be reviewed, in bytes. A dashboard with more stays
/// blocked.
pub(crate) const MAX_REVIEW_BYTES: usize = 256 << 10;

/// The key bindings.
pub(crate) const BINDINGS: &[KeyBinding] = key_bindings! {
    PERMISSIONS {
        "trust-up" ["Up", "k"] |_| Action::MoveInDialog(Direction::Up), "scroll one line up", "scroll";
        "trust-down" ["Down", "j"] |_| Action::MoveInDialog(Direction::Down), "scroll one line down", "scroll";
        "trust-page-up" ["PageUp"] |_| Action::MoveInDialog(Direction::PageUp), "scroll one page up";
        "trust-page-down" ["PageDown", "Space"] |_| Action::MoveInDialog(Direction::PageDown), "scroll one page down",
            (|app| review(app).filter(|review| !review.scroll.has_shown_all()).map(|_| "next page"));
        "trust-first" ["Home", "g"] |_| Action::MoveInDialog(Direction::First), "scroll to the beginning";
        "trust-last" ["End", "G"] |_| Action::MoveInDialog(Direction::Last), "scroll to the end";
        "trust-accept" ["Enter"] |_| Action::Accept, "allow all of it, once all of it was shown",
            (|app| review(app).filter(|review| review.refusal_reason().is_none()).map(|review| review.accept_label(app)));
        "trust-withdraw" ["d"] |_| Action::Edit(EditAction::Delete), "withdraw what you have allowed",
            (|app| app.dashboard(review(app)?.dashboard)?.permissions.has_grants().then_some("withdraw"));
    }
};

/// Returns the review on the screen.
fn review(app: &App) -> Option<&PermissionReview> {
    match &app.focus {
        super::Screen::Permissions(review) => Some(review),
        _ => None,
    }
}

/// What a dashboard asks for, and the question whether to grant it.
#[derive(Debug, Clone)]
pub struct PermissionReview {
    /// The dashboard.
    pub(crate) dashboard: DashboardId,
    /// What its definition asks for. The review closes when that changes.
    pub(crate) permissions: Vec<Permission>,
    /// What was blocked before the review was opened. What is blocked later needs another review.
    pub(crate) blocked: Vec<Access>,
    /// The scroll position.
    pub(crate) scroll: Scroll,
}

impl PermissionReview {
    /// Creates the review of a dashboard, unless it asks for nothing.
    pub(in crate::app) fn of(dashboard: &OpenDashboard) -> Option<Self> {
        let permissions = &dashboard.permissions;
        let blocked = permissions.blocked.clone();
        (permissions.asks_for_more() || permissions.has_grants()).then(|| Self {
            dashboard: dashboard.id,
            permissions: dashboard.definition.permissions(),
            blocked,
            scroll: Scroll::default(),
        })
    }

    /// Returns whether there is something that the user has not granted.
    pub(crate) fn asks_for_more(&self, app: &App) -> bool {
        !self.blocked.is_empty()
            || app.dashboard(self.dashboard).is_some_and(|dashboard| !dashboard.permissions.granted)
    }

    /// Returns what Enter does once the end has been shown.
    fn accept_label(&self, app: &App) -> &'static str {
        if self.asks_for_more(app) { "allow" } else { "close" }
    }

    /// Returns why nothing can be granted now.
    fn refusal_reason(&self) -> Option<String> {
        if self.bytes() > MAX_REVIEW_BYTES {
            return Some(format!(
                "Blocked: more than {} KiB of scripts and URLs cannot be reviewed",
                MAX_REVIEW_BYTES >> 10
            ));
        }
        (!self.scroll.has_shown_all()).then(|| "Scroll through all of it first: Enter allows all of it".to_owned())
    }

    /// Returns the size of what has to be reviewed, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.permissions.iter().map(|permission| permission.tile_name.len() + permission.text.len()).sum()
    }
}

impl Component for PermissionReview {
    fn key_context(&self, _app: &App) -> KeyContext {
        PERMISSIONS
    }

    fn update(&mut self, action: Action, app: &mut App, now: Time) -> Flow {
        self.scroll.update(&action);
        match action {
            Action::Accept if !self.asks_for_more(app) => Flow::CLOSE,
            Action::Accept => match self.refusal_reason() {
                None => Flow::Close(app.grant_permissions(self.dashboard, &self.blocked, now)),
                Some(reason) => {
                    app.notify(reason, now);
                    Flow::STAY
                }
            },
            Action::Edit(EditAction::Delete) => Flow::Close(app.revoke_permissions(self.dashboard, now)),
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
