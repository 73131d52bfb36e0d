//! What the user has agreed to: one agreement per line, in a file of the state folder. See [`Grants`].

use std::path::Path;

use super::{app_paths::AppPaths, error::ConfigError, write::write_state};
use crate::model::permission::Grants;

/// Returns what the user has agreed to.
#[must_use]
pub(crate) fn load_grants(paths: &AppPaths) -> Grants {
    let file = paths.trust_store_file();
    if !is_written_by_owner_only(&file) {
        tracing::warn!("{} is ignored: others can write it, or it belongs to somebody else", file.display());
        return Grants::default();
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

/// Saves an agreement of the user.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn save_grant(paths: &AppPaths, line: &str) -> Result<(), ConfigError> {
    let mut grants = load_grants(paths);
    grants.insert(line.to_owned());
    write_grants(paths, &grants)
}

/// Removes agreements that the user has withdrawn.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn revoke_grants(paths: &AppPaths, lines: &[String]) -> Result<(), ConfigError> {
    let mut grants = load_grants(paths);
    grants.remove(lines);
    write_grants(paths, &grants)
}

fn write_grants(paths: &AppPaths, grants: &Grants) -> Result<(), ConfigError> {
    write_state(&paths.trust_store_file(), grants.to_text().as_bytes())
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
        save_grant(&paths, "a").unwrap();
        let file = paths.trust_store_file();
        let set_mode = |mode| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        set_mode(0o620);
        assert!(load_grants(&paths) == Grants::default());
        set_mode(0o640);
        assert!(load_grants(&paths).contains("a"));
        std::fs::rename(&file, folder.path().join("elsewhere")).unwrap();
        std::os::unix::fs::symlink(folder.path().join("elsewhere"), &file).unwrap();
        assert!(load_grants(&paths) == Grants::default(), "a symlink may lead to the file of somebody else");
    }

    #[test]
    fn trust_store_returns_every_grant_until_it_is_revoked() {
        let folder = tempfile::tempdir().unwrap();
        let paths = AppPaths::in_folder(folder.path());
        assert!(load_grants(&paths) == Grants::default());
        save_grant(&paths, "b").unwrap();
        save_grant(&paths, "a").unwrap();
        save_grant(&paths, "b").unwrap();
        assert_eq!(load_grants(&paths).to_text(), "a\nb\n");
        revoke_grants(&paths, &["a".to_owned()]).unwrap();
        assert_eq!(load_grants(&paths).to_text(), "b\n");
    }
}
