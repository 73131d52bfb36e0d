//! Tells private keys in the format of OpenSSH apart, which TLS does not use, so that the right advice can be given.

use super::file_error::FileProblem;

/// The label of such a key in PEM, and what its contents begin with (`PROTOCOL.key` of OpenSSH).
const LABEL: &str = "OPENSSH PRIVATE KEY";
const MAGIC: &[u8] = b"openssh-key-v1\0";

/// The names of the key types that `ssh-keygen` converts to PEM, and that TLS can use (RFC 4253, section 6.6; RFC 5656,
/// section 3.1).
const CONVERTIBLE: [&[u8]; 3] = [b"ssh-rsa", b"ecdsa-sha2-nistp256", b"ecdsa-sha2-nistp384"];

/// The name of Ed25519 (RFC 8709, section 4), for which `ssh-keygen` writes only its own format.
const ED25519: &[u8] = b"ssh-ed25519";

/// Returns what to say about a file with a key of OpenSSH, or `None` if it has none.
pub(super) fn problem(bytes: &[u8]) -> Option<FileProblem> {
    if !String::from_utf8_lossy(bytes).contains(&format!("-----BEGIN {LABEL}-----")) {
        return None;
    }
    let sections = pem::parse_many(bytes).unwrap_or_default();
    let key = sections.iter().find(|section| section.tag() == LABEL);
    Some(match key.and_then(|key| key_type(key.contents())) {
        Some(ED25519) => FileProblem::OpenSshEd25519Key,
        Some(name) if CONVERTIBLE.contains(&name) => FileProblem::OpenSshKey,
        Some(_) => FileProblem::UnusableKeyType,
        None => FileProblem::InvalidKey,
    })
}

/// Returns the name of the type of a key, which is not encrypted.
fn key_type(contents: &[u8]) -> Option<&[u8]> {
    let rest = contents.strip_prefix(MAGIC)?;
    // The names of the cipher and of the key derivation function, and its options.
    let rest = (0..3).try_fold(rest, |rest, _| Some(string(rest)?.1))?;
    let (_number_of_keys, rest) = rest.split_at_checked(4)?;
    let (public_key, _) = string(rest)?;
    Some(string(public_key)?.0)
}

/// Returns the string at the beginning of bytes (RFC 4251, section 5), and what follows it.
fn string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(u32::from_be_bytes(*length) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_key_is_not_said_to_be_convertible() {
        let mut whole = MAGIC.to_vec();
        for text in [&b"none"[..], b"none", b""] {
            whole.extend([&u32::try_from(text.len()).unwrap().to_be_bytes(), text].concat());
        }
        whole.extend([0, 0, 0, 1, 0, 0, 0, 15, 0, 0, 0, 11]);
        whole.extend(ED25519);
        let problem_of = |contents: &[u8]| problem(pem::encode(&pem::Pem::new(LABEL, contents)).as_bytes());
        assert!(matches!(problem_of(&whole), Some(FileProblem::OpenSshEd25519Key)));
        for length in 0..whole.len() {
            assert!(matches!(problem_of(&whole[..length]), Some(FileProblem::InvalidKey)), "{length}");
        }
        assert!(problem(b"-----BEGIN PRIVATE KEY-----").is_none());
    }
}
