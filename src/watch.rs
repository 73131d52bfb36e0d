//! Files that are watched: a save is told soon after it is done, whatever way an editor has to save.
//!
//! Folders are watched, not files, since editors write a new file and rename it over the old one. What
//! the system tells is only a hint to look; what counts is whether a file is another than at the last
//! look. A folder may be watched as well: it is another one when a file in it comes or goes. Where a
//! folder is not there yet, the one that it will be in is watched for it. Where the system tells nothing (other machines' folders, no room for another watch) the files
//! are looked at again and again.

mod file_stamp;

use std::{
    collections::HashSet,
    ffi::OsString,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread,
    time::{Duration, Instant},
};

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher, event::AccessKind};

pub use self::file_stamp::FileStamp;
use self::file_stamp::is_remote_filesystem;

/// After a hint nothing more may come for so long before the files are looked at.
const DEBOUNCE: Duration = Duration::from_millis(100);
/// The longest time between a hint and the look, however many come.
const MAX_DEBOUNCE: Duration = Duration::from_millis(250);
/// How long a file may be empty or gone before that is taken for what is meant: some editors take the
/// old file away first.
const MISSING_GRACE_PERIOD: Duration = Duration::from_secs(1);
/// How often files are looked at where the system tells nothing.
const POLL_INTERVAL: Duration = Duration::from_millis(350);

/// What the thread is told.
enum WatchMessage {
    Add(PathBuf, Option<FileStamp>),
    Changed(Vec<PathBuf>),
    Stop,
}

/// Watches files until it is dropped.
#[derive(Debug)]
pub struct FileWatcher {
    messages: Sender<WatchMessage>,
}

impl FileWatcher {
    /// Begins; each file that has changed is told, from a thread of its own.
    #[must_use]
    pub fn start(on_change: impl FnMut(&Path) + Send + 'static) -> Self {
        let (messages, receiver) = channel();
        let change_sender = messages.clone();
        let thread = thread::Builder::new().name("watch".to_owned());
        if let Err(error) = thread.spawn(move || WatchThread::new(change_sender, on_change).run(&receiver)) {
            tracing::warn!("files are not watched: {error}");
        }
        Self { messages }
    }

    /// Watches this file or folder too, whether it is there or not. It is told once at the beginning, for
    /// nobody may have read it yet.
    pub fn add(&self, path: PathBuf) {
        self.send(WatchMessage::Add(path, None));
    }

    /// Watches this file too, which was read when it was as it was seen then. It is told at the beginning
    /// only if it is another one by now.
    pub fn add_read(&self, path: PathBuf, stamp: FileStamp) {
        self.send(WatchMessage::Add(path, Some(stamp)));
    }

    fn send(&self, message: WatchMessage) {
        // A thread that could not be started hears nothing.
        let _ = self.messages.send(message);
    }
}

impl Drop for FileWatcher {
    fn drop(&mut self) {
        self.send(WatchMessage::Stop);
    }
}

/// A file that is watched.
struct WatchedPath {
    path: PathBuf,
    /// What it was at the last look that was told.
    stamp: FileStamp,
    /// Since when it is empty or gone, though it was not.
    missing_since: Option<Instant>,
}

/// What the thread knows.
struct WatchThread<T> {
    on_change: T,
    watcher: Option<RecommendedWatcher>,
    watched_paths: Vec<WatchedPath>,
    /// The names of the files and of those that they lead to: only they are worth a look.
    watched_names: HashSet<OsString>,
    watched_folders: HashSet<PathBuf>,
    /// Whether the folder of a file is not there yet.
    awaits_folder: bool,
    is_polling: bool,
    /// The first hint and the last one since the last look.
    pending_change: Option<(Instant, Instant)>,
}

impl<T: FnMut(&Path)> WatchThread<T> {
    fn new(change_sender: Sender<WatchMessage>, on_change: T) -> Self {
        let on_event = move |event: notify::Result<notify::Event>| {
            let paths = match event {
                // Looking at a file is an event too.
                Ok(event) if matches!(event.kind, EventKind::Access(kind) if !is_close_after_write(kind)) => return,
                Ok(event) => event.paths,
                Err(error) => error.paths,
            };
            // A thread that has ended wants no hint.
            let _ = change_sender.send(WatchMessage::Changed(paths));
        };
        let watcher = notify::recommended_watcher(on_event);
        if let Err(error) = &watcher {
            tracing::info!("files are looked at again and again: {error}");
        }
        Self {
            on_change,
            is_polling: watcher.is_err(),
            watcher: watcher.ok(),
            watched_paths: Vec::new(),
            watched_names: HashSet::new(),
            watched_folders: HashSet::new(),
            awaits_folder: false,
            pending_change: None,
        }
    }

