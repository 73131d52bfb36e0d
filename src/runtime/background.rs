//! Work that may block, run in the background. Its results return to the event loop as [`ServiceEvent`]s.

use std::sync::Arc;

use super::{ConnectionPlan, ConnectionPlanError, EffectHandler, ProfileStore};
use crate::{
    app::Event,
    config::Profiles,
    model::{connection::ConnectionId, script::ScriptResponse, state_cache::StateCache},
};

/// The result of work in the background.
pub(super) enum ServiceEvent {
    ConnectionPlanned(Box<(ConnectionPlan, StateCache)>),
    StateLoaded(ConnectionId, StateCache),
    /// A connection that is already open reconnects with this plan.
    ReconnectPlanned(ConnectionId, Box<ConnectionPlan>),
    ProfilesReloaded(Result<Profiles, String>),
    #[cfg(feature = "demo")]
    DemoStarted(Box<(crate::demo::Demo, ConnectionPlan)>),
    ScriptFinished(Box<ScriptResponse>),
    AppEvent(Event),
    Failed(String),
    /// A notice that is shown once and never again, also not after a restart.
    OneTimeNotice(String),
}

impl EffectHandler {
    pub(super) fn send_service_event(&self, event: ServiceEvent) {
        let service_sender = self.service_sender.clone();
        // The event loop calls this and also receives from the channel: waiting here could deadlock.
        tokio::spawn(async move { service_sender.send(event).await });
    }

    pub(super) fn open_url(&self, address: String) {
        let service_sender = self.service_sender.clone();
        tokio::task::spawn_blocking(move || {
            if let Err(error) = super::open_url::open_url(&address) {
                // The receiver is gone: shutting down.
                let _ = service_sender.blocking_send(ServiceEvent::Failed(error));
            }
        });
    }

    /// Runs work that may block, such as a command that prints a password, on a blocking thread.
    pub(super) fn prepare_in_background(
        &self,
        work: impl FnOnce(&ProfileStore) -> Result<ServiceEvent, ConnectionPlanError> + Send + 'static,
    ) {
        let (profile_store, service_sender) = (Arc::clone(&self.profile_store), self.service_sender.clone());
        tokio::task::spawn_blocking(move || {
            let event = work(&profile_store).unwrap_or_else(|error| ServiceEvent::Failed(error.to_string()));
            // The receiver is gone: shutting down.
            let _ = service_sender.blocking_send(event);
        });
    }

    #[cfg(feature = "demo")]
    pub(super) fn start_demo(&self) {
        let (profile_store, service_sender) = (Arc::clone(&self.profile_store), self.service_sender.clone());
        tokio::spawn(async move {
            let event = match super::start_demo(&profile_store, crate::demo::DemoOptions::default()).await {
                Ok(started) => ServiceEvent::DemoStarted(Box::new(started)),
                Err(error) => ServiceEvent::Failed(error),
            };
            // The receiver is gone: shutting down.
            let _ = service_sender.send(event).await;
        });
    }
}
