//! Plans a connection with the login of its profile, whose secrets may be read again before an attempt to connect.

use std::{error::Error, io, sync::Arc};

use super::{
    connection_plan::{ConnectionPlan, ConnectionPlanError},
    profile_store::SecretCallback,
};
use crate::{
    config::{self, ClientId, ConfigError, SecretRequest},
    model::profile::{PasswordSource, Profile, ProxySetting, SecretKey, Secrets},
    mqtt::{Login, SecretReader},
};

/// When secrets are read that do not come from the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum SecretReading {
    /// When the connection is planned: without them, there is no plan.
    #[default]
    BeforeOpening,
    /// Before the first attempt to connect: without them, the attempt has failed, and there is another one.
    BeforeConnecting,
}

/// Plans the connection of a profile without dashboards, with this client ID.
///
/// # Errors
/// When a secret cannot be read, or the proxy of the environment variables cannot be used.
pub(super) fn plan_with_client_id(
    profile: Profile,
    client_id: ClientId,
    reading: SecretReading,
    ask: SecretCallback,
) -> Result<ConnectionPlan, ConnectionPlanError> {
    let (mut profile, ClientId { id, claim, conflict }) = (expand_home_paths(profile), client_id);
    let is_known = |source: &PasswordSource| matches!(source, PasswordSource::Plain(_) | PasswordSource::Prompt);
    let is_unread =
        reading == SecretReading::BeforeConnecting && profile.secret_sources().any(|(_, source)| !is_known(source));
    let (mut secrets, secret_reader) = if is_unread {
        (config::ask_for_secrets(&profile, ask)?, Some(reader_of(&profile)))
    } else {
        (config::resolve_secrets(&profile, ask)?, secret_reader(&profile))
    };
    set_proxy(&mut profile, &mut secrets)?;
    let username = profile.username.clone();
    let login = Login { client_id: id, username, secrets, is_unread, secret_reader, ..Login::default() };
    Ok(ConnectionPlan { claim, conflict, ..ConnectionPlan::new(profile, login) })
}

/// Sets the proxy of the environment variables and its login, unless the profile says something else.
fn set_proxy(profile: &mut Profile, secrets: &mut Secrets) -> Result<(), ConfigError> {
    if profile.proxy.is_some() {
        return Ok(());
    }
    let Some(found) = config::proxy_from_environment(&profile.url)? else { return Ok(()) };
    tracing::info!("the environment variables name the proxy {}", found.server.address());
    profile.proxy = Some(ProxySetting::Environment(found.server));
    if let Some((username, password)) = found.login {
        profile.proxy_username = Some(username);
        secrets.set(SecretKey::ProxyPassword, password);
    }
    Ok(())
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
        let mut secrets = config::resolve_secrets(&self.0, &mut as_entered)?;
        // The password for the proxy of an environment variable.
        secrets.add_missing(known);
        Ok(secrets)
    }
}

/// Returns what reads the secrets of a profile again, if a source may have another one by then, such as a token that has
/// expired.
fn secret_reader(profile: &Profile) -> Option<Arc<dyn SecretReader>> {
    let can_change = |source: &PasswordSource| matches!(source, PasswordSource::Command(_) | PasswordSource::File(_));
    let is_needed = profile.secret_sources().any(|(_, source)| can_change(source));
    is_needed.then(|| reader_of(profile))
}

fn reader_of(profile: &Profile) -> Arc<dyn SecretReader> {
    Arc::new(ProfileSecretReader(profile.clone()))
}
