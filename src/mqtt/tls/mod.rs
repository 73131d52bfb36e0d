//! TLS: creates the rustls configuration for a connection profile.

mod cert_verifier;
mod certified_key;
mod client_certificate;
mod der;
mod ec_key;
mod file_error;
mod files;
mod key_cache;
mod openssh;
mod pkcs12;
mod private_key;
mod public_key;
mod rsa_key;
mod traditional_pem;

use std::{path::Path, sync::Arc};

use rustls::{ClientConfig, RootCertStore, client::WebPkiServerVerifier, crypto::CryptoProvider, sign::CertifiedKey};
use tokio::task::spawn_blocking;

use self::cert_verifier::CertVerifier;
use self::certified_key::KeyFiles;
use self::client_certificate::ClientCertificate;
use self::file_error::{FileError, FileProblem};
pub use self::key_cache::KeyCache;
pub(super) use self::{cert_verifier::certificate_problem, client_certificate::HandshakeProgress};
use super::{Login, error::MqttError};
use crate::model::profile::{Profile, SecretKey};

/// Installs `ring` as the crypto provider of the process. `main` calls it first; a second call has no
/// effect.
pub fn install_crypto_provider() {
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        tracing::debug!("a crypto provider is already installed");
    }
}

/// Creates the rustls configuration for a profile. Reads the certificate files each time, because they may have been
/// renewed, but decrypts a private key only if it is another one than that of the last attempt.
///
/// # Errors
/// When a file cannot be read, decrypted or parsed, or rustls rejects the certificates or the key.
pub(super) async fn configuration(
    profile: &Profile,
    login: &Login,
    progress: HandshakeProgress,
) -> Result<Arc<ClientConfig>, MqttError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let (ca_verifier, key_files) = {
        let (profile, password) = (profile.clone(), login.secrets.get(&SecretKey::KeyPassword).cloned());
        let provider = Arc::clone(&provider);
        let read = move || -> Result<_, MqttError> {
            Ok((ca_verifier(&profile, &provider)?, KeyFiles::read(&profile, password.as_ref())?))
        };
        spawn_blocking(read).await.map_err(|error| MqttError::Tls(error.to_string()))??
    };
    let certified_key = match key_files {
        Some(files) => Some(login.key_cache.certified_key(files, &provider).await?),
        None => None,
    };
    client_config(profile, provider, ca_verifier, certified_key, progress)
}

