//! Writes files atomically.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use super::error::ConfigError;

/// The maximum length of a chain of symlinks.
const MAX_LINKS: usize = 32;

/// Writes a file atomically: readers see either the old content or the new one, even after a crash. Keeps the
/// file's mode. If the path is a symlink, its target is replaced. Creates the folder if it does not exist.
///
/// # Errors
/// When the file cannot be written; it is then unchanged.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), ConfigError> {
    replace_file(path, bytes, false).map_err(|error| ConfigError::write(path, &error))
}

/// Writes a file like [`write_atomic`], readable only by its owner.
///
/// # Errors
/// When the file cannot be written; it is then unchanged.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), ConfigError> {
    replace_file(path, bytes, true).map_err(|error| ConfigError::write(path, &error))
}

fn replace_file(path: &Path, bytes: &[u8], private: bool) -> io::Result<()> {
    let path = resolve_symlinks(path)?;
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    make_folder(folder, private)?;
    let old = fs::metadata(&path).ok();
    if old.as_ref().is_some_and(|old| old.permissions().readonly()) {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
    }
    let mut new = tempfile::Builder::new().prefix(".mqtt-dash-").tempfile_in(folder)?;
    new.write_all(bytes)?;
    set_mode(&new, old.as_ref(), private)?;
    new.as_file().sync_all()?;
    new.persist(&path).map_err(|error| error.error)?;
    sync_folder(folder);
    Ok(())
}

/// Follows symlinks to the final path, which need not exist.
fn resolve_symlinks(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&path) {
            Ok(next) => path = path.parent().unwrap_or_else(|| Path::new("")).join(next),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("its symlinks form a loop"))
}

#[cfg(unix)]
fn make_folder(folder: &Path, private: bool) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(if private { 0o700 } else { 0o777 }).create(folder)
}

#[cfg(not(unix))]
fn make_folder(folder: &Path, _private: bool) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// Sets the mode of the new file, which was created readable only by its owner: private, or the mode of the
/// old file, or 644.
#[cfg(unix)]
fn set_mode(new: &NamedTempFile, old: Option<&fs::Metadata>, private: bool) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = match old {
        _ if private => 0o600,
        Some(old) => old.permissions().mode() & 0o7777,
        None => 0o644,
    };
    new.as_file().set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_new: &NamedTempFile, _old: Option<&fs::Metadata>, _private: bool) -> io::Result<()> {
    Ok(())
}

/// Syncs the folder, so that the rename survives a crash. Errors are ignored: some systems cannot sync
/// folders.
fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}
