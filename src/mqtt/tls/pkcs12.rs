//! Reads PKCS#12 files, such as `client.p12` and `client.pfx`: certificates and keys, encrypted with one password.

use p12_keystore::{Pkcs12Archive, error::Error};
use pkcs8::der::ErrorKind;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use super::file_error::{Container, FileProblem};
use crate::{model::password::Password, panics::contain};

/// What a PKCS#12 file contains, in its order. Names and key IDs are left out: what belongs together is found by the
/// keys.
#[derive(Debug)]
pub(super) struct Pkcs12 {
    /// The certificates.
    pub certificates: Vec<CertificateDer<'static>>,
    /// The private keys.
    pub keys: Vec<PrivateKeyDer<'static>>,
}

/// Reads a PKCS#12 file. Without a password, it is the empty one, which some programs write. The library limits the
/// rounds of key derivation.
///
/// # Errors
/// When the password is missing or wrong, or the file is damaged or encrypted in an unknown way.
pub(super) fn parse(bytes: &[u8], password: Option<&Password>) -> Result<Pkcs12, FileProblem> {
    let text = password.map_or("", Password::as_str);
    // The library derives keys of UCS-2, where OpenSSL uses UTF-16.
    if text.chars().any(|c| c > '\u{ffff}') {
        return Err(FileProblem::UnknownEncryption(Container::Pkcs12));
    }
    // The file may be hostile, and the library divides by what it says.
    let archive = contain(|| Pkcs12Archive::from_pkcs12(bytes, text)).map_err(|_| FileProblem::Damaged)?;
    let archive = archive.map_err(|error| problem(&error, password.is_some()))?;
    Ok(Pkcs12 {
        certificates: archive.certs.iter().map(|bag| bag.cert.as_der().to_vec().into()).collect(),
        keys: archive.keys.iter().map(|bag| PrivatePkcs8KeyDer::from(bag.key.as_der().to_vec()).into()).collect(),
    })
}

fn problem(error: &Error, has_password: bool) -> FileProblem {
    match error {
        Error::MacError(_) | Error::UnpadError | Error::Pkcs5Error(_) if has_password => FileProblem::WrongPassword,
        Error::MacError(_) | Error::UnpadError | Error::Pkcs5Error(_) => FileProblem::NeedsPassword,
        Error::InvalidParameters => FileProblem::TooCostly(Container::Pkcs12),
        Error::UnsupportedEncryptionScheme
        | Error::UnsupportedMacAlgorithm
        | Error::UnsupportedContentType
        | Error::UnsupportedCertificateType => FileProblem::UnknownEncryption(Container::Pkcs12),
        // The second one is BER, which OpenSSL reads, too.
        Error::DerError(error)
            if matches!(error.kind(), ErrorKind::OidUnknown { .. } | ErrorKind::IndefiniteLength) =>
        {
            FileProblem::UnknownEncryption(Container::Pkcs12)
        }
        _ => FileProblem::Damaged,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_library_cannot_read_is_to_be_converted_and_what_is_damaged_to_be_copied() {
        let begin = [0x30, 0x80, 2, 1, 3, 0x30, 0x80, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 7, 1];
        let damaged = [0x30, 5, 2, 1, 3, 0x30, 0];
        let problem = |bytes: &[u8], password: &str| parse(bytes, Some(&password.into())).err().unwrap();
        assert!(matches!(problem(&begin, "geheim"), FileProblem::UnknownEncryption(Container::Pkcs12)));
        assert!(matches!(problem(&damaged, "\u{1f511}"), FileProblem::UnknownEncryption(Container::Pkcs12)));
        assert!(matches!(problem(&damaged, "geheim"), FileProblem::Damaged));
    }
}
