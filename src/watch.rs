//! Files that are watched: a save is told soon after it is done, whatever way an editor has to save.
//!
//! Folders are watched, not files, since editors write a new file and rename it over the old one. What
//! the system tells is only a hint to look; what counts is whether a file is another than at the last
//! look. A folder may be watched as well: it is another one when a file in it comes or goes. Where a
//! folder is not there yet, the one that it will be in is watched for it. Where the system tells nothing (other machines' folders, no room for another watch) the files
//! are looked at again and again.

mod seen;

use std::{
    collections::HashSet,
    ffi::OsString,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread,
    time::{Duration, Instant},
};

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher, event::AccessKind};

pub use self::seen::Seen;
use self::seen::is_far;

/// After a hint nothing more may come for so long before the files are looked at.
const CALM: Duration = Duration::from_millis(100);
/// The longest time between a hint and the look, however many come.
const PATIENCE: Duration = Duration::from_millis(250);
/// How long a file may be empty or gone before that is taken for what is meant: some editors take the
/// old file away first.
const BETWEEN: Duration = Duration::from_secs(1);
/// How often files are looked at where the system tells nothing.
const POLL: Duration = Duration::from_millis(350);

/// What the thread is told.
enum Word {
    Add(PathBuf, Option<Seen>),
    Hint(Vec<PathBuf>),
    End,
}

/// Watches files until it is dropped.
#[derive(Debug)]
pub struct Watch {
    words: Sender<Word>,
}

impl Watch {
    /// Begins; each file that has changed is told, from a thread of its own.
    #[must_use]
    pub fn start(tell: impl FnMut(&Path) + Send + 'static) -> Self {
        let (words, heard) = channel();
        let hints = words.clone();
        let thread = thread::Builder::new().name("watch".to_owned());
        if let Err(fault) = thread.spawn(move || Guard::new(hints, tell).keep(&heard)) {
            tracing::warn!("files are not watched: {fault}");
        }
        Self { words }
    }

    /// Watches this file or folder too, whether it is there or not. It is told once at the beginning, for
    /// nobody may have read it yet.
    pub fn add(&self, path: PathBuf) {
        self.hear(Word::Add(path, None));
    }

    /// Watches this file too, which was read when it was as it was seen then. It is told at the beginning
    /// only if it is another one by now.
    pub fn add_read(&self, path: PathBuf, seen: Seen) {
        self.hear(Word::Add(path, Some(seen)));
    }

    fn hear(&self, word: Word) {
        // A thread that could not be started hears nothing.
        let _ = self.words.send(word);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.hear(Word::End);
    }
}

/// A file that is watched.
struct Post {
    path: PathBuf,
    /// What it was at the last look that was told.
    seen: Seen,
    /// Since when it is empty or gone, though it was not.
    between: Option<Instant>,
}

/// What the thread knows.
struct Guard<T> {
    tell: T,
    watcher: Option<RecommendedWatcher>,
    posts: Vec<Post>,
    /// The names of the files and of those that they lead to: only they are worth a look.
    names: HashSet<OsString>,
    folders: HashSet<PathBuf>,
    /// Whether the folder of a file is not there yet.
    waits: bool,
    polls: bool,
    /// The first hint and the last one since the last look.
    hints: Option<(Instant, Instant)>,
}

impl<T: FnMut(&Path)> Guard<T> {
    fn new(hints: Sender<Word>, tell: T) -> Self {
        let hint = move |event: notify::Result<notify::Event>| {
            let paths = match event {
                // Looking at a file is an event too.
                Ok(event) if matches!(event.kind, EventKind::Access(kind) if !is_written(kind)) => return,
                Ok(event) => event.paths,
                Err(fault) => fault.paths,
            };
            // A thread that has ended wants no hint.
            let _ = hints.send(Word::Hint(paths));
        };
        let watcher = notify::recommended_watcher(hint);
        if let Err(fault) = &watcher {
            tracing::info!("files are looked at again and again: {fault}");
        }
        Self {
            tell,
            polls: watcher.is_err(),
            watcher: watcher.ok(),
            posts: Vec::new(),
            names: HashSet::new(),
            folders: HashSet::new(),
            waits: false,
            hints: None,
        }
    }

