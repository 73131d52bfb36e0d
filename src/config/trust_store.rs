//! What the person has agreed to: a fingerprint a line, in the state folder.

use std::collections::HashSet;

use super::{app_paths::AppPaths, error::ConfigError, write::write_private};

/// The fingerprints of what the person has agreed to.
#[must_use]
pub fn trusted_fingerprints(paths: &AppPaths) -> HashSet<String> {
    // Where nothing can be read nothing was agreed to: the person is asked again.
    let text = std::fs::read_to_string(paths.trust_store_file()).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// Remembers that the person agrees.
///
/// # Errors
/// That it cannot be kept.
pub fn trust_fingerprint(paths: &AppPaths, fingerprint: &str) -> Result<(), ConfigError> {
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
