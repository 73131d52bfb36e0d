//! Reads and writes the JSON files of the state folder.

use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use super::{error::ConfigError, write::write_state};

/// Reads a file of at most this size; `None` if it cannot be read.
pub(super) fn read_state_json<T: DeserializeOwned>(path: &Path, max_bytes: u64) -> Option<T> {
    let mut text = String::new();
    File::open(path).and_then(|file| file.take(max_bytes).read_to_string(&mut text)).ok()?;
    serde_json::from_str(&text).ok()
}

/// Writes a file like [`write_state`].
///
/// # Errors
/// When the file cannot be written; it is then unchanged.
pub(super) fn write_state_json(path: &Path, value: &impl Serialize) -> Result<(), ConfigError> {
    let json = serde_json::to_vec(value).map_err(|error| ConfigError::write(path, &error.into()))?;
    write_state(path, &json)
}

/// Returns the path of the file of a profile in a folder. The hash keeps the names of different profiles apart after
/// special characters have been replaced.
pub(super) fn file_of_profile(folder: &Path, profile: &str) -> PathBuf {
    let replace_special = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    let readable: String = profile.chars().map(replace_special).take(40).collect();
    let digest = Sha256::digest(profile);
    let hash = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
    folder.join(format!("{readable}-{hash:08x}.json"))
}
