//! What takes its time is prepared in the background; what comes of it arrives at the loop.

use std::sync::Arc;

use super::{ConnectionPlan, ConnectionPlanError, EffectHandler, ProfileStore};
use crate::{
    app::{Event, editing::EditResult},
    config::Profiles,
    model::{connection::ConnectionId, script::ScriptResponse, state_cache::StateCache},
};

/// Something that was prepared in the background.
pub(super) enum ServiceEvent {
    ConnectionPlanned(Box<(ConnectionPlan, StateCache)>),
    StateLoaded(ConnectionId, StateCache),
    /// A line that is open already begins anew.
    ReconnectPlanned(ConnectionId, Box<ConnectionPlan>),
    ProfilesReloaded(Result<Profiles, String>),
    EditFinished(EditResult),
    #[cfg(feature = "demo")]
    DemoStarted(Box<(crate::demo::Demo, ConnectionPlan)>),
    ScriptFinished(Box<ScriptResponse>),
    AppEvent(Event),
    Failed(String),
    /// Something to be told once.
    OneTimeNotice(String),
}

impl EffectHandler {
    pub(super) fn send_service_event(&self, event: ServiceEvent) {
        let service_sender = self.service_sender.clone();
        // The loop itself stands behind this call, so it must not wait for itself.
        tokio::spawn(async move { service_sender.send(event).await });
    }

    pub(super) fn open_url(&self, address: String) {
        let service_sender = self.service_sender.clone();
        tokio::task::spawn_blocking(move || {
            if let Err(error) = super::open_url::open_url(&address) {
                // A loop that has ended wants nothing any more.
                let _ = service_sender.blocking_send(ServiceEvent::Failed(error));
            }
        });
    }

    /// Prepares something in the background that may take its time, such as the command that knows a
    /// password.
    pub(super) fn prepare_in_background(
        &self,
        work: impl FnOnce(&ProfileStore) -> Result<ServiceEvent, ConnectionPlanError> + Send + 'static,
    ) {
        let (profile_store, service_sender) = (Arc::clone(&self.profile_store), self.service_sender.clone());
        tokio::task::spawn_blocking(move || {
            let event = work(&profile_store).unwrap_or_else(|error| ServiceEvent::Failed(error.to_string()));
            // A loop that has ended wants nothing any more.
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
            // A loop that has ended wants nothing any more.
            let _ = service_sender.send(event).await;
        });
    }
}
