//! Reads the file that is the payload of a message to publish.

use std::{
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use super::EffectHandler;
use crate::{
    app::{Event, PayloadFile, ShellEvent},
    config::expand_home,
    model::{error::format_bytes, profile::ByteSize},
};

/// Why a file cannot be published.
#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error("{} cannot be read: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{} is no regular file", path.display())]
    NoFile { path: PathBuf },
    #[error(
        "{} has {}: a packet has at most {}", path.display(), format_bytes(*size),
        if limit.bytes() < ByteSize::MAX { format!("{limit} (`max_packet_size` of the profile)") } else { "255 MiB".to_owned() }
    )]
    TooLarge { path: PathBuf, size: usize, limit: ByteSize },
}

impl EffectHandler {
    /// Reads a file in the background, and reports its bytes.
    pub(super) fn read_payload(&self, PayloadFile { id, path, limit }: PayloadFile) {
        let events = self.events.clone();
        tokio::task::spawn_blocking(move || {
            let result = read(&path, limit).map_err(|error| error.to_string());
            // The receiver is gone: shutting down.
            let _ = events.blocking_send(Event::Shell(ShellEvent::PayloadRead(id, result)).into());
        });
    }
}

/// Reads a file that fits into a packet of this size. What the topic takes of it is checked when it is sent.
fn read(path: &Path, limit: ByteSize) -> Result<Arc<[u8]>, ReadError> {
    let path = expand_home(path);
    let unreadable = |error: io::Error| ReadError::Io { path: path.clone(), source: error };
    // A pipe would have no end, and opening it would wait for somebody who writes.
    if !std::fs::metadata(&path).map_err(unreadable)?.is_file() {
        return Err(ReadError::NoFile { path });
    }
    let file = File::open(&path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    let mut bytes = Vec::new();
    // The size of some files, such as those of /proc, is known only after they were read.
    file.take(u64::from(limit.bytes()) + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    let size = usize::try_from(size).unwrap_or(usize::MAX).max(bytes.len());
    if size > limit.bytes() as usize { Err(ReadError::TooLarge { path, size, limit }) } else { Ok(bytes.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_is_read_as_it_is_or_the_reason_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.bin");
        let bytes = [0, 0xff, b'\r', b'\n', 0x1b];
        crate::config::write_atomic(&path, &bytes).unwrap();
        assert_eq!(*read(&path, ByteSize::from_mib(1)).unwrap(), bytes);
        let error = |path: &Path| read(path, ByteSize::from_mib(1)).unwrap_err().to_string();
        assert!(error(&folder.path().join("none")).contains("none cannot be read: "));
        assert!(error(folder.path()).ends_with(" is no regular file"));
        crate::config::write_atomic(&path, &vec![0; (1 << 20) + 1]).unwrap();
        let expected = "a.bin has 1.0 MiB: a packet has at most 1 MiB (`max_packet_size` of the profile)";
        assert!(error(&path).ends_with(expected), "{}", error(&path));
        #[cfg(target_os = "linux")]
        assert!(error(Path::new("/dev/zero")).ends_with(" is no regular file"));
    }
}
