//! The payloads that a tile publishes: its value in the template `payload`, and what it publishes automatically.

use std::{borrow::Cow, fmt, time::Duration};

use super::Tile;
use crate::model::{
    content::TileAction,
    decoding::Decoding,
    duration::BoundedDuration,
    error::TileError,
    json_path::find_all,
    payload_template::PayloadTemplate,
    topic::{Topic, TopicFilter},
    value::ValidationError,
};

/// The interval at which a tile publishes automatically, from a second to a day.
pub(super) type AutomaticInterval = BoundedDuration<1_000, 86_400_000>;

/// The keys about payloads that few tiles have. They take the memory of a pointer in the others.
#[derive(Debug, Clone, Default)]
pub(super) struct TileMessages {
    pub decode: Decoding,
    pub payload: Option<PayloadTemplate>,
    pub on_connect: Option<String>,
    pub every: Option<AutomaticInterval>,
}

/// Defines a key of [`TileMessages`] as a key of a tile.
macro_rules! message_field {
    ($type:ty, $field:ident as $label:literal, $description:literal) => {
        $crate::model::schema::FieldSpec::<Self> {
            name: stringify!($field),
            label: Some($label),
            description: $description,
            value_type: <$type as $crate::model::schema::FieldValue>::VALUE_TYPE,
            get: |it| it.messages.as_ref().and_then(|keys| $crate::model::schema::FieldValue::to_value(&keys.$field)),
            set: |it, value| {
                let new = <$type as $crate::model::schema::FieldValue>::from_value(value)?;
                it.messages.get_or_insert_default().$field = new;
                Ok(())
            },
        }
    };
}
pub(super) use message_field;

/// What a tile publishes automatically when the connection is established, and periodically from then on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AutomaticMessage<'a> {
    /// The topic to publish to.
    pub topic: Topic,
    /// The payload.
    pub payload: &'a str,
    /// How often it is published again.
    pub every: Option<Duration>,
    /// Whether the broker retains it.
    pub retain: bool,
}

/// When what is published where. The topic comes last, so that no other text reads the same.
impl fmt::Display for AutomaticMessage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("on connect")?;
        if let Some(every) = self.every {
            write!(f, ", then every {every:?}")?;
        }
        if self.retain {
            f.write_str(", retained")?;
        }
        write!(f, ": {:?} → {}", self.payload, self.topic)
    }
}

