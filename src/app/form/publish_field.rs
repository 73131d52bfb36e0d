//! The field that says whether pressing a tile publishes, which depends on the topics and the JSON path.

use super::{
    Form,
    field::{FieldEntry, FieldKey, FormField},
};
use crate::model::{
    state_topic::{CommandTopic, command_topic, is_measurement},
    tile::{ImpliedReadOnly, Tile},
    value::ValidationError,
};

/// The key of the field that controls whether pressing a tile publishes.
pub(super) const PUBLISH_KEY: FieldKey = ("publish", None);
/// The key of the field with the topic that pressing publishes to.
pub(crate) const TARGET_KEY: FieldKey = ("publish_topic", None);

/// What a tile lacks that could control something, but only shows: the topic that the device listens to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MissingTarget {
    /// The topic on which the device reports.
    reported: String,
    /// The topic that it listens to by convention.
    pub command: Option<CommandTopic>,
}

impl MissingTarget {
    /// Returns why the tile only shows, and what could be set.
    #[must_use]
    pub(crate) fn explanation(&self) -> String {
        match &self.command {
            Some(CommandTopic { topic, convention }) => {
                format!("only shows; Right sets {topic}, the convention of {convention}")
            }
            None => {
                format!("only shows: it is not known by convention what the device of {} listens to", self.reported)
            }
        }
    }

    /// Returns the same in few words, for where the field is not in view.
    fn hint(&self) -> String {
        let command = self.command.as_ref().map(|command| command.topic.as_str());
        let proposal = command.map(|topic| format!("; \"Publishes to\" proposes {topic}")).unwrap_or_default();
        format!("It only shows: a device reports on {}{proposal}", self.reported)
    }
}

/// Who decides whether pressing the tile publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PublishChoice {
    /// The other fields.
    Implied,
    /// The other fields, which must make a tile that publishes.
    Required,
    /// The user, with the field.
    Set,
}

impl PublishChoice {
    /// Returns who has decided for these fields.
    pub fn of(fields: &[FormField]) -> Self {
        let is_unset = |field: &FormField| field.key == PUBLISH_KEY && field.entry == FieldEntry::Flag(None);
        if fields.iter().any(is_unset) { Self::Implied } else { Self::Set }
    }
}

impl Form {
    /// Sets whether a new tile controls something or only shows.
    pub(in crate::app) fn set_controls(&mut self, controls: bool) {
        if controls {
            self.publish_choice = PublishChoice::Required;
        }
        let publish = self.fields.iter_mut().find(|field| field.key == PUBLISH_KEY).filter(|_| !controls);
        if let Some(FormField { entry: FieldEntry::Flag(flag), .. }) = publish {
            *flag = Some(false);
            self.publish_choice = PublishChoice::Set;
            self.original_fields.clone_from(&self.fields);
        }
        self.validate();
    }

    /// Returns the error of a tile that should control something but would be read-only, because its topic looks like a
    /// state.
    pub(super) fn missing_target(&self) -> Option<(usize, ValidationError)> {
        if self.publish_choice != PublishChoice::Required {
            return None;
        }
        let (tile, _) = self.draft_tile()?;
        let error = match tile.implied_read_only()? {
            ImpliedReadOnly::Report(topic) => {
                ValidationError::new(format!("a device reports on {topic}: enter the topic that it listens to"))
                    .with_help("or set `publish` to yes, to publish to `topic`")
            }
            ImpliedReadOnly::PartOfJson(topic) => {
                ValidationError::new(format!("there is JSON on {topic}: enter the topic that the device listens to"))
                    .with_help("or enter a JSON payload with {{value}}")
            }
        };
        Some((self.field_index("publish_topic")?, error))
    }

    /// Returns what the tile that the form describes lacks to control something, if it only shows because a device reports
    /// on its topic, or because it shows a part of the payload.
    #[must_use]
    pub(crate) fn missing_target_of(&self, tile: &Tile) -> Option<MissingTarget> {
        let is_decided = self.publish_choice == PublishChoice::Set || !self.typed_text(TARGET_KEY).is_empty();
        if is_decided || tile.is_control() || !tile.kind.publishes_by_default() {
            return None;
        }
        let topic = tile.implied_read_only()?.topic();
        let json_path = tile.json_path.as_ref().map_or("", |path| path.as_str());
        Some(MissingTarget { reported: topic.to_owned(), command: command_topic(topic, json_path) })
    }

    /// Sets the topic that the device listens to by convention, if its field is empty and has the focus. Returns whether
    /// there is one.
    pub(in crate::app) fn accept_proposed_target(&mut self) -> bool {
        let is_focused = self.popup.is_none() && self.focused_field().is_some_and(|field| field.key == TARGET_KEY);
        let tile = self.draft_tile().filter(|_| is_focused);
        let Some(command) = tile.and_then(|(tile, _)| self.missing_target_of(&tile)?.command) else { return false };
        self.fields[self.focused].set_text(&command.topic);
        self.completion_enabled = false;
        self.confirming_discard = false;
        self.validate();
        true
    }

    /// Returns the sentence that a preset adds to what it has set, if the tile only shows what can be controlled.
    pub(super) fn missing_target_hint(&self) -> Option<String> {
        let (tile, _) = self.draft_tile()?;
        let missing = self.missing_target_of(&tile)?;
        (!is_measurement(&missing.reported, self.typed_text(("json_path", None)))).then(|| missing.hint())
    }
}
