//! `mqtt-dash export`: a dashboard becomes what MQTT Dash imports.

use std::{io::Write, path::PathBuf, process::ExitCode, time::Duration};

use tokio::time::timeout;

use super::{Failure, Global, import::topic, open::Broker, runtime};
use crate::{
    config, exchange,
    model::{
        connection::{ConnectionEvent, PublishId, PublishRequest, PublishStatus, Qos},
        topic::Topic,
    },
    run,
};

/// Write a dashboard as the app MQTT Dash imports it: to a file, to standard output, or to a topic.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The name of a dashboard, or the path of its file.
    dashboard: String,
    /// Where to write; standard output when left out.
    #[arg(short, long, value_name = "FILE", conflicts_with = "topic")]
    output: Option<PathBuf>,
    /// Publish it on this topic; the app's own is metrics/exchange.
    #[arg(long, value_parser = topic)]
    topic: Option<Topic>,
    /// Let the broker keep it, for an app that looks later.
    #[arg(long, requires = "topic")]
    retain: bool,
    #[command(flatten)]
    broker: Broker,
}

/// Exports.
///
/// # Errors
/// What is wrong with the dashboard, or why it could not be written or sent.
pub fn run(args: &Args, global: &Global) -> Result<ExitCode, Failure> {
    let dashboard = config::load_dashboard(&global.places()?.find_dashboard(&args.dashboard)?)?;
    let text = exchange::export(&dashboard);
    match (&args.output, &args.topic) {
        (Some(path), _) => config::write_atomic(path, text.as_bytes())?,
        (None, Some(topic)) => send(topic, &text, args, global)?,
        (None, None) => {
            std::io::stdout().write_all(text.as_bytes()).map_err(|fault| Failure::Sentence(fault.to_string()))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn send(topic: &Topic, text: &str, args: &Args, global: &Global) -> Result<(), Failure> {
    const PATIENCE: Duration = Duration::from_secs(15);
    let login = args.broker.one(&global.shelf()?)?;
    let order = PublishRequest {
        id: PublishId(1),
        topic: topic.clone(),
        payload: text.as_bytes().into(),
        qos: Qos::AtLeastOnce,
        retain: args.retain,
    };
    runtime()?.block_on(async {
        let mut line = run::Alone::open(login, Vec::new());
        line.publish(order);
        let sent = async {
            loop {
                match line.next().await? {
                    ConnectionEvent::PublishStatus(_, PublishStatus::Acknowledged) => return Ok(()),
                    ConnectionEvent::PublishStatus(_, PublishStatus::Failed(reason)) => return Err(reason),
                    _ => {}
                }
            }
        };
        let sent = timeout(PATIENCE, sent).await.unwrap_or_else(|_| Err("the broker does not answer".to_owned()));
        line.close().await;
        sent.map_err(Failure::Sentence)
    })
}