impl Tile {
    /// Returns the payload that publishes a value.
    ///
    /// # Errors
    /// If the payload would be invalid JSON.
    pub(crate) fn payload_of<'a>(&self, value: &'a str) -> Result<Cow<'a, str>, TileError> {
        self.payload_template().map_or(Ok(Cow::Borrowed(value)), |template| template.render(value).map(Cow::Owned))
    }

    /// Returns the value for the user's input in the prompt.
    ///
    /// # Errors
    /// If the input is not valid, or the payload with it would not be.
    pub(crate) fn value_for_input(&self, input: &str) -> Result<String, TileError> {
        let value = self.kind.payload_for_input(input)?;
        self.payload_of(&value)?;
        Ok(value)
    }

    /// Returns the template around the value.
    pub(crate) fn payload_template(&self) -> Option<&PayloadTemplate> {
        self.messages.as_ref()?.payload.as_ref()
    }

    /// Returns whether there is a template around the value.
    pub(crate) fn has_payload_template(&self) -> bool {
        self.payload_template().is_some()
    }

    /// Returns what the tile publishes automatically, if anything.
    pub(crate) fn automatic_message(&self) -> Option<AutomaticMessage<'_>> {
        let keys = self.messages.as_ref()?;
        let payload = keys.on_connect.as_deref()?;
        let topic = self.publish_topic.clone().or_else(|| self.topic.as_ref().and_then(TopicFilter::as_topic))?;
        Some(AutomaticMessage { topic, payload, every: keys.every.map(AutomaticInterval::get), retain: self.retain })
    }

    /// Returns whether the tile publishes to the topic that it subscribes to.
    pub(super) fn receives_what_it_publishes(&self) -> bool {
        let topics = self.topic.as_ref().zip(self.target_topic());
        topics.is_some_and(|(topic, target)| topic.topics() == target.as_str())
    }

    /// Returns whether the kind publishes a value of its own, which can stand in a template.
    pub(crate) fn publishes_values(&self) -> bool {
        matches!(self.kind.press_action(None), TileAction::Publish(_) | TileAction::Prompt(_))
    }

    /// Reports a template in which the value would not be found again, or that has no effect.
    pub(super) fn validate_payload(&self, errors: &mut Vec<ValidationError>) {
        let Some(template) = self.payload_template() else { return };
        if let Some(error) = self.payload_error(template) {
            errors.push(error.prepend_key("payload"));
        }
    }

    fn payload_error(&self, template: &PayloadTemplate) -> Option<ValidationError> {
        let error = |message: &str, help: &str| Some(ValidationError::new(message).with_help(help));
        if !self.publishes_values() {
            let message = format!("`payload` has no effect on a tile of kind `{}`", self.kind.name());
            return error(&message, "remove it");
        }
        if self.publish == Some(false) {
            return error("`payload` and `publish = false` contradict each other", "remove one of them");
        }
        if !template.has_value() {
            let help = "write {{value}} where the value belongs; for a fixed payload, use `kind = \"button\"`";
            return error("`payload` has no {{value}}: it would be the same for every value", help);
        }
        let fixed = self.kind.fixed_payloads();
        if let Some((value, span)) = fixed.iter().find_map(|value| Some((value, template.misplaced(value)?))) {
            let message = format!("`{value}` is not JSON without quotes");
            let error = ValidationError::new(message).with_help("put it in quotes: \"{{value}}\"");
            return Some(error.with_span(Some(span)));
        }
        let encodes_json = self.decoders().last().is_some_and(|decoder| !decoder.can_be_followed());
        if encodes_json && template.as_str().trim_start().starts_with(['{', '[']) && !template.is_json() {
            return error(
                "`payload` is not JSON: it would be published as a text",
                "look for a brace or a quote that is missing",
            );
        }
        if !self.receives_what_it_publishes() {
            return None;
        }
        let help = "set `publish_topic` to the topic that the device subscribes to";
        match &self.json_path {
            _ if !template.is_json() => {
                error("the tile would receive its whole `payload` instead of its value, which is not JSON", help)
            }
            None => error(
                "the tile would receive its whole `payload` instead of its value",
                "set `json_path` to where the value is in it, or `publish_topic`",
            ),
            Some(path) => {
                // It is JSON with and without quotes.
                const SAMPLE: &str = "1";
                let payload = template.render(SAMPLE).unwrap_or_default();
                let found = find_all(payload.as_bytes(), &[path]).pop().and_then(Result::ok);
                if found.as_deref() == Some(SAMPLE) {
                    return None;
                }
                error("the tile would not find its value in its own `payload`: it is not at `json_path`", help)
            }
        }
    }

    /// Reports what a tile could not publish automatically.
    pub(super) fn validate_automatic_message(&self, errors: &mut Vec<ValidationError>) {
        let Some(keys) = &self.messages else { return };
        if keys.on_connect.is_some() && self.automatic_message().is_none() {
            errors.push(
                ValidationError::new("the tile has no topic to publish `on_connect` to")
                    .with_help("set `publish_topic`")
                    .prepend_key("on_connect"),
            );
        }
        if keys.every.is_some() && keys.on_connect.is_none() {
            errors.push(
                ValidationError::new("`every` has nothing to publish")
                    .with_help("set `on_connect` to the payload; \"\" is an empty one")
                    .prepend_key("every"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        kind,
        schema::{DynFields as _, set_fields},
        value::Value,
    };

    fn tile(kind: &str, entries: &[(&str, Value)]) -> Result<Tile, Vec<ValidationError>> {
        let mut tile = Tile::new(kind::from_name(kind).unwrap());
        let entries: Vec<_> = entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        set_fields(&mut tile, &entries).map(|()| tile)
    }

    fn errors(kind: &str, entries: &[(&str, Value)]) -> Vec<(String, Option<String>)> {
        let errors = tile(kind, entries).err().unwrap_or_default();
        errors.into_iter().map(|error| (error.message, error.help)).collect()
    }

    #[test]
    fn json_template_may_be_published_to_the_own_topic_if_the_value_is_found_in_it() {
        let range = |path: &str, template: &str| {
            errors("range", &[("topic", "lamp".into()), ("json_path", path.into()), ("payload", template.into())])
        };
        assert_eq!(range("$.brightness", "{\"brightness\": {{value}}}"), []);
        assert_eq!(range("$.brightness", "{\"brightness\": \"{{value}}\"}"), []);
        assert!(range("$.bri", "{\"brightness\": {{value}}}")[0].0.contains("would not find its value"));
        assert!(range("$.brightness", "SET {{value}}")[0].0.contains("not JSON"));
        let plain = errors("range", &[("topic", "lamp".into()), ("payload", "{\"a\": {{value}}}".into())]);
        assert!(plain[0].1.as_ref().unwrap().contains("json_path"), "{plain:?}");
        for entries in [
            [("topic", "lamp"), ("publish_topic", "lamp/set"), ("payload", "SET {{value}}")],
            [("topic", "lamp"), ("publish_topic", "lamp/set"), ("payload", "{\"a\": {{value}}}")],
        ] {
            assert_eq!(errors("range", &entries.map(|(key, text)| (key, text.into()))), []);
        }
        let own_topic = [("topic", "lamp".into()), ("json_path", "$.a".into())];
        assert_eq!(errors("range", &own_topic), [], "it only shows");
        let without = errors("range", &[own_topic.as_slice(), &[("publish", Value::Bool(true))]].concat());
        assert!(without[0].0.contains("cannot publish to its own topic"), "{without:?}");
    }

    #[test]
    fn template_that_is_encoded_must_be_json_if_it_looks_like_it() {
        let range = |decode: &str, template: &str| {
            let keys = [("publish_topic", "lamp/set"), ("decode", decode), ("payload", template)];
            errors("range", &keys.map(|(key, text)| (key, text.into())))
        };
        assert!(range("cbor", "{\"a\": {{value}}")[0].0.contains("published as a text"));
        assert_eq!(range("cbor", "{\"a\": {{value}}}"), []);
        assert_eq!(range("cbor", "SET {{value}}"), []);
        assert_eq!(range("gzip", "{\"a\": {{value}}"), [], "the text is compressed as it is");
    }

    #[test]
    fn payload_of_a_kind_that_is_no_json_must_be_in_quotes() {
        let template = ("payload", Value::from("{\"state\": {{value}}}"));
        let topic = ("publish_topic", Value::from("lamp/set"));
        let on_off = |on: &str, off: &str| {
            errors("switch", &[topic.clone(), template.clone(), ("on", on.into()), ("off", off.into())])
        };
        assert_eq!(on_off("true", "false"), []);
        let expected = ("`OFF` is not JSON without quotes", "put it in quotes: \"{{value}}\"");
        assert_eq!(on_off("1", "OFF"), [(expected.0.to_owned(), Some(expected.1.to_owned()))]);
        let color = errors("color", &[topic.clone(), template.clone()]);
        assert_eq!(color[0].0, "`#FFFFFF` is not JSON without quotes");
        assert_eq!(errors("color", &[topic.clone(), template.clone(), ("format", "number".into())]), []);
        let option =
            |payload: &str| Value::Table(vec![("label".into(), "x".into()), ("payload".into(), payload.into())]);
        let options = ("options", Value::Array(vec![option("1"), option("night")]));
        let choice = tile("choice", &[topic.clone(), template.clone(), options]).unwrap_err();
        assert_eq!(
            (choice[0].message.as_str(), &choice[0].span),
            ("`night` is not JSON without quotes", &Some(10..19))
        );
        assert_eq!(errors("text", &[topic, template]), [], "the user may enter a number");
    }

    #[test]
    fn template_without_effect_is_reported() {
        let message =
            |kind: &str, entries: &[(&str, Value)]| errors(kind, entries).first().map(|error| error.0.clone());
        let (topic, template) = (("publish_topic", "a".into()), ("payload", Value::from("{{value}}")));
        let heading = message("heading", &[("name", "x".into()), template.clone()]);
        assert_eq!(heading.as_deref(), Some("`payload` has no effect on a tile of kind `heading`"));
        let shows = message("text", &[("topic", "a".into()), ("publish", Value::Bool(false)), template]);
        assert_eq!(shows.as_deref(), Some("`payload` and `publish = false` contradict each other"));
        let fixed = message("switch", &[topic, ("payload", "ON".into())]);
        assert_eq!(fixed.as_deref(), Some("`payload` has no {{value}}: it would be the same for every value"));
    }

    #[test]
    fn tile_that_only_shows_may_publish_by_itself() {
        let keep_alive = [
            ("topic", "N/1/soc".into()),
            ("publish_topic", "R/1/keepalive".into()),
            ("on_connect", "".into()),
            ("every", "30s".into()),
            ("publish", Value::Bool(false)),
        ];
        let tile_of = |entries: &[(&str, Value)]| tile("text", entries).unwrap();
        let tile = tile_of(&keep_alive);
        assert_eq!(tile.target_topic(), None, "a press publishes nothing");
        let message = tile.automatic_message().unwrap();
        assert_eq!((message.topic.as_str(), message.payload), ("R/1/keepalive", ""));
        assert_eq!(message.every, Some(Duration::from_secs(30)));
        assert_eq!(tile_of(&keep_alive[..2]).automatic_message(), None);
        let own = [("topic", "feeds/x/get".into()), ("on_connect", "1".into())];
        assert_eq!(tile_of(&own).automatic_message().unwrap().topic.as_str(), "feeds/x/get");
    }

    #[test]
    fn tile_of_a_kind_that_only_shows_may_publish_by_itself() {
        let topics = [("topic", "N/1/soc".into()), ("publish_topic", Value::from("R/1/keepalive"))];
        let asking = tile("gauge", &[topics.as_slice(), &[("on_connect", "".into())]].concat()).unwrap();
        assert_eq!(asking.automatic_message().unwrap().topic.as_str(), "R/1/keepalive");
        assert_eq!(errors("gauge", &topics).len(), 1, "nothing is published");
    }

    #[test]
    fn payload_of_a_button_is_its_own_and_no_template() {
        let button = tile("button", &[("publish_topic", "gate".into()), ("payload", "{{x}}".into())]).unwrap();
        assert_eq!(button.kind.press_action(None), TileAction::Publish("{{x}}".to_owned()));
        assert_eq!((button.payload_of("{{x}}").as_deref(), button.get("payload")), (Ok("{{x}}"), Some("{{x}}".into())));
        let names = button.fields().into_iter().map(|field| field.name);
        assert_eq!(names.filter(|name| *name == "payload").count(), 1);
    }

    #[test]
    fn automatic_message_that_cannot_be_published_is_reported() {
        let error_of = |entries: &[(&str, Value)]| errors("text", entries).first().map(|error| error.0.clone());
        let wildcard = error_of(&[("topic", "a/+".into()), ("on_connect", "1".into())]);
        assert_eq!(wildcard.as_deref(), Some("the tile has no topic to publish `on_connect` to"));
        let nothing = error_of(&[("topic", "a".into()), ("every", "30s".into())]);
        assert_eq!(nothing.as_deref(), Some("`every` has nothing to publish"));
        let fast = error_of(&[("topic", "a".into()), ("on_connect", "".into()), ("every", "500ms".into())]);
        assert_eq!(fast.as_deref(), Some("`500ms` is out of range (1s to 1d)"));
    }
}
