//! `mqtt-dash import`: what MQTT Dash exported becomes a dashboard.

use std::{
    io::{Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use tokio::time::timeout;

use super::{Failure, Global, counted, open::Broker, runtime};
use crate::{
    config, exchange,
    model::{connection::ConnectionEvent, topic::Topic},
    run,
};

/// Make a dashboard of what the app MQTT Dash exported: out of a file, out of standard input, or out
/// of a topic to which the app publishes it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file; `-` is standard input.
    #[arg(value_name = "FILE", required_unless_present = "topic", conflicts_with = "topic")]
    file: Option<PathBuf>,
    /// Wait for an export on this topic; the app's own is metrics/exchange.
    #[arg(long, value_parser = topic)]
    topic: Option<Topic>,
    #[command(flatten)]
    broker: Broker,
    /// Wait at most so long for the topic.
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0)]
    wait: f64,
    /// Where to write the dashboard; standard output when left out.
    #[arg(short, long, value_name = "DASHBOARD.toml")]
    output: Option<PathBuf>,
    /// Leave tiles out that are damaged, instead of refusing the whole.
    #[arg(long)]
    partial: bool,
}

/// Reads a topic of the command line.
pub(super) fn topic(text: &str) -> Result<Topic, String> {
    Topic::new(text).map_err(|fault| fault.to_string())
}

/// Imports.
///
/// # Errors
/// What is wrong with the export, or why it could not be had or written.
pub fn run(args: &Args, global: &Global) -> Result<ExitCode, Failure> {
    let bytes = match (&args.file, &args.topic) {
        (Some(file), _) => read(file)?,
        (None, Some(topic)) => wait_for(topic, args, global)?,
        (None, None) => return Err(Failure::Usage("say which file, or which --topic".to_owned())),
    };
    let imported = exchange::import(&bytes, args.partial).map_err(|fault| Failure::Sentence(fault.to_string()))?;
    let text = exchange::imported_text(&imported);
    match &args.output {
        Some(path) => {
            if path.exists() {
                return Err(Failure::Sentence(format!("{} exists already and is left as it is", path.display())));
            }
            config::write_atomic(path, text.as_bytes())?;
            let tiles = counted(imported.dashboard.tiles.len(), "tile");
            eprintln!("{}: {tiles}, {}", path.display(), counted(imported.notes.len(), "note"));
        }
        None => std::io::stdout().write_all(text.as_bytes()).map_err(|fault| Failure::Sentence(fault.to_string()))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let most = u64::try_from(exchange::MAX_BYTES).unwrap_or(u64::MAX) + 1;
    let mut bytes = Vec::new();
    let done = if file.as_os_str() == "-" {
        std::io::stdin().lock().take(most).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|open| open.take(most).read_to_end(&mut bytes))
    };
    done.map_err(|fault| Failure::Sentence(format!("{} cannot be read: {fault}", file.display())))?;
    Ok(bytes)
}

/// Waits until something that holds a list comes on a topic.
fn wait_for(topic: &Topic, args: &Args, global: &Global) -> Result<Vec<u8>, Failure> {
    let shelf = global.shelf()?;
    let login = args.broker.one(&shelf)?;
    eprintln!("waiting on {topic} of {} for what the app publishes", login.profile.url);
    let filter = topic.clone().into();
    runtime()?.block_on(async {
        let mut line = run::Alone::open(login, vec![filter]);
        let found = async {
            loop {
                match line.next().await? {
                    ConnectionEvent::Messages(messages) => {
                        if let Some(message) = messages.into_iter().find(|message| message.payload.contains(&b'[')) {
                            return Ok(message.payload.to_vec());
                        }
                    }
                    ConnectionEvent::SubscriptionRefused(_, reason) => return Err(format!("{topic}: {reason}")),
                    _ => {}
                }
            }
        };
        let wait = Duration::from_secs_f64(args.wait.clamp(0.1, 86_400.0));
        let found = timeout(wait, found).await.unwrap_or_else(|_| Err(format!("nothing came on {topic}")));
        line.close().await;
        found.map_err(Failure::Sentence)
    })
}
