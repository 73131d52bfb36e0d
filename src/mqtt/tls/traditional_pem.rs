//! Decrypts keys as OpenSSL has encrypted them before PKCS#8: PEM with the header `DEK-Info`. `openssl rsa -traditional`
//! and `ssh-keygen -m PEM` still write them.

use aes::{Aes128, Aes192, Aes256};
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt as _, KeyInit, KeyIvInit as _, block_padding::Pkcs7};
use des::{Des, TdesEde3};
use md5::{Digest as _, Md5};
use pem::Pem;
use pkcs8::der::{Decode as _, Tag, Tagged as _, asn1::AnyRef};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs1KeyDer, PrivateSec1KeyDer};
use zeroize::Zeroizing;

use super::file_error::{Container, FileProblem};
use crate::model::password::Password;

/// How many bytes of the initialization vector are the salt of the password.
const SALT_BYTES: usize = 8;

/// Decrypts the key in a section of PEM.
///
/// # Errors
/// When the password is missing or wrong, the cipher is unknown, or the section is damaged.
pub(super) fn decrypt(section: &Pem, password: Option<&Password>) -> Result<PrivateKeyDer<'static>, FileProblem> {
    let (cipher, iv) =
        section.headers().get("DEK-Info").and_then(|info| info.split_once(',')).ok_or(FileProblem::Damaged)?;
    let iv = parse_hex(iv.trim()).ok_or(FileProblem::Damaged)?;
    let data = section.contents();
    let key = match cipher.trim() {
        "AES-128-CBC" => decrypt_cbc::<Aes128>(data, password, &iv),
        "AES-192-CBC" => decrypt_cbc::<Aes192>(data, password, &iv),
        "AES-256-CBC" => decrypt_cbc::<Aes256>(data, password, &iv),
        "DES-EDE3-CBC" => decrypt_cbc::<TdesEde3>(data, password, &iv),
        "DES-CBC" => decrypt_cbc::<Des>(data, password, &iv),
        _ => Err(FileProblem::UnknownEncryption(Container::KeyFile)),
    }?;
    match section.tag() {
        "RSA PRIVATE KEY" => Ok(PrivatePkcs1KeyDer::from(key).into()),
        "EC PRIVATE KEY" => Ok(PrivateSec1KeyDer::from(key).into()),
        _ => Err(FileProblem::UnusableKeyType),
    }
}

fn decrypt_cbc<C: BlockCipherDecrypt + KeyInit>(
    data: &[u8],
    password: Option<&Password>,
    iv: &[u8],
) -> Result<Vec<u8>, FileProblem> {
    let password = password.ok_or(FileProblem::NeedsPassword)?;
    let salt = iv.get(..SALT_BYTES).ok_or(FileProblem::Damaged)?;
    let key = derive_key(password, salt, C::key_size());
    let decryptor = cbc::Decryptor::<C>::new_from_slices(&key, iv).map_err(|_| FileProblem::Damaged)?;
    if data.is_empty() || !data.len().is_multiple_of(C::block_size()) {
        return Err(FileProblem::Damaged);
    }
    let mut buffer = Zeroizing::new(data.to_vec());
    let decrypted = decryptor.decrypt_padded::<Pkcs7>(&mut buffer).map_err(|_| FileProblem::WrongPassword)?;
    // One of 256 wrong passwords results in a valid padding.
    if is_sequence(decrypted) { Ok(decrypted.to_vec()) } else { Err(FileProblem::WrongPassword) }
}

/// Derives a key from a password, as `EVP_BytesToKey` of OpenSSL does with MD5 and one round.
fn derive_key(password: &Password, salt: &[u8], length: usize) -> Zeroizing<Vec<u8>> {
    // With this capacity it never moves, which would leave copies.
    let mut key = Zeroizing::new(Vec::with_capacity(length + Md5::output_size()));
    let mut last = Zeroizing::new(Vec::new());
    while key.len() < length {
        let digest = Md5::new().chain_update(&*last).chain_update(password.as_str()).chain_update(salt).finalize();
        last = Zeroizing::new(digest.to_vec());
        key.extend_from_slice(&last);
    }
    key.truncate(length);
    key
}

/// Returns whether bytes are one sequence of DER, as all keys are.
fn is_sequence(bytes: &[u8]) -> bool {
    AnyRef::from_der(bytes).is_ok_and(|any| any.tag() == Tag::Sequence)
}

/// Parses hexadecimal digits.
fn parse_hex(text: &str) -> Option<Vec<u8>> {
    let is_hex = text.len().is_multiple_of(2) && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_hex.then(|| (0..text.len()).step_by(2).filter_map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect())
}
