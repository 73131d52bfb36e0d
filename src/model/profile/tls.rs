//! TLS settings: which broker certificates to trust, and the client certificate.

use std::path::{Path, PathBuf};

use super::PasswordSource;
use crate::model::{
    field_value::parse_text,
    schema::{FieldSpec, FieldValue, Schema, ValueType, field},
    type_mismatch::type_mismatch,
    value::{ValidationError, Value},
};

/// The SHA-256 fingerprint of a certificate that is trusted regardless of its issuer.
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
                || ValidationError::new("invalid fingerprint").with_help(format!("expected {}", Self::VALUE_TYPE));
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

/// The names of application protocols that the client offers, in the order of preference (ALPN, RFC 7301).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AlpnProtocols(pub Vec<String>);

impl AlpnProtocols {
    const MAX_BYTES: usize = 255;

    fn check(name: &str) -> Result<(), ValidationError> {
        if (1..=Self::MAX_BYTES).contains(&name.len()) {
            return Ok(());
        }
        Err(ValidationError::new(format!("the name of a protocol has 1 to {} bytes", Self::MAX_BYTES)))
    }
}

impl FieldValue for AlpnProtocols {
    const VALUE_TYPE: ValueType = ValueType::Custom("the name of a protocol, or a list such as [\"x-amzn-mqtt-ca\"]");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        let names = match value {
            Value::String(name) => vec![name.clone()],
            Value::Array(names) => names.iter().map(String::from_value).collect::<Result<_, Vec<ValidationError>>>()?,
            other => return Err(type_mismatch(other, Self::VALUE_TYPE)),
        };
        names.iter().try_for_each(|name| Self::check(name))?;
        Ok(Self(names))
    }

    fn to_value(&self) -> Option<Value> {
        match self.0.as_slice() {
            [] => None,
            [name] => Some(name.as_str().into()),
            names => Some(Value::Array(names.iter().map(|name| name.as_str().into()).collect())),
        }
    }
}

/// Which broker certificates to trust, and the client certificate.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TlsSettings {
    /// A file with the CA certificates to trust instead of the system's.
    pub ca: Option<PathBuf>,
    /// A file with the client certificate, and with its private key if there is no `key`.
    pub cert: Option<PathBuf>,
    /// A file with the private key of the client certificate.
    pub key: Option<PathBuf>,
    /// The source of the password of the private key.
    pub key_password: Option<PasswordSource>,
    /// The fingerprint of the only broker certificate to trust. Like a host key of ssh, it replaces all other checks:
    /// the issuer, the host name and the dates. The broker still has to prove that it has the key.
    pub pin: Option<CertificatePin>,
    /// Whether to trust any certificate.
    pub insecure: bool,
    /// The application protocols to offer.
    pub alpn: AlpnProtocols,
}

/// Returns whether a file is PKCS#12, by its name.
fn is_pkcs12(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default();
    ["p12", "pfx"].iter().any(|known| extension.eq_ignore_ascii_case(known))
}

impl Schema for TlsSettings {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(Option<PathBuf>, ca as "CA certificates", "the CA certificates to trust, instead of the system's"),
        field!(Option<PathBuf>, cert as "Certificate", "the client certificate; a PKCS#12 file (.p12, .pfx) has the private key, too"),
        field!(
            Option<PathBuf>,
            key as "Private key",
            "the private key of the client certificate; only you may read it (mode 0600, or 0640 if root owns it)"
        ),
        field!(
            Option<PasswordSource>,
            key_password,
            "the password of the private key if it is encrypted, or preferably where it comes from"
        ),
        field!(
            Option<CertificatePin>,
            pin as "Fingerprint",
            "trust only the certificate with this fingerprint, whoever issued it, for any host name, also after it expires"
        ),
        field!(bool, insecure as "Any certificate", "accept any certificate; a banner warns while connected"),
        field!(
            AlpnProtocols,
            alpn as "ALPN protocols",
            "the application protocols to offer (ALPN), if the broker wants one: AWS IoT on port 443 wants \"x-amzn-mqtt-ca\""
        ),
    ];

    fn validate(&self) -> Vec<ValidationError> {
        let mut errors = Vec::new();
        match (&self.cert, &self.key) {
            (Some(cert), None) if !is_pkcs12(cert) => {
                errors.push(
                    ValidationError::new("`cert` needs a `key`")
                        .with_help("set it to the same file if that has both")
                        .prepend_key("cert"),
                );
            }
            (None, Some(_)) => errors.push(ValidationError::new("`key` needs a `cert`").prepend_key("key")),
            (None, None) if self.key_password.is_some() => {
                errors.push(
                    ValidationError::new("`key_password` needs a `key`")
                        .with_help("set `cert` and `key`, or `cert` to a PKCS#12 file (.p12, .pfx), which has both")
                        .prepend_key("key_password"),
                );
            }
            _ => {}
        }
        if self.insecure && self.pin.is_some() {
            errors.push(
                ValidationError::new("`insecure` accepts any certificate, so `pin` has no effect")
                    .with_help("remove one of them")
                    .prepend_key("insecure"),
            );
        }
        errors
    }
}
