//! Whom to trust, and how to prove who one is.

use std::path::PathBuf;

use crate::model::{
    field_value::parse_text,
    schema::{FieldSpec, FieldValue, Schema, ValueType, field},
    value::{ValidationError, Value},
};

/// The SHA-256 of a certificate that is trusted as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CertificatePin(pub [u8; 32]);

impl std::fmt::Display for CertificatePin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("sha256")?;
        self.0.iter().try_for_each(|byte| write!(f, ":{byte:02x}"))
    }
}

impl FieldValue for CertificatePin {
    const VALUE_TYPE: ValueType =
        ValueType::Custom("a fingerprint such as \"sha256:74:95:…\" with 32 bytes in hexadecimal");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        parse_text(value, Self::VALUE_TYPE, |text| {
            let hex: String = text.strip_prefix("sha256:").unwrap_or_default().chars().filter(|c| *c != ':').collect();
            let invalid_pin =
                || ValidationError::new("this is no fingerprint").with_help(format!("{} is wanted", Self::VALUE_TYPE));
            if hex.len() != 64 || !hex.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return Err(invalid_pin());
            }
            let mut pin = [0; 32];
            for (byte, offset) in pin.iter_mut().zip((0..).step_by(2)) {
                *byte = u8::from_str_radix(&hex[offset..offset + 2], 16).map_err(|_| invalid_pin())?;
            }
            Ok(Self(pin))
        })
    }

    fn to_value(&self) -> Option<Value> {
        Some(Value::String(self.to_string()))
    }
}

/// Whom to trust, and how to prove who one is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TlsSettings {
    /// Certificates of authorities, instead of the system's.
    pub ca: Option<PathBuf>,
    /// The client's own certificate.
    pub cert: Option<PathBuf>,
    /// The key of the client's own certificate.
    pub key: Option<PathBuf>,
    /// Exactly this certificate of the broker is trusted.
    pub pin: Option<CertificatePin>,
    /// Any certificate is trusted.
    pub insecure: bool,
}

impl Schema for TlsSettings {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(Option<PathBuf>, ca, "certificates of the authorities to trust, instead of the system's"),
        field!(Option<PathBuf>, cert, "the client's own certificate"),
        field!(Option<PathBuf>, key, "the key of the client's own certificate"),
        field!(
            Option<CertificatePin>,
            pin,
            "trust exactly the broker's certificate with this fingerprint, self-signed or not"
        ),
        field!(bool, insecure, "accept any certificate; a banner says so for as long as it is connected"),
    ];

    fn validate(&self) -> Vec<ValidationError> {
        let mut errors = Vec::new();
        match (&self.cert, &self.key) {
            (Some(_), None) => errors.push(ValidationError::new("`cert` needs its `key`").prepend_key("cert")),
            (None, Some(_)) => errors.push(ValidationError::new("`key` needs its `cert`").prepend_key("key")),
            _ => {}
        }
        if self.insecure && self.pin.is_some() {
            errors.push(
                ValidationError::new("`insecure` accepts any certificate, so `pin` would say nothing")
                    .with_help("leave one of them out")
                    .prepend_key("insecure"),
            );
        }
        errors
    }
}
