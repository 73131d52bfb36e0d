//! MQTT client IDs: generated once for each profile and saved. Runs of the program at the same time, which share the
//! state folder, use different ones, unless the profile names one: a broker serves one client of each ID.
//!
//! Who uses an ID holds the lock of a file with its name, which the system releases when the process ends.

use std::{
    fmt::Write as _,
    fs::{File, TryLockError},
    io::Write as _,
    iter::repeat_with,
    path::PathBuf,
    sync::Arc,
};

use sha2::{Digest, Sha256};
use toml_edit::{DocumentMut, value};

use super::{
    app_paths::AppPaths,
    error::ConfigError,
    state_file::lock_state_file,
    write::{open_state_log, write_state},
};
use crate::model::profile::{BrokerUrl, Profile};

/// The number of runs at the same time that have an ID of their own which is the same each time.
const MAX_STABLE_IDS: u32 = 99;

/// The right of this run to use a client ID, until the value is dropped.
#[derive(Debug)]
pub struct ClientIdClaim {
    client_id: String,
    profile: String,
    file: PathBuf,
    _lock: File,
}

/// Who else uses the client ID of a profile. The text is a sentence without a period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientIdConflict {
    /// Another run of the program.
    #[error(
        "another run of mqtt-dash{} uses the client ID {client_id} of the profile {profile}, too: the broker serves only \
         one of them; remove `client_id`, so that each run has its own, or end the other run",
        process_text(*.process)
    )]
    OtherRun {
        /// The client ID.
        client_id: String,
        /// The profile that names it.
        profile: String,
        /// The number of its process, if it is known.
        process: Option<u32>,
    },
    /// Another connection of this run.
    #[error(
        "the profiles {profile} and {other} have the same client ID {client_id}: the broker serves only one of them; \
         give each a `client_id` of its own"
    )]
    OtherProfile {
        /// The client ID.
        client_id: String,
        /// The profile that was opened later.
        profile: String,
        /// The profile that uses it already.
        other: String,
    },
}

fn process_text(process: Option<u32>) -> String {
    process.map(|process| format!(" (process {process})")).unwrap_or_default()
}

/// The client ID that a profile has in this run.
#[derive(Debug, Clone)]
pub struct ClientId {
    /// The client ID.
    pub id: String,
    /// The right to use it, which has to be kept as long as it is used. `None` if somebody else has it, or if that is
    /// unknown, because the state folder supports no locks.
    pub claim: Option<Arc<ClientIdClaim>>,
    /// Who uses it, too, if the profile names it.
    pub conflict: Option<ClientIdConflict>,
}

impl ClientId {
    /// Returns an ID that nobody else has.
    #[must_use]
    pub fn random() -> Self {
        Self { id: generate_client_id(), claim: None, conflict: None }
    }
}

/// Who uses a client ID, as written into the file of its lock.
struct User {
    process: u32,
    profile: String,
}

/// The result of trying to lock the file of a client ID.
enum Attempt {
    Claimed(ClientIdClaim),
    InUse(Option<User>),
}

/// Returns the client ID of a profile for this run: the one that the profile names, else the saved one, else a new one,
/// which is saved. If another run uses the saved one, a number is added. `held` has the claims of the open connections:
/// that of the same profile is used again.
#[must_use]
pub fn claim_client_id(paths: &AppPaths, profile: &Profile, held: &[Arc<ClientIdClaim>]) -> ClientId {
    let claimed = match profile.client_id.as_ref().filter(|id| !id.is_empty()) {
        Some(id) => return claim_named(paths, profile, id, held),
        None => claim_generated(paths, profile, held),
    };
    claimed.unwrap_or_else(|error| {
        tracing::debug!("a client ID for this run only: {error}");
        ClientId::random()
    })
}

/// Generates a random client ID.
#[must_use]
pub fn generate_client_id() -> String {
    let random: String = repeat_with(fastrand::alphanumeric).map(|c| c.to_ascii_lowercase()).take(8).collect();
    format!("mqtt-dash-{random}")
}

fn claim_named(paths: &AppPaths, profile: &Profile, id: &str, held: &[Arc<ClientIdClaim>]) -> ClientId {
    let file = lock_file(paths, &broker_address(&profile.url), id);
    let holder = held.iter().find(|claim| claim.file == file);
    if let Some(claim) = holder.filter(|claim| claim.profile == profile.name) {
        return ClientId { id: id.to_owned(), claim: Some(Arc::clone(claim)), conflict: None };
    }
    let (claim, conflict) = match try_claim(file.clone(), profile, id) {
        Ok(Attempt::Claimed(claim)) => (Some(Arc::new(claim)), None),
        Ok(Attempt::InUse(user)) => {
            let own = holder.map(|claim| User { process: std::process::id(), profile: claim.profile.clone() });
            (None, conflict(profile, id, own.or(user)))
        }
        Err(error) => {
            tracing::debug!("whether another run uses the client ID is unknown: {error}");
            (None, None)
        }
    };
    ClientId { id: id.to_owned(), claim, conflict }
}

