//! The tabs: which dashboard is shown, in which order they are, and closing one.

use std::{collections::BTreeSet, path::PathBuf};

use super::{App, Effect, OpenDashboard, list::wrap_index};
use crate::model::{
    open_tabs::{OpenTabs, SavedTab},
    state_cache::TileKey,
    time::Time,
};

impl App {
    /// Shows the tab with this index, if there is one.
    pub(super) fn show_tab(&mut self, index: usize) {
        if index < self.dashboards.len() {
            self.set_current_tab(index);
            self.close_screen();
        }
    }

    /// Moves the current tab this number of places to the right, or to the left, with wraparound.
    pub(super) fn move_tab(&mut self, offset: isize) {
        if self.dashboards.len() < 2 {
            return;
        }
        let from = self.current_tab();
        let dashboard = self.dashboards.remove(from);
        self.dashboards.insert(wrap_index(from, offset, self.dashboards.len() + 1), dashboard);
        self.rebuild_all_routes();
    }

    /// Closes the current tab. A dashboard without a file stays open: nothing could open it again.
    pub(super) fn close_tab(&mut self, now: Time) -> Vec<Effect> {
        let Some(dashboard) = self.current_dashboard() else { return Vec::new() };
        let title = dashboard.title().to_owned();
        if dashboard.path.is_none() {
            self.notify(format!("{title} has no file: closed, it would be lost"), now);
            return Vec::new();
        }
        self.closed_tabs.extend(dashboard.path.clone());
        let effects = self.close_dashboard(self.current_tab());
        self.notify(format!("Closed {title}: the list of dashboards opens it again"), now);
        effects
    }

    /// Returns the tabs to open at the next start: those with a file and a profile, and those of the last run that could
    /// not be opened.
    #[must_use]
    pub(crate) fn tabs_to_save(&self) -> OpenTabs {
        let to_tab = |dashboard: &OpenDashboard| {
            let profile = &self.connection(dashboard.connection)?.name;
            self.editor_state.profiles.by_name(profile)?;
            let selected = dashboard.tile(dashboard.selected).map(|(tile, _)| TileKey::for_tile(tile));
            Some(SavedTab { path: dashboard.path.clone()?, profile: profile.clone(), selected })
        };
        let mut tabs: Vec<SavedTab> = self.dashboards.iter().filter_map(to_tab).collect();
        for (index, tab) in &self.skipped_tabs {
            let is_known = tabs.iter().any(|open| open.path == tab.path) || self.closed_tabs.contains(&tab.path);
            if !is_known {
                tabs.insert((*index).min(tabs.len()), tab.clone());
            }
        }
        let shown = self.current_dashboard().and_then(|dashboard| dashboard.path.as_ref());
        let current = tabs.iter().position(|tab| Some(&tab.path) == shown).unwrap_or_default();
        let is_closed = |path: &&PathBuf| self.dashboard_index_of(path).is_none();
        let closed: BTreeSet<&PathBuf> = self.closed_tabs.iter().filter(is_closed).collect();
        OpenTabs { tabs, current, closed: closed.into_iter().cloned().collect() }
    }

    /// Arranges the open tabs as they were in the last run. Those that were not open then come last.
    pub(crate) fn arrange_tabs(&mut self, last: &OpenTabs) {
        self.closed_tabs.clone_from(&last.closed);
        let is_skipped = |(_, tab): &(usize, SavedTab)| self.dashboard_index_of(&tab.path).is_none();
        self.skipped_tabs = last.tabs.iter().cloned().enumerate().filter(is_skipped).collect();
        let place = |dashboard: &OpenDashboard| {
            let position = last.tabs.iter().position(|tab| Some(&tab.path) == dashboard.path.as_ref());
            position.unwrap_or(usize::MAX)
        };
        self.dashboards.sort_by_key(place);
        self.rebuild_all_routes();
        let size = self.size;
        for dashboard in &mut self.dashboards {
            let tab = last.tabs.iter().find(|tab| Some(&tab.path) == dashboard.path.as_ref());
            let selected = tab.and_then(|tab| tab.selected.as_ref());
            let index = dashboard.tiles().position(|tile| Some(&TileKey::for_tile(tile)) == selected);
            dashboard.select_tile(index.unwrap_or(dashboard.selected), size);
        }
        let current = last.tabs.get(last.current).and_then(|tab| self.dashboard_index_of(&tab.path));
        self.set_current_tab(current.unwrap_or_default());
    }

    /// Rebuilds the routes of every connection: they contain the positions of dashboards, which have changed.
    pub(super) fn rebuild_all_routes(&mut self) {
        for connection in &mut self.connections {
            connection.rebuild_routes(&self.dashboards);
        }
    }
}
