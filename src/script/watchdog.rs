//! The watchdog: batches commands, passes them to the engine thread, and replaces an engine thread that
//! hangs.

use std::{
    collections::{HashMap, HashSet},
    io,
    sync::mpsc::{Receiver, RecvTimeoutError},
    thread::JoinHandle,
    time::Duration,
};

use tokio::sync::mpsc;

use super::worker::{EngineThread, ScriptBatch, ScriptChange, WorkerCommand, failed_response};
use crate::model::{
    id::TileId,
    script::{ScriptError, ScriptEvent, ScriptRequest, ScriptResponse, TileScripts},
};

/// An engine thread that makes no progress for this long is considered stuck.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(2);
/// The maximum number of stuck threads that may still run.
const MAX_ABANDONED_THREADS: usize = 2;

/// Supervises the engine thread.
pub(super) struct Watchdog {
    responses: mpsc::Sender<Vec<ScriptResponse>>,
    engine_thread: Option<EngineThread>,
    abandoned_threads: Vec<JoinHandle<()>>,
    scripts: HashMap<TileId, TileScripts>,
    /// The tiles with a script that could not be interrupted.
    disabled_tiles: HashSet<TileId>,
    pending: PendingWork,
}

/// The work for the next batch.
#[derive(Default)]
struct PendingWork {
    changes: Vec<ScriptChange>,
    requests: Vec<Option<ScriptRequest>>,
    /// The index of each tile's display request in `requests`. A newer display request replaces it.
    display_indexes: HashMap<TileId, usize>,
}

impl PendingWork {
    fn push_request(&mut self, request: ScriptRequest) {
        if matches!(request.event, ScriptEvent::Display(_))
            && let Some(older) = self.display_indexes.insert(request.tile_id, self.requests.len())
        {
            self.requests[older] = None;
        }
        self.requests.push(Some(request));
    }
}

impl Watchdog {
    pub fn new(responses: mpsc::Sender<Vec<ScriptResponse>>) -> Self {
        Self {
            responses,
            engine_thread: None,
            abandoned_threads: Vec::new(),
            scripts: HashMap::new(),
            disabled_tiles: HashSet::new(),
            pending: PendingWork::default(),
        }
    }

    /// Runs until the command channel or the response channel is closed.
    pub fn run(mut self, command_receiver: &Receiver<WorkerCommand>) {
        while let Ok(command) = command_receiver.recv() {
            self.enqueue(command);
            while let Ok(command) = command_receiver.try_recv() {
                self.enqueue(command);
            }
            if self.run_pending().is_none() {
                return;
            }
        }
    }

    fn enqueue(&mut self, command: WorkerCommand) {
        match command {
            WorkerCommand::Run(requests) => requests.into_iter().for_each(|request| self.pending.push_request(request)),
            WorkerCommand::RemoveTiles(tiles) => {
                for tile in tiles {
                    self.scripts.remove(&tile);
                    self.disabled_tiles.remove(&tile);
                    self.pending.changes.push((tile, None));
                }
            }
            WorkerCommand::SetScripts(tile_scripts) => {
                for (tile, scripts) in tile_scripts {
                    if self.scripts.insert(tile, scripts.clone()).as_ref() != Some(&scripts) {
                        self.disabled_tiles.remove(&tile);
                    }
                    self.pending.changes.push((tile, Some(scripts)));
                }
            }
        }
    }

    /// Runs the pending work. Returns `None` when the response channel is closed.
    fn run_pending(&mut self) -> Option<()> {
        let PendingWork { changes, requests, .. } = std::mem::take(&mut self.pending);
        let (disabled, mut requests): (Vec<ScriptRequest>, Vec<ScriptRequest>) =
            requests.into_iter().flatten().partition(|request| self.disabled_tiles.contains(&request.tile_id));
        self.send_responses(disabled.iter().map(|request| failed_response(request, ScriptError::Disabled)).collect())?;
        let mut changes = Some(changes);
        while !requests.is_empty() || changes.as_ref().is_some_and(|changes| !changes.is_empty()) {
            let changes = changes.take().unwrap_or_default();
            match self.acquire_engine_thread(changes) {
                Ok((engine_thread, changes)) => {
                    requests = self.supervise(engine_thread, ScriptBatch { changes, requests })?;
                }
                Err(error) => {
                    return self.send_responses(
                        requests.iter().map(|request| failed_response(request, error.clone())).collect(),
                    );
                }
            }
        }
        Some(())
    }

    /// Returns an engine thread and the script changes to send to it first.
    fn acquire_engine_thread(
        &mut self,
        changes: Vec<ScriptChange>,
    ) -> Result<(EngineThread, Vec<ScriptChange>), ScriptError> {
        if let Some(engine_thread) = self.engine_thread.take() {
            return Ok((engine_thread, changes));
        }
        self.abandoned_threads.retain(|thread| !thread.is_finished());
        if self.abandoned_threads.len() >= MAX_ABANDONED_THREADS {
            return Err(ScriptError::EngineUnavailable(format!(
                "{MAX_ABANDONED_THREADS} scripts cannot be interrupted; wait until they end"
            )));
        }
        let engine_thread =
            EngineThread::spawn().map_err(|error: io::Error| ScriptError::EngineUnavailable(error.to_string()))?;
        Ok((engine_thread, self.scripts.iter().map(|(tile, scripts)| (*tile, Some(scripts.clone()))).collect()))
    }

    /// Waits for the responses of a batch. Returns the requests that another engine thread must repeat, or
    /// `None` when the response channel is closed.
    fn supervise(&mut self, engine_thread: EngineThread, batch: ScriptBatch) -> Option<Vec<ScriptRequest>> {
        let mut waiting = batch.requests.clone();
        let total = waiting.len();
        let mut last_progress = 0;
        let mut is_alive = engine_thread.send_batch(batch);
        let mut is_finished = !is_alive;
        while is_alive && !is_finished {
            match engine_thread.receive_responses(RESPONSE_TIMEOUT) {
                Ok(responses) => {
                    waiting.drain(..responses.len().min(waiting.len()));
                    is_finished = waiting.is_empty();
                    self.send_responses(responses)?;
                }
                Err(RecvTimeoutError::Timeout) if engine_thread.progress() != last_progress => {
                    last_progress = engine_thread.progress();
                }
                Err(_) => is_alive = false,
            }
        }
        if is_alive {
            self.engine_thread = Some(engine_thread);
            return Some(waiting);
        }
        let stuck_index = engine_thread.progress().saturating_sub(total - waiting.len());
        self.abandoned_threads.push(engine_thread.abandon());
        if stuck_index < waiting.len() {
            let request = waiting.remove(stuck_index);
            self.disabled_tiles.insert(request.tile_id);
            self.send_responses(vec![failed_response(&request, ScriptError::Disabled)])?;
        }
        let (disabled, enabled) =
            waiting.into_iter().partition(|request| self.disabled_tiles.contains(&request.tile_id));
        let disabled: Vec<ScriptRequest> = disabled;
        self.send_responses(disabled.iter().map(|request| failed_response(request, ScriptError::Disabled)).collect())?;
        Some(enabled)
    }

    fn send_responses(&self, responses: Vec<ScriptResponse>) -> Option<()> {
        if responses.is_empty() { Some(()) } else { self.responses.blocking_send(responses).ok() }
    }
}
