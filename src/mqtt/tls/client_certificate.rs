//! The client certificate, and how far a handshake has come.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use rustls::{
    Error, SignatureScheme,
    client::ResolvesClientCert,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer},
    sign::CertifiedKey,
};

use super::public_key;

/// How far the handshake of one network connection has come. Brokers that miss a client certificate answer with the
/// same alert as those that support no cipher suite of this program.
#[derive(Debug, Clone, Default)]
pub(in crate::mqtt) struct HandshakeProgress(Arc<Progress>);

#[derive(Debug, Default)]
struct Progress {
    certificate_requested: AtomicBool,
    server_certificate: AtomicBool,
}

impl HandshakeProgress {
    /// Returns whether the broker has asked for a client certificate.
    pub(in crate::mqtt) fn certificate_was_requested(&self) -> bool {
        self.0.certificate_requested.load(Ordering::Acquire)
    }

    pub(in crate::mqtt) fn set_certificate_requested(&self) {
        self.0.certificate_requested.store(true, Ordering::Release);
    }

    /// Returns whether the broker has presented its certificate, so that it does speak TLS.
    pub(in crate::mqtt) fn has_server_certificate(&self) -> bool {
        self.0.server_certificate.load(Ordering::Acquire)
    }

    pub(in crate::mqtt) fn set_server_certificate(&self) {
        self.0.server_certificate.store(true, Ordering::Release);
    }
}

/// Provides the client certificate of a profile, if it has one.
#[derive(Debug)]
pub(super) struct ClientCertificate {
    pub(super) certified_key: Option<Arc<CertifiedKey>>,
    pub(super) progress: HandshakeProgress,
}

impl ResolvesClientCert for ClientCertificate {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.progress.set_certificate_requested();
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
    let certificate = certificates.first();
    // webpki would refuse certificates of version 1, which is up to the broker.
    let Some(public_key) = certificate.and_then(public_key::public_key) else {
        return Err(format!("the certificate in {cert_file} is damaged: copy or create it again"));
    };
    let signing_key = provider.key_provider.load_private_key(key).map_err(|error| {
        match (certificate.and_then(public_key::small_rsa_bits), error) {
            (Some(bits), _) => format!(
                "the key in {key_file} has {bits} bits, which is too weak: create one of 2048 bits, and a certificate for \
                 it: openssl req -new -newkey rsa:2048 -noenc -keyout NEW.key -out NEW.csr"
            ),
            (None, Error::General(_)) => format!(
                "the key in {key_file} is of a type that cannot be used: create an RSA, ECDSA or Ed25519 key"
            ),
            (None, other) => format!("the key in {key_file} cannot be used: {other}"),
        }
    })?;
    if signing_key.public_key().is_some_and(|of_key| of_key != public_key) {
        return Err(format!(
            "the key in {key_file} does not belong to the certificate in {cert_file}: check `cert` and `key`"
        ));
    }
    Ok(Arc::new(CertifiedKey::new(certificates, signing_key)))
}
