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
    run::{Ending, OpeningFault, Shelf},
    ui::{Look, keymap::Keymap, terminal::NoScreen, text::clean},
};

/// A dashboard for MQTT in the terminal: tiles that show and steer what your broker carries.
///
/// Without a subcommand the default profile's dashboards open; without one, the connections.
#[derive(Debug, Parser)]
#[command(name = "mqtt-dash", version, propagate_version = true)]
pub struct Args {
    #[command(subcommand)]
    command: Option<What>,
    #[command(flatten)]
    global: Global,
}

/// What holds for every subcommand.
#[derive(Debug, Clone, clap::Args)]
pub struct Global {
    /// Where profiles.toml and dashboards/ are, instead of the usual place; the same as
    /// MQTT_DASH_CONFIG_DIR.
    #[arg(long, global = true, value_name = "DIR")]
    config_dir: Option<PathBuf>,
    /// Write a log into the state folder; twice for more.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    /// Which events the log takes, such as "mqtt_dash::mqtt=trace".
    #[arg(long = "log", global = true, value_name = "FILTER")]
    filter: Option<String>,
    /// The colours, instead of those in settings.toml: terminal, dark, light or high-contrast.
    #[arg(long, global = true, value_name = "NAME", value_parser = theme)]
    theme: Option<ThemeName>,
    /// Tell everything by shape and weight; also where NO_COLOR is set.
    #[arg(long, global = true)]
    no_color: bool,
    /// How pictures are drawn on the screen, instead of what settings.toml says; `auto` goes by what
    /// the terminal says of itself in the environment.
    #[arg(long, global = true, value_name = "HOW", value_parser = drawing())]
    images: Option<ImageProtocol>,
}

#[derive(Debug, Subcommand)]
enum What {
    Open(open::Args),
    #[cfg(feature = "demo")]
    Demo(demo::Args),
    Check(check::Args),
    Snapshot(snapshot::Args),
    Import(import::Args),
    Export(export::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// Why a subcommand failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Files have mistakes; they are shown with their places.
    #[error("{0}")]
    Problems(Problems),
    /// What was asked for did not work.
    #[error("{0}")]
    Sentence(String),
    /// It was asked for in a wrong way.
    #[error("{0}")]
    Usage(String),
    /// Everything was said already.
    #[error("")]
    Told,
}

impl From<OpeningFault> for Failure {
    fn from(fault: OpeningFault) -> Self {
        match fault {
            OpeningFault::Problems(problems) => Self::Problems(problems),
            other => Self::Sentence(other.to_string()),
        }
    }
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self::Problems(problems)
    }
}

impl From<ConfigError> for Failure {
    fn from(fault: ConfigError) -> Self {
        Self::Sentence(fault.to_string())
    }
}

impl From<NoScreen> for Failure {
    fn from(none: NoScreen) -> Self {
        match none {
            NoScreen::Io(_) => Self::Sentence(none.to_string()),
            _ => Self::Usage(none.to_string()),
        }
    }
}

impl Global {
    /// Where files are.
    fn places(&self) -> Result<AppPaths, Failure> {
        Ok(AppPaths::resolve(self.config_dir.clone())?)
    }

    /// What can be opened.
    fn shelf(&self) -> Result<Shelf, Failure> {
        Ok(Shelf::look(self.places()?)?)
    }

    /// How things look.
    fn look(&self) -> Result<Look, Failure> {
        let settings = load_settings(&self.places()?.settings_file(), &Keymap::judge)?;
        let mut look = Look::detect(!self.no_color, |name| std::env::var(name).ok());
        look.named = self.theme;
        look.drawn = self.images;
        look.take(&settings);
        Ok(look)
    }

    /// Whether messages on standard error have colours.
    fn colors(&self) -> bool {
        let wished = !self.no_color && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        wished && std::io::stderr().is_terminal()
    }
}

/// A theme by its name.
fn theme(name: &str) -> Result<ThemeName, String> {
    ThemeName::from_value(&name.into()).map_err(|wrong| wrong.into_iter().filter_map(|it| it.help).collect())
}

/// A way of drawing pictures by its name.
fn drawing() -> impl TypedValueParser<Value = ImageProtocol> {
    let words = match ImageProtocol::VALUE_TYPE {
        ValueType::OneOf(words) => words,
        _ => &[],
    };
    PossibleValuesParser::new(words).try_map(|word| {
        ImageProtocol::from_value(&word.as_str().into()).map_err(|_| format!("{word} is not known here"))
    })
}

/// Asks for a password on the terminal.
fn ask(whose: &str) -> std::io::Result<String> {
    rpassword::prompt_password(format!("{whose}: "))
}

/// Does what the arguments ask for; gives the exit status: 0 fine, 1 it failed, 2 wrong usage.
#[must_use]
pub fn main() -> ExitCode {
    let Args { command, global } = Args::parse();
    crate::mqtt::install_crypto_provider();
    let _log = match log::start(&global) {
        Ok(log) => log,
        Err(failure) => return tell(&failure, &global),
    };
    let done = match command {
        None => open::start(&global),
        Some(What::Open(args)) => open::run(&args, &global),
        #[cfg(feature = "demo")]
        Some(What::Demo(args)) => demo::run(args, &global),
        Some(What::Check(args)) => check::run(&args, &global),
        Some(What::Snapshot(args)) => snapshot::run(&args, &global),
        Some(What::Import(args)) => import::run(&args, &global),
        Some(What::Export(args)) => export::run(&args, &global),
        Some(What::Completions(args)) => {
            completions::run(&args);
            Ok(ExitCode::SUCCESS)
        }
        Some(What::Man(args)) => man::run(&args),
    };
    match done {
        Ok(code) => code,
        Err(failure) => tell(&failure, &global),
    }
}

/// How wide reports of mistakes are.
const WIDTH: usize = 100;

fn tell(failure: &Failure, global: &Global) -> ExitCode {
    match failure {
        Failure::Problems(problems) => eprint!("{}", problems.render_report(global.colors(), WIDTH)),
        Failure::Sentence(sentence) | Failure::Usage(sentence) => {
            // Names of files and words of a broker may be in it.
            let lines: Vec<_> = sentence.lines().map(clean).collect();
            eprintln!("mqtt-dash: {}", lines.join("\n"));
        }
        Failure::Told => {}
    }
    ExitCode::from(if matches!(failure, Failure::Usage(_)) { 2 } else { 1 })
}

/// So many things, in words.
fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// A runtime for everything that waits.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|fault| Failure::Sentence(format!("the program cannot be started: {fault}")))
}

/// The exit status of an ending, as shells know it: 128 and the number of the signal.
fn status(ending: Ending) -> ExitCode {
    match ending {
        Ending::Quit => ExitCode::SUCCESS,
        Ending::Signal(number) => ExitCode::from(u8::try_from(128 + number).unwrap_or(1)),
        Ending::Gone => ExitCode::FAILURE,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        super::Args::command().debug_assert();
    }
}
