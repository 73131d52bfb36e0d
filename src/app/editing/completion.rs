//! Topic completion and pick lists for the fields of a form.

use super::preview::Preview;
use crate::{
    app::{
        App, Effect, MqttEffect, OpenDashboard,
        connection::Connection,
        form::{CompletionSource, FieldEntry, Form, FormSubject, PickList, PickRow, json_path_rows},
        screens::Screen,
    },
    model::{error::TileError, json_path::parse_json, tile_value::payload_text},
};

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
                let last = preview.and_then(|preview| preview.state.last_message());
                let last = last.ok_or(PickListError::NoMessage)?;
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
