//! What is wrong with a file of the configuration folder, in one sentence for the footer or the banner.

/// Why a file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// The file cannot be read.
    #[error("{file} cannot be read")]
    Unreadable {
        /// The name of the file, without its folder.
        file: String,
    },
    /// The file has errors.
    #[error("{file}{}: {message}{}{}", line_text(*line), more_text(*more), help_text(help.as_deref()))]
    Invalid {
        /// The name of the file, without its folder.
        file: String,
        /// The line of the first error, if it has one.
        line: Option<usize>,
        /// The first error, as a sentence without a final period.
        message: String,
        /// What to do about the first error.
        help: Option<String>,
        /// How many more errors there are.
        more: usize,
    },
}

fn line_text(line: Option<usize>) -> String {
    line.map(|line| format!(" line {line}")).unwrap_or_default()
}

fn more_text(more: usize) -> String {
    if more == 0 { String::new() } else { format!(" (and {more} more)") }
}

fn help_text(help: Option<&str>) -> String {
    help.map(|help| format!("; {help}")).unwrap_or_default()
}
