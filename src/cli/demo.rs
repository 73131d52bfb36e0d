//! `mqtt-dash demo`: an embedded broker and a simulated ESP32, with their dashboard.

use std::{
    io::{self, IsTerminal},
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
};

use super::{CliError, GlobalArgs, boards, build_tokio_runtime, exit_code, prompt_password};
use crate::{
    demo::{Access, DemoOptions, accounts},
    runtime::{self, ExitReason, RunOptions, Signals},
};

/// Start a broker and a simulated ESP32, and open their dashboard. Needs no server, no network, no
/// configuration.
///
/// With --headless and --url the simulated board runs at another broker instead.
#[derive(Debug, clap::Args)]
pub struct DemoArgs {
    /// Where the broker listens; port 0 takes a free one.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Run without a screen until interrupted: the broker and the board, and print the address; with
    /// --url the board alone, and print its base topic.
    #[arg(long)]
    headless: bool,
    /// For a screen on a wall: no first line, nothing can be edited, Ctrl-C quits.
    #[arg(long)]
    kiosk: bool,
    /// Let in who is in this file: a line `user:hash` each, made by --hash-password.
    #[arg(long, value_name = "FILE", conflicts_with = "anonymous")]
    accounts: Option<PathBuf>,
    /// Let in everyone who can reach the broker, also beyond this machine.
    #[arg(long)]
    anonymous: bool,
    #[command(flatten)]
    boards: boards::BoardArgs,
    /// Ask for a password, print the line for --accounts, and end.
    #[arg(long, value_name = "USER", exclusive = true)]
    hash_password: Option<String>,
}

/// Runs the demo.
///
/// # Errors
/// Says what is missing or wrong.
pub fn run(args: DemoArgs, global: &GlobalArgs) -> Result<ExitCode, CliError> {
    if let Some(user) = &args.hash_password {
        return print_password_hash(user);
    }
    if args.boards.uses_external_broker(args.headless)? {
        return boards::run(&args.boards, global);
    }
    let access = match args.accounts {
        Some(file) => Access::Accounts(file),
        None if args.anonymous => Access::Anonymous,
        None => Access::LoopbackOnly,
    };
    let demo_plan = DemoOptions { listen: args.listen, access, boards: args.boards.plan(), ..DemoOptions::default() };
    let (profile_store, ui_config) = (global.profile_store()?, global.ui_config()?);
    let tokio_runtime = build_tokio_runtime()?;
    let exit_reason = tokio_runtime.block_on(async {
        let (demo, connection_plan) =
            runtime::start_demo(&profile_store, demo_plan).await.map_err(CliError::Message)?;
        if args.headless {
            let mut signals = Signals::listen().map_err(|error| CliError::Message(error.to_string()))?;
            println!("{}", demo.url());
            signals.next().await;
            demo.stop().await;
            return Ok(ExitReason::Quit);
        }
        let initial_notice = Some(runtime::join_instructions(&demo));
        let options = RunOptions {
            profile_store,
            plans: vec![connection_plan],
            ui_config,
            kiosk: args.kiosk,
            initial_notice,
            demo: Some(demo),
        };
        runtime::run(options).await.map_err(CliError::from)
    })?;
    Ok(exit_code(exit_reason))
}

fn print_password_hash(user: &str) -> Result<ExitCode, CliError> {
    let password = if io::stdin().is_terminal() {
        prompt_password(&format!("password of {user}"))
    } else {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map(|_| line.trim_end_matches(['\r', '\n']).to_owned())
    };
    let password = password.map_err(|error| CliError::Message(format!("the password could not be read: {error}")))?;
    println!("{}", accounts::account_line(user, &password).map_err(|error| CliError::Message(error.to_string()))?);
    Ok(ExitCode::SUCCESS)
}
