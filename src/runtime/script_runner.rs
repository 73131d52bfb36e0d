//! Runs the scripts of tiles: starts the script worker at the first use and turns its responses into
//! events.

use super::runtime_event::EventSender;
use crate::{
    app::Event,
    model::{
        id::TileId,
        script::{ScriptError, ScriptRequest, ScriptResponse, TileScripts},
    },
    script::{ScriptWorker, WorkerCommand},
};

/// Why the worker has not got a command.
#[derive(Debug, thiserror::Error)]
enum WorkerError {
    #[error("{0}")]
    NotStarted(std::io::Error),
    #[error("the queue is full")]
    QueueFull,
}

/// Sends scripts and script requests to the worker.
pub(crate) struct ScriptRunner {
    worker: Option<ScriptWorker>,
    events: EventSender,
    /// Scripts that go to the worker with the next request, in one command. One command per tile could fill
    /// the worker's queue.
    pending_scripts: Vec<(TileId, TileScripts)>,
}

impl ScriptRunner {
    /// Creates a runner whose responses are sent to `events`.
    #[must_use]
    pub fn new(events: EventSender) -> Self {
        Self { worker: None, events, pending_scripts: Vec::new() }
    }

    /// Sets the scripts of a tile, effective from the next request on.
    pub fn set_scripts(&mut self, tile: TileId, scripts: TileScripts) {
        self.pending_scripts.push((tile, scripts));
    }

    /// Sends a request to the worker; the response arrives as an event. Returns a failed response if the
    /// request cannot be sent.
    pub fn run(&mut self, request: ScriptRequest) -> Option<Box<ScriptResponse>> {
        let (tile_id, request_id) = (request.tile_id, request.request_id);
        let error = self
            .flush_pending_scripts()
            .and_then(|()| self.send_command(WorkerCommand::Run(vec![request])).map_err(|(_, error)| error))
            .err()?;
        let result = Err(ScriptError::EngineUnavailable(error.to_string()));
        Some(Box::new(ScriptResponse {
            tile_id,
            request_id,
            publish_requests: Vec::new(),
            urls_to_open: Vec::new(),
            result,
        }))
    }

    fn flush_pending_scripts(&mut self) -> Result<(), WorkerError> {
        if self.pending_scripts.is_empty() {
            return Ok(());
        }
        let command = WorkerCommand::SetScripts(std::mem::take(&mut self.pending_scripts));
        self.send_command(command).map_err(|(refused, error)| {
            if let WorkerCommand::SetScripts(scripts) = refused {
                self.pending_scripts = scripts;
            }
            error
        })
    }

    fn send_command(&mut self, command: WorkerCommand) -> Result<(), (WorkerCommand, WorkerError)> {
        let worker = match &self.worker {
            Some(worker) => worker,
            None => match start_worker(self.events.clone()) {
                Ok(worker) => self.worker.insert(worker),
                Err(error) => return Err((command, WorkerError::NotStarted(error))),
            },
        };
        worker.send(command).map_err(|refused| (refused, WorkerError::QueueFull))
    }
}

/// Starts a worker and forwards its responses to `events`.
fn start_worker(events: EventSender) -> std::io::Result<ScriptWorker> {
    let (worker, mut responses) = ScriptWorker::start()?;
    tokio::spawn(async move {
        while let Some(batch) = responses.recv().await {
            for response in batch {
                if events.send(Event::Scripts(Box::new(response)).into()).await.is_err() {
                    return;
                }
            }
        }
    });
    Ok(worker)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::script::{ScriptEvent, ScriptResult};
    use crate::runtime::runtime_event::RuntimeEvent;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn script_runner_accepts_thousands_of_tiles_at_once() {
        const TILES: u32 = 3_000;
        let (events, mut received) = tokio::sync::mpsc::channel(1);
        let mut runner = ScriptRunner::new(events);
        for tile in (0..TILES).map(TileId) {
            let script = "event.preventDefault = true";
            runner.set_scripts(tile, TileScripts { on_tap: Some(script.into()), ..TileScripts::default() });
        }
        for tile in (0..TILES).map(TileId) {
            assert_eq!(runner.run(ScriptRequest { tile_id: tile, request_id: 0, event: ScriptEvent::Tap }), None);
        }
        for tile in (0..TILES).map(TileId) {
            let Some(RuntimeEvent::App(Event::Scripts(response))) = received.recv().await else {
                panic!("a response for each request")
            };
            assert_eq!((response.tile_id, response.result), (tile, Ok(ScriptResult::Tap { prevent_default: true })));
        }
    }
}
