//! File metadata that shows whether a file has changed, without reading it.

use std::{fs, path::Path, time::SystemTime};

/// The size, modification time and identity of a file, or that it does not exist. Follows symbolic links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileStamp(Option<StampData>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct StampData {
    size: u64,
    modified: Option<SystemTime>,
    /// Device, inode, and change time in seconds and nanoseconds: a file that is renamed over another one
    /// may have the same size and modification time.
    identity: (u64, u64, i64, i64),
}

impl FileStamp {
    /// Returns the stamp of the file as it is now.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        Self(fs::metadata(path).ok().map(|file| StampData {
            size: file.len(),
            modified: file.modified().ok(),
            identity: identity(&file),
        }))
    }

    pub(super) fn exists(&self) -> bool {
        self.0.is_some()
    }

    pub(super) fn is_non_empty(&self) -> bool {
        self.0.as_ref().is_some_and(|data| data.size > 0)
    }
}

#[cfg(unix)]
fn identity(file: &fs::Metadata) -> (u64, u64, i64, i64) {
    use std::os::unix::fs::MetadataExt as _;
    (file.dev(), file.ino(), file.ctime(), file.ctime_nsec())
}

#[cfg(not(unix))]
fn identity(_: &fs::Metadata) -> (u64, u64, i64, i64) {
    (0, 0, 0, 0)
}

/// Returns whether a folder is on a file system that sends no notifications about changes from elsewhere.
#[cfg(target_os = "linux")]
pub(super) fn is_remote_filesystem(folder: &Path) -> bool {
    /// NFS, SMB, CIFS, SMB 2, FUSE, 9P, AFS, Ceph: see `statfs(2)`.
    const REMOTE_FILESYSTEM_MAGICS: [u64; 8] =
        [0x6969, 0x517b, 0xff53_4d42, 0xfe53_4d42, 0x6573_5546, 0x0102_1997, 0x5346_414f, 0x00c3_6400];
    rustix::fs::statfs(folder)
        .is_ok_and(|stat| u64::try_from(stat.f_type).is_ok_and(|magic| REMOTE_FILESYSTEM_MAGICS.contains(&magic)))
}

/// Returns `false`: this platform has no check for it.
#[cfg(not(target_os = "linux"))]
pub(super) fn is_remote_filesystem(_: &Path) -> bool {
    false
}
