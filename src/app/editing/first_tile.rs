//! The first tile of a new dashboard: the list of tile kinds opens once the connection is established. If a new
//! connection fails instead, its form opens again and shows why.

use super::EditorState;
use crate::{
    app::{
        App, DashboardFile, OpenDashboard,
        screens::{form::Form, kind_list::KindList},
    },
    model::{
        connection::{ConnectionId, ConnectionState},
        profile::SecretKey,
        value::ValidationError,
    },
};

/// Whether the list of tile kinds opens for the first tile of a new dashboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum FirstTile {
    /// It does not.
    #[default]
    NotRequested,
    /// When the dashboard opens.
    Requested,
    /// The dashboard is open, and its connection was not established yet.
    AwaitsConnection(ConnectionId),
}

impl EditorState {
    /// Lets the list of tile kinds open for the first tile of the dashboard that opens next.
    pub(in crate::app) const fn request_first_tile(&mut self) {
        self.first_tile = FirstTile::Requested;
    }
}

impl App {
    /// Opens the list of tile kinds if a new dashboard is among these, which are about to open: now, or when its
    /// connection is established for the first time.
    pub(in crate::app) fn offer_first_tile(
        &mut self,
        files: &[DashboardFile],
        connection: ConnectionId,
        takes_focus: bool,
    ) {
        let is_empty =
            |file: &DashboardFile| file.definition.tiles.is_empty() && !file.definition.locked.locks_layout();
        if std::mem::take(&mut self.editor_state.first_tile) != FirstTile::Requested
            || !takes_focus
            || !files.iter().any(is_empty)
        {
            return;
        }
        match self.connection(connection).map(|connection| &connection.state) {
            Some(ConnectionState::Connected | ConnectionState::WaitingToRetry { .. }) => {
                self.open(KindList::default());
            }
            _ => self.editor_state.first_tile = FirstTile::AwaitsConnection(connection),
        }
    }

    /// Continues with the first tile after the state of a connection has changed, unless the user has done something
    /// else since.
    pub(in crate::app) fn continue_first_tile(&mut self, id: ConnectionId) {
        let takes_focus = self.result_may_take_focus();
        let Some(connection) = self.connection(id).filter(|_| self.awaits_first_connection(id)) else { return };
        // A secret that was typed is asked for again, and a certificate can be trusted on the dashboard.
        let needs_edit = takes_focus && connection.refused_secret().is_none();
        match connection.state.clone() {
            ConnectionState::Connected => {
                self.editor_state.first_tile = FirstTile::NotRequested;
                if takes_focus {
                    self.open_kinds_for_first_tile(id);
                }
            }
            ConnectionState::WaitingToRetry { reason, refused_secret, untrusted_certificate: None, .. }
            | ConnectionState::Stopped { reason, refused_secret, .. }
                if needs_edit =>
            {
                let name = connection.name.clone();
                self.open_failed_profile(&name, reason, refused_secret.as_ref());
            }
            _ => {}
        }
    }

    fn open_kinds_for_first_tile(&mut self, connection: ConnectionId) {
        let is_empty = |dashboard: &OpenDashboard| dashboard.connection == connection && dashboard.is_empty();
        if let Some(index) = self.dashboards.iter().position(is_empty) {
            self.show_tab(index);
            self.open(KindList::default());
        }
    }

    /// Returns whether this connection is new and was never established.
    pub(in crate::app) fn awaits_first_connection(&self, id: ConnectionId) -> bool {
        self.editor_state.first_tile == FirstTile::AwaitsConnection(id)
    }

    /// Opens the form of a profile whose connection has failed, with the reason at the field that it is about.
    fn open_failed_profile(&mut self, name: &str, reason: String, refused: Option<&SecretKey>) {
        let Some(profile) = self.editor_state.profiles.by_name(name).cloned() else { return };
        let key = match refused {
            Some(SecretKey::Password) if profile.username.is_none() => ("username", None),
            Some(SecretKey::Password) => ("password", None),
            Some(SecretKey::ProxyPassword) => ("proxy_password", None),
            Some(SecretKey::KeyPassword) => ("tls", Some("key_password")),
            _ => ("url", None),
        };
        let form = Form::for_profile(Some(name), &profile, self.profile_names_except(Some(name)));
        self.open(form.with_failure(key, ValidationError::new(reason)));
    }
}
