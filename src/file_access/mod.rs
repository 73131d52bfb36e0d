//! Who else on this machine can read or write a file that has to be private or trusted.
//!
//! The model is ssh: a file counts only if nobody but the user and root could have written it or put another one in
//! its place. Checked are the owner and the mode of the file, and of each folder and symbolic link on the way to it;
//! folders above the home folder are the system's business. On systems without such modes, every file passes.

#[cfg(unix)]
mod unix;

use std::path::{Path, PathBuf};

/// What a file has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Requirement {
    /// Only the user may write it, for example a file that says which certificates are trusted.
    Trusted,
    /// Only the user may read or write it, for example a configuration file that contains a password.
    Private,
    /// Like [`Private`](Self::Private), for a secret that is only read: a password, a key, accounts. If root owns it,
    /// its group may read it, as `PostgreSQL` allows it for keys: so Debian shares them (`ssl-cert`). Below `/run/secrets`,
    /// all may read it: container engines make it so, and the container is the boundary there.
    Secret,
}

/// Why a file is not private or not trusted. The text is a sentence that ends with the command to run.
#[cfg_attr(not(unix), expect(dead_code, reason = "only systems with modes check them"))]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// Other users can read it.
    #[error("other users can read {}; run: {fix}", path.display())]
    Readable {
        /// The file.
        path: PathBuf,
        /// The command that repairs it.
        fix: String,
    },
    /// Other users can write it.
    #[error("other users can write {}; run: {fix}", path.display())]
    Writable {
        /// The file.
        path: PathBuf,
        /// The command that repairs it.
        fix: String,
    },
    /// Other users can write a folder on the way to it.
    #[error("other users can replace {}, because they can write the folder {}; run: {fix}", path.display(), folder.display())]
    FolderWritable {
        /// The file.
        path: PathBuf,
        /// The folder.
        folder: PathBuf,
        /// The command that repairs it.
        fix: String,
    },
    /// The file, or a folder or symbolic link on the way to it, belongs to another user.
    #[error("{} belongs to another user (user ID {owner}); run: {fix}", entry.display())]
    ForeignOwner {
        /// What belongs to the other user.
        entry: PathBuf,
        /// The ID of that user.
        owner: u32,
        /// The command that repairs it.
        fix: String,
    },
}

impl AccessError {
    /// Returns what is wrong with a file that the sentence has already named: `other users can read it`.
    pub(crate) fn predicate(&self) -> String {
        match self {
            Self::Readable { .. } => "other users can read it".to_owned(),
            Self::Writable { .. } => "other users can write it".to_owned(),
            Self::FolderWritable { folder, .. } => format!("other users can write the folder {}", folder.display()),
            Self::ForeignOwner { entry, owner, .. } => {
                format!("{} belongs to another user (user ID {owner})", entry.display())
            }
        }
    }

    /// Returns the command that repairs it.
    pub(crate) fn fix(&self) -> &str {
        match self {
            Self::Readable { fix, .. }
            | Self::Writable { fix, .. }
            | Self::FolderWritable { fix, .. }
            | Self::ForeignOwner { fix, .. } => fix,
        }
    }
}

/// Checks who else can access a file. A file that does not exist or cannot be examined passes: reading it fails.
///
/// # Errors
/// When others can read or write the file, or replace it.
#[cfg(unix)]
pub(crate) fn check_access(path: &Path, requirement: Requirement) -> Result<(), AccessError> {
    unix::Check::new(path, requirement).run()
}

/// Accepts every file: this system has no modes.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub(crate) fn check_access(_path: &Path, _requirement: Requirement) -> Result<(), AccessError> {
    Ok(())
}

/// Quotes a path for a POSIX shell, if necessary.
pub(crate) fn shell_quote(path: &Path) -> String {
    let argument = path.display().to_string();
    let is_plain = argument.chars().all(|c| c.is_alphanumeric() || "/._-+~@".contains(c));
    if is_plain { argument } else { format!("'{}'", argument.replace('\'', r"'\''")) }
}
