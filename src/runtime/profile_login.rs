//! Plans a connection with the login of its profile, whose secrets may be read again before an attempt to connect.

use std::{error::Error, io, sync::Arc};

use super::{
    connection_plan::{ConnectionPlan, ConnectionPlanError},
    profile_store::SecretCallback,
};
use crate::{
    config::{self, ClientId, SecretRequest},
    model::profile::{PasswordSource, Profile, Secrets},
    mqtt::{Login, SecretReader},
};

/// Plans the connection of a profile without dashboards, with this client ID.
///
/// # Errors
/// When a secret cannot be read.
pub(super) fn plan_with_client_id(
    profile: Profile,
    client_id: ClientId,
    ask: SecretCallback,
) -> Result<ConnectionPlan, ConnectionPlanError> {
    let (profile, ClientId { id, claim, conflict }) = (expand_home_paths(profile), client_id);
    let login = Login {
        client_id: id,
        username: profile.username.clone(),
        secrets: config::resolve_secrets(&profile, ask)?,
        secret_reader: secret_reader(&profile),
    };
    Ok(ConnectionPlan { claim, conflict, ..ConnectionPlan::new(profile, login) })
}

/// Expands `~/` in the paths of the profile's certificates.
fn expand_home_paths(mut profile: Profile) -> Profile {
    let tls = &mut profile.tls.0;
    for path in [&mut tls.ca, &mut tls.cert, &mut tls.key].into_iter().flatten() {
        *path = config::expand_home(path);
    }
    profile
}

/// Reads the secrets of this profile again.
#[derive(Debug)]
struct ProfileSecretReader(Profile);

impl SecretReader for ProfileSecretReader {
    fn read(&self, known: &Secrets) -> Result<Secrets, Box<dyn Error + Send + Sync>> {
        let mut as_entered = |request: SecretRequest<'_>| {
            known.get(request.key).cloned().ok_or_else(|| io::Error::other("it is not asked for again"))
        };
        Ok(config::resolve_secrets(&self.0, &mut as_entered)?)
    }
}

/// Returns what reads the secrets of a profile again, if a source may have another one by then, such as a token that has
/// expired.
fn secret_reader(profile: &Profile) -> Option<Arc<dyn SecretReader>> {
    let can_change = |source: &PasswordSource| matches!(source, PasswordSource::Command(_) | PasswordSource::File(_));
    let is_needed = profile.secret_sources().any(|(_, source)| can_change(source));
    is_needed.then(|| Arc::new(ProfileSecretReader(profile.clone())) as Arc<dyn SecretReader>)
}
