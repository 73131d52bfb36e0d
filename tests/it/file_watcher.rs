//! The file watcher on a real file system: every way of saving a file is reported.

#![expect(clippy::disallowed_methods, reason = "editors write in place")]

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

use mqtt_dash::watch::{Seen, Watch};
use tempfile::TempDir;

/// After this time a save counts as not seen.
const LIMIT: Duration = Duration::from_secs(10);

struct Desk {
    _folder: TempDir,
    file: PathBuf,
    told: Receiver<(PathBuf, Option<String>)>,
    watch: Watch,
}

impl Desk {
    /// A folder in which this file holds `one`; the watcher has told of it once.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bench.toml");
        fs::write(&file, "one").unwrap();
        let desk = Self::watching(folder, file);
        desk.wait("one");
        desk
    }

    fn watching(folder: TempDir, file: PathBuf) -> Self {
        let (tell, told) = channel();
        let watch = Watch::start(move |path| {
            let _ = tell.send((path.to_owned(), fs::read_to_string(path).ok()));
        });
        watch.add(file.clone());
        Self { _folder: folder, file, told, watch }
    }

    fn told(&self) -> (PathBuf, Option<String>) {
        self.told.recv_timeout(LIMIT).expect("a save is seen")
    }

    /// Waits until the file was told with this text; gives what was told on the way.
    fn wait(&self, text: &str) -> Vec<Option<String>> {
        let mut before = Vec::new();
        loop {
            let (path, said) = self.told();
            assert_eq!(path, self.file);
            if said.as_deref() == Some(text) {
                return before;
            }
            before.push(said);
        }
    }

    fn beside(&self, name: &str) -> PathBuf {
        self.file.with_file_name(name)
    }
}

#[test]
fn overwritten_file_is_reported() {
    let desk = Desk::new();
    fs::write(&desk.file, "two").unwrap();
    assert_eq!(desk.wait("two"), []);
}

#[test]
fn file_replaced_by_rename_is_reported() {
    let desk = Desk::new();
    fs::write(desk.beside(".bench.toml.new"), "two").unwrap();
    fs::rename(desk.beside(".bench.toml.new"), &desk.file).unwrap();
    assert_eq!(desk.wait("two"), []);
    mqtt_dash::store::write_whole(&desk.file, b"six").unwrap();
    assert_eq!(desk.wait("six"), []);
}

#[test]
fn file_moved_away_and_rewritten_is_reported_once() {
    let desk = Desk::new();
    fs::rename(&desk.file, desk.beside("bench.toml~")).unwrap();
    fs::write(&desk.file, "two").unwrap();
    fs::remove_file(desk.beside("bench.toml~")).unwrap();
    assert_eq!(desk.wait("two"), [], "it is never told as gone");
}

#[test]
fn truncated_file_is_reported_only_when_written() {
    let desk = Desk::new();
    let mut file = fs::OpenOptions::new().write(true).truncate(true).open(&desk.file).unwrap();
    // Longer than the watcher waits for calm: the next look finds nothing in it.
    let begin = Instant::now();
    assert!(desk.told.recv_timeout(Duration::from_millis(400)).is_err(), "{:?}", begin.elapsed());
    file.write_all(b"two").unwrap();
    assert_eq!(desk.wait("two"), [], "it is never told as empty");
}

#[test]
fn deleted_and_recreated_file_is_reported() {
    let desk = Desk::new();
    fs::remove_file(&desk.file).unwrap();
    assert_eq!(desk.told(), (desk.file.clone(), None));
    fs::write(&desk.file, "back").unwrap();
    desk.wait("back");
}

#[test]
fn created_file_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("later.toml");
    let desk = Desk::watching(folder, file);
    desk.watch.add(desk.beside("other.toml"));
    fs::write(&desk.file, "here").unwrap();
    desk.wait("here");
}

