//! Reads the client certificate and its private key from the files of a profile.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    Error,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer},
    sign::{CertifiedKey, SigningKey},
};
use zeroize::Zeroizing;

use super::{
    der, ec_key,
    file_error::{FileError, FileProblem},
    files::{parse_certificates, read_file, require},
    pkcs12, private_key, public_key, rsa_key,
};
use crate::{
    file_access::Requirement,
    model::{password::Password, profile::Profile},
};

/// The files with the client certificate of a profile and its key, as they are, and the password of the key.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct KeyFiles {
    cert: KeyFile,
    /// The file with the key; `None`: that of the certificate.
    key: Option<KeyFile>,
    password: Option<Password>,
}

/// A file that may be secret.
#[derive(Clone, PartialEq, Eq)]
struct KeyFile {
    path: PathBuf,
    bytes: Zeroizing<Vec<u8>>,
}

/// What the files contain.
struct Contents {
    certificates: Vec<CertificateDer<'static>>,
    /// Whether the order of the certificates means nothing, and some may belong to something else.
    is_unordered: bool,
    keys: Vec<PrivateKeyDer<'static>>,
}

impl KeyFiles {
    /// Reads the files of a profile, or returns `None` if it has no client certificate. Does not decrypt them, so it is
    /// fast.
    ///
    /// # Errors
    /// When a file cannot be read, or others can read one that has a private key.
    pub(super) fn read(profile: &Profile, password: Option<&Password>) -> Result<Option<Self>, FileError> {
        let tls = &profile.tls.0;
        let Some(cert) = &tls.cert else { return Ok(None) };
        let cert = profile.resolve_path(cert);
        let key = tls.key.as_ref().map(|key| profile.resolve_path(key)).filter(|key| *key != cert);
        if key.is_none() {
            require(&cert, Requirement::Secret)?;
        }
        let cert = KeyFile::read(cert)?;
        if der::is_pkcs12(&cert.bytes) {
            // It contains a key, too.
            require(&cert.path, Requirement::Secret)?;
        }
        let read_key = |path: PathBuf| {
            require(&path, Requirement::Secret)?;
            KeyFile::read(path)
        };
        let key = key.map(read_key).transpose()?;
        Ok(Some(Self { cert, key, password: password.cloned() }))
    }

    /// Decrypts the key and returns it with its certificate, which may take seconds.
    ///
    /// # Errors
    /// When a file cannot be decrypted or parsed, or the key does not belong to the certificate.
    pub(super) fn certified_key(&self, provider: &CryptoProvider) -> Result<Arc<CertifiedKey>, FileError> {
        let Self { cert, key, password } = self;
        let contents = match key {
            Some(key) => parse_both(cert, key, password.as_ref())?,
            None => parse_one(&cert.bytes, password.as_ref()).map_err(|problem| problem.in_file(&cert.path))?,
        };
        combine(contents, &cert.path, &key.as_ref().unwrap_or(cert).path, provider)
    }
}

impl KeyFile {
    fn read(path: PathBuf) -> Result<Self, FileError> {
        read_file(&path).map(|bytes| Self { path, bytes })
    }
}

/// Parses a file that has the certificate and the key.
fn parse_one(bytes: &[u8], password: Option<&Password>) -> Result<Contents, FileProblem> {
    if der::is_pkcs12(bytes) {
        let pkcs12 = pkcs12::parse(bytes, password)?;
        return Ok(Contents { certificates: pkcs12.certificates, is_unordered: true, keys: pkcs12.keys });
    }
    let certificates = parse_certificates(bytes)?;
    Ok(Contents { certificates, is_unordered: false, keys: vec![private_key::parse(bytes, password)?] })
}

