//! The scripts of all tiles, ready to be asked.

use std::{
    collections::HashMap,
    sync::{Arc, atomic::AtomicBool},
    time::{Duration, Instant},
};

use super::{
    answer::{self, Wishes},
    realm::{MEMORY, Realm, Scope, Stop, TIME, Verb},
    source,
};
use crate::model::script::{
    ScriptError, ScriptEvent, ScriptKind, ScriptRequest, ScriptResponse, ScriptResult, TileId, TileScripts, ViewInput,
};

/// How much a tile may keep in `event.data`, in MiB.
pub const MOST_KEPT: usize = 4;
/// How much all tiles together may keep, in MiB.
const MOST_KEPT_BY_ALL: usize = 64;

/// How long a tile rests after a call that ran for too long; twice as long each time.
const REST: Duration = Duration::from_millis(500);
/// After so many times it does not rest any longer than that.
const MOST_LATE: u32 = 9;

const MIB: usize = 1 << 20;

/// The scripts of all tiles, in one `QuickJS`. It stays on the thread where it was made.
pub struct Engine {
    realm: Realm,
    tiles: HashMap<TileId, Tile>,
    given_up: Arc<AtomicBool>,
}

#[derive(Default)]
struct Tile {
    scripts: TileScripts,
    read: [Read; ScriptKind::ALL.len()],
    /// Bytes that are alive since its calls.
    kept: usize,
    /// How often in a row one of its calls ran for too long, and until when it rests after that.
    late: u32,
    rest: Option<(Instant, ScriptError)>,
}

/// Whether a script was read.
#[derive(Clone, Default)]
enum Read {
    #[default]
    NotYet,
    Ready,
    Bad(ScriptError),
}

impl Engine {
    /// An engine with no scripts. What runs in it stops soon after `given_up` is set.
    ///
    /// # Errors
    /// Says why no script can run.
    pub fn new(given_up: Arc<AtomicBool>) -> Result<Self, ScriptError> {
        Ok(Self { realm: build(&given_up)?, tiles: HashMap::new(), given_up })
    }

    /// From now on these are the scripts of a tile. What it keeps in `event.data` lives on.
    pub fn set(&mut self, tile: TileId, scripts: TileScripts) {
        let known = self.tiles.entry(tile).or_default();
        if known.scripts != scripts {
            known.scripts = scripts;
            known.read = <[Read; ScriptKind::ALL.len()]>::default();
            known.late = 0;
            known.rest = None;
        }
    }

    /// Forgets a tile and what it keeps.
    pub fn forget(&mut self, tile: TileId) {
        if self.tiles.remove(&tile).is_some() {
            self.tell(Verb::Forget, tile);
        }
    }

    /// Asks a tile's scripts.
    pub fn run(&mut self, call: &ScriptRequest) -> ScriptResponse {
        let tile = call.tile_id;
        let (answer, (publishes, links)) = match &call.event {
            ScriptEvent::Receive { topic, payload } => self.ask(
                tile,
                ScriptKind::OnReceive,
                |scope| {
                    scope.ask(Verb::Receive, |args| {
                        args.push_arg(tile.0)?;
                        args.push_arg(&**topic)?;
                        args.push_arg(&**payload)
                    })
                },
                |reply| Ok(answer::receive(reply)),
                ScriptResult::Receive(None),
            ),
            ScriptEvent::Tap => self.ask(
                tile,
                ScriptKind::OnTap,
                |scope| scope.ask(Verb::Tap, |args| args.push_arg(tile.0)),
                |reply| Ok(answer::tap(reply)),
                ScriptResult::Tap { prevent_default: false },
            ),
            ScriptEvent::Display(showing) => self.display(tile, showing),
        };
        ScriptResponse {
            tile_id: tile,
            request_id: call.request_id,
            publish_requests: publishes,
            urls_to_open: links,
            answer,
        }
    }

