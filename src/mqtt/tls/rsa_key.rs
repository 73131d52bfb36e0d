//! Tells the size of RSA private keys.

use pkcs8::{PrivateKeyInfoRef, der::Decode as _};
use rsa::pkcs1::{ALGORITHM_OID, RsaPrivateKeyRef};
use rustls::pki_types::PrivateKeyDer;

use super::public_key::MIN_RING_RSA_BITS;

/// Returns the number of bits of an RSA key that is too small for `ring`; `None` for all other keys.
pub(super) fn small_bits(key: &PrivateKeyDer<'_>) -> Option<usize> {
    let rsa_key = match key {
        PrivateKeyDer::Pkcs1(key) => key.secret_pkcs1_der(),
        PrivateKeyDer::Pkcs8(key) => {
            let info = PrivateKeyInfoRef::try_from(key.secret_pkcs8_der()).ok()?;
            (info.algorithm.oid == ALGORITHM_OID).then(|| info.private_key.as_bytes())?
        }
        _ => return None,
    };
    let modulus = RsaPrivateKeyRef::from_der(rsa_key).ok()?.modulus;
    let bytes = modulus.as_bytes();
    let leading_zeros = bytes.first().map_or(0, |byte| byte.leading_zeros() as usize);
    Some(bytes.len() * 8 - leading_zeros).filter(|bits| *bits < MIN_RING_RSA_BITS)
}
