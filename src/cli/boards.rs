//! `mqtt-dash demo --headless --url URL`: runs simulated boards on any broker until interrupted.

use std::{fmt, process::ExitCode};

use tokio::sync::mpsc;

use super::{CliError, GlobalArgs, build_tokio_runtime, open::parse_url, output, print_message, prompt_secret};
use crate::{
    config::{self, ClientId},
    demo::{BoardsOptions, board_task::BoardTask, spawn_boards},
    model::{
        connection::ConnectionState,
        profile::{BrokerUrl, Profile},
    },
    mqtt::Login,
    runtime::{ConnectionPlan, Signals},
};

/// The options that select the simulated boards and their broker.
#[derive(Debug, clap::Args)]
pub(crate) struct BoardArgs {
    /// Connect the board to this broker, such as mqtt://HOST or mqtts://HOST, instead of starting one.
    /// Requires --headless.
    #[arg(long, value_parser = parse_url, conflicts_with_all = ["profile", "listen", "websocket", "accounts", "anonymous"])]
    url: Option<BrokerUrl>,
    /// Connect the board with the broker URL, login and certificates of this profile. Requires --headless.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["listen", "websocket", "accounts", "anonymous"])]
    profile: Option<String>,
    /// Simulate this many boards, named ID, ID-2, ID-3 …
    #[arg(long = "boards", value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    count: u16,
    /// Set the ID of the first board, whose topics begin with esp32/ID. Requires --headless.
    #[arg(long, value_name = "ID", default_value = "demo")]
    id: String,
    /// Set the client ID of the first board instead of esp32-ID, for brokers that assign client IDs.
    /// Requires --url or --profile.
    #[arg(long, value_name = "CLIENT_ID")]
    client_id: Option<String>,
}

impl BoardArgs {
    /// Returns the options of the simulated boards.
    pub fn options(&self) -> BoardsOptions {
        BoardsOptions { count: self.count.into(), id: self.id.clone(), ..BoardsOptions::default() }
    }

    /// Returns whether the boards connect to an existing broker instead of the demo's own.
    ///
    /// # Errors
    /// When options contradict each other.
    pub fn uses_external_broker(&self, headless: bool) -> Result<bool, CliError> {
        let is_external = self.url.is_some() || self.profile.is_some();
        let usage_error = if is_external && !headless {
            "--url and --profile need --headless: open a dashboard for these boards with mqtt-dash open"
        } else if self.id != "demo" && !headless {
            "--id needs --headless: the demo's dashboard subscribes to esp32/demo"
        } else if self.client_id.is_some() && !is_external {
            "--client-id needs --url or --profile"
        } else {
            return Ok(is_external);
        };
        Err(CliError::Usage(usage_error.to_owned()))
    }

    /// Plans the connection to the existing broker.
    fn connection_plan(&self, global: &GlobalArgs) -> Result<ConnectionPlan, CliError> {
        let client_id = self.client_id.clone().unwrap_or_else(|| self.options().client_id());
        let with_id = |profile: Profile| Profile { client_id: Some(client_id.clone()), ..profile };
        let Some(name) = &self.profile else {
            let profile = with_id(Profile::from_broker_url(self.url.clone().unwrap_or_default()));
            let ClientId { id, claim, conflict } = config::claim_client_id(&global.paths()?, &profile, &[]);
            let login = Login { client_id: id, ..Login::default() };
            return Ok(ConnectionPlan { claim, conflict, ..ConnectionPlan::new(profile, login) });
        };
        let profile_store = global.profile_store()?;
        let profile = with_id(profile_store.require_profile(name)?);
        Ok(profile_store.plan_connection(profile, &mut prompt_secret)?)
    }
}

/// Runs simulated boards on an existing broker until a signal arrives or all boards have stopped.
///
/// # Errors
/// When a file has errors, a board cannot start, or all boards have stopped.
pub(crate) fn run(args: &BoardArgs, global: &GlobalArgs) -> Result<ExitCode, CliError> {
    // The claim of the client ID ends with the plan.
    let plan = args.connection_plan(global)?;
    if plan.conflict.is_some() {
        let client_id = &plan.login.client_id;
        print_message(&format!(
            "another run of mqtt-dash uses the client ID {client_id}, too: set another one with --id ID"
        ));
    }
    let all_stopped = build_tokio_runtime()?.block_on(async {
        let to_cli_error = |error: &dyn std::error::Error| CliError::Message(error.to_string());
        let mut signals = Signals::listen().map_err(|error| to_cli_error(&error))?;
        let boards = spawn_boards(&args.options(), &plan.profile, &plan.login).map_err(|error| to_cli_error(&error))?;
        for board in &boards {
            output::print_line(board.base_topic())?;
        }
        let all_stopped = tokio::select! {
            _ = signals.next() => false,
            () = report_states(&boards) => true,
        };
        futures_util::future::join_all(boards.into_iter().map(BoardTask::stop)).await;
        Ok::<_, CliError>(all_stopped)
    })?;
    if all_stopped { Err(CliError::AlreadyReported) } else { Ok(ExitCode::SUCCESS) }
}

/// Prints every change of a board's state on standard error until all boards have stopped.
async fn report_states(boards: &[BoardTask]) {
    let (sender, mut receiver) = mpsc::channel(1);
    for board in boards {
        let (sender, base, mut state) = (sender.clone(), board.base_topic().to_owned(), board.connection_state());
        tokio::spawn(async move {
            let mut last = None;
            loop {
                let report = BoardReport::of(&state.borrow_and_update());
                if let Some(report) = report.filter(|report| last.as_ref() != Some(report)) {
                    last = Some(report.clone());
                    if sender.send((base.clone(), report)).await.is_err() {
                        return;
                    }
                }
                if matches!(last, Some(BoardReport::Stopped { .. })) || state.changed().await.is_err() {
                    return;
                }
            }
        });
    }
    drop(sender);
    while let Some((base, report)) = receiver.recv().await {
        output::print_error_line(&format!("{base} {report}"));
    }
}

/// What is printed about a board. The attempts to reconnect are not: only a new reason is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum BoardReport {
    Online,
    Offline { reason: String, session_taken_over: bool },
    Stopped { reason: String },
}

impl BoardReport {
    /// Returns what to print about a state; `None` while the board connects.
    fn of(state: &ConnectionState) -> Option<Self> {
        match state {
            ConnectionState::Connecting { .. } => None,
            ConnectionState::Connected => Some(Self::Online),
            ConnectionState::WaitingToRetry { reason, session_taken_over, .. } => {
                Some(Self::Offline { reason: reason.clone(), session_taken_over: *session_taken_over })
            }
            ConnectionState::Stopped { reason, .. } => Some(Self::Stopped { reason: reason.clone() }),
        }
    }
}

impl fmt::Display for BoardReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Online => f.write_str("is online"),
            Self::Offline { reason, session_taken_over } => {
                let help = if *session_taken_over { "; set another one with --id ID" } else { "" };
                write!(f, "is offline, retrying: {reason}{help}")
            }
            Self::Stopped { reason } => write!(f, "has stopped: {reason}"),
        }
    }
}