    fn keep(mut self, heard: &Receiver<Word>) {
        loop {
            let word = match self.due() {
                Some(due) => heard.recv_timeout(due.saturating_duration_since(Instant::now())),
                None => heard.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match word {
                Ok(Word::Add(path, read)) => self.add(path, read.as_ref()),
                Ok(Word::Hint(paths)) => self.hint(&paths),
                Ok(Word::End) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => self.look(),
            }
        }
    }

    /// When the files are looked at next, if nothing comes before.
    fn due(&self) -> Option<Instant> {
        let hinted = self.hints.map(|(first, last)| (last + CALM).min(first + PATIENCE));
        let now = Instant::now();
        let polled = self.polls.then(|| now + POLL);
        let between = self.posts.iter().any(|post| post.between.is_some()).then(|| now + CALM);
        [hinted, polled, between].into_iter().flatten().min()
    }

    fn add(&mut self, path: PathBuf, read: Option<&Seen>) {
        if self.posts.iter().any(|post| post.path == path) {
            return;
        }
        let seen = Seen::now(&path);
        self.posts.push(Post { path, seen, between: None });
        self.stand_everywhere();
        // It may have changed after that look and before its folder was watched.
        let now = Instant::now();
        self.hints.get_or_insert((now, now));
        if let Some(post) = self.posts.last().filter(|post| post.seen.is_there() && Some(&post.seen) != read) {
            (self.tell)(&post.path);
        }
    }

    /// Watches the folders of all files and of what they lead to, those that are there.
    fn stand_everywhere(&mut self) {
        let ways = self.posts.iter().flat_map(|post| [Some(post.path.clone()), post.path.canonicalize().ok()]);
        self.waits = false;
        for path in ways.flatten().collect::<Vec<_>>() {
            self.names.extend(path.file_name().map(ToOwned::to_owned));
            if path.is_dir() {
                self.stand(&path);
            }
            let folder = match path.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder,
                _ => Path::new("."),
            };
            self.waits |= !folder.is_dir();
            for above in folder.ancestors().take_while(|above| !above.is_dir()) {
                self.names.extend(above.file_name().map(ToOwned::to_owned));
            }
            if let Some(there) = folder.ancestors().find(|above| above.is_dir()) {
                self.stand(there);
            }
        }
    }

    fn stand(&mut self, folder: &Path) {
        if !self.folders.contains(folder) {
            let watched = self.watcher.as_mut().is_some_and(|it| it.watch(folder, RecursiveMode::NonRecursive).is_ok());
            self.polls |= !watched || is_far(folder);
            self.folders.insert(folder.to_owned());
            // Something may have happened in it since it was looked at last.
            let now = Instant::now();
            self.hints.get_or_insert((now, now));
        }
    }

    fn hint(&mut self, paths: &[PathBuf]) {
        let worth_it = |path: &PathBuf| {
            let listed = |folder: &Path| self.posts.iter().any(|post| post.path == folder);
            path.file_name().is_none_or(|name| self.names.contains(name))
                || self.folders.contains(path)
                || path.parent().is_some_and(listed)
        };
        if paths.is_empty() || paths.iter().any(worth_it) {
            let now = Instant::now();
            self.hints = Some((self.hints.map_or(now, |(first, _)| first), now));
        }
    }

    fn look(&mut self) {
        self.hints = None;
        if self.waits {
            // Before the look: what comes into a new folder after it is told.
            self.stand_everywhere();
        }
        let mut changed = false;
        for post in &mut self.posts {
            let seen = Seen::now(&post.path);
            if seen == post.seen {
                post.between = None;
                continue;
            }
            if !seen.holds_something() && post.seen.holds_something() {
                let since = *post.between.get_or_insert_with(Instant::now);
                if since.elapsed() < BETWEEN {
                    continue;
                }
            }
            post.between = None;
            post.seen = seen;
            changed = true;
            (self.tell)(&post.path);
        }
        if changed {
            // A folder that was taken away and put back is another one.
            let gone: Vec<PathBuf> = self.folders.iter().filter(|folder| !folder.is_dir()).cloned().collect();
            for folder in gone {
                self.folders.remove(&folder);
                self.polls = true;
            }
            self.stand_everywhere();
        }
    }
}

/// Whether a file was closed after it was written.
fn is_written(kind: AccessKind) -> bool {
    matches!(kind, AccessKind::Close(notify::event::AccessMode::Write))
}
