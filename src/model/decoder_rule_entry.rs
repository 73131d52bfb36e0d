//! A rule as `decoders.toml` has it: the topics, the decoders, and the schema that Protocol Buffers need.

use super::{
    decoding::{Decoding, PROTOBUF},
    schema::{FieldSpec, FieldValue, Schema, ValueType, field},
    topic::TopicFilter,
    type_mismatch::type_mismatch,
    value::{ValidationError, Value},
};
use crate::decode::Decoder;

/// The decoders of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RuleDecoders {
    /// Those before Protocol Buffers, or all.
    pub decoders: Vec<Decoder>,
    /// Whether what they make is a message of Protocol Buffers.
    pub then_protobuf: bool,
}

impl RuleDecoders {
    /// Returns the names, in their order.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        self.decoders.iter().map(Decoder::name).chain(self.then_protobuf.then_some(PROTOBUF)).collect()
    }
}

impl FieldValue for RuleDecoders {
    const VALUE_TYPE: ValueType = ValueType::Custom(
        "the name of a decoder such as \"protobuf\", or several such as \"gzip, protobuf\"; [] for none",
    );

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        let items = match value {
            Value::String(text) => {
                let names = text.split([',', ' ']).filter(|name| !name.is_empty());
                names.map(Value::from).collect()
            }
            Value::Array(items) => items.clone(),
            other => return Err(type_mismatch(other, Self::VALUE_TYPE)),
        };
        let (then_protobuf, others) = match items.split_last() {
            Some((Value::String(last), others)) if last == PROTOBUF => (true, others),
            _ => (false, items.as_slice()),
        };
        let is_protobuf = |item: &Value| matches!(item, Value::String(name) if name == PROTOBUF);
        if others.iter().any(is_protobuf) {
            return Err(ValidationError::new(format!("`{PROTOBUF}` must be the last decoder")).into());
        }
        let decoders = Decoding::from_value(&Value::Array(others.to_vec()))?.decoders().to_vec();
        if let Some(last) = decoders.last().filter(|last| then_protobuf && !last.can_be_followed()) {
            return Err(ValidationError::new(format!("`{}` must be the last decoder", last.name())).into());
        }
        Ok(Self { decoders, then_protobuf })
    }

    fn to_value(&self) -> Option<Value> {
        Some(match self.names().as_slice() {
            [name] => (*name).into(),
            names => Value::Array(names.iter().map(|name| (*name).into()).collect()),
        })
    }
}

/// A rule as the file has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DecoderRuleEntry {
    /// The topics.
    pub topic: Option<TopicFilter>,
    /// The decoders.
    pub decode: RuleDecoders,
    /// The file of the schema, relative to the folder of `decoders.toml`: `.proto`, or an encoded descriptor set.
    pub schema: Option<String>,
    /// The type of the messages in it, with its package.
    pub message_type: Option<String>,
}

/// A change of the rules in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecoderRuleEdit {
    /// Replace the rule with the same topics, or add this one before the others.
    Set(DecoderRuleEntry),
    /// Remove the rule with these topics.
    Remove(TopicFilter),
}

impl DecoderRuleEdit {
    /// Returns the topics of the rule.
    #[must_use]
    pub fn topic(&self) -> Option<&TopicFilter> {
        match self {
            Self::Set(entry) => entry.topic.as_ref(),
            Self::Remove(topic) => Some(topic),
        }
    }

    /// Returns the rules after the change.
    #[must_use]
    pub fn apply_to(&self, rules: &[DecoderRuleEntry]) -> Vec<DecoderRuleEntry> {
        let mut rules = rules.to_vec();
        let index = rules.iter().position(|rule| rule.topic.as_ref() == self.topic());
        match (self, index) {
            (Self::Set(entry), Some(index)) => rules[index] = entry.clone(),
            (Self::Set(entry), None) => rules.insert(0, entry.clone()),
            (Self::Remove(_), Some(index)) => drop(rules.remove(index)),
            (Self::Remove(_), None) => {}
        }
        rules
    }
}

