//! Sections of a form that are folded into one row until the user opens them: what few tiles and connections need. A
//! section in which something is set or wrong is open.

use super::{Form, FormField};

/// The sections that can be folded.
const FOLDABLE: [&str; 6] = ["Layout", "Availability", "Advanced", "Scripts", "TLS", "Last will"];

impl Form {
    /// Folds all sections in which nothing is set.
    pub(super) fn fold_sections(&mut self) {
        let is_unset = |section: &&str| {
            let mut fields = self.fields.iter().filter(|field| field.section == *section).peekable();
            fields.peek().is_some() && fields.all(FormField::is_default)
        };
        let is_secure = self.is_profile() && self.draft_profile().0.url.scheme.is_secure();
        let needed = |section: &&str| is_secure && *section == "TLS";
        self.folded = FOLDABLE.into_iter().filter(|section| is_unset(section) && !needed(section)).collect();
        self.unfold_errors();
    }

    /// Opens the sections in which something is wrong.
    pub(super) fn unfold_errors(&mut self) {
        let (fields, errors) = (&self.fields, &self.errors);
        let is_wrong = |section: &str| {
            errors.iter().any(|(index, _)| fields.get(*index).is_some_and(|field| field.section == section))
        };
        self.folded.retain(|section| !is_wrong(section));
    }

    /// Opens the section of this field.
    pub(super) fn unfold(&mut self, index: usize) {
        if let Some(field) = self.fields.get(index) {
            self.folded.retain(|section| *section != field.section);
        }
    }

    /// Returns whether the field is in a folded section. The first field of such a section stands for all of it.
    #[must_use]
    pub(crate) fn is_folded(&self, index: usize) -> bool {
        self.fields.get(index).is_some_and(|field| self.folded.contains(&field.section))
    }

    /// Returns whether a folded section has the focus.
    #[must_use]
    pub(crate) fn focuses_folded_section(&self) -> bool {
        self.is_folded(self.focused)
    }

    /// Opens the section that has the focus. Returns whether it was folded.
    pub(in crate::app) fn unfold_focused(&mut self) -> bool {
        let was_folded = self.focuses_folded_section();
        self.unfold(self.focused);
        was_folded
    }

    /// Returns the labels of the fields in the section of this field.
    pub(crate) fn labels_in_section(&self, index: usize) -> impl Iterator<Item = &str> {
        let section = self.fields.get(index).map(|field| field.section);
        let in_section = self.fields.iter().filter(move |field| Some(field.section) == section);
        in_section.filter(|field| !field.is_password_source()).map(|field| &*field.label)
    }

    /// Returns whether the field can get the focus: it is not folded, or stands for its folded section.
    #[must_use]
    pub(crate) fn is_focusable(&self, index: usize) -> bool {
        let Some(field) = self.fields.get(index) else { return false };
        let is_first = || index == 0 || self.fields[index - 1].section != field.section;
        !self.folded.contains(&field.section) || is_first()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        id::DashboardId,
        kind,
        profile::{BrokerUrl, Profile},
        schema::DynFields as _,
        tile::Tile,
        value::Value,
    };

    fn tile_form(entries: &[(&str, Value)]) -> Form {
        let mut tile = Tile::new(kind::from_name("switch").unwrap());
        for (key, value) in entries {
            tile.set(key, value).unwrap().unwrap();
        }
        Form::for_tile(DashboardId::default(), None, &tile)
    }

    #[test]
    fn section_with_a_set_or_wrong_field_is_open() {
        assert_eq!(tile_form(&[]).folded, ["Layout", "Availability", "Advanced", "Scripts"]);
        assert_eq!(tile_form(&[("retain", Value::Bool(true))]).folded, ["Layout", "Availability", "Scripts"]);
        assert_eq!(tile_form(&[("blink", "1".into())]).folded, ["Layout", "Availability", "Advanced"]);
        let mut form = tile_form(&[]);
        let index = form.field_index("wait_timeout").unwrap();
        form.fields[index].set_text("x");
        form.validate();
        assert_eq!(form.folded, ["Layout", "Availability", "Scripts"]);
        let folded = |url: &str| {
            let profile = Profile::from_broker_url(BrokerUrl::parse(url).unwrap());
            Form::for_profile(Some("x"), &profile, Vec::new()).folded
        };
        assert_eq!(folded("mqtt://a"), ["Advanced", "TLS", "Last will"]);
        assert_eq!(folded("mqtts://a"), ["Advanced", "Last will"]);
    }

    #[test]
    fn focus_passes_a_folded_section_in_one_step_and_opens_it() {
        let mut form = tile_form(&[]);
        form.focused = form.field_index("confirm").unwrap();
        let before = form.fields.clone();
        for section in ["Layout", "Availability", "Advanced", "Scripts", "Scripts"] {
            form.handle_direction(crate::model::grid::Direction::Down);
            assert_eq!(form.focused_field().unwrap().section, section);
            assert!(form.focuses_folded_section());
        }
        form.edit(crate::app::input_edit::InputEdit::Insert("x".to_owned()));
        form.handle_direction(crate::model::grid::Direction::Left);
        assert!(form.fields == before, "a folded field is not edited");
        form.handle_direction(crate::model::grid::Direction::Last);
        assert!(form.focuses_folded_section());
        form.handle_direction(crate::model::grid::Direction::Right);
        assert!(!form.focuses_folded_section());
        form.handle_direction(crate::model::grid::Direction::Last);
        assert_eq!(form.focused, form.fields.len() - 1);
    }
}
