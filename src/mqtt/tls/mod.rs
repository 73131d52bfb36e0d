//! TLS: creates the rustls configuration for a connection profile.

mod cert_verifier;
mod client_certificate;
mod public_key;

use std::{path::Path, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    client::WebPkiServerVerifier,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

use self::cert_verifier::CertVerifier;
use self::client_certificate::ClientCertificate;
pub(super) use self::{cert_verifier::certificate_problem, client_certificate::HandshakeProgress};
use super::error::MqttError;
use crate::{
    file_access::{Requirement, check_access},
    model::profile::Profile,
};

/// Installs `ring` as the crypto provider of the process. `main` calls it first; a second call has no
/// effect.
pub fn install_crypto_provider() {
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        tracing::debug!("a crypto provider is already installed");
    }
}

/// Creates the rustls configuration for a profile. Reads the certificate files each time, because they may
/// have been renewed; must not run on an async thread, because that blocks.
///
/// # Errors
/// When a file cannot be read or parsed, or rustls rejects the certificates or the key.
pub(super) fn client_config(profile: &Profile, progress: HandshakeProgress) -> Result<Arc<ClientConfig>, MqttError> {
    let tls = &profile.tls.0;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let ca_verifier = match (&tls.ca, &tls.pin, tls.insecure) {
        (_, Some(_), _) | (_, _, true) => None,
        (Some(path), ..) => build_ca_verifier(&provider, read_roots(&profile.resolve_path(path))?)?,
        (None, ..) => build_ca_verifier(&provider, system_roots())?,
    };
    let verifier = CertVerifier::new(ca_verifier, tls.pin, tls.insecure, &provider, progress.clone());
    let certified_key = match (&tls.cert, &tls.key) {
        (Some(cert), Some(key)) => {
            let (cert, key) = (profile.resolve_path(cert), profile.resolve_path(key));
            let files = ((&*cert, read_certificates(&cert)?), (&*key, read_key(&key)?));
            Some(client_certificate::certified_key(files.0, files.1, &provider).map_err(MqttError::InvalidSetting)?)
        }
        _ => None,
    };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| MqttError::Tls(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = builder.with_client_cert_resolver(Arc::new(ClientCertificate { certified_key, progress }));
    config.alpn_protocols = tls.alpn.0.iter().map(|name| name.as_bytes().to_vec()).collect();
    Ok(Arc::new(config))
}

fn build_ca_verifier(
    provider: &Arc<CryptoProvider>,
    roots: RootCertStore,
) -> Result<Option<Arc<WebPkiServerVerifier>>, MqttError> {
    if roots.is_empty() {
        return Ok(None);
    }
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map(Some)
        .map_err(|error| MqttError::Tls(error.to_string()))
}

fn system_roots() -> RootCertStore {
    let loaded = rustls_native_certs::load_native_certs();
    for error in &loaded.errors {
        tracing::warn!("cannot load a system CA certificate: {error}");
    }
    let mut roots = RootCertStore::empty();
    let (added, ignored) = roots.add_parsable_certificates(loaded.certs);
    tracing::debug!(added, ignored, "loaded the system CA certificates");
    roots
}

fn read_roots(path: &Path) -> Result<RootCertStore, MqttError> {
    require(path, Requirement::Trusted)?;
    let mut roots = RootCertStore::empty();
    for certificate in read_certificates(path)? {
        roots.add(certificate).map_err(|error| {
            let reason = match &error {
                rustls::Error::InvalidCertificate(error) => certificate_problem(error),
                other => other.to_string(),
            };
            MqttError::InvalidSetting(format!("{} contains an unusable certificate: {reason}", path.display()))
        })?;
    }
    Ok(roots)
}

fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, MqttError> {
    let bytes = read_file(path)?;
    let unusable = |reason: &str| Err(MqttError::InvalidSetting(format!("{} {reason}", path.display())));
    if is_pkcs12(&bytes) {
        return Err(pkcs12_error(path));
    }
    if bytes.first() == Some(&DER_SEQUENCE) {
        return Ok(vec![bytes.into()]);
    }
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => unusable("contains no certificate"),
        Err(_) => unusable("is not valid PEM: it is damaged, or not a file of certificates"),
    }
}

/// The first byte of the types of DER that certificates and keys are.
const DER_SEQUENCE: u8 = 0x30;

/// Returns whether a file is PKCS#12: in DER, a sequence that begins with the version 3 (RFC 7292, section 4).
fn is_pkcs12(bytes: &[u8]) -> bool {
    let Some((&DER_SEQUENCE, rest)) = bytes.split_first() else { return false };
    let length_bytes = match rest.first() {
        Some(first) if *first > 0x80 => usize::from(first & 0x7f) + 1,
        _ => 1,
    };
    rest.get(length_bytes..).is_some_and(|content| content.starts_with(&[2, 1, 3, DER_SEQUENCE]))
}

