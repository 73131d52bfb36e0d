//! `mqtt-dash completions`: for the person's shell.

use clap::CommandFactory;
use clap_complete::Shell;

/// Print the completions for a shell.
#[derive(Debug, clap::Args)]
pub struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the completions.
pub fn run(args: &CompletionsArgs) {
    clap_complete::generate(args.shell, &mut super::Cli::command(), "mqtt-dash", &mut std::io::stdout());
}
