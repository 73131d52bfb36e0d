//! The key `decode`: how payloads become text.

use super::{
    schema::{FieldValue, ValueType},
    type_mismatch::type_mismatch,
    value::{ValidationError, Value, ValuePathSegment, did_you_mean},
};
use crate::decode::{Decoder, MAX_LAYERS};

/// The name of the decoder that needs a schema, which only a rule has.
pub(super) const PROTOBUF: &str = "protobuf";

/// Decoders, in the order in which a payload passes through them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Decoding(Vec<Decoder>);

impl FieldValue for Decoding {
    const VALUE_TYPE: ValueType =
        ValueType::Custom("the name of a decoder such as \"cbor\", or several such as \"gzip, cbor\"");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        let decoders: Result<Vec<Decoder>, ValidationError> = match value {
            // Several names can be one text: a form has them in one line.
            Value::String(text) => {
                let names = text.split([',', ' ', '[', ']', '"', '\'']);
                names.filter(|name| !name.is_empty()).map(by_name).collect()
            }
            Value::Array(items) => (0..).zip(items).map(|(index, item)| in_list(index, item)).collect(),
            other => return Err(type_mismatch(other, Self::VALUE_TYPE)),
        };
        let decoders = decoders?;
        if decoders.len() > MAX_LAYERS {
            return Err(ValidationError::new(format!("there are more than {MAX_LAYERS} decoders")).into());
        }
        if let Some(decoder) = decoders.iter().rev().skip(1).find(|decoder| !decoder.can_be_followed()) {
            let message = format!("`{}` must be the last decoder", decoder.name());
            return Err(ValidationError::new(message).with_help("it makes JSON, which the others cannot read").into());
        }
        Ok(Self(decoders))
    }

    fn to_value(&self) -> Option<Value> {
        (!self.0.is_empty()).then(|| self.names().as_str().into())
    }
}

fn by_name(name: &str) -> Result<Decoder, ValidationError> {
    let names = || Decoder::all().map(|decoder| decoder.name());
    Decoder::by_name(name).ok_or_else(|| {
        if name == PROTOBUF {
            let error = ValidationError::new("a tile cannot have the decoder `protobuf`, which needs a schema");
            return error.with_help("write a rule for its topic in decoders.toml: it applies to tiles, too");
        }
        let all = || format!("the decoders are {}", names().collect::<Vec<_>>().join(", "));
        ValidationError::new(format!("there is no decoder `{name}`"))
            .with_help(did_you_mean(name, names()).unwrap_or_else(all))
    })
}

fn in_list(index: usize, item: &Value) -> Result<Decoder, ValidationError> {
    let decoder = match item {
        Value::String(name) => by_name(name),
        other => {
            Err(ValidationError::new(format!("expected the name of a decoder, found {}", other.type_description())))
        }
    };
    decoder.map_err(|error| error.prepend_path(ValuePathSegment::Index(index)))
}

impl Decoding {
    /// Returns the decoders.
    pub(crate) fn decoders(&self) -> &[Decoder] {
        &self.0
    }

    /// Returns the names of the decoders, as in a file.
    pub(crate) fn names(&self) -> String {
        let names: Vec<&str> = self.0.iter().map(Decoder::name).collect();
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_and_a_list_of_names_are_read_and_written() {
        let list = |names: &[&str]| Value::Array(names.iter().map(|name| (*name).into()).collect());
        for (value, written) in [
            (Value::from("cbor"), Some("cbor".into())),
            (list(&["cbor"]), Some("cbor".into())),
            (list(&["gzip", "cbor"]), Some("gzip, cbor".into())),
            ("gzip, cbor".into(), Some("gzip, cbor".into())),
            (r#"["gzip", "cbor"]"#.into(), Some("gzip, cbor".into())),
            ("".into(), None),
        ] {
            assert_eq!(Decoding::from_value(&value).unwrap().to_value(), written, "{value:?}");
        }
        for (value, message, help) in [
            (Value::from("cobr"), "there is no decoder `cobr`", "did you mean `cbor`?"),
            ("rot13".into(), "there is no decoder `rot13`", "the decoders are cbor, msgpack, gzip, "),
            (list(&["gzip", "jsn"]), "there is no decoder `jsn`", "the decoders are"),
            (list(&["cbor", "gzip"]), "`cbor` must be the last decoder", "it makes JSON"),
            (list(&["gzip"; 4]), "there are more than 3 decoders", ""),
            (Value::Array(vec![Value::Integer(7)]), "expected the name of a decoder, found", ""),
        ] {
            let error = Decoding::from_value(&value).unwrap_err().remove(0);
            assert!(error.message.starts_with(message), "{error:?}");
            assert!(error.help.unwrap_or_default().starts_with(help), "{value:?}");
        }
    }
}
