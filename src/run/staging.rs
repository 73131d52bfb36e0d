//! The demo on stage: its broker, its board, and the dashboard that shows them.

use super::{Opening, Shelf};
use crate::{
    app::DashboardFile,
    config,
    demo::{Demo, DemoOptions},
    model::profile::Profile,
};

/// The dashboard of the demo: the same file that serves a real board.
const DASHBOARD: &str = include_str!("../../dashboards/esp32.toml");

/// Starts a demo; gives it and what is to be opened to see it.
///
/// # Errors
/// Says why it could not be started.
pub async fn stage_demo(shelf: &Shelf, plan: DemoOptions) -> Result<(Demo, Opening), String> {
    let dashboard =
        config::read_dashboard("dashboards/esp32.toml", DASHBOARD).map_err(|problems| problems.to_string())?;
    let demo = Demo::start(plan).await.map_err(|fault| fault.to_string())?;
    let profile = Profile { client_id: Some(config::generate_client_id()), ..demo.profile() };
    let mut nobody = |_: &str| Err(std::io::Error::other("the demo asks for no password"));
    let mut opening = shelf.opening(profile, &mut nobody).map_err(|fault| fault.to_string())?;
    opening.sheets.push(DashboardFile { name: "esp32".to_owned(), path: None, definition: dashboard });
    Ok((demo, opening))
}

/// How others join, in a sentence.
#[must_use]
pub fn how_to_join(demo: &Demo) -> String {
    let address = demo.url();
    format!("The broker is at {}:{1} · join it: mosquitto_sub -p {1} -t 'esp32/#' -v", address.host, address.port)
}
