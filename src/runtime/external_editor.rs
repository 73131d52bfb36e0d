//! The user's text editor, which owns the terminal while it runs.

use std::{
    env,
    ffi::OsString,
    fs::File,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    process::ExitStatus,
    time::Duration,
};

use tempfile::NamedTempFile;
use tokio::{
    process::{Child, Command},
    time::Instant,
};

/// Editors that take the line number as `+LINE` before the file.
const PLUS_LINE_EDITORS: &[&str] = &[
    "vi",
    "vim",
    "nvim",
    "view",
    "ex",
    "nano",
    "pico",
    "emacs",
    "emacsclient",
    "kak",
    "micro",
    "joe",
    "jed",
    "mg",
    "ne",
    "zile",
    "gedit",
    "kwrite",
    "gvim",
    "mvim",
];
/// Editors that take `--goto FILE:LINE`.
const GOTO_FLAG_EDITORS: &[&str] = &["code", "code-insiders", "codium", "vscodium", "cursor", "windsurf"];
/// Editors that take `FILE:LINE`.
const COLON_LINE_EDITORS: &[&str] = &["hx", "helix", "zed", "zeditor", "subl"];
/// The editors to try when neither `VISUAL` nor `EDITOR` is set.
const FALLBACK_EDITORS: &[&str] = &["vi", "nano"];

/// How long after the program has taken the terminal back a signal may arrive that a key has generated before. Later
/// ones are not from the keyboard: the terminal passes Ctrl-C as a key.
const SIGNAL_DELAY: Duration = Duration::from_secs(1);

/// The longest text that is taken over from an editor, in bytes: as much as a paste.
const MAX_TEXT_BYTES: u64 = 64 << 10;

/// Why the editor did not start or failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum EditorError {
    /// There is no editor.
    #[error("no editor found: set VISUAL or EDITOR")]
    NotFound,
    /// This command cannot be started.
    #[error("{0} cannot be started: {1}")]
    NotStarted(String, io::Error),
    /// This command has exited with an error.
    #[error("{0} failed with {1}")]
    Failed(String, ExitStatus),
    /// The file through which a text is exchanged with the editor cannot be written or read.
    #[error("the text cannot be exchanged with the editor: {0}")]
    TextFile(io::Error),
    /// The edited text is not valid UTF-8.
    #[error("the edited text is not valid UTF-8 and was not used")]
    NotText,
    /// The edited text is too long.
    #[error("the edited text has more than {} KiB and was not used", MAX_TEXT_BYTES >> 10)]
    TooLong,
    /// It is unknown how this command has ended.
    #[error("{0}: {1}")]
    Unknown(String, io::Error),
}

/// The editor, if it is running.
#[derive(Debug, Default)]
pub(super) struct ExternalEditor {
    /// Its command and its process.
    running: Option<(String, Child)>,
    /// The file with the text that is edited, if it is not a file of the user. It is deleted when this is dropped.
    text_file: Option<(NamedTempFile, String)>,
    /// When the program has taken the terminal back.
    returned_at: Option<Instant>,
}

impl ExternalEditor {
    /// Returns whether an editor is running.
    pub(super) fn is_open(&self) -> bool {
        self.running.is_some()
    }

    /// Returns whether the editor is meant by a signal that a key generates, such as Ctrl-C.
    pub(super) fn owns_keyboard_signals(&self) -> bool {
        self.is_open() || self.returned_at.is_some_and(|returned_at| returned_at.elapsed() < SIGNAL_DELAY)
    }

    /// Opens a file in the user's editor, at a line counted from 1.
    ///
    /// # Errors
    /// When there is no editor or it cannot be started.
    pub(super) fn open(&mut self, path: &Path, line: usize) -> Result<(), EditorError> {
        let editor_command = select_editor(|name| env::var(name).ok(), is_on_path).ok_or(EditorError::NotFound)?;
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let child = command(&editor_command, &arguments(&editor_command, &path, line))
            .spawn()
            .map_err(|error| EditorError::NotStarted(editor_command.clone(), error))?;
        self.running = Some((editor_command, child));
        Ok(())
    }

    /// Opens a text in the user's editor. [`Self::take_text`] returns what it has become.
    ///
    /// # Errors
    /// When there is no editor or it cannot be started, or a temporary file cannot be written.
    pub(super) fn open_text(&mut self, text: &str) -> Result<(), EditorError> {
        let suffix = if text.trim_start().starts_with(['{', '[']) { ".json" } else { ".txt" };
        let mut file =
            tempfile::Builder::new().prefix("mqtt-dash-").suffix(suffix).tempfile().map_err(EditorError::TextFile)?;
        file.write_all(text.as_bytes()).map_err(EditorError::TextFile)?;
        self.open(file.path(), 1)?;
        self.text_file = Some((file, text.to_owned()));
        Ok(())
    }

