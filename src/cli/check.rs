//! `mqtt-dash check`: reports every problem in settings, profiles and dashboards, with its position.

use std::{path::PathBuf, process::ExitCode};

use super::{CliError, GlobalArgs, output};
use crate::{config, model::plural::pluralize, ui::keymap::Keymap};

/// Check settings, profiles and dashboards. Prints every problem with its file, line, column and a fix.
/// Exits with 1 if there is an error.
#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    /// The files to check. Defaults to all files in the configuration folder.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Runs `mqtt-dash check`.
///
/// # Errors
/// When a file has errors, which are printed, or nothing can be printed.
pub(crate) fn run(args: &CheckArgs, global: &GlobalArgs) -> Result<ExitCode, CliError> {
    let report = config::check_files(&global.paths()?, &args.files, &Keymap::validate_overrides);
    for (path, problems) in &report.files {
        if problems.is_empty() {
            output::print_line(&format!("{}: ok", path.display()))?;
        } else {
            output::print_error(&global.report(problems));
        }
    }
    if report.files.is_empty() {
        output::print_line(&format!("nothing to check in {}", global.paths()?.config_dir.display()))?;
    }
    if report.errors + report.warnings > 0 {
        let counts = format!("{}, {}", pluralize(report.errors, "error"), pluralize(report.warnings, "warning"));
        output::print_line(&counts)?;
    }
    if report.errors > 0 { Err(CliError::AlreadyReported) } else { Ok(ExitCode::SUCCESS) }
}