fn pkcs12_error(path: &Path) -> MqttError {
    let path = path.display();
    MqttError::InvalidSetting(format!(
        "{path} is a PKCS#12 file, which has to be converted: openssl pkcs12 -in {path} -noenc -out NEW.pem; \
         then set `cert` and `key` to NEW.pem, and make it readable for you only"
    ))
}

fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>, MqttError> {
    use rustls::pki_types::pem::Error;
    require(path, Requirement::Secret)?;
    let bytes = read_file(path)?;
    if is_pkcs12(&bytes) {
        return Err(pkcs12_error(path));
    }
    // The text of the errors may quote the file, which is secret.
    let invalid = || MqttError::InvalidSetting(format!("{} is not a valid key", path.display()));
    if bytes.first() == Some(&DER_SEQUENCE) {
        return PrivateKeyDer::try_from(bytes).map_err(|_| invalid());
    }
    // RFC 7468, section 11, and the older way of OpenSSL.
    let text = String::from_utf8_lossy(&bytes);
    if text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") || text.contains("Proc-Type: 4,ENCRYPTED") {
        let path = path.display();
        return Err(MqttError::InvalidSetting(format!(
            "the key in {path} is encrypted: decrypt it with openssl pkey -in {path} -out NEW.pem, and make the new file \
             readable for you only"
        )));
    }
    PrivateKeyDer::from_pem_slice(&bytes).map_err(|error| match error {
        Error::NoItemsFound => MqttError::InvalidSetting(format!("{} contains no usable key", path.display())),
        _ => invalid(),
    })
}

/// Refuses a file that others can access more than they may.
fn require(path: &Path, requirement: Requirement) -> Result<(), MqttError> {
    check_access(path, requirement).map_err(|error| MqttError::InvalidSetting(error.to_string()))
}

fn read_file(path: &Path) -> Result<Vec<u8>, MqttError> {
    std::fs::read(path).map_err(|error| MqttError::InvalidSetting(format!("cannot read {}: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::model::{
        field_value::Nested,
        profile::{CertificatePin, TlsSettings},
    };

    fn client_config_result(tls: TlsSettings) -> String {
        let profile = Profile { base_dir: PathBuf::from("/nowhere"), tls: Nested(tls), ..Profile::default() };
        match client_config(&profile, HandshakeProgress::default()) {
            Ok(_) => "fine".to_owned(),
            Err(error) => {
                assert!(error.is_permanent(), "{error:?}");
                error.to_string()
            }
        }
    }

    #[test]
    fn client_config_error_names_the_file() {
        let missing = client_config_result(TlsSettings { ca: Some("ca.pem".into()), ..TlsSettings::default() });
        assert!(missing.starts_with("cannot read /nowhere/ca.pem: "), "{missing}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.pem");
        std::io::Write::write_all(&mut std::fs::File::create(&path).unwrap(), b"nothing").unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let empty = client_config_result(TlsSettings { ca: Some(path.clone()), ..TlsSettings::default() });
        assert!(empty.ends_with("x.pem contains no certificate"), "{empty}");
        let pin = Some(CertificatePin([0; 32]));
        let generated = rcgen::generate_simple_self_signed(["a".to_owned()]).unwrap();
        let cert = folder.path().join("cert.pem");
        std::io::Write::write_all(&mut std::fs::File::create(&cert).unwrap(), generated.cert.pem().as_bytes()).unwrap();
        let no_key =
            client_config_result(TlsSettings { cert: Some(cert), key: Some(path), pin, ..TlsSettings::default() });
        assert!(no_key.contains("x.pem contains no usable key"), "{no_key}");
    }

    #[cfg(unix)]
    #[test]
    fn client_config_refuses_key_that_others_can_read_and_ca_that_others_can_write() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str, mode| {
            let path = folder.path().join(name);
            std::io::Write::write_all(&mut std::fs::File::create(&path).unwrap(), text.as_bytes()).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            path
        };
        let generated = rcgen::generate_simple_self_signed(["a".to_owned()]).unwrap();
        let cert = write("cert.pem", &generated.cert.pem(), 0o644);
        let key = write("key.pem", &generated.signing_key.serialize_pem(), 0o644);
        let with_key = || TlsSettings {
            cert: Some(cert.clone()),
            key: Some(key.clone()),
            insecure: true,
            ..TlsSettings::default()
        };
        let refused = client_config_result(with_key());
        assert_eq!(refused, format!("other users can read {0}; run: chmod 600 {0}", key.display()));
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(client_config_result(with_key()), "fine");
        let ca = write("ca.pem", &generated.cert.pem(), 0o646);
        let refused = client_config_result(TlsSettings { ca: Some(ca.clone()), ..TlsSettings::default() });
        assert_eq!(refused, format!("other users can write {0}; run: chmod go-w {0}", ca.display()));
    }

    #[test]
    fn client_config_accepts_system_roots_and_insecure() {
        assert_eq!(client_config_result(TlsSettings::default()), "fine");
        assert_eq!(client_config_result(TlsSettings { insecure: true, ..TlsSettings::default() }), "fine");
    }
}
