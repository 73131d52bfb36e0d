//! `mqtt-dash completions`: prints shell completions.

use clap::CommandFactory;
use clap_complete::Shell;

/// Print the completion script for a shell.
#[derive(Debug, clap::Args)]
pub(crate) struct CompletionsArgs {
    /// The shell to complete for.
    #[arg(value_enum)]
    shell: Shell,
}

/// Runs `mqtt-dash completions`.
pub(crate) fn run(args: &CompletionsArgs) {
    clap_complete::generate(args.shell, &mut super::Cli::command(), "mqtt-dash", &mut std::io::stdout());
}
