//! Which account a client ID belongs to, in a task of its own: to the one whose client is connected with it, or whose
//! session is stored under it. Clients of other accounts are refused, and take over neither.

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    sync::Arc,
};

use mqtt5::{
    broker::{DynamicStorage, StorageBackend},
    protocol::v5::reason_codes::ReasonCode,
};
use tokio::sync::{mpsc, oneshot};

use super::limits::MAX_SESSIONS;

/// The capacity of the channel to the task. The task never waits for long.
const CHANNEL_CAPACITY: usize = 64;

/// Whom a client ID belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Owner {
    /// This program: its simulated boards and its dashboard.
    Demo,
    /// An account.
    Account(String),
    /// Everybody else, if the broker requires no login: clients that cannot be told apart.
    Anonymous,
}

enum Request {
    Claim { client_id: String, owner: Owner, reply: oneshot::Sender<Result<usize, ReasonCode>> },
    Release { client_id: String },
}

/// Assigns client IDs. Clones reach the same task, which ends with the last of them.
#[derive(Debug, Clone)]
pub(super) struct ClientIds {
    requests: mpsc::Sender<Request>,
}

impl ClientIds {
    /// Starts the task. Only the demo may use the `reserved` client IDs. `demo_user` is its user name.
    pub(super) fn start(
        storage: Arc<DynamicStorage>,
        reserved: HashSet<String>,
        demo_user: String,
        has_accounts: bool,
    ) -> Self {
        let (requests, receiver) = mpsc::channel(CHANNEL_CAPACITY);
        let registry = Registry { storage, reserved, demo_user, has_accounts, connected: HashMap::new() };
        tokio::spawn(registry.run(receiver));
        Self { requests }
    }

    /// Claims a client ID for a connection, until [`Self::release`]. Returns the number of sessions.
    ///
    /// # Errors
    /// The reason for the client: the ID belongs to somebody else, or there are too many sessions.
    pub(super) async fn claim(&self, client_id: &str, owner: Owner) -> Result<usize, ReasonCode> {
        let (reply, granted) = oneshot::channel();
        let request = Request::Claim { client_id: client_id.to_owned(), owner, reply };
        self.requests.send(request).await.map_err(|_| ReasonCode::ServerUnavailable)?;
        granted.await.unwrap_or(Err(ReasonCode::ServerUnavailable))
    }

    /// Ends the claim of a connection, after its session has been stored or removed.
    pub(super) async fn release(&self, client_id: String) {
        // Without the task, the broker has ended.
        let _ = self.requests.send(Request::Release { client_id }).await;
    }
}

/// The state of the task.
struct Registry {
    storage: Arc<DynamicStorage>,
    reserved: HashSet<String>,
    demo_user: String,
    has_accounts: bool,
    /// The owner and the number of connections of each client ID in use: two while one takes over from the other.
    connected: HashMap<String, (Owner, usize)>,
}

impl Registry {
    async fn run(mut self, mut requests: mpsc::Receiver<Request>) {
        while let Some(request) = requests.recv().await {
            match request {
                Request::Claim { client_id, owner, reply } => {
                    let granted = self.check(&client_id, &owner).await;
                    if granted.is_ok() {
                        self.connected.entry(client_id.clone()).or_insert((owner, 0)).1 += 1;
                    }
                    if reply.send(granted).is_err() && granted.is_ok() {
                        self.release(client_id);
                    }
                }
                Request::Release { client_id } => self.release(client_id),
            }
        }
    }

    fn release(&mut self, client_id: String) {
        if let Entry::Occupied(mut entry) = self.connected.entry(client_id) {
            entry.get_mut().1 -= 1;
            if entry.get().1 == 0 {
                entry.remove();
            }
        }
    }

    /// Returns the number of sessions, with the new one.
    async fn check(&self, client_id: &str, owner: &Owner) -> Result<usize, ReasonCode> {
        if *owner != Owner::Demo && self.reserved.contains(client_id) {
            return Err(ReasonCode::ClientIdentifierNotValid);
        }
        let stored = match self.connected.get(client_id) {
            Some((connected, _)) => Some(connected.clone()),
            None => match self.storage.get_session(client_id).await {
                Ok(session) => session.map(|session| self.owner_of(session.user_id)),
                Err(error) => {
                    tracing::warn!("the demo broker cannot read a session: {error}");
                    return Err(ReasonCode::ServerUnavailable);
                }
            },
        };
        let sessions = self.sessions().await;
        match stored {
            Some(stored) if stored == *owner => Ok(sessions),
            Some(_) => Err(ReasonCode::ClientIdentifierNotValid),
            None if *owner == Owner::Demo || sessions < MAX_SESSIONS => Ok(sessions + 1),
            None => Err(ReasonCode::QuotaExceeded),
        }
    }