    fn run(mut self, receiver: &Receiver<WatchMessage>) {
        loop {
            let message = match self.next_check() {
                Some(due) => receiver.recv_timeout(due.saturating_duration_since(Instant::now())),
                None => receiver.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match message {
                Ok(WatchMessage::Add(path, read_stamp)) => self.add(path, read_stamp.as_ref()),
                Ok(WatchMessage::Changed(paths)) => self.record_change(&paths),
                Ok(WatchMessage::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => self.check_paths(),
            }
        }
    }

    /// When the files are looked at next, if nothing comes before.
    fn next_check(&self) -> Option<Instant> {
        let debounced = self.pending_change.map(|(first, last)| (last + DEBOUNCE).min(first + MAX_DEBOUNCE));
        let now = Instant::now();
        let next_poll = self.is_polling.then(|| now + POLL_INTERVAL);
        let next_missing_check =
            self.watched_paths.iter().any(|watched_path| watched_path.missing_since.is_some()).then(|| now + DEBOUNCE);
        [debounced, next_poll, next_missing_check].into_iter().flatten().min()
    }

    fn add(&mut self, path: PathBuf, read_stamp: Option<&FileStamp>) {
        if self.watched_paths.iter().any(|watched_path| watched_path.path == path) {
            return;
        }
        let stamp = FileStamp::of(&path);
        self.watched_paths.push(WatchedPath { path, stamp, missing_since: None });
        self.watch_all_folders();
        // It may have changed after that look and before its folder was watched.
        let now = Instant::now();
        self.pending_change.get_or_insert((now, now));
        if let Some(watched_path) = self
            .watched_paths
            .last()
            .filter(|watched_path| watched_path.stamp.exists() && Some(&watched_path.stamp) != read_stamp)
        {
            (self.on_change)(&watched_path.path);
        }
    }

    /// Watches the folders of all files and of what they lead to, those that are there.
    fn watch_all_folders(&mut self) {
        let all_paths = self
            .watched_paths
            .iter()
            .flat_map(|watched_path| [Some(watched_path.path.clone()), watched_path.path.canonicalize().ok()]);
        self.awaits_folder = false;
        for path in all_paths.flatten().collect::<Vec<_>>() {
            self.watched_names.extend(path.file_name().map(ToOwned::to_owned));
            if path.is_dir() {
                self.watch_folder(&path);
            }
            let folder = match path.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder,
                _ => Path::new("."),
            };
            self.awaits_folder |= !folder.is_dir();
            for ancestor in folder.ancestors().take_while(|ancestor| !ancestor.is_dir()) {
                self.watched_names.extend(ancestor.file_name().map(ToOwned::to_owned));
            }
            if let Some(existing) = folder.ancestors().find(|ancestor| ancestor.is_dir()) {
                self.watch_folder(existing);
            }
        }
    }

    fn watch_folder(&mut self, folder: &Path) {
        if !self.watched_folders.contains(folder) {
            let is_watched =
                self.watcher.as_mut().is_some_and(|it| it.watch(folder, RecursiveMode::NonRecursive).is_ok());
            self.is_polling |= !is_watched || is_remote_filesystem(folder);
            self.watched_folders.insert(folder.to_owned());
            // Something may have happened in it since it was looked at last.
            let now = Instant::now();
            self.pending_change.get_or_insert((now, now));
        }
    }

    fn record_change(&mut self, paths: &[PathBuf]) {
        let is_relevant = |path: &PathBuf| {
            let is_watched_path =
                |folder: &Path| self.watched_paths.iter().any(|watched_path| watched_path.path == folder);
            path.file_name().is_none_or(|name| self.watched_names.contains(name))
                || self.watched_folders.contains(path)
                || path.parent().is_some_and(is_watched_path)
        };
        if paths.is_empty() || paths.iter().any(is_relevant) {
            let now = Instant::now();
            self.pending_change = Some((self.pending_change.map_or(now, |(first, _)| first), now));
        }
    }

    fn check_paths(&mut self) {
        self.pending_change = None;
        if self.awaits_folder {
            // Before the look: what comes into a new folder after it is told.
            self.watch_all_folders();
        }
        let mut changed = false;
        for watched_path in &mut self.watched_paths {
            let stamp = FileStamp::of(&watched_path.path);
            if stamp == watched_path.stamp {
                watched_path.missing_since = None;
                continue;
            }
            if !stamp.is_non_empty() && watched_path.stamp.is_non_empty() {
                let missing_since = *watched_path.missing_since.get_or_insert_with(Instant::now);
                if missing_since.elapsed() < MISSING_GRACE_PERIOD {
                    continue;
                }
            }
            watched_path.missing_since = None;
            watched_path.stamp = stamp;
            changed = true;
            (self.on_change)(&watched_path.path);
        }
        if changed {
            // A folder that was taken away and put back is another one.
            let removed: Vec<PathBuf> =
                self.watched_folders.iter().filter(|folder| !folder.is_dir()).cloned().collect();
            for folder in removed {
                self.watched_folders.remove(&folder);
                self.is_polling = true;
            }
            self.watch_all_folders();
        }
    }
}

/// Whether a file was closed after it was written.
fn is_close_after_write(kind: AccessKind) -> bool {
    matches!(kind, AccessKind::Close(notify::event::AccessMode::Write))
}
