//! The supervisor of the scripts of a dashboard: passes requests to their engine process, and replaces a process that
//! has ended.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use tokio::{
    sync::{
        Semaphore,
        mpsc::{Receiver, Sender},
    },
    time::Instant,
};

use super::{
    engine_client::{EngineClient, EngineEnd, Exchange},
    engine_program::EngineProgram,
    js_runtime::MAX_CALL_MEMORY_MIB,
    protocol::EngineCommand,
    start_limit::StartLimit,
};
use crate::model::{
    id::TileId,
    script::{ScriptError, ScriptEvent, ScriptKind, ScriptRequest, ScriptResponse, TileScripts, ViewInput},
};

/// A tile's scripts are disabled when the process has ended so often in a row while they ran.
const MAX_FAILURES: u32 = 3;
/// The maximum length of the texts of a request, in bytes: the memory of a call.
const MAX_REQUEST_BYTES: usize = MAX_CALL_MEMORY_MIB << 20;

/// The new scripts of a tile, or `None` for a tile that was removed.
pub(super) type ScriptChange = (TileId, Option<TileScripts>);

/// What a supervisor gets: changes to make, and then a request.
pub(super) struct DashboardRequest {
    pub changes: Vec<ScriptChange>,
    pub request: ScriptRequest,
}

/// Supervises the engine process of a dashboard.
pub(super) struct Supervisor {
    program: EngineProgram,
    responses: Sender<Vec<ScriptResponse>>,
    /// A permit for each process that may run.
    permits: Arc<Semaphore>,
    engine: Option<EngineClient>,
    starts: StartLimit,
    /// Why the last process has ended, or was not started.
    last_end: String,
    scripts: HashMap<TileId, TileScripts>,
    /// The `event.data` of tiles, as far as it can be restored.
    data: HashMap<TileId, String>,
    /// The tiles with a script that could not be interrupted.
    disabled_tiles: HashSet<TileId>,
    /// How often the process has ended while the scripts of a tile ran.
    failures: HashMap<TileId, u32>,
    pending: PendingWork,
}

/// The work for the next exchange with the process.
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

/// Nobody wants the responses any more.
struct Unwanted;

impl Supervisor {
    pub fn new(program: EngineProgram, responses: Sender<Vec<ScriptResponse>>, permits: Arc<Semaphore>) -> Self {
        Self {
            program,
            responses,
            permits,
            engine: None,
            starts: StartLimit::default(),
            last_end: String::new(),
            scripts: HashMap::new(),
            data: HashMap::new(),
            disabled_tiles: HashSet::new(),
            failures: HashMap::new(),
            pending: PendingWork::default(),
        }
    }

    /// Runs until nobody sends requests or wants responses any more.
    pub async fn run(mut self, mut requests: Receiver<DashboardRequest>) {
        while let Some(request) = requests.recv().await {
            self.enqueue(request);
            while let Ok(request) = requests.try_recv() {
                self.enqueue(request);
            }
            if self.run_pending().await.is_err() {
                return;
            }
        }
    }

    fn enqueue(&mut self, DashboardRequest { changes, request }: DashboardRequest) {
        for (tile, scripts) in changes {
            let old = if let Some(scripts) = scripts.clone() {
                self.scripts.insert(tile, scripts)
            } else {
                self.data.remove(&tile);
                self.scripts.remove(&tile)
            };
            if old != scripts {
                self.disabled_tiles.remove(&tile);
                self.failures.remove(&tile);
            }
            self.pending.changes.push((tile, scripts));
        }
        self.pending.push_request(request);
    }

    async fn run_pending(&mut self) -> Result<(), Unwanted> {
        let PendingWork { mut changes, requests, .. } = std::mem::take(&mut self.pending);
        let mut requests = self.refuse(requests.into_iter().flatten().collect()).await?;
        while !requests.is_empty() {
            let (engine, is_new) = match self.take_engine().await {
                Ok(taken) => taken,
                Err(reason) => {
                    let error = ScriptError::EngineUnavailable(reason);
                    return self.send(requests.iter().map(|request| failed_response(request, error.clone()))).await;
                }
            };
            let commands = if is_new {
                self.all_commands()
            } else {
                std::mem::take(&mut changes).into_iter().map(command).collect()
            };
            changes.clear();
            requests = self.exchange(engine, commands, requests).await?;
        }
        // Without requests there is no process, or it learns of the changes with the next request.
        self.pending.changes = changes;
        Ok(())
    }

