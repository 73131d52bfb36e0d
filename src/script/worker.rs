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

use super::{Engine, watchdog::Watchdog};
use crate::model::script::{ScriptError, ScriptRequest, ScriptResponse, TileId, TileScripts};

/// How many requests may wait: one for each tile of the largest dashboard, and some.
const COMMAND_QUEUE_CAPACITY: usize = 16_384;
/// How many batches of outcomes may wait.
const RESPONSE_QUEUE_CAPACITY: usize = 1_024;
/// What is known after this time is handed over, even if more is to come.
const FLUSH_INTERVAL: Duration = Duration::from_millis(2);
/// The stack of an engine's thread, in bytes.
const ENGINE_STACK_BYTES: usize = 2 << 20;

/// Something to be done with scripts.
#[derive(Debug, Clone, PartialEq)]
pub enum WorkerCommand {
    /// From now on these are the scripts of these tiles.
    SetScripts(Vec<(TileId, TileScripts)>),
    /// These tiles are gone.
    RemoveTiles(Vec<TileId>),
    /// Asks scripts. Of several displays of a tile that wait, only the last is answered.
    Run(Vec<ScriptRequest>),
}

/// The way to the scripts. They end when it is dropped.
#[derive(Debug)]
pub struct ScriptWorker {
    commands: SyncSender<WorkerCommand>,
}

impl ScriptWorker {
    /// Starts the threads. Outcomes come out of the receiver, those of one tile in the order of the
    /// calls.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start() -> io::Result<(Self, mpsc::Receiver<Vec<ScriptResponse>>)> {
        let (commands, command_receiver) = sync_channel(COMMAND_QUEUE_CAPACITY);
        let (responses, response_receiver) = mpsc::channel(RESPONSE_QUEUE_CAPACITY);
        Builder::new().name("scripts".to_owned()).spawn(move || Watchdog::new(responses).run(&command_receiver))?;
        Ok((Self { commands }, response_receiver))
    }

    /// Asks for something, without waiting.
    ///
    /// # Errors
    /// Gives the request back when too much is waiting; later there may be room again.
    pub fn send(&self, command: WorkerCommand) -> Result<(), WorkerCommand> {
        self.commands.try_send(command).map_err(|refused| match refused {
            TrySendError::Full(command) | TrySendError::Disconnected(command) => command,
        })
    }
}

/// The new scripts of a tile, or nothing for a tile that is gone.
pub(super) type ScriptChange = (TileId, Option<TileScripts>);

/// What an engine does in one go: first the changes, then the calls.
#[derive(Default)]
pub(super) struct ScriptBatch {
    pub changes: Vec<ScriptChange>,
    pub requests: Vec<ScriptRequest>,
}

/// An engine on its thread.
pub(super) struct EngineThread {
    batches: SyncSender<ScriptBatch>,
    responses: Receiver<Vec<ScriptResponse>>,
    progress: Arc<AtomicUsize>,
    abandoned: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl EngineThread {
    /// Starts a thread with an engine.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn spawn() -> io::Result<Self> {
        let (batches, batch_receiver) = sync_channel(1);
        let (response_sender, responses) = sync_channel(RESPONSE_QUEUE_CAPACITY);
        let progress = Arc::<AtomicUsize>::default();
        let abandoned = Arc::<AtomicBool>::default();
        let (shared_progress, shared_abandoned) = (Arc::clone(&progress), Arc::clone(&abandoned));
        let run = move || run_engine(&batch_receiver, &response_sender, &shared_progress, &shared_abandoned);
        let thread = Builder::new().name("script engine".to_owned()).stack_size(ENGINE_STACK_BYTES).spawn(run)?;
        Ok(Self { batches, responses, progress, abandoned, thread })
    }

    /// Hands over a batch. Whether the engine still lives.
    pub fn send_batch(&self, batch: ScriptBatch) -> bool {
        self.progress.store(0, Ordering::Release);
        self.batches.send(batch).is_ok()
    }

    /// What the engine has to say within this time.
    pub fn receive_responses(&self, limit: Duration) -> Result<Vec<ScriptResponse>, RecvTimeoutError> {
        self.responses.recv_timeout(limit)
    }

    /// How many calls of the batch are done.
    pub fn progress(&self) -> usize {
        self.progress.load(Ordering::Acquire)
    }

    /// Leaves the thread to itself.
    pub fn abandon(self) -> JoinHandle<()> {
        self.abandoned.store(true, Ordering::Release);
        self.thread
    }
}

fn run_engine(
    batches: &Receiver<ScriptBatch>,
    response_sender: &SyncSender<Vec<ScriptResponse>>,
    progress: &AtomicUsize,
    abandoned: &Arc<AtomicBool>,
) {
    let mut engine = Engine::new(Arc::clone(abandoned));
    while let Ok(batch) = batches.recv() {
        if let Ok(engine) = &mut engine {
            for (tile, scripts) in batch.changes {
                match scripts {
                    Some(scripts) => engine.set_scripts(tile, scripts),
                    None => engine.remove_tile(tile),
                }
            }
        }
        let mut responses = Vec::new();
        let mut last_flush = Instant::now();
        for request in &batch.requests {
            responses.push(match &mut engine {
                Ok(engine) => engine.run(request),
                Err(error) => failed_response(request, error.clone()),
            });
            progress.fetch_add(1, Ordering::Release);
            if last_flush.elapsed() >= FLUSH_INTERVAL {
                if response_sender.send(std::mem::take(&mut responses)).is_err() {
                    return;
                }
                last_flush = Instant::now();
            }
        }
        if (!responses.is_empty() || batch.requests.is_empty()) && response_sender.send(responses).is_err() {
            return;
        }
    }
}

/// The outcome of a call that did not run.
pub(super) fn failed_response(request: &ScriptRequest, error: ScriptError) -> ScriptResponse {
    ScriptResponse {
        tile_id: request.tile_id,
        request_id: request.request_id,
        publish_requests: Vec::new(),
        urls_to_open: Vec::new(),
        answer: Err(error),
    }
}
