//! What follows a call of the engine: repairs what a script has left behind, and enforces the limits of its tile.

use std::sync::Arc;

use super::{
    Engine, MAX_DATA_MIB,
    convert::{self, ScriptEffects},
    js_error::{JsError, script_error},
    js_runtime::JsRuntime,
    progress::ScriptProgress,
    realm::{JsFunction, JsScope},
};
use crate::model::{
    id::TileId,
    script::{ScriptError, ScriptKind},
};

/// The maximum size of the `event.data` of all tiles of a dashboard together, in MiB. Collecting garbage takes part of the
/// time of a script, and visits all of it.
const MAX_TOTAL_DATA_MIB: usize = 16;

const MIB: usize = 1 << 20;

impl Engine {
    /// Returns the error of a script that failed, after a repair of what it has left behind.
    pub(super) fn recover_from(&mut self, tile: TileId, script: ScriptKind, js_error: JsError) -> ScriptError {
        match js_error {
            JsError::Corrupted => self.rebuild().err().unwrap_or_else(|| script_error(script, JsError::Timeout)),
            // QuickJS throws null when there is no memory for an error object.
            JsError::ThrewNull if !self.has_throw_statement(tile, script) => script_error(script, JsError::OutOfMemory),
            js_error => script_error(script, js_error),
        }
    }

    fn has_throw_statement(&self, tile: TileId, script: ScriptKind) -> bool {
        let text = self.tiles.get(&tile).and_then(|tile| tile.scripts.get(script));
        text.is_some_and(|text| text.contains("throw"))
    }

    /// Replaces the runtime. The `event.data` of all tiles is lost.
    pub(super) fn rebuild(&mut self) -> Result<(), ScriptError> {
        self.runtime = build_runtime(&self.progress)?;
        self.runtime.continue_script();
        for tile in self.tiles.values_mut() {
            tile.reset_after_rebuild();
        }
        Ok(())
    }

    /// Returns the publish requests and URLs of the last call.
    pub(super) fn take_effects(&mut self) -> ScriptEffects {
        let take =
            |scope: &JsScope<'_, '_>| Ok(convert::parse_effects(scope.call(JsFunction::TakeEffects, |_| Ok(()))?));
        self.runtime.clean_up(take).unwrap_or_default()
    }

    /// Ends a script: what it has left to be done is dropped, so that it does not happen in the time of another one.
    pub(super) fn end_script<T>(
        &mut self,
        tile: TileId,
        script: ScriptKind,
        result: Result<T, ScriptError>,
    ) -> Result<T, ScriptError> {
        let mut result = result;
        if let Err(js_error) = self.runtime.drop_jobs() {
            result = Err(self.recover_from(tile, script, js_error));
        }
        let result = self.enforce_limits(tile, script, result);
        self.runtime.end_script();
        result
    }

    /// Suspends the scripts of a tile after a timeout, and clears its `event.data` if that is too large.
    fn enforce_limits<T>(
        &mut self,
        id: TileId,
        script: ScriptKind,
        result: Result<T, ScriptError>,
    ) -> Result<T, ScriptError> {
        let growth = self.runtime.heap_growth();
        let Some(tile) = self.tiles.get_mut(&id) else {
            return result;
        };
        tile.update_backoff(result.as_ref().err());
        let Some(growth) = growth else {
            return result;
        };
        tile.data_bytes += growth.since_measured;
        if tile.data_bytes <= MAX_DATA_MIB * MIB && growth.since_start <= MAX_TOTAL_DATA_MIB * MIB {
            return result;
        }
        tile.data_bytes = 0;
        self.call_for_tile(JsFunction::ClearData, id);
        self.runtime.measure_heap();
        Err(ScriptError::StoredDataTooLarge(script, MAX_DATA_MIB))
    }

    /// Calls a function of `js_runtime.js` that takes only the tile. Rebuilds the runtime if the call fails.
    pub(super) fn call_for_tile(&mut self, function: JsFunction, tile: TileId) {
        let call = |scope: &JsScope<'_, '_>| scope.call::<()>(function, |args| args.push_arg(tile.0));
        if self.runtime.clean_up(call).is_err() {
            // If this fails too, the next call reports it.
            let _ = self.rebuild();
        }
    }
}

/// Creates a runtime without scripts.
pub(super) fn build_runtime(progress: &Arc<ScriptProgress>) -> Result<JsRuntime, ScriptError> {
    JsRuntime::new(progress).map_err(ScriptError::EngineUnavailable)
}
