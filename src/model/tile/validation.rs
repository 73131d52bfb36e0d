//! The common fields of a tile that contradict each other or have no effect.

use super::Tile;
use crate::model::value::ValidationError;

impl Tile {
    /// Returns the errors of the fields that every tile has.
    pub(super) fn validate_common_fields(&self) -> Vec<ValidationError> {
        let mut errors = Vec::new();
        self.validate_json_path(&mut errors);
        self.validate_read_only_kind(&mut errors);
        self.validate_named_topics(&mut errors);
        self.validate_payload(&mut errors);
        self.validate_automatic_message(&mut errors);
        self.validate_publishing(&mut errors);
        self.validate_echo(&mut errors);
        self.validate_prefix_and_postfix(&mut errors);
        self.validate_span(&mut errors);
        errors
    }

    /// Returns what a tile lacks that does nothing: it subscribes to nothing, publishes nothing, runs no script
    /// when it is drawn or pressed, and its kind has nothing of its own to show. Such a tile is not an error, because it is the beginning
    /// of one.
    #[must_use]
    pub(crate) fn missing_purpose(&self) -> Option<ValidationError> {
        let does_something = self.topic.is_some()
            || self.target_topic().is_some()
            || self.steering().is_some()
            || self.automatic_message().is_some()
            || self.on_tap.is_some()
            || self.on_display.is_some();
        if does_something { None } else { self.kind.missing_purpose() }
    }

    /// A tile that shows a part of a JSON document but publishes a plain value cannot do both on one topic.
    fn validate_json_path(&self, errors: &mut Vec<ValidationError>) {
        if self.json_path.is_some() && self.kind.keep_rule().is_some() {
            let message = format!("`json_path` has no effect on a tile of kind `{}`", self.kind.name());
            let help = "remove it: the kind has keys of its own for the parts of the JSON";
            errors.push(ValidationError::new(message).with_help(help).prepend_key("json_path"));
            return;
        }
        if !self.receives_only_json() || !self.receives_what_it_publishes() {
            return;
        }
        let (message, key) = match &self.publish_topic {
            None => {
                ("a tile with `json_path` cannot publish to its own topic: the echo would not be JSON", "json_path")
            }
            Some(_) => (
                "with `json_path`, `publish_topic` must differ from `topic`: the echo would not be JSON",
                "publish_topic",
            ),
        };
        let help =
            "set `publish_topic` to the topic that the device subscribes to, `publish = false`, or a JSON `payload`";
        errors.push(ValidationError::new(message).with_help(help).prepend_key(key));
    }

    /// Reports the keys about publishing of a kind that only shows. A script may still publish.
    fn validate_read_only_kind(&self, errors: &mut Vec<ValidationError>) {
        let unused = [
            ("publish", self.publish == Some(true)),
            ("publish_topic", self.publish_topic.is_some() && self.automatic_message().is_none()),
            ("confirm", self.confirm.is_some()),
        ];
        for (key, is_set) in unused {
            if is_set && self.on_tap.is_none() && !self.kind.can_publish() {
                let message = format!("`{key}` has no effect: a tile of kind `{}` only shows", self.kind.name());
                errors.push(ValidationError::new(message).with_help("remove it").prepend_key(key));
            }
        }
    }

    /// Reports the keys that have no effect on a kind that names the topics that it publishes to.
    fn validate_named_topics(&self, errors: &mut Vec<ValidationError>) {
        let unused = [
            ("publish_topic", self.publish_topic.is_some() && self.automatic_message().is_none()),
            ("wait_for_echo", self.wait_for_echo == Some(true)),
            ("wait_timeout", self.wait_timeout.get() > 0),
        ];
        for (key, _) in unused.into_iter().filter(|(_, is_set)| *is_set && self.kind.steering().is_some()) {
            let message = format!("`{key}` has no effect on a tile of kind `{}`", self.kind.name());
            errors.push(
                ValidationError::new(message)
                    .with_help("remove it: each axis has a topic of its own, and no message is awaited")
                    .prepend_key(key),
            );
        }
    }

    fn validate_publishing(&self, errors: &mut Vec<ValidationError>) {
        if self.kind.steering().is_some() {
            return;
        }
        let unusable = self.topic.as_ref().filter(|topic| topic.as_topic().is_none());
        if let Some(topic) = unusable.filter(|_| self.publish == Some(true) && self.publish_topic.is_none()) {
            let reason = if topic.is_shared() { "is a shared subscription" } else { "contains a wildcard" };
            errors.push(
                ValidationError::new(format!("`topic` {reason}, so the tile has no topic to publish to"))
                    .with_help("set `publish_topic`")
                    .prepend_key("publish"),
            );
        }
        if self.publish == Some(true) && self.topic.is_none() && self.publish_topic.is_none() {
            errors.push(
                ValidationError::new("the tile has no topic to publish to")
                    .with_help("set `topic` or `publish_topic`")
                    .prepend_key("publish"),
            );
        }
        let is_unused = self.on_tap.is_none() && self.automatic_message().is_none();
        if self.publish == Some(false) && self.publish_topic.is_some() && is_unused {
            errors.push(
                ValidationError::new("`publish = false` and `publish_topic` contradict each other")
                    .with_help("remove one of them")
                    .prepend_key("publish_topic"),
            );
        }
    }

