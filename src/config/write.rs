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

/// Writes a file of the state folder like [`write_private`]. The folder becomes accessible by its owner only, and a
/// symlink is replaced, not followed.
///
/// # Errors
/// When the file cannot be written; it is then unchanged.
pub(super) fn write_state(path: &Path, bytes: &[u8]) -> Result<(), ConfigError> {
    let write = || {
        make_state_folder(path)?;
        if path.is_symlink() {
            fs::remove_file(path)?;
        }
        replace_file(path, bytes, true)
    };
    write().map_err(|error| ConfigError::write(path, &error))
}

/// Opens a file of the state folder for writing, at its end. Only its owner can read it, whatever the umask.
///
/// # Errors
/// When the file cannot be opened, or is a symlink.
pub(crate) fn open_state_log(path: &Path) -> Result<File, ConfigError> {
    let open = || {
        make_state_folder(path)?;
        open_without_symlink(path)
    };
    open().map_err(|error| ConfigError::write(path, &error))
}

/// Creates the folder of a state file if it does not exist, and makes it accessible by its owner only.
fn make_state_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    make_folder(folder, true)?;
    restrict(folder, 0o700)
}

#[cfg(unix)]
fn open_without_symlink(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let no_follow = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or_default();
    let file = fs::OpenOptions::new().append(true).create(true).mode(0o600).custom_flags(no_follow).open(path)?;
    restrict(path, 0o600)?;
    Ok(file)
}

#[cfg(not(unix))]
fn open_without_symlink(path: &Path) -> io::Result<File> {
    fs::OpenOptions::new().append(true).create(true).open(path)
}

/// Sets the mode of a file or a folder that others have access to.
#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
        fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn restrict(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
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
    let mut new = new_file(folder, old.is_none() && !private)?;
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

/// Creates a temporary file. One that may be shared gets the mode that the umask allows, any other can be read by its
/// owner only.
fn new_file(folder: &Path, shared: bool) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".mqtt-dash-");
    #[cfg(unix)]
    if shared {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    #[cfg(not(unix))]
    let _ = shared;
    builder.tempfile_in(folder)
}

/// Sets the mode of the new file: private, or the mode of the old file. Without one, it was created with its mode.
#[cfg(unix)]
fn set_mode(new: &NamedTempFile, old: Option<&fs::Metadata>, private: bool) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = match old {
        _ if private => 0o600,
        Some(old) => old.permissions().mode() & 0o7777,
        None => return Ok(()),
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
