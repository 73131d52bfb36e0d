//! Reloads the profiles, the settings and open dashboards when their files change.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use super::runtime_event::{EventSender, RuntimeEvent};
use crate::{
    app::{Event, FileError, FilesEvent},
    config::{self, AppPaths, DecoderRulesError, Problems},
    ui::keymap::Keymap,
    watch::{FileStamp, FileWatcher},
};

/// A file that was changed has errors.
#[derive(Debug, thiserror::Error)]
#[error("{}", first_problem(path, problems))]
pub(crate) struct FileProblems {
    path: PathBuf,
    problems: Problems,
}

impl FileProblems {
    pub(super) fn new(path: &Path, problems: Problems) -> Self {
        Self { path: path.to_owned(), problems }
    }

    /// Describes all errors of the file, each with its line; the error itself is a description of the first one.
    pub(super) fn describe_all(&self) -> String {
        all_problems(&self.path, &self.problems)
    }
}

/// The watched files that are schemas of decoders, whatever they are called.
type Schemas = Arc<Mutex<HashSet<PathBuf>>>;

/// Watches the configuration folder, open dashboards and schemas.
pub(super) struct ConfigWatcher {
    watcher: FileWatcher,
    schemas: Schemas,
}

impl ConfigWatcher {
    /// Watches the configuration folder, and sends what has changed to `events`.
    pub fn start(paths: AppPaths, events: EventSender) -> Self {
        let schemas = Schemas::default();
        let watched_paths =
            [paths.profiles_file(), paths.settings_file(), paths.decoders_file(), paths.dashboards_dir()];
        let known_schemas = Arc::clone(&schemas);
        let watcher = FileWatcher::start(move |path| {
            let is_schema = known_schemas.lock().is_ok_and(|schemas| schemas.contains(path));
            // The receiver is gone: shutting down.
            let _ = events.blocking_send(reload(&paths, path, is_schema));
        });
        for path in watched_paths {
            watcher.add(path);
        }
        Self { watcher, schemas }
    }

    /// Watches a dashboard, too.
    pub fn add_dashboard(&self, path: &Path) {
        self.watcher.add(path.to_owned());
    }

    /// Watches a dashboard, too, that was read when it had this stamp.
    pub fn add_read_dashboard(&self, path: PathBuf, stamp: FileStamp) {
        self.watcher.add_read(path, stamp);
    }

    /// Watches schemas, too.
    pub fn add_schemas(&self, paths: &[PathBuf]) {
        for path in paths {
            if let Ok(mut schemas) = self.schemas.lock() {
                schemas.insert(path.clone());
            }
            self.watcher.add(path.clone());
        }
    }
}

fn reload(paths: &AppPaths, path: &Path, is_schema: bool) -> RuntimeEvent {
    if path == paths.profiles_file() {
        let loaded = config::load_profiles(path).map(|(profiles, _)| profiles);
        RuntimeEvent::ProfilesReloaded(loaded.map_err(|problems| FileProblems::new(path, problems)))
    } else if path == paths.settings_file() {
        let loaded = config::load_settings(path, &Keymap::validate_overrides);
        RuntimeEvent::SettingsReloaded(Box::new(loaded.map_err(|problems| FileProblems::new(path, problems))))
    } else if path == paths.dashboards_dir() {
        Event::Files(FilesEvent::DashboardsListed(paths.list_dashboards().unwrap_or_default())).into()
    } else if path == paths.decoders_file() || is_schema {
        match config::load_decoder_rules(&paths.decoders_file()) {
            Ok(loaded) => Event::Files(FilesEvent::DecoderRulesChanged(Box::new(loaded))).into(),
            Err(DecoderRulesError { problems, schemas }) => {
                let problems = FileProblems::new(&paths.decoders_file(), problems).describe_all();
                Event::Files(FilesEvent::DecoderRulesInvalid { schemas, problems }).into()
            }
        }
    } else {
        let loaded = config::load_dashboard(path).map_err(|problems| first_problem(path, &problems));
        Event::Files(FilesEvent::DashboardChanged(path.to_owned(), Box::new(loaded))).into()
    }
}

/// Returns the first error of a file.
pub(super) fn first_problem(path: &Path, problems: &Problems) -> FileError {
    let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let Some(first) = problems.list().iter().find(|problem| !problem.is_warning()) else {
        return FileError::Unreadable { file };
    };
    FileError::Invalid {
        file,
        line: first.position().map(|(line, _)| line),
        message: first.message().to_owned(),
        help: first.help_text().map(str::to_owned),
        more: problems.error_count() - 1,
    }
}

/// Describes all errors of a file, each with its line.
fn all_problems(path: &Path, problems: &Problems) -> String {
    let errors: Vec<_> = problems.list().iter().filter(|problem| !problem.is_warning()).collect();
    if errors.len() < 2 {
        return first_problem(path, problems).to_string();
    }
    let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let descriptions = errors.iter().map(|problem| match problem.position() {
        Some((line, _)) => format!("line {line}: {}", problem.message()),
        None => problem.message().to_owned(),
    });
    format!("{file} {}", descriptions.collect::<Vec<_>>().join("; "))
}
