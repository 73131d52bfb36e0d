//! `mqtt-dash man`: prints the manual page.

use std::process::ExitCode;

use clap::CommandFactory;

use super::CliError;

/// Print the manual page in roff format.
#[derive(Debug, clap::Args)]
pub(crate) struct ManArgs {}

/// Runs `mqtt-dash man`.
///
/// # Errors
/// When standard output cannot be written.
pub(crate) fn run(_: &ManArgs) -> Result<ExitCode, CliError> {
    clap_mangen::Man::new(super::Cli::command())
        .render(&mut std::io::stdout())
        .map_err(|error| CliError::Message(error.to_string()))?;
    Ok(ExitCode::SUCCESS)
}
