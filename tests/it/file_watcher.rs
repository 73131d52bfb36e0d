//! The file watcher on a real file system: every way of saving a file is reported.

#![expect(clippy::disallowed_methods, reason = "editors write in place")]

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

use mqtt_dash::watch::{FileStamp, FileWatcher};
use tempfile::TempDir;

use crate::fixtures::cpu_lock::CpuLock;

/// After this time a change counts as not reported.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A watched file and what the watcher has reported: paths and contents.
struct WatchedFile {
    _folder: TempDir,
    file: PathBuf,
    reports: Receiver<(PathBuf, Option<String>)>,
    watch: FileWatcher,
}

impl WatchedFile {
    /// A file with the content `one`, which the watcher has reported.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("watched.toml");
        fs::write(&file, "one").unwrap();
        let watched = Self::watch(folder, file);
        watched.wait_for("one");
        watched
    }

    fn watch(folder: TempDir, file: PathBuf) -> Self {
        let (sender, reports) = channel();
        let watch = FileWatcher::start(move |path| {
            let _ = sender.send((path.to_owned(), fs::read_to_string(path).ok()));
        });
        watch.add(file.clone());
        Self { _folder: folder, file, reports, watch }
    }

    fn next_report(&self) -> (PathBuf, Option<String>) {
        self.reports.recv_timeout(TIMEOUT).expect("no report before the timeout")
    }

    /// Waits for a report of this content; returns the contents of earlier reports.
    fn wait_for(&self, text: &str) -> Vec<Option<String>> {
        let mut before = Vec::new();
        loop {
            let (path, content) = self.next_report();
            assert_eq!(path, self.file);
            if content.as_deref() == Some(text) {
                return before;
            }
            before.push(content);
        }
    }

    fn sibling(&self, name: &str) -> PathBuf {
        self.file.with_file_name(name)
    }
}

#[test]
fn overwritten_file_is_reported() {
    let watched = WatchedFile::new();
    fs::write(&watched.file, "two").unwrap();
    assert_eq!(watched.wait_for("two"), []);
}

#[test]
fn file_replaced_by_rename_is_reported() {
    let watched = WatchedFile::new();
    fs::write(watched.sibling(".watched.toml.new"), "two").unwrap();
    fs::rename(watched.sibling(".watched.toml.new"), &watched.file).unwrap();
    assert_eq!(watched.wait_for("two"), []);
    mqtt_dash::config::write_atomic(&watched.file, b"six").unwrap();
    assert_eq!(watched.wait_for("six"), []);
}

#[test]
fn file_moved_away_and_rewritten_is_reported_once() {
    let watched = WatchedFile::new();
    fs::rename(&watched.file, watched.sibling("watched.toml~")).unwrap();
    fs::write(&watched.file, "two").unwrap();
    fs::remove_file(watched.sibling("watched.toml~")).unwrap();
    assert_eq!(watched.wait_for("two"), [], "the file is never reported as deleted");
}

#[test]
fn truncated_file_is_reported_only_when_written() {
    let watched = WatchedFile::new();
    let mut file = fs::OpenOptions::new().write(true).truncate(true).open(&watched.file).unwrap();
    // Longer than the watcher waits for further changes: it finds the file empty.
    let begin = Instant::now();
    assert!(watched.reports.recv_timeout(Duration::from_millis(400)).is_err(), "{:?}", begin.elapsed());
    file.write_all(b"two").unwrap();
    assert_eq!(watched.wait_for("two"), [], "the file is never reported as empty");
}

#[test]
fn deleted_and_recreated_file_is_reported() {
    let watched = WatchedFile::new();
    fs::remove_file(&watched.file).unwrap();
    assert_eq!(watched.next_report(), (watched.file.clone(), None));
    fs::write(&watched.file, "back").unwrap();
    watched.wait_for("back");
}

#[test]
fn created_file_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("later.toml");
    let watched = WatchedFile::watch(folder, file);
    watched.watch.add(watched.sibling("other.toml"));
    fs::write(&watched.file, "here").unwrap();
    watched.wait_for("here");
}

