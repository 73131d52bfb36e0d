//! `mqtt-dash export`: exports a dashboard to the app MQTT Dash.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use super::{
    CliError, GlobalArgs, build_tokio_runtime, headless, import::parse_topic, open::BrokerArgs, output, print_message,
};
use crate::{
    app::App,
    config,
    model::{
        connection::{ConnectionEvent, PublishId, PublishRequest, PublishStatus, Qos},
        topic::Topic,
    },
    mqtt_dash_app,
    runtime::{Clock, HeadlessError, stop_reason},
};

/// Export a dashboard for the Android app MQTT Dash, to a file, to standard output, or to a topic.
#[derive(Debug, clap::Args)]
pub(crate) struct ExportArgs {
    /// The name of a dashboard, or the path to a dashboard file.
    dashboard: String,
    /// Write the export to this file. Defaults to standard output.
    #[arg(short, long, value_name = "FILE", conflicts_with = "topic")]
    output: Option<PathBuf>,
    /// Publish the export on this topic. The app uses metrics/exchange by default.
    #[arg(long, value_parser = parse_topic)]
    topic: Option<Topic>,
    /// Publish the export as a retained message, for an app that subscribes later.
    #[arg(long, requires = "topic")]
    retain: bool,
    #[command(flatten)]
    broker: BrokerArgs,
}

/// Runs `mqtt-dash export`.
///
/// # Errors
/// When the dashboard has errors, or the export cannot be written or published.
pub(crate) fn run(args: &ExportArgs, global: &GlobalArgs) -> Result<ExitCode, CliError> {
    let dashboard = config::load_dashboard(&global.paths()?.find_dashboard(&args.dashboard)?)?;
    for sentence in mqtt_dash_app::omitted_tiles(&dashboard).chain(mqtt_dash_app::omitted_settings(&dashboard)) {
        print_message(&sentence);
    }
    let text = mqtt_dash_app::export(&dashboard);
    match (&args.output, &args.topic) {
        (Some(path), _) => config::write_atomic(path, text.as_bytes())?,
        (None, Some(topic)) => publish_export(topic, &text, args, global)?,
        (None, None) => output::print_text(&text)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn publish_export(topic: &Topic, text: &str, args: &ExportArgs, global: &GlobalArgs) -> Result<(), CliError> {
    const PUBLISH_TIMEOUT: Duration = Duration::from_secs(15);
    let profile_store = global.profile_store()?;
    let plan = args.broker.connection_plan(&profile_store)?;
    let request = PublishRequest {
        id: PublishId(1),
        topic: topic.clone(),
        payload: text.as_bytes().into(),
        qos: Qos::AtLeastOnce,
        retain: args.retain,
        properties: None,
    };
    build_tokio_runtime()?.block_on(async {
        let mut headless = headless(App::default(), profile_store, Clock::start())?;
        let connection = headless.connect(&plan, Vec::new());
        headless.publish(connection, request);
        let published = headless.run(PUBLISH_TIMEOUT, |_, event| publish_result(event?)).await;
        headless.close().await;
        match published {
            Ok(published) => published,
            Err(HeadlessError::TimedOut) => {
                Err(CliError::Message(format!("no answer from the broker within {} s", PUBLISH_TIMEOUT.as_secs())))
            }
            Err(HeadlessError::Signal(number)) => Err(CliError::Signal(number)),
        }
    })
}

/// Returns whether the export was published, or why not, if an event says so.
fn publish_result(event: &ConnectionEvent) -> Option<Result<(), CliError>> {
    match event {
        ConnectionEvent::PublishStatus(_, PublishStatus::Acknowledged) => Some(Ok(())),
        ConnectionEvent::PublishStatus(_, PublishStatus::Failed(reason)) => {
            Some(Err(CliError::Message(reason.clone())))
        }
        event => stop_reason(event).map(|reason| Err(CliError::Message(reason))),
    }
}
