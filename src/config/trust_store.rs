//! The fingerprints of what the user has accepted: one per line, in a file of the state folder.

use std::collections::HashSet;

use super::{app_paths::AppPaths, error::ConfigError, write::write_private};

/// Returns the fingerprints of what the user has accepted.
#[must_use]
pub(crate) fn trusted_fingerprints(paths: &AppPaths) -> HashSet<String> {
    // If the file cannot be read, the user is asked again.
    let text = std::fs::read_to_string(paths.trust_store_file()).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
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
    write_private(&paths.trust_store_file(), (fingerprints.join("\n") + "\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

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
