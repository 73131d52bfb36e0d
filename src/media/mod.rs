//! Pictures: fetched and unpacked in the background, bounded in size, pixels, time and memory.

mod decode;
mod fetch;
mod moving;
mod text;

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
use self::fetch::Fetched;
use crate::{
    app::{Event, TilePosition},
    model::media::{CacheValidator, DecodedImage},
};

/// How many pictures are fetched at once.
const FETCHES: usize = 4;
/// How many pictures are unpacked at once: each may take much memory.
const UNPACKED: usize = 2;
/// The time that fetching one picture may take.
const LIMIT: Duration = Duration::from_secs(10);

/// What a tile wants to be shown.
#[derive(Debug, Clone)]
enum Wish {
    Bytes(Arc<[u8]>),
    Url(Arc<str>, Option<CacheValidator>),
}

/// Fetches and unpacks pictures in the background: one at a time for each tile, and of the wishes
/// that come meanwhile only the last.
#[derive(Debug)]
pub struct Studio {
    done: Sender<Event>,
    busy: HashSet<TilePosition>,
    next: HashMap<TilePosition, Wish>,
    bench: Bench,
}

impl Studio {
    /// A studio that reports as [`Event::Picture`] and [`Event::Fetched`].
    #[must_use]
    pub fn new(done: Sender<Event>) -> Self {
        Self { done, busy: HashSet::new(), next: HashMap::new(), bench: Bench::new() }
    }

    /// Unpacks the picture in a payload for a tile, soon.
    pub fn unpack(&mut self, at: TilePosition, payload: Arc<[u8]>) {
        self.ask(at, Wish::Bytes(payload));
    }

    /// Fetches the picture at a URL for a tile, soon. With the mark of what the tile shows the answer
    /// may be that nothing has changed.
    pub fn fetch(&mut self, at: TilePosition, url: Arc<str>, known: Option<CacheValidator>) {
        self.ask(at, Wish::Url(url, known));
    }

    /// Takes note of an event: a tile's wish may be fulfilled.
    pub fn note(&mut self, event: &Event) {
        let (Event::PictureDecoded(at, _) | Event::PictureFetched(at, ..)) = event else {
            return;
        };
        self.busy.remove(at);
        if let Some(wish) = self.next.remove(at) {
            self.ask(*at, wish);
        }
    }

    fn ask(&mut self, at: TilePosition, wish: Wish) {
        if !self.busy.insert(at) {
            self.next.insert(at, wish);
            return;
        }
        let (done, bench) = (self.done.clone(), self.bench.clone());
        tokio::spawn(async move {
            let event = match wish {
                Wish::Bytes(payload) => Event::PictureDecoded(at, bench.unpack(payload).await),
                Wish::Url(url, known) => Event::PictureFetched(at, Arc::clone(&url), bench.fetch(url, known).await),
            };
            // A receiver that is gone wants no picture.
            let _ = done.send(event).await;
        });
    }
}

/// What pictures are made with, shared by all that are in work.
#[derive(Debug, Clone)]
struct Bench {
    agent: Arc<OnceLock<Agent>>,
    fetches: Arc<Semaphore>,
    unpacked: Arc<Semaphore>,
}

impl Bench {
    fn new() -> Self {
        let (fetches, unpacked) = (Semaphore::new(FETCHES), Semaphore::new(UNPACKED));
        Self { agent: Arc::default(), fetches: fetches.into(), unpacked: unpacked.into() }
    }

    async fn unpack(&self, bytes: impl AsRef<[u8]> + Send + 'static) -> Result<DecodedImage, String> {
        aside(&self.unpacked, move || decode(bytes.as_ref())).await
    }

    async fn fetch(
        &self,
        url: Arc<str>,
        known: Option<CacheValidator>,
    ) -> Result<Option<(DecodedImage, CacheValidator)>, String> {
        let agent = Arc::clone(&self.agent);
        let fetched =
            aside(&self.fetches, move || fetch::fetch(agent.get_or_init(fetch::agent), &url, known.as_ref(), LIMIT));
        match fetched.await? {
            Fetched::Same => Ok(None),
            Fetched::New(bytes, mark) => Ok(Some((self.unpack(bytes).await?, mark))),
        }
    }
}

/// Does something that takes long where nobody waits for it, a few at once.
async fn aside<T: Send + 'static>(
    places: &Arc<Semaphore>,
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    let place = Arc::clone(places).acquire_owned().await;
    let done = spawn_blocking(move || {
        let _place = place;
        work()
    });
    done.await.unwrap_or_else(|_| Err("reading it failed".to_owned()))
}