impl Schema for DecoderRuleEntry {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(Option<TopicFilter>, topic, "the topic filter of the messages"),
        field!(RuleDecoders, decode, "what their payloads are decoded by, on tiles and in the explorer"),
        field!(
            Option<String>,
            schema,
            "the file that defines the messages of `protobuf`: `.proto`, or a descriptor set of `protoc`"
        ),
        field!(Option<String>, message_type, "the type of the messages in the schema, with its package"),
    ];

    fn validate(&self) -> Vec<ValidationError> {
        let mut errors = Vec::new();
        let mut require = |is_wrong: bool, key: &str, message: &str, help: &str| {
            if is_wrong {
                errors.push(ValidationError::new(message).with_help(help).prepend_key(key));
            }
        };
        let is_shared = self.topic.as_ref().is_some_and(TopicFilter::is_shared);
        require(self.topic.is_none(), "topic", "this rule has no `topic`", "write topic = \"fleet/+/telemetry\"");
        require(is_shared, "topic", "topics do not begin with $share/", "write the topic filter behind the group");
        for (value, key, example) in [
            (&self.schema, "schema", "\"proto/fleet.proto\""),
            (&self.message_type, "message_type", "\"fleet.v1.Telemetry\""),
        ] {
            let is_missing = self.decode.then_protobuf && value.is_none();
            let help = format!("write {key} = {example}");
            require(is_missing, key, &format!("`{PROTOBUF}` needs `{key}`"), &help);
            let is_unused = !self.decode.then_protobuf && value.is_some();
            require(
                is_unused,
                key,
                &format!("only `{PROTOBUF}` has a `{key}`"),
                "remove it, or set decode = \"protobuf\"",
            );
        }
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::schema::set_fields;

    fn entry(entries: &[(&str, Value)]) -> Result<DecoderRuleEntry, Vec<String>> {
        let mut rule = DecoderRuleEntry::default();
        let entries: Vec<_> = entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        set_fields(&mut rule, &entries)
            .map(|()| rule)
            .map_err(|errors| errors.into_iter().map(|error| error.message).collect())
    }

    #[test]
    fn decoders_are_read_and_written_with_protobuf_last() {
        let list = |names: &[&str]| Value::Array(names.iter().map(|name| (*name).into()).collect());
        for (value, expected) in [
            (Value::from("cbor"), Value::from("cbor")),
            ("gzip, protobuf".into(), list(&["gzip", "protobuf"])),
            (list(&["protobuf"]), "protobuf".into()),
            (list(&[]), list(&[])),
        ] {
            assert_eq!(RuleDecoders::from_value(&value).unwrap().to_value(), Some(expected), "{value:?}");
        }
        for (value, expected) in [
            (list(&["protobuf", "gzip"]), "`protobuf` must be the last decoder"),
            (list(&["cbor", "protobuf"]), "`cbor` must be the last decoder"),
            (list(&["gzip", "jsn"]), "there is no decoder `jsn`"),
            (list(&["gzip"; 4]), "there are more than 3 decoders"),
        ] {
            let errors = RuleDecoders::from_value(&value).unwrap_err();
            assert_eq!(errors[0].message, expected, "{value:?}");
        }
    }

    #[test]
    fn schema_belongs_to_protobuf_alone() {
        let topic = ("topic", Value::from("a/+"));
        assert!(entry(&[topic.clone(), ("decode", "cbor".into())]).is_ok());
        let errors = entry(&[topic.clone(), ("decode", "protobuf".into())]).unwrap_err();
        assert_eq!(errors, ["`protobuf` needs `schema`", "`protobuf` needs `message_type`"]);
        let errors = entry(&[topic, ("decode", "cbor".into()), ("schema", "a.proto".into())]).unwrap_err();
        assert_eq!(errors, ["only `protobuf` has a `schema`"]);
        assert_eq!(entry(&[("decode", "cbor".into())]).unwrap_err(), ["this rule has no `topic`"]);
        assert_eq!(entry(&[("topic", "$share/g/a".into())]).unwrap_err(), ["topics do not begin with $share/"]);
    }
}
