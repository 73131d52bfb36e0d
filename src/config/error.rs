//! What can go wrong with the disk, in sentences for the person at the keyboard.

use std::{
    io,
    path::{Path, PathBuf},
};

/// Why something was not read, written or found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A file could not be read.
    #[error("{} cannot be read: {reason}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A file could not be written; it is as it was.
    #[error("{} cannot be written: {reason}; it is as it was", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// There is no home to keep files in.
    #[error("no home folder is known to keep files in; name a folder with --config-dir")]
    NoHome,
    /// No file of a dashboard is named so.
    #[error("there is no dashboard `{name}` ({} does not exist){hint}", path.display())]
    DashboardNotFound {
        /// What was asked for.
        name: String,
        /// Where it would be.
        path: PathBuf,
        /// What may be meant, as the end of the sentence.
        hint: String,
    },
    /// An edit was not made; the file is as it was.
    #[error("{file} is not changed: {reason}")]
    Edit {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
    /// A password could not be had.
    #[error("no password for `{profile}`: {reason}")]
    Password {
        /// The name of the profile.
        profile: String,
        /// Why, without the password.
        reason: String,
    },
}

impl ConfigError {
    pub(super) fn read(path: &Path, error: &io::Error) -> Self {
        Self::Read { path: path.to_owned(), reason: io_error_text(error) }
    }

    pub(super) fn write(path: &Path, error: &io::Error) -> Self {
        Self::Write { path: path.to_owned(), reason: io_error_text(error) }
    }
}

/// What went wrong, without the number of the operating system.
pub(super) fn io_error_text(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}
