//! `mqtt-dash snapshot`: prints one frame of a dashboard.

use std::{io::IsTerminal, process::ExitCode, time::Duration};

use clap::ValueEnum;
use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    CliError, GlobalArgs, build_tokio_runtime, headless_with_dashboards, open::BrokerArgs, output,
    variables::VariableArgs,
};
use crate::{
    app::{App, Connection, OpenDashboard},
    model::{connection::ConnectionState, content::TileContent, tile::Tile, tile_state::TileState},
    runtime::{Clock, ConnectionPlan, HeadlessError, ProfileStore},
    ui::{self, frame, layout::ScreenLayout, svg, theme::ColorDepth},
};

/// Connect, wait for values and print one frame, for scripts, documents and screenshots. Needs no
/// terminal.
#[derive(Debug, clap::Args)]
pub(crate) struct SnapshotArgs {
    /// The name of a dashboard, or the path to a dashboard file.
    dashboard: String,
    #[command(flatten)]
    broker: BrokerArgs,
    #[command(flatten)]
    variables: VariableArgs,
    /// Wait at most this many seconds until every tile has a value. Dashboards with templates take all of this time,
    /// because another device can appear.
    #[arg(long, value_name = "SECONDS", default_value_t = 3.0)]
    wait: f64,
    /// Set the width and height of the frame, in terminal cells.
    #[arg(long, value_name = "WxH", default_value = "100x30", value_parser = parse_size)]
    size: (u16, u16),
    /// Print the frame in this format.
    #[arg(long, value_enum, default_value_t = SnapshotFormat::Text)]
    format: SnapshotFormat,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SnapshotFormat {
    /// Plain text.
    Text,
    /// Text with ANSI color escape sequences.
    Ansi,
    /// An SVG image.
    Svg,
}

fn parse_size(text: &str) -> Result<(u16, u16), String> {
    text.split_once('x')
        .and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)))
        .filter(|(width, height)| (1..=1_000).contains(width) && (1..=1_000).contains(height))
        .ok_or_else(|| "expected a size like 100x30, 1 to 1000 cells each".to_owned())
}

/// Runs `mqtt-dash snapshot`. Prints the frame even if a connection failed.
///
/// # Errors
/// When a file has errors or a connection is not established in time.
pub(crate) fn run(args: &SnapshotArgs, global: &GlobalArgs) -> Result<ExitCode, CliError> {
    let profile_store = global.profile_store()?;
    let plans = args.broker.connection_plans(std::slice::from_ref(&args.dashboard), &profile_store)?;
    let mut ui_config = if std::io::stdout().is_terminal() { global.ui_config()? } else { global.file_ui_config()? };
    if matches!(args.format, SnapshotFormat::Svg) || (matches!(args.format, SnapshotFormat::Ansi) && !global.no_color) {
        ui_config = ui_config.with_color_depth(ColorDepth::TrueColor);
    }
    let clock = Clock::start();
    let app = build_tokio_runtime()?.block_on(collect_values(profile_store, plans, args, clock))?;
    let mut buffer = Buffer::empty(Rect::new(0, 0, args.size.0, args.size.1));
    ui::draw(&mut buffer, &app, &ui_config, clock.now(), &mut ScreenLayout::default());
    match args.format {
        SnapshotFormat::Text => output::print_text(&frame::to_plain_text(&buffer))?,
        SnapshotFormat::Ansi => output::print_frame(&frame::to_ansi(&buffer))?,
        SnapshotFormat::Svg => output::print_text(&svg::to_svg(&buffer))?,
    }
    match app.connections.iter().find(|connection| !connection.is_connected()) {
        Some(connection) => Err(CliError::Message(format!("{}: {}", connection.name, failure_reason(connection)))),
        None => Ok(ExitCode::SUCCESS),
    }
}

/// Returns why a connection is not established.
pub(super) fn failure_reason(connection: &Connection) -> String {
    match &connection.state {
        ConnectionState::WaitingToRetry { reason, .. } | ConnectionState::Stopped { reason, .. } => reason.clone(),
        ConnectionState::Connecting { .. } | ConnectionState::Connected => "not connected in time".to_owned(),
    }
}

/// Runs until every tile with a topic has a value or the time is over.
async fn collect_values(
    profile_store: ProfileStore,
    plans: Vec<ConnectionPlan>,
    args: &SnapshotArgs,
    clock: Clock,
) -> Result<App, CliError> {
    let mut app = App::new(args.size);
    app.single_frame = true;
    app.variable_choices = args.variables.choices(&plans)?;
    let mut headless = headless_with_dashboards(app, (profile_store, plans), clock)?;
    let complete = headless
        .run(Duration::from_secs_f64(args.wait.clamp(0.0, 3_600.0)), |dispatcher, event| {
            if event.is_none() {
                dispatcher.resolve_values();
            }
            (event.is_none() && is_complete(&dispatcher.app)).then_some(())
        })
        .await;
    let app = headless.close().await;
    match complete {
        // After a timeout the frame shows the values received so far.
        Ok(()) | Err(HeadlessError::TimedOut) => Ok(app),
        Err(HeadlessError::Signal(number)) => Err(CliError::Signal(number)),
    }
}

/// Returns whether every visible tile with a topic has a value, all visible images are loaded, scripts have answered, and
/// no template waits for devices. Nothing more will come from a connection that has stopped.
fn is_complete(app: &App) -> bool {
    let has_stopped = |connection: &Connection| matches!(connection.state, ConnectionState::Stopped { .. });
    let is_served = |dashboard: &&OpenDashboard| {
        !app.connections.iter().any(|connection| connection.id == dashboard.connection && has_stopped(connection))
    };
    !app.waits_for_scripts()
        && app.connections.iter().all(|connection| has_stopped(connection) || connection.is_connected())
        && app.dashboards.iter().filter(is_served).all(|dashboard| {
            let is_tile_complete = |(tile, state): (&Tile, &TileState)| {
                let has_image = match tile.content(state.value.as_ref()) {
                    Ok(TileContent::PayloadImage) => state.image.is_some(),
                    Ok(TileContent::RemoteImage { .. }) => state.image.is_some() || !dashboard.permissions.granted,
                    _ => true,
                };
                let has_value = tile.topic.is_none() || state.value.is_some() || tile.kind.fetches_url();
                app.tile_error(dashboard, tile, state).is_some() || (has_value && has_image)
            };
            // How many devices a template has is not known.
            dashboard.definition.templates.is_empty()
                && dashboard.visible_tiles(app.size).filter_map(|index| dashboard.tile(index)).all(is_tile_complete)
        })
}
