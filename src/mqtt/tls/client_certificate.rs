//! The client certificate, and how far a handshake has come.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use rustls::{SignatureScheme, client::ResolvesClientCert, sign::CertifiedKey};

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
