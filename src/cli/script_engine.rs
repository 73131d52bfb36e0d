//! `mqtt-dash script-engine`: runs the scripts of a dashboard. The program starts this for itself: neither the help nor
//! the completions of a shell name it.

use std::{ffi::OsString, process::ExitCode};

use super::output;
use crate::script::{ENGINE_SUBCOMMAND, run_engine_process};

/// Returns whether these are the arguments of an engine process.
pub(crate) fn is_requested(args: impl IntoIterator<Item = OsString>) -> bool {
    args.into_iter().skip(1).eq([ENGINE_SUBCOMMAND])
}

/// Runs scripts as standard input commands, until it ends.
pub(crate) fn run() -> ExitCode {
    run_engine_process(std::io::stdin(), output::binary_output())
}
