//! From the fields of a form to the values of its subject: collecting them, writing them, and assigning the
//! errors to the fields.

use super::{Form, field::PasswordPart, password};
use crate::model::{
    schema::DynFields,
    value::{ValidationError, Value, ValuePathSegment},
};

impl Form {
    /// Returns the value of every key and the index of its first field. The fields of a nested table are
    /// combined into one table value.
    pub(super) fn values(&self) -> Vec<(&'static str, Option<Value>, usize)> {
        let mut values: Vec<(&'static str, Option<Value>, usize)> = Vec::new();
        for (index, field) in self.fields.iter().enumerate() {
            let (name, nested_key) = field.key;
            let value = match field.part {
                None => field.value(),
                Some(PasswordPart::Argument) => {
                    password::password_value(self.password_source(field.key), self.password_argument(field.key))
                }
                Some(PasswordPart::Source) => continue,
            };
            match nested_key {
                None => values.push((name, value, index)),
                Some(nested_key) => {
                    if values.last().is_none_or(|(last, ..)| *last != name) {
                        values.push((name, None, index));
                    }
                    let value = value.filter(|value| field.default.as_ref() != Some(value));
                    if let (Some((_, table, _)), Some(value)) = (values.last_mut(), value)
                        && let Value::Table(entries) = table.get_or_insert_with(|| Value::Table(Vec::new()))
                    {
                        entries.push((nested_key.to_owned(), value));
                    }
                }
            }
        }
        values
    }

    /// Writes the values of all fields to `target`. Returns the errors, each with the index of its field.
    pub(super) fn write_to(&self, target: &mut dyn DynFields) -> Vec<(usize, ValidationError)> {
        let mut errors = Vec::new();
        for (name, value, index) in self.values() {
            if let Some(value) = value
                && let Some(Err(key_errors)) = target.set(name, &value)
            {
                errors.extend(key_errors.into_iter().map(|error| (self.field_of_error(name, &error, index), error)));
            }
        }
        if errors.is_empty() {
            for error in target.validate() {
                let index = match error.path.as_slice() {
                    [ValuePathSegment::Key(name), ValuePathSegment::Key(nested), ..] => {
                        self.nested_field_index(name, nested).or_else(|| self.field_index(name)).unwrap_or_default()
                    }
                    [ValuePathSegment::Key(name), ..] => self.field_index(name).unwrap_or_default(),
                    _ => 0,
                };
                errors.push((index, error));
            }
        }
        errors
    }

    /// Returns the index of the first field of a key.
    pub(super) fn field_index(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.key.0 == name)
    }

    /// Returns the first field that is wrong or missing, and what is wrong.
    #[must_use]
    pub(in crate::app) fn first_problem(&self) -> Option<(usize, ValidationError)> {
        let first_error = self.errors.iter().min_by_key(|(index, _)| *index).cloned();
        let missing = || {
            let error = self.draft_tile()?.0.missing_purpose()?;
            Some((self.field_of_whole(&error), error))
        };
        let mut problems: Vec<_> = first_error.into_iter().chain(missing()).collect();
        problems.sort_by_key(|(index, _)| *index);
        problems.into_iter().next()
    }

    /// Focuses this field and shows the problem at it, until the form changes.
    pub(in crate::app) fn show_problem(&mut self, index: usize, error: ValidationError) {
        self.select(index);
        if !self.errors.contains(&(index, error.clone())) {
            self.errors.push((index, error));
        }
    }

    /// Returns the index of the field of an error about the whole: that of its key, or the focused one.
    pub(super) fn field_of_whole(&self, error: &ValidationError) -> usize {
        let key = error.path.first().and_then(|segment| match segment {
            ValuePathSegment::Key(name) => self.field_index(name),
            _ => None,
        });
        key.unwrap_or(self.focused)
    }

    fn field_of_error(&self, name: &str, error: &ValidationError, fallback: usize) -> usize {
        let nested = match error.path.first() {
            Some(ValuePathSegment::Key(nested_key)) => Some(nested_key.as_str()),
            _ => None,
        };
        nested.and_then(|nested_key| self.nested_field_index(name, nested_key)).unwrap_or(fallback)
    }

    fn nested_field_index(&self, name: &str, nested_key: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.key.0 == name && field.key.1 == Some(nested_key))
    }
}