    fn display(&mut self, tile: TileId, showing: &ViewInput) -> (Result<ScriptResult, ScriptError>, Wishes) {
        let blinks = self.blink(tile, showing);
        let mut shown = showing.defaults.clone();
        shown.blink = match blinks {
            Ok(blinks) => blinks,
            Err(fault) => return (Err(fault), Wishes::default()),
        };
        let plain = ScriptResult::Display(Box::new(shown.clone()));
        self.ask(
            tile,
            ScriptKind::OnDisplay,
            |scope| scope.ask(Verb::Display, |args| answer::push_display(args, tile, showing, &shown)),
            |reply| answer::display(reply, &shown),
            plain,
        )
    }

    fn blink(&mut self, tile: TileId, showing: &ViewInput) -> Result<bool, ScriptError> {
        if !self.has(tile, ScriptKind::Blink) {
            return Ok(showing.defaults.blink);
        }
        if let Some(fault) = self.rest(tile, ScriptKind::Blink) {
            return Err(fault);
        }
        let blinks = self.within(tile, ScriptKind::Blink, |scope| {
            scope.ask(Verb::Blink, |args| {
                args.push_arg(tile.0)?;
                args.push_arg(&*showing.value)?;
                args.push_arg(showing.seconds_since_message.unwrap_or(f64::INFINITY))
            })
        });
        self.settle(tile, ScriptKind::Blink, blinks)
    }

    fn has(&self, tile: TileId, script: ScriptKind) -> bool {
        self.tiles.get(&tile).is_some_and(|tile| tile.scripts.get(script).is_some())
    }

    /// Asks one of the scripts that have `app`, or gives the answer of a tile that has no such script.
    fn ask(
        &mut self,
        tile: TileId,
        script: ScriptKind,
        work: impl Fn(&Scope<'_, '_>) -> rquickjs::Result<answer::Reply>,
        read: impl Fn(answer::Reply) -> Result<ScriptResult, String>,
        plain: ScriptResult,
    ) -> (Result<ScriptResult, ScriptError>, Wishes) {
        if !self.has(tile, script) {
            return (Ok(plain), Wishes::default());
        }
        if let Some(fault) = self.rest(tile, script) {
            return (Err(fault), Wishes::default());
        }
        let mut reply = self.within(tile, script, work);
        let jobs = if reply.is_ok() { self.realm.run_jobs() } else { self.realm.drop_jobs().map(|()| false) };
        match jobs {
            Ok(false) => {}
            Ok(true) => reply = self.within(tile, script, |scope| scope.ask(Verb::Answer, |_| Ok(()))),
            Err(stop) => reply = Err(self.fault(tile, script, stop)),
        }
        let silent = reply.as_ref().is_ok_and(|reply| reply.wishes == 0);
        let wishes = if silent { Wishes::default() } else { self.wishes() };
        let answer = reply
            .and_then(|reply| read(reply).map_err(|message| ScriptError::Exception { script, line: None, message }));
        (self.settle(tile, script, answer), wishes)
    }

    /// Runs something for a script within the limits; once more when the realm had to be built anew.
    fn within<T>(
        &mut self,
        tile: TileId,
        script: ScriptKind,
        work: impl Fn(&Scope<'_, '_>) -> rquickjs::Result<T>,
    ) -> Result<T, ScriptError> {
        for _ in 0..2 {
            self.read(tile, script)?;
            match self.realm.within_limits(&work) {
                Ok(done) => return Ok(done),
                Err(Stop::Spoiled) => self.rebuild()?,
                Err(stop) => return Err(self.fault(tile, script, stop)),
            }
        }
        Err(ScriptError::EngineUnavailable("what the last script left behind cannot be taken away".to_owned()))
    }

    /// Reads a script, unless that was done before.
    fn read(&mut self, id: TileId, script: ScriptKind) -> Result<(), ScriptError> {
        let Some(tile) = self.tiles.get_mut(&id) else {
            return Ok(());
        };
        match (&tile.read[script as usize], tile.scripts.get(script)) {
            (Read::NotYet, Some(text)) => {
                match source::read(&mut self.realm, id, script, text) {
                    Ok(()) => tile.read[script as usize] = Read::Ready,
                    Err(Stop::Spoiled) => {
                        self.rebuild()?;
                        return Err(fault(script, Stop::Spoiled));
                    }
                    Err(stop @ Stop::Threw { .. }) => {
                        let fault = fault(script, stop);
                        tile.read[script as usize] = Read::Bad(fault.clone());
                        return Err(fault);
                    }
                    Err(stop) => return Err(fault(script, stop)),
                }
                Ok(())
            }
            (Read::Bad(fault), _) => Err(fault.clone()),
            _ => Ok(()),
        }
    }

