//! Who a client is, and what it may read and write.

use std::{future::ready, net::SocketAddr, sync::atomic::Ordering::Relaxed};

use mqtt5::{
    broker::{AuthProvider, AuthResult, StorageBackend, storage::InflightDirection},
    packet::connect::ConnectPacket,
    protocol::v5::reason_codes::ReasonCode,
};

use super::{BoxFuture, Connection};
use crate::demo::{
    accounts::access_rules::AccessRules,
    broker::{
        client_ids::Owner,
        limits::{MAX_CONNECT_BYTES, MAX_FILTER_BYTES, MAX_MESSAGE_HEAD_BYTES},
        login::LoginResult,
    },
};

/// The topics of the broker itself. Clients only read them.
const SYSTEM_TOPICS: &str = "$SYS";

impl Connection {
    async fn log_in(&self, connect: &ConnectPacket) -> Result<(), ReasonCode> {
        let owner = self.authenticate_user(connect.username.as_deref(), connect.password.as_deref()).await?;
        if connect.will.as_ref().is_some_and(|will| !self.may_write(&owner, &will.topic)) {
            return Err(ReasonCode::NotAuthorized);
        }
        let sessions = self.shared.client_ids.claim(&connect.client_id, owner.clone()).await?;
        self.shared.storage_monitor.set_sessions(sessions);
        self.login.get_or_init(|| (owner, connect.client_id.clone()));
        self.count_filters(&connect.client_id).await;
        let stored = self.shared.storage.get_inflight_messages(&connect.client_id).await.unwrap_or_default();
        let incoming = stored.iter().filter(|message| message.direction == InflightDirection::Inbound);
        self.unreleased.get_or_init(|| {
            incoming.map(|message| (message.packet_id, message.payload.len() + MAX_MESSAGE_HEAD_BYTES)).collect()
        });
        Ok(())
    }

    async fn authenticate_user(&self, user: Option<&str>, password: Option<&[u8]>) -> Result<Owner, ReasonCode> {
        let demo = &self.shared.demo_credentials;
        if user == Some(&demo.user) {
            let is_right = password == Some(demo.password.as_bytes());
            return if is_right { Ok(Owner::Demo) } else { Err(ReasonCode::BadUsernameOrPassword) };
        }
        let Some((_, login_service)) = &self.shared.accounts else { return Ok(Owner::Anonymous) };
        let (Some(user), Some(password)) = (user, password.and_then(|bytes| str::from_utf8(bytes).ok())) else {
            return Err(ReasonCode::BadUsernameOrPassword);
        };
        match login_service.verify(user, password, self.peer.ip()).await {
            LoginResult::Accepted => Ok(Owner::Account(user.to_owned())),
            LoginResult::Rejected => Err(ReasonCode::BadUsernameOrPassword),
            LoginResult::Busy => Err(ReasonCode::ServerBusy),
        }
    }

    /// Returns the access rules of an account, or `None` for those who may do everything.
    fn rules(&self, owner: &Owner) -> Option<&AccessRules> {
        match (owner, &self.shared.accounts) {
            (Owner::Account(user), Some((accounts, _))) => accounts.get(user).map(|account| &account.rules),
            _ => None,
        }
    }

    fn may_write(&self, owner: &Owner, topic: &str) -> bool {
        !topic.starts_with(SYSTEM_TOPICS) && self.rules(owner).is_none_or(|rules| rules.may_write(topic))
    }

    /// Returns whether the client may subscribe, and has room for the filter.
    fn may_subscribe(&self, filter: &str) -> bool {
        let Some((owner, _)) = self.login.get() else { return false };
        self.rules(owner).is_none_or(|rules| rules.may_read(filter))
            && self.filter_bytes.fetch_add(filter.len(), Relaxed) + filter.len() <= MAX_FILTER_BYTES
    }

    /// Measures the topic filters of the session.
    pub(super) async fn count_filters(&self, client_id: &str) {
        let session = self.shared.storage.get_session(client_id).await.ok().flatten();
        let filters = session.iter().flat_map(|session| session.subscriptions.keys());
        self.filter_bytes.store(filters.map(String::len).sum(), Relaxed);
    }
}

impl AuthProvider for Connection {
    fn authenticate<'a>(
        &'a self,
        connect: &'a ConnectPacket,
        _client_addr: SocketAddr,
    ) -> BoxFuture<'a, mqtt5::Result<AuthResult>> {
        Box::pin(async move {
            Ok(match (self.log_in(connect).await, &connect.username) {
                (Ok(()), Some(user)) => AuthResult::success_with_user(user),
                (Ok(()), None) => AuthResult::success(),
                (Err(reason), _) => AuthResult::fail(reason),
            })
        })
    }

    fn authorize_publish<'a>(
        &'a self,
        _client_id: &str,
        _user_id: Option<&'a str>,
        topic: &'a str,
    ) -> BoxFuture<'a, bool> {
        let is_allowed = self.login.get().is_some_and(|(owner, _)| self.may_write(owner, topic));
        Box::pin(async move {
            let is_will = self.admitted.borrow().is_none();
            if is_allowed && is_will {
                self.shared.storage_monitor.message_published(MAX_CONNECT_BYTES).await;
            }
            is_allowed
        })
    }

    fn authorize_subscribe<'a>(
        &'a self,
        _client_id: &str,
        _user_id: Option<&'a str>,
        topic_filter: &'a str,
    ) -> BoxFuture<'a, bool> {
        Box::pin(ready(self.may_subscribe(topic_filter)))
    }
}
