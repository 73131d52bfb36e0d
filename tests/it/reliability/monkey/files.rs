//! The files of the program under test: what they contain at the start, how they are changed from outside, and
//! the check that the program damages none of them.

use std::{
    collections::{HashMap, HashSet},
    fs,
    io::Write,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use super::{
    action::{ConfigFile, FileEdit},
    contents::{DASHBOARDS, SETTINGS, dashboard, profiles},
    file_checks::{check_mode, comments, is_dashboard, list, problem_of, remove, write_in_place},
};

/// From this size on, the program need not read a file.
const LARGE: usize = 1 << 20;

/// The folders and files of one program.
pub struct Files {
    folder: TempDir,
    originals: HashMap<PathBuf, String>,
    /// Everything that the test has written, whatever it is.
    written: HashSet<Vec<u8>>,
    /// The last content of each file.
    last: HashMap<PathBuf, Vec<u8>>,
    /// Files whose comments may be gone: a version without them was written from outside, or one that the program
    /// cannot read and the user may overwrite, or the user has deleted or renamed the file.
    without_comments: HashSet<PathBuf>,
    links: HashSet<PathBuf>,
    /// The versions of the files since the last call of [`Self::take_texts`].
    texts: Vec<String>,
    /// How many versions the program has written.
    pub written_by_program: u64,
}

impl Files {
    /// Creates the files, for a broker on this port and an image server with this URL.
    pub fn create(port: u16, image_url: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in ["home", "config/dashboards", "tmp", "elsewhere", "bin"] {
            fs::create_dir_all(folder.path().join(name)).expect("the folder can be created");
        }
        let dashboards = folder.path().join("config/dashboards");
        let mut originals: HashMap<PathBuf, String> = DASHBOARDS
            .iter()
            .map(|name| (dashboards.join(format!("{name}.toml")), dashboard(name, image_url)))
            .collect();
        originals.insert(folder.path().join("config/profiles.toml"), profiles(port));
        originals.insert(folder.path().join("config/settings.toml"), SETTINGS.to_owned());
        let mut files = Self {
            folder,
            originals,
            written: HashSet::new(),
            last: HashMap::new(),
            without_comments: HashSet::new(),
            links: HashSet::new(),
            texts: Vec::new(),
            written_by_program: 0,
        };
        files.add_browser();
        files.restore();
        files
    }

    /// A file in the folder of the program.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A program that takes the place of the browser and writes down what it is to open.
    fn add_browser(&self) {
        let script = format!("#!/bin/sh\necho \"$1\" >> '{}'\n", self.path("opened").display());
        let mut file = fs::File::create(self.path("bin/xdg-open")).expect("the file can be created");
        file.set_permissions(fs::Permissions::from_mode(0o755)).expect("the mode can be set");
        file.write_all(script.as_bytes()).expect("the file can be written");
    }

    /// The URLs that were opened in the browser.
    pub fn opened_urls(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("opened")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Writes all files as they were at the start, and deletes all others.
    pub fn restore(&mut self) {
        for entry in fs::read_dir(self.path("config/dashboards")).expect("the folder can be read").flatten() {
            remove(&entry.path());
        }
        (self.last, self.without_comments, self.links) = Default::default();
        for (path, text) in self.originals.clone() {
            self.write(&path, text.as_bytes());
        }
    }

    /// Damages what the program has saved in its state folder.
    pub fn damage_state(&self) {
        for path in list(&self.path("config/state")).into_iter().filter(|path| path.is_file()) {
            let bytes = fs::read(&path).unwrap_or_default();
            write_in_place(&path, &bytes[..bytes.len() / 2]);
        }
    }

    fn path_of(&self, file: ConfigFile) -> PathBuf {
        match file {
            ConfigFile::Dashboard(index) => self.path(&format!("config/dashboards/{}.toml", DASHBOARDS[index])),
            ConfigFile::Profiles => self.path("config/profiles.toml"),
            ConfigFile::Settings => self.path("config/settings.toml"),
        }
    }

    /// Writes a file in place.
    fn write(&mut self, path: &Path, bytes: &[u8]) {
        if path.is_dir() || (path.is_symlink() && !path.exists()) {
            remove(path);
        }
        write_in_place(path, bytes);
        self.record(path, bytes);
    }

    fn record(&mut self, path: &Path, bytes: &[u8]) {
        self.written.insert(bytes.to_vec());
        self.texts.extend(str::from_utf8(bytes).map(str::to_owned));
        let original = self.originals.get(path).map_or("", String::as_str);
        let is_valid = str::from_utf8(bytes).is_ok_and(|text| problem_of(path, text).is_none());
        let has_comments = comments(bytes).len() >= comments(original.as_bytes()).len();
        if !is_valid || bytes.len() > LARGE || !has_comments {
            self.without_comments.insert(path.to_owned());
        }
        if !path.is_symlink() {
            self.links.remove(path);
        }
        self.last.insert(path.to_owned(), bytes.to_vec());
    }

    /// Changes a file from outside.
    pub fn edit(&mut self, file: ConfigFile, edit: FileEdit) {
        let path = self.path_of(file);
        let original = self.originals[&path].clone();
        match edit {
            FileEdit::Original => self.write(&path, original.as_bytes()),
            FileEdit::Renamed => {
                let text = original.replace("name = \"", "name = \"New ");
                self.write(&path, text.as_bytes());
            }
            FileEdit::Replaced => self.replace(&path, original.as_bytes()),
            FileEdit::Comment => {
                let text = fs::read(&path).unwrap_or_default();
                self.write(&path, &[&text, "\n# from outside\n".as_bytes()].concat());
            }
            FileEdit::Syntax => self.write(&path, format!("{original}\n= = =\n").as_bytes()),
            FileEdit::WrongValue => {
                self.write(&path, format!("columns = \"many\"\ncolour = 1\n{original}").as_bytes());
            }
            FileEdit::Half(hundredths) => {
                let length = original.len() * usize::from(hundredths) / 100;
                self.write(&path, &original.as_bytes()[..length]);
            }
            FileEdit::Empty => self.write(&path, b""),
            FileEdit::Binary => self.write(&path, &[0, 0xff, 0xfe, 0x1b, b'[', b'2', b'J', 0xc3]),
            FileEdit::Huge => self.write(&path, format!("{original}\n# {}\n", "x".repeat(3 << 20)).as_bytes()),
            FileEdit::Deleted => {
                remove(&path);
                self.forget(&path);
            }
            FileEdit::Link => {
                let name = path.file_name().expect("a file").to_owned();
                let target = self.path("elsewhere").join(name);
                write_in_place(&target, original.as_bytes());
                remove(&path);
                symlink(&target, &path).expect("the link can be created");
                self.record(&path, original.as_bytes());
                self.links.insert(path);
            }
            FileEdit::DanglingLink => {
                remove(&path);
                symlink(self.path("elsewhere/nothing"), &path).expect("the link can be created");
                self.forget(&path);
            }
            FileEdit::Folder => {
                remove(&path);
                fs::create_dir(&path).expect("the folder can be created");
                self.forget(&path);
            }
        }
    }

    /// A file is gone: when it is written again, its comments cannot be known.
    fn forget(&mut self, path: &Path) {
        self.last.remove(path);
        self.links.remove(path);
        self.without_comments.insert(path.to_owned());
    }

    fn replace(&mut self, path: &Path, bytes: &[u8]) {
        let new = self.path("elsewhere/new");
        write_in_place(&new, bytes);
        if path.is_dir() {
            remove(path);
        }
        fs::rename(&new, path).expect("the file can be renamed");
        self.record(path, bytes);
    }

    /// Takes the texts of all versions of the files since the last call.
    pub fn take_texts(&mut self) -> Vec<String> {
        std::mem::take(&mut self.texts)
    }

    /// Reads all files and returns what is wrong with one.
    pub fn check(&mut self, user_may_delete: bool) -> Result<(), String> {
        let (config, state) = (self.path("config"), self.path("config/state"));
        let is_config = |path: &PathBuf| {
            path.extension().is_some_and(|end| end == "toml") && path.is_file() && !path.starts_with(&state)
        };
        for path in list(&config).into_iter().filter(is_config) {
            let Ok(bytes) = fs::read(&path) else { continue };
            if self.last.get(&path) == Some(&bytes) {
                continue;
            }
            if !self.written.contains(&bytes) {
                self.written_by_program += 1;
                self.check_written_by_program(&path, &bytes, user_may_delete)?;
            }
            self.texts.extend(str::from_utf8(&bytes).map(str::to_owned));
            self.last.insert(path, bytes);
        }
        let gone: Vec<PathBuf> = self.last.keys().filter(|path| !path.is_file()).cloned().collect();
        for path in gone {
            if !user_may_delete {
                return Err(format!("{} is gone", path.display()));
            }
            self.forget(&path);
        }
        Ok(())
    }

    fn check_written_by_program(&self, path: &Path, bytes: &[u8], user_may_delete: bool) -> Result<(), String> {
        let name = path.display();
        let text = str::from_utf8(bytes).map_err(|error| format!("{name} is not UTF-8: {error}"))?;
        if let Some(problem) = problem_of(path, text) {
            return Err(format!("the program has written an invalid {name}: {problem}\n{text}"));
        }
        if self.links.contains(path) && !path.is_symlink() && !user_may_delete {
            return Err(format!("{name} was a symbolic link and is a file now"));
        }
        if name.to_string().ends_with("profiles.toml") {
            check_mode(path, 0o600)?;
        }
        if self.without_comments.contains(path) {
            return Ok(());
        }
        let (Some(before), Some(original)) = (self.last.get(path), self.originals.get(path)) else { return Ok(()) };
        let kept = comments(bytes);
        let head = comments(original.as_bytes()).into_iter().find(|comment| comment.contains("head"));
        if head.is_some_and(|head| !kept.contains(&head)) {
            return Err(format!("the comment at the beginning of {name} is gone:\n{text}"));
        }
        let lost = comments(before).iter().filter(|comment| !kept.contains(comment)).count();
        let tables = |bytes: &[u8]| String::from_utf8_lossy(bytes).matches("\n[").count();
        if lost > tables(before).saturating_sub(tables(bytes)) {
            let before = String::from_utf8_lossy(before);
            return Err(format!("{name} has lost {lost} comments. Before:\n{before}\nAfter:\n{text}"));
        }
        Ok(())
    }

    /// Checks what must be true when the program does not run: no file where none belongs, and no wrong mode.
    pub fn check_at_rest(&self, was_killed: bool) -> Result<(), String> {
        for path in list(self.folder.path()) {
            let name = path.strip_prefix(self.folder.path()).expect("it is in the folder").display().to_string();
            let is_temporary = name.contains("/.mqtt-dash-");
            let belongs = match name.split('/').collect::<Vec<_>>()[..] {
                ["home" | "tmp" | "elsewhere" | "bin" | "config" | "opened"]
                | ["bin", "xdg-open"]
                | [
                    "config",
                    "profiles.toml" | "settings.toml" | "messages.toml" | "decoders.toml" | "dashboards" | "state",
                ]
                | [
                    "config",
                    "state",
                    "mqtt-dash.log" | "client-ids.toml" | "client-ids.lock" | "client-ids" | "agreed.txt" | "readings"
                    | "tabs.json" | "published" | "deleted",
                ]
                | ["config", "state", "client-ids" | "published" | "deleted", _] => true,
                ["elsewhere", file] => {
                    ["nothing", "profiles.toml", "settings.toml"].contains(&file) || is_dashboard(file)
                }
                ["config", "dashboards", file] => is_dashboard(file),
                ["config", "state", "readings", file] => file.strip_suffix(".json").is_some(),
                _ => false,
            };
            if !(belongs || is_temporary && was_killed) {
                return Err(format!("the program has left a foreign file: {name}"));
            }
            if name.starts_with("config/state") {
                check_mode(&path, if path.is_dir() { 0o700 } else { 0o600 })?;
            }
        }
        Ok(())
    }

    /// Whether the user has allowed the scripts and URLs of a dashboard.
    pub fn has_consent(&self) -> bool {
        let text = fs::read_to_string(self.path("config/state/agreed.txt")).unwrap_or_default();
        text.lines().any(|line| !line.starts_with("notice: ") && !line.starts_with('#') && !line.trim().is_empty())
    }
}
