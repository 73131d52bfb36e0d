//! Reads the text of files, up to a maximum size.

use std::{fs::File, io::Read, path::Path, sync::Arc};

use super::{
    error::io_error_text,
    problem::{Problem, Problems},
    source::SourceText,
};

/// The maximum size of a file.
pub(super) const MAX_FILE_BYTES: u64 = 4 << 20;

/// Reads the text of a file.
///
/// # Errors
/// When the file cannot be read, is larger than [`MAX_FILE_BYTES`], or is not UTF-8.
pub(super) fn read_text(path: &Path) -> Result<String, Problems> {
    let name = path.display().to_string();
    let file_problem = |message: &str, help: Option<&str>| {
        let source = Arc::new(SourceText::new(name.clone(), ""));
        single_problem(Problem::new(&source, None, message).with_help(help.map(str::to_owned)))
    };
    let unreadable =
        |error: std::io::Error| file_problem(&format!("cannot read this file: {}", io_error_text(&error)), None);
    let file = File::open(path).map_err(unreadable)?;
    if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        return Err(file_problem("this is a folder, not a file", None));
    }
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        let limit_mib = MAX_FILE_BYTES >> 20;
        return Err(file_problem(&format!("this file is larger than {limit_mib} MiB"), Some("is it the right file?")));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let source = Arc::new(SourceText::new(name.clone(), &String::from_utf8_lossy(error.as_bytes())));
        single_problem(
            Problem::new(&source, Some(at..at + 1), "invalid UTF-8 from here on")
                .with_help(Some("save the file as UTF-8".to_owned())),
        )
    })
}

fn single_problem(problem: Problem) -> Problems {
    let mut problems = Problems::default();
    problems.push(problem);
    problems
}

/// Returns a command that restricts the permissions of a file, if other users can read or write it.
#[cfg(unix)]
pub(super) fn permissions_fix_command(path: &Path) -> Option<String> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = path.metadata().ok()?.permissions().mode();
    let canonical = path.canonicalize().ok()?;
    is_accessible_by_others(&canonical, mode).then(|| format!("chmod 600 {}", shell_quote(&path.display().to_string())))
}

/// Returns whether other users can read or write a file with this mode. Below `/run/secrets` only write
/// permission counts: container engines make these files readable for every user of the container, where the
/// user cannot change it and the container is the security boundary.
#[cfg(unix)]
fn is_accessible_by_others(canonical: &Path, mode: u32) -> bool {
    mode & if canonical.starts_with("/run/secrets") { 0o022 } else { 0o066 } != 0
}

#[cfg(not(unix))]
pub(super) fn permissions_fix_command(_path: &Path) -> Option<String> {
    None
}

/// Quotes an argument for a POSIX shell, if necessary.
#[cfg(unix)]
fn shell_quote(argument: &str) -> String {
    let plain = argument.chars().all(|c| c.is_alphanumeric() || "/._-+~@".contains(c));
    if plain { argument.to_owned() } else { format!("'{}'", argument.replace('\'', r"'\''")) }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn container_secrets_may_be_world_readable_but_not_writable() {
        for (path, mode, expected) in [
            ("/home/me/word", 0o600, false),
            ("/home/me/word", 0o400, false),
            ("/home/me/word", 0o444, true),
            ("/home/me/word", 0o640, true),
            ("/run/secrets/word", 0o444, false),
            ("/run/secrets/word", 0o666, true),
            ("/run/secrets/word", 0o420, true),
            ("/run/secretsx/word", 0o444, true),
            ("/home/run/secrets/word", 0o444, true),
        ] {
            assert_eq!(is_accessible_by_others(Path::new(path), mode), expected, "{path} {mode:o}");
        }
    }
}