/// Returns the conflict with the user of a client ID that the profile names; `None` if this run is about to open a
/// connection of the same profile.
fn conflict(profile: &Profile, id: &str, user: Option<User>) -> Option<ClientIdConflict> {
    let (client_id, profile) = (id.to_owned(), profile.name.clone());
    match user {
        Some(user) if user.process == std::process::id() => (user.profile != profile)
            .then_some(ClientIdConflict::OtherProfile { client_id, profile, other: user.profile }),
        user => Some(ClientIdConflict::OtherRun { client_id, profile, process: user.map(|user| user.process) }),
    }
}

/// Claims the saved client ID of a profile, or the first numbered one that no other run uses.
fn claim_generated(paths: &AppPaths, profile: &Profile, held: &[Arc<ClientIdClaim>]) -> Result<ClientId, ConfigError> {
    let saved = load_or_create(paths, profile)?;
    let claimed =
        |claim: Arc<ClientIdClaim>| ClientId { id: claim.client_id.clone(), claim: Some(claim), conflict: None };
    let is_own = |claim: &&Arc<ClientIdClaim>| claim.profile == profile.name && claim.client_id.starts_with(&saved);
    if let Some(claim) = held.iter().find(is_own) {
        return Ok(claimed(Arc::clone(claim)));
    }
    let numbered = (2..=MAX_STABLE_IDS).map(|number| format!("{saved}-{number}"));
    for id in std::iter::once(saved.clone()).chain(numbered) {
        // Nobody else generates this ID, whatever the broker is.
        match try_claim(lock_file(paths, "", &id), profile, &id)? {
            Attempt::Claimed(claim) => return Ok(claimed(Arc::new(claim))),
            // This run is about to open a connection of this profile.
            Attempt::InUse(Some(user)) if user.process == std::process::id() && user.profile == profile.name => {
                return Ok(ClientId { id, claim: None, conflict: None });
            }
            Attempt::InUse(_) => {}
        }
    }
    Ok(ClientId::random())
}

fn load_or_create(paths: &AppPaths, profile: &Profile) -> Result<String, ConfigError> {
    let path = paths.client_ids_file();
    // Another run may be adding the ID of another profile.
    let _lock = lock_state_file(&path)?;
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

/// Returns the path of the file whose lock the user of a client ID holds.
fn lock_file(paths: &AppPaths, broker: &str, id: &str) -> PathBuf {
    let mut name = String::new();
    for byte in Sha256::digest(format!("{broker}\n{id}")).iter().take(16) {
        // Writing to a string does not fail.
        let _ = write!(name, "{byte:02x}");
    }
    paths.client_id_locks_dir().join(name)
}

/// Returns the address of a broker: the same for all names of this machine.
fn broker_address(url: &BrokerUrl) -> String {
    let host = if url.is_local() { "localhost" } else { &url.host };
    format!("{}:{}", host.to_lowercase(), url.port)
}

fn try_claim(file: PathBuf, profile: &Profile, id: &str) -> Result<Attempt, ConfigError> {
    let mut lock = open_state_log(&file)?;
    match lock.try_lock() {
        Ok(()) => {
            let user = format!("{}\n{}\n", std::process::id(), profile.name);
            if let Err(error) = lock.set_len(0).and_then(|()| lock.write_all(user.as_bytes())) {
                tracing::debug!("{} will not say who uses a client ID: {error}", file.display());
            }
            let (client_id, profile) = (id.to_owned(), profile.name.clone());
            Ok(Attempt::Claimed(ClientIdClaim { client_id, profile, file, _lock: lock }))
        }
        Err(TryLockError::WouldBlock) => {
            Ok(Attempt::InUse(std::fs::read_to_string(&file).ok().and_then(|text| User::parse(&text))))
        }
        Err(TryLockError::Error(error)) => Err(ConfigError::write(&file, &error)),
    }
}

impl User {
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let process = lines.next()?.parse().ok()?;
        Some(Self { process, profile: lines.next().unwrap_or_default().to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_that_generate_ids_at_the_same_moment_lose_none() {
        let folder = tempfile::tempdir().unwrap();
        let paths = AppPaths::in_folder(folder.path());
        let profile = |number: usize| Profile { name: number.to_string(), ..Profile::default() };
        let ids = &|number: usize| load_or_create(&paths, &profile(number)).unwrap();
        let generated: Vec<String> = std::thread::scope(|scope| {
            let runs: Vec<_> = (0..8).map(|number| scope.spawn(move || ids(number))).collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        assert_eq!((0..8).map(ids).collect::<Vec<_>>(), generated);
    }
}
