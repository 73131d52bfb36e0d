//! What a form's fields are filled from beyond the keyboard, and the tile as it would be.

use std::sync::Arc;

use super::{EditAction, ManageDialog};
use crate::{
    app::{
        App, Effect, Focus, TilePosition,
        connection::Connection,
        form::{CompletionSource, FieldEntry, Form, FormPopup, FormSubject, PickList, PickRow, json_path_rows},
        pictures::{picture_bytes, set_picture},
    },
    model::{
        connection::Message, grid::Direction, json_path::parse_json, media::DecodedImage, tile::Tile,
        tile_state::TileState, tile_value::payload_text, time::Time,
    },
};

/// A tile as the form has it, and what it would show.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The tile.
    pub tile: Tile,
    /// What it would know.
    pub state: TileState,
    /// The last payload on its topic, as text.
    pub payload: Option<String>,
}

/// A picture for a preview: its bytes, and what came of reading them.
#[derive(Debug)]
pub struct PreviewPicture {
    bytes: Arc<[u8]>,
    picture: Option<Result<DecodedImage, String>>,
}

impl App {
    fn form_connection(&self, form: &Form) -> Option<&Connection> {
        match form.subject {
            FormSubject::Tile { dashboard_index, .. } => {
                self.connections.get(self.dashboards.get(dashboard_index)?.connection.0)
            }
            _ => None,
        }
    }

    /// The last message for a tile that is being edited.
    fn last_message(&self, form: &Form, tile: &Tile) -> Option<(Message, Time)> {
        let FormSubject::Tile { dashboard_index, tile_index, new: is_new, .. } = form.subject else {
            return None;
        };
        let topic = tile.topic.as_ref()?;
        let from_tile =
            self.dashboards.get(dashboard_index).and_then(|dashboard| dashboard.tile(tile_index)).filter(|_| !is_new);
        let from_tile =
            from_tile.filter(|(old, _)| old.topic.as_ref() == Some(topic)).and_then(|(_, state)| state.last_message());
        let from_tile = from_tile.map(|last| (last.message, last.received_at));
        from_tile.or_else(|| {
            self.form_connection(form)?
                .topic_cache
                .latest_message(topic)
                .map(|(message, at)| (message.to_message(), at))
        })
    }

    /// The tile as the form has it, with its real data.
    #[must_use]
    pub fn preview(&self, form: &Form) -> Option<Preview> {
        let (tile, _) = form.draft_tile()?;
        let last = self.last_message(form, &tile);
        let payload = last.as_ref().map(|(message, _)| payload_text(&message.payload));
        let mut state = match last {
            Some((message, at)) => TileState::resolved_from(&tile, (&message).into(), at),
            None => TileState::default(),
        };
        if let (Some(bytes), Some(preview_picture)) = (picture_bytes(&tile, &state), &self.editor_state.preview_picture)
            && preview_picture.bytes == bytes
            && let Some(picture) = preview_picture.picture.clone()
        {
            set_picture(&mut state, picture);
        }
        Some(Preview { tile, state, payload })
    }

    /// Wishes the picture of the tile that a form shows to be read, unless it was.
    pub(in crate::app) fn request_preview_decode(&mut self) -> Option<Effect> {
        let preview = self.form().and_then(|form| self.preview(form))?;
        let bytes = picture_bytes(&preview.tile, &preview.state)?;
        if self.editor_state.preview_picture.as_ref().is_some_and(|preview_picture| preview_picture.bytes == bytes) {
            return None;
        }
        self.editor_state.preview_picture = Some(PreviewPicture { bytes: Arc::clone(&bytes), picture: None });
        Some(Effect::DecodePicture(TilePosition::PREVIEW, bytes))
    }

    /// Takes what came of reading it.
    pub(in crate::app) fn on_preview_decoded(&mut self, picture: Result<DecodedImage, String>) {
        if let Some(preview_picture) = &mut self.editor_state.preview_picture {
            preview_picture.picture = Some(picture);
            self.dirty = true;
        }
    }

    /// What the topic that is being typed is completed by.
    #[must_use]
    pub fn completion(&self, form: &Form) -> Option<&str> {
        let enabled = form.completion_enabled && form.popup.is_none();
        let field =
            form.focused_field().filter(|field| enabled && field.completion_source == CompletionSource::Topic)?;
        let FieldEntry::Text(input) = &field.entry else {
            return None;
        };
        if input.cursor() < input.value().chars().count() {
            return None;
        }
        let typed = input.value();
        self.form_connection(form)?.topic_cache.complete_topic(typed).and_then(|topic| topic.get(typed.len()..))
    }

    /// Completes the topic that is being typed. Whether there was something to complete it by.
    pub(super) fn accept_completion(&mut self) -> bool {
        let Some(suffix) = self.form().and_then(|form| self.completion(form)).map(str::to_owned) else {
            return false;
        };
        if let Some(form) = self.form_mut() {
            form.append_completion(&suffix);
        }
        true
    }

