//! Adds the public key to private keys of elliptic curves that lack it, as those of Java do: `ring` does not compute it.

use pkcs8::{
    PrivateKeyInfoRef,
    der::{
        self, Decode as _, Encode as _, Tag, TagMode, TagNumber,
        asn1::{AnyRef, BitStringRef, ContextSpecific, ObjectIdentifier, OctetStringRef},
    },
    spki::SubjectPublicKeyInfoRef,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use super::public_key;

/// The curves that `ring` can sign with: P-256 and P-384.
const CURVES: [ObjectIdentifier; 2] =
    [ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"), ObjectIdentifier::new_unwrap("1.3.132.0.34")];

/// The version of an EC private key (RFC 5915, section 3).
const VERSION: u8 = 1;

/// The tag of its public key.
const PUBLIC_KEY_TAG: TagNumber = TagNumber(1);

/// Returns a private key with the public key of each certificate, or `None` if it needs none. `ring` refuses those that
/// do not belong together.
pub(super) fn completions(
    key: &PrivateKeyDer<'_>,
    certificates: &[CertificateDer<'_>],
) -> Option<Vec<PrivateKeyDer<'static>>> {
    let ec_key = match key {
        PrivateKeyDer::Pkcs8(key) => {
            let info = PrivateKeyInfoRef::try_from(key.secret_pkcs8_der()).ok()?;
            let curve = info.algorithm.parameters_oid().ok()?;
            CURVES.contains(&curve).then(|| info.private_key.as_bytes())?
        }
        PrivateKeyDer::Sec1(key) => key.secret_sec1_der(),
        _ => return None,
    };
    let secret = secret_without_public_key(ec_key)?;
    Some(certificates.iter().filter_map(|certificate| with_public_key(secret, certificate)).collect())
}

/// Returns the secret number of an EC private key that has no public key.
fn secret_without_public_key(ec_key: &[u8]) -> Option<&[u8]> {
    let parts = AnyRef::from_der(ec_key).and_then(|any| {
        any.sequence(|reader| {
            u8::decode(reader)?;
            let secret = <&OctetStringRef>::decode(reader)?;
            ContextSpecific::<ObjectIdentifier>::decode_explicit(reader, TagNumber(0))?;
            let public_key = ContextSpecific::<BitStringRef<'_>>::decode_explicit(reader, PUBLIC_KEY_TAG)?;
            Ok(public_key.is_none().then_some(secret.as_bytes()))
        })
    });
    parts.ok().flatten()
}

fn with_public_key(secret: &[u8], certificate: &CertificateDer<'_>) -> Option<PrivateKeyDer<'static>> {
    let public_key = public_key::public_key(certificate)?;
    let public_key = SubjectPublicKeyInfoRef::from_der(&public_key).ok()?;
    let curve = public_key.algorithm.parameters_oid().ok()?;
    let is_known = CURVES.contains(&curve);
    let encode = || -> Result<Vec<u8>, der::Error> {
        let point = public_key.subject_public_key;
        let point = ContextSpecific { tag_number: PUBLIC_KEY_TAG, tag_mode: TagMode::Explicit, value: point };
        let parts = [VERSION.to_der()?, OctetStringRef::new(secret)?.to_der()?, point.to_der()?].concat();
        let ec_key = AnyRef::new(Tag::Sequence, &parts)?.to_der()?;
        PrivateKeyInfoRef::new(public_key.algorithm, OctetStringRef::new(&ec_key)?).to_der()
    };
    is_known.then(encode)?.ok().map(|key| PrivatePkcs8KeyDer::from(key).into())
}
