//! Saves the messages that were published from the prompt, for the next run of the program: one JSON file for each profile, in
//! the state folder.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use super::{
    app_paths::AppPaths,
    error::ConfigError,
    state_file::{file_of_profile, lock_state_file, write_state_json},
};
use crate::model::typed_message::{SentHistory, SentMessage};

/// The maximum size of a file.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// Why the messages of earlier runs are not known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SentMessagesError {
    /// The file cannot be read or written.
    #[error("the messages that were published before: {0}")]
    File(#[from] ConfigError),
    /// The file is damaged.
    #[error(
        "{} is damaged and is kept as {}: the messages that were published before cannot be brought back",
        path.display(), kept.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What it is called now.
        kept: PathBuf,
    },
}

/// Loads the messages that were published with a profile. A file that does not exist has none.
///
/// # Errors
/// When the file cannot be read. A damaged one gets another name, so that it is not overwritten.
pub(crate) fn load_sent_messages(paths: &AppPaths, profile: &str) -> Result<SentHistory, SentMessagesError> {
    let path = file_of_profile(&paths.sent_messages_dir(), profile);
    if let Some(history) = read(&path)? {
        return Ok(history);
    }
    // Another run may be about to keep the damaged file, too.
    let _lock = lock_state_file(&path)?;
    read_or_keep(&path)
}

/// Adds a message to those that were published with a profile. What other runs have added in the meantime stays.
///
/// # Errors
/// When the file cannot be read or written; it is then unchanged. If it is damaged, it gets another name, and a new one has the
/// message.
pub(crate) fn save_sent_message(paths: &AppPaths, profile: &str, sent: SentMessage) -> Result<(), SentMessagesError> {
    let path = file_of_profile(&paths.sent_messages_dir(), profile);
    let _lock = lock_state_file(&path)?;
    let (mut history, damaged) = match read_or_keep(&path) {
        Ok(history) => (history, None),
        Err(error @ SentMessagesError::Damaged { .. }) => (SentHistory::default(), Some(error)),
        Err(error @ SentMessagesError::File(_)) => return Err(error),
    };
    history.add(sent);
    write_state_json(&path, &history)?;
    damaged.map_or(Ok(()), Err)
}

/// Returns the messages of a file; `None` if it is damaged.
fn read(path: &Path) -> Result<Option<SentHistory>, ConfigError> {
    let mut bytes = Vec::new();
    match File::open(path).and_then(|file| file.take(MAX_FILE_BYTES).read_to_end(&mut bytes)) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Some(SentHistory::default())),
        Err(error) => return Err(ConfigError::read(path, &error)),
    }
    match serde_json::from_slice(&bytes) {
        Ok(history) => Ok(Some(history)),
        Err(error) => {
            // Where it is damaged says nothing about the messages in it.
            tracing::warn!("{} is damaged at line {}, column {}", path.display(), error.line(), error.column());
            Ok(None)
        }
    }
}

/// Returns the messages of a file, or gives it another name if it is damaged. The caller has its lock.
fn read_or_keep(path: &Path) -> Result<SentHistory, SentMessagesError> {
    if let Some(history) = read(path)? {
        return Ok(history);
    }
    let kept = unused_name(path);
    fs::rename(path, &kept).map_err(|error| ConfigError::write(path, &error))?;
    Err(SentMessagesError::Damaged { path: path.to_owned(), kept })
}