#[test]
fn file_in_created_folder_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config/dash/dashboards/later.toml");
    let watched = WatchedFile::watch(folder, file);
    let outer = watched.file.parent().unwrap().parent().unwrap();
    fs::create_dir_all(outer).unwrap();
    fs::create_dir(outer.join("dashboards")).unwrap();
    fs::write(&watched.file, "here").unwrap();
    watched.wait_for("here");
    fs::write(&watched.file, "two").unwrap();
    watched.wait_for("two");
}

#[test]
fn folder_content_changes_are_reported() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("dashboards");
    let (sender, reports) = channel();
    let watch = FileWatcher::start(move |path| {
        let names = |found: fs::ReadDir| found.map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
        let _ = sender.send((path.to_owned(), fs::read_dir(path).ok().map(names).unwrap_or_default()));
    });
    watch.add(folder.clone());
    let wait_for = |expected: &[&str]| loop {
        let (path, mut names) = reports.recv_timeout(TIMEOUT).expect("no report before the timeout");
        names.sort();
        assert_eq!(path, folder);
        if names == expected {
            return;
        }
    };
    fs::create_dir(&folder).unwrap();
    wait_for(&[]);
    fs::write(folder.join("a.toml"), "").unwrap();
    wait_for(&["a.toml"]);
    fs::write(folder.join("b.toml"), "").unwrap();
    wait_for(&["a.toml", "b.toml"]);
    fs::remove_file(folder.join("a.toml")).unwrap();
    wait_for(&["b.toml"]);
}

#[cfg(unix)]
#[test]
fn change_behind_symlink_is_reported() {
    let (folder, other_folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let target = other_folder.path().join("real.toml");
    fs::write(&target, "one").unwrap();
    let file = folder.path().join("watched.toml");
    std::os::unix::fs::symlink(&target, &file).unwrap();
    let watched = WatchedFile::watch(folder, file);
    watched.wait_for("one");
    mqtt_dash::config::write_atomic(&watched.file, b"two").unwrap();
    watched.wait_for("two");
    fs::write(&target, "three").unwrap();
    watched.wait_for("three");
}

#[test]
fn change_of_other_file_is_not_reported() {
    let watched = WatchedFile::new();
    fs::write(watched.sibling("other.toml"), "x").unwrap();
    let _ = fs::read_to_string(&watched.file).unwrap();
    fs::write(&watched.file, "two").unwrap();
    assert_eq!(watched.wait_for("two"), []);
    assert!(watched.reports.recv_timeout(Duration::from_millis(400)).is_err(), "the change is reported once");
}

#[test]
fn change_is_reported_within_500_ms() {
    let _lock = CpuLock::exclusive();
    let watched = WatchedFile::new();
    let mut slowest = Duration::ZERO;
    for text in ["a", "b", "c", "d", "e"] {
        let begin = Instant::now();
        fs::write(&watched.file, text).unwrap();
        watched.wait_for(text);
        slowest = slowest.max(begin.elapsed());
    }
    assert!(slowest < Duration::from_millis(500), "{slowest:?}");
}

/// Of many changes in quick succession the last one is always reported.
#[test]
fn last_of_many_changes_is_reported() {
    let watched = WatchedFile::new();
    for number in 0..200 {
        fs::write(&watched.file, format!("{number}")).unwrap();
    }
    fs::write(&watched.file, "last").unwrap();
    watched.wait_for("last");
    assert_eq!(fs::read_to_string(Path::new(&watched.file)).unwrap(), "last");
}

#[test]
fn file_is_reported_only_if_changed_since_it_was_read() {
    let watched = WatchedFile::new();
    let (same, other) = (watched.sibling("same.toml"), watched.sibling("other.toml"));
    for path in [&same, &other] {
        fs::write(path, "one").unwrap();
    }
    let stamps = [&same, &other].map(|path| FileStamp::of(path));
    fs::write(&other, "another").unwrap();
    let [stamp_of_same, stamp_of_other] = stamps;
    watched.watch.add_read(same.clone(), stamp_of_same);
    watched.watch.add_read(other.clone(), stamp_of_other);
    assert_eq!(watched.next_report(), (other, Some("another".to_owned())));
    fs::write(&same, "two").unwrap();
    assert_eq!(watched.next_report(), (same, Some("two".to_owned())));
}
