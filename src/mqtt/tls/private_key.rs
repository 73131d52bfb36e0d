//! Reads private keys: PKCS#8, PKCS#1 and SEC1, as DER or PEM, plain or encrypted.

use pkcs8::{
    AlgorithmIdentifierRef, EncryptedPrivateKeyInfoRef,
    der::{
        Decode as _,
        asn1::{AnyRef, OctetStringRef},
    },
    pkcs5::{self, EncryptionScheme, pbes2},
};
use rustls::pki_types::{self, PrivateKeyDer, PrivatePkcs8KeyDer, pem::PemObject as _};

use super::{
    der::{self, FileType},
    file_error::{Container, FileProblem},
    openssh, traditional_pem,
};
use crate::{model::password::Password, panics::contain};

/// How often PBKDF2 may be repeated: some seconds of work. OpenSSL writes 2,048 rounds.
const MAX_ROUNDS: u32 = 10_000_000;

/// How many bytes scrypt may mix, which is also a limit of its memory: some seconds of work. OpenSSL writes 16 MiB.
const MAX_SCRYPT_BYTES: u64 = 256 << 20;

const UNKNOWN: FileProblem = FileProblem::UnknownEncryption(Container::KeyFile);

/// The labels of an encrypted key (RFC 7468, section 11), and the header of the older way (RFC 1421, section 4.6.1.1).
const ENCRYPTED_LABEL: &str = "ENCRYPTED PRIVATE KEY";
const ENCRYPTED_HEADER: (&str, &str) = ("Proc-Type", "4,ENCRYPTED");

/// Returns the private key in a file that is not PKCS#12. A password that is not needed has no effect.
///
/// # Errors
/// When there is no key, it is damaged, or it cannot be decrypted.
pub(super) fn parse(bytes: &[u8], password: Option<&Password>) -> Result<PrivateKeyDer<'static>, FileProblem> {
    match der::file_type(bytes) {
        Some(FileType::EncryptedKeyOrCertificate) => {
            return decrypt_pkcs8(bytes, password, FileProblem::InvalidKey);
        }
        Some(_) => return PrivateKeyDer::try_from(bytes.to_vec()).map_err(|_| FileProblem::InvalidKey),
        None => {}
    }
    let text = String::from_utf8_lossy(bytes);
    let has = |what: &str| text.contains(what);
    if has(&format!("-----BEGIN {ENCRYPTED_LABEL}-----")) || has(ENCRYPTED_HEADER.1) {
        return decrypt_pem(bytes, password);
    }
    PrivateKeyDer::from_pem_slice(bytes).map_err(|error| match error {
        pki_types::pem::Error::NoItemsFound => openssh::problem(bytes).unwrap_or(FileProblem::NoKey),
        // Its text may quote the file, which is secret.
        _ => FileProblem::InvalidKey,
    })
}

fn decrypt_pem(bytes: &[u8], password: Option<&Password>) -> Result<PrivateKeyDer<'static>, FileProblem> {
    let sections = pem::parse_many(bytes).map_err(|_| FileProblem::Damaged)?;
    for section in &sections {
        if section.tag() == ENCRYPTED_LABEL {
            return decrypt_pkcs8(section.contents(), password, FileProblem::Damaged);
        }
        if section.headers().get(ENCRYPTED_HEADER.0) == Some(ENCRYPTED_HEADER.1) {
            return traditional_pem::decrypt(section, password);
        }
    }
    Err(FileProblem::Damaged)
}

/// Decrypts a key of PKCS#8; `otherwise` is the problem with what is none.
fn decrypt_pkcs8(
    bytes: &[u8],
    password: Option<&Password>,
    otherwise: FileProblem,
) -> Result<PrivateKeyDer<'static>, FileProblem> {
    let Ok(encrypted) = EncryptedPrivateKeyInfoRef::try_from(bytes) else {
        return Err(if is_encrypted_key(bytes) { UNKNOWN } else { otherwise });
    };
    check_cost(&encrypted.encryption_algorithm)?;
    let password = password.ok_or(FileProblem::NeedsPassword)?;
    let decrypted = contain(|| encrypted.decrypt(password.as_str())).map_err(|_| FileProblem::Damaged)?;
    let key = decrypted.map_err(|error| match error {
        pkcs8::Error::EncryptedPrivateKey(pkcs5::Error::UnsupportedAlgorithm { .. }) => UNKNOWN,
        pkcs8::Error::EncryptedPrivateKey(pkcs5::Error::AlgorithmParametersInvalid { .. }) => FileProblem::Damaged,
        // What another password decrypts it to has a wrong padding, or is not DER.
        _ => FileProblem::WrongPassword,
    })?;
    Ok(PrivatePkcs8KeyDer::from(key.as_bytes().to_vec()).into())
}

