//! The script engine: compiles, calls and limits the scripts of the tiles of a dashboard.

use std::{collections::HashMap, sync::Arc};

use super::{
    convert::{self, ScriptEffects},
    engine_recovery::build_runtime,
    engine_tile::{CompileState, EngineTile},
    js_error::{JsError, script_error},
    js_runtime::JsRuntime,
    progress::ScriptProgress,
    realm::{JsFunction, JsScope},
    source,
};
use crate::model::{
    id::TileId,
    script::{
        ScriptError, ScriptEvent, ScriptKind, ScriptRequest, ScriptResponse, ScriptResult, TileScripts, ViewInput,
    },
};

/// The maximum size of a tile's `event.data`, in MiB.
pub const MAX_DATA_MIB: usize = 4;

/// The scripts of the tiles of a dashboard, in one `QuickJS` runtime. It stays on the thread that created it.
pub struct Engine {
    pub(super) runtime: JsRuntime,
    pub(super) tiles: HashMap<TileId, EngineTile>,
    pub(super) progress: Arc<ScriptProgress>,
}

impl Engine {
    /// Creates an engine without scripts. `progress` learns of each script that runs.
    ///
    /// # Errors
    /// When the `QuickJS` runtime cannot be created.
    pub fn new(progress: Arc<ScriptProgress>) -> Result<Self, ScriptError> {
        Ok(Self { runtime: build_runtime(&progress)?, tiles: HashMap::new(), progress })
    }

    /// Sets the scripts of a tile. Its `event.data` is kept, unless it has no script left.
    pub fn set_scripts(&mut self, tile: TileId, scripts: TileScripts) {
        if scripts.is_empty() {
            self.remove_tile(tile);
        } else {
            self.tiles.entry(tile).or_default().set_scripts(scripts);
        }
    }

    /// Removes a tile and its `event.data`.
    pub fn remove_tile(&mut self, tile: TileId) {
        if self.tiles.remove(&tile).is_some() {
            self.call_for_tile(JsFunction::RemoveTile, tile);
        }
    }

    /// Runs the scripts of a tile that handle the requested event.
    pub fn run(&mut self, request: &ScriptRequest) -> ScriptResponse {
        let tile = request.tile_id;
        let (result, (publish_requests, urls_to_open)) = match &request.event {
            ScriptEvent::Receive { topic, payload } => self.run_handler(
                tile,
                ScriptKind::OnReceive,
                |scope| {
                    scope.call(JsFunction::Receive, |args| {
                        args.push_arg(tile.0)?;
                        args.push_arg(&**topic)?;
                        args.push_arg(&**payload)
                    })
                },
                convert::parse_receive,
                ScriptResult::Receive(None),
            ),
            ScriptEvent::Tap => self.run_handler(
                tile,
                ScriptKind::OnTap,
                |scope| scope.call(JsFunction::Tap, |args| args.push_arg(tile.0)),
                convert::parse_tap,
                ScriptResult::Tap { prevent_default: false },
            ),
            ScriptEvent::Display(view_input) => self.run_display(tile, view_input),
        };
        ScriptResponse { tile_id: tile, request_id: request.request_id, publish_requests, urls_to_open, result }
    }

    fn run_display(
        &mut self,
        tile: TileId,
        view_input: &ViewInput,
    ) -> (Result<ScriptResult, ScriptError>, ScriptEffects) {
        let mut view_override = view_input.defaults.clone();
        let mut blink_error = None;
        match self.run_blink(tile, view_input) {
            Ok(blinks) => view_override.blink = blinks,
            Err(error) => blink_error = Some(error),
        }
        let default_result = ScriptResult::Display(Box::new(view_override.clone()), Vec::new());
        let (mut result, effects) = self.run_handler(
            tile,
            ScriptKind::OnDisplay,
            |scope| {
                scope.call(JsFunction::Display, |args| {
                    convert::push_display_args(args, tile, view_input, &view_override)
                })
            },
            |raw_result| convert::parse_display(raw_result, &view_override),
            default_result,
        );
        if let (Ok(ScriptResult::Display(_, errors)), Some(error)) = (&mut result, blink_error) {
            errors.push(error);
        }
        (result, effects)
    }

