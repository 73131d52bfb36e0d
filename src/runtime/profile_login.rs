//! Resolves the login of a profile: its client ID, and its password, which is read again before each attempt.

use std::{error::Error, io, sync::Arc};

use super::profile_store::PasswordCallback;
use crate::{
    config::{self, AppPaths, ConfigError},
    model::{
        password::Password,
        profile::{PasswordSource, Profile},
    },
    mqtt::{Login, PasswordReader},
};

/// Resolves the login of a profile.
///
/// # Errors
/// When the password cannot be read, or a generated client ID cannot be saved.
pub(super) fn resolve_login(
    paths: &AppPaths,
    profile: &Profile,
    ask_password: PasswordCallback,
) -> Result<Login, ConfigError> {
    Ok(Login {
        client_id: config::load_or_create_client_id(paths, profile)?,
        username: profile.username.clone(),
        password: config::resolve_password(profile, ask_password)?,
        password_reader: password_reader(profile),
    })
}

/// Reads the password of this profile again.
#[derive(Debug)]
struct ProfilePasswordReader(Profile);

impl PasswordReader for ProfilePasswordReader {
    fn read(&self) -> Result<Password, Box<dyn Error + Send + Sync>> {
        let mut cannot_ask = |_: &Profile| Err(io::Error::other("it is not asked for again"));
        Ok(config::resolve_password(&self.0, &mut cannot_ask)?.unwrap_or_default())
    }
}

/// Returns what reads the password of a profile again, if its source may have another one by then, such as a token that
/// has expired.
fn password_reader(profile: &Profile) -> Option<Arc<dyn PasswordReader>> {
    let can_change = matches!(profile.password, Some(PasswordSource::Command(_) | PasswordSource::File(_)));
    can_change.then(|| Arc::new(ProfilePasswordReader(profile.clone())) as Arc<dyn PasswordReader>)
}
