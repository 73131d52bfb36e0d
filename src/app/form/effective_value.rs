//! What applies while a field is left out, and the name of its key in the file.

use super::{
    Form, FormSubject,
    field::{FieldEntry, FormField},
};
use crate::model::{profile::Will, schema::DynFields};

impl Form {
    /// Returns what the form describes.
    #[must_use]
    pub(crate) fn draft(&self) -> Box<dyn DynFields> {
        match &self.subject {
            FormSubject::Tile { original, .. } => {
                Box::new(self.draft_tile().map_or_else(|| (**original).clone(), |(tile, _)| tile))
            }
            FormSubject::Dashboard { .. } => Box::new(self.draft_dashboard().0),
            FormSubject::Profile { .. } => Box::new(self.draft_profile().0),
        }
    }

    /// Returns the name of the key in the file, with the table that it is in; `None` if the field is no key.
    #[must_use]
    pub(crate) fn file_key(&self, field: &FormField) -> Option<String> {
        let is_name_of_table = self.is_profile() && field.key == ("name", None);
        if is_name_of_table || field.is_password_source() || field.entry == FieldEntry::Preset {
            return None;
        }
        Some(match field.key {
            (name, None) => name.to_owned(),
            (table, Some(name)) => format!("{table}.{name}"),
        })
    }
}

impl FormField {
    /// Returns what applies in the draft of its form while the field is left out; `None` if there is no such thing.
    #[must_use]
    pub(crate) fn implied(&self, draft: &dyn DynFields) -> Option<String> {
        match self.key {
            _ if self.part.is_some() => None,
            (name, None) => draft.implied(name),
            ("will", Some(name)) => DynFields::implied(&Will::default(), name),
            (table, Some(name)) => draft.implied(&format!("{table}.{name}")),
        }
    }
}
