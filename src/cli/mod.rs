//! The command line: one file for each subcommand.

#![expect(clippy::doc_markdown, reason = "clap prints these comments as plain text")]

#[cfg(feature = "demo")]
mod boards;
mod check;
mod completions;
mod core_dumps;
#[cfg(feature = "demo")]
mod demo;
mod explore;
mod export;
mod global_args;
mod import;
mod log;
mod man;
mod open;
mod output;
#[cfg(feature = "scripts")]
mod script_engine;
mod snapshot;
mod usage;
mod variables;
mod watch;

use std::{io::IsTerminal, process::ExitCode};

use clap::{Parser, Subcommand};

use self::global_args::GlobalArgs;
use crate::{
    app::App,
    config::{ConfigError, Problems, SecretRequest},
    model::{password::Password, unsafe_char::replace_unsafe},
    runtime::{Clock, ConnectionPlan, ConnectionPlanError, ExitReason, Headless, ProfileStore},
    ui::terminal::TerminalError,
};

/// The exit status, for the end of the help.
const EXIT_STATUS: &str = "\
Exit status: 0 for success, 1 for a failure, 2 for invalid arguments, and 128 plus its number for a signal. If whatever \
reads the output closes it early, as `head` does, the rest is not printed, and the exit status is the same.";

/// See and control everything on your MQTT broker: a dashboard for the terminal.
///
/// Without a subcommand, opens the dashboards of the default profile. Without a default profile, or if it has
/// no dashboard, opens the list of connections.
#[derive(Debug, Parser)]
#[command(name = "mqtt-dash", version, propagate_version = true, after_long_help = EXIT_STATUS)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<CliCommand>,
    #[command(flatten)]
    global: GlobalArgs,
}

#[derive(Debug, Subcommand)]
enum CliCommand {
    Open(open::OpenArgs),
    #[cfg(feature = "demo")]
    Demo(demo::DemoArgs),
    Explore(explore::ExploreArgs),
    Check(check::CheckArgs),
    Snapshot(snapshot::SnapshotArgs),
    Watch(watch::WatchArgs),
    Import(import::ImportArgs),
    Export(export::ExportArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
}

/// The reason why a subcommand failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// Files have errors; they are printed as diagnostics.
    #[error("{0}")]
    Problems(Problems),
    /// Any other failure; exit code 1.
    #[error("{0}")]
    Message(String),
    /// Invalid arguments; exit code 2.
    #[error("{0}")]
    Usage(String),
    /// A signal ended the program; exit code 128 plus its number.
    #[error("ended by signal {0}")]
    Signal(i32),
    /// The failure is already printed; exit code 1.
    #[error("")]
    AlreadyReported,
}

impl From<ConnectionPlanError> for CliError {
    fn from(error: ConnectionPlanError) -> Self {
        match error {
            ConnectionPlanError::Problems(problems) => Self::Problems(problems),
            other => Self::Message(other.to_string()),
        }
    }
}

impl From<Problems> for CliError {
    fn from(problems: Problems) -> Self {
        Self::Problems(problems)
    }
}

impl From<ConfigError> for CliError {
    fn from(error: ConfigError) -> Self {
        Self::Message(error.to_string())
    }
}

impl From<TerminalError> for CliError {
    fn from(error: TerminalError) -> Self {
        match error {
            TerminalError::Io(_) => Self::Message(error.to_string()),
            _ => Self::Usage(error.to_string()),
        }
    }
}

/// Asks for a secret of a profile on the terminal.
fn prompt_secret(request: SecretRequest<'_>) -> std::io::Result<Password> {
    rpassword::prompt_password(&*replace_unsafe(&request.question())).map(Password::from)
}

