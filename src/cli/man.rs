//! `mqtt-dash man`: prints the manual page.

use std::process::ExitCode;

use clap::CommandFactory;

use super::{CliError, output};

/// Print the manual page in roff format.
#[derive(Debug, clap::Args)]
pub(crate) struct ManArgs {}

/// Runs `mqtt-dash man`.
///
/// # Errors
/// When standard output cannot be written.
pub(crate) fn run(_: &ManArgs) -> Result<ExitCode, CliError> {
    let mut page = Vec::new();
    clap_mangen::Man::new(super::Cli::command())
        .render(&mut page)
        .map_err(|error| CliError::Message(error.to_string()))?;
    output::print_text(&String::from_utf8_lossy(&page))?;
    Ok(ExitCode::SUCCESS)
}
