//! `mqtt-dash import`: converts an export of the app MQTT Dash to a dashboard.

use std::{
    io::Read,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use super::{CliError, GlobalArgs, build_tokio_runtime, headless, open::BrokerArgs, output};
use crate::{
    app::App,
    config,
    model::{
        connection::{ConnectionEvent, Qos, Subscription},
        plural::pluralize,
        topic::Topic,
    },
    mqtt_dash_app,
    runtime::{Clock, HeadlessError, stop_reason},
};

/// Convert an export of the Android app MQTT Dash to a dashboard, from a file, from standard input, or
/// from the topic to which the app publishes it.
#[derive(Debug, clap::Args)]
pub(crate) struct ImportArgs {
    /// The exported file. Use `-` for standard input.
    #[arg(value_name = "FILE", required_unless_present = "topic", conflicts_with = "topic")]
    file: Option<PathBuf>,
    /// Wait for an export on this topic. The app uses metrics/exchange by default.
    #[arg(long, value_parser = parse_topic)]
    topic: Option<Topic>,
    #[command(flatten)]
    broker: BrokerArgs,
    /// Wait at most this many seconds for a message on the topic.
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0)]
    wait: f64,
    /// Write the dashboard to this file, which must not exist. Defaults to standard output.
    #[arg(short, long, value_name = "DASHBOARD.toml")]
    output: Option<PathBuf>,
    /// Skip damaged tiles instead of rejecting the export.
    #[arg(long)]
    partial: bool,
}

/// Parses the value of `--topic`.
pub(super) fn parse_topic(text: &str) -> Result<Topic, String> {
    Topic::new(text).map_err(|error| error.to_string())
}

/// Runs `mqtt-dash import`.
///
/// # Errors
/// When the export cannot be read or received, is invalid, or the dashboard cannot be written.
pub(crate) fn run(args: &ImportArgs, global: &GlobalArgs) -> Result<ExitCode, CliError> {
    let bytes = match (&args.file, &args.topic) {
        (Some(file), _) => read_export(file)?,
        (None, Some(topic)) => wait_for_export(topic, args, global)?,
        (None, None) => return Err(CliError::Usage("no export given: use FILE or --topic TOPIC".to_owned())),
    };
    let imported = mqtt_dash_app::import(&bytes, args.partial).map_err(|error| CliError::Message(error.to_string()))?;
    let text = mqtt_dash_app::import_to_toml(&imported);
    match &args.output {
        Some(path) => {
            if path.exists() {
                return Err(CliError::Message(format!("{} already exists: choose another file", path.display())));
            }
            config::write_atomic(path, text.as_bytes())?;
            let tiles = pluralize(imported.dashboard.tiles.len(), "tile");
            let notes = pluralize(imported.notes.len(), "note");
            output::print_error_line(&format!("{}: {tiles}, {notes}", path.display()));
        }
        None => output::print_text(&text)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn read_export(file: &Path) -> Result<Vec<u8>, CliError> {
    let max_bytes = u64::try_from(mqtt_dash_app::MAX_BYTES).unwrap_or(u64::MAX) + 1;
    let mut bytes = Vec::new();
    let result = if file.as_os_str() == "-" {
        std::io::stdin().lock().take(max_bytes).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|open| open.take(max_bytes).read_to_end(&mut bytes))
    };
    result.map_err(|error| CliError::Message(format!("{} cannot be read: {error}", file.display())))?;
    Ok(bytes)
}

/// Waits for a message on a topic that contains a JSON array.
fn wait_for_export(topic: &Topic, args: &ImportArgs, global: &GlobalArgs) -> Result<Vec<u8>, CliError> {
    let profile_store = global.profile_store()?;
    let plan = args.broker.connection_plan(&profile_store)?;
    output::print_error_line(&format!("waiting for an export on {topic} at {}", plan.profile.url));
    let subscription = Subscription::new(topic.clone().into(), Qos::AtMostOnce);
    let wait = Duration::from_secs_f64(args.wait.clamp(0.1, 86_400.0));
    build_tokio_runtime()?.block_on(async {
        let mut headless = headless(App::default(), profile_store, Clock::start())?;
        headless.connect(&plan, vec![subscription]);
        let export = headless.run(wait, |_, event| find_export(event?, topic)).await;
        headless.close().await;
        match export {
            Ok(export) => export,
            Err(HeadlessError::TimedOut) => Err(CliError::Message(format!("no message on {topic} in time"))),
            Err(HeadlessError::Signal(number)) => Err(CliError::Signal(number)),
        }
    })
}

/// Returns the export if an event contains it, or why it cannot be received.
fn find_export(event: &ConnectionEvent, topic: &Topic) -> Option<Result<Vec<u8>, CliError>> {
    match event {
        ConnectionEvent::Messages(batch) => {
            batch.iter().find(|message| message.payload.contains(&b'[')).map(|message| Ok(message.payload.to_vec()))
        }
        ConnectionEvent::SubscriptionRefused(_, reason) => Some(Err(CliError::Message(format!("{topic}: {reason}")))),
        event => stop_reason(event).map(|reason| Err(CliError::Message(reason))),
    }
}
