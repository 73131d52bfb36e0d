//! `mqtt-dash check`: every mistake in profiles and dashboards, with its place.

use std::{path::PathBuf, process::ExitCode};

use super::{Failure, Global, counted};
use crate::{config, ui::keymap::Keymap};

/// Check settings, profiles and dashboards: every problem with file, line, column and what to do. Exit status 1
/// if there is any.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The files; all of the configuration folder when left out.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Checks files.
///
/// # Errors
/// That there are mistakes, which were told.
pub fn run(args: &Args, global: &Global) -> Result<ExitCode, Failure> {
    let report = config::check_files(&global.places()?, &args.files, &Keymap::judge);
    for (path, problems) in &report.files {
        if problems.is_empty() {
            println!("{}: fine", path.display());
        } else {
            eprint!("{}", problems.render_report(global.colors(), super::WIDTH));
        }
    }
    if report.files.is_empty() {
        println!("nothing to check in {}", global.places()?.config_dir.display());
    }
    if report.errors + report.warnings > 0 {
        println!("{}, {}", counted(report.errors, "error"), counted(report.warnings, "warning"));
    }
    if report.errors > 0 { Err(Failure::Told) } else { Ok(ExitCode::SUCCESS) }
}
