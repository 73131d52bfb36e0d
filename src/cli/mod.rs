//! The command line: one file for each subcommand.

#![expect(clippy::doc_markdown, reason = "what stands here is what --help prints, as plain text")]

#[cfg(feature = "demo")]
mod boards;
mod check;
mod completions;
#[cfg(feature = "demo")]
mod demo;
mod export;
mod import;
mod log;
mod man;
mod open;
mod snapshot;

use std::{io::IsTerminal, path::PathBuf, process::ExitCode};

use clap::{
    Parser, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};

use crate::{
    config::{AppPaths, ConfigError, Problems, load_settings},
    model::{
        schema::{FieldValue, ValueType},
        settings::{ImageProtocol, ThemeName},
    },
    runtime::{ConnectionPlanError, ExitReason, ProfileStore},
    ui::{UiConfig, keymap::Keymap, terminal::TerminalError, text::sanitize},
};

/// A dashboard for MQTT in the terminal: tiles that show and steer what your broker carries.
///
/// Without a subcommand the default profile's dashboards open; without one, the connections.
#[derive(Debug, Parser)]
#[command(name = "mqtt-dash", version, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<CliCommand>,
    #[command(flatten)]
    global: GlobalArgs,
}

/// What holds for every subcommand.
#[derive(Debug, Clone, clap::Args)]
pub struct GlobalArgs {
    /// Where profiles.toml and dashboards/ are, instead of the usual place; the same as
    /// MQTT_DASH_CONFIG_DIR.
    #[arg(long, global = true, value_name = "DIR")]
    config_dir: Option<PathBuf>,
    /// Write a log into the state folder; twice for more.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    /// Which events the log takes, such as "mqtt_dash::mqtt=trace".
    #[arg(long = "log", global = true, value_name = "FILTER")]
    log_filter: Option<String>,
    /// The colours, instead of those in settings.toml: terminal, dark, light or high-contrast.
    #[arg(long, global = true, value_name = "NAME", value_parser = parse_theme)]
    theme: Option<ThemeName>,
    /// Tell everything by shape and weight; also where NO_COLOR is set.
    #[arg(long, global = true)]
    no_color: bool,
    /// How pictures are drawn on the screen, instead of what settings.toml says; `auto` goes by what
    /// the terminal says of itself in the environment.
    #[arg(long, global = true, value_name = "HOW", value_parser = drawing_parser())]
    images: Option<ImageProtocol>,
}

#[derive(Debug, Subcommand)]
enum CliCommand {
    Open(open::OpenArgs),
    #[cfg(feature = "demo")]
    Demo(demo::DemoArgs),
    Check(check::CheckArgs),
    Snapshot(snapshot::SnapshotArgs),
    Import(import::ImportArgs),
    Export(export::ExportArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
}

/// Why a subcommand failed.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// Files have mistakes; they are shown with their places.
    #[error("{0}")]
    Problems(Problems),
    /// What was asked for did not work.
    #[error("{0}")]
    Message(String),
    /// It was asked for in a wrong way.
    #[error("{0}")]
    Usage(String),
    /// Everything was said already.
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

impl GlobalArgs {
    /// Where files are.
    fn paths(&self) -> Result<AppPaths, CliError> {
        Ok(AppPaths::resolve(self.config_dir.clone())?)
    }

    /// What can be opened.
    fn profile_store(&self) -> Result<ProfileStore, CliError> {
        Ok(ProfileStore::load(self.paths()?)?)
    }

    /// How things look.
    fn ui_config(&self) -> Result<UiConfig, CliError> {
        let settings = load_settings(&self.paths()?.settings_file(), &Keymap::validate_patch)?;
        let mut ui_config = UiConfig::detect(!self.no_color, |name| std::env::var(name).ok());
        ui_config.cli_theme = self.theme;
        ui_config.cli_image_protocol = self.images;
        ui_config.apply_settings(&settings);
        Ok(ui_config)
    }

    /// Whether messages on standard error have colours.
    fn colors(&self) -> bool {
        let is_allowed = !self.no_color && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        is_allowed && std::io::stderr().is_terminal()
    }
}

/// A theme by its name.
fn parse_theme(name: &str) -> Result<ThemeName, String> {
    ThemeName::from_value(&name.into()).map_err(|errors| errors.into_iter().filter_map(|it| it.help).collect())
}

/// A way of drawing pictures by its name.
fn drawing_parser() -> impl TypedValueParser<Value = ImageProtocol> {
    let names = match ImageProtocol::VALUE_TYPE {
        ValueType::OneOf(words) => words,
        _ => &[],
    };
    PossibleValuesParser::new(names).try_map(|name| {
        ImageProtocol::from_value(&name.as_str().into()).map_err(|_| format!("{name} is not known here"))
    })
}

/// Asks for a password on the terminal.
fn prompt_password(whose: &str) -> std::io::Result<String> {
    rpassword::prompt_password(format!("{whose}: "))
}

/// Does what the arguments ask for; gives the exit status: 0 fine, 1 it failed, 2 wrong usage.
#[must_use]
pub fn main() -> ExitCode {
    let Cli { command, global } = Cli::parse();
    crate::mqtt::install_crypto_provider();
    let _log = match log::init(&global) {
        Ok(log) => log,
        Err(error) => return report_error(&error, &global),
    };
    let result = match command {
        None => open::run_default(&global),
        Some(CliCommand::Open(args)) => open::run(&args, &global),
        #[cfg(feature = "demo")]
        Some(CliCommand::Demo(args)) => demo::run(args, &global),
        Some(CliCommand::Check(args)) => check::run(&args, &global),
        Some(CliCommand::Snapshot(args)) => snapshot::run(&args, &global),
        Some(CliCommand::Import(args)) => import::run(&args, &global),
        Some(CliCommand::Export(args)) => export::run(&args, &global),
        Some(CliCommand::Completions(args)) => {
            completions::run(&args);
            Ok(ExitCode::SUCCESS)
        }
        Some(CliCommand::Man(args)) => man::run(&args),
    };
    match result {
        Ok(code) => code,
        Err(error) => report_error(&error, &global),
    }
}

/// How wide reports of mistakes are.
const REPORT_WIDTH: usize = 100;

fn report_error(error: &CliError, global: &GlobalArgs) -> ExitCode {
    match error {
        CliError::Problems(problems) => eprint!("{}", problems.render_report(global.colors(), REPORT_WIDTH)),
        CliError::Message(message) | CliError::Usage(message) => {
            // Names of files and words of a broker may be in it.
            let lines: Vec<_> = message.lines().map(sanitize).collect();
            eprintln!("mqtt-dash: {}", lines.join("\n"));
        }
        CliError::AlreadyReported => {}
    }
    ExitCode::from(if matches!(error, CliError::Usage(_)) { 2 } else { 1 })
}

/// So many things, in words.
fn pluralize(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// A runtime for everything that waits.
fn build_tokio_runtime() -> Result<tokio::runtime::Runtime, CliError> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| CliError::Message(format!("the program cannot be started: {error}")))
}

/// The exit status of an ending, as shells know it: 128 and the number of the signal.
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
