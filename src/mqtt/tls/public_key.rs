//! Verifies signatures with the public key of a certificate that webpki does not accept: one of X.509 version 1, or with
//! an RSA key of less than 2048 bits.
//!
//! Only for certificates that are trusted by their fingerprint, or all with `insecure`: such a key may be weak, but a
//! server still has to have it.

use rsa::{
    PublicKey,
    pkcs1::DecodeRsaPublicKey as _,
    pkcs1v15, pss,
    signature::{SignatureEncoding, Verifier},
};
use rustls::{
    CertificateError, DigitallySignedStruct, Error, SignatureScheme,
    client::danger::HandshakeSignatureValid,
    crypto::WebPkiSupportedAlgorithms,
    pki_types::{CertificateDer, SubjectPublicKeyInfoDer},
};
use sha2::{Sha256, Sha384, Sha512};
use webpki::RawPublicKeyEntity;
use x509_parser::{
    certificate::X509Certificate, error::X509Error, nom, prelude::FromDer as _, public_key::PublicKey as ParsedKey,
    x509::X509Version,
};

/// The smallest RSA key that `ring` signs and verifies signatures with, in bits.
pub(super) const MIN_RING_RSA_BITS: usize = 2_048;

/// Parses a certificate as far as the parser understands it, whatever its version.
fn parse<'a>(certificate: &'a CertificateDer<'_>) -> Result<X509Certificate<'a>, nom::Err<X509Error>> {
    X509Certificate::from_der(certificate).map(|(_, parsed)| parsed)
}

/// Returns the public key of a certificate of any version.
pub(super) fn public_key<'a>(certificate: &'a CertificateDer<'_>) -> Option<SubjectPublicKeyInfoDer<'a>> {
    parse(certificate).ok().map(|parsed| SubjectPublicKeyInfoDer::from(parsed.tbs_certificate.subject_pki.raw))
}

/// Returns whether a certificate is of X.509 version 1.
pub(super) fn is_version_1(certificate: &CertificateDer<'_>) -> bool {
    parse(certificate).is_ok_and(|parsed| parsed.version() == X509Version::V1)
}

/// Returns whether the issuer of a certificate is its subject.
pub(super) fn is_self_signed(certificate: &CertificateDer<'_>) -> bool {
    parse(certificate).is_ok_and(|parsed| parsed.issuer().as_raw() == parsed.subject().as_raw())
}

/// Returns whether a certificate names another one as its issuer.
pub(super) fn is_issuer(issuer: &CertificateDer<'_>, certificate: &CertificateDer<'_>) -> bool {
    match (parse(issuer), parse(certificate)) {
        (Ok(issuer), Ok(certificate)) => issuer.subject().as_raw() == certificate.issuer().as_raw(),
        _ => false,
    }
}

/// Returns the number of bits of the RSA key of a certificate, if that is too small for `ring`.
pub(super) fn small_rsa_bits(certificate: &CertificateDer<'_>) -> Option<usize> {
    let parsed = parse(certificate).ok()?;
    match parsed.public_key().parsed().ok()? {
        ParsedKey::RSA(key) => Some(key.key_size()).filter(|bits| *bits < MIN_RING_RSA_BITS),
        _ => None,
    }
}

/// Verifies the signature of a handshake with the public key of a certificate.
///
/// # Errors
/// When the certificate has no key, or the signature is of a type that is not supported or wrong.
pub(super) fn verify_signature(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signature: &DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, Error> {
    let is_valid = if small_rsa_bits(certificate).is_some() {
        let parsed = parse(certificate).map_err(|_| Error::from(CertificateError::BadEncoding))?;
        let key = PublicKey::from_pkcs1_der(&parsed.public_key().subject_public_key.data)
            .map_err(|_| Error::from(CertificateError::BadEncoding))?;
        verify_rsa(key, message, signature)
    } else {
        let key = public_key(certificate).ok_or(CertificateError::BadEncoding)?;
        let key = RawPublicKeyEntity::try_from(&key).map_err(|_| Error::from(CertificateError::BadEncoding))?;
        let known = algorithms.mapping.iter().filter(|(scheme, _)| *scheme == signature.scheme);
        known
            .flat_map(|(_, algorithms)| *algorithms)
            .any(|algorithm| key.verify_signature(*algorithm, message, signature.signature()).is_ok())
    };
    if is_valid { Ok(HandshakeSignatureValid::assertion()) } else { Err(CertificateError::BadSignature.into()) }
}

fn verify_rsa(key: PublicKey, message: &[u8], signature: &DigitallySignedStruct) -> bool {
    let bytes = signature.signature();
    match signature.scheme {
        SignatureScheme::RSA_PSS_SHA256 => verify(&pss::VerifyingKey::<Sha256>::new(key), message, bytes),
        SignatureScheme::RSA_PSS_SHA384 => verify(&pss::VerifyingKey::<Sha384>::new(key), message, bytes),
        SignatureScheme::RSA_PSS_SHA512 => verify(&pss::VerifyingKey::<Sha512>::new(key), message, bytes),
        SignatureScheme::RSA_PKCS1_SHA256 => verify(&pkcs1v15::VerifyingKey::<Sha256>::new(key), message, bytes),
        SignatureScheme::RSA_PKCS1_SHA384 => verify(&pkcs1v15::VerifyingKey::<Sha384>::new(key), message, bytes),
        SignatureScheme::RSA_PKCS1_SHA512 => verify(&pkcs1v15::VerifyingKey::<Sha512>::new(key), message, bytes),
        _ => false,
    }
}

fn verify<S: SignatureEncoding>(key: &impl Verifier<S>, message: &[u8], signature: &[u8]) -> bool {
    S::try_from(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok())
}
