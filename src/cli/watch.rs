//! `mqtt-dash watch`: prints the values of tiles as lines, each time one changes.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
    process::ExitCode,
    time::Duration,
};

use super::{
    CliError, GlobalArgs, build_tokio_runtime, headless_with_dashboards, open::BrokerArgs, output, print_message,
    prompt_secret, snapshot::failure_reason, variables::VariableArgs,
};
use crate::{
    app::{App, Connection, OpenDashboard},
    model::{
        connection::{ConnectionId, ConnectionState},
        content_line::LineRole,
        id::TileId,
        one_line::one_line,
        tile::Tile,
        tile_state::TileState,
    },
    runtime::{Clock, ConnectionPlan, Dispatcher, HeadlessError, ProfileStore},
    ui::{UiConfig, text::truncate},
};

/// The screen of an app that draws nothing. It is as large as any, so that every tile is on it.
const SCREEN_SIZE: (u16, u16) = (1_000, 1_000);
/// The most cells of a line, so that a large payload does not fill a log.
const MAX_LINE_WIDTH: u16 = 1_000;
/// For how long the program runs if the arguments say nothing else: some years.
const UNLIMITED: Duration = Duration::from_secs(1 << 28);

/// Connect and print a line each time a tile shows another value, for screen readers, logs and other programs. Needs
/// no terminal.
///
/// A line has the name of the tile and its value as the tile shows it: "Front door: open". Values that follow each other
/// faster than they can be printed are left out; the newest one is always printed. Changes of connections go to
/// standard error. Ctrl-C ends the program.
#[derive(Debug, clap::Args)]
pub(crate) struct WatchArgs {
    /// The names of dashboards, or paths to dashboard files. Defaults to the dashboards of the profile.
    #[arg(value_name = "DASHBOARD")]
    dashboards: Vec<String>,
    #[command(flatten)]
    broker: BrokerArgs,
    #[command(flatten)]
    variables: VariableArgs,
    /// Begin each line with the time of day.
    #[arg(long)]
    time: bool,
    /// End after this many lines.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// End after this many seconds.
    #[arg(long = "for", value_name = "SECONDS", value_parser = parse_seconds)]
    duration: Option<Duration>,
}

fn parse_seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds
        .filter(|duration| *duration <= UNLIMITED)
        .ok_or_else(|| "expected a number of seconds, such as 60".to_owned())
}

/// Runs `mqtt-dash watch`.
///
/// # Errors
/// When the arguments are invalid, a file has errors, no connection was established, or each has stopped.
pub(crate) fn run(args: &WatchArgs, global: &GlobalArgs) -> Result<ExitCode, CliError> {
    let profile_store = global.profile_store()?;
    let plans = plans(args, &profile_store)?;
    let mut app = App::new(SCREEN_SIZE);
    app.variable_choices = args.variables.choices(&plans)?;
    let watch = Watch::new(args, Clock::start());
    build_tokio_runtime()?.block_on(watch_changes(
        app,
        (profile_store, plans),
        args.duration.unwrap_or(UNLIMITED),
        watch,
    ))
}

fn plans(args: &WatchArgs, profile_store: &ProfileStore) -> Result<Vec<ConnectionPlan>, CliError> {
    if !args.dashboards.is_empty() {
        return args.broker.connection_plans(&args.dashboards, profile_store);
    }
    if args.broker.has_url() {
        let usage = "--url needs a dashboard: mqtt-dash watch DASHBOARD --url mqtt://HOST";
        return Err(CliError::Usage(usage.to_owned()));
    }
    let Some(name) = args.broker.profile_name().or(profile_store.default_profile()) else {
        return Err(CliError::Usage("no dashboard given, and there is no default profile".to_owned()));
    };
    Ok(vec![profile_store.plan_for_profile(name, &mut prompt_secret)?])
}

/// Runs until the output is closed, enough is printed, the time is over, a signal arrives, or all connections have
/// stopped.
async fn watch_changes(
    app: App,
    opened: (ProfileStore, Vec<ConnectionPlan>),
    limit: Duration,
    mut watch: Watch,
) -> Result<ExitCode, CliError> {
    let mut headless = headless_with_dashboards(app, opened, watch.clock)?;
    let result =
        headless.run(limit, |dispatcher, event| if event.is_none() { watch.print(dispatcher) } else { None }).await;
    let app = headless.close().await;
    match result {
        Ok(result) => result,
        Err(HeadlessError::Signal(number)) => Err(CliError::Signal(number)),
        Err(HeadlessError::TimedOut) => match app.connections.iter().find(|connection| !connection.had_session) {
            Some(connection) => Err(CliError::Message(format!("{}: {}", connection.name, failure_reason(connection)))),
            None => Ok(ExitCode::SUCCESS),
        },
    }
}

/// What was printed, to tell what has changed since.
struct Watch {
    clock: Clock,
    /// Knows the time zone.
    ui_config: UiConfig,
    shows_time: bool,
    /// How many lines are still to be printed; `None` for all.
    remaining: Option<u64>,
    /// A hash of the last line of each tile, without the time: a line may be long.
    lines: HashMap<TileId, u64>,
    hasher: RandomState,
    /// What was last said about each connection.
    connections: HashMap<ConnectionId, String>,
    /// Whether it was said which dashboards are blocked.
    has_named_blocked: bool,
}

