//! The names by which brokers know this program.

use std::iter::repeat_with;

use toml_edit::{DocumentMut, value};

use super::{fault::StoreFault, places::Places, write::write_private};
use crate::model::profile::Profile;

/// The client id of a profile: its own, else one that is made once and kept.
///
/// # Errors
/// That the one made cannot be kept.
pub fn client_id(places: &Places, profile: &Profile) -> Result<String, StoreFault> {
    if let Some(id) = profile.client_id.as_ref().filter(|id| !id.is_empty()) {
        return Ok(id.clone());
    }
    let path = places.client_ids_file();
    // A file that cannot be understood is made anew: nothing in it was written by a person.
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let mut ids: DocumentMut = kept.parse().unwrap_or_default();
    if let Some(id) = ids.get(&profile.name).and_then(|id| id.as_str()) {
        return Ok(id.to_owned());
    }
    let id = fresh_client_id();
    ids.insert(&profile.name, value(id.as_str()));
    write_private(&path, ids.to_string().as_bytes())?;
    Ok(id)
}

/// A client id that nobody else is likely to have.
#[must_use]
pub fn fresh_client_id() -> String {
    let random: String = repeat_with(fastrand::alphanumeric).map(|c| c.to_ascii_lowercase()).take(8).collect();
    format!("mqtt-dash-{random}")
}
