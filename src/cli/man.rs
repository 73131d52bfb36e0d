//! `mqtt-dash man`: the manual page.

use std::process::ExitCode;

use clap::CommandFactory;

use super::CliError;

/// Print the manual page, for man(1).
#[derive(Debug, clap::Args)]
pub struct ManArgs {}

/// Prints the manual page.
///
/// # Errors
/// It could not be written.
pub fn run(_: &ManArgs) -> Result<ExitCode, CliError> {
    clap_mangen::Man::new(super::Cli::command())
        .render(&mut std::io::stdout())
        .map_err(|error| CliError::Message(error.to_string()))?;
    Ok(ExitCode::SUCCESS)
}