/// Parses the arguments and runs the subcommand. Returns the exit code: 0 for success, 1 for a failure, 2
/// for invalid arguments.
#[must_use]
pub fn main() -> ExitCode {
    #[cfg(feature = "scripts")]
    if script_engine::is_requested(std::env::args_os()) {
        return script_engine::run();
    }
    let Cli { command, global } = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage::report(error),
    };
    crate::mqtt::install_crypto_provider();
    let _log = match log::init(&global) {
        Ok(log) => log,
        Err(error) => return report_error(&error, &global),
    };
    core_dumps::disable();
    let result = match command {
        None => open::run_default(&global),
        Some(CliCommand::Open(args)) => open::run(&args, &global),
        #[cfg(feature = "demo")]
        Some(CliCommand::Demo(args)) => demo::run(args, &global),
        Some(CliCommand::Explore(args)) => explore::run(&args, &global),
        Some(CliCommand::Check(args)) => check::run(&args, &global),
        Some(CliCommand::Snapshot(args)) => snapshot::run(&args, &global),
        Some(CliCommand::Watch(args)) => watch::run(&args, &global),
        Some(CliCommand::Import(args)) => import::run(&args, &global),
        Some(CliCommand::Export(args)) => export::run(&args, &global),
        Some(CliCommand::Completions(args)) => completions::run(&args),
        Some(CliCommand::Man(args)) => man::run(&args),
    };
    match result {
        Ok(code) => code,
        Err(error) => report_error(&error, &global),
    }
}

/// The width of diagnostics, in columns.
const REPORT_WIDTH: usize = 100;

/// Returns whether messages on standard error have colors.
fn has_colors(no_color: bool) -> bool {
    let is_allowed = !no_color && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    is_allowed && std::io::stderr().is_terminal()
}

fn report_error(error: &CliError, global: &GlobalArgs) -> ExitCode {
    match error {
        CliError::Problems(problems) => output::print_error(&global.report(problems)),
        CliError::Message(message) | CliError::Usage(message) => {
            print_message(message);
        }
        CliError::Signal(number) => return exit_code(ExitReason::Signal(*number)),
        CliError::AlreadyReported => {}
    }
    ExitCode::from(if matches!(error, CliError::Usage(_)) { 2 } else { 1 })
}

/// Prints a message on standard error.
fn print_message(message: &str) {
    output::print_error_line(&format!("mqtt-dash: {message}"));
}

/// Creates the loop of a subcommand that needs no terminal. What the user must be told is printed on standard error.
fn headless(app: App, profile_store: ProfileStore, clock: Clock) -> Result<Headless, CliError> {
    Headless::new(app, profile_store, clock, |text| print_message(&text))
        .map_err(|error| CliError::Message(error.to_string()))
}

/// Creates such a loop for dashboards, with what is granted and remembered, and opens them.
fn headless_with_dashboards(
    mut app: App,
    (profile_store, plans): (ProfileStore, Vec<ConnectionPlan>),
    clock: Clock,
) -> Result<Headless, CliError> {
    app.grants = profile_store.grants();
    app.remembered = profile_store.remembered();
    let (decoder_rules, decoder_problem) = profile_store.decoder_rules();
    app.load_decoder_rules(decoder_rules);
    if let Some(problem) = decoder_problem {
        print_message(&problem);
    }
    if let Some(problem) = profile_store.grants_problem() {
        print_message(&problem);
    }
    let mut headless = headless(app, profile_store, clock)?;
    for plan in plans {
        headless.open(plan);
    }
    Ok(headless)
}

/// Builds the Tokio runtime with two worker threads.
fn build_tokio_runtime() -> Result<tokio::runtime::Runtime, CliError> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| CliError::Message(format!("cannot start the async runtime: {error}")))
}

/// Returns the exit code: for a signal, 128 plus its number, as shells report it.
fn exit_code(exit_reason: ExitReason) -> ExitCode {
    match exit_reason {
        ExitReason::Quit => ExitCode::SUCCESS,
        ExitReason::Signal(number) => ExitCode::from(u8::try_from(128 + number).unwrap_or(1)),
        ExitReason::TerminalGone => ExitCode::FAILURE,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn cli_passes_clap_debug_assert() {
        super::Cli::command().debug_assert();
    }
}
