//! Keeps the decrypted private key of a connection from attempt to attempt: to decrypt it may take a second of a whole
//! processor, and while the broker cannot be reached, there is an attempt each second.

use std::sync::Arc;

use rustls::{crypto::CryptoProvider, sign::CertifiedKey};
use tokio::{sync::watch, task::spawn_blocking};

use super::certified_key::KeyFiles;
use crate::mqtt::error::MqttError;

type KeyResult = Result<Arc<CertifiedKey>, MqttError>;

/// The client certificate and its decrypted key, kept as long as their files and the password are the same. Clones share
/// it. `Debug` does not show it.
#[derive(Clone, Default)]
pub struct KeyCache(Arc<watch::Sender<Option<CachedKey>>>);

/// A key that is or will be decrypted.
struct CachedKey {
    files: KeyFiles,
    /// `None` until it is decrypted.
    result: watch::Receiver<Option<KeyResult>>,
}

impl std::fmt::Debug for KeyCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyCache")
    }
}

impl KeyCache {
    /// Returns the key in these files, and decrypts it on a blocking thread unless that was begun before. An attempt to
    /// connect that is cancelled does not stop that, and the next one waits for the result.
    ///
    /// # Errors
    /// When a file cannot be decrypted or parsed, or the key does not belong to the certificate.
    pub(super) async fn certified_key(&self, files: KeyFiles, provider: &Arc<CryptoProvider>) -> KeyResult {
        let cached = self.0.borrow().as_ref().filter(|cached| cached.files == files).map(|it| it.result.clone());
        let mut result = cached.unwrap_or_else(|| {
            let result = start_decrypting(files.clone(), Arc::clone(provider));
            self.0.send_replace(Some(CachedKey { files, result: result.clone() }));
            result
        });
        let interrupted = || MqttError::Tls("decrypting the private key was interrupted".to_owned());
        let decrypted = result.wait_for(Option::is_some).await.map_err(|_| interrupted())?;
        decrypted.clone().unwrap_or_else(|| Err(interrupted()))
    }
}

fn start_decrypting(files: KeyFiles, provider: Arc<CryptoProvider>) -> watch::Receiver<Option<KeyResult>> {
    let (sender, receiver) = watch::channel(None);
    spawn_blocking(move || {
        sender.send_replace(Some(files.certified_key(&provider).map_err(Into::into)));
    });
    receiver
}
