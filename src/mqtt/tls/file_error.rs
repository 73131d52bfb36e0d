//! Why a file with certificates or a private key cannot be used, with a sentence for the user.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::{
    file_access::{AccessError, shell_quote},
    mqtt::error::MqttError,
};

/// A file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.problem.sentence(&self.path))]
pub(super) struct FileError {
    path: PathBuf,
    problem: FileProblem,
}

impl From<FileError> for MqttError {
    fn from(error: FileError) -> Self {
        match error.problem {
            FileProblem::WrongPassword => Self::WrongKeyPassword(error.to_string()),
            _ => Self::InvalidSetting(error.to_string()),
        }
    }
}

/// What is wrong with a file. Nothing of it quotes the file, which may be secret.
#[derive(Debug)]
pub(super) enum FileProblem {
    /// It cannot be read.
    Unreadable(io::Error),
    /// It is larger than any file of certificates, in bytes.
    TooLarge(u64),
    /// Other users can read or change it.
    Access(AccessError),
    /// It is a file of certificates, and has none.
    NoCertificate,
    /// It is neither DER nor PEM.
    NotPem,
    /// A certificate in it cannot be parsed.
    DamagedCertificate,
    /// The CA certificate in it cannot be used; the text says why.
    UnusableAuthority(String),
    /// `ca` is a PKCS#12 file.
    AuthorityInPkcs12,
    /// It is a file of keys, and has none.
    NoKey,
    /// What should be a key is none, or is damaged.
    InvalidKey,
    /// The key is in the format of OpenSSH, and can be converted.
    OpenSshKey,
    /// The key is in the format of OpenSSH, and of a type for which OpenSSH has no other one.
    OpenSshEd25519Key,
    /// The key has fewer bits than are safe.
    WeakKey(usize),
    /// The key is neither RSA, Ed25519 nor ECDSA with a curve that is supported.
    UnusableKeyType,
    /// The key cannot be used for another reason, which the text says.
    UnusableKey(String),
    /// It is encrypted, and the profile has no password for it.
    NeedsPassword,
    /// It is encrypted with another password.
    WrongPassword,
    /// It is encrypted, and incomplete or changed.
    Damaged,
    /// It is encrypted with an algorithm that this program does not know.
    UnknownEncryption(Container),
    /// Decrypting it would take too much time or memory.
    TooCostly(Container),
    /// The key belongs to none of the certificates of this file.
    Mismatch(PathBuf),
}

/// What an encrypted key is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    /// A file with a key, and perhaps certificates in PEM.
    KeyFile,
    /// A PKCS#12 file.
    Pkcs12,
}

impl Container {
    /// Returns the command that converts a file into one that this program can read.
    fn conversion(self, path: &Path) -> String {
        let path = shell_quote(path);
        match self {
            Self::KeyFile => format!(
                "openssl pkey -provider legacy -provider default -in {path} -aes256 -out NEW.pem; then set `key` to NEW.pem"
            ),
            Self::Pkcs12 => {
                format!("openssl pkcs12 -legacy -in {path} -out NEW.pem; then set `cert` and `key` to NEW.pem")
            }
        }
    }
}

impl FileProblem {
    /// Returns the error about the file that has this problem.
    pub(super) fn in_file(self, path: &Path) -> FileError {
        FileError { path: path.to_owned(), problem: self }
    }

    fn sentence(&self, file: &Path) -> String {
        let path = file.display();
        match self {
            Self::Unreadable(error) => format!("cannot read {path}: {error}"),
            Self::TooLarge(limit) => {
                format!("{path} is larger than {} MiB, which no file of certificates is", limit >> 20)
            }
            Self::Access(error) => error.to_string(),
            Self::NoCertificate => format!("{path} contains no certificate"),
            Self::NotPem => format!("{path} is not valid PEM: it is damaged, or not a file of certificates"),
            Self::DamagedCertificate => format!("the certificate in {path} is damaged: copy or create it again"),
            Self::UnusableAuthority(reason) => format!("{path} contains an unusable certificate: {reason}"),
            Self::AuthorityInPkcs12 => format!(
                "{path} is a PKCS#12 file, but `ca` needs its certificates: openssl pkcs12 -in {} -nokeys -out NEW.pem; \
                 then set `ca` to NEW.pem",
                shell_quote(file)
            ),
            Self::Mismatch(cert) if *cert == *file => {
                format!("no certificate in {path} belongs to the key in it: create the file again")
            }
            Self::Mismatch(cert) => format!(
                "the key in {path} does not belong to the certificate in {}: check `cert` and `key`",
                cert.display()
            ),
            problem => problem.sentence_about_key(file),
        }
    }

    /// Returns the sentence about a key, encrypted or not.
    fn sentence_about_key(&self, file: &Path) -> String {
        let path = file.display();
        match self {
            Self::InvalidKey => format!("{path} is not a valid key"),
            Self::OpenSshKey => format!(
                "the key in {path} has the format of OpenSSH, which TLS does not use; convert it: ssh-keygen -p -m PEM -f {}",
                shell_quote(file)
            ),
            Self::OpenSshEd25519Key => format!(
                "the key in {path} has the format of OpenSSH, which TLS does not use, and ssh-keygen does not convert keys \
                 of the type Ed25519: create one, and a certificate for it: openssl genpkey -algorithm ed25519 -out NEW.key"
            ),
            Self::WeakKey(bits) => format!(
                "the key in {path} has {bits} bits, which is too weak: create one of 2048 bits, and a certificate for it: \
                 openssl req -new -newkey rsa:2048 -noenc -keyout NEW.key -out NEW.csr"
            ),
            Self::UnusableKeyType => {
                format!(
                    "the key in {path} is of a type that cannot be used: create an RSA, an ECDSA (P-256 or P-384) or an \
                     Ed25519 key"
                )
            }
            Self::UnusableKey(reason) => format!("the key in {path} cannot be used: {reason}"),
            Self::NeedsPassword => format!("{path} is encrypted: set `key_password` under [tls]"),
            Self::WrongPassword => format!("the password for {path} is wrong: check `key_password` under [tls]"),
            Self::Damaged => format!("{path} is damaged: copy or create it again"),
            Self::UnknownEncryption(container) => format!(
                "{path} is encrypted in a way that is not supported; convert it: {}",
                container.conversion(file)
            ),
            Self::TooCostly(container) => format!(
                "{path} wants too many rounds or too much memory for its password; encrypt it again: {}",
                container.conversion(file)
            ),
            _ => format!("{path} contains no usable key"),
        }
    }
}
