//! Yes-or-no questions before something is deleted, published, trusted or created.

use std::{borrow::Cow, path::PathBuf};

use super::{Component, Flow, Screen, form::Form};
use crate::{
    app::{
        Action, App, Effect, FilesEffect, MqttEffect,
        key_binding::{KeyBinding, KeyContext, key_bindings},
    },
    model::{
        connection::{ConnectionId, ConnectionState, PublishRequest, Qos, Subscription},
        edit::{DashboardEdit, ProfileEdit},
        field_value::Nested,
        id::TileId,
        kept_deletion::RetainedMessage,
        plural::pluralize,
        profile::CertificatePin,
        tile::Tile,
        time::Time,
        topic::Topic,
    },
};

/// The most characters of a payload that a question shows.
const MAX_SHOWN_CHARS: usize = 60;

/// A yes-or-no question.
const CONFIRM: KeyContext = KeyContext::new("In a yes-or-no question");

/// Returns the label that the question has for yes.
fn yes_hint(app: &App) -> Option<&'static str> {
    let Screen::Confirm(confirm) = &app.focus else { return None };
    Some(confirm.yes_label)
}

/// The key bindings.
pub(crate) const BINDINGS: &[KeyBinding] = key_bindings! {
    CONFIRM {
        "confirm-yes" ["y"] |_| Action::Accept, "yes", (yes_hint);
        "confirm-no" ["n"] |_| Action::Cancel, "no", "no";
    }
};

/// A yes-or-no question.
#[derive(Debug, Clone)]
pub struct Confirm {
    /// The title of the dialog.
    pub(crate) title: String,
    /// The question and its explanation, one paragraph each.
    pub(crate) text: Vec<String>,
    /// The footer hint of the key that confirms.
    pub(crate) yes_label: &'static str,
    action: ConfirmedAction,
}

#[derive(Debug, Clone)]
pub(in crate::app) enum ConfirmedAction {
    DeleteTile(TileId),
    ClearRetained(ConnectionId, Vec<Topic>),
    DeleteRetained(ConnectionId, Vec<RetainedMessage>),
    DeleteDashboard(PathBuf),
    DeleteProfile(String),
    TrustCertificate(String, CertificatePin),
    CreateFirstDashboard(String),
    PressTile {
        tile: TileId,
        /// The tile about which it was asked.
        definition: Box<Tile>,
        /// The value that is published; `None`: the tap script runs.
        value: Option<String>,
    },
    AddDeletedTile(Box<Form>),
}

impl Confirm {
    /// Creates a question.
    pub(in crate::app) fn new(
        title: &str,
        text: Vec<String>,
        yes_label: &'static str,
        action: ConfirmedAction,
    ) -> Self {
        Self { title: title.to_owned(), text, yes_label, action }
    }
}

impl Component for Confirm {
    fn key_context(&self, _app: &App) -> KeyContext {
        CONFIRM
    }

    fn update(&mut self, action: Action, app: &mut App, now: Time) -> Flow {
        match action {
            Action::Accept => Flow::Close(app.accept_confirmation(self.action.clone(), now)),
            _ => Flow::STAY,
        }
    }

    fn cancel(&mut self, app: &mut App, _now: Time) -> Flow {
        match &self.action {
            ConfirmedAction::DeleteProfile(name) => app.open_connection_list(Some(name)),
            ConfirmedAction::AddDeletedTile(form) => app.open((**form).clone()),
            _ => {}
        }
        Flow::CLOSE
    }

    fn subscriptions(&self, _app: &App) -> Option<(ConnectionId, Vec<Subscription>)> {
        match &self.action {
            ConfirmedAction::ClearRetained(connection, _) => Some((*connection, Vec::new())),
            _ => None,
        }
    }

    fn tile(&self) -> Option<TileId> {
        match &self.action {
            ConfirmedAction::DeleteTile(tile) | ConfirmedAction::PressTile { tile, .. } => Some(*tile),
            _ => None,
        }
    }
}