fn client_config(
    profile: &Profile,
    provider: Arc<CryptoProvider>,
    ca_verifier: Option<Arc<WebPkiServerVerifier>>,
    certified_key: Option<Arc<CertifiedKey>>,
    progress: HandshakeProgress,
) -> Result<Arc<ClientConfig>, MqttError> {
    let tls = &profile.tls.0;
    let verifier = CertVerifier::new(ca_verifier, tls.pin, tls.insecure, &provider, progress.clone());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| MqttError::Tls(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = builder.with_client_cert_resolver(Arc::new(ClientCertificate { certified_key, progress }));
    config.alpn_protocols = tls.alpn.0.iter().map(|name| name.as_bytes().to_vec()).collect();
    Ok(Arc::new(config))
}

/// Returns what verifies the certificate of the broker with CAs; `None`: the profile has a pin, or accepts any.
fn ca_verifier(
    profile: &Profile,
    provider: &Arc<CryptoProvider>,
) -> Result<Option<Arc<WebPkiServerVerifier>>, MqttError> {
    let tls = &profile.tls.0;
    match (&tls.ca, &tls.pin, tls.insecure) {
        (_, Some(_), _) | (_, _, true) => Ok(None),
        (Some(path), ..) => build_ca_verifier(provider, read_roots(&profile.resolve_path(path))?),
        (None, ..) => build_ca_verifier(provider, system_roots()),
    }
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
        profile::{CertificatePin, Secrets, TlsSettings},
    };

    async fn result_for(tls: TlsSettings, login: &Login) -> Result<Arc<ClientConfig>, MqttError> {
        let profile = Profile { base_dir: PathBuf::from("/nowhere"), tls: Nested(tls), ..Profile::default() };
        configuration(&profile, login, HandshakeProgress::default()).await
    }

    async fn client_config_result(tls: TlsSettings) -> String {
        match result_for(tls, &Login::default()).await {
            Ok(_) => "fine".to_owned(),
            Err(error) => {
                assert!(error.is_permanent(), "{error:?}");
                error.to_string()
            }
        }
    }

    #[tokio::test]
    async fn client_config_error_names_the_file() {
        let missing = client_config_result(TlsSettings { ca: Some("ca.pem".into()), ..TlsSettings::default() }).await;
        assert!(missing.starts_with("cannot read /nowhere/ca.pem: "), "{missing}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.pem");
        std::io::Write::write_all(&mut std::fs::File::create(&path).unwrap(), b"nothing").unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let empty = client_config_result(TlsSettings { ca: Some(path.clone()), ..TlsSettings::default() }).await;
        assert!(empty.ends_with("x.pem contains no certificate"), "{empty}");
        let pin = Some(CertificatePin([0; 32]));
        let generated = rcgen::generate_simple_self_signed(["a".to_owned()]).unwrap();
        let cert = folder.path().join("cert.pem");
        std::io::Write::write_all(&mut std::fs::File::create(&cert).unwrap(), generated.cert.pem().as_bytes()).unwrap();
        let no_key =
            client_config_result(TlsSettings { cert: Some(cert), key: Some(path), pin, ..TlsSettings::default() })
                .await;
        assert!(no_key.contains("x.pem contains no usable key"), "{no_key}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn client_config_refuses_key_that_others_can_read_and_ca_that_others_can_write() {
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
        let refused = client_config_result(with_key()).await;
        assert_eq!(refused, format!("other users can read {0}; run: chmod 600 {0}", key.display()));
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(client_config_result(with_key()).await, "fine");
        let ca = write("ca.pem", &generated.cert.pem(), 0o646);
        let refused = client_config_result(TlsSettings { ca: Some(ca.clone()), ..TlsSettings::default() }).await;
        assert_eq!(refused, format!("other users can write {0}; run: chmod go-w {0}", ca.display()));
    }

    #[tokio::test]
    async fn client_config_accepts_system_roots_and_insecure() {
        assert_eq!(client_config_result(TlsSettings::default()).await, "fine");
        assert_eq!(client_config_result(TlsSettings { insecure: true, ..TlsSettings::default() }).await, "fine");
    }

    /// Writes a certificate and its key, each time other ones of the same length.
    fn write_certificate(folder: &Path) -> TlsSettings {
        let generated = rcgen::generate_simple_self_signed(["a".to_owned()]).unwrap();
        let text = format!("{}{}", generated.cert.pem(), generated.signing_key.serialize_pem());
        let path = folder.join("client.pem");
        crate::config::write_private(&path, text.as_bytes()).unwrap();
        TlsSettings { cert: Some(path.clone()), key: Some(path), insecure: true, ..TlsSettings::default() }
    }

    async fn certified_key(tls: &TlsSettings, login: &Login) -> Arc<CertifiedKey> {
        let config = result_for(tls.clone(), login).await.unwrap();
        config.client_auth_cert_resolver.resolve(&[], &[]).unwrap()
    }

    #[tokio::test]
    async fn key_is_decrypted_once_for_all_attempts_until_its_file_or_its_password_changes() {
        let folder = tempfile::tempdir().unwrap();
        let (tls, login) = (write_certificate(folder.path()), Login::default());
        // Two at the same time: the second one does not wait for the end of the first.
        let (first, second) = tokio::join!(certified_key(&tls, &login), certified_key(&tls, &login));
        assert!(Arc::ptr_eq(&first, &second), "decrypted twice at the same time");
        assert!(Arc::ptr_eq(&first, &certified_key(&tls, &login).await), "decrypted again");

        let renewed_tls = write_certificate(folder.path());
        let renewed = certified_key(&renewed_tls, &login).await;
        assert!(first.cert != renewed.cert, "the old certificate is presented");
        let secrets = Secrets::from_iter([(SecretKey::KeyPassword, "other".into())]);
        let login = Login { secrets, ..login };
        let with_password = certified_key(&renewed_tls, &login).await;
        assert!(!Arc::ptr_eq(&renewed, &with_password), "an old password may be right for ever");
        std::fs::remove_file(folder.path().join("client.pem")).unwrap();
        let error = result_for(renewed_tls, &login).await.unwrap_err().to_string();
        assert!(error.starts_with("cannot read "), "{error}");
    }
}
