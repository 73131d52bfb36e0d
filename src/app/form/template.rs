//! Forms of the tiles of a template: they describe the tiles of all its devices, and stay open when one of these is gone.

use super::{Form, FormSubject, TemplateOfForm};
use crate::model::{
    tile::Tile,
    value::{ValidationError, ValuePathSegment},
};

impl Form {
    /// Says that the tile is one of a template, if it is.
    #[must_use]
    pub(in crate::app) fn of_template(mut self, of_template: Option<TemplateOfForm>) -> Self {
        if let FormSubject::Tile { template, .. } = &mut self.subject {
            *template = of_template.map(Box::new);
        }
        self.validate();
        self
    }

    /// Returns the template of the tile, if it is one of a template.
    pub(in crate::app) fn template(&self) -> Option<&TemplateOfForm> {
        match &self.subject {
            FormSubject::Tile { template, .. } => template.as_deref(),
            _ => None,
        }
    }

    /// Returns the errors of the names in braces of a draft, each with the index of its field.
    pub(super) fn placeholder_errors(&self, draft: &Tile) -> Vec<(usize, ValidationError)> {
        let Some(TemplateOfForm { template, variables, .. }) = self.template() else { return Vec::new() };
        let errors = template.tile_placeholder_errors(draft, variables).into_iter();
        let at_field = |error: ValidationError| {
            let field = match error.path.first() {
                Some(ValuePathSegment::Key(key)) => self.field_index(key),
                _ => None,
            };
            (field.unwrap_or_default(), ValidationError { path: Vec::new(), ..error })
        };
        errors.map(at_field).collect()
    }
}
