//! What subcommands print. Everything goes through here, so that no file name, no text of a file and no payload can
//! control the terminal.

use std::io::{self, ErrorKind, Write};

use super::CliError;
use crate::model::{
    credentials::{mask_url, mask_urls},
    unsafe_char::replace_unsafe,
};

/// Prints a line on standard output.
///
/// # Errors
/// When standard output cannot be written.
pub(super) fn print_line(line: &str) -> Result<(), CliError> {
    print_line_if_open(line).map(|_| ())
}

/// Prints a line on standard output. Returns whether somebody still reads it.
///
/// # Errors
/// When standard output cannot be written.
pub(super) fn print_line_if_open(line: &str) -> Result<bool, CliError> {
    write_frame(&format!("{}\n", replace_unsafe(&line.replace('\n', " "))))
}

/// Prints a text of several lines on standard output, such as a file.
///
/// # Errors
/// When standard output cannot be written.
pub(super) fn print_text(text: &str) -> Result<(), CliError> {
    print_frame(&replace_unsafe(text))
}

/// Prints a frame on standard output. Its control sequences are those of the frame: what its cells show is sanitized.
///
/// # Errors
/// When standard output cannot be written.
pub(super) fn print_frame(frame: &str) -> Result<(), CliError> {
    write_frame(frame).map(|_| ())
}

/// Writes to standard output at once. Returns whether somebody still reads it.
fn write_frame(frame: &str) -> Result<bool, CliError> {
    let mut out = io::stdout().lock();
    match out.write_all(frame.as_bytes()).and_then(|()| out.flush()) {
        // Whoever reads the output has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        result => result
            .map(|()| true)
            .map_err(|error| CliError::Message(format!("standard output cannot be written: {error}"))),
    }
}

/// Returns standard output for what another process reads, not a terminal.
#[cfg(feature = "scripts")]
pub(super) fn binary_output() -> impl Write {
    io::stdout()
}

/// Prints a message on standard error, without colors.
pub(super) fn print_error_line(message: &str) {
    print_error(&format!("{}\n", replace_unsafe(message)));
}

/// Prints a text on standard error, without the user names and passwords of URLs. Of control sequences only those stay
/// that set colors.
pub(super) fn print_error(text: &str) {
    // If standard error cannot be written, there is no place left to say so.
    io::stderr().lock().write_all(with_colors_only(&mask_urls(&mask_arguments(text))).as_bytes()).ok();
}

/// Masks the user names and passwords of the URLs in the arguments of this program, where a text quotes them.
fn mask_arguments(text: &str) -> String {
    let arguments = std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned());
    arguments.fold(text.to_owned(), |text, argument| {
        let value = if argument.starts_with("--") { argument.split_once('=').map(|(_, value)| value) } else { None };
        let value = value.unwrap_or(&argument);
        // What stands in front of an `@` may be the second half of an address with a blank in its password.
        let mask_start = || value.rsplit_once('@').map(|(_, host)| format!("***@{host}"));
        mask_url(value).or_else(mask_start).map_or_else(|| text.clone(), |masked| text.replace(value, &masked))
    })
}

/// Replaces what could control a terminal, except the sequences that set colors (SGR, ECMA-48, section 8.3.117).
fn with_colors_only(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("\u{1b}[") {
        let sequence = &rest[start + 2..];
        let parameters = sequence.len() - sequence.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';').len();
        out.push_str(&replace_unsafe(&rest[..start]));
        let end = start + 2 + parameters;
        if rest[end..].starts_with('m') {
            out.push_str(&rest[start..=end]);
            rest = &rest[end + 1..];
        } else {
            out.push_str(&replace_unsafe(&rest[start..end]));
            rest = &rest[end..];
        }
    }
    out.push_str(&replace_unsafe(rest));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_control_sequences_only_colors_stay() {
        for (text, printed) in [
            ("\u{1b}[1;31merror\u{1b}[0m: x\n", "\u{1b}[1;31merror\u{1b}[0m: x\n"),
            ("a\u{1b}[2Jb", "a\u{fffd}[2Jb"),
            ("a\u{1b}]0;t\u{7}", "a\u{fffd}]0;t\u{fffd}"),
            ("a\u{1b}[", "a\u{fffd}["),
            ("a\u{1b}\u{1b}[31m\u{9b}31m", "a\u{fffd}\u{1b}[31m\u{fffd}31m"),
            ("\u{1b}[31\u{202e}m", "\u{fffd}[31\u{fffd}m"),
        ] {
            assert_eq!(with_colors_only(text), printed);
        }
    }
}
