//! The headers that a profile adds to the request for a WebSocket.

use super::PasswordSource;
use crate::model::{
    schema::{FieldValue, ValueType},
    type_mismatch::type_mismatch,
    value::{ValidationError, Value, ValuePathSegment},
};

/// The names of headers that the handshake of a WebSocket sets itself (RFC 6455, section 4.1), or that would change
/// where the request ends.
const RESERVED: [&str; 6] = ["connection", "content-length", "host", "te", "transfer-encoding", "upgrade"];

/// The headers that a profile adds to the request for a WebSocket: their names and where their values come from, which
/// may be secrets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HttpHeaders(pub Vec<(String, PasswordSource)>);

impl HttpHeaders {
    /// Returns whether there is a header of this name.
    #[must_use]
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.0.iter().any(|(own, _)| own.eq_ignore_ascii_case(name))
    }
}

impl FieldValue for HttpHeaders {
    const VALUE_TYPE: ValueType = ValueType::Table("a table such as { Authorization = { env = \"NAME\" } }");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        let Value::Table(entries) = value else {
            return Err(type_mismatch(value, Self::VALUE_TYPE));
        };
        let mut headers = Self::default();
        for (name, value) in entries {
            check_name(name, &headers).map_err(|error| error.prepend_path(ValuePathSegment::KeyName(name.clone())))?;
            let source = PasswordSource::from_value(value)
                .map_err(|errors| errors.into_iter().map(|error| error.prepend_key(name)).collect::<Vec<_>>())?;
            headers.0.push((name.clone(), source));
        }
        Ok(headers)
    }

    fn to_value(&self) -> Option<Value> {
        let entries = self.0.iter().filter_map(|(name, source)| Some((name.clone(), source.to_value()?)));
        let entries: Vec<(String, Value)> = entries.collect();
        (!entries.is_empty()).then_some(Value::Table(entries))
    }
}

/// Checks the name of a header (RFC 9110, section 5.1).
fn check_name(name: &str, others: &HttpHeaders) -> Result<(), ValidationError> {
    let is_token_char = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let lower = name.to_ascii_lowercase();
    if name.is_empty() || !name.chars().all(is_token_char) {
        Err(ValidationError::new("this is not the name of a header")
            .with_help("it has letters, digits and hyphens, such as X-Api-Key"))
    } else if RESERVED.contains(&lower.as_str()) || lower.starts_with("sec-websocket-") {
        Err(ValidationError::new("this header cannot be set: the connection needs its own")
            .with_help("remove it from `headers`"))
    } else if others.contains(name) {
        Err(ValidationError::new("this header is set twice").with_help("remove one of them"))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(entries: &[(&str, Value)]) -> Result<HttpHeaders, String> {
        let entries = entries.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        HttpHeaders::from_value(&Value::Table(entries)).map_err(|errors| errors[0].message.clone())
    }

    #[test]
    fn headers_round_trip() {
        let env = Value::Table(vec![("env".to_owned(), "TOKEN".into())]);
        let headers = parse(&[("Authorization", env), ("X-Tenant", "north".into())]).unwrap();
        assert_eq!(headers.0[0], ("Authorization".to_owned(), PasswordSource::Env("TOKEN".to_owned())));
        assert_eq!(HttpHeaders::from_value(&headers.to_value().unwrap()), Ok(headers));
        assert_eq!(HttpHeaders::default().to_value(), None);
    }

    #[test]
    fn headers_of_the_handshake_cannot_be_set() {
        for name in ["Host", "connection", "Sec-WebSocket-Protocol", "", "a b", "a:", "ä", "X\r\nY"] {
            assert!(parse(&[(name, "x".into())]).is_err(), "{name:?}");
        }
        assert_eq!(parse(&[("X-A", "1".into()), ("x-a", "2".into())]).unwrap_err(), "this header is set twice");
        assert!(parse(&[("X-A", Value::Integer(1))]).is_err());
    }
}
