//! `mqtt-dash demo`: an embedded broker and a simulated ESP32, with their dashboard.

use std::{
    io::{self, IsTerminal},
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
};

use super::{Failure, Global, ask, boards, runtime, status};
use crate::{
    demo::{Access, DemoOptions, accounts},
    run::{self, Ending, Signals, Start},
};

/// Start a broker and a simulated ESP32, and open their dashboard. Needs no server, no network, no
/// configuration.
///
/// With --headless and --url the simulated board runs at another broker instead.
#[derive(Debug, clap::Args)]
pub struct Args {
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
    boards: boards::Boards,
    /// Ask for a password, print the line for --accounts, and end.
    #[arg(long, value_name = "USER", exclusive = true)]
    hash_password: Option<String>,
}

/// Runs the demo.
///
/// # Errors
/// Says what is missing or wrong.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failure> {
    if let Some(user) = &args.hash_password {
        return hash(user);
    }
    if args.boards.elsewhere(args.headless)? {
        return boards::run(&args.boards, global);
    }
    let access = match args.accounts {
        Some(file) => Access::Accounts(file),
        None if args.anonymous => Access::Anonymous,
        None => Access::LoopbackOnly,
    };
    let plan = DemoOptions { listen: args.listen, access, boards: args.boards.plan(), ..DemoOptions::default() };
    let (shelf, look) = (global.shelf()?, global.look()?);
    let runtime = runtime()?;
    let ending = runtime.block_on(async {
        let (demo, opening) = run::stage_demo(&shelf, plan).await.map_err(Failure::Sentence)?;
        if args.headless {
            let mut signals = Signals::listen().map_err(|fault| Failure::Sentence(fault.to_string()))?;
            println!("{}", demo.url());
            signals.next().await;
            demo.stop().await;
            return Ok(Ending::Quit);
        }
        let greeting = Some(run::how_to_join(&demo));
        let start = Start { shelf, openings: vec![opening], look, kiosk: args.kiosk, greeting, demo: Some(demo) };
        run::run(start).await.map_err(Failure::from)
    })?;
    Ok(status(ending))
}

fn hash(user: &str) -> Result<ExitCode, Failure> {
    let password = if io::stdin().is_terminal() {
        ask(&format!("password of {user}"))
    } else {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map(|_| line.trim_end_matches(['\r', '\n']).to_owned())
    };
    let password = password.map_err(|fault| Failure::Sentence(format!("the password could not be read: {fault}")))?;
    println!("{}", accounts::account_line(user, &password).map_err(|fault| Failure::Sentence(fault.to_string()))?);
    Ok(ExitCode::SUCCESS)
}
