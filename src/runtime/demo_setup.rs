//! Starts the demo: its broker, its simulated board, and the dashboard that shows the board.

use super::{ConnectionPlan, ConnectionPlanError, ProfileStore};
use crate::{
    app::DashboardFile,
    config::{self, Problems, SecretRequest},
    demo::{Demo, DemoError, DemoOptions},
};

/// The dashboard of the demo. The same file works with a real board.
const DEMO_DASHBOARD: &str = include_str!("../../dashboards/esp32.toml");

/// Why the demo cannot be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoSetupError {
    /// The dashboard of the demo has errors.
    #[error("{0}")]
    Dashboard(Problems),
    /// The broker or a board cannot be started.
    #[error(transparent)]
    Start(#[from] DemoError),
    /// The connection to the broker cannot be planned.
    #[error(transparent)]
    Plan(#[from] ConnectionPlanError),
}

/// Starts a demo. Returns it with the plan of the connection and dashboard to open.
///
/// # Errors
/// When the broker or a board cannot be started.
pub(crate) async fn start_demo(
    profile_store: &ProfileStore,
    options: DemoOptions,
) -> Result<(Demo, ConnectionPlan), DemoSetupError> {
    let dashboard =
        config::read_dashboard("dashboards/esp32.toml", DEMO_DASHBOARD).map_err(DemoSetupError::Dashboard)?;
    let demo = Demo::start(options).await?;
    let mut refuse_prompt = |_: SecretRequest<'_>| Err(std::io::Error::other("the demo has no password prompt"));
    let mut connection_plan = profile_store.plan_ad_hoc(demo.profile(), &mut refuse_prompt)?;
    connection_plan.files.push(DashboardFile { name: "esp32".to_owned(), path: None, definition: dashboard });
    Ok((demo, connection_plan))
}

/// Returns the address of the demo's broker and a command that subscribes to its messages, as a notice.
#[must_use]
pub(crate) fn join_instructions(demo: &Demo) -> String {
    let address = demo.url();
    format!("The broker is at {}:{1} · try: mosquitto_sub -p {1} -t 'esp32/#' -v", address.host, address.port)
}
