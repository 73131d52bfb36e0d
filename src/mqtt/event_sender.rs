//! Where connections send their events: a bounded channel, which may carry other things too.

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use tokio::{
    runtime::Handle,
    sync::mpsc::{Sender, error::TrySendError},
};

use crate::model::connection::{ConnectionEvent, ConnectionId};

/// An event and the connection it comes from.
pub(super) type TaggedEvent = (ConnectionId, ConnectionEvent);
/// A free place in the channel. Sending an event uses it.
pub(super) type Place = Box<dyn FnOnce(TaggedEvent) + Send>;
/// Waits for a place in the channel. There is none if the channel is closed.
pub(super) type PlaceInLine = Pin<Box<dyn Future<Output = Option<Place>> + Send>>;

/// The sending half of the channel.
///
/// Connections share the channel with other senders and know nothing of what else it carries. Its type is
/// therefore hidden, which costs one virtual call per event, that is, per batch of messages.
#[derive(Clone)]
pub struct EventSender(Arc<dyn EventChannel>);

trait EventChannel: Send + Sync {
    fn try_send(&self, next: &mut dyn FnMut() -> Option<TaggedEvent>) -> Result<(), TrySendError<()>>;
    fn reserve(&self) -> PlaceInLine;
}

impl<T: From<TaggedEvent> + Send + 'static> EventChannel for Sender<T> {
    fn try_send(&self, next: &mut dyn FnMut() -> Option<TaggedEvent>) -> Result<(), TrySendError<()>> {
        let permit = self.try_reserve()?;
        if let Some(event) = next() {
            permit.send(event.into());
        }
        Ok(())
    }

    fn reserve(&self) -> PlaceInLine {
        let sender = self.clone();
        Box::pin(async move {
            let permit = sender.reserve_owned().await.ok()?;
            let place: Place = Box::new(|event| {
                permit.send(event.into());
            });
            Some(place)
        })
    }
}

impl<T: From<TaggedEvent> + Send + 'static> From<Sender<T>> for EventSender {
    fn from(sender: Sender<T>) -> Self {
        Self(Arc::new(sender))
    }
}

impl fmt::Debug for EventSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventSender")
    }
}

impl EventSender {
    /// Sends the event that `next` returns, which is only called if there is a place for it.
    pub(super) fn try_send(&self, mut next: impl FnMut() -> Option<TaggedEvent>) -> Result<(), TrySendError<()>> {
        self.0.try_send(&mut next)
    }

    /// Gets in line for a place in the channel, behind all who wait already.
    pub(super) fn reserve(&self) -> PlaceInLine {
        self.0.reserve()
    }

    /// Sends an event, in the background if the channel is full.
    pub(super) fn send(&self, event: TaggedEvent, runtime: &Handle) {
        let mut unsent = Some(event);
        if let Err(TrySendError::Full(())) = self.try_send(|| unsent.take())
            && let Some(event) = unsent
        {
            let place = self.reserve();
            runtime.spawn(async move {
                if let Some(place) = place.await {
                    place(event);
                }
            });
        }
    }
}