    fn run_blink(&mut self, tile: TileId, view_input: &ViewInput) -> Result<bool, ScriptError> {
        if !self.has_script(tile, ScriptKind::Blink) {
            return Ok(view_input.defaults.blink);
        }
        if let Some(error) = self.backoff_error(tile, ScriptKind::Blink) {
            return Err(error);
        }
        self.runtime.begin_script();
        let blinks = self.run_within_limits(tile, ScriptKind::Blink, |scope| {
            scope.call(JsFunction::Blink, |args| {
                args.push_arg(tile.0)?;
                args.push_arg(&*view_input.value)?;
                args.push_arg(view_input.seconds_since_message.unwrap_or(f64::INFINITY))
            })
        });
        let jobs_ran = if blinks.is_ok() { self.runtime.run_jobs().map(drop) } else { Ok(()) };
        let blinks = blinks.and_then(|blinks| match jobs_ran {
            Ok(()) => Ok(blinks),
            Err(js_error) => Err(self.recover_from(tile, ScriptKind::Blink, js_error)),
        });
        self.end_script(tile, ScriptKind::Blink, blinks)
    }

    fn has_script(&self, tile: TileId, script: ScriptKind) -> bool {
        self.tiles.get(&tile).is_some_and(|tile| tile.scripts.get(script).is_some())
    }

    /// Calls one of the scripts that have `app`. Returns `default_result` if the tile has no such script.
    fn run_handler(
        &mut self,
        tile: TileId,
        script: ScriptKind,
        call: impl Fn(&JsScope<'_, '_>) -> rquickjs::Result<convert::RawResult>,
        parse: impl Fn(convert::RawResult) -> ScriptResult,
        default_result: ScriptResult,
    ) -> (Result<ScriptResult, ScriptError>, ScriptEffects) {
        if !self.has_script(tile, script) {
            return (Ok(default_result), ScriptEffects::default());
        }
        if let Some(error) = self.backoff_error(tile, script) {
            return (Err(error), ScriptEffects::default());
        }
        self.runtime.begin_script();
        let mut raw_result = self.run_within_limits(tile, script, call);
        match if raw_result.is_ok() { self.runtime.run_jobs() } else { Ok(false) } {
            Ok(false) => {}
            Ok(true) => {
                raw_result =
                    self.run_within_limits(tile, script, |scope| scope.call(JsFunction::CollectResult, |_| Ok(())));
            }
            Err(js_error) => raw_result = Err(self.recover_from(tile, script, js_error)),
        }
        let has_no_effects = raw_result.as_ref().is_ok_and(|raw_result| raw_result.effect_count == 0);
        let effects = if has_no_effects { ScriptEffects::default() } else { self.take_effects() };
        (self.end_script(tile, script, raw_result.map(parse)), effects)
    }

    /// Runs a call for a script within the limits. Repeats it once if the realm had to be rebuilt.
    fn run_within_limits<T>(
        &mut self,
        tile: TileId,
        script: ScriptKind,
        call: impl Fn(&JsScope<'_, '_>) -> rquickjs::Result<T>,
    ) -> Result<T, ScriptError> {
        for _ in 0..2 {
            self.ensure_compiled(tile, script)?;
            match self.runtime.run_within_limits(&call) {
                Ok(value) => return Ok(value),
                Err(JsError::Corrupted) => self.rebuild()?,
                Err(js_error) => return Err(self.recover_from(tile, script, js_error)),
            }
        }
        Err(ScriptError::EngineUnavailable("the changes of the last script cannot be undone".to_owned()))
    }

    /// Compiles a script unless it is already compiled.
    fn ensure_compiled(&mut self, id: TileId, script: ScriptKind) -> Result<(), ScriptError> {
        let Some(tile) = self.tiles.get_mut(&id) else {
            return Ok(());
        };
        match (&tile.compile_states[script as usize], tile.scripts.get(script)) {
            (CompileState::Pending, Some(text)) => {
                match source::compile_script(&mut self.runtime, id, script, text) {
                    Ok(()) => tile.compile_states[script as usize] = CompileState::Compiled,
                    Err(JsError::Corrupted) => {
                        self.rebuild()?;
                        return Err(script_error(script, JsError::Corrupted));
                    }
                    Err(js_error @ JsError::Threw { .. }) => {
                        let error = script_error(script, js_error);
                        tile.compile_states[script as usize] = CompileState::Failed(error.clone());
                        return Err(error);
                    }
                    Err(js_error) => return Err(script_error(script, js_error)),
                }
                Ok(())
            }
            (CompileState::Failed(error), _) => Err(error.clone()),
            _ => Ok(()),
        }
    }

    fn backoff_error(&self, tile: TileId, script: ScriptKind) -> Option<ScriptError> {
        self.tiles.get(&tile)?.backoff_error(script)
    }
}
