//! `mqtt-dash open`, and `mqtt-dash` alone.

use std::process::ExitCode;

use super::{CliError, GlobalArgs, build_tokio_runtime, exit_code, prompt_password};
use crate::{
    model::profile::BrokerUrl,
    runtime::{self, ConnectionPlan, ProfileStore, RunOptions},
};

/// Open dashboards, each in its own tab.
#[derive(Debug, clap::Args)]
pub(crate) struct OpenArgs {
    /// The names of dashboards, or paths to dashboard files. Defaults to the dashboards of the profile.
    #[arg(value_name = "DASHBOARD")]
    dashboards: Vec<String>,
    #[command(flatten)]
    broker: BrokerArgs,
    /// Run in kiosk mode, for wall-mounted screens: no header, no editing, and only Ctrl-C quits.
    #[arg(long)]
    kiosk: bool,
}

/// The options that select a broker.
#[derive(Debug, clap::Args)]
pub(crate) struct BrokerArgs {
    /// Connect with this profile. Defaults to the profile that the dashboard names, then to the default
    /// profile.
    #[arg(long, value_name = "NAME", conflicts_with = "url")]
    profile: Option<String>,
    /// Connect to this broker without a profile, such as mqtt://localhost or wss://host:443/mqtt.
    #[arg(long, value_parser = parse_url)]
    url: Option<BrokerUrl>,
}

pub(super) fn parse_url(text: &str) -> Result<BrokerUrl, String> {
    BrokerUrl::parse(text).map_err(|error| match error.help {
        Some(help) => format!("{}; {help}", error.message),
        None => error.message,
    })
}

impl BrokerArgs {
    /// Plans the connection to the selected broker, without dashboards.
    ///
    /// # Errors
    /// When no broker is selected, or its profile or password cannot be read.
    pub fn connection_plan(&self, profile_store: &ProfileStore) -> Result<ConnectionPlan, CliError> {
        match (&self.url, self.profile.as_deref().or(profile_store.default_profile())) {
            (Some(url), _) => Ok(profile_store.plan_for_url(url, &mut prompt_password)?),
            (None, Some(name)) => Ok(profile_store.plan_without_dashboards(name, &mut prompt_password)?),
            (None, None) => Err(CliError::Usage("no broker given: use --profile NAME or --url mqtt://HOST".to_owned())),
        }
    }

    /// Plans the connections for these dashboards, or for the dashboards of the profile if there are none.
    ///
    /// # Errors
    /// When a dashboard, its profile or a password cannot be found or read.
    pub fn connection_plans(
        &self,
        dashboards: &[String],
        profile_store: &ProfileStore,
    ) -> Result<Vec<ConnectionPlan>, CliError> {
        let mut ask_password = prompt_password;
        if !dashboards.is_empty() {
            return Ok(profile_store.plan_for_dashboards(
                dashboards,
                self.profile.as_deref(),
                self.url.as_ref(),
                &mut ask_password,
            )?);
        }
        if let Some(name) = self.profile.as_deref().or(profile_store.default_profile()).filter(|_| self.url.is_none()) {
            return Ok(vec![profile_store.plan_for_profile(name, &mut ask_password)?]);
        }
        Ok(Vec::new())
    }
}

/// Runs `mqtt-dash open`.
///
/// # Errors
/// When the arguments are invalid, a file has errors, or the terminal cannot be used.
pub(crate) fn run(args: &OpenArgs, global: &GlobalArgs) -> Result<ExitCode, CliError> {
    if args.dashboards.is_empty() && args.broker.url.is_some() {
        return Err(CliError::Usage("--url needs a dashboard: mqtt-dash open DASHBOARD --url mqtt://HOST".to_owned()));
    }
    let profile_store = global.profile_store()?;
    let plans = args.broker.connection_plans(&args.dashboards, &profile_store)?;
    run_in_terminal(profile_store, plans, args.kiosk, global)
}

/// Runs `mqtt-dash` without a subcommand: opens the dashboards of the default profile, or the welcome
/// screen.
///
/// # Errors
/// When a file has errors or the terminal cannot be used.
pub(crate) fn run_default(global: &GlobalArgs) -> Result<ExitCode, CliError> {
    let profile_store = global.profile_store()?;
    let plans = BrokerArgs { profile: None, url: None }.connection_plans(&[], &profile_store)?;
    run_in_terminal(profile_store, plans, false, global)
}

fn run_in_terminal(
    profile_store: ProfileStore,
    plans: Vec<ConnectionPlan>,
    kiosk: bool,
    global: &GlobalArgs,
) -> Result<ExitCode, CliError> {
    let options = RunOptions {
        profile_store,
        plans,
        ui_config: global.ui_config()?,
        kiosk,
        initial_notice: None,
        #[cfg(feature = "demo")]
        demo: None,
    };
    Ok(exit_code(build_tokio_runtime()?.block_on(runtime::run(options))?))
}