/// Returns whether bytes are an encrypted key, whatever its algorithm and parameters.
fn is_encrypted_key(bytes: &[u8]) -> bool {
    let parts = AnyRef::from_der(bytes).and_then(|any| {
        any.sequence(|reader| {
            AlgorithmIdentifierRef::decode(reader)?;
            <&OctetStringRef>::decode(reader)
        })
    });
    parts.is_ok()
}

/// Refuses an unknown encryption, and one that would take too long: the file says how long, and its author may be
/// hostile.
fn check_cost(scheme: &EncryptionScheme) -> Result<(), FileProblem> {
    let Some(parameters) = scheme.pbes2() else { return Err(UNKNOWN) };
    let is_affordable = match &parameters.kdf {
        pbes2::Kdf::Pbkdf2(parameters) => parameters.iteration_count <= MAX_ROUNDS,
        pbes2::Kdf::Scrypt(parameters) => {
            let factors =
                [128, parameters.cost_parameter, parameters.block_size.into(), parameters.parallelization.into()];
            let bytes = factors.into_iter().try_fold(1_u64, u64::checked_mul);
            bytes.is_some_and(|bytes| bytes <= MAX_SCRYPT_BYTES)
        }
        _ => return Err(UNKNOWN),
    };
    if is_affordable { Ok(()) } else { Err(FileProblem::TooCostly(Container::KeyFile)) }
}

#[cfg(test)]
mod tests {
    use pkcs8::{
        EncryptedPrivateKeyInfoOwned,
        der::{Encode as _, asn1::OctetString},
        pkcs5::pbes2::{Kdf, Parameters},
    };

    use super::*;

    /// Returns why a key with this key derivation is refused; what is encrypted is no key.
    fn problem(change: impl FnOnce(&mut Kdf), scrypt: bool) -> String {
        let mut parameters = if scrypt {
            let costs = pkcs5::scrypt::Params::new(4, 8, 1).unwrap();
            Parameters::generate_scrypt_aes256cbc(costs, &[1; 16], [2; 16]).unwrap()
        } else {
            Parameters::generate_pbkdf2_sha256_aes256cbc(2_048, &[1; 16], [2; 16]).unwrap()
        };
        change(&mut parameters.kdf);
        let key = EncryptedPrivateKeyInfoOwned {
            encryption_algorithm: parameters.into(),
            encrypted_data: OctetString::new([3; 32]).unwrap(),
        };
        let result = parse(&key.to_der().unwrap(), Some(&"geheim".into()));
        result.err().unwrap().in_file(std::path::Path::new("my.key")).to_string()
    }

    /// Sets the costs of scrypt.
    fn costs(cost: u64, block: u16, parallel: u16) -> impl FnOnce(&mut Kdf) {
        move |kdf| {
            let Kdf::Scrypt(parameters) = kdf else { panic!("not scrypt") };
            (parameters.cost_parameter, parameters.block_size, parameters.parallelization) = (cost, block, parallel);
        }
    }

    #[test]
    fn key_that_would_take_too_long_to_decrypt_is_refused_at_once() {
        let rounds = |rounds: u32| {
            move |kdf: &mut Kdf| {
                let Kdf::Pbkdf2(parameters) = kdf else { panic!("not PBKDF2") };
                parameters.iteration_count = rounds;
            }
        };
        let costly =
            "my.key wants too many rounds or too much memory for its password; encrypt it again: openssl pkey ";
        for count in [MAX_ROUNDS + 1, 4_000_000_000, u32::MAX] {
            assert!(problem(rounds(count), false).starts_with(costly), "{count}");
        }
        assert!(problem(rounds(1), false).contains("is wrong"));
        for (cost, block, parallel) in
            [(1 << 22, 8, 1), (1 << 14, u16::MAX, 1), (1 << 14, 8, u16::MAX), (1 << 63, 8, 1), (u64::MAX, 1, 1)]
        {
            assert!(problem(costs(cost, block, parallel), true).starts_with(costly), "{cost} {block} {parallel}");
        }
    }

    #[test]
    fn impossible_costs_end_in_a_sentence() {
        for (cost, block, parallel) in [(0, 8, 1), (3, 8, 1), (16, 0, 1), (16, 8, 0)] {
            assert_eq!(
                problem(costs(cost, block, parallel), true),
                "my.key is damaged: copy or create it again",
                "{cost} {block} {parallel}"
            );
        }
    }
}
