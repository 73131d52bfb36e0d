//! What the user has agreed to: one agreement per line, in a file of the state folder. See [`Grants`].

use std::io::ErrorKind;

use super::{app_paths::AppPaths, error::ConfigError, write::write_state};
use crate::{
    file_access::{Requirement, check_access},
    model::permission::Grants,
};

/// Returns what the user has agreed to; nothing if [`trust_store_problem`] returns a problem.
#[must_use]
pub(crate) fn load_grants(paths: &AppPaths) -> Grants {
    read_grants(paths).unwrap_or_else(|error| {
        // The user is asked again.
        tracing::warn!("{error}");
        Grants::default()
    })
}

/// Reads the file; one that does not exist or that is not trusted is empty.
///
/// # Errors
/// When the file cannot be read.
fn read_grants(paths: &AppPaths) -> Result<Grants, ConfigError> {
    let path = paths.trust_store_file();
    if trust_store_problem(paths).is_some() {
        return Ok(Grants::default());
    }
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(text.lines().map(str::to_owned).collect()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Grants::default()),
        Err(error) => Err(ConfigError::Read { path, reason: error.to_string() }),
    }
}

/// Returns why the file is not trusted, as a sentence with what to do: others could have written it. A file that does
/// not exist has been written by nobody.
#[must_use]
pub(crate) fn trust_store_problem(paths: &AppPaths) -> Option<String> {
    let file = paths.trust_store_file();
    let reason = if file.is_symlink() {
        format!("{0} is a symbolic link; run: rm {0}", file.display())
    } else {
        check_access(&file, Requirement::Trusted).err()?.to_string()
    };
    Some(format!("What you have allowed is ignored: {reason}"))
}

/// Saves an agreement of the user.
///
/// # Errors
/// When the file cannot be read, so that it would lose what it has, or cannot be written.
pub(crate) fn save_grant(paths: &AppPaths, line: &str) -> Result<(), ConfigError> {
    let mut grants = read_grants(paths)?;
    grants.insert(line.to_owned());
    write_grants(paths, &grants)
}

/// Removes agreements that the user has withdrawn.
///
/// # Errors
/// When the file cannot be read or written.
pub(crate) fn revoke_grants(paths: &AppPaths, lines: &[String]) -> Result<(), ConfigError> {
    let mut grants = read_grants(paths)?;
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
        set_mode(0o602);
        assert!(load_grants(&paths) == Grants::default());
        let problem = trust_store_problem(&paths).unwrap();
        assert!(problem.ends_with(&format!("; run: chmod go-w {}", file.display())), "{problem}");
        set_mode(0o640);
        assert!(load_grants(&paths).contains("a"));
        std::fs::rename(&file, folder.path().join("elsewhere")).unwrap();
        std::os::unix::fs::symlink(folder.path().join("elsewhere"), &file).unwrap();
        assert!(load_grants(&paths) == Grants::default(), "a symlink may lead to the file of somebody else");
        assert!(trust_store_problem(&paths).unwrap().contains("run: rm "));
    }

    #[test]
    fn trust_store_that_cannot_be_read_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let paths = AppPaths::in_folder(folder.path());
        save_grant(&paths, "a").unwrap();
        write_state(&paths.trust_store_file(), b"a\n\xff\n").unwrap();
        assert!(matches!(save_grant(&paths, "b"), Err(ConfigError::Read { .. })));
        assert!(matches!(revoke_grants(&paths, &["a".to_owned()]), Err(ConfigError::Read { .. })));
        assert_eq!(std::fs::read(paths.trust_store_file()).unwrap(), b"a\n\xff\n");
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
