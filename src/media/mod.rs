//! Fetches and decodes images in the background, with limits on size, pixels, time and memory.

mod animation;
mod data_url;
mod decode;
mod fetch;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, OnceLock},
    time::Duration,
};

use tokio::{
    sync::{Semaphore, mpsc::Sender},
    task::spawn_blocking,
};
use ureq::Agent;

pub use self::decode::decode;
use self::fetch::FetchOutcome;
use crate::{
    app::{Event, MediaEvent},
    model::{
        error::{FetchError, ImageError},
        id::TileId,
        media::{CacheValidator, DecodedImage, FetchOptions},
    },
    panics::{self, Panicked},
};

/// The maximum number of concurrent fetches.
const MAX_CONCURRENT_FETCHES: usize = 4;
/// The maximum number of concurrent decodes, each of which may need much memory.
const MAX_CONCURRENT_DECODES: usize = 2;
/// The timeout for fetching an image.
const FETCH_TIMEOUT: Duration = Duration::from_secs(10);

/// The source of the image of a tile.
#[derive(Debug, Clone)]
enum ImageRequest {
    Bytes(Arc<[u8]>),
    Url(Arc<str>, FetchOptions),
}

/// Fetches and decodes images in the background: one at a time for each tile. While a request of a tile is in
/// progress, only its newest further request is kept.
#[derive(Debug)]
pub(crate) struct ImageService<E> {
    event_sender: Sender<E>,
    in_progress: HashSet<TileId>,
    pending: HashMap<TileId, ImageRequest>,
    workers: ImageWorkers,
}

impl<E: From<Event> + Send + 'static> ImageService<E> {
    /// Creates a service that sends [`MediaEvent`]s.
    #[must_use]
    pub fn new(event_sender: Sender<E>) -> Self {
        Self::with_decoder(event_sender, decode)
    }

    fn with_decoder(event_sender: Sender<E>, decoder: Decoder) -> Self {
        let workers = ImageWorkers::new(decoder);
        Self { event_sender, in_progress: HashSet::new(), pending: HashMap::new(), workers }
    }

    /// Starts or queues decoding the image in a payload for a tile.
    pub fn decode(&mut self, tile: TileId, payload: Arc<[u8]>) {
        self.start_or_queue(tile, ImageRequest::Bytes(payload));
    }

    /// Starts or queues fetching an image for a tile.
    pub fn fetch(&mut self, tile: TileId, url: Arc<str>, options: FetchOptions) {
        self.start_or_queue(tile, ImageRequest::Url(url, options));
    }

    /// Handles an event: when a request has finished, starts the next one of the same tile.
    pub fn on_event(&mut self, event: &Event) {
        let Event::Media(MediaEvent::Decoded(tile, _) | MediaEvent::Fetched(tile, ..)) = event else {
            return;
        };
        self.in_progress.remove(tile);
        if let Some(request) = self.pending.remove(tile) {
            self.start_or_queue(*tile, request);
        }
    }

    fn start_or_queue(&mut self, tile: TileId, request: ImageRequest) {
        if !self.in_progress.insert(tile) {
            self.pending.insert(tile, request);
            return;
        }
        let (event_sender, workers) = (self.event_sender.clone(), self.workers.clone());
        tokio::spawn(async move {
            let event = match request {
                ImageRequest::Bytes(payload) => Event::Media(MediaEvent::Decoded(tile, workers.decode(payload).await)),
                ImageRequest::Url(url, options) => {
                    Event::Media(MediaEvent::Fetched(tile, Arc::clone(&url), workers.fetch(url, options).await))
                }
            };
            // The receiver is gone if the program is shutting down.
            let _ = event_sender.send(event.into()).await;
        });
    }
}

/// Decodes an image, or returns why it cannot be decoded.
type Decoder = fn(&[u8]) -> Result<DecodedImage, ImageError>;

