//! What the person has agreed to: a fingerprint a line, in the state folder.

use std::collections::HashSet;

use super::{fault::StoreFault, places::Places, write::write_private};

/// The fingerprints of what the person has agreed to.
#[must_use]
pub fn agreed(places: &Places) -> HashSet<String> {
    // Where nothing can be read nothing was agreed to: the person is asked again.
    let text = std::fs::read_to_string(places.agreed_file()).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// Remembers that the person agrees.
///
/// # Errors
/// That it cannot be kept.
pub fn agree(places: &Places, fingerprint: &str) -> Result<(), StoreFault> {
    let mut all: Vec<String> = agreed(places).into_iter().collect();
    all.push(fingerprint.to_owned());
    all.sort_unstable();
    all.dedup();
    write_private(&places.agreed_file(), (all.join("\n") + "\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_agreed_to_is_known_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::below(folder.path());
        assert!(agreed(&places).is_empty());
        agree(&places, "b").unwrap();
        agree(&places, "a").unwrap();
        agree(&places, "b").unwrap();
        assert_eq!(agreed(&places), ["a", "b"].map(str::to_owned).into());
    }
}
