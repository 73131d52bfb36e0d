//! Reads the text of a file, with limits.

use std::{fs::File, io::Read, path::Path, sync::Arc};

use super::{
    fault::plainly,
    problem::{Problem, Problems},
    source::Source,
};

/// The largest file that is read.
pub(super) const MAX_BYTES: u64 = 4 << 20;

/// The text of a file.
///
/// # Errors
/// That it cannot be read, is too large, or is no UTF-8, and where.
pub(super) fn read_text(path: &Path) -> Result<String, Problems> {
    let name = path.display().to_string();
    let about = |what: &str, help: Option<&str>| {
        let source = Arc::new(Source::new(name.clone(), ""));
        one(Problem::new(&source, None, what).help(help.map(str::to_owned)))
    };
    let unreadable = |fault: std::io::Error| about(&format!("this file cannot be read: {}", plainly(&fault)), None);
    let file = File::open(path).map_err(unreadable)?;
    if file.metadata().is_ok_and(|it| it.is_dir()) {
        return Err(about("this is a folder, not a file", None));
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_BYTES {
        let most = MAX_BYTES >> 20;
        return Err(about(&format!("this file is larger than {most} MiB"), Some("is it the right file?")));
    }
    String::from_utf8(bytes).map_err(|fault| {
        let at = fault.utf8_error().valid_up_to();
        let source = Arc::new(Source::new(name.clone(), &String::from_utf8_lossy(fault.as_bytes())));
        one(Problem::new(&source, Some(at..at + 1), "this is no UTF-8 text from here on")
            .help(Some("save the file as UTF-8".to_owned())))
    })
}

fn one(problem: Problem) -> Problems {
    let mut problems = Problems::default();
    problems.push(problem);
    problems
}

/// The command that takes a file away from the eyes of others, where they can read it.
#[cfg(unix)]
pub(super) fn exposed(path: &Path) -> Option<String> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = path.metadata().ok()?.permissions().mode();
    let real = path.canonicalize().ok()?;
    too_open(&real, mode).then(|| format!("chmod 600 {}", quoted(&path.display().to_string())))
}

/// Whether a file with this mode is open to others. Container engines make the secrets below
/// `/run/secrets` readable for every user of the container, which is the border there: nobody could
/// mend that, so there it counts only whether others can write.
#[cfg(unix)]
fn too_open(real: &Path, mode: u32) -> bool {
    mode & if real.starts_with("/run/secrets") { 0o022 } else { 0o066 } != 0
}

#[cfg(not(unix))]
pub(super) fn exposed(_path: &Path) -> Option<String> {
    None
}

/// A word as a shell takes it.
#[cfg(unix)]
fn quoted(word: &str) -> String {
    let plain = word.chars().all(|c| c.is_alphanumeric() || "/._-+~@".contains(c));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_a_container_may_be_read_but_not_written() {
        for (path, mode, open) in [
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
            assert_eq!(too_open(Path::new(path), mode), open, "{path} {mode:o}");
        }
    }
}
