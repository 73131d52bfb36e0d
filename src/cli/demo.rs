//! `mqtt-dash demo`: starts an embedded broker, a simulated ESP32 and a simulated home, and opens their dashboards.

use std::{
    collections::BTreeMap,
    io::{self, IsTerminal},
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
};

use super::{CliError, GlobalArgs, boards, build_tokio_runtime, exit_code, output};
use crate::{
    demo::{Access, BrokerOptions, DemoOptions, WebOrigin, accounts},
    model::unsafe_char::replace_unsafe,
    runtime::{self, ExitReason, RunOptions, Signals},
};

/// Start a broker, a simulated ESP32 and a simulated home, and open their dashboards. Needs no server, no network
/// and no configuration.
///
/// With --headless and --url, connects only the simulated board, to an existing broker.
#[derive(Debug, clap::Args)]
pub(crate) struct DemoArgs {
    /// Listen on this address and port. Port 0 selects a free port.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Run without a user interface until interrupted. Prints the broker's URL and that of its WebSocket, or with
    /// --url or --profile the base topic of each board.
    #[arg(long)]
    headless: bool,
    /// Run in kiosk mode, for wall-mounted screens: no header, no editing, and only Ctrl-C quits.
    #[arg(long)]
    kiosk: bool,
    /// Also listen for MQTT over WebSocket on this address and port, with the path /mqtt. Web pages of other hosts
    /// are refused (see --allow-origin); programs are accepted.
    #[arg(long, value_name = "ADDR:PORT")]
    websocket: Option<SocketAddr>,
    /// Accept web pages of this origin over WebSocket, such as `https://example.org`. Can be repeated.
    #[arg(long, value_name = "ORIGIN", requires = "websocket")]
    allow_origin: Vec<WebOrigin>,
    /// Require a login with an account from this file, which has one `user:hash` line per account. Create
    /// the lines with --hash-password. Lines such as `topic read class/#`, `topic readwrite home/%u/#` and
    /// `topic deny class/answers` below it limit what the account may read and write. Only you may be able to
    /// read the file.
    #[arg(long, value_name = "FILE", conflicts_with = "anonymous")]
    accounts: Option<PathBuf>,
    /// Accept every client that can reach the broker, without a login, also from other machines.
    #[arg(long)]
    anonymous: bool,
    #[command(flatten)]
    boards: boards::BoardArgs,
    /// Prompt for a password, print the user's line for the --accounts file, and exit.
    #[arg(long, value_name = "USER", exclusive = true)]
    hash_password: Option<String>,
}

/// Runs `mqtt-dash demo`.
///
/// # Errors
/// When the arguments are invalid, the broker cannot start, or the terminal cannot be used.
pub(crate) fn run(args: DemoArgs, global: &GlobalArgs) -> Result<ExitCode, CliError> {
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
    let broker = BrokerOptions {
        listen: args.listen,
        websocket: args.websocket,
        allowed_origins: args.allow_origin,
        access,
        ..BrokerOptions::default()
    };
    let demo_options = DemoOptions { broker, boards: args.boards.options(), ..DemoOptions::default() };
    let (profile_store, ui_config) = (global.profile_store()?, global.ui_config()?);
    let tokio_runtime = build_tokio_runtime()?;
    let exit_reason = tokio_runtime.block_on(async {
        let (demo, connection_plan) = runtime::start_demo(&profile_store, demo_options)
            .await
            .map_err(|error| CliError::Message(error.to_string()))?;
        if args.headless {
            let mut signals = Signals::listen().map_err(|error| CliError::Message(error.to_string()))?;
            output::print_line(&demo.url().to_string())?;
            if let Some(address) = demo.broker().websocket_address() {
                output::print_line(&format!("ws://{address}/mqtt"))?;
            }
            signals.next().await;
            demo.stop().await;
            return Ok(ExitReason::Quit);
        }
        let initial_notice = Some(runtime::join_instructions(&demo));
        let options = RunOptions {
            variable_choices: BTreeMap::new(),
            profile_store,
            plans: vec![connection_plan],
            ui_config,
            problems: Vec::new(),
            last_tabs: None,
            kiosk: args.kiosk,
            selected_profile: None,
            initial_notice,
            demo: Some(demo),
        };
        runtime::run(options).await.map_err(CliError::from)
    })?;
    Ok(exit_code(exit_reason))
}

fn print_password_hash(user: &str) -> Result<ExitCode, CliError> {
    let password = if io::stdin().is_terminal() {
        rpassword::prompt_password(&*replace_unsafe(&format!("Password of `{user}`: ")))
    } else {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map(|_| line.trim_end_matches(['\r', '\n']).to_owned())
    };
    let password = password.map_err(|error| CliError::Message(format!("the password cannot be read: {error}")))?;
    let line = accounts::account_line(user, &password).map_err(|error| CliError::Message(error.to_string()))?;
    output::print_line(&line)?;
    Ok(ExitCode::SUCCESS)
}
