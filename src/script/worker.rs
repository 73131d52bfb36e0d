//! The engine on a thread of its own, and a second thread that watches over it.
//!
//! ```text
//!            Request (bounded)            Batch (one at a time)
//!    run ───────────────────▶ overseer ───────────────────────▶ engine
//!        ◀───────────────────          ◀───────────────────────
//!           Vec<Outcome>                 Vec<Outcome>, progress
//! ```
//!
//! The engine stops nearly everything by itself. A single step that takes very long, such as sorting
//! huge texts, it cannot interrupt: then the overseer leaves that thread to itself, which ends with
//! the step, and goes on with a new engine. What tiles kept in `event.data` is lost with the old one.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel},
    },
    thread::{Builder, JoinHandle},
    time::{Duration, Instant},
};

use tokio::sync::mpsc;

use super::{Engine, overseer::Overseer};
use crate::model::script::{ScriptError, ScriptRequest, ScriptResponse, TileId, TileScripts};

/// How many requests may wait: one for each tile of the largest dashboard, and some.
const ROOM: usize = 16_384;
/// How many batches of outcomes may wait.
const TOLD: usize = 1_024;
/// What is known after this time is handed over, even if more is to come.
const FLUSH: Duration = Duration::from_millis(2);
/// The stack of an engine's thread, in bytes.
const STACK: usize = 2 << 20;

/// Something to be done with scripts.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// From now on these are the scripts of these tiles.
    Set(Vec<(TileId, TileScripts)>),
    /// These tiles are gone.
    Forget(Vec<TileId>),
    /// Asks scripts. Of several displays of a tile that wait, only the last is answered.
    Ask(Vec<ScriptRequest>),
}

/// The way to the scripts. They end when it is dropped.
#[derive(Debug)]
pub struct Worker {
    requests: SyncSender<Request>,
}

impl Worker {
    /// Starts the threads. Outcomes come out of the receiver, those of one tile in the order of the
    /// calls.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start() -> io::Result<(Self, mpsc::Receiver<Vec<ScriptResponse>>)> {
        let (requests, inbox) = sync_channel(ROOM);
        let (outcomes, out) = mpsc::channel(TOLD);
        Builder::new().name("scripts".to_owned()).spawn(move || Overseer::new(outcomes).work(&inbox))?;
        Ok((Self { requests }, out))
    }

    /// Asks for something, without waiting.
    ///
    /// # Errors
    /// Gives the request back when too much is waiting; later there may be room again.
    pub fn send(&self, request: Request) -> Result<(), Request> {
        self.requests.try_send(request).map_err(|refused| match refused {
            TrySendError::Full(request) | TrySendError::Disconnected(request) => request,
        })
    }
}

/// The new scripts of a tile, or nothing for a tile that is gone.
pub(super) type Change = (TileId, Option<TileScripts>);

/// What an engine does in one go: first the changes, then the calls.
#[derive(Default)]
pub(super) struct Batch {
    pub changes: Vec<Change>,
    pub calls: Vec<ScriptRequest>,
}

/// An engine on its thread.
pub(super) struct Desk {
    batches: SyncSender<Batch>,
    outcomes: Receiver<Vec<ScriptResponse>>,
    progress: Arc<AtomicUsize>,
    given_up: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Desk {
    /// Starts a thread with an engine.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn open() -> io::Result<Self> {
        let (batches, todo) = sync_channel(1);
        let (done, outcomes) = sync_channel(TOLD);
        let progress = Arc::<AtomicUsize>::default();
        let given_up = Arc::<AtomicBool>::default();
        let (counted, over) = (Arc::clone(&progress), Arc::clone(&given_up));
        let work = move || serve(&todo, &done, &counted, &over);
        let thread = Builder::new().name("script engine".to_owned()).stack_size(STACK).spawn(work)?;
        Ok(Self { batches, outcomes, progress, given_up, thread })
    }

    /// Hands over a batch. Whether the engine still lives.
    pub fn begin(&self, batch: Batch) -> bool {
        self.progress.store(0, Ordering::Release);
        self.batches.send(batch).is_ok()
    }

    /// What the engine has to say within this time.
    pub fn hear(&self, patience: Duration) -> Result<Vec<ScriptResponse>, RecvTimeoutError> {
        self.outcomes.recv_timeout(patience)
    }

    /// How many calls of the batch are done.
    pub fn progress(&self) -> usize {
        self.progress.load(Ordering::Acquire)
    }

    /// Leaves the thread to itself.
    pub fn give_up(self) -> JoinHandle<()> {
        self.given_up.store(true, Ordering::Release);
        self.thread
    }
}

fn serve(
    todo: &Receiver<Batch>,
    done: &SyncSender<Vec<ScriptResponse>>,
    progress: &AtomicUsize,
    given_up: &Arc<AtomicBool>,
) {
    let mut engine = Engine::new(Arc::clone(given_up));
    while let Ok(batch) = todo.recv() {
        if let Ok(engine) = &mut engine {
            for (tile, scripts) in batch.changes {
                match scripts {
                    Some(scripts) => engine.set(tile, scripts),
                    None => engine.forget(tile),
                }
            }
        }
        let mut known = Vec::new();
        let mut flushed = Instant::now();
        for call in &batch.calls {
            known.push(match &mut engine {
                Ok(engine) => engine.run(call),
                Err(fault) => failed(call, fault.clone()),
            });
            progress.fetch_add(1, Ordering::Release);
            if flushed.elapsed() >= FLUSH {
                if done.send(std::mem::take(&mut known)).is_err() {
                    return;
                }
                flushed = Instant::now();
            }
        }
        if (!known.is_empty() || batch.calls.is_empty()) && done.send(known).is_err() {
            return;
        }
    }
}

/// The outcome of a call that did not run.
pub(super) fn failed(call: &ScriptRequest, fault: ScriptError) -> ScriptResponse {
    ScriptResponse {
        tile_id: call.tile_id,
        request_id: call.request_id,
        publish_requests: Vec::new(),
        urls_to_open: Vec::new(),
        answer: Err(fault),
    }
}
