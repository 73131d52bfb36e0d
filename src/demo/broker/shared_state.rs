//! What all connections of a broker share.

use std::sync::{Arc, atomic::AtomicUsize};

use mqtt5::broker::{DynamicStorage, MemoryBackend, router::MessageRouter};

use super::{
    buffer_lease::BufferBudget,
    client_ids::ClientIds,
    limits::{MAX_PACKET_BYTES, MAX_RETAINED_MESSAGES, SESSION_QUEUE_LIMITS},
    login::LoginService,
    message_budget::MessageBudget,
    storage_monitor::{MonitorChannel, StorageMonitor},
};
use crate::demo::{
    accounts::{Access, Accounts, Credentials, load_accounts},
    error::DemoError,
};

/// What all connections of a broker share.
pub(super) struct SharedState {
    /// The credentials of this program.
    pub demo_credentials: Credentials,
    /// The accounts, if the broker requires a login, and who verifies their passwords.
    pub accounts: Option<(Accounts, LoginService)>,
    pub client_ids: ClientIds,
    pub router: Arc<MessageRouter>,
    pub storage: Arc<DynamicStorage>,
    pub storage_monitor: StorageMonitor,
    pub message_budget: MessageBudget,
    pub buffer_budget: BufferBudget,
    /// The number of connections.
    pub connections: AtomicUsize,
}

impl SharedState {
    /// Creates the state of a broker, and the channel of the task that monitors its storage. Only this program may use
    /// the reserved client IDs.
    ///
    /// # Errors
    /// When the accounts file is invalid, or the system provides no random numbers.
    pub(super) fn new(access: &Access, reserved_client_ids: Vec<String>) -> Result<(Self, MonitorChannel), DemoError> {
        let accounts = match access {
            Access::LoopbackOnly | Access::Anonymous => None,
            Access::Accounts(path) => {
                let accounts = load_accounts(path)?;
                let login_service = LoginService::start(&accounts)?;
                Some((accounts, login_service))
            }
        };
        let demo_credentials = Credentials::random()?;
        let storage = Arc::new(DynamicStorage::Memory(MemoryBackend::with_queue_limits(SESSION_QUEUE_LIMITS)));
        let (storage_monitor, monitor_channel) = StorageMonitor::new();
        let router = MessageRouter::with_storage(Arc::clone(&storage))
            .with_fallback_queue_limits(SESSION_QUEUE_LIMITS)
            .with_retained_limits(MAX_RETAINED_MESSAGES, MAX_PACKET_BYTES)
            .with_event_handler(Arc::new(storage_monitor.clone()));
        let client_ids = ClientIds::start(
            Arc::clone(&storage),
            reserved_client_ids.into_iter().collect(),
            demo_credentials.user.clone(),
            accounts.is_some(),
        );
        let shared = Self {
            demo_credentials,
            accounts,
            client_ids,
            router: Arc::new(router),
            storage,
            storage_monitor,
            message_budget: MessageBudget::new(),
            buffer_budget: BufferBudget::new(),
            connections: AtomicUsize::new(0),
        };
        Ok((shared, monitor_channel))
    }
}
