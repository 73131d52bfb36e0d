//! Saves a payload to a file, byte for byte. A file that exists is never replaced.

use std::{
    fs::OpenOptions,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use directories::BaseDirs;

use super::EffectHandler;
use crate::{
    app::{Event, ShellEvent},
    model::error::format_bytes,
};

/// Why a payload is not saved.
#[derive(Debug, thiserror::Error)]
enum SaveError {
    #[error("Not saved: {0} exists already, choose another name")]
    Exists(String),
    #[error("{0} was not saved: {1}")]
    Io(String, #[source] io::Error),
}

impl EffectHandler {
    /// Saves a payload in the background, and says so.
    pub(super) fn save_payload(&self, path: PathBuf, payload: std::sync::Arc<[u8]>) {
        let events = self.events.clone();
        tokio::task::spawn_blocking(move || {
            let event = match save(&path, &payload) {
                Ok(path) => ShellEvent::Notice(format!("Saved {} to {}", format_bytes(payload.len()), path.display())),
                Err(error) => ShellEvent::Failure(error.to_string()),
            };
            // The receiver is gone: shutting down.
            let _ = events.blocking_send(Event::Shell(event).into());
        });
    }
}

/// Writes a new file. Returns its path; `~` at the beginning is the home folder. What is written in part is removed.
fn save(path: &Path, payload: &[u8]) -> Result<PathBuf, SaveError> {
    let home = path.strip_prefix("~").ok().zip(BaseDirs::new());
    let path = home.map_or_else(|| path.to_path_buf(), |(rest, dirs)| dirs.home_dir().join(rest));
    let mut file = OpenOptions::new().write(true).create_new(true).open(&path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => SaveError::Exists(path.display().to_string()),
        _ => SaveError::Io(path.display().to_string(), error),
    })?;
    let written = file.write_all(payload).and_then(|()| file.sync_all());
    written.map_err(|error| {
        // The first error says more than that the rest cannot be removed.
        let _ = std::fs::remove_file(&path);
        SaveError::Io(path.display().to_string(), error)
    })?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payload_is_saved_byte_for_byte_and_replaces_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.bin");
        let payload = [0, 0xff, b'\n', 0x1b];
        save(&path, &payload).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), payload);
        let error = save(&path, b"other").unwrap_err().to_string();
        assert!(error.ends_with("a.bin exists already, choose another name"), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), payload);
        #[cfg(unix)]
        {
            let link = folder.path().join("link");
            std::os::unix::fs::symlink("/dev/full", &link).unwrap();
            assert!(matches!(save(&link, b"x"), Err(SaveError::Exists(_))), "nothing that exists is opened");
        }
        let error = save(&folder.path().join("no/folder"), b"x").unwrap_err().to_string();
        assert!(error.contains("was not saved"), "{error}");
    }
}
