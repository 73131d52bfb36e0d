//! Reads files of certificates.

use std::{fs::File, io::Read as _, path::Path};

use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use zeroize::Zeroizing;

use super::{
    der,
    file_error::{FileError, FileProblem},
};
use crate::file_access::{Requirement, check_access};

/// The largest file that is read: more than the certificates of all public CAs.
const MAX_BYTES: u64 = 16 << 20;

/// Refuses a file that others can access more than they may.
///
/// # Errors
/// When they can.
pub(super) fn require(path: &Path, requirement: Requirement) -> Result<(), FileError> {
    check_access(path, requirement).map_err(|error| FileProblem::Access(error).in_file(path))
}

/// Reads a file, which may be secret.
///
/// # Errors
/// When it cannot be read, or is too large.
pub(super) fn read_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, FileError> {
    let unreadable = |error| FileProblem::Unreadable(error).in_file(path);
    let mut bytes = Zeroizing::new(Vec::new());
    File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes)).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_BYTES { Err(FileProblem::TooLarge(MAX_BYTES).in_file(path)) } else { Ok(bytes) }
}

/// Reads the certificates of a file of CAs.
///
/// # Errors
/// When it cannot be read, has none, or others can write it.
pub(super) fn read_authorities(path: &Path) -> Result<Vec<CertificateDer<'static>>, FileError> {
    require(path, Requirement::Trusted)?;
    let bytes = read_file(path)?;
    if der::is_pkcs12(&bytes) {
        return Err(FileProblem::AuthorityInPkcs12.in_file(path));
    }
    parse_certificates(&bytes).map_err(|problem| problem.in_file(path))
}

/// Returns the certificates of a file: one in DER, or any number in PEM.
///
/// # Errors
/// When there is none, or the file is damaged.
pub(super) fn parse_certificates(bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, FileProblem> {
    if der::file_type(bytes).is_some() {
        return Ok(vec![bytes.to_vec().into()]);
    }
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(bytes).collect();
    match certificates {
        Ok(certificates) if certificates.is_empty() => Err(FileProblem::NoCertificate),
        Ok(certificates) => Ok(certificates),
        Err(_) => certificates_beside_key(bytes),
    }
}

/// Returns the certificates of a file that may have a key with headers, too, which `pki_types` does not parse.
fn certificates_beside_key(bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, FileProblem> {
    let sections = pem::parse_many(bytes).map_err(|_| FileProblem::NotPem)?;
    let certificates = sections.into_iter().filter(|section| section.tag() == "CERTIFICATE");
    let certificates: Vec<_> = certificates.map(|section| section.into_contents().into()).collect();
    if certificates.is_empty() { Err(FileProblem::NoCertificate) } else { Ok(certificates) }
}