    /// Answers the requests that cannot be run. Returns the others.
    async fn refuse(&self, requests: Vec<ScriptRequest>) -> Result<Vec<ScriptRequest>, Unwanted> {
        let (refused, accepted): (Vec<_>, Vec<_>) = requests
            .into_iter()
            .map(|request| (self.refusal(&request), request))
            .partition(|(error, _)| error.is_some());
        let failed = |(error, request): (Option<ScriptError>, ScriptRequest)| Some(failed_response(&request, error?));
        self.send(refused.into_iter().filter_map(failed)).await?;
        Ok(accepted.into_iter().map(|(_, request)| request).collect())
    }

    fn refusal(&self, request: &ScriptRequest) -> Option<ScriptError> {
        let (script, bytes) = match &request.event {
            ScriptEvent::Receive { topic, payload } => (ScriptKind::OnReceive, topic.len() + payload.len()),
            ScriptEvent::Display(view_input) => {
                let ViewInput { value, last_payload, .. } = &**view_input;
                (ScriptKind::OnDisplay, value.len() + last_payload.as_deref().map_or(0, str::len))
            }
            ScriptEvent::Tap => (ScriptKind::OnTap, 0),
        };
        if self.disabled_tiles.contains(&request.tile_id) {
            Some(ScriptError::Disabled)
        } else if bytes > MAX_REQUEST_BYTES {
            Some(ScriptError::MemoryLimitExceeded(script, MAX_CALL_MEMORY_MIB))
        } else {
            None
        }
    }

    /// Returns the process, and whether it is a new one, which has no scripts.
    async fn take_engine(&mut self) -> Result<(EngineClient, bool), String> {
        if let Some(mut engine) = self.engine.take() {
            if !engine.has_ended() {
                return Ok((engine, false));
            }
            "their process has ended".clone_into(&mut self.last_end);
        }
        let permit = Arc::clone(&self.permits).try_acquire_owned();
        let permit = permit.map_err(|_| "those of too many dashboards run already; close some of them".to_owned())?;
        self.starts.start(Instant::now()).map_err(|error| format!("{}; {error}", self.last_end))?;
        let engine = EngineClient::start(&self.program, permit).await;
        Ok((engine.inspect_err(|reason| self.last_end.clone_from(reason))?, true))
    }

    /// Returns the commands that a new process needs.
    fn all_commands(&self) -> Vec<EngineCommand<'static>> {
        let scripts = self.scripts.iter().map(|(tile, scripts)| command((*tile, Some(scripts.clone()))));
        let data = self.data.iter().map(|(tile, data)| EngineCommand::RestoreData(*tile, Cow::Owned(data.clone())));
        scripts.chain(data).collect()
    }

    /// Sends commands and runs requests. Returns the requests that another process must repeat.
    async fn exchange(
        &mut self,
        engine: EngineClient,
        commands: Vec<EngineCommand<'static>>,
        mut requests: Vec<ScriptRequest>,
    ) -> Result<Vec<ScriptRequest>, Unwanted> {
        let runs = requests.iter().map(|request| EngineCommand::Run(Cow::Borrowed(request)));
        let commands = commands.into_iter().chain(runs);
        let (engine, exchange) = engine.exchange(commands, &requests, &self.responses, &mut self.data).await;
        self.engine = engine;
        let (answered, broken) = match exchange {
            Exchange::Complete => {
                self.forget_failures(&requests);
                return Ok(Vec::new());
            }
            Exchange::Unwanted => return Err(Unwanted),
            Exchange::Broken(answered, broken) => (answered, broken),
        };
        self.forget_failures(&requests[..answered]);
        // None of these has had an effect, the first of which was running.
        let unanswered = requests.split_off(answered);
        let tile = unanswered[0].tile_id;
        self.last_end = match broken.end().await {
            EngineEnd::ScriptTime => {
                self.disabled_tiles.insert(tile);
                "a script could not be interrupted".to_owned()
            }
            EngineEnd::Other(reason) => {
                let failures = self.failures.entry(tile).or_default();
                *failures += 1;
                if *failures >= MAX_FAILURES {
                    self.disabled_tiles.insert(tile);
                }
                reason
            }
        };
        self.refuse(unanswered).await
    }

    fn forget_failures(&mut self, answered: &[ScriptRequest]) {
        if !self.failures.is_empty() {
            self.failures.retain(|tile, _| answered.iter().all(|request| request.tile_id != *tile));
        }
    }

    async fn send(&self, responses: impl IntoIterator<Item = ScriptResponse>) -> Result<(), Unwanted> {
        let responses: Vec<ScriptResponse> = responses.into_iter().collect();
        if responses.is_empty() { Ok(()) } else { self.responses.send(responses).await.map_err(|_| Unwanted) }
    }
}

fn command((tile, scripts): ScriptChange) -> EngineCommand<'static> {
    match scripts {
        Some(scripts) => EngineCommand::SetScripts(tile, Cow::Owned(scripts)),
        None => EngineCommand::RemoveTile(tile),
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