impl App {
    pub(in crate::app) fn confirm_delete_tile(&mut self) {
        let Some(id) = self.selected_id() else { return };
        let whole = self.whole_of(id);
        let Some((tile, _)) = self.tile(whole) else { return };
        let name = tile.display_name();
        let mut text = match tile.row_tables().len() {
            0 => vec![format!("Delete the tile {name}?")],
            rows => vec![format!("Delete the whole panel {name}, with {}?", pluralize(rows, "row"))],
        };
        if whole != id {
            text.push("To delete only a row, edit the panel with Ctrl-E.".to_owned());
        }
        text.push("To undo this later, press u.".to_owned());
        let action = ConfirmedAction::DeleteTile(whole);
        self.open(Confirm { title: "Delete".to_owned(), text, yes_label: "delete", action });
    }

    /// Asks whether to delete the retained messages on the topics of the selected tile.
    pub(in crate::app) fn confirm_clear_retained(&mut self, now: Time) -> Vec<Effect> {
        let Some(((tile, _), dashboard)) = self.selected_tile().zip(self.current_dashboard()) else {
            return Vec::new();
        };
        let connection = dashboard.connection;
        let tile_topic = tile.topic.as_ref().and_then(crate::model::topic::TopicFilter::as_topic);
        let mut topics: Vec<Topic> = tile_topic.into_iter().chain(tile.target_topic()).collect();
        topics.dedup();
        if topics.is_empty() {
            self.notify("No retained messages to delete: the tile has no topic without wildcards", now);
            return Vec::new();
        }
        let mut text = vec!["Delete the retained messages on:".to_owned()];
        text.extend(topics.iter().map(|topic| format!("  {topic}")));
        text.push("Each gets an empty message, which a device that listens there receives, too.".to_owned());
        text.push("This cannot be undone.".to_owned());
        let action = ConfirmedAction::ClearRetained(connection, topics);
        let title = "Delete retained messages".to_owned();
        self.open(Confirm { title, text, yes_label: "delete", action });
        Vec::new()
    }

    pub(in crate::app) fn confirm_delete_dashboard(&mut self, path: PathBuf) {
        let text = vec![format!("Delete the file {}?", path.display()), "This cannot be undone.".to_owned()];
        let action = ConfirmedAction::DeleteDashboard(path);
        self.open(Confirm { title: "Delete a dashboard".to_owned(), text, yes_label: "delete", action });
    }

    /// Asks the question of a tile before a press publishes this value or, without one, runs the tap script. What is
    /// published comes first, so that a long question does not hide it.
    pub(in crate::app) fn confirm_press(&mut self, id: TileId, question: String, value: Option<String>) {
        let Some((tile, _)) = self.tile(id) else { return };
        let text = match (&value, tile.target_topic()) {
            (Some(value), Some(topic)) => {
                let payload = tile.payload_of(value).unwrap_or(Cow::Borrowed(value));
                let shown: String = payload.chars().take(MAX_SHOWN_CHARS).collect();
                let cut = if shown.len() < payload.len() { "…" } else { "" };
                vec![format!("{shown}{cut} → {topic}"), question]
            }
            _ => vec!["Runs the script of this tile.".to_owned(), question],
        };
        let (title, yes_label) = (tile.display_name().to_owned(), tile.action_label().unwrap_or("publish"));
        let action = ConfirmedAction::PressTile { tile: id, definition: Box::new(tile.clone()), value };
        self.open(Confirm { title, text, yes_label, action });
    }

    pub(in crate::app) fn confirm_delete_profile(&mut self, name: String) {
        let text = vec![
            format!("Delete the connection {name}?"),
            "Its dashboards are kept: to open them, set their `profile` to another connection.".to_owned(),
        ];
        let action = ConfirmedAction::DeleteProfile(name);
        self.open(Confirm { title: "Delete a connection".to_owned(), text, yes_label: "delete", action });
    }

    pub(in crate::app) fn confirm_first_dashboard(&mut self, name: String) {
        let text = vec![format!("The connection {name} has no dashboard yet. Create one?")];
        let action = ConfirmedAction::CreateFirstDashboard(name);
        self.open(Confirm { title: "First dashboard".to_owned(), text, yes_label: "create", action });
    }

