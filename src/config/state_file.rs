//! Reads and writes the JSON files of the state folder.

use std::{
    fs::{File, TryLockError},
    io::{self, Read as _},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use super::{
    error::ConfigError,
    write::{open_state_log, write_state},
};

/// How long another run of the program may have the lock of a file. It takes milliseconds, unless that run is stopped.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);
/// The time between two attempts to get a lock.
const LOCK_RETRY: Duration = Duration::from_millis(5);

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

/// Waits for the right to read, change and write a file, which one run of the program has at a time, until the value is dropped.
/// It is the lock of another file beside it: the file itself is replaced when it is written. `None` if the folder supports no
/// locks.
///
/// # Errors
/// When another run does not release the lock, or its file cannot be opened.
pub(super) fn lock_state_file(path: &Path) -> Result<Option<File>, ConfigError> {
    lock_within(path, LOCK_TIMEOUT)
}

/// What became of an attempt to get a lock.
pub(super) enum Lock {
    /// It is held until the file is dropped; `None` if the folder supports no locks.
    Held(Option<File>),
    /// Another run of the program has it.
    InUse,
}

/// Tries to get the lock of a state file, which is that of another file beside it.
///
/// # Errors
/// When its file cannot be opened.
pub(super) fn try_lock_state_file(path: &Path) -> Result<Lock, ConfigError> {
    let lock = open_state_log(&path.with_extension("lock"))?;
    match lock.try_lock() {
        Ok(()) => Ok(Lock::Held(Some(lock))),
        Err(TryLockError::WouldBlock) => Ok(Lock::InUse),
        Err(TryLockError::Error(error)) => {
            tracing::debug!("{} cannot be locked: {error}", path.display());
            Ok(Lock::Held(None))
        }
    }
}

fn lock_within(path: &Path, timeout: Duration) -> Result<Option<File>, ConfigError> {
    let started_at = Instant::now();
    loop {
        match try_lock_state_file(path)? {
            Lock::Held(lock) => return Ok(lock),
            Lock::InUse if started_at.elapsed() < timeout => thread::sleep(LOCK_RETRY),
            Lock::InUse => {
                let reason = "another run of mqtt-dash is using it and does not go on";
                return Err(ConfigError::write(path, &io::Error::new(io::ErrorKind::WouldBlock, reason)));
            }
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lock_that_is_not_released_is_an_error_and_not_a_wait_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        let held = lock_state_file(&path).unwrap().unwrap();
        let error = lock_within(&path, Duration::from_millis(20)).unwrap_err().to_string();
        assert!(error.contains("another run of mqtt-dash is using it"), "{error}");
        drop(held);
        assert!(lock_state_file(&path).unwrap().is_some());
    }
}
