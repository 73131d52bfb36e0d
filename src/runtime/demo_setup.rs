//! The demo on stage: its broker, its board, and the dashboard that shows them.

use super::{ConnectionPlan, ProfileStore};
use crate::{
    app::DashboardFile,
    config,
    demo::{Demo, DemoOptions},
    model::profile::Profile,
};

/// The dashboard of the demo: the same file that serves a real board.
const DEMO_DASHBOARD: &str = include_str!("../../dashboards/esp32.toml");

/// Starts a demo; gives it and what is to be opened to see it.
///
/// # Errors
/// Says why it could not be started.
pub async fn start_demo(profile_store: &ProfileStore, plan: DemoOptions) -> Result<(Demo, ConnectionPlan), String> {
    let dashboard =
        config::read_dashboard("dashboards/esp32.toml", DEMO_DASHBOARD).map_err(|problems| problems.to_string())?;
    let demo = Demo::start(plan).await.map_err(|error| error.to_string())?;
    let profile = Profile { client_id: Some(config::generate_client_id()), ..demo.profile() };
    let mut refuse_prompt = |_: &str| Err(std::io::Error::other("the demo asks for no password"));
    let mut connection_plan =
        profile_store.plan_connection(profile, &mut refuse_prompt).map_err(|error| error.to_string())?;
    connection_plan.files.push(DashboardFile { name: "esp32".to_owned(), path: None, definition: dashboard });
    Ok((demo, connection_plan))
}

/// How others join, in a sentence.
#[must_use]
pub fn join_instructions(demo: &Demo) -> String {
    let address = demo.url();
    format!("The broker is at {}:{1} · join it: mosquitto_sub -p {1} -t 'esp32/#' -v", address.host, address.port)
}