    /// Returns the text that was edited, without the line break at its end that editors add; `None` if the user has edited
    /// a file. Editors may replace the file, so it is read by its path.
    pub(super) fn take_text(&mut self) -> Option<Result<String, EditorError>> {
        let (file, before) = self.text_file.take()?;
        let read = || {
            let mut bytes = Vec::new();
            File::open(file.path())?.take(MAX_TEXT_BYTES + 1).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        Some(match read() {
            Ok(bytes) if bytes.len() as u64 > MAX_TEXT_BYTES => Err(EditorError::TooLong),
            Ok(bytes) => String::from_utf8(bytes)
                .map(|after| without_added_line_break(after, &before))
                .map_err(|_| EditorError::NotText),
            Err(error) => Err(EditorError::TextFile(error)),
        })
    }

    /// Notes that the program has taken the terminal back.
    pub(super) fn record_return(&mut self) {
        self.returned_at = Some(Instant::now());
    }

    /// Waits until the editor exits and returns an error if it failed. Waits forever when no editor
    /// is running.
    pub(super) async fn wait_closed(&mut self) -> Option<EditorError> {
        let Some((name, child)) = &mut self.running else {
            return std::future::pending().await;
        };
        let failure = match child.wait().await {
            Ok(status) if status.success() => None,
            Ok(status) => Some(EditorError::Failed(name.clone(), status)),
            Err(error) => Some(EditorError::Unknown(name.clone(), error)),
        };
        self.running = None;
        failure
    }
}

/// Returns an edited text without the line break at its end, if the editor has added it.
fn without_added_line_break(mut after: String, before: &str) -> String {
    if !before.ends_with('\n') && after.ends_with('\n') {
        after.truncate(after.len() - if after.ends_with("\r\n") { 2 } else { 1 });
    }
    after
}

/// Returns the editor in `VISUAL` or `EDITOR`, else the first fallback that exists.
fn select_editor(env_var: impl Fn(&str) -> Option<String>, exists: impl Fn(&str) -> bool) -> Option<String> {
    let editor_command =
        ["VISUAL", "EDITOR"].iter().find_map(|name| env_var(name).filter(|value| !value.trim().is_empty()));
    editor_command.or_else(|| FALLBACK_EDITORS.iter().find(|name| exists(name)).map(|name| (*name).to_owned()))
}

fn is_on_path(name: &str) -> bool {
    env::var_os("PATH").is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(name).is_file()))
}

/// Returns the arguments that make an editor open a file at a line.
fn arguments(editor_command: &str, path: &Path, line: usize) -> Vec<OsString> {
    let program = editor_command.split_whitespace().next().unwrap_or_default().trim_matches(['"', '\'']);
    let program = PathBuf::from(program);
    let program = program.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    let file = path.as_os_str().to_owned();
    let file_with_line = || {
        let mut location = file.clone();
        location.push(format!(":{line}"));
        location
    };
    match program.as_str() {
        name if PLUS_LINE_EDITORS.contains(&name) => vec![format!("+{line}").into(), file],
        name if GOTO_FLAG_EDITORS.contains(&name) => vec!["--goto".into(), file_with_line()],
        name if COLON_LINE_EDITORS.contains(&name) => vec![file_with_line()],
        _ => vec![file],
    }
}

/// Builds the command through the shell: the variable may hold arguments, such as `code --wait`, quoted as
/// in a shell.
#[cfg(unix)]
fn command(editor_command: &str, arguments: &[OsString]) -> Command {
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{editor_command} \"$@\"")).arg(editor_command).args(arguments);
    command
}

/// Builds the command from the words of the variable, without quoting.
#[cfg(not(unix))]
fn command(editor_command: &str, arguments: &[OsString]) -> Command {
    let mut words = editor_command.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words).args(arguments);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editor_arguments_use_line_syntax_of_each_editor() {
        for (editor_command, expected) in [
            ("vi", vec!["+7", "/a b.toml"]),
            ("/usr/bin/nvim -u NONE", vec!["+7", "/a b.toml"]),
            ("nano", vec!["+7", "/a b.toml"]),
            ("code --wait", vec!["--goto", "/a b.toml:7"]),
            ("hx", vec!["/a b.toml:7"]),
            ("ed", vec!["/a b.toml"]),
        ] {
            let expected: Vec<OsString> = expected.into_iter().map(OsString::from).collect();
            assert_eq!(arguments(editor_command, Path::new("/a b.toml"), 7), expected, "{editor_command}");
        }
    }

    #[test]
    fn only_the_line_break_that_an_editor_adds_is_removed() {
        for (before, after, expected) in [
            ("a", "a\n", "a"),
            ("a", "a\r\n", "a"),
            ("a", "b\n\n", "b\n"),
            ("a\r\nb\r\n\n", "a\r\nb\r\n\n", "a\r\nb\r\n\n"),
            ("", "", ""),
        ] {
            assert_eq!(without_added_line_break(after.to_owned(), before), expected, "{after:?}");
        }
    }

    #[test]
    fn select_editor_prefers_environment_over_fallback() {
        let vars = |visual: &'static str, editor: &'static str| {
            move |name: &str| Some(if name == "VISUAL" { visual } else { editor }.to_owned())
        };
        let every_program_exists = |_: &str| true;
        assert_eq!(select_editor(vars("code --wait", "vi"), every_program_exists).as_deref(), Some("code --wait"));
        assert_eq!(select_editor(vars(" ", "emacs"), every_program_exists).as_deref(), Some("emacs"));
        assert_eq!(select_editor(vars("", ""), every_program_exists).as_deref(), Some("vi"));
        assert_eq!(select_editor(vars("", ""), |name| name == "nano").as_deref(), Some("nano"));
        assert_eq!(select_editor(vars("", ""), |_| false), None);
    }
}
