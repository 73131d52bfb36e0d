//! What is wrong with a template: keys that contradict each other, and placeholders that nothing stands for.

use super::{
    Template,
    pattern::{NAME_HELP, TopicPattern, captures_of_rest},
    placeholder::{Placeholder, placeholders, visit_kept_texts, visit_texts},
};
use crate::model::{
    schema::non_default_fields,
    template::variables::Variables,
    tile::Tile,
    value::{ValidationError, Value, did_you_mean},
};

/// The keys in which `{name}` stands for the name of a device. It may hold any text, which must not become a part of a
/// topic or a payload.
const TEXT_KEYS: [&str; 10] =
    ["name", "label", "on_label", "off_label", "text", "note", "confirm", "prefix", "postfix", "otherwise"];

/// The keys of URLs.
const URL_KEYS: [&str; 2] = ["url", "open_url"];

impl Template {
    /// Returns the errors of keys that contradict each other.
    pub(super) fn validate_fields(&self) -> Vec<ValidationError> {
        let Some(topic) = &self.topic else {
            return ValidationError::new("this template has no `topic`")
                .with_help("set the topic on which each device sends, such as \"stat/{id}/POWER\"")
                .prepend_key("topic")
                .into();
        };
        let mut errors = Vec::new();
        let names: Vec<&str> = topic.names().collect();
        if names.is_empty() {
            errors.push(
                ValidationError::new("the topic has no name in braces, which tells the devices apart")
                    .with_help(NAME_HELP)
                    .prepend_key("topic"),
            );
        }
        let of_name_topic = self.name_topic.iter().flat_map(TopicPattern::names);
        if self.name_topic.is_some() && !names.is_empty() && !of_name_topic.eq(names.iter().copied()) {
            let expected: Vec<String> = names.iter().map(|name| format!("{{{name}}}")).collect();
            errors.push(
                ValidationError::new("`name_topic` has other names in braces than `topic`")
                    .with_help(format!("write {}", expected.join(" and ")))
                    .prepend_key("name_topic"),
            );
        }
        errors
    }

    /// Returns the names that its tiles can have in braces.
    fn bound_names<'a>(&'a self, variables: &'a Variables) -> Vec<&'a str> {
        let captures = self.topic.iter().flat_map(TopicPattern::names);
        captures.chain(variables.0.iter().map(|variable| variable.name.as_str())).collect()
    }

    /// Returns the errors of the placeholders in its own texts.
    pub(crate) fn placeholder_errors(&self, variables: &Variables) -> Vec<ValidationError> {
        let entries: Vec<_> = non_default_fields(self).into_iter().filter(|(key, _)| key == "availability").collect();
        entry_errors(&entries, &self.bound_names(variables))
    }

    /// Returns the errors of the placeholders in a tile of it.
    pub(crate) fn tile_placeholder_errors(&self, tile: &Tile, variables: &Variables) -> Vec<ValidationError> {
        entry_errors(&non_default_fields(tile), &self.bound_names(variables))
    }
}

impl Variables {
    /// Returns the errors of the placeholders in the topics of a tile that is in no template.
    pub(crate) fn topic_errors(&self, tile: &Tile) -> Vec<ValidationError> {
        let is_topic = |(key, _): &(String, Value)| matches!(key.as_str(), "topic" | "publish_topic" | "availability");
        let entries: Vec<_> = non_default_fields(tile).into_iter().filter(is_topic).collect();
        let names: Vec<&str> = self.0.iter().map(|variable| variable.name.as_str()).collect();
        if names.is_empty() { Vec::new() } else { entry_errors(&entries, &names) }
    }
}

/// Returns the errors of the placeholders in the values of keys.
fn entry_errors(entries: &[(String, Value)], bound: &[&str]) -> Vec<ValidationError> {
    let mut errors = Vec::new();
    for (key, value) in entries {
        let mut found = Vec::new();
        visit_texts(key, value, &mut |inner, text| {
            found.extend(placeholders(text).filter_map(|placeholder| text_error(inner, placeholder, bound)));
            found.extend(captures_of_rest(text).map(|placeholder| {
                let message = format!("`{{{}...}}` has its dots only in the `topic` of the template", placeholder.name);
                let error = ValidationError::new(message);
                at(placeholder, error.with_help(format!("write {{{}}}", placeholder.name)))
            }));
        });
        visit_kept_texts(key, value, &mut |inner, text| {
            let is_bound =
                |placeholder: &Placeholder<'_>| bound.contains(&placeholder.name) || placeholder.name == "name";
            let replaced = placeholders(text).find(is_bound).filter(|_| URL_KEYS.contains(&inner));
            found.extend(replaced.map(|placeholder| {
                let message = format!("`{{{}}}` is not replaced in a URL", placeholder.name);
                at(placeholder, ValidationError::new(message).with_help("write the whole URL"))
            }));
        });
        errors.extend(found.into_iter().map(|error| error.prepend_key(key)));
    }
    errors
}

