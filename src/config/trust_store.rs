//! The fingerprints of what the user has accepted: one per line, in a file of the state folder.

use std::{collections::HashSet, path::Path};

use super::{app_paths::AppPaths, error::ConfigError, write::write_state};

/// Returns the fingerprints of what the user has accepted.
#[must_use]
pub(crate) fn trusted_fingerprints(paths: &AppPaths) -> HashSet<String> {
    let file = paths.trust_store_file();
    if !is_written_by_owner_only(&file) {
        tracing::warn!("{} is ignored: others can write it, or it belongs to somebody else", file.display());
        return HashSet::new();
    }
    // If the file cannot be read, the user is asked again.
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// Returns whether only the user can have written a file. A file that does not exist has been written by nobody.
#[cfg(unix)]
fn is_written_by_owner_only(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let user = rustix::process::geteuid().as_raw();
    path.symlink_metadata()
        .map_or(true, |metadata| metadata.is_file() && metadata.uid() == user && metadata.mode() & 0o022 == 0)
}

#[cfg(not(unix))]
fn is_written_by_owner_only(_path: &Path) -> bool {
    true
}

/// Saves the fingerprint of something that the user has accepted.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn trust_fingerprint(paths: &AppPaths, fingerprint: &str) -> Result<(), ConfigError> {
    let mut fingerprints: Vec<String> = trusted_fingerprints(paths).into_iter().collect();
    fingerprints.push(fingerprint.to_owned());
    fingerprints.sort_unstable();
    fingerprints.dedup();
    write_state(&paths.trust_store_file(), (fingerprints.join("\n") + "\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn trust_store_that_others_can_write_is_ignored() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let paths = AppPaths::in_folder(folder.path());
        trust_fingerprint(&paths, "a").unwrap();
        let file = paths.trust_store_file();
        let set_mode = |mode| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        set_mode(0o620);
        assert!(trusted_fingerprints(&paths).is_empty());
        set_mode(0o640);
        assert_eq!(trusted_fingerprints(&paths).len(), 1);
        std::fs::rename(&file, folder.path().join("elsewhere")).unwrap();
        std::os::unix::fs::symlink(folder.path().join("elsewhere"), &file).unwrap();
        assert!(trusted_fingerprints(&paths).is_empty(), "a symlink may lead to the file of somebody else");
    }

    #[test]
    fn trust_store_returns_every_trusted_fingerprint_once() {
        let folder = tempfile::tempdir().unwrap();
        let paths = AppPaths::in_folder(folder.path());
        assert!(trusted_fingerprints(&paths).is_empty());
        trust_fingerprint(&paths, "b").unwrap();
        trust_fingerprint(&paths, "a").unwrap();
        trust_fingerprint(&paths, "b").unwrap();
        assert_eq!(trusted_fingerprints(&paths), ["a", "b"].map(str::to_owned).into());
    }
}