impl Watch {
    fn new(args: &WatchArgs, clock: Clock) -> Self {
        Self {
            clock,
            ui_config: UiConfig::detect(false, |name| std::env::var(name).ok()),
            shows_time: args.time,
            remaining: args.count,
            lines: HashMap::new(),
            hasher: RandomState::default(),
            connections: HashMap::new(),
            has_named_blocked: false,
        }
    }

    /// Prints what has changed. Returns the result of the program if that is its end.
    fn print(&mut self, dispatcher: &mut Dispatcher) -> Option<Result<ExitCode, CliError>> {
        dispatcher.resolve_values();
        let app = &dispatcher.app;
        self.name_blocked(app);
        self.print_connections(app);
        if let Err(end) = self.print_values(app) {
            return Some(end);
        }
        let has_stopped = |connection: &Connection| matches!(connection.state, ConnectionState::Stopped { .. });
        let all_have_stopped = !app.connections.is_empty() && app.connections.iter().all(has_stopped);
        all_have_stopped.then_some(Err(CliError::AlreadyReported))
    }

    /// Says which dashboards must not run their scripts. Nothing that happens meanwhile changes that.
    fn name_blocked(&mut self, app: &App) {
        if !std::mem::replace(&mut self.has_named_blocked, true) {
            for dashboard in app.dashboards.iter().filter(|dashboard| !dashboard.permissions.granted) {
                let (what, title) = (dashboard.definition.blockable(), dashboard.title());
                print_message(&format!("{what} of {title} are blocked: open it, and press T to review"));
            }
        }
    }

    fn print_connections(&mut self, app: &App) {
        for connection in &app.connections {
            let text = match &connection.state {
                ConnectionState::Connected => "connected".to_owned(),
                ConnectionState::WaitingToRetry { reason, .. } => format!("not connected: {reason}"),
                ConnectionState::Stopped { reason, .. } => format!("stopped: {reason}"),
                // How an attempt ends is said then.
                ConnectionState::Connecting { .. } => continue,
            };
            if self.connections.get(&connection.id) != Some(&text) {
                print_message(&format!("{}: {text}", connection.name));
                self.connections.insert(connection.id, text);
            }
        }
    }

    /// Prints the tiles that show something else than before. The error is the end of the program.
    fn print_values(&mut self, app: &App) -> Result<(), Result<ExitCode, CliError>> {
        let names_dashboard = app.dashboards.len() > 1;
        for dashboard in &app.dashboards {
            for index in 0..dashboard.tile_count() {
                let Some(((tile, state), id)) = dashboard.tile(index).zip(dashboard.tile_id(index)) else { continue };
                let Some(text) = shown_text(app, dashboard, tile, state) else { continue };
                let name = tile.display_name();
                let line = if names_dashboard {
                    format!("{}: {name}: {text}", dashboard.title())
                } else {
                    format!("{name}: {text}")
                };
                let line = one_line(&line);
                let hash = self.hasher.hash_one(&line);
                if self.lines.get(&id) != Some(&hash) {
                    self.print_line(&truncate(&line, MAX_LINE_WIDTH))?;
                    self.lines.insert(id, hash);
                }
            }
        }
        Ok(())
    }

    fn print_line(&mut self, line: &str) -> Result<(), Result<ExitCode, CliError>> {
        let time =
            if self.shows_time { self.ui_config.local_time(self.clock.now(), "%H:%M:%S ") } else { String::new() };
        let is_open = output::print_line_if_open(&format!("{time}{line}")).map_err(Err)?;
        self.remaining = self.remaining.map(|remaining| remaining.saturating_sub(1));
        if is_open && self.remaining != Some(0) { Ok(()) } else { Err(Ok(ExitCode::SUCCESS)) }
    }
}

/// Returns what a tile shows, and whether its device is offline; `None` if it has got nothing yet.
fn shown_text(app: &App, dashboard: &OpenDashboard, tile: &Tile, state: &TileState) -> Option<String> {
    match (value_text(app, dashboard, tile, state), state.is_offline()) {
        (Some(text), true) => Some(format!("{text} (device offline)")),
        (None, true) => Some("device offline".to_owned()),
        (text, false) => text,
    }
}

/// Returns what a tile shows; `None` if it has got nothing yet.
fn value_text(app: &App, dashboard: &OpenDashboard, tile: &Tile, state: &TileState) -> Option<String> {
    if let Some(error) = app.tile_error(dashboard, tile, state) {
        return Some(format!("error: {error}"));
    }
    if state.value.is_none() && state.view_override.is_none() {
        return None;
    }
    Some(match state.content(tile) {
        Ok(content) => match content.line() {
            // A button has no state, but it says what was sent. A clock shows nothing new with a message.
            line if line.role == LineRole::Action || line.text.is_empty() => tile.display_text(state.value.as_ref()),
            line => line.text,
        },
        Err(error) => format!("error: {error}"),
    })
}
