//! The person's own editor: it has the terminal for as long as it runs.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

use tokio::process::{Child, Command};

/// Editors that are given a line as `+LINE` before the file.
const PLUS: &[&str] = &[
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
/// Editors that are given a line behind the file, after `--goto`.
const GOTO: &[&str] = &["code", "code-insiders", "codium", "vscodium", "cursor", "windsurf"];
/// Editors that are given a line behind the file.
const COLON: &[&str] = &["hx", "helix", "zed", "zeditor", "subl"];
/// What is taken where the person has named none.
const USUAL: &[&str] = &["vi", "nano"];

/// An editor that runs, or none.
#[derive(Debug, Default)]
pub(super) struct Editor(Option<(String, Child)>);

impl Editor {
    /// Whether it has the terminal now.
    pub(super) fn is_open(&self) -> bool {
        self.0.is_some()
    }

    /// Opens a file at a line, from 1, in the editor of the person.
    ///
    /// # Errors
    /// Says why it could not be started.
    pub(super) fn open(&mut self, path: &Path, line: usize) -> Result<(), String> {
        let named = chosen(|name| env::var(name).ok(), is_program).ok_or("no editor is known: set VISUAL or EDITOR")?;
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let child =
            command(&named, &arguments(&named, &path, line)).spawn().map_err(|fault| format!("{named}: {fault}"))?;
        self.0 = Some((named, child));
        Ok(())
    }

    /// Waits until it is closed; a sentence when something was wrong. For ever where none runs.
    pub(super) async fn closed(&mut self) -> Option<String> {
        let Some((name, child)) = &mut self.0 else {
            return std::future::pending().await;
        };
        let sentence = match child.wait().await {
            Ok(status) if status.success() => None,
            Ok(status) => Some(format!("{name} ended with {status}")),
            Err(fault) => Some(format!("{name}: {fault}")),
        };
        self.0 = None;
        sentence
    }
}

/// The editor that the person has named, else a usual one that is there.
fn chosen(var: impl Fn(&str) -> Option<String>, is_there: impl Fn(&str) -> bool) -> Option<String> {
    let named = ["VISUAL", "EDITOR"].iter().find_map(|name| var(name).filter(|value| !value.trim().is_empty()));
    named.or_else(|| USUAL.iter().find(|name| is_there(name)).map(|name| (*name).to_owned()))
}

fn is_program(name: &str) -> bool {
    env::var_os("PATH").is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(name).is_file()))
}

/// What an editor is given so that it opens a file at a line.
fn arguments(named: &str, path: &Path, line: usize) -> Vec<OsString> {
    let program = named.split_whitespace().next().unwrap_or_default().trim_matches(['"', '\'']);
    let program = PathBuf::from(program);
    let program = program.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    let file = path.as_os_str().to_owned();
    let at_line = || {
        let mut place = file.clone();
        place.push(format!(":{line}"));
        place
    };
    match program.as_str() {
        name if PLUS.contains(&name) => vec![format!("+{line}").into(), file],
        name if GOTO.contains(&name) => vec!["--goto".into(), at_line()],
        name if COLON.contains(&name) => vec![at_line()],
        _ => vec![file],
    }
}

/// The variable may hold more than a name, such as `code --wait`, quoted as in a shell.
#[cfg(unix)]
fn command(named: &str, arguments: &[OsString]) -> Command {
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{named} \"$@\"")).arg(named).args(arguments);
    command
}

#[cfg(not(unix))]
fn command(named: &str, arguments: &[OsString]) -> Command {
    let mut words = named.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words).args(arguments);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_editor_is_told_the_line_in_its_own_way() {
        for (named, wanted) in [
            ("vi", vec!["+7", "/a b.toml"]),
            ("/usr/bin/nvim -u NONE", vec!["+7", "/a b.toml"]),
            ("nano", vec!["+7", "/a b.toml"]),
            ("code --wait", vec!["--goto", "/a b.toml:7"]),
            ("hx", vec!["/a b.toml:7"]),
            ("ed", vec!["/a b.toml"]),
        ] {
            let wanted: Vec<OsString> = wanted.into_iter().map(OsString::from).collect();
            assert_eq!(arguments(named, Path::new("/a b.toml"), 7), wanted, "{named}");
        }
    }

    #[test]
    fn what_the_person_named_goes_before_what_is_usual() {
        let vars = |visual: &'static str, editor: &'static str| {
            move |name: &str| Some(if name == "VISUAL" { visual } else { editor }.to_owned())
        };
        let all = |_: &str| true;
        assert_eq!(chosen(vars("code --wait", "vi"), all).as_deref(), Some("code --wait"));
        assert_eq!(chosen(vars(" ", "emacs"), all).as_deref(), Some("emacs"));
        assert_eq!(chosen(vars("", ""), all).as_deref(), Some("vi"));
        assert_eq!(chosen(vars("", ""), |name| name == "nano").as_deref(), Some("nano"));
        assert_eq!(chosen(vars("", ""), |_| false), None);
    }
}
