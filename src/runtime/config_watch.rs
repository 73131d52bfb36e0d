//! Reloads the profiles, the settings and open dashboards when their files change.

use std::path::{Path, PathBuf};

use super::runtime_event::{EventSender, RuntimeEvent};
use crate::{
    app::{Event, FileError, FilesEvent, ShellEvent},
    config::{self, AppPaths, Problems},
    ui::keymap::Keymap,
    watch::FileWatcher,
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

/// Watches the configuration folder, and sends what has changed to `events`.
pub(super) fn watch_config(paths: AppPaths, events: EventSender) -> FileWatcher {
    let watched_paths = [paths.profiles_file(), paths.settings_file(), paths.decoders_file(), paths.dashboards_dir()];
    let watcher = FileWatcher::start(move |path| {
        // The receiver is gone: shutting down.
        let _ = events.blocking_send(reload(&paths, path));
    });
    for path in watched_paths {
        watcher.add(path);
    }
    watcher
}

fn reload(paths: &AppPaths, path: &Path) -> RuntimeEvent {
    if path == paths.profiles_file() {
        let loaded = config::load_profiles(path).map(|(profiles, _)| profiles);
        RuntimeEvent::ProfilesReloaded(loaded.map_err(|problems| FileProblems::new(path, problems)))
    } else if path == paths.settings_file() {
        let loaded = config::load_settings(path, &Keymap::validate_overrides);
        RuntimeEvent::SettingsReloaded(Box::new(loaded.map_err(|problems| FileProblems::new(path, problems))))
    } else if path == paths.dashboards_dir() {
        Event::Files(FilesEvent::DashboardsListed(paths.list_dashboards().unwrap_or_default())).into()
    } else if path == paths.decoders_file() || path.extension().is_none_or(|extension| extension != "toml") {
        // Other files than these and dashboards are schemas.
        match config::load_decoder_rules(&paths.decoders_file()) {
            Ok(loaded) => Event::Files(FilesEvent::DecoderRulesChanged(Box::new(loaded))).into(),
            Err(problems) => {
                let failure = FileProblems::new(&paths.decoders_file(), problems).describe_all();
                Event::Shell(ShellEvent::Failure(failure)).into()
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
