//! Keeps the retained messages that are deleted, to restore them in this run of the program or a later one: one file for each
//! profile, in the state folder.
//!
//! The file has a JSON value on each line. It is begun as a whole, and lines are added to its end: a line that the end of the
//! program has cut is skipped, and the next one begins on a line of its own. While messages are deleted, the run holds the
//! lock of a file beside it. Each deletion has an ID: a run adds nothing to that of another run.

mod lines;

use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use self::lines::{Line, first_lines, parse, step_lines};
use super::{
    app_paths::AppPaths,
    error::ConfigError,
    state_file::{Lock, file_of_profile, try_lock_state_file},
    write::{open_state_log, write_state},
};
use crate::model::kept_deletion::{DeletionBegin, DeletionStep, KeptDeletion};

/// The maximum size of a file. Base64, escapes, and payloads that change meanwhile make it larger than what can be restored.
const MAX_FILE_BYTES: u64 = 128 << 20;
/// The maximum size of its first line.
const MAX_FIRST_LINE_BYTES: u64 = 64 << 10;
/// Why a deletion is not kept, or not known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeptDeletionError {
    /// The file cannot be read or written.
    #[error(transparent)]
    File(#[from] ConfigError),
    /// Another run deletes messages.
    #[error("another run of mqtt-dash is deleting retained messages of {0}: wait until it has ended")]
    InUse(String),
    /// The file is damaged, or of a later version.
    #[error(
        "{} is damaged or of a later version of mqtt-dash: what was deleted last cannot be restored; the next deletion \
         replaces the file",
        .0.display()
    )]
    Damaged(PathBuf),
}

/// The deletions that this run has begun or loaded, by the names of their profiles.
#[derive(Debug, Default)]
pub(crate) struct KeptDeletions {
    by_profile: HashMap<String, OpenDeletion>,
}

/// A deletion that this run has begun or loaded.
#[derive(Debug)]
struct OpenDeletion {
    id: String,
    /// The file, while messages are deleted.
    writer: Option<Writer>,
}

/// The file of a deletion, which no other run can change.
#[derive(Debug)]
struct Writer {
    file: File,
    path: PathBuf,
    _lock: Option<File>,
}

