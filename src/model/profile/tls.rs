//! Whom to trust, and how to prove who one is.

use std::path::PathBuf;

use crate::model::{
    field::parsed,
    key::{Field, Key, Keyed, Wants, key},
    value::{Complaint, Value},
};

/// The SHA-256 of a certificate that is trusted as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pin(pub [u8; 32]);

impl std::fmt::Display for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("sha256")?;
        self.0.iter().try_for_each(|byte| write!(f, ":{byte:02x}"))
    }
}

impl Field for Pin {
    const WANTS: Wants = Wants::Form("a fingerprint such as \"sha256:74:95:…\" with 32 bytes in hexadecimal");

    fn read(value: &Value) -> Result<Self, Vec<Complaint>> {
        parsed(value, Self::WANTS, |text| {
            let digits: String =
                text.strip_prefix("sha256:").unwrap_or_default().chars().filter(|c| *c != ':').collect();
            let wrong = || Complaint::new("this is no fingerprint").help(format!("{} is wanted", Self::WANTS));
            if digits.len() != 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return Err(wrong());
            }
            let mut pin = [0; 32];
            for (byte, at) in pin.iter_mut().zip((0..).step_by(2)) {
                *byte = u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| wrong())?;
            }
            Ok(Self(pin))
        })
    }

    fn write(&self) -> Option<Value> {
        Some(Value::Text(self.to_string()))
    }
}

/// Whom to trust, and how to prove who one is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tls {
    /// Certificates of authorities, instead of the system's.
    pub ca: Option<PathBuf>,
    /// The client's own certificate.
    pub cert: Option<PathBuf>,
    /// The key of the client's own certificate.
    pub key: Option<PathBuf>,
    /// Exactly this certificate of the broker is trusted.
    pub pin: Option<Pin>,
    /// Any certificate is trusted.
    pub insecure: bool,
}

impl Keyed for Tls {
    const KEYS: &'static [Key<Self>] = &[
        key!(Option<PathBuf>, ca, "certificates of the authorities to trust, instead of the system's"),
        key!(Option<PathBuf>, cert, "the client's own certificate"),
        key!(Option<PathBuf>, key, "the key of the client's own certificate"),
        key!(Option<Pin>, pin, "trust exactly the broker's certificate with this fingerprint, self-signed or not"),
        key!(bool, insecure, "accept any certificate; a banner says so for as long as it is connected"),
    ];

    fn contradictions(&self) -> Vec<Complaint> {
        let mut wrong = Vec::new();
        match (&self.cert, &self.key) {
            (Some(_), None) => wrong.push(Complaint::new("`cert` needs its `key`").key("cert")),
            (None, Some(_)) => wrong.push(Complaint::new("`key` needs its `cert`").key("key")),
            _ => {}
        }
        if self.insecure && self.pin.is_some() {
            wrong.push(
                Complaint::new("`insecure` accepts any certificate, so `pin` would say nothing")
                    .help("leave one of them out")
                    .key("insecure"),
            );
        }
        wrong
    }
}
