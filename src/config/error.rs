//! The errors of reading and writing files, with messages for the user.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::model::profile::SecretKey;

/// Why a file or a password could not be read, written, found or edited.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A file could not be read.
    #[error("cannot read {}: {reason}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The cause.
        reason: String,
    },
    /// A file could not be written; if it exists, it is unchanged.
    #[error("cannot write {}: {reason}{}", path.display(), if *exists { "; the file is unchanged" } else { "" })]
    Write {
        /// The file.
        path: PathBuf,
        /// The cause.
        reason: String,
        /// Whether there is a file.
        exists: bool,
    },
    /// The user's home folder is unknown.
    #[error("cannot find the home folder: name a folder for the files with --config-dir")]
    NoHome,
    /// There is no dashboard with this name or path.
    #[error("there is no dashboard `{name}` ({} does not exist){hint}", path.display())]
    DashboardNotFound {
        /// The name or path as given.
        name: String,
        /// Where the file would be.
        path: PathBuf,
        /// A suggestion that ends the sentence; may be empty.
        hint: String,
    },
    /// An edit was not applied; the file is unchanged.
    #[error("cannot edit {file}: {reason}")]
    Edit {
        /// The file.
        file: String,
        /// The cause.
        reason: String,
    },
    /// The proxy that an environment variable names cannot be used.
    #[error(
        "the proxy of the environment variable {variable} cannot be used: {reason}; `proxy = \"none\"` connects without it"
    )]
    ProxyVariable {
        /// The name of the variable.
        variable: &'static str,
        /// The cause; never contains a secret.
        reason: String,
    },
    /// A secret of a profile is not available.
    #[error("no {secret} for `{profile}`: {reason}")]
    Secret {
        /// The name of the profile.
        profile: String,
        /// Which secret.
        secret: SecretKey,
        /// The cause; never contains the secret.
        reason: String,
    },
}

impl ConfigError {
    pub(super) fn read(path: &Path, error: &io::Error) -> Self {
        Self::Read { path: path.to_owned(), reason: io_error_text(error) }
    }

    pub(super) fn write(path: &Path, error: &io::Error) -> Self {
        Self::Write { path: path.to_owned(), reason: io_error_text(error), exists: path.exists() }
    }
}

/// Returns the message of an I/O error in lower case and without the number of the operating system.
pub(super) fn io_error_text(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}