/// Parses a file with the certificate and another one with the key; each may be PKCS#12.
fn parse_both(cert: &KeyFile, key: &KeyFile, password: Option<&Password>) -> Result<Contents, FileError> {
    let is_unordered = der::is_pkcs12(&cert.bytes);
    let certificates = if is_unordered {
        pkcs12::parse(&cert.bytes, password).map(|pkcs12| pkcs12.certificates)
    } else {
        parse_certificates(&cert.bytes)
    };
    let certificates = certificates.map_err(|problem| problem.in_file(&cert.path))?;
    let keys = if der::is_pkcs12(&key.bytes) {
        pkcs12::parse(&key.bytes, password).map(|pkcs12| pkcs12.keys)
    } else {
        private_key::parse(&key.bytes, password).map(|key| vec![key])
    };
    Ok(Contents { certificates, is_unordered, keys: keys.map_err(|problem| problem.in_file(&key.path))? })
}

/// Finds the key that belongs to a certificate, and puts that certificate first.
fn combine(
    contents: Contents,
    cert_file: &Path,
    key_file: &Path,
    provider: &CryptoProvider,
) -> Result<Arc<CertifiedKey>, FileError> {
    let Contents { certificates, is_unordered, keys } = contents;
    let Some(first) = certificates.first() else { return Err(FileProblem::NoCertificate.in_file(cert_file)) };
    // webpki would refuse certificates of version 1, which is up to the broker.
    if public_key::public_key(first).is_none() {
        return Err(FileProblem::DamagedCertificate.in_file(cert_file));
    }
    let mut problem = if keys.is_empty() { FileProblem::NoKey } else { FileProblem::Mismatch(cert_file.to_owned()) };
    for key in keys {
        let small_bits = rsa_key::small_bits(&key);
        match load(key, &certificates, provider) {
            Ok(None) => {}
            Ok(Some(signing_key)) => {
                if let Some(leaf) = certificates.iter().position(|it| belongs_to(&*signing_key, it)) {
                    let is_in_order = leaf == 0 && !is_unordered;
                    let chain = if is_in_order { certificates } else { chain(leaf, certificates) };
                    return Ok(Arc::new(CertifiedKey::new(chain, signing_key)));
                }
            }
            Err(error) => problem = load_problem(&error, small_bits),
        }
    }
    Err(problem.in_file(key_file))
}

/// Loads a key into rustls, or returns `None` if it lacks its public key and no certificate has it.
fn load(
    key: PrivateKeyDer<'static>,
    certificates: &[CertificateDer<'_>],
    provider: &CryptoProvider,
) -> Result<Option<Arc<dyn SigningKey>>, Error> {
    match ec_key::completions(&key, certificates) {
        Some(keys) => Ok(keys.into_iter().find_map(|key| provider.key_provider.load_private_key(key).ok())),
        None => provider.key_provider.load_private_key(key).map(Some),
    }
}

fn belongs_to(key: &dyn SigningKey, certificate: &CertificateDer<'_>) -> bool {
    match (key.public_key(), public_key::public_key(certificate)) {
        (Some(of_key), Some(of_certificate)) => of_key == of_certificate,
        // It cannot be compared: the broker does.
        (None, _) => true,
        (_, None) => false,
    }
}

/// Returns a certificate followed by its issuer, the issuer of that, and so on. Others are left out: a client presents
/// its own chain only.
fn chain(leaf: usize, mut certificates: Vec<CertificateDer<'static>>) -> Vec<CertificateDer<'static>> {
    let mut chain = vec![certificates.remove(leaf)];
    while let Some(issuer) = chain
        .last()
        .filter(|last| !public_key::is_self_signed(last))
        .and_then(|last| certificates.iter().position(|it| public_key::is_issuer(it, last)))
    {
        chain.push(certificates.remove(issuer));
    }
    chain
}

/// Returns why rustls cannot use a key; `small_bits` is its size, if it is RSA and too small.
fn load_problem(error: &Error, small_bits: Option<usize>) -> FileProblem {
    match (small_bits, error) {
        (Some(bits), _) => FileProblem::WeakKey(bits),
        (None, Error::General(_)) => FileProblem::UnusableKeyType,
        (None, other) => FileProblem::UnusableKey(other.to_string()),
    }
}
