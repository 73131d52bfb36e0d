//! `mqtt-dash man`: the manual page.

use std::process::ExitCode;

use clap::CommandFactory;

use super::Failure;

/// Print the manual page, for man(1).
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Prints the manual page.
///
/// # Errors
/// It could not be written.
pub fn run(_: &Args) -> Result<ExitCode, Failure> {
    clap_mangen::Man::new(super::Args::command())
        .render(&mut std::io::stdout())
        .map_err(|fault| Failure::Sentence(fault.to_string()))?;
    Ok(ExitCode::SUCCESS)
}
