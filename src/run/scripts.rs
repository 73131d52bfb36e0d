//! The thread that scripts run on, so that one that takes its time holds nobody up.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{SyncSender, TrySendError, sync_channel},
    },
    thread,
};

use tokio::sync::mpsc::Sender;

use crate::{
    app::Event,
    model::script::{Call, Fault, Outcome, Scripts, TileId},
    script::Engine,
};

/// Questions that wait for the thread; an app asks each tile a few hundred at most.
const WAITING: usize = 16_384;

enum Ask {
    Set(TileId, Scripts),
    Call(Box<Call>),
}

/// The scripts of all tiles. The thread begins with the first of them.
pub struct Runner {
    asks: Option<SyncSender<Ask>>,
    outcomes: Sender<Event>,
    given_up: Arc<AtomicBool>,
}

impl Runner {
    /// A runner whose outcomes go there.
    #[must_use]
    pub fn new(outcomes: Sender<Event>) -> Self {
        Self { asks: None, outcomes, given_up: Arc::new(AtomicBool::new(false)) }
    }

    /// From now on these are the scripts of a tile.
    pub fn set(&mut self, tile: TileId, scripts: Scripts) {
        // A thread that could not be started answers every call with its reason.
        let _ = self.send(Ask::Set(tile, scripts));
    }

    /// Asks a tile's scripts. What has come of it is given back at once only where they cannot be asked.
    pub fn call(&mut self, call: Box<Call>) -> Option<Event> {
        let (tile, ticket) = (call.tile, call.ticket);
        let why = self.send(Ask::Call(call)).err()?;
        let answer = Err(Fault::Broken(why));
        Some(Event::Scripted(Box::new(Outcome { tile, ticket, publishes: Vec::new(), links: Vec::new(), answer })))
    }

    fn send(&mut self, ask: Ask) -> Result<(), String> {
        let asks = match &self.asks {
            Some(asks) => asks,
            None => self.asks.insert(self.start()?),
        };
        asks.try_send(ask).map_err(|fault| match fault {
            TrySendError::Full(_) => "too much waits for them".to_owned(),
            TrySendError::Disconnected(_) => "they could not be started".to_owned(),
        })
    }

    fn start(&self) -> Result<SyncSender<Ask>, String> {
        let (asks, inbox) = sync_channel::<Ask>(WAITING);
        let (outcomes, given_up) = (self.outcomes.clone(), Arc::clone(&self.given_up));
        let work = move || {
            let Ok(mut engine) = Engine::new(given_up) else {
                return;
            };
            for ask in inbox {
                match ask {
                    Ask::Set(tile, scripts) => engine.set(tile, scripts),
                    Ask::Call(call) => {
                        if outcomes.blocking_send(Event::Scripted(Box::new(engine.run(&call)))).is_err() {
                            return;
                        }
                    }
                }
            }
        };
        thread::Builder::new().name("scripts".to_owned()).spawn(work).map_err(|fault| fault.to_string())?;
        Ok(asks)
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.given_up.store(true, Ordering::Relaxed);
    }
}
