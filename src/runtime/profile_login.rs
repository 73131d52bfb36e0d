//! Plans a connection with the login of its profile, whose password may be read again before an attempt to connect.

use std::{error::Error, io, sync::Arc};

use super::{
    connection_plan::{ConnectionPlan, ConnectionPlanError},
    profile_store::PasswordCallback,
};
use crate::{
    config::{self, ClientId},
    model::{
        password::Password,
        profile::{PasswordSource, Profile},
    },
    mqtt::{Login, PasswordReader},
};

/// Plans the connection of a profile without dashboards, with this client ID.
///
/// # Errors
/// When the password cannot be read.
pub(super) fn plan_with_client_id(
    profile: Profile,
    client_id: ClientId,
    ask_password: PasswordCallback,
) -> Result<ConnectionPlan, ConnectionPlanError> {
    let (profile, ClientId { id, claim, conflict }) = (expand_home_paths(profile), client_id);
    let login = Login {
        client_id: id,
        username: profile.username.clone(),
        password: config::resolve_password(&profile, ask_password)?,
        password_reader: password_reader(&profile),
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
