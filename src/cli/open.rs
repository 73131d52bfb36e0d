//! `mqtt-dash open`, and `mqtt-dash` alone.

use std::process::ExitCode;

use super::{Failure, Global, ask, runtime, status};
use crate::{
    model::profile::BrokerUrl,
    run::{self, Opening, Shelf, Start},
};

/// Open dashboards, a tab each.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Names of dashboards, or paths of their files; the profile's own when left out.
    #[arg(value_name = "DASHBOARD")]
    dashboards: Vec<String>,
    #[command(flatten)]
    broker: Broker,
    /// For a screen on a wall: no first line, nothing can be edited, Ctrl-C quits.
    #[arg(long)]
    kiosk: bool,
}

/// Which broker is meant.
#[derive(Debug, clap::Args)]
pub struct Broker {
    /// The profile to connect with; otherwise the one that the dashboard names, or the default.
    #[arg(long, value_name = "NAME", conflicts_with = "url")]
    profile: Option<String>,
    /// A broker without a profile, such as mqtt://localhost or wss://host:443/mqtt.
    #[arg(long, value_parser = address)]
    url: Option<BrokerUrl>,
}

pub(super) fn address(text: &str) -> Result<BrokerUrl, String> {
    BrokerUrl::parse(text).map_err(|wrong| match wrong.help {
        Some(help) => format!("{}; {help}", wrong.message),
        None => wrong.message,
    })
}

impl Broker {
    /// The one line that is meant, without dashboards.
    ///
    /// # Errors
    /// Says what is missing or wrong.
    pub fn one(&self, from: &Shelf) -> Result<Opening, Failure> {
        match (&self.url, self.profile.as_deref().or(from.default_profile())) {
            (Some(url), _) => Ok(from.of_address(url, &mut ask)?),
            (None, Some(name)) => Ok(from.of_profile_alone(name, &mut ask)?),
            (None, None) => Err(Failure::Usage("say which broker: --profile NAME or --url mqtt://HOST".to_owned())),
        }
    }

    /// What these dashboards and this broker open.
    ///
    /// # Errors
    /// Says what is missing or wrong.
    pub fn open(&self, dashboards: &[String], from: &Shelf) -> Result<Vec<Opening>, Failure> {
        let mut ask = ask;
        if !dashboards.is_empty() {
            return Ok(from.of_dashboards(dashboards, self.profile.as_deref(), self.url.as_ref(), &mut ask)?);
        }
        if let Some(name) = self.profile.as_deref().or(from.default_profile()).filter(|_| self.url.is_none()) {
            return Ok(vec![from.of_profile(name, &mut ask)?]);
        }
        Ok(Vec::new())
    }
}

/// Opens what is asked for.
///
/// # Errors
/// Says what is missing or wrong.
pub fn run(args: &Args, global: &Global) -> Result<ExitCode, Failure> {
    if args.dashboards.is_empty() && args.broker.url.is_some() {
        return Err(Failure::Usage("--url needs a dashboard: mqtt-dash open DASHBOARD --url mqtt://HOST".to_owned()));
    }
    let shelf = global.shelf()?;
    let openings = args.broker.open(&args.dashboards, &shelf)?;
    show(shelf, openings, args.kiosk, global)
}

/// Opens the default profile's dashboards, or the welcome.
///
/// # Errors
/// Says what is missing or wrong.
pub fn start(global: &Global) -> Result<ExitCode, Failure> {
    let shelf = global.shelf()?;
    let openings = Broker { profile: None, url: None }.open(&[], &shelf)?;
    show(shelf, openings, false, global)
}

fn show(shelf: Shelf, openings: Vec<Opening>, kiosk: bool, global: &Global) -> Result<ExitCode, Failure> {
    let start = Start {
        shelf,
        openings,
        look: global.look()?,
        kiosk,
        greeting: None,
        #[cfg(feature = "demo")]
        demo: None,
    };
    Ok(status(runtime()?.block_on(run::run(start))?))
}
