//! What is seen of a file without reading it.

use std::{fs, path::Path, time::SystemTime};

/// What tells one state of a file from another. Where it is a link, of the file that it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileStamp(Option<StampData>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct StampData {
    size: u64,
    modified: Option<SystemTime>,
    /// Device, number, and when anything about it changed: a file that is renamed over another one
    /// may be as large and as old.
    identity: (u64, u64, i64, i64),
}

impl FileStamp {
    /// The file as it is now.
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

/// Whether a folder lies on another machine, or otherwise where the system does not tell of changes
/// that others make.
#[cfg(target_os = "linux")]
pub(super) fn is_remote_filesystem(folder: &Path) -> bool {
    /// NFS, SMB, CIFS, SMB 2, FUSE, 9P, AFS, Ceph, as the kernel numbers them.
    const REMOTE_FILESYSTEM_MAGICS: [u64; 8] =
        [0x6969, 0x517b, 0xff53_4d42, 0xfe53_4d42, 0x6573_5546, 0x0102_1997, 0x5346_414f, 0x00c3_6400];
    rustix::fs::statfs(folder)
        .is_ok_and(|it| u64::try_from(it.f_type).is_ok_and(|kind| REMOTE_FILESYSTEM_MAGICS.contains(&kind)))
}

/// Whether a folder lies where the system tells nothing is not known here.
#[cfg(not(target_os = "linux"))]
pub(super) fn is_far(_: &Path) -> bool {
    false
}