#[test]
fn file_in_created_folder_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config/dash/boards/later.toml");
    let desk = Desk::watching(folder, file);
    let outer = desk.file.parent().unwrap().parent().unwrap();
    fs::create_dir_all(outer).unwrap();
    fs::create_dir(outer.join("boards")).unwrap();
    fs::write(&desk.file, "here").unwrap();
    desk.wait("here");
    fs::write(&desk.file, "two").unwrap();
    desk.wait("two");
}

#[test]
fn folder_content_changes_are_reported() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("boards");
    let (tell, told) = channel();
    let watch = Watch::start(move |path| {
        let names = |found: fs::ReadDir| found.map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
        let _ = tell.send((path.to_owned(), fs::read_dir(path).ok().map(names).unwrap_or_default()));
    });
    watch.add(folder.clone());
    let wait = |wanted: &[&str]| loop {
        let (path, mut names) = told.recv_timeout(LIMIT).expect("the folder is seen");
        names.sort();
        assert_eq!(path, folder);
        if names == wanted {
            return;
        }
    };
    fs::create_dir(&folder).unwrap();
    wait(&[]);
    fs::write(folder.join("a.toml"), "").unwrap();
    wait(&["a.toml"]);
    fs::write(folder.join("b.toml"), "").unwrap();
    wait(&["a.toml", "b.toml"]);
    fs::remove_file(folder.join("a.toml")).unwrap();
    wait(&["b.toml"]);
}

#[cfg(unix)]
#[test]
fn change_behind_symlink_is_reported() {
    let (folder, far) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let real = far.path().join("real.toml");
    fs::write(&real, "one").unwrap();
    let file = folder.path().join("bench.toml");
    std::os::unix::fs::symlink(&real, &file).unwrap();
    let desk = Desk::watching(folder, file);
    desk.wait("one");
    mqtt_dash::store::write_whole(&desk.file, b"two").unwrap();
    desk.wait("two");
    fs::write(&real, "three").unwrap();
    desk.wait("three");
}

#[test]
fn change_of_other_file_is_not_reported() {
    let desk = Desk::new();
    fs::write(desk.beside("other.toml"), "x").unwrap();
    let _ = fs::read_to_string(&desk.file).unwrap();
    fs::write(&desk.file, "two").unwrap();
    assert_eq!(desk.wait("two"), []);
    assert!(desk.told.recv_timeout(Duration::from_millis(400)).is_err(), "and it is told once");
}

#[test]
fn change_is_reported_within_500_ms() {
    let desk = Desk::new();
    let mut slowest = Duration::ZERO;
    for text in ["a", "b", "c", "d", "e"] {
        let begin = Instant::now();
        fs::write(&desk.file, text).unwrap();
        desk.wait(text);
        slowest = slowest.max(begin.elapsed());
    }
    assert!(slowest < Duration::from_millis(500), "{slowest:?}");
}

/// Many saves one after the other: the last one is always seen.
#[test]
fn last_of_many_changes_is_reported() {
    let desk = Desk::new();
    for number in 0..200 {
        fs::write(&desk.file, format!("{number}")).unwrap();
    }
    fs::write(&desk.file, "last").unwrap();
    desk.wait("last");
    assert_eq!(fs::read_to_string(Path::new(&desk.file)).unwrap(), "last");
}

#[test]
fn file_is_reported_only_if_changed_since_it_was_read() {
    let desk = Desk::new();
    let (same, other) = (desk.beside("same.toml"), desk.beside("other.toml"));
    for path in [&same, &other] {
        fs::write(path, "one").unwrap();
    }
    let seen = [&same, &other].map(|path| Seen::now(path));
    fs::write(&other, "another").unwrap();
    let [of_same, of_other] = seen;
    desk.watch.add_read(same.clone(), of_same);
    desk.watch.add_read(other.clone(), of_other);
    assert_eq!(desk.told(), (other, Some("another".to_owned())));
    fs::write(&same, "two").unwrap();
    assert_eq!(desk.told(), (same, Some("two".to_owned())));
}
