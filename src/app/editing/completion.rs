//! Topic completion and pick lists for the fields of a form, and the preview of the tile that is being
//! edited.

use std::sync::Arc;

use crate::{
    app::{
        App, Effect, MediaEffect, MqttEffect, OpenDashboard,
        connection::Connection,
        form::{CompletionSource, FieldEntry, Form, FormSubject, PickList, PickRow, json_path_rows},
        images::{image_bytes, set_image},
        screens::Screen,
    },
    model::{
        error::{ImageError, TileError},
        id::TileId,
        json_path::parse_json,
        kind,
        media::DecodedImage,
        message_age::MessageAge,
        tile::Tile,
        tile_state::TileState,
        tile_value::{TimedMessage, payload_text},
    },
};

/// The tile that a form describes, with real data.
#[derive(Debug, Clone)]
pub(crate) struct Preview {
    /// The tile.
    pub tile: Tile,
    /// The state of the tile, from the last message on its topic.
    pub state: TileState,
    /// The last payload on its topic, as text.
    pub payload: Option<String>,
    /// The rows of a panel with their states, or the row that the form edits, and their panel.
    pub panel: Option<PanelPreview>,
}

/// A panel with rows.
#[derive(Debug, Clone)]
pub(crate) struct PanelPreview {
    /// The panel.
    pub tile: Tile,
    /// The rows and their states.
    pub rows: Vec<(Tile, TileState)>,
}

/// Why there is no list to choose the value of a field from, as a sentence without a final period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(in crate::app) enum PickListError {
    /// The value of this field is not one of a list.
    #[error("This field has no list to choose from")]
    NoList,
    /// The list shows the last payload, and there is none.
    #[error("No message has arrived on this topic yet")]
    NoMessage,
    /// The last payload is a plain value.
    #[error("Plain text ({0}): no JSON parts. Leave the path empty.")]
    NoParts(String),
    /// The last payload has no JSON paths.
    #[error(transparent)]
    Payload(#[from] TileError),
}

/// The image of a preview: its encoded bytes, and the decoded image once it is available.
#[derive(Debug)]
pub(crate) struct PreviewImage {
    /// The identifier of this preview, in place of a tile's.
    id: TileId,
    bytes: Arc<[u8]>,
    image: Option<Result<DecodedImage, ImageError>>,
}

/// Returns the JSON in a payload that has parts to choose from.
fn json_with_parts(payload: &[u8]) -> Result<serde_json::Value, PickListError> {
    /// How much is shown of a plain value.
    const MAX_SHOWN_CHARS: usize = 24;
    let text = payload_text(payload);
    let text = text.trim();
    match parse_json(payload) {
        Ok(json) if json.is_object() || json.is_array() => Ok(json),
        Err(error) if text.is_empty() || text.starts_with(['{', '[']) || str::from_utf8(payload).is_err() => {
            Err(error.into())
        }
        Err(error @ TileError::JsonTooLarge(..)) => Err(error.into()),
        _ => {
            let end = text.char_indices().nth(MAX_SHOWN_CHARS).map(|(end, _)| end);
            let shown = end.map_or_else(|| text.to_owned(), |end| format!("{}…", &text[..end]));
            Err(PickListError::NoParts(shown))
        }
    }
}

impl App {
    pub(super) fn form_connection(&self, form: &Form) -> Option<&Connection> {
        self.connection(self.form_dashboard(form)?.connection)
    }

    /// Returns the dashboard of the tile that a form describes.
    pub(super) fn form_dashboard(&self, form: &Form) -> Option<&OpenDashboard> {
        match form.subject {
            FormSubject::Tile { dashboard, .. } => self.dashboard(dashboard),
            _ => None,
        }
    }

    /// Returns the last message for the tile that is being edited and since when it is known, from the tile itself if its topic is
    /// unchanged, otherwise from the topic cache.
    fn last_message(&self, form: &Form, tile: &Tile) -> Option<(TimedMessage, MessageAge)> {
        let FormSubject::Tile { tile: id, .. } = form.subject else {
            return None;
        };
        let topic = tile.topic.as_ref()?;
        let from_tile = id
            .and_then(|id| self.tile(id))
            .filter(|(current, _)| current.topic.as_ref() == Some(topic))
            .and_then(|(_, state)| Some((state.last_message()?, state.message_age())));
        from_tile.or_else(|| {
            let (message, received_at, age) = self.form_connection(form)?.topic_cache.latest_message(topic)?;
            Some((TimedMessage { message: message.to_message(), received_at }, age))
        })
    }

    /// Returns the tile that the form describes, with the last message on its topic.
    #[must_use]
    pub(crate) fn preview(&self, form: &Form) -> Option<Preview> {
        let (tile, _) = form.draft_tile()?;
        let last = self.last_message(form, &tile);
        let payload = last.as_ref().map(|(last, _)| payload_text(&last.message.payload));
        let mut state = last.map(|(last, age)| TileState::from_message(&last, age)).unwrap_or_default();
        state.resolve_value(&tile, None);
        if let (Some(bytes), Some(preview_image)) = (image_bytes(&tile, &state), &self.editor_state.preview_image)
            && preview_image.bytes == bytes
            && let Some(image) = preview_image.image.clone()
        {
            set_image(&mut state, image);
        }
        let panel = self.preview_of_panel(form, &tile, &state);
        Some(Preview { tile, state, payload, panel })
    }

