//! What is printed when the arguments are invalid, or ask for help.

use std::{io, process::ExitCode};

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::output;

/// Prints what is wrong with the arguments, which may contain any file name, or the help that they ask for. An address
/// that is not valid is not printed: it may contain a password.
pub(super) fn report(mut error: clap::Error) -> ExitCode {
    let argument = error.get(ContextKind::InvalidArg).map(ToString::to_string);
    if error.kind() == ErrorKind::ValueValidation && argument.is_some_and(|argument| argument.starts_with("--url")) {
        error.insert(ContextKind::InvalidValue, ContextValue::String("***".to_owned()));
    }
    if error.use_stderr() {
        let text = error.render();
        let text = if super::has_colors(false) { text.ansi().to_string() } else { text.to_string() };
        output::print_error(&text);
    } else if let Err(error) = error.print()
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        output::print_error_line(&format!("mqtt-dash: {error}"));
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}
