//! Runs the scripts of tiles: starts the script worker at the first use and turns its responses into
//! events.

use super::runtime_event::EventSender;
use crate::{
    app::Event,
    model::{
        id::TileId,
        script::{ScriptError, ScriptRequest, ScriptResponse, TileScripts},
    },
    script::{EngineProgram, ScriptWorker},
};

/// Sends scripts and script requests to the worker.
pub(crate) struct ScriptRunner {
    worker: Option<ScriptWorker>,
    events: EventSender,
}

impl ScriptRunner {
    /// Creates a runner whose responses are sent to `events`.
    #[must_use]
    pub fn new(events: EventSender) -> Self {
        Self { worker: None, events }
    }

    /// Sets the scripts of a tile, effective from the next request on.
    pub fn set_scripts(&mut self, tile: TileId, scripts: TileScripts) {
        // If there is no worker, the next request says why.
        if let Ok(worker) = self.worker() {
            worker.set_scripts(tile, scripts);
        }
    }

    /// Sends a request to the worker; the response arrives as an event. Returns a failed response if the
    /// request cannot be sent.
    pub fn run(&mut self, request: ScriptRequest) -> Option<Box<ScriptResponse>> {
        let (tile_id, request_id) = (request.tile_id, request.request_id);
        let reason = match self.worker() {
            Ok(worker) => worker.run(request).err()?.to_string(),
            Err(error) => error.to_string(),
        };
        Some(Box::new(ScriptResponse {
            tile_id,
            request_id,
            publish_requests: Vec::new(),
            urls_to_open: Vec::new(),
            result: Err(ScriptError::EngineUnavailable(reason)),
        }))
    }

    fn worker(&mut self) -> std::io::Result<&mut ScriptWorker> {
        match &mut self.worker {
            Some(worker) => Ok(worker),
            none => Ok(none.insert(start_worker(EngineProgram::this_program()?, self.events.clone()))),
        }
    }
}

/// Starts a worker and forwards its responses to `events`.
fn start_worker(program: EngineProgram, events: EventSender) -> ScriptWorker {
    let (worker, mut responses) = ScriptWorker::new(program);
    tokio::spawn(async move {
        while let Some(batch) = responses.recv().await {
            for response in batch {
                if events.send(Event::Scripts(Box::new(response)).into()).await.is_err() {
                    return;
                }
            }
        }
    });
    worker
}
