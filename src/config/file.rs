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
    let metadata = file.metadata().ok();
    if metadata.as_ref().is_some_and(std::fs::Metadata::is_dir) {
        return Err(file_problem("this is a folder, not a file", None));
    }
    // With this capacity the text never moves, which would leave copies of what is secret in it.
    let size = metadata.map_or(0, |metadata| metadata.len().min(MAX_FILE_BYTES));
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default() + 1);
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
