//! Runs the engine on its own thread, with a second thread as watchdog.
//!
//! ```text
//!            WorkerCommand (bounded)         ScriptBatch (one at a time)
//!    runtime ───────────────────────▶ watchdog ───────────────────────▶ engine
//!            ◀───────────────────────          ◀───────────────────────
//!              Vec<ScriptResponse>               Vec<ScriptResponse>, progress
//! ```
//!
//! The engine interrupts nearly every call that takes too long. It cannot interrupt a single native step,
//! such as converting a huge text to a number. In that case the watchdog abandons the thread, which ends after the step,
//! and starts a new engine. The `event.data` of all tiles is lost with the old one.

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
use crate::model::{
    id::TileId,
    script::{ScriptError, ScriptRequest, ScriptResponse, TileScripts},
};

/// How many commands may wait: more than one for each tile of the largest dashboard.
const COMMAND_QUEUE_CAPACITY: usize = 16_384;
/// How many batches of responses may wait.
const RESPONSE_QUEUE_CAPACITY: usize = 1_024;
/// Responses are sent after this time even if the batch is not complete.
const FLUSH_INTERVAL: Duration = Duration::from_millis(2);
/// The stack size of the engine thread, in bytes.
const ENGINE_STACK_BYTES: usize = 2 << 20;

/// A command to the script worker.
#[derive(Debug, Clone, PartialEq)]
pub enum WorkerCommand {
    /// Set the scripts of these tiles.
    SetScripts(Vec<(TileId, TileScripts)>),
    /// Remove these tiles and their `event.data`.
    RemoveTiles(Vec<TileId>),
    /// Run scripts. Of several waiting display requests of a tile, only the last one is run and answered.
    Run(Vec<ScriptRequest>),
}

/// The handle of the script worker. Dropping it stops the worker.
#[derive(Debug)]
pub struct ScriptWorker {
    commands: SyncSender<WorkerCommand>,
}

impl ScriptWorker {
    /// Starts the worker. The receiver gets the responses; those of one tile in the order of its requests.
    ///
    /// # Errors
    /// When a thread cannot be started.
    pub fn start() -> io::Result<(Self, mpsc::Receiver<Vec<ScriptResponse>>)> {
        let (commands, command_receiver) = sync_channel(COMMAND_QUEUE_CAPACITY);
        let (responses, response_receiver) = mpsc::channel(RESPONSE_QUEUE_CAPACITY);
        Builder::new().name("scripts".to_owned()).spawn(move || Watchdog::new(responses).run(&command_receiver))?;
        Ok((Self { commands }, response_receiver))
    }

    /// Sends a command without blocking.
    ///
    /// # Errors
    /// Returns the command when the queue is full. It may succeed later.
    pub fn send(&self, command: WorkerCommand) -> Result<(), WorkerCommand> {
        self.commands.try_send(command).map_err(|refused| match refused {
            TrySendError::Full(command) | TrySendError::Disconnected(command) => command,
        })
    }
}

/// The new scripts of a tile, or `None` for a tile that was removed.
pub(super) type ScriptChange = (TileId, Option<TileScripts>);

/// A unit of work for an engine thread: first the changes, then the requests.
#[derive(Default)]
pub(super) struct ScriptBatch {
    pub changes: Vec<ScriptChange>,
    pub requests: Vec<ScriptRequest>,
}

/// The handle of an engine thread.
pub(super) struct EngineThread {
    batches: SyncSender<ScriptBatch>,
    responses: Receiver<Vec<ScriptResponse>>,
    progress: Arc<AtomicUsize>,
    abandoned: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl EngineThread {
    /// Starts an engine thread.
    ///
    /// # Errors
    /// When the thread cannot be started.
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

    /// Sends a batch. Returns whether the engine thread is still running.
    pub fn send_batch(&self, batch: ScriptBatch) -> bool {
        self.progress.store(0, Ordering::Release);
        self.batches.send(batch).is_ok()
    }

    /// Waits for responses, for at most `limit`.
    pub fn receive_responses(&self, limit: Duration) -> Result<Vec<ScriptResponse>, RecvTimeoutError> {
        self.responses.recv_timeout(limit)
    }

    /// Returns how many requests of the batch are done.
    pub fn progress(&self) -> usize {
        self.progress.load(Ordering::Acquire)
    }

    /// Tells the thread to stop as soon as it can, and returns its handle.
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

/// Returns the response to a request that was not run.
pub(super) fn failed_response(request: &ScriptRequest, error: ScriptError) -> ScriptResponse {
    ScriptResponse {
        tile_id: request.tile_id,
        request_id: request.request_id,
        publish_requests: Vec::new(),
        urls_to_open: Vec::new(),
        result: Err(error),
    }
}
