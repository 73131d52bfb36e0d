//! TLS: creates the rustls configuration for a connection profile.

mod cert_verifier;
mod certified_key;
mod client_certificate;
mod der;
mod ec_key;
mod file_error;
mod files;
mod pkcs12;
mod private_key;
mod public_key;
mod traditional_pem;

use std::{path::Path, sync::Arc};

use rustls::{ClientConfig, RootCertStore, client::WebPkiServerVerifier, crypto::CryptoProvider};

use self::cert_verifier::CertVerifier;
use self::client_certificate::ClientCertificate;
use self::file_error::{FileError, FileProblem};
pub(super) use self::{cert_verifier::certificate_problem, client_certificate::HandshakeProgress};
use super::{Login, error::MqttError};
use crate::model::{
    password::Password,
    profile::{Profile, SecretKey},
};

/// Installs `ring` as the crypto provider of the process. `main` calls it first; a second call has no
/// effect.
pub fn install_crypto_provider() {
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        tracing::debug!("a crypto provider is already installed");
    }
}

/// Creates the rustls configuration for a profile. Reads the certificate files each time, because they may
/// have been renewed; must not run on an async thread, because that blocks, and decrypting a key takes time.
/// `key_password` is the password of the private key, if it is encrypted.
///
/// # Errors
/// When a file cannot be read, decrypted or parsed, or rustls rejects the certificates or the key.
fn client_config(
    profile: &Profile,
    key_password: Option<&Password>,
    progress: HandshakeProgress,
) -> Result<Arc<ClientConfig>, MqttError> {
    let tls = &profile.tls.0;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let ca_verifier = match (&tls.ca, &tls.pin, tls.insecure) {
        (_, Some(_), _) | (_, _, true) => None,
        (Some(path), ..) => build_ca_verifier(&provider, read_roots(&profile.resolve_path(path))?)?,
        (None, ..) => build_ca_verifier(&provider, system_roots())?,
    };
    let verifier = CertVerifier::new(ca_verifier, tls.pin, tls.insecure, &provider, progress.clone());
    let certified_key = certified_key::read(profile, key_password, &provider)?;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| MqttError::Tls(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = builder.with_client_cert_resolver(Arc::new(ClientCertificate { certified_key, progress }));
    config.alpn_protocols = tls.alpn.0.iter().map(|name| name.as_bytes().to_vec()).collect();
    Ok(Arc::new(config))
}

/// Creates the rustls configuration for a profile, as [`client_config`] does, on a blocking thread.
///
/// # Errors
/// As [`client_config`].
pub(super) async fn configuration(
    profile: &Profile,
    login: &Login,
    progress: HandshakeProgress,
) -> Result<Arc<ClientConfig>, MqttError> {
    let (profile, password) = (profile.clone(), login.secrets.get(&SecretKey::KeyPassword).cloned());
    let create = move || client_config(&profile, password.as_ref(), progress);
    let config = tokio::task::spawn_blocking(create).await;
    config.map_err(|error| MqttError::Tls(error.to_string()))?
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

fn read_roots(path: &Path) -> Result<RootCertStore, FileError> {
    let mut roots = RootCertStore::empty();
    for certificate in files::read_authorities(path)? {
        roots.add(certificate).map_err(|error| {
            let reason = match &error {
                rustls::Error::InvalidCertificate(error) => certificate_problem(error),
                other => other.to_string(),
            };
            FileProblem::UnusableAuthority(reason).in_file(path)
        })?;
    }
    Ok(roots)
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
        match client_config(&profile, None, HandshakeProgress::default()) {
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
