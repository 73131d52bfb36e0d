//! `mqtt-dash snapshot`: one frame, printed.

use std::{process::ExitCode, time::Duration};

use clap::ValueEnum;
use ratatui::{buffer::Buffer, layout::Rect};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until, timeout},
};

use super::{Failure, Global, open::Broker, runtime};
use crate::{
    app::{App, Connection, Event},
    model::{connection::ConnectionState, content::TileContent, tile::Tile, tile_state::TileState},
    run::{Clock, Opening, Outside, Shelf},
    ui::{self, screen, svg, theme::Depth},
};

/// How long to wait for a line that has nothing to say.
const IDLE: Duration = Duration::from_hours(1);

/// Connect, wait for values, print one frame and end: for scripts, documents and screenshots. Needs
/// no terminal.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The name of a dashboard, or the path of its file.
    dashboard: String,
    #[command(flatten)]
    broker: Broker,
    /// Wait at most so long for a value on every tile.
    #[arg(long, value_name = "SECONDS", default_value_t = 3.0)]
    wait: f64,
    /// Width and height in cells.
    #[arg(long, value_name = "WxH", default_value = "100x30", value_parser = size)]
    size: (u16, u16),
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// Plain lines.
    Text,
    /// Lines with colours.
    Ansi,
    /// A picture.
    Svg,
}

fn size(text: &str) -> Result<(u16, u16), String> {
    text.split_once('x')
        .and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)))
        .filter(|(width, height)| (1..=1_000).contains(width) && (1..=1_000).contains(height))
        .ok_or_else(|| "write it like 100x30, 1 to 1000 each".to_owned())
}

/// Prints one frame.
///
/// # Errors
/// What is missing or wrong, or why the line never came up.
pub fn run(args: &Args, global: &Global) -> Result<ExitCode, Failure> {
    let shelf = global.shelf()?;
    let openings = args.broker.open(std::slice::from_ref(&args.dashboard), &shelf)?;
    let mut look = global.look()?;
    look.ascii = false;
    if matches!(args.format, Format::Svg) || (matches!(args.format, Format::Ansi) && !global.no_color) {
        look = look.at(Depth::True);
    }
    let clock = Clock::start();
    let app = runtime()?.block_on(watch(shelf, openings, args, &clock));
    let mut buf = Buffer::empty(Rect::new(0, 0, args.size.0, args.size.1));
    ui::draw(&mut buf, &app, &look, clock.now());
    match args.format {
        Format::Text => print!("{}", screen::plain(&buf)),
        Format::Ansi => print!("{}", screen::ansi(&buf)),
        Format::Svg => print!("{}", svg::svg(&buf)),
    }
    match app.connections.iter().find(|line| !line.is_connected()) {
        Some(line) => Err(Failure::Sentence(format!("{}: {}", line.name, why(line)))),
        None => Ok(ExitCode::SUCCESS),
    }
}

fn why(line: &Connection) -> String {
    match &line.state {
        ConnectionState::WaitingToRetry { reason, .. } | ConnectionState::Stopped { reason } => reason.clone(),
        ConnectionState::Connecting { .. } | ConnectionState::Connected => "not connected in time".to_owned(),
    }
}

/// Takes what comes until every tile with a topic has a value, or the time is over.
async fn watch(shelf: Shelf, openings: Vec<Opening>, args: &Args, clock: &Clock) -> App {
    let mut app = App::new(args.size);
    app.trusted_fingerprints = shelf.agreed();
    let (line_events, mut lines) = mpsc::channel(32);
    let (other_events, mut others) = mpsc::channel(32);
    let mut outside = Outside::new(shelf, line_events, other_events);
    for opening in openings {
        let opened = outside.open(opening);
        for command in app.update(Event::DashboardsOpened(Box::new(opened)), clock.now()) {
            outside.owe(command);
        }
    }
    let all = async {
        while !complete(&app) {
            let now = clock.now();
            let wake = app.next_wakeup(now).map_or_else(|| Instant::now() + IDLE, |at| clock.instant(at));
            let event = tokio::select! {
                Some((line, said)) = lines.recv() => Event::Connection(line, said),
                Some(event) = others.recv() => event,
                () = sleep_until(wake) => Event::Tick,
            };
            outside.note(&event);
            let mut commands = app.update(event, clock.now());
            commands.extend(app.resolve_values(clock.now()));
            for command in commands {
                outside.owe(command);
            }
        }
    };
    // When the time is over the frame shows what has come.
    let _ = timeout(Duration::from_secs_f64(args.wait.clamp(0.0, 3_600.0)), all).await;
    app.resolve_values(clock.now());
    outside.close().await;
    app
}

/// Whether every tile with a topic has a value, and the pictures that are seen are there.
fn complete(app: &App) -> bool {
    app.connections.iter().all(|line| matches!(line.state, ConnectionState::Stopped { .. }) || line.is_connected())
        && app.dashboards.iter().all(|board| {
            let whole = |(tile, state): (&Tile, &TileState)| {
                let picture = match tile.content(state.value.as_ref()) {
                    Ok(TileContent::PayloadImage) => state.image.is_some(),
                    Ok(TileContent::RemoteImage { .. }) => state.image.is_some() || !board.permissions_granted(),
                    _ => true,
                };
                let value = tile.topic.is_none() || state.value.is_some() || tile.kind.fetches_url();
                state.error.is_some() || (value && picture)
            };
            board.grid(app.size).visible_tiles(board.scroll_row).filter_map(|index| board.tile(index)).all(whole)
        })
}