    /// Asks whether to add the tile of a form that was deleted since the form was opened.
    pub(in crate::app) fn confirm_add_deleted_tile(&mut self, form: Form) {
        let name = form.tile_name().unwrap_or_default();
        let text = vec![match (form.panel_name(), self.origin_of_new_row(&form)) {
            (Some(panel), Some(_)) => format!("Row {name} of {panel} was deleted meanwhile: add it again?"),
            (Some(panel), None) => {
                format!("Row {name} was deleted meanwhile, and {panel} has no room for it: add it as a tile?")
            }
            (None, _) => format!("Tile {name} was deleted meanwhile: add it again?"),
        }];
        let action = ConfirmedAction::AddDeletedTile(Box::new(form));
        self.open(Confirm { title: "Deleted tile".to_owned(), text, yes_label: "add", action });
    }

    /// Returns the certificate that the connection of the current dashboard does not trust, with the name of
    /// the connection.
    #[must_use]
    pub(crate) fn untrusted_certificate(&self) -> Option<(&str, CertificatePin)> {
        let connection = self.current_connection()?;
        match &connection.state {
            ConnectionState::WaitingToRetry { untrusted_certificate: Some(pin), .. }
                if self.editor_state.profiles.by_name(&connection.name).is_some() =>
            {
                Some((&connection.name, *pin))
            }
            _ => None,
        }
    }

    pub(in crate::app) fn confirm_untrusted_certificate(&mut self, now: Time) -> Vec<Effect> {
        match self.untrusted_certificate().map(|(name, pin)| (name.to_owned(), pin)) {
            Some((name, pin)) => self.confirm_certificate(name, pin),
            None => self.notify("There is no untrusted certificate to review", now),
        }
        Vec::new()
    }

    /// Shows the fingerprint of a certificate and asks whether to trust it.
    pub(in crate::app) fn confirm_certificate(&mut self, name: String, pin: CertificatePin) {
        let text = vec![
            format!("The certificate of {name} is not trusted. Its fingerprint:"),
            pin.to_string(),
            "Compare it with the broker's own fingerprint before you trust it.".to_owned(),
            "It is then trusted for any host name, and also after it expires.".to_owned(),
        ];
        let action = ConfirmedAction::TrustCertificate(name, pin);
        let title = "Trust this certificate?".to_owned();
        self.open(Confirm { title, text, yes_label: "trust this certificate", action });
    }

    fn accept_confirmation(&mut self, action: ConfirmedAction, now: Time) -> Vec<Effect> {
        match action {
            ConfirmedAction::DeleteTile(tile) => self.definition_position_of(tile).map_or_else(Vec::new, |position| {
                self.edit_dashboard(position.dashboard, DashboardEdit::DeleteTile(position.tile))
            }),
            ConfirmedAction::ClearRetained(connection, topics) => {
                self.notify("Deleting the retained messages", now);
                let request = |topic: Topic| {
                    let (id, payload, qos) = (self.publishing.next_id(), [].into(), Qos::AtLeastOnce);
                    let request = PublishRequest { id, topic, payload, qos, retain: true, properties: None };
                    Effect::Mqtt(MqttEffect::Publish(connection, request))
                };
                topics.into_iter().map(request).collect()
            }
            ConfirmedAction::DeleteRetained(connection, messages) => {
                self.delete_retained(connection, messages, now);
                Vec::new()
            }
            ConfirmedAction::DeleteDashboard(path) => vec![Effect::Files(FilesEffect::DeleteDashboard(path))],
            ConfirmedAction::PressTile { tile, definition, value } => {
                self.press_confirmed(tile, &definition, value, now)
            }
            ConfirmedAction::DeleteProfile(name) => {
                self.open_connection_list(None);
                vec![Effect::Files(FilesEffect::EditProfiles(Box::new(ProfileEdit::Delete(name))))]
            }
            ConfirmedAction::TrustCertificate(name, pin) => {
                let Some(current) = self.editor_state.profiles.by_name(&name) else {
                    return Vec::new();
                };
                let mut profile = current.clone();
                profile.tls =
                    Nested(crate::model::profile::TlsSettings { pin: Some(pin), insecure: false, ..profile.tls.0 });
                vec![Effect::Files(FilesEffect::EditProfiles(Box::new(ProfileEdit::Replace(name, profile))))]
            }
            ConfirmedAction::AddDeletedTile(form) => self.add_deleted_tile(*form, now),
            ConfirmedAction::CreateFirstDashboard(name) => {
                self.editor_state.request_first_tile();
                vec![Effect::Mqtt(MqttEffect::OpenOrCreateFirstDashboard(name))]
            }
        }
    }
}
