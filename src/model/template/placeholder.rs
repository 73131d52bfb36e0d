//! Names in braces that stand for something else: `{id}` in a topic, a name or a payload. Two braces, as in `{{value}}`,
//! are no placeholder.

use std::borrow::Cow;

use crate::model::value::Value;

/// The keys in which nothing is replaced, also in nested tables: in a script or a URL, what a broker sends could become
/// something else than a part of a text.
const KEPT_KEYS: [&str; 7] = ["on_receive", "on_display", "on_tap", "blink", "url", "open_url", "mqtt_dash"];

/// What stands for each placeholder.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bindings<'a>(Vec<(&'a str, Cow<'a, str>)>);

impl<'a> Bindings<'a> {
    /// Lets a text stand for a name, unless another one does.
    pub fn bind(&mut self, name: &'a str, text: impl Into<Cow<'a, str>>) {
        if self.text_of(name).is_none() {
            self.0.push((name, text.into()));
        }
    }

    /// Returns whether something stands for a name.
    pub fn binds(&self, name: &str) -> bool {
        self.text_of(name).is_some()
    }

    fn text_of(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| *other == name).map(|(_, text)| &**text)
    }

    /// Returns a text in which the placeholders are replaced whose names are bound.
    pub fn apply<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut replaced = String::new();
        let mut copied = 0;
        for Placeholder { name, start, end } in placeholders(text) {
            if let Some(bound) = self.text_of(name) {
                replaced.push_str(&text[copied..start]);
                replaced.push_str(bound);
                copied = end;
            }
        }
        if copied == 0 { Cow::Borrowed(text) } else { Cow::Owned(replaced + &text[copied..]) }
    }

    /// Returns the value of a key in which the placeholders are replaced whose names are bound.
    pub fn apply_to_value(&self, key: &str, value: &Value) -> Value {
        match value {
            _ if KEPT_KEYS.contains(&key) => value.clone(),
            Value::String(text) => Value::String(self.apply(text).into_owned()),
            Value::Array(items) => Value::Array(items.iter().map(|item| self.apply_to_value(key, item)).collect()),
            Value::Table(entries) => {
                let replaced = entries.iter().map(|(key, value)| (key.clone(), self.apply_to_value(key, value)));
                Value::Table(replaced.collect())
            }
            Value::Bool(_) | Value::Integer(_) | Value::Float(_) => value.clone(),
        }
    }
}

/// A placeholder in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Placeholder<'a> {
    /// Its name.
    pub name: &'a str,
    /// The first byte of it, which is the brace.
    pub start: usize,
    /// The byte after it.
    pub end: usize,
}

/// Returns the placeholders in a text.
pub(crate) fn placeholders(text: &str) -> impl Iterator<Item = Placeholder<'_>> {
    text.match_indices('{').filter_map(|(start, _)| {
        let name = &text[start + 1..];
        let name = &name[..name.find('}')?];
        let end = start + name.len() + 2;
        let is_doubled = text[..start].ends_with('{') || text[end..].starts_with('}');
        (is_name(name) && !is_doubled).then_some(Placeholder { name, start, end })
    })
}

/// Returns whether a text can be the name of a placeholder.
pub(crate) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

/// Calls `visit` with each text in the value of a key in which placeholders are replaced, and with its innermost key.
pub(crate) fn visit_texts<'a>(key: &'a str, value: &'a Value, visit: &mut impl FnMut(&'a str, &'a str)) {
    visit_all(key, value, &mut |key, text| {
        if !KEPT_KEYS.contains(&key) {
            visit(key, text);
        }
    });
}

/// Does the same with the texts in which nothing is replaced.
pub(crate) fn visit_kept_texts<'a>(key: &'a str, value: &'a Value, visit: &mut impl FnMut(&'a str, &'a str)) {
    visit_all(key, value, &mut |key, text| {
        if KEPT_KEYS.contains(&key) {
            visit(key, text);
        }
    });
}

fn visit_all<'a>(key: &'a str, value: &'a Value, visit: &mut dyn FnMut(&'a str, &'a str)) {
    match value {
        Value::String(text) => visit(key, text),
        Value::Array(items) => items.iter().for_each(|item| visit_all(key, item, visit)),
        Value::Table(entries) => entries.iter().for_each(|(key, value)| visit_all(key, value, visit)),
        Value::Bool(_) | Value::Integer(_) | Value::Float(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{kind, schema::set_fields, tile::Tile};

    fn bindings() -> Bindings<'static> {
        let mut bindings = Bindings::default();
        bindings.bind("id", "plug 7");
        bindings.bind("site", "a/b");
        bindings.bind("id", "ignored");
        bindings
    }

    #[test]
    fn bound_names_are_replaced_and_everything_else_stays() {
        for (text, expected) in [
            ("stat/{id}/POWER", "stat/plug 7/POWER"),
            ("{site}/{id}{id}", "a/b/plug 7plug 7"),
            ("{other}/{id", "{other}/{id"),
            ("{{id}} {{{id}}} {}", "{{id}} {{{id}}} {}"),
            (r#"{"brightness": {{value}}, "id": "{id}"}"#, r#"{"brightness": {{value}}, "id": "plug 7"}"#),
            ("a{3} {3} { id }", "a{3} {3} { id }"),
            ("ü{id}ü", "üplug 7ü"),
            ("", ""),
        ] {
            assert_eq!(bindings().apply(text), expected);
        }
    }

    #[test]
    fn nested_texts_are_replaced_but_no_script_and_no_url() {
        let table = |entries: &[(&str, Value)]| {
            Value::Table(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
        };
        let rows = |text: &str| {
            Value::Array(vec![table(&[("topic", text.into()), ("on_tap", "{id}".into()), ("max", Value::Integer(3))])])
        };
        assert_eq!(bindings().apply_to_value("rows", &rows("t/{id}")), rows("t/plug 7"));
        assert_eq!(bindings().apply_to_value("url", &"http://{id}".into()), "http://{id}".into());
    }

    #[test]
    fn nothing_is_replaced_in_the_keys_of_scripts_and_urls() {
        let mut tile = Tile::new(kind::from_name("image").unwrap());
        let entries = [
            ("source", "url"),
            ("url", "http://a"),
            ("open_url", "http://b"),
            ("on_receive", "1"),
            ("on_display", "1"),
            ("on_tap", "1"),
            ("blink", "1"),
        ];
        let entries: Vec<_> = entries.iter().map(|(key, value)| ((*key).to_owned(), (*value).into())).collect();
        set_fields(&mut tile, &entries).unwrap();
        let urls = tile.kind.external_urls();
        let keys: Vec<&str> = tile.scripts().map(|(key, _)| key).chain(urls.iter().map(|url| url.key)).collect();
        assert_eq!(keys.len(), 6);
        assert!(keys.iter().all(|key| KEPT_KEYS.contains(key)), "{keys:?}");
    }
}
