//! TLS: whom to trust and how to prove who one is, from the profile to what the client takes.

mod judge;

use std::{path::Path, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    client::WebPkiServerVerifier,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

use self::judge::Judge;
use super::fault::Fault;
use crate::model::profile::Profile;

/// Makes `ring` the cryptography of the whole program; called once, first thing in `main`. A second
/// call changes nothing.
pub fn install_crypto() {
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        tracing::debug!("a provider of cryptography is installed already");
    }
}

/// What the profile says about TLS, read from its files anew: they may have been renewed. Reads
/// files, so it does not belong on a thread that must not wait.
pub(super) fn config(profile: &Profile) -> Result<Arc<ClientConfig>, Fault> {
    let tls = &profile.tls.0;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let authorities = match (&tls.ca, &tls.pin, tls.insecure) {
        (_, Some(_), _) | (_, _, true) => None,
        (Some(path), ..) => authorities(&provider, read_authorities(&profile.resolve_path(path))?)?,
        (None, ..) => authorities(&provider, system_authorities())?,
    };
    let judge = Judge::new(authorities, tls.pin, tls.insecure, &provider);
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|fault| Fault::Tls(fault.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(judge));
    let config = match (&tls.cert, &tls.key) {
        (Some(cert), Some(key)) => {
            let (cert, key) = (profile.resolve_path(cert), profile.resolve_path(key));
            builder.with_client_auth_cert(read_certificates(&cert)?, read_key(&key)?).map_err(|fault| {
                Fault::Setting(format!("{} and {} do not go together: {fault}", cert.display(), key.display()))
            })?
        }
        _ => builder.with_no_client_auth(),
    };
    Ok(Arc::new(config))
}

fn authorities(
    provider: &Arc<CryptoProvider>,
    roots: RootCertStore,
) -> Result<Option<Arc<WebPkiServerVerifier>>, Fault> {
    if roots.is_empty() {
        return Ok(None);
    }
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map(Some)
        .map_err(|fault| Fault::Tls(fault.to_string()))
}

fn system_authorities() -> RootCertStore {
    let found = rustls_native_certs::load_native_certs();
    for fault in &found.errors {
        tracing::warn!("the system's certificates: {fault}");
    }
    let mut roots = RootCertStore::empty();
    let (taken, ignored) = roots.add_parsable_certificates(found.certs);
    tracing::debug!(taken, ignored, "certificates of authorities from the system");
    roots
}

fn read_authorities(path: &Path) -> Result<RootCertStore, Fault> {
    let mut roots = RootCertStore::empty();
    for certificate in read_certificates(path)? {
        roots.add(certificate).map_err(|fault| {
            Fault::Setting(format!("{} holds a certificate that cannot be used: {fault}", path.display()))
        })?;
    }
    Ok(roots)
}

fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Fault> {
    let bytes = read(path)?;
    if bytes.first() == Some(&0x30) {
        return Ok(vec![bytes.into()]);
    }
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => Err(Fault::Setting(format!("{} holds no certificate", path.display()))),
        Err(fault) => Err(Fault::Setting(format!("{} cannot be understood: {fault}", path.display()))),
    }
}

fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>, Fault> {
    use rustls::pki_types::pem::Error;
    PrivateKeyDer::from_pem_slice(&read(path)?).map_err(|fault| {
        Fault::Setting(match fault {
            Error::NoItemsFound => format!(
                "{} holds no key that can be used (one with a password cannot: openssl pkey takes it off)",
                path.display()
            ),
            // The text of other faults may quote the file, which is a secret.
            _ => format!("{} cannot be understood as a key", path.display()),
        })
    })
}

fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    std::fs::read(path).map_err(|fault| Fault::Setting(format!("{} cannot be read: {fault}", path.display())))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::model::{
        field_value::Nested,
        profile::{CertificatePin, TlsSettings},
    };

    fn said(tls: TlsSettings) -> String {
        let profile = Profile { base_dir: PathBuf::from("/nowhere"), tls: Nested(tls), ..Profile::default() };
        match config(&profile) {
            Ok(_) => "fine".to_owned(),
            Err(fault) => {
                assert!(fault.is_final(), "{fault:?}");
                fault.to_string()
            }
        }
    }

    #[test]
    fn files_that_do_not_work_are_named() {
        let missing = said(TlsSettings { ca: Some("ca.pem".into()), ..TlsSettings::default() });
        assert!(missing.starts_with("/nowhere/ca.pem cannot be read: "), "{missing}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.pem");
        std::io::Write::write_all(&mut std::fs::File::create(&path).unwrap(), b"nothing").unwrap();
        let empty = said(TlsSettings { ca: Some(path.clone()), ..TlsSettings::default() });
        assert!(empty.ends_with("x.pem holds no certificate"), "{empty}");
        let pin = Some(CertificatePin([0; 32]));
        let made = rcgen::generate_simple_self_signed(["a".to_owned()]).unwrap();
        let cert = folder.path().join("cert.pem");
        std::io::Write::write_all(&mut std::fs::File::create(&cert).unwrap(), made.cert.pem().as_bytes()).unwrap();
        let no_key = said(TlsSettings { cert: Some(cert), key: Some(path), pin, ..TlsSettings::default() });
        assert!(no_key.contains("x.pem holds no key"), "{no_key}");
    }

    #[test]
    fn the_system_is_trusted_by_default() {
        assert_eq!(said(TlsSettings::default()), "fine");
        assert_eq!(said(TlsSettings { insecure: true, ..TlsSettings::default() }), "fine");
    }
}
