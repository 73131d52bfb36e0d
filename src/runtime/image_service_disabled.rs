//! Takes the place of [`crate::media`] in builds without the feature `images`: every image is answered with
//! an error that says so.

use std::sync::Arc;

use tokio::sync::mpsc::Sender;

use crate::{
    app::{Event, MediaEvent},
    model::{error::ImageError, id::TileId, media::FetchOptions},
};

/// Refuses to fetch and to decode images.
#[derive(Debug)]
pub(crate) struct ImageService<E> {
    events: Sender<E>,
}

impl<E: From<Event> + Send + 'static> ImageService<E> {
    /// Creates a service that reports to `events`.
    #[must_use]
    pub fn new(events: Sender<E>) -> Self {
        Self { events }
    }

    /// Answers that the image in a payload cannot be decoded.
    pub fn decode(&mut self, tile: TileId, _payload: Arc<[u8]>) {
        self.send(Event::Media(MediaEvent::Decoded(tile, Err(ImageError::Unsupported))));
    }

    /// Answers that the image at a URL cannot be fetched.
    pub fn fetch(&mut self, tile: TileId, url: Arc<str>, _options: FetchOptions) {
        self.send(Event::Media(MediaEvent::Fetched(tile, url, Err(ImageError::Unsupported))));
    }

    /// Does nothing: no request is ever in progress.
    #[expect(clippy::unused_self, reason = "the signature is that of the service with images")]
    pub fn on_event(&mut self, _event: &Event) {}

    fn send(&self, event: Event) {
        let events = self.events.clone();
        // The event loop calls this and cannot receive at the same time. It fails only at shutdown.
        tokio::spawn(async move { events.send(event.into()).await });
    }
}
