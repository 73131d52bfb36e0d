//! What is checked of single files, and how the test itself writes and deletes them.

use std::{
    fs,
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use mqtt_dash::config::{read_dashboard, read_profiles, read_settings};

/// The begin of the comments that have to stay.
const KEEP: &str = "# keep ";

/// Whether this is the name of a dashboard file.
pub fn is_dashboard(file: &str) -> bool {
    file.strip_suffix(".toml").is_some_and(|name| !name.is_empty() && !name.starts_with('.'))
}

/// Returns an error if others than the allowed ones have access.
pub fn check_mode(path: &Path, allowed: u32) -> Result<(), String> {
    let mode = fs::metadata(path).map_or(0, |metadata| metadata.permissions().mode() & 0o777);
    if mode & !allowed == 0 { Ok(()) } else { Err(format!("{} has the mode {mode:o}", path.display())) }
}

/// What is wrong with the text of a file.
pub fn problem_of(path: &Path, text: &str) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let result = match name {
        "profiles.toml" => read_profiles(name, text, Path::new("")).map(drop),
        "settings.toml" => read_settings(name, text, &|_| Vec::new()).map(drop),
        _ => read_dashboard(name, text).map(drop),
    };
    result.err().map(|problems| problems.to_string())
}

/// The comments that have to stay, without what follows them on their line.
pub fn comments(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    text.match_indices(KEEP).map(|(at, _)| text[at..].lines().next().unwrap_or_default().to_owned()).collect()
}

/// All files and folders below a folder. Links are not followed.
pub fn list(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.extend(list(&entry.path()));
        }
        found.push(entry.path());
    }
    found
}

/// Writes a file in place: a reader may see half of it.
pub fn write_in_place(path: &Path, bytes: &[u8]) {
    let mut options = fs::OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(bytes)).expect("the file can be written");
}

/// Deletes a file, a link or a folder, if it exists.
pub fn remove(path: &Path) {
    let removed = if path.is_dir() && !path.is_symlink() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    drop(removed);
}