    /// Returns the panel that a form describes with its rows, or the row that it describes in its panel.
    fn preview_of_panel(&self, form: &Form, tile: &Tile, state: &TileState) -> Option<PanelPreview> {
        if let Some(name) = form.panel_name() {
            let mut panel = Tile::new(kind::panel());
            panel.name = name;
            return Some(PanelPreview { tile: panel, rows: vec![(tile.clone(), state.clone())] });
        }
        let with_state = |row: Tile| {
            let last = self.last_message(form, &row);
            let mut state = last.map(|(last, age)| TileState::from_message(&last, age)).unwrap_or_default();
            state.resolve_value(&row, None);
            (row, state)
        };
        tile.is_panel().then(|| PanelPreview { tile: tile.clone(), rows: tile.shown_rows().map(with_state).collect() })
    }

    /// Returns the effect that decodes the image of the preview, unless that was requested already.
    pub(super) fn request_preview_decode(&mut self, preview: &Preview) -> Option<Effect> {
        let bytes = image_bytes(&preview.tile, &preview.state)?;
        if self.editor_state.preview_image.as_ref().is_some_and(|preview_image| preview_image.bytes == bytes) {
            return None;
        }
        let id = self.ids.next_tile();
        self.editor_state.preview_image = Some(PreviewImage { id, bytes: Arc::clone(&bytes), image: None });
        Some(Effect::Media(MediaEffect::Decode(id, bytes)))
    }

    /// Returns whether the identifier is that of the preview.
    pub(in crate::app) fn is_preview(&self, id: TileId) -> bool {
        self.editor_state.preview_image.as_ref().is_some_and(|preview_image| preview_image.id == id)
    }

    /// Stores the decoded image of the preview, or the error.
    pub(in crate::app) fn on_preview_decoded(&mut self, image: Result<DecodedImage, ImageError>) {
        if let Some(preview_image) = &mut self.editor_state.preview_image {
            preview_image.image = Some(image);
            self.display.dirty = true;
        }
    }

    /// Returns the text that completes the topic in the focused field.
    #[must_use]
    pub(crate) fn completion(&self, form: &Form) -> Option<&str> {
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

    /// Appends the completion to the focused topic field. Returns whether there was one.
    pub(in crate::app) fn accept_completion(&self, form: &mut Form) -> bool {
        let suffix = self.completion(form).map(str::to_owned);
        if let Some(suffix) = &suffix {
            form.append_completion(suffix);
        }
        suffix.is_some()
    }

    /// Hides the completion. Returns whether there was one.
    pub(in crate::app) fn dismiss_completion(&self, form: &mut Form) -> bool {
        let shown = self.completion(form).is_some();
        form.completion_enabled &= !shown;
        shown
    }

    pub(super) fn form_mut(&mut self) -> Option<&mut Form> {
        match &mut self.focus {
            Screen::Form(form) => Some(form),
            _ => None,
        }
    }

    /// Requests to collect topics that no tile subscribes to for as long as the list of topics is open.
    pub(in crate::app) fn update_topic_collection(&mut self, effects: &mut Vec<Effect>) {
        let listed = self.form().filter(|form| form.lists_topics()).and_then(|form| self.form_connection(form));
        let wanted = listed.map(|connection| connection.name.clone());
        if wanted == self.editor_state.collecting {
            return;
        }
        if self.editor_state.collecting.is_some() {
            effects.push(Effect::Mqtt(MqttEffect::StopCollectingTopics));
        }
        let profile = wanted.as_ref().and_then(|name| self.editor_state.profiles.by_name(name)).cloned();
        effects.extend(profile.map(|profile| Effect::Mqtt(MqttEffect::CollectTopics(Box::new(profile)))));
        self.editor_state.collecting = wanted;
    }

    fn topic_rows(&self, form: &Form) -> Vec<PickRow> {
        let cached =
            self.form_connection(form).map(|connection| connection.topic_cache.messages_by_topic()).unwrap_or_default();
        cached.into_iter().map(|message| PickRow::from_label(message.topic, &payload_text(message.payload))).collect()
    }

    /// Returns the list of values for the focused field.
    ///
    /// # Errors
    /// If the field has no list, or if there is no JSON payload to list paths from.
    pub(in crate::app) fn pick_list_for(&self, form: &Form) -> Result<PickList, PickListError> {
        self.pick_list_with(form, self.preview(form).as_ref())
    }

    /// Returns the same with the preview of the form.
    pub(super) fn pick_list_with(&self, form: &Form, preview: Option<&Preview>) -> Result<PickList, PickListError> {
        let completion_source = form.focused_field().map_or(CompletionSource::Nothing, |field| field.completion_source);
        match completion_source {
            CompletionSource::Topic => {
                let topic_count = self.form_connection(form).map(|connection| connection.topic_cache.topic_count());
                Ok(PickList { topic_count, ..PickList::new("Topics seen", "no topic found", self.topic_rows(form)) })
            }
            CompletionSource::Profile => {
                let rows = self
                    .editor_state
                    .connection_entries
                    .iter()
                    .map(|entry| PickRow::from_label(&entry.name, &entry.address))
                    .collect();
                Ok(PickList::new("Connections", "no connection found", rows))
            }
            CompletionSource::Dashboard => {
                let rows = self.editor_state.dashboard_files.iter().map(|name| PickRow::from_label(name, "")).collect();
                Ok(PickList::new("Dashboards", "no dashboard found", rows))
            }
            CompletionSource::Json => {
                let last = preview.and_then(|preview| self.last_message(form, &preview.tile));
                let (last, _) = last.ok_or(PickListError::NoMessage)?;
                let json = json_with_parts(&last.message.payload)?;
                Ok(PickList::new("Values in the payload", "no value found", json_path_rows(&json)))
            }
            CompletionSource::Preset => {
                Ok(preview.map(|preview| form.preset_list(&preview.preset_subject())).unwrap_or_default())
            }
            CompletionSource::Payload => Ok(preview.map(Preview::payload_list).unwrap_or_default()),
            _ => Err(PickListError::NoList),
        }
    }
}