/// Returns what is wrong with a placeholder in the text of a key; `None` if nothing is.
fn text_error(key: &str, placeholder: Placeholder<'_>, bound: &[&str]) -> Option<ValidationError> {
    let name = placeholder.name;
    if bound.contains(&name) || (name == "name" && TEXT_KEYS.contains(&key)) {
        return None;
    }
    let bound: Vec<&str> = bound.iter().copied().chain(TEXT_KEYS.contains(&key).then_some("name")).collect();
    let known: Vec<String> = bound.iter().map(|name| format!("{{{name}}}")).collect();
    let error = if name == "name" {
        ValidationError::new("`{name}` stands for any text, which cannot be a part of a topic or a payload")
            .with_help(format!("write {}", known.join(" or ")))
    } else {
        ValidationError::new(format!("nothing stands for `{{{name}}}`")).with_help(
            did_you_mean(name, bound.iter().copied())
                .unwrap_or_else(|| format!("the names in braces are {}", known.join(", "))),
        )
    };
    Some(at(placeholder, error))
}

fn at(placeholder: Placeholder<'_>, error: ValidationError) -> ValidationError {
    error.with_span(Some(placeholder.start..placeholder.end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        kind,
        schema::{FieldValue as _, set_fields},
    };

    fn table(entries: &[(&str, &str)]) -> Vec<(String, Value)> {
        entries.iter().map(|(key, text)| ((*key).to_owned(), (*text).into())).collect()
    }

    fn template(entries: &[(&str, &str)]) -> Result<Template, Vec<String>> {
        let mut template = Template::default();
        match set_fields(&mut template, &table(entries)) {
            Ok(()) => Ok(template),
            Err(errors) => Err(errors.into_iter().map(|error| error.message).collect()),
        }
    }

    #[test]
    fn template_needs_a_topic_with_a_capture_that_names_share() {
        assert_eq!(template(&[]).unwrap_err(), ["this template has no `topic`"]);
        assert!(template(&[("topic", "a/b")]).unwrap_err()[0].contains("has no name in braces"));
        let other = [("topic", "a/{id}"), ("name_topic", "n/{device}")];
        assert_eq!(template(&other).unwrap_err(), ["`name_topic` has other names in braces than `topic`"]);
        assert!(template(&[("topic", "a/{id}"), ("name_topic", "n/{id}/x")]).is_ok());
    }

    #[test]
    fn placeholder_needs_something_that_stands_for_it() {
        let template = template(&[("topic", "stat/{id}/POWER")]).unwrap();
        let variables = Variables::from_value(&Value::Table(table(&[("site", "berlin")]))).unwrap();
        let errors = |entries: &[(&str, &str)]| {
            let mut tile = Tile::new(kind::from_name("text").unwrap());
            set_fields(&mut tile, &table(entries)).unwrap();
            let errors = template.tile_placeholder_errors(&tile, &variables);
            errors.into_iter().map(|error| (error.message, error.help.unwrap_or_default())).collect::<Vec<_>>()
        };
        let fine = [("name", "{name} {id}"), ("topic", "{site}/{id}/x"), ("publish_topic", "c/{id}"), ("blink", "{a}")];
        assert_eq!(errors(&fine), []);
        assert_eq!(
            errors(&[("topic", "stat/{ids}/x")]),
            [("nothing stands for `{ids}`".to_owned(), "did you mean `id`?".to_owned())]
        );
        assert_eq!(
            errors(&[("name", "{device}")]),
            [("nothing stands for `{device}`".to_owned(), "the names in braces are {id}, {site}, {name}".to_owned())]
        );
        assert_eq!(errors(&[("name", "{nmae}")])[0].1, "did you mean `name`?");
        assert_eq!(
            errors(&[("topic", "a/{id...}")]),
            [("`{id...}` has its dots only in the `topic` of the template".to_owned(), "write {id}".to_owned())]
        );
        let named = errors(&[("publish_topic", "cmnd/{name}")]);
        assert!(named[0].0.starts_with("`{name}` stands for any text"), "{named:?}");
    }

    #[test]
    fn url_with_a_placeholder_is_an_error() {
        let template = template(&[("topic", "cam/{id}")]).unwrap();
        let mut tile = Tile::new(kind::from_name("image").unwrap());
        set_fields(&mut tile, &table(&[("source", "url"), ("url", "http://{id}/x.jpg")])).unwrap();
        let errors = template.tile_placeholder_errors(&tile, &Variables::default());
        assert_eq!(errors[0].message, "`{id}` is not replaced in a URL");
    }
}
