//! Starts the demo: its broker, its simulated board and home, and the dashboards that show them.

use super::{ConnectionPlan, ConnectionPlanError, ProfileStore};
use crate::{
    app::DashboardFile,
    config::{self, Problems, SecretRequest},
    demo::{Demo, DemoError, DemoOptions},
};

/// The dashboards of the demo, in the order of their tabs, and the names of their files. The same files work with real
/// devices.
const DASHBOARDS: [(&str, &str); 3] = [
    ("esp32", include_str!("../../dashboards/esp32.toml")),
    ("home", include_str!("../../dashboards/home.toml")),
    ("devices", include_str!("../../dashboards/devices.toml")),
];

/// Why the demo cannot be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoSetupError {
    /// A dashboard of the demo has errors.
    #[error("{0}")]
    Dashboard(Problems),
    /// The broker or a board cannot be started.
    #[error(transparent)]
    Start(#[from] DemoError),
    /// The connection to the broker cannot be planned.
    #[error(transparent)]
    Plan(#[from] ConnectionPlanError),
}

/// Starts a demo. Returns it with the plan of the connection and the dashboards to open.
///
/// # Errors
/// When the broker or a board cannot be started.
pub(crate) async fn start_demo(
    profile_store: &ProfileStore,
    options: DemoOptions,
) -> Result<(Demo, ConnectionPlan), DemoSetupError> {
    let file = |(name, text): (&str, &str)| {
        let definition = config::read_dashboard(&format!("dashboards/{name}.toml"), text)?;
        Ok(DashboardFile { name: name.to_owned(), path: None, definition })
    };
    let files = DASHBOARDS.into_iter().map(file).collect::<Result<Vec<_>, _>>().map_err(DemoSetupError::Dashboard)?;
    let demo = Demo::start(options).await?;
    let mut refuse_prompt = |_: SecretRequest<'_>| Err(std::io::Error::other("the demo has no password prompt"));
    let mut connection_plan = profile_store.plan_ad_hoc(demo.profile(), &mut refuse_prompt)?;
    connection_plan.files.extend(files);
    Ok((demo, connection_plan))
}

/// Returns the keys of the dashboards, and a command that subscribes to the messages of the demo's broker, as a notice.
#[must_use]
pub(crate) fn join_instructions(demo: &Demo) -> String {
    let address = demo.url();
    let (host, port) = (&address.host, address.port);
    format!("1 2 3: the dashboards · the broker is at {host}:{port} · try: mosquitto_sub -p {port} -t '#' -v")
}
