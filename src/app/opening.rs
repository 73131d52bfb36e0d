//! Opening dashboards: each one gets a tab, its permissions are checked, and its topics are subscribed
//! to.

use super::{App, Connection, DashboardFile, Effect, OpenDashboard, states_by_topic::StatesByTopic};
use crate::model::{connection::ConnectionId, profile::Profile, tile_state::TileState, time::Time, topic::TopicFilter};

/// Dashboards to open on a connection.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenedDashboards {
    /// The connection, which the app may not know yet.
    pub connection: ConnectionId,
    /// The profile of the connection.
    pub profile: Profile,
    /// The dashboards.
    pub files: Vec<DashboardFile>,
    /// What the explorer is to subscribe to, if it is to be opened. If this is empty, it is what the profile says, or the
    /// user is asked.
    pub explore: Option<Vec<TopicFilter>>,
}

impl App {
    pub(super) fn open_dashboards(&mut self, opened: OpenedDashboards, now: Time) -> Vec<Effect> {
        let OpenedDashboards { connection, profile, mut files, explore } = opened;
        let open_index = |file: &DashboardFile| self.dashboard_index_of(file.path.as_deref()?);
        let already_open = files.iter().find_map(open_index);
        files.retain(|file| open_index(file).is_none());
        if self.connection(connection).is_none() {
            let mut opened = Connection { since: now, ..Connection::new(connection, &profile) };
            // If no dashboard needs the connection, this event closes it.
            opened.subscriptions.begin_client();
            self.connections.push(opened);
        }
        let first_new = self.dashboards.len();
        let takes_focus = self.result_may_take_focus();
        if takes_focus {
            self.close_screen();
        }
        self.prepare_opened_dashboards(&files, connection, takes_focus, now);
        for file in files {
            let remembered = (self.remembered.of(file.path.as_deref()), &self.variable_choices);
            let mut dashboard = OpenDashboard::new(file, connection, remembered, &mut self.ids);
            dashboard.header_hidden = self.environment.kiosk;
            if let Some(open) = self.connection(connection) {
                (dashboard.insecure, dashboard.connection_down) = (open.insecure, open.last_failure.is_some());
            }
            self.restore_states(&mut dashboard, now);
            let states = StatesByTopic::of(&self.dashboards, connection);
            let initial_states: Vec<TileState> =
                dashboard.tiles().map(|tile| self.initial_state(&states, connection, tile)).collect();
            dashboard.set_initial_states(initial_states);
            let index = self.dashboards.len();
            if let Some(connection) = self.connection_mut(connection) {
                connection.add_routes(index, &dashboard);
            }
            self.dashboards.push(dashboard);
            self.recall_devices(index);
            self.set_dashboard_subscriptions(index);
            self.update_permissions(index);
            self.notify_of_missing_permissions(index, now);
        }
        let first =
            if first_new < self.dashboards.len() { first_new } else { already_open.unwrap_or(self.current_tab()) };
        if takes_focus || self.current.is_none() {
            self.set_current_tab(first);
        } else if let Some(dashboard) = self.dashboards.get(first) {
            self.notify(format!("{} is open on tab {}", dashboard.title(), first + 1), now);
        }
        self.display.dirty = true;
        match explore {
            Some(filters) if filters.is_empty() => self.open_explorer_of(connection, now),
            Some(filters) => self.start_explorer(connection, filters, now),
            None => {}
        }
        (first..self.dashboards.len()).flat_map(|index| self.load_scripts(index, now)).collect()
    }
}