    fn fault(&mut self, tile: TileId, script: ScriptKind, stop: Stop) -> ScriptError {
        match stop {
            Stop::Spoiled => self.rebuild().err().unwrap_or_else(|| fault(script, Stop::Time)),
            // The engine throws null when there is no memory for an error either.
            Stop::Null if !self.throws(tile, script) => fault(script, Stop::Memory),
            stop => fault(script, stop),
        }
    }

    fn throws(&self, tile: TileId, script: ScriptKind) -> bool {
        let text = self.tiles.get(&tile).and_then(|tile| tile.scripts.get(script));
        text.is_some_and(|text| text.contains("throw"))
    }

    fn rebuild(&mut self) -> Result<(), ScriptError> {
        self.realm = build(&self.given_up)?;
        for tile in self.tiles.values_mut() {
            tile.kept = 0;
            for read in &mut tile.read {
                if matches!(read, Read::Ready) {
                    *read = Read::NotYet;
                }
            }
        }
        Ok(())
    }

    fn wishes(&mut self) -> Wishes {
        self.realm.within_limits(|scope| Ok(answer::wishes(scope.ask(Verb::Wishes, |_| Ok(()))?))).unwrap_or_default()
    }

    /// What a tile that rests has to say. Pressing it wakes it.
    fn rest(&self, tile: TileId, script: ScriptKind) -> Option<ScriptError> {
        let (until, fault) = self.tiles.get(&tile)?.rest.as_ref()?;
        (script != ScriptKind::OnTap && Instant::now() < *until).then(|| fault.clone())
    }

    /// Looks after what a call has left: memory in use, or no patience.
    fn settle<T>(&mut self, id: TileId, script: ScriptKind, came: Result<T, ScriptError>) -> Result<T, ScriptError> {
        let growth = self.realm.growth();
        let Some(tile) = self.tiles.get_mut(&id) else {
            return came;
        };
        match &came {
            Err(fault @ ScriptError::Timeout(..)) => {
                tile.rest = Some((Instant::now() + REST * (1 << tile.late), fault.clone()));
                tile.late = MOST_LATE.min(tile.late + 1);
            }
            _ => tile.late = 0,
        }
        let Some(growth) = growth else {
            return came;
        };
        tile.kept += growth.by;
        if tile.kept <= MOST_KEPT * MIB && growth.all <= MOST_KEPT_BY_ALL * MIB {
            return came;
        }
        tile.kept = 0;
        self.tell(Verb::Clear, id);
        self.realm.measure();
        Err(ScriptError::StoredDataTooLarge(script, MOST_KEPT))
    }

    /// Tells `realm.js` something of a tile; a realm that cannot even do that is replaced.
    fn tell(&mut self, verb: Verb, tile: TileId) {
        let told = self.realm.within_limits(|scope| scope.ask::<()>(verb, |args| args.push_arg(tile.0)));
        if told.is_err() {
            // The next call says so, should this fail.
            let _ = self.rebuild();
        }
    }
}

fn build(given_up: &Arc<AtomicBool>) -> Result<Realm, ScriptError> {
    Realm::new(Arc::clone(given_up)).map_err(ScriptError::EngineUnavailable)
}

fn fault(script: ScriptKind, stop: Stop) -> ScriptError {
    match stop {
        Stop::Time => ScriptError::Timeout(script, u64::try_from(TIME.as_millis()).unwrap_or(u64::MAX)),
        Stop::Memory => ScriptError::MemoryLimitExceeded(script, MEMORY),
        Stop::Null => ScriptError::Exception { script, line: None, message: "threw null".to_owned() },
        Stop::Threw { message, stack } => {
            ScriptError::Exception { script, line: source::line(script, &stack), message }
        }
        Stop::Spoiled => ScriptError::EngineUnavailable("what the script left behind cannot be taken away".to_owned()),
    }
}
