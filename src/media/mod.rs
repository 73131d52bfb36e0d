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
        id::TileId,
        media::{CacheValidator, DecodedImage},
    },
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
    Url(Arc<str>, Option<CacheValidator>),
}

/// Fetches and decodes images in the background: one at a time for each tile. While a request of a tile is in
/// progress, only its newest further request is kept.
#[derive(Debug)]
pub(crate) struct ImageService {
    event_sender: Sender<Event>,
    in_progress: HashSet<TileId>,
    pending: HashMap<TileId, ImageRequest>,
    workers: ImageWorkers,
}

impl ImageService {
    /// Creates a service that sends [`Event::Media(MediaEvent::Decoded)`] and [`Event::Media(MediaEvent::Fetched)`].
    #[must_use]
    pub fn new(event_sender: Sender<Event>) -> Self {
        Self { event_sender, in_progress: HashSet::new(), pending: HashMap::new(), workers: ImageWorkers::new() }
    }

    /// Starts or queues decoding the image in a payload for a tile.
    pub fn decode(&mut self, tile: TileId, payload: Arc<[u8]>) {
        self.start_or_queue(tile, ImageRequest::Bytes(payload));
    }

    /// Starts or queues fetching an image for a tile. `validator` belongs to the image that the tile shows:
    /// if the server has no newer one, nothing is transferred.
    pub fn fetch(&mut self, tile: TileId, url: Arc<str>, validator: Option<CacheValidator>) {
        self.start_or_queue(tile, ImageRequest::Url(url, validator));
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
                ImageRequest::Url(url, validator) => {
                    Event::Media(MediaEvent::Fetched(tile, Arc::clone(&url), workers.fetch(url, validator).await))
                }
            };
            // The receiver is gone if the program is shutting down.
            let _ = event_sender.send(event).await;
        });
    }
}

/// The HTTP agent and the limits, shared by all requests in progress.
#[derive(Debug, Clone)]
struct ImageWorkers {
    agent: Arc<OnceLock<Agent>>,
    fetch_permits: Arc<Semaphore>,
    decode_permits: Arc<Semaphore>,
}

impl ImageWorkers {
    fn new() -> Self {
        let (fetch_permits, decode_permits) =
            (Semaphore::new(MAX_CONCURRENT_FETCHES), Semaphore::new(MAX_CONCURRENT_DECODES));
        Self { agent: Arc::default(), fetch_permits: fetch_permits.into(), decode_permits: decode_permits.into() }
    }

    async fn decode(&self, bytes: impl AsRef<[u8]> + Send + 'static) -> Result<DecodedImage, String> {
        run_blocking(&self.decode_permits, move || decode(bytes.as_ref())).await
    }

    async fn fetch(
        &self,
        url: Arc<str>,
        validator: Option<CacheValidator>,
    ) -> Result<Option<(DecodedImage, CacheValidator)>, String> {
        let agent = Arc::clone(&self.agent);
        let fetch_outcome = run_blocking(&self.fetch_permits, move || {
            fetch::fetch(agent.get_or_init(fetch::new_agent), &url, validator.as_ref(), FETCH_TIMEOUT)
        });
        match fetch_outcome.await? {
            FetchOutcome::NotModified => Ok(None),
            FetchOutcome::Modified(bytes, validator) => Ok(Some((self.decode(bytes).await?, validator))),
        }
    }
}

/// Runs a blocking task on a thread pool, once the semaphore has a permit.
async fn run_blocking<T: Send + 'static>(
    semaphore: &Arc<Semaphore>,
    task: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    let permit = Arc::clone(semaphore).acquire_owned().await;
    let result = spawn_blocking(move || {
        let _permit = permit;
        task()
    });
    result.await.unwrap_or_else(|_| Err("the background task failed".to_owned()))
}