    fn validate_echo(&self, errors: &mut Vec<ValidationError>) {
        if self.kind.steering().is_some() {
            return;
        }
        if self.wait_for_echo == Some(true) && self.topic.is_none() {
            errors.push(
                ValidationError::new("without a `topic` the tile receives no echo")
                    .with_help("set `topic`")
                    .prepend_key("wait_for_echo"),
            );
        }
        if self.wait_timeout.get() > 0 && self.topic.is_some() && !self.waits_for_echo() {
            errors.push(
                ValidationError::new("`wait_timeout` has no effect: the tile does not wait for an echo")
                    .with_help("set `wait_for_echo = true`, or remove `wait_timeout`")
                    .prepend_key("wait_timeout"),
            );
        }
    }

    fn validate_span(&self, errors: &mut Vec<ValidationError>) {
        for (key, count) in [("width", self.width), ("height", self.height)] {
            if count.get() > 1 && self.kind.section().is_some() {
                errors.push(
                    ValidationError::new(format!("`{key}` has no effect on a tile of kind `{}`", self.kind.name()))
                        .with_help("remove it: the line of a heading is as wide as the dashboard")
                        .prepend_key(key),
                );
            }
        }
    }

    fn validate_prefix_and_postfix(&self, errors: &mut Vec<ValidationError>) {
        for (key, text) in [("prefix", self.prefix.as_str()), ("postfix", self.postfix.as_str())] {
            if !text.is_empty() && !self.kind.supports_prefix_suffix() {
                errors.push(
                    ValidationError::new(format!("`{key}` has no effect on a tile of kind `{}`", self.kind.name()))
                        .with_help("remove it; only tiles with a value as text use it")
                        .prepend_key(key),
                );
            }
        }
        if !self.postfix.as_str().is_empty() && !self.kind.unit().is_empty() {
            errors.push(
                ValidationError::new("`postfix` and `unit` are both set, and only `postfix` would be shown")
                    .with_help("remove `postfix`: a unit has a space before it")
                    .prepend_key("postfix"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        kind,
        schema::set_fields,
        value::{Value, ValuePathSegment},
    };

    #[test]
    fn pad_publishes_to_the_topics_of_its_axes_only() {
        let axis = |topic: &str| Value::Table(vec![("topic".into(), topic.into())]);
        let pad = |entries: &[(&str, Value)]| {
            let mut tile = Tile::new(kind::from_name("pad").unwrap());
            let entries: Vec<_> = entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
            set_fields(&mut tile, &entries).map(|()| tile)
        };
        let both = [("x", axis("a")), ("y", axis("b")), ("topic", Value::from("c"))];
        let tile = pad(&both).unwrap();
        assert!(tile.is_control() && tile.target_topic().is_none() && tile.steering().is_some());
        let with = |key: &'static str, value: Value| pad(&[&both[..], &[(key, value)]].concat());
        assert!(!with("publish", Value::Bool(false)).unwrap().is_control());
        for (key, value) in [
            ("publish_topic", "d".into()),
            ("wait_for_echo", Value::Bool(true)),
            ("wait_timeout", Value::Integer(3)),
            ("payload", "{{value}}".into()),
        ] {
            let errors = with(key, value).unwrap_err();
            assert_eq!(errors.len(), 1, "{errors:?}");
            assert_eq!(errors[0].message, format!("`{key}` has no effect on a tile of kind `pad`"));
        }
        let errors = pad(&both[..1]).unwrap_err();
        assert_eq!(errors[0].message, "`x` has a topic, and `y` has none");
    }

    #[test]
    fn json_path_has_no_effect_on_kinds_that_read_whole_messages() {
        for kind in kind::all().filter(|kind| kind.keep_rule().is_some()) {
            let mut tile = Tile::new(kind);
            let errors = set_fields(&mut tile, &[("json_path".to_owned(), "$.a".into())]).unwrap_err();
            assert!(errors[0].message.starts_with("`json_path` has no effect on a tile of kind"), "{errors:?}");
        }
    }

    #[test]
    fn tile_without_topic_lacks_it_unless_it_does_something_else() {
        let missing = |kind: &str, entries: &[(&str, &str)]| {
            let mut tile = Tile::new(kind::from_name(kind).unwrap());
            let entries: Vec<_> = entries.iter().map(|(key, value)| ((*key).to_owned(), (*value).into())).collect();
            set_fields(&mut tile, &entries).unwrap();
            tile.missing_purpose().map(|error| error.path[0].clone())
        };
        let key = |name: &str| Some(ValuePathSegment::Key(name.to_owned()));
        let has_own_content = |kind: &str| ["image", "note", "clock", "qr", "heading", "pad", "panel"].contains(&kind);
        for kind in kind::all().filter(|kind| !has_own_content(kind.name())) {
            let (kind, can_publish) = (kind.name(), kind.can_publish());
            assert_eq!(missing(kind, &[]), key("topic"));
            assert_eq!(missing(kind, &[("on_receive", "1"), ("blink", "true")]), key("topic"));
            for entry in [("topic", "a/+"), ("publish_topic", "a"), ("on_tap", "1"), ("on_display", "1")] {
                if can_publish || entry.0 != "publish_topic" {
                    assert_eq!(missing(kind, &[entry]), None, "{kind} {entry:?}");
                }
            }
        }
        assert_eq!(missing("pad", &[]), key("x"));
        assert_eq!(missing("pad", &[("topic", "a")]), None, "it shows what the device reports");
        assert_eq!(missing("image", &[]), key("url"));
        assert_eq!(missing("image", &[("publish_topic", "a")]), key("url"), "an image publishes nothing by default");
        assert_eq!(missing("image", &[("source", "payload")]), key("topic"));
        assert_eq!(missing("image", &[("source", "payload"), ("open_url", "https://a")]), None);
        for entry in [("topic", "a"), ("url", "https://a"), ("open_url", "https://a"), ("on_tap", "1")] {
            assert_eq!(missing("image", &[entry]), None, "{entry:?}");
        }
    }
}
