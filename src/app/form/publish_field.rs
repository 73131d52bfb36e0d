//! The field that says whether pressing a tile publishes, which depends on the topics and the JSON path.

use super::{
    Form,
    field::{FieldEntry, FieldKey, FormField},
};
use crate::model::value::ValidationError;

/// The key of the field that controls whether pressing a tile publishes.
pub(super) const PUBLISH_KEY: FieldKey = ("publish", None);

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
        let topic = tile.reported_topic()?;
        let error = ValidationError::new(format!("a device reports on {topic}: enter the topic that it listens to"))
            .with_help("or set `publish` to yes, to publish to `topic`");
        Some((self.field_index("publish_topic")?, error))
    }

    /// Derives `publish` while the user has not set it. A tile with a JSON path shows only a part of the
    /// payload, so it cannot publish to its own topic: `publish` is false unless `publish_topic` or `payload` is set.
    pub(super) fn update_implied_publish(&mut self) {
        let has_text = |key| !self.typed_text((key, None)).is_empty();
        let display_only = has_text("json_path") && !has_text("publish_topic") && !has_text("payload");
        let publishes = self.draft_tile().is_some_and(|(tile, _)| tile.kind.publishes_by_default());
        let implied = self.publish_choice != PublishChoice::Set && publishes;
        let publish = self.fields.iter_mut().find(|field| field.key == PUBLISH_KEY).filter(|_| implied);
        if let Some(FormField { entry: FieldEntry::Flag(flag), .. }) = publish {
            match *flag {
                None if display_only => *flag = Some(false),
                Some(false) if !display_only => *flag = None,
                _ => {}
            }
        }
    }
}
