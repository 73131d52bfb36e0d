//! The names by which brokers know this program.

use std::iter::repeat_with;

use toml_edit::{DocumentMut, value};

use super::{app_paths::AppPaths, error::ConfigError, write::write_private};
use crate::model::profile::Profile;

/// The client id of a profile: its own, else one that is made once and kept.
///
/// # Errors
/// That the one made cannot be kept.
pub fn load_or_create_client_id(paths: &AppPaths, profile: &Profile) -> Result<String, ConfigError> {
    if let Some(id) = profile.client_id.as_ref().filter(|id| !id.is_empty()) {
        return Ok(id.clone());
    }
    let path = paths.client_ids_file();
    // A file that cannot be understood is made anew: nothing in it was written by a person.
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    let mut ids: DocumentMut = stored.parse().unwrap_or_default();
    if let Some(id) = ids.get(&profile.name).and_then(|id| id.as_str()) {
        return Ok(id.to_owned());
    }
    let id = generate_client_id();
    ids.insert(&profile.name, value(id.as_str()));
    write_private(&path, ids.to_string().as_bytes())?;
    Ok(id)
}

/// A client id that nobody else is likely to have.
#[must_use]
pub fn generate_client_id() -> String {
    let random: String = repeat_with(fastrand::alphanumeric).map(|c| c.to_ascii_lowercase()).take(8).collect();
    format!("mqtt-dash-{random}")
}