/// The decoder, the HTTP agent and the limits, shared by all requests in progress.
#[derive(Debug, Clone)]
struct ImageWorkers {
    decoder: Decoder,
    agent: Arc<OnceLock<Agent>>,
    fetch_permits: Arc<Semaphore>,
    decode_permits: Arc<Semaphore>,
}

impl ImageWorkers {
    fn new(decoder: Decoder) -> Self {
        let (fetch_permits, decode_permits) =
            (Semaphore::new(MAX_CONCURRENT_FETCHES), Semaphore::new(MAX_CONCURRENT_DECODES));
        Self {
            decoder,
            agent: Arc::default(),
            fetch_permits: fetch_permits.into(),
            decode_permits: decode_permits.into(),
        }
    }

    async fn decode(&self, bytes: impl AsRef<[u8]> + Send + 'static) -> Result<DecodedImage, ImageError> {
        let decoder = self.decoder;
        let decoded = run_blocking(&self.decode_permits, move || decoder(bytes.as_ref()));
        decoded.await.unwrap_or(Err(ImageError::DecoderFailed))
    }

    async fn fetch(
        &self,
        url: Arc<str>,
        options: FetchOptions,
    ) -> Result<Option<(DecodedImage, CacheValidator)>, ImageError> {
        let agent = Arc::clone(&self.agent);
        let fetch_outcome = run_blocking(&self.fetch_permits, move || {
            fetch::fetch(agent.get_or_init(fetch::new_agent), &url, &options, FETCH_TIMEOUT)
        });
        match fetch_outcome.await.unwrap_or(Err(FetchError::ClientFailed))? {
            FetchOutcome::NotModified => Ok(None),
            FetchOutcome::Modified(bytes, validator) => Ok(Some((self.decode(bytes).await?, validator))),
        }
    }
}

/// Runs a blocking task on a thread pool, once the semaphore has a permit. A panic of the task ends only the task:
/// decoders and the HTTP client read what anyone may have sent.
async fn run_blocking<T: Send + 'static>(
    semaphore: &Arc<Semaphore>,
    task: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Panicked> {
    let permit = Arc::clone(semaphore).acquire_owned().await;
    let result = spawn_blocking(move || {
        let _permit = permit;
        panics::contain(task)
    });
    // The task is not canceled, and does not panic outside of `contain`.
    result.await.unwrap_or(Err(Panicked))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{ImageFormat, RgbImage};
    use tokio::sync::mpsc::{Receiver, channel};

    use super::*;

    const TILE: TileId = TileId(1);

    fn service_with_panicking_decoder() -> (ImageService<Event>, Receiver<Event>) {
        let (event_sender, events) = channel(8);
        let decoder = |bytes: &[u8]| {
            assert_ne!(bytes, b"bad", "the decoder panics");
            decode(bytes)
        };
        (ImageService::with_decoder(event_sender, decoder), events)
    }

    async fn next_result(
        service: &mut ImageService<Event>,
        events: &mut Receiver<Event>,
    ) -> Result<DecodedImage, ImageError> {
        let event = events.recv().await.expect("the service sends a result");
        service.on_event(&event);
        match event {
            Event::Media(MediaEvent::Decoded(TILE, result)) => result,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn decoder_that_panics_costs_only_its_image() {
        let (mut service, mut events) = service_with_panicking_decoder();
        // More than there are permits: each must come back.
        for _ in 0..2 * MAX_CONCURRENT_DECODES {
            service.decode(TILE, b"bad".as_slice().into());
            let error = next_result(&mut service, &mut events).await.expect_err("the decoder panics");
            assert_eq!(error, ImageError::DecoderFailed);
        }
        service.decode(TILE, b"bad".as_slice().into());
        let mut png = Cursor::new(Vec::new());
        RgbImage::new(8, 8).write_to(&mut png, ImageFormat::Png).unwrap();
        service.decode(TILE, png.into_inner().into());
        next_result(&mut service, &mut events).await.expect_err("the decoder panics");
        next_result(&mut service, &mut events).await.expect("the queued image is decoded");
    }
}