    /// Returns the owner of a session from the user name that is stored with it.
    fn owner_of(&self, user: Option<String>) -> Owner {
        match user {
            Some(user) if user == self.demo_user => Owner::Demo,
            Some(user) if self.has_accounts => Owner::Account(user),
            _ => Owner::Anonymous,
        }
    }

    /// Returns the number of sessions, of connected clients and stored ones.
    async fn sessions(&self) -> usize {
        self.storage.session_client_ids().await.map_or(MAX_SESSIONS, |ids| ids.len().max(self.connected.len()))
    }
}

#[cfg(test)]
mod tests {
    use mqtt5::broker::{MemoryBackend, storage::ClientSession};

    use super::*;

    fn account(user: &str) -> Owner {
        Owner::Account(user.to_owned())
    }

    fn start(reserved: &[&str], has_accounts: bool) -> (ClientIds, Arc<DynamicStorage>) {
        let storage = Arc::new(DynamicStorage::Memory(MemoryBackend::new()));
        let reserved = reserved.iter().map(|id| (*id).to_owned()).collect();
        (ClientIds::start(Arc::clone(&storage), reserved, "demo".to_owned(), has_accounts), storage)
    }

    async fn store_session(storage: &DynamicStorage, client_id: &str, user: Option<&str>) {
        let mut session = ClientSession::new(client_id.to_owned(), true, Some(3600));
        session.user_id = user.map(str::to_owned);
        storage.store_session(session).await.unwrap();
    }

    const NOT_VALID: Result<usize, ReasonCode> = Err(ReasonCode::ClientIdentifierNotValid);

    #[tokio::test]
    async fn client_id_in_use_or_with_a_session_belongs_to_its_account() {
        let (ids, storage) = start(&[], true);
        assert!(ids.claim("lamp", account("anna")).await.is_ok());
        for other in [account("bert"), Owner::Demo, Owner::Anonymous] {
            assert_eq!(ids.claim("lamp", other).await, NOT_VALID);
        }
        assert!(ids.claim("lamp", account("anna")).await.is_ok(), "anna takes over from herself");
        ids.release("lamp".to_owned()).await;
        assert_eq!(ids.claim("lamp", account("bert")).await, NOT_VALID, "the second connection remains");
        store_session(&storage, "lamp", Some("anna")).await;
        ids.release("lamp".to_owned()).await;
        assert_eq!(ids.claim("lamp", account("bert")).await, NOT_VALID, "the session remains");
        storage.remove_session("lamp").await.unwrap();
        assert!(ids.claim("lamp", account("bert")).await.is_ok());
    }

    #[tokio::test]
    async fn client_ids_of_the_demo_are_reserved_and_anonymous_clients_share_theirs() {
        let (ids, storage) = start(&["esp32-demo"], false);
        assert_eq!(ids.claim("esp32-demo", Owner::Anonymous).await, NOT_VALID);
        assert!(ids.claim("esp32-demo", Owner::Demo).await.is_ok());
        store_session(&storage, "dashboard", Some("demo")).await;
        assert_eq!(ids.claim("dashboard", Owner::Anonymous).await, NOT_VALID);
        store_session(&storage, "lamp", Some("any name")).await;
        assert!(ids.claim("lamp", Owner::Anonymous).await.is_ok());
        assert!(ids.claim("lamp", Owner::Anonymous).await.is_ok());
    }

    #[tokio::test]
    async fn sessions_are_limited_except_for_the_demo() {
        let (ids, storage) = start(&[], true);
        for number in 0..MAX_SESSIONS {
            store_session(&storage, &number.to_string(), Some("anna")).await;
        }
        assert_eq!(ids.claim("new", account("anna")).await, Err(ReasonCode::QuotaExceeded));
        assert!(ids.claim("0", account("anna")).await.is_ok(), "an existing session");
        assert!(ids.claim("new", Owner::Demo).await.is_ok());
    }
}
