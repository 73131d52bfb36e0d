//! Scripts of tiles: the worker that runs them begins with the first, and what it has to say becomes
//! events.

use tokio::sync::mpsc::Sender;

use crate::{
    app::Event,
    model::script::{Call, Fault, Outcome, Scripts, TileId},
    script::{Request, Worker},
};

/// Where scripts are handed to.
pub struct Runner {
    worker: Option<Worker>,
    events: Sender<Event>,
}

impl Runner {
    /// A runner whose outcomes go there.
    #[must_use]
    pub fn new(events: Sender<Event>) -> Self {
        Self { worker: None, events }
    }

    /// From now on these are the scripts of a tile.
    pub fn set(&mut self, tile: TileId, scripts: Scripts) {
        // A worker that could not be started answers every call with its reason.
        let _ = self.send(Request::Set(vec![(tile, scripts)]));
    }

    /// Asks a tile's scripts. What has come of it is given back at once only where they cannot be asked.
    pub fn call(&mut self, call: Call) -> Option<Box<Outcome>> {
        let (tile, ticket) = (call.tile, call.ticket);
        let why = self.send(Request::Ask(vec![call])).err()?;
        let answer = Err(Fault::Broken(why));
        Some(Box::new(Outcome { tile, ticket, publishes: Vec::new(), links: Vec::new(), answer }))
    }

    fn send(&mut self, request: Request) -> Result<(), String> {
        let worker = match &self.worker {
            Some(worker) => worker,
            None => self.worker.insert(start(self.events.clone()).map_err(|fault| fault.to_string())?),
        };
        worker.send(request).map_err(|_| "too much waits for them".to_owned())
    }
}

/// Starts a worker whose outcomes go there.
fn start(events: Sender<Event>) -> std::io::Result<Worker> {
    let (worker, mut outcomes) = Worker::start()?;
    tokio::spawn(async move {
        while let Some(batch) = outcomes.recv().await {
            for outcome in batch {
                if events.send(Event::Scripted(Box::new(outcome))).await.is_err() {
                    return;
                }
            }
        }
    });
    Ok(worker)
}
