//! Runs the scripts of all dashboards, those of each in a process of its own.
//!
//! ```text
//!            DashboardRequest (bounded)              EngineCommand
//!    worker ──────────────────────────▶ supervisor ───────────────▶ engine process
//!           ◀──────────────────────────            ◀───────────────
//!             Vec<ScriptResponse>                    EngineMessage
//! ```
//!
//! The engine interrupts nearly every script that takes too long. It cannot interrupt a single native step, such as
//! converting a huge text to a number. Then its process ends itself, and the supervisor starts another one.
//! Other dashboards notice nothing.

use std::{collections::HashMap, sync::Arc};

use tokio::{
    sync::{
        Semaphore,
        mpsc::{self, Receiver, Sender, error::TrySendError},
    },
    task::JoinHandle,
};

use super::{
    engine_program::EngineProgram,
    source,
    supervisor::{DashboardRequest, ScriptChange, Supervisor},
};
use crate::model::{
    id::{DashboardId, TileId},
    script::{ScriptRequest, ScriptResponse, TileScripts},
};

/// How many requests of a dashboard may wait: more than one for each tile of the largest one.
const REQUEST_QUEUE_CAPACITY: usize = 16_384;
/// How many batches of responses may wait.
const RESPONSE_QUEUE_CAPACITY: usize = 1_024;
/// The maximum number of engine processes.
const MAX_PROCESSES: usize = 32;

/// The script worker. Dropping it ends all engine processes.
#[derive(Debug)]
pub struct ScriptWorker {
    program: EngineProgram,
    responses: Sender<Vec<ScriptResponse>>,
    permits: Arc<Semaphore>,
    dashboards: HashMap<DashboardId, DashboardTask>,
    /// The dashboard of each tile that has scripts.
    tiles: HashMap<TileId, DashboardId>,
}

/// The task that supervises the scripts of a dashboard. Dropping it ends the task and its engine process.
#[derive(Debug)]
struct DashboardTask {
    requests: Sender<DashboardRequest>,
    task: JoinHandle<()>,
    /// Changes that go to the task with the next request. One message for each could fill the queue.
    changes: Vec<ScriptChange>,
    /// How many tiles have scripts.
    tile_count: usize,
}

impl Drop for DashboardTask {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl ScriptWorker {
    /// Creates a worker that runs scripts in processes of this program. The receiver gets the responses; those of one
    /// tile in the order of its requests. Use it within a Tokio runtime.
    #[must_use]
    pub fn new(program: EngineProgram) -> (Self, Receiver<Vec<ScriptResponse>>) {
        let (responses, response_receiver) = mpsc::channel(RESPONSE_QUEUE_CAPACITY);
        let permits = Arc::new(Semaphore::new(MAX_PROCESSES));
        let worker = Self { program, responses, permits, dashboards: HashMap::new(), tiles: HashMap::new() };
        (worker, response_receiver)
    }

    /// Sets the scripts of a tile, effective from the next request on. The process of a dashboard whose last tile with
    /// scripts has lost them ends at once.
    pub fn set_scripts(&mut self, tile: TileId, scripts: TileScripts) {
        let new = (!scripts.is_empty()).then_some(scripts.dashboard);
        let old = match new {
            Some(dashboard) => self.tiles.insert(tile, dashboard),
            None => self.tiles.remove(&tile),
        };
        if old != new {
            if let Some(dashboard) = old {
                self.remove_tile(dashboard, tile);
            }
            if let Some(dashboard) = new {
                self.task_of(dashboard).tile_count += 1;
            }
        }
        if let Some(dashboard) = new {
            self.task_of(dashboard).changes.push((tile, Some(source::bounded_scripts(scripts))));
        }
    }

    fn remove_tile(&mut self, dashboard: DashboardId, tile: TileId) {
        let Some(task) = self.dashboards.get_mut(&dashboard) else { return };
        task.tile_count -= 1;
        if task.tile_count == 0 {
            self.dashboards.remove(&dashboard);
        } else {
            task.changes.push((tile, None));
        }
    }

    fn task_of(&mut self, dashboard: DashboardId) -> &mut DashboardTask {
        self.dashboards.entry(dashboard).or_insert_with(|| {
            let (requests, request_receiver) = mpsc::channel(REQUEST_QUEUE_CAPACITY);
            let supervisor = Supervisor::new(self.program.clone(), self.responses.clone(), Arc::clone(&self.permits));
            let task = tokio::spawn(supervisor.run(request_receiver));
            DashboardTask { requests, task, changes: Vec::new(), tile_count: 0 }
        })
    }

    /// Runs scripts of a tile; the response comes later. Of several waiting display requests of a tile, only the last
    /// one is run and answered.
    ///
    /// # Errors
    /// Returns the request when the queue is full, or when the tile has no scripts.
    pub fn run(&mut self, request: ScriptRequest) -> Result<(), RunError> {
        let dashboard = self.tiles.get(&request.tile_id).ok_or(RunError::NoScripts)?;
        let task = self.dashboards.get_mut(dashboard).ok_or(RunError::NoScripts)?;
        let changes = std::mem::take(&mut task.changes);
        task.requests.try_send(DashboardRequest { changes, request }).map_err(|refused| match refused {
            TrySendError::Full(refused) => {
                task.changes = refused.changes;
                RunError::QueueFull
            }
            TrySendError::Closed(_) => RunError::Ended,
        })
    }
}

/// Why a request is not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// The tile has no scripts.
    #[error("the tile has none")]
    NoScripts,
    /// Too many requests of its dashboard wait.
    #[error("the queue is full")]
    QueueFull,
    /// The worker has ended.
    #[error("the program is about to end")]
    Ended,
}
