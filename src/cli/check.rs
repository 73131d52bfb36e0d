//! `mqtt-dash check`: every mistake in profiles and dashboards, with its place.

use std::{path::PathBuf, process::ExitCode};

use super::{CliError, GlobalArgs, pluralize};
use crate::{config, ui::keymap::Keymap};

/// Check settings, profiles and dashboards: every problem with file, line, column and what to do. Exit status 1
/// if there is any.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// The files; all of the configuration folder when left out.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Checks files.
///
/// # Errors
/// That there are mistakes, which were told.
pub fn run(args: &CheckArgs, global: &GlobalArgs) -> Result<ExitCode, CliError> {
    let report = config::check_files(&global.paths()?, &args.files, &Keymap::validate_patch);
    for (path, problems) in &report.files {
        if problems.is_empty() {
            println!("{}: fine", path.display());
        } else {
            eprint!("{}", problems.render_report(global.colors(), super::REPORT_WIDTH));
        }
    }
    if report.files.is_empty() {
        println!("nothing to check in {}", global.paths()?.config_dir.display());
    }
    if report.errors + report.warnings > 0 {
        println!("{}, {}", pluralize(report.errors, "error"), pluralize(report.warnings, "warning"));
    }
    if report.errors > 0 { Err(CliError::AlreadyReported) } else { Ok(ExitCode::SUCCESS) }
}
