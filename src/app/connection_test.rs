//! What the test of a connection has found out.

use crate::model::{connection::Message, profile::CertificatePin};

/// The result of a connection test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionTest {
    /// The result as a sentence.
    pub(crate) summary: String,
    /// Whether the test succeeded.
    pub(crate) success: bool,
    /// The fingerprint of the certificate, if the test failed because it is not trusted.
    pub(crate) untrusted_pin: Option<CertificatePin>,
    /// The messages that arrived during the test.
    pub(crate) messages: Vec<Message>,
}
