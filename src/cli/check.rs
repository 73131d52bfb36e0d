//! `mqtt-dash check`: every mistake in profiles and dashboards, with its place.

use std::{path::PathBuf, process::ExitCode};

use super::{Failure, Global};
use crate::store;

/// Check profiles and dashboards: every problem with file, line, column and what to do. Exit status 1
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
    const WIDTH: usize = 100;
    let report = store::check(&args.files, &global.places()?)?;
    eprint!("{}", report.problems.report(global.colors(), WIDTH));
    let errors = report.problems.errors();
    println!("{}", report.summary());
    if errors > 0 { Err(Failure::Told) } else { Ok(ExitCode::SUCCESS) }
}