    /// The same in a form that is being taken.
    pub(super) fn accept_completion_in(&self, form: &mut Form) {
        if let Some(suffix) = self.completion(form).map(str::to_owned) {
            form.append_completion(&suffix);
        }
    }

    /// Shows the completion no more. Whether there was one.
    pub(super) fn dismiss_completion(&mut self) -> bool {
        let shown = self.form().is_some_and(|form| self.completion(form).is_some());
        if let Some(form) = self.form_mut().filter(|_| shown) {
            form.completion_enabled = false;
        }
        shown
    }

    fn form_mut(&mut self) -> Option<&mut Form> {
        match &mut self.focus {
            Focus::Manage(dialog) => match &mut **dialog {
                ManageDialog::Form(form) => Some(form),
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn handle_form_action(&mut self, action: &EditAction, mut form: Form, now: Time) -> Vec<Effect> {
        let mut effects = Vec::new();
        match action {
            EditAction::NextValue if form.popup.is_none() && !form.open_popup() => {
                form.handle_direction(Direction::Right)
            }
            EditAction::OpenPicker if form.popup.is_none() && !form.open_popup() => match self.pick_list_for(&form) {
                Ok(list) => {
                    if form.focused_field().is_some_and(|field| field.completion_source == CompletionSource::Topic) {
                        effects = self.discover_topics(&form);
                    }
                    form.popup = Some(FormPopup::List(list));
                    if !effects.is_empty() {
                        self.notify("Looking around for 2 s…", now);
                    }
                }
                Err(reason) => self.notify(reason, now),
            },
            EditAction::TestConnection if form.is_profile() => {
                let (profile, errors) = form.draft_profile();
                if let Some((_, error)) = errors.first() {
                    self.notify(error.message.clone(), now);
                } else {
                    self.notify("Testing…", now);
                    effects = self.test_connection(profile);
                }
            }
            _ => {}
        }
        self.open_manage_dialog(ManageDialog::Form(Box::new(form)));
        effects
    }

    /// Looks once at what the broker carries beyond the topics of the tiles.
    fn discover_topics(&mut self, form: &Form) -> Vec<Effect> {
        let name = self.form_connection(form).map(|connection| connection.name.clone());
        let known = name.and_then(|name| self.editor_state.profiles.by_name(&name)).cloned();
        match known {
            Some(profile) if self.editor_state.connection_tests.iter().all(|(name, _)| *name != profile.name) => {
                self.test_connection(profile)
            }
            _ => Vec::new(),
        }
    }

    fn topic_rows(&self, form: &Form) -> Vec<PickRow> {
        let cached =
            self.form_connection(form).map(|connection| connection.topic_cache.messages_by_topic()).unwrap_or_default();
        cached.into_iter().map(|message| PickRow::from_label(message.topic, &payload_text(message.payload))).collect()
    }

    /// The list that the field is filled from; an error says why there is none.
    fn pick_list_for(&self, form: &Form) -> Result<PickList, String> {
        let completion_source = form.focused_field().map_or(CompletionSource::Nothing, |field| field.completion_source);
        match completion_source {
            CompletionSource::Topic => {
                Ok(PickList::new("Topics seen", "nothing has come by yet", self.topic_rows(form)))
            }
            CompletionSource::Profile => {
                let rows = self
                    .connection_entries
                    .iter()
                    .map(|entry| PickRow::from_label(&entry.name, &entry.address))
                    .collect();
                Ok(PickList::new("Connections", "there is no connection yet", rows))
            }
            CompletionSource::Dashboard => {
                let rows = self.editor_state.dashboard_files.iter().map(|name| PickRow::from_label(name, "")).collect();
                Ok(PickList::new("Dashboards", "there is no dashboard yet", rows))
            }
            CompletionSource::Json => {
                let preview = self.preview(form);
                let last = preview.and_then(|preview| self.last_message(form, &preview.tile));
                let (message, _) = last.ok_or("Nothing has come on this topic yet")?;
                let json = parse_json(&message.payload).map_err(|error| error.to_string())?;
                Ok(PickList::new("Parts of the payload", "there is nothing inside", json_path_rows(&json)))
            }
            _ => Err("There is nothing to choose from for this field".to_owned()),
        }
    }

    /// Fills a list of topics that is open again: a test has found more.
    pub(super) fn refresh_topic_list(&mut self) {
        let Some(form) = self.form() else { return };
        if form.focused_field().is_none_or(|field| field.completion_source != CompletionSource::Topic) {
            return;
        }
        let rows = self.topic_rows(form);
        if let Some(FormPopup::List(list)) = self.form_mut().and_then(|form| form.popup.as_mut()) {
            list.rows = rows;
        }
    }
}
