//! Watches over the engine: gathers what is to be done, hands it over, and replaces an engine that
//! does not come back.

use std::{
    collections::{HashMap, HashSet},
    io,
    sync::mpsc::{Receiver, RecvTimeoutError},
    thread::JoinHandle,
    time::Duration,
};

use tokio::sync::mpsc;

use super::worker::{Batch, Change, Desk, Request, failed};
use crate::model::script::{ScriptError, ScriptEvent, ScriptRequest, ScriptResponse, TileId, TileScripts};

/// A call that takes longer than this cannot be stopped.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many threads may be left to themselves at a time.
const MOST_LOST: usize = 2;

/// Watches over the engine.
pub(super) struct Overseer {
    outcomes: mpsc::Sender<Vec<ScriptResponse>>,
    desk: Option<Desk>,
    lost: Vec<JoinHandle<()>>,
    scripts: HashMap<TileId, TileScripts>,
    /// Tiles with a script that could not be stopped.
    off: HashSet<TileId>,
    batch: Gathered,
}

/// What is to be done next.
#[derive(Default)]
struct Gathered {
    changes: Vec<Change>,
    calls: Vec<Option<ScriptRequest>>,
    /// Where the waiting display of a tile is.
    displays: HashMap<TileId, usize>,
}

impl Gathered {
    fn ask(&mut self, call: ScriptRequest) {
        if matches!(call.event, ScriptEvent::Display(_))
            && let Some(older) = self.displays.insert(call.tile_id, self.calls.len())
        {
            self.calls[older] = None;
        }
        self.calls.push(Some(call));
    }
}

impl Overseer {
    pub fn new(outcomes: mpsc::Sender<Vec<ScriptResponse>>) -> Self {
        Self {
            outcomes,
            desk: None,
            lost: Vec::new(),
            scripts: HashMap::new(),
            off: HashSet::new(),
            batch: Gathered::default(),
        }
    }

    /// Works until nobody asks any more, or nobody listens.
    pub fn work(mut self, inbox: &Receiver<Request>) {
        while let Ok(request) = inbox.recv() {
            self.take(request);
            while let Ok(request) = inbox.try_recv() {
                self.take(request);
            }
            if self.run().is_none() {
                return;
            }
        }
    }

    fn take(&mut self, request: Request) {
        match request {
            Request::Ask(calls) => calls.into_iter().for_each(|call| self.batch.ask(call)),
            Request::Forget(tiles) => {
                for tile in tiles {
                    self.scripts.remove(&tile);
                    self.off.remove(&tile);
                    self.batch.changes.push((tile, None));
                }
            }
            Request::Set(all) => {
                for (tile, scripts) in all {
                    if self.scripts.insert(tile, scripts.clone()).as_ref() != Some(&scripts) {
                        self.off.remove(&tile);
                    }
                    self.batch.changes.push((tile, Some(scripts)));
                }
            }
        }
    }

    /// Does what was gathered. Nothing comes back when nobody listens any more.
    fn run(&mut self) -> Option<()> {
        let Gathered { changes, calls, .. } = std::mem::take(&mut self.batch);
        let (off, mut calls): (Vec<ScriptRequest>, Vec<ScriptRequest>) =
            calls.into_iter().flatten().partition(|call| self.off.contains(&call.tile_id));
        self.say(off.iter().map(|call| failed(call, ScriptError::Disabled)).collect())?;
        let mut changes = Some(changes);
        while !calls.is_empty() || changes.as_ref().is_some_and(|changes| !changes.is_empty()) {
            let changes = changes.take().unwrap_or_default();
            match self.desk(changes) {
                Ok((desk, changes)) => calls = self.oversee(desk, Batch { changes, calls })?,
                Err(fault) => {
                    return self.say(calls.iter().map(|call| failed(call, fault.clone())).collect());
                }
            }
        }
        Some(())
    }

    /// An engine, and what it must be told first.
    fn desk(&mut self, changes: Vec<Change>) -> Result<(Desk, Vec<Change>), ScriptError> {
        if let Some(desk) = self.desk.take() {
            return Ok((desk, changes));
        }
        self.lost.retain(|thread| !thread.is_finished());
        if self.lost.len() >= MOST_LOST {
            return Err(ScriptError::EngineUnavailable(format!(
                "{MOST_LOST} scripts could not be stopped; wait until they end"
            )));
        }
        let desk = Desk::open().map_err(|wrong: io::Error| ScriptError::EngineUnavailable(wrong.to_string()))?;
        Ok((desk, self.scripts.iter().map(|(tile, scripts)| (*tile, Some(scripts.clone()))).collect()))
    }

    /// Sees a batch through, and gives back the calls that have to be asked again of another engine.
    /// Nothing comes back when nobody listens any more.
    fn oversee(&mut self, desk: Desk, batch: Batch) -> Option<Vec<ScriptRequest>> {
        let mut waiting = batch.calls.clone();
        let all = waiting.len();
        let mut seen = 0;
        let mut begun = desk.begin(batch);
        let mut last = !begun;
        while begun && !last {
            match desk.hear(PATIENCE) {
                Ok(outcomes) => {
                    waiting.drain(..outcomes.len().min(waiting.len()));
                    last = waiting.is_empty();
                    self.say(outcomes)?;
                }
                Err(RecvTimeoutError::Timeout) if desk.progress() != seen => seen = desk.progress(),
                Err(_) => begun = false,
            }
        }
        if begun {
            self.desk = Some(desk);
            return Some(waiting);
        }
        let culprit = desk.progress().saturating_sub(all - waiting.len());
        self.lost.push(desk.give_up());
        if culprit < waiting.len() {
            let call = waiting.remove(culprit);
            self.off.insert(call.tile_id);
            self.say(vec![failed(&call, ScriptError::Disabled)])?;
        }
        let (off, on) = waiting.into_iter().partition(|call| self.off.contains(&call.tile_id));
        let off: Vec<ScriptRequest> = off;
        self.say(off.iter().map(|call| failed(call, ScriptError::Disabled)).collect())?;
        Some(on)
    }

    fn say(&self, outcomes: Vec<ScriptResponse>) -> Option<()> {
        if outcomes.is_empty() { Some(()) } else { self.outcomes.blocking_send(outcomes).ok() }
    }
}
