//! Tells files in DER apart by their first bytes.

/// The first byte of all of them.
const SEQUENCE: u8 = 0x30;

/// What a file in DER may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileType {
    /// PKCS#12: a sequence that begins with the version 3 (RFC 7292, section 4).
    Pkcs12,
    /// An encrypted key (RFC 5958, section 3) or a certificate: a sequence that begins with another one.
    EncryptedKeyOrCertificate,
    /// A key, which begins with another version, or anything else.
    Other,
}

/// Returns whether a file is PKCS#12.
pub(super) fn is_pkcs12(bytes: &[u8]) -> bool {
    file_type(bytes) == Some(FileType::Pkcs12)
}

/// Returns the type of a file, or `None` if it is not DER.
pub(super) fn file_type(bytes: &[u8]) -> Option<FileType> {
    let (&SEQUENCE, rest) = bytes.split_first()? else { return None };
    let length_bytes = match rest.first() {
        Some(first) if *first > 0x80 => usize::from(first & 0x7f) + 1,
        _ => 1,
    };
    let content = rest.get(length_bytes..).unwrap_or_default();
    Some(match content {
        [2, 1, 3, SEQUENCE, ..] => FileType::Pkcs12,
        [SEQUENCE, ..] => FileType::EncryptedKeyOrCertificate,
        _ => FileType::Other,
    })
}