/// Returns a name for a damaged file that no file has.
fn unused_name(path: &Path) -> PathBuf {
    let first = path.with_extension("damaged.json");
    let others = (2..).map(|number| path.with_extension(format!("damaged-{number}.json")));
    std::iter::once(first.clone()).chain(others).find(|path| !path.exists()).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::write::write_state,
        model::{
            typed_message::{PayloadEncoding, TypedMessage},
            typed_properties::TypedProperties,
        },
    };

    fn sent(topic: &str) -> SentMessage {
        let properties = TypedProperties { content_type: "text/plain".to_owned(), ..TypedProperties::default() };
        let message = TypedMessage {
            topic: topic.to_owned(),
            payload: "00 ff".to_owned(),
            encoding: PayloadEncoding::Hex,
            qos: crate::model::connection::Qos::AtLeastOnce,
            retain: true,
            properties,
        };
        SentMessage { message, filled: vec![("device".to_owned(), "desk".to_owned())] }
    }

    fn topics(history: &SentHistory) -> Vec<String> {
        history.newest_first().map(|message| message.topic.clone()).collect()
    }

    #[test]
    fn messages_come_back_with_their_profile() {
        let folder = tempfile::tempdir().unwrap();
        let paths = AppPaths::in_folder(folder.path());
        assert_eq!(load_sent_messages(&paths, "hub").unwrap(), SentHistory::default());
        for (profile, topic) in [("hub", "a"), ("h?b", "other"), ("hub", "b")] {
            save_sent_message(&paths, profile, sent(topic)).unwrap();
        }
        let loaded = load_sent_messages(&paths, "hub").unwrap();
        assert_eq!(topics(&loaded), ["b", "a"]);
        assert_eq!(loaded.newest_first().next(), Some(&sent("b").message));
        assert_eq!(loaded.filled("device"), Some("desk"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            let file = file_of_profile(&paths.sent_messages_dir(), "hub");
            assert_eq!((mode(&file), mode(&paths.sent_messages_dir())), (0o600, 0o700));
        }
    }

    #[test]
    fn damaged_file_is_reported_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let paths = AppPaths::in_folder(folder.path());
        let path = file_of_profile(&paths.sent_messages_dir(), "hub");
        write_state(&path, b"{\"messages\": [").unwrap();
        let error = load_sent_messages(&paths, "hub").unwrap_err().to_string();
        assert!(error.contains("hub-") && error.contains(".json is damaged and is kept as "), "{error}");
        assert_eq!(fs::read(path.with_extension("damaged.json")).unwrap(), b"{\"messages\": [");
        assert_eq!(load_sent_messages(&paths, "hub").unwrap(), SentHistory::default());
        // The same while a message is saved: it is in a new file.
        write_state(&path, b"\xff").unwrap();
        assert!(matches!(save_sent_message(&paths, "hub", sent("a")), Err(SentMessagesError::Damaged { .. })));
        assert_eq!(fs::read(path.with_extension("damaged-2.json")).unwrap(), b"\xff");
        assert_eq!(topics(&load_sent_messages(&paths, "hub").unwrap()), ["a"]);
    }

    #[test]
    fn runs_that_publish_at_the_same_moment_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let paths = AppPaths::in_folder(folder.path());
        let path = file_of_profile(&paths.sent_messages_dir(), "hub");
        write_state(&path, b"{").unwrap();
        let run = &|run: usize| {
            let results = (0..20).map(|number| save_sent_message(&paths, "hub", sent(&format!("{run}/{number}"))));
            results.filter(Result::is_err).count()
        };
        let damaged: usize = std::thread::scope(|scope| {
            let runs = [0, 1, 2].map(|number| scope.spawn(move || run(number)));
            runs.into_iter().map(|run| run.join().unwrap()).sum()
        });
        assert_eq!(damaged, 1, "the damaged file is kept once");
        assert!(!path.with_extension("damaged-2.json").exists());
        assert_eq!(topics(&load_sent_messages(&paths, "hub").unwrap()).len(), 60);
    }

    #[test]
    fn unreadable_file_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let paths = AppPaths::in_folder(folder.path());
        fs::create_dir_all(file_of_profile(&paths.sent_messages_dir(), "hub")).unwrap();
        let error = save_sent_message(&paths, "hub", sent("a")).unwrap_err().to_string();
        assert!(error.starts_with("the messages that were published before: cannot read "), "{error}");
    }
}