impl KeptDeletions {
    /// Loads what was kept of the last deletion with a profile. `None` if there is none at this broker, or if a run is still
    /// deleting.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn load(
        &mut self,
        paths: &AppPaths,
        profile: &str,
        broker: &str,
    ) -> Result<Option<KeptDeletion>, KeptDeletionError> {
        let path = deletion_file(paths, profile);
        if self.is_writing(profile) || !path.exists() {
            return Ok(None);
        }
        let lock = match lock(paths, profile) {
            Ok(lock) => lock,
            Err(KeptDeletionError::InUse(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut bytes = Vec::new();
        match File::open(&path).and_then(|file| file.take(MAX_FILE_BYTES).read_to_end(&mut bytes)) {
            Ok(_) => drop(lock),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(ConfigError::read(&path, &error).into()),
        }
        let Some((id, begin, kept)) = parse(&bytes) else { return Err(KeptDeletionError::Damaged(path)) };
        if begin.broker != broker {
            return Ok(None);
        }
        self.by_profile.insert(profile.to_owned(), OpenDeletion { id, writer: None });
        Ok(Some(kept))
    }

    /// Adds a step of a deletion to its file. The messages in it are on the disk when this returns. A step of a deletion that
    /// another run has replaced is dropped.
    ///
    /// # Errors
    /// When the file cannot be written, or when another run deletes messages with the profile.
    pub(crate) fn keep(
        &mut self,
        paths: &AppPaths,
        profile: &str,
        step: &DeletionStep,
    ) -> Result<(), KeptDeletionError> {
        if let Some(begin) = &step.begin {
            self.by_profile.remove(profile);
            let open = OpenDeletion::begin(paths, profile, begin, step)?;
            self.by_profile.insert(profile.to_owned(), open);
            return Ok(());
        }
        let Some(open) = self.by_profile.get_mut(profile) else { return Ok(()) };
        let Some(mut writer) = open.writer.take().map_or_else(|| open.reopen(paths, profile), |open| Ok(Some(open)))?
        else {
            return Ok(());
        };
        writer.add(step).map_err(|error| ConfigError::write(&writer.path, &error))?;
        open.writer = Some(writer).filter(|_| !step.ended);
        Ok(())
    }

    /// Removes the file of the last deletion with a profile, unless another run has replaced it.
    ///
    /// # Errors
    /// When the file cannot be removed, or when another run deletes messages with the profile.
    pub(crate) fn remove(&mut self, paths: &AppPaths, profile: &str) -> Result<(), KeptDeletionError> {
        let Some(open) = self.by_profile.remove(profile) else { return Ok(()) };
        let path = deletion_file(paths, profile);
        let _lock = if open.writer.is_none() { lock(paths, profile)? } else { None };
        if first_line_id(&path).as_ref() != Some(&open.id) {
            return Ok(());
        }
        fs::remove_file(&path).map_err(|error| ConfigError::write(&path, &error).into())
    }

    fn is_writing(&self, profile: &str) -> bool {
        self.by_profile.get(profile).is_some_and(|open| open.writer.is_some())
    }
}

impl OpenDeletion {
    /// Begins a new file, which replaces that of the deletion before.
    fn begin(
        paths: &AppPaths,
        profile: &str,
        begin: &DeletionBegin,
        step: &DeletionStep,
    ) -> Result<Self, KeptDeletionError> {
        let path = deletion_file(paths, profile);
        let lock = lock(paths, profile)?;
        let id = format!("{:016x}", fastrand::u64(..));
        let text = first_lines(&id, begin, step).map_err(|error| ConfigError::write(&path, &error))?;
        write_state(&path, &text)?;
        let file = open_state_log(&path)?;
        let writer = Writer { file, path, _lock: lock };
        Ok(Self { id, writer: Some(writer).filter(|_| !step.ended) })
    }

    /// Opens the file again; `None` if it is that of another deletion.
    fn reopen(&self, paths: &AppPaths, profile: &str) -> Result<Option<Writer>, KeptDeletionError> {
        let path = deletion_file(paths, profile);
        let lock = lock(paths, profile)?;
        if first_line_id(&path).as_ref() != Some(&self.id) {
            return Ok(None);
        }
        Ok(Some(Writer { file: open_state_log(&path)?, path, _lock: lock }))
    }
}

impl Writer {
    fn add(&mut self, step: &DeletionStep) -> io::Result<()> {
        let mut text = Vec::new();
        if !ends_with_line(&self.path)? {
            text.push(b'\n');
        }
        text.extend(step_lines(step)?);
        self.file.write_all(&text)?;
        if step.messages.is_empty() && !step.ended {
            // What is deleted is also seen from what the broker still has.
            return Ok(());
        }
        self.file.sync_data()
    }
}

fn deletion_file(paths: &AppPaths, profile: &str) -> PathBuf {
    file_of_profile(&paths.deletions_dir(), profile).with_extension("jsonl")
}

/// Locks the file of a profile against other runs. `None` if the file system has no locks.
fn lock(paths: &AppPaths, profile: &str) -> Result<Option<File>, KeptDeletionError> {
    match try_lock_state_file(&deletion_file(paths, profile))? {
        Lock::Held(lock) => Ok(lock),
        Lock::InUse => Err(KeptDeletionError::InUse(profile.to_owned())),
    }
}

/// Returns the ID of the deletion that a file is of.
fn first_line_id(path: &Path) -> Option<String> {
    let mut line = Vec::new();
    BufReader::new(File::open(path).ok()?).take(MAX_FIRST_LINE_BYTES).read_until(b'\n', &mut line).ok()?;
    match serde_json::from_slice(&line) {
        Ok(Line::Begin { id, .. }) => Some(id),
        _ => None,
    }
}

fn ends_with_line(path: &Path) -> io::Result<bool> {
    let (mut file, mut last) = (File::open(path)?, [0]);
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

#[cfg(test)]
mod tests;
