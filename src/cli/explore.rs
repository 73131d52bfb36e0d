//! `mqtt-dash explore`.

use std::process::ExitCode;

use super::{CliError, GlobalArgs, open, open::BrokerArgs, prompt_secret};
use crate::{
    config::ConfigError,
    model::topic::TopicFilter,
    runtime::{ConnectionPlan, ConnectionPlanError, ProfileStore},
};

/// See which topics the broker carries, as a tree with their last messages. Needs no dashboard.
///
/// Without topic filters, subscribes to what the profile says, or asks. Tiles for topics are added to the dashboard of
/// the profile, if it has one.
#[derive(Debug, clap::Args)]
pub(crate) struct ExploreArgs {
    /// The topic filters to subscribe to, such as 'home/#', separated by spaces or commas. Quote them: # begins a comment in shells.
    #[arg(value_name = "FILTER", value_parser = parse_filter, value_delimiter = ',')]
    filters: Vec<TopicFilter>,
    #[command(flatten)]
    broker: BrokerArgs,
}

fn parse_filter(text: &str) -> Result<TopicFilter, String> {
    TopicFilter::new(text.trim()).map_err(|error| error.to_string())
}

/// Runs `mqtt-dash explore`.
///
/// # Errors
/// When no broker is selected, its profile or password cannot be read, or the terminal cannot be used.
pub(crate) fn run(args: &ExploreArgs, global: &GlobalArgs) -> Result<ExitCode, CliError> {
    let profile_store = global.profile_store()?;
    let plan = plan(&args.broker, &profile_store)?.with_explorer(args.filters.clone());
    open::run_plan(profile_store, plan, global)
}

/// Plans the connection, with the dashboards of the profile if it has some and they can be read.
fn plan(broker: &BrokerArgs, profile_store: &ProfileStore) -> Result<ConnectionPlan, CliError> {
    let name = broker.profile_name().or(profile_store.default_profile());
    if let Some(name) = name.filter(|_| !broker.has_url()) {
        match profile_store.plan_for_profile(name, &mut prompt_secret) {
            Err(
                ConnectionPlanError::NoDashboard { .. }
                | ConnectionPlanError::Problems(_)
                | ConnectionPlanError::Config(ConfigError::DashboardNotFound { .. }),
            ) => {}
            plan => return Ok(plan?),
        }
    }
    broker.connection_plan(profile_store)
}
