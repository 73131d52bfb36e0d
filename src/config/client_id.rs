//! MQTT client IDs: generated once for each profile and saved.

use std::iter::repeat_with;

use toml_edit::{DocumentMut, value};

use super::{app_paths::AppPaths, error::ConfigError, write::write_state};
use crate::model::profile::Profile;

/// Returns the client ID of a profile: the configured one, else the saved one, else a new one, which is
/// saved.
///
/// # Errors
/// When the new client ID cannot be saved.
pub fn load_or_create_client_id(paths: &AppPaths, profile: &Profile) -> Result<String, ConfigError> {
    if let Some(id) = profile.client_id.as_ref().filter(|id| !id.is_empty()) {
        return Ok(id.clone());
    }
    let path = paths.client_ids_file();
    // A damaged file is replaced: it holds only generated IDs.
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    let mut ids: DocumentMut = stored.parse().unwrap_or_default();
    if let Some(id) = ids.get(&profile.name).and_then(|id| id.as_str()) {
        return Ok(id.to_owned());
    }
    let id = generate_client_id();
    ids.insert(&profile.name, value(id.as_str()));
    write_state(&path, ids.to_string().as_bytes())?;
    Ok(id)
}

/// Generates a random client ID.
#[must_use]
pub fn generate_client_id() -> String {
    let random: String = repeat_with(fastrand::alphanumeric).map(|c| c.to_ascii_lowercase()).take(8).collect();
    format!("mqtt-dash-{random}")
}
