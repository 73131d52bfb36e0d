//! What takes its time is prepared in the background; what comes of it arrives at the loop.

use std::sync::Arc;

use super::{Opening, OpeningFault, Outside, Shelf};
use crate::{
    app::{Event, editing::EditResult},
    config::Profiles,
    model::{connection::ConnectionId, script::ScriptResponse, state_cache::StateCache},
};

/// Something that was prepared in the background.
pub(super) enum Arrival {
    Opening(Box<(Opening, StateCache)>),
    Remembered(ConnectionId, StateCache),
    /// A line that is open already begins anew.
    Anew(ConnectionId, Box<Opening>),
    Profiles(Result<Profiles, String>),
    Done(EditResult),
    #[cfg(feature = "demo")]
    Demo(Box<(crate::demo::Demo, Opening)>),
    Outcome(Box<ScriptResponse>),
    Told(Event),
    Failed(String),
    /// Something to be told once.
    ToTell(String),
}

impl Outside {
    pub(super) fn arrive(&self, arrival: Arrival) {
        let preparing = self.preparing.clone();
        // The loop itself stands behind this call, so it must not wait for itself.
        tokio::spawn(async move { preparing.send(arrival).await });
    }

    pub(super) fn browse(&self, address: String) {
        let preparing = self.preparing.clone();
        tokio::task::spawn_blocking(move || {
            if let Err(sentence) = super::browse::browse(&address) {
                // A loop that has ended wants nothing any more.
                let _ = preparing.blocking_send(Arrival::Failed(sentence));
            }
        });
    }

    /// Prepares something in the background that may take its time, such as the command that knows a
    /// password.
    pub(super) fn prepare(&self, make: impl FnOnce(&Shelf) -> Result<Arrival, OpeningFault> + Send + 'static) {
        let (shelf, preparing) = (Arc::clone(&self.shelf), self.preparing.clone());
        tokio::task::spawn_blocking(move || {
            let arrival = make(&shelf).unwrap_or_else(|fault| Arrival::Failed(fault.to_string()));
            // A loop that has ended wants nothing any more.
            let _ = preparing.blocking_send(arrival);
        });
    }

    #[cfg(feature = "demo")]
    pub(super) fn start_demo(&self) {
        let (shelf, preparing) = (Arc::clone(&self.shelf), self.preparing.clone());
        tokio::spawn(async move {
            let arrival = match super::stage_demo(&shelf, crate::demo::DemoOptions::default()).await {
                Ok(staged) => Arrival::Demo(Box::new(staged)),
                Err(sentence) => Arrival::Failed(sentence),
            };
            // A loop that has ended wants nothing any more.
            let _ = preparing.send(arrival).await;
        });
    }
}
