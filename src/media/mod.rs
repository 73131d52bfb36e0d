//! Pictures: fetched and unpacked in the background, bounded in size, pixels, time and memory.

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
    app::{Event, TilePosition},
    model::media::{CacheValidator, DecodedImage},
};

/// How many pictures are fetched at once.
const MAX_CONCURRENT_FETCHES: usize = 4;
/// How many pictures are unpacked at once: each may take much memory.
const MAX_CONCURRENT_DECODES: usize = 2;
/// The time that fetching one picture may take.
const FETCH_TIMEOUT: Duration = Duration::from_secs(10);

/// What a tile wants to be shown.
#[derive(Debug, Clone)]
enum ImageRequest {
    Bytes(Arc<[u8]>),
    Url(Arc<str>, Option<CacheValidator>),
}

/// Fetches and unpacks pictures in the background: one at a time for each tile, and of the wishes
/// that come meanwhile only the last.
#[derive(Debug)]
pub struct ImageService {
    event_sender: Sender<Event>,
    in_progress: HashSet<TilePosition>,
    pending: HashMap<TilePosition, ImageRequest>,
    workers: ImageWorkers,
}

impl ImageService {
    /// A studio that reports as [`Event::Picture`] and [`Event::Fetched`].
    #[must_use]
    pub fn new(event_sender: Sender<Event>) -> Self {
        Self { event_sender, in_progress: HashSet::new(), pending: HashMap::new(), workers: ImageWorkers::new() }
    }

    /// Unpacks the picture in a payload for a tile, soon.
    pub fn decode(&mut self, position: TilePosition, payload: Arc<[u8]>) {
        self.start_or_queue(position, ImageRequest::Bytes(payload));
    }

    /// Fetches the picture at a URL for a tile, soon. With the mark of what the tile shows the answer
    /// may be that nothing has changed.
    pub fn fetch(&mut self, position: TilePosition, url: Arc<str>, validator: Option<CacheValidator>) {
        self.start_or_queue(position, ImageRequest::Url(url, validator));
    }

    /// Takes note of an event: a tile's wish may be fulfilled.
    pub fn on_event(&mut self, event: &Event) {
        let (Event::PictureDecoded(position, _) | Event::PictureFetched(position, ..)) = event else {
            return;
        };
        self.in_progress.remove(position);
        if let Some(request) = self.pending.remove(position) {
            self.start_or_queue(*position, request);
        }
    }

    fn start_or_queue(&mut self, position: TilePosition, request: ImageRequest) {
        if !self.in_progress.insert(position) {
            self.pending.insert(position, request);
            return;
        }
        let (event_sender, workers) = (self.event_sender.clone(), self.workers.clone());
        tokio::spawn(async move {
            let event = match request {
                ImageRequest::Bytes(payload) => Event::PictureDecoded(position, workers.decode(payload).await),
                ImageRequest::Url(url, validator) => {
                    Event::PictureFetched(position, Arc::clone(&url), workers.fetch(url, validator).await)
                }
            };
            // A receiver that is gone wants no picture.
            let _ = event_sender.send(event).await;
        });
    }
}

/// What pictures are made with, shared by all that are in work.
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

/// Does something that takes long where nobody waits for it, a few at once.
async fn run_blocking<T: Send + 'static>(
    semaphore: &Arc<Semaphore>,
    task: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    let permit = Arc::clone(semaphore).acquire_owned().await;
    let result = spawn_blocking(move || {
        let _permit = permit;
        task()
    });
    result.await.unwrap_or_else(|_| Err("reading it failed".to_owned()))
}
