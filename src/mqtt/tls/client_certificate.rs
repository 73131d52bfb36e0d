//! The client certificate, and whether the broker has asked for one.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use rustls::{
    CertificateError, Error, InconsistentKeys, SignatureScheme,
    client::ResolvesClientCert,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer},
    sign::CertifiedKey,
};

use super::certificate_problem;

/// Whether the broker has asked for a client certificate on a network connection. Brokers that miss one answer with the
/// same alert as those that support no cipher suite of this program.
#[derive(Debug, Clone, Default)]
pub(in crate::mqtt) struct CertificateRequest(Arc<AtomicBool>);

impl CertificateRequest {
    /// Returns whether it has.
    pub(in crate::mqtt) fn was_received(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    pub(in crate::mqtt) fn set_received(&self) {
        self.0.store(true, Ordering::Release);
    }
}

/// Provides the client certificate of a profile, if it has one.
#[derive(Debug)]
pub(super) struct ClientCertificate {
    pub(super) certified_key: Option<Arc<CertifiedKey>>,
    pub(super) request: CertificateRequest,
}

impl ResolvesClientCert for ClientCertificate {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.request.set_received();
        self.certified_key.clone()
    }

    fn has_certs(&self) -> bool {
        self.certified_key.is_some()
    }
}

/// Combines a client certificate and its key, read from these files.
///
/// # Errors
/// When one of them cannot be used, or they do not belong together, as a sentence.
pub(super) fn certified_key(
    (cert_file, certificates): (&Path, Vec<CertificateDer<'static>>),
    (key_file, key): (&Path, PrivateKeyDer<'static>),
    provider: &CryptoProvider,
) -> Result<Arc<CertifiedKey>, String> {
    let (cert_file, key_file) = (cert_file.display(), key_file.display());
    CertifiedKey::from_der(certificates, key, provider).map(Arc::new).map_err(|error| match error {
        Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
            format!("the key in {key_file} does not belong to the certificate in {cert_file}: check `cert` and `key`")
        }
        Error::InvalidCertificate(CertificateError::BadEncoding) => {
            format!("the certificate in {cert_file} is damaged: copy or create it again")
        }
        Error::InvalidCertificate(error) => {
            format!("the certificate in {cert_file} cannot be used: {}", certificate_problem(&error))
        }
        Error::General(_) => {
            format!("the key in {key_file} is of a type that cannot be used: create an RSA, ECDSA or Ed25519 key")
        }
        other => format!("the key in {key_file} cannot be used: {other}"),
    })
}
