//! The screens beside the dashboards, which `[` and `]` walk through.
//!
//! To add one, add a line to [`PLACES`]; its screen has a [`breadcrumb`](super::Component::breadcrumb) and a key
//! context [with the keys](crate::app::key_binding::KeyContext::with_place_keys) that walk on.

use super::Screen;
use crate::{
    app::{Action, App, EditAction, Effect, ExploreAction, list::wrap_index},
    model::time::Time,
};

/// A screen beside the dashboards.
pub(crate) struct Place {
    /// The name of the key binding that opens it.
    pub binding: &'static str,
    /// Its name in the header.
    pub title: &'static str,
    /// The action that opens it.
    pub action: Action,
    is_open: fn(&Screen) -> bool,
}

/// The screens beside the dashboards, in order.
pub(crate) const PLACES: [Place; 4] = [
    Place {
        binding: "dashboards",
        title: "dashboards",
        action: Action::Edit(EditAction::ListDashboards),
        is_open: |screen| matches!(screen, Screen::DashboardList(_)),
    },
    Place {
        binding: "explorer",
        title: "explorer",
        action: Action::Explore(ExploreAction::Open),
        is_open: |screen| matches!(screen, Screen::Explorer(_) | Screen::ExplorerFilters(_)),
    },
    Place {
        binding: "activity",
        title: "just happened",
        action: Action::ShowActivity,
        is_open: |screen| matches!(screen, Screen::Activity(_)),
    },
    Place {
        binding: "connections",
        title: "connections",
        action: Action::ListConnections,
        is_open: |screen| matches!(screen, Screen::Connections(_)),
    },
];

impl App {
    /// Returns whether a place can be opened: in kiosk mode, some cannot.
    #[must_use]
    pub(crate) fn can_open(&self, place: &Place) -> bool {
        self.refusal_reason(&place.action).is_none()
    }

    /// Opens the screen that is this number of screens after the open one, or before it. The dashboard is one of them.
    pub(in crate::app) fn walk_screens(&mut self, offset: isize, now: Time) -> Vec<Effect> {
        let open = PLACES.iter().position(|place| (place.is_open)(&self.focus)).map_or(0, |index| index + 1);
        let mut next = wrap_index(open, offset, PLACES.len() + 1);
        self.close_screen();
        while let Some(place) = next.checked_sub(1).map(|index| &PLACES[index]) {
            if self.can_open(place) {
                return self.handle_action(place.action.clone(), now);
            }
            next = wrap_index(next, offset.signum(), PLACES.len() + 1);
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use crate::app::{
        Action,
        tests::{AppFixture, tile},
    };

    #[test]
    fn walking_through_the_screens_comes_back_to_the_dashboard() {
        let mut fixture = AppFixture::new(vec![tile("text", &[("name", "Door".into()), ("topic", "door".into())])]);
        let mut walk = |offset| {
            fixture.dispatch(Action::WalkScreens(offset));
            fixture.app.focus.breadcrumb(&fixture.app)
        };
        let forward: Vec<_> = (0..5).map(|_| walk(1)).collect();
        let names = ["Dashboards", "Explorer", "Just happened", "Connections"].map(|name| Some(name.to_owned()));
        assert_eq!(forward, [&names[..], &[None]].concat());
        let backward: Vec<_> = (0..5).map(|_| walk(-1)).collect();
        assert_eq!(backward, [names[3].clone(), names[2].clone(), names[1].clone(), names[0].clone(), None]);
        // In kiosk mode, what cannot be opened is left out.
        fixture.app.environment.kiosk = true;
        for offset in [1, -1] {
            fixture.dispatch(Action::WalkScreens(offset));
            assert_eq!(fixture.app.focus.breadcrumb(&fixture.app), names[2]);
            fixture.dispatch(Action::WalkScreens(offset));
            assert!(fixture.app.dashboard_has_focus() && fixture.app.notice().is_none());
        }
    }
}
