//! `mqtt-dash demo --headless --url URL`: simulated boards at any broker, until interrupted.

use std::process::ExitCode;

use tokio::sync::mpsc;

use super::{CliError, GlobalArgs, build_tokio_runtime, open::parse_address, prompt_password};
use crate::{
    demo::{BoardsOptions, board_task::BoardTask, spawn_boards},
    model::{
        connection::ConnectionState,
        profile::{BrokerUrl, Profile},
    },
    mqtt::Login,
    runtime::{ConnectionPlan, Signals},
};

/// Which boards run, and where.
#[derive(Debug, clap::Args)]
pub struct BoardArgs {
    /// Run no broker, but the board at this one, such as mqtt://HOST or mqtts://HOST; with
    /// --headless.
    #[arg(long, value_parser = parse_address, conflicts_with_all = ["profile", "listen", "accounts", "anonymous"])]
    url: Option<BrokerUrl>,
    /// The same with the broker, the login and the certificates of a profile.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["listen", "accounts", "anonymous"])]
    profile: Option<String>,
    /// How many boards to run: NAME, NAME-2, NAME-3 …
    #[arg(long = "boards", value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    count: u16,
    /// The id of the first board, whose topics begin with esp32/NAME; with --headless.
    #[arg(long, value_name = "NAME", default_value = "demo")]
    id: String,
    /// The client id of the first board where it is not esp32-NAME, for brokers that name their
    /// devices; with --url or --profile.
    #[arg(long, value_name = "NAME")]
    client_id: Option<String>,
}

impl BoardArgs {
    /// The boards that are asked for.
    pub fn plan(&self) -> BoardsOptions {
        BoardsOptions { count: self.count.into(), id: self.id.clone(), ..BoardsOptions::default() }
    }

    /// Whether they run at a broker of their own or at another.
    ///
    /// # Errors
    /// When options do not go together.
    pub fn uses_external_broker(&self, headless: bool) -> Result<bool, CliError> {
        let is_external = self.url.is_some() || self.profile.is_some();
        let usage_error = if is_external && !headless {
            "--url and --profile run boards at another broker, without a screen: add --headless, and watch \
             them with mqtt-dash open"
        } else if self.id != "demo" && !headless {
            "the dashboard of the demo watches esp32/demo: --id needs --headless"
        } else if self.client_id.is_some() && !is_external {
            "--client-id is for another broker: it needs --url or --profile"
        } else {
            return Ok(is_external);
        };
        Err(CliError::Usage(usage_error.to_owned()))
    }

    /// How the broker is reached and who logs in.
    fn broker_login(&self, global: &GlobalArgs) -> Result<(Profile, Login), CliError> {
        let client_id = self.client_id.clone().unwrap_or_else(|| self.plan().client_id());
        let Some(name) = &self.profile else {
            let url = self.url.clone().unwrap_or_default();
            return Ok((Profile::from_broker_url(url), Login { client_id, ..Login::default() }));
        };
        let profile_store = global.profile_store()?;
        let profile = Profile { client_id: Some(client_id), ..profile_store.require_profile(name)? };
        let ConnectionPlan { profile, login, .. } = profile_store.plan_connection(profile, &mut prompt_password)?;
        Ok((profile, login))
    }
}

/// Runs boards at another broker.
///
/// # Errors
/// Says what is missing or wrong.
pub fn run(args: &BoardArgs, global: &GlobalArgs) -> Result<ExitCode, CliError> {
    let (profile, login) = args.broker_login(global)?;
    let all_stopped = build_tokio_runtime()?.block_on(async {
        let to_cli_error = |error: &dyn std::error::Error| CliError::Message(error.to_string());
        let mut signals = Signals::listen().map_err(|error| to_cli_error(&error))?;
        let boards = spawn_boards(&args.plan(), &profile, &login).map_err(|error| to_cli_error(&error))?;
        for board in &boards {
            println!("{}", board.base_topic());
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

/// Says on standard error how each board is, until all have given up.
async fn report_states(boards: &[BoardTask]) {
    let (sender, mut receiver) = mpsc::channel(1);
    for board in boards {
        let (sender, base, mut state) = (sender.clone(), board.base_topic().to_owned(), board.connection_state());
        tokio::spawn(async move {
            let mut last = String::new();
            loop {
                let current = state.borrow_and_update().clone();
                if let Some(message) = state_message(&current).filter(|sentence| *sentence != last) {
                    last.clone_from(&message);
                    if sender.send(format!("{base} {message}")).await.is_err() {
                        return;
                    }
                }
                if matches!(current, ConnectionState::Stopped { .. }) || state.changed().await.is_err() {
                    return;
                }
            }
        });
    }
    drop(sender);
    while let Some(message) = receiver.recv().await {
        eprintln!("{message}");
    }
}

/// How a board is, where that is worth a word.
fn state_message(state: &ConnectionState) -> Option<String> {
    match state {
        ConnectionState::Connecting { .. } => None,
        ConnectionState::Connected => Some("is online".to_owned()),
        ConnectionState::WaitingToRetry { reason, .. } => Some(format!("is offline and tries again: {reason}")),
        ConnectionState::Stopped { reason } => {
            let is_taken_over = reason.contains("another client uses the client ID");
            let help = if is_taken_over { "; --id NAME gives it another" } else { "" };
            Some(format!("has given up: {reason}{help}"))
        }
    }
}
