//! Scripts of tiles: the worker that runs them begins with the first, and what it has to say becomes
//! events.

use tokio::sync::mpsc::Sender;

use crate::{
    app::Event,
    model::script::{ScriptError, ScriptRequest, ScriptResponse, TileId, TileScripts},
    script::{Request, Worker},
};

/// Where scripts are handed to.
pub struct Runner {
    worker: Option<Worker>,
    events: Sender<Event>,
    /// Scripts that are handed over with the next call, all at once: none may be lost where many come.
    sets: Vec<(TileId, TileScripts)>,
}

impl Runner {
    /// A runner whose outcomes go there.
    #[must_use]
    pub fn new(events: Sender<Event>) -> Self {
        Self { worker: None, events, sets: Vec::new() }
    }

    /// From the next call on these are the scripts of a tile.
    pub fn set(&mut self, tile: TileId, scripts: TileScripts) {
        self.sets.push((tile, scripts));
    }

    /// Asks a tile's scripts. What has come of it is given back at once only where they cannot be asked.
    pub fn call(&mut self, call: ScriptRequest) -> Option<Box<ScriptResponse>> {
        let (tile, ticket) = (call.tile_id, call.request_id);
        let why = self.hand_over().and_then(|()| self.send(Request::Ask(vec![call])).map_err(|(_, why)| why)).err()?;
        let answer = Err(ScriptError::EngineUnavailable(why));
        Some(Box::new(ScriptResponse {
            tile_id: tile,
            request_id: ticket,
            publish_requests: Vec::new(),
            urls_to_open: Vec::new(),
            answer,
        }))
    }

    fn hand_over(&mut self) -> Result<(), String> {
        if self.sets.is_empty() {
            return Ok(());
        }
        let sets = Request::Set(std::mem::take(&mut self.sets));
        self.send(sets).map_err(|(refused, why)| {
            if let Request::Set(sets) = refused {
                self.sets = sets;
            }
            why
        })
    }

    fn send(&mut self, request: Request) -> Result<(), (Request, String)> {
        let worker = match &self.worker {
            Some(worker) => worker,
            None => match start(self.events.clone()) {
                Ok(worker) => self.worker.insert(worker),
                Err(fault) => return Err((request, fault.to_string())),
            },
        };
        worker.send(request).map_err(|refused| (refused, "too much waits for them".to_owned()))
    }
}

/// Starts a worker whose outcomes go there.
fn start(events: Sender<Event>) -> std::io::Result<Worker> {
    let (worker, mut outcomes) = Worker::start()?;
    tokio::spawn(async move {
        while let Some(batch) = outcomes.recv().await {
            for outcome in batch {
                if events.send(Event::ScriptFinished(Box::new(outcome))).await.is_err() {
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

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn thousands_of_tiles_may_come_at_once() {
        const TILES: u32 = 3_000;
        let (events, mut heard) = tokio::sync::mpsc::channel(1);
        let mut runner = Runner::new(events);
        for tile in (0..TILES).map(TileId) {
            let script = "event.preventDefault = true";
            runner.set(tile, TileScripts { on_tap: Some(script.into()), ..TileScripts::default() });
        }
        for tile in (0..TILES).map(TileId) {
            assert_eq!(runner.call(ScriptRequest { tile_id: tile, request_id: 0, event: ScriptEvent::Tap }), None);
        }
        for tile in (0..TILES).map(TileId) {
            let Some(Event::ScriptFinished(outcome)) = heard.recv().await else { panic!("an outcome for each call") };
            assert_eq!((outcome.tile_id, outcome.answer), (tile, Ok(ScriptResult::Tap { prevent_default: true })));
        }
    }
}
