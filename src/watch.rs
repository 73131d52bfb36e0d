//! Watches files and reports changes shortly after a save, however an editor saves.
//!
//! The watcher watches folders rather than files, because editors write a new file and rename it over the
//! old one. A notification of the system is only a hint: a file counts as changed if its [`FileStamp`]
//! differs from the one of the last check. A watched folder counts as changed when a file in it is created
//! or deleted. For a folder that does not exist yet, its nearest existing ancestor is watched. Where the
//! system sends no notifications (network file systems, too many watches), the files are polled.

mod file_stamp;
mod notifications;

use std::{
    collections::HashSet,
    ffi::OsString,
    path::{Path, PathBuf},
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher, event::AccessKind};

pub use self::file_stamp::FileStamp;
use self::{file_stamp::is_remote_filesystem, notifications::Notifications};

/// The files are checked when no notification has arrived for this long.
const DEBOUNCE: Duration = Duration::from_millis(100);
/// The maximum time between a notification and the check, however many more arrive.
const MAX_DEBOUNCE: Duration = Duration::from_millis(250);
/// How long a file may be empty or missing before that is reported: some editors remove the old file
/// before they write the new one.
const MISSING_GRACE_PERIOD: Duration = Duration::from_secs(1);
/// How often files are checked where the system sends no notifications.
const POLL_INTERVAL: Duration = Duration::from_millis(350);

/// A message to the watcher thread.
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
    /// Starts the watcher thread, which calls `on_change` with the path of each changed file.
    #[must_use]
    pub fn start(on_change: impl FnMut(&Path) + Send + 'static) -> Self {
        let (messages, receiver) = channel();
        let change_sender = messages.clone();
        let thread = thread::Builder::new().name("watch".to_owned());
        if let Err(error) = thread.spawn(move || WatchThread::new(change_sender, on_change).run(&receiver)) {
            tracing::warn!("cannot start the watcher thread, file changes are not noticed: {error}");
        }
        Self { messages }
    }

    /// Adds a file or folder, which need not exist. If it exists, it is reported once immediately, because
    /// its current contents may be unread.
    pub fn add(&self, path: PathBuf) {
        self.send(WatchMessage::Add(path, None));
    }

    /// Adds a file that was read when it had this stamp. It is reported immediately only if it has changed
    /// since.
    pub fn add_read(&self, path: PathBuf, stamp: FileStamp) {
        self.send(WatchMessage::Add(path, Some(stamp)));
    }

    fn send(&self, message: WatchMessage) {
        // The receiver is gone: the thread could not be started.
        let _ = self.messages.send(message);
    }
}

impl Drop for FileWatcher {
    fn drop(&mut self) {
        self.send(WatchMessage::Stop);
    }
}

/// A watched file or folder.
struct WatchedPath {
    path: PathBuf,
    /// The stamp when the path was last reported.
    stamp: FileStamp,
    /// Since when the file is empty or missing, if it was not before.
    missing_since: Option<Instant>,
}

/// The state of the watcher thread.
struct WatchThread<T> {
    on_change: T,
    notifications: Arc<Notifications>,
    watcher: Option<RecommendedWatcher>,
    watched_paths: Vec<WatchedPath>,
    /// The names of the watched files and of the targets of links. Notifications about other names are
    /// ignored.
    watched_names: HashSet<OsString>,
    watched_folders: HashSet<PathBuf>,
    /// Whether the folder of a watched file does not exist yet.
    awaits_folder: bool,
    is_polling: bool,
    /// The times of the first and the last notification since the last check.
    pending_change: Option<(Instant, Instant)>,
}

impl<T: FnMut(&Path)> WatchThread<T> {
    fn new(change_sender: Sender<WatchMessage>, on_change: T) -> Self {
        let notifications = Arc::new(Notifications::default());
        let pushed_notifications = Arc::clone(&notifications);
        let on_event = move |event: notify::Result<notify::Event>| {
            let paths = match event {
                // Reading a file is an event too.
                Ok(event) if matches!(event.kind, EventKind::Access(kind) if !is_close_after_write(kind)) => return,
                Ok(event) => event.paths,
                Err(error) => error.paths,
            };
            pushed_notifications.push(paths, &change_sender);
        };
        let watcher = notify::recommended_watcher(on_event);
        if let Err(error) = &watcher {
            tracing::info!("no file notifications, polling instead: {error}");
        }
        Self {
            on_change,
            notifications,
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
                Ok(WatchMessage::Changed(paths)) => {
                    let paths = self.notifications.pop(paths);
                    self.record_change(&paths);
                }
                Ok(WatchMessage::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => self.check_paths(),
            }
        }
    }

    /// Returns when the files are checked next, unless a message arrives earlier.
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
        // The file may have changed between the stamp and the start of the watch.
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

    /// Watches the existing folders of all files and of the targets of links.
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
            // A file in it may have changed since the last check.
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
            // Before the check, so that no change in a new folder falls between check and watch.
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
            // A folder that was removed and created again needs a new watch.
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

/// Returns whether a file was closed after a write.
fn is_close_after_write(kind: AccessKind) -> bool {
    matches!(kind, AccessKind::Close(notify::event::AccessMode::Write))
}
